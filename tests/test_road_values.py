"""What tags and columns say, as numbers."""

from __future__ import annotations

import pytest

from routing.sources import values
from routing.sources.rules import road_rules


@pytest.mark.parametrize(
    ("text", "expected", "sound"),
    [
        ("50", 50, True),
        ("30 mph", 48.28032, True),
        ("30mph", 48.28032, True),
        ("40 km/h", 40, True),
        ("walk", 5, True),
        ("none", None, True),
        ("", None, True),
        ("signals", None, True),
        ("RO:urban", 50, True),
        ("CN:urban", 50, True),
        ("CN:motorway", 120, True),
        ("XX:rural", 90, True),
        ("DE:zone30", 30, True),
        ("80; 50", 50, True),
        ("50;fast", 50, False),
        ("0", None, False),
        ("-5", None, False),
        ("999", None, False),
        ("schnell", None, False),
        ("nan", None, False),
    ],
)
def test_speeds(text: str, expected: float | None, sound: bool) -> None:
    speed, fine = values.speed_kph(text, road_rules().implied_speed)
    assert speed == (None if expected is None else pytest.approx(expected))
    assert fine is sound


@pytest.mark.parametrize(
    ("text", "expected", "sound"),
    [
        ("4.2", 4.2, True),
        ("4,2 m", 4.2, True),
        ("420 cm", 4.2, True),
        ("4米", 4, True),
        ("13'6\"", 4.115, True),
        ("13 ft", 3.962, True),
        ("default", None, True),
        ("none", None, True),
        ("0", None, False),
        ("420", None, False),
        ("low", None, False),
    ],
)
def test_heights(text: str, expected: float | None, sound: bool) -> None:
    height, fine = values.metres(text)
    assert height == (None if expected is None else pytest.approx(expected))
    assert fine is sound


@pytest.mark.parametrize(
    ("text", "expected", "sound"),
    [
        ("7.5", 7.5, True),
        ("7.5 t", 7.5, True),
        ("20吨", 20, True),
        ("3500 kg", 3.5, True),
        ("16000 lbs", 7.257, True),
        ("", None, True),
        ("heavy", None, False),
        ("9999", None, False),
    ],
)
def test_weights(text: str, expected: float | None, sound: bool) -> None:
    weight, fine = values.tonnes(text)
    assert weight == (None if expected is None else pytest.approx(expected, abs=0.001))
    assert fine is sound


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (0, True)),
        ("-1", (-1, True)),
        ("1;2", (1, True)),
        ("up", (0, False)),
        ("99", (0, False)),
    ],
)
def test_layers(text: str, expected: tuple[int, bool]) -> None:
    assert values.whole(text) == expected
