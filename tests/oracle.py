"""What networkx answers: a graph of its own, made of edges and forbidden sequences alone.

Its nodes are ``(graph node, the last edges)``, as many edges as a forbidden sequence (a turn
restriction, a barrier) may still hang on. Each place becomes a node that one leaves and a node in
which one arrives, so that nobody travels through it. It shares nothing with the search but the
weights, the forbidden sequences, where the places stand and what the closures change.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import networkx as nx

from geo.domain import Closure, LonLat
from routing.changes import Changes
from routing.roads import Roads

Past = tuple[int, ...]


def times_by_networkx(
    roads: Roads,
    at: LonLat,
    places: Sequence[LonLat],
    *,
    profile: str,
    closures: Sequence[Closure] = (),
    changes: Changes | None = None,
    backwards: bool = True,
) -> list[int | None]:
    """Milliseconds of each place, None where networkx finds no way (or there is no road)."""
    known = roads.changes(closures, profile) if changes is None else changes
    return Oracle(roads, profile, known, [at, *places]).times(0, backwards=backwards)[1:]


class Oracle:
    """The graph of one profile under some changes, with places in it."""

    def __init__(
        self, roads: Roads, profile: str, changes: Changes, places: Sequence[LonLat]
    ) -> None:
        graph = roads.graph
        self.places = len(places)
        self.start, self.end = graph.edge_from.tolist(), graph.edge_to.tolist()
        self.part_ms = graph.weights[profile].ms.tolist()
        self.ms = list(self.part_ms)
        for edge, ms in zip(changes.edge.tolist(), changes.ms.tolist(), strict=True):
            self.ms[edge] = ms
            if ms >= 0:
                self.part_ms[edge] = ms
        self.blocks: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
        columns = (changes.block_edge, changes.block_start, changes.block_end)
        for edge, low, high in zip(*(one.tolist() for one in columns), strict=True):
            self.blocks[edge].append((low, high))
        self.words = set(graph.network(profile).words())
        self.begun = {word[:size] for word in self.words for size in range(1, len(word))}
        self.leaving: defaultdict[int, list[int]] = defaultdict(list)
        for edge, ms in enumerate(self.part_ms):
            if ms >= 0:
                self.leaving[self.start[edge]].append(edge)
        self.on_edge: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        self.at_node: defaultdict[int, list[int]] = defaultdict(list)
        for index, snap in enumerate(roads.snap(places, profile=profile)):
            if snap is None:
                continue
            twin = snap.edge.endswith("~")
            edge = int(graph.find([snap.edge.rstrip("~")])[0])
            edge = int(graph.mate[edge]) if twin else edge
            if snap.fraction in (0.0, 1.0):
                self.at_node[(self.end if snap.fraction else self.start)[edge]].append(index)
                continue
            self.on_edge[edge].append((snap.fraction, index))
            mate = int(graph.mate[edge])
            if mate >= 0 and self.part_ms[mate] >= 0:
                self.on_edge[mate].append((1 - snap.fraction, index))
        self.model = nx.MultiDiGraph()
        self._build(graph.nodes)

    def times(self, origin: int, *, backwards: bool) -> list[int | None]:
        """Milliseconds between each place and the origin."""
        tree = self.model.reverse(copy=False) if backwards else self.model
        ends = ("to", "from") if backwards else ("from", "to")
        if (ends[0], origin) not in tree:
            return [None] * self.places
        found = nx.single_source_dijkstra_path_length(tree, (ends[0], origin), weight="ms")
        return [found.get((ends[1], index)) for index in range(self.places)]

    def _build(self, nodes: int) -> None:
        for edge, stops in self.on_edge.items():
            for fraction, place in stops:
                ms = self.part_ms[edge] - spent(fraction, self.part_ms[edge])
                if self._open(edge, fraction, 1.0):
                    self._link(("from", place), (self.end[edge], self._past((), edge)), ms)
                for further, other in stops:
                    if fraction <= further and self._open(edge, fraction, further):
                        ends = (spent(one, self.part_ms[edge]) for one in (further, fraction))
                        self._link(("from", place), ("to", other), next(ends) - next(ends))
        for node, there in self.at_node.items():
            for place in there:
                self._link(("from", place), (node, ()), 0)
        waiting: list[tuple[int, Past]] = [(node, ()) for node in range(nodes)]
        waiting += [one for one in self.model if isinstance(one[1], tuple) and one[1]]
        seen = set(waiting)
        while waiting:
            here = waiting.pop()
            for place in self.at_node.get(here[0], ()):
                self._link(here, ("to", place), 0)
            for there in self._moves(*here):
                if there not in seen:
                    seen.add(there)
                    waiting.append(there)

    def _moves(self, node: int, past: Past) -> Iterator[tuple[int, Past]]:
        """Link what can be reached from a node of the model along one edge."""
        for edge in self.leaving[node]:
            run = (*past, edge)
            if any(run[first:] in self.words for first in range(len(run))):
                continue
            for fraction, place in self.on_edge.get(edge, ()):
                if self._open(edge, 0.0, fraction):
                    here = spent(fraction, self.part_ms[edge])
                    self._link((node, past), ("to", place), here)
            if self.ms[edge] >= 0:
                there = (self.end[edge], self._past(past, edge))
                self._link((node, past), there, self.ms[edge])
                yield there

    def _past(self, past: Past, edge: int) -> Past:
        """The longest end of a drive with which a forbidden sequence begins."""
        run = (*past, edge)
        return next((run[i:] for i in range(len(run)) if run[i:] in self.begun), ())

    def _open(self, edge: int, low: float, high: float) -> bool:
        usable = self.part_ms[edge] >= 0
        return usable and not any(a <= high and b >= low for a, b in self.blocks.get(edge, ()))

    def _link(self, start: Any, end: Any, ms: int) -> None:
        self.model.add_edge(start, end, ms=ms)


def spent(fraction: float, ms: int) -> int:
    """Whole milliseconds from an edge's start to a fraction along it."""
    return math.floor(fraction * ms + 0.5)
