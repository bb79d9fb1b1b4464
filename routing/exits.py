"""How places on roads join the network: by which states, and after how many milliseconds.

A blocked stretch stops only whoever must pass it: a place before the block still leaves by its own
end of the edge, one behind it by the other; a place inside has no way out and none in.

**Time on a part of an edge.** ``spent(f) = floor(f * ms + 0.5)`` from its start to the fraction
``f``, and ``ms - spent(f)`` from there to its end, so that parts add up to the whole. Against the
stretch the other direction's own ``ms`` counts, with ``1 - f``. On the open part of an edge that
is blocked elsewhere the profile's own ``ms`` counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing.changes import Changes
from routing.graph import RoadGraph, Weights
from routing.network import Network
from routing.search import UNREACHED, Seeds, Tree
from routing.snap import Snaps
from routing.table import Bools, Floats, Int32s, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Exits:
    """(k, 2) how places join the network: by their edge's end and start node.

    Leaving: to the end node along ``edge``, to the start node along the mate. Arriving: from the
    end node along the mate, from the start node along ``edge``. ``ok`` False where blocked.
    """

    leaving: bool
    edge: Int32s  # -1 at the node itself
    node: Int32s
    ms: Ints
    metres: Floats
    ok: Bools

    def states(self, network: Network) -> tuple[Ints, Int32s]:
        """The states by which each exit joins the network: its place in the flat ``(k, 2)``
        order, and the state; those of an exit in ascending order.

        Who leaves along an edge reaches the state of one who began there, and from a node may go
        any way; who arrives may come in whichever state allows it.
        """
        if self.leaving:
            flat = np.flatnonzero(self.ok)
            edge, node = self.edge.ravel()[flat], self.node.ravel()[flat]
            return flat, np.where(edge >= 0, network.after[edge], network.state_of[node])
        by_edge = np.flatnonzero(self.ok & (self.edge >= 0))
        edge = self.edge.ravel()[by_edge]
        count = network.arc_ptr[edge + 1] - network.arc_ptr[edge]
        first = network.rev_node[network.arcs(edge, backwards=True)]
        by_node = np.flatnonzero(self.ok & (self.edge < 0))
        node = self.node.ravel()[by_node]
        begin = network.states_ptr[node].astype(np.int64)
        many = network.states_ptr[node + 1] - begin
        nth = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
        second = network.states[np.repeat(begin, many) + nth]
        flat = np.concatenate([np.repeat(by_edge, count), np.repeat(by_node, many)])
        return flat, np.concatenate([first, second])

    def seeds(self, network: Network) -> Seeds:
        """Every open exit as the start of a search; ``origin`` is the place."""
        flat, state = self.states(network)
        columns = (self.ms.ravel()[flat], self.metres.ravel()[flat], self.edge.ravel()[flat])
        return Seeds(state.astype(np.int32), *columns, (flat // 2).astype(np.int32))

    def read(self, tree: Tree) -> tuple[Ints, Int32s]:
        """(k, 2) the time between each exit's place and the origin, UNREACHED where none; and the
        state by which, -1 likewise. Of equal times the state that comes first."""
        time = np.full(self.ok.size, UNREACHED, dtype=np.int64)
        by = np.full(self.ok.size, -1, dtype=np.int32)
        flat, state = self.states(tree.network)
        found = tree.at(state)
        if not self.leaving:
            order = np.lexsort((state, found, flat))
            order = order[np.diff(flat[order], prepend=-1) > 0]
            flat, state, found = flat[order], state[order], found[order]
        known = found < UNREACHED
        flat = flat[known]
        time[flat] = found[known] + self.ms.ravel()[flat]
        by[flat] = state[known]
        return time.reshape(self.ok.shape), by.reshape(self.ok.shape)


def exits(
    graph: RoadGraph, profile: str, snaps: Snaps, changes: Changes, *, leaving: bool
) -> Exits:
    """How places leave for, or are reached from, the nodes at the ends of their edge."""
    edge, mate, fraction = snaps.edge, snaps.mate, snaps.fraction
    known = edge >= 0
    weights = graph.weights[profile]
    along = np.where(known, weights.ms[edge], -1)
    against = np.where(mate >= 0, weights.ms[mate], -1)
    bound = np.zeros((2, len(edge)), dtype=np.bool_)
    met = np.flatnonzero(_met(changes, edge) | _met(changes, mate))
    if len(met):  # few places stand on an edge that changes
        e, m, f = edge[met], mate[met], fraction[met]
        along[met] = np.where(known[met], part_ms(weights, changes, e), -1)
        against[met] = np.where(m >= 0, part_ms(weights, changes, m), -1)
        none, whole = np.zeros(len(met)), np.ones(len(met))
        if leaving:
            bound[:, met] = blocked(changes, e, f, whole), blocked(changes, m, 1 - f, whole)
        else:
            bound[:, met] = blocked(changes, m, none, 1 - f), blocked(changes, e, none, f)
    length = graph.length_m[edge]
    near = spent(fraction, along)  # from the start, along the edge
    back = spent(1 - fraction, against)  # from the end, along the mate
    if leaving:
        to_end, to_start = (along - near, edge, along), (against - back, mate, against)
    else:
        to_end, to_start = (back, mate, against), (near, edge, along)
    end_ok, start_ok = (to_end[2] >= 0) & ~bound[0], (to_start[2] >= 0) & ~bound[1]
    at_start, at_end = known & (fraction == 0), known & (fraction == 1)
    at_node = np.stack([at_end, at_start], axis=1)
    inside = (known & ~at_start & ~at_end)[:, None]
    return Exits(
        leaving=leaving,
        edge=np.where(at_node, -1, np.stack([to_end[1], to_start[1]], axis=1)).astype(np.int32),
        node=np.stack([graph.edge_to[edge], graph.edge_from[edge]], axis=1),
        ms=np.where(at_node, 0, np.stack([to_end[0], to_start[0]], axis=1)).astype(np.int64),
        metres=np.stack([(1 - fraction) * length, fraction * length], axis=1),
        ok=at_node | (inside & np.stack([end_ok, start_ok], axis=1)),
    )


def spent(fraction: Floats, ms: npt.ArrayLike) -> Ints:
    """Whole milliseconds from an edge's start to a fraction along it."""
    return np.floor(fraction * np.asarray(ms, dtype=np.float64) + 0.5).astype(np.int64)


