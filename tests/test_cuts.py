"""Which stretches a closure takes, and what it changes: on paper, and against shapely."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
import shapely
import shapely.geometry

from geo.domain import Closure, Parameter
from geo.errors import InvalidInput, NotFound
from routing import cuts
from routing.closures import changes_of
from routing.conditions import Conditions, under
from routing.cuts import LINE_M, cut_of, is_kept, make_cut, restored
from routing.graph import RoadGraph
from routing.lines import edge_lines
from routing.profiles import Profile
from routing.roads import Roads
from tests.towns import DEGREE_M, Road, box, closing, plain, random_town, town

# One street of 1,112 m from west to east, a lane that leaves its middle for the north.
NODES = {1: (0.0, 0.0), 2: (0.005, 0.0), 3: (0.01, 0.0), 4: (0.005, 0.005)}
STREET = [
    Road(1, 2, "解放路", length_m=1000, tags={"ref": "G104"}),
    Road(2, 3, "解放路", length_m=1000, oneway=True),
    Road(2, 4, "巷"),
]
WEST = ("0:1:2:0", "0:2:1:1")


def stretches(roads: Roads, closure: Closure) -> list[tuple[str, float, float]]:
    cut = make_cut(roads.graph, closure)
    bounds = zip(cut.ids(roads.graph), cut.start.tolist(), cut.end.tolist(), strict=True)
    return sorted((one, round(start, 6), round(end, 6)) for one, start, end in bounds)


def changed(roads: Roads, *closures: Closure, profile: str = "car") -> dict[str, int]:
    graph = roads.graph
    found = changes_of(graph, closures, graph.profiles[profile])
    pairs = zip(found.edge.tolist(), found.ms.tolist(), strict=True)
    return {graph.edge_id(edge): ms for edge, ms in pairs}


def line(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(point) for point in points]}


def test_an_area_takes_the_stretch_that_it_covers_both_ways() -> None:
    shut = closing(geometry=box(0.001, -0.001, 0.002, 0.001))
    expected = [(WEST[0], 0.2, 0.4), (WEST[1], 0.6, 0.8)]
    assert stretches(town(NODES, STREET), shut) == expected


def test_a_whole_closure_reaches_from_junction_to_junction() -> None:
    shut = closing(geometry=box(0.001, -0.001, 0.002, 0.001), whole=True)
    assert stretches(town(NODES, STREET), shut) == [(WEST[0], 0.0, 1.0), (WEST[1], 0.0, 1.0)]


def test_an_area_round_a_junction_takes_the_end_of_every_street_there() -> None:
    shut = closing(geometry=box(0.004, -0.001, 0.006, 0.001))
    found = stretches(town(NODES, STREET), shut)
    assert (WEST[0], 0.8, 1.0) in found
    assert ("1:2:3:0", 0.0, 0.2) in found
    assert ("1:2:3:0~", 0.8, 1.0) in found  # walkers against the one-way
    assert ("2:2:4:0", 0.0, 0.2) in found
    assert len(found) == 6


def test_an_area_with_a_hole_takes_two_stretches_of_one_street() -> None:
    outer, inner = box(0.0005, -0.002, 0.0045, 0.002), box(0.002, -0.001, 0.003, 0.001)
    holed = {"type": "Polygon", "coordinates": [*outer["coordinates"], *inner["coordinates"]]}  # type: ignore[misc]
    found = stretches(town(NODES, STREET), closing(geometry=holed))
    assert found[:2] == [(WEST[0], 0.1, 0.4), (WEST[0], 0.6, 0.9)]


def test_an_area_whose_rim_runs_along_the_street_takes_it() -> None:
    shut = closing(geometry=box(0.001, 0.0, 0.002, 0.001))
    assert stretches(town(NODES, STREET), shut)[0] == (WEST[0], 0.2, 0.4)


def test_a_line_along_one_side_takes_that_way_alone() -> None:
    roads = town(NODES, STREET)
    east = line((0.001, 0.0), (0.002, 0.0))
    width = LINE_M / DEGREE_M / 0.005
    ahead = (WEST[0], round(0.2 - width, 6), round(0.4 + width, 6))
    back = (WEST[1], round(0.6 - width, 6), round(0.8 + width, 6))
    assert stretches(roads, closing(geometry=east)) == [ahead, back]
    assert stretches(roads, closing(geometry=east, direction="along")) == [ahead]
    assert stretches(roads, closing(geometry=east, direction="against")) == [back]
    west = line((0.002, 0.0), (0.001, 0.0))
    assert stretches(roads, closing(geometry=west, direction="along")) == [back]


def test_a_line_along_a_street_leaves_its_cross_streets_open_when_it_has_a_direction() -> None:
    past = line((0.004, 0.0), (0.006, 0.0))
    found = {one[0] for one in stretches(town(NODES, STREET), closing(geometry=past))}
    assert {"2:2:4:0", "2:4:2:1"} <= found
    one_way = closing(geometry=past, direction="along")
    assert {one[0] for one in stretches(town(NODES, STREET), one_way)} == {WEST[0], "1:2:3:0"}


def test_named_edges_have_a_direction_of_their_own() -> None:
    roads = town(NODES, STREET)
    assert stretches(roads, closing(WEST[0])) == [(WEST[0], 0.0, 1.0)]
    assert stretches(roads, closing(WEST[0], direction="along")) == [(WEST[0], 0.0, 1.0)]
    assert stretches(roads, closing(WEST[0], direction="against")) == [(WEST[1], 0.0, 1.0)]
    both = [("1:2:3:0", 0.0, 1.0), ("1:2:3:0~", 0.0, 1.0)]
    assert stretches(roads, closing("1:2:3:0")) == both
    assert stretches(roads, closing("1:2:3:0", direction="along")) == both[:1]


def test_an_area_has_no_direction() -> None:
    for shut in (
        closing(geometry=box(0, 0, 1, 1), direction="along"),
        closing(road="解放路", direction="against"),
    ):
        with pytest.raises(InvalidInput, match="direction"):
            cut_of(town(NODES, STREET).graph, shut)


@pytest.mark.parametrize("said", ["解放路", " 解放 路 "])
def test_a_whole_road_by_name(said: str) -> None:
    roads = town(NODES, STREET)
    found = {one[0] for one in stretches(roads, closing(road=said))}
    assert found == {*WEST, "1:2:3:0", "1:2:3:0~"}


@pytest.mark.parametrize("said", ["G104", "g 104", "Ｇ１０４"])
def test_a_whole_road_by_number(said: str) -> None:
    roads = town(NODES, STREET)
    assert {one[0] for one in stretches(roads, closing(road=said))} == set(WEST)


def test_a_road_by_name_within_an_area() -> None:
    shut = closing(road="解放路", geometry=box(0.004, -0.001, 0.006, 0.001))
    found = {one[0] for one in stretches(town(NODES, STREET), shut)}
    assert found == {*WEST, "1:2:3:0", "1:2:3:0~"}
    assert stretches(town(NODES, STREET), shut)[0] == (WEST[0], 0.8, 1.0)


def test_a_road_that_there_is_not_names_those_that_come_near() -> None:
    with pytest.raises(NotFound) as caught:
        cut_of(town(NODES, STREET).graph, closing(road="解放"))
    assert caught.value.values["near"] == ["解放路"]
    assert "解放路" in caught.value.remedy
    with pytest.raises(NotFound) as caught:
        cut_of(town(NODES, STREET).graph, closing(road="not a road"))
    assert caught.value.values["near"] == []


# A river: 大桥 with two carriageways in the west, a bridge without a name, another 大桥 far east.
SPANS = {
    1: (0.0, 0.0), 2: (0.0, 0.002), 3: (0.0, 0.004),
    4: (0.0002, 0.0), 5: (0.0002, 0.004),
    6: (0.01, 0.0), 7: (0.01, 0.004),
    8: (0.05, 0.0), 9: (0.05, 0.004),
}  # fmt: skip
BRIDGES = [
    Road(1, 2, "大桥", oneway=True, tags={"bridge": True}),
    Road(2, 3, "大桥", oneway=True, tags={"bridge": True}),
    Road(5, 4, "大桥", oneway=True, tags={"bridge": True}),
    Road(6, 7, tags={"bridge": True}),
    Road(8, 9, "小桥", tags={"bridge": True}),
    Road(1, 6, "南路"),
    Road(3, 7, "北路"),
]


def test_a_bridge_by_its_place_is_all_its_spans_and_both_carriageways() -> None:
    roads = town(SPANS, BRIDGES, plain())
    whole = {"0:1:2:0", "1:2:3:0", "2:5:4:0"}
    assert {one[0] for one in stretches(roads, closing(bridge="0.0001,0.001"))} == whole
    assert {one[0] for one in stretches(roads, closing(bridge="大桥"))} == whole
    nameless = {"3:6:7:0", "3:7:6:1"}
    assert {one[0] for one in stretches(roads, closing(bridge="0.0101, 0.002"))} == nameless


def test_no_bridge_within_reach_of_the_point() -> None:
    with pytest.raises(NotFound, match="No bridge lies within 100 m"):
        cut_of(town(SPANS, BRIDGES, plain()).graph, closing(bridge="0.005,0.002"))


def test_a_bridge_that_there_is_not_and_one_that_there_is_twice() -> None:
    with pytest.raises(NotFound) as caught:
        cut_of(town(SPANS, BRIDGES, plain()).graph, closing(bridge="桥"))
    assert caught.value.values["near"] == ["大桥", "小桥"]
    twice = [*BRIDGES[:4], Road(8, 9, "大桥", tags={"bridge": True})]
    with pytest.raises(InvalidInput, match="2 bridges are called 大桥"):
        cut_of(town(SPANS, twice, plain()).graph, closing(bridge="大桥"))


@pytest.mark.parametrize("seed", range(120))
def test_areas_are_cut_as_shapely_cuts_them(seed: int) -> None:
    """The covered share of every edge equals the length of shapely's intersection."""
    table, rng = random_town(seed)
    graph = Roads.compile(table, {"car": plain()}).graph
    lines = edge_lines(graph, np.arange(graph.edges, dtype=np.int32))
    shape = _blob(rng)
    cut = make_cut(graph, closing(geometry=shapely.geometry.mapping(shape)))
    met = np.flatnonzero(shapely.intersects(lines, shape))
    assert sorted({int(graph.base[edge]) for edge in cut.edge}) == met.tolist()
    covered = np.bincount(cut.edge, cut.end - cut.start, minlength=len(graph.mate))
    for edge in met.tolist():
        assert covered[edge] == pytest.approx(share(graph, edge, shape), abs=1e-6)
    assert (cut.start <= cut.end).all()
    assert (cut.start >= 0).all()
    assert (cut.end <= 1).all()


