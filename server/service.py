"""What the command line and the HTTP interface both do: one function each.

They take a session (one transaction) and the compiled roads, and give back plain values or the
JSON that both show. Deciding is done in ``command``; writing in ``store``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo import queries
from geo.canonical import instant
from geo.catalog import catalog
from geo.domain import Closure, Incident, LonLat
from geo.errors import NotFound, UnknownEventType
from server import store
from server.answers import unknown_json
from server.checks import check_closures, check_inside, in_force

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.plan import Plan
    from geo.situation import Situation
    from routing.roads import Roads


@dataclass(frozen=True, slots=True)
class Drafted:
    """A plan that was made, with the situation it was made from."""

    situation: Situation
    plan: Plan


# -- incidents and plans --------------------------------------------------------------------


def draft_incident(event_type: str, at: LonLat, *, now: datetime, **known: Any) -> Incident:
    """An incident that is only asked about, not recorded; the same question has the same id."""
    known = {"reported_at": now.replace(microsecond=0), **known}
    name = f"{event_type} {at} {sorted(known.items(), key=lambda item: item[0])}"
    return Incident(id=uuid.uuid5(uuid.NAMESPACE_URL, name), event_type=event_type, at=at, **known)


def check_event_type(code: str) -> None:
    """Refuse an event type that the catalogue lacks, naming those with a playbook."""
    if code in catalog().event_types:
        return
    raise unknown_event_type(code)


def unknown_event_type(code: str) -> UnknownEventType:
    """The error for a type without catalogue entry or playbook; it lists the types that can."""
    from server.command.playbooks import playbooks

    types = catalog().event_types
    known = [f"{one} {types[one]['name_zh']}" for one in playbooks()]
    known_en = [f"{one} {types[one]['name_en']}" for one in playbooks()]
    return UnknownEventType(
        f"No playbook for event type {code}.",
        remedy=f"Types with a playbook: {', '.join(known_en)}.",
        words="errors.no_playbook" if code in types else "errors.unknown_event_type",
        event_type=code,
        known=known,
        known_en=known_en,
    )


def check_report(session: Session, event_type: str, at: LonLat) -> None:
    """Refuse a report of an unknown type, or outside the loaded area."""
    check_event_type(event_type)
    check_inside(session, at)


def plan(
    session: Session,
    roads: Roads,
    incident: Incident,
    *,
    now: datetime,
    closures: Sequence[Closure] = (),
) -> Drafted:
    """Measure the situation and draft the plan; nothing is kept or dispatched.

    Raises UnknownEventType, OutsideArea, UnknownEdge.
    """
    from server.command.plan.make import make_plan
    from server.command.playbooks import playbooks
    from server.command.situation import gather

    if incident.event_type not in playbooks():
        raise unknown_event_type(incident.event_type)
    playbook = playbooks()[incident.event_type]
    check_inside(session, incident.at)
    closures = check_closures(session, roads, closures)
    situation = gather(session, roads, incident, playbook=playbook, closures=closures, now=now)
    return Drafted(situation, make_plan(situation, playbook))


def keep_plan(session: Session, drafted: Drafted, *, actor: str, now: datetime) -> dict[str, Any]:
    """Keep a drafted plan as the incident's next version; its JSON."""
    incident_id = drafted.situation.incident.id
    version = store.save_plan(
        session, incident_id, drafted.situation, drafted.plan, now, actor=actor
    )
    kept = queries.plan(session, incident_id, version)
    created = now if kept is None else kept.created_at
    return drafted.plan.document(version, created)


def kept_plan(session: Session, incident_id: uuid.UUID, version: int | None) -> dict[str, Any]:
    """A stored plan's JSON, the latest without a version. Raises NotFound."""
    queries.incident(session, incident_id)
    kept = queries.plan(session, incident_id, version)
    if kept is None:
        raise _no_plan(incident_id)
    return {**kept.body, "version": kept.version, "created_at": instant(kept.created_at)}


def kept_situation(session: Session, incident_id: uuid.UUID) -> Mapping[str, Any]:
    """What was measured for the latest plan. Raises NotFound."""
    queries.incident(session, incident_id)
    found = queries.situation(session, incident_id)
    if found is None:
        raise _no_plan(incident_id)
    return found


def snapshot(session: Session, plan: Mapping[str, Any], language: str) -> str:
    """A plan's JSON as one page that opens without a network."""
    from layers.snapshot import snapshot as draw

    return draw(session, plan, language)


def _no_plan(incident_id: uuid.UUID) -> NotFound:
    return NotFound(
        f"Incident {incident_id} has no plan.",
        remedy=f"POST /api/incidents/{incident_id}/plan makes one.",
        words="errors.no_plan",
        id=str(incident_id),
    )


# -- roads ----------------------------------------------------------------------------------


def coverage(
    session: Session,
    roads: Roads,
    *,
    minutes: float,
    now: datetime,
    closures: Sequence[Closure] = (),
) -> dict[str, Any]:
    """People (by night) within reach of a shelter with room, by township.

    ``people`` is null where no population has been loaded.
    """
    from geo.domain import Unknown
    from routing import coverage as covering
    from server.conditions import conditions_json

    cells = queries.population_cells(session)
    shelters = queries.resources(session, kinds=["shelter"])
    closed = in_force(session, roads, closures, now)
    found = covering.coverage(roads, cells, shelters, minutes=minutes, closures=closed, now=now)
    unknowns = list(found.unknowns)
    if not cells:
        unknowns.append(Unknown("people", "no_people"))
    if not shelters:
        unknowns.append(Unknown("shelters", "no_shelters"))
    unknowns += closed.unknowns
    return {
        "minutes": minutes,
        "by": found.by,
        "shelters": found.shelters,
        "people": found.total.people if cells else None,
        "districts": [{"name": one.name, **_covered(one)} for one in found.districts],
        "total": _covered(found.total),
        "conditions": conditions_json(roads, "car"),
        "unknowns": [unknown_json(one) for one in unknowns],
    }


def _covered(row: Any) -> dict[str, Any]:
    return {
        "people": row.people,
        "foot": row.foot,
        "foot_share": None if row.foot_share is None else round(row.foot_share, 4),
        "vehicle": row.vehicle,
        "vehicle_share": None if row.vehicle_share is None else round(row.vehicle_share, 4),
    }


def export_roads(roads: Roads, file: Path) -> dict[str, Any]:
    """Write the roads as GraphML or GeoPackage."""
    from routing.export import export

    export(roads.graph, file)
    return {
        "file": str(file),
        "nodes": roads.nodes,
        "edges": roads.edges,
        "profiles": list(roads.profiles),
    }
