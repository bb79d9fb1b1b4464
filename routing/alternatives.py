"""Other ways: around roads that are not wanted, and ways worth knowing beside the quickest.

An unwanted road counts as closed for the one question, so that everything else (closures, turn
restrictions, conditions) holds as always. Where that leaves no way, the answer says which road,
bridge or tunnel nobody can go without.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from geo.domain import Closure, LonLat, Route, Step
from routing.roads import Roads
from routing.table import Int32s
from routing.times import Times

_UNWANTED = UUID(int=0)
MOST_SHARED = 0.8  # of its length: what shares more of the quickest way is no other way [A]
MOST_TIMES = 2.0  # the quickest way's time: what takes longer is of no use [A]
_TRIES = 8  # searches for one answer
_LEAST_SHARE = 0.05  # of the way: roads shorter than this are not tried
_LEAST_M = 300.0


@dataclass(frozen=True, slots=True)
class Asked:
    """From where to where, by whom, under which closures, when."""

    start: LonLat
    end: LonLat
    profile: str
    closures: Sequence[Closure] = ()
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way, and what it avoids."""

    route: Route
    without: str  # the road of the quickest way that it does not use; "" where that has no name
    extra_s: float  # more than the quickest
    shared: float  # of its length, on roads of the quickest way


@dataclass(frozen=True, slots=True)
class Found:
    """The quickest way (None: ``times`` says why), others, and what no way can do without."""

    times: Times
    route: Route | None
    others: tuple[Alternative, ...]
    only: tuple[Step, ...]  # why there are no others; longest first; () where not asked or none
    kept: tuple[str, ...]  # unwanted edges on which the way begins or ends: no way without them


def ways(roads: Roads, asked: Asked, unwanted: Sequence[str] = (), others: int = 0) -> Found:
    """The quickest way without these edges (both directions), and up to ``others`` beside it."""
    shut = _both(roads, unwanted)
    ends = _begun_on(roads, asked, shut) if shut else set()
    without = [edge for edge in shut if edge not in ends]
    kept = tuple(edge for edge in shut if edge in ends)
    times = _times(roads, asked, without)
    route = times.route(0)
    if route is None:
        only: tuple[Step, ...] = ()
        if without and times.why[0] == "unreachable":
            free = _times(roads, asked, ()).route(0)
            only = () if free is None else needed(roads, asked, free, among=set(without))
        return Found(times, None, (), only, kept)
    more = tuple(_others(roads, asked, route, without, others)) if others else ()
    only = needed(roads, asked, route, without=without) if others and not more else ()
    return Found(times, route, more, only, kept)


def needed(
    roads: Roads,
    asked: Asked,
    route: Route,
    *,
    without: Sequence[str] = (),
    among: set[str] | None = None,
) -> tuple[Step, ...]:
    """Steps of a route (``among`` these edges) without which there is no way: bridges first."""
    out = []
    spans = [(step, edges) for step, edges in _spans(route)]
    spans.sort(key=lambda one: (not (one[0].bridges or one[0].tunnels), -one[0].distance_m))
    for step, edges in spans[:_TRIES]:
        own = [one for one in edges if among is None or one in among]
        shut = _open_to(roads, asked, own)
        if shut and _times(roads, asked, [*without, *shut]).why[0] == "unreachable":
            out.append(step)
    return tuple(out)


def _others(
    roads: Roads,
    asked: Asked,
    best: Route,
    without: Sequence[str],
    most: int,
) -> Iterator[Alternative]:
    """Ways that do without one road of the quickest each, the quickest of them first."""
    found: dict[Sequence[str], Alternative] = {}
    on_best = set(best.edges)
    for name, edges in _stretches(best)[:_TRIES]:
        shut = _open_to(roads, asked, edges)
        route = _times(roads, asked, [*without, *shut]).route(0) if shut else None
        if route is None or not route.edges or route.edges in found:
            continue
        shared = _shared(roads, route, on_best)
        extra = round(route.road_s - best.road_s, 3)
        if shared <= MOST_SHARED and route.road_s <= MOST_TIMES * best.road_s:
            found[route.edges] = Alternative(route, name, extra, shared)
    ranked = sorted(
        found.values(), key=lambda one: (one.extra_s, one.shared, tuple(one.route.edges))
    )
    kept: list[Alternative] = []
    for one in ranked:
        if len(kept) < most and all(
            _shared(roads, one.route, set(other.route.edges)) <= MOST_SHARED for other in kept
        ):
            kept.append(one)
            yield one


