"""Writes closures: added, changed, lifted. Each state is kept, each has its event.

Everything is written in the caller's transaction; the database's own triggers number the version
and keep every state. Times are whole seconds: a question in the same second sees the change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo import datasets, events, queries
from geo.canonical import canonical, digest, restore
from geo.checks import check_closure
from geo.domain import Closure
from geo.errors import Conflict
from geo.queries.closures import KeptCut
from server.store import once


def add_closure(
    session: Session,
    closure: Closure,
    *,
    actor: str,
    now: datetime,
    command_id: UUID | None = None,
    cut: KeptCut | None = None,
) -> Closure:
    """Close roads from now on; the closure's own id serves where the command has none.

    Raises ``InvalidInput`` for what cannot be, ``Conflict`` where the command or the id was used
    with another body.
    """
    check_closure(closure)
    said = dataclasses.replace(closure, version=0)

    def write() -> Mapping[str, Any]:
        if session.scalar(_INSERT, _values(said, cut, actor, now)) is None:
            raise Conflict(
                f"Closure {said.id} is there already.",
                remedy="Give each closure its own id; change one with its id and version.",
                words="closures.there_already",
                id=str(said.id),
            )
        _tell(session, "closure.added", said, 1, actor, now)
        return {"closure": dataclasses.replace(said, version=1)}

    answer = once(session, command_id or said.id, "closure.add", said, now, write)
    return restore(Closure, answer["closure"])


def change_closure(
    session: Session,
    closure: Closure,
    *,
    expected: int,
    actor: str,
    now: datetime,
    command_id: UUID | None = None,
    cut: KeptCut | None = None,
) -> Closure:
    """The closure as it shall be, in place of its version ``expected``.

    The same change of the same version sent again gets the same answer. Raises ``NotFound``,
    ``InvalidInput``, ``Conflict`` where someone else has changed or lifted it since.
    """
    check_closure(closure)
    said = dataclasses.replace(closure, version=expected)
    name = digest("closure.change", said)

    def write() -> Mapping[str, Any]:
        values = _values(said, cut, actor, now) | {"expected": expected}
        version = session.scalar(_CHANGE, values)
        if version is None:
            _refuse(session, said.id, expected)
        _tell(session, "closure.changed", said, int(version), actor, now)
        return {"closure": dataclasses.replace(said, version=int(version))}

    command = command_id or uuid5(said.id, name)
    answer = once(session, command, "closure.change", said, now, write)
    return restore(Closure, answer["closure"])


def lift_closure(session: Session, closure_id: UUID, *, actor: str, now: datetime) -> Closure:
    """Open the roads again; lifting it twice changes nothing. Raises ``NotFound``."""
    values = {"id": closure_id, "now": now.replace(microsecond=0), "actor": actor}
    lifted = session.scalar(_LIFT, values)
    found = queries.closure(session, closure_id)
    if lifted is not None:
        _tell(session, "closure.lifted", found, found.version, actor, now)
    return found


def _tell(
    session: Session, kind: str, closure: Closure, version: int, actor: str, now: datetime
) -> None:
    body = {"id": closure.id, "name": closure.name, "cause": closure.cause, "version": version}
    events.append(session, kind, actor=actor, at=now, body=body)
    datasets.raise_version(session, "closure")


def _refuse(session: Session, id: UUID, expected: int) -> None:
    found = queries.closure(session, id)
    lifted = found.version == expected
    raise Conflict(
        f"Closure {id} {'has been lifted' if lifted else f'is at version {found.version} now'}.",
        remedy="Look at it as it is now, and decide again.",
        words="closures.lifted_since" if lifted else "closures.changed_since",
        id=str(id),
        version=found.version,
        expected=expected,
    )


def _values(closure: Closure, cut: KeptCut | None, actor: str, now: datetime) -> dict[str, Any]:
    out = {f.name: getattr(closure, f.name) for f in dataclasses.fields(closure)}
    shape = out.pop("geometry")
    out["geometry"] = None if shape is None else canonical(shape).decode()
    out |= {"edges": list(closure.edges), "profiles": list(closure.profiles)}
    out |= {"actor": actor, "now": now.replace(microsecond=0)}
    out |= {"kept_roads": None, "kept_edges": None, "kept_start": None, "kept_end": None}
    if cut is not None:
        out |= {"kept_roads": cut.roads, "kept_edges": list(cut.edges)}
        out |= {"kept_start": list(cut.start), "kept_end": list(cut.end)}
    return out


_SAID = (
    "name", "cause", "depth_m", "profiles", "edges", "valid_from", "valid_to", "road", "bridge",
    "direction", "speed_factor", "whole", "kept_roads", "kept_edges", "kept_start", "kept_end",
)  # fmt: skip
_SHAPE = "ST_SetSRID(ST_GeomFromGeoJSON(:geometry), 4326)"
_INSERT = text(
    f"INSERT INTO closure (id, {', '.join(_SAID)}, geom, created_at, created_by, changed_at,"
    f" changed_by) VALUES (:id, {', '.join(':' + name for name in _SAID)}, {_SHAPE},"
    " :now, :actor, :now, :actor) ON CONFLICT (id) DO NOTHING RETURNING id"
)
_CHANGE = text(
    f"UPDATE closure SET {', '.join(f'{name} = :{name}' for name in _SAID)}, geom = {_SHAPE},"
    " changed_at = :now, changed_by = :actor"
    " WHERE id = :id AND version = :expected AND lifted_at IS NULL RETURNING version"
)
_LIFT = text(
    "UPDATE closure SET lifted_at = greatest(:now, changed_at), lifted_by = :actor,"
    " changed_at = :now, changed_by = :actor WHERE id = :id AND lifted_at IS NULL RETURNING id"
)
