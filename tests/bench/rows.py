"""Times to one incident: prepared, equal, settled, within a limit, with closures swapped."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from geo.domain import Closure, LonLat
from routing.grid import METRES_PER_DEGREE
from routing.roads import Roads
from routing.snap import snap
from routing.trees import Trees
from tests.bench.lines import interleaved, line, seconds
from tests.bench.peers import NOTHING, Peer, arcs_of
from tests.bench.problem import CLOSED_M, PROFILE, Problem, square, unseen
from tests.bench.tile import city

TARGETS = {"scipy": 0.4, "routingkit-cch": 0.6, "networkx": 0.02}
LIMIT_S = 1800.0
_EQUAL_SETS = 8  # of swapped closures whose times are looked at one by one


def prepare(file: Path, k: int, name: str) -> Iterator[dict[str, Any]]:
    """What it costs to make the arrays, and to open them."""
    table = city(file, k)
    with tempfile.TemporaryDirectory() as folder:
        _, made = seconds(lambda: Roads.compile(table, folder=Path(folder) / "roads"))
        _, opened = seconds(lambda: Roads.open(Path(folder) / "roads"))
    yield line("compile and save the arrays, all profiles", name, made * 1000, "ms")
    yield line("open the saved arrays", name, opened * 1000, "ms")


def peer(kind: Any, problem: Problem, name: str) -> tuple[Peer | None, list[dict[str, Any]]]:
    """The peer with a line that says what preparing it took, or that it is not installed."""
    made, took = seconds(lambda: kind.prepare(problem))
    figure = "prepare a peer"
    if made is None:
        return None, [line(figure, name, None, "ms", peer=kind.name, note="not installed")]
    arcs = {"states": problem.arcs.states, "arcs": len(problem.arcs.tail)}
    return made, [line(figure, name, None, "ms", peer=kind.name, peer_value=took * 1000, **arcs)]


def equal(problem: Problem, name: str, peers: Sequence[Peer], runs: int) -> Iterator[Any]:
    """Differing times among those from the junctions, settled and with each set of closures."""
    for what, sets in (("settled", ((),)), ("closures", problem.closures)):
        different = {one.name: 0 for one in peers}
        reached = 0
        for closures in sets:
            ours = problem.roads.times_to(
                problem.at, problem.junctions, profile=PROFILE, closures=closures
            ).road_ms
            reached += int((ours >= 0).sum())
            cut = arcs_of(problem, *problem.cut(closures)) if closures else NOTHING
            for one in peers:
                different[one.name] += int((one.times(cut) != ours).sum())
        for who, count in different.items():
            yield line(
                f"equal, {what}",
                name,
                count,
                "differing times",
                peer=who,
                target=0,
                of_ratio=False,
                times=len(sets) * len(problem.junctions),
                with_a_time=reached,
            )


def settled(problem: Problem, name: str, peers: Sequence[Peer], runs: int) -> Iterator[Any]:
    """Every time to one incident, no closures, no limit."""
    figure = f"{len(problem.places)} times to one incident"
    yield from _times(problem, figure, name, peers, runs, [()], None, {})


def limited(problem: Problem, name: str, peers: Sequence[Peer], runs: int) -> Iterator[Any]:
    """The same within 30 minutes, for the peers that take a limit."""
    figure = f"{len(problem.places)} times to one incident within 30 minutes"
    takers = [one for one in peers if one.name in ("scipy", "networkx")]
    yield from _times(problem, figure, name, takers, runs, [()], LIMIT_S, {})


def closures(problem: Problem, name: str, peers: Sequence[Peer], runs: int) -> Iterator[Any]:
    """The same with closures swapped with every request: their roads known, and new polygons."""
    count = len(problem.closures[0])
    figure = f"{len(problem.places)} times to one incident, {count} closures swapped with it"
    _choose(problem, peers)
    yield from _times(problem, figure, name, peers, runs, problem.closures, None, TARGETS)
    takers = [one for one in peers if one.name in ("scipy", "networkx")]
    within = f"{figure}, within 30 minutes"
    yield from _times(problem, within, name, takers, runs, problem.closures, LIMIT_S, {})
    figure = f"{len(problem.places)} times to one incident, {count} new polygons given with it"
    yield from _times(
        problem, figure, name, peers, runs, problem.closures, None, TARGETS, anew=True
    )


def swapped(problem: Problem, name: str, peers: Sequence[Peer], runs: int) -> Iterator[Any]:
    """A running incident whose closures are all swapped for others at once, over and over: its
    tree stands since before the first of them and is repaired. The closures' roads are known and
    no set comes twice; peers are charged for neither cutting polygons nor snapping."""
    roads = problem.roads
    sets = _sets(problem, runs + 1)
    cuts = [arcs_of(problem, *problem.cut(one)) for one in sets]
    placed = roads.place(problem.places, profile=PROFILE)
    ask = partial(roads.times_to, problem.at, profile=PROFILE)
    live = partial(roads.keeping(Trees()).times_to, problem.at, profile=PROFILE)
    live(placed)
    _choose(problem, peers)
    spent = interleaved(
        runs,
        {
            "ours": lambda turn: live(placed, closures=sets[turn]),
            "fresh": lambda turn: ask(placed, closures=sets[turn]),
            "cut": lambda turn: arcs_of(problem, *problem.cut(sets[turn])),
            **{one.name: _answering(one, cuts) for one in peers},
        },
    )
    count = len(problem.closures[0])
    figure = f"running incident, {count} closures swapped: repair"
    ours = {
        "p95": spent.p95("ours"),
        "cold": spent.cold["ours"],
        "cpu_value": spent.of_cpu("ours"),
        "fresh_search": spent["fresh"],
        "cutting": spent["cut"],
    }
    for one in peers:
        bare = spent[one.name]
        yield line(
            figure,
            name,
            spent["ours"],
            "ms",
            peer=one.name,
            peer_value=bare,
            target=TARGETS.get(one.name),
            **ours,
        )
    for who in missing(peers, list(TARGETS)):
        target = TARGETS[who]
        yield line(
            figure, name, spent["ours"], "ms", peer=who, target=target, note="not installed", **ours
        )
    again = partial(roads.keeping(Trees()).times_to, problem.at, profile=PROFILE)
    again(problem.junctions)
    different = dict.fromkeys(["fresh search", *(one.name for one in peers)], 0)
    for closures, cut in zip(sets[:_EQUAL_SETS], cuts, strict=False):
        found = again(problem.junctions, closures=closures).road_ms
        told = ask(problem.junctions, closures=closures).road_ms
        different["fresh search"] += int((told != found).sum())
        for one in peers:
            different[one.name] += int((one.times(cut) != found).sum())
    for who, wrong in different.items():
        yield line(
            f"equal, {figure}",
            name,
            wrong,
            "differing times",
            peer=who,
            target=0,
            of_ratio=False,
            times=len(sets[:_EQUAL_SETS]) * len(problem.junctions),
        )


def _answering(one: Peer, cuts: Sequence[Any]) -> Callable[[int], Any]:
    return lambda turn: one.times(cuts[turn])


def _sets(problem: Problem, count: int) -> list[tuple[Closure, ...]]:
    """New sets of as many closures as the problem's, none of them at the incident."""
    graph = problem.roads.graph
    nodes = np.unique(graph.network(PROFILE).node_of[problem.arcs.tail])
    east, north = graph.node_lon[nodes] - problem.at[0], graph.node_lat[nodes] - problem.at[1]
    away = nodes[np.hypot(east, north) * METRES_PER_DEGREE > 2 * CLOSED_M]
    each = len(problem.closures[0])
    chosen = np.random.default_rng(4).choice(away if len(away) else nodes, (count, each))
    return [
        tuple(square(problem.roads, node, 10_000 + each * of + n) for n, node in enumerate(row))
        for of, row in enumerate(chosen.tolist())
    ]


