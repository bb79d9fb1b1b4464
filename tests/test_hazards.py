"""Zones: rings, squares downwind, and the ERG distances as the table has them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import shapely
from shapely.geometry import shape

from geo.domain import Incident
from geo.hazards import erg
from geo.hazards.shapes import metres_per_degree, ring, sector, square_ahead
from geo.hazards.zones import draw_zones
from geo.situation import ZoneRule

AT = (120.0, 28.0)
RULES = (
    ZoneRule("isolation", "erg_isolation", 150, True, "A", "test"),
    ZoneRule("protective", "erg_protective", 800, True, "A", "test"),
)


def metres(geometry: Any) -> Any:
    east, north = metres_per_degree(AT[1])
    return shapely.transform(shape(geometry), lambda c: (c - AT) * (east, north))


def incident(**known: Any) -> Incident:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    return Incident(UUID(int=1), "12B01", AT, at, **known)


@pytest.mark.parametrize("radius_m", [50, 300, 5000])
def test_a_ring_is_never_smaller_than_its_radius(radius_m: int) -> None:
    rim = metres(ring(AT, radius_m)).exterior
    assert rim.distance(shapely.Point(0, 0)) == pytest.approx(radius_m, rel=1e-3)
    assert shape(ring(AT, radius_m)).is_valid


def test_the_downwind_square_lies_ahead() -> None:
    square = metres(square_ahead(AT, 800, 90))
    assert square.area == pytest.approx(640_000, rel=1e-3)
    assert square.bounds == pytest.approx((0, -400, 800, 400), abs=0.5)


def test_a_sector_opens_towards_its_bearing() -> None:
    slice_ = metres(sector(AT, 1000, 0, 45))
    assert slice_.contains(shapely.Point(0, 500))
    assert not slice_.contains(shapely.Point(500, 0))
    assert not slice_.contains(shapely.Point(0, -10))


@pytest.mark.parametrize(
    ("substance", "container", "wind_mps", "daytime", "isolate_m", "protect_m"),
    [
        ("nh3", "rail", 1.0, True, 300, 1600),
        ("nh3", "road", 4.0, True, 150, 500),
        ("nh3", "road", None, False, 150, 1800),  # no wind speed: the worst case
        ("cl2", "road", 6.0, False, 600, 3900),
        ("cl2", "small", 2.8, True, 150, 800),
    ],
)
def test_erg_distances_are_those_of_the_table(
    substance: str,
    container: str,
    wind_mps: float | None,
    daytime: bool,
    isolate_m: int,
    protect_m: int,
) -> None:
    found = erg.distances(substance, container, wind_mps, daytime=daytime)
    assert (found.isolate_m, found.protect_m) == (isolate_m, protect_m)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("液氨储罐泄漏", "nh3"),
        ("Chlorine cylinder", "cl2"),
        ("聚氯乙烯车间", None),
        ("液氨与液氯", None),  # two: nobody guesses
        ("", None),
    ],
)
def test_a_substance_is_read_only_where_it_is_plain(text: str, key: str | None) -> None:
    assert erg.substance_read(text) == key


@pytest.mark.parametrize(
    ("known", "radii", "unknown"),
    [
        (
            {"attributes": {"substance": "液氯", "container": "road"}, "wind_from_deg": 90.0}
            | {"wind_mps": 1.0},
            [600, 5600],
            [],
        ),
        ({"attributes": {"substance": "nh3"}}, [150, 800], ["container", "wind_speed", "wind"]),
        ({"title": "液氨泄漏"}, [150, 800], ["substance_read", "container", "wind_speed", "wind"]),
        ({"attributes": {"substance": "未知品"}}, [150, 800], ["substance", "wind"]),
        ({"radius_m": 2000.0}, [150, 2000], ["substance"]),
        ({"radius_m": 100.0}, [100, 100], []),
    ],
)
def test_zones_say_what_had_to_be_assumed(
    known: dict[str, Any], radii: list[int], unknown: list[str]
) -> None:
    zones, told = draw_zones(RULES, incident(**known), daytime=True)
    assert [z.radius_m for z in zones] == radii
    assert [u.what for u in told] == unknown


def test_without_wind_the_protective_zone_is_all_round() -> None:
    zones, _ = draw_zones(RULES, incident(), daytime=True)
    around = metres(zones[1].geometry)
    assert around.contains(shapely.Point(0, 790))
    assert around.contains(shapely.Point(0, -790))
