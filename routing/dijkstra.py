"""The compiled search as a networkx backend: ``nx.…dijkstra…(G, …, backend="onemap")``.

It answers for the views that ``Roads.to_networkx`` gives (as they are or reversed) and the weight
``travel_ms``; anything else is left to networkx. Lengths equal networkx's; of several shortest
paths, the one whose last edges come first in the roads is given. networkx finds it by
``routing.backend``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np

from routing.backend import NAME, WEIGHT
from routing.search import UNREACHED, Seeds, search
from routing.table import Int32s, Ints
from routing.view import Adjacency, Label, Model


@dataclass(frozen=True, eq=False)
class Arrays:
    """A view as this backend takes it."""

    model: Model
    backwards: bool  # the view was reversed
    __networkx_backend__ = NAME


class Backend:
    """What networkx calls, each under the name of its own function."""

    @staticmethod
    def convert_from_nx(graph: Any, **_: Any) -> Arrays:
        """The arrays behind a view; NotImplementedError for any other graph."""
        adjacent = getattr(graph, "_adj", None)
        if not isinstance(adjacent, Adjacency) or WEIGHT not in adjacent.model.times:
            raise NotImplementedError("this backend knows the views of Roads.to_networkx alone")
        return Arrays(adjacent.model, adjacent.backwards)

    @staticmethod
    def convert_to_nx(result: Any, **_: Any) -> Any:
        """Answers are plain dicts and lists already."""
        return result

    @staticmethod
    def can_run(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool | str:
        """Whether it is a question about travel times."""
        weights = [kwargs.get("weight"), *(one for one in args if isinstance(one, str))]
        return WEIGHT in weights or f"only weight={WEIGHT!r}"

    @staticmethod
    def multi_source_dijkstra_path_length(
        graph: Arrays, sources: Iterable[Label], cutoff: float | None = None, weight: Any = "weight"
    ) -> dict[Label, int]:
        """Milliseconds of every node within ``cutoff``, the nearest first."""
        return _by_label(graph, _search(graph, sources, cutoff, weight))

    @staticmethod
    def single_source_dijkstra_path_length(
        graph: Arrays, source: Label, cutoff: float | None = None, weight: Any = "weight"
    ) -> dict[Label, int]:
        """The same from one node."""
        return _by_label(graph, _search(graph, [source], cutoff, weight))

    @staticmethod
    def multi_source_dijkstra(
        graph: Arrays,
        sources: Iterable[Label],
        target: Label | None = None,
        cutoff: float | None = None,
        weight: Any = "weight",
    ) -> tuple[Any, Any]:
        """Lengths and paths of all; or of the target alone."""
        chosen = list(sources)
        ms = _search(graph, chosen, cutoff, weight)
        before = _before(graph, ms, chosen)
        if target is not None:
            return _length(graph, ms, target), _path(graph, before, target)
        lengths = _by_label(graph, ms)
        paths: dict[Label, list[Label]] = {}
        labels, place = graph.model.rows.labels, graph.model.rows.place
        for label in lengths:
            step = int(before[place[label]])
            paths[label] = [label] if step < 0 else [*paths[labels[step]], label]
        return lengths, paths

    @staticmethod
    def single_source_dijkstra(
        graph: Arrays,
        source: Label,
        target: Label | None = None,
        cutoff: float | None = None,
        weight: Any = "weight",
    ) -> tuple[Any, Any]:
        """The same from one node."""
        return Backend.multi_source_dijkstra(graph, [source], target, cutoff, weight)

    @staticmethod
    def dijkstra_path_length(
        graph: Arrays, source: Label, target: Label, weight: Any = "weight"
    ) -> int:
        """Milliseconds from one node to another."""
        return _length(graph, _search(graph, [source], None, weight), target)

    @staticmethod
    def dijkstra_path(
        graph: Arrays, source: Label, target: Label, weight: Any = "weight"
    ) -> list[Label]:
        """The nodes of a shortest path."""
        ms = _search(graph, [source], None, weight)
        _length(graph, ms, target)
        return _path(graph, _before(graph, ms, [source]), target)


backend = Backend()


def _search(graph: Arrays, sources: Iterable[Label], cutoff: float | None, weight: Any) -> Ints:
    """(s,) milliseconds from the nearest source."""
    if weight != WEIGHT:
        raise NotImplementedError(f"only weight={WEIGHT!r}")
    rows = graph.model.rows
    chosen = list(sources)
    if not chosen:
        raise ValueError("sources must not be empty")
    for one in chosen:
        if one not in rows.place:
            raise nx.NodeNotFound(f"Node {one} not found in graph")
    states = np.array(sorted({rows.place[one] for one in chosen}), dtype=np.int32)
    none = np.full(len(states), -1, dtype=np.int32)
    zero = np.zeros(len(states), dtype=np.int64)
    seeds = Seeds(states, zero, zero.astype(float), none, np.zeros_like(none))
    network = rows.network
    edge = network.rev_edge if graph.backwards else network.fwd_edge
    limit = None if cutoff is None or cutoff >= UNREACHED else max(int(cutoff // 1), 0)
    ms = _ms(graph)[edge]
    return search(network, ms, seeds, backwards=graph.backwards, limit_ms=limit).ms


def _ms(graph: Arrays) -> Int32s:
    times = graph.model.times[WEIGHT]
    return np.where(graph.model.shown, times, -1).astype(np.int32)


def _by_label(graph: Arrays, ms: Ints) -> dict[Label, int]:
    labels = graph.model.rows.labels
    near = np.flatnonzero(ms < UNREACHED)
    near = near[np.argsort(ms[near], kind="stable")]
    both = zip(near.tolist(), ms[near].tolist(), strict=True)
    return {labels[state]: spent for state, spent in both}


def _before(graph: Arrays, ms: Ints, sources: Iterable[Label]) -> Int32s:
    """(s,) the state before each on a shortest path, by the edge that comes first; -1: none."""
    network = graph.model.rows.network
    ptr = network.fwd_ptr if graph.backwards else network.rev_ptr
    tail = network.fwd_node if graph.backwards else network.rev_node
    edge = network.fwd_edge if graph.backwards else network.rev_edge
    head = np.repeat(np.arange(len(ms)), np.diff(ptr))
    step = _ms(graph)[edge]
    tight = np.flatnonzero((step >= 0) & (ms[tail] < UNREACHED) & (ms[tail] + step == ms[head]))
    tight = tight[np.lexsort((tail[tight], edge[tight], head[tight]))]
    first = tight[np.diff(head[tight], prepend=-1) > 0]
    before = np.full(len(ms), -1, dtype=np.int32)
    before[head[first]] = tail[first]
    before[[graph.model.rows.place[one] for one in sources]] = -1
    return before


def _length(graph: Arrays, ms: Ints, target: Label) -> int:
    place = graph.model.rows.place.get(target)
    if place is None or ms[place] >= UNREACHED:
        raise nx.NetworkXNoPath(f"No path to {target}.")
    return int(ms[place])


def _path(graph: Arrays, before: Int32s, target: Label) -> list[Label]:
    rows = graph.model.rows
    path, state = [target], int(before[rows.place[target]])
    while state >= 0:
        path.append(rows.labels[state])
        state = int(before[state])
    return path[::-1]
