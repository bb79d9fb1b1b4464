"""Forbidden words of edges compiled into states and arcs.

The states are the words' proper prefixes, each at the node where its last edge ends, and the free
state of every node. Who is in the state of a prefix has just driven it; an edge leads to the
longest suffix of what was driven that is again a prefix, or to the free state of its end. An arc
that would complete a word is left out. This is the automaton of Aho and Corasick ("Efficient
string matching", 1975) with its failure links already followed.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from routing.network import Moves, free_moves
from routing.streets import Streets, Word
from routing.table import Bools


def restricted_moves(streets: Streets, usable: Bools, words: Collection[Word]) -> Moves:
    """The moves of a network with the ``usable`` (e,) edges, in which nobody drives a word."""
    nodes, end = streets.nodes, streets.end
    free = free_moves(nodes, streets.start, end, usable)
    if not words:
        return free
    banned = frozenset(words)
    prefixes = {word[:size] for word in banned for size in range(1, len(word))}
    ordered = sorted(prefixes, key=lambda one: (int(end[one[-1]]), len(one), one))
    state = {prefix: nodes + place for place, prefix in enumerate(ordered)}
    node = np.concatenate([free.node, [end[prefix[-1]] for prefix in ordered]]).astype(np.int32)
    after = free.after.copy()
    for prefix in ordered:
        if len(prefix) == 1:
            after[prefix[0]] = state[prefix]
    tail, head, edge = [], [], []
    for prefix in ordered:
        for other in streets.onward(prefix[-1]):
            if not usable[other]:
                continue
            driven = (*prefix, other)
            suffixes = [driven[at:] for at in range(len(driven))]
            if any(suffix in banned for suffix in suffixes):
                continue
            tail.append(state[prefix])
            edge.append(other)
            # after[other] is the state of the suffix of one edge, or the free one.
            longer = next((state[s] for s in suffixes[:-1] if s in state), int(after[other]))
            head.append(longer)
    return Moves(
        node=node,
        tail=np.concatenate([free.tail, tail]).astype(np.int32),
        head=np.concatenate([after[free.edge], head]).astype(np.int32),
        edge=np.concatenate([free.edge, edge]).astype(np.int32),
        after=after.astype(np.int32),
    )
