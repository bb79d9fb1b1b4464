"""Contracting chains: raw segments between neighbouring vertices become edges between junctions.

Everything here works on whole arrays. Segment ``s`` has two half-edges, ``2s`` along its vertices
and ``2s + 1`` against them; a chain is a run of half-edges through nodes where nothing happens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from routing.table import Bools, Int32s, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Straight pieces between neighbouring vertices, ``s`` of them."""

    tail: Ints  # (s,) raw node
    head: Ints  # (s,)
    attribute: Int32s  # (s,)
    oneway: Bools  # (s,) tail to head only


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Directed chains between graph nodes; half-edges of all of them, one chain after another."""

    half: Ints  # half-edges, chain by chain in travel direction
    start: Ints  # (c + 1,)
    reverse: Int32s  # (c,) the same chain the other way; -1: may not be driven that way
    piece: Int32s  # (p,) connected piece of each raw node


def pieces(nodes: int, segments: Segments) -> Int32s:
    """The connected piece of every raw node, one-way or not (arbitrary numbers)."""
    if not nodes:
        return np.zeros(0, dtype=np.int32)
    links = np.ones(len(segments.tail), dtype=np.int8)
    graph = coo_matrix((links, (segments.tail, segments.head)), shape=(nodes, nodes))
    return connected_components(graph, directed=False)[1]


def contract(nodes: int, segments: Segments, kept: Ints | None = None) -> Chains:
    """Chains between junctions, ends, and nodes where an attribute or a direction changes.

    The raw nodes in ``kept`` stay graph nodes too.
    """
    tail = np.column_stack([segments.tail, segments.head]).ravel()  # (2s,) where a half starts
    head = np.column_stack([segments.head, segments.tail]).ravel()
    piece = pieces(nodes, segments)
    through = _through_nodes(nodes, segments, tail, piece, kept)
    follow = _following(nodes, tail, head, through)
    first, rank, final = _walk(follow)
    leads = ~through[tail[first]]  # every half-edge lies on a chain that starts at a graph node
    open_half = np.column_stack([np.ones(len(segments.tail), dtype=bool), ~segments.oneway]).ravel()
    mine = np.flatnonzero(leads & open_half)
    order = mine[np.lexsort((rank[mine], first[mine]))]
    heads = np.flatnonzero(rank[order] == 0)
    start = np.append(heads, len(order)).astype(np.int64)
    chain_of_start = np.full(len(tail), -1, dtype=np.int32)
    leaders = order[heads]
    chain_of_start[leaders] = np.arange(len(leaders), dtype=np.int32)
    reverse = chain_of_start[final[leaders] ^ 1] if len(leaders) else np.zeros(0, dtype=np.int32)
    return Chains(half=order, start=start, reverse=reverse, piece=piece)


def _through_nodes(
    nodes: int, segments: Segments, tail: Ints, piece: Int32s, kept: Ints | None
) -> Bools:
    """Raw nodes at which a chain just goes on: two segments, alike, one-way in the same sense."""
    degree = np.bincount(tail, minlength=nodes)
    count = len(segments.tail)
    through = degree == 2
    # Of the two half-edges that leave a node of degree two, the sums tell whether they are alike.
    by_node = np.argsort(tail, kind="stable")
    two = by_node[through[tail[by_node]]].reshape(-1, 2)
    a, b = two[:, 0], two[:, 1]
    same = segments.attribute[a >> 1] == segments.attribute[b >> 1]
    # A one-way chain enters by one segment (its odd half leaves) and goes on by the other's even.
    same &= ~segments.oneway[a >> 1] | ((a & 1) != (b & 1))
    # A segment there and back between two nodes (a loop of two) keeps both as graph nodes.
    same &= (a >> 1) != (b >> 1)
    through[tail[a[~same]]] = False
    if kept is not None:
        through[kept] = False
    # A ring without a junction has to begin somewhere: at its node of the smallest number.
    if count:
        has_node = np.zeros(int(piece.max()) + 1, dtype=bool)
        used = degree > 0
        has_node[piece[used & ~through]] = True
        rings = np.flatnonzero(used & ~has_node[piece])
        through[rings[np.unique(piece[rings], return_index=True)[1]]] = False
    return through


def _following(nodes: int, tail: Ints, head: Ints, through: Bools) -> Ints:
    """For each half-edge the one that goes on from its head; -1 where the chain ends."""
    by_node = np.argsort(tail, kind="stable")
    two = by_node[through[tail[by_node]]].reshape(-1, 2)
    leaving = np.full((nodes, 2), -1, dtype=np.int64)
    leaving[tail[two[:, 0]]] = two
    halves = np.arange(len(tail))
    a, b = leaving[head, 0], leaving[head, 1]
    return np.where(a == (halves ^ 1), b, a)


def _walk(follow: Ints) -> tuple[Ints, Ints, Ints]:
    """The first half-edge of each half-edge's chain, its place in it, and the chain's last.

    By pointer doubling: after i rounds each pointer has jumped 2**i half-edges, so a chain of
    a thousand vertices takes ten rounds over whole arrays.
    """
    halves = np.arange(len(follow))
    before = follow[halves ^ 1]
    before = np.where(before < 0, -1, before ^ 1)  # the half-edge that this one goes on from
    rank = (before >= 0).astype(np.int64)
    first = np.where(before < 0, halves, before)
    final = np.where(follow < 0, halves, follow)
    for _ in range(64):
        jump = first[first]
        if np.array_equal(jump, first):
            break
        rank = rank + rank[first]
        first = jump
    for _ in range(64):
        jump = final[final]
        if np.array_equal(jump, final):
            break
        final = jump
    return first, rank, final
