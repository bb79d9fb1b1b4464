"""Routes, a closure added to a running incident, snapping, isochrones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from geo.domain import Closure, Route
from routing.grid import METRES_PER_DEGREE
from routing.instructions import instructions
from routing.lines import edge_lines
from routing.roads import Roads
from routing.routes import Ways, draw_all
from routing.snap import snap
from routing.table import Int32s, Ints
from routing.times import Times
from routing.trees import Trees
from server.directions import sentence
from tests.bench.lines import interleaved, line, p95, seconds
from tests.bench.peers import Peer, Scipy, arcs_of
from tests.bench.problem import PROFILE, Problem, square, unseen

MINUTES = (5, 10, 15, 30)
GRID_M = 250.0
ROUTES = 30
CHANGES = 200


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
    spent = interleaved(
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
        spent["ours"],
        "ms",
        peer="shapely STRtree",
        peer_value=spent["tree"],
        target=0.1,
        p95=spent.p95("ours"),
        cold=spent.cold["ours"],
        with_values_made=spent["values"],
        cpu_ratio=spent.of_cpu("ours") / spent.of_cpu("tree"),
        peer_prepare=made * 1000,
        most_metres_apart=float(np.nanmax(apart, initial=0.0)),
        one_found_only=int((np.isnan(far) != np.isnan(ours(0).distance_m)).sum()),
    )


def isochrones(problem: Problem, name: str, peers: Sequence[Peer], runs: int) -> Iterator[Any]:
    """Four polygons, beside the union of the 250 m squares that reached vertices lie in."""
    engine = next((one for one in peers if isinstance(one, Scipy)), None) or Scipy(problem)
    spent = interleaved(
        runs,
        {
            "ours": lambda _: problem.roads.isochrone(
                problem.at, MINUTES, profile=PROFILE, direction="to_incident"
            ),
            "grid": lambda _: _squares(problem, engine),
            "search": lambda _: engine.search(_NONE, MINUTES[-1] * 60_000),
        },
    )
    value, peer = spent["ours"], spent["grid"]
    more = {"cpu_value": spent.of_cpu("ours"), "p95": spent.p95("ours"), "cold": spent.cold["ours"]}
    figure = "isochrones of 5, 10, 15 and 30 minutes"
    yield line(
        figure,
        name,
        value,
        "ms",
        peer="union of a 250 m grid",
        peer_value=peer,
        target=0.2,
        peer_search=spent["search"],
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
    """Times with closures swapped, and ways with lines, steps and instructions for some places."""
    engine = next((one for one in peers if isinstance(one, Scipy)), None) or Scipy(problem)
    roads, sets = problem.roads, problem.closures
    reached = np.all([_asked(problem, one).road_ms >= 0 for one in sets], axis=0)
    chosen = np.flatnonzero(reached)[:: max(1, int(reached.sum()) // ROUTES)][:ROUTES]
    cuts = [arcs_of(problem, *problem.cut(one)) for one in sets]

    def ours(turn: int) -> Any:
        return told(roads, _asked(problem, sets[turn % len(sets)]).routes(chosen.tolist()))

    def theirs(turn: int) -> Any:
        cut = problem.cut(sets[turn % len(sets)])
        return told(roads, _scipy_routes(problem, engine, cut, cuts[turn % len(sets)], chosen))

    spent = interleaved(
        runs,
        {
            "ours": ours,
            "scipy": theirs,
            "snap": lambda _: snap(roads.graph, PROFILE, problem.places),
            "times": lambda turn: _asked(problem, sets[turn % len(sets)]),
        },
    )
    value, bare = spent["ours"], spent["scipy"]
    yield line(
        f"{len(problem.places)} times with {len(sets[0])} closures swapped, and {len(chosen)} "
        "routes with geometry and instructions",
        name,
        value,
        "ms",
        peer="scipy with the same route-writing code",
        peer_value=bare + spent["snap"],
        target=0.17,
        bare_peer_value=bare,
        bare_ratio=value / bare,
        cpu_value=spent.of_cpu("ours"),
        cpu_ratio=spent.of_cpu("ours") / (spent.of_cpu("scipy") + spent.of_cpu("snap")),
        of_it_times=spent["times"],
        p95=spent.p95("ours"),
        cold=spent.cold["ours"],
    )


def told(roads: Roads, found: Sequence[Route | None]) -> list[Any]:
    """The routes as a driver is told them, in words."""
    out = []
    for route in found:
        if route is not None:
            steps = instructions(route)
            out.append((route, [sentence(one, "zh-CN", walks=False) for one in steps]))
    return out


def _asked(problem: Problem, closures: Sequence[Closure]) -> Times:
    return problem.roads.times_to(problem.at, problem.places, profile=PROFILE, closures=closures)


def _scipy_routes(
    problem: Problem, engine: Scipy, cut: tuple[Int32s, Int32s], arcs: Ints, chosen: Ints
) -> Sequence[Route]:
    """Its search with predecessors, each way walked, the same drawing."""
    graph = problem.roads.graph
    _, before = engine.search(arcs, ways=True)
    ms = graph.weights[PROFILE].ms.copy()
    ms[cut[0]] = cut[1]
    tails, heads = [], []
    ptr = [0]
    for state in problem.sources[chosen].tolist():
        following = int(before[state])
        while following >= 0:
            tails.append(state)
            heads.append(following)
            state, following = following, int(before[following])
        ptr.append(len(tails))
    edges = engine.edges(np.array(tails, dtype=np.int64), np.array(heads, dtype=np.int64), ms)
    ways = Ways(
        ptr=np.array(ptr),
        edges=edges,
        start=np.zeros(len(chosen)),
        end=np.ones(len(chosen)),
        at=np.array([problem.junctions[one] for one in chosen.tolist()]).reshape(-1, 2),
    )
    return draw_all(graph, ms, ways, graph.network(PROFILE))


def repair(
    problem: Problem, name: str, peers: Sequence[Peer], runs: int, changes: int = CHANGES
) -> Iterator[Any]:
    """One closure added to a running incident, the oldest lifted, over and over."""
    roads, live = problem.roads, problem.roads.keeping(Trees())
    placed = roads.place(problem.places, profile=PROFILE)
    peer = next((one for one in peers if one.name == "routingkit-cch"), None)
    nodes = np.random.default_rng(3).choice(np.unique(problem.arcs.tail), changes)
    standing = list(problem.closures[0])
    spent: dict[str, list[float]] = {"added": [], "lifted": []}
    theirs: dict[str, list[float]] = {"added": [], "lifted": []}
    cutting: dict[str, list[float]] = {"added": [], "lifted": []}
    fresh: list[float] = []
    different = 0
    live.times_to(problem.at, placed, profile=PROFILE, closures=standing)
    for number, node in enumerate(nodes.tolist()):
        at = int(roads.graph.network(PROFILE).node_of[node])
        for what in ("added", "lifted"):
            if what == "added":
                standing = [*standing, square(roads, at, 1000 + number)]
            else:
                standing = standing[1:]
            ask = partial(roads.times_to, problem.at, placed, profile=PROFILE, closures=standing)
            repaired = partial(live.times_to, *ask.args, **ask.keywords)
            found, took = seconds(repaired)
            spent[what].append(took * 1000)
            again, took = seconds(ask)
            fresh.append(took * 1000)
            different += int((found.road_ms != again.road_ms).sum())
            cut, took = seconds(lambda now=standing: problem.cut(now))
            if what == "added":  # the peer's share of finding the new one's roads
                new = unseen(standing[-1:])
                took += seconds(lambda now=new: problem.cut(now))[1]
            cutting[what].append(took * 1000)
            if peer is not None:
                arcs = arcs_of(problem, *cut)
                _, took = seconds(partial(peer.times, arcs))
                theirs[what].append(took * 1000)
    for what in ("added", "lifted"):
        own, cut_ms = spent[what], median(cutting[what])
        bare = median(theirs[what]) if peer is not None else None
        yield line(
            f"one closure {what} in a running incident with {len(problem.closures[0])}",
            name,
            median(own),
            "ms",
            peer="routingkit-cch partial update and query",
            peer_value=None if bare is None else bare + cut_ms,
            target=1.0,
            p95=p95(own),
            bare_peer_value=bare,
            peer_p95=p95(theirs[what]) if peer is not None else None,
            bare_ratio=None if bare is None else median(own) / bare,
            own_without_cutting=median(own) - cut_ms,
            cutting=cut_ms,
            fresh_search=median(fresh),
            changes=len(own),
            **({} if peer is not None else {"note": "not installed"}),
        )
    yield line(
        "repaired beside a fresh search",
        name,
        different,
        "differing times",
        target=0,
        of_ratio=False,
        times=2 * changes * len(problem.places),
    )
