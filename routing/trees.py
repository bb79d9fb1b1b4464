"""Trees that stand: a running incident's search is kept, and repaired when closures change.

A tree is a cache and nothing else: what is answered from a kept or repaired tree is what a search
from nothing would answer, and any process can make it again from (roads, place, closures).
"""

from __future__ import annotations

import weakref
from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, fields, replace
from threading import Lock

from geo.domain import Direction
from routing.changes import Changes
from routing.exits import exits
from routing.graph import RoadGraph, Weights
from routing.repair import changed, repair
from routing.search import Tree, fresh
from routing.snap import Snaps
from routing.table import Int32s

_MOST_BYTES = 256 * 2**20  # about 250 trees of a quarter of a million states
_FEW = 200  # edges: a closure or two
_MOST_EACH = 4  # of one origin: the closures as they are, and a few "what if"


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """A tree and what it was searched under."""

    changes: Changes
    tree: Tree


Key = tuple[weakref.ref[Weights], Hashable]  # the weights of a search, and the rest of a question


class Trees:
    """The trees of one process, the least used forgotten first. Safe to share between threads:
    only looking up and putting away hold its lock, never a search.

    A tree hangs on the weights that it was searched with: they alone say what graph, profile and
    conditions it is for. It keeps them not alive, and goes when they go.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._bytes = 0
        self._of: OrderedDict[Key, tuple[_Standing, ...]] = OrderedDict()
        self._gone: deque[weakref.ref[Weights]] = deque()

    def __len__(self) -> int:
        with self._lock:
            self._drop()
            return sum(map(len, self._of.values()))

    def key(self, weights: Weights, *rest: Hashable) -> Key:
        """The key of a question."""
        return weakref.ref(weights, self._lost), rest

    def look(self, key: Key) -> tuple[_Standing, ...]:
        """The trees that stand for a question, the latest used first."""
        with self._lock:
            if key in self._of:
                self._of.move_to_end(key)
            return self._of.get(key, ())

    def keep(self, key: Key, one: _Standing) -> None:
        """Put a tree in front of the others of its question."""
        with self._lock:
            self._drop()
            before = self._of.pop(key, ())
            others = tuple(old for old in before if old.tree.label is not one.tree.label)
            after = _held((one, *others))
            self._of[key] = after
            self._bytes += _size(after) - _size(before)
            while self._bytes > self._most_bytes and self._of:
                _, gone = self._of.popitem(last=False)
                self._bytes -= _size(gone)

    def _lost(self, weights: weakref.ref[Weights]) -> None:
        """Weights are gone. Python may say so at any line, where this very lock is held too: then
        what hangs on them goes with the next question."""
        self._gone.append(weights)
        if self._lock.acquire(blocking=False):
            try:
                self._drop()
            finally:
                self._lock.release()

    def _drop(self) -> None:
        gone = set()
        while self._gone:
            gone.add(self._gone.popleft())
        for key in [key for key in self._of if key[0] in gone] if gone else ():
            self._bytes -= _size(self._of.pop(key))


def tree(
    graph: RoadGraph,
    profile: str,
    origins: Snaps,
    changes: Changes,
    *,
    direction: Direction,
    limit_ms: int | None = None,
    trees: Trees | None = None,
) -> Tree:
    """The times between every state and the origins (the nearest of several), one search.

    With ``trees`` the search of a single origin is kept there, and made from one that stands
    where closures alone have changed.
    """
    backwards = direction == "to_incident"
    network = graph.network(profile)
    seeds = exits(graph, profile, origins, changes, leaving=not backwards).seeds(network)
    if trees is None or len(origins.edge) != 1:
        return fresh(graph, profile, seeds, changes, backwards=backwards, limit_ms=limit_ms)
    at = (int(origins.edge[0]), float(origins.fraction[0]))
    key = trees.key(graph.weights[profile], profile, backwards, at, limit_ms)
    standing = trees.look(key)
    found = None
    if standing:
        near, edges = _nearest(graph, profile, standing, changes)
        found = repair(graph, profile, near.tree, near.changes, changes, seeds, edges)
    if found is None:
        found = fresh(graph, profile, seeds, changes, backwards=backwards, limit_ms=limit_ms)
    if not standing or standing[0].tree is not found:
        trees.keep(key, _Standing(changes, found))
    return replace(found)  # what an asker works out from its tree is not kept, nor counted


def _nearest(
    graph: RoadGraph, profile: str, standing: tuple[_Standing, ...], changes: Changes
) -> tuple[_Standing, Int32s]:
    """The first tree that differs by few edges, else the one that differs by fewest; and these."""
    found = []
    for one in standing:
        edges = changed(graph, profile, one.changes, changes)
        found.append((one, edges))
        if len(edges) <= _FEW:
            return found[-1]
    return min(found, key=lambda pair: len(pair[1]))


def _held(standing: tuple[_Standing, ...]) -> tuple[_Standing, ...]:
    """The latest, and the one under the fewest changes: where all closures are swapped at once it
    differs from the new ones by half as many edges as the one before."""
    latest = standing[:_MOST_EACH]
    plainest = min(standing, key=lambda one: len(one.changes.edge))
    return latest if plainest in latest else (*latest[:-1], plainest)


def _size(standing: tuple[_Standing, ...]) -> int:
    """The bytes of all arrays that stand; those that several trees share count for each."""
    return sum(
        array.nbytes
        for one in standing
        for held in (one.tree.seeds, one.changes)
        for array in (getattr(held, field.name) for field in fields(held))
    ) + sum(one.tree.label.nbytes for one in standing)
