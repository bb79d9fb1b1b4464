"""``make_plan``: a situation and a playbook in, a plan out. Values only, no clock, no chance."""

from __future__ import annotations

from dataclasses import replace

from geo.canonical import digest
from geo.plan import Plan, PlanRoute, PlanUnknown
from geo.plan_action import Evacuation, Force, Medical, Supply
from geo.plan_command import CommandPost
from geo.situation import Situation
from server.command.plan.evacuation import plan_evacuation
from server.command.plan.feasible import judge
from server.command.plan.forces import assign_forces
from server.command.plan.gaps import gap_ledger
from server.command.plan.medical import plan_medical
from server.command.plan.minutes import measured_durations, minute_table
from server.command.plan.playbook import Playbook
from server.command.plan.post import choose_post
from server.command.plan.supplies import plan_supplies
from server.command.plan.traffic import plan_traffic
from server.command.plan.zones import exposed_places, plan_zones

_NAMED = 5  # subjects named in a sentence; the rest are counted


def make_plan(situation: Situation, playbook: Playbook) -> Plan:
    """The 30-minute forward-command plan for a situation.

    The same situation and playbook give the same plan, byte for byte; its id is their hash.
    """
    situation_id = situation.id
    plan = draft_plan(situation, playbook)
    return replace(plan, id=digest(situation_id, playbook), situation_id=situation_id)


def draft_plan(situation: Situation, playbook: Playbook) -> Plan:
    """The same plan without its identities, for who only wants to know what it chooses."""
    post = choose_post(situation, playbook)
    forces = assign_forces(situation, playbook, post)
    medical = plan_medical(situation, playbook)
    sites = frozenset(site.id for site in (post.primary, post.alternate) if site is not None)
    evacuation = plan_evacuation(situation, playbook, sites)
    supplies = plan_supplies(situation, playbook, evacuation)
    durations = measured_durations(playbook, post, forces, evacuation, medical.hospitals)
    tasks = minute_table(playbook, durations)
    routes = _routes(situation, post, forces, medical, evacuation, supplies)
    incident = situation.incident
    return Plan(
        id="",
        situation_id="",
        playbook={
            "code": playbook.code,
            "name_zh": playbook.name_zh,
            "name_en": playbook.name_en,
            "version": playbook.version,
            "source": playbook.source,
        },
        incident={
            "id": str(incident.id),
            "event_type": incident.event_type,
            "event_type_zh": situation.event_type_zh,
            "event_type_en": situation.event_type_en,
            "lon": incident.at[0],
            "lat": incident.at[1],
            "reported_at": incident.reported_at,
            "title": incident.title,
            "township": situation.township,
            "casualties": incident.casualties,
            "trapped": incident.trapped,
            "wind_from_deg": incident.wind_from_deg,
            "wind_mps": incident.wind_mps,
            "daytime": situation.daytime,
            "synthetic": situation.synthetic,
        },
        feasible=judge(playbook, post, forces, tasks),
        zones=plan_zones(situation, playbook),
        people=_people(situation),
        exposed=exposed_places(situation),
        forward_command_post=post,
        organisation=playbook.groups,
        forces=forces,
        medical=medical,
        evacuation=evacuation,
        traffic_control=plan_traffic(situation, playbook, frozenset(r.id for r in routes)),
        supplies=supplies,
        minute_table=tasks,
        gaps=gap_ledger(playbook, forces),
        unknowns=_unknowns(situation, playbook),
        routes=routes,
        parameters=tuple(playbook.parameters[k] for k in sorted(playbook.parameters)),
        sources=situation.sources,
    )


def _people(situation: Situation) -> dict[str, object] | None:
    people = situation.people
    if people is None:
        return None
    return {
        "day": people.day,
        "night": people.night,
        "source": people.provenance.source,
        "updated_at": people.provenance.updated_at,
    }


def _routes(
    situation: Situation,
    post: CommandPost,
    forces: tuple[Force, ...],
    medical: Medical,
    evacuation: Evacuation,
    supplies: tuple[Supply, ...],
) -> tuple[PlanRoute, ...]:
    """The measured routes that some section shows."""
    shown = {p.route for p in (post.primary, post.alternate) if p is not None}
    shown |= {a.route for f in forces for a in f.assigned}
    shown |= {h.route for h in medical.hospitals}
    shown |= {s.route for s in evacuation.shelters}
    shown |= {lot.route for s in supplies for lot in s.assigned}
    return tuple(
        PlanRoute(r.id, r.kind, r.resource_id, r.geometry, r.distance_m, r.road_s, r.steps)
        for r in sorted(situation.routes, key=lambda r: r.id)
        if r.id in shown
    )


def _unknowns(situation: Situation, playbook: Playbook) -> tuple[PlanUnknown, ...]:
    out = []
    for unknown in situation.unknowns:
        n = len(unknown.subjects)
        names = "、".join(unknown.subjects[:_NAMED]) + ("…" if n > _NAMED else "")
        names_en = ", ".join(unknown.subjects[:_NAMED]) + ("…" if n > _NAMED else "")
        key = f"unknown.{unknown.what}"
        out.append(
            PlanUnknown(
                what=unknown.what,
                detail_zh=playbook.say_zh(key, n=n, names=names),
                detail_en=playbook.say_en(key, n=n, names=names_en),
                subjects=unknown.subjects,
            )
        )
    return tuple(out)
