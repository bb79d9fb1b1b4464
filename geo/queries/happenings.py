"""Incidents, closures, and the situations and plans made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geo.domain import Closure, Incident
from geo.errors import NotFound

_INCIDENT = (
    "SELECT id, event_type, ST_X(geom) AS lon, ST_Y(geom) AS lat, reported_at, title,"
    " description, casualties, trapped, wind_from_deg, wind_mps, radius_m, attributes,"
    " status, synthetic FROM incident"
)
_CLOSURE = (
    "SELECT id, ST_AsGeoJSON(geom, 9) AS geometry, edges, name, cause, depth_m, profiles,"
    " valid_from, valid_to FROM closure"
)


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan as it was kept: its JSON without version and time, and these beside it."""

    incident_id: UUID
    version: int
    created_at: datetime
    body: Mapping[str, Any]


def incident(session: Session, id: UUID) -> Incident:
    """The incident with this id; raises ``NotFound``."""
    row = session.execute(text(f"{_INCIDENT} WHERE id = :id"), {"id": id}).first()
    if row is None:
        raise NotFound(f"There is no incident {id}.", remedy="See GET /api/incidents.", id=str(id))
    return _incident(row)


def incidents(session: Session, *, limit: int = 100) -> tuple[Incident, ...]:
    """The latest incidents, newest report first."""
    rows = session.execute(
        text(f"{_INCIDENT} ORDER BY reported_at DESC, id LIMIT :limit"), {"limit": limit}
    )
    return tuple(_incident(row) for row in rows)


def closure(session: Session, id: UUID) -> Closure:
    """The closure with this id, lifted or not; raises ``NotFound``."""
    row = session.execute(text(f"{_CLOSURE} WHERE id = :id"), {"id": id}).first()
    if row is None:
        raise NotFound(f"There is no closure {id}.", remedy="See GET /api/closures.", id=str(id))
    return _closure(row)


def open_closures(session: Session, at_time: datetime) -> tuple[Closure, ...]:
    """Closures in force at ``at_time``, by id: not lifted by then, within their validity.

    A closure is in force from the first moment of ``valid_from`` until just before ``valid_to``.
    """
    rows = session.execute(
        text(
            f"{_CLOSURE} WHERE (lifted_at IS NULL OR lifted_at > :at)"
            " AND (valid_from IS NULL OR valid_from <= :at)"
            " AND (valid_to IS NULL OR valid_to > :at) ORDER BY id"
        ),
        {"at": at_time},
    )
    return tuple(_closure(row) for row in rows)


def plan(session: Session, incident_id: UUID, version: int | None = None) -> StoredPlan | None:
    """The incident's plan of this version, or its latest; None where there is none."""
    row = session.execute(
        text(
            "SELECT incident_id, version, created_at, body FROM plan"
            " WHERE incident_id = :id AND (CAST(:version AS integer) IS NULL OR version = :version)"
            " ORDER BY version DESC LIMIT 1"
        ),
        {"id": incident_id, "version": version},
    ).first()
    return None if row is None else StoredPlan(*row)


def situation(session: Session, incident_id: UUID) -> Mapping[str, Any] | None:
    """The JSON of the situation that the latest plan was made from; None where none was kept."""
    found: Mapping[str, Any] | None = session.scalar(
        text(
            "SELECT body FROM situation s WHERE incident_id = :id ORDER BY"
            " (SELECT max(version) FROM plan p WHERE p.situation_id = s.id) DESC NULLS LAST,"
            " at DESC, id LIMIT 1"
        ),
        {"id": incident_id},
    )
    return found


def _incident(row: Row[Any]) -> Incident:
    return Incident(
        id=row.id,
        event_type=row.event_type,
        at=(row.lon, row.lat),
        reported_at=row.reported_at,
        title=row.title,
        description=row.description,
        casualties=row.casualties,
        trapped=row.trapped,
        wind_from_deg=row.wind_from_deg,
        wind_mps=row.wind_mps,
        radius_m=row.radius_m,
        attributes=row.attributes,
    )


def _closure(row: Row[Any]) -> Closure:
    return Closure(
        id=row.id,
        geometry=None if row.geometry is None else orjson.loads(row.geometry),
        edges=tuple(row.edges),
        name=row.name,
        cause=row.cause,
        depth_m=row.depth_m,
        profiles=tuple(row.profiles),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
