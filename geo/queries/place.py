"""One place in full: a risk source, a resource or a stock line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import NotFound


@dataclass(frozen=True, slots=True)
class Place:
    """All that is known of one place; None is "not known", or not a matter of its kind.

    ``kind`` is "risk", "stock" or the resource's; ``township`` the district it lies in.
    """

    id: UUID
    category: str
    category_zh: str
    category_en: str
    kind: str
    name: str
    lon: float
    lat: float
    address: str | None
    contact: str | None
    phone: str | None
    status: str | None
    members: int | None
    capacity: int | None
    occupied: int | None
    people: int | None
    quantity: float | None
    unit: str | None
    attributes: dict[str, Any]
    source: str
    updated_at: datetime | None
    synthetic: bool
    township: str | None


def place(session: Session, id: UUID) -> Place:
    """The risk source, resource or stock line with this id; raises ``NotFound``."""
    for kind, statement in _PLACE.items():
        row = session.execute(statement, {"id": id}).first()
        if row is not None:
            known = dict(row._mapping)
            quantity = known.pop("quantity")
            return Place(
                **{"kind": kind, **known},
                quantity=None if quantity is None else float(quantity),
            )
    raise NotFound(f"There is no place {id}.", remedy="See GET /api/places.", id=str(id))


def _one(table: str, categories: str, own: str) -> Any:
    return text(
        "SELECT x.id, x.category, c.name_zh AS category_zh, c.name_en AS category_en, x.name,"
        " ST_X(x.geom) AS lon, ST_Y(x.geom) AS lat, x.contact, x.phone, x.attributes, x.source,"
        " coalesce(x.updated_at, d.updated_at) AS updated_at,"
        " (SELECT synthetic FROM content) AS synthetic,"
        f" (SELECT name FROM district WHERE id = x.district_id) AS township, {own}"
        f" FROM {table} x JOIN {categories} c ON c.code = x.category"
        " LEFT JOIN dataset d ON d.source = x.source AND d.kind = 'places' WHERE x.id = :id"
    )


_NO_TEAM = "NULL AS status, NULL::int AS members, NULL::int AS capacity, NULL::int AS occupied,"
_PLACE = {
    "risk": _one(
        "risk_source",
        "risk_category",
        f"x.address, {_NO_TEAM} x.people, NULL::numeric AS quantity, NULL AS unit",
    ),
    "resource": _one(
        "resource",
        "resource_category",
        "x.kind, x.address, x.status, x.members, x.capacity, x.occupied, NULL::int AS people,"
        " NULL::numeric AS quantity, NULL AS unit",
    ),
    "stock": _one(
        "stock",
        "resource_category",
        f"NULL AS address, {_NO_TEAM} NULL::int AS people, x.quantity, x.unit",
    ),
}
