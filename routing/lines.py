"""Edges as shapely lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from routing.graph import RoadGraph
from routing.table import Int32s


def edge_lines(graph: RoadGraph, edges: Int32s) -> npt.NDArray[Any]:
    """(k,) LineStrings of table edges in travel direction, lon, lat."""
    start, end = graph.geom_start[edges], graph.geom_start[np.asarray(edges) + 1]
    count = end - start
    owner = np.repeat(np.arange(len(edges)), count)
    vertex = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count) + start[owner]
    points = np.column_stack([graph.geom_lon[vertex], graph.geom_lat[vertex]])
    lines: npt.NDArray[Any] = shapely.linestrings(points, indices=owner)
    return lines
