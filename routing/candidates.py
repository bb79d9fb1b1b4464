"""What may be critical: bridges and tunnels whole, and stretches of road between junctions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from routing.critical import Severed, alike, both_directions
from routing.graph import RoadGraph
from routing.named import clusters
from routing.table import Bools, Floats, Int32s, Ints

_TOGETHER_M = 250.0  # [A] bridges of one name so near are one: two carriageways, spans with a gap


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """Something to close as a whole; ``beyond`` and ``flow`` are bounds of what hangs on it."""

    kind: Literal["bridge", "tunnel", "road"]
    edges: Int32s  # both directions, sorted
    beyond: int  # what a single stretch of it severs from the core
    flow: int  # what is reached over its busiest stretch by the quickest ways


def candidates(
    graph: RoadGraph, ms: Int32s, parts: Severed, flow: Ints, *, most: int
) -> tuple[list[Candidate], int]:
    """At most about ``most`` candidates, and how many structures and roads there are.

    A third are what severs most, a third the bridges and tunnels with the greatest flow, a third
    the roads. Of a road, what hangs together under one name and number, the stretch with the
    greatest flow stands for the whole.
    """
    used = np.flatnonzero(ms >= 0).astype(np.int32)
    beyond = np.zeros(len(ms), dtype=np.int64)
    beyond[parts.edge] = parts.beyond[:, 0] if len(parts.edge) else 0
    mate = graph.mate[parts.edge]
    beyond[mate[mate >= 0]] = beyond[parts.edge[mate >= 0]]
    built = [
        *_structures(graph, used, graph.bridge, "bridge", beyond, flow),
        *_structures(graph, used, graph.tunnel & ~graph.bridge, "tunnel", beyond, flow),
    ]
    plain = ~(graph.bridge | graph.tunnel)
    roads = list(_stretches(graph, used[plain[graph.base[used]]], beyond, flow))
    share = max(most // 3, 1)
    chosen: dict[bytes, Candidate] = {}
    for pool, key in (
        ([*built, *roads], lambda one: one.beyond),
        (built, lambda one: one.flow),
        (roads, lambda one: one.flow),
    ):
        ordered = sorted(pool, key=lambda one: (-key(one), int(one.edges[0])))
        for one in ordered[:share]:
            if key(one) > 0:
                chosen[one.edges.tobytes()] = one
    return list(chosen.values()), len(built) + len(roads)


def _structures(
    graph: RoadGraph,
    used: Int32s,
    flag: Bools,
    kind: Literal["bridge", "tunnel"],
    beyond: Ints,
    flow: Ints,
) -> Iterator[Candidate]:
    """Bridges or tunnels: what hangs together, and what lies near under one name."""
    mine = used[flag[graph.base[used]]]
    name = graph.name_code[graph.base[mine]].astype(np.int64)
    groups = alike(graph, mine, name)
    by_name: dict[int, list[int]] = {}
    for index, edges in enumerate(groups):
        by_name.setdefault(int(graph.name_code[graph.base[edges[0]]]), []).append(index)
    for code, rows in by_name.items():
        together: list[list[int]] = [[row] for row in rows]
        if graph.texts[code] and len(rows) > 1:
            middles = np.array([_middle(graph, groups[row]) for row in rows])
            together = [[rows[int(i)] for i in near] for near in clusters(middles, _TOGETHER_M)]
        for near in together:
            edges = both_directions(graph, np.concatenate([groups[row] for row in near]))
            edges = edges[np.isin(edges, used)]
            yield Candidate(kind, edges, int(beyond[edges].max()), _passing(graph, edges, flow))


def _stretches(graph: RoadGraph, used: Int32s, beyond: Ints, flow: Ints) -> Iterator[Candidate]:
    """For each road the stretch that severs most, else the busiest."""
    both = flow.copy()
    mate = graph.mate
    paired = mate >= 0
    both[paired] += flow[mate[paired]]
    code = graph.name_code[graph.base[used]].astype(np.int64) * len(graph.texts)
    code += graph.ref_code[graph.base[used]]
    for group in alike(graph, used, code):
        weight = beyond[group] if beyond[group].any() else both[group]
        top = group[int(weight.argmax())]
        if not weight.max():
            continue
        edges = both_directions(graph, np.array([top], dtype=np.int32))
        edges = edges[np.isin(edges, used)]
        yield Candidate("road", edges, int(beyond[top]), int(both[top]))


def _passing(graph: RoadGraph, edges: Int32s, flow: Ints) -> int:
    """The greatest flow over the stretches, both directions of each taken together."""
    mate = graph.mate[edges]
    return int((flow[edges] + np.where(mate >= 0, flow[mate], 0)).max())


def _middle(graph: RoadGraph, edges: Int32s) -> Floats:
    ends = np.concatenate([graph.edge_from[edges], graph.edge_to[edges]])
    return np.array([graph.node_lon[ends].mean(), graph.node_lat[ends].mean()])
