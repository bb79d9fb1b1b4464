"""Directions: what a driver does at each junction, and the sentence that says so."""

from __future__ import annotations

import math
import pickle
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from geo.domain import Parameter, Route
from routing.instructions import instructions, with_structures
from routing.roads import Roads
from routing.routes import Ways, draw_all
from server.directions import distance, say_route
from tests.towns import DEGREE_M, Road, plain, table_of, town

Spot = tuple[float, float]


def at(east_m: float, north_m: float) -> Spot:
    return east_m / DEGREE_M, north_m / DEGREE_M


def toward(degrees: float, metres: float = 500, start: Spot = (0.0, 0.0)) -> Spot:
    """A point so far off in a compass direction."""
    angle = math.radians(degrees)
    east, north = at(metres * math.sin(angle), metres * math.cos(angle))
    return start[0] + east, start[1] + north


def lead(roads: Roads, start: Spot, end: Spot, profile: str = "car") -> Route:
    route = roads.times_from(start, [end], profile=profile).route(0)
    assert route is not None
    return route


def acts(route: Route) -> list[str]:
    return [one.maneuver for one in instructions(route)]


RIVER = {
    1: at(-1200, 0),
    2: at(-200, 0),
    3: at(0, 0),
    4: at(600, 0),
    5: at(0, -500),
}
RIVER_ROADS = [
    Road(1, 2, "飞云大道"),
    Road(2, 3, "三桥", tags={"bridge": True}),
    Road(3, 4, "飞云大道"),
    Road(3, 5, "江滨路"),
]


def test_the_sentence_of_the_issue() -> None:
    route = lead(town(RIVER, RIVER_ROADS), RIVER[1], RIVER[5])
    assert say_route(route) == (
        "沿飞云大道向东行驶 1.2 公里,过三桥右转",
        "沿江滨路向南行驶 500 米,到达目的地",
    )
    assert say_route(route, "en") == (
        "Go east along 飞云大道 for 1.2 km, cross 三桥 and turn right",
        "Go south along 江滨路 for 500 m, then arrive",
    )


@pytest.mark.parametrize(
    ("degrees", "act", "chinese", "english"),
    [
        (90, "straight", "直行进入乙路", "go straight on into 乙路"),
        (110, "straight", "直行进入乙路", "go straight on into 乙路"),
        (130, "slight_right", "稍向右转", "bear right"),
        (180, "right", "右转", "turn right"),
        (225, "sharp_right", "向右急转", "turn sharp right"),
        (50, "slight_left", "稍向左转", "bear left"),
        (0, "left", "左转", "turn left"),
        (-45, "sharp_left", "向左急转", "turn sharp left"),
    ],
)
def test_each_turn_at_a_junction(degrees: float, act: str, chinese: str, english: str) -> None:
    """From the west; 乙路 leads off by this compass direction, 丙路 and 丁路 elsewhere."""
    others = [one for one in (180.0, 0.0) if abs((one - degrees + 180) % 360 - 180) > 60]
    nodes = {1: at(-500, 0), 2: at(0, 0), 3: toward(degrees)}
    nodes |= {4 + index: toward(other) for index, other in enumerate(others)}
    roads = [Road(1, 2, "甲路"), Road(2, 3, "乙路")]
    roads += [Road(2, 4 + index, "丙丁"[index] + "路") for index in range(len(others))]
    route = lead(town(nodes, roads), nodes[1], nodes[3])
    assert acts(route) == [act, "arrive"]
    assert say_route(route)[0] == f"沿甲路向东行驶 500 米,{chinese}"
    assert say_route(route, "en")[0] == f"Go east along 甲路 for 500 m, then {english}"


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (("甲路", "甲路"), "沿甲路向东行驶 1.0 公里,到达目的地"),
        (("甲路", "乙路"), "沿甲路、乙路向东行驶 1.0 公里,到达目的地"),
        (("甲路", ""), "沿甲路向东行驶 1.0 公里,到达目的地"),
        (("", ""), "沿无名街巷向东行驶 1.0 公里,到达目的地"),
    ],
)
def test_where_nothing_branches_off_nothing_is_to_be_done(names: Sequence[str], line: str) -> None:
    nodes = {1: at(-500, 0), 2: at(0, 0), 3: at(500, 0)}
    roads = [Road(1, 2, names[0], "residential"), Road(2, 3, names[1], "residential")]
    route = lead(town(nodes, roads), nodes[1], nodes[3])
    assert say_route(route) == (line,)


