"""Isochrones: the ground within reach in so many minutes, drawn along the roads that lead there.

The ground is laid out in square cells; a cell belongs to a ring when a road that is travelled
within the time runs through it. So there is no blob across a river: beyond the water, only what
a bridge reaches is filled. Cells are 50 m wide (more where the ring is very large), and no ground
further than that from a travelled road is filled, except holes of less than 0.1 km2: the inside of
a block of houses.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.domain import Direction, GeoJson, LonLat
from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.jit import fast
from routing.outline import outline
from routing.search import UNREACHED, Tree
from routing.table import Floats, Int32s, Ints
from routing.times import tree_of

_CELL_M = 50.0
_BLOCK_M2 = 100_000.0  # smaller holes are the inside of a block of houses
_MOST_CELLS = 4_000_000


def isochrone(
    graph: RoadGraph,
    at: LonLat,
    minutes: Sequence[float],
    profile: str,
    closed: Int32s,
    *,
    direction: Direction,
) -> tuple[GeoJson, ...]:
    """One (Multi)Polygon for each of ``minutes``, in their order; without coordinates where no
    road is near, or all near it are closed. Each contains the smaller ones, but for smoothing."""
    limit = int(max(minutes, default=0) * 60_000)
    found = tree_of(graph, profile, at, closed, direction=direction, limit_ms=limit)
    if found is None:
        return tuple({"type": "MultiPolygon", "coordinates": []} for _ in minutes)
    tree, ms, here = found
    edges = graph.network(profile)
    node_ms = np.full(graph.nodes, UNREACHED, dtype=np.int64)
    np.minimum.at(node_ms, edges.node_of, tree.ms)
    reached = np.flatnonzero(node_ms < UNREACHED)
    places = np.column_stack([graph.node_lon[reached], graph.node_lat[reached]])
    places = np.concatenate([[here], places])
    frame, shape = _frame(places)
    cells = np.full(shape, UNREACHED, dtype=np.int64)
    _mark(np.array([here]), np.zeros(1, dtype=np.int64), frame, cells)
    arcs = edges.rev_edge if tree.backwards else edges.fwd_edge
    near = graph.edge_to if tree.backwards else graph.edge_from
    arcs = arcs[(node_ms[near[arcs]] < limit) & (ms[arcs] >= 0)]
    lines = (graph.base, graph.geom_start, graph.geom_lon, graph.geom_lat, graph.geom_m)
    _fill(arcs, near, node_ms, ms, tree.backwards, limit, *lines, frame, cells)
    _fill_first(graph, tree, ms, frame, cells)
    block = _BLOCK_M2 / (frame[3] * METRES_PER_DEGREE) ** 2
    return tuple(outline(cells <= int(one * 60_000), frame, smallest_hole=block) for one in minutes)


def _frame(places: Floats) -> tuple[Floats, tuple[int, int]]:
    """West, south, cell width and height in degrees; and the rows and columns."""
    west, south = places.min(axis=0)
    east, north = places.max(axis=0)
    height = _CELL_M / METRES_PER_DEGREE
    width = height / max(np.cos(np.radians((south + north) / 2)), 0.05)
    margin = 40  # cells; a road that leaves the box further out is cut there
    many = ((east - west) / width + 2 * margin) * ((north - south) / height + 2 * margin)
    grow = max(1.0, float(np.sqrt(many / _MOST_CELLS)))
    width, height = width * grow, height * grow
    frame = np.array([west - margin * width, south - margin * height, width, height])
    rows = int((north - south) / height) + 2 * margin + 1
    return frame, (rows, int((east - west) / width) + 2 * margin + 1)


def _mark(points: Floats, ms: Ints, frame: Floats, cells: Ints) -> None:
    """Lower the times of the four cells around each point."""
    corner = np.floor((points - frame[:2]) / frame[2:] - 0.5).astype(np.int64)
    for right, up in ((0, 0), (0, 1), (1, 0), (1, 1)):
        column, row = corner[:, 0] + right, corner[:, 1] + up
        inside = (row >= 0) & (row < cells.shape[0]) & (column >= 0) & (column < cells.shape[1])
        np.minimum.at(cells, (row[inside], column[inside]), ms[inside])


def _fill_first(graph: RoadGraph, tree: Tree, ms: Int32s, frame: Floats, cells: Ints) -> None:
    """The first edge, from where the place stands to the nodes at its ends."""
    for spent, edge in zip(tree.seeds.ms, tree.seeds.edge, strict=True):
        if edge < 0 or ms[edge] <= 0:
            continue
        points, metres = graph.vertices(int(edge))
        total = max(metres[-1], 1e-9)
        share = int(spent) / int(ms[edge])
        ends = (0.0, share) if tree.backwards else (1 - share, 1.0)
        along = np.linspace(*ends, int(total / (_CELL_M / 2)) + 2)
        line = np.column_stack([np.interp(along * total, metres, points[:, i]) for i in (0, 1)])
        time = np.abs(along - (ends[1] if tree.backwards else ends[0])) * int(ms[edge])
        _mark(line, time.astype(np.int64), frame, cells)


@fast
def _fill(
    arcs: Int32s,
    near: Int32s,
    node_ms: Ints,
    ms: Int32s,
    backwards: bool,
    limit: int,
    base: Int32s,
    start: Ints,
    lon: Floats,
    lat: Floats,
    along: Floats,
    frame: Floats,
    cells: Ints,
) -> None:
    """The least time of each cell, sampled along every edge at half a cell."""
    rows, columns = cells.shape
    pace = frame[3] * METRES_PER_DEGREE / 2
    for index in range(len(arcs)):
        edge = arcs[index]
        spent = node_ms[near[edge]]
        first, last = start[base[edge]], start[base[edge] + 1] - 1
        total = max(along[last], 1e-9)
        # Travel runs against the vertices for a twin, and backwards in time for a reverse search.
        turned = (base[edge] != edge) != backwards
        for k in range(first, last):
            count = int((along[k + 1] - along[k]) / pace) + 1
            for i in range(count + 1):
                t = i / count
                part = (along[k] + t * (along[k + 1] - along[k])) / total
                if turned:
                    part = 1.0 - part
                time = spent + int(part * ms[edge])
                if time > limit:
                    continue
                # The four cells that a cell-sized square around the point touches, so that a
                # slanting road makes one band.
                x = (lon[k] + t * (lon[k + 1] - lon[k]) - frame[0]) / frame[2] - 0.5
                y = (lat[k] + t * (lat[k + 1] - lat[k]) - frame[1]) / frame[3] - 0.5
                for row in range(int(np.floor(y)), int(np.floor(y)) + 2):
                    for column in range(int(np.floor(x)), int(np.floor(x)) + 2):
                        if 0 <= row < rows and 0 <= column < columns and time < cells[row, column]:
                            cells[row, column] = time
