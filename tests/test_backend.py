"""networkx as a face of the compiled roads: a view, a backend, and answers without numba."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from geo.home import CHECKOUT
from routing.backend import backend, info
from routing.export import to_networkx
from routing.profiles import read_profiles
from routing.roads import Roads
from server.setup import own
from tests.oracle import times_by_networkx
from tests.towns import Road, box, closing, random_town, town

NODES = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.01, 0.01)}
ROADS = [
    Road(1, 2, "人民路", length_m=1000),
    Road(2, 3, length_m=1000),
    Road(1, 4, length_m=2000),
    Road(4, 3, oneway=True, length_m=2500),
]


def test_a_view_is_the_roads_as_they_are_for_this_question() -> None:
    roads = town(NODES, ROADS)
    free = roads.to_networkx("car")
    assert isinstance(free, nx.MultiDiGraph)
    assert sorted(free) == [1, 2, 3, 4]
    assert free.nodes[2] == {"lon": 0.01, "lat": 0.0, "x": 0.01, "y": 0.0, "component": 0}
    assert free.number_of_edges() == roads.edges == 7
    data = free.edges[1, 2, "0:1:2:0"]
    assert (data["travel_ms"], data["name"], data["class"]) == (1000, "人民路", "primary")
    assert dict(data) == data.copy()
    assert "nothing" not in data
    assert nx.shortest_path(free, 1, 3, weight="travel_ms") == [1, 2, 3]
    shut = roads.to_networkx("car", [closing("1:2:3:0")])
    assert nx.shortest_path(shut, 1, 3, weight="travel_ms") == [1, 4, 3]
    assert free.has_edge(2, 3)
    assert not shut.has_edge(2, 3)
    assert shut.has_edge(3, 2)
    assert sorted(shut.pred[3]) == [4]


def test_a_view_cannot_be_changed_and_a_copy_can() -> None:
    roads = town(NODES, ROADS)
    seen = roads.to_networkx("car")
    with pytest.raises(nx.NetworkXError):
        seen.remove_node(1)
    copied = nx.MultiDiGraph(seen)
    copied.remove_node(1)
    assert 1 in seen
    assert 1 not in copied
    assert copied.edges[2, 3, "1:2:3:0"]["travel_ms"] == 1000


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_a_view_is_the_same_graph_as_a_copy(seed: int, reverse: bool) -> None:
    table, rng = random_town(seed)
    roads = Roads.compile(table, read_profiles())
    x, y = rng.uniform(-0.02, 0.01, 2)
    closures = [closing(geometry=box(x, y, x + 0.01, y + 0.01))]
    seen = roads.to_networkx("car", closures)
    copied = nx.MultiDiGraph(seen)
    if reverse:
        seen, copied = seen.reverse(copy=False), copied.reverse()
    assert set(seen.edges(keys=True)) == set(copied.edges(keys=True))
    assert seen.number_of_edges() == copied.number_of_edges()
    assert dict(seen.degree()) == dict(copied.degree())
    start = int(rng.choice(table.node_id))
    lengths = nx.single_source_dijkstra_path_length(seen, start, weight="travel_ms")
    assert lengths == nx.single_source_dijkstra_path_length(copied, start, weight="travel_ms")
    assert nx.number_weakly_connected_components(seen) == (
        nx.number_weakly_connected_components(copied)
    )


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_the_backend_answers_as_networkx(seed: int, reverse: bool) -> None:
    table, rng = random_town(seed)
    roads = Roads.compile(table, read_profiles())
    x, y = rng.uniform(-0.02, 0.01, 2)
    closures = [closing(geometry=box(x, y, x + 0.01, y + 0.01))]
    for profile in ("car", "foot"):
        seen = roads.to_networkx(profile, closures)
        seen = seen.reverse(copy=False) if reverse else seen
        arrays = backend.convert_from_nx(seen)
        sources = [int(one) for one in rng.choice(table.node_id, 2)]
        ask = {"cutoff": float(rng.uniform(0, 2e6)), "weight": "travel_ms"}
        expected = nx.multi_source_dijkstra_path_length(seen, sources, **ask)
        assert backend.multi_source_dijkstra_path_length(arrays, sources, **ask) == expected
        lengths, paths = backend.single_source_dijkstra(arrays, sources[0], weight="travel_ms")
        known = nx.single_source_dijkstra_path_length(seen, sources[0], weight="travel_ms")
        assert lengths == known
        for node, path in paths.items():
            assert (path[0], path[-1]) == (sources[0], node)
            assert nx.path_weight(_least(seen), path, "travel_ms") == lengths[node]
        for target in (sources[1], 99):
            try:
                far = nx.dijkstra_path_length(seen, sources[0], target, weight="travel_ms")
            except nx.NetworkXNoPath:
                with pytest.raises(nx.NetworkXNoPath):
                    backend.dijkstra_path_length(arrays, sources[0], target, weight="travel_ms")
            else:
                path = backend.dijkstra_path(arrays, sources[0], target, weight="travel_ms")
                assert nx.path_weight(_least(seen), path, "travel_ms") == far
        with pytest.raises(nx.NodeNotFound):
            backend.single_source_dijkstra_path_length(arrays, -5, weight="travel_ms")


def _least(graph: nx.MultiDiGraph) -> nx.DiGraph:
    """One edge for each two neighbours, the fastest."""
    out = nx.DiGraph()
    out.add_nodes_from(graph)
    for start, end, ms in graph.edges(data="travel_ms"):
        known = out.edges[start, end]["travel_ms"] if out.has_edge(start, end) else ms
        out.add_edge(start, end, travel_ms=min(ms, known))
    return out


def test_only_travel_times_of_our_views_are_answered() -> None:
    seen = town(NODES, ROADS).to_networkx("car")
    with pytest.raises(NotImplementedError):
        backend.convert_from_nx(nx.MultiDiGraph(seen))
    with pytest.raises(NotImplementedError):
        backend.dijkstra_path(backend.convert_from_nx(seen), 1, 3, weight="length")
    assert backend.can_run("dijkstra_path", (seen, 1, 3), {"weight": "travel_ms"}) is True
    assert backend.can_run("dijkstra_path", (seen, 1, 3), {}) == "only weight='travel_ms'"
    assert set(info()["functions"]) == {name for name in dir(backend) if "dijkstra" in name}


def test_networkx_finds_the_backend_of_an_installed_package(tmp_path: Path) -> None:
    """With the entry points of pyproject.toml, networkx itself calls the compiled search."""
    packages = tmp_path / "lib/python3/site-packages"
    packages.mkdir(parents=True)
    own.write(CHECKOUT, tmp_path)  # as set-up does
    said = _run(
        """
