"""Evacuation: people of the cells inside the zone to shelters outside it, within their room.

Cells to shelters is a transport problem solved exactly; the sum of people times seconds is the
smallest. Way times run from the cell; a way may still cross the zone (a limit of this version).
"""

from __future__ import annotations

import numpy as np

from geo.plan_action import Evacuation, Group, ShelterUse
from geo.situation import Shelter, Situation
from server.command.plan.playbook import Playbook
from server.command.plan.transport import Ints, assign

_OPEN = ("ready", "open")


def plan_evacuation(
    situation: Situation, playbook: Playbook, taken: frozenset[str] = frozenset()
) -> Evacuation:
    """Groups, shelters and the time until the zone is clear; ``taken`` places (by id), where the
    post stands or may move to, shelter nobody."""
    if situation.people is None:
        return _nothing(None, "people", playbook)
    day = situation.daytime
    cells = sorted(situation.cells, key=lambda c: c.id)
    order = {c.id: row for row, c in enumerate(situation.cells)}
    supply = np.array([c.day if day else c.night for c in cells], dtype=np.int64)
    people = int(supply.sum())
    if people == 0:
        return _nothing(0, None, playbook)
    usable = [
        s
        for s in situation.shelters
        if room_of(s) and s.zone is None and str(s.eta.resource.id) not in taken
    ]
    column = {sid: col for col, sid in enumerate(situation.shelter_order)}
    usable = sorted(
        (s for s in usable if str(s.eta.resource.id) in column),
        key=lambda s: str(s.eta.resource.id),
    )
    if not usable:
        return _nothing(people, "shelters", playbook)
    pick = [column[str(s.eta.resource.id)] for s in usable]
    rows = [order[c.id] for c in cells]
    foot = _table(situation.foot_s)[np.ix_(rows, pick)]
    bus = _table(situation.bus_s)[np.ix_(rows, pick)]
    walk_limit = playbook.whole("evacuation.walk_limit_s")
    walks = (foot >= 0) & (foot <= walk_limit)
    boarding = playbook.whole("evacuation.boarding_s")
    way = np.where(walks, foot, np.where(bus >= 0, bus + boarding, -1))
    room = np.array([room_of(s) or 0 for s in usable], dtype=np.int64)
    flow = assign(supply, room, way)
    before = playbook.whole("evacuation.warning_s") + playbook.whole(
        "evacuation.prepare_day_s" if day else "evacuation.prepare_night_s"
    )
    groups = tuple(
        Group(
            cell=cells[i].id,
            lon=cells[i].at[0],
            lat=cells[i].at[1],
            people=int(flow[i, j]),
            shelter_id=str(usable[j].eta.resource.id),
            mode="foot" if walks[i, j] else "bus",
            way_s=int(foot[i, j] if walks[i, j] else bus[i, j]),
            duration_s=before + int(way[i, j]),
        )
        for i, j in np.argwhere(flow > 0).tolist()
    )
    assigned = sum(g.people for g in groups)
    overflow = people - assigned
    why = None
    if overflow:
        why = "room" if int(room.sum()) < people else "ways"
    return Evacuation(
        people=people,
        assigned=assigned,
        overflow=overflow,
        overflow_why_zh=playbook.say_zh(f"overflow.{why}", n=overflow) if why else None,
        overflow_why_en=playbook.say_en(f"overflow.{why}", n=overflow) if why else None,
        shelters=_uses(usable, groups, situation),
        groups=groups,
        clearance_s=max((g.duration_s for g in groups), default=None) if not overflow else None,
    )


def room_of(shelter: Shelter) -> int | None:
    """Free places; None where they are not known; 0 where the shelter is not ready or open."""
    resource = shelter.eta.resource
    if resource.status not in _OPEN:
        return None if resource.status is None else 0
    if resource.capacity is None or resource.occupied is None:
        return None
    return max(0, resource.capacity - resource.occupied)


def _table(rows: tuple[tuple[int | None, ...], ...]) -> Ints:
    return np.array([[-1 if v is None else v for v in row] for row in rows], dtype=np.int64)


def _uses(
    usable: list[Shelter], groups: tuple[Group, ...], situation: Situation
) -> tuple[ShelterUse, ...]:
    routes = {r.resource_id: r for r in situation.routes if r.kind == "evacuation"}
    out = []
    for shelter in usable:
        resource = shelter.eta.resource
        mine = [g for g in groups if g.shelter_id == str(resource.id)]
        if not mine:
            continue
        route = routes.get(str(resource.id))
        out.append(
            ShelterUse(
                id=str(resource.id),
                name=resource.name,
                lon=resource.at[0],
                lat=resource.at[1],
                capacity=resource.capacity or 0,
                free=room_of(shelter) or 0,
                assigned=sum(g.people for g in mine),
                mode="bus" if any(g.mode == "bus" for g in mine) else "foot",
                road_s=max(g.way_s for g in mine),
                distance_m=None if route is None else route.distance_m,
                route=None if route is None else route.id,
                phone=resource.phone,
            )
        )
    return tuple(sorted(out, key=lambda s: (-s.assigned, s.id)))


def _nothing(people: int | None, why: str | None, playbook: Playbook) -> Evacuation:
    return Evacuation(
        people=people,
        assigned=0,
        overflow=people,
        overflow_why_zh=playbook.say_zh(f"overflow.{why}", n=people) if why else None,
        overflow_why_en=playbook.say_en(f"overflow.{why}", n=people) if why else None,
        shelters=(),
        groups=(),
        clearance_s=0 if people == 0 else None,
    )
