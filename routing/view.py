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
from routing.network import Network, free_moves, lay_out
from routing.table import Bools, Int32s

CRS = "EPSG:4326"
Label = Any  # a node's id, or (id, n) for its n-th state behind a turn restriction or barrier

_NAMES = (
    *("id", "length_m", "length", "name", "ref", "highway"),
    *("bridge", "tunnel", "oneway", "roundabout", "class"),
)


@dataclass(frozen=True, eq=False)
class Rows:
    """A network and the labels of its states."""

    network: Network
    labels: tuple[Label, ...]  # (s,)

    @cached_property
    def place(self) -> dict[Label, int]:
        """The state of each label, node by node in the order of their ids."""
        return {self.labels[state]: state for state in self.network.states.tolist()}


@dataclass(frozen=True, eq=False)
class Model:
    """What one view shows of a graph."""

    graph: RoadGraph
    rows: Rows
    shown: Bools  # (e,)
    times: Mapping[str, Int32s]  # attribute -> (e,) milliseconds; below 0: not there

    def row(self, row: int, *, backwards: bool) -> dict[Label, dict[str, EdgeData]]:
        """Neighbour -> edge id -> data."""
        net, labels = self.rows.network, self.rows.labels
        out: dict[Label, dict[str, EdgeData]] = {}
        ptr = net.rev_ptr if backwards else net.fwd_ptr
        span = slice(int(ptr[row]), int(ptr[row + 1]))
        node = net.rev_node if backwards else net.fwd_node
        edges = (net.rev_edge if backwards else net.fwd_edge)[span]
        for other, edge, shown in zip(
            node[span].tolist(), edges.tolist(), self.shown[edges].tolist(), strict=True
        ):
            if shown:
                parallel = out.setdefault(labels[other], {})
                parallel[self.graph.edge_id(edge)] = EdgeData(self, edge)
        return out


def view(model: Model, **told: Any) -> nx.MultiDiGraph:
    """The networkx graph of a model; ``told`` becomes its graph attributes."""
    seen = nx.freeze(nx.MultiDiGraph(crs=CRS, version=model.graph.version, **told))
    seen._node = _Nodes(model)
    seen._adj = Adjacency(model, backwards=False)  # networkx sets _succ with it
    seen._pred = Adjacency(model, backwards=True)
    seen.__networkx_cache__ = None  # nothing to keep: a backend reads the arrays themselves
    return seen


@lru_cache(maxsize=4)
def node_rows(graph: RoadGraph, profile: str | None = None) -> Rows:
    """Between nodes, every edge of a profile's network, whatever turns it forbids; with None the
    edges of all profiles."""
    edges = np.ones(len(graph.edge_from), dtype=np.bool_)
    if profile is not None:
        network = graph.network(profile)
        edges = np.diff(network.arc_ptr) > 0
        if len(network.node_of) == graph.nodes and len(network.fwd_edge) == edges.sum():
            return Rows(network, tuple(graph.node_id[network.node_of].tolist()))
    moves = free_moves(graph.nodes, graph.edge_from, graph.edge_to, edges)
    network = lay_out(moves, graph.node_lon, graph.node_lat)
    return Rows(network, tuple(graph.node_id[network.node_of].tolist()))


@lru_cache(maxsize=4)
def state_rows(graph: RoadGraph, profile: str) -> Rows:
    """Between states, the moves that turn restrictions and barriers leave to a profile."""
    network = graph.network(profile)
    ids = graph.node_id[network.node_of].tolist()
    count = np.diff(network.states_ptr)
    nth = np.empty(len(ids), dtype=np.int64)
    nth[network.states] = np.arange(len(ids)) - np.repeat(network.states_ptr[:-1], count)
    both = zip(ids, nth.tolist(), strict=True)
    return Rows(network, tuple(one if n == 0 else (one, n) for one, n in both))


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
        return iter(self.model.rows.place)

    def __len__(self) -> int:
        return len(self.model.rows.labels)


class _Nodes(Mapping[Label, dict[str, Any]]):
    def __init__(self, model: Model) -> None:
        self.model = model

    def __getitem__(self, label: Label) -> dict[str, Any]:
        graph = self.model.graph
        rows = self.model.rows
        node = int(rows.network.node_of[rows.place[label]])
        lon, lat = float(graph.node_lon[node]), float(graph.node_lat[node])
        piece = int(graph.node_component[node])
        return {"lon": lon, "lat": lat, "x": lon, "y": lat, "component": piece}

    def __contains__(self, label: object) -> bool:
        return label in self.model.rows.place

    def __iter__(self) -> Iterator[Label]:
        return iter(self.model.rows.place)

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
