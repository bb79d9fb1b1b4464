"""Routes: parts of edges in travel order become a line, a length, seconds and named steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

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
    """The route along these parts. ``at`` is where it stands when there is no way to go.

    The steps' durations and distances add up to the route's; consecutive parts of the same road
    name and class are one step. The line always has two points or more.
    """
    moved = [part for part in parts if part.end > part.start]
    steps = []
    for (road, road_class), group in groupby(
        moved, key=lambda part: (graph.road(part.edge), graph.road_class(part.edge))
    ):
        stretch = list(group)
        steps.append(
            Step(
                road=road,
                road_class=road_class,
                distance_m=sum(_length(graph, part) for part in stretch),
                duration_s=sum(_ms(ms, part) for part in stretch) / 1000,
            )
        )
    return Route(
        geometry=_line(graph, moved, at),
        distance_m=sum(_length(graph, part) for part in moved),
        road_s=sum(_ms(ms, part) for part in moved) / 1000,
        steps=tuple(steps),
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


def _length(graph: RoadGraph, part: Part) -> float:
    return float(graph.length_m[part.edge]) * (part.end - part.start)


def _ms(ms: Int32s, part: Part) -> int:
    """The same formula as in ``routing/snap.py``, so that parts add up to the searched time."""
    full = float(ms[part.edge])
    return int(np.floor(part.end * full + 0.5) - np.floor(part.start * full + 0.5))


def _line(graph: RoadGraph, parts: Sequence[Part], at: LonLat) -> tuple[LonLat, ...]:
    line: list[LonLat] = []
    for part in parts:
        for lon, lat in cut(graph, part).tolist():
            if not line or line[-1] != (lon, lat):
                line.append((lon, lat))
    line = line or [at]
    return tuple(line if len(line) > 1 else line * 2)
