"""Road tables go to PostGIS and come back as they were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo import db
from geo.errors import Conflict, MixedData, NoRoads
from routing import store
from routing.sources import read_roads
from routing.store import load_roads, roads_version, save_roads
from routing.table import RoadTable
from tests.roadfiles import write_osm

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
SAME = (
    *("node_id", "node_lon", "node_lat", "node_component", "edge_from", "edge_to", "edge_way"),
    *("road_class", "name", "ref", "length_m", "oneway", "roundabout", "bridge", "tunnel"),
    *("ford", "layer", "access", "emergency", "reverse", "geom_start", "geom_lon", "geom_lat"),
)
LIMITS = ("speed_kph", "max_height_m", "max_weight_t", "max_width_m")


def town(folder: Path, first: int = 0) -> RoadTable:
    """A crossing with two loops on one node, a one-way street and a low bridge."""
    at = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.01, 0.01), 5: (0.012, 0.012)}
    at |= {6: (0.008, 0.012), 7: (0.02, 0.01)}
    nodes = {first + key: place for key, place in at.items()}
    ways = [
        (first + 11, [1, 2], {"highway": "primary", "name": "人民路", "maxspeed": "40"}),
        (first + 12, [2, 3], {"highway": "primary", "bridge": "yes", "maxheight": "3.5"}),
        (
            first + 13,
            [4, 2],
            {"highway": "residential", "oneway": "yes", "access": "private", "bus": "yes"},
        ),
        (first + 14, [2, 5, 6, 2], {"highway": "service", "emergency": "yes"}),
        (first + 15, [2, 4, 6, 2], {"highway": "service"}),
        (first + 16, [3, 7, 3], {"highway": "track", "ford": "yes"}),
    ]
    moved = [(key, [first + ref for ref in refs], tags) for key, refs, tags in ways]
    turn = [("way", first + 11, "from"), ("way", first + 14, "via"), ("way", first + 12, "to")]
    tags = {"type": "restriction", "restriction:hgv": "no_u_turn", "except": "psv;emergency"}
    gate = {"barrier": "gate", "access": "private", "maxheight": "2.5"}
    path = write_osm(
        folder / "town.osm", nodes, moved, [(first + 1, turn, tags)], {first + 7: gate}
    )
    return read_roads([path])


def assert_same(one: RoadTable, other: RoadTable) -> None:
    assert one.edge_id == other.edge_id
    for key in SAME:
        assert getattr(one, key).tolist() == getattr(other, key).tolist(), key
    for key in LIMITS:
        np.testing.assert_array_equal(getattr(one, key), getattr(other, key), err_msg=key)
    assert one.restrictions == other.restrictions
    assert one.barriers == other.barriers
    assert (one.signs == other.signs).all()
    assert one.version == other.version


def test_a_small_town_comes_back_as_it_was(engine: Engine, tmp_path: Path) -> None:
    table = town(tmp_path)
    save_roads(engine, table, source="town", synthetic=True, now=NOW)
    with db.session(engine) as session:
        back = load_roads(session)
        assert roads_version(session) == table.version
        layers = dict(session.execute(text("SELECT layer, version FROM layer_version")).all())
    assert_same(table, back)
    assert back.report == table.report
    assert layers == {"road": 1, "base": 1}


@pytest.mark.parametrize("city", ["cn_guixi_county_city", "cn_jinan", "andorra", "porto_portugal"])
def test_a_real_city_comes_back_as_it_was(engine: Engine, test_data: Path, city: str) -> None:
    table = read_roads([test_data / "osm" / f"{city}.osm.pbf"])
    save_roads(engine, table, source=city, synthetic=False, now=NOW)
    with db.session(engine) as session:
        assert_same(table, load_roads(session))


def test_loading_again_replaces_its_own_source(engine: Engine, tmp_path: Path) -> None:
    table, beyond = town(tmp_path), town(tmp_path, first=1000)
    for _ in range(2):
        save_roads(engine, table, source="town", synthetic=True, now=NOW)
        save_roads(engine, beyond, source="beyond", synthetic=True, now=NOW)
    with db.session(engine) as session:
        both = load_roads(session)
        assert both.edges == table.edges + beyond.edges
        assert both.version == roads_version(session) != table.version
        assert session.scalar(text("SELECT count(*) FROM road_set")) == 2
        # Two pieces that the sources each called 0.
        assert sorted(set(both.node_component.tolist())) == [0, 1]


def test_the_same_roads_from_two_sources_are_refused(engine: Engine, tmp_path: Path) -> None:
    table = town(tmp_path)
    save_roads(engine, table, source="town", synthetic=True, now=NOW)
    with pytest.raises(Conflict):
        save_roads(engine, table, source="copy", synthetic=True, now=NOW)
    with db.session(engine) as session:
        assert load_roads(session).edges == table.edges


def test_synthetic_and_real_roads_do_not_meet(engine: Engine, tmp_path: Path) -> None:
    save_roads(engine, town(tmp_path), source="town", synthetic=True, now=NOW)
    with pytest.raises(MixedData):
        save_roads(engine, town(tmp_path, first=50), source="x", synthetic=False, now=NOW)


def test_no_roads_is_said(session: Session) -> None:
    assert roads_version(session) is None
    with pytest.raises(NoRoads):
        load_roads(session)


def test_a_load_broken_off_half_way_leaves_what_was_there(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = town(tmp_path)
    save_roads(engine, table, source="town", synthetic=True, now=NOW)
    rows = store._edge_rows

    def half(table: RoadTable, source: str) -> Iterator[tuple[Any, ...]]:
        yield from list(rows(table, source))[: table.edges // 2]
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_edge_rows", half)
    with pytest.raises(KeyboardInterrupt):
        save_roads(engine, town(tmp_path, first=500), source="town", synthetic=True, now=NOW)
    with db.session(engine) as session:
        assert_same(table, load_roads(session))
        assert session.scalar(text("SELECT version FROM layer_version WHERE layer = 'road'")) == 1
