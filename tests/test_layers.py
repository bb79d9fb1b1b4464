"""What the map shows: vector tiles of the base map, places and closures as GeoJSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import InvalidInput
from geo.intake.base import read_base, save_base
from layers.features import places
from layers.tiles import TileCache, base_version, tile
from routing.sources import read_roads
from routing.store import save_roads
from tests.mvt import decode
from tests.roadfiles import write_osm

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
LON, LAT = 123.0, 28.0


def square(first: int, east: float, north: float, side: float) -> dict[int, tuple[float, float]]:
    corners = ((0, 0), (side, 0), (side, side), (0, side))
    return {first + i: (LON + east + x, LAT + north + y) for i, (x, y) in enumerate(corners)}


def ring(first: int) -> list[int]:
    return [first, first + 1, first + 2, first + 3, first]


@pytest.fixture
def town(tmp_path: Path, session: Session) -> Session:
    """A town in the middle of a tile: two streets, a lake, a wood, a house, a township."""
    nodes = {**square(1, 0.001, 0.001, 0.006), **square(11, -0.015, 0.001, 0.004)}
    nodes |= {**square(21, -0.002, 0.001, 0.0003), **square(31, -0.2, -0.2, 0.4)}
    nodes |= {41: (LON - 0.02, LAT), 42: (LON, LAT), 43: (LON + 0.02, LAT), 44: (LON, LAT + 0.02)}
    nodes |= {51: (LON - 0.01, LAT + 0.005), 52: (LON - 0.001, LAT + 0.006)}
    street = {"highway": "primary", "name": "人民路", "ref": "S206"}
    ways = [
        (101, ring(1), {"natural": "water", "name": "明湖"}),
        (102, ring(11), {"landuse": "forest"}),
        (103, ring(21), {"building": "yes"}),
        (104, ring(31), {"boundary": "administrative", "admin_level": "8", "name": "望湖镇"}),
        (105, [41, 42], street),
        (106, [42, 43], {**street, "bridge": "yes"}),
        (107, [42, 44], {"highway": "service"}),
    ]
    tags = {51: {"place": "town", "name": "望湖"}, 52: {"place": "hamlet", "name": "小村"}}
    path = write_osm(tmp_path / "town.osm", nodes, ways, node_tags=tags)
    save_roads(session, read_roads([path]), source="town", synthetic=True, now=NOW)
    save_base(session, read_base([path]), source="town", synthetic=True, now=NOW)
    return session


def layers_at(session: Session, zoom: int) -> Mapping[str, list[dict[str, Any]]]:
    """The features of the town's tile at a zoom."""
    n = 2**zoom
    x = int((LON + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(LAT + 0.0005))) / math.pi) / 2 * n)
    return decode(tile(session, zoom, x, y))


def test_a_close_tile_holds_every_layer(town: Session) -> None:
    found = layers_at(town, 14)
    assert {key: len(features) for key, features in found.items()} == {
        "landuse": 1,
        "water": 1,
        "building": 1,
        "road": 3,
        "road_label": 1,
        "place": 2,
        "district_label": 1,
    }
    assert found["water"][0] == {"kind": "water", "name": "明湖"}
    assert found["landuse"][0] == {"kind": "forest"}
    assert {"class": "primary", "name": "人民路", "ref": "S206", "bridge": True} in found["road"]
    # The bridge and the street before it bear one label.
    assert found["road_label"] == [{"class": "primary", "name": "人民路", "ref": "S206"}]
    assert {"kind": "town", "name": "望湖", "rank": 2} in found["place"]
    assert found["district_label"] == [{"name": "望湖镇"}]


@pytest.mark.parametrize(
    ("zoom", "roads", "shown"),
    [
        (7, set(), set()),
        (8, {"primary"}, {"district", "place", "road"}),
        (12, {"primary"}, {"district_label", "landuse", "place", "road", "road_label", "water"}),
        (14, {"primary", "service"}, None),
    ],
)
def test_far_tiles_hold_less(
    town: Session, zoom: int, roads: set[str], shown: set[str] | None
) -> None:
    found = layers_at(town, zoom)
    assert {road["class"] for road in found.get("road", [])} == roads
    if shown is not None:
        assert shown <= set(found) <= shown | {"district", "water", "district_label"}


