"""How roads climb, and how much slower that makes who walks.

Walking speed follows Tobler's hiking function, ``6 exp(-3.5 |s + 0.05|)`` km/h with ``s`` the
rise over the run (W. Tobler, Three presentations on geographical analysis and modeling, NCGIA
report 93-1, 1993 [V in public copies]). Only its shape is used: the profile's own speed holds on
level ground, and each slope changes it as much as it changes Tobler's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.intake.heights import VOID, HeightTile
from routing.graph import RoadGraph
from routing.measured import Climb
from routing.table import Float32s, Floats, Ints

PIECE_M = 60.0
"""Slopes are taken over pieces of about this length: SRTM's cells are 90 m apart, and shorter
pieces would only climb its noise."""
STEEPEST = 0.5
"""No street is steeper; what is comes from the heights' error on short pieces [A]."""


def tobler(slope: Floats) -> Floats:
    """Walking speed on a slope over that on level ground; 1 at 0, most at -5 %."""
    return np.exp(-3.5 * (np.abs(slope + 0.05) - 0.05))


def climb(graph: RoadGraph, tiles: Sequence[HeightTile]) -> Climb:
    """How each edge rises and falls, from heights along it; NaN where one is not known.

    On a bridge and in a tunnel the ground tells nothing: there the slope is even from end to end.
    """
    edges = graph.edges
    total = graph.geom_m[graph.geom_start[1:] - 1] if edges else np.empty(0)
    span = graph.bridge | graph.tunnel
    pieces = np.where(span, 1, np.maximum(np.ceil(total / PIECE_M), 1)).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(pieces + 1)])
    height = heights_at(tiles, *_along(graph, total, pieces, first))
    rise = np.diff(height) if len(height) else height
    rise = np.delete(rise, first[1:-1] - 1) if edges else rise  # none between two edges
    owner = np.repeat(np.arange(edges), pieces)
    run = np.repeat(total / np.maximum(pieces, 1), pieces)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.clip(np.where(run > 0, rise / run, 0.0 * rise), -STEEPEST, STEEPEST)
    up, down = (_sums(owner, np.maximum(way, 0.0), edges) for way in (rise, -rise))
    there, back = (_sums(owner, 1 / tobler(way), edges) / pieces for way in (slope, -slope))
    twin = graph.base[edges:]
    return Climb(
        up_m=_both(up, down[twin]),
        down_m=_both(down, up[twin]),
        slower=_both(there, back[twin]),
    )


def heights_at(tiles: Sequence[HeightTile], lon: Floats, lat: Floats) -> Floats:
    """(k,) metres above the sea, between the four cells around each point; NaN: not known."""
    out = np.full(len(lon), np.nan)
    for tile in tiles:
        inside = (lon >= tile.west) & (lon <= tile.west + 1)
        inside &= (lat >= tile.south) & (lat <= tile.south + 1) & np.isnan(out)
        if not inside.any():
            continue
        last = tile.size - 1
        column, row = (lon[inside] - tile.west) * last, (tile.south + 1 - lat[inside]) * last
        c0 = np.minimum(column.astype(np.int64), last - 1)
        r0 = np.minimum(row.astype(np.int64), last - 1)
        u, v = column - c0, row - r0
        known = np.where(tile.heights == VOID, np.nan, tile.heights.astype(np.float32))
        upper = known[r0, c0] * (1 - u) + known[r0, c0 + 1] * u
        lower = known[r0 + 1, c0] * (1 - u) + known[r0 + 1, c0 + 1] * u
        out[inside] = upper * (1 - v) + lower * v
    return out


def _along(graph: RoadGraph, total: Floats, pieces: Ints, first: Ints) -> tuple[Floats, Floats]:
    """Lon and lat of the ends of all pieces of all edges, one edge behind the other."""
    if graph.edges == 0:
        return np.empty(0), np.empty(0)
    # All edges end to end on one line, a metre apart: one interpolation serves them all.
    begin = np.concatenate([[0.0], np.cumsum(total + 1.0)[:-1]])
    line = np.repeat(begin, np.diff(graph.geom_start)) + graph.geom_m
    owner = np.repeat(np.arange(graph.edges), pieces + 1)
    nth = np.arange(len(owner)) - first[owner]
    at = begin[owner] + total[owner] * nth / pieces[owner]
    return np.interp(at, line, graph.geom_lon), np.interp(at, line, graph.geom_lat)


def _sums(owner: Ints, values: Floats, edges: int) -> Floats:
    return np.bincount(owner, weights=values, minlength=edges).astype(np.float64)


def _both(edges: Floats, twins: Floats) -> Float32s:
    column: Float32s = np.concatenate([edges, twins]).astype(np.float32)
    column.setflags(write=False)
    return column
