"""Trees that stand: a running incident's search is kept, and repaired when closures change.

A tree is a cache and nothing else: what is answered from a kept or repaired tree is what a search
from nothing would answer, and any process can make it again from (roads, place, closures).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock

from geo.domain import Direction
from routing.changes import Changes
from routing.exits import exits
from routing.graph import RoadGraph
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


class Trees:
    """The trees of one process, the least used forgotten first. Safe to share between threads:
    only looking up and putting away hold its lock, never a search."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._bytes = 0
        self._of: OrderedDict[Hashable, tuple[_Standing, ...]] = OrderedDict()

    def __len__(self) -> int:
        with self._lock:
            return sum(map(len, self._of.values()))

    def look(self, key: Hashable) -> tuple[_Standing, ...]:
        """The trees that stand for a question, the latest used first."""
        with self._lock:
            if key in self._of:
                self._of.move_to_end(key)
            return self._of.get(key, ())

    def keep(self, key: Hashable, one: _Standing) -> None:
        """Put a tree in front of the others of its question."""
        with self._lock:
            before = self._of.pop(key, ())
            others = tuple(old for old in before if old.tree is not one.tree)
            after = _held((one, *others))
            self._of[key] = after
            self._bytes += _size(after) - _size(before)
            while self._bytes > self._most_bytes and self._of:
                _, gone = self._of.popitem(last=False)
                self._bytes -= _size(gone)


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
    key = (graph, profile, backwards, at, limit_ms)
    standing = trees.look(key)
    found = None
    if standing:
        near, edges = _nearest(graph, profile, standing, changes)
        found = repair(graph, profile, near.tree, near.changes, changes, seeds, edges)
    if found is None:
        found = fresh(graph, profile, seeds, changes, backwards=backwards, limit_ms=limit_ms)
    if not standing or standing[0].tree is not found:
        trees.keep(key, _Standing(changes, found))
    return found


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
    return sum(one.tree.label.nbytes for one in standing)
