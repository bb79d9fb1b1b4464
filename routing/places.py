"""Places on roads by what people call them: a crossing of two roads, a bridge, a tunnel.

Pure over the road graph. The finders of roads and of bridges are found here too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.domain import LonLat
from routing.graph import RoadGraph
from routing.lines import edge_lines
from routing.named import RoadName, clusters, drawn, lonlat, metres, refs_along, roads_named
from routing.structures import Built, bridges_named
from routing.table import Floats, Int32s

__all__ = [
    "Built",
    "Meeting",
    "RoadName",
    "bridges_named",
    "crossing",
    "nearest_between",
    "refs_along",
    "roads_named",
]

CLUSTER_M = 100.0  # crossings nearer than this are one; issue 3 ("clustered within 100 m")


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where two roads meet. ``joined`` False: one passes over the other (立交)."""

    roads: tuple[str, str]
    at: LonLat
    joined: bool
    nodes: tuple[int, ...]  # graph nodes that both share, none where one passes over the other


def crossing(graph: RoadGraph, a: RoadName, b: RoadName) -> tuple[Meeting, ...]:
    """Where two roads share a junction (a roundabout counts as one), and where one passes over
    the other without joining it; nearby ones as one. Sorted by place; empty: they never meet.
    """
    ends = [np.unique(_ends(graph, road.edges)) for road in (a, b)]
    ring = _roundabouts(graph)
    groups = [np.unique(ring[nodes]) for nodes in ends]
    shared = np.intersect1d(groups[0], groups[1])
    members = np.flatnonzero(np.isin(ring, shared)).astype(np.int32)
    roads = (a.name, b.name)
    found = []
    joined_at = np.column_stack([graph.node_lon[members], graph.node_lat[members]])
    for rows in clusters(joined_at, CLUSTER_M):
        middle = joined_at[rows].mean(axis=0)
        nearest = rows[int(np.argmin(metres(joined_at[rows], middle)))]
        one_ring = len(np.unique(ring[members[rows]])) == 1 and len(rows) > 1
        at = middle if one_ring else joined_at[nearest]
        nodes = tuple(int(node) for node in members[rows])
        found.append(Meeting(roads, lonlat(at), True, nodes))
    over = _overpasses(graph, a.edges, b.edges)
    if len(over) and len(joined_at):
        far = np.min([metres(over, point) for point in joined_at], axis=0) > CLUSTER_M
        over = over[far]
    found += [
        Meeting(roads, lonlat(over[rows].mean(axis=0)), False, ())
        for rows in clusters(over, CLUSTER_M)
    ]
    return tuple(sorted(found, key=lambda one: (not one.joined, one.at)))


def nearest_between(graph: RoadGraph, a: RoadName, b: RoadName) -> tuple[LonLat, float]:
    """Where the first road comes nearest to the second, and how many metres lie between them."""
    lines = [edge_lines(graph, drawn(graph, road.edges)) for road in (a, b)]
    lat = float(np.mean(graph.geom_lat[graph.geom_start[a.edges]]))
    scale = np.array([np.cos(np.radians(lat)), 1.0])
    flat = [shapely.transform(shapely.multilinestrings(list(one)), lambda p: p * scale)
            for one in lines]  # fmt: skip
    gap = shapely.shortest_line(flat[0], flat[1])
    ends = shapely.get_coordinates(gap) / scale
    return lonlat(ends[0]), float(metres(ends[1:], ends[0])[0])


def _ends(graph: RoadGraph, edges: Int32s) -> Int32s:
    return np.concatenate([graph.edge_from[edges], graph.edge_to[edges]])


def _roundabouts(graph: RoadGraph) -> Int32s:
    """(n,) the lowest node of each node's roundabout; itself where it stands on none."""
    ring = np.arange(graph.nodes, dtype=np.int32)
    on = np.flatnonzero(graph.roundabout)
    start, end = graph.edge_from[on], graph.edge_to[on]
    while True:
        low = np.minimum(ring[start], ring[end])
        before = ring[np.concatenate([start, end])].copy()
        np.minimum.at(ring, start, low)
        np.minimum.at(ring, end, low)
        if np.array_equal(before, ring[np.concatenate([start, end])]):
            return ring


def _overpasses(graph: RoadGraph, a: Int32s, b: Int32s) -> Floats:
    """(k, 2) where lines of the two roads cross each other, lon, lat."""
    first, second = (drawn(graph, edges) for edges in (a, b))
    lines = edge_lines(graph, first), edge_lines(graph, second)
    if not len(first) or not len(second):
        return np.empty((0, 2))
    one, other = shapely.STRtree(lines[1]).query(lines[0], predicate="crosses")
    points = shapely.intersection(lines[0][one], lines[1][other])
    return np.asarray(shapely.get_coordinates(shapely.centroid(points)))
