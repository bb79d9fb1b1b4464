"""Places and closures as GeoJSON, for the map's own layers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.domain import Closure
from geo.errors import InvalidInput
from geo.queries.closures import open_closures

Bbox = tuple[float, float, float, float]
MOST = 50_000  # a page never gets more places than this at once

_PLACES = """
SELECT id, category, kind, name, status, people, lon, lat FROM (
    SELECT id, category, 'risk' AS kind, name, NULL AS status, people,
           ST_X(geom) AS lon, ST_Y(geom) AS lat, geom
    FROM risk_source WHERE {chosen}
    UNION ALL
    SELECT id, category, kind, name, status, NULL, ST_X(geom), ST_Y(geom), geom
    FROM resource WHERE {chosen}
    UNION ALL
    SELECT id, category, 'stock', name, NULL, NULL, ST_X(geom), ST_Y(geom), geom
    FROM stock WHERE {chosen} AND place_id IS NULL
) place
ORDER BY category, id
LIMIT :limit
"""
_BOX = "geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)"


def places(
    session: Session,
    *,
    categories: Sequence[str] | None = None,
    bbox: Bbox | None = None,
    limit: int = 5000,
) -> dict[str, Any]:
    """Risk sources, resources, and stock lines that stand at no place of their own.

    A FeatureCollection by category and id; ``truncated`` says whether there are more than
    ``limit``. ``categories`` None: all; empty: none. ``bbox`` is west, south, east, north; the
    edge belongs to it. Raises InvalidInput.
    """
    if not 1 <= limit <= MOST:
        raise InvalidInput(
            f"limit is 1 to {MOST}, not {limit}.", remedy="Ask for less.", limit=limit
        )
    chosen = ["true"]
    values: dict[str, Any] = {"limit": limit + 1}
    if categories is not None:
        chosen.append("category = ANY(:categories)")
        values["categories"] = list(categories)
    if bbox is not None:
        chosen.append(_BOX)
        values |= dict(zip(("west", "south", "east", "north"), _checked(bbox), strict=True))
    rows = session.execute(text(_PLACES.format(chosen=" AND ".join(chosen))), values).all()
    return {
        "type": "FeatureCollection",
        "features": [_place(*row) for row in rows[:limit]],
        "truncated": len(rows) > limit,
    }


def closures(session: Session, at_time: datetime) -> dict[str, Any]:
    """Closures in force at a moment; one that names edges alone has no geometry of its own."""
    return {
        "type": "FeatureCollection",
        "features": [closure_feature(one) for one in open_closures(session, at_time)],
    }


def closure_feature(closure: Closure) -> dict[str, Any]:
    """A closure as a GeoJSON feature."""
    return {
        "type": "Feature",
        "id": str(closure.id),
        "geometry": None if closure.geometry is None else dict(closure.geometry),
        "properties": {
            "id": str(closure.id),
            "name": closure.name,
            "cause": closure.cause,
            "depth_m": closure.depth_m,
            "profiles": list(closure.profiles),
            "edges": list(closure.edges),
            "road": closure.road,
            "bridge": closure.bridge,
            "direction": closure.direction,
            "speed_factor": closure.speed_factor,
            "whole": closure.whole,
            "version": closure.version,
            "valid_from": _iso(closure.valid_from),
            "valid_to": _iso(closure.valid_to),
        },
    }


def _place(
    id: object,
    category: str,
    kind: str,
    name: str,
    status: str | None,
    people: int | None,
    lon: float,
    lat: float,
) -> dict[str, Any]:
    known = {"status": status, "people": people}
    return {
        "type": "Feature",
        "id": str(id),
        "geometry": {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]},
        "properties": {
            "id": str(id),
            "category": category,
            "kind": kind,
            "name": name,
            # What is not known is left out: to a page a null is too easily a 0.
            **{key: value for key, value in known.items() if value is not None},
        },
    }


def _checked(bbox: Bbox) -> Bbox:
    west, south, east, north = bbox
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidInput(
            f"{bbox} is no box of west, south, east, north.",
            remedy="Give degrees in this order, west ≤ east and south ≤ north.",
            bbox=list(bbox),
        )
    return bbox


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
