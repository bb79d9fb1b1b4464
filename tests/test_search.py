"""Times equal networkx's to the millisecond, whatever the graph."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import get_args
from uuid import UUID

import numpy as np
import pytest

from geo.domain import Closure, Direction
from geo.errors import InvalidInput
from routing import buckets, isochrones, outline, paths, peeling, repair, snap, ways
from routing.buckets import sweep
from routing.changes import NO_CHANGES
from routing.jit import fast
from routing.paths import edge_paths
from routing.profiles import read_profiles
from routing.roads import Roads
from routing.search import UNREACHED, Seeds, search
from routing.times import Times, times
from routing.trees import Trees, tree
from routing.warm import warm
from tests.oracle import Oracle, times_by_networkx
from tests.towns import (
    Road,
    box,
    closing,
    plain,
    random_changes,
    random_town,
    restricted,
    table_of,
    town,
)

TOWNS = int(os.environ.get("ONEMAP_GRAPHS", "800"))  # beside 240 whose closures are polygons
CROSS = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0)}


def places_near(rng: np.random.Generator, count: int, spread: float) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in rng.uniform(-spread, spread, (count, 2))]


def some_closures(roads: Roads, rng: np.random.Generator, spread: float) -> list[Closure]:
    closures = []
    for _ in range(int(rng.integers(0, 3))):
        x, y = rng.uniform(-spread, spread, 2)
        size = spread * rng.uniform(0.02, 0.3)
        closures.append(closing(geometry=box(x, y, x + size, y + size)))
    if roads.edges:
        picked = rng.integers(0, roads.edges, int(rng.integers(0, 4)))
        closures.append(closing(*(roads.graph.edge_id(int(edge)) for edge in picked)))
    return closures


@pytest.mark.parametrize("seed", range(240))
def test_random_towns_give_networkx_times(seed: int) -> None:
    table, rng = random_town(seed)
    table = restricted(table, rng)
    both = {one.name: one for one in (plain(snap_m=600), plain("foot", mode="walk", kph=4.3))}
    roads = Roads.compile(table, both)
    nodes = list(zip(table.node_lon.tolist(), table.node_lat.tolist(), strict=True))
    places = [*places_near(rng, 12, 0.022), *nodes[:3]]
    at = places[int(rng.integers(0, len(places)))]  # at times one of the places
    closures = some_closures(roads, rng, 0.02)
    for profile in both:
        for backwards in (True, False):
            ask = roads.times_to if backwards else roads.times_from
            found = ask(at, places, profile=profile, closures=closures)
            expected = times_by_networkx(
                roads, at, places, profile=profile, closures=closures, backwards=backwards
            )
            assert [None if ms < 0 else ms for ms in found.road_ms.tolist()] == expected
            for index, ms in enumerate(expected):
                route = found.route(index)
                assert (route is None) == (ms is None)
                assert (found.why[index] is None) == (ms is not None)
                if route is not None and ms is not None:
                    assert round(route.road_s * 1000) == ms
                    assert sum(step.duration_s for step in route.steps) == pytest.approx(ms / 1000)
                    assert route.distance_m == pytest.approx(found.distance_m[index])


def test_a_thousand_towns_with_blocked_stretches_and_restrictions_give_networkx_times() -> None:
    """Closures of all kinds: parts of edges, one direction alone, slower instead of closed."""
    bound = blocks = missing = 0
    for seed in range(1000, 1000 + TOWNS):
        table, rng = random_town(seed, most_nodes=24)
        both = {one.name: one for one in (plain(snap_m=600), plain("foot", mode="walk", kph=4.3))}
        roads = Roads.compile(restricted(table, rng), both)
        nodes = list(zip(table.node_lon.tolist(), table.node_lat.tolist(), strict=True))
        places = [*places_near(rng, 8, 0.022), *nodes[:2]]
        profile = str(rng.choice(list(both)))
        changes = random_changes(roads, profile, NO_CHANGES, rng, most=12)
        bound += len(roads.graph.network(profile).words())
        blocks += len(changes.block_edge)
        oracle = Oracle(roads, profile, changes, places)
        for origin in range(3):
            for direction in get_args(Direction):
                ask = (roads.graph, profile, [places[origin]], places, changes)
                found = times(*ask, direction=direction)
                expected = oracle.times(origin, backwards=direction == "to_incident")
                assert [None if ms < 0 else ms for ms in found.road_ms.tolist()] == expected
                missing += expected.count(None)
                if origin == 0:
                    check_ways(found, expected)
    assert min(bound, blocks, missing) > TOWNS


def check_ways(found: Times, expected: list[int | None]) -> None:
    """Each way takes the time that was told for it."""
    for index, ms in enumerate(expected):
        route = found.route(index)
        assert (route is None) == (ms is None)
        assert (found.why[index] is None) == (ms is not None)
        if route is not None and ms is not None:
            assert round(route.road_s * 1000) == ms
            assert route.distance_m == pytest.approx(found.distance_m[index])


@pytest.mark.parametrize("city", ["cn_guixi_county_city", "andorra", "cn_jinan"])
def test_real_cities_give_networkx_times(city: str, test_data: Path) -> None:
    from routing.sources import read_roads

    table = read_roads([test_data / "osm" / f"{city}.osm.pbf"])
    names = ("fire_tender", "car", "foot")
    profiles = {name: one for name, one in read_profiles().items() if name in names}
    roads = Roads.compile(table, profiles)
    rng = np.random.default_rng(5)
    picked = rng.integers(0, table.nodes, 60)
    places = [
        (float(table.node_lon[node] + dx), float(table.node_lat[node] + dy))
        for node, (dx, dy) in zip(picked, rng.normal(0, 0.0008, (60, 2)), strict=True)
    ]
    x, y = np.median(table.node_lon), np.median(table.node_lat)
    closures = [closing(geometry=box(x, y, x + 0.004, y + 0.003))]
    for profile in names:
        changes = roads.changes(closures, profile)
        changes = random_changes(roads, profile, changes, rng, most=table.edges // 20)
        oracle = Oracle(roads, profile, changes, places)
        for direction in get_args(Direction):
            for origin in range(3):
                ask = (roads.graph, profile, [places[origin]], places, changes)
                found = times(*ask, direction=direction)
                expected = oracle.times(origin, backwards=direction == "to_incident")
                assert [None if ms < 0 else ms for ms in found.road_ms.tolist()] == expected
                check_ways(found, expected)
    assert sum(ms is not None for ms in expected) > 30


def test_huge_weights_do_not_overflow() -> None:
    long_way = [Road(i, i + 1, length_m=2_147_483_647.0) for i in range(1, 6)]
    roads = town({i: (0.01 * i, 0.0) for i in range(1, 7)}, long_way)
    found = roads.times_from((0.01, 0.0), [(0.06, 0.0)], profile="car")
    assert found.road_ms.tolist() == [5 * 2_147_483_647]


def test_a_stretch_that_takes_longer_than_a_weight_can_say_is_not_usable() -> None:
    roads = town(CROSS, [Road(1, 2, length_m=3e9), Road(2, 3)])
    found = roads.times_from((0.02, 0.0), [(0.01, 0.0), (0.001, 0.0)], profile="car")
    assert found.why == (None, "no_road_data")


def test_zero_length_roads_cost_a_millisecond() -> None:
    roads = town(CROSS, [Road(1, 2, length_m=0), Road(2, 3, length_m=0), Road(3, 1, length_m=0)])
    found = roads.times_to((0.0, 0.0), [(0.02, 0.0), (0.01, 0.0)], profile="car")
    assert found.road_ms.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("limit_s", "expected"), [(1.111, [1000, -1]), (2.0, [1000, 2000]), (0.999, [-1, -1])]
)
def test_nothing_is_answered_beyond_the_limit(limit_s: float, expected: list[int]) -> None:
    roads = town(CROSS, [Road(1, 2, length_m=1000), Road(2, 3, length_m=1000)])
    found = roads.times_to((0.0, 0.0), [(0.01, 0.0), (0.02, 0.0)], profile="car", limit_s=limit_s)
    assert found.road_ms.tolist() == expected
    assert [why for why, ms in zip(found.why, expected, strict=True) if ms < 0] == [
        "unreachable"
    ] * expected.count(-1)


def test_without_numba_the_same_function_gives_the_same_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, _ = random_town(11)
    roads = Roads.compile(table, {"car": plain()})
    one = np.array([0], dtype=np.int32)
    seeds = Seeds(one, np.array([0]), np.array([0.0]), one - 1, one)
    network, weight = roads.graph.network("car"), roads.graph.weights["car"].fwd
    compiled = search(network, weight, seeds, backwards=False)
    monkeypatch.setattr(sweep, "_compiled", sweep.plain)
    plainly = search(network, weight, seeds, backwards=False)
    assert compiled.ms.tolist() == plainly.ms.tolist()


def test_without_numba_every_question_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    for module in (buckets, isochrones, outline, paths, peeling, repair, snap, ways):
        for one in vars(module).values():
            if isinstance(one, fast):
                monkeypatch.setattr(one, "_compiled", None)
    roads = town(CROSS, [Road(1, 2, length_m=1000), Road(2, 3, length_m=400)])
    found = roads.times_to((0.0, 0.0), [(0.015, 0.0001)], profile="car")
    assert (found.road_ms.tolist(), found.distance_m.tolist()) == ([1200], [1200.0])
    assert roads.ways_out((0.01, 0.0), profile="car", radius_m=500) == 2
    assert roads.isochrone((0.0, 0.0), [0.01], profile="car")[0]["coordinates"]


def test_set_up_compiles_every_search() -> None:
    warm()


def test_the_nearest_of_several_goals_counts() -> None:
    roads = town(CROSS, [Road(1, 2, length_m=1000), Road(2, 3, length_m=400)])
    goals, places = [(0.0, 0.0), (0.02, 0.0)], [(0.01, 0.0), (0.005, 0.0), (0.015, 0.0)]
    found = roads.times_to_nearest(goals, places, profile="car")
    assert found.road_ms.tolist() == [400, 500, 200]
    assert found.origin is None


def test_two_requests_share_nothing() -> None:
    roads = town(CROSS, [Road(1, 2, length_m=1000), Road(2, 3, length_m=1000)])
    before = roads.graph.weights["car"].ms.copy()
    first = roads.times_to((0.0, 0.0), [(0.02, 0.0)], profile="car")
    shut = closing("1:2:3:0", "1:3:2:1")
    assert roads.times_to((0.0, 0.0), [(0.02, 0.0)], profile="car", closures=[shut]).why == (
        "unreachable",
    )
    again = roads.times_to((0.0, 0.0), [(0.02, 0.0)], profile="car")
    assert first.road_ms.tolist() == again.road_ms.tolist() == [2000]
    assert roads.graph.weights["car"].ms.tolist() == before.tolist()
    with pytest.raises(ValueError, match="read-only"):
        roads.graph.weights["car"].ms[0] = 1


def test_many_requests_at_once_do_not_disturb_each_other() -> None:
    table, rng = random_town(3, most_nodes=200)
    roads = Roads.compile(table, {"car": plain(snap_m=600)})
    places = places_near(rng, 40, 0.02)
    asked = [(place, some_closures(roads, rng, 0.02)) for place in places]

    def answer(one: tuple[tuple[float, float], list[Closure]]) -> list[int]:
        return roads.times_to(one[0], places, profile="car", closures=one[1]).road_ms.tolist()

    expected = [answer(one) for one in asked]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(answer, asked * 5)) == expected * 5


def test_ten_thousand_closures_at_once() -> None:
    roads = town(CROSS, [Road(1, 2, length_m=1000), Road(2, 3, length_m=1000)])
    many = [
        replace(
            closing(geometry=box(0.012 + 1e-7 * nth, -1e-5, 0.013 + 1e-7 * nth, 1e-5)),
            id=UUID(int=nth),
        )
        for nth in range(10_000)
    ]
    found = roads.times_to(CROSS[1], [CROSS[2], CROSS[3]], profile="car", closures=many)
    assert (found.road_ms.tolist(), found.why) == ([1000, -1], (None, "unreachable"))


@pytest.mark.parametrize("profile", ["car", "foot"])
def test_with_everything_closed_each_place_reaches_itself_at_most(profile: str) -> None:
    table, rng = random_town(7)
    both = {one.name: one for one in (plain(snap_m=600), plain("foot", mode="walk"))}
    roads = Roads.compile(table, both)
    shut = [closing(geometry=box(-1, -1, 1, 1))]
    places = places_near(rng, 20, 0.02)
    found = roads.times_to(places[0], places, profile=profile, closures=shut)
    assert set(found.road_ms.tolist()) <= {-1, 0}
    assert set(found.why) <= {None, "unreachable", "no_road_data"}
    assert roads.ways_out(places[0], profile=profile, radius_m=10, closures=shut) == 0


def test_an_incident_on_a_closed_road_is_not_reached_by_it() -> None:
    roads = town(CROSS, [Road(1, 2, length_m=1000), Road(2, 3, length_m=1000)])
    shut = [closing("1:2:3:0", "1:3:2:1")]
    for ask in (roads.times_to, roads.times_from):
        found = ask((0.015, 0.0), [CROSS[1], CROSS[3]], profile="car", closures=shut)
        assert found.why == ("unreachable", "unreachable")
        assert found.origin is not None
        assert found.route(0) is None


def test_a_graph_without_edges_knows_no_roads() -> None:
    roads = town(CROSS, [])
    found = roads.times_to(CROSS[1], [CROSS[1], CROSS[2]], profile="car")
    assert found.why == ("no_road_data", "no_road_data")
    assert np.isnan(found.distance_m).all()
    assert roads.times_to(CROSS[1], [], profile="car").why == ()
    assert roads.ways_out(CROSS[1], profile="car", radius_m=10) == 0


def test_many_ways_are_read_at_once_and_each_is_the_fastest() -> None:
    table, rng = random_town(21, most_nodes=200)
    roads = Roads.compile(restricted(table, rng), {"car": plain(snap_m=600)})
    graph, network = roads.graph, roads.graph.network("car")
    places = places_near(rng, 1, 0.01)
    here = snap.snap(graph, "car", places)
    ms = graph.weights["car"].ms
    states = np.arange(-1, len(network.node_of), dtype=np.int32)
    forbidden = network.words()
    for direction in get_args(Direction):
        found = tree(graph, "car", here, NO_CHANGES, direction=direction)
        ptr, edges = edge_paths(graph, network, ms, found, states)
        assert len(ptr) == len(states) + 1
        for index, state in enumerate(states.tolist()):
            way = edges[ptr[index] : ptr[index + 1]]
            if state < 0 or found.ms[state] == UNREACHED:
                assert len(way) == 0
                continue
            assert (graph.edge_to[way[:-1]] == graph.edge_from[way[1:]]).all()
            ends = [found.ms[state] - int(ms[way].sum())]
            assert ends[0] in found.seeds.ms.tolist()
            run = tuple(way.tolist())
            assert not any(
                run[a : a + len(word)] == word for word in forbidden for a in range(len(run))
            )


@pytest.mark.parametrize("limit_s", [float("inf"), 1e16, 1e300, 4.7e15])
def test_a_limit_beyond_all_times_is_none(limit_s: float) -> None:
    roads = town({1: (0.0, 0.0), 2: (0.01, 0.0)}, [Road(1, 2)])
    found = roads.times_to((0.0, 0.0), [(0.01, 0.0)], profile="car", limit_s=limit_s)
    assert found.road_ms.tolist() == [1112]


@pytest.mark.parametrize("limit_s", [float("nan"), -1.0, float("-inf")])
def test_a_limit_that_cannot_be_is_refused(limit_s: float) -> None:
    roads = town({1: (0.0, 0.0), 2: (0.01, 0.0)}, [Road(1, 2)])
    with pytest.raises(InvalidInput, match="limit_s cannot be") as refused:
        roads.times_to((0.0, 0.0), [(0.01, 0.0)], profile="car", limit_s=limit_s)
    assert refused.value.remedy


@pytest.mark.parametrize("oneway", [False, True])
def test_of_two_equal_roads_the_one_with_the_smaller_index_is_driven(
    oneway: bool, tmp_path: Path
) -> None:
    at = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.03, 0.0)}
    alike = [Road(2, 3, name=name, oneway=oneway, length_m=1500.0) for name in "abc"]
    table = table_of(at, [Road(1, 2), *alike, Road(3, 4)])
    made = Roads.compile(table, {"car": plain()})
    mapped = Roads.compile(table, {"car": plain()}, tmp_path / "roads")
    own = [edge for edge in table.edge_id if edge.split(":")[1:3] == ["2", "3"]]
    back = [edge for edge in table.edge_id if edge.split(":")[1:3] == ["3", "2"]]

    def driven(roads: Roads, start: int, goal: int, *shut: str) -> tuple[str, str]:
        closures = [closing(*shut)] if shut else []
        to = roads.times_to(at[goal], [at[start]], profile="car", closures=closures).route(0)
        away = roads.times_from(at[start], [at[goal]], profile="car", closures=closures).route(0)
        assert to is not None
        assert away is not None
        return to.edges[1], away.edges[1]

    for roads in (made, mapped, made.keeping(Trees()), mapped.keeping(Trees())):
        for _ in range(2):  # with trees: searched, repaired for a closure, and repaired back
            assert driven(roads, 1, 4) == (own[0], own[0])
            assert driven(roads, 1, 4, own[0]) == (own[1], own[1])
            assert driven(roads, 1, 4, own[0], own[1]) == (own[2], own[2])
            if back:
                assert driven(roads, 4, 1) == (back[0], back[0])
                assert driven(roads, 4, 1, back[0]) == (back[1], back[1])
