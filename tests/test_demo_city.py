"""The demo city: complete, connected, dry-footed, and the same every time."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from geo.demo.city import CityFiles, make_city
from geo.home import DATA

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> CityFiles:
    return make_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def map_(city: CityFiles) -> OsmMap:
    return OsmMap(city.roads)


@pytest.fixture(scope="module")
def places(city: CityFiles) -> Rows:
    return [*rows(city.risks), *rows(city.resources), *rows(city.stock)]


class OsmMap:
    """The roads and waters of a file."""

    def __init__(self, path: Path) -> None:
        self.at: dict[int, tuple[float, float]] = {}
        self.roads: list[tuple[list[int], dict[str, str]]] = []
        self.water: list[Any] = []
        self.houses: list[Any] = []
        boundary_names = []
        o: Any
        for o in osmium.FileProcessor(str(path)):
            if o.is_node():
                self.at[o.id] = (o.location.lon, o.location.lat)
            elif o.is_way():
                tags = dict(o.tags)
                nodes = [n.ref for n in o.nodes]
                if "highway" in tags:
                    self.roads.append((nodes, tags))
                elif tags.get("natural") == "water":
                    self.water.append(shapely.Polygon([self.at[n] for n in nodes]))
                elif "building" in tags:
                    self.houses.append(shapely.Polygon([self.at[n] for n in nodes]))
            elif o.tags.get("boundary") == "administrative":
                boundary_names.append(o.tags["name"])
        self.townships = boundary_names

    def components(self) -> np.ndarray:
        """Sizes of the connected pieces of the network, the largest first, in raw nodes."""
        number = {n: k for k, n in enumerate(sorted({n for nodes, _ in self.roads for n in nodes}))}
        a = [number[n] for nodes, _ in self.roads for n in nodes[:-1]]
        b = [number[n] for nodes, _ in self.roads for n in nodes[1:]]
        graph = sparse.coo_matrix((np.ones(len(a)), (a, b)), shape=(len(number),) * 2)
        _, piece = csgraph.connected_components(graph, directed=False)
        return np.sort(np.bincount(piece))[::-1]


def rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(name: str) -> set[str]:
    return {r["code"] for r in rows(DATA / "catalog" / name)}


def test_the_same_seed_gives_the_same_bytes(city: CityFiles, tmp_path: Path) -> None:
    again = make_city(tmp_path)
    for one, other in zip(files(city), files(again), strict=True):
        assert digest(one) == digest(other), one.name


def files(city: CityFiles) -> list[Path]:
    return [city.roads, city.districts, city.people, city.risks, city.resources, city.stock,
            city.manifest]  # fmt: skip


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_category_is_there_in_number(places: Rows) -> None:
    found = Counter(r["category"] for r in places)
    wanted = codes("risk_categories.csv") | codes("resource_categories.csv")
    assert len(wanted) == 300
    assert set(found) == wanted
    assert sum(n for code, n in found.items() if code[0] == "R") >= 3000
    assert sum(n for code, n in found.items() if code[0] == "S") >= 5000


@pytest.mark.parametrize(
    ("categories", "number"),
    [
        (("S013",), 1),
        (("S014",), 24),
        (("S015",), 1000),
        (("S016", "S017", "S018", "S019"), 17),
        (("S021",), 1),
        (("S022", "S023"), 16),
        (("S045",), 6),
        (tuple(f"S{n:03d}" for n in range(71, 86)), 105),
    ],
)
def test_the_roster_has_the_published_numbers(
    places: Rows, categories: tuple[str, ...], number: int
) -> None:
    assert sum(r["category"] in categories for r in places) == number


def test_volunteers_are_263(places: Rows) -> None:
    assert sum(int(r["members"]) for r in places if r["category"] == "S045") == 263


def test_shelters_have_states_and_room(places: Rows) -> None:
    shelters = [r for r in places if "S071" <= r["category"] <= "S085"]
    states = Counter(r["status"] for r in shelters)
    assert set(states) == {"closed", "ready", "open", "full", "disabled"}
    assert states["disabled"] == 1
    for r in shelters:
        if r["capacity"]:
            assert 0 <= int(r["occupied"]) <= int(r["capacity"])
    assert all(r["occupied"] == r["capacity"] for r in shelters if r["status"] == "full")
    assert 60_000 < sum(int(r["capacity"] or 0) for r in shelters) < 300_000


def test_stock_lies_in_a_depot_that_exists(city: CityFiles) -> None:
    keys = {r["key"] for r in rows(city.resources)}
    for line in rows(city.stock):
        assert line["place_key"] in keys
        assert float(line["quantity"]) > 0
        assert line["unit"]


def test_rows_are_evidently_fictional(places: Rows) -> None:
    assert len({r["key"] for r in places}) == len(places)
    for r in places:
        assert r["phone"] == "" or re.fullmatch(r"000-555\d-\d{4}", r["phone"])
        assert r["contact"] == "" or r["contact"].endswith("某")
        assert r["address"].startswith("演示")
        assert 122.7 < float(r["lon"]) < 123.3
        assert 27.8 < float(r["lat"]) < 28.2


def test_some_things_are_unknown(places: Rows) -> None:
    for column in ("phone", "capacity", "turnout_s", "members"):
        blank = sum(r[column] == "" for r in places if r["category"] in ("S056", "S057", "S014"))
        assert blank > 0, column


def test_about_1_2_million_people_by_day_and_by_night(city: CityFiles) -> None:
    cells = rows(city.people)
    for when in ("day", "night"):
        assert 1_150_000 < sum(int(c[when]) for c in cells) < 1_250_000
    assert {c["size_m"] for c in cells} == {"250"}


def test_townships_tile_the_land_without_overlap(city: CityFiles, map_: OsmMap) -> None:
    features = json.loads(city.districts.read_text(encoding="utf-8"))["features"]
    shapes = [shapely.geometry.shape(f["geometry"]) for f in features]
    assert len(shapes) == 23 == len(map_.townships)
    assert len({f["properties"]["name"] for f in features}) == 23
    whole = shapely.union_all(shapes)
    assert sum(s.area for s in shapes) == pytest.approx(whole.area, rel=1e-4)


def test_roads_are_many_and_joined(map_: OsmMap) -> None:
    nodes = {n for way, _ in map_.roads for n in way}
    assert len(nodes) >= 30_000
    metres = sum(length_m([map_.at[n] for n in way]) for way, _ in map_.roads)
    assert metres > 3_000_000
    pieces = map_.components()
    assert pieces[0] / pieces.sum() > 0.95
    assert 15_000 <= len(map_.houses) <= 30_000


def length_m(line: list[tuple[float, float]]) -> float:
    xy = np.array(line) * (98_395.0, 110_823.0)
    return float(np.sqrt((np.diff(xy, axis=0) ** 2).sum(axis=1)).sum())


def test_the_mainland_and_two_islands_are_three_pieces(map_: OsmMap) -> None:
    assert len(map_.components()) == 3


def test_no_house_stands_on_a_road(map_: OsmMap) -> None:
    open_air = [w for w, t in map_.roads if "tunnel" not in t]
    tree = shapely.STRtree([shapely.LineString([map_.at[n] for n in w]) for w in open_air])
    houses, _ = tree.query(map_.houses, predicate="intersects")
    assert len(houses) == 0


def test_every_scene_lies_by_a_road(city: CityFiles, map_: OsmMap) -> None:
    roads = shapely.STRtree(
        [shapely.LineString([map_.at[n] for n in way]) for way, _ in map_.roads]
    )
    for i in json.loads(city.manifest.read_text(encoding="utf-8"))["incidents"]:
        _, degrees = roads.query_nearest(shapely.Point(i["lon"], i["lat"]), return_distance=True)
        assert degrees[0] * 1.1e5 < 200, i["title"]


def test_two_islands_have_roads_of_their_own(map_: OsmMap) -> None:
    east = [way for way, _ in map_.roads if map_.at[way[0]][0] > 123.137]
    assert len(east) > 60
    on_islands = {n for way in east for n in way}
    mainland = {n for way, _ in map_.roads for n in way if map_.at[n][0] < 123.13}
    assert not on_islands & mainland
    north = {n for n in on_islands if map_.at[n][1] > 28.0}
    south = on_islands - north
    assert north
    assert south
    assert not any({*way} & north and {*way} & south for way in east)


def test_no_road_runs_through_water_but_on_a_bridge(map_: OsmMap) -> None:
    lines, plain = [], []
    for way, tags in map_.roads:
        lines.append(shapely.LineString([map_.at[n] for n in way]))
        plain.append(not ({"bridge", "tunnel"} & tags.keys()))
    tree = shapely.STRtree(lines)
    ways, waters = [], []
    for k, water in enumerate(map_.water):
        for hit in tree.query(water, predicate="intersects"):
            if plain[hit]:
                ways.append(lines[hit])
                waters.append(map_.water[k])
    wet = shapely.length(shapely.intersection(ways, waters)) * 1e5 if ways else np.zeros(1)
    assert wet.max() < 3.0  # metres, about: a footing at the bank, no more


def test_bridges_and_tunnels_are_named_and_layered(map_: OsmMap) -> None:
    bridges = [t for _, t in map_.roads if "bridge" in t]
    assert len({t["bridge:name"] for t in bridges if "bridge:name" in t}) > 30
    assert all("layer" in t for t in bridges)
    assert any("tunnel:name" in t for _, t in map_.roads)
    assert any(t.get("junction") == "roundabout" for _, t in map_.roads)
    assert any(t.get("oneway") == "yes" and t["highway"] == "tertiary" for _, t in map_.roads)


def test_the_manifest_says_it_is_synthetic(city: CityFiles) -> None:
    manifest = json.loads(city.manifest.read_text(encoding="utf-8"))
    assert manifest["synthetic"] is True
    assert manifest["source"] == "demo"
    assert "演示数据" in manifest["title"]
    kinds = [i["event_type"] for i in manifest["incidents"]]
    assert kinds[0] == "12B01"
    assert set(kinds) == {"12B01", "12E04", "11D01", "11B01", "11G01", "11A03", "12G06", "12F01"}
    west, south, east, north = manifest["bounds"]
    for i in manifest["incidents"]:
        assert west < i["lon"] < east
        assert south < i["lat"] < north
