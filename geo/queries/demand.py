"""Where help may be wanted: villages and towns, and every place that stands, by township."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.domain import LonLat

_TOWNS = ("city", "county", "town")
_VILLAGES = ("village", "hamlet")
# The smallest district that holds a point.
_TOWNSHIP = (
    " LEFT JOIN LATERAL (SELECT d.name FROM district d WHERE ST_Covers(d.geom, n.geom)"
    " ORDER BY ST_Area(d.geom), d.name LIMIT 1) t ON true"
)


@dataclass(frozen=True, slots=True)
class Settlement:
    """A village or town by its name on the base map; ``district`` None: in none that is loaded."""

    id: str
    kind: Literal["town", "village"]
    name: str
    at: LonLat
    district: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A risk source or a resource; ``people``: those at a risk, a shelter's room, else None."""

    id: str
    kind: str  # "risk" or the resource's kind
    category: str
    name: str
    at: LonLat
    people: int | None
    district: str | None


def settlements(session: Session) -> tuple[Settlement, ...]:
    """Villages and towns, by id."""
    rows = session.execute(
        text(
            "SELECT n.id::text, n.kind, n.name, ST_X(n.geom), ST_Y(n.geom), t.name"
            f" FROM base_name n{_TOWNSHIP} WHERE n.kind = ANY(:kinds) ORDER BY n.id"
        ),
        {"kinds": [*_TOWNS, *_VILLAGES]},
    )
    return tuple(
        Settlement(id, "town" if kind in _TOWNS else "village", name, (lon, lat), district)
        for id, kind, name, lon, lat, district in rows
    )


def standing(session: Session) -> tuple[Standing, ...]:
    """Every risk source and every resource that stands somewhere, by kind and id."""
    rows = session.execute(
        text(
            "SELECT x.id::text, 'risk' AS kind, x.category, x.name, ST_X(x.geom), ST_Y(x.geom),"
            " x.people, d.name FROM risk_source x LEFT JOIN district d ON d.id = x.district_id"
            " UNION ALL"
            " SELECT x.id::text, x.kind, x.category, x.name, ST_X(x.geom), ST_Y(x.geom),"
            " CASE WHEN x.kind = 'shelter' THEN x.capacity END, d.name"
            " FROM resource x LEFT JOIN district d ON d.id = x.district_id ORDER BY 2, 1"
        )
    )
    return tuple(
        Standing(id, kind, category, name, (lon, lat), people, district)
        for id, kind, category, name, lon, lat, people, district in rows
    )


def districts_named(session: Session) -> tuple[str, ...]:
    """The names of all districts, sorted, each once."""
    rows = session.execute(text("SELECT DISTINCT name FROM district ORDER BY name"))
    return tuple(name for (name,) in rows)
