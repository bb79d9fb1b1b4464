"""Incidents, and the situations and plans made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geo.domain import Incident
from geo.errors import NotFound

_INCIDENT = (
    "SELECT id, event_type, ST_X(geom) AS lon, ST_Y(geom) AS lat, reported_at, title,"
    " description, casualties, trapped, wind_from_deg, wind_mps, radius_m, attributes,"
    " status, synthetic FROM incident"
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
