"""Routes: line, length, seconds, and the names of the roads in order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from routing.roads import Roads
from tests.test_closures import BRIDGE, INCIDENT, TEAM_ACROSS, riverside
from tests.towns import Road, closing, plain, random_town, town


def same_line(one: Sequence[tuple[float, float]], other: Sequence[tuple[float, float]]) -> bool:
    return [(round(x, 9), round(y, 9)) for x, y in one] == list(other)


def test_a_route_names_its_roads_in_order() -> None:
    route = riverside().times_to(INCIDENT, [TEAM_ACROSS], profile="car").route(0)
    assert route is not None
    assert [(step.road, step.distance_m, step.duration_s) for step in route.steps] == [
        ("北岸路", 1000, 1.0),
        ("大桥", 1100, 1.1),
        ("南岸路", 1000, 1.0),
    ]
    assert route.edges == ("2:4:3:1", "1:3:2:1", "0:2:1:1")
    assert route.geometry == ((0.0, 0.01), (0.01, 0.01), (0.01, 0.0), (0.0, 0.0))
    assert (route.road_s, route.distance_m) == (3.1, 3100)


def test_round_the_closed_bridge() -> None:
    shut = [closing(*BRIDGE)]
    route = riverside().times_to(INCIDENT, [TEAM_ACROSS], profile="car", closures=shut).route(0)
    assert route is not None
    assert [step.road for step in route.steps] == ["西北路", "涉水路", "西路"]


BENT = {1: (0.0, 0.0), 2: (0.01, 0.01), 3: (0.02, 0.01)}
BENDS = [
    Road(1, 2, "弯路", length_m=1000, via=((0.01, 0.0),)),
    Road(2, 3, tags={"ref": "G104"}, length_m=500),
]


def test_a_route_begins_and_ends_where_the_places_stand_on_their_roads() -> None:
    roads = town(BENT, BENDS)
    there = roads.times_from((0.005, 0.0001), [(0.015, 0.0101)], profile="car").route(0)
    back = roads.times_to((0.005, 0.0001), [(0.015, 0.0101)], profile="car").route(0)
    assert there is not None
    assert back is not None
    line = [(0.005, 0.0), (0.01, 0.0), (0.01, 0.01), (0.015, 0.01)]
    assert same_line(there.geometry, line)
    assert same_line(back.geometry, line[::-1])
    assert [(step.road, step.duration_s) for step in there.steps] == [
        ("弯路", 0.75),
        ("G104", 0.25),
    ]
    assert there.distance_m == pytest.approx(1000)


@pytest.mark.parametrize(
    ("start", "end", "line"),
    [
        ((0.002, 0.0), (0.01, 0.004), [(0.002, 0.0), (0.01, 0.0), (0.01, 0.004)]),
        ((0.01, 0.004), (0.002, 0.0), [(0.01, 0.004), (0.01, 0.0), (0.002, 0.0)]),
    ],
)
def test_within_one_edge(
    start: tuple[float, float], end: tuple[float, float], line: list[tuple[float, float]]
) -> None:
    roads = town(BENT, BENDS)
    for route in (
        roads.times_from(start, [end], profile="car").route(0),
        roads.times_to(end, [start], profile="car").route(0),
    ):
        assert route is not None
        assert same_line(route.geometry, line)
        assert route.road_s == 0.6
        assert len(route.edges) == 1


@pytest.mark.parametrize("at", [(0.0, 0.0), (0.005, 0.0)])
def test_from_a_place_to_itself_is_a_point(at: tuple[float, float]) -> None:
    route = town(BENT, BENDS).times_to(at, [at], profile="car").route(0)
    assert route is not None
    assert route.geometry == (at, at)
    assert (route.road_s, route.distance_m, route.steps, route.edges) == (0, 0, (), ())


def test_roads_of_one_name_and_class_are_one_step() -> None:
    nodes = {i: (0.01 * i, 0.0) for i in range(5)}
    names = ["A", "A", "", ""]
    kinds = ["primary", "primary", "primary", "residential"]
    line = [
        Road(i, i + 1, name, kind=kind, length_m=100)
        for i, (name, kind) in enumerate(zip(names, kinds, strict=True))
    ]
    route = town(nodes, line).times_from((0.0, 0.0), [(0.04, 0.0)], profile="car").route(0)
    assert route is not None
    assert [(step.road, step.road_class, step.distance_m) for step in route.steps] == [
        ("A", "primary", 200),
        ("", "primary", 100),
        ("", "residential", 100),
    ]


@pytest.mark.parametrize("seed", range(30))
def test_a_route_is_one_line_along_its_edges(seed: int) -> None:
    table, rng = random_town(seed)
    roads = Roads.compile(table, {"car": plain(snap_m=500)})
    places = [(float(x), float(y)) for x, y in rng.uniform(-0.02, 0.02, (10, 2))]
    found = roads.times_to(places[0], places, profile="car")
    for index, why in enumerate(found.why):
        route = found.route(index)
        if why is not None or route is None:
            assert route is None
            continue
        assert found.snaps[index] is not None
        assert route.geometry[0] == pytest.approx(found.snaps[index].at, abs=2e-7)
        assert found.origin is not None
        assert route.geometry[-1] == pytest.approx(found.origin.at, abs=2e-7)
        ends = [one.split(":")[1:3] for one in route.edges]
        assert all(a[1] == b[0] for a, b in pairwise(ends))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (
            [[0.005, -0.005], [0.02, -0.005], [0.02, 0.005], [0.005, 0.005], [0.005, -0.005]],
            [("0:1:2:0", 0.005, 0.0, "both"), ("1:2:3:0", 0.01, 0.005, "both")],
        ),
        ([[1, 1], [2, 1], [2, 2], [1, 1]], []),
    ],
)
def test_where_roads_cross_the_edge_of_a_zone(
    zone: list[list[float]], expected: list[tuple[object, ...]]
) -> None:
    found = riverside().edges_crossing({"type": "Polygon", "coordinates": [zone]})
    assert [(one.edge, one.lon, one.lat, one.flow) for one in found] == expected


def test_a_one_way_street_crosses_in_or_out() -> None:
    nodes = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.0, 0.02)}
    roads = town(nodes, [Road(1, 2, oneway=True), Road(2, 3, oneway=True), Road(4, 3)])
    ring = [[0.005, -0.01], [0.015, -0.01], [0.015, 0.003], [0.005, 0.003], [0.005, -0.01]]
    found = roads.edges_crossing({"type": "Polygon", "coordinates": [ring]})
    assert [(one.edge, one.flow) for one in found] == [("0:1:2:0", "in"), ("1:2:3:0", "out")]
    both = riverside().edges_crossing({"type": "Polygon", "coordinates": [ring]})
    assert [(one.edge, one.other) for one in both] == [
        ("0:1:2:0", "0:2:1:1"),
        ("1:2:3:0", "1:3:2:1"),
    ]
