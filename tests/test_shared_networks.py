"""Profiles that share a network: each drives as if it had been compiled alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from routing.profiles import Profile, read_profiles
from routing.roads import Roads
from routing.sources import read_roads
from routing.table import Barrier, Restriction, RoadTable
from tests.towns import Road, plain, random_town, restricted, table_of

NODES = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.01, 0.01), 5: (0.03, 0.0)}
OFF_MOTORWAYS = replace(
    plain(), speeds={kind: kph for kind, kph in plain().speeds.items() if kind != "motorway"}
)
BUS = plain("bus")


def words_alone(table: RoadTable, profiles: Mapping[str, Profile]) -> int:
    """Check each profile's words alone and among all; how many there are."""
    both = Roads.compile(table, profiles).graph
    count = 0
    for name, profile in profiles.items():
        alone = Roads.compile(table, {name: profile}).graph
        usable = both.weights[name].ms >= 0
        mine = {w for w in both.network(name).words() if all(usable[edge] for edge in w)}
        if profile.mode == "drive":
            assert mine == set(alone.network(name).words()), name
        count += len(mine)
    return count


@pytest.mark.parametrize("others", [{}, {"bus": BUS}])
def test_an_only_onto_a_road_closed_to_a_profile_does_not_strand_it(
    others: Mapping[str, Profile],
) -> None:
    roads = [Road(1, 2), Road(2, 3, kind="motorway"), Road(2, 4)]
    only = (Restriction("only_straight_on", 0, 2, 1),)
    table = replace(table_of(NODES, roads), restrictions=only)
    made = Roads.compile(table, {"car": OFF_MOTORWAYS, **others})
    assert made.times_from(NODES[1], [NODES[4]], profile="car").road_ms.tolist() == [2224]
    for name in others:  # the motorway is there for the bus: straight on, and back
        assert made.times_from(NODES[1], [NODES[4]], profile=name).road_ms[0] > 4000


@pytest.mark.parametrize("others", [{}, {"car": OFF_MOTORWAYS}])
def test_where_another_profiles_road_ends_the_ban_still_holds(
    others: Mapping[str, Profile],
) -> None:
    roads = [Road(1, 2), Road(2, 3), Road(2, 4), Road(3, 5, kind="motorway")]
    ban = (Restriction("no_left_turn", 0, 2, 2),)
    table = replace(table_of(NODES, roads), restrictions=ban)
    made = Roads.compile(table, {**others, "bus": BUS})
    # To the end of the motorway and back: for a bus the road does not end at node 3.
    found = made.times_from((0.001, 0.0), [(0.01, 0.005)], profile="bus")
    assert found.road_ms.tolist() == [6005]
    for name in others:  # but for the car it does
        told = made.times_from((0.001, 0.0), [(0.01, 0.005)], profile=name)
        assert told.road_ms.tolist() == [3781]


def test_profiles_whose_own_words_are_the_same_share_a_network() -> None:
    roads = [Road(1, 2), Road(2, 3), Road(2, 4), Road(4, 5, kind="motorway")]
    ban = (Restriction("no_left_turn", 0, 2, 1),)
    table = replace(table_of(NODES, roads), restrictions=ban)
    shared = Roads.compile(table, {"car": plain(), "bus": BUS}).graph.networks
    assert list(shared) == ["drive"]


@pytest.mark.parametrize("batch", range(4))
def test_a_profile_drives_the_same_alone_and_among_others(batch: int) -> None:
    words = 0
    for seed in range(batch * 25, batch * 25 + 25):
        table, rng = random_town(seed, most_nodes=14)
        table = restricted(table, rng)
        nodes = rng.choice(table.node_id, 1)
        table = replace(table, barriers=(Barrier(int(nodes[0]), "bollard"),))
        profiles = {
            "car": replace(OFF_MOTORWAYS, limits=plain(snap_m=900).limits),
            "bus": replace(plain("bus", snap_m=900), passes=frozenset({"bollard"})),
            "rescue": replace(plain("rescue", kph=1800.0, snap_m=900), obeys_turns=False),
            "foot": plain("foot", mode="walk", kph=360.0, snap_m=900),
        }
        words += words_alone(table, profiles)
        together = Roads.compile(table, profiles)
        places = list(zip(table.node_lon.tolist(), table.node_lat.tolist(), strict=True))
        for name, profile in profiles.items():
            alone = Roads.compile(table, {name: profile})
            for at in places[:3]:
                for ask in ("times_to", "times_from"):
                    found, expected = (
                        getattr(one, ask)(at, places, profile=name) for one in (together, alone)
                    )
                    assert found.road_ms.tolist() == expected.road_ms.tolist(), (seed, name)
    assert words > 100


def test_andorra_forbids_each_profile_the_same_alone_and_among_others(test_data: Path) -> None:
    table = read_roads([test_data / "osm" / "andorra.osm.pbf"])
    assert words_alone(table, read_profiles()) > 500
