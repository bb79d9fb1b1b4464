"""Places set on roads. A thousandth of a degree is 111.2 m."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest
import shapely

from geo.domain import Direction
from geo.errors import InvalidInput
from routing.changes import Changes
from routing.lines import edge_lines
from routing.roads import Roads
from routing.sound import ASIDE_M
from routing.times import times
from tests.towns import DEGREE_M, Road, closing, plain, random_town, town

NODES = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.01, 0.01)}
ROADS = [Road(1, 2, length_m=1000), Road(2, 3, length_m=1000, oneway=True)]
FAR = 0.0001  # 11 m


@pytest.mark.parametrize(
    ("at", "edge", "fraction", "side"),
    [
        ((0.005, 0.0), "0:1:2:0", 0.5, "on"),
        ((0.005, FAR), "0:1:2:0", 0.5, "left"),
        ((0.0025, -FAR), "0:1:2:0", 0.25, "right"),
        ((0.01 + FAR, 0.0075), "1:2:3:0", 0.75, "right"),
        ((-FAR, 0.0), "0:1:2:0", 0.0, "on"),
        ((0.01, 0.01 + FAR), "1:2:3:0", 1.0, "on"),
    ],
)
def test_a_place_stands_on_the_nearest_edge(
    at: tuple[float, float], edge: str, fraction: float, side: str
) -> None:
    (found,) = town(NODES, ROADS).snap([at], profile="car")
    assert found is not None
    assert (found.edge, round(found.fraction, 9)) == (edge, fraction)
    assert fraction in (0.0, 1.0) or found.side == side


@pytest.mark.parametrize(
    ("metres", "why"), [(0, None), (199.9, None), (200.1, "no_road_data"), (9e6, "no_road_data")]
)
def test_further_than_the_limit_there_is_no_road_data(metres: float, why: str | None) -> None:
    roads = town(NODES, ROADS)
    at = (0.005, -metres / DEGREE_M)
    assert roads.times_to((0.0, 0.0), [at], profile="car").why == (why,)
    whole = roads.times_to(at, [(0.0, 0.0)], profile="car")
    assert whole.why == (why,)
    assert (whole.origin is None) == (why is not None)


def test_one_may_look_further_for_a_road() -> None:
    roads, at = town(NODES, ROADS), (0.005, -3000 / DEGREE_M)
    assert roads.snap([at], profile="car") == (None,)
    assert roads.snap([at], profile="car", limit_m=2900) == (None,)
    (found,) = roads.snap([at], profile="car", limit_m=3100)
    assert found is not None
    assert found.distance_m == pytest.approx(3000)


@pytest.mark.parametrize(
    ("place", "incident", "expected_ms"),
    [
        ((0.002, 0.0), (0.008, 0.0), 600),  # with the direction of the edge
        ((0.008, 0.0), (0.002, 0.0), 600),  # against it, on the other side
        ((0.005, 0.0), (0.005, 0.0), 0),  # the same point
        ((0.01, 0.002), (0.01, 0.008), 600),  # down a one-way street
        ((0.01, 0.008), (0.01, 0.002), None),  # up it: there is no way round
        ((0.005, 0.0), (0.01, 0.005), 1000),
        ((0.01, 0.005), (0.005, 0.0), None),
        ((0.0, 0.0), (0.0, 0.0), 0),
    ],
)
def test_both_on_the_same_edge(
    place: tuple[float, float], incident: tuple[float, float], expected_ms: int | None
) -> None:
    roads = town(NODES, ROADS)
    found = roads.times_to(incident, [place], profile="car")
    assert found.road_ms.tolist() == [-1 if expected_ms is None else expected_ms]
    forwards = roads.times_from(place, [incident], profile="car")
    assert forwards.road_ms.tolist() == found.road_ms.tolist()


def test_up_a_one_way_street_the_way_leads_round() -> None:
    ring = [
        Road(2, 3, length_m=1000, oneway=True),
        Road(3, 1, length_m=300),
        Road(1, 2, length_m=400),
    ]
    found = town(NODES, ring).times_to((0.01, 0.002), [(0.01, 0.008)], profile="car")
    assert found.road_ms.tolist() == [200 + 300 + 400 + 200]
    assert found.distance_m.tolist() == pytest.approx([1100])


def test_a_place_on_a_closed_road_is_not_moved_to_another() -> None:
    nodes = {**NODES, 4: (0.0, 0.001), 5: (0.01, 0.001)}
    roads = town(nodes, [*ROADS, Road(4, 5), Road(4, 1)])
    at = (0.005, 0.0004)
    shut = closing("0:1:2:0", "0:2:1:1")
    found = roads.times_to((0.0, 0.0), [at, (0.005, 0.0006)], profile="car", closures=[shut])
    assert found.why == ("unreachable", None)
    assert found.snaps[0] is not None
    assert found.snaps[0].edge == "0:1:2:0"


def test_a_place_at_a_junction_leaves_by_any_open_road() -> None:
    roads = town(NODES, [Road(1, 2, length_m=1000), Road(2, 3, length_m=500)])
    shut = closing("0:1:2:0", "0:2:1:1")
    found = roads.times_to((0.01, 0.01), [(0.01, 0.0), (0.0, 0.0)], profile="car", closures=[shut])
    assert found.road_ms.tolist() == [500, -1]


@pytest.mark.parametrize(
    ("place", "to_start", "to_end"),
    [
        ((0.001, 0.0), 100, None),  # before the block: out by its own end alone
        ((0.0045, 0.0), None, None),  # inside
        ((0.004001, 0.0), None, None),  # just inside
        ((0.009, 0.0), None, 100),  # behind it
        ((0.0, 0.0), 0, None),
    ],
)
def test_a_blocked_stretch_stops_only_who_must_pass_it(
    place: tuple[float, float], to_start: int | None, to_end: int | None
) -> None:
    graph = town(NODES, ROADS).graph
    both = graph.find(["0:1:2:0", "0:2:1:1"]).astype(np.int32)
    stops = Changes(
        edge=both,
        ms=np.full(2, -1, dtype=np.int32),
        block_edge=both,
        block_start=np.array([0.4, 0.4]),
        block_end=np.array([0.6, 0.6]),
    )
    for goal, expected in ((NODES[1], to_start), (NODES[2], to_end)):
        for direction in get_args(Direction):
            found = times(graph, "car", [goal], [place], stops, direction=direction)
            assert found.road_ms.tolist() == [-1 if expected is None else expected]
            assert found.why == ("unreachable" if expected is None else None,)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0.001, 0.003, 200),
        (0.001, 0.009, None),  # the block lies between
        (0.007, 0.009, 200),
        (0.005, 0.005, None),  # both inside it
    ],
)
def test_two_places_on_one_edge_with_a_block(
    start: float, end: float, expected: int | None
) -> None:
    graph = town(NODES, ROADS).graph
    both = graph.find(["0:1:2:0", "0:2:1:1"]).astype(np.int32)
    ends = np.array([0.4, 0.4]), np.array([0.6, 0.6])
    stops = Changes(both, np.full(2, -1, dtype=np.int32), both, *ends)
    for one, other in ((start, end), (end, start)):
        ask = ([(one, 0.0)], [(other, 0.0)], stops)
        found = times(graph, "car", *ask, direction="from_incident")
        assert found.road_ms.tolist() == [-1 if expected is None else expected]


@pytest.mark.parametrize("fraction", [0.25, 0.375, 0.5])
def test_a_place_exactly_at_the_end_of_a_block_is_stopped_by_it(fraction: float) -> None:
    length = 2.0**-7  # degrees; halves and quarters of it are exact
    graph = town({1: (0.0, 0.0), 2: (length, 0.0)}, [Road(1, 2, length_m=1000)]).graph
    both = graph.find(["0:1:2:0", "0:2:1:1"]).astype(np.int32)
    ends = np.array([0.25, 0.5]), np.array([0.5, 0.75])
    stops = Changes(both, np.full(2, -1, dtype=np.int32), both, *ends)
    at = [(fraction * length, 0.0)]
    beside = [(0.2 * length, 0.0), (0.6 * length, 0.0), (0.0, 0.0), (length, 0.0)]
    for direction in get_args(Direction):
        found = times(graph, "car", at, beside, stops, direction=direction)
        assert found.origin is not None
        assert found.origin.fraction == fraction
        assert found.road_ms.tolist() == [-1, -1, -1, -1]
        back = times(graph, "car", beside[1:2], [*at, *beside], stops, direction=direction)
        assert back.road_ms.tolist() == [-1, -1, 0, -1, 400]


def test_a_block_in_one_direction_leaves_the_other_open() -> None:
    graph = town(NODES, ROADS).graph
    east = graph.find(["0:1:2:0"]).astype(np.int32)
    ends = np.array([0.4]), np.array([0.6])
    stops = Changes(east, np.full(1, -1, dtype=np.int32), east, *ends)
    both = [NODES[1], NODES[2]]
    to_west = times(graph, "car", both[:1], both, stops, direction="to_incident")
    to_east = times(graph, "car", both[1:], both, stops, direction="to_incident")
    assert (to_west.road_ms.tolist(), to_east.road_ms.tolist()) == ([0, 1000], [-1, 0])


def test_places_set_on_the_roads_once_answer_as_their_points() -> None:
    roads = town(NODES, ROADS)
    points = [(0.002, FAR), (0.005, 0.0), (0.1, 0.1)]
    placed = roads.place(points, profile="car")
    assert (len(placed), placed[0], list(placed[1:])) == (3, points[0], points[1:])
    for profile in ("car", "foot"):  # for another profile its own roads count
        asked = roads.times_to((0.01, 0.0), points, profile=profile)
        found = roads.times_to((0.01, 0.0), placed, profile=profile)
        assert found.road_ms.tolist() == asked.road_ms.tolist()
        assert (found.why, list(found.snaps)) == (asked.why, list(asked.snaps))


def test_only_edges_the_profile_may_use_count() -> None:
    nodes = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.0, 0.0005), 4: (0.01, 0.0005)}
    roads = town(nodes, [Road(1, 2), Road(3, 4, kind="footway"), Road(1, 3), Road(2, 4)])
    at = [(0.005, 0.0005)]
    (car,), (walker,) = roads.snap(at, profile="car"), roads.snap(at, profile="foot")
    assert car is not None
    assert walker is not None
    assert (car.edge, walker.edge) == ("0:1:2:0", "1:3:4:0")
    assert round(car.distance_m, 1) == 55.6


@pytest.mark.parametrize("at", [(math.nan, 0.0), (0.0, math.inf), (181.0, 0.0), (0.0, -91.0)])
def test_a_coordinate_that_is_none_is_refused(at: tuple[float, float]) -> None:
    roads = town(NODES, ROADS)
    with pytest.raises(InvalidInput):
        roads.times_to(at, [(0.0, 0.0)], profile="car")
    with pytest.raises(InvalidInput):
        roads.times_to((0.0, 0.0), [(0.0, 0.0), at], profile="car")


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("limit", [50.0, 400.0, 5000.0])
def test_the_grid_finds_what_shapely_finds(seed: int, limit: float) -> None:
    table, rng = random_town(seed)
    roads = Roads.compile(table, {"car": plain(snap_m=limit)})
    usable = np.flatnonzero(roads.graph.weights["car"].ms >= 0).astype(np.int32)
    places = [(float(x), float(y)) for x, y in rng.uniform(-0.03, 0.03, (30, 2))]
    lines = edge_lines(roads.graph, usable) if len(usable) else []
    for place, found in zip(places, roads.snap(places, profile="car"), strict=True):
        # So near the equator a degree is as long both ways, to a few parts in ten million.
        far = np.array([shapely.Point(place).distance(one) for one in lines])
        least = far.min(initial=math.inf)
        firm = roads.graph.weights["car"].sound[usable]
        if len(far) and not firm[far.argmin()]:  # a scrap of road: a sound one near enough serves
            aside = far[firm].min(initial=math.inf)
            least = aside if aside * DEGREE_M <= min(limit, ASIDE_M) else least
        if least * DEGREE_M > limit:
            assert found is None
        else:
            assert found is not None
            assert found.distance_m == pytest.approx(least * DEGREE_M, rel=1e-6, abs=1e-6)
            edge = int(roads.graph.find([found.edge])[0])
            assert roads.graph.weights["car"].ms[edge] >= 0
            points, metres = roads.graph.vertices(edge)
            here = [np.interp(found.fraction * metres[-1], metres, points[:, i]) for i in (0, 1)]
            assert found.at == pytest.approx(here, abs=2e-7)  # 2 cm: set on a node within 1 cm
