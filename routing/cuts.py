"""The stretches of road that a closure takes: cut once, kept from then on.

An area takes what lies in it, whatever its level: a bridge over it and a tunnel under it too. A
line takes what lies within ``LINE_M`` of it. Named edges are taken over their whole length, in
the directions that are named (and by walkers who go against a one-way). A road or bridge is
taken over its whole length, both ways; a geometry beside it keeps to what lies there.

``direction`` takes one way only: edges that run as the line is drawn (within 60 degrees), or the
edges as they are named; "against" takes the opposite ones.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np

from geo.domain import Closure
from geo.errors import InvalidInput, UnknownEdge
from routing.cutting import bands, cut_area, cut_line
from routing.graph import TWIN, RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.selected import edges_of_bridge, edges_of_road
from routing.shapes import area_or_line, segments
from routing.table import Floats, Int32s

LINE_M = 3.0  # [A] how near an edge must come to a closure drawn as a line
_SAME_WAY = 0.5  # [A] cosine of the widest angle between a line and an edge that runs along it
_MOST_BYTES = 64 * 2**20  # of cuts and their closures that a process keeps for one road graph
_OBJECT_BYTES = 60  # about what a number or the frame of a list takes in Python
_CLOSURE_BYTES = 2000  # about what a closure takes, its geometry left aside


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Stretches of directed edges, twins included; fractions along each in its own direction.

    Sorted by edge, then start; stretches of one edge do not touch.
    """

    edge: Int32s  # (c,)
    start: Floats
    end: Floats

    def ids(self, graph: RoadGraph) -> list[str]:
        """The edges as the database keeps them, ``~`` behind those against a one-way."""
        return [graph.edge_id(int(edge)) for edge in self.edge]


def cut_of(graph: RoadGraph, closure: Closure) -> Cut:
    """The stretches that a closure takes, made once for these roads and then kept.

    Raises InvalidInput for a shape that is none, UnknownEdge for ids that no road has, NotFound
    for a road or bridge that there is not.
    """
    found = _kept_for(graph).look(closure)
    if found is not None:
        return found
    made = make_cut(graph, closure)
    keep(graph, closure, made)
    return made


def keep(graph: RoadGraph, closure: Closure, cut: Cut) -> None:
    """Let this process know a cut, so that it is not made again; the least used are forgotten."""
    _kept_for(graph).keep(closure, cut)


def is_kept(graph: RoadGraph, closure: Closure) -> bool:
    """Whether this process knows the cut of a closure."""
    return _kept_for(graph).look(closure) is not None


def restored(
    graph: RoadGraph, ids: Sequence[str], start: Sequence[float], end: Sequence[float]
) -> Cut | None:
    """The cut that the database kept; None where an edge is not there any more."""
    edge = graph.find([one.removesuffix(TWIN) for one in ids])
    twin = np.array([one.endswith(TWIN) for one in ids], dtype=np.bool_)
    if len(edge) and (edge < 0).any():
        return None
    edge = np.where(twin, graph.mate[edge], edge).astype(np.int32) if len(edge) else edge
    if len(edge) and (edge < 0).any():
        return None
    return _sorted(edge, np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64))


def make_cut(graph: RoadGraph, closure: Closure) -> Cut:
    """The stretches that a closure takes, made anew. Raises as ``cut_of``."""
    named = _named(graph, closure)
    if closure.geometry is None:
        if named is not None:
            _refuse_direction(closure)
            return _whole(_with_mates(graph, named))
        return _whole(_listed(graph, closure))
    shape = area_or_line(closure.geometry, closure.name)
    line = "LineString" in shape.geom_type
    if not line:
        _refuse_direction(closure)
    edge, parts = _near(graph, shape) if line else _within(graph, shape)
    if named is not None:
        on = np.isin(edge, named) | np.isin(graph.mate[edge], named)
        edge, parts = edge[on], parts[on]
    return _both_ways(graph, closure, edge, parts)


def _within(graph: RoadGraph, shape: Any) -> tuple[Int32s, Floats]:
    outline = segments(shape)
    arrays = graph.grid.segment_edge, graph.grid.segment_vertex
    chosen = graph.grid.segments_in(*shape.bounds)
    shaped = graph.geom_lon, graph.geom_lat, graph.geom_m
    frame, ptr, items = bands(outline)
    return cut_area(chosen, *arrays, *shaped, outline, frame, ptr, items)


def _near(graph: RoadGraph, shape: Any) -> tuple[Int32s, Floats]:
    west, south, east, north = shape.bounds
    flat = max(float(np.cos(np.radians((south + north) / 2))), 0.01)
    origin = np.array([west, south, flat * METRES_PER_DEGREE, METRES_PER_DEGREE])
    outline = (segments(shape) - np.tile(origin[:2], 2)) * np.tile(origin[2:], 2)
    grow_x, grow_y = LINE_M / origin[2], LINE_M / origin[3]
    chosen = graph.grid.segments_in(west - grow_x, south - grow_y, east + grow_x, north + grow_y)
    arrays = graph.grid.segment_edge, graph.grid.segment_vertex
    shaped = graph.geom_lon, graph.geom_lat, graph.geom_m
    frame, ptr, items = bands(outline, LINE_M)
    return cut_line(chosen, *arrays, *shaped, outline, frame, ptr, items, origin, LINE_M)