def test_a_bend_without_a_choice_is_no_turn() -> None:
    nodes = {1: at(-500, 0), 2: at(0, 0), 3: at(0, -500)}
    roads = [Road(1, 2, "甲路"), Road(2, 3, "乙路")]
    assert acts(lead(town(nodes, roads), nodes[1], nodes[3])) == ["arrive"]


def test_a_way_that_may_not_be_driven_is_no_choice() -> None:
    nodes = {1: at(-500, 0), 2: at(0, 0), 3: at(0, -500), 4: at(500, 0)}
    path = Road(2, 4, "小路", "footway")
    roads = town(nodes, [Road(1, 2, "甲路"), Road(2, 3, "乙路"), path])
    assert acts(lead(roads, nodes[1], nodes[3])) == ["arrive"]
    assert acts(lead(roads, nodes[1], nodes[3], "foot")) == ["right", "arrive"]
    inward = Road(4, 2, "来路", oneway=True)
    roads = town(nodes, [Road(1, 2, "甲路"), Road(2, 3, "乙路"), inward])
    assert acts(lead(roads, nodes[1], nodes[3])) == ["arrive"]


@pytest.mark.parametrize(
    ("goal", "act", "said"), [(3, "keep_left", "靠左行驶"), (4, "keep_right", "靠右行驶")]
)
def test_a_fork(goal: int, act: str, said: str) -> None:
    nodes = {1: at(-500, 0), 2: at(0, 0), 3: toward(75), 4: toward(105)}
    roads = [Road(1, 2, "甲路"), Road(2, 3, "乙路"), Road(2, 4, "丙路")]
    route = lead(town(nodes, roads), nodes[1], nodes[goal])
    assert acts(route) == [act, "arrive"]
    assert say_route(route)[0].endswith(said)


def test_who_stays_on_the_road_where_a_lesser_one_leaves_it_is_told_nothing() -> None:
    nodes = {1: at(-500, 0), 2: at(0, 0), 3: at(500, 20), 4: toward(110)}
    roads = [Road(1, 2, "甲路"), Road(2, 3, "甲路"), Road(2, 4, "巷子", "residential")]
    built = town(nodes, roads)
    assert acts(lead(built, nodes[1], nodes[3])) == ["arrive"]
    assert acts(lead(built, nodes[1], nodes[4])) == ["keep_right", "arrive"]


def test_turning_back() -> None:
    """No search turns back by itself; a turn restriction may make it (drawn here by hand)."""
    nodes = {1: at(-500, 0), 2: at(0, 0)}
    graph = town(nodes, [Road(1, 2, "甲路")]).graph
    edges = graph.find(["0:1:2:0", "0:2:1:1"])
    way = Ways(np.array([0, 2]), edges, np.zeros(1), np.array([0.4]), np.array([nodes[1]]))
    route = draw_all(graph, graph.weights["car"].ms, way, graph.network("car"))[0]
    assert say_route(route) == (
        "沿甲路向东行驶 500 米,掉头",
        "沿甲路向西行驶 200 米,到达目的地",
    )


