"""Bridges and tunnels by name: as the road's name, or as a name of their own beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely

from geo.domain import LonLat
from geo.queries.waymarks import Structure
from geo.spelling import fold
from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.lines import edge_lines
from routing.named import (
    RANK,
    Match,
    both_ways,
    clusters,
    drawn,
    edges_of_way,
    lonlat,
    match_of,
)
from routing.table import Int32s

_TOGETHER_M = 250.0  # parts of one bridge or tunnel: two carriageways, spans with a gap
_BESIDE_M = 20.0  # a stretch this near to a named structure's line lies on it


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """A bridge or tunnel found by name: its edges and the middle of it."""

    kind: Literal["bridge", "tunnel"]
    name: str
    match: Match
    at: LonLat
    edges: Int32s  # table edges, both directions, sorted; empty: not on a road that is loaded
    length_m: float  # of its longest carriageway
    source: str  # "" where the name is the road's own


def bridges_named(
    graph: RoadGraph, text: str, known: Sequence[Structure] = ()
) -> tuple[Built, ...]:
    """Bridges and tunnels with this name: as the road's name, or as a name of their own.

    ``known``: those with a name beside their road's. Only the best kind of match is given; parts
    that lie together under one name are one. Sorted by name, then by place.
    """
    wanted = fold(text)
    if not wanted:
        return ()
    found = [*_by_own_name(graph, wanted, known), *_by_road_name(graph, wanted)]
    best = min((RANK[one.match] for one in found), default=0)
    unique = {(one.name, one.edges.tobytes() or one.at): one for one in reversed(found)}
    kept = [one for one in unique.values() if RANK[one.match] == best]
    return tuple(sorted(kept, key=lambda one: (one.name, one.kind, one.at)))


def _by_own_name(graph: RoadGraph, wanted: str, known: Sequence[Structure]) -> Iterator[Built]:
    groups: dict[tuple[Any, str], list[Structure]] = {}
    for one in known:
        groups.setdefault((one.kind, one.name), []).append(one)
    for (kind, name), parts in groups.items():
        match = match_of(fold(name), wanted)
        if match is None:
            continue
        middles = np.array([np.mean(part.line, axis=0) for part in parts])
        for rows in clusters(middles, _TOGETHER_M):
            mine = [parts[int(row)] for row in rows]
            edges = _edges_under(graph, kind, mine)
            lines = shapely.multilinestrings([list(part.line) for part in mine])
            at, length = _middle(lines)
            yield Built(kind, name, match, at, edges, length, mine[0].source)


def _by_road_name(graph: RoadGraph, wanted: str) -> Iterator[Built]:
    kinds: tuple[tuple[Literal["bridge", "tunnel"], Any], ...] = (
        ("bridge", graph.bridge),
        ("tunnel", graph.tunnel),
    )
    for kind, flag in kinds:
        on = np.flatnonzero(flag).astype(np.int32)
        for code in np.unique(graph.name_code[on]).tolist():
            name = graph.texts[code]
            match = match_of(fold(name), wanted) if name else None
            if match is None:
                continue
            edges = on[graph.name_code[on] == code]
            single = drawn(graph, edges)
            lines = edge_lines(graph, single)
            middles = np.array([shapely.get_coordinates(ln).mean(axis=0) for ln in lines])
            for rows in clusters(middles, _TOGETHER_M):
                at, length = _middle(shapely.multilinestrings(list(lines[rows])))
                yield Built(kind, name, match, at, both_ways(graph, single[rows]), length, "")


def _edges_under(graph: RoadGraph, kind: str, parts: Sequence[Structure]) -> Int32s:
    """The edges of a structure's ways; of one that was joined to its neighbour, what lies on it."""
    found = [edges_of_way(graph, part.way) for part in parts]
    for index, part in enumerate(parts):
        if len(found[index]) or graph.edges == 0:
            continue
        line = shapely.LineString(part.line)
        near = graph.grid.edges_in(*line.bounds)
        near = near[(graph.bridge if kind == "bridge" else graph.tunnel)[near]]
        reach = _BESIDE_M / METRES_PER_DEGREE
        on = shapely.dwithin(edge_lines(graph, near), line.interpolate(0.5, normalized=True), reach)
        found[index] = near[on]
    return both_ways(graph, np.concatenate(found)) if found else np.empty(0, dtype=np.int32)


def _middle(lines: Any) -> tuple[LonLat, float]:
    """A point on the lines in the middle of them all, and the longest run's metres."""
    parts = shapely.get_parts(shapely.line_merge(lines))
    lengths = [_length_m(part) for part in parts]
    longest = parts[int(np.argmax(lengths))]
    if len(parts) == 1:
        return lonlat(longest.interpolate(0.5, normalized=True).coords[0]), max(lengths)
    middle = lines.centroid
    nearest = min(parts, key=lambda part: (part.distance(middle), part.wkt))
    return lonlat(nearest.interpolate(nearest.project(middle)).coords[0]), max(lengths)


def _length_m(line: Any) -> float:
    points = shapely.get_coordinates(line)
    middle = np.radians((points[1:, 1] + points[:-1, 1]) / 2)
    step = np.diff(points, axis=0)
    return float((np.hypot(step[:, 0] * np.cos(middle), step[:, 1]) * METRES_PER_DEGREE).sum())
