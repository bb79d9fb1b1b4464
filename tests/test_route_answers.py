"""Ways as answers: other ways, times as a range, everyone to everywhere, and real roads."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from geo.domain import Closure, LonLat, Route
from geo.errors import InvalidInput
from routing.alternatives import Asked, ways
from routing.instructions import instructions
from routing.matrix import WHYS, matrix
from routing.ranges import eta_range, parameters
from routing.roads import Roads
from routing.sources import read_roads
from tests.towns import Road, closing, plain, random_town, town

NODES = {
    1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.03, 0.0),
    5: (0.01, 0.01), 6: (0.02, 0.01), 7: (0.01, -0.02), 8: (0.02, -0.02), 9: (1.0, 1.0),
}  # fmt: skip
ROADS = [
    Road(1, 2, "西路", length_m=1000),
    Road(2, 3, "大桥", length_m=1000, tags={"bridge": True}),
    Road(3, 4, "东路", length_m=1000),
    Road(2, 5, "北街", length_m=300),
    Road(5, 6, "二桥", length_m=1000),
    Road(6, 3, "北街二", length_m=300),
    Road(2, 7, "南街", length_m=900),
    Road(7, 8, "南渡", length_m=1000),
    Road(8, 3, "南街二", length_m=900),
]
HERE, THERE = NODES[1], NODES[4]


def asked(*closures: Closure) -> Asked:
    return Asked(HERE, THERE, "car", closures)


def names(route: Route | None) -> list[str]:
    return [] if route is None else [step.road for step in route.steps]


def edges(roads: Roads, name: str) -> list[str]:
    graph = roads.graph
    return [graph.edge_id(edge) for edge in range(roads.edges) if graph.road(edge) == name]


def test_the_quickest_way_and_others_beside_it() -> None:
    found = ways(town(NODES, ROADS), asked(), others=3)
    assert names(found.route) == ["西路", "大桥", "东路"]
    (other,) = found.others
    assert other.without == "大桥"
    assert names(other.route) == ["西路", "北街", "二桥", "北街二", "东路"]
    assert (other.extra_s, other.shared) == (0.6, pytest.approx(2000 / 3600))
    assert found.only == ()


@pytest.mark.parametrize(
    ("unwanted", "expected", "seconds"),
    [
        (("大桥",), ["西路", "北街", "二桥", "北街二", "东路"], 3.6),
        (("大桥", "二桥"), ["西路", "南街", "南渡", "南街二", "东路"], 4.8),
        (("东路",), ["西路", "大桥", "东路"], 3.0),  # it ends there: that stretch is kept
    ],
)
def test_around_roads_that_are_not_wanted(
    unwanted: tuple[str, ...], expected: list[str], seconds: float
) -> None:
    roads = town(NODES, ROADS)
    found = ways(roads, asked(), [edge for name in unwanted for edge in edges(roads, name)])
    assert names(found.route) == expected
    assert found.route is not None
    assert found.route.road_s == pytest.approx(seconds)
    assert bool(found.kept) == ("东路" in unwanted)


def test_no_way_without_the_only_bridge() -> None:
    roads = town(NODES, ROADS[:3])
    found = ways(roads, asked(), edges(roads, "大桥"), others=2)
    assert found.route is None
    assert found.times.why == ("unreachable",)
    assert [step.road for step in found.only] == ["大桥"]
    free = ways(roads, asked(), others=2)
    assert (free.others, [step.road for step in free.only]) == ((), ["大桥"])


def test_other_ways_go_round_what_is_closed() -> None:
    roads = town(NODES, ROADS)
    shut = closing(*edges(roads, "二桥"))
    found = ways(roads, asked(shut), others=2)
    (other,) = found.others
    assert "南渡" in names(other.route)
    none = ways(roads, asked(shut, closing(*edges(roads, "南渡"))), others=2)
    assert (none.others, [step.road for step in none.only]) == ((), ["大桥"])


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [((0.5, 0.5), THERE, "no_road_data"), (HERE, (0.5, 0.5), "no_road_data")],
)
def test_no_road_at_one_end(start: LonLat, end: LonLat, why: str) -> None:
    found = ways(town(NODES, ROADS), Asked(start, end, "car"), others=1)
    assert (found.route, found.times.why, found.only) == (None, (why,), ())
    ends = (found.times.origin is None, found.times.snaps[0] is None)
    assert ends == (start == (0.5, 0.5), end == (0.5, 0.5))


def test_who_stands_at_a_junction_leaves_it_by_another_road() -> None:
    """Also on foot, where the unwanted street is a one-way walked against its direction."""
    nodes = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.005, 0.005)}
    roads = town(nodes, [Road(2, 1, "单行街", oneway=True), Road(1, 3, "甲路"), Road(3, 2, "乙路")])
    question = Asked(nodes[1], nodes[2], "foot")
    assert names(ways(roads, question).route) == ["单行街"]
    around = ways(roads, question, edges(roads, "单行街"))
    assert (names(around.route), around.kept) == (["甲路", "乙路"], ())


# -- the range ------------------------------------------------------------------------------------


def test_a_time_is_a_range_with_its_reasons() -> None:
    route = ways(town(NODES, ROADS), asked()).route
    assert route is not None
    eta = eta_range(route)
    assert eta.eta_s == 3.0
    assert (eta.low_s, eta.high_s) == (0, 33)  # nothing is known better than half a minute
    assert (eta.basis, eta.measured_share) == ("planning", 0)
    assert {one.key for one in eta.parameters} >= {"eta.town.low", "eta.town.high"}
    assert all(one.mark in "RA" and one.source for one in parameters())


def test_long_ways_turns_night_and_measured_speeds_move_the_range() -> None:
    slow = town(NODES, ROADS, plain(kph=3.6))  # 3,000 s to the other side
    route = slow.times_from(HERE, [THERE], profile="car").route(0)
    assert route is not None
    plan = eta_range(route)
    turns = sum(step.maneuver not in ("", "depart", "straight") for step in route.steps)
    assert (plan.low_s, plan.high_s) == (2400, 4500 + 12 * turns)
    assert eta_range(route, night=True).high_s > plan.high_s
    driven = eta_range(route, measured={"primary"})
    assert plan.low_s < driven.low_s < 3000 < driven.high_s < plan.high_s
    assert (driven.basis, driven.measured_share) == ("measured", 1)
    assert eta_range(route, walks=True).high_s == 4800


def test_the_range_of_no_way_to_go_is_nothing() -> None:
    route = town(NODES, ROADS).times_from(HERE, [HERE], profile="car").route(0)
    assert route is not None
    eta = eta_range(route)
    assert (eta.eta_s, eta.low_s, eta.high_s) == (0, 0, 0)


# -- everyone to everywhere -----------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (1, 1), (0, 3), (3, 0)])
def test_a_matrix_is_single_questions_side_by_side(shape: tuple[int, int]) -> None:
    table, rng = random_town(12)
    roads = Roads.compile(table, {"car": plain(snap_m=400)})
    spots = [(float(x), float(y)) for x, y in rng.uniform(-0.02, 0.02, (11, 2))]
    origins, goals = spots[: shape[0]], spots[4 : 4 + shape[1]]
    found = matrix(roads, origins, goals, profile="car", threads=2)
    assert found.road_ms.shape == found.distance_m.shape == found.why.shape == shape
    for row, origin in enumerate(origins):
        single = roads.times_from(origin, goals, profile="car")
        assert found.road_ms[row].tolist() == single.road_ms.tolist()
        assert np.allclose(found.distance_m[row], single.distance_m, equal_nan=True)
        assert [WHYS[code] for code in found.why[row]] == list(single.why)


def test_a_matrix_beyond_measure_is_refused() -> None:
    with pytest.raises(InvalidInput) as fault:
        matrix(town(NODES, ROADS), [HERE] * 10_000, [THERE] * 10_000, profile="car")
    assert fault.value.values["words"] == "routes.matrix_too_large"


# -- real roads -----------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["andorra", "porto_portugal"])
def city(request: pytest.FixtureRequest, test_data: Path) -> Roads:
    file = test_data / "osm" / f"{request.param}.osm.pbf"
    if not file.exists():
        pytest.skip(f"no {file.name}")
    return Roads.compile(read_roads([file]))


@pytest.mark.parametrize("profile", ["fire_tender", "foot"])
def test_routes_of_a_real_city_add_up(city: Roads, profile: str) -> None:
    graph, rng = city.graph, np.random.default_rng(20)
    spots = [
        (float(graph.node_lon[i] + dx), float(graph.node_lat[i] + dy))
        for i, (dx, dy) in zip(
            rng.integers(0, city.nodes, 40), rng.uniform(-3e-4, 3e-4, (40, 2)), strict=True
        )
    ]
    weights = graph.weights[profile].ms
    drawn = 0
    for first in range(0, 40, 10):
        times = city.times_from(spots[first], spots, profile=profile)
        for index, route in enumerate(times.routes(range(40))):
            assert (route is None) == (times.road_ms[index] < 0)
            if route is None or not route.edges:
                continue
            drawn += 1
            snap, origin = times.snaps[index], times.origin
            assert snap is not None
            assert origin is not None
            assert route.geometry[0] == pytest.approx(origin.at, abs=2e-6)
            assert route.geometry[-1] == pytest.approx(snap.at, abs=2e-6)
            own = graph.find([edge.rstrip("~") for edge in route.edges])
            driven = np.where([edge.endswith("~") for edge in route.edges], graph.mate[own], own)
            assert (graph.edge_to[driven[:-1]] == graph.edge_from[driven[1:]]).all()
            assert (weights[driven] >= 0).all()
            ms = [round(step.duration_s * 1000) for step in route.steps]
            assert sum(ms) == round(route.road_s * 1000) == times.road_ms[index]
            assert sum((step.distance_m for step in route.steps), 0.0) == route.distance_m
            assert route.distance_m == pytest.approx(times.distance_m[index], abs=0.01)
            assert sum(step.edges for step in route.steps) == len(route.edges)
            starts = [step.first_point for step in route.steps]
            assert starts[0] == 0
            assert all(a <= b < len(route.geometry) for a, b in pairwise(starts))
            told = instructions(route, route.side)
            assert sum(one.distance_m for one in told) == pytest.approx(route.distance_m)
            assert told[-1].maneuver == "arrive"
            assert all(one.compass for one in told)
    assert drawn > 60


def test_other_ways_of_a_real_city_are_other_ways(city: Roads) -> None:
    graph, rng = city.graph, np.random.default_rng(7)
    found_some = 0
    for _ in range(12):
        a, b = rng.integers(0, city.nodes, 2)
        start = float(graph.node_lon[a]), float(graph.node_lat[a])
        end = float(graph.node_lon[b]), float(graph.node_lat[b])
        found = ways(city, Asked(start, end, "car"), others=3)
        for other in found.others:
            found_some += 1
            assert found.route is not None
            assert other.extra_s >= 0
            assert other.route.road_s == pytest.approx(found.route.road_s + other.extra_s)
            assert other.shared <= 0.8
            assert other.route.edges != found.route.edges
    assert found_some > 5
