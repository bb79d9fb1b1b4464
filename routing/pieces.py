"""Pieces of the open roads, and times from whichever of several places is nearest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from geo.domain import Closure, LonLat
from routing.changes import Changes, shut
from routing.graph import RoadGraph
from routing.roads import Roads
from routing.search import weights_by_edge
from routing.table import Int32s, Ints
from routing.times import times


def open_ms(
    roads: Roads, profile: str, closures: Sequence[Closure] = (), now: datetime | None = None
) -> Int32s:
    """(e,) the profile's whole milliseconds by edge with these closures, -1 where none may pass."""
    changes = roads.changes(closures, profile, now)
    return weights_by_edge(roads.graph.weights[profile], changes)


def times_from_any(
    roads: Roads,
    origins: Sequence[LonLat],
    places: Sequence[LonLat],
    profile: str,
    closures: Sequence[Closure] = (),
    now: datetime | None = None,
) -> Ints:
    """(k,) whole ms from the origin that is nearest in time to each place; -1: none leads there."""
    changes = roads.changes(closures, profile, now)
    found = times(roads.graph, profile, origins, places, changes, direction="from_incident")
    return found.road_ms


def pieces(graph: RoadGraph, ms: Int32s) -> Int32s:
    """(n,) the number of the strongly connected piece of each node: from each node of a piece one
    gets to each other. Turns are taken as free. -1: no edge that can be used meets the node."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    used = np.flatnonzero(ms >= 0)
    start, end = graph.edge_from[used], graph.edge_to[used]
    shape = (graph.nodes, graph.nodes)
    links = coo_array((np.ones(len(used), dtype=np.int8), (start, end)), shape=shape)
    _, piece = connected_components(links, directed=True, connection="strong")
    met = np.zeros(graph.nodes, dtype=np.bool_)
    met[start] = met[end] = True
    return np.where(met, piece, -1).astype(np.int32)


def main_place(
    roads: Roads, profile: str, closures: Sequence[Closure] = (), now: datetime | None = None
) -> LonLat | None:
    """A junction of the largest piece in which the profile gets from everywhere to everywhere.

    None where the profile can use no road.
    """
    graph = roads.graph
    piece = pieces(graph, open_ms(roads, profile, closures, now))
    count = np.bincount(piece[piece >= 0])
    if len(count) == 0:
        return None
    node = int(np.flatnonzero(piece == int(count.argmax()))[0])
    return float(graph.node_lon[node]), float(graph.node_lat[node])


def with_shut(changes: Changes, edges: Int32s) -> Changes:
    """These changes, and the edges closed from end to end besides."""
    more = shut(edges)
    kept = ~np.isin(changes.edge, more.edge)
    edge = np.concatenate([changes.edge[kept], more.edge])
    ms = np.concatenate([changes.ms[kept], more.ms])
    old = ~np.isin(changes.block_edge, more.edge)
    block = np.concatenate([changes.block_edge[old], more.block_edge])
    start = np.concatenate([changes.block_start[old], more.block_start])
    end = np.concatenate([changes.block_end[old], more.block_end])
    by_edge, by_block = np.argsort(edge), np.argsort(block, kind="stable")
    return Changes(edge[by_edge], ms[by_edge], block[by_block], start[by_block], end[by_block])
