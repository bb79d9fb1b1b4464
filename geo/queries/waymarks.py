"""What marks a place on a road: kilometre posts, and bridges and tunnels that have a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from geo.domain import LonLat

Sense = Literal["rising", "falling", "both"]


@dataclass(frozen=True, slots=True)
class Post:
    """A kilometre post (里程碑). ``sense``: the carriageway it stands on, where that is said."""

    ref: str  # as geo.spelling.refs_of writes it
    km: float
    at: LonLat
    sense: Sense  # "rising" (上行): the carriageway on which the kilometres rise
    source: str
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """A bridge or tunnel with a name of its own, beside that of its road; one row a way."""

    kind: Literal["bridge", "tunnel"]
    name: str
    way: int
    line: tuple[LonLat, ...]
    source: str


def posts(session: Session, refs: Sequence[str]) -> tuple[Post, ...]:
    """The kilometre posts of these roads, by ref, kilometre and place."""
    rows = session.execute(
        sql(
            "SELECT ref, km, ST_X(geom), ST_Y(geom), sense, source, updated_at FROM road_post"
            " WHERE ref = ANY(:refs) ORDER BY ref, km, ST_X(geom), ST_Y(geom), id"
        ),
        {"refs": list(refs)},
    )
    return tuple(
        Post(ref, km, (lon, lat), sense, source, updated_at)
        for ref, km, lon, lat, sense, source, updated_at in rows
    )


def post_refs(session: Session) -> tuple[tuple[str, float, float], ...]:
    """Each road that has kilometre posts, with its first and last kilometre; by ref."""
    rows = session.execute(
        sql("SELECT ref, min(km), max(km) FROM road_post GROUP BY ref ORDER BY ref")
    )
    return tuple((ref, first, last) for ref, first, last in rows)


def structures(session: Session) -> tuple[Structure, ...]:
    """Every bridge and tunnel with a name of its own, by name and way."""
    rows = session.execute(
        sql(
            "SELECT kind, name, way_id, source, ST_AsGeoJSON(geom, 7)::jsonb -> 'coordinates'"
            " FROM road_structure ORDER BY name, way_id, source"
        )
    )
    return tuple(
        Structure(kind, name, way, tuple((x, y) for x, y in line), source)
        for kind, name, way, source, line in rows
    )
