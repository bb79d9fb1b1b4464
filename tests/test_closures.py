"""Closures take effect in that very query, and in no other."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
import shapely.geometry

from geo.domain import Closure
from geo.errors import InvalidInput, UnknownEdge
from routing.cuts import LINE_M
from routing.lines import edge_lines
from routing.roads import Roads
from tests.towns import DEGREE_M, Road, box, closing, plain, random_town, town

# Two banks of a river along y = 0.005, a bridge in the east and a ford in the west, far round.
NODES = {
    1: (0.0, 0.0),
    2: (0.01, 0.0),
    3: (0.01, 0.01),
    4: (0.0, 0.01),
    5: (-0.03, 0.0),
    6: (-0.03, 0.01),
}
ROADS = [
    Road(1, 2, "南岸路", length_m=1000),
    Road(2, 3, "大桥", length_m=1100, tags={"bridge": True}),
    Road(3, 4, "北岸路", length_m=1000),
    Road(1, 5, "西路", length_m=3000),
    Road(5, 6, "涉水路", length_m=1100, tags={"ford": True}),
    Road(6, 4, "西北路", length_m=3000),
]
BRIDGE, FORD = ("1:2:3:0", "1:3:2:1"), ("4:5:6:0", "4:6:5:1")
INCIDENT, TEAM_ACROSS, TEAM_HERE = (0.0, 0.0), (0.0, 0.01), (-0.01, 0.0)


def riverside() -> Roads:
    tall = plain("fire_tender", wading_m=0.5)
    return town(NODES, ROADS, plain(), tall)


def times(*closures: Closure, profile: str = "car", now: datetime | None = None) -> list[float]:
    found = riverside().times_to(
        INCIDENT, [TEAM_ACROSS, TEAM_HERE], profile=profile, closures=closures, now=now
    )
    return [None if math.isnan(one) else one for one in found.road_s.tolist()]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("closures", "expected_s"),
    [
        ([], 3.1),
        ([closing(*BRIDGE)], 7.1),
        ([closing(BRIDGE[0])], 3.1),  # out of town only
        ([closing(BRIDGE[1])], 7.1),  # into town
        ([closing(*BRIDGE, *FORD)], None),
        ([closing(*BRIDGE), closing(*FORD)], None),
        ([closing(geometry=box(0.009, 0.004, 0.011, 0.006))], 7.1),
        ([closing(geometry=box(-1, 0.004, 1, 0.006))], None),
        ([closing(geometry=box(-1, -1, 1, 1))], None),
        ([closing(geometry=box(0.002, 0.004, 0.008, 0.006))], 3.1),  # between the roads
    ],
)
def test_the_way_leads_round_what_is_closed(
    closures: list[Closure], expected_s: float | None
) -> None:
    assert times(*closures)[0] == expected_s


def test_a_team_across_the_river_ranks_by_road_not_by_line() -> None:
    """The team over the water is as near as the other by line, and three times as far by road."""
    roads = riverside()
    teams = [TEAM_ACROSS, TEAM_HERE, (0.5, 0.5)]
    found = roads.times_to(INCIDENT, teams, profile="car")
    assert found.road_s[0] == 3.1
    assert found.road_s[1] == 1.0
    assert found.why == (None, None, "no_road_data")
    cut_off = [closing(*BRIDGE), closing(*FORD)]
    shut = roads.times_to(INCIDENT, teams, profile="car", closures=cut_off)
    assert shut.why == ("unreachable", None, "no_road_data")
    assert shut.road_s[1] == 1.0


@pytest.mark.parametrize(
    ("line", "closed"),
    [
        ([[0.009, 0.005], [0.011, 0.005]], True),  # across the bridge
        ([[0.01, 0.004], [0.01, 0.006]], True),  # along it
        ([[0.01002, 0.004], [0.01002, 0.006]], True),  # 2.2 m beside it
        ([[0.01004, 0.004], [0.01004, 0.006]], False),  # 4.4 m beside it
    ],
)
def test_a_line_closes_what_is_within_three_metres(line: list[list[float]], closed: bool) -> None:
    shape = {"type": "LineString", "coordinates": line}
    assert times(closing(geometry=shape))[0] == (7.1 if closed else 3.1)


@pytest.mark.parametrize(
    ("profile", "depth_m", "expected_s"),
    [
        ("car", 0.1, 3.1),
        ("car", 0.15, 7.1),
        ("fire_tender", 0.49, 3.1),
        ("fire_tender", 0.5, 7.1),
        ("fire_tender", None, 7.1),  # unknown depth stops everyone
        ("car", 0.0, 3.1),
    ],
)
def test_a_high_vehicle_wades_deeper(
    profile: str, depth_m: float | None, expected_s: float
) -> None:
    assert times(closing(*BRIDGE, depth_m=depth_m), profile=profile)[0] == expected_s


def test_a_closure_for_other_profiles_does_not_count() -> None:
    shut = closing(*BRIDGE, profiles=("fire_tender",))
    assert times(shut)[0] == 3.1
    assert times(shut, profile="fire_tender")[0] == 7.1


@pytest.mark.parametrize(("hour", "expected_s"), [(7, 3.1), (8, 7.1), (9, 7.1), (10, 3.1)])
def test_a_closure_holds_from_its_beginning_until_its_end(hour: int, expected_s: float) -> None:
    def at(hour: int) -> datetime:
        return datetime(2026, 6, 1, hour, tzinfo=UTC)

    shut = closing(*BRIDGE, valid_from=at(8), valid_to=at(10))
    assert times(shut, now=at(hour))[0] == expected_s
    assert times(shut)[0] == 7.1


def test_where_there_is_a_geometry_it_decides() -> None:
    shut = closing("gone:1:2:0", geometry=box(0.009, 0.004, 0.011, 0.006))
    assert riverside().edges_of(shut) == BRIDGE


def test_a_polygon_closes_one_way_streets_to_walkers_too() -> None:
    street = town({1: (0.0, 0.0), 2: (0.01, 0.0)}, [Road(1, 2, oneway=True)])
    for shut in (closing("0:1:2:0"), closing(geometry=box(0.004, -1, 0.006, 1))):
        found = street.times_to((0.0, 0.0), [(0.01, 0.0)], profile="foot", closures=[shut])
        assert found.why == ("unreachable",)
        assert street.edges_of(shut) == ("0:1:2:0",)


def test_ids_that_no_road_has_are_listed() -> None:
    with pytest.raises(UnknownEdge, match="nonsense, 9:9:9:9") as caught:
        times(closing(*BRIDGE, "nonsense", "9:9:9:9"))
    assert caught.value.values["edges"] == ["nonsense", "9:9:9:9"]


BOW_TIE = [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": BOW_TIE},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [math.nan, 1], [1, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[500, 0], [501, 1], [501, 0], [500, 0]]]},
        {"type": "Polygon", "coordinates": "here"},
        {"type": "Polygon"},
        {"type": "LineString", "coordinates": [[0, 0], [0, 0]]},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Feature", "geometry": None, "properties": {}},
        {},
    ],
)
def test_a_shape_that_closes_nothing_is_refused(geometry: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        times(closing(geometry=geometry))


def test_a_feature_closes_by_its_geometry() -> None:
    shape = {"type": "Feature", "properties": {}, "geometry": box(0.009, 0.004, 0.011, 0.006)}
    assert times(closing(geometry=shape))[0] == 7.1


@pytest.mark.parametrize("seed", range(40))
def test_the_grid_misses_no_edge_that_meets_the_shape(seed: int) -> None:
    table, rng = random_town(seed)
    roads = Roads.compile(table, {"car": plain()})
    x, y = rng.uniform(-0.02, 0.02, 2)
    corners = np.array([x, y]) + rng.uniform(-0.01, 0.01, (6, 2))
    hull = shapely.MultiPoint(corners).convex_hull
    expected = [
        edge
        for edge, line in zip(table.edge_id, all_lines(roads), strict=True)
        if hull.intersects(line)
    ]
    shape = closing(geometry=shapely.geometry.mapping(hull))
    assert list(roads.edges_of(shape)) == sorted(expected)
    street = shapely.LineString(corners)
    near = [
        edge
        for edge, line in zip(table.edge_id, all_lines(roads), strict=True)
        if line.distance(street) * DEGREE_M <= LINE_M
    ]
    assert list(roads.edges_of(closing(geometry=shapely.geometry.mapping(street)))) == sorted(near)


def all_lines(roads: Roads) -> list[shapely.LineString]:
    return list(edge_lines(roads.graph, np.arange(roads.edges, dtype=np.int32)))


def test_ten_thousand_closures_at_once() -> None:
    one = box(0.009, 0.004, 0.011, 0.006)
    assert times(*[closing(geometry=one)] * 10_000)[0] == 7.1


@pytest.mark.parametrize(
    ("at", "closures", "radius_m", "ways"),
    [
        ((0.0, 0.0), [], 1500, 2),
        ((0.0, 0.0), [closing(*BRIDGE)], 1500, 1),
        ((0.0, 0.0), [closing(*BRIDGE), closing(geometry=box(-0.02, -1, -0.019, 1))], 1500, 0),
        ((0.005, 0.0), [], 1200, 2),  # in the middle of a road: one way at each end
        ((0.005, 0.0), [closing("0:1:2:0")], 1200, 1),
        ((0.0, 0.0), [], 9_000, 0),  # the town ends before
        ((0.5, 0.5), [], 500, 0),  # no road there
    ],
)
def test_ways_out(
    at: tuple[float, float], closures: list[Closure], radius_m: float, ways: int
) -> None:
    found = riverside().ways_out(at, profile="car", closures=closures, radius_m=radius_m)
    assert found == ways


def test_a_dead_end_street_has_one_way_out() -> None:
    nodes = {1: (0.0, 0.0), 2: (0.002, 0.0), 3: (0.02, 0.01), 4: (0.02, -0.01)}
    roads = town(nodes, [Road(1, 2), Road(2, 3), Road(2, 4)])
    assert roads.ways_out((0.001, 0.0), profile="car", radius_m=1000) == 1
    assert roads.ways_out((0.002, 0.0), profile="car", radius_m=1000) == 2


def test_two_ways_that_need_the_same_bridge_are_one() -> None:
    """A loop of streets that only one road leaves; the first path found must not block nor fool."""
    nodes = {1: (0, 0), 2: (0.002, 0.001), 3: (0.002, -0.001), 4: (0.004, 0), 5: (0.03, 0)}
    ring = [Road(1, 2), Road(1, 3), Road(2, 4), Road(3, 4)]
    assert town(nodes, [*ring, Road(4, 5)]).ways_out((0, 0), profile="car", radius_m=1000) == 1
    double = [*ring, Road(4, 5), Road(4, 5, oneway=True)]
    assert town(nodes, double).ways_out((0, 0), profile="car", radius_m=1000) == 2
