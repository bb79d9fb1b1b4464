"""Writes what happens: incidents, situations, plans, each with its event (closures: closurelog).

Every function works in the caller's transaction. A command carries a client-made id: the same id
with the same body gets the stored answer again, with another body it is refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo import datasets, events
from geo.canonical import canonical, digest, restore
from geo.checks import check_incident
from geo.domain import Incident
from geo.errors import Conflict, NotFound, UnknownEventType
from geo.events import Event
from geo.plan import Plan
from geo.situation import Situation


def record_incident(
    session: Session, command_id: UUID, incident: Incident, *, actor: str, now: datetime
) -> Incident:
    """Record an incident (接报登记), once however often the command comes.

    Raises ``UnknownEventType``, ``InvalidInput`` for values that cannot be, ``Conflict`` where
    the command or the incident id was used with another body.
    """
    check_incident(incident)
    # Whole seconds, as everything that is made of it.
    incident = dataclasses.replace(
        incident, reported_at=incident.reported_at.replace(microsecond=0)
    )

    def write() -> Mapping[str, Any]:
        if session.scalar(_EVENT_TYPE, {"code": incident.event_type}) is None:
            raise UnknownEventType(
                f"There is no event type {incident.event_type}.",
                remedy="See data/catalog/event_types.csv.",
                event_type=incident.event_type,
            )
        values = _flat(incident) | {"synthetic": datasets.standing(session)}
        if session.scalar(_INSERT_INCIDENT, values) is None:
            raise Conflict(
                f"Incident {incident.id} is recorded already.",
                remedy="Give each incident its own id.",
                id=str(incident.id),
            )
        body = {"event_type": incident.event_type, "at": incident.at, "title": incident.title}
        events.append(
            session, "incident.reported", actor=actor, at=now, incident_id=incident.id, body=body
        )
        return {"incident": incident}

    def as_before(answer: Mapping[str, Any]) -> Incident:
        # A time that the server filled in is not what the client said.
        filled_in = incident.reported_at == now.replace(microsecond=0)
        first = restore(Incident, answer["incident"])
        return (
            dataclasses.replace(incident, reported_at=first.reported_at) if filled_in else incident
        )

    answer = once(session, command_id, "incident.record", incident, now, write, as_before)
    return restore(Incident, answer["incident"])


def save_situation(session: Session, situation: Situation) -> str:
    """Keep a situation; its id. The same situation is kept once."""
    session.execute(
        _INSERT_SITUATION,
        {
            "id": situation.id,
            "incident_id": situation.incident.id,
            "at": situation.at,
            "body": situation.to_json().decode(),
        },
    )
    return situation.id


def save_plan(
    session: Session,
    incident_id: UUID,
    situation: Situation,
    plan: Plan,
    now: datetime,
    *,
    actor: str = "",
) -> int:
    """Keep a plan with its situation; its version, counted from 1.

    The plan that is the latest already stays the latest, with its version.
    """
    if session.scalar(_LOCK_INCIDENT, {"id": incident_id}) is None:
        raise _no_incident(incident_id)
    latest = session.execute(_LATEST_PLAN, {"id": incident_id}).first()
    if latest is not None and latest.id == plan.id:
        return int(latest.version)
    version = 1 if latest is None else int(latest.version) + 1
    situation_id = save_situation(session, situation)
    session.execute(
        _INSERT_PLAN,
        {
            "incident_id": incident_id,
            "version": version,
            "id": plan.id,
            "situation_id": situation_id,
            "body": plan.to_json().decode(),
            "now": now,
        },
    )
    body = {"plan_id": plan.id, "version": version, "state": plan.feasible.state}
    events.append(session, "plan.proposed", actor=actor, at=now, incident_id=incident_id, body=body)
    return version


def number_events(session: Session) -> int:
    """Number committed events (see ``geo.events``); in a short transaction of its own."""
    return events.number(session)


def events_after(session: Session, seq: int, *, limit: int = 1000) -> tuple[Event, ...]:
    """Numbered events later than ``seq``, in their order."""
    return events.after(session, seq, limit=limit)


def once(
    session: Session,
    command_id: UUID,
    kind: str,
    said: Any,
    now: datetime,
    write: Callable[[], Mapping[str, Any]],
    as_before: Callable[[Mapping[str, Any]], Any] | None = None,
) -> Mapping[str, Any]:
    """What ``write`` answers, or what it answered when this command first came.

    Two that come at the same time: the second waits until the first has committed. ``as_before``
    gives what is said in the light of the first answer.
    """
    body_hash = digest(kind, said)
    values = {"id": command_id, "kind": kind, "body_hash": body_hash, "now": now}
    if session.scalar(_CLAIM_COMMAND, values) is None:
        stored = session.execute(_COMMAND, {"id": command_id}).one()
        if as_before is not None and stored.kind == kind:
            body_hash = digest(kind, as_before(stored.response))
        if stored.body_hash != body_hash:
            raise Conflict(
                f"Command {command_id} came before with another body.",
                remedy="Send a new command under a new id.",
                id=str(command_id),
                words="intake.conflict.command",
            )
        answer: Mapping[str, Any] = stored.response
        return answer
    written = canonical(write())
    session.execute(_ANSWER_COMMAND, {"id": command_id, "response": written.decode()})
    out: Mapping[str, Any] = orjson.loads(written)
    return out


def _flat(value: Incident) -> dict[str, Any]:
    out = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    out["lon"], out["lat"] = out.pop("at")
    out["attributes"] = canonical(value.attributes).decode()
    return out


def _no_incident(incident_id: UUID) -> NotFound:
    return NotFound(f"There is no incident {incident_id}.", remedy="", id=str(incident_id))


_EVENT_TYPE = text("SELECT code FROM event_type WHERE code = :code")
_INSERT_INCIDENT = text(
    "INSERT INTO incident (id, event_type, title, description, geom, reported_at, casualties,"
    " trapped, wind_from_deg, wind_mps, radius_m, attributes, synthetic)"
    " VALUES (:id, :event_type, :title, :description,"
    " ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :reported_at, :casualties, :trapped,"
    " :wind_from_deg, :wind_mps, :radius_m, CAST(:attributes AS jsonb), :synthetic)"
    " ON CONFLICT (id) DO NOTHING RETURNING id"
)
_LOCK_INCIDENT = text("SELECT id FROM incident WHERE id = :id FOR NO KEY UPDATE")
_INSERT_SITUATION = text(
    "INSERT INTO situation (id, incident_id, at, body)"
    " VALUES (:id, :incident_id, :at, CAST(:body AS jsonb)) ON CONFLICT (id) DO NOTHING"
)
_LATEST_PLAN = text(
    "SELECT id, version FROM plan WHERE incident_id = :id ORDER BY version DESC LIMIT 1"
)
_INSERT_PLAN = text(
    "INSERT INTO plan (incident_id, version, id, situation_id, body, created_at)"
    " VALUES (:incident_id, :version, :id, :situation_id, CAST(:body AS jsonb), :now)"
)
_CLAIM_COMMAND = text(
    "INSERT INTO command (id, kind, body_hash, at) VALUES (:id, :kind, :body_hash, :now)"
    " ON CONFLICT (id) DO NOTHING RETURNING id"
)
_COMMAND = text("SELECT kind, body_hash, response FROM command WHERE id = :id")
_ANSWER_COMMAND = text("UPDATE command SET response = CAST(:response AS jsonb) WHERE id = :id")
