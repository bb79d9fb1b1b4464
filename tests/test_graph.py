"""The compiled graph: who may use what, what is kept on disk, and what others can open."""

from __future__ import annotations

from pathlib import Path

import geopandas
import networkx as nx
import numpy as np
import pytest
import shapely

from geo.errors import BadFile, InvalidInput, NoRoads, NotFound
from routing.export import all_profiles, export
from routing.graphml import write_graphml
from routing.profiles import Profile, read_profiles, weights
from routing.roads import Roads
from tests.towns import Road, plain, random_town, table_of, town

NODES = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0)}
PROFILES = read_profiles()


def one_road(kind: str, **tags: object) -> dict[str, bool]:
    """Which of the product's profiles may use a road with these tags."""
    table = table_of(NODES, [Road(1, 2, kind=kind, length_m=1000, tags=tags)])
    return {name: bool(weights(table, one)[0] >= 0) for name, one in PROFILES.items()}


def test_every_profile_of_the_design_is_there_and_marked() -> None:
    named = ["ambulance", "bus", "car", "fire_tender", "foot", "high_clearance", "truck"]
    assert list(PROFILES) == named
    for profile in PROFILES.values():
        for number in (
            *profile.speeds.values(),
            *profile.urban_speeds.values(),
            *profile.limits.values(),
        ):
            assert number.mark in "VDRA"
            assert number.source
        assert profile.snap_m == 200


@pytest.mark.parametrize(
    ("kind", "tags", "who"),
    [
        ("primary", {}, " ".join(PROFILES)),
        ("motorway", {}, "ambulance bus car fire_tender high_clearance truck"),
        ("footway", {}, "foot"),
        ("steps", {}, "foot"),
        ("pedestrian", {}, "ambulance fire_tender foot high_clearance"),
        ("footway", {"emergency": "yes"}, "ambulance fire_tender foot high_clearance"),
        ("residential", {"access": "private"}, "ambulance fire_tender foot high_clearance"),
        ("residential", {"access": "no"}, "foot"),
        (
            "residential",
            {"access": "no", "emergency": "yes"},
            "ambulance fire_tender foot high_clearance",
        ),
        ("footway", {"access": "private"}, ""),
        ("primary", {"max_height_m": 2.5}, "car foot"),
        ("primary", {"max_weight_t": 6.0}, "ambulance car foot"),
        ("primary", {"max_width_m": 2.0}, "car foot"),
        ("primary", {"emergency": "no"}, "bus car foot truck"),
        ("construction", {}, ""),
        ("", {}, ""),
    ],
)
def test_who_may_use_a_road(kind: str, tags: dict[str, object], who: str) -> None:
    assert [name for name, may in one_road(kind, **tags).items() if may] == who.split()


@pytest.mark.parametrize(
    ("posted", "car_ms", "tender_ms"),
    [(np.nan, 80_000, 80_000), (30, 120_000, 80_000), (120, 80_000, 80_000), (0, 80_000, 80_000)],
)
def test_civil_vehicles_obey_the_posted_limit(posted: float, car_ms: int, tender_ms: int) -> None:
    road = Road(1, 2, length_m=1000, tags={"speed_kph": posted})
    table = table_of(NODES, [road])
    assert weights(table, PROFILES["car"])[0] == car_ms  # 45 km/h
    assert weights(table, PROFILES["fire_tender"])[0] == tender_ms


def test_walkers_go_both_ways_in_a_one_way_street() -> None:
    roads = town(NODES, [Road(1, 2, oneway=True, length_m=1000)])
    back = roads.times_to((0.0, 0.0), [(0.01, 0.0)], profile="foot")
    assert back.road_ms.tolist() == [10_000]
    route = back.route(0)
    assert route is not None
    assert route.edges == ("0:1:2:0~",)
    assert route.geometry == ((0.01, 0.0), (0.0, 0.0))
    assert roads.times_to((0.0, 0.0), [(0.01, 0.0)], profile="car").why == ("unreachable",)
    assert list(roads.to_networkx("foot").edges(keys=True)) == [
        (1, 2, "0:1:2:0"),
        (2, 1, "0:1:2:0~"),
    ]
    assert roads.edges == 1


@pytest.mark.parametrize("seed", range(5))
def test_roads_from_disk_answer_as_those_in_memory(seed: int, tmp_path: Path) -> None:
    table, rng = random_town(seed)
    profiles = {"car": plain(snap_m=900), "foot": plain("foot", mode="walk")}
    folder = Roads.folder(tmp_path, table.version, profiles)
    saved, fresh = Roads.compile(table, profiles, folder), Roads.compile(table, profiles)
    again = Roads.open(folder)
    places = [(float(x), float(y)) for x, y in rng.uniform(-0.02, 0.02, (20, 2))]
    for profile in profiles:
        times = [
            roads.times_to(places[0], places, profile=profile).road_ms.tolist()
            for roads in (fresh, saved, again)
        ]
        assert times[0] == times[1] == times[2]
    assert (again.version, again.nodes, again.edges) == (table.version, table.nodes, table.edges)
    assert again.km == pytest.approx(table.km)
    assert [one.name for one in tmp_path.iterdir()] == [folder.name]


