"""A repaired tree is the tree of a search from nothing, to the millisecond."""

from __future__ import annotations

import gc
import os
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo.domain import Closure
from routing.changes import NO_CHANGES
from routing.conditions import Conditions, under
from routing.profiles import read_profiles
from routing.repair import repair
from routing.roads import Roads
from routing.snap import snap
from routing.trees import Trees, tree
from tests.towns import (
    Road,
    changes_of,
    closing,
    plain,
    random_changes,
    random_town,
    restricted,
    town,
)

CROSS = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.01, 0.01)}
ROADS = [
    Road(1, 2, length_m=1000),
    Road(2, 3, length_m=1000),
    Road(1, 4, length_m=3000),
    Road(4, 3, length_m=3000),
]
PLACES = [CROSS[2], CROSS[3], CROSS[4], (0.015, 0.0)]
TOWNS = int(os.environ.get("ONEMAP_TOWNS", "260"))  # of 40 edits each


def check_chain(roads: Roads, profile: str, edits: int, rng: np.random.Generator) -> int:
    """Edit after edit, each tree repaired from the one before; how many were repaired."""
    graph = roads.graph
    at = np.array([graph.node_lon, graph.node_lat])[:, rng.integers(0, roads.nodes)]
    places = [tuple((at + rng.normal(0, 0.0005, 2)).tolist())]
    here = snap(graph, profile, places)  # type: ignore[arg-type]
    if here.edge[0] < 0:
        return 0
    direction = "to_incident" if rng.random() < 0.5 else "from_incident"
    limit = None if rng.random() < 0.5 else int(rng.integers(1, 8000))
    changes, repaired = NO_CHANGES, 0
    ask = {"direction": direction, "limit_ms": limit}
    stands = tree(graph, profile, here, changes, **ask)  # type: ignore[arg-type]
    for _ in range(edits):
        after = random_changes(roads, profile, changes, rng)
        if rng.random() < 0.2:  # the incident's own edge
            own = {int(one): -1 for one in (here.edge[0], here.mate[0]) if one >= 0}
            after = changes_of(own, rng)
        expected = tree(graph, profile, here, after, **ask)  # type: ignore[arg-type]
        found = repair(graph, profile, stands, changes, after, expected.seeds)
        if found is not None:
            repaired += 1
            assert np.array_equal(found.ms, expected.ms)
        stands, changes = found or expected, after
    return repaired


def test_ten_thousand_edits_of_random_towns_give_the_fresh_trees() -> None:
    repaired = 0
    for seed in range(TOWNS):
        table, rng = random_town(seed)
        table = restricted(table, rng)
        both = {one.name: one for one in (plain(snap_m=600), plain("foot", mode="walk", kph=4.3))}
        roads = Roads.compile(table, both)
        for profile in both:
            repaired += check_chain(roads, profile, 40, rng)
    assert repaired > TOWNS * 40


@pytest.mark.parametrize(("city", "edits"), [("andorra", 60), ("porto_portugal", 12)])
def test_edits_of_real_cities_give_the_fresh_trees(city: str, edits: int, test_data: Path) -> None:
    from routing.sources import read_roads

    profiles = {name: one for name, one in read_profiles().items() if name in ("car", "foot")}
    roads = Roads.compile(read_roads([test_data / "osm" / f"{city}.osm.pbf"]), profiles)
    rng = np.random.default_rng(3)
    repaired = sum(check_chain(roads, name, edits, rng) for name in ("car", "foot", "car"))
    assert repaired > edits


@pytest.mark.parametrize(
    ("shut", "expected"),
    [
        ((), [1000, 2000, 3000, 1500]),
        (("1:2:3:0", "1:3:2:1"), [1000, 6000, 3000, -1]),
        (("1:3:2:1",), [1000, 6000, 3000, 6500]),  # one way only: round by the other end
        (("0:1:2:0", "0:2:1:1"), [7000, 6000, 3000, 6500]),
        (("0:2:1:1", "2:4:1:1"), [-1, -1, -1, -1]),
    ],
)
def test_a_running_incident_follows_its_closures(
    shut: tuple[str, ...], expected: list[int]
) -> None:
    plainly = town(CROSS, ROADS)
    trees = Trees()
    roads = plainly.keeping(trees)
    for edges in ((), shut, ("3:4:3:0",), shut, ()):
        closures = [closing(*edges)] if edges else []
        for direction in (roads.times_to, roads.times_from):
            found = direction(CROSS[1], PLACES, profile="car", closures=closures)
            fresh = getattr(plainly, direction.__name__)(
                CROSS[1], PLACES, profile="car", closures=closures
            )
            assert found.road_ms.tolist() == fresh.road_ms.tolist()
            assert found.why == fresh.why
            assert [found.route(index) for index in range(4)] == [
                fresh.route(index) for index in range(4)
            ]
        if edges == shut:
            told = roads.times_to(CROSS[1], PLACES, profile="car", closures=closures)
            assert told.road_ms.tolist() == expected


def test_the_same_question_is_searched_once() -> None:
    trees = Trees()
    roads = town(CROSS, ROADS).keeping(trees)
    first = roads.times_to(CROSS[1], PLACES, profile="car")
    again = roads.times_to(CROSS[1], PLACES[:1], profile="car")
    assert first._search is not None
    assert again._search is not None
    assert first._search.tree.label is again._search.tree.label
    roads.times_to(CROSS[1], PLACES, profile="foot")
    roads.times_to(CROSS[1], PLACES, profile="car", limit_s=1)
    roads.times_to_nearest([CROSS[1], CROSS[3]], PLACES, profile="car")
    assert len(trees) == 3  # several goals are not an incident


