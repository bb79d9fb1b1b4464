"""Hospitals by road time from the incident, those of the needed speciality marked."""

from __future__ import annotations

from geo.domain import ResourceEta
from geo.plan_action import Hospital
from geo.situation import Situation
from server.command.plan.playbook import Playbook

_SHOWN = 6


def plan_medical(situation: Situation, playbook: Playbook) -> dict[str, tuple[Hospital, ...]]:
    """The nearest hospitals by road; at least the nearest two of the asked-for speciality."""
    reached = sorted(
        (h for h in situation.hospitals if h.road_s is not None),
        key=lambda h: (int(h.road_s or 0), str(h.resource.id)),
    )
    special = [h for h in reached if h.resource.category in playbook.hospital_first][:2]
    others = [h for h in reached if h not in special][: _SHOWN - len(special)]
    shown = sorted(special + others, key=lambda h: (int(h.road_s or 0), str(h.resource.id)))
    routes = {r.id for r in situation.routes}
    return {"hospitals": tuple(_hospital(h, playbook, routes) for h in shown)}


def free_beds(hospital: ResourceEta) -> int | None:
    """Beds less the occupied ones; None where either is not known."""
    beds, occupied = hospital.resource.capacity, hospital.resource.occupied
    return None if beds is None or occupied is None else max(0, beds - occupied)


def _hospital(h: ResourceEta, playbook: Playbook, routes: set[str]) -> Hospital:
    route = f"medical:{h.resource.id}"
    return Hospital(
        id=str(h.resource.id),
        name=h.resource.name,
        lon=h.resource.at[0],
        lat=h.resource.at[1],
        category=h.resource.category,
        category_zh=playbook.name_zh_of(h.resource.category),
        beds=free_beds(h),
        speciality=h.resource.category in playbook.hospital_first,
        road_s=int(h.road_s or 0),
        distance_m=int(h.distance_m or 0),
        route=route if route in routes else None,
        phone=h.resource.phone,
    )
