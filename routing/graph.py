"""The compiled road graph: read-only arrays, made once from a road table and shared by all.

Edges keep the index they have in the table. A one-way stretch that walkers may use both ways gets
a *twin* behind them: the same stretch against its one-way, id of the edge + ``~``, never usable
for a vehicle. *Networks* (``routing/network.py``) hold the adjacency; profiles that may make the
same moves share one, and footpaths and twins do not burden a search for vehicles. ``n`` nodes,
``m`` table edges, ``e`` edges with twins.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import InvalidInput
from routing.grid import Grid, build_grid, metres_along
from routing.network import Network
from routing.networks import make_networks
from routing.profiles import Profile, coded, weights
from routing.sound import sound
from routing.streets import Streets
from routing.table import Bools, Floats, Int32s, Ints, RoadTable

Bytes = npt.NDArray[np.bytes_]
TWIN = "~"
__all__ = ["TWIN", "Network", "RoadGraph", "Weights", "compile_graph", "frozen"]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Weights:
    """A profile's whole milliseconds (-1: not usable), by edge and in both adjacency orders."""

    ms: Int32s  # (e,)
    fwd: Int32s  # (arcs,)
    rev: Int32s  # (arcs,)
    stretch: Bools  # (e,) usable in one direction or the other
    sound: Bools  # (e,) and of a piece that can be entered and left, see routing/sound.py


@dataclass(frozen=True, slots=True, eq=False)
class RoadGraph:
    """Everything that a query reads. No array is ever written after it was compiled."""

    version: str  # of the road table
    node_id: Ints
    node_lon: Floats
    node_lat: Floats
    node_component: Int32s
    edge_from: Int32s  # (e,)
    edge_to: Int32s  # (e,)
    mate: Int32s  # (e,) the same stretch in the other direction, twins included; -1: none
    base: Int32s  # (e,) the table edge; itself but for twins
    length_m: Floats  # (e,)
    class_code: Int32s  # (m,) index into texts, as the next two
    name_code: Int32s
    ref_code: Int32s
    bridge: Bools  # (m,)
    tunnel: Bools
    oneway: Bools
    roundabout: Bools
    key: Bytes  # (m,) edge ids
    key_order: Int32s  # (m,) the edges in the order of their ids
    geom_start: Ints  # (m + 1,)
    geom_lon: Floats  # (k,)
    geom_lat: Floats
    geom_m: Floats  # (k,) local metres from the edge's start
    texts: tuple[str, ...]
    grid: Grid
    networks: Mapping[str, Network]
    network_of: Mapping[str, str]  # the name of each profile's network
    weights: Mapping[str, Weights]
    profiles: Mapping[str, Profile]
    # What others keep for this graph and lose with it, so that no cache outlives its roads.
    kept: dict[Hashable, Any] = field(init=False, repr=False, default_factory=dict)

    @property
    def nodes(self) -> int:
        """How many graph nodes."""
        return len(self.node_id)

    @property
    def edges(self) -> int:
        """How many directed edges, twins not counted."""
        return len(self.key)

    @property
    def km(self) -> float:
        """Kilometres of road, each stretch once."""
        own = np.arange(self.edges)
        mate = self.mate[: self.edges]
        return float(self.length_m[: self.edges][(mate < 0) | (own < mate)].sum()) / 1000

    def network(self, profile: str) -> Network:
        """The adjacency that a profile travels on."""
        return self.networks[self.network_of[profile]]

    def edge_id(self, edge: int) -> str:
        """The ``road_edge`` id; with ``~`` behind it when walked against a one-way."""
        base = int(self.base[edge])
        return bytes(self.key[base]).decode() + (TWIN if base != edge else "")

    def find(self, ids: Sequence[str]) -> Int32s:
        """The table edges with these ids, -1 where there is none."""
        wanted = np.array([one.encode() for one in ids] or [b""], dtype=np.bytes_)[: len(ids)]
        if self.edges == 0 or len(ids) == 0:
            return np.full(len(ids), -1, dtype=np.int32)
        place = np.searchsorted(self.key, wanted, sorter=self.key_order)
        edge = self.key_order[np.minimum(place, self.edges - 1)]
        return np.where(self.key[edge] == wanted, edge, -1).astype(np.int32)

    def road(self, edge: int) -> str:
        """Name, else ref, else ""."""
        base = int(self.base[edge])
        return self.texts[self.name_code[base]] or self.texts[self.ref_code[base]]

    def road_class(self, edge: int) -> str:
        """The class of an edge, an OSM highway value."""
        return self.texts[self.class_code[self.base[edge]]]

    def vertices(self, edge: int) -> tuple[Floats, Floats]:
        """(v, 2) lon, lat in travel direction, and (v,) local metres from the edge's start."""
        base = int(self.base[edge])
        span = slice(int(self.geom_start[base]), int(self.geom_start[base + 1]))
        points = np.column_stack([self.geom_lon[span], self.geom_lat[span]])
        metres = self.geom_m[span]
        if base != edge:
            points, metres = points[::-1], metres[-1] - metres[::-1]
        return points, metres


