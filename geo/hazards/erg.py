"""ERG initial isolation and protective-action distances for toxic gases, as a screening estimate.

From ``data/hazards/erg.toml``; only substances of that table (toxic by inhalation) have any.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from geo.domain import Mark
from geo.home import DATA

FILE = DATA / "hazards" / "erg.toml"
DEFAULT_CONTAINER = "road"


@dataclass(frozen=True, slots=True)
class ErgDistances:
    """Isolation in all directions, protection downwind (a square of that side)."""

    isolate_m: int
    protect_m: int
    mark: Mark
    source: str


def substance_key(name: object) -> str | None:
    """The table's key of a substance given by name, formula or UN number; None: not in it."""
    found = _table()["names"].get(str(name).strip().lower())
    return None if found is None else str(found)


def substance_read(text: str) -> str | None:
    """The one substance that a report names in words; None where it names none or several."""
    low = text.lower()
    found = {str(key) for word, key in _table()["words"].items() if word in low}
    return found.pop() if len(found) == 1 else None


def containers(substance: str) -> tuple[str, ...]:
    """The containers that the table knows for a substance."""
    return tuple(_table()[substance])


def distances(
    substance: str, container: str, wind_mps: float | None, *, daytime: bool
) -> ErgDistances:
    """Distances of a large release; without a wind speed those of low wind, the longest."""
    table = _table()
    row = table[substance][container]
    kph = 0.0 if wind_mps is None else wind_mps * 3.6
    column = 0 if kph < table["low_below_kph"] else 2 if kph > table["high_above_kph"] else 1
    return ErgDistances(
        isolate_m=row["isolate_m"],
        protect_m=row["day_m" if daytime else "night_m"][column],
        mark=table["mark"],
        source=table["source"],
    )


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