def _both_ways(graph: RoadGraph, closure: Closure, edge: Int32s, parts: Floats) -> Cut:
    """Stretches of drawn edges as stretches of every direction that the closure takes."""
    total = graph.geom_m[graph.geom_start[edge + 1] - 1] if len(edge) else np.empty(0)
    some = total > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        start = np.where(some, parts[:, 0] / total, 0.0)
        end = np.where(some, parts[:, 1] / total, 1.0)
    start, end = np.clip(start, 0.0, 1.0), np.clip(end, 0.0, 1.0)
    if closure.whole:
        start, end = np.zeros_like(start), np.ones_like(end)
    mate = graph.mate[edge]
    same, opposed = parts[:, 2] >= _SAME_WAY, parts[:, 2] <= -_SAME_WAY
    along = {"both": same | True, "along": same, "against": opposed}[closure.direction]
    against = {"both": same | True, "along": opposed, "against": same}[closure.direction]
    against = against & (mate >= 0)
    return _sorted(
        np.concatenate([edge[along], mate[against]]),
        np.concatenate([start[along], 1.0 - end[against]]),
        np.concatenate([end[along], 1.0 - start[against]]),
    )


def _named(graph: RoadGraph, closure: Closure) -> Int32s | None:
    """Table edges of the road or bridge that is named; None: none is."""
    if closure.road:
        return edges_of_road(graph, closure.road)
    if closure.bridge and closure.edges:  # found when it was made, by a name that roads lack
        return _found(graph, closure)
    return edges_of_bridge(graph, closure.bridge) if closure.bridge else None


def _listed(graph: RoadGraph, closure: Closure) -> Int32s:
    edges = _found(graph, closure)
    mate = graph.mate[edges]
    if closure.direction == "along":
        return edges
    if closure.direction == "against":
        return mate[mate >= 0]
    return np.concatenate([edges, mate[mate >= graph.edges]])


def _found(graph: RoadGraph, closure: Closure) -> Int32s:
    edges = graph.find(closure.edges)
    missing = [one for one, edge in zip(closure.edges, edges, strict=True) if edge < 0]
    if missing:
        raise UnknownEdge(
            f"No road edge has the id {', '.join(missing[:10])}"
            f"{f' (and {len(missing) - 10} more)' if len(missing) > 10 else ''}.",
            remedy="Take edge ids from the roads that are loaded now.",
            edges=missing,
        )
    return edges


def _with_mates(graph: RoadGraph, edges: Int32s) -> Int32s:
    mate = graph.mate[edges]
    return np.concatenate([edges, mate[mate >= 0]])


def _refuse_direction(closure: Closure) -> None:
    if closure.direction != "both":
        raise InvalidInput(
            "A direction needs a drawn line, or edges that are named.",
            remedy="Draw a line along the road, in the direction that is meant.",
            words="closures.no_direction",
            direction=closure.direction,
        )


def _whole(edges: Int32s) -> Cut:
    edge = np.unique(edges).astype(np.int32)
    return Cut(edge, np.zeros(len(edge)), np.ones(len(edge)))


def _sorted(edge: Int32s, start: Floats, end: Floats) -> Cut:
    return Cut(*merged(edge.astype(np.int32), start, end))


def merged(edge: Int32s, start: Floats, end: Floats) -> tuple[Int32s, Floats, Floats]:
    """Stretches in order, those of one edge that touch made one."""
    order = np.lexsort((start, edge))
    edge, start, end = edge[order], start[order], end[order]
    if len(edge) < 2:
        return edge, start, end
    # Every edge gets a range of its own on one long axis; along it the furthest end so far.
    rank = 2.0 * np.concatenate([[0], np.cumsum(edge[1:] != edge[:-1])])
    reach = np.maximum.accumulate(rank + end)
    first = np.concatenate([[True], rank[1:] + start[1:] > reach[:-1]])
    begin = np.flatnonzero(first)
    return edge[begin], start[begin], np.maximum.reduceat(end, begin)


class _Kept:
    """The cuts of one road graph, the latest used last. Safe to share between threads."""

    def __init__(self) -> None:
        self.bytes = 0
        self._lock = Lock()
        self._of: OrderedDict[tuple[UUID, int], tuple[Closure, Cut, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._of)

    def look(self, closure: Closure) -> Cut | None:
        key = closure.id, closure.version
        with self._lock:
            found = self._of.get(key)
            if found is None or not (found[0] is closure or found[0] == closure):
                return None
            self._of.move_to_end(key)
            return found[1]

    def keep(self, closure: Closure, cut: Cut) -> None:
        key = closure.id, closure.version
        size = _CLOSURE_BYTES + _size(closure.geometry) + _OBJECT_BYTES * len(closure.edges)
        size += cut.edge.nbytes + cut.start.nbytes + cut.end.nbytes
        with self._lock:
            old = self._of.pop(key, None)
            self.bytes += size - (old[2] if old else 0)
            self._of[key] = closure, cut, size
            while self.bytes > _MOST_BYTES:
                _, gone = self._of.popitem(last=False)
                self.bytes -= gone[2]


def _size(value: object) -> int:
    """About how many bytes a geometry takes."""
    if isinstance(value, Mapping):
        return _OBJECT_BYTES + sum(map(_size, value.values()))
    if isinstance(value, list | tuple):
        return _OBJECT_BYTES + sum(map(_size, value))
    return _OBJECT_BYTES


_KEPT: dict[int, tuple[Any, _Kept]] = {}


def _kept_for(graph: RoadGraph) -> _Kept:
    """What is kept for these roads: graphs that differ in their weights alone share it."""
    roads = graph.mate
    found = _KEPT.get(id(roads))
    if found is not None and found[0]() is roads:
        return found[1]
    kept = _Kept()
    gone = id(roads)
    _KEPT[gone] = weakref.ref(roads, lambda _: _KEPT.pop(gone, None)), kept
    return kept