RING = {
    # A ring of four nodes, driven anticlockwise (as where one drives on the right), four arms.
    1: at(30, 0), 2: at(0, 30), 3: at(-30, 0), 4: at(0, -30),
    11: at(530, 0), 12: at(0, 530), 13: at(-530, 0), 14: at(0, -530),
}  # fmt: skip
ROUND = [
    *(Road(a, b, "环岛", oneway=True, length_m=47, tags={"roundabout": True})
      for a, b in ((1, 2), (2, 3), (3, 4), (4, 1))),
    Road(11, 1, "东路"), Road(12, 2, "北路"), Road(13, 3, "西路"), Road(14, 4, "南路"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("goal", "exit_number", "then"),
    [
        (11, 1, "沿东路向东行驶 550 米"),
        (12, 2, "沿北路向北行驶 590 米"),
        (13, 3, "沿西路向西行驶 640 米"),
    ],
)
def test_a_roundabout_counts_its_exits(goal: int, exit_number: int, then: str) -> None:
    route = lead(town(RING, ROUND), RING[14], RING[goal])
    first, second = say_route(route)
    assert first == f"沿南路向北行驶 500 米,进入环岛,从第 {exit_number} 个出口驶出"
    assert second == f"{then},到达目的地"
    english = say_route(route, "en")[0]
    assert (
        english == f"Go north along 南路 for 500 m, then at the roundabout take exit {exit_number}"
    )
    assert [step.road for step in route.steps][1] == "环岛"


def test_who_begins_or_ends_on_a_roundabout() -> None:
    ring = town(RING, ROUND)
    away = lead(ring, RING[1], RING[13])
    assert acts(away) == ["leave_roundabout", "arrive"]
    assert say_route(away)[0] == "沿环岛向西行驶 94 米,驶出环岛"
    into = lead(ring, RING[14], RING[2])
    assert say_route(into) == (
        "沿南路向北行驶 500 米,进入环岛",
        "沿环岛向北行驶 94 米,到达目的地",
    )


def test_onto_and_off_the_motorway() -> None:
    nodes = {
        1: at(0, -300), 2: at(0, 0), 3: at(300, 60), 4: at(3300, 60), 5: at(3600, 0),
        6: at(6000, 60), 7: at(0, 300), 8: at(-1000, 60), 9: at(3600, -400),
    }  # fmt: skip
    roads = [
        Road(1, 2, "县道"), Road(2, 7, "县道"),
        Road(2, 3, kind="motorway_link", oneway=True),
        Road(8, 3, "沈海高速", "motorway", oneway=True),
        Road(3, 4, "沈海高速", "motorway", oneway=True),
        Road(4, 6, "沈海高速", "motorway", oneway=True),
        Road(4, 5, kind="motorway_link", oneway=True),
        Road(5, 9, "县道二"),
    ]  # fmt: skip
    profile = plain()
    speeds = {**profile.speeds, "motorway_link": Parameter("motorway_link", 3600, "km/h", "A", "")}
    built = Roads.compile(table_of(nodes, roads), {"car": replace(profile, speeds=speeds)})
    route = lead(built, nodes[1], nodes[9])
    assert say_route(route) == (
        "沿县道向北行驶 300 米,右转",
        "沿匝道向东行驶 310 米,汇入沈海高速",
        "沿沈海高速向东行驶 3.0 公里,驶离高速,进入匝道",
        "沿县道二向东南行驶 710 米,到达目的地",
    )
    assert say_route(route, "en")[1:3] == (
        "Go east along the slip road for 310 m, then merge onto 沈海高速",
        "Go east along 沈海高速 for 3.0 km, then leave the motorway by the slip road",
    )
    smooth = {**nodes, 1: at(-300, -60)}
    ramp = lead(
        Roads.compile(table_of(smooth, roads), {"car": replace(profile, speeds=speeds)}),
        smooth[1],
        nodes[6],
    )
    assert acts(ramp) == ["ramp", "merge", "arrive"]


def test_bridges_and_tunnels() -> None:
    nodes = {i: at(500 * i, 0) for i in range(7)} | {9: at(3000, -500)}
    roads = [
        Road(0, 1, "甲路"),
        Road(1, 2, "云岭隧道", tags={"tunnel": True}),
        Road(2, 3, "甲路"),
        Road(3, 4, "甲路", tags={"bridge": True}),
        Road(4, 5, "甲路"),
        Road(5, 6, "甲路", length_m=100),
        Road(6, 9, "乙路"),
        Road(6, 6, "圈", via=(at(3100, 0), at(3100, 100))),
    ]
    built = town(nodes, roads)
    route = lead(built, nodes[0], nodes[9])
    assert say_route(route)[0] == "沿甲路向东行驶 2.6 公里(途经桥、云岭隧道),右转"
    named = with_structures(route, {"3": ("bridge", "双溪大桥")})
    assert say_route(named)[0] == "沿甲路向东行驶 2.6 公里(途经双溪大桥、云岭隧道),右转"
    assert say_route(named, "en")[0] == (
        "Go east along 甲路 for 2.6 km (by way of 双溪大桥, then 云岭隧道), then turn right"
    )
    short = lead(built, nodes[3], nodes[4])
    assert say_route(with_structures(short, {"3": ("bridge", "双溪大桥")})) == (
        "沿甲路向东行驶 500 米,过双溪大桥到达目的地",
    )


@pytest.mark.parametrize(
    ("place", "side", "said"),
    [
        (at(300, 30), "left", "到达目的地,在道路左侧"),
        (at(300, -30), "right", "到达目的地,在道路右侧"),
        (at(300, 0), "on", "到达目的地"),
    ],
)
def test_the_side_on_which_the_place_lies(place: Spot, side: str, said: str) -> None:
    roads = town({1: at(0, 0), 2: at(1000, 0)}, [Road(1, 2, "甲路")])
    route = lead(roads, at(10, 0), place)
    assert route.side == side
    assert say_route(route)[-1].endswith(said)
    back = lead(roads, at(900, 0), place)
    assert back.side == {"left": "right", "right": "left", "on": "on"}[side]
    arriving = roads.times_to(place, [at(900, 0)], profile="car").route(0)
    assert arriving == back


def test_on_foot() -> None:
    nodes = {1: at(0, 0), 2: at(0, 80)}
    route = lead(town(nodes, [Road(1, 2, "", "footway")]), nodes[1], nodes[2], "foot")
    assert say_route(route, walks=True) == ("沿人行道向北步行 80 米,到达目的地",)


def test_no_way_to_go_is_said() -> None:
    roads = town({1: at(0, 0), 2: at(1000, 0)}, [Road(1, 2, "甲路")])
    route = lead(roads, at(500, 0), at(500, 0))
    assert say_route(route) == ("起点与终点在同一处,无需行驶",)


@pytest.mark.parametrize(
    ("metres", "chinese", "english"),
    [
        (0.4, "0 米", "0 m"),
        (99, "99 米", "99 m"),
        (104, "100 米", "100 m"),
        (994, "990 米", "990 m"),
        (995, "1.0 公里", "1.0 km"),
        (1249, "1.2 公里", "1.2 km"),
    ],
)
def test_distances(metres: float, chinese: str, english: str) -> None:
    assert (distance(metres), distance(metres, "en")) == (chinese, english)


@pytest.mark.parametrize("seed", range(8))
def test_the_eight_directions(seed: int) -> None:
    names = ["北", "东北", "东", "东南", "南", "西南", "西", "西北"]
    end = toward(45 * seed + 10)
    route = lead(town({1: at(0, 0), 2: end}, [Road(1, 2, "甲路")]), at(0, 0), end)
    assert say_route(route)[0].startswith(f"沿甲路向{names[seed]}行驶 500 米")


def test_steps_read_as_columns_are_told_as_steps_made() -> None:
    route = lead(town(RIVER, RIVER_ROADS), RIVER[1], RIVER[5])
    made = tuple(route.steps)
    assert route.steps == made
    assert [step.road for step in made] == ["飞云大道", "三桥", "江滨路"]
    assert instructions(replace(route, steps=made)) == instructions(route)
    assert pickle.loads(pickle.dumps(route)) == route
