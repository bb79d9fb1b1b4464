"""Which villages, people and places no known road reaches, township by township."""

from __future__ import annotations

from routing.gaps import Point, gaps
from tests.towns import DEGREE_M, Road, closing, plain, town

ROADS = town(
    {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0)},
    [Road(1, 2), Road(2, 3, kind="footway")],
    plain(),
    plain("foot", mode="walk", kph=5.0),
)


def north(metres: float, lon: float = 0.005) -> tuple[float, float]:
    return lon, metres / DEGREE_M


POINTS = [
    Point("village", "v1", "路边村", north(150), "东乡"),
    Point("village", "v2", "山里村", north(900), "东乡"),
    Point("village", "v3", "步道村", north(10, lon=0.0195), "西乡"),
    Point("people", "c1", "", north(199), "东乡", 100),
    Point("people", "c2", "", north(201), "东乡", 30),
    Point("people", "c3", "", (3.0, 3.0), None, 5),
    Point("place", "p1", "山里水库", north(1200), "东乡"),
    Point("place", "p2", "学校", north(0), "东乡"),
]


def test_each_township_says_what_of_how_many_has_no_road() -> None:
    found = gaps(ROADS, POINTS, ["东乡", "西乡", "空镇"], profile="car")
    assert found.limit_m == 200
    rows = {one.name: one for one in found.townships}
    east = rows["东乡"]
    assert (east.villages, east.villages_all) == (("山里村",), 2)
    assert (east.people, east.people_all) == (30, 130)
    assert (east.places, east.places_all) == (("山里水库",), 2)
    assert east.farthest_m is not None
    assert round(east.farthest_m) == 1200
    assert not east.beyond
    # A footpath is no road for a car; on foot it is one.
    assert rows["西乡"].villages == ("步道村",)
    on_foot = {one.name: one for one in gaps(ROADS, POINTS, profile="foot").townships}
    assert on_foot["西乡"].villages == ()
    nobody = rows["空镇"]
    assert (nobody.villages, nobody.people, nobody.people_all, nobody.farthest_m) == (
        (),
        0,
        0,
        None,
    )
    assert (rows[""].people, rows[""].beyond, rows[""].farthest_m) == (5, True, None)
    assert [one.name for one in found.townships] == ["东乡", "", "西乡", "空镇"]


def test_the_far_points_are_what_the_layer_draws() -> None:
    found = gaps(ROADS, POINTS, profile="car")
    assert [(one.point.id, one.metres is None) for one in found.far] == [
        ("c2", False),
        ("c3", True),
        ("p1", False),
        ("v2", False),
        ("v3", False),
    ]


def test_what_is_not_loaded_is_unknown_and_not_zero() -> None:
    (row,) = gaps(ROADS, [one for one in POINTS if one.id == "v2"], profile="car").townships
    assert (row.villages, row.people, row.people_all) == (("山里村",), None, None)
    assert (row.places, row.places_all) == (None, None)


def test_a_closed_road_is_not_a_missing_one() -> None:
    shut = closing("0:1:2:0", "0:2:1:1")
    assert ROADS.times_to((0.0, 0.0), [north(150)], profile="car", closures=[shut]).why == (
        "unreachable",
    )
    assert "路边村" not in str(gaps(ROADS, POINTS, profile="car").townships)


def test_no_roads_at_all_leave_everything_far() -> None:
    bare = town({1: (0.0, 0.0), 2: (0.01, 0.0)}, [], plain())
    found = gaps(bare, POINTS, profile="car")
    assert len(found.far) == len(POINTS)
    assert gaps(ROADS, [], profile="car").townships == ()
