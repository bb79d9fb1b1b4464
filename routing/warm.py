"""Compile the search for this machine, once, at set-up: ``python -m routing.warm``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from geo.domain import Closure
from routing.matching import match
from routing.positions import Fix, clean
from routing.roads import Roads
from routing.table import LoadReport, RoadTable
from routing.trees import Trees


def warm() -> None:
    """Ask every kind of question of a road of one kilometre, so that numba keeps its code."""
    roads = Roads.compile(_one_road())
    here, there = (0.0, 0.001), (0.009, 0.0)
    kept = roads.keeping(Trees())
    found = kept.times_from(here, [there], profile="car")
    found.route(0)
    found.distance_m.sum()
    shut = Closure(UUID(int=2), None, edges=("1:2:1:0",))
    kept.times_from(here, [there], profile="car", closures=[shut])
    roads.times_to_nearest([here], [there], profile="foot")
    roads.ways_out(here, profile="car", radius_m=500)
    roads.isochrone(here, [1], profile="car")
    across = [[0.004, -0.001], [0.005, 0.001], [0.006, -0.001], [0.004, -0.001]]
    roads.edges_of(Closure(UUID(int=1), {"type": "Polygon", "coordinates": [across]}))
    roads.edges_of(Closure(UUID(int=1), {"type": "LineString", "coordinates": across[:2]}))
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    fixes = [Fix("", noon + timedelta(seconds=30 * n), 0.001 + 0.002 * n, 0.0) for n in range(5)]
    match(roads.graph, "car", clean(fixes))


def _one_road() -> RoadTable:
    """A two-way road along the equator from 0 to 0.01 degrees east."""
    words = np.array(["", ""], dtype=object)
    flags = np.zeros(2, dtype=np.bool_)
    unknown = np.full(2, np.nan, dtype=np.float32)
    return RoadTable(
        node_id=np.array([1, 2]),
        node_lon=np.array([0.0, 0.01]),
        node_lat=np.zeros(2),
        node_component=np.zeros(2, dtype=np.int32),
        edge_id=("1:1:2:0", "1:2:1:0"),
        edge_from=np.array([0, 1], dtype=np.int32),
        edge_to=np.array([1, 0], dtype=np.int32),
        edge_way=np.array([1, 1]),
        road_class=np.array(["primary", "primary"], dtype=object),
        name=words,
        ref=words,
        length_m=np.array([1112.0, 1112.0]),
        speed_kph=unknown,
        oneway=flags,
        roundabout=flags,
        bridge=flags,
        tunnel=flags,
        ford=flags,
        layer=np.zeros(2, dtype=np.int16),
        max_height_m=unknown,
        max_weight_t=unknown,
        max_width_m=unknown,
        access=words,
        emergency=words,
        reverse=np.array([1, 0], dtype=np.int32),
        geom_start=np.array([0, 2, 4]),
        geom_lon=np.array([0.0, 0.01, 0.01, 0.0]),
        geom_lat=np.zeros(4),
        restrictions=(),
        report=LoadReport(),
        version="warm",
    )


if __name__ == "__main__":
    warm()