def missing(peers: Sequence[Peer], wanted: Sequence[str]) -> list[str]:
    """The names of those that are not there."""
    there = {one.name for one in peers}
    return [name for name in wanted if name not in there]


def _times(
    problem: Problem,
    figure: str,
    name: str,
    peers: Sequence[Peer],
    runs: int,
    sets: Sequence[Any],
    limit_s: float | None,
    targets: Mapping[str, float],
    anew: bool = False,
) -> Iterator[dict[str, Any]]:
    roads = problem.roads
    limit_ms = None if limit_s is None else int(limit_s * 1000)
    cuts = [arcs_of(problem, *problem.cut(one)) if one else NOTHING for one in sets]

    given = {
        who: [
            unseen(sets[turn % len(sets)]) if anew else sets[turn % len(sets)]
            for turn in range(runs + 1)
        ]
        for who in ("ours", "placed", "cut")
    }

    def asked(places: Sequence[LonLat], who: str, turn: int) -> Any:
        return roads.times_to(
            problem.at, places, profile=PROFILE, closures=given[who][turn], limit_s=limit_s
        )

    def answering(one: Peer) -> Callable[[int], Any]:
        return lambda turn: one.times(cuts[turn % len(cuts)], limit_ms)

    placed = roads.place(problem.places, profile=PROFILE)
    calls: dict[str, Callable[[int], Any]] = {
        "ours": lambda turn: asked(problem.places, "ours", turn),
        "placed": lambda turn: asked(placed, "placed", turn),
        "snap": lambda turn: snap(roads.graph, PROFILE, problem.places),
        "cut": lambda turn: arcs_of(problem, *problem.cut(given["cut"][turn])),
        **{one.name: answering(one) for one in peers},
    }
    if not sets[0]:
        del calls["cut"]
    spent = interleaved(runs, calls)
    value, snapped, cut = spent["ours"], spent["snap"], spent["cut"] if sets[0] else 0.0
    busy = {key: spent.of_cpu(key) for key in calls}
    ours = {
        "p95": spent.p95("ours"),
        "cold": spent.cold["ours"],
        "placed_value": spent["placed"],
        "snapping": snapped,
        "cutting": cut,
        "cpu_value": busy["ours"],
        "closed_arcs": int(np.mean([len(one) for one in cuts])),
    }
    for one in peers:
        bare = spent[one.name]
        work = busy[one.name] + busy["snap"] + busy.get("cut", 0.0)
        inside = one.name != "pgRouting"  # whose work another process does
        yield line(
            figure,
            name,
            value,
            "ms",
            peer=one.name,
            peer_value=bare + snapped + cut,
            target=targets.get(one.name),
            bare_peer_value=bare,
            bare_ratio=value / bare,
            placed_ratio=spent["placed"] / (bare + cut),
            cpu_ratio=busy["ours"] / work if inside else None,
            **ours,
        )
    for who in missing(peers, list(targets)):
        yield line(
            figure, name, value, "ms", peer=who, target=targets[who], note="not installed", **ours
        )


def _choose(problem: Problem, peers: Sequence[Peer]) -> None:
    """Let the hierarchy take closures in whichever of its two ways is faster here."""
    for one in peers:
        if one.name != "routingkit-cch":
            continue
        took = {}
        cuts = [arcs_of(problem, *problem.cut(closures)) for closures in problem.closures]
        for whole in (False, True):
            one.whole = whole  # type: ignore[attr-defined]
            took[whole] = min(seconds(partial(one.times, c))[1] for _ in range(3) for c in cuts)
        one.whole = took[True] < took[False]  # type: ignore[attr-defined]
        one.times(NOTHING)