@pytest.mark.parametrize("seed", range(60))
def test_lines_are_cut_as_shapely_cuts_them(seed: int) -> None:
    """The share within three metres equals shapely's intersection with a round buffer."""
    table, rng = random_town(seed)
    graph = Roads.compile(table, {"car": plain()}).graph
    street = shapely.LineString(rng.uniform(-0.02, 0.02, (int(rng.integers(2, 7)), 2)))
    cut = make_cut(graph, closing(geometry=shapely.geometry.mapping(street)))
    near = shapely.buffer(street, LINE_M / DEGREE_M, quad_segs=64)
    covered = np.bincount(cut.edge, cut.end - cut.start, minlength=len(graph.mate))
    for edge in range(graph.edges):
        expected = share(graph, edge, near)
        assert covered[edge] == pytest.approx(expected, abs=2e-4 + 0.02 * expected)


def share(graph: RoadGraph, edge: int, shape: Any) -> float:
    """The share of an edge's metres that lies in a shape, piece by piece; a point counts whole."""
    points, metres = graph.vertices(edge)
    if metres[-1] == 0:
        return 1.0 if shape.intersects(shapely.Point(points[0])) else 0.0
    pieces = [shapely.LineString(pair) for pair in pairwise(points)]
    inside = sum(
        (m1 - m0) * shapely.length(shapely.intersection(piece, shape)) / piece.length
        for piece, m0, m1 in zip(pieces, metres[:-1], metres[1:], strict=True)
        if piece.length > 0
    )
    return float(inside / metres[-1])


