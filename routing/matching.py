"""On which roads recorded positions were driven: a hidden Markov model over candidate edges.

After P. Newson and J. Krumm (Hidden Markov map matching through noise and sparseness, 2009): a
position speaks for an edge by its distance (a normal error), a pair of edges for each other by
how little the way along the road differs from the straight line (exponential), and Viterbi finds
the likeliest sequence. Ways between candidates come from a bounded search in metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.jit import fast
from routing.lines import edge_lines
from routing.positions import Traces
from routing.profiles import road_parameter
from routing.table import Floats, Int32s, Ints

_MOST_CANDIDATES = 10  # stretches kept for one position, the nearest first
_DETOUR, _SPARE_M = 2.5, 150.0  # how far a way may exceed the straight line between positions
_BEHIND_M = 80.0  # how far a position may fall behind the one before: error, not reversing
_LEAST_BETA_M, _BETA_OF_SIGMA = 5.0, 0.6  # tried on simulated drives in Andorra


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """One matched run: the edges in order, and where on them each position was."""

    trace: int
    edges: Int32s  # (r,) directed edges in travel order
    fix: Ints  # (f,) index of each matched position
    step: Ints  # (f,) index into ``edges``
    fraction: Floats  # (f,) along that edge; never falls on one step


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """Every run that could be matched, and how many positions lay on no road."""

    drives: tuple[Drive, ...]
    off_road: int
    broken: int  # places where no way joins two positions: the run is cut there


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    ptr: Ints  # (k + 1,)
    edge: Int32s  # (c,)
    fraction: Floats
    away_m: Floats


def match(graph: RoadGraph, profile: str, traces: Traces) -> Matched:
    """The roads that were driven, by edges that the profile may use."""
    found = _candidates(graph, profile, traces)
    roads = _Ways(graph, profile)
    drives: list[Drive] = []
    broken = 0
    there = np.flatnonzero(np.diff(found.ptr) > 0)
    gap = road_parameter("measured", "gap_s").value
    new = np.diff(traces.trace[there], prepend=-1) != 0
    new |= np.diff(traces.at_s[there], prepend=-np.inf) > gap
    bounds = [*np.flatnonzero(new).tolist(), len(there)]
    for a, b in pairwise(bounds):
        runs = _viterbi(roads, traces, found, there[a:b])
        broken += len(runs) - 1
        drives += [one for run in runs if (one := _drive(roads, traces, found, run)) is not None]
    return Matched(tuple(drives), int(len(traces.lon) - len(there)), broken)


class _Ways:
    """The usable roads of a profile as rows, and the scratch that a bounded search needs."""

    def __init__(self, graph: RoadGraph, profile: str) -> None:
        usable = np.flatnonzero(graph.weights[profile].ms >= 0)
        order = usable[np.argsort(graph.edge_from[usable], kind="stable")]
        count = np.bincount(graph.edge_from[usable], minlength=graph.nodes)
        self.ptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        self.edge = order.astype(np.int32)
        self.start, self.end, self.length = graph.edge_from, graph.edge_to, graph.length_m
        self.metres = np.full(graph.nodes, np.inf)
        self.by = np.full(graph.nodes, -1, dtype=np.int32)

    def between(
        self, near: Int32s, near_at: Floats, far: Int32s, far_at: Floats, limit_m: float
    ) -> Floats:
        """(near, far) metres along the road from each candidate to each; inf beyond the limit."""
        out = np.full((len(near), len(far)), np.inf)
        for row in range(len(near)):
            touched = _reach(*self._rows(), int(self.end[near[row]]), limit_m)
            rest = (1 - near_at[row]) * self.length[near[row]]
            out[row] = rest + self.metres[self.start[far]] + far_at * self.length[far]
            ahead = (far_at - near_at[row]) * self.length[near[row]]
            same = (far == near[row]) & (ahead >= -_BEHIND_M)
            out[row, same] = np.maximum(ahead[same], 0.0)
            self._forget(touched)
        out[out > limit_m] = np.inf
        return out

    def path(self, near: int, far: int, limit_m: float) -> list[int]:
        """The edges between two candidates' edges, both left out."""
        touched = _reach(*self._rows(), int(self.end[near]), limit_m)
        edges: list[int] = []
        node = int(self.start[far])
        while node != int(self.end[near]):
            edge = int(self.by[node])
            edges.append(edge)
            node = int(self.start[edge])
        self._forget(touched)
        return edges[::-1]

    def _rows(self) -> tuple[Ints, Int32s, Int32s, Floats, Floats, Int32s]:
        return self.ptr, self.edge, self.end, self.length, self.metres, self.by

    def _forget(self, touched: Ints) -> None:
        self.metres[touched] = np.inf
        self.by[touched] = -1