def test_the_folder_changes_with_the_roads_and_with_the_speeds(tmp_path: Path) -> None:
    own = Roads.folder(tmp_path, "a", {"car": plain()})
    assert own != Roads.folder(tmp_path, "b", {"car": plain()})
    assert own != Roads.folder(tmp_path, "a", {"car": plain(kph=10)})


def test_a_missing_or_broken_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoRoads):
        Roads.open(tmp_path / "nothing")
    folder = tmp_path / "roads"
    Roads.compile(table_of(NODES, [Road(1, 2)]), {"car": plain()}, folder)
    (folder / "graph.mate.npy").write_bytes(b"half")
    with pytest.raises(BadFile, match="Remove the folder"):
        Roads.open(folder)


def test_a_half_made_folder_is_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(KeyboardInterrupt):
        Roads.compile(table_of(NODES, [Road(1, 2)]), {"car": plain()}, tmp_path / "roads")
    assert list(tmp_path.iterdir()) == []


def test_no_roads_at_all_give_no_times() -> None:
    roads = Roads.compile(table_of({}, []), PROFILES)
    found = roads.times_to((0.0, 0.0), [(0.1, 0.1)], profile="car")
    assert (found.origin, found.why, found.route(0)) == (None, ("no_road_data",), None)
    assert roads.ways_out((0.0, 0.0), profile="car", radius_m=100) == 0
    assert roads.isochrone((0.0, 0.0), [5], profile="car")[0]["coordinates"] == []


def test_a_table_without_its_nodes_is_refused() -> None:
    table = table_of(NODES, [Road(1, 2)])
    table.edge_to[0] = 7
    with pytest.raises(InvalidInput):
        Roads.compile(table, PROFILES)


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    roads = town(NODES, [Road(1, 2)])
    with pytest.raises(NotFound, match="car, foot"):
        roads.times_to((0.0, 0.0), [], profile="tank")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (('mark = "A"', 'mark = "X"'), "mark"),
        (("kph = 80", "kph = 0"), "motorway"),
        (('mode = "drive"', 'mode = "fly"'), "mode"),
        (("[limits.snap_m]", "[limits.snap]"), "snap_m"),
        (('name = "car"', ""), "name"),
        (('name = "car"', "name ="), "car.toml"),
    ],
)
def test_a_broken_profile_is_refused_by_name(
    change: tuple[str, str], word: str, tmp_path: Path
) -> None:
    from routing.profiles import SPEEDS

    text = (SPEEDS / "car.toml").read_text(encoding="utf-8")
    (tmp_path / "car.toml").write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(BadFile, match=word):
        read_profiles(tmp_path)


def test_a_profile_comes_back_from_json() -> None:
    car = PROFILES["car"]
    assert Profile.from_json(car.to_json()) == car


def test_exported_roads_open_in_networkx_and_geopandas(tmp_path: Path) -> None:
    roads = town(NODES, [Road(1, 2, "人民路", oneway=True, length_m=1000), Road(2, 3)])
    graph = nx.read_graphml(
        export(roads.graph, tmp_path / "roads.graphml"), node_type=int, force_multigraph=True
    )
    assert graph.nodes[2]["lon"] == 0.01
    there = graph.edges[1, 2, "0:1:2:0"]
    assert (there["name"], there["travel_ms_car"], there["travel_ms_foot"]) == (
        "人民路",
        1000,
        10_000,
    )
    assert "travel_ms_car" not in graph.edges[2, 1, "0:1:2:0~"]
    file = export(roads.graph, tmp_path / "roads.gpkg")
    edges = geopandas.read_file(file, layer="edges")
    assert edges["id"].tolist() == ["0:1:2:0", "1:2:3:0", "1:3:2:1", "0:1:2:0~"]
    assert edges["travel_ms_car"].fillna(-1).tolist() == [1000, 1112, 1112, -1]
    assert set(edges["id"]) == {key for *_, key in graph.edges(keys=True)}
    assert shapely.get_coordinates(edges.geometry.iloc[3]).tolist() == [[0.01, 0.0], [0.0, 0.0]]
    assert geopandas.read_file(file, layer="nodes")["lon"].tolist() == [0.0, 0.01, 0.02]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["roads.gpkg", "roads.graphml"]


@pytest.mark.parametrize("seed", range(4))
def test_graphml_comes_back_as_it_was(seed: int, tmp_path: Path) -> None:
    table, _ = random_town(seed)
    table.name[:2] = ["<\"&'>", "人民路"][: table.edges]
    table.ref[:1] = ["G\x0b104"][: table.edges]  # what XML cannot hold is left out
    graph = all_profiles(Roads.compile(table, PROFILES).graph)
    write_graphml(graph, tmp_path / "roads.graphml")
    back = nx.read_graphml(tmp_path / "roads.graphml", node_type=int, force_multigraph=True)
    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    assert back.graph["crs"] == "EPSG:4326"
    for *ends, data in graph.edges(keys=True, data=True):
        assert back.edges[tuple(ends)] == data | {"ref": data["ref"].replace("\x0b", "")}
    assert back.number_of_edges() == graph.number_of_edges()


@pytest.mark.parametrize("name", ["roads.csv", "nowhere/roads.gpkg"])
def test_an_export_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    roads = town(NODES, [Road(1, 2)])
    with pytest.raises(BadFile):
        export(roads.graph, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
