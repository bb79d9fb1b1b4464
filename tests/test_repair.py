"""A repaired tree is the tree of a search from nothing, to the millisecond."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from routing.changes import NO_CHANGES
from routing.profiles import read_profiles
from routing.repair import repair
from routing.roads import Roads
from routing.snap import snap
from routing.trees import tree
from tests.towns import changes_of, plain, random_changes, random_town, restricted

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
