"""One search gives every time: backwards for what comes, forwards for where people go.

Times are whole milliseconds. A request brings its own weights (closures are a copy with -1 written
in); nothing is kept between requests. Every weight is at least 1 ms, so the edges of a fastest way
follow from the times alone (``routing/paths.py``) and no search needs to write them down.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo.checks import impossible
from routing.buckets import CROWDED, UInts, fill, layout, sweep
from routing.changes import Changes
from routing.graph import RoadGraph, Weights
from routing.network import Network
from routing.table import Floats, Int32s, Ints

UNREACHED = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """Where a search starts: states with the time (and metres) already spent there.

    ``edge`` is the edge on which that time is spent, -1 for a start at the node itself.
    """

    state: Int32s  # (s,)
    ms: Ints  # (s,)
    metres: Floats  # (s,)
    edge: Int32s  # (s,)
    origin: Int32s  # (s,) which of several origins

    def same(self, other: Seeds) -> bool:
        """Whether a search from these is a search from the others."""
        ours, theirs = (np.stack([one.state, one.ms, one.edge]) for one in (self, other))
        return ours.shape == theirs.shape and bool((ours == theirs).all())


@dataclass(frozen=True, eq=False)
class Tree:
    """The outcome of one search: the time from each state to the origin (backwards), or from the
    origin to each state (forwards). Never changed once it is made."""

    network: Network
    backwards: bool
    label: UInts  # (s,) the times as found, its type's largest number where not reached
    seeds: Seeds
    limit_ms: int | None

    @cached_property
    def ms(self) -> Ints:
        """(s,) by state; UNREACHED where no open road leads within the limit."""
        return self._plain(self.label)

    def at(self, states: npt.NDArray[np.integer]) -> Ints:
        """The times of some states, as :attr:`ms` has them."""
        return self._plain(self.label[states])

    def _plain(self, label: UInts) -> Ints:
        plain = label.astype(np.int64)
        return np.where(label == np.iinfo(self.label.dtype).max, UNREACHED, plain)


def search(
    network: Network,
    weight: Int32s,
    seeds: Seeds,
    *,
    backwards: bool,
    limit_ms: int | None = None,
) -> Tree:
    """Times between the seeds and every state within the limit.

    ``weight`` is in the order of the network's rows (``rev`` backwards, ``fwd`` forwards),
    negative where an edge is closed. The result equals Dijkstra's exactly, several seeds and
    parallel edges included. Labels have 32 bits (49 days) where that suffices, else 64.
    """
    label: UInts = np.full(len(network.node_of), 2**32 - 1, dtype=np.uint32)
    if not spread(network, weight, seeds, label, backwards=backwards, limit_ms=limit_ms):
        label = np.full(len(network.node_of), 2**64 - 1, dtype=np.uint64)
        spread(network, weight, seeds, label, backwards=backwards, limit_ms=limit_ms)
    label.setflags(write=False)
    return Tree(network, backwards, label, seeds, limit_ms)


def spread(
    network: Network,
    weight: Int32s,
    seeds: Seeds,
    label: UInts,
    *,
    backwards: bool,
    limit_ms: int | None,
    rim: tuple[Int32s, Ints] | None = None,
) -> bool:
    """Lower labels from the seeds on (and from a rim of states with their times).

    False where the labels are not to be used: their type may be too narrow for them.
    """
    states, spent = seeds.state, seeds.ms
    if rim is not None:
        states, spent = np.concatenate([states, rim[0]]), np.concatenate([spent, rim[1]])
    if not len(states):
        return True
    order = np.argsort(spent, kind="stable")
    widest = int(weight.max(initial=0))
    shift, slots = layout(widest)
    most = int(np.iinfo(label.dtype).max)
    limit = UNREACHED - 1 if limit_ms is None else max(limit_ms, 0)
    if int(spent.max()) >= most:
        return False
    if backwards:
        ptr, stop, head = network.rev_ptr, network.rev_stop, network.rev_node
    else:
        ptr, stop, head = network.fwd_ptr, network.fwd_stop, network.fwd_node
    if rim is not None:  # a repair lowers few labels, wherever they are
        stop = ptr[1:]
    ends, turns = ptr.view(np.uint32), stop.view(np.uint32)
    rows = (head.view(np.uint32), weight.view(np.uint32))
    room = 2 * len(network.node_of) + len(head)
    while True:
        bound = int(
            sweep(
                ends,
                turns,
                *rows,
                states[order].astype(np.uint32),
                spent[order].astype(np.uint64),
                np.uint64(limit),
                np.uint64(shift),
                slots,
                room,
                label,
            )
        )
        if bound == CROWDED:
            if rim is not None:
                return False
            room *= 4
            label[:] = most
            continue
        if rim is None:
            bearing = network.bearing.view(np.uint32)
            last = fill(bearing, turns, ends, *rows, np.uint64(limit), np.uint64(most), label)
            bound = max(bound, int(last))
        return bound + widest < most


def whole_limit(limit_s: float | None) -> int | None:
    """A limit in whole milliseconds; None: there is none, as where it is beyond all times that
    can be told. Raises InvalidInput for one that is not a number, or below zero."""
    if limit_s is None:
        return None
    if not limit_s >= 0:  # NaN too
        raise impossible("limit_s", limit_s)
    return int(limit_s * 1000 + 1e-6) if limit_s < UNREACHED / 1000 else None


def weights_by_edge(weights: Weights, changes: Changes) -> Int32s:
    """(e,) a profile's milliseconds under the changes of one question, -1 where none may pass."""
    if not changes:
        return weights.ms
    mine = weights.ms.copy()
    mine[changes.edge] = changes.ms
    mine.setflags(write=False)
    return mine


def weights_by_arc(
    network: Network, weights: Weights, changes: Changes, *, backwards: bool
) -> Int32s:
    """(arcs,) the same in the order in which a search reads them."""
    own = weights.rev if backwards else weights.fwd
    if not changes:
        return own
    mine = own.copy()
    count = network.arc_ptr[changes.edge + 1] - network.arc_ptr[changes.edge]
    mine[network.arcs(changes.edge, backwards=backwards)] = np.repeat(changes.ms, count)
    mine.setflags(write=False)
    return mine


def fresh(
    graph: RoadGraph,
    profile: str,
    seeds: Seeds,
    changes: Changes,
    *,
    backwards: bool,
    limit_ms: int | None = None,
) -> Tree:
    """The tree of a profile under the changes of one question, searched from nothing."""
    network = graph.network(profile)
    weight = weights_by_arc(network, graph.weights[profile], changes, backwards=backwards)
    return search(network, weight, seeds, backwards=backwards, limit_ms=limit_ms)
