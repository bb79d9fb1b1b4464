"""The adjacency that searches run on: states laid out along a Hilbert curve, arcs between them.

A *state* is a graph node, or a graph node in which one may not go everywhere because of how one
came: behind a turn restriction, at a barrier. An *arc* is an edge taken from one state to another;
an edge that leaves a node with several states has several arcs. States that lie together on the
ground have numbers that lie together, so that a search that spreads finds them in the cache; those
of dead-end trees (``routing/peeling.py``) come behind all others, tree by tree, root outwards.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from routing.peeling import peel
from routing.table import Bools, Floats, Int32s, Ints

_HILBERT_BITS = 16  # 65,536 cells a side: about a metre in a city


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """``s`` states of ``n`` graph nodes, and arcs as compressed rows forwards and backwards.

    ``fwd_arc`` and ``rev_arc`` list the same arcs in the same order, edge by edge: the arcs of
    edge ``i`` are ``fwd_arc[arc_ptr[i]:arc_ptr[i + 1]]``, and the states from which the edge may
    be taken ``rev_node[rev_arc[arc_ptr[i]:arc_ptr[i + 1]]]``.
    """

    node_of: Int32s  # (s,) the graph node of each state
    state_of: Int32s  # (n,) the free state of each graph node: every edge may be taken
    states_ptr: Int32s  # (n + 1,)
    states: Int32s  # (s,) all states of each graph node, its free one first
    fwd_ptr: Int32s  # (s + 1,) what leaves a state
    fwd_node: Int32s  # (arcs,) the state where an arc leads
    fwd_edge: Int32s  # (arcs,) ascending in each row up to its stop, and again from there
    fwd_stop: Int32s  # (s,) where in its row the arcs begin that lead out along a dead-end tree
    rev_ptr: Int32s  # (s + 1,) what enters a state
    rev_node: Int32s  # (arcs,) the state where an arc comes from
    rev_edge: Int32s
    rev_stop: Int32s
    bearing: Int32s  # (b,) the states on which dead ends hang, each before those that hang on it
    arc_ptr: Int32s  # (e + 1,)
    fwd_arc: Int32s  # (arcs,) places in fwd_*
    rev_arc: Int32s  # (arcs,) places in rev_*
    after: Int32s  # (e,) the state of someone who began on this edge; -1: not in this network
    word_ptr: Int32s  # (w + 1,) the forbidden sequences of edges that the states keep to
    word_edge: Int32s

    def arcs(self, edges: Int32s, *, backwards: bool) -> Ints:
        """The places of these edges' arcs in ``rev_*`` (backwards) or ``fwd_*``."""
        first, last = self.arc_ptr[edges].astype(np.int64), self.arc_ptr[edges + 1]
        count = last - first
        ends = np.cumsum(count)
        within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - count, count)
        own = self.rev_arc if backwards else self.fwd_arc
        return own[np.repeat(first, count) + within].astype(np.int64)

    def words(self) -> tuple[tuple[int, ...], ...]:
        """The sequences of edges that nobody drives in this network (``routing/turns.py``)."""
        edges = self.word_edge.tolist()
        return tuple(tuple(edges[a:b]) for a, b in pairwise(self.word_ptr.tolist()))


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """States and arcs in any order; the states of a node in ascending order, its free one first.

    States 0 to n - 1 are the free states of the graph nodes of the same number.
    """

    node: Int32s  # (s,)
    tail: Int32s  # (arcs,) states
    head: Int32s  # (arcs,)
    edge: Int32s  # (arcs,)
    after: Int32s  # (e,)


def free_moves(nodes: int, start: Int32s, end: Int32s, usable: Bools) -> Moves:
    """One state for each node, and every usable edge from it: nothing is forbidden."""
    edge = np.flatnonzero(usable).astype(np.int32)
    after = np.where(usable, end, -1).astype(np.int32)
    return Moves(np.arange(nodes, dtype=np.int32), start[edge], end[edge], edge, after)


