"""What hangs on a single stretch of road: the stretches without which the roads fall apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.graph import RoadGraph
from routing.table import Bools, Int32s, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Severed:
    """The cut stretches of the main piece, and what lies beyond each, seen from its core."""

    edge: Int32s  # (c,) one direction of each stretch, sorted
    beyond: Ints  # (c, k) the sums of what lies beyond it, or on it
    core: int  # a node of the core; -1 where there are no roads


def severed(graph: RoadGraph, ms: Int32s, at_edge: Int32s, values: Ints) -> Severed:
    """What each cut stretch severs from the core: the largest part that no single stretch cuts.

    ``ms`` is the profile's weight by edge, -1 closed; one-way roads are taken as passable both
    ways. ``at_edge`` (s,) tells the edge that each thing stands on (-1: none), ``values`` (s, k)
    what it counts for. Only the piece of the core is looked at: others are apart already.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    stretch = np.unique(_stretch_of(graph, np.flatnonzero(ms >= 0).astype(np.int32)))
    if len(stretch) == 0:
        return Severed(stretch, np.empty((0, values.shape[1]), dtype=np.int64), -1)
    cut = _cut(graph, stretch)
    start, end = graph.edge_from[stretch], graph.edge_to[stretch]
    whole = (graph.nodes, graph.nodes)
    firm = ~np.isin(stretch, cut)
    links = coo_array((np.ones(int(firm.sum())), (start[firm], end[firm])), shape=whole)
    parts, part = connected_components(links, directed=False)
    met = np.zeros(graph.nodes, dtype=np.bool_)
    met[start] = met[end] = True
    root = int(np.bincount(part[met]).argmax())
    core = int(np.flatnonzero(met & (part == root))[0])
    ends = np.stack([part[graph.edge_from[cut]], part[graph.edge_to[cut]]])
    tree = coo_array((np.ones(len(cut)), (ends[0], ends[1])), shape=(parts, parts)).tocsr()
    order, towards = breadth_first_order(tree, root, directed=False)
    # The end further from the core; -1 for a cut stretch of another piece.
    far = np.where(towards[ends[1]] == ends[0], ends[1], -1)
    far = np.where(towards[ends[0]] == ends[1], ends[0], far)
    mine = far >= 0
    cut, far = cut[mine], far[mine]
    held = at_edge >= 0
    own = _stretch_of(graph, at_edge[held])
    place = np.minimum(np.searchsorted(cut, own), max(len(cut) - 1, 0))
    on_cut = cut[place] == own if len(cut) else np.zeros(len(own), dtype=np.bool_)
    where = np.where(on_cut, far[place] if len(cut) else 0, part[graph.edge_from[own]])
    total = np.zeros((parts, values.shape[1]), dtype=np.int64)
    np.add.at(total, where, values[held])
    for one in order[:0:-1].tolist():  # leaves first; the root is the first of the order
        total[towards[one]] += total[one]
    return Severed(cut, total[far], core)


def alike(graph: RoadGraph, edges: Int32s, code: Ints) -> list[Int32s]:
    """Edges that hang together by junctions and have the same code, as groups; each sorted."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(edges)
    if count == 0:
        return []
    keys = np.concatenate([graph.edge_from[edges], graph.edge_to[edges]]).astype(np.int64)
    keys = keys * (int(code.max()) + 1) + np.concatenate([code, code])
    _, junction = np.unique(keys, return_inverse=True)
    size = count + int(junction.max()) + 1
    rows = np.concatenate([np.arange(count), np.arange(count)])
    links = coo_array((np.ones(2 * count), (rows, count + junction)), shape=(size, size))
    _, group = connected_components(links, directed=False)
    order = np.argsort(group[:count], kind="stable")
    breaks = np.flatnonzero(np.diff(group[:count][order])) + 1
    return sorted(
        (np.sort(edges[rows]) for rows in np.split(order, breaks)), key=lambda g: int(g[0])
    )


def both_directions(graph: RoadGraph, edges: Int32s) -> Int32s:
    """These edges and the same stretches in the other direction, sorted, each once."""
    mate = graph.mate[edges]
    return np.unique(np.concatenate([edges, mate[mate >= 0]])).astype(np.int32)


def _stretch_of(graph: RoadGraph, edges: Int32s) -> Int32s:
    """The lower number of the two directions of each edge."""
    mate = graph.mate[edges]
    return np.where(mate >= 0, np.minimum(edges, mate), edges).astype(np.int32)


def _cut(graph: RoadGraph, stretch: Int32s) -> Int32s:
    """The stretches whose loss parts two junctions: networkx.bridges, less those side by side."""
    import networkx as nx

    ends = np.stack([graph.edge_from[stretch], graph.edge_to[stretch]])
    low, high = ends.min(axis=0).astype(np.int64), ends.max(axis=0)
    pair, first, count = np.unique(low * graph.nodes + high, return_index=True, return_counts=True)
    simple = nx.Graph()
    ways = np.stack([pair // graph.nodes, pair % graph.nodes], axis=1)
    simple.add_edges_from(ways.tolist())
    found = np.array([sorted(one) for one in nx.bridges(simple)], dtype=np.int64).reshape(-1, 2)
    place = np.searchsorted(pair, found[:, 0] * graph.nodes + found[:, 1])
    single: Bools = count[place] == 1
    return np.sort(stretch[first[place[single]]])
