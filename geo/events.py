"""Events: what happened, append-only, numbered so that no reader ever skips one.

State and its event are written in one transaction. The number (``seq``) is given afterwards, to
committed rows only, by whoever holds one advisory lock: a transaction that stays open long gets
higher numbers when it commits, and a reader that has seen number n never misses a smaller one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.canonical import canonical

NUMBER_LOCK = 0x0E02


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. ``kind`` is "incident.reported", "closure.added", …"""

    seq: int
    at: datetime
    kind: str
    incident_id: UUID | None
    actor: str
    body: Mapping[str, Any]


def append(
    session: Session,
    kind: str,
    *,
    actor: str,
    at: datetime,
    incident_id: UUID | None = None,
    body: Mapping[str, Any] | None = None,
) -> None:
    """Write an event in the caller's transaction; its number comes after the commit."""
    session.execute(
        text(
            "INSERT INTO event (at, kind, incident_id, actor, body)"
            " VALUES (:at, :kind, :incident_id, :actor, CAST(:body AS jsonb))"
        ),
        {
            "at": at,
            "kind": kind,
            "incident_id": incident_id,
            "actor": actor,
            "body": canonical(body or {}).decode(),
        },
    )


def number(session: Session) -> int:
    """Number what has been committed and has no number yet; how many were numbered.

    Call it in a short transaction of its own: others wait until it commits.
    """
    # The UPDATE is a statement of its own, so that it sees all that the last holder committed.
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NUMBER_LOCK})
    numbered = session.execute(
        text(
            "WITH fresh AS MATERIALIZED ("
            " SELECT id, row_number() OVER (ORDER BY recorded)"
            " + coalesce((SELECT max(seq) FROM event), 0) AS seq"
            " FROM event WHERE seq IS NULL)"
            " UPDATE event SET seq = fresh.seq FROM fresh WHERE event.id = fresh.id"
            " RETURNING event.seq"
        )
    )
    return len(numbered.all())


def latest_at(session: Session) -> datetime | None:
    """When the latest event happened; None: there is none."""
    latest: datetime | None = session.execute(text("SELECT max(at) FROM event")).scalar()
    return latest


def after(session: Session, seq: int, *, limit: int = 1000) -> tuple[Event, ...]:
    """Numbered events later than ``seq``, in their order."""
    rows = session.execute(
        text(
            "SELECT seq, at, kind, incident_id, actor, body FROM event"
            " WHERE seq > :seq ORDER BY seq LIMIT :limit"
        ),
        {"seq": seq, "limit": limit},
    )
    return tuple(Event(*row) for row in rows)
