"""Closures as they are, and as they were known at any time.

Two times are kept apart: when a closure holds on the road (``valid_from``, ``valid_to``; without
``valid_from``, from when it was reported; until it is lifted), and when we knew of it. What was
reported at 21:50 of a road shut since 21:30 was not known at 21:40.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geo.domain import Closure
from geo.errors import NotFound

_COLUMNS = (
    "ST_AsGeoJSON(geom, 9) AS geometry, edges, name, cause, depth_m, profiles, valid_from,"
    " valid_to, road, bridge, direction, speed_factor, whole, version, created_at"
)
_OPEN = (
    "(lifted_at IS NULL OR lifted_at > :at) AND coalesce(valid_from, created_at) <= :at"
    " AND (valid_to IS NULL OR valid_to > :at)"
)
_STATE_THEN = (
    "SELECT * FROM closure_state s WHERE s.closure_id = c.id AND s.known_from <= :known"
    " ORDER BY s.version DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class KeptCut:
    """The stretches that a closure took on one version of the roads, as the database keeps them."""

    roads: str  # the version of the roads
    edges: tuple[str, ...]  # "~" behind those against a one-way
    start: tuple[float, ...]  # fractions along each edge
    end: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ClosureState:
    """One state of a closure, and from when to when it was what we knew."""

    closure: Closure
    known_from: datetime
    known_to: datetime | None  # None: it is what we know now
    lifted_at: datetime | None
    actor: str
    cut: KeptCut | None


def closure(session: Session, id: UUID) -> Closure:
    """The closure with this id as it is now, lifted or not; raises ``NotFound``."""
    row = session.execute(text(f"SELECT id, {_COLUMNS} FROM closure WHERE id = :id"), {"id": id})
    found = row.first()
    if found is None:
        raise no_closure(id)
    return _closure(found)


def open_closures(
    session: Session, at_time: datetime, *, as_known: datetime | None = None
) -> tuple[Closure, ...]:
    """Closures in force at a moment, by id, as they were known then.

    ``as_known``: as they were known at another time, so that what was only learnt later, or was
    corrected, counts too. A closure is in force from the first moment of its validity until just
    before its last.
    """
    rows = session.execute(
        text(
            f"SELECT id, {_COLUMNS} FROM closure WHERE changed_at <= :known AND {_OPEN}"
            f" UNION ALL SELECT closure_id AS id, {_COLUMNS} FROM ("
            f" SELECT state.* FROM closure c CROSS JOIN LATERAL ({_STATE_THEN}) state"
            f" WHERE c.changed_at > :known) earlier WHERE {_OPEN} ORDER BY id"
        ),
        {"at": at_time, "known": as_known or at_time},
    )
    return tuple(_closure(row) for row in rows)


def closure_history(session: Session, id: UUID) -> tuple[ClosureState, ...]:
    """Every state of a closure, the first first; raises ``NotFound``."""
    rows = session.execute(
        text(
            f"SELECT closure_id AS id, {_COLUMNS}, known_from, lifted_at, actor, kept_roads,"
            " kept_edges, kept_start, kept_end,"
            " lead(known_from) OVER (ORDER BY version) AS known_to"
            " FROM closure_state WHERE closure_id = :id ORDER BY version"
        ),
        {"id": id},
    ).all()
    if not rows:
        raise no_closure(id)
    return tuple(
        ClosureState(
            _closure(row), row.known_from, row.known_to, row.lifted_at, row.actor, _cut(row)
        )
        for row in rows
    )


def kept_cuts(session: Session, ids: Sequence[UUID]) -> dict[tuple[UUID, int], KeptCut]:
    """The cuts that the database keeps of these closures as they are now, by id and version."""
    rows = session.execute(
        text(
            "SELECT id, version, kept_roads, kept_edges, kept_start, kept_end FROM closure"
            " WHERE id = ANY(:ids) AND kept_roads IS NOT NULL"
        ),
        {"ids": list(ids)},
    )
    return {(row.id, row.version): cut for row in rows if (cut := _cut(row)) is not None}


def no_closure(id: UUID) -> NotFound:
    """The error for an id that no closure has."""
    return NotFound(
        f"There is no closure {id}.",
        remedy="See GET /api/closures.",
        words="closures.none_such",
        id=str(id),
    )


def _cut(row: Row[Any]) -> KeptCut | None:
    if row.kept_roads is None:
        return None
    return KeptCut(
        row.kept_roads, tuple(row.kept_edges), tuple(row.kept_start), tuple(row.kept_end)
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
        road=row.road,
        bridge=row.bridge,
        direction=row.direction,
        speed_factor=row.speed_factor,
        whole=row.whole,
        version=row.version,
        reported_at=row.created_at,
    )
