"""Forces: for every needed capability the teams that are there in the fewest minutes.

One assignment over all needs at once, so that no team is used twice and the sum of the minutes is
the smallest; what cannot be filled stays short and is said. Ties break by id.
"""

from __future__ import annotations

import numpy as np

from geo.domain import ResourceEta
from geo.plan_action import Assigned, Force, NotReached, Unavailable
from geo.plan_command import CommandPost
from geo.situation import Situation
from server.command.plan.playbook import Need, Playbook
from server.command.plan.straight import straight_m

SUPPORT = "command_support"  # brought by the squad that sets up the post
AWAY = ("out", "off", "disabled", "closed")
_SHOWN_UNREACHABLE = 5
_TIE = 8192  # eta_s * _TIE + rank keeps whole seconds first, then the id
_UNFILLED = 10**11  # > every sum of eta_s * _TIE; twice that for a critical need
_CANNOT = 10**13


def assign_forces(situation: Situation, playbook: Playbook, post: CommandPost) -> tuple[Force, ...]:
    """One entry for each need of the playbook, in its order."""
    squad = post.primary.squad if post.primary else None
    taken = {squad.id} if squad else set()
    free = sorted(
        (
            c
            for c in situation.candidates
            if c.eta_s is not None
            and c.resource.status not in AWAY
            and str(c.resource.id) not in taken
        ),
        key=lambda c: str(c.resource.id),
    )
    needs = [n for n in playbook.needs if n.capability != SUPPORT]
    chosen = _without_doubles(free, needs, playbook)
    routes = {r.id for r in situation.routes}
    out = []
    for need in playbook.needs:
        if need.capability == SUPPORT:
            teams = _squad_row(situation, playbook, post, routes)
        else:
            teams = tuple(_assigned(c, playbook, routes) for c in chosen[need.capability])
        out.append(_force(need, teams, situation, playbook))
    return tuple(out)


def _without_doubles(
    free: list[ResourceEta], needs: list[Need], playbook: Playbook
) -> dict[str, list[ResourceEta]]:
    """The assignment in which no station and a vehicle of its own yard count as two teams.

    A vehicle that brings nothing its station does not bring is the station's own crew: where the
    best assignment takes both, the vehicle is left out and the rest assigned anew. One that
    brings more (a water tender) may still fill another need beside its station.
    """
    barred: set[tuple[str, str]] = set()
    while True:
        chosen = _assign(free, needs, playbook, barred)
        taken = [(need, team) for need, teams in chosen.items() for team in teams]
        doubles = {
            (need, str(vehicle.resource.id))
            for need, vehicle in taken
            for other, station in taken
            if _at_home(vehicle, station, playbook)
            and (need == other or _adds_nothing(vehicle, station, playbook))
        }
        if not doubles:
            return chosen
        ids = {vehicle for _, vehicle in doubles}
        barred |= doubles | {
            (n.capability, str(c.resource.id))
            for n in needs
            for c in free
            if str(c.resource.id) in ids and _covered(c, taken, playbook)
        }


def _covered(
    vehicle: ResourceEta, taken: list[tuple[str, ResourceEta]], playbook: Playbook
) -> bool:
    return any(
        _at_home(vehicle, s, playbook) and _adds_nothing(vehicle, s, playbook) for _, s in taken
    )


def _adds_nothing(vehicle: ResourceEta, station: ResourceEta, playbook: Playbook) -> bool:
    own, all_of_it = (set(playbook.brings(e.resource.category)) for e in (vehicle, station))
    return own <= all_of_it


def _at_home(vehicle: ResourceEta, station: ResourceEta, playbook: Playbook) -> bool:
    """Whether a vehicle stands in the yard of a station that is called through the same channel."""
    if vehicle.resource.kind != "mobile" or station.resource.kind not in ("team", "site"):
        return False
    a, b = (playbook.categories[e.resource.category].channel_zh for e in (vehicle, station))
    near = playbook.whole("forces.same_yard_m")
    return a == b and straight_m(vehicle.resource.at, station.resource.at) <= near