def _blob(rng: np.random.Generator) -> Any:
    """An area with bays, sometimes in two parts, sometimes with a hole."""
    turns = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 40))))
    far = rng.uniform(0.003, 0.02, len(turns))
    ring = np.column_stack([far * np.cos(turns), far * np.sin(turns)])
    shape = shapely.make_valid(shapely.Polygon(ring)).buffer(0)
    if rng.random() < 0.4:
        shape = shape.difference(shapely.box(-0.002, -0.002, 0.002, 0.001))
    return shape if not shape.is_empty else shapely.box(-0.01, -0.01, 0.01, 0.01)


# -- what changes -------------------------------------------------------------------------------


def test_half_the_speed_takes_twice_as_long() -> None:
    roads = town(NODES, STREET)
    assert changed(roads, closing(*WEST, speed_factor=0.5)) == dict.fromkeys(WEST, 2000)
    assert changed(roads, closing(WEST[0], speed_factor=0.3)) == {WEST[0]: 3334}  # rounded up


def test_a_slow_stretch_slows_only_what_it_covers() -> None:
    slow = closing(geometry=box(0.001, -0.001, 0.002, 0.001), speed_factor=0.5)
    assert changed(town(NODES, STREET), slow) == dict.fromkeys(WEST, 1200)  # a fifth twice as long


