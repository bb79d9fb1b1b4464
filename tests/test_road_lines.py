"""Roads from a county's own lines: noding, overpasses, mapping, and Guixi read back the same."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pytest
from osmium.filter import KeyFilter
from osmium.osm import WAY
from shapely.geometry import LineString, MultiLineString, Point

from geo.errors import BadFile, MissingCrs
from routing.profiles import read_profiles
from routing.roads import Roads
from routing.sources import osm, read_roads
from routing.sources.rules import road_rules
from routing.table import Barrier, RoadTable

Row = tuple[Any, Mapping[str, Any]]
E, N = 0.01, 0.01  # about a kilometre


def write(path: Path, rows: Sequence[Row], crs: str | None = "EPSG:4490", **options: Any) -> Path:
    columns = sorted({key for _, cells in rows for key in cells})
    frame = gpd.GeoDataFrame(
        {key: [cells.get(key) for _, cells in rows] for key in columns},
        geometry=[shape for shape, _ in rows],
        crs=crs,
    )
    frame.to_file(path, engine="pyogrio", **options)
    return path


def line(*points: tuple[float, float]) -> LineString:
    return LineString([(120 + x * E, 28 + y * N) for x, y in points])


def joined(table: RoadTable) -> set[tuple[tuple[float, float], tuple[float, float]]]:
    """Edges as pairs of places in kilometres east and north of the town's corner."""
    at = [
        (round((lon - 120) / E, 3), round((lat - 28) / N, 3))
        for lon, lat in zip(table.node_lon.tolist(), table.node_lat.tolist(), strict=True)
    ]
    return {(at[a], at[b]) for a, b in zip(table.edge_from, table.edge_to, strict=True)}


ROAD = {"class": "residential"}
EAST, NORTH = line((0, 1), (2, 1)), line((1, 0), (1, 2))


@pytest.mark.parametrize(
    ("rows", "nodes"),
    [
        ([(EAST, ROAD), (NORTH, ROAD)], 5),  # a crossing without a vertex
        ([(EAST, ROAD), (NORTH, {**ROAD, "layer": 1})], 4),  # an overpass
        ([(EAST, ROAD), (line((1, 1), (1, 2)), ROAD)], 4),  # a T
        ([(EAST, ROAD), (line((1, 1), (1, 2)), {**ROAD, "layer": 1})], 4),  # a ramp comes down
        ([(EAST, ROAD), (line((1, 1.0000005), (1, 2)), ROAD)], 4),  # a hand's breadth short
        ([(EAST, ROAD), (line((1, 1.01), (1, 2)), ROAD)], 4),  # 11 m short: not joined
        ([(line((0, 1), (1, 1), (2, 1)), ROAD), (line((1, 0), (1, 1), (1, 2)), ROAD)], 5),
        (
            [  # stacked vertices: two levels pass at the same place
                (line((0, 1), (1, 1), (2, 1)), ROAD),
                (line((1, 0), (1, 1), (1, 2)), {**ROAD, "layer": 1}),
            ],
            4,
        ),
        (
            [  # the same, both cut at the crossing
                (line((0, 1), (1, 1)), ROAD),
                (line((1, 1), (2, 1)), ROAD),
                (line((1, 0), (1, 1)), {**ROAD, "layer": 1}),
                (line((1, 1), (1, 2)), {**ROAD, "layer": 1}),
            ],
            4,
        ),
        (
            [  # a bridge between two roads
                (line((0, 0), (1, 0)), ROAD),
                (line((1, 0), (2, 0)), {**ROAD, "layer": 1}),
                (line((2, 0), (3, 0)), ROAD),
            ],
            4,
        ),
    ],
)
def test_lines_are_joined_where_they_meet(tmp_path: Path, rows: list[Row], nodes: int) -> None:
    table = read_roads([write(tmp_path / "r.gpkg", rows)])
    assert table.nodes == nodes
    assert all(one != other for one, other in joined(table))


def test_an_unjoined_crossing_is_listed_with_its_place(tmp_path: Path) -> None:
    table = read_roads([write(tmp_path / "r.gpkg", [(EAST, ROAD), (NORTH, ROAD)])])
    (fault,) = table.report.faults
    assert (fault.kind, fault.lon, fault.lat) == ("crossing_joined", 120.01, 28.01)
    assert ((0, 1), (1, 1)) in joined(table)


@pytest.mark.parametrize(("crossings", "joins"), [("auto", False), ("keep", False), ("join", True)])
def test_where_junctions_are_drawn_a_crossing_without_one_is_listed(
    tmp_path: Path, crossings: str, joins: bool
) -> None:
    streets = [line(*((x, y) for x in range(6)), (5.5, y)) for y in range(6)]
    streets += [line(*((x, y) for y in range(6)), (x, 5.5)) for x in range(6)]
    slanting = line((0.2, 0.5), (1.5, 0.7))  # crosses one street between its vertices
    mapping = tmp_path / "m.toml"
    mapping.write_text(f'crossings = "{crossings}"\n[columns]\nclass = "class"\n')
    path = write(tmp_path / "r.gpkg", [(street, ROAD) for street in (*streets, slanting)])
    table = read_roads([path], mapping=mapping)
    kind = "crossing_joined" if joins else "crossing_apart"
    assert table.report.fault_counts == {kind: 1}
    assert table.report.components == (1 if joins else 2)


