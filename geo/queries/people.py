"""People, population cells and districts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geo.checks import check_point, geometry
from geo.domain import GeoJson, LonLat, People, PopulationCell, Provenance

_CELL = (
    "SELECT c.id::text AS id, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.day, c.night,"
    " d.name AS district FROM population_cell c LEFT JOIN district d ON d.id = c.district_id"
)
_ZONE = "WITH zone AS MATERIALIZED (SELECT ST_SetSRID(ST_GeomFromGeoJSON(:zone), 4326) AS area)"


def people_within(session: Session, zone: GeoJson) -> People | None:
    """People whose cell's centre lies in the zone or on its edge.

    None: no population has been loaded, so nothing is known; 0: nobody lives there. With several
    sources, the age is the oldest one's.
    """
    known = session.execute(
        text(
            "SELECT string_agg(title, '; ' ORDER BY source) AS source, bool_or(synthetic),"
            " CASE WHEN count(*) = count(updated_at) THEN min(updated_at) END"
            " FROM dataset WHERE kind = 'people' HAVING count(*) > 0"
        )
    ).first()
    if known is None:
        return None
    row = session.execute(
        text(
            f"{_ZONE} SELECT coalesce(sum(c.day), 0), coalesce(sum(c.night), 0)"
            " FROM population_cell c, zone WHERE ST_Intersects(c.geom, zone.area)"
        ),
        {"zone": geometry("zone", zone, area=True)},
    ).one()
    source, synthetic, updated_at = known
    return People(int(row[0]), int(row[1]), Provenance(source, updated_at, synthetic))


def cells_within(session: Session, zone: GeoJson) -> tuple[PopulationCell, ...]:
    """Population cells whose centre lies in the zone or on its edge, by id."""
    rows = session.execute(
        text(f"{_ZONE} {_CELL}, zone WHERE ST_Intersects(c.geom, zone.area) ORDER BY c.id"),
        {"zone": geometry("zone", zone, area=True)},
    )
    return tuple(_cell(row) for row in rows)


def population_cells(session: Session) -> tuple[PopulationCell, ...]:
    """Every population cell, by id."""
    return tuple(_cell(row) for row in session.execute(text(f"{_CELL} ORDER BY c.id")))


def districts(session: Session) -> tuple[tuple[UUID, str, GeoJson], ...]:
    """Every district as (id, name, GeoJSON MultiPolygon), by name."""
    rows = session.execute(
        text("SELECT id, name, ST_AsGeoJSON(geom, 7) FROM district ORDER BY name, id")
    )
    return tuple((row[0], row[1], orjson.loads(row[2])) for row in rows)


def district_at(session: Session, at: LonLat) -> str | None:
    """The name of the smallest district that holds the point; None outside all of them."""
    check_point("at", at)
    found: str | None = session.scalar(
        text(
            "SELECT name FROM district"
            " WHERE ST_Covers(geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))"
            " ORDER BY ST_Area(geom), name LIMIT 1"
        ),
        {"lon": at[0], "lat": at[1]},
    )
    return found


def districts_at(session: Session, points: Sequence[LonLat]) -> tuple[str | None, ...]:
    """The name of the smallest district that holds each point; None outside all of them."""
    for at in points:
        check_point("at", at)
    rows = session.execute(
        text(
            "SELECT (SELECT name FROM district"
            " WHERE ST_Covers(geom, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326))"
            " ORDER BY ST_Area(geom), name LIMIT 1)"
            " FROM unnest(CAST(:lon AS float8[]), CAST(:lat AS float8[]))"
            " WITH ORDINALITY AS p(lon, lat, row) ORDER BY p.row"
        ),
        {"lon": [lon for lon, _ in points], "lat": [lat for _, lat in points]},
    )
    return tuple(name for (name,) in rows)


def _cell(row: Row[Any]) -> PopulationCell:
    return PopulationCell(row.id, (row.lon, row.lat), row.day, row.night, row.district)
