"""One question for every engine: times from 2,000 places to one incident on one city's roads.

The places lie some 20 m beside random junctions. Ours is asked with their coordinates and the
closures' polygons, as commands ask it. Peers search between states of our network (turn
restrictions included) and answer for the junctions; whether all answers are the same is looked at
with places that stand at the junctions themselves.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np

from geo.domain import Closure, LonLat
from routing.closures import changes_of
from routing.roads import Roads
from routing.table import Int32s

PROFILE = "car"
CLOSED_M = 300.0  # the side of a closure's square
_DEGREE_M = 111_194.926_644


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """What a peer is given: the arcs that the profile may use, between states."""

    states: int
    tail: Int32s
    head: Int32s
    edge: Int32s  # of the graph
    ms: Int32s
    lon: np.ndarray  # of each state
    lat: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Roads, an incident, places, and closures to swap."""

    roads: Roads
    arcs: Arcs
    target: int  # the incident's state: its node has one state alone
    sources: Int32s  # the states of the junctions where the places are
    at: LonLat
    places: tuple[LonLat, ...]  # beside the junctions
    junctions: tuple[LonLat, ...]
    closures: tuple[tuple[Closure, ...], ...]  # sets to swap with the request

    def cut(self, closures: Sequence[Closure]) -> tuple[Int32s, Int32s]:
        """Edges and their new milliseconds (-1: closed), by the code that all share."""
        graph = self.roads.graph
        changes = changes_of(graph, closures, graph.profiles[PROFILE], None)
        return changes.edge, changes.ms


def unseen(closures: Sequence[Closure]) -> tuple[Closure, ...]:
    """The same closures under new ids: nobody has found their roads yet."""
    return tuple(replace(one, id=UUID(int=next(_NUMBERS))) for one in closures)


_NUMBERS = itertools.count(10**6)


def make_problem(
    roads: Roads, *, places: int = 2000, closures: int = 20, sets: int = 2, seed: int = 1
) -> Problem:
    """The seeded question. With fewer junctions than places, each is asked several times."""
    graph = roads.graph
    network, ms = graph.network(PROFILE), graph.weights[PROFILE].ms
    usable = np.flatnonzero(ms[network.fwd_edge] >= 0)
    tails = np.repeat(np.arange(len(network.node_of), dtype=np.int32), np.diff(network.fwd_ptr))
    edge = network.fwd_edge[usable]
    arcs = Arcs(
        states=len(network.node_of),
        tail=tails[usable],
        head=network.fwd_node[usable],
        edge=edge,
        ms=ms[edge],
        lon=graph.node_lon[network.node_of],
        lat=graph.node_lat[network.node_of],
    )
    rng = np.random.default_rng(seed)
    good = _standing(roads, np.unique(graph.edge_from[edge]))
    chosen = rng.choice(good, places, replace=len(good) < places)
    spots = np.column_stack([graph.node_lon[chosen], graph.node_lat[chosen]])
    beside = spots + rng.normal(0, 20 / _DEGREE_M, spots.shape)
    target = _incident(roads, good, _tuples(spots[:200]), rng)
    far = np.hypot(graph.node_lon - graph.node_lon[target], graph.node_lat - graph.node_lat[target])
    away = good[far[good] * _DEGREE_M > 2 * CLOSED_M]
    around = rng.choice(away if len(away) else good, (sets, closures))
    return Problem(
        roads=roads,
        arcs=arcs,
        target=int(network.state_of[target]),
        sources=network.state_of[chosen],
        at=(float(graph.node_lon[target]), float(graph.node_lat[target])),
        places=_tuples(beside),
        junctions=_tuples(spots),
        closures=tuple(
            tuple(square(roads, node, 100 * of + nth) for nth, node in enumerate(row))
            for of, row in enumerate(around.tolist())
        ),
    )


def square(roads: Roads, node: int, number: int, side_m: float = CLOSED_M) -> Closure:
    """A square closure with its south-west corner at a node."""
    graph = roads.graph
    x, y = float(graph.node_lon[node]), float(graph.node_lat[node])
    dy = side_m / _DEGREE_M
    dx = dy / float(np.cos(np.radians(y)))
    ring = [[x, y], [x + dx, y], [x + dx, y + dy], [x, y + dy], [x, y]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return Closure(id=UUID(int=number + 1), geometry=shape)


def _incident(roads: Roads, nodes: np.ndarray, places: Sequence[LonLat], rng: Any) -> int:
    """A junction with one state alone that most of the places reach."""
    graph = roads.graph
    network = graph.network(PROFILE)
    single = nodes[np.diff(network.states_ptr)[nodes] == 1]
    picked = rng.permutation(single if len(single) else nodes)[:50].tolist()
    for node in picked:
        at = (float(graph.node_lon[node]), float(graph.node_lat[node]))
        if (roads.times_to(at, places, profile=PROFILE).road_ms >= 0).mean() > 0.8:
            return int(node)
    return int(picked[0])


def _standing(roads: Roads, nodes: np.ndarray) -> np.ndarray:
    """Nodes at which a place with their coordinates stands (bridges may pass over others)."""
    graph = roads.graph
    spots = _tuples(np.column_stack([graph.node_lon[nodes], graph.node_lat[nodes]]))
    found = roads.snap(spots, profile=PROFILE)
    ids = [None if s is None or s.fraction not in (0, 1) else s for s in found]
    edges = graph.find([s.edge if s is not None else "" for s in ids])
    ends = np.array([s is not None and s.fraction == 1 for s in ids])
    at = np.where(ends, graph.edge_to[edges], graph.edge_from[edges])
    return nodes[(edges >= 0) & (at == nodes)]


def _tuples(spots: np.ndarray) -> tuple[LonLat, ...]:
    return tuple((float(x), float(y)) for x, y in spots)
