"""The transport problem in whole numbers: who goes where, at the least cost, within the room.

Successive shortest paths over the (few) destinations: each group of people is added along the
cheapest chain of moves. Every step keeps the flow optimal, so the result is a true minimum, and
as all numbers are integers it is the same on every machine.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_FAR = np.int64(2**60)


def assign(supply: Ints, room: Ints, cost: Ints) -> Ints:
    """Flow (n, k): as many people as can be placed, and among those ways the cheapest.

    ``supply`` (n) people, ``room`` (k) places, ``cost`` (n, k) per person, negative where that
    way does not exist. Rows of the result may sum to less than the supply (no room, no way).
    """
    n, k = cost.shape
    flow = np.zeros((n, k + 1), dtype=np.int64)  # the last column: left without a place
    if n == 0 or k == 0:
        return flow[:, :k]
    top = int(max(1, cost.max()))
    nowhere = top * (2 * k + 3)  # dearer than any chain of moves, so a place is always preferred
    full = np.where(cost < 0, _FAR, cost).astype(np.int64)
    full = np.concatenate([full, np.full((n, 1), nowhere, dtype=np.int64)], axis=1)
    left = np.concatenate([room.astype(np.int64), np.array([_FAR])])
    move = np.full((k + 1, k + 1), _FAR, dtype=np.int64)  # cheapest to move someone j -> m
    mover = np.zeros((k + 1, k + 1), dtype=np.int64)
    for i in range(n):
        rest = int(supply[i])
        while rest > 0:
            path = _cheapest(full[i], move, left)
            step = min(rest, int(left[path[-1]]))
            for j, m in pairwise(path):
                step = min(step, int(flow[mover[j, m], j]))
            for j, m in pairwise(path):
                who = int(mover[j, m])
                flow[who, j] -= step
                flow[who, m] += step
            flow[i, path[0]] += step
            left[path[-1]] -= step
            rest -= step
            for j in path:
                _refresh(j, flow, full, move, mover)
    return flow[:, :k]


def _cheapest(first: Ints, move: Ints, left: Ints) -> list[int]:
    """Columns of the cheapest chain from the new group to a column that has room."""
    best = first.copy()
    came = np.full(best.size, -1, dtype=np.int64)
    for _ in range(best.size):
        through = np.where(best[:, None] >= _FAR, _FAR, best[:, None] + move)
        via = through.argmin(axis=0)
        value = through[via, np.arange(best.size)]
        better = value < best
        if not better.any():
            break
        best = np.where(better, value, best)
        came = np.where(better, via, came)
    open_columns = np.where(left > 0, best, _FAR * 2)
    at = int(open_columns.argmin())
    path = [at]
    while came[at] >= 0:
        at = int(came[at])
        path.append(at)
    return path[::-1]


def _refresh(j: int, flow: Ints, full: Ints, move: Ints, mover: Ints) -> None:
    """Who of column j can be moved to each other column, and at what extra cost."""
    here = np.flatnonzero(flow[:, j] > 0)
    if here.size == 0:
        move[j] = _FAR
        return
    extra = np.where(full[here] >= _FAR, _FAR, full[here] - full[here, j][:, None])
    pick = extra.argmin(axis=0)
    move[j] = extra[pick, np.arange(full.shape[1])]
    mover[j] = here[pick]
    move[j, j] = _FAR
