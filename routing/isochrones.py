"""Isochrones: the ground within reach in so many minutes, drawn along the roads that lead there.

The ground is laid out in square cells; a cell belongs to a ring when a road that is travelled
within the time runs through it. So there is no blob across a river: beyond the water, only what
a bridge reaches is filled. Cells are 50 m wide (more where the ring is very large), and no ground
further than that from a travelled road is filled, except holes of less than 0.1 km2: the inside of
a block of houses. A road that is blocked halfway is followed up to the block.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.domain import Direction, GeoJson, LonLat
from routing.changes import Changes
from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.jit import fast
from routing.outline import outline
from routing.snap import Snaps, snap
from routing.table import Floats, Int32s, Ints
from routing.times import tree_of

_CELL_M = 50.0
_BLOCK_M2 = 100_000.0  # smaller holes are the inside of a block of houses
_MOST_CELLS = 4_000_000
_MARGIN = 20  # cells around the reached nodes, for roads that lead on or swing out
_NEVER = 2**31 - 1
_LONGEST_MS = 2**30


def isochrone(
    graph: RoadGraph,
    at: LonLat,
    minutes: Sequence[float],
    profile: str,
    changes: Changes,
    *,
    direction: Direction,
) -> tuple[GeoJson, ...]:
    """One (Multi)Polygon for each of ``minutes``, in their order; without coordinates where no
    road is near, or all near it are closed. Each holds the smaller ones."""
    limit = min(int(max(minutes, default=0) * 60_000), _LONGEST_MS)
    found = tree_of(graph, profile, at, changes, direction=direction, limit_ms=limit)
    if found is None:
        return tuple({"type": "MultiPolygon", "coordinates": []} for _ in minutes)
    tree, ms, _ = found
    here = snap(graph, profile, [at])
    network = graph.network(profile)
    ptr = network.rev_ptr if tree.backwards else network.fwd_ptr
    entered = network.rev_edge if tree.backwards else network.fwd_edge
    begun = np.full(len(graph.edge_from), _NEVER, dtype=np.int32)
    box = np.array([here.lon[0], here.lat[0]] * 2)
    node = network.node_of
    _begin(ptr, entered, tree.ms, limit, node, graph.node_lon, graph.node_lat, begun, box)
    own, blocks = graph.weights[profile].ms, _blocks(changes)
    lines = (graph.base, graph.geom_start, graph.geom_lon, graph.geom_lat, graph.geom_m)
    roads = (tree.backwards, ms, own, graph.mate, *blocks, *lines)
    first, along = _first(here, backwards=tree.backwards)
    while True:
        frame, shape = _frame(box)
        cells = np.full(shape, _NEVER, dtype=np.int32)
        before = box.copy()
        _draw(begun, first, along, limit, *roads, frame, cells, box)
        if (box == before).all():
            break
    # A road stands for the four cells that a cell-sized square around it touches, so that one
    # that slants makes one band.
    cells = np.minimum(cells[1:], cells[:-1])
    cells = np.minimum(cells[:, 1:], cells[:, :-1])
    frame[:2] += frame[2:]
    block = _BLOCK_M2 / (frame[3] * METRES_PER_DEGREE) ** 2
    return tuple(outline(cells <= int(one * 60_000), frame, smallest_hole=block) for one in minutes)


def _blocks(changes: Changes) -> tuple[Int32s, Floats, Floats]:
    """Edges that are blocked, sorted, and from which to which fraction."""
    return changes.block_edge, changes.block_start, changes.block_end


def _first(here: Snaps, *, backwards: bool) -> tuple[Int32s, Floats]:
    """The edge that the place stands on, both ways, and how far along it one begins."""
    fraction = float(here.fraction[0])
    if fraction in (0.0, 1.0):  # at a node: the search leaves by every edge of it
        return np.empty(0, dtype=np.int32), np.empty(0)
    edges = np.array([here.edge[0], here.mate[0]], dtype=np.int32)
    along = np.array([fraction, 1 - fraction])
    return edges[edges >= 0], (1 - along if backwards else along)[edges >= 0]


def _frame(box: Floats) -> tuple[Floats, tuple[int, int]]:
    """West, south, cell width and height in degrees of the cells of the outline; and the rows and
    columns of points half a cell up and right, each of which touches four of them."""
    west, south, east, north = box
    height = _CELL_M / METRES_PER_DEGREE
    width = height / max(np.cos(np.radians((south + north) / 2)), 0.05)
    many = ((east - west) / width + 2 * _MARGIN) * ((north - south) / height + 2 * _MARGIN)
    grow = max(1.0, float(np.sqrt(many / _MOST_CELLS)))
    width, height = width * grow, height * grow
    frame = np.array([west - _MARGIN * width, south - _MARGIN * height, width, height])
    rows = int((north - south) / height) + 2 * _MARGIN + 1
    return frame, (rows, int((east - west) / width) + 2 * _MARGIN + 1)


@fast
def _begin(
    ptr: Int32s,
    arc_edge: Int32s,
    state_ms: Ints,
    limit: int,
    node_of: Int32s,
    lon: Floats,
    lat: Floats,
    begun: Int32s,
    box: Floats,
) -> None:
    """When one comes to each edge, at the end where it is entered; ``box`` grows to what is
    reached."""
    for state in range(len(ptr) - 1):
        spent = state_ms[state]
        if spent > limit:
            continue
        node = node_of[state]
        box[0], box[1] = min(box[0], lon[node]), min(box[1], lat[node])
        box[2], box[3] = max(box[2], lon[node]), max(box[3], lat[node])
        for arc in range(ptr[state], ptr[state + 1]):
            edge = arc_edge[arc]
            if spent < begun[edge]:
                begun[edge] = spent


@fast
def _draw(
    begun: Int32s,
    first_edge: Int32s,
    first_along: Floats,
    limit: int,
    backwards: bool,
    ms: Int32s,
    own: Int32s,
    mate: Int32s,
    block_edge: Int32s,
    block_start: Floats,
    block_end: Floats,
    base: Int32s,
    start: Ints,
    lon: Floats,
    lat: Floats,
    along: Floats,
    frame: Floats,
    cells: Int32s,
    box: Floats,
) -> None:
    """The least time of each cell that a travelled road runs through.

    Each edge is walked from where it is entered to the limit, to a block, or to where who came
    from its other end is there first. What runs out of the cells widens ``box``.
    """
    rows, columns = cells.shape
    west, south, per_lon, per_lat = frame[0], frame[1], 1 / frame[2], 1 / frame[3]
    for index in range(len(begun) + len(first_edge)):
        if index < len(begun):
            edge, spent, leave = index, begun[index], 0.0
            if spent > limit:
                continue
        else:
            edge, spent = first_edge[index - len(begun)], 0
            leave = first_along[index - len(begun)]
        step = ms[edge]
        stop = 1.0
        if step < 0:
            step = own[edge]
            if step < 0:
                continue
            at = np.searchsorted(block_edge, edge)
            while at < len(block_edge) and block_edge[at] == edge:
                b0, b1 = block_start[at], block_end[at]
                if backwards:
                    b0, b1 = 1 - b1, 1 - b0
                if b1 >= leave:
                    stop = min(stop, b0)
                at += 1
            if stop < leave or (stop == leave and stop == 0.0):
                continue
        elif index < len(begun) and mate[edge] >= 0:
            other = mate[edge]
            if ms[other] >= 0 and begun[other] <= limit:
                both = step + ms[other]
                lead = begun[other] + ms[other] - spent
                if lead < 0:
                    continue
                if lead < both:
                    stop = lead / both
        first, last = start[base[edge]], start[base[edge] + 1] - 1
        total = along[last]
        from_m, to_m = leave * total, stop * total
        pace = step / total if total > 0 else 0.0
        if pace > 0:
            to_m = min(to_m, from_m + (limit - spent) / pace)
        # Travel runs against the vertices for a twin, and backwards in time for a reverse search.
        turned = (base[edge] != edge) != backwards
        k, ahead = (last, -1) if turned else (first, 1)
        m1, u1, v1 = 0.0, (lon[k] - west) * per_lon - 0.5, (lat[k] - south) * per_lat - 0.5
        for _ in range(last - first):
            k += ahead
            m0, u0, v0 = m1, u1, v1
            m1 = total - along[k] if turned else along[k]
            u1, v1 = (lon[k] - west) * per_lon - 0.5, (lat[k] - south) * per_lat - 0.5
            if m1 < from_m:
                continue
            if m0 > to_m:
                break
            here, u, v, to_u, to_v = m0, u0, v0, u1, v1
            if m0 < from_m:
                share = (from_m - m0) / (m1 - m0)
                here, u, v = from_m, u0 + share * (u1 - u0), v0 + share * (v1 - v0)
            if m1 > to_m:
                share = (to_m - m0) / (m1 - m0)
                to_u, to_v = u0 + share * (u1 - u0), v0 + share * (v1 - v0)
            column, row = int(np.floor(u)), int(np.floor(v))
            across, upwards = int(np.floor(to_u)) - column, int(np.floor(to_v)) - row
            inside = min(row, row + upwards) >= 0 and max(row, row + upwards) < rows
            inside = inside and min(column, column + across) >= 0
            if not (inside and max(column, column + across) < columns):
                box[0] = min(box[0], west + (min(u, to_u) + 0.5) / per_lon)
                box[1] = min(box[1], south + (min(v, to_v) + 0.5) / per_lat)
                box[2] = max(box[2], west + (max(u, to_u) + 0.5) / per_lon)
                box[3] = max(box[3], south + (max(v, to_v) + 0.5) / per_lat)
                continue
            entered = spent + (here - from_m) * pace
            if entered < cells[row, column]:
                cells[row, column] = int(entered)
            if across == 0 and upwards == 0:
                continue
            # From cell to cell along the segment, with the time when each is entered.
            lasts = (min(m1, to_m) - here) * pace
            right, up = (1 if across > 0 else -1), (1 if upwards > 0 else -1)
            hop_u, hop_v, next_u, next_v = 2.0, 2.0, 2.0, 2.0
            if across != 0:
                hop_u = 1 / abs(to_u - u)
                next_u = ((column + 1 if across > 0 else column) - u) / (to_u - u)
            if upwards != 0:
                hop_v = 1 / abs(to_v - v)
                next_v = ((row + 1 if upwards > 0 else row) - v) / (to_v - v)
            for _ in range(abs(across) + abs(upwards)):
                if next_u < next_v:
                    time = int(entered + next_u * lasts)
                    column += right
                    next_u += hop_u
                else:
                    time = int(entered + next_v * lasts)
                    row += up
                    next_v += hop_v
                if 0 <= row < rows and 0 <= column < columns and time < cells[row, column]:
                    cells[row, column] = time
