"""How the cost grows: with the nodes of the roads, with incidents at once, with places.

    python -m tests.bench.roads_growth FILE.osm.pbf [--runs N] [--most-nodes N]

Nodes: the middle of the city, the city, and the city tiled k x k (tests/bench/tile.py). Incidents:
as many threads, each asking for 2,000 times with 20 closures of its own, on the city tiled 2 x 2.
Places: 100 to 50,000 to one incident there. One JSON line each.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bench.lines import THREADS

for _one in THREADS:  # before numpy is imported
    os.environ.setdefault(_one, "1")

from routing.roads import Roads  # noqa: E402
from tests.bench.lines import interleaved, line, p95, seconds, settle, show  # noqa: E402
from tests.bench.problem import PROFILE, Problem, make_problem  # noqa: E402
from tests.bench.tile import city, clipped, roads_of  # noqa: E402

SIZES = (1_000, 10_000, 30_000)
TILES = (1, 2, 3, 4)
INCIDENTS = (1, 2, 5, 10, 20, 50, 100)
PLACES = (100, 1_000, 2_000, 10_000, 50_000)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--most-nodes", type=int, default=1_200_000)
    parser.add_argument("--tiles", type=int, default=2)
    given = parser.parse_args(arguments)
    name = given.file.name.split(".")[0]
    for one in _nodes(given.file, name, given.runs, given.most_nodes):
        show(one)
    roads, _ = roads_of(given.file, given.tiles)
    tiled = f"{name} {given.tiles}x{given.tiles}"
    for one in _incidents(roads, tiled):
        show(one)
    for one in _places(roads, tiled, given.runs):
        show(one)


def _nodes(file: Path, name: str, runs: int, most: int) -> Iterator[dict[str, Any]]:
    whole = city(file)
    for size in SIZES:
        if size < min(whole.nodes, most):
            roads, took = seconds(lambda size=size: Roads.compile(clipped(whole, size)))
            yield _one_size(roads, f"{name}, the middle", runs, compile_s=took)
    for k in TILES:
        if k * k * whole.nodes <= most:
            roads, folder = roads_of(file, k)
            _, took = seconds(lambda folder=folder: Roads.open(folder))
            yield _one_size(roads, f"{name} {k}x{k}", runs, open_ms=took * 1000)


def _one_size(roads: Roads, data: str, runs: int, **more: float) -> dict[str, Any]:
    problem = make_problem(roads)
    placed = roads.place(problem.places, profile=PROFILE)

    def ask(turn: int, limit_s: float | None, closed: bool) -> Any:
        sets = problem.closures[turn % len(problem.closures)] if closed else ()
        return roads.times_to(problem.at, placed, profile=PROFILE, closures=sets, limit_s=limit_s)

    spent = interleaved(
        runs,
        {
            "closures": lambda turn: ask(turn, None, True),
            "settled": lambda turn: ask(turn, None, False),
            "limited": lambda turn: ask(turn, 1800.0, True),
            "snap": lambda _: roads.place(problem.places, profile=PROFILE),
        },
    )
    value = spent["closures"]
    return line(
        "cost by nodes: 2,000 times to one incident, 20 closures",
        data,
        value,
        "ms",
        nodes=roads.nodes,
        edges=roads.edges,
        us_per_1000_nodes=value * 1000 / (roads.nodes / 1000),
        settled=spent["settled"],
        within_30_minutes=spent["limited"],
        snapping=spent["snap"],
        cpu_value=spent.of_cpu("closures"),
        runs=runs,
        **more,
    )


def _incidents(roads: Roads, data: str) -> Iterator[dict[str, Any]]:
    problems = [make_problem(roads, sets=1, seed=seed) for seed in range(4)]
    alone: list[int] = _ms(problems[0])
    settle()
    for count in INCIDENTS:
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(_ms, problems))  # warm
            begun = time.perf_counter()
            found = list(pool.map(_timed, [problems[n % len(problems)] for n in range(count)]))
            took = (time.perf_counter() - begun) * 1000
        yield line(
            "incidents at once: until all are answered",
            data,
            took,
            "ms",
            incidents=count,
            each=took / count,
            p95=p95([spent for _, spent in found]),
            cores=len(os.sched_getaffinity(0)),
            same_as_alone=all(ms == alone for ms, _ in found[:: len(problems)]),
            nodes=roads.nodes,
        )


def _ms(problem: Problem) -> list[int]:
    closures = problem.closures[0]
    times = problem.roads.times_to(problem.at, problem.places, profile=PROFILE, closures=closures)
    return times.road_ms.tolist()


def _timed(problem: Problem) -> tuple[list[int], float]:
    found, took = seconds(lambda: _ms(problem))
    return found, took * 1000


def _places(roads: Roads, data: str, runs: int) -> Iterator[dict[str, Any]]:
    problem = make_problem(roads, places=max(PLACES))
    for count in PLACES:
        some = replace(problem, places=problem.places[:count])
        placed = roads.place(some.places, profile=PROFILE)
        spent = interleaved(
            runs,
            {
                "whole": lambda _, some=some: roads.times_to(
                    some.at, some.places, profile=PROFILE, closures=some.closures[0]
                ),
                "placed": lambda _, placed=placed: roads.times_to(
                    problem.at, placed, profile=PROFILE, closures=problem.closures[0]
                ),
            },
        )
        yield line(
            "cost by places: times to one incident, 20 closures",
            data,
            spent["whole"],
            "ms",
            places=count,
            placed_beforehand=spent["placed"],
            us_per_place=spent["whole"] * 1000 / count,
            cpu_value=spent.of_cpu("whole"),
            nodes=roads.nodes,
            runs=runs,
        )


if __name__ == "__main__":
    main()
