"""Hospitals: those of the needed speciality first, then the nearest by road from the incident.

None inside an area that is being evacuated; who is passed over is named with the reason.
"""

from __future__ import annotations

from typing import Literal

from geo.domain import ResourceEta
from geo.plan_action import Hospital, Medical, NotReceiving
from geo.situation import Situation
from server.command.plan.forces import AWAY
from server.command.plan.playbook import Playbook

_SHOWN = 6
_Why = Literal["unreachable", "no_road_data", "inside_zone", "not_open"]


def plan_medical(situation: Situation, playbook: Playbook) -> Medical:
    """The nearest two of the asked-for speciality, then the nearest of all."""
    reasons = {str(h.resource.id): _why_not(h, situation) for h in situation.hospitals}
    nearest = sorted(
        (h for h in situation.hospitals if reasons[str(h.resource.id)] is None),
        key=lambda h: (int(h.road_s or 0), str(h.resource.id)),
    )
    special = [h for h in nearest if h.resource.category in playbook.hospital_first][:2]
    others = [h for h in nearest if h not in special][: _SHOWN - len(special)]
    routes = {r.id for r in situation.routes}
    passed = sorted(
        (h for h in situation.hospitals if reasons[str(h.resource.id)] is not None),
        key=lambda h: (h.straight_m, str(h.resource.id)),
    )
    return Medical(
        hospitals=tuple(_hospital(h, playbook, routes) for h in special + others),
        not_receiving=tuple(
            NotReceiving(str(h.resource.id), h.resource.name, why)
            for h in passed[:_SHOWN]
            if (why := reasons[str(h.resource.id)]) is not None
        ),
    )


def _why_not(h: ResourceEta, situation: Situation) -> _Why | None:
    if situation.hospital_zones.get(str(h.resource.id)) in situation.evacuated:
        return "inside_zone"
    if h.resource.status in AWAY:
        return "not_open"
    return "unreachable" if h.road_s is None and h.why is None else h.why


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
