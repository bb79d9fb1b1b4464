"""The edges of fastest ways, read off a tree of times, many ways at once.

Weights are at least 1 ms, so the way on from a state is any edge whose weight is the difference of
the times at its ends; of several, the one with the smallest index, so that a way is the same
however its times were found. A state where the search started is the end of its way.
"""

from __future__ import annotations

import numpy as np

from routing.buckets import UInts
from routing.graph import RoadGraph
from routing.jit import fast
from routing.network import Network
from routing.search import Tree
from routing.table import Bools, Floats, Int32s, Ints


def edge_paths(
    graph: RoadGraph, network: Network, ms_by_edge: Int32s, tree: Tree, states: Int32s
) -> tuple[Ints, Int32s]:
    """The whole edges between each of these states and the origin, in travel order.

    ``ms_by_edge`` is what the tree was searched with. The edges of way ``w`` are
    ``edges[ptr[w]:ptr[w + 1]]``; none for a state where the search started, nor for one that is
    not reached (or -1).
    """
    ptr, edges, _ = ways(network, ms_by_edge, tree, states)
    return ptr, edges


def ways(
    network: Network, ms_by_edge: Int32s, tree: Tree, states: Int32s
) -> tuple[Ints, Int32s, Int32s]:
    """As :func:`edge_paths`, and the state at the origin's end of each way; -1 where none."""
    step, prior = _step(network, ms_by_edge, tree, states)
    count = np.zeros(len(states), dtype=np.int64)
    root = np.full(len(states), -1, dtype=np.int32)
    _measure(states, step, prior, count, root)
    ptr = np.concatenate([[0], np.cumsum(count)])
    edges = np.empty(int(ptr[-1]), dtype=np.int32)
    _write(states, step, prior, tree.backwards, ptr, edges)
    return ptr, edges, root


def metres_of(
    graph: RoadGraph, network: Network, ms_by_edge: Int32s, tree: Tree, states: Int32s
) -> Floats:
    """(k,) metres along the road between these states and the origin; nan where not reached."""
    step, prior = _step(network, ms_by_edge, tree, states)
    out = np.full(len(network.node_of), np.nan)
    seeds = tree.seeds
    for index in range(len(seeds.state) - 1, -1, -1):
        if tree.at(seeds.state[index]) == seeds.ms[index]:
            out[seeds.state[index]] = seeds.metres[index]
    _metres(states, step, prior, graph.length_m, out)
    return np.where(states >= 0, out[states], np.nan)


def roots_of(tree: Tree) -> Bools:
    """(s,) the states from which the search started: no other way is faster there."""
    roots = np.zeros(len(tree.network.node_of), dtype=np.bool_)
    own = tree.seeds.state[tree.at(tree.seeds.state) == tree.seeds.ms]
    roots[own] = True
    return roots


def _step(
    network: Network, ms_by_edge: Int32s, tree: Tree, states: Int32s
) -> tuple[Int32s, Int32s]:
    """(s,) the edge between each state on these ways and the next one to the origin, and that
    state; -1 at a root and on no way. Each state is looked at once, however many ways share it."""
    count = len(network.node_of)
    step = np.full(count, -1, dtype=np.int32)
    prior = np.full(count, -1, dtype=np.int32)
    if tree.backwards:
        rows = (network.fwd_ptr, network.fwd_node, network.fwd_edge)
    else:
        rows = (network.rev_ptr, network.rev_node, network.rev_edge)
    none = np.uint64(np.iinfo(tree.label.dtype).max)
    _look(*rows, ms_by_edge, tree.label, none, roots_of(tree), states, step, prior)
    return step, prior


@fast
def _look(
    ptr: Int32s,
    node: Int32s,
    edge: Int32s,
    weight: Int32s,
    label: UInts,
    none: np.uint64,
    roots: Bools,
    states: Int32s,
    step: Int32s,
    prior: Int32s,
) -> None:
    """Follow each way until it meets one that was followed before."""
    for index in range(len(states)):
        state = states[index]
        if state < 0 or np.uint64(label[state]) == none:
            continue
        while step[state] < 0 and not roots[state]:
            own = np.uint64(label[state])
            for arc in range(ptr[state], ptr[state + 1]):
                ms = weight[edge[arc]]
                other = np.uint64(label[node[arc]])
                if ms < 0 or other >= own or other + np.uint64(ms) != own:
                    continue
                before = step[state]
                if (
                    before < 0
                    or edge[arc] < before
                    or (edge[arc] == before and node[arc] < prior[state])
                ):
                    step[state] = edge[arc]
                    prior[state] = node[arc]
            state = prior[state]


@fast
def _measure(states: Int32s, step: Int32s, prior: Int32s, count: Ints, root: Int32s) -> None:
    """How many edges each way has, and where it ends."""
    for index in range(len(states)):
        state = states[index]
        while state >= 0 and step[state] >= 0:
            count[index] += 1
            state = prior[state]
        root[index] = state


@fast
def _write(
    states: Int32s, step: Int32s, prior: Int32s, backwards: bool, ptr: Ints, edges: Int32s
) -> None:
    """The edges of each way; those of a forward search are met last edge first."""
    for index in range(len(states)):
        state = states[index]
        place = ptr[index] if backwards else ptr[index + 1] - 1
        while state >= 0 and step[state] >= 0:
            edges[place] = step[state]
            place += 1 if backwards else -1
            state = prior[state]


@fast
def _metres(states: Int32s, step: Int32s, prior: Int32s, length: Floats, out: Floats) -> None:
    """Walk each way to the first state whose metres are known, then fill in on the way back."""
    stack = np.empty(len(step) + 1, dtype=np.int32)
    for index in range(len(states)):
        state = states[index]
        top = 0
        while state >= 0 and np.isnan(out[state]) and step[state] >= 0:
            stack[top] = state
            top += 1
            state = prior[state]
        while top > 0:
            top -= 1
            child = stack[top]
            out[child] = out[state] + length[step[child]]
            state = child
