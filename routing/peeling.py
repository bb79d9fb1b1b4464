"""Dead ends: what hangs on the rest of a network by one state alone, however long its twigs.

A state all of whose arcs join it to one neighbour is *peeled*, and that neighbour is its parent;
then again without it, until nothing more comes off. A fifth of a city's states are such: no way
between others passes them. A search need not spread there; it reads their times off afterwards,
from the root of each tree outwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.jit import fast
from routing.table import Int32s, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Peeled:
    """(s,) the dead-end trees of a network."""

    parent: Int32s  # -1: not peeled
    root: Int32s  # the state by which its tree hangs on the rest; itself where not peeled
    outward: Int32s  # parents before their children; -1 where not peeled


def peel(states: int, tail: Int32s, head: Int32s) -> Peeled:
    """The trees of a network of these arcs, whoever may use them and in whichever direction."""
    near, far = np.minimum(tail, head).astype(np.int64), np.maximum(tail, head)
    pairs = np.unique(near[near < far] * states + far[near < far])
    one, other = pairs // max(states, 1), pairs % max(states, 1)
    ends = np.concatenate([one, other])
    degree = np.bincount(ends, minlength=states)
    link = np.zeros(states, dtype=np.int64)  # all neighbours in one number: of one, it is itself
    np.bitwise_xor.at(link, ends, np.concatenate([other, one]))
    parent, outward = np.full((2, states), -1, dtype=np.int32)
    root = np.arange(states, dtype=np.int32)
    _peel(degree, link, parent, root, outward)
    return Peeled(parent, root, outward)


@fast
def _peel(degree: Ints, link: Ints, parent: Int32s, root: Int32s, outward: Int32s) -> None:
    """Take off leaf by leaf; of two that are each other's only neighbour one stays."""
    order = np.empty(len(degree), dtype=np.int32)
    count = 0
    for first in range(len(degree)):
        state = first
        while degree[state] == 1:
            other = link[state]
            parent[state] = other
            order[count] = state
            count += 1
            degree[state] = 0
            degree[other] -= 1
            link[other] ^= state
            state = other
    for index in range(count):
        state = order[count - 1 - index]
        outward[state] = index
        root[state] = root[parent[state]]
