"""The base map's areas and names: read from OpenStreetMap, kept in PostGIS."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import BadFile
from geo.intake.base import BaseMap, read_base, save_base
from tests.roadfiles import write_osm

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


def square(first: int, lon: float, lat: float, side: float) -> dict[int, tuple[float, float]]:
    corners = ((0, 0), (side, 0), (side, side), (0, side))
    return {first + i: (lon + x, lat + y) for i, (x, y) in enumerate(corners)}


def ring(first: int) -> list[int]:
    return [first, first + 1, first + 2, first + 3, first]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    nodes = {**square(1, 0, 0, 0.02), **square(11, 0.005, 0.005, 0.005)}  # a lake, its island
    nodes |= {**square(21, 0.03, 0, 0.001), **square(31, -0.1, -0.1, 0.3)}
    nodes |= {41: (0.03, 0.03), 42: (0.04, 0.03), 43: (0.05, 0.04), 51: (0.03, 0.01)}
    ways = [
        (101, ring(1), {}),
        (102, ring(11), {"natural": "wood", "name": "湖心林"}),
        (103, ring(21), {"building": "yes"}),
        (104, ring(31), {"boundary": "administrative", "admin_level": "8", "name": "望湖镇"}),
        (105, [41, 42, 43], {"waterway": "stream", "name": "小溪"}),
        (106, [41, 42, 99], {"waterway": "stream"}),  # runs past the extract
        (107, ring(21), {"amenity": "fuel"}),  # nothing the base map shows
    ]
    lake = [("w", 101, "outer"), ("w", 102, "inner")]
    members = [("way", ref, role) for _, ref, role in lake]
    relation = (201, members, {"type": "multipolygon", "natural": "water", "name": "明湖"})
    tags = {51: {"place": "town", "name": "望湖"}, 41: {"natural": "peak"}}
    return write_osm(tmp_path / "town.osm", nodes, ways, [relation], tags)


def test_areas_names_and_borders_are_read(town: Path) -> None:
    base = read_base([town])
    assert [(a.key, a.kind, a.subkind, a.name) for a in base.areas] == [
        ("relation/201", "water", "water", "明湖"),
        ("way/102", "landuse", "forest", "湖心林"),
        ("way/103", "building", "yes", None),
        ("way/105", "water", "stream", "小溪"),
        ("way/106", "water", "stream", None),
    ]
    assert [(n.kind, n.name, n.rank, n.of_area) for n in base.names] == [
        ("town", "望湖", 2, False),
        ("water", "明湖", 4, True),
    ]
    assert [d.name for d in base.districts] == ["望湖镇"]
    assert base.broken == 0


def test_a_base_map_replaces_its_own_source_only(session: Session, town: Path) -> None:
    base = read_base([town, town])
    for source in ("one", "one", "two"):
        save_base(session, base, source=source, synthetic=True, now=NOW, files=[town])
    count = "SELECT count(*) FROM {} WHERE source = 'one'"
    assert session.scalar(text(count.format("base_area"))) == 5
    assert session.scalar(text(count.format("base_name"))) == 2
    hole = "SELECT ST_NumInteriorRings(ST_GeometryN(geom, 1)) FROM base_area WHERE name = '明湖'"
    assert session.scalar(text(hole + " AND source = 'one'")) == 1
    assert session.scalar(text("SELECT version FROM layer_version WHERE layer = 'base'")) == 3


def test_the_countys_own_districts_win(session: Session, town: Path) -> None:
    base = read_base([town])
    save_base(session, base, source="osm", synthetic=True, now=NOW)
    names = "SELECT source, name FROM district ORDER BY 1"
    assert session.execute(text(names)).all() == [("osm", "望湖镇")]
    session.execute(text("UPDATE district SET attributes = '{}', source = 'county'"))
    save_base(session, base, source="osm", synthetic=True, now=NOW)
    assert session.execute(text(names)).all() == [("county", "望湖镇")]


def test_a_file_of_roads_alone_gives_an_empty_map(tmp_path: Path) -> None:
    path = write_osm(
        tmp_path / "r.osm", {1: (0, 0), 2: (0, 1)}, [(1, [1, 2], {"highway": "primary"})]
    )
    assert read_base([path]) == BaseMap((), (), (), 0)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.osm.pbf"
    path.write_text("not a map\n" * 50)
    with pytest.raises(BadFile, match="notes"):
        read_base([path])
