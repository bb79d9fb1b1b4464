"""A numbered road (G104) as one course: its stretches, and ways along them and no other road."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.domain import LonLat
from geo.spelling import refs_of
from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.named import lonlat, metres
from routing.table import Floats, Int32s

_NOT_DRIVEN = frozenset({"footway", "path", "steps", "cycleway", "pedestrian", "bridleway"})
_BESIDE_M = 60.0  # the other carriageway may lie this much further from a post than the nearest


@dataclass(frozen=True, slots=True)
class Projection:
    """A place on an edge: metres from its start, in its direction of travel."""

    edge: int
    m: float
    off_m: float = 0.0  # how far the projected point lay from it


@dataclass(frozen=True, slots=True)
class Way:
    """A way along a course: edges in order of travel (-1: across a gap), where it begins."""

    edges: tuple[int, ...]
    metres: tuple[float, ...]  # travelled on each
    start: Projection
    end: Projection

    @property
    def length_m(self) -> float:
        """Metres in all."""
        return sum(self.metres)

    def at(self, m: float) -> Projection:
        """The place after ``m`` metres; one in a gap at the gap's end."""
        first = True
        for edge, run in zip(self.edges, self.metres, strict=True):
            begin = self.start.m if first else 0.0
            first = False
            if m <= run and edge >= 0:
                return Projection(edge, begin + m)
            m = max(m - run, 0.0)
        return self.end


