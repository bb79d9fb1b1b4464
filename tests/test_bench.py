"""Every road bench runs and prints lines with the agreed keys. No timing is asserted here."""

from __future__ import annotations

import gc
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.home import CHECKOUT
from routing.profiles import read_profiles
from routing.roads import Roads
from tests.bench.lines import interleaved, line, p95
from tests.bench.problem import PROFILE, make_problem
from tests.bench.roads_memory import main as memory
from tests.bench.tile import clipped, tiled
from tests.towns import random_town

KEYS = ["figure", "data", "value", "unit", "peer", "peer_value", "ratio", "target", "reached"]


def lines_of(text: str) -> list[dict[str, Any]]:
    """The printed figures; each has the agreed keys first."""
    found = [json.loads(one) for one in text.splitlines() if one.startswith("{")]
    assert found
    for one in found:
        assert list(one)[: len(KEYS)] == KEYS
        if one["target"] is None:
            assert one["reached"] is None
        if one.get("note") == "not installed":
            assert one["reached"] is None
    return found


def run(script: str, *arguments: str | Path) -> list[dict[str, Any]]:
    """What one script prints."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{script}", *map(str, arguments)],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return lines_of(done.stdout)


@pytest.fixture(scope="module")
def town_file(test_data: Path) -> Path:
    """A small real town."""
    return test_data / "osm" / "cn_guixi_county_city.osm.pbf"


def test_the_roads_bench_prints_every_row(town_file: Path) -> None:
    found = run(
        "roads", town_file, "--runs", "2", "--tiles", "1", "--changes", "5", "--places", "300"
    )
    by_figure: dict[str, list[Mapping[str, Any]]] = {}
    for one in found:
        by_figure.setdefault(one["figure"], []).append(one)
    for start, target in (
        ("300 times to one incident, 20 closures swapped with it", {0.4, 0.6, 0.02}),
        ("300 times to one incident, 20 new polygons given with it", {0.4, 0.6, 0.02}),
        ("running incident, 20 closures swapped: repair", {0.4, 0.6, 0.02}),
        ("300 times with 20 closures swapped, and ", {0.17}),
        ("one closure added in a running incident", {1.0}),
        ("one closure lifted in a running incident", {1.0}),
        ("snap 300 points to edges", {0.1}),
        ("isochrones of 5, 10, 15 and 30 minutes", {0.2, 50.0}),
    ):
        held = [
            one for figure, rows in by_figure.items() if figure.startswith(start) for one in rows
        ]
        assert target <= {one["target"] for one in held}, start
        assert all(one["runs"] == 2 and one["nodes"] > 100 for one in held)
    for figure in ("equal, settled", "equal, closures"):
        assert {one["peer"] for one in by_figure[figure]} >= {"scipy", "networkx"}
        assert [one["value"] for one in by_figure[figure]] == [0] * len(by_figure[figure])
        assert all(one["with_a_time"] > 100 for one in by_figure[figure])
    swapped = by_figure["equal, running incident, 20 closures swapped: repair"]
    assert {one["peer"] for one in swapped} >= {"fresh search", "scipy", "networkx"}
    assert [one["value"] for one in swapped] == [0] * len(swapped)
    (repaired,) = by_figure["repaired beside a fresh search"]
    assert (repaired["value"], repaired["reached"]) == (0, True)


def test_the_growth_bench_prints_every_axis(town_file: Path) -> None:
    found = run("roads_growth", town_file, "--runs", "1", "--most-nodes", "20000", "--tiles", "1")
    sizes = [one["nodes"] for one in found if one["figure"].startswith("cost by nodes")]
    assert sizes == sorted(sizes)
    assert sizes
    at_once = [one for one in found if one["figure"].startswith("incidents at once")]
    assert [one["incidents"] for one in at_once] == [1, 2, 5, 10, 20, 50, 100]
    assert all(one["same_as_alone"] for one in at_once)
    places = [one["places"] for one in found if one["figure"].startswith("cost by places")]
    assert places == [100, 1000, 2000, 10_000, 50_000]


def test_workers_share_the_graph(town_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    memory([str(town_file), "--tiles", "1", "--workers", "2"])
    held, ready = lines_of(capsys.readouterr().out)
    assert held["ratio"] < 1  # two workers hold less than twice what one holds
    assert held["graph_pss_mb"] < 1.5 * held["graph_pss_alone_mb"]
    assert len(held["together"]) == 2
    assert ready["same_answers"]


def test_the_engine_bench_says_when_there_is_no_other_engine(
    town_file: Path, tmp_path: Path
) -> None:
    (said,) = run("roads_engine", town_file, "--osrm", tmp_path)
    assert (said["peer"], said["note"], said["reached"]) == ("OSRM", "not installed", None)


def test_a_tiled_city_is_one_city_of_equal_parts() -> None:
    table, _ = random_town(3, most_nodes=60)
    table = next(t for t, _ in (random_town(seed, 60) for seed in range(9)) if t.edges > 40)
    whole = tiled(table, 2)
    seams = whole.edges - 4 * table.edges
    assert whole.nodes == 4 * table.nodes
    assert seams > 0
    assert len(set(whole.edge_id)) == whole.edges
    assert (np.diff(whole.node_id) > 0).all()
    ends = np.stack([whole.edge_from, whole.edge_to])
    assert (np.lexsort(ends[::-1]) == np.arange(whole.edges)).all()
    back = whole.reverse >= 0
    assert (whole.edge_from[whole.reverse[back]] == whole.edge_to[back]).all()
    first, last = whole.geom_start[:-1], whole.geom_start[1:] - 1
    for column, node in ((whole.geom_lon, whole.node_lon), (whole.geom_lat, whole.node_lat)):
        np.testing.assert_allclose(column[first], node[whole.edge_from], atol=1e-9)
        np.testing.assert_allclose(column[last], node[whole.edge_to], atol=1e-9)
    graph = Roads.compile(whole, read_profiles()).graph
    assert graph.nodes == whole.nodes


def test_the_middle_of_a_city_keeps_what_lies_in_it() -> None:
    table, _ = random_town(5, most_nodes=40)
    part = clipped(table, max(1, table.nodes // 2))
    assert part.nodes == max(1, table.nodes // 2)
    assert set(part.edge_id) <= set(table.edge_id)
    assert set(part.node_id.tolist()) <= set(table.node_id.tolist())
    for edge, name in enumerate(part.edge_id):
        old = table.edge_id.index(name)
        assert part.vertices(edge).tolist() == table.vertices(old).tolist()
    pickle.loads(pickle.dumps(part))


def test_the_question_is_the_same_for_the_same_seed() -> None:
    table, _ = random_town(8, most_nodes=40)
    roads = Roads.compile(table, read_profiles())
    first, again = (make_problem(roads, places=50, closures=3) for _ in range(2))
    assert (first.at, first.places, first.closures) == (again.at, again.places, again.closures)
    times = roads.times_to(first.at, first.junctions, profile=PROFILE)
    states = first.sources
    assert len(times.road_ms) == len(states) == 50


def test_a_line_says_whether_a_target_is_reached() -> None:
    held = line("f", "d", 2.0, "ms", peer="p", peer_value=10.0, target=0.2)
    assert (held["ratio"], held["reached"]) == (0.2, True)
    assert line("f", "d", 3.0, "ms", peer="p", peer_value=10.0, target=0.2)["reached"] is False
    assert line("f", "d", 3.0, "ms", target=50.0, of_ratio=False)["reached"] is True
    assert line("f", "d", 3.0, "ms", peer="p", target=0.2)["reached"] is None
    assert line("f", "d", 3.0, "ms")["reached"] is None


def test_rounds_are_interleaved_and_the_first_is_cold() -> None:
    order: list[str] = []
    spent = interleaved(
        3, {"a": lambda n: order.append(f"a{n}"), "b": lambda n: order.append(f"b{n}")}
    )
    assert order == ["a0", "b0", "b1", "a1", "a2", "b2", "b3", "a3"]
    assert [len(spent.wall[name]) for name in "ab"] == [3, 3]
    assert set(spent.cold) == {"a", "b"}
    assert p95(list(range(1, 101))) == 95
    # What stood before is not walked by the collector later, whoever made it.
    assert gc.get_freeze_count() > 0
    assert gc.isenabled()
