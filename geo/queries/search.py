"""Search by part of a name: places, districts, names on the map, roads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from geo.checks import check_point
from geo.domain import LonLat


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found by name. ``detail`` is its category's, kind's or road class's name."""

    type: Literal["risk", "resource", "district", "name", "road"]
    id: str  # a road: one of its edges
    name: str
    detail: str
    lon: float
    lat: float
    category: str | None
    source: str = ""
    updated_at: datetime | None = None  # None: the source does not say


_SEARCH = """
WITH found AS (
    SELECT 'risk' AS type, x.id::text AS id, x.name, c.name_zh AS detail, x.geom, x.category,
        x.source, x.updated_at
    FROM risk_source x JOIN risk_category c ON c.code = x.category WHERE x.name ILIKE :pattern
    UNION ALL
    SELECT 'resource', x.id::text, x.name, c.name_zh, x.geom, x.category, x.source, x.updated_at
    FROM resource x JOIN resource_category c ON c.code = x.category WHERE x.name ILIKE :pattern
    UNION ALL
    SELECT 'district', id::text, name, kind, ST_PointOnSurface(geom), NULL, source, updated_at
    FROM district WHERE name ILIKE :pattern
    UNION ALL
    SELECT 'name', id::text, name, kind, geom, NULL, source, updated_at
    FROM base_name WHERE name ILIKE :pattern
    UNION ALL
    (SELECT DISTINCT ON (name) 'road', id, name, class, ST_LineInterpolatePoint(geom, 0.5), NULL,
         source, NULL::timestamptz
     FROM road_edge WHERE drawn AND name <> '' AND name ILIKE :pattern
     ORDER BY name, ST_Distance(geom, {here}), id)
)
SELECT type, id, name, detail, ST_X(geom), ST_Y(geom), category, source, updated_at FROM found
ORDER BY {nearest} lower(name) <> lower(:text), name NOT ILIKE :start, length(name),
    name, type, id
LIMIT :limit
"""
_HERE = "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)"


def search(
    session: Session, text: str, at: LonLat | None = None, limit: int = 20
) -> tuple[Hit, ...]:
    """What has ``text`` in its name, upper and lower case alike; a road comes once per name.

    With ``at`` the nearest first; without, the exact name first, then names that begin with it,
    then the shorter ones. Blank text finds nothing.
    """
    wanted = text.strip().replace("\x00", "")
    if not wanted or limit < 1:
        return ()
    escaped = wanted.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    values = {
        "text": wanted,
        "pattern": f"%{escaped}%",
        "start": f"{escaped}%",
        "limit": limit,
    }
    here, nearest = "NULL::geometry", ""
    if at is not None:
        check_point("at", at)
        values |= {"lon": at[0], "lat": at[1]}
        here, nearest = _HERE, f"ST_Distance(geom::geography, {_HERE}::geography),"
    rows = session.execute(sql(_SEARCH.format(here=here, nearest=nearest)), values)
    return tuple(Hit(*row) for row in rows)
