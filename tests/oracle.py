"""What networkx answers: every place becomes a node that splits its edge by the stated rule."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import networkx as nx

from geo.domain import Closure, LonLat
from routing.roads import Roads


def spent(fraction: float, ms: int) -> int:
    """Whole milliseconds from an edge's start to a fraction along it."""
    return math.floor(fraction * ms + 0.5)


def times_by_networkx(
    roads: Roads,
    at: LonLat,
    places: Sequence[LonLat],
    *,
    profile: str,
    closures: Sequence[Closure] = (),
    backwards: bool = True,
) -> list[int | None]:
    """Milliseconds of each place, None where networkx finds no way (or there is no road)."""
    graph = split(roads, [at, *places], profile=profile, closures=closures)
    if ("place", 0) not in graph:
        return [None] * len(places)
    tree = graph.reverse(copy=False) if backwards else graph
    found = nx.single_source_dijkstra_path_length(tree, ("place", 0), weight="travel_ms")
    return [found.get(("place", index)) for index in range(1, len(places) + 1)]


def split(
    roads: Roads, places: Sequence[LonLat], *, profile: str, closures: Sequence[Closure] = ()
) -> nx.MultiDiGraph:
    """The open roads with a node ("place", i) for each place that has a road."""
    graph = nx.MultiDiGraph(roads.to_networkx(profile, closures))
    on_edge: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for index, snap in enumerate(roads.snap(places, profile=profile)):
        if snap is None:
            continue
        graph.add_node(("place", index))
        if snap.fraction in (0.0, 1.0):
            node = _node(snap.edge, int(snap.fraction))
            graph.add_edge(("place", index), node, travel_ms=0)
            graph.add_edge(node, ("place", index), travel_ms=0)
            continue
        on_edge[snap.edge].append((snap.fraction, index))
        if (mate := _mate(roads, snap.edge)) is not None:
            on_edge[mate].append((1 - snap.fraction, index))
    edges = {key: (u, v, ms) for u, v, key, ms in graph.edges(keys=True, data="travel_ms")}
    for edge, stops in on_edge.items():
        if edge not in edges:
            continue  # closed, or not for this profile
        u, v, ms = edges[edge]
        graph.remove_edge(u, v, edge)
        stops.sort()
        chain = [(0, u), *((spent(f, ms), ("place", i)) for f, i in stops), (ms, v)]
        for (t0, a), (t1, b) in pairwise(chain):
            graph.add_edge(a, b, travel_ms=t1 - t0)
        for (f0, i), (f1, j) in pairwise(stops):
            if f0 == f1:
                graph.add_edge(("place", j), ("place", i), travel_ms=0)
    return graph


def _node(edge: str, end: int) -> int:
    """The id of an edge's first (0) or last (1) node; ids read "way:from:to:n"."""
    ends = edge.rstrip("~").split(":")[1:3]
    return int(ends[end if not edge.endswith("~") else 1 - end])


def _mate(roads: Roads, edge: str) -> str | None:
    """The same stretch in the other direction."""
    if edge.endswith("~"):
        return edge[:-1]
    mate = int(roads.graph.mate[roads.graph.find([edge])[0]])
    return None if mate < 0 else roads.graph.edge_id(mate)
