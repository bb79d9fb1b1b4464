"""The ground around an incident as simplified GeoJSON, for a picture that needs no tiles.

Main roads of the whole frame, every road near the incident, water and built-up land.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

Bounds = tuple[float, float, float, float]  # west, south, east, north
Feature = dict[str, Any]

_MAIN = ("motorway", "trunk", "primary", "secondary", "tertiary")
_LINKS = tuple(f"{name}_link" for name in _MAIN[:4])


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Features by layer; properties: ``kind`` and ``name``."""

    land: tuple[Feature, ...]
    water: tuple[Feature, ...]
    roads: tuple[Feature, ...]  # one feature for each class
    names: tuple[Feature, ...]


def surroundings(session: Session, frame: Bounds, near: Bounds) -> Surroundings:
    """What lies in the frame; small roads and land use only in ``near``."""
    return Surroundings(
        land=_features(session, _LAND, near),
        water=_features(session, _WATER, frame),
        roads=(
            *_features(session, _ROADS, near, classes=[*_MAIN, *_LINKS], main=False),
            *_features(session, _ROADS, frame, classes=[*_MAIN, *_LINKS], main=True),
        ),
        names=_features(session, _NAMES, frame),
    )


def _features(session: Session, query: str, bounds: Bounds, **values: Any) -> tuple[Feature, ...]:
    west, south, east, north = bounds
    values |= {"w": west, "s": south, "e": east, "n": north}
    return tuple(
        {
            "type": "Feature",
            "geometry": orjson.loads(row.geometry),
            "properties": {"kind": row.kind, "name": row.name},
        }
        for row in session.execute(text(query), values)
        if row.geometry
    )


_BOX = "WITH box AS MATERIALIZED (SELECT ST_MakeEnvelope(:w, :s, :e, :n, 4326) AS area)"
# About 5 m and 15 m; five decimals are one metre.
_LAND = f"""{_BOX}
SELECT coalesce(a.subkind, a.kind) AS kind, NULL AS name, ST_AsGeoJSON(
    ST_SimplifyPreserveTopology(ST_ClipByBox2D(a.geom, box.area), 0.0001), 5) AS geometry
FROM base_area a, box
WHERE a.kind IN ('landuse', 'beach') AND a.geom && box.area ORDER BY a.id"""
_WATER = f"""{_BOX}
SELECT coalesce(a.subkind, a.kind) AS kind, a.name, ST_AsGeoJSON(
    ST_SimplifyPreserveTopology(ST_ClipByBox2D(a.geom, box.area), 0.0001), 5) AS geometry
FROM base_area a, box WHERE a.kind = 'water' AND a.geom && box.area ORDER BY a.id"""
_ROADS = f"""{_BOX}
SELECT r.class AS kind, NULL AS name, ST_AsGeoJSON(ST_Collect(
    ST_Simplify(r.geom, CASE WHEN :main THEN 0.0001 ELSE 0.00005 END) ORDER BY r.id), 5)
    AS geometry
FROM road_edge r, box
WHERE r.drawn AND r.geom && box.area AND (r.class = ANY(:classes)) = :main
GROUP BY r.class ORDER BY r.class"""
_NAMES = f"""{_BOX}
SELECT b.kind, b.name, ST_AsGeoJSON(b.geom, 5) AS geometry
FROM base_name b, box
WHERE b.geom && box.area AND b.kind IN ('city', 'town', 'suburb', 'village', 'island')
ORDER BY b.rank, b.id LIMIT 80"""
