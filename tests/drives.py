"""Vehicles that drive known roads at known speeds and write down where they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np

from geo.domain import Route
from routing.grid import METRES_PER_DEGREE
from routing.positions import Fix
from routing.roads import Roads


def drive(
    roads: Roads,
    route: Route,
    kph: Mapping[str, float],
    *,
    team: str,
    start: datetime,
    every_s: float = 8.0,
    error_m: float = 0.0,
    lost: float = 0.0,
    rng: np.random.Generator | None = None,
) -> tuple[list[Fix], set[int]]:
    """The positions of one run along a route, and the edges it drove.

    ``kph`` by road class, else the planned speed. ``error_m`` is the normal error of a position
    in each direction, ``lost`` the share of positions that never arrive.
    """
    rng = rng or np.random.default_rng(0)
    graph = roads.graph
    edges = [int(edge) for edge in graph.find(route.edges)]
    seconds, lon, lat = [0.0], [], []
    when: list[float] = []
    for edge in edges:
        name = graph.road_class(edge)
        planned = graph.weights["fire_tender"].ms[edge] / 1000
        takes = graph.length_m[edge] * 3.6 / kph[name] if name in kph else float(planned)
        points, metres = graph.vertices(edge)
        share = metres / metres[-1] if metres[-1] > 0 else metres
        when += (seconds[-1] + takes * share).tolist()
        lon += points[:, 0].tolist()
        lat += points[:, 1].tolist()
        seconds.append(seconds[-1] + takes)
    at = np.arange(0, seconds[-1], every_s)
    at = at[rng.random(len(at)) >= lost]
    there = [np.interp(at, when, one) for one in (lon, lat)]
    wide = METRES_PER_DEGREE * np.cos(np.radians(there[1].mean()))
    there[0] = there[0] + rng.normal(0, 1, len(at)) * error_m / wide
    there[1] = there[1] + rng.normal(0, 1, len(at)) * error_m / METRES_PER_DEGREE
    fixes = [
        Fix(team, start + timedelta(seconds=float(t)), float(x), float(y))
        for t, x, y in zip(at, *there, strict=True)
    ]
    return fixes, set(edges)