def test_a_two_level_junction_keeps_the_ground_level_id(tmp_path: Path) -> None:
    cross = (line((0, 1), (1, 1), (2, 1)), ROAD), (line((1, 0), (1, 1), (1, 2)), ROAD)
    above = [(shape, {**cells, "layer": 1}) for shape, cells in cross]
    table = read_roads([write(tmp_path / "r.gpkg", [*cross, *above])])
    stacked = [
        key
        for key, lon, lat in zip(
            table.node_id.tolist(), table.node_lon, table.node_lat, strict=True
        )
        if (lon, lat) == (120.01, 28.01)
    ]
    assert len(stacked) == 2
    assert min(stacked) < 0 < max(stacked)


COUNTY = """
encoding = "GBK"
[columns]
id = "BH"
class = "DJ"
name = "MC"
oneway = "DX"
max_height_m = "XG"
max_weight_t = "XZ"
level = "CJ"
[class]
"2" = "trunk"
"7" = "track"
[oneway]
forward = ["1"]
backward = ["2"]
both = ["0"]
"""


def county(folder: Path, **options: Any) -> tuple[Path, Path]:
    mapping = folder / "county.toml"
    mapping.write_text(COUNTY, encoding="utf-8")
    rows: list[Row] = [
        (EAST, {"BH": 31, "DJ": "2", "MC": "人民路", "DX": "1", "XG": 4.5, "XZ": 0, "CJ": 0}),
        (NORTH, {"BH": 32, "DJ": "7", "MC": "后山机耕路", "DX": "2", "XG": 0, "XZ": 8, "CJ": 1}),
        (line((2, 1), (3, 1)), {"BH": 33, "DJ": "x", "MC": None, "DX": "?", "XG": -1, "CJ": 0}),
    ]
    return write(folder / "roads.shp", rows, **options), mapping


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_a_county_file_with_its_mapping(tmp_path: Path, encoding: str) -> None:
    path, mapping = county(tmp_path, encoding=encoding)
    assert (tmp_path / "roads.cpg").exists()
    table = read_roads([path], mapping=mapping)
    assert set(zip(table.road_class, table.name, table.oneway, table.edge_way, strict=True)) == {
        ("trunk", "人民路", True, 31),
        ("track", "后山机耕路", True, 32),
        ("unclassified", "", False, 33),
    }
    trunk = table.road_class.tolist().index("trunk")
    assert table.max_height_m[trunk] == 4.5
    assert np.isnan(table.max_weight_t[trunk])  # databases write "no limit" as 0
    assert ((1, 2), (1, 0)) in joined(table)  # against its vertices
    assert table.report.fault_counts["unknown_class"] == 1
    assert table.report.fault_counts["unclear_oneway"] == 1
    assert table.report.fault_counts["bad_maxheight"] == 1


def test_gbk_names_without_a_cpg(tmp_path: Path) -> None:
    path, mapping = county(tmp_path, encoding="GBK")
    (tmp_path / "roads.cpg").unlink()
    assert "人民路" in read_roads([path], mapping=mapping).name


def test_a_zipped_shapefile(tmp_path: Path) -> None:
    path, mapping = county(tmp_path, encoding="GBK")
    plain = read_roads([path], mapping=mapping)
    packed = tmp_path / "道路.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in tmp_path.glob("roads.*"):
            archive.write(part, f"某县/{part.name}")
    assert read_roads([packed], mapping=mapping).version == plain.version


