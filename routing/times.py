"""Times between one incident and many places, read off one search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from geo.domain import Direction, LonLat, Route, Snap, Why
from routing.graph import RoadGraph
from routing.routes import Part, draw
from routing.search import UNREACHED, Seeds, Tree, closed_weights, metres_of, search
from routing.snap import Exits, SnapList, Snaps, exits, snap, spent
from routing.table import Floats, Int32s, Ints

_ALONG, _AGAINST, _BY_END = 0, 1, 2  # 3: by the start node


@dataclass(frozen=True)
class Times:
    """Road times between an origin and ``k`` places, in the order the places were given.

    ``why`` says for each missing time whether no open road leads there within the limit
    (unreachable) or the place, or the origin, lies too far from any road (no_road_data).
    """

    direction: Direction
    profile: str
    origin: Snap | None  # None: no road near it, or several origins
    road_s: Floats  # (k,) seconds, whole milliseconds; nan: see why
    distance_m: Floats  # (k,) along the road; nan: see why
    snaps: Sequence[Snap | None]
    why: tuple[Why | None, ...]
    road_ms: Ints = field(repr=False)  # (k,) -1: see why
    _search: _Search | None = field(repr=False)

    def route(self, index: int) -> Route | None:
        """The way of one place in travel direction; None where there is none."""
        if self._search is None or self.road_ms[index] < 0:
            return None
        return self._search.route(index)


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """What a route is read from."""

    graph: RoadGraph
    ms: Int32s  # by edge, -1 closed
    tree: Tree
    origins: Snaps
    places: Snaps
    exits: Exits
    choice: npt.NDArray[np.intp]  # (k,) how the best way joins the network
    near: Int32s  # (k,) the origin of a way that never leaves its edge

    def route(self, index: int) -> Route:
        """The parts of edges in travel order, drawn."""
        choice = int(self.choice[index])
        if choice < _BY_END:
            parts = [self._direct(index, choice == _AGAINST)]
        else:
            parts = self._by_node(index, choice - _BY_END)
        at = (float(self.places.lon[index]), float(self.places.lat[index]))
        return draw(self.graph, self.ms, parts, at)

    def _direct(self, index: int, against: bool) -> Part:
        origin = int(self.near[index])
        ends = [float(self.places.fraction[index]), float(self.origins.fraction[origin])]
        if not self.tree.backwards:
            ends.reverse()
        if against:
            return Part(int(self.places.mate[index]), 1 - ends[0], 1 - ends[1])
        return Part(int(self.places.edge[index]), ends[0], ends[1])

    def _by_node(self, index: int, exit: int) -> list[Part]:
        tree = self.tree
        state = int(tree.network.state_of[self.exits.node[index, exit]])
        chain = []
        while tree.step[state] >= 0:
            chain.append(Part(int(tree.step[state]), 0.0, 1.0))
            state = int(tree.prior[state])
        seed = tree.seed_at(state)
        here = _part(self.places, index, int(self.exits.edge[index, exit]), leaving=tree.backwards)
        origin = int(tree.seeds.origin[seed])
        there = _part(self.origins, origin, int(tree.seeds.edge[seed]), leaving=not tree.backwards)
        parts = [*here, *chain, *there]
        return parts if tree.backwards else parts[::-1]


def times(
    graph: RoadGraph,
    profile: str,
    origins: Sequence[LonLat],
    places: Sequence[LonLat],
    closed: Int32s,
    *,
    direction: Direction,
    limit_s: float | None = None,
) -> Times:
    """Times between every place and the origin, or the nearest of several origins in time."""
    backwards = direction == "to_incident"
    here, there = snap(graph, profile, origins), snap(graph, profile, places)
    ms = graph.weights[profile].ms.copy()
    ms[closed] = -1
    limit_ms = None if limit_s is None else int(limit_s * 1000 + 1e-6)
    count = len(there.edge)
    best = np.full(count, UNREACHED, dtype=np.int64)
    metres = np.full(count, np.nan)
    found = None
    if graph.edges and count and (here.edge >= 0).any():
        network = graph.network(profile)
        weight = closed_weights(network, graph.weights[profile], closed, backwards=backwards)
        seeds: Seeds = exits(graph, here, ms, leaving=not backwards).seeds()
        tree = search(graph, network, weight, seeds, backwards=backwards, limit_ms=limit_ms)
        ends = exits(graph, there, ms, leaving=backwards)
        direct, near = _direct(graph, ms, here, there, backwards=backwards)
        reached = np.where(ends.ok, tree.ms[network.state_of[ends.node]], UNREACHED)
        by_node = np.where(reached < UNREACHED, reached + ends.ms, UNREACHED)
        ways = np.concatenate([direct, by_node], axis=1)
        choice = ways.argmin(axis=1)
        best = ways[np.arange(count), choice]
        if limit_ms is not None:
            best = np.where(best <= limit_ms, best, UNREACHED)
        metres = _metres(graph, tree, here, there, ends, choice, near, best < UNREACHED)
        found = _Search(graph, ms, tree, here, there, ends, choice, near)
    known = best < UNREACHED
    why = tuple(
        None if ok else "unreachable" if edge >= 0 and (found or not origins) else "no_road_data"
        for ok, edge in zip(known.tolist(), there.edge.tolist(), strict=True)
    )
    return Times(
        direction=direction,
        profile=profile,
        origin=here.one(graph, 0) if len(here.edge) == 1 else None,
        road_s=np.where(known, best / 1000, np.nan),
        distance_m=metres,
        snaps=SnapList(graph, there),
        why=why,  # type: ignore[arg-type]
        road_ms=np.where(known, best, -1),
        _search=found,
    )


def tree_of(
    graph: RoadGraph,
    profile: str,
    at: LonLat,
    closed: Int32s,
    *,
    direction: Direction,
    limit_ms: int | None = None,
) -> tuple[Tree, Int32s, LonLat] | None:
    """The search from one origin, the weights by edge it ran on (-1: closed) and where it stands
    on the road; None where no road is near."""
    here = snap(graph, profile, [at])
    if here.edge[0] < 0:
        return None
    backwards = direction == "to_incident"
    ms = graph.weights[profile].ms.copy()
    ms[closed] = -1
    network = graph.network(profile)
    weight = closed_weights(network, graph.weights[profile], closed, backwards=backwards)
    seeds = exits(graph, here, ms, leaving=not backwards).seeds()
    tree = search(graph, network, weight, seeds, backwards=backwards, limit_ms=limit_ms)
    return tree, ms, (float(here.lon[0]), float(here.lat[0]))


def _direct(
    graph: RoadGraph, ms: Int32s, here: Snaps, there: Snaps, *, backwards: bool
) -> tuple[Ints, Int32s]:
    """(k, 2) times of ways that never leave the edge both stand on, along and against it."""
    out = np.full((len(there.edge), 2), UNREACHED, dtype=np.int64)
    near = np.full(len(there.edge), -1, dtype=np.int32)
    for origin in np.flatnonzero(here.edge >= 0):
        edge, mate = here.edge[origin], here.mate[origin]
        same = np.flatnonzero(there.edge == edge)
        first, last = there.fraction[same], np.full(len(same), here.fraction[origin])
        if not backwards:
            first, last = last, first
        ways = []
        for way, f0, f1 in ((edge, first, last), (mate, 1 - first, 1 - last)):
            step = int(ms[way]) if way >= 0 else -1
            on = (f0 <= f1) & (step >= 0)
            ways.append(np.where(on, spent(f1, step) - spent(f0, step), UNREACHED))
        found = np.stack(ways, axis=1)
        better = found.min(axis=1, initial=UNREACHED) < out[same].min(axis=1, initial=UNREACHED)
        out[same[better]] = found[better]
        near[same[better]] = origin
    return out, near


def _metres(
    graph: RoadGraph,
    tree: Tree,
    here: Snaps,
    there: Snaps,
    ends: Exits,
    choice: npt.NDArray[np.intp],
    near: Int32s,
    known: npt.NDArray[np.bool_],
) -> Floats:
    """(k,) metres along the road of the chosen ways; nan where there is none."""
    by_node = known & (choice >= _BY_END)
    column = np.where(by_node, choice - _BY_END, 0)
    row = np.arange(len(choice))
    node = np.where(by_node, ends.node[row, column], -1).astype(np.int32)
    far = metres_of(graph, tree, node) + ends.metres[row, column]
    part = np.abs(there.fraction - here.fraction[near]) * graph.length_m[there.edge]
    return np.where(known, np.where(by_node, far, part), np.nan)


def _part(snaps: Snaps, index: int, edge: int, *, leaving: bool) -> list[Part]:
    """The part of its edge between a place and the node it leaves by or arrives from."""
    if edge < 0:
        return []
    fraction = float(snaps.fraction[index])
    if edge != int(snaps.edge[index]):
        fraction = 1 - fraction
    return [Part(edge, fraction, 1.0) if leaving else Part(edge, 0.0, fraction)]