def _candidates(graph: RoadGraph, profile: str, traces: Traces) -> _Candidates:
    """The nearest stretches of each position, in the directions that may be driven."""
    ms = graph.weights[profile].ms
    table = np.arange(graph.edges, dtype=np.int32)
    mate = graph.mate[: graph.edges]
    drawn = table[graph.weights[profile].stretch[: graph.edges] & ((mate < 0) | (table < mate))]
    if len(drawn) == 0 or len(traces.lon) == 0:
        empty = np.empty(0)
        ptr = np.zeros(len(traces.lon) + 1, dtype=np.int64)
        return _Candidates(ptr, np.empty(0, dtype=np.int32), empty, empty)
    scale = np.array([np.cos(np.radians(traces.lat.mean())), 1.0]) * METRES_PER_DEGREE
    lines = shapely.transform(edge_lines(graph, drawn), lambda xy: xy * scale)
    points = shapely.points(np.column_stack([traces.lon, traces.lat]) * scale)
    reach = road_parameter("measured", "off_road_m").value
    fix, place = shapely.STRtree(lines).query(points, predicate="dwithin", distance=reach)
    away = shapely.distance(points[fix], lines[place])
    along = shapely.line_locate_point(lines[place], points[fix], normalized=True)
    order = np.lexsort((place, away, fix))
    fix, place, away, along = fix[order], place[order], away[order], along[order]
    nth = np.arange(len(fix)) - np.searchsorted(fix, fix)
    near = nth < _MOST_CANDIDATES
    fix, edge, away, along = fix[near], drawn[place[near]], away[near], along[near]
    both = np.concatenate([edge, graph.mate[edge]])
    fix, away = np.tile(fix, 2), np.tile(away, 2)
    along = np.concatenate([along, 1 - along])
    may = (both >= 0) & (ms[both] >= 0)
    order = np.flatnonzero(may)[np.lexsort((both[may], away[may], fix[may]))]
    ptr = np.searchsorted(fix[order], np.arange(len(traces.lon) + 1))
    return _Candidates(
        ptr.astype(np.int64), both[order].astype(np.int32), along[order], away[order]
    )


def _viterbi(
    roads: _Ways, traces: Traces, found: _Candidates, fixes: Ints
) -> list[list[tuple[int, int]]]:
    """The likeliest candidates (fix, candidate), cut where no way joins two positions."""
    runs: list[list[tuple[int, int]]] = []
    score, back, begun = np.empty(0), [], 0
    for n, fix in enumerate(fixes.tolist()):
        own = np.arange(found.ptr[fix], found.ptr[fix + 1])
        said = -0.5 * (found.away_m[own] / traces.sigma_m[fix]) ** 2
        if n > begun:
            before = int(fixes[n - 1])
            held = np.arange(found.ptr[before], found.ptr[before + 1])
            straight, limit = _straight(traces, before, fix)
            way = roads.between(
                found.edge[held],
                found.fraction[held],
                found.edge[own],
                found.fraction[own],
                limit,
            )
            beta = max(_LEAST_BETA_M, _BETA_OF_SIGMA * float(traces.sigma_m[fix]))
            total = score[:, None] - np.abs(way - straight) / beta
            best = np.argmax(total, axis=0)
            new = total[best, np.arange(len(own))] + said
            if np.isfinite(new).any():
                score = new
                back.append(best)
                continue
            runs.append(_walk_back(found, fixes, begun, n, score, back))
        score, back, begun = said, [], n
    if len(fixes):
        runs.append(_walk_back(found, fixes, begun, len(fixes), score, back))
    return runs


