"""Durations against another engine on random pairs: how the ratio is spread, and why it has tails.

    python -m tests.bench.roads_engine FILE.osm.pbf… [--pairs N] [--worst N] [--osrm FOLDER]

The other engine is OSRM (tests/bench/osrm.py) with our speeds. Prints one JSON line for each file
with the percentiles of ours / theirs, and one for each of the worst pairs on either side with what
the ways differ in: both ways are replayed in the other engine and the first difference is named
with the tags of its OSM way.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geo.domain import LonLat
from geo.home import home
from routing.roads import Roads
from tests.bench.differences import Replay
from tests.bench.lines import line, show
from tests.bench.osrm import Osrm, Way, prepare, programs, served
from tests.bench.tile import city, roads_of

PROFILE = "car"
FIGURE = "durations beside another engine"


@dataclass(frozen=True, slots=True)
class Pair:
    """One question with both answers in seconds and metres; None: no way."""

    start: LonLat
    end: LonLat
    seconds: float | None
    metres: float | None
    edges: tuple[str, ...]
    other: Way | None

    @property
    def ratio(self) -> float:
        """Ours / theirs."""
        assert self.seconds is not None
        assert self.other is not None
        return self.seconds / max(self.other.seconds, 0.1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--worst", type=int, default=10)
    parser.add_argument("--osrm", type=Path)
    given = parser.parse_args(arguments)
    osrm = programs(given.osrm)
    for file in given.files:
        name = file.name.split(".")[0]
        if osrm is None:
            show(line(FIGURE, name, None, "ratio", peer="OSRM", note="not installed"))
            continue
        for one in _compare(file, name, osrm, given.pairs, given.worst):
            show(one)


def _compare(file: Path, name: str, osrm: Path, count: int, worst: int) -> Iterator[dict[str, Any]]:
    roads, _ = roads_of(file)
    base = prepare(home() / "bench" / f"osrm-{name}", osrm, file, roads, city(file))
    with served(osrm, base) as engine:
        pairs = [_ask(roads, engine, *one) for one in _random(roads, count)]
        both = [one for one in pairs if one.seconds is not None and one.other is not None]
        both = [one for one in both if one.other is not None and one.other.seconds >= 1]
        ratio = np.array([one.ratio for one in both])
        far = np.array([(one.metres or 0) / max(one.other.metres, 1) for one in both if one.other])
        yield line(
            FIGURE,
            name,
            float(np.median(ratio)),
            "ratio ours / theirs, median",
            peer="OSRM",
            pairs=len(pairs),
            both_answer=len(both),
            neither=sum(one.seconds is None and one.other is None for one in pairs),
            only_ours=sum(one.seconds is not None and one.other is None for one in pairs),
            only_theirs=sum(one.seconds is None and one.other is not None for one in pairs),
            **_spread("ratio", ratio),
            **_spread("distance_ratio", far),
            within_1_percent=float((np.abs(ratio - 1) <= 0.01).mean()),
            within_5_percent=float((np.abs(ratio - 1) <= 0.05).mean()),
        )
        replay = Replay(file, roads, city(file), engine)
        ordered = sorted(both, key=lambda one: one.ratio)
        sides = (("ours faster", ordered[:worst]), ("theirs faster", ordered[::-1][:worst]))
        for side, chosen in sides:
            for one in chosen:
                yield _line(name, side, one, replay.why(one.edges, one.other, one.start, one.end))
        for one in pairs:
            if (one.seconds is None) != (one.other is None):
                side = "only theirs" if one.seconds is None else "only ours"
                yield _line(name, side, one, replay.why(one.edges, one.other, one.start, one.end))


def _line(name: str, side: str, one: Pair, why: str) -> dict[str, Any]:
    return {
        "figure": f"{FIGURE}: {side}",
        "data": name,
        "value": round(one.ratio, 4) if one.seconds is not None and one.other else None,
        "unit": "ratio",
        "ours_s": one.seconds,
        "theirs_s": one.other.seconds if one.other else None,
        "from": one.start,
        "to": one.end,
        "why": why,
    }


def _spread(name: str, values: np.ndarray) -> dict[str, Any]:
    marks = (0, 1, 5, 25, 50, 75, 95, 99, 100)
    found = np.percentile(values, marks) if len(values) else np.full(len(marks), np.nan)
    return {name: {f"p{mark}": round(float(v), 4) for mark, v in zip(marks, found, strict=True)}}


def _random(roads: Roads, count: int) -> list[tuple[LonLat, LonLat]]:
    """Seeded pairs of places half-way along edges that the car may drive, in the largest piece.

    At a junction an engine may stand a place on any of its roads; half-way there is one choice.
    """
    graph = roads.graph
    ms = graph.weights[PROFILE].ms[: graph.edges]
    main = graph.node_component[graph.edge_from[: graph.edges]] == 0
    usable = np.flatnonzero((ms >= 0) & main)
    picked = np.random.default_rng(7).choice(usable, (count, 2))
    return [(_middle(roads, a), _middle(roads, b)) for a, b in picked.tolist()]


def _middle(roads: Roads, edge: int) -> LonLat:
    points, metres = roads.graph.vertices(edge)
    lon, lat = (float(np.interp(metres[-1] / 2, metres, points[:, axis])) for axis in (0, 1))
    return lon, lat


def _ask(roads: Roads, engine: Osrm, start: LonLat, end: LonLat) -> Pair:
    found = roads.times_from(start, [end], profile=PROFILE)
    route = found.route(0)
    if route is None:
        return Pair(start, end, None, None, (), engine.way([start, end]))
    own = (route.road_s, route.distance_m, route.edges)
    return Pair(start, end, *own, engine.way([start, end]))


if __name__ == "__main__":
    main()
