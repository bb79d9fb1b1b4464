"""Which roads lie in built-up ground, as far as a road table can tell.

No source says where a town ends, so the density of junctions stands for it: it is measurable
everywhere, and its threshold is a marked number in ``data/parameters/roads.toml``.
"""

from __future__ import annotations

import numpy as np

from routing.grid import METRES_PER_DEGREE
from routing.table import Bools, RoadTable

CELL_M = 500.0
_STREETS = (
    *("motorway", "trunk", "primary", "secondary", "tertiary"),
    *("unclassified", "residential", "living_street", "road"),
)


def built_up(table: RoadTable, junctions_per_km2: float) -> Bools:
    """(m,) edges both ends of which stand in ground with at least so many junctions.

    A junction is a node where three or more streets meet (driveways, tracks and footpaths do not
    count). Its density is taken over 3 x 3 cells of 500 m around each node.
    """
    if table.edges == 0:
        return np.zeros(0, dtype=np.bool_)
    street = np.array([name in _STREETS for name in table.road_class]) & table.drawn
    ends = np.concatenate([table.edge_from[street], table.edge_to[street]])
    junction = np.bincount(ends, minlength=table.nodes) >= 3
    height = CELL_M / METRES_PER_DEGREE
    width = height / max(np.cos(np.radians(table.node_lat.mean())), 0.05)
    row = np.floor((table.node_lat - table.node_lat.min()) / height).astype(np.int64) + 1
    column = np.floor((table.node_lon - table.node_lon.min()) / width).astype(np.int64) + 1
    columns = int(column.max()) + 2
    cell = row * columns + column
    occupied, place = np.unique(cell, return_inverse=True)
    count = np.bincount(place, weights=junction, minlength=len(occupied))
    around = np.zeros(len(occupied))
    for step in (-columns, 0, columns):
        for side in (-1, 0, 1):
            other = np.searchsorted(occupied, occupied + step + side)
            other = np.minimum(other, len(occupied) - 1)
            around += np.where(occupied[other] == occupied + step + side, count[other], 0)
    dense = (around / (9 * (CELL_M / 1000) ** 2) >= junctions_per_km2)[place]
    both: Bools = dense[table.edge_from] & dense[table.edge_to]
    return both
