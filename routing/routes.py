"""Routes: parts of edges in travel order become a line, a length, seconds and named steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.domain import LonLat, Route, Step
from routing.graph import RoadGraph
from routing.table import Floats, Int32s


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one edge in travel direction, from one fraction to another."""

    edge: int
    start: float
    end: float


def draw(graph: RoadGraph, ms: Int32s, parts: Sequence[Part], at: LonLat) -> Route:
    """The route along these parts, of which only the first and the last may be less than whole.

    ``at`` is where it stands when there is no way to go. The steps' durations and distances add
    up to the route's; consecutive parts of the same road name and class are one step. The line
    always has two points or more.
    """
    moved = [part for part in parts if part.end > part.start]
    if not moved:
        return Route(geometry=(at, at), distance_m=0.0, road_s=0.0, steps=(), edges=())
    edges = np.array([part.edge for part in moved], dtype=np.int32)
    start = np.array([part.start for part in moved])
    end = np.array([part.end for part in moved])
    full = ms[edges].astype(np.float64)
    # The same formula as in routing/snap.py, so that parts add up to the searched time.
    spent = (np.floor(end * full + 0.5) - np.floor(start * full + 0.5)).astype(np.int64)
    length = graph.length_m[edges] * (end - start)
    return Route(
        geometry=_line(graph, moved, edges, at),
        distance_m=float(length.sum()),
        road_s=int(spent.sum()) / 1000,
        steps=_steps(graph, edges, length, spent.tolist()),
        edges=tuple(graph.edge_id(part.edge) for part in moved),
    )


def cut(graph: RoadGraph, part: Part) -> Floats:
    """(v, 2) lon, lat of a part of an edge."""
    points, metres = graph.vertices(part.edge)
    if part.start <= 0 and part.end >= 1:
        return points
    ends = np.array([part.start, part.end]) * metres[-1]
    inside = points[(metres > ends[0]) & (metres < ends[1])]
    tips = np.column_stack([np.interp(ends, metres, points[:, axis]) for axis in (0, 1)])
    return np.concatenate([tips[:1], inside, tips[1:]])


def _steps(
    graph: RoadGraph, edges: Int32s, length: Floats, spent: Sequence[int]
) -> tuple[Step, ...]:
    base = graph.base[edges]
    names = np.stack([graph.class_code[base], graph.name_code[base], graph.ref_code[base]])
    fresh = np.flatnonzero((np.diff(names, axis=1, prepend=-1) != 0).any(axis=0)).tolist()
    steps: list[Step] = []
    for first, last in zip(fresh, [*fresh[1:], len(edges)], strict=True):
        road, road_class = graph.road(int(edges[first])), graph.road_class(int(edges[first]))
        far, took = float(length[first:last].sum()), sum(spent[first:last]) / 1000
        if steps and (steps[-1].road, steps[-1].road_class) == (road, road_class):
            before = steps.pop()  # the same name with another ref
            far, took = far + before.distance_m, round(took + before.duration_s, 3)
        steps.append(Step(road, road_class, far, took))
    return tuple(steps)


def _line(graph: RoadGraph, parts: Sequence[Part], edges: Int32s, at: LonLat) -> tuple[LonLat, ...]:
    pieces = [cut(graph, parts[0])]
    if len(parts) > 1:
        pieces += [_whole(graph, edges[1:-1]), cut(graph, parts[-1])]
    points = np.concatenate(pieces)
    fresh = np.ones(len(points), dtype=np.bool_)
    fresh[1:] = (np.diff(points, axis=0) != 0).any(axis=1)
    line = [(lon, lat) for lon, lat in points[fresh].tolist()]
    return tuple(line if len(line) > 1 else (line or [at]) * 2)


def _whole(graph: RoadGraph, edges: Int32s) -> Floats:
    """(v, 2) lon, lat of whole edges one after the other, twins against their vertices."""
    base = graph.base[edges]
    first = graph.geom_start[base]
    count = graph.geom_start[base + 1] - first
    owner = np.repeat(np.arange(len(edges)), count)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    turned = (base != edges)[owner]
    vertex = first[owner] + np.where(turned, count[owner] - 1 - nth, nth)
    return np.column_stack([graph.geom_lon[vertex], graph.geom_lat[vertex]])
