"""Where a stretch of road lies, in words: the roads that it runs between, and its township."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from geo.domain import LonLat
from geo.queries.people import districts_at

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.graph import RoadGraph
    from routing.roads import Roads
    from routing.table import Int32s

Ends = tuple[str | None, str | None, str | None]
"""From and to: a road that meets the stretch there, else the township; None: nothing is known.
And the township of its middle."""


def ends_of(
    session: Session, roads: Roads, stretches: Sequence[tuple[Sequence[str], LonLat]]
) -> list[Ends]:
    """From, to and township of each stretch, given as its edges' ids and its middle."""
    graph = roads.graph
    tips = [_tips(graph, graph.find(edges)) for edges, _ in stretches]
    points: list[LonLat] = []
    for (_, middle), ends in zip(stretches, tips, strict=True):
        points += [middle, *(at for _, at in ends)]
    named = iter(districts_at(session, points))
    out: list[Ends] = []
    for ends in tips:
        township = next(named)
        said = [(road, next(named)) for road, _ in ends]
        first, last = (road or place for road, place in said) if said else (None, None)
        out.append((first, last, township))
    return out


def _tips(graph: RoadGraph, edges: Int32s) -> list[tuple[str, LonLat]]:
    """The two ends that lie furthest apart, from west to east: a road that meets the stretch
    there ("": none with a name or number), and the place. None where it has no two ends."""
    edges = edges[edges >= 0]
    start, end = graph.edge_from[edges], graph.edge_to[edges]
    pairs = np.unique(np.sort(np.column_stack([start, end]), axis=1), axis=0)
    nodes, count = np.unique(pairs, return_counts=True)
    loose = nodes[count == 1]
    if len(loose) < 2:
        return []
    at = np.column_stack([graph.node_lon[loose], graph.node_lat[loose]])
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    one, other = (int(index) for index in np.unravel_index(int(apart.argmax()), apart.shape))
    ends = sorted((one, other), key=lambda index: (at[index][0], at[index][1]))
    own = {graph.road(int(edge)) for edge in edges}
    return [
        (_crossing(graph, int(loose[end]), own), (float(at[end][0]), float(at[end][1])))
        for end in ends
    ]


def _crossing(graph: RoadGraph, node: int, own: set[str]) -> str:
    meet = np.flatnonzero((graph.edge_from == node) | (graph.edge_to == node))
    names = sorted({graph.road(int(edge)) for edge in meet} - own - {""})
    return names[0] if names else ""