def part_ms(weights: Weights, changes: Changes, edges: Int32s) -> Int32s:
    """(k,) the milliseconds that count on the open parts of some edges."""
    base = weights.ms[edges]
    if not changes:
        return base
    place = np.minimum(np.searchsorted(changes.edge, edges), len(changes.edge) - 1)
    new = np.where(changes.edge[place] == edges, changes.ms[place], -1)
    return np.where((new >= 0) & (base >= 0), new, base)


def _met(changes: Changes, edges: Int32s) -> Bools:
    """(k,) whether an edge is among those that change."""
    if not changes:
        return np.zeros(len(edges), dtype=np.bool_)
    place = np.minimum(np.searchsorted(changes.edge, edges), len(changes.edge) - 1)
    return changes.edge[place] == edges


def blocked(changes: Changes, edges: Int32s, low: Floats, high: Floats) -> Bools:
    """(k,) whether something on an edge blocks the way from one fraction to another, both of
    them included."""
    first = np.searchsorted(changes.block_edge, edges, side="left")
    count = np.searchsorted(changes.block_edge, edges, side="right") - first
    out = np.zeros(len(edges), dtype=np.bool_)
    for nth in range(int(count.max(initial=0))):
        mine = np.flatnonzero(count > nth)
        block = first[mine] + nth
        meets = changes.block_start[block] <= high[mine]
        out[mine] |= meets & (changes.block_end[block] >= low[mine])
    return out
