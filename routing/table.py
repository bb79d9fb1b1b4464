"""The road table: nodes and directed edges as columns, whatever file they came from.

It is what ``routing/sources`` makes, ``routing/store`` keeps in PostGIS and the graph is compiled
from. Columns are numpy arrays: ``n`` nodes, ``m`` directed edges, ``k`` vertices. Points are
EPSG:4326. Nodes are sorted by id; edges by (from, to, way, n).

A two-way stretch is two rows that name each other in ``reverse``; a one-way stretch is one row
with ``oneway`` set and ``reverse`` -1. One-way binds vehicles: who goes on foot may walk such a
stretch both ways, and foot-only classes are one-way only where a sign lets vehicles in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Int16s = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]
Float32s = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]  # every item a str; "" where the source says nothing


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn restriction of the source (``routing/turns.py`` says which roads it means).

    The ends of its ways and its node are graph nodes, so that edges carry the very way ids.
    """

    kind: str  # "no_left_turn", "only_straight_on", …
    from_way: int
    via_node: int  # 0 where ways lie between
    to_way: int
    via_ways: tuple[int, ...] = ()  # in travel order
    vehicles: tuple[str, ...] = ()  # binds only who counts as one of these; (): every vehicle
    excepted: tuple[str, ...] = ()  # does not bind who counts as one of these
    relation: int = 0  # of the source, for whoever looks it up; 0: not known


@dataclass(frozen=True, slots=True)
class Barrier:
    """Something across a road at a graph node (``routing/barriers.py`` says who passes)."""

    node: int
    kind: str  # OSM barrier value: "gate", "bollard", …
    access: tuple[str, ...] = ()  # "key=value", sorted: "access=private", "motor_vehicle=yes" …
    max_height_m: float | None = None
    max_width_m: float | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was left out of the table, and why."""

    reason: str  # "stray", "area", "not_a_road", "proposed", "missing_nodes", …
    ways: int
    nodes: int
    km: float


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in the source, at a place a person can look up."""

    kind: str  # "one_node", "zero_length", "duplicate_node", "missing_nodes", "one_way_trap", …
    way: int | None
    lon: float | None
    lat: float | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a road file held, what became of it, and what is wrong in it."""

    files: tuple[str, ...] = ()
    nodes_in: int = 0  # points of the road ways that were read
    ways_in: int = 0
    km_in: float = 0.0
    nodes: int = 0  # graph nodes kept
    edges: int = 0  # directed edges kept
    km: float = 0.0  # road kept, each stretch once
    components: int = 0
    component_km: tuple[float, ...] = ()  # by component number, the largest first; at most 100
    dropped: tuple[Dropped, ...] = ()
    faults: tuple[Fault, ...] = ()  # at most 1,000 of a kind; fault_counts has the true numbers
    fault_counts: Mapping[str, int] = field(default_factory=dict)
    barriers: Mapping[str, int] = field(default_factory=dict)  # kind of barrier -> how many
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> LoadReport:
        """The report that :meth:`to_json` wrote."""
        known = {key: value for key, value in body.items() if key in cls.__slots__}
        known["files"] = tuple(known.get("files", ()))
        known["component_km"] = tuple(known.get("component_km", ()))
        known["dropped"] = tuple(Dropped(**item) for item in known.get("dropped", ()))
        known["faults"] = tuple(Fault(**item) for item in known.get("faults", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True, eq=False)
class RoadTable:
    """Roads as nodes and directed edges; immutable, equal by ``version``."""

    node_id: Ints  # (n,)
    node_lon: Floats  # (n,)
    node_lat: Floats  # (n,)
    node_component: Int32s  # (n,) 0 is the largest connected piece
    edge_id: tuple[str, ...]  # (m,) "way:from:to:n", one per direction
    edge_from: Int32s  # (m,) index into the nodes
    edge_to: Int32s  # (m,)
    edge_way: Ints  # (m,)
    road_class: Words  # (m,) OSM highway value, foot-only ones too
    name: Words  # (m,)
    ref: Words  # (m,)
    length_m: Floats  # (m,)
    speed_kph: Float32s  # (m,) the posted limit; NaN: not known
    oneway: Bools  # (m,)
    roundabout: Bools  # (m,)
    bridge: Bools  # (m,)
    tunnel: Bools  # (m,)
    ford: Bools  # (m,)
    layer: Int16s  # (m,)
    max_height_m: Float32s  # (m,) NaN: none known
    max_weight_t: Float32s  # (m,)
    max_width_m: Float32s  # (m,)
    access: Words  # (m,) motor_vehicle, else vehicle, else access (foot-only: foot, else access)
    emergency: Words  # (m,) the emergency tag; "" not said
    reverse: Int32s  # (m,) the same stretch in the other direction; -1: none
    geom_start: Ints  # (m + 1,) where each edge's vertices begin
    geom_lon: Floats  # (k,) vertices in travel direction, both ends included
    geom_lat: Floats  # (k,)
    restrictions: tuple[Restriction, ...]
    report: LoadReport
    version: str  # the first 16 hex digits of the sha256 of the contents
    barriers: tuple[Barrier, ...] = ()
    # (m,) signs that name one kind of vehicle, or walkers: "bus=yes;foot=no"; empty: none anywhere
    signs: Words = field(default_factory=lambda: np.empty(0, dtype=object))

    @property
    def nodes(self) -> int:
        """How many graph nodes."""
        return len(self.node_id)

    @property
    def edges(self) -> int:
        """How many directed edges."""
        return len(self.edge_id)

    @property
    def drawn(self) -> Bools:
        """True on one of the two directions of each stretch: what a map draws, what km counts."""
        return (self.reverse < 0) | (np.arange(self.edges) <= self.reverse)

    @property
    def km(self) -> float:
        """Kilometres of road, each stretch once."""
        return float(self.length_m[self.drawn].sum()) / 1000

    def vertices(self, edge: int) -> npt.NDArray[np.float64]:
        """The (v, 2) lon, lat of an edge in travel direction."""
        span = slice(int(self.geom_start[edge]), int(self.geom_start[edge + 1]))
        return np.column_stack([self.geom_lon[span], self.geom_lat[span]])


_COLUMNS = (
    *("node_id", "node_lon", "node_lat", "node_component", "edge_from", "edge_to", "edge_way"),
    *("length_m", "speed_kph", "oneway", "roundabout", "bridge", "tunnel", "ford", "layer"),
    *("max_height_m", "max_weight_t", "max_width_m", "reverse"),
    *("geom_start", "geom_lon", "geom_lat"),
)
_WORDS = ("road_class", "name", "ref", "access", "emergency")


def contents_version(columns: Mapping[str, Any]) -> str:
    """The version of a table with these columns: a hash of contents, not of the report."""
    digest = hashlib.sha256()
    for key in _COLUMNS:
        digest.update(key.encode())
        digest.update(np.ascontiguousarray(columns[key]).tobytes())
    for key in _WORDS:
        digest.update("\0".join(columns[key]).encode())
        digest.update(b"\1")
    if any(signs := columns.get("signs", ())):
        digest.update("\0".join(signs).encode())
    digest.update("\0".join(columns["edge_id"]).encode())
    for item in (*columns["restrictions"], *columns.get("barriers", ())):
        digest.update(repr(item).encode())
    return digest.hexdigest()[:16]
