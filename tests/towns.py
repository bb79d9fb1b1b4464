"""Tiny towns whose answers fit on paper, and random ones that only networkx can answer.

A town lies on the equator at (0, 0), where a thousandth of a degree is 111.2 m both ways. Its
plain profile drives one metre each millisecond, so that a road's length is its time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

import numpy as np

from geo.domain import Closure, Parameter
from routing.changes import Changes
from routing.profiles import Profile
from routing.roads import Roads
from routing.table import LoadReport, Restriction, RoadTable

DEGREE_M = 111_194.926_644


@dataclass(frozen=True)
class Road:
    """A road between two nodes; both ways unless one-way. ``via`` are points between."""

    start: int
    end: int
    name: str = ""
    kind: str = "primary"
    oneway: bool = False
    length_m: float | None = None
    via: tuple[tuple[float, float], ...] = ()
    tags: Mapping[str, object] = field(default_factory=dict)  # bridge, access, speed_kph, …


def table_of(
    nodes: Mapping[int, tuple[float, float]], roads: Sequence[Road], version: str = "town"
) -> RoadTable:
    """The road table of a town: nodes by id at lon, lat in degrees."""
    ids = sorted(nodes)
    place = {one: index for index, one in enumerate(ids)}
    rows = []
    for way, road in enumerate(roads):
        line = [nodes[road.start], *road.via, nodes[road.end]]
        rows.append((place[road.start], place[road.end], way, 0, road, line))
        if not road.oneway:
            rows.append((place[road.end], place[road.start], way, 1, road, line[::-1]))
    keyed = [
        (a, b, f"{way}:{ids[a]}:{ids[b]}:{n}", way, n, road, ln) for a, b, way, n, road, ln in rows
    ]
    keyed.sort(key=lambda row: row[:3])
    where = {(row[3], row[4]): index for index, row in enumerate(keyed)}
    reverse = [where.get((row[3], 1 - row[4]), -1) for row in keyed]

    def words(of: Sequence[str]) -> np.ndarray:
        return np.array(of, dtype=object) if of else np.empty(0, dtype=object)

    def tag(key: str, default: object, dtype: object) -> np.ndarray:
        return np.array([row[5].tags.get(key, default) for row in keyed], dtype=dtype)

    lines = [row[6] for row in keyed]
    flat = np.array([point for line in lines for point in line], dtype=float).reshape(-1, 2)
    return RoadTable(
        node_id=np.array(ids, dtype=np.int64),
        node_lon=np.array([nodes[one][0] for one in ids], dtype=float),
        node_lat=np.array([nodes[one][1] for one in ids], dtype=float),
        node_component=np.zeros(len(ids), dtype=np.int32),
        edge_id=tuple(row[2] for row in keyed),
        edge_from=np.array([row[0] for row in keyed], dtype=np.int32),
        edge_to=np.array([row[1] for row in keyed], dtype=np.int32),
        edge_way=np.array([row[3] for row in keyed], dtype=np.int64),
        road_class=words([row[5].kind for row in keyed]),
        name=words([row[5].name for row in keyed]),
        ref=words([str(row[5].tags.get("ref", "")) for row in keyed]),
        length_m=np.array([_length(row[5], row[6]) for row in keyed], dtype=float),
        speed_kph=tag("speed_kph", np.nan, np.float32),
        oneway=np.array([row[5].oneway for row in keyed], dtype=bool),
        roundabout=tag("roundabout", False, bool),
        bridge=tag("bridge", False, bool),
        tunnel=tag("tunnel", False, bool),
        ford=tag("ford", False, bool),
        layer=tag("layer", 0, np.int16),
        max_height_m=tag("max_height_m", np.nan, np.float32),
        max_weight_t=tag("max_weight_t", np.nan, np.float32),
        max_width_m=tag("max_width_m", np.nan, np.float32),
        access=words([str(row[5].tags.get("access", "")) for row in keyed]),
        emergency=words([str(row[5].tags.get("emergency", "")) for row in keyed]),
        reverse=np.array(reverse, dtype=np.int32),
        geom_start=np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int64),
        geom_lon=flat[:, 0].copy(),
        geom_lat=flat[:, 1].copy(),
        restrictions=(),
        report=LoadReport(),
        version=version,
    )


def plain(
    name: str = "car",
    *,
    mode: Literal["drive", "walk"] = "drive",
    kph: float = 3600.0,
    snap_m: float = 200.0,
    wading_m: float = 0.15,
) -> Profile:
    """A profile that travels every class at one speed; 3,600 km/h is one metre a millisecond."""
    kinds = ("primary", "residential", "footway", "motorway")
    usable = [kind for kind in kinds if mode == "walk" or kind != "footway"]
    return Profile(
        name=name,
        version="1",
        source="test",
        mode=mode,
        emergency=False,
        obeys_speed_limit=False,
        refused_access=frozenset({"no"}),
        emergency_only_kph=None,
        speeds={kind: Parameter(kind, kph, "km/h", "A", "test") for kind in usable},
        limits={
            "snap_m": Parameter("snap_m", snap_m, "m", "A", "test"),
            "wading_m": Parameter("wading_m", wading_m, "m", "A", "test"),
        },
    )


def town(
    nodes: Mapping[int, tuple[float, float]], roads: Sequence[Road], *profiles: Profile
) -> Roads:
    """The compiled roads of a town; for a car and a walker unless profiles are given."""
    chosen = profiles or (plain(), plain("foot", mode="walk", kph=360.0))
    return Roads.compile(table_of(nodes, roads), {one.name: one for one in chosen})


def closing(*edges: str, geometry: Mapping[str, object] | None = None, **more: object) -> Closure:
    """A closure of these edges, or of a geometry."""
    return Closure(id=UUID(int=1), geometry=geometry, edges=edges, **more)  # type: ignore[arg-type]


def box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    """A GeoJSON rectangle."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def random_town(seed: int, most_nodes: int = 40) -> tuple[RoadTable, np.random.Generator]:
    """A random multigraph: loops, parallel, zero-length and very long roads, several pieces."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, most_nodes + 1))
    at = rng.uniform(-0.02, 0.02, (count, 2))
    nodes = {10 * index + 7: (float(x), float(y)) for index, (x, y) in enumerate(at)}
    ids = list(nodes)
    kinds = ("primary", "residential", "footway", "motorway", "construction")
    roads = []
    for _ in range(int(rng.integers(0, 3 * count + 1))):
        a, b = rng.choice(ids, 2)
        length: float | None = None
        if rng.random() < 0.15:
            length = float(rng.choice([0.0, 0.2, 1.0, 2e9]))
        via = tuple(map(tuple, rng.uniform(-0.02, 0.02, (int(rng.integers(0, 3)), 2)).tolist()))
        kind = str(rng.choice(kinds, p=(0.4, 0.3, 0.1, 0.1, 0.1)))
        roads.append(
            Road(int(a), int(b), kind=kind, oneway=rng.random() < 0.35, length_m=length, via=via)
        )
    return table_of(nodes, roads, f"random-{seed}"), rng


def restricted(table: RoadTable, rng: np.random.Generator) -> RoadTable:
    """The same town with random turn restrictions, via nodes and via ways, none or many."""
    if not table.edges:
        return table
    leaving = [np.flatnonzero(table.edge_from == node) for node in range(table.nodes)]
    found = []
    for _ in range(int(rng.integers(0, table.nodes + 1))):
        run = [int(rng.integers(0, table.edges))]
        for _ in range(1 if rng.random() < 0.7 else int(rng.integers(2, 4))):
            there = leaving[table.edge_to[run[-1]]]
            if len(there):
                run.append(int(rng.choice(there)))
        if len(run) < 2:
            continue
        ways = [int(table.edge_way[edge]) for edge in run]
        kind = str(rng.choice(["no_left_turn", "no_u_turn", "only_straight_on"]))
        node = int(table.node_id[table.edge_from[run[1]]]) if len(run) == 2 else 0
        found.append(Restriction(kind, ways[0], node, ways[-1], tuple(ways[1:-1])))
    return replace(table, restrictions=tuple(found))


def random_changes(
    roads: Roads, profile: str, before: Changes, rng: np.random.Generator, most: int = 4
) -> Changes:
    """Other changes: some of the old ones lifted, some edges closed, slowed or sped up anew."""
    base = roads.graph.weights[profile].ms
    now = dict(zip(before.edge.tolist(), before.ms.tolist(), strict=True))
    for edge in list(now):
        if rng.random() < 0.3:
            del now[edge]
    usable = np.flatnonzero(base >= 0)
    for edge in rng.choice(usable, int(rng.integers(0, most + 1))).tolist() if len(usable) else []:
        factor = float(rng.choice([0.01, 0.5, 1.0, 1.5, 40.0]))
        other = min(max(1, round(int(base[edge]) * factor)), 2**31 - 1)
        now[edge] = -1 if rng.random() < 0.5 else other
    return changes_of(now, rng)


def changes_of(ms: Mapping[int, int], rng: np.random.Generator) -> Changes:
    """New milliseconds by edge; each closed edge is blocked somewhere, or from end to end."""
    edge = np.array(sorted(ms), dtype=np.int32)
    now = np.array([ms[one] for one in edge.tolist()], dtype=np.int32)
    shut = edge[now < 0]
    ends = np.sort(rng.uniform(0, 1, (len(shut), 2)), axis=1)
    whole = rng.random(len(shut)) < 0.4
    return Changes(edge, now, shut, np.where(whole, 0, ends[:, 0]), np.where(whole, 1, ends[:, 1]))


def _length(road: Road, line: Sequence[tuple[float, float]]) -> float:
    if road.length_m is not None:
        return road.length_m
    points = np.array(line)
    step = np.diff(points, axis=0)
    middle = np.radians((points[1:, 1] + points[:-1, 1]) / 2)
    return float((np.hypot(step[:, 0] * np.cos(middle), step[:, 1]) * DEGREE_M).sum())