import json, sys
import networkx as nx
early = [name for name in ("numba", "numpy", "routing.dijkstra", "geo") if name in sys.modules]
from tests.test_backend import NODES, ROADS
from tests.towns import town
seen = town(NODES, ROADS).to_networkx("car")
ask = {"weight": "travel_ms", "backend": "onemap"}
print(json.dumps([
    sorted(nx.single_source_dijkstra_path_length(seen, 1, **ask).items()),
    nx.single_source_dijkstra(seen, 1, 3, **ask),
    nx.dijkstra_path(seen, 3, 1, **ask),
    sorted(nx.utils.backends.backend_info["onemap"]["functions"])[:1],
    ["onemap" in nx.config.backends, early],
]))
""",
        str(packages),
    )
    assert json.loads(said) == [
        [[1, 0], [2, 1000], [3, 2000], [4, 2000]],
        [2000, [1, 2, 3]],
        [3, 2, 1],
        ["dijkstra_path"],
        [True, []],  # and importing networkx imports none of ours
    ]


def test_walks_between_states_obey_the_restrictions() -> None:
    """Among states, networkx finds what the search finds, turns and barriers included."""
    for seed in range(10):
        table, rng = random_town(seed)
        roads = Roads.compile(table, read_profiles())
        network = roads.graph.network("car")
        states = to_networkx(roads.graph, "car", turns=True)
        assert len(states) == len(network.node_of)
        start = int(rng.choice(table.node_id))
        found = nx.single_source_dijkstra_path_length(states, start, weight="travel_ms")
        arrays = backend.convert_from_nx(states)
        assert found == backend.single_source_dijkstra_path_length(
            arrays, start, weight="travel_ms"
        )


def test_everything_is_answered_without_numba() -> None:
    """Plain Python takes its place: slower, the same times."""
    said = _run(
        """
