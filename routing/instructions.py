"""A route as a driver is told it: one instruction from one act to the next. Values, no words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Protocol

from geo.domain import Compass, LonLat, Maneuver, Route, Side, Step
from geo.line import Line
from geo.steps import columns_of

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
    def steps(self) -> Sequence[Step]: ...


class Instruction(NamedTuple):
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
    (
        road, kind, metres, seconds, maneuver, compass,
        bridges, tunnels, past, exits, point, _,
    ) = columns_of(route.steps)  # fmt: skip
    begins = _begins(road, metres, maneuver)
    count = len(road)
    ends = [*begins[1:], count]
    spots = _spots(route.geometry, [*[point[begin] for begin in begins], -1])
    built = [bool(over or under) for over, under in zip(bridges, tunnels, strict=True)]
    out: list[Instruction] = []
    for nth, (begin, end) in enumerate(zip(begins, ends, strict=False)):
        roads: tuple[str, ...]
        act: Maneuver
        over: tuple[str, ...] = ()
        under, at_end, passes = over, False, True in built[begin:end]
        if end == begin + 1:
            roads = (road[begin],) if road[begin] else ()
            far, took, longest, way = metres[begin], seconds[begin], begin, compass[begin]
        else:
            # What gives the stretch its name: not the roundabout it begins with, no bridges.
            told: Sequence[int] = range(begin + (maneuver[begin] == "roundabout"), end)
            if passes:
                told = _unbuilt(told, road, bridges, tunnels)
            roads = tuple(dict.fromkeys([name for one in told if (name := road[one])]))
            far = sum(metres[begin:end], 0.0)
            took = round(sum(seconds[begin:end]), 3)
            longest = max(told, key=metres.__getitem__)
            way = _compass(spots[nth], spots[nth + 1], far, compass[begin])
        if passes:
            over = _passed(bridges[begin:end], roads)
            under = _passed(tunnels[begin:end], roads)
            at_end = _behind(built, metres, past, begin, end) <= _NEAR_M
        if end == count:
            act, onto, exit_number, where = "arrive", "", None, side
        else:
            act, exit_number, where = maneuver[end], exits[end], None
            ahead = end + 1 if act == "roundabout" else end  # what the roundabout leads onto
            onto = road[ahead] if ahead < ends[nth + 1] else ""
        out.append(
            Instruction(
                roads, kind[longest], way, far, took, over, under, at_end, act, onto, exit_number,
                where, point[begin],
            )
        )  # fmt: skip
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


def _begins(road: list[str], metres: list[float], maneuver: list[Maneuver]) -> list[int]:
    """The steps with which instructions begin: the first, and those where something is done."""
    out = [0] if road else []
    for index, act in enumerate(maneuver):
        if not act or not index:
            continue
        if act == "straight":
            known = road[index] in road[out[-1] : index]
            if known or _run(road, metres, index) <= _BRIEF_M:
                continue
        out.append(index)
    return out


def _run(road: list[str], metres: list[float], first: int) -> float:
    """Metres until the road is called otherwise."""
    far = 0.0
    for index in range(first, len(road)):
        if road[index] != road[first]:
            break
        far += metres[index]
    return far


def _unbuilt(
    told: Sequence[int],
    road: list[str],
    bridges: list[tuple[str, ...]],
    tunnels: list[tuple[str, ...]],
) -> Sequence[int]:
    """Those of the steps that are not called for a bridge or tunnel; all if no other is left."""

    def named_for_it(one: int) -> bool:
        return bool(road[one]) and (road[one] in bridges[one] or road[one] in tunnels[one])

    return [one for one in told if not named_for_it(one)] or told


def _passed(names: Sequence[tuple[str, ...]], roads: tuple[str, ...]) -> tuple[str, ...]:
    """Each once; what already stands as the road's name is not said again."""
    return tuple(one for one in dict.fromkeys(chain.from_iterable(names)) if one not in roads)


def _behind(
    built: list[bool], metres: list[float], past: list[float], begin: int, end: int
) -> float:
    """Metres between the last bridge or tunnel and the end."""
    far = 0.0
    for one in range(end - 1, begin - 1, -1):
        if built[one]:
            return far + past[one]
        far += metres[one]
    return math.inf


def _spots(line: Sequence[LonLat], indices: list[int]) -> Sequence[LonLat]:
    return line.some(indices) if isinstance(line, Line) else [line[index] for index in indices]


def _compass(start: LonLat, end: LonLat, far: float, out: Compass) -> Compass:
    """The direction from one point to another; ``out`` where the way between them winds."""
    east = (end[0] - start[0]) * math.cos(math.radians(start[1]))
    north = end[1] - start[1]
    if math.hypot(east, north) * _METRES_PER_DEGREE < _WINDS * far:
        return out
    return _COMPASS[math.floor((math.degrees(math.atan2(east, north)) + 22.5) / 45.0) % 8]


def _way(edge: str) -> str:
    return edge.split(":", 1)[0].split(";", 1)[0]
