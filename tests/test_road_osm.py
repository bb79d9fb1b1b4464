"""Roads from OpenStreetMap: tiny files whose tables fit on paper, and the real cities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import BadFile
from routing.sources import read_roads
from routing.table import Barrier, Restriction, RoadTable
from tests.roadfiles import write_osm

# 1 - 2 - 3 - 4 eastwards, 5 north of 2; a hundredth of a degree is 1.1 km.
NODES = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.03, 0.0), 5: (0.01, 0.01)}
ROAD = {"highway": "residential"}


def read(
    folder: Path,
    ways: Sequence[tuple[int, Sequence[int], Mapping[str, str]]],
    nodes: Mapping[int, tuple[float, float]] = NODES,
    **more: Any,
) -> RoadTable:
    return read_roads([write_osm(folder / "roads.osm", nodes, ways, **more)])


def pairs(table: RoadTable) -> list[tuple[int, int]]:
    ids = table.node_id
    return [(int(ids[a]), int(ids[b])) for a, b in zip(table.edge_from, table.edge_to, strict=True)]


def faults(table: RoadTable) -> dict[str, int]:
    return dict(table.report.fault_counts)


def test_a_chain_is_one_edge_each_way(tmp_path: Path) -> None:
    table = read(tmp_path, [(7, [1, 2], ROAD), (6, [2, 3, 4], ROAD)])
    assert table.edge_id == ("6:1:4:0", "6:4:1:0")  # the smallest of the ways it spans
    assert table.reverse.tolist() == [1, 0]
    assert table.drawn.tolist() == [True, False]
    assert table.length_m.tolist() == pytest.approx([3339.585] * 2, abs=0.01)
    assert table.vertices(1).tolist() == [[0.03, 0], [0.02, 0], [0.01, 0], [0, 0]]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, [(1, 2), (2, 1)]),
        ({"oneway": "yes"}, [(1, 2)]),
        ({"oneway": "1"}, [(1, 2)]),
        ({"oneway": "-1"}, [(2, 1)]),
        ({"oneway": "no", "junction": "roundabout"}, [(1, 2), (2, 1)]),
        ({"junction": "roundabout"}, [(1, 2)]),
        ({"highway": "motorway"}, [(1, 2)]),
        ({"highway": "motorway", "oneway": "no"}, [(1, 2), (2, 1)]),
        ({"highway": "footway", "oneway": "yes"}, [(1, 2), (2, 1)]),
        ({"highway": "footway", "oneway": "yes", "motor_vehicle": "yes"}, [(1, 2)]),
        ({"highway": "steps", "oneway": "yes", "motor_vehicle": "yes"}, [(1, 2), (2, 1)]),
        ({"oneway": "reversible"}, [(1, 2), (2, 1)]),
    ],
)
def test_one_way(tmp_path: Path, tags: Mapping[str, str], expected: list[tuple[int, int]]) -> None:
    table = read(tmp_path, [(7, [1, 2], {**ROAD, **tags})])
    assert pairs(table) == expected
    assert ("unclear_oneway" in faults(table)) == (tags.get("oneway") == "reversible")


def test_a_one_way_chain_goes_on_in_its_own_sense_only(tmp_path: Path) -> None:
    one = {**ROAD, "oneway": "yes"}
    along = read(tmp_path, [(7, [1, 2], one), (8, [2, 3], one)])
    assert pairs(along) == [(1, 3)]
    against = read(tmp_path, [(7, [1, 2], one), (8, [3, 2], one)])
    assert pairs(against) == [(1, 2), (3, 2)]
    assert faults(against)["one_way_trap"] >= 1


@pytest.mark.parametrize(
    "change",
    [
        {"name": "人民路"},
        {"bridge": "yes"},
        {"tunnel": "yes"},
        {"layer": "1"},
        {"maxspeed": "30"},
        {"maxheight": "3.5"},
        {"maxweight": "10"},
        {"maxwidth": "2"},
        {"access": "private"},
        {"ford": "yes"},
        {"emergency": "yes"},
        {"highway": "track"},
        {"oneway": "yes"},
    ],
)
def test_a_chain_breaks_where_an_attribute_changes(
    tmp_path: Path, change: Mapping[str, str]
) -> None:
    table = read(tmp_path, [(7, [1, 2], ROAD), (8, [2, 3], {**ROAD, **change})])
    assert sorted(set(pairs(table))) in (
        [(1, 2), (2, 1), (2, 3), (3, 2)],
        [(1, 2), (2, 1), (2, 3)],
    )


def test_attributes_are_kept(tmp_path: Path) -> None:
    tags = {
        "highway": "primary",
        "name": "人民路",
        "ref": "G104",
        "maxspeed": "60",
        "bridge": "viaduct",
        "layer": "2",
        "maxheight": "4.5",
        "maxweight": "20",
        "motor_vehicle": "no",
        "access": "yes",
        "emergency": "designated",
    }
    table = read(tmp_path, [(7, [1, 2], tags)])
    row = {
        key: getattr(table, key)[0]
        for key in (
            *("road_class", "name", "ref", "speed_kph", "bridge", "tunnel", "layer"),
            *("max_height_m", "max_weight_t", "access", "emergency"),
        )
    }
    assert row == {
        "road_class": "primary",
        "name": "人民路",
        "ref": "G104",
        "speed_kph": 60,
        "bridge": True,
        "tunnel": False,
        "layer": 2,
        "max_height_m": 4.5,
        "max_weight_t": 20,
        "access": "no",
        "emergency": "designated",
    }
    assert np.isnan(table.max_width_m[0])


def test_loops_and_parallels_have_ids_of_their_own(tmp_path: Path) -> None:
    loop = [(7, [1, 2], ROAD), (8, [2, 3, 5, 2], ROAD)]  # a cul-de-sac loop
    table = read(tmp_path, loop)
    assert table.edge_id == ("7:1:2:0", "7:2:1:0", "8:2:2:0", "8:2:2:1")
    assert table.reverse.tolist() == [1, 0, 3, 2]
    twins = read(tmp_path, [(7, [1, 2, 3], ROAD), (8, [1, 5, 3], ROAD), (9, [1, 4, 3], ROAD)])
    assert len(set(twins.edge_id)) == 6


def test_a_ring_without_a_junction_is_kept(tmp_path: Path) -> None:
    table = read(tmp_path, [(7, [2, 3, 5, 2], ROAD)])
    assert table.edge_id == ("7:2:2:0", "7:2:2:1")
    assert table.km == pytest.approx(1.113 + 1.570 + 1.106, abs=0.01)


def test_ids_do_not_depend_on_the_order_in_the_file(tmp_path: Path) -> None:
    ways = [(7, [1, 2, 3], ROAD), (8, [1, 5, 3], ROAD), (9, [3, 4], {**ROAD, "oneway": "-1"})]
    one, other = read(tmp_path, ways), read(tmp_path, ways[::-1])
    assert one.edge_id == other.edge_id
    assert one.version == other.version


def test_pieces_are_numbered_and_strays_reported(tmp_path: Path) -> None:
    nodes = {**NODES, 11: (1, 1), 12: (1.01, 1), 21: (2, 2), 22: (2.001, 2), 23: (2.0015, 2)}
    ways = [(7, [1, 2, 3], ROAD), (8, [11, 12], ROAD), (9, [21, 22, 23], ROAD)]
    table = read(tmp_path, ways, nodes)
    assert table.node_id.tolist() == [1, 3, 11, 12]
    assert table.node_component.tolist() == [0, 0, 1, 1]
    (stray,) = table.report.dropped
    assert (stray.reason, stray.ways, stray.nodes) == ("stray", 1, 3)
    assert stray.km == pytest.approx(0.167, abs=0.001)
    assert table.report.component_km == (2.226, pytest.approx(1.113, abs=0.001))


def test_what_is_no_road_is_left_out_and_said(tmp_path: Path) -> None:
    ways = [
        (7, [1, 2], ROAD),
        (8, [2, 3, 5, 2], {"highway": "pedestrian", "area": "yes"}),
        (9, [2, 5], {"highway": "construction"}),
        (10, [3, 4], {"highway": "raceway"}),
        (11, [3, 4], {"railway": "rail"}),
    ]
    table = read(tmp_path, ways)
    assert pairs(table) == [(1, 2), (2, 1)]
    assert {d.reason: d.ways for d in table.report.dropped} == {
        "area": 1,
        "not_open": 1,
        "not_a_road": 1,
    }


def test_faults_are_listed(tmp_path: Path) -> None:
    nodes = {**NODES, 6: (0.03, 0.0), 7: (0.04, 0)}  # 6 stands on 4
    ways = [
        (7, [1, 2, 2, 3, 4], {**ROAD, "maxspeed": "0"}),
        (8, [6, 7], ROAD),
        (9, [5], ROAD),
        (10, [4, 6], {"highway": "service"}),
    ]
    table = read(tmp_path, ways, nodes)
    assert faults(table) == {
        "bad_maxspeed": 1,
        "duplicate_node": 1,
        "one_node": 1,
        "repeated_node": 1,
        "zero_length": 1,
    }
    assert np.isnan(table.speed_kph).all()
    assert (table.node_component == 0).all()
    duplicate = next(f for f in table.report.faults if f.kind == "duplicate_node")
    assert (duplicate.lon, duplicate.lat, duplicate.detail) == (0.03, 0.0, "4 6")


def test_a_way_past_the_bounds_is_cut_where_its_nodes_are_missing(tmp_path: Path) -> None:
    ways = [(7, [1, 2, 88, 3, 4], ROAD), (8, [5, 99], ROAD), (9, [2, 5], ROAD)]
    table = read(tmp_path, ways)
    assert (3, 4) in pairs(table)
    assert (2, 3) not in pairs(table)
    assert faults(table) == {"missing_nodes": 2}


def test_turn_restrictions_and_barriers_are_read(tmp_path: Path) -> None:
    turn = [("way", 7, "from"), ("node", 2, "via"), ("way", 8, "to")]
    table = read(
        tmp_path,
        [(7, [1, 2], ROAD), (8, [2, 3], ROAD), (9, [2, 5], ROAD)],
        relations=[
            (1, turn, {"type": "restriction", "restriction": "no_left_turn"}),
            (2, turn[:2], {"type": "restriction", "restriction": "no_u_turn"}),
            (3, turn, {"type": "restriction", "restriction": "no_dancing"}),
            (4, [*turn[:2], ("way", 8, "")], {"type": "restriction", "restriction": "no_exit"}),
            (5, [*turn[:2], ("node", 3, "to")], {"type": "restriction", "restriction": "no_exit"}),
            (6, [*turn, ("way", 9, "via")], {"type": "restriction", "restriction": "no_exit"}),
        ],
        node_tags={3: {"barrier": "gate"}, 4: {"barrier": "gate"}},
    )
    assert table.restrictions == (Restriction("no_left_turn", 7, 2, 8, relation=1),)
    assert faults(table) == {
        "restriction_missing_member": 1,
        "restriction_several_vias": 1,
        "restriction_unknown_kind": 1,
        "restriction_wrong_role": 1,
        "restriction_wrong_type": 1,
    }
    assert {fault.detail for fault in table.report.faults if fault.way == 7} == {
        f"relation {number}" for number in (2, 3, 4, 5, 6)
    }
    assert table.report.barriers == {"gate": 1}  # the other stands on no road
    assert table.barriers == (Barrier(3, "gate"),)


def test_two_extracts_that_overlap_count_a_way_once(tmp_path: Path) -> None:
    west = write_osm(tmp_path / "w.osm", {1: NODES[1], 2: NODES[2]}, [(7, [1, 2, 3], ROAD)])
    east = write_osm(tmp_path / "e.osm", NODES, [(7, [1, 2, 3], ROAD), (8, [3, 4], ROAD)])
    table = read_roads([east, west])
    assert table.edge_id == ("7:1:4:0", "7:4:1:0")


def test_ways_before_their_nodes_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "unsorted.osm"
    path.write_text(
        '<osm version="0.6"><way id="7" version="1"><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="road"/></way><node id="1" lon="0" lat="0" version="1"/>'
        '<node id="2" lon="0.01" lat="0" version="1"/></osm>'
    )
    assert read_roads([path]).edge_id == ("7:1:2:0", "7:2:1:0")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.osm.pbf", None, "no file"),
        ("empty.osm.pbf", b"", "empty"),
        ("empty.osm", b"", "empty"),
        ("text.pbf", b"these are not roads\n" * 40, "OpenStreetMap"),
        ("broken.osm", b'<osm version="0.6"><node id="1" lon="0"', "OpenStreetMap"),
        ("other.osm", b'<osm version="0.6"></osm>', "no road"),
        ("roads.doc", b"x", "one kind"),
    ],
)
def test_a_bad_file_is_said_with_the_remedy(
    tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile, match=words) as caught:
        read_roads([path])
    assert caught.value.remedy
    assert name in str(caught.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="not a file"):
        read_roads([tmp_path])


def test_a_file_without_roads_is_refused_though_the_first_has_some(tmp_path: Path) -> None:
    one = write_osm(tmp_path / "one.osm", NODES, [(7, [1, 2], ROAD)])
    two = write_osm(tmp_path / "two.osm", NODES, [(8, [1, 2], {"waterway": "river"})])
    with pytest.raises(BadFile, match=r"two\.osm"):
        read_roads([one, two])


def test_a_truncated_city_is_refused(tmp_path: Path, test_data: Path) -> None:
    whole = (test_data / "osm" / "andorra.osm.pbf").read_bytes()
    for share in (0.1, 0.5, 0.9):
        path = tmp_path / "cut.osm.pbf"
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BadFile, match="too early"):
            read_roads([path])


@pytest.mark.parametrize(
    ("city", "nodes", "km", "restrictions"),
    [
        ("cn_guixi_county_city", 328, 115.5, 0),
        ("cn_jinan", 10_313, 3_482.6, 0),
        ("andorra", 6_620, 1_782.6, 63),
        ("porto_portugal", 71_422, 10_686.7, 350),
    ],
)
def test_real_cities(test_data: Path, city: str, nodes: int, km: float, restrictions: int) -> None:
    table = read_roads([test_data / "osm" / f"{city}.osm.pbf"])
    assert (table.nodes, len(table.restrictions)) == (nodes, restrictions)
    assert table.km == pytest.approx(km, abs=0.1)
    assert table.report.km_in == pytest.approx(
        table.km + sum(d.km for d in table.report.dropped if d.reason == "stray"), abs=0.01
    )
    assert len(set(table.edge_id)) == table.edges
    two_way = table.reverse >= 0
    back = table.reverse[two_way]
    assert (table.reverse[back] == np.flatnonzero(two_way)).all()
    assert (table.length_m[back] == table.length_m[two_way]).all()
    assert (table.edge_from[back] == table.edge_to[two_way]).all()
    assert (table.oneway == ~two_way).all()
    assert (table.geom_lon[table.geom_start[:-1]] == table.node_lon[table.edge_from]).all()
    assert (table.geom_lat[table.geom_start[1:] - 1] == table.node_lat[table.edge_to]).all()