import sys
sys.modules["numba"] = None  # an import of it fails from here on
import json
from routing.trees import Trees
from tests.test_backend import NODES, ROADS
from tests.towns import closing, town
roads = town(NODES, ROADS).keeping(Trees())
places = [(0.02, 0.0), (0.005, 0.0), (5.0, 5.0)]
answers = []
for closures in ((), (closing("1:2:3:0", "1:3:2:1"),), ()):
    times = roads.times_from((0.0, 0.0), places, profile="car", closures=closures)
    route = times.route(0)
    answers.append([times.road_ms.tolist(), list(times.why), list(route.edges)])
answers.append([s.edge for s in roads.snap(places[:2], profile="car")])
answers.append(roads.isochrone((0.0, 0.0), [0.05], profile="car")[0]["type"])
answers.append(roads.ways_out((0.0, 0.0), profile="car", radius_m=500))
import routing.jit
answers.append("numba" in sys.modules and sys.modules["numba"] is None)
print(json.dumps(answers))
"""
    )
    free = [[2000, 500, -1], [None, None, "no_road_data"], ["0:1:2:0", "1:2:3:0"]]
    around = [[4500, 500, -1], [None, None, "no_road_data"], ["2:1:4:0", "3:4:3:0"]]
    *times, edges, shape, ways, hidden = json.loads(said)
    assert times == [free, around, free]
    assert edges == ["1:2:3:0", "0:1:2:0"]
    assert shape in ("Polygon", "MultiPolygon")
    assert ways == 2
    assert hidden


def test_random_towns_without_numba_give_networkx_times() -> None:
    said = _run(
        """
import sys
sys.modules["numba"] = None
import json
from routing.profiles import read_profiles
from routing.roads import Roads
from server.setup import own
from tests.test_backend import town_question
print(json.dumps([town_question(seed)[0] for seed in range(6)]))
"""
    )
    assert json.loads(said) == [town_question(seed)[1] for seed in range(6)]


def town_question(seed: int) -> tuple[list[int | None], list[int | None]]:
    """Milliseconds of a few places of a random town: by the search, and by networkx."""
    table, rng = random_town(seed)
    roads = Roads.compile(table, read_profiles())
    spots = [(float(x), float(y)) for x, y in rng.uniform(-0.02, 0.02, (6, 2))]
    found = roads.times_to(spots[0], spots, profile="foot").road_ms.tolist()
    ours = [None if ms < 0 else ms for ms in found]
    return ours, times_by_networkx(roads, spots[0], spots, profile="foot")


def _run(code: str, *paths: str) -> str:
    """What a fresh interpreter prints for this code."""
    where = os.pathsep.join([*paths, str(CHECKOUT)])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": where},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_view_is_no_copy() -> None:
    """A second view of the same roads takes the first one's rows."""
    roads = town(NODES, ROADS)
    first, second = roads.to_networkx("car"), roads.to_networkx("car", [closing("1:2:3:0")])
    assert first._adj.model.rows is second._adj.model.rows
    assert np.shares_memory(first._adj.model.times["travel_ms"], roads.graph.weights["car"].ms)
