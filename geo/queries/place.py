"""One place in full: a risk source, a resource or a stock line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import NotFound

_SHARED = (
    "SELECT x.id, x.category, c.name_zh AS category_zh, x.name, ST_X(x.geom) AS lon,"
    " ST_Y(x.geom) AS lat, x.contact, x.phone, x.attributes, x.source,"
    " coalesce(x.updated_at, s.updated_at) AS updated_at,"
    " (SELECT synthetic FROM content) AS synthetic, d.name AS township,"
)
_JOINED = (
    " x JOIN {category} c ON c.code = x.category LEFT JOIN district d ON d.id = x.district_id"
    " LEFT JOIN dataset s ON s.source = x.source AND s.kind = 'places' WHERE x.id = :id"
)
_QUERIES = (
    f"{_SHARED} 'risk' AS kind, x.address, x.people FROM risk_source"
    + _JOINED.format(category="risk_category"),
    f"{_SHARED} x.kind, x.address, x.status, x.members, x.capacity, x.occupied, x.turnout_s"
    " FROM resource" + _JOINED.format(category="resource_category"),
    f"{_SHARED} 'stock' AS kind, x.quantity::float8 AS quantity, x.unit, x.expires_on, x.place_id"
    " FROM stock" + _JOINED.format(category="resource_category"),
)


def place(session: Session, id: UUID) -> dict[str, Any]:
    """All that is known of one place, by column; ``kind`` is "risk" for a risk source.

    Columns that its kind does not have are absent; None is "not known". Raises ``NotFound``.
    """
    for query in _QUERIES:
        row = session.execute(text(query), {"id": id}).mappings().first()
        if row is not None:
            return dict(row)
    raise NotFound(
        f"There is no place {id}.",
        remedy="Search by name.",
        words="errors.unknown_place",
        id=str(id),
    )