def _assign(
    free: list[ResourceEta],
    needs: list[Need],
    playbook: Playbook,
    barred: set[tuple[str, str]],
) -> dict[str, list[ResourceEta]]:
    chosen: dict[str, list[ResourceEta]] = {n.capability: [] for n in needs}
    slots = [n for n in needs for _ in range(n.number)]
    if not slots or not free:
        return chosen
    cost = np.full((len(slots), len(free) + len(slots)), _CANNOT, dtype=np.int64)
    brings = [set(playbook.brings(c.resource.category)) for c in free]
    for row, need in enumerate(slots):
        for col, team in enumerate(free):
            if need.capability in brings[col] and (
                (need.capability, str(team.resource.id)) not in barred
            ):
                cost[row, col] = int(team.eta_s or 0) * _TIE + col
        cost[row, len(free) + row] = _UNFILLED * (2 if need.critical else 1)
    # Imported here: it takes half a second, and who only reads a playbook needs none of it.
    from scipy.optimize import linear_sum_assignment

    rows, cols = linear_sum_assignment(cost)
    for row, col in zip(rows.tolist(), cols.tolist(), strict=True):
        if col < len(free):
            chosen[slots[row].capability].append(free[col])
    for teams in chosen.values():
        teams.sort(key=lambda c: (int(c.eta_s or 0), str(c.resource.id)))
    return chosen


def _force(
    need: Need, teams: tuple[Assigned, ...], situation: Situation, playbook: Playbook
) -> Force:
    able = [
        c for c in situation.candidates if need.capability in playbook.brings(c.resource.category)
    ]
    lost = sorted(
        (c for c in able if c.why is not None), key=lambda c: (c.straight_m, str(c.resource.id))
    )
    away = sorted(
        (c for c in able if c.why is None and c.resource.status in AWAY),
        key=lambda c: (int(c.eta_s or 0), str(c.resource.id)),
    )
    return Force(
        capability=need.capability,
        capability_zh=playbook.say_zh(f"capability.{need.capability}"),
        capability_en=playbook.say_en(f"capability.{need.capability}"),
        needed=need.number,
        short=max(0, need.number - len(teams)),
        critical=need.critical,
        assigned=teams,
        unreachable=tuple(
            NotReached(str(c.resource.id), c.resource.name, c.why)
            for c in lost[:_SHOWN_UNREACHABLE]
            if c.why is not None
        ),
        unavailable=tuple(
            Unavailable(str(c.resource.id), c.resource.name, c.resource.status or "")
            for c in away[:_SHOWN_UNREACHABLE]
        ),
        mark=need.mark,
    )


def _assigned(c: ResourceEta, playbook: Playbook, routes: set[str]) -> Assigned:
    rule = playbook.categories[c.resource.category]
    resource, route = c.resource, f"force:{c.resource.id}"
    return Assigned(
        resource_id=str(resource.id),
        name=resource.name,
        category=resource.category,
        category_zh=rule.zh,
        kind=resource.kind,
        lon=resource.at[0],
        lat=resource.at[1],
        members=resource.members,
        turnout_s=c.turnout_s,
        road_s=int(c.road_s or 0),
        eta_s=c.turnout_s + int(c.road_s or 0),
        distance_m=int(c.distance_m or 0),
        straight_m=int(c.straight_m),
        route=route if route in routes else None,
        authority=rule.authority,
        channel_zh=rule.channel_zh,
        channel_en=rule.channel_en,
        phone=resource.phone,
        source=resource.provenance.source,
        updated_at=resource.provenance.updated_at,
    )


def _squad_row(
    situation: Situation, playbook: Playbook, post: CommandPost, routes: set[str]
) -> tuple[Assigned, ...]:
    """The squad on its way to the post (not to the incident)."""
    primary = post.primary
    if primary is None or primary.squad is None:
        return ()
    squad = next(s for s in situation.squads if str(s.id) == primary.squad.id)
    site = next(p for p in situation.posts if str(p.resource.id) == primary.id)
    time = next(t for t in site.squads if t.squad_id == primary.squad.id)
    road_s = int(time.road_s or 0)
    eta = ResourceEta(
        resource=squad,
        turnout_s=primary.squad.eta_s - road_s,
        road_s=road_s,
        distance_m=time.distance_m,
        straight_m=straight_m(squad.at, site.resource.at),
        snap=None,
    )
    row = _assigned(eta, playbook, routes)
    values = {f: getattr(row, f) for f in row.__dataclass_fields__}
    return (Assigned(**{**values, "route": primary.route}),)
