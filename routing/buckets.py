"""The inner loop of every search: a circular bucket queue over plain arrays.

A bucket is wider than the smallest weight, so labels are corrected inside it; the result is
Dijkstra's to the millisecond all the same. Measured on 271,104 nodes and 640,212 edges beside
scipy's 42 ms: 12.4 ms. Unsigned indices save 2 ms of that (no test for a negative index), buckets
from 256 to 2,048 ms measured the same, nodes along a curve or in any order the same, and records
of several fields in one cache line, doubly linked buckets and buckets as plain lists were slower.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from routing.jit import fast

UInts = npt.NDArray[np.unsignedinteger[Any]]
UInt32s = npt.NDArray[np.uint32]
UInt64s = npt.NDArray[np.uint64]

CLOSED = 2**32 - 1  # -1 read as unsigned
CROWDED = 2**64 - 1
BUCKET_BITS = 9  # 512 ms wide
_MOST_SLOT_BITS = 16


def layout(widest: int) -> tuple[int, int]:
    """Bits of a bucket's width, and how many buckets cover the longest single step."""
    shift = max(BUCKET_BITS, widest.bit_length() - _MOST_SLOT_BITS)
    return shift, 1 << max((widest >> shift) + 1, 1).bit_length()


@fast
def sweep(
    ptr: UInt32s,
    head: UInt32s,
    weight: UInt32s,
    start: UInt32s,
    spent: UInt64s,
    limit: np.uint64,
    shift: np.uint64,
    slots: int,
    room: int,
    ms: UInts,
) -> np.uint64:
    """Lower ``ms`` from the ``start`` nodes on, which come in the order of ``spent``.

    ``ms`` may be the outcome of an earlier search: only what can be lowered is visited. Labels
    above ``limit`` are not written, nor any that the type of ``ms`` cannot hold. Returns a bound
    on the labels from which arcs were tried; :data:`CROWDED` when more than ``room`` labels would
    have to wait at once, and ``ms`` is not finished then. With ``room`` for every arc and one
    more this takes arcs that are tried again and again inside one bucket.
    """
    zero, one = np.uint64(0), np.uint64(1)
    closed = np.uint64(CLOSED)
    mask = np.uint64(slots - 1)
    first = np.zeros(slots, dtype=np.uint32)  # the bucket's top item; 0: none
    node_of = np.empty(room + len(start), dtype=np.uint32)
    label_of = np.empty(room + len(start), dtype=np.uint64)
    after = np.empty(room + len(start), dtype=np.uint32)
    top, free = one, zero
    queued = 0
    full = np.uint64(room)
    for index in range(len(start)):
        if spent[index] <= limit and spent[index] < ms[start[index]]:
            ms[start[index]] = spent[index]
    waiting = 0
    bucket = zero
    while queued > 0 or waiting < len(start):
        if queued == 0:
            bucket = max(bucket, spent[waiting] >> shift)
        while waiting < len(start) and spent[waiting] >> shift <= bucket:
            node = np.uint64(start[waiting])
            if ms[node] == spent[waiting]:
                if free != zero:
                    item = free
                    free = np.uint64(after[item])
                else:
                    item = top
                    top += one
                slot = bucket & mask
                node_of[item] = node
                label_of[item] = spent[waiting]
                after[item] = first[slot]
                first[slot] = item
                queued += 1
            waiting += 1
        item = np.uint64(first[bucket & mask])
        if item == zero:
            bucket += one
            continue
        first[bucket & mask] = after[item]
        node = np.uint64(node_of[item])
        reached = label_of[item]
        queued -= 1
        after[item] = free
        free = item
        if reached != ms[node]:
            continue
        if top + np.uint64(ptr[node + one]) - np.uint64(ptr[node]) > full:
            return np.uint64(CROWDED)
        for arc in range(ptr[node], ptr[node + one]):
            step = np.uint64(weight[arc])
            candidate = reached + step
            other = np.uint64(head[arc])
            if candidate >= ms[other] or step == closed or candidate > limit:
                continue
            ms[other] = candidate
            if free != zero:
                item = free
                free = np.uint64(after[item])
            else:
                item = top
                top += one
            slot = (candidate >> shift) & mask
            node_of[item] = other
            label_of[item] = candidate
            after[item] = first[slot]
            first[slot] = item
            queued += 1
    return (bucket + one) << shift