def compile_graph(table: RoadTable, profiles: Mapping[str, Profile]) -> RoadGraph:
    """The arrays of a road table for these profiles. Refuses a table that is not as agreed."""
    edges = table.edges
    _check(table)
    ms = {name: weights(table, profile) for name, profile in profiles.items()}
    single = np.flatnonzero(table.reverse < 0).astype(np.int32)
    walked = [ms[name] for name, profile in profiles.items() if profile.mode == "walk"]
    walkable = np.any([w[single] >= 0 for w in walked], axis=0) if walked else single < 0
    twin_of = single[walkable]
    twins = np.arange(edges, edges + len(twin_of), dtype=np.int32)
    mate = np.concatenate([table.reverse, twin_of]).astype(np.int32)
    mate[twin_of] = twins
    start = np.concatenate([table.edge_from, table.edge_to[twin_of]]).astype(np.int32)
    end = np.concatenate([table.edge_to, table.edge_from[twin_of]]).astype(np.int32)
    for name, profile in profiles.items():
        behind = ms[name][twin_of] if profile.mode == "walk" else np.full(len(twin_of), -1)
        ms[name] = np.concatenate([ms[name], behind]).astype(np.int32)
    length = np.concatenate([table.length_m, table.length_m[twin_of]])
    streets = Streets.of(table.nodes, start, end, mate)
    networks, network_of = make_networks(table, profiles, ms, streets)
    texts, codes = _texts(table)
    key = np.array([one.encode() for one in table.edge_id] or [b""], dtype=np.bytes_)[:edges]
    along = metres_along(table.geom_start, table.geom_lon, table.geom_lat)
    return RoadGraph(
        version=table.version,
        node_id=frozen(table.node_id, np.int64),
        node_lon=frozen(table.node_lon, np.float64),
        node_lat=frozen(table.node_lat, np.float64),
        node_component=frozen(table.node_component, np.int32),
        edge_from=frozen(start, np.int32),
        edge_to=frozen(end, np.int32),
        mate=frozen(mate, np.int32),
        base=frozen(np.concatenate([np.arange(edges), twin_of]), np.int32),
        length_m=frozen(length, np.float64),
        class_code=frozen(codes[0], np.int32),
        name_code=frozen(codes[1], np.int32),
        ref_code=frozen(codes[2], np.int32),
        bridge=frozen(table.bridge, np.bool_),
        tunnel=frozen(table.tunnel, np.bool_),
        oneway=frozen(table.oneway, np.bool_),
        roundabout=frozen(table.roundabout, np.bool_),
        key=frozen(key, key.dtype),
        key_order=frozen(np.argsort(key, kind="stable"), np.int32),
        geom_start=frozen(table.geom_start, np.int64),
        geom_lon=frozen(table.geom_lon, np.float64),
        geom_lat=frozen(table.geom_lat, np.float64),
        geom_m=frozen(along, np.float64),
        texts=texts,
        grid=build_grid(table.geom_start, table.geom_lon, table.geom_lat, table.drawn),
        networks=networks,
        network_of=network_of,
        weights={
            name: _weights(
                networks[network_of[name]],
                column,
                mate,
                sound(table.nodes, start, end, column, mate, length),
            )
            for name, column in ms.items()
        },
        profiles=dict(profiles),
    )


def frozen(values: npt.ArrayLike, dtype: npt.DTypeLike) -> Any:
    """A contiguous array that nobody can write to."""
    array = np.array(values, dtype=dtype, order="C")
    array.setflags(write=False)
    return array


def _check(table: RoadTable) -> None:
    if table.nodes and table.edges:
        ends = np.concatenate([table.edge_from, table.edge_to])
        bad = ends.min() < 0 or ends.max() >= table.nodes
        bad = bad or not (np.isfinite(table.geom_lon).all() and np.isfinite(table.geom_lat).all())
        bad = bad or bool((np.diff(table.geom_start) < 2).any())
    else:
        bad = table.edges > 0
    if bad:
        raise InvalidInput(
            "The road table has edges without ends or shape.", remedy="Load the roads again."
        )


def _weights(network: Network, ms: Int32s, mate: Int32s, firm: Bools) -> Weights:
    columns = (ms, ms[network.fwd_edge], ms[network.rev_edge])
    usable = ms >= 0
    stretch = usable | (usable[mate] & (mate >= 0)) if len(ms) else usable
    own, fwd, rev = (frozen(column, np.int32) for column in columns)
    return Weights(own, fwd, rev, frozen(stretch, np.bool_), frozen(firm, np.bool_))


def _texts(table: RoadTable) -> tuple[tuple[str, ...], list[Int32s]]:
    """The distinct words of class, name and ref, and each edge's index into them."""
    texts, code = coded(chain(table.road_class, table.name, table.ref))
    edges = table.edges
    return tuple(texts), [code[i * edges : (i + 1) * edges] for i in range(3)]
