"""A tree under new weights, made from the tree that stands: only what depends on the change is
searched again, and the outcome is that of a search from nothing.

Every weight is at least 1 ms, so each reached state has a neighbour nearer to the origin whose
time plus the weight between them is its own: it *leans* on it. What leans, directly or through
others, on a changed edge or a lost start loses its time; the rim of what kept its time, the
shortened edges and the new starts then lower times as in any search.
"""

from __future__ import annotations

import numpy as np

from routing.buckets import UInts
from routing.changes import Changes
from routing.graph import RoadGraph
from routing.jit import fast
from routing.network import Network
from routing.search import UNREACHED, Seeds, Tree, spread, weights_by_arc
from routing.table import Int32s, Ints

_MOST_LOOSE = 4  # beyond a quarter of all states a fresh search is no slower


def changed(graph: RoadGraph, profile: str, old: Changes, new: Changes) -> Int32s:
    """The edges whose milliseconds differ between two sets of changes, sorted."""
    edges = np.union1d(old.edge, new.edge).astype(np.int32)
    base = graph.weights[profile].ms
    return edges[_under(base, old, edges) != _under(base, new, edges)]


def repair(
    graph: RoadGraph,
    profile: str,
    tree: Tree,
    old: Changes,
    new: Changes,
    seeds: Seeds,
    edges: Int32s | None = None,
) -> Tree | None:
    """The tree of the same origin and limit under other changes; None where that would be no
    faster than a fresh search, or where the labels would not fit.

    ``old`` is what the tree was searched under; ``seeds`` are the starts under the new changes;
    ``edges`` what :func:`changed` gives, where it is known already.
    """
    network, weights = graph.network(profile), graph.weights[profile]
    if edges is None:
        edges = changed(graph, profile, old, new)
    if not len(edges) and seeds.same(tree.seeds):
        return tree
    count = network.arc_ptr[edges + 1] - network.arc_ptr[edges]
    before = np.repeat(_under(weights.ms, old, edges), count)
    after = np.repeat(_under(weights.ms, new, edges), count)
    tail, head = _ends(network, edges, backwards=tree.backwards)
    time, there = tree.at(tail), tree.at(head)
    leaning = (before >= 0) & (there < UNREACHED) & (there == time + before)
    doubt = np.concatenate([head[leaning], _lost(tree, seeds)]).astype(np.int32)
    label = tree.label.copy()
    none = np.uint64(np.iinfo(label.dtype).max)
    weight = weights_by_arc(network, weights, new, backwards=tree.backwards)
    rows = (network.fwd_ptr, network.fwd_node)
    rows_back = (network.rev_ptr, network.rev_node)
    outward, inward = (rows_back, rows) if tree.backwards else (rows, rows_back)
    loose = np.empty(len(label) // _MOST_LOOSE + len(doubt) + 1, dtype=np.int32)
    found = _loosen(*outward, weight, label, none, doubt, loose)
    if found < 0:
        return None
    rim = loose[:found]
    spent = np.full(found, UNREACHED, dtype=np.int64)
    inward_edge = network.fwd_edge if tree.backwards else network.rev_edge
    now = (new.edge.copy(), new.ms.copy())  # always writable: numba compiles once
    _rim(*inward, inward_edge, weights.ms, *now, label, none, rim, spent)
    # Of the edges that grew shorter, those that are entered from what kept its time.
    lower = (after >= 0) & ((before < 0) | (after < before))
    kept = Tree(network, tree.backwards, label, seeds, tree.limit_ms).at(tail[lower])
    short = np.where(kept < UNREACHED, kept + after[lower], UNREACHED)
    rim, spent = np.concatenate([rim, head[lower]]), np.concatenate([spent, short])
    known = spent < UNREACHED
    fits = spread(
        network,
        weight,
        seeds,
        label,
        backwards=tree.backwards,
        limit_ms=tree.limit_ms,
        rim=(rim[known], spent[known]),
    )
    if not fits:
        return None
    label.setflags(write=False)
    return Tree(network, tree.backwards, label, seeds, tree.limit_ms)


def _under(base: Int32s, changes: Changes, edges: Int32s) -> Int32s:
    """(k,) the milliseconds of some edges under changes."""
    if not changes:
        return base[edges]
    place = np.minimum(np.searchsorted(changes.edge, edges), len(changes.edge) - 1)
    return np.where(changes.edge[place] == edges, changes.ms[place], base[edges])


def _ends(network: Network, edges: Int32s, *, backwards: bool) -> tuple[Int32s, Int32s]:
    """The states between which a search crosses these edges' arcs: from, to."""
    forwards, reverse = (network.arcs(edges, backwards=way) for way in (False, True))
    start, end = network.rev_node[reverse], network.fwd_node[forwards]
    return (end, start) if backwards else (start, end)


def _lost(tree: Tree, seeds: Seeds) -> Int32s:
    """States whose time rests on a start that is no longer one, or a later one."""
    old = tree.seeds
    rests = tree.at(old.state) == old.ms
    kept = (old.state[:, None] == seeds.state) & (seeds.ms <= old.ms[:, None])
    return old.state[rests & ~kept.any(axis=1)]


@fast
def _loosen(
    ptr: Int32s,
    node: Int32s,
    weight: Int32s,
    label: UInts,
    none: np.uint64,
    doubt: Int32s,
    loose: Int32s,
) -> int:
    """List the states that lean on those in doubt, take their times away and count them.

    -1 when ``loose`` cannot hold them. An edge that grew shorter is in doubt itself where a state
    leans on it, so the new weights serve to follow the others.
    """
    marked = np.zeros(len(label), dtype=np.bool_)
    count = 0
    for index in range(len(doubt)):
        state = doubt[index]
        if not marked[state]:
            marked[state] = True
            loose[count] = state
            count += 1
    done = 0
    while done < count:
        state = loose[done]
        done += 1
        own = np.uint64(label[state])
        for arc in range(ptr[state], ptr[state + 1]):
            ms = weight[arc]
            other = node[arc]
            if ms < 0 or marked[other] or np.uint64(label[other]) != own + np.uint64(ms):
                continue
            if count == len(loose):
                return -1
            marked[other] = True
            loose[count] = other
            count += 1
    for index in range(count):
        label[loose[index]] = none
    return count


@fast
def _rim(
    ptr: Int32s,
    node: Int32s,
    edge: Int32s,
    base: Int32s,
    new_edge: Int32s,
    new_ms: Int32s,
    label: UInts,
    none: np.uint64,
    loose: Int32s,
    spent: Ints,
) -> None:
    """The least time of each loose state by way of a neighbour that kept its time.

    The weights are the base ones but for the few new ones, which are looked up: these states are
    too few to write out all weights in the order of these rows.
    """
    for index in range(len(loose)):
        state = loose[index]
        for arc in range(ptr[state], ptr[state + 1]):
            other = np.uint64(label[node[arc]])
            if other == none:
                continue
            ms = base[edge[arc]]
            low, high = 0, len(new_edge)
            while low < high:
                middle = (low + high) // 2
                if new_edge[middle] < edge[arc]:
                    low = middle + 1
                else:
                    high = middle
            if low < len(new_edge) and new_edge[low] == edge[arc]:
                ms = new_ms[low]
            if ms >= 0:
                spent[index] = min(spent[index], np.int64(other) + np.int64(ms))