def numbered(graph: RoadGraph, ref: str) -> Int32s:
    """The table edges that bear a road number, footways left out; sorted."""
    codes = [c for c in np.unique(graph.ref_code).tolist() if ref in refs_of(graph.texts[c])]
    on = np.isin(graph.ref_code, codes)
    walked = [i for i, text in enumerate(graph.texts) if text in _NOT_DRIVEN]
    return np.flatnonzero(on & ~np.isin(graph.class_code, walked)).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The stretches of one road, in both directions where it runs both ways."""

    graph: RoadGraph
    edges: Int32s
    length: dict[int, float]
    out: dict[int, list[int]]  # node -> edges that leave it
    into: dict[int, list[int]]
    gaps: dict[int, list[tuple[int, float]]]  # dead end -> (node that starts anew, metres)

    @classmethod
    def of(cls, graph: RoadGraph, edges: Int32s, gap_m: float) -> Course | None:
        """The course of these edges; None where there are none."""
        if not len(edges):
            return None
        out: dict[int, list[int]] = {}
        into: dict[int, list[int]] = {}
        for edge in edges.tolist():
            out.setdefault(int(graph.edge_from[edge]), []).append(edge)
            into.setdefault(int(graph.edge_to[edge]), []).append(edge)
        length = {e: float(graph.geom_m[graph.geom_start[e + 1] - 1]) for e in edges.tolist()}
        return cls(graph, edges, length, out, into, _gaps(graph, out, into, gap_m))

    def project(self, at: LonLat, limit_m: float) -> list[Projection]:
        """The place on each stretch about as near as the nearest one, nearest first."""
        graph = self.graph
        start, end = graph.geom_start[self.edges], graph.geom_start[self.edges + 1]
        count = end - start
        owner = np.repeat(np.arange(len(self.edges)), count)
        vertex = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count) + start[owner]
        width = np.cos(np.radians(at[1]))
        xy = np.column_stack(
            [(graph.geom_lon[vertex] - at[0]) * width, graph.geom_lat[vertex] - at[1]]
        )
        xy *= METRES_PER_DEGREE
        segment = np.flatnonzero(owner[:-1] == owner[1:])
        a, step = xy[segment], xy[segment + 1] - xy[segment]
        t = -(a * step).sum(axis=1) / np.maximum((step * step).sum(axis=1), 1e-12)
        t = np.clip(t, 0.0, 1.0)
        off = np.hypot(*(a + t[:, None] * step).T)
        near = np.flatnonzero(off <= min(limit_m, float(off.min()) + _BESIDE_M))
        best: dict[int, Projection] = {}
        for row in near[np.argsort(off[near], kind="stable")].tolist():
            edge = int(self.edges[owner[segment[row]]])
            along = graph.geom_m[vertex[segment[row]]]
            run = graph.geom_m[vertex[segment[row]] + 1] - along
            place = Projection(edge, float(along + t[row] * run), float(off[row]))
            best.setdefault(edge, place)
        return list(best.values())

    def way(
        self, starts: Sequence[Projection], goals: Sequence[Projection], most_m: float
    ) -> Way | None:
        """The shortest way along the course from any start to any goal, up to ``most_m``."""
        best: tuple[float, Way] | None = None
        for start in starts:
            for goal in goals:
                if start.edge == goal.edge and goal.m >= start.m:
                    path = Way((start.edge,), (goal.m - start.m,), start, goal)
                    cost = path.length_m + 2 * (start.off_m + goal.off_m)
                    if best is None or cost < best[0]:
                        best = (cost, path)
        tree = self._spread(starts, most_m)
        for goal in goals:
            node = int(self.graph.edge_from[goal.edge])
            if node in tree:
                cost = tree[node][0] + goal.m + 2 * goal.off_m
                if best is None or cost < best[0]:
                    best = (cost, self._traced(tree, node, goal))
        return None if best is None else best[1]

    def onward(self, path: Way, far_m: float, forwards: bool) -> list[Projection]:
        """The places ``far_m`` past the end of a way (before its start: ``forwards`` False)."""
        at = path.end if forwards else path.start
        used = {e for e in path.edges if e >= 0}
        used |= {int(self.graph.mate[e]) for e in used}
        found: list[Projection] = []
        todo = [(at.edge, self.length[at.edge] - at.m if forwards else at.m, far_m)]
        seen = used
        while todo:
            edge, room, left = todo.pop()
            if left <= room:
                m = self.length[edge] - room + left if forwards else room - left
                found.append(Projection(edge, m))
                continue
            node = int((self.graph.edge_to if forwards else self.graph.edge_from)[edge])
            for next_ in (self.out if forwards else self.into).get(node, ()):
                if next_ not in seen and next_ != int(self.graph.mate[edge]):
                    seen.add(next_)
                    todo.append((next_, self.length[next_], left - room))
        return found

    def point(self, place: Projection) -> tuple[LonLat, float]:
        """Where it lies, and the bearing of travel there in degrees from north."""
        points, along = self.graph.vertices(place.edge)
        m = min(max(place.m, 0.0), float(along[-1]))
        row = int(np.clip(np.searchsorted(along, m, side="right") - 1, 0, len(along) - 2))
        while row < len(along) - 2 and along[row + 1] <= along[row]:
            row += 1
        run = float(along[row + 1] - along[row])
        at = points[row] + (points[row + 1] - points[row]) * ((m - along[row]) / run if run else 0)
        step = points[row + 1] - points[row]
        east = step[0] * np.cos(np.radians(points[row][1]))
        return lonlat(at), float(np.degrees(np.arctan2(east, step[1])) % 360)

    def _spread(
        self, starts: Sequence[Projection], most_m: float
    ) -> dict[int, tuple[float, int, int, float, Projection | None]]:
        """By node: cost, the edge it was reached by (-1: a gap), from where, metres, its start."""
        done: dict[int, tuple[float, int, int, float, Projection | None]] = {}
        queue: list[tuple[float, int, int, int, float, int]] = []
        for index, start in enumerate(starts):
            run = self.length[start.edge] - start.m
            node = int(self.graph.edge_to[start.edge])
            heapq.heappush(queue, (run + 2 * start.off_m, node, start.edge, -1, run, index))
        while queue:
            cost, node, edge, before, run, index = heapq.heappop(queue)
            if node in done or cost > most_m:
                continue
            done[node] = (cost, edge, before, run, starts[index] if index >= 0 else None)
            for next_ in self.out.get(node, ()):
                if edge < 0 or next_ != int(self.graph.mate[edge]):
                    to, length = int(self.graph.edge_to[next_]), self.length[next_]
                    heapq.heappush(queue, (cost + length, to, next_, node, length, -1))
            for to, length in self.gaps.get(node, ()):
                heapq.heappush(queue, (cost + length, to, -1, node, length, -1))
        return done

    def _traced(
        self,
        tree: dict[int, tuple[float, int, int, float, Projection | None]],
        node: int,
        goal: Projection,
    ) -> Way:
        edges, runs = [goal.edge], [goal.m]
        while True:
            _, edge, before, run, start = tree[node]
            edges.append(edge)
            runs.append(run)
            if start is not None:
                return Way(tuple(edges[::-1]), tuple(runs[::-1]), start, goal)
            node = before


def _gaps(
    graph: RoadGraph, out: dict[int, list[int]], into: dict[int, list[int]], gap_m: float
) -> dict[int, list[tuple[int, float]]]:
    """From where the road ends to where it starts anew nearby (a roundabout without its number)."""
    ends = [n for n, come in into.items() if _is_end(graph, come, out.get(n, []))]
    starts = np.array([n for n, go in out.items() if _is_end(graph, go, into.get(n, []))], int)
    where: Floats = np.column_stack([graph.node_lon[starts], graph.node_lat[starts]])
    gaps: dict[int, list[tuple[int, float]]] = {}
    for node in ends:
        far = metres(where, (graph.node_lon[node], graph.node_lat[node]))
        for row in np.flatnonzero(far <= gap_m).tolist():
            if int(starts[row]) != node:
                gaps.setdefault(node, []).append((int(starts[row]), float(far[row])))
    return gaps


def _is_end(graph: RoadGraph, one_way: Sequence[int], other: Sequence[int]) -> bool:
    """Whether from these edges no other goes on than back on themselves."""
    return len(one_way) == 1 and all(int(graph.mate[one_way[0]]) == edge for edge in other)
