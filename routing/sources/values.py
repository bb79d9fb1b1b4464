"""What tags and columns say, as numbers: speeds, heights, weights, yes and no.

Each parser gives ``(value, sound)``: the value is None where nothing (or nothing usable) is said;
``sound`` is False where something was written that cannot be, so that the reader can list it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Parsed = tuple[float | None, bool]

_NUMBER = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*([^\d\s]*)\s*$")
_FEET = re.compile(r"^\s*(\d+)\s*(?:'|ft|feet)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|''|in|inches)?)?\s*$")
_NOT_SAID = {"", "default", "none", "unsigned", "no", "below_default", "no_sign", "no_indications"}
_TRUE = {"yes", "true", "1", "y", "t", "是", "有"}
_KPH = {"": 1.0, "kmh": 1.0, "km/h": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_METRES = {"": 1.0, "m": 1.0, "米": 1.0, "cm": 0.01, "ft": 0.3048, "feet": 0.3048, "'": 0.3048}
_TONNES = {"": 1.0, "t": 1.0, "吨": 1.0, "kg": 0.001, "lbs": 0.00045359237, "st": 0.90718474}

_WALKING_KPH = 5.0  # "walk": a posted walking pace, no figure given
_MOST_KPH, _MOST_METRES, _MOST_TONNES = 200.0, 30.0, 300.0  # above these it is a slip of the pen


def speed_kph(text: str, implied: Mapping[str, float]) -> Parsed:
    """A posted speed in km/h. ``implied``: what "urban", "CN:urban" … mean (data/roads/osm.toml).

    Of several speeds ("80; 50") the lowest holds. 0 is no speed: a fault.
    """
    value = text.strip().lower()
    if value in _NOT_SAID or value in {"signals", "variable"}:
        return None, True
    if value in {"walk", "walking_pace"}:
        return _WALKING_KPH, True
    if ";" in value or "|" in value:
        parts = [speed_kph(part, implied) for part in re.split(r"[;|]", value) if part.strip()]
        known = [speed for speed, _ in parts if speed is not None]
        return (min(known) if known else None), all(sound for _, sound in parts)
    if ":" in value:
        country, _, zone = value.rpartition(":")
        for key in (f"{country}:{zone}", zone):
            if key in implied:
                return implied[key], True
        value = re.sub(r"^zone", "", zone)  # "DE:zone30", "zone:30"
    return _measure(value, _KPH, _MOST_KPH)


def metres(text: str) -> Parsed:
    """A height or width in metres: "4.2", "4,2 m", "420 cm", 13'6"."""
    if found := _FEET.match(text.lower()):
        feet, inches = float(found[1]), float(found[2] or 0)
        return round(feet * 0.3048 + inches * 0.0254, 3), True
    return _measure(text, _METRES, _MOST_METRES)


def tonnes(text: str) -> Parsed:
    """A weight in tonnes: "7.5", "7.5 t", "3500 kg", "16000 lbs"."""
    return _measure(text, _TONNES, _MOST_TONNES)


def yes(text: str) -> bool:
    """Whether a word means yes."""
    return text.strip().lower() in _TRUE


def whole(text: str) -> tuple[int, bool]:
    """A layer or level as a whole number in -20 … 20; 0 where nothing usable is said."""
    if not text.strip():
        return 0, True
    try:
        value = round(float(text.split(";")[0]))
    except (ValueError, OverflowError):
        return 0, False
    return (value, True) if abs(value) <= 20 else (0, False)


def _measure(text: str, units: Mapping[str, float], most: float) -> Parsed:
    value = text.strip().lower()
    if value in _NOT_SAID:
        return None, True
    found = _NUMBER.match(value.split(";")[0])
    if not found or found[2] not in units:
        return None, False
    number = float(found[1].replace(",", ".")) * units[found[2]]
    return (number, True) if 0 < number <= most else (None, False)


def text(cell: object) -> str:
    """A database cell as text: "" for nothing, whole numbers without a point."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
