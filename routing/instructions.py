"""A route as a driver is told it: one instruction from one act to the next. Values, no words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from geo.domain import Compass, LonLat, Maneuver, Route, Side, Step

if TYPE_CHECKING:
    from geo.queries.waymarks import Structure

_COMPASS: tuple[Compass, ...] = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_METRES_PER_DEGREE = 111_194.93  # of a great circle on a sphere of 6,371 km
_WINDS = 0.5  # whose ends lie nearer together than this share of its length has no one direction
_NEAR_M = 300.0  # an act this near behind a bridge is told together with it [A]
_BRIEF_M = 50.0  # a name that lasts no longer than this is not worth an instruction [A]


class Drawn(Protocol):
    """What a route of the roads and a route of a plan have in common."""

    @property
    def geometry(self) -> Sequence[LonLat]: ...

    @property
    def steps(self) -> tuple[Step, ...]: ...


@dataclass(frozen=True, slots=True)
class Instruction:
    """Go along these roads so far, past these bridges and tunnels, and then do this."""

    roads: tuple[str, ...]  # names in the order they are driven; (): none has one
    road_class: str  # of the longest stretch
    compass: Compass
    distance_m: float
    duration_s: float
    bridges: tuple[str, ...]  # "" for one without name
    tunnels: tuple[str, ...]
    at_end: bool  # the last bridge or tunnel lies just before the act
    maneuver: Maneuver  # the act at the end
    onto: str  # the road that the act leads onto; "" nameless
    exit_number: int | None  # of the roundabout
    side: Side | None  # on which the place lies, when this is the last
    first_point: int  # where in the geometry it begins


def instructions(route: Drawn, side: Side | None = None) -> tuple[Instruction, ...]:
    """What to do on this way, in order; empty for a way that goes nowhere.

    Steps between two acts are one instruction, so that their distances add up to the route's.
    """
    groups = list(_groups(route.steps))
    out = []
    for index, group in enumerate(groups):
        following = groups[index + 1] if index + 1 < len(groups) else ()
        out.append(_instruction(route, group, following, side))
    return tuple(out)


def names_by_way(structures: Iterable[Structure]) -> dict[str, tuple[str, str]]:
    """Kind and name of each bridge and tunnel by its way, as :func:`with_structures` asks."""
    return {str(one.way): (one.kind, one.name) for one in structures}


def with_structures(route: Route, names: Mapping[str, tuple[str, str]]) -> Route:
    """The route with the bridges and tunnels that have a name of their own beside their road's.

    ``names``: kind ("bridge" or "tunnel") and name by the way that an edge's id begins with.
    """
    steps, place = [], 0
    for step in route.steps:
        edges = route.edges[place : place + step.edges]
        place += step.edges
        known = dict.fromkeys(names[way] for one in edges if (way := _way(one)) in names)
        for kind in ("bridge", "tunnel"):
            own = tuple(name for of, name in known if of == kind)
            if own:
                past = step.past_m if getattr(step, f"{kind}s") else step.distance_m
                step = replace(step, **{f"{kind}s": own}, past_m=past)  # type: ignore[arg-type]
        steps.append(step)
    return replace(route, steps=tuple(steps))


def _groups(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    group: list[Step] = []
    for index, step in enumerate(steps):
        acts = step.maneuver != ""
        if group and step.maneuver == "straight":
            run = _run(steps, index)
            acts = run > _BRIEF_M and step.road not in [one.road for one in group]
        if group and acts:
            yield tuple(group)
            group = []
        group.append(step)
    if group:
        yield tuple(group)


def _run(steps: Sequence[Step], first: int) -> float:
    """Metres until the road is called otherwise."""
    far = 0.0
    for step in steps[first:]:
        if step.road != steps[first].road:
            break
        far += step.distance_m
    return far


def _instruction(
    route: Drawn, group: Sequence[Step], following: Sequence[Step], side: Side | None
) -> Instruction:
    only = group[0] if len(group) == 1 else None
    told = group if only else _told(group)
    if only:
        roads: tuple[str, ...] = (only.road,) if only.road else ()
        far, took, longest, compass = only.distance_m, only.duration_s, only, only.compass
        built = bool(only.bridges or only.tunnels)
    else:
        roads = tuple(dict.fromkeys([step.road for step in told if step.road]))
        far = sum([step.distance_m for step in group], 0.0)
        took = round(sum([step.duration_s for step in group]), 3)
        longest = max(told, key=lambda step: step.distance_m)
        compass = _compass(route, group, following, far)
        built = any(step.bridges or step.tunnels for step in group)
    ahead = following[1:] if following and following[0].maneuver == "roundabout" else following
    return Instruction(
        roads=roads,
        road_class=longest.road_class,
        compass=compass,
        distance_m=far,
        duration_s=took,
        bridges=_passed(group, "bridges", roads) if built else (),
        tunnels=_passed(group, "tunnels", roads) if built else (),
        at_end=built and _behind(group) <= _NEAR_M,
        maneuver=following[0].maneuver if following else "arrive",
        onto=ahead[0].road if ahead else "",
        exit_number=following[0].exit_number if following else None,
        side=None if following else side,
        first_point=group[0].first_point,
    )


def _told(group: Sequence[Step]) -> Sequence[Step]:
    """The steps that give the stretch its name: not the roundabout it begins with, no bridges."""
    ring = [step for step in group if step.maneuver != "roundabout"] or group
    return [step for step in ring if not _named_for_it(step)] or ring


def _named_for_it(step: Step) -> bool:
    return bool(step.road) and (step.road in step.bridges or step.road in step.tunnels)


def _passed(group: Sequence[Step], what: str, roads: tuple[str, ...]) -> tuple[str, ...]:
    """Each once; what already stands as the road's name is not said again."""
    names = dict.fromkeys(name for step in group for name in getattr(step, what))
    return tuple(name for name in names if name not in roads)


def _behind(group: Sequence[Step]) -> float:
    """Metres between the last bridge or tunnel and the end."""
    far = 0.0
    for step in reversed(group):
        if step.bridges or step.tunnels:
            return far + step.past_m
        far += step.distance_m
    return math.inf


def _compass(route: Drawn, group: Sequence[Step], following: Sequence[Step], far: float) -> Compass:
    start = route.geometry[group[0].first_point]
    end = route.geometry[following[0].first_point if following else -1]
    east = (end[0] - start[0]) * math.cos(math.radians(start[1]))
    north = end[1] - start[1]
    if math.hypot(east, north) * _METRES_PER_DEGREE < _WINDS * far:
        return group[0].compass
    return _COMPASS[math.floor((math.degrees(math.atan2(east, north)) + 22.5) / 45.0) % 8]


def _way(edge: str) -> str:
    return edge.split(":", 1)[0].split(";", 1)[0]