def test_an_empty_tile_is_empty(town: Session, session: Session) -> None:
    assert tile(town, 14, 0, 0) == b""


@pytest.mark.parametrize("address", [(3, 8, 0), (3, 0, -1), (-1, 0, 0), (40, 0, 0)])
def test_a_tile_off_the_grid_is_refused(session: Session, address: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidInput):
        tile(session, *address)


def test_the_version_rises_with_each_load(town: Session, tmp_path: Path) -> None:
    before = base_version(town)
    path = tmp_path / "town.osm"
    save_base(town, read_base([path]), source="town", synthetic=True, now=NOW)
    assert base_version(town) == before + 1


def test_the_cache_makes_a_tile_once_and_forgets_the_oldest() -> None:
    cache, made = TileCache(most_bytes=10), []

    def maker(key: object) -> bytes:
        return cache.get(key, lambda: (made.append(key), b"12345")[1])

    assert [maker(key) for key in ((1, "", 0), (1, "", 0), (2, "", 0))] == [b"12345"] * 3
    maker((1, "", 0))
    maker((1, "D04", 0))  # other rights, another tile; the one asked for longest ago goes
    assert made == [(1, "", 0), (2, "", 0), (1, "D04", 0)]
    maker((1, "", 0))
    maker((2, "", 0))
    assert made[3:] == [(2, "", 0)]
    assert len(cache) == 2


@pytest.fixture
def stocked(session: Session) -> Session:
    """A factory and two teams; the second team a degree further east."""
    common = "source, source_key, department_code, category, name, geom"
    department = session.scalar(text("SELECT min(code) FROM department"))
    session.execute(
        text(
            f"INSERT INTO risk_source (id, people, {common}) SELECT gen_random_uuid(), 30, 't',"
            " 'r1', :d, 'R001', '化工厂', ST_SetSRID(ST_MakePoint(123, 28), 4326)"
        ),
        {"d": department},
    )
    for number, lon in enumerate((123.0, 124.0)):
        session.execute(
            text(
                f"INSERT INTO resource (id, kind, status, {common}) SELECT gen_random_uuid(),"
                " 'team', 'standby', 't', :key, :d, 'S013', :name,"
                " ST_SetSRID(ST_MakePoint(:lon, 28), 4326)"
            ),
            {"d": department, "key": f"s{number}", "name": f"{number} 队", "lon": lon},
        )
    return session


@pytest.mark.parametrize(
    ("asked", "names", "truncated"),
    [
        ({}, ["化工厂", "0 队", "1 队"], False),
        ({"categories": ["S013"]}, ["0 队", "1 队"], False),
        ({"categories": []}, [], False),
        ({"bbox": (122.9, 27.9, 123.0, 28.0)}, ["化工厂", "0 队"], False),
        ({"bbox": (0, 0, 1, 1)}, [], False),
        ({"limit": 1, "categories": ["R001", "S013"]}, ["化工厂"], True),
        ({"limit": 3}, ["化工厂", "0 队", "1 队"], False),
    ],
)
def test_places(stocked: Session, asked: dict[str, Any], names: list[str], truncated: bool) -> None:
    found = places(stocked, **asked)
    assert sorted(f["properties"]["name"] for f in found["features"]) == sorted(names)
    assert found["truncated"] is truncated


def test_what_is_not_known_of_a_place_is_left_out(stocked: Session) -> None:
    (risk,) = places(stocked, categories=["R001"])["features"]
    assert risk["properties"] == {
        "id": risk["id"],
        "category": "R001",
        "kind": "risk",
        "name": "化工厂",
        "people": 30,
    }


@pytest.mark.parametrize("bbox", [(2, 0, 1, 1), (0, 0, 200, 1), (float("nan"), 0, 1, 1)])
def test_a_box_that_is_none_is_refused(
    session: Session, bbox: tuple[float, float, float, float]
) -> None:
    with pytest.raises(InvalidInput):
        places(session, bbox=bbox)
