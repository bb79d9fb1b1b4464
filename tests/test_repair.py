"""A repaired tree is the tree of a search from nothing, to the millisecond."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from routing.changes import NO_CHANGES, Changes
from routing.profiles import read_profiles
from routing.repair import repair
from routing.roads import Roads
from routing.snap import snap
from routing.trees import tree
from tests.towns import plain, random_town

TOWNS = int(os.environ.get("ONEMAP_TOWNS", "260"))  # of 40 edits each


def edited(roads: Roads, profile: str, before: Changes, rng: np.random.Generator) -> Changes:
    """Other changes: some edges of the old ones lifted, some closed, slowed or sped up anew."""
    base = roads.graph.weights[profile].ms
    now = dict(zip(before.edge.tolist(), before.ms.tolist(), strict=True))
    for edge in list(now):
        if rng.random() < 0.3:
            del now[edge]
    usable = np.flatnonzero(base >= 0)
    for edge in rng.choice(usable, int(rng.integers(0, 5))).tolist() if len(usable) else []:
        factor = float(rng.choice([0.01, 0.5, 1.0, 1.5, 40.0]))
        slow = min(max(1, round(int(base[edge]) * factor)), 2**31 - 1)
        now[edge] = -1 if rng.random() < 0.5 else slow
    return changes_from(now, rng)


def changes_from(now: dict[int, int], rng: np.random.Generator) -> Changes:
    """Each closed edge is blocked somewhere."""
    edge = np.array(sorted(now), dtype=np.int32)
    ms = np.array([now[one] for one in edge.tolist()], dtype=np.int32)
    block = edge[ms < 0]
    ends = np.sort(rng.uniform(0, 1, (len(block), 2)), axis=1)
    whole = rng.random(len(block)) < 0.5
    return Changes(edge, ms, block, np.where(whole, 0, ends[:, 0]), np.where(whole, 1, ends[:, 1]))


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
        after = edited(roads, profile, changes, rng)
        if rng.random() < 0.2:  # the incident's own edge
            own = {int(one): -1 for one in (here.edge[0], here.mate[0]) if one >= 0}
            after = changes_from(own, rng)
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
