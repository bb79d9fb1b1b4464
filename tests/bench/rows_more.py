"""Routes, a closure added to a running incident, snapping, isochrones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from routing.grid import METRES_PER_DEGREE
from routing.lines import edge_lines
from routing.snap import snap
from routing.table import Ints
from tests.bench.lines import interleaved, line, middle, p95, seconds
from tests.bench.peers import Peer, Scipy
from tests.bench.problem import PROFILE, Problem

MINUTES = (5, 10, 15, 30)
GRID_M = 250.0


def snapping(problem: Problem, name: str, peers: Sequence[Peer], runs: int) -> Iterator[Any]:
    """Places on edges, beside shapely's STRtree over the same stretches in metres."""
    import shapely

    graph = problem.roads.graph
    stretch = graph.weights[PROFILE].stretch[: graph.edges]
    drawn = np.flatnonzero(stretch & (graph.mate[: graph.edges] < 0))
    both = np.flatnonzero(stretch & (graph.mate[: graph.edges] >= 0))
    drawn = np.sort(np.concatenate([drawn, both[both < graph.mate[both]]])).astype(np.int32)
    scale = np.array([np.cos(np.radians(problem.at[1])), 1.0]) * METRES_PER_DEGREE
    lines = shapely.transform(edge_lines(graph, drawn), lambda points: points * scale)
    tree, made = seconds(lambda: shapely.STRtree(lines))
    limit = graph.profiles[PROFILE].snap_m

    def theirs(_: int) -> Any:
        points = shapely.points(np.array(problem.places) * scale)
        which, near = tree.query_nearest(points, max_distance=limit, all_matches=False)
        return which, near, shapely.line_locate_point(lines[near], points[which], normalized=True)

    def ours(_: int) -> Any:
        return snap(graph, PROFILE, problem.places)

    which, near, _ = theirs(0)
    points = shapely.points(np.array(problem.places) * scale)
    far = np.full(len(problem.places), np.nan)
    far[which] = shapely.distance(points[which], lines[near])
    apart = np.abs(far - ours(0).distance_m)
    spent, cold = interleaved(
        runs,
        {
            "ours": ours,
            "values": lambda _: problem.roads.snap(problem.places, profile=PROFILE),
            "tree": theirs,
        },
    )
    yield line(
        f"snap {len(problem.places)} points to edges",
        name,
        middle(spent["ours"]),
        "ms",
        peer="shapely STRtree",
        peer_value=middle(spent["tree"]),
        target=0.1,
        p95=p95(spent["ours"]),
        cold=cold["ours"],
        with_values_made=middle(spent["values"]),
        peer_prepare=made * 1000,
        most_metres_apart=float(np.nanmax(apart, initial=0.0)),
        one_found_only=int((np.isnan(far) != np.isnan(ours(0).distance_m)).sum()),
    )


def isochrones(problem: Problem, name: str, peers: Sequence[Peer], runs: int) -> Iterator[Any]:
    """Four polygons, beside the union of the 250 m squares that reached vertices lie in."""
    engine = next((one for one in peers if isinstance(one, Scipy)), None) or Scipy(problem)
    spent, cold = interleaved(
        runs,
        {
            "ours": lambda _: problem.roads.isochrone(
                problem.at, MINUTES, profile=PROFILE, direction="to_incident"
            ),
            "grid": lambda _: _squares(problem, engine),
            "search": lambda _: engine.search(_NONE, MINUTES[-1] * 60_000),
        },
    )
    value, peer = middle(spent["ours"]), middle(spent["grid"])
    more = {"p95": p95(spent["ours"]), "cold": cold["ours"]}
    figure = "isochrones of 5, 10, 15 and 30 minutes"
    yield line(
        figure,
        name,
        value,
        "ms",
        peer="union of a 250 m grid",
        peer_value=peer,
        target=0.2,
        peer_search=middle(spent["search"]),
        **more,
    )
    yield line(figure, name, value, "ms", target=50.0, of_ratio=False, **more)


_NONE: Ints = np.empty(0, dtype=np.int64)


def _squares(problem: Problem, engine: Scipy) -> list[Any]:
    """The peer: scipy's search within the longest time, then one union for each ring."""
    import shapely

    graph = problem.roads.graph
    ms = engine.search(_NONE, MINUTES[-1] * 60_000)[problem.roads.graph.network(PROFILE).state_of]
    high = GRID_M / METRES_PER_DEGREE
    wide = high / float(np.cos(np.radians(problem.at[1])))
    starts = graph.geom_start[: graph.edges]
    count = np.diff(graph.geom_start[: graph.edges + 1])
    spent = np.fmax(ms[graph.edge_from[: graph.edges]], ms[graph.edge_to[: graph.edges]])
    usable = graph.weights[PROFILE].ms[: graph.edges] >= 0
    rings = []
    for minutes in MINUTES:
        inside = np.repeat(usable & (spent <= minutes * 60_000), count)[: starts[-1] + count[-1]]
        column = np.floor(graph.geom_lon[inside] / wide).astype(np.int64)
        row = np.floor(graph.geom_lat[inside] / high).astype(np.int64)
        cell = np.unique(column * 10**7 + row)
        column, row = cell // 10**7, cell % 10**7
        boxes = shapely.box(column * wide, row * high, (column + 1) * wide, (row + 1) * high)
        rings.append(shapely.union_all(boxes))
    return rings


def routes(problem: Problem, name: str, peers: Sequence[Peer], runs: int) -> Iterator[Any]:
    """To be written."""
    yield from ()


def repair(problem: Problem, name: str, peers: Sequence[Peer], runs: int) -> Iterator[Any]:
    """To be written."""
    yield from ()
