"""The compiled roads seen as a networkx graph: nothing is copied, dicts are made when asked for.

``networkx`` reads a graph through four mappings (nodes, successors, predecessors, edge data). Here
they read the arrays, so that a view of a city costs milliseconds whatever is asked of it later.
It cannot be changed; ``networkx.MultiDiGraph(view)`` is a copy that can.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from routing.graph import RoadGraph
from routing.table import Bools, Int32s

CRS = "EPSG:4326"
Label = Any  # a node's id, or (id, n) for its n-th state behind a turn restriction or barrier

_NAMES = (
    *("id", "length_m", "length", "name", "ref", "highway"),
    *("bridge", "tunnel", "oneway", "roundabout", "class"),
)


@dataclass(frozen=True, eq=False)
class Rows:
    """What leaves (or enters) each row: nodes, or states of a network; rows have labels."""

    labels: tuple[Label, ...]
    node: Int32s  # (r,) the graph node of each row
    fwd_ptr: Int32s  # (r + 1,)
    fwd_node: Int32s  # (arcs,) rows
    fwd_edge: Int32s  # (arcs,)
    rev_ptr: Int32s
    rev_node: Int32s
    rev_edge: Int32s

    @cached_property
    def place(self) -> dict[Label, int]:
        """The row of each label."""
        return {label: row for row, label in enumerate(self.labels)}


@dataclass(frozen=True, eq=False)
class Model:
    """What one view shows of a graph."""

    graph: RoadGraph
    rows: Rows
    shown: Bools  # (e,)
    times: Mapping[str, Int32s]  # attribute -> (e,) milliseconds; below 0: not there

    def row(self, row: int, *, backwards: bool) -> dict[Label, dict[str, EdgeData]]:
        """Neighbour -> edge id -> data."""
        rows = self.rows
        out: dict[Label, dict[str, EdgeData]] = {}
        ptr = rows.rev_ptr if backwards else rows.fwd_ptr
        span = slice(int(ptr[row]), int(ptr[row + 1]))
        node = rows.rev_node if backwards else rows.fwd_node
        edges = (rows.rev_edge if backwards else rows.fwd_edge)[span]
        for other, edge, shown in zip(
            node[span].tolist(), edges.tolist(), self.shown[edges].tolist(), strict=True
        ):
            if shown:
                parallel = out.setdefault(rows.labels[other], {})
                parallel[self.graph.edge_id(edge)] = EdgeData(self, edge)
        return out


def view(model: Model, **told: Any) -> nx.MultiDiGraph:
    """The networkx graph of a model; ``told`` becomes its graph attributes."""
    seen = nx.freeze(nx.MultiDiGraph(crs=CRS, version=model.graph.version, **told))
    seen._node = _Nodes(model)
    seen._adj = Adjacency(model, backwards=False)  # networkx sets _succ with it
    seen._pred = Adjacency(model, backwards=True)
    return seen


@lru_cache(maxsize=2)
def node_rows(graph: RoadGraph) -> Rows:
    """Every edge between the graph's nodes; kept for the roads in use."""
    parts = []
    for near, far in ((graph.edge_from, graph.edge_to), (graph.edge_to, graph.edge_from)):
        order = np.lexsort((np.arange(len(near)), far, near)).astype(np.int32)
        ptr = np.concatenate([[0], np.cumsum(np.bincount(near, minlength=graph.nodes))])
        parts += [ptr.astype(np.int32), far[order], order]
    labels = tuple(graph.node_id.tolist())
    return Rows(labels, np.arange(graph.nodes, dtype=np.int32), *parts)


@lru_cache(maxsize=2)
def state_rows(graph: RoadGraph, profile: str) -> Rows:
    """The moves that turn restrictions and barriers leave to a profile."""
    network = graph.network(profile)
    ids = graph.node_id[network.node_of].tolist()
    free = network.state_of[network.node_of] == np.arange(len(ids))
    nth = np.empty(len(ids), dtype=np.int64)
    count = np.diff(network.states_ptr)
    nth[network.states] = np.arange(len(ids)) - np.repeat(network.states_ptr[:-1], count)
    labels = tuple(
        one if alone else (one, n)
        for one, alone, n in zip(ids, free.tolist(), nth.tolist(), strict=True)
    )
    forwards = (network.fwd_ptr, network.fwd_node, network.fwd_edge)
    backwards = (network.rev_ptr, network.rev_node, network.rev_edge)
    return Rows(labels, network.node_of, *forwards, *backwards)


class Adjacency(Mapping[Label, Any]):
    """Label -> neighbour -> edge id -> data, read from the arrays."""

    def __init__(self, model: Model, *, backwards: bool) -> None:
        self.model = model
        self.backwards = backwards

    def __getitem__(self, label: Label) -> dict[Label, dict[str, EdgeData]]:
        return self.model.row(self.model.rows.place[label], backwards=self.backwards)

    def __contains__(self, label: object) -> bool:
        return label in self.model.rows.place

    def __iter__(self) -> Iterator[Label]:
        return iter(self.model.rows.labels)

    def __len__(self) -> int:
        return len(self.model.rows.labels)


class _Nodes(Mapping[Label, dict[str, Any]]):
    def __init__(self, model: Model) -> None:
        self.model = model

    def __getitem__(self, label: Label) -> dict[str, Any]:
        graph = self.model.graph
        node = int(self.model.rows.node[self.model.rows.place[label]])
        lon, lat = float(graph.node_lon[node]), float(graph.node_lat[node])
        piece = int(graph.node_component[node])
        return {"lon": lon, "lat": lat, "x": lon, "y": lat, "component": piece}

    def __contains__(self, label: object) -> bool:
        return label in self.model.rows.place

    def __iter__(self) -> Iterator[Label]:
        return iter(self.model.rows.labels)

    def __len__(self) -> int:
        return len(self.model.rows.labels)


class EdgeData(Mapping[str, Any]):
    """An edge's attributes, each read when asked for."""

    __slots__ = ("_edge", "_model")

    def __init__(self, model: Model, edge: int) -> None:
        self._model = model
        self._edge = edge

    def __getitem__(self, name: str) -> Any:
        times = self._model.times.get(name)
        if times is not None:
            if (ms := int(times[self._edge])) < 0:
                raise KeyError(name)
            return ms
        graph, edge = self._model.graph, self._edge
        base = int(graph.base[edge])
        match name:
            case "id":
                return graph.edge_id(edge)
            case "length_m" | "length":
                return float(graph.length_m[edge])
            case "name":
                return graph.texts[graph.name_code[base]]
            case "ref":
                return graph.texts[graph.ref_code[base]]
            case "highway" | "class":
                return graph.road_class(edge)
            case "bridge" | "tunnel" | "oneway" | "roundabout":
                flags: npt.NDArray[np.bool_] = getattr(graph, name)
                return bool(flags[base])
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        yield from _NAMES
        for name, times in self._model.times.items():
            if times[self._edge] >= 0:
                yield name

    def __len__(self) -> int:
        return len(_NAMES) + sum(bool(ms[self._edge] >= 0) for ms in self._model.times.values())

    def __or__(self, other: Mapping[str, Any]) -> dict[str, Any]:
        return {**self, **other}

    def __repr__(self) -> str:
        return repr(dict(self))

    def copy(self) -> dict[str, Any]:
        """A dict that may be changed."""
        return dict(self)