def test_the_strictest_of_several_wins() -> None:
    roads = town(NODES, STREET)
    half, third = closing(*WEST, speed_factor=0.5), closing(WEST[0], speed_factor=0.25)
    assert changed(roads, half, third) == {WEST[0]: 4000, WEST[1]: 2000}
    assert changed(roads, third, half) == {WEST[0]: 4000, WEST[1]: 2000}
    stopped = closing(WEST[1])
    assert changed(roads, half, stopped, third) == {WEST[0]: 4000, WEST[1]: -1}


@pytest.mark.parametrize("factor", [float("nan"), 0.0, -0.5, 1.0, 2.0, float("inf")])
def test_a_speed_factor_that_slows_nothing_is_refused(factor: float) -> None:
    roads = town(NODES, STREET)
    with pytest.raises(InvalidInput, match="speed_factor cannot be") as refused:
        roads.changes([closing(*WEST, speed_factor=factor)], "car")
    assert refused.value.remedy


def test_a_stretch_that_would_take_weeks_stops_as_it_does_under_rain() -> None:
    slow = plain(kph=1.0)
    roads = town({1: (0.0, 0.0), 2: (0.01, 0.0)}, [Road(1, 2, length_m=500_000.0)], slow)
    edges = ("0:1:2:0", "0:2:1:1")
    assert changed(roads, closing(*edges, speed_factor=0.9)) == dict.fromkeys(edges, 2_000_000_000)
    half = closing(*edges, speed_factor=0.5)
    assert changed(roads, half) == dict.fromkeys(edges, -1)
    stopped = roads.changes([half], "car")
    assert (stopped.block_start.tolist(), stopped.block_end.tolist()) == ([0, 0], [1, 1])
    rainy = under(roads.graph, Conditions(rain="heavy"))
    assert (rainy.weights["car"].ms == -1).all()
    # Before the stretch one still stands on an open road: it is the stretch that stops.
    part = closing(geometry=box(0.004, -1, 0.006, 1), speed_factor=1e-4)
    ask = roads.times_from(
        (0.001, 0.0), [(0.003, 0.0), (0.008, 0.0)], profile="car", closures=[part]
    )
    assert ask.road_ms.tolist() == [360_000_000, -1]


def wading(kph: float | None) -> Profile:
    tall = plain("fire_tender", wading_m=0.5)
    if kph is None:
        return tall
    limits = {**tall.limits, "wading_kph": Parameter("wading_kph", kph, "kph", "A", "test")}
    return Profile(**{**{f: getattr(tall, f) for f in tall.__slots__}, "limits": limits})


def test_water_that_is_waded_is_passed_slowly() -> None:
    roads = town(NODES, STREET, wading(10.0))
    flood = closing(WEST[0], depth_m=0.3)
    assert changed(roads, flood, profile="fire_tender") == {WEST[0]: 360_000}  # 1 km at 10 km/h
    part = closing(geometry=box(0.001, -1, 0.002, 1), depth_m=0.3)
    assert changed(roads, part, profile="fire_tender")[WEST[0]] == 800 + 72_000
    deep = closing(WEST[0], depth_m=0.5, speed_factor=0.5)
    assert changed(roads, deep, profile="fire_tender") == {WEST[0]: -1}
    assert changed(roads, closing(WEST[0], depth_m=0.0), profile="fire_tender") == {}


def test_a_profile_without_a_wading_speed_wades_as_it_drives() -> None:
    roads = town(NODES, STREET, wading(None))
    assert changed(roads, closing(WEST[0], depth_m=0.3), profile="fire_tender") == {}