def _walk_back(
    found: _Candidates, fixes: Ints, begun: int, end: int, score: Floats, back: list[Ints]
) -> list[tuple[int, int]]:
    pick = int(np.argmax(score))
    picks = [pick]
    for best in reversed(back):
        pick = int(best[pick])
        picks.append(pick)
    own = fixes[begun:end].tolist()
    return [(fix, int(found.ptr[fix]) + one) for fix, one in zip(own, picks[::-1], strict=True)]


def _drive(
    roads: _Ways, traces: Traces, found: _Candidates, run: list[tuple[int, int]]
) -> Drive | None:
    """The edges of a run in order, with the places of its positions; None for a single one."""
    if len(run) < 2:
        return None
    first = run[0][1]
    edges, step, fraction = [int(found.edge[first])], [0], [float(found.fraction[first])]
    for (a, last), (b, this) in pairwise(run):
        near, far = int(found.edge[last]), int(found.edge[this])
        at = float(found.fraction[this])
        ahead = (at - float(found.fraction[last])) * float(roads.length[near])
        if near == far and ahead >= -_BEHIND_M:
            at = max(at, fraction[-1])
        else:
            edges += [*roads.path(near, far, _straight(traces, a, b)[1]), far]
        step.append(len(edges) - 1)
        fraction.append(at)
    return Drive(
        trace=int(traces.trace[run[0][0]]),
        edges=np.array(edges, dtype=np.int32),
        fix=np.array([fix for fix, _ in run], dtype=np.int64),
        step=np.array(step, dtype=np.int64),
        fraction=np.array(fraction),
    )


def _straight(traces: Traces, a: int, b: int) -> tuple[float, float]:
    """Metres between two positions, and how long a way between them is looked for."""
    middle = np.cos(np.radians((traces.lat[a] + traces.lat[b]) / 2))
    east, north = (traces.lon[a] - traces.lon[b]) * middle, traces.lat[a] - traces.lat[b]
    straight = float(np.hypot(east, north)) * METRES_PER_DEGREE
    fastest = road_parameter("measured", "fastest_kph").value / 3.6
    reachable = float(traces.at_s[b] - traces.at_s[a]) * fastest + _SPARE_M
    return straight, min(straight * _DETOUR + _SPARE_M, reachable)


@fast
def _reach(
    ptr: Ints,
    row_edge: Int32s,
    head: Int32s,
    length: Floats,
    metres: Floats,
    by: Int32s,
    start: int,
    limit_m: float,
) -> Ints:
    """Dijkstra in metres from a node as far as the limit; the nodes it wrote to."""
    touched = [start]
    metres[start] = 0.0
    heap_m = [0.0]
    heap_node = [start]
    while len(heap_m) > 0:
        reached, node = heap_m[0], heap_node[0]
        last_m, last_node = heap_m.pop(), heap_node.pop()
        size = len(heap_m)
        if size > 0:
            hole = 0
            while True:
                child = 2 * hole + 1
                if child >= size:
                    break
                if child + 1 < size and heap_m[child + 1] < heap_m[child]:
                    child += 1
                if heap_m[child] >= last_m:
                    break
                heap_m[hole], heap_node[hole] = heap_m[child], heap_node[child]
                hole = child
            heap_m[hole], heap_node[hole] = last_m, last_node
        if reached > metres[node]:
            continue
        for place in range(ptr[node], ptr[node + 1]):
            edge = row_edge[place]
            other = head[edge]
            candidate = reached + length[edge]
            if candidate > limit_m or candidate >= metres[other]:
                continue
            if metres[other] == np.inf:
                touched.append(other)
            metres[other] = candidate
            by[other] = edge
            hole = len(heap_m)
            heap_m.append(candidate)
            heap_node.append(other)
            while hole > 0:
                parent = (hole - 1) // 2
                if heap_m[parent] <= candidate:
                    break
                heap_m[hole], heap_node[hole] = heap_m[parent], heap_node[parent]
                hole = parent
            heap_m[hole], heap_node[hole] = candidate, other
    return np.array(touched, dtype=np.int64)
