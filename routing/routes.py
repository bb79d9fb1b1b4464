"""Routes: edges in travel order become lines, lengths, seconds and named steps with maneuvers.

Many ways are drawn in one pass over arrays; a Route is made when one is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from geo.domain import Route, Side
from geo.line import Line
from routing.graph import TWIN, RoadGraph
from routing.jit import fast
from routing.junctions import junctions
from routing.network import Network
from routing.steps import Drive, Steps, steps_of
from routing.table import Bools, Floats, Int32s, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """``k`` ways as columns: way ``w`` is ``edges[ptr[w]:ptr[w + 1]]`` in travel direction.

    Only the first and the last edge of a way may be less than whole. A way without edges, or that
    goes nowhere, stands ``at`` a point.
    """

    ptr: Ints  # (k + 1,)
    edges: Int32s  # (t,)
    start: Floats  # (k,) the fraction of its first edge at which a way begins
    end: Floats  # (k,) the fraction of its last edge at which it ends
    at: Floats  # (k, 2) lon, lat
    sides: tuple[Side | None, ...] = ()  # of the road on which the places lie; (): not known


def draw_all(
    graph: RoadGraph, ms: Int32s, ways: Ways, network: Network, usable: Int32s | None = None
) -> Drawn:
    """The routes along these ways. ``ms`` holds the weights by edge that they were searched with.

    The steps' durations and distances add up to the route's; a line has two points or more.
    ``usable`` (below 0: no) says what counts as branching off at a junction; ``ms`` if not given,
    so that a closed side road is none.
    """
    ways, low, high = _moved(ways)
    seen = junctions(graph, network, ms if usable is None else usable, ways.ptr, ways.edges)
    full = ms[ways.edges].astype(np.float64)
    # The same formula as in routing/snap.py, so that parts add up to the searched time.
    spent = (np.floor(high * full + 0.5) - np.floor(low * full + 0.5)).astype(np.int64)
    length = graph.length_m[ways.edges] * (high - low)
    own = graph.base[ways.edges]
    most = int((graph.geom_start[own + 1] - graph.geom_start[own]).sum()) + 4 * len(ways.at)
    line, points = np.empty((2, most)), np.zeros(len(ways.edges), dtype=np.int64)
    line_ptr = np.zeros(len(ways.at) + 1, dtype=np.int64)
    _lines(
        ways.ptr, ways.edges, low, high, ways.at, graph.base,
        graph.geom_start, graph.geom_lon, graph.geom_lat, graph.geom_m,
        line[0], line[1], points, line_ptr,
    )  # fmt: skip
    line = line[:, : line_ptr[-1]]
    drive = Drive(ways.ptr, ways.edges, length, spent, points, line, line_ptr)
    return Drawn(graph, ways, drive, steps_of(graph, drive, seen))


class Drawn(Sequence[Route]):
    """Routes as values, each made when it is looked at."""

    def __init__(self, graph: RoadGraph, ways: Ways, drive: Drive, steps: Steps) -> None:
        self._graph = graph
        self._ways = ways
        self._drive = drive
        self._ms = np.concatenate([[0], np.cumsum(drive.ms)])[drive.ptr]
        self._steps = steps

    @overload
    def __getitem__(self, index: int) -> Route: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Route]: ...

    def __getitem__(self, index: int | slice) -> Route | Sequence[Route]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        drive = self._drive
        steps = self._steps.of(index)
        return Route(
            geometry=Line(drive.line[:, drive.line_ptr[index] : drive.line_ptr[index + 1]]),
            distance_m=sum(steps.metres, 0.0),
            road_s=int(self._ms[index + 1] - self._ms[index]) / 1000,
            steps=steps,
            edges=EdgeIds(self._graph, drive.edges[drive.ptr[index] : drive.ptr[index + 1]]),
            side=self._ways.sides[index] if self._ways.sides else None,
        )

    def __len__(self) -> int:
        return len(self._ways.at)


class EdgeIds(Sequence[str]):
    """The ids of a route's edges, written when one is looked at; equal to any sequence of them."""

    __slots__ = ("_edges", "_graph", "_ids")

    def __init__(self, graph: RoadGraph, edges: Int32s) -> None:
        self._graph = graph
        self._edges = edges
        self._ids: tuple[str, ...] | None = None

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...

    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self.ids[index]

    def __len__(self) -> int:
        return len(self._edges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.ids == tuple(other)

    def __hash__(self) -> int:
        return hash(self.ids)

    def __repr__(self) -> str:
        return repr(self.ids)

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self.ids,)

    @property
    def ids(self) -> tuple[str, ...]:
        """All of them, as :meth:`RoadGraph.edge_id` writes them."""
        if self._ids is None:
            base = self._graph.base[self._edges]
            ids: list[str] = self._graph.key[base].astype(np.str_).tolist()
            for twin in np.flatnonzero(base != self._edges).tolist():
                ids[twin] += TWIN
            self._ids = tuple(ids)
        return self._ids