def test_stretches_of_several_closures_that_overlap_are_one() -> None:
    graph = town(NODES, STREET).graph
    both = [closing(geometry=box(a, -1, a + 0.001, 1)) for a in (0.001, 0.0015)]
    found = changes_of(graph, [*both, *both * 50], graph.profiles["car"])
    assert found.block_edge.tolist() == [0, *[int(graph.mate[0])]]
    assert found.block_start.round(6).tolist() == [0.2, 0.5]
    assert found.block_end.round(6).tolist() == [0.5, 0.8]


def test_what_has_ended_or_not_begun_changes_nothing() -> None:
    graph = town(NODES, STREET).graph
    now = datetime(2026, 6, 1, 21, 40, tzinfo=UTC)
    shut = closing(*WEST, valid_from=now, valid_to=now.replace(hour=22))
    car = graph.profiles["car"]
    assert (changes_of(graph, [shut], car, now).ms == -1).sum() == 2
    assert not changes_of(graph, [shut], car, now.replace(minute=39))
    assert not changes_of(graph, [shut], car, now.replace(hour=22))


# -- kept ---------------------------------------------------------------------------------------


def test_a_cut_is_made_once_and_again_when_the_closure_is_another() -> None:
    graph = town(NODES, STREET).graph
    first = Closure(UUID(int=7), box(0.001, -1, 0.002, 1), version=1)
    same = Closure(UUID(int=7), box(0.001, -1, 0.002, 1), version=1)
    assert cut_of(graph, first) is cut_of(graph, same)
    moved = Closure(UUID(int=7), box(0.003, -1, 0.004, 1), version=1)
    assert cut_of(graph, moved).start[0] == pytest.approx(0.6)
    other = town(NODES, STREET).graph
    assert cut_of(other, first) is not cut_of(graph, first)


def test_the_least_used_cuts_are_forgotten_by_what_they_weigh(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = town(NODES, STREET).graph
    kept = cuts._kept_for(graph)
    city = [Closure(UUID(int=nth), box(-1, -1, 1, 1), version=1) for nth in range(1, 40)]
    first = cut_of(graph, city[0])
    each = kept.bytes
    monkeypatch.setattr(cuts, "_MOST_BYTES", 10 * each)
    for closure in city:
        cut_of(graph, closure)
        assert cut_of(graph, city[0]) is first  # asked again and again: it stays
    assert len(kept) == 10
    assert kept.bytes == 10 * each
    assert [is_kept(graph, one) for one in city] == [True] + 29 * [False] + 9 * [True]
    monkeypatch.setattr(cuts, "_MOST_BYTES", each - 1)  # one too heavy is made, and not kept
    assert len(cut_of(graph, city[5]).edge) == len(graph.mate)
    assert (len(kept), kept.bytes) == (0, 0)


def test_a_cut_comes_back_from_its_ids() -> None:
    graph = town(NODES, STREET).graph
    cut = make_cut(graph, closing(geometry=box(0.004, -0.001, 0.006, 0.001)))
    back = restored(graph, cut.ids(graph), cut.start.tolist(), cut.end.tolist())
    assert back is not None
    for column in ("edge", "start", "end"):
        assert getattr(back, column).tolist() == getattr(cut, column).tolist()
    assert restored(graph, ["gone:1:2:0"], [0.0], [1.0]) is None


def test_an_area_of_twenty_thousand_corners_and_one_that_covers_everything() -> None:
    table, _ = random_town(3, 40)
    graph = Roads.compile(table, {"car": plain()}).graph
    turns = np.linspace(0, 2 * math.pi, 20_001)[:-1]
    far = 0.015 * (1 + 0.2 * np.sin(40 * turns))
    ring = np.column_stack([far * np.cos(turns), far * np.sin(turns)]).tolist()
    flood = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    shape = shapely.geometry.shape(flood)
    lines = edge_lines(graph, np.arange(graph.edges, dtype=np.int32))
    met = np.flatnonzero(shapely.intersects(lines, shape)).tolist()
    assert sorted(set(graph.base[make_cut(graph, closing(geometry=flood)).edge].tolist())) == met
    everything = make_cut(graph, Closure(uuid4(), box(-180, -85, 180, 85)))
    assert len(everything.edge) == len(graph.mate)
    assert (everything.start == 0).all()
    assert (everything.end == 1).all()