def test_a_file_without_crs_is_refused_and_read_with_one(tmp_path: Path) -> None:
    path, mapping = county(tmp_path)
    whole = read_roads([path], mapping=mapping)
    (tmp_path / "roads.prj").unlink()
    with pytest.raises(MissingCrs, match="--crs") as caught:
        read_roads([path], mapping=mapping)
    assert caught.value.remedy
    assert read_roads([path], mapping=mapping, crs="EPSG:4490").version == whole.version


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(Point(120, 28), ROAD)], "no road"),
        ([(line((0, 0), (1, 0)), {"class": "规划"})], "no road"),
    ],
)
def test_files_without_roads(tmp_path: Path, rows: list[Row], words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read_roads([write(tmp_path / "r.gpkg", rows)])


def test_bad_files_and_mappings_are_said(tmp_path: Path) -> None:
    path, mapping = county(tmp_path)
    mapping.write_text(COUNTY.replace('"DJ"', '"GRADE"'), encoding="utf-8")
    with pytest.raises(BadFile, match="GRADE"):
        read_roads([path], mapping=mapping)
    mapping.write_text("columns = 3", encoding="utf-8")
    with pytest.raises(BadFile, match=r"county\.toml"):
        read_roads([path], mapping=mapping)
    text = tmp_path / "text.gpkg"
    text.write_text("no lines here\n" * 30)
    with pytest.raises(BadFile, match=r"text\.gpkg"):
        read_roads([text])
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(BadFile, match=r"broken\.zip"):
        read_roads([broken])


def test_parts_of_a_multi_line_share_their_way(tmp_path: Path) -> None:
    both = MultiLineString([line((0, 0), (1, 0)), line((1, 0), (1, 1))])
    table = read_roads([write(tmp_path / "r.gpkg", [(both, ROAD)])])
    assert set(table.edge_way.tolist()) == {1}
    assert table.edges == 2


def test_ids_are_the_same_in_every_load(tmp_path: Path) -> None:
    rows = [(EAST, {**ROAD, "name": "a"}), (NORTH, {**ROAD, "name": "b"})]
    one = read_roads([write(tmp_path / "one.gpkg", rows)])
    metres = gpd.read_file(tmp_path / "one.gpkg").to_crs("EPSG:4549")
    metres.to_file(tmp_path / "two.shp", engine="pyogrio")
    two = read_roads([tmp_path / "two.shp"])
    assert one.edge_id == two.edge_id
    assert one.version == two.version


def osm_rows(path: Path) -> list[Row]:
    rules, rows = road_rules(), []
    ways = osmium.FileProcessor(str(path), osmium.osm.NODE | WAY).with_locations()
    for way in ways.with_filter(osmium.filter.EntityFilter(WAY)).with_filter(KeyFilter("highway")):
        tags = dict(way.tags)
        if tags["highway"] not in rules.keep:
            continue
        points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        cells = {
            "osm_id": way.id,
            "highway": tags["highway"],
            "name": tags.get("name", ""),
            "ref": tags.get("ref", ""),
            "oneway": tags.get("oneway", ""),
            "layer": int(tags.get("layer", 0)),
            "bridge": tags.get("bridge", ""),
            "tunnel": tags.get("tunnel", ""),
            "access": tags.get("access", ""),
        }
        rows.append((LineString(points), cells))
    return rows


NO_SIGNS = np.empty(0, dtype=object)


def no_barriers(*_: object) -> tuple[Barrier, ...]:
    """Lines have no gates; the city is read without its own."""
    return ()


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", "EPSG:4548"])
def test_guixi_as_a_shapefile_has_the_same_roads(
    tmp_path: Path, test_data: Path, crs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osm, "read_barriers", no_barriers)
    source = test_data / "osm" / "cn_guixi_county_city.osm.pbf"
    path = write(tmp_path / "guixi.shp", osm_rows(source), "EPSG:4326", encoding="UTF-8")
    if crs == "EPSG:4548":
        gpd.read_file(path).to_crs(crs).to_file(path, engine="pyogrio", encoding="UTF-8")
    elif crs == "EPSG:4490":  # the same degrees, declared as CGCS2000
        gpd.read_file(path).set_crs(crs, allow_override=True).to_file(path, encoding="UTF-8")
    by_osm, by_lines = read_roads([source]), read_roads([path])
    assert signature(by_lines) == signature(by_osm)
    assert by_lines.report.components == by_osm.report.components
    # One new road crosses the S206 without a node: apart in both, and listed.
    assert by_lines.report.fault_counts["crossing_apart"] == 1


def test_guixi_as_a_shapefile_gives_the_same_times(
    tmp_path: Path, test_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osm, "read_barriers", no_barriers)
    source = test_data / "osm" / "cn_guixi_county_city.osm.pbf"
    path = write(tmp_path / "guixi.shp", osm_rows(source), "EPSG:4490", encoding="GBK")
    tables = read_roads([source]), read_roads([path])
    first = tables[0]
    places = list(zip(first.node_lon.tolist(), first.node_lat.tolist(), strict=True))
    for profile in ("fire_tender", "foot"):
        by_osm, by_lines = (
            Roads.compile(replace(table, signs=NO_SIGNS), read_profiles()).times_to(
                places[7], places, profile=profile
            )
            for table in tables
        )
        np.testing.assert_array_equal(by_osm.road_s, by_lines.road_s)
        assert np.isfinite(by_osm.road_s).sum() > 200


def signature(table: RoadTable) -> Counter[tuple[Any, ...]]:
    """Every edge by its ends, length to the micrometre and attributes: all that times depend on."""
    lon, lat = table.node_lon.tolist(), table.node_lat.tolist()
    ends = zip(table.edge_from.tolist(), table.edge_to.tolist(), strict=True)
    columns = [
        *(table.length_m, table.road_class, table.name, table.ref, table.oneway, table.bridge),
        *(table.tunnel, table.layer, table.access, table.edge_way),
    ]
    cells = zip(*(column.tolist() for column in columns), strict=True)
    return Counter(
        (lon[a], lat[a], lon[b], lat[b], *row) for (a, b), row in zip(ends, cells, strict=True)
    )