def lay_out(
    moves: Moves, lon: Floats, lat: Floats, words: Collection[tuple[int, ...]] = ()
) -> Network:
    """The network of these moves, its states numbered along a Hilbert curve over the nodes.

    ``words`` are what the moves keep to, told for whoever asks. Nodes without an arc (a footpath's
    in a network of vehicles) come behind those that lead somewhere.
    """
    states, nodes = len(moves.node), len(lon)
    idle = np.ones(states, dtype=bool)
    idle[moves.tail] = idle[moves.head] = False
    rank = np.empty(nodes, dtype=np.int64)
    rank[np.argsort(hilbert(lon, lat), kind="stable")] = np.arange(nodes)
    tree = peel(states, moves.tail, moves.head)
    along = rank[moves.node[tree.root]]
    # The old number of each new state: the rest, what has no arcs, the dead ends.
    group = np.where(tree.parent >= 0, 2, idle)
    order = np.lexsort((np.arange(states), tree.outward, along, group))
    number = np.empty(states, dtype=np.int32)
    number[order] = np.arange(states, dtype=np.int32)
    bears = np.zeros(states, dtype=bool)
    bears[tree.parent[tree.parent >= 0]] = True
    bearing = np.flatnonzero(bears)
    bearing = bearing[np.lexsort((tree.outward[bearing], along[bearing]))]
    outward = tree.parent[moves.head] == moves.tail  # a search forwards goes out by it
    inward = tree.parent[moves.tail] == moves.head
    tail, head, edge = number[moves.tail], number[moves.head], moves.edge
    forwards = np.lexsort((edge, outward, tail))
    backwards = np.lexsort((tail, edge, inward, head))
    by_edge = np.lexsort((tail, edge))
    by_node = np.lexsort((np.arange(states), moves.node))
    fwd_ptr, rev_ptr = _rows(tail, states), _rows(head, states)
    told = sorted(words)
    return Network(
        node_of=_frozen(moves.node[order]),
        state_of=_frozen(number[:nodes]),
        states_ptr=_frozen(_rows(moves.node, nodes)),
        states=_frozen(number[by_node]),
        fwd_ptr=_frozen(fwd_ptr),
        fwd_node=_frozen(head[forwards]),
        fwd_edge=_frozen(edge[forwards]),
        fwd_stop=_frozen(fwd_ptr[1:] - np.bincount(tail[outward], minlength=states)),
        rev_ptr=_frozen(rev_ptr),
        rev_node=_frozen(tail[backwards]),
        rev_edge=_frozen(edge[backwards]),
        rev_stop=_frozen(rev_ptr[1:] - np.bincount(head[inward], minlength=states)),
        bearing=_frozen(number[bearing]),
        arc_ptr=_frozen(_rows(edge, len(moves.after))),
        fwd_arc=_frozen(_places(forwards)[by_edge]),
        rev_arc=_frozen(_places(backwards)[by_edge]),
        after=_frozen(np.where(moves.after >= 0, number[moves.after], -1) if states else []),
        word_ptr=_frozen(np.cumsum([0, *map(len, told)])),
        word_edge=_frozen([edge for word in told for edge in word]),
    )


def hilbert(lon: Floats, lat: Floats) -> Ints:
    """How far along a Hilbert curve over their bounds these places lie.

    The usual walk down the quadrants (Hamilton, "Compact Hilbert Indices", 2006, in two
    dimensions), every place at once.
    """
    if not len(lon):
        return np.zeros(0, dtype=np.int64)
    shrink = max(float(np.cos(np.radians(lat.mean()))), 0.01)
    east, north = (lon - lon.min()) * shrink, lat - lat.min()
    widest = max(float(east.max()), float(north.max()), 1e-12)
    most = (1 << _HILBERT_BITS) - 1
    x = np.minimum(east / widest * most, most).astype(np.int64)
    y = np.minimum(north / widest * most, most).astype(np.int64)
    along = np.zeros(len(lon), dtype=np.int64)
    for bit in range(_HILBERT_BITS - 1, -1, -1):
        side = 1 << bit
        right, up = (x & side) > 0, (y & side) > 0
        along += side * side * ((3 * right) ^ up)
        x, y = x & (side - 1), y & (side - 1)
        turned = right & ~up
        x, y = np.where(turned, side - 1 - x, x), np.where(turned, side - 1 - y, y)
        x, y = np.where(up, x, y), np.where(up, y, x)
    return along


def _rows(owner: Int32s, count: int) -> Ints:
    """Where each owner's items begin, and where the last ends."""
    return np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))])


def _places(order: npt.NDArray[np.intp]) -> Ints:
    """The place of each item in an order."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def _frozen(values: npt.ArrayLike) -> Any:
    array = np.array(values, dtype=np.int32, order="C")
    array.setflags(write=False)
    return array
