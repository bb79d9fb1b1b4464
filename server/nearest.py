"""Who can be at a point, by road, around what is closed, soonest first; in all or of each kind."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from geo.domain import Closure, Direction, LonLat, Resource, ResourceEta, Snap, Unknown
from server.checks import check_inside, check_profile, in_force, straight_m
from server.conditions import roads_under
from server.filters import Chosen, Wanted, choose, groups_of
from server.turnout import turnout_s

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.conditions import Conditions
    from routing.ranges import EtaRange
    from routing.roads import Roads
    from routing.times import Times

MOST_RANGED = 200
"""A range of time is worked out along the route, for the first so many of an answer."""


@dataclass(frozen=True, slots=True)
class Group:
    """The soonest of one kind, category or capability, and how many others and why."""

    key: str
    etas: tuple[ResourceEta, ...]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Who can be at a point, soonest first; those whom no road brings come last.

    ``left_out`` counts who is not listed: ``more`` (beyond the limit), ``late`` (by no open road
    within the minutes asked for), ``unreachable`` and ``no_road_data`` (in groups), and what
    :func:`server.filters.choose` counts. ``apart``: of unknown state where a state was asked for.
    """

    at: LonLat
    snap: Snap | None
    profile: str
    direction: Direction
    closures: tuple[Closure, ...]
    asked_for: datetime
    etas: tuple[ResourceEta, ...]
    unknowns: tuple[Unknown, ...]
    wanted: Wanted = field(default_factory=Wanted)
    apart: tuple[ResourceEta, ...] = ()
    groups: tuple[Group, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    ranges: Mapping[UUID, EtaRange] = field(default_factory=dict)
    conditions: Mapping[str, object] | None = None


def nearest(
    session: Session,
    roads: Roads,
    at: LonLat,
    *,
    now: datetime,
    categories: Sequence[str] = (),
    kinds: Sequence[str] = (),
    profile: str = "fire_tender",
    closures: Sequence[Closure] = (),
    limit: int = 20,
    wanted: Wanted | None = None,
    conditions: Conditions | None = None,
) -> Nearest:
    """Resources by turnout plus road time to ``at``, around every closure in force and given.

    ``wanted`` says more than ``categories`` and ``kinds``. ``conditions`` None: those of ``roads``.
    Raises OutsideArea, UnknownCategory, InvalidInput (no such profile, kind, capability, state or
    road edge).
    """
    from server.conditions import conditions_json

    asked = wanted or Wanted(tuple(categories), tuple(kinds))
    check_inside(session, at)
    check_profile(roads, profile)
    asked.check()
    closed = in_force(session, roads, closures, now)
    if conditions is not None:
        roads = roads_under(roads, conditions)
    chosen = choose(session, asked)
    everyone = (*chosen.found, *chosen.apart)
    times = roads.times_to(
        at,
        [one.at for one in everyone],
        profile=profile,
        closures=closed,
        limit_s=_bound_s(asked, everyone),
        now=now,
    )
    ordered = _ordered(at, everyone, times)
    left = Counter(chosen.left_out)
    fitting = [eta for eta in ordered if eta[1] < len(chosen.found)]
    main = _in_time(fitting, asked, left)
    beside = _in_time([eta for eta in ordered if eta[1] >= len(chosen.found)], asked, Counter())
    groups = _grouped(fitting, asked) if asked.each is not None else ()
    listed = _listed(main, groups, limit) if groups else main[:limit]
    if not groups:
        left["more"] = len(main) - len(listed)
    shown = [*listed, *beside[:limit]]
    return Nearest(
        at=at,
        snap=times.origin,
        profile=profile,
        direction="to_incident",
        closures=closed,
        asked_for=now,
        etas=tuple(eta for eta, _ in listed),
        unknowns=(
            *_unknowns(times.origin, chosen, [eta for eta, _ in ordered]),
            *closed.unknowns,
        ),
        wanted=asked,
        apart=tuple(eta for eta, _ in beside[:limit]),
        groups=groups,
        left_out={key: count for key, count in sorted(left.items()) if count},
        ranges=_ranges(roads, times, profile, shown, session, now),
        conditions=conditions_json(roads, profile),
    )


_Placed = tuple[ResourceEta, int]  # with its place among those asked about


def _bound_s(wanted: Wanted, everyone: Sequence[Resource]) -> float | None:
    """No road time beyond this can be in time: the search may stop there."""
    if wanted.within_s is None:
        return None
    return max(0.0, wanted.within_s - min((turnout_s(one) for one in everyone), default=0))


def _ordered(at: LonLat, everyone: Sequence[Resource], times: Times) -> list[_Placed]:
    straight = straight_m(at, [one.at for one in everyone])
    etas = [
        ResourceEta(
            resource=one,
            turnout_s=turnout_s(one),
            road_s=_known(times.road_s[i]),
            distance_m=_known(times.distance_m[i]),
            straight_m=float(straight[i]),
            snap=times.snaps[i],
            why=times.why[i],
        )
        for i, one in enumerate(everyone)
    ]
    return sorted(((eta, i) for i, eta in enumerate(etas)), key=lambda one: _soonest(one[0]))


def _in_time(placed: Sequence[_Placed], wanted: Wanted, left: Counter[str]) -> list[_Placed]:
    """Those who arrive within the minutes asked for, the others counted; all where none were."""
    if wanted.within_s is None:
        return list(placed)
    kept = []
    for eta, i in placed:
        if why := _not_in_time(eta, wanted):
            left[why] += 1
        else:
            kept.append((eta, i))
    return kept


def _not_in_time(eta: ResourceEta, wanted: Wanted) -> str | None:
    """Why someone is not there in time, or at all; None where they are.

    Where a bound is set, the search ends there: who is late and whom no road brings are one.
    """
    if eta.why == "no_road_data":
        return "no_road_data"
    if wanted.within_s is not None:
        return None if eta.eta_s is not None and eta.eta_s <= wanted.within_s else "late"
    return eta.why


def _grouped(placed: Sequence[_Placed], wanted: Wanted) -> tuple[Group, ...]:
    """The soonest ``each`` of every group, groups by key; whom no road brings is only counted.

    A kind, category or capability that was asked for has its group though it be empty.
    """
    named = {
        "kind": wanted.kinds, "category": wanted.categories, "capability": wanted.capabilities
    }[wanted.by]  # fmt: skip
    members: dict[str, list[ResourceEta]] = {key: [] for key in named}
    left: dict[str, Counter[str]] = {key: Counter() for key in named}
    for eta, _ in placed:
        for key in groups_of(eta.resource, wanted):
            mine, out = members.setdefault(key, []), left.setdefault(key, Counter())
            if why := _not_in_time(eta, wanted):
                out[why] += 1
            elif len(mine) < (wanted.each or 0):
                mine.append(eta)
            else:
                out["more"] += 1
    return tuple(
        Group(key, tuple(members[key]), dict(sorted(left[key].items()))) for key in sorted(members)
    )


def _listed(placed: Sequence[_Placed], groups: Sequence[Group], limit: int) -> list[_Placed]:
    """Everyone who stands in a group, once, soonest first."""
    standing = {eta.resource.id for group in groups for eta in group.etas}
    return [one for one in placed if one[0].resource.id in standing][: max(limit, len(standing))]


def _ranges(
    roads: Roads,
    times: Times,
    profile: str,
    shown: Sequence[_Placed],
    session: Session,
    now: datetime,
) -> dict[UUID, EtaRange]:
    """How early and how late the road may bring those shown, by resource."""
    from routing.ranges import eta_range
    from server.wayjson import Reader

    reader = Reader.of(session, roads, profile, now, "zh-CN")
    found = {}
    for eta, i in shown[:MOST_RANGED]:
        route = times.route(i) if eta.road_s is not None else None
        if route is not None:
            found[eta.resource.id] = eta_range(
                route, measured=reader.measured, walks=reader.walks, night=reader.night
            )
    return found


def _soonest(eta: ResourceEta) -> tuple[float, float, str]:
    reached = math.inf if eta.eta_s is None else eta.eta_s
    return (reached, eta.straight_m, str(eta.resource.id))


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _unknowns(
    origin: Snap | None, chosen: Chosen, etas: Sequence[ResourceEta]
) -> tuple[Unknown, ...]:
    unknowns = []
    if origin is None:
        unknowns.append(Unknown("roads", "no_road_data_at_incident"))
    if not chosen.found and not chosen.apart:
        unknowns.append(Unknown("resources", "none_loaded"))
    far = tuple(str(eta.resource.id) for eta in etas if eta.why == "no_road_data")
    if far and origin is not None:
        unknowns.append(Unknown("roads", "no_road_data_at_resources", far))
    return tuple(unknowns)
