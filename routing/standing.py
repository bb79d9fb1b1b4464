"""Closures that stand, in an rtree: which of them take a road in a box, as they come and go."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import numpy as np
from rtree.index import Index

from geo.domain import Closure
from routing.cuts import Cut, cut_of
from routing.graph import RoadGraph

_MOST_BOXES = 1000
Bounds = tuple[float, float, float, float]  # west, south, east, north


class Standing:
    """Closures by the boxes of the stretches that they take."""

    def __init__(self, graph: RoadGraph) -> None:
        self._graph = graph
        self._index = Index()
        self._boxes: dict[UUID, list[tuple[int, Bounds]]] = {}
        self._owner: dict[int, UUID] = {}
        self._next = 0

    @classmethod
    def of(cls, graph: RoadGraph, closures: Iterable[Closure]) -> Standing:
        """These closures, at once."""
        made = cls(graph)
        for closure in closures:
            made.add(closure)
        return made

    def __len__(self) -> int:
        return len(self._boxes)

    def add(self, closure: Closure) -> None:
        """Let a closure stand; one that stood under its id gives way. Raises as ``cut_of``."""
        cut = cut_of(self._graph, closure)
        self.lift(closure.id)
        boxes = []
        for box in _boxes(self._graph, cut):
            boxes.append((self._next, box))
            self._owner[self._next] = closure.id
            self._index.insert(self._next, box)
            self._next += 1
        self._boxes[closure.id] = boxes

    def lift(self, closure_id: UUID) -> None:
        """Let it stand no longer; nothing happens where it does not."""
        for number, box in self._boxes.pop(closure_id, ()):
            self._index.delete(number, box)
            del self._owner[number]

    def meeting(self, west: float, south: float, east: float, north: float) -> tuple[UUID, ...]:
        """The closures with a stretch whose box meets this one, by id."""
        numbers = self._index.intersection((west, south, east, north))
        return tuple(sorted({self._owner[number] for number in numbers}))


def _boxes(graph: RoadGraph, cut: Cut) -> list[Bounds]:
    """The box of each stretch, one for both directions; of a very wide closure, one in all."""
    if len(cut.edge) > _MOST_BOXES:
        nodes = np.concatenate([graph.edge_from[cut.edge], graph.edge_to[cut.edge]])
        lon, lat = graph.node_lon[nodes], graph.node_lat[nodes]
        return [(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))]
    found: dict[int, Bounds] = {}
    for edge, start, end in zip(cut.edge, cut.start, cut.end, strict=True):
        points, metres = graph.vertices(int(edge))
        low, high = start * metres[-1], end * metres[-1]
        inside = points[max(int((metres <= low).sum()) - 1, 0) : int((metres < high).sum()) + 1]
        west, south = inside.min(axis=0).tolist()
        east, north = inside.max(axis=0).tolist()
        stretch = min(int(edge), int(graph.mate[edge])) if graph.mate[edge] >= 0 else int(edge)
        old = found.get(stretch, (west, south, east, north))
        found[stretch] = (
            min(west, old[0]), min(south, old[1]), max(east, old[2]), max(north, old[3]),
        )  # fmt: skip
    return list(found.values())