def test_the_least_used_trees_are_forgotten() -> None:
    roads = town(CROSS, ROADS)
    each = 4 * 4 + 2 * (4 + 8 + 8 + 4 + 4)  # four states of four bytes, and two seeds
    trees = Trees(most_bytes=5 * each + 24)  # under a closure there are changes too: 24 bytes
    asking = roads.keeping(trees)
    for nth in range(40):
        at = (0.0002 * nth, 0.0)
        shut = [closing("1:2:3:0")] if nth % 2 else []
        for closures in (shut, []):
            found = asking.times_to(at, PLACES, profile="car", closures=closures)
            fresh = roads.times_to(at, PLACES, profile="car", closures=closures)
            assert found.road_ms.tolist() == fresh.road_ms.tolist()
        assert 0 < len(trees) <= 5


def test_the_tree_under_the_fewest_closures_is_not_forgotten_for_later_ones() -> None:
    trees = Trees()
    roads = town(CROSS, ROADS).keeping(trees)
    roads.times_to(CROSS[1], PLACES, profile="car")
    for edge in ("1:2:3:0", "1:3:2:1", "3:4:3:0", "3:3:4:1", "2:1:4:0", "2:4:1:1"):
        roads.times_to(CROSS[1], PLACES, profile="car", closures=[closing(edge)])
    (held,) = trees._of.values()
    assert len(held) == len(trees) == 4
    assert [bool(one.changes) for one in held] == [True, True, True, False]


def test_kept_trees_follow_the_conditions_and_come_back() -> None:
    table, rng = random_town(8, most_nodes=120)
    roads = Roads.compile(restricted(table, rng), read_profiles())
    kept = roads.keeping(Trees())
    places = list(zip(table.node_lon.tolist(), table.node_lat.tolist(), strict=True))
    told = []
    for rain in (None, "heavy", None, "heavy"):
        graph = under(roads.graph, Conditions(rain=rain))  # type: ignore[arg-type]
        for direction in ("times_to", "times_from"):
            found, fresh = (
                getattr(replace(one, graph=graph), direction)(places[0], places, profile="car")
                for one in (kept, roads)
            )
            assert found.road_ms.tolist() == fresh.road_ms.tolist()
            told.append(found.road_ms.tolist())
    assert told[:2] == told[4:6]
    assert told[:2] != told[2:4] == told[6:]


def test_profiles_of_one_network_have_trees_of_their_own() -> None:
    slow = plain("slow", kph=1800.0)
    roads = town(CROSS, ROADS, plain(), slow)
    assert list(roads.graph.networks) == ["drive"]
    kept = roads.keeping(Trees())
    for profile, factor in (("car", 1), ("slow", 2), ("car", 1)):
        found = kept.times_to(CROSS[1], PLACES, profile=profile).road_ms.tolist()
        assert found == roads.times_to(CROSS[1], PLACES, profile=profile).road_ms.tolist()
        assert found == [1000 * factor, 2000 * factor, 3000 * factor, 1500 * factor]


def test_trees_go_with_the_conditions_and_roads_they_were_searched_for() -> None:
    trees = Trees()
    roads = town(CROSS, ROADS, plain("truck"))
    for wind in range(60):
        graph = under(roads.graph, Conditions(wind_mps=float(wind), rain="heavy"))
        replace(roads, graph=graph, trees=trees).times_to(CROSS[1], PLACES, profile="truck")
    del graph
    gc.collect()
    assert len(trees) == 16  # as many conditions as the graph keeps
    held = weakref.ref(roads.graph.mate)
    del roads
    gc.collect()
    assert held() is None
    assert len(trees) == trees._bytes == 0


def test_what_is_asked_of_a_tree_is_not_kept_with_it() -> None:
    trees = Trees()
    roads = town(CROSS, ROADS).keeping(trees)
    for _ in range(2):
        found = roads.times_to(CROSS[1], PLACES, profile="car")
        assert found._search is not None
        assert found._search.tree.ms.max() == 3000
    ((standing,),) = trees._of.values()
    assert "ms" not in vars(standing.tree)


def test_many_threads_share_the_trees() -> None:
    table, rng = random_town(3, most_nodes=200)
    roads = Roads.compile(restricted(table, rng), {"car": plain(snap_m=600)})
    kept = roads.keeping(Trees(most_bytes=50_000))
    nodes = list(zip(table.node_lon.tolist(), table.node_lat.tolist(), strict=True))
    edges = [roads.graph.edge_id(int(one)) for one in rng.integers(0, roads.edges, 12)]
    asked = [(nodes[i % 5], [closing(*edges[: i % 7])] if i % 7 else []) for i in range(60)]

    def answer(one: tuple[tuple[float, float], list[Closure]], roads: Roads = kept) -> list[int]:
        return roads.times_to(one[0], nodes, profile="car", closures=one[1]).road_ms.tolist()

    expected = [answer(one, roads) for one in asked]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(answer, asked * 5)) == expected * 5


def test_what_would_be_searched_anew_anyway_is_not_repaired() -> None:
    table, rng = random_town(5, most_nodes=200)
    roads = Roads.compile(table, {"car": plain(snap_m=600)})
    graph = roads.graph
    places = [(float(graph.node_lon[0]), float(graph.node_lat[0]))]
    here = snap(graph, "car", places)
    stands = tree(graph, "car", here, NO_CHANGES, direction="to_incident")
    every = changes_of(dict.fromkeys(range(roads.edges), -1), rng)
    after = tree(graph, "car", here, every, direction="to_incident")
    found = repair(graph, "car", stands, NO_CHANGES, every, after.seeds)
    assert found is None or np.array_equal(found.ms, after.ms)
