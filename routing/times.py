"""Times between one incident and many places, read off one search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.domain import Direction, LonLat, Route, Snap, Why
from routing.changes import Changes
from routing.exits import Exits, blocked, exits, part_ms, spent
from routing.graph import RoadGraph
from routing.paths import metres_of, ways
from routing.routes import Part, draw
from routing.search import UNREACHED, Tree, weights_by_edge
from routing.snap import SnapList, Snaps, snap
from routing.table import Floats, Int32s, Ints
from routing.trees import Trees, tree

_AGAINST, _BY_END = 1, 2  # 0: along the edge; 3: by its start node


@dataclass(frozen=True)
class Times:
    """Road times between an origin and ``k`` places, in the order the places were given.

    What only some questions need (metres, reasons, routes) is worked out when it is asked for.
    """

    direction: Direction
    profile: str
    origin: Snap | None  # None: no road near it, or several origins
    road_ms: Ints = field(repr=False)  # (k,) -1: see why
    snaps: Sequence[Snap | None] = field(repr=False)
    _known: npt.NDArray[np.bool_] = field(repr=False)  # (k,) both have a road near
    _search: _Search | None = field(repr=False)

    @cached_property
    def road_s(self) -> Floats:
        """(k,) seconds, whole milliseconds; nan: see why."""
        return np.where(self.road_ms >= 0, self.road_ms / 1000, np.nan)

    @cached_property
    def distance_m(self) -> Floats:
        """(k,) along the road; nan: see why."""
        if self._search is None:
            return np.full(len(self.road_ms), np.nan)
        return np.where(self.road_ms >= 0, self._search.metres, np.nan)

    @cached_property
    def why(self) -> tuple[Why | None, ...]:
        """(k,) for each missing time whether no open road leads there within the limit
        (unreachable) or the place, or the origin, lies too far from any road (no_road_data)."""
        both = zip((self.road_ms >= 0).tolist(), self._known.tolist(), strict=True)
        return tuple(None if ok else "unreachable" if near else "no_road_data" for ok, near in both)

    def route(self, index: int) -> Route | None:
        """The way of one place in travel direction; None where there is none."""
        (parts,) = self.parts([index])
        if parts is None or self._search is None:
            return None
        return draw(self._search.graph, self._search.part_ms, parts, self._search.at(index))

    def parts(self, indices: Sequence[int]) -> list[list[Part] | None]:
        """The ways of some places as parts of edges in travel order, all read at once."""
        if self._search is None:
            return [None] * len(indices)
        there = [index for index in indices if self.road_ms[index] >= 0]
        found = dict(zip(there, self._search.parts(there), strict=True))
        return [found.get(index) for index in indices]


@dataclass(frozen=True, eq=False)
class _Search:
    """What a route is read from."""

    graph: RoadGraph
    profile: str
    changes: Changes
    tree: Tree
    origins: Snaps
    places: Snaps
    exits: Exits
    state: Int32s  # (k, 2) the state by which each exit joins the network, -1: none
    choice: npt.NDArray[np.intp]  # (k,) how the best way joins the network
    near: Int32s  # (k,) the origin of a way that never leaves its edge

    @cached_property
    def part_ms(self) -> Int32s:
        """(e,) milliseconds that count on open stretches, blocked edges' own among them."""
        weights = self.graph.weights[self.profile]
        every = np.arange(len(weights.ms), dtype=np.int32)
        return part_ms(weights, self.changes, every) if self.changes else weights.ms

    @cached_property
    def ms(self) -> Int32s:
        """(e,) milliseconds from end to end, -1 where none may pass."""
        return weights_by_edge(self.graph.weights[self.profile], self.changes)

    @property
    def metres(self) -> Floats:
        """(k,) metres along the road of the chosen ways; nan where there is none."""
        by_node = self.choice >= _BY_END
        column = np.where(by_node, self.choice - _BY_END, 0)
        row = np.arange(len(self.choice))
        state = np.where(by_node, self.state[row, column], -1).astype(np.int32)
        far = metres_of(self.graph, self.tree.network, self.ms, self.tree, state)
        part = np.abs(self.places.fraction - self.origins.fraction[self.near])
        direct = part * self.graph.length_m[self.places.edge]
        return np.where(by_node, far + self.exits.metres[row, column], direct)

    def at(self, index: int) -> LonLat:
        """Where a place stands on its road."""
        return float(self.places.lon[index]), float(self.places.lat[index])

    def parts(self, indices: Sequence[int]) -> list[list[Part]]:
        """The parts of edges of some ways in travel order."""
        exit = self.choice[indices] - _BY_END
        state = np.where(exit >= 0, self.state[indices, exit], -1).astype(np.int32)
        ptr, edges, root = ways(self.tree.network, self.ms, self.tree, state)
        out = []
        for nth, index in enumerate(indices):
            if exit[nth] < 0:
                out.append([self._direct(index, self.choice[index] == _AGAINST)])
                continue
            whole = [Part(one, 0.0, 1.0) for one in edges[ptr[nth] : ptr[nth + 1]].tolist()]
            out.append(self._with_ends(index, int(exit[nth]), whole, int(root[nth])))
        return out

    def _direct(self, index: int, against: bool) -> Part:
        origin = int(self.near[index])
        ends = [float(self.places.fraction[index]), float(self.origins.fraction[origin])]
        if not self.tree.backwards:
            ends.reverse()
        if against:
            return Part(int(self.places.mate[index]), 1 - ends[0], 1 - ends[1])
        return Part(int(self.places.edge[index]), ends[0], ends[1])

    def _with_ends(self, index: int, exit: int, whole: list[Part], root: int) -> list[Part]:
        tree, seeds = self.tree, self.tree.seeds
        seed = int(np.flatnonzero((seeds.state == root) & (seeds.ms == tree.at(seeds.state)))[0])
        here = _part(self.places, index, int(self.exits.edge[index, exit]), leaving=tree.backwards)
        origin = int(seeds.origin[seed])
        there = _part(self.origins, origin, int(seeds.edge[seed]), leaving=not tree.backwards)
        return [*here, *whole, *there] if tree.backwards else [*there, *whole, *here]