def _stretches(route: Route) -> list[tuple[str, tuple[str, ...]]]:
    """The roads of a route by name (nameless stretches each for itself), the longest first."""
    far: dict[str, float] = {}
    of: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for index, (step, edges) in enumerate(_spans(route)):
        key = step.road or f"\0{index}"
        names[key] = step.road
        far[key] = far.get(key, 0.0) + step.distance_m
        of.setdefault(key, []).extend(edges)
    least = max(_LEAST_M, _LEAST_SHARE * route.distance_m)
    long = sorted((key for key in far if far[key] >= least), key=lambda key: (-far[key], key))
    long = long or sorted(far, key=lambda key: (-far[key], key))[:1]
    return [(names[key], tuple(of[key])) for key in long]


def _spans(route: Route) -> Iterator[tuple[Step, tuple[str, ...]]]:
    place = 0
    for step in route.steps:
        yield step, tuple(route.edges[place : place + step.edges])
        place += step.edges


def _shared(roads: Roads, route: Route, edges: set[str]) -> float:
    """How much of a route's length lies on these edges."""
    length = roads.graph.length_m[_found(roads, route.edges)]
    on = np.array([edge in edges for edge in route.edges])
    whole = float(length.sum())
    return float(length[on].sum()) / whole if whole else 1.0


def _times(roads: Roads, asked: Asked, without: Sequence[str]) -> Times:
    shut = [Closure(id=_UNWANTED, geometry=None, edges=tuple(without), whole=True)]
    return roads.times_from(
        asked.start,
        [asked.end],
        profile=asked.profile,
        closures=[*asked.closures, *(shut if without else ())],
        now=asked.now,
    )


def _open_to(roads: Roads, asked: Asked, edges: Sequence[str]) -> list[str]:
    """These edges, both directions, but for those on which a way has to begin or end."""
    shut = _both(roads, edges)
    ends = _begun_on(roads, asked, shut)
    return [edge for edge in shut if edge not in ends]


def _begun_on(roads: Roads, asked: Asked, shut: Sequence[str]) -> set[str]:
    """Of these edges (both directions), those on which a way has to begin or end.

    Whoever stands at a junction does not, as long as another road leads away from it.
    """
    graph = roads.graph
    ms, closed = graph.weights[asked.profile].ms, set(graph.find(shut).tolist())
    out: set[str] = set()
    for snap in roads.snap([asked.start, asked.end], profile=asked.profile):
        if snap is None:
            continue
        if snap.fraction in (0.0, 1.0):
            edge = int(graph.find([snap.edge.rstrip("~")])[0])
            ahead = (snap.fraction == 1.0) != snap.edge.endswith("~")
            node = int((graph.edge_to if ahead else graph.edge_from)[edge])
            at = ((graph.edge_from == node) | (graph.edge_to == node)) & (ms >= 0)
            if set(graph.base[np.flatnonzero(at)].tolist()) - closed:
                continue
        out.update(_both(roads, [snap.edge]))
    return out & set(shut)


def _both(roads: Roads, edges: Sequence[str]) -> list[str]:
    """Table edges of these ids and of the other direction of their stretches, each once."""
    own = _found(roads, edges)
    mate = roads.graph.mate[own]
    both = np.concatenate([own, mate[(mate >= 0) & (mate < roads.edges)]])
    return [roads.graph.edge_id(int(edge)) for edge in dict.fromkeys(both.tolist())]


def _found(roads: Roads, edges: Sequence[str]) -> Int32s:
    """The table edges of these ids; twins count as the edge they belong to."""
    found = roads.graph.find([edge.rstrip("~") for edge in edges])
    return found[found >= 0]
