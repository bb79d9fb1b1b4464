"""One search gives every time: backwards for what comes, forwards for where people go.

Times are whole milliseconds in int64, so that no sum of int32 weights can overflow. A request
brings its own weights (closures are a copy with -1 written in); nothing is kept between requests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.graph import Network, RoadGraph, Weights
from routing.jit import fast
from routing.table import Floats, Int32s, Ints

UNREACHED = 2**62
_BUCKET_BITS = 9  # a bucket is 512 ms wide; 256 to 1,024 measured the same
_MOST_SLOT_BITS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """Where a search starts: nodes with the time (and metres) already spent there.

    ``edge`` is the edge on which that time is spent, -1 for a start at the node itself.
    """

    node: Int32s  # (s,)
    ms: Ints  # (s,)
    metres: Floats  # (s,)
    edge: Int32s  # (s,)
    origin: Int32s  # (s,) which of several origins


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """The outcome of one search.

    Backwards, ``ms`` is the time from each state to the origin and ``step`` the edge to take next;
    forwards, the time from the origin and the edge by which the state is reached.
    """

    network: Network
    backwards: bool
    ms: Ints  # (s,) by state; UNREACHED where no open road leads within the limit
    step: Int32s  # (s,) edge, -1 at a seed and where not reached
    prior: Int32s  # (s,) the state on the other side of that edge, -1 likewise
    seeds: Seeds

    def seed_at(self, state: int) -> int:
        """The seed that a way through this root state ends with."""
        own = self.network.state_of[self.seeds.node]
        fits = np.flatnonzero((own == state) & (self.seeds.ms == self.ms[state]))
        return int(fits[0])


def search(
    graph: RoadGraph,
    network: Network,
    weight: Int32s,
    seeds: Seeds,
    *,
    backwards: bool,
    limit_ms: int | None = None,
) -> Tree:
    """Times between the seeds and every state within the limit.

    ``weight`` is in the order of the network's rows (``rev`` backwards, ``fwd`` forwards),
    negative where an edge is closed. The result equals Dijkstra's exactly: zero weights, several
    seeds and parallel edges included.
    """
    ptr = network.rev_ptr if backwards else network.fwd_ptr
    node = network.rev_node if backwards else network.fwd_node
    edge = network.rev_edge if backwards else network.fwd_edge
    states = len(network.node_of)
    ms = np.full(states, UNREACHED, dtype=np.int64)
    arc = np.full(states, -1, dtype=np.int32)
    if len(seeds.node):
        widest = max(int(weight.max(initial=0)), int(seeds.ms.max()))
        shift = max(_BUCKET_BITS, widest.bit_length() - _MOST_SLOT_BITS)
        slots = 1 << max((widest >> shift) + 1, 1).bit_length()
        limit = UNREACHED - 1 if limit_ms is None else limit_ms
        least = np.lexsort((seeds.ms, seeds.node))
        least = least[np.diff(seeds.node[least], prepend=-1) > 0]
        start, spent = network.state_of[seeds.node[least]], seeds.ms[least]
        _search(ptr, node, weight, start, spent, limit, shift, slots, ms, arc)
    step = np.where(arc >= 0, edge[arc], -1).astype(np.int32) if len(edge) else arc
    owner = np.repeat(np.arange(states, dtype=np.int32), np.diff(ptr))
    prior = np.where(arc >= 0, owner[arc], -1).astype(np.int32) if len(edge) else arc
    return Tree(network, backwards, ms, step, prior, seeds)


def closed_weights(
    network: Network, weights: Weights, closed: Int32s, *, backwards: bool
) -> Int32s:
    """The weights of a profile with some edges closed, for one request."""
    own = weights.rev if backwards else weights.fwd
    if len(closed) == 0:
        return own
    mine = own.copy()
    mine[network.arcs(closed, backwards=backwards)] = -1
    mine.setflags(write=False)
    return mine


def metres_of(graph: RoadGraph, tree: Tree, nodes: Int32s) -> Floats:
    """(k,) metres along the road between these nodes and the origin; nan where not reached."""
    states = np.where(nodes >= 0, tree.network.state_of[nodes], -1).astype(np.int32)
    roots = np.full(len(tree.ms), np.nan)
    for index in range(len(tree.seeds.node) - 1, -1, -1):
        state = tree.network.state_of[tree.seeds.node[index]]
        if tree.step[state] < 0 and tree.ms[state] == tree.seeds.ms[index]:
            roots[state] = tree.seeds.metres[index]
    _metres(states, tree.step, tree.prior, graph.length_m, roots)
    return np.where(states >= 0, roots[states], np.nan)


@fast
def _search(
    ptr: Int32s,
    head: Int32s,
    weight: Int32s,
    seed_node: Int32s,
    seed_ms: Ints,
    limit: int,
    shift: int,
    slots: int,
    ms: Ints,
    arc: Int32s,
) -> None:
    """Circular bucket queue. A node stands in at most one bucket (linked both ways, so that it
    can be moved); labels are corrected inside a bucket, so that it may be wider than a step."""
    mask = slots - 1
    first = np.full(slots, -1, dtype=np.int32)
    after = np.empty(len(ms), dtype=np.int32)
    before = np.empty(len(ms), dtype=np.int32)
    slot_of = np.full(len(ms), -1, dtype=np.int32)
    queued = 0
    for index in range(len(seed_node)):  # each node once
        if seed_ms[index] <= limit:
            node = seed_node[index]
            ms[node] = seed_ms[index]
            slot = (seed_ms[index] >> shift) & mask
            after[node] = first[slot]
            before[node] = -1
            if first[slot] >= 0:
                before[first[slot]] = node
            first[slot] = node
            slot_of[node] = slot
            queued += 1
    bucket = 0
    while queued > 0:
        node = first[bucket & mask]
        if node < 0:
            bucket += 1
            continue
        first[bucket & mask] = after[node]
        if after[node] >= 0:
            before[after[node]] = -1
        slot_of[node] = -1
        queued -= 1
        reached = ms[node]
        for index in range(ptr[node], ptr[node + 1]):
            step = weight[index]
            if step < 0:
                continue
            other = head[index]
            candidate = reached + step
            if candidate >= ms[other] or candidate > limit:
                continue
            slot = slot_of[other]
            if slot >= 0:
                queued -= 1
                if before[other] >= 0:
                    after[before[other]] = after[other]
                else:
                    first[slot] = after[other]
                if after[other] >= 0:
                    before[after[other]] = before[other]
            ms[other] = candidate
            arc[other] = index
            slot = (candidate >> shift) & mask
            after[other] = first[slot]
            before[other] = -1
            if first[slot] >= 0:
                before[first[slot]] = other
            first[slot] = other
            slot_of[other] = slot
            queued += 1


@fast
def _metres(states: Int32s, step: Int32s, prior: Int32s, length: Floats, out: Floats) -> None:
    """Walk each way to the first node whose metres are known, then fill in on the way back."""
    stack = np.empty(len(step) + 1, dtype=np.int32)
    for index in range(len(states)):
        node = states[index]
        top = 0
        while node >= 0 and np.isnan(out[node]) and step[node] >= 0:
            stack[top] = node
            top += 1
            node = prior[node]
        while top > 0:
            top -= 1
            child = stack[top]
            out[child] = out[node] + length[step[child]]
            node = child
