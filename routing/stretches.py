"""The stretches that a closure takes, as lines to draw."""

from __future__ import annotations

import numpy as np

from geo.domain import GeoJson
from routing.cuts import Cut
from routing.graph import RoadGraph
from routing.table import Floats

_DIGITS = 7  # 1e-7 degrees is about a centimetre


def stretches(graph: RoadGraph, cut: Cut, *, most: int = 2000) -> GeoJson | None:
    """A MultiLineString of what a cut takes, each stretch once whichever way it is taken.

    None where it takes nothing, or more than ``most`` stretches: a picture of half of them would
    mislead.
    """
    mate = graph.mate[cut.edge]
    twice = (mate >= 0) & (mate < cut.edge) & np.isin(mate, cut.edge)
    edges, start, end = cut.edge[~twice], cut.start[~twice], cut.end[~twice]
    if not 0 < len(edges) <= most:
        return None
    parts = zip(edges.tolist(), start.tolist(), end.tolist(), strict=True)
    lines = [np.round(_part(graph, *part), _DIGITS).tolist() for part in parts]
    return {"type": "MultiLineString", "coordinates": lines}


def _part(graph: RoadGraph, edge: int, start: float, end: float) -> Floats:
    """(v, 2) lon, lat of an edge between two fractions of its length."""
    points, metres = graph.vertices(edge)
    ends = np.array([start, end]) * metres[-1]
    inside = points[(metres > ends[0]) & (metres < ends[1])]
    tips = np.column_stack([np.interp(ends, metres, points[:, axis]) for axis in (0, 1)])
    return np.concatenate([tips[:1], inside, tips[1:]])
