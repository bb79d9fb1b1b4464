"""Times between one incident and many places, read off one search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.domain import Direction, LonLat, Route, Side, Snap, Why
from routing.changes import Changes
from routing.exits import Exits, blocked, exits, part_ms, spent
from routing.graph import RoadGraph
from routing.paths import metres_of, ways
from routing.routes import Drawn, Ways, draw_all
from routing.search import UNREACHED, Tree, weights_by_edge, whole_limit
from routing.snap import SIDES, SnapList, Snaps, snap
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
        return self.routes([index])[0]

    def routes(self, indices: Sequence[int]) -> list[Route | None]:
        """The ways of some places in travel direction, all drawn at once; None: see why."""
        if self._search is None:
            return [None] * len(indices)
        there = [index for index in indices if self.road_ms[index] >= 0]
        found = dict(zip(there, self._search.drawn(there), strict=True))
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
        weights, edges = self.graph.weights[self.profile], self.changes.edge
        if not self.changes:
            return weights.ms
        mine = weights.ms.copy()
        mine[edges] = part_ms(weights, self.changes, edges)
        mine.setflags(write=False)
        return mine

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

    def drawn(self, indices: Sequence[int]) -> Drawn:
        """Routes of places that are reached. A closed side road is still one to be passed by."""
        usable = self.graph.weights[self.profile].ms
        return draw_all(self.graph, self.part_ms, self.ways(indices), self.tree.network, usable)

    def ways(self, indices: Sequence[int]) -> Ways:
        """The edges of some ways in travel order, and where on the first and last they begin."""
        exit = self.choice[indices] - _BY_END
        state = np.where(exit >= 0, self.state[indices, exit], -1).astype(np.int32)
        ptr, edges, root = ways(self.tree.network, self.ms, self.tree, state)
        pieces: list[Int32s] = []
        count = np.zeros(len(indices) + 1, dtype=np.int64)
        ends = np.tile([0.0, 1.0], (len(indices), 1))
        sides: list[Side | None] = []
        for nth, index in enumerate(indices):
            origin, own = int(self.near[index]), self._direct_edge(index)
            middle = edges[ptr[nth] : ptr[nth + 1]]
            if exit[nth] >= 0:
                tree, seeds = self.tree, self.tree.seeds
                fits = (seeds.state == root[nth]) & (seeds.ms == tree.at(seeds.state))
                seed = int(np.flatnonzero(fits)[0])
                origin, own = int(seeds.origin[seed]), int(seeds.edge[seed])
            place = _Stand(self.places, index, int(self.exits.edge[index, exit[nth]]))
            if exit[nth] < 0:
                place = _Stand(self.places, index, own)
            tips = [place, _Stand(self.origins, origin, own)]
            first, last = tips if self.tree.backwards else tips[::-1]
            if exit[nth] < 0:
                middle = np.array([own], dtype=np.int32)
            else:
                middle = np.concatenate([first.edges, middle, last.edges])
            if first.edge >= 0:
                ends[nth, 0] = first.fraction
            if last.edge >= 0:
                ends[nth, 1] = last.fraction
            pieces.append(middle)
            count[nth + 1] = len(middle)
            sides.append(last.side)
        return Ways(
            ptr=np.cumsum(count),
            edges=np.concatenate([*pieces, edges[:0]]),
            start=ends[:, 0],
            end=ends[:, 1],
            at=np.column_stack([self.places.lon[indices], self.places.lat[indices]]),
            sides=tuple(sides),
        )

    def _direct_edge(self, index: int) -> int:
        """The edge that a way runs along which never leaves it."""
        edges = self.places.mate if self.choice[index] == _AGAINST else self.places.edge
        return int(edges[index])


@dataclass(frozen=True, slots=True)
class _Stand:
    """A place on the edge by which a way leaves or reaches it; -1: it stands at the node."""

    snaps: Snaps
    index: int
    edge: int

    @property
    def edges(self) -> Int32s:
        return np.array([self.edge] if self.edge >= 0 else [], dtype=np.int32)

    @property
    def along(self) -> bool:
        """Whether the edge is the one that the snap speaks of, not its other direction."""
        return self.edge == int(self.snaps.edge[self.index])

    @property
    def fraction(self) -> float:
        own = float(self.snaps.fraction[self.index])
        return own if self.along else 1 - own

    @property
    def side(self) -> Side | None:
        """On which side the place lies for who arrives; None at a node."""
        if self.edge < 0:
            return None
        return SIDES[int(self.snaps.side[self.index]) * (1 if self.along else -1) + 1]


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
    """Times between every place and the origin, or the nearest of several origins in time.

    Raises InvalidInput for a limit that is not a number, or below zero.
    """
    backwards = direction == "to_incident"
    here, there = snap(graph, profile, origins), snap(graph, profile, places)
    limit_ms = whole_limit(limit_s)
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