def _moved(ways: Ways) -> tuple[Ways, Floats, Floats]:
    """The ways without the edges on which they go nowhere, and each edge's two fractions."""
    count = np.diff(ways.ptr)
    some = np.flatnonzero(count > 0)
    low, high = np.zeros(len(ways.edges)), np.ones(len(ways.edges))
    low[ways.ptr[some]] = ways.start[some]
    high[ways.ptr[some + 1] - 1] = ways.end[some]
    kept: Bools = high > low
    if kept.all():
        return ways, low, high
    ptr = np.concatenate([[0], np.cumsum(kept)])[ways.ptr]
    shorter = Ways(ptr, ways.edges[kept], ways.start, ways.end, ways.at, ways.sides)
    return shorter, low[kept], high[kept]


@fast
def _lines(
    ptr: Ints,
    edges: Int32s,
    low: Floats,
    high: Floats,
    at: Floats,
    base: Int32s,
    start: Ints,
    lon: Floats,
    lat: Floats,
    along: Floats,
    out_lon: Floats,
    out_lat: Floats,
    points: Ints,
    line_ptr: Ints,
) -> None:
    """Vertices of each way, repeated ones left out; ``points``: where in it each edge begins."""
    n = 0
    for way in range(len(ptr) - 1):
        begun = n
        for place in range(ptr[way], ptr[way + 1]):
            own = base[edges[place]]
            turned = own != edges[place]
            first, count = start[own], start[own + 1] - start[own]
            total = along[first + count - 1]
            ends = (low[place] * total, high[place] * total)
            whole = low[place] <= 0.0 and high[place] >= 1.0
            for step in range(-1, count + 1):  # the first tip, the vertices, the last tip
                if step < 0 or step == count:
                    if whole:
                        continue
                    wanted = ends[0] if step < 0 else ends[1]
                    wanted = total - wanted if turned else wanted
                    k = first
                    while k < first + count - 2 and along[k + 1] < wanted:
                        k += 1
                    gap = along[k + 1] - along[k]
                    t = 0.0 if gap <= 0.0 else min(1.0, (wanted - along[k]) / gap)
                    x = lon[k] + t * (lon[k + 1] - lon[k])
                    y = lat[k] + t * (lat[k + 1] - lat[k])
                else:
                    k = first + count - 1 - step if turned else first + step
                    here = total - along[k] if turned else along[k]
                    if not whole and not ends[0] < here < ends[1]:
                        continue
                    x, y = lon[k], lat[k]
                if n == begun or x != out_lon[n - 1] or y != out_lat[n - 1]:
                    out_lon[n], out_lat[n] = x, y
                    n += 1
                if step == (0 if whole else -1):
                    points[place] = n - 1 - begun
        if n == begun:
            out_lon[n], out_lat[n] = at[way, 0], at[way, 1]
            n += 1
        if n == begun + 1:
            out_lon[n], out_lat[n] = out_lon[n - 1], out_lat[n - 1]
            n += 1
        line_ptr[way + 1] = n
