"""What a closed bridge takes from a town that fits on paper."""

from __future__ import annotations

from typing import Any

import pytest

from geo.domain import LonLat
from routing.loss import Loss, Spot, loss
from routing.roads import Roads
from tests.towns import Road, closing, plain, town

# A town on the south bank, two villages north of the river. 大桥 leads to 北村, and a road goes on
# to 远村; the ford in the west is the long way round. 岛村 lies on an island without a bridge.
#
#   6 ------- 4 北村 ---- 3 ---- 7 远村
#   |ford                 |大桥
#   5 ------- 1 station - 2 ---- 9 hall          10 -- 11 岛村
NODES = {
    1: (0.0, 0.0),
    2: (0.01, 0.0),
    3: (0.01, 0.01),
    4: (0.0, 0.01),
    5: (-0.03, 0.0),
    6: (-0.03, 0.01),
    7: (0.02, 0.01),
    9: (0.02, 0.0),
    10: (0.03, 0.0),
    11: (0.04, 0.0),
}
BANKS = [
    Road(1, 2, "南岸路", length_m=1000),
    Road(2, 3, "大桥", length_m=1100, tags={"bridge": True}),
    Road(3, 4, "北岸路", length_m=1000),
    Road(3, 7, "远村路", length_m=1000),
    Road(2, 9, "大厅路", length_m=1000),
    Road(1, 5, "西路", length_m=3000),
    Road(10, 11, "岛路", length_m=1000),
]
FORD = [
    Road(5, 6, "涉水路", length_m=1100, tags={"ford": True}),
    Road(6, 4, "西北路", length_m=3000),
]
STATION: LonLat = (0.0, 0.0)
SPOTS = [
    Spot("people", "c1", "", (0.0, 0.01), 300, "北乡"),
    Spot("people", "c2", "", (0.02, 0.01), 50, "北乡"),
    Spot("people", "c3", "", (0.02, 0.0), 1000, "南镇"),
    Spot("people", "c4", "", (0.04, 0.0), 7, None),
    Spot("people", "c5", "", (0.5, 0.5), 2, None),
    Spot("village", "v1", "北村", (0.0, 0.01)),
    Spot("village", "v2", "远村", (0.02, 0.01)),
    Spot("village", "v3", "岛村", (0.04, 0.0)),
    Spot("shelter", "s1", "北小学", (0.005, 0.01), 200),
]
BRIDGE = closing("1:2:3:0", "1:3:2:1", name="大桥")


def roads_with(*more: Road) -> Roads:
    return town(NODES, [*BANKS, *more], plain(snap_m=150.0))


def asked(roads: Roads, **more: Any) -> Loss:
    return loss(roads, [STATION], SPOTS, [BRIDGE], profile="car", **more)


def test_one_bridge_and_no_other_way_cuts_off_all_beyond_it() -> None:
    found = asked(roads_with())
    people = found.people
    assert people is not None
    assert (people.all, people.cut_off, people.uncovered, people.later) == (1359, 350, 350, 0)
    assert (people.without, people.no_road_data) == (7, 2)  # the island; where no road is known
    assert [(one.name, one.all, one.cut_off) for one in found.districts] == [
        ("", 9, 0),
        ("北乡", 350, 350),
        ("南镇", 1000, 0),
    ]
    assert [(one.name, one.all, one.cut_off) for one in found.sums] == [
        ("village", 3, 2),
        ("shelter", 1, 1),
    ]
    assert [(one.spot.name, one.cut_off, one.after_s) for one in found.lost] == [
        ("北村", True, None),
        ("远村", True, None),
        ("北小学", True, None),
    ]
    (way,) = found.ways_round
    assert (way.road, way.length_m, way.before_s, way.after_s) == ("大桥", 1100, 1.1, None)


def test_a_ford_is_the_way_round_and_all_beyond_the_bridge_are_reached_later() -> None:
    found = asked(roads_with(*FORD))
    people = found.people
    assert people is not None
    # 北村 was 3.1 s away and is 7.1 s; 远村 3.1 s and now 9.1 s.
    assert (people.cut_off, people.uncovered, people.later, people.worst_s) == (0, 0, 350, 6.0)
    assert [(one.spot.name, one.later_s) for one in found.lost] == [
        ("远村", 6.0),
        ("北小学", 5.0),
        ("北村", 4.0),
    ]
    (way,) = found.ways_round
    # Over the bridge 1.1 s; round it 1 + 3 + 1.1 + 3 + 1 s.
    assert (way.before_s, way.after_s, way.extra_s) == (1.1, 9.1, pytest.approx(8.0))


def test_a_station_beyond_the_bridge_still_comes_to_those_who_are_cut_off() -> None:
    roads = roads_with()
    found = loss(roads, [STATION, (0.0, 0.01)], SPOTS, [BRIDGE], profile="car")
    assert found.people is not None
    assert (found.people.cut_off, found.people.uncovered, found.people.later) == (350, 0, 0)


def test_what_stands_closed_already_is_not_counted_again() -> None:
    found = asked(roads_with(), standing=[BRIDGE])
    assert found.people is not None
    assert (found.people.cut_off, found.people.uncovered, found.people.later) == (0, 0, 0)
    assert found.people.without == 357
    assert found.lost == () == found.ways_round


def test_without_services_only_being_cut_off_is_told() -> None:
    found = loss(roads_with(), [], SPOTS, [BRIDGE], profile="car")
    assert found.people is not None
    assert (found.services, found.people.cut_off, found.people.uncovered) == (0, 350, 0)


def test_unknown_people_are_none_and_nobody_is_zero() -> None:
    villages = [one for one in SPOTS if one.kind != "people"]
    found = loss(roads_with(), [STATION], villages, [BRIDGE], profile="car")
    assert found.people is None
    nobody = [Spot("people", "c", "", (0.0, 0.01), 0)]
    found = loss(roads_with(), [STATION], nobody, [BRIDGE], profile="car")
    assert found.people is not None
    assert found.people.cut_off == 0


def test_a_closure_for_others_takes_nothing() -> None:
    shut = closing("1:2:3:0", "1:3:2:1", profiles=("bus",))
    found = loss(roads_with(), [STATION], SPOTS, [shut], profile="car")
    assert found.people is not None
    assert (found.people.cut_off, found.lost, found.ways_round) == (0, (), ())


def test_nothing_asked_about_loses_nothing() -> None:
    found = loss(roads_with(), [STATION], [], [BRIDGE], profile="car")
    assert (found.people, found.sums, found.lost) == (None, (), ())
    assert found.edges == 2
