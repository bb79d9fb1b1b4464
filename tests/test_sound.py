"""A place beside a scrap of road is set on a street that can be entered and left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from routing.profiles import read_profiles
from routing.roads import Roads
from routing.sources import read_roads
from tests.towns import Road, plain, town

# A street 3 km long; beside it, 40 m off, a yard of 100 m that nothing joins; far off an island.
NODES = {
    1: (0.0, 0.0),
    2: (0.027, 0.0),
    3: (0.010, 0.00036),
    4: (0.011, 0.00036),
    5: (0.010, 0.02),
    6: (0.012, 0.02),
}
ROADS = [Road(1, 2, "street"), Road(3, 4, "yard"), Road(5, 6, "island")]


def test_a_place_in_a_yard_that_nothing_joins_is_reached_from_the_street() -> None:
    roads = town(NODES, ROADS)
    yard = (0.0105, 0.00036)
    times = roads.times_to((0.002, 0.0), [yard], profile="car")
    assert times.why == (None,)
    assert times.snaps[0] is not None
    assert times.snaps[0].edge.startswith("0:")
    assert times.snaps[0].distance_m == pytest.approx(40.0, abs=0.1)


def test_a_scrap_too_far_from_any_street_keeps_its_own_road() -> None:
    roads = town({**NODES, 3: (0.010, 0.0006), 4: (0.011, 0.0006)}, ROADS)
    (snap,) = roads.snap([(0.0105, 0.0006)], profile="car")
    assert snap is not None
    assert snap.edge.startswith("1:")


def test_an_island_keeps_its_roads_and_is_unreachable() -> None:
    roads = town(NODES, ROADS)
    times = roads.times_to((0.002, 0.0), [(0.011, 0.0201)], profile="car")
    assert times.why == ("unreachable",)


def test_where_no_piece_is_large_every_road_serves() -> None:
    roads = town({1: (0.0, 0.0), 2: (0.001, 0.0)}, [Road(1, 2)], plain())
    assert roads.graph.weights["car"].sound.all()


def test_a_street_that_only_leads_in_is_no_trap_for_who_stands_beside_it() -> None:
    nodes = {1: (0.0, 0.0), 2: (0.027, 0.0), 3: (0.010, 0.0003)}
    roads = town(nodes, [Road(1, 2), Road(1, 3, oneway=True)])
    times = roads.times_from((0.0099, 0.0003), [(0.02, 0.0)], profile="car")
    assert times.why == (None,)


def test_in_a_real_city_fewer_places_are_cut_off_and_none_is_moved_far(test_data: Path) -> None:
    table = read_roads([test_data / "osm" / "andorra.osm.pbf"])
    roads = Roads.compile(table, {"car": read_profiles()["car"]})
    rng = np.random.default_rng(5)
    at = rng.integers(0, len(roads.graph.geom_lon), 3000)
    spots = np.column_stack([roads.graph.geom_lon[at], roads.graph.geom_lat[at]])
    places = [(float(x), float(y)) for x, y in spots]
    mine = roads.graph.weights["car"]
    bare = Roads(replace(roads.graph, weights={"car": replace(mine, sound=mine.stretch)}))
    middle = (1.5218, 42.5075)
    after = roads.times_to(middle, places, profile="car")
    before = bare.times_to(middle, places, profile="car")
    lost = [i for i, (a, b) in enumerate(zip(before.why, after.why, strict=True)) if b and not a]
    assert lost == []
    assert sum(why is not None for why in after.why) < sum(why is not None for why in before.why)
    moved = [
        now
        for now, was in zip(after.snaps, before.snaps, strict=True)
        if now is not None and was is not None and now.edge != was.edge
    ]
    assert moved
    assert max(one.distance_m for one in moved) <= 50.0
