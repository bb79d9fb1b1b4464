"""From which zoom a tile holds what: data/base/tiles.toml, read once and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geo.errors import BadFile
from geo.home import DATA


@dataclass(frozen=True, slots=True)
class TileRules:
    """First zooms by road class, name rank, area kind; smallest sides in pixels."""

    min_zoom: int
    max_zoom: int
    road: Mapping[str, int]
    road_label: Mapping[str, int]
    name: Mapping[int, int]
    area: Mapping[str, int]
    pixels: Mapping[str, float]
    border: int
    district_label: int

    def shown(self, what: Mapping[str, int], zoom: int) -> list[str] | None:
        """The keys drawn at a zoom; None: every one, named in the rules or not."""
        if "other" in what and zoom >= max(what.values()):
            return None
        return [key for key, first in what.items() if zoom >= first and key != "other"]

    def lowest_rank(self, zoom: int) -> int:
        """Names of this rank and greater ones are written at a zoom; 0: none."""
        return max((rank for rank, first in self.name.items() if zoom >= first), default=0)


@cache
def tile_rules(path: Path = DATA / "base" / "tiles.toml") -> TileRules:
    """The rules of a file; BadFile says what is wrong with it."""
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
        return TileRules(
            min_zoom=int(body["min_zoom"]),
            max_zoom=int(body["max_zoom"]),
            road=_zooms(body["road"]),
            road_label=_zooms(body["road_label"]),
            name={int(rank): int(zoom) for rank, zoom in body["name"].items()},
            area=_zooms(body["area"]),
            pixels={key: float(value) for key, value in body["pixels"].items()},
            border=int(body["district"]["border"]),
            district_label=int(body["district"]["label"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(
            f"{path.name}: {error}.",
            remedy="Mend the file; data/base of the release shows its form.",
            file=str(path),
        ) from error


def _zooms(table: Mapping[str, object]) -> dict[str, int]:
    return {key: int(str(value)) for key, value in table.items()}
