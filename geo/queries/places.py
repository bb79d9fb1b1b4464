"""Risk sources, resources and stock lines as domain values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geo.checks import check_point, geometry, impossible
from geo.domain import GeoJson, LonLat, Provenance, Resource, Risk

# A row without its own date has its dataset's. The standing is the whole database's.
_PROVENANCE = (
    " x.source, coalesce(x.updated_at, d.updated_at) AS updated_at,"
    " (SELECT synthetic FROM content) AS synthetic"
)
_DATASET = " LEFT JOIN dataset d ON d.source = x.source AND d.kind = 'places'"
_POINT = " ST_X(x.geom) AS lon, ST_Y(x.geom) AS lat,"
_RISK = (
    "SELECT x.id, x.category, x.name, x.people, x.contact, x.phone, x.attributes,"
    f"{_POINT}{_PROVENANCE} FROM risk_source x{_DATASET}"
)
_RESOURCE = (
    "SELECT x.id, x.category, x.kind, x.name, x.status, x.members, x.capacity, x.occupied,"
    " x.turnout_s, x.department_code, x.contact, x.phone, x.attributes,"
    f"{_POINT}{_PROVENANCE} FROM resource x{_DATASET}"
)
_STOCK = (
    "SELECT x.id, x.category, x.name, x.quantity, x.unit, x.place_id, x.expires_on,"
    " x.department_code, x.contact, x.phone, x.attributes,"
    f"{_POINT}{_PROVENANCE} FROM stock x{_DATASET}"
)
_HERE = "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography"
# The box uses the geometry's index; the exact distance is then asked of few rows.
_NEAR = (
    "x.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)"
    f" AND ST_DWithin(x.geom::geography, {_HERE}, :radius_m)"
)


def risks_within(session: Session, zone: GeoJson) -> tuple[Risk, ...]:
    """Risk sources whose point or shape touches the zone, by id; its edge belongs to it."""
    rows = session.execute(
        text(
            # Materialised, so that the zone is read once and the index is used.
            "WITH zone AS MATERIALIZED"
            " (SELECT ST_SetSRID(ST_GeomFromGeoJSON(:zone), 4326) AS area)"
            f" {_RISK} WHERE x.id IN ("
            " SELECT r.id FROM risk_source r, zone WHERE ST_Intersects(r.geom, zone.area)"
            " UNION SELECT r.id FROM risk_source r, zone"
            " WHERE r.shape IS NOT NULL AND ST_Intersects(r.shape, zone.area)) ORDER BY x.id"
        ),
        {"zone": geometry("zone", zone, area=True)},
    )
    return tuple(_risk(row) for row in rows)


def risks_near(session: Session, at: LonLat, radius_m: float) -> tuple[Risk, ...]:
    """Risk sources whose point lies within ``radius_m`` of ``at``, nearest first."""
    check_point("at", at)
    _check_radius(radius_m)
    rows = session.execute(
        text(f"{_RISK} WHERE {_NEAR} ORDER BY ST_Distance(x.geom::geography, {_HERE}), x.id"),
        {"lon": at[0], "lat": at[1], **_around(at, radius_m)},
    )
    return tuple(_risk(row) for row in rows)


def any_risks(session: Session) -> bool:
    """Whether any risk source is loaded; without one, "none inside" would be a guess."""
    return bool(session.scalar(text("SELECT EXISTS (SELECT 1 FROM risk_source)")))


def resources(
    session: Session,
    *,
    kinds: Sequence[str] | None = None,
    categories: Sequence[str] | None = None,
    at: LonLat | None = None,
    within_m: float | None = None,
) -> tuple[Resource, ...]:
    """Resources that stand somewhere, of these kinds and categories (None: all; empty: none).

    By id; with ``at`` the nearest first (straight), with ``within_m`` those so near only. Stock
    lines are not among them: see ``stocks``.
    """
    where, values = _chosen(kinds=kinds, categories=categories)
    order = "x.id"
    if at is not None:
        check_point("at", at)
        values |= {"lon": at[0], "lat": at[1]}
        order = f"ST_Distance(x.geom::geography, {_HERE}), x.id"
        if within_m is not None:
            _check_radius(within_m)
            where.append(_NEAR)
            values |= _around(at, within_m)
    elif within_m is not None:
        raise impossible("within_m", "given without at")
    clause = f" WHERE {' AND '.join(where)}" if where else ""
    rows = session.execute(text(f"{_RESOURCE}{clause} ORDER BY {order}"), values)
    return tuple(_resource(row) for row in rows)


def stocks(session: Session, *, categories: Sequence[str] | None = None) -> tuple[Resource, ...]:
    """Stock lines by id, as resources of kind "stock".

    ``attributes`` carries ``place_id`` (the resource it is kept at) and ``expires_on``, both as
    text, where they are known. ``quantity`` None: not known.
    """
    where, values = _chosen(categories=categories)
    clause = f" WHERE {' AND '.join(where)}" if where else ""
    rows = session.execute(text(f"{_STOCK}{clause} ORDER BY x.id"), values)
    return tuple(_stock(row) for row in rows)


def category_counts(session: Session) -> dict[str, int]:
    """How many rows each category has; categories without rows are not in it."""
    rows = session.execute(
        text(
            "SELECT category, count(*) FROM risk_source GROUP BY category"
            " UNION ALL SELECT category, count(*) FROM resource GROUP BY category"
            " UNION ALL SELECT category, count(*) FROM stock GROUP BY category"
        )
    )
    return {category: int(count) for category, count in rows}


def _chosen(
    *, kinds: Sequence[str] | None = None, categories: Sequence[str] | None = None
) -> tuple[list[str], dict[str, Any]]:
    where, values = [], {}
    if kinds is not None:
        where.append("x.kind = ANY(:kinds)")
        values["kinds"] = list(kinds)
    if categories is not None:
        where.append("x.category = ANY(:categories)")
        values["categories"] = list(categories)
    return where, values


def _around(at: LonLat, radius_m: float) -> dict[str, float]:
    """The radius, and a box in degrees that surely holds the circle."""
    high = radius_m / 110_000  # a degree of latitude has 110.6 km at least
    lat = abs(at[1]) + high
    wide = high / math.cos(math.radians(lat)) if lat < 89 else 360.0
    west, east = at[0] - wide, at[0] + wide
    if west < -180 or east > 180:  # the circle crosses the date line: look all round
        west, east = -180.0, 180.0
    box = {"west": west, "south": at[1] - high, "east": east, "north": at[1] + high}
    return {"radius_m": radius_m, **box}


def _check_radius(radius_m: float) -> None:
    if not 0 <= radius_m <= 20_100_000:  # half the way round the earth; refuses NaN too
        raise impossible("radius_m", radius_m)


def _provenance(row: Row[Any]) -> Provenance:
    return Provenance(row.source, row.updated_at, bool(row.synthetic))


def _risk(row: Row[Any]) -> Risk:
    return Risk(
        id=row.id,
        category=row.category,
        name=row.name,
        at=(row.lon, row.lat),
        provenance=_provenance(row),
        people=row.people,
        contact=row.contact,
        phone=row.phone,
        attributes=row.attributes,
    )


def _resource(row: Row[Any]) -> Resource:
    return Resource(
        id=row.id,
        category=row.category,
        kind=row.kind,
        name=row.name,
        at=(row.lon, row.lat),
        provenance=_provenance(row),
        status=row.status,
        members=row.members,
        capacity=row.capacity,
        occupied=row.occupied,
        turnout_s=row.turnout_s,
        department=row.department_code,
        contact=row.contact,
        phone=row.phone,
        attributes=row.attributes,
    )


def _stock(row: Row[Any]) -> Resource:
    kept = {"place_id": row.place_id, "expires_on": row.expires_on}
    return Resource(
        id=row.id,
        category=row.category,
        kind="stock",
        name=row.name,
        at=(row.lon, row.lat),
        provenance=_provenance(row),
        quantity=None if row.quantity is None else float(row.quantity),
        unit=row.unit,
        department=row.department_code,
        contact=row.contact,
        phone=row.phone,
        attributes=row.attributes | {k: str(v) for k, v in kept.items() if v is not None},
    )
