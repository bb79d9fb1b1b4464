"""Which roads can be both entered and left: a place is better set on those, if one lies as near.

Maps are full of scraps that a profile may use and that nothing joins: a yard behind a gate, a lane
whose other end is steps. A place set on one would be called unreachable though a street passes at
a few metres. A real island keeps its roads: only pieces shorter than ``PIECE_M`` count as scraps.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from routing.table import Bools, Floats, Int32s

PIECE_M = 1000.0  # [A] road, one direction counted, that makes a piece more than a scrap
ASIDE_M = 50.0  # [A] how far a place may be moved off a scrap, in all


def sound(
    nodes: int, start: Int32s, end: Int32s, ms: Int32s, mate: Int32s, length_m: Floats
) -> Bools:
    """(e,) stretches of pieces that lead there and back; all usable ones where no piece does."""
    usable = ms >= 0
    out = usable.copy()
    if usable.any():
        ends = start[usable], end[usable]
        links = np.ones(len(ends[0]), dtype=np.int8)
        graph = coo_matrix((links, ends), shape=(nodes, nodes))
        piece = connected_components(graph, connection="strong")[1]
        # Both directions of a stretch count, so a piece of two-way road is twice as long.
        inside = usable & (piece[start] == piece[end])
        shared = np.where((mate >= 0) & usable[mate], 0.5, 1.0)[inside]
        metres = np.bincount(piece[start[inside]], length_m[inside] * shared, len(piece))
        large = metres >= PIECE_M
        if large.any():
            out &= large[piece[start]] & large[piece[end]]
    return out | ((mate >= 0) & out[mate]) if len(ms) else out