def times(
    graph: RoadGraph,
    profile: str,
    origins: Sequence[LonLat],
    places: Sequence[LonLat],
    changes: Changes,
    *,
    direction: Direction,
    limit_s: float | None = None,
    trees: Trees | None = None,
) -> Times:
    """Times between every place and the origin, or the nearest of several origins in time."""
    backwards = direction == "to_incident"
    here, there = snap(graph, profile, origins), snap(graph, profile, places)
    limit_ms = None if limit_s is None else int(limit_s * 1000 + 1e-6)
    count = len(there.edge)
    best = np.full(count, UNREACHED, dtype=np.int64)
    found = None
    if graph.edges and count and (here.edge >= 0).any():
        found_tree = tree(
            graph, profile, here, changes, direction=direction, limit_ms=limit_ms, trees=trees
        )
        ends = exits(graph, profile, there, changes, leaving=backwards)
        direct, near = _direct(graph, profile, changes, here, there, backwards=backwards)
        by_node, state = ends.read(found_tree)
        ways = np.concatenate([direct, by_node], axis=1)
        choice = ways.argmin(axis=1)
        best = ways[np.arange(count), choice]
        if limit_ms is not None:
            best = np.where(best <= limit_ms, best, UNREACHED)
        found = _Search(graph, profile, changes, found_tree, here, there, ends, state, choice, near)
    return Times(
        direction=direction,
        profile=profile,
        origin=here.one(graph, 0) if len(here.edge) == 1 else None,
        road_ms=np.where(best < UNREACHED, best, -1),
        snaps=SnapList(graph, there),
        _known=(there.edge >= 0) & bool(found or not origins),
        _search=found,
    )


def tree_of(
    graph: RoadGraph,
    profile: str,
    at: LonLat,
    changes: Changes,
    *,
    direction: Direction,
    limit_ms: int | None = None,
    trees: Trees | None = None,
) -> tuple[Tree, Int32s, LonLat] | None:
    """The search from one origin, the weights by edge it ran on (-1: closed) and where it stands
    on the road; None where no road is near."""
    here = snap(graph, profile, [at])
    if here.edge[0] < 0:
        return None
    found = tree(graph, profile, here, changes, direction=direction, limit_ms=limit_ms, trees=trees)
    ms = weights_by_edge(graph.weights[profile], changes)
    return found, ms, (float(here.lon[0]), float(here.lat[0]))


def _direct(
    graph: RoadGraph,
    profile: str,
    changes: Changes,
    here: Snaps,
    there: Snaps,
    *,
    backwards: bool,
) -> tuple[Ints, Int32s]:
    """(k, 2) times of ways that never leave the edge both stand on, along and against it."""
    out = np.full((len(there.edge), 2), UNREACHED, dtype=np.int64)
    near = np.full(len(there.edge), -1, dtype=np.int32)
    weights = graph.weights[profile]
    for origin in np.flatnonzero(here.edge >= 0):
        edge, mate = here.edge[origin], here.mate[origin]
        same = np.flatnonzero(there.edge == edge)
        if not len(same):
            continue
        first, last = there.fraction[same], np.full(len(same), here.fraction[origin])
        if not backwards:
            first, last = last, first
        found = []
        for way, f0, f1 in ((edge, first, last), (mate, 1 - first, 1 - last)):
            lies = np.full(len(same), way, dtype=np.int32)
            step = int(part_ms(weights, changes, lies[:1])[0]) if way >= 0 else -1
            on = (f0 <= f1) & (step >= 0) & ~blocked(changes, lies, f0, f1)
            found.append(np.where(on, spent(f1, step) - spent(f0, step), UNREACHED))
        both = np.stack(found, axis=1)
        better = both.min(axis=1) < out[same].min(axis=1)
        out[same[better]] = both[better]
        near[same[better]] = origin
    return out, near


def _part(snaps: Snaps, index: int, edge: int, *, leaving: bool) -> list[Part]:
    """The part of its edge between a place and the node it leaves by or arrives from."""
    if edge < 0:
        return []
    fraction = float(snaps.fraction[index])
    if edge != int(snaps.edge[index]):
        fraction = 1 - fraction
    return [Part(edge, fraction, 1.0) if leaving else Part(edge, 0.0, fraction)]
