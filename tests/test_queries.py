"""Questions to the database, asked of a town whose answers fit on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo import db, queries
from geo.cluster import Cluster
from geo.domain import Closure
from geo.errors import InvalidInput, NotFound
from server import closurelog
from tests.conftest import fresh_database
from tests.town import NOW, box, key, load_town

EVERYTHING = box(122.0, 27.0, 124.0, 29.0)
NOWHERE = box(100.0, 10.0, 101.0, 11.0)


@pytest.fixture(scope="module")
def town(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The town, in a database that the tests of this file share; ``session`` has an empty one."""
    with fresh_database(cluster, template) as url:
        made = db.engine(url)
        load_town(made, tmp_path_factory.mktemp("town"))
        yield made
        made.dispose()


@pytest.fixture
def asked(town: Engine) -> Iterator[Session]:
    """A transaction in the town, undone afterwards."""
    with Session(town) as opened:
        yield opened
        opened.rollback()


@pytest.mark.parametrize(
    ("zone", "names"),
    [
        (EVERYTHING, {"东港化工厂", "河西小学"}),
        (box(123.005, 27.99, 123.02, 28.01), {"东港化工厂"}),
        (box(123.01, 27.99, 123.02, 28.01), {"东港化工厂"}),  # on the edge: inside
        (box(123.0100001, 27.99, 123.02, 28.01), set()),
        (NOWHERE, set()),
    ],
)
def test_risks_within_a_zone(asked: Session, zone: dict[str, Any], names: set[str]) -> None:
    assert {risk.name for risk in queries.risks_within(asked, zone)} == names


def test_a_risk_source_is_in_the_zone_that_its_shape_touches(asked: Session) -> None:
    asked.execute(
        text("UPDATE risk_source SET shape = ST_Buffer(geom, 0.005) WHERE source_key = 'plant'")
    )
    found = queries.risks_within(asked, box(123.013, 27.999, 123.014, 28.001))
    assert [risk.id for risk in found] == [key("plant")]


@pytest.mark.parametrize(
    ("radius_m", "names"),
    [(0, []), (900, []), (1100, ["东港化工厂"]), (6000, ["东港化工厂", "河西小学"])],
)
def test_risks_near_a_point_nearest_first(
    asked: Session, radius_m: float, names: list[str]
) -> None:
    found = queries.risks_near(asked, (123.02, 28.0), radius_m)
    assert [risk.name for risk in found] == names


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, {"市救援大队", "河西救援分队", "河西避灾点", "东港储备站"}),
        ({"kinds": ["team"]}, {"市救援大队", "河西救援分队"}),
        ({"kinds": []}, set()),
        ({"categories": ["S077", "S013"]}, {"市救援大队", "河西避灾点"}),
        ({"kinds": ["team"], "categories": ["S077"]}, set()),
        ({"at": (123.08, 28.0), "within_m": 1000}, {"河西避灾点", "河西救援分队"}),
        ({"at": (0.0, 0.0), "within_m": 1000}, set()),
    ],
)
def test_resources_by_kind_category_and_place(
    asked: Session, wanted: dict[str, Any], names: set[str]
) -> None:
    assert {found.name for found in queries.resources(asked, **wanted)} == names


def test_resources_with_a_point_come_nearest_first(asked: Session) -> None:
    found = queries.resources(asked, at=(123.08, 28.0))
    assert [r.name for r in found] == ["河西避灾点", "河西救援分队", "东港储备站", "市救援大队"]


def test_a_resource_says_what_is_known_and_what_is_not(asked: Session) -> None:
    brigade, hall = (queries.resources(asked, categories=[c])[0] for c in ("S013", "S077"))
    assert (brigade.kind, brigade.members, brigade.turnout_s) == ("team", 30, 300)
    assert (brigade.capacity, brigade.occupied, brigade.phone) == (None, None, None)
    assert (hall.capacity, hall.occupied, hall.status, hall.turnout_s) == (200, 50, "ready", None)
    assert brigade.department == "D01"  # the category's steward, where the row names none
    assert brigade.provenance.source == "town"
    assert brigade.provenance.synthetic
    assert brigade.provenance.updated_at is None


def test_stock_lies_where_it_is_kept(asked: Session) -> None:
    (water,) = queries.stocks(asked)
    assert (water.kind, water.quantity, water.unit, water.at) == (
        "stock",
        1200,
        "瓶",
        (123.03, 28.0),
    )
    assert water.attributes == {"place_id": str(key("depot")), "expires_on": "2027-01-31"}
    assert queries.stocks(asked, categories=["S102"]) == ()


def test_one_place_in_full(asked: Session) -> None:
    plant, hall, water = (queries.place(asked, key(k)) for k in ("plant", "hall", "water"))
    assert (plant.kind, plant.people, plant.capacity, plant.township) == (
        "risk",
        40,
        None,
        "东港镇",
    )
    assert (hall.kind, hall.people, hall.capacity, hall.township) == (
        "shelter",
        None,
        200,
        "河西乡",
    )
    assert (water.kind, water.quantity, water.unit, water.lon) == ("stock", 1200, "瓶", 123.03)
    assert (hall.category_zh, hall.synthetic) == ("乡镇街道避灾安置场所", True)
    with pytest.raises(NotFound):
        queries.place(asked, uuid4())


@pytest.mark.parametrize(
    ("zone", "day", "night"),
    [
        (EVERYTHING, 340, 430),
        (box(123.0, 27.99, 123.02, 28.01), 300, 30),
        (box(123.055, 27.99, 123.065, 28.01), 0, 0),  # a cell where nobody lives
        (NOWHERE, 0, 0),
    ],
)
def test_people_within_a_zone(asked: Session, zone: dict[str, Any], day: int, night: int) -> None:
    people = queries.people_within(asked, zone)
    assert people is not None
    assert (people.day, people.night) == (day, night)
    assert people.provenance.source == "小城人口"


def test_no_population_layer_is_not_an_empty_zone(session: Session) -> None:
    assert queries.people_within(session, EVERYTHING) is None
    assert queries.cells_within(session, EVERYTHING) == ()


def test_cells_know_their_district(asked: Session) -> None:
    cells = queries.population_cells(asked)
    assert {(c.at[0], c.day, c.night, c.district) for c in cells} == {
        (123.01, 100, 10, "东港镇"),
        (123.02, 200, 20, "东港镇"),
        (123.06, 0, 0, "河西乡"),
        (123.07, 40, 400, "河西乡"),
    }
    assert queries.cells_within(asked, box(123.0, 27.99, 123.01, 28.01)) == tuple(
        c for c in cells if c.at[0] == 123.01
    )


@pytest.mark.parametrize(
    ("at", "name"),
    [
        ((123.01, 28.0), "东港镇"),
        ((123.1, 28.0), "河西乡"),  # on the outer edge
        ((123.05, 28.0), "东港镇"),  # on the border of both: the first by name
        ((122.0, 28.0), None),
    ],
)
def test_district_at_a_point(asked: Session, at: tuple[float, float], name: str | None) -> None:
    assert queries.district_at(asked, at) == name


def test_districts_come_with_their_shape(asked: Session) -> None:
    assert [(id, name, shape["type"]) for id, name, shape in queries.districts(asked)] == [
        (key("east"), "东港镇", "MultiPolygon"),
        (key("west"), "河西乡", "MultiPolygon"),
    ]


def test_the_area_is_what_is_loaded(asked: Session) -> None:
    area = queries.area(asked)
    assert area == {"bounds": [123.0, 27.9, 123.1, 28.1], "name": "小城", "synthetic": True}
    assert [(d.kind, d.rows) for d in queries.datasets(asked)] == [
        ("districts", 2),
        ("people", 4),
        ("places", 7),
    ]
    assert queries.category_counts(asked)["S101"] == 1


def test_an_empty_database_answers_with_nothing(session: Session) -> None:
    assert queries.area(session) is None
    assert queries.datasets(session) == ()
    assert queries.resources(session) == ()
    assert queries.districts(session) == ()
    assert queries.district_at(session, (123.0, 28.0)) is None
    assert queries.search(session, "河") == ()
    assert queries.layer_version(session, "places") == 0
    with pytest.raises(NotFound):
        queries.incident(session, uuid4())
    with pytest.raises(NotFound):
        queries.closure(session, uuid4())


@pytest.mark.parametrize(
    ("wanted", "at", "found"),
    [
        ("河西", None, ["河西乡", "河西小学", "河西避灾点", "河西救援分队"]),
        ("河西", (123.08, 28.0), ["河西避灾点", "河西乡", "河西救援分队", "河西小学"]),
        (" 河西乡 ", None, ["河西乡"]),
        ("", None, []),
        ("%", None, []),
        ("_", None, []),
        ("没有", None, []),
    ],
)
def test_search_by_part_of_a_name(
    asked: Session, wanted: str, at: tuple[float, float] | None, found: list[str]
) -> None:
    assert [hit.name for hit in queries.search(asked, wanted, at)][: len(found) or None] == found


def test_search_finds_a_road_once_and_names_on_the_map(asked: Session) -> None:
    asked.execute(
        text(
            "INSERT INTO road_edge (id, source, from_node, to_node, way_id, class, name, ref,"
            " oneway, roundabout, bridge, tunnel, ford, layer, length_m, component, drawn, geom)"
            " SELECT '1:' || n, 'town', n, n + 1, 1, 'primary', '河西大道', '', false, false,"
            " false, false, false, 0, 984, 0, true, ST_SetSRID(ST_MakeLine(ST_MakePoint("
            " 123 + n / 100.0, 28), ST_MakePoint(123 + (n + 1) / 100.0, 28)), 4326)"
            " FROM generate_series(0, 9) n"
        )
    )
    asked.execute(
        text(
            "INSERT INTO base_name (id, source, source_key, kind, name, rank, geom) VALUES"
            " (gen_random_uuid(), 'town', 'n', 'village', '河西村', 5,"
            " ST_SetSRID(ST_MakePoint(123.09, 28), 4326))"
        )
    )
    hits = [h for h in queries.search(asked, "河西", (123.085, 28.0)) if h.type in ("road", "name")]
    assert [(h.type, h.name, h.detail) for h in hits] == [
        ("road", "河西大道", "primary"),
        ("name", "河西村", "village"),
    ]
    assert hits[0].id == "1:8"  # its nearest stretch
    assert len(queries.search(asked, "河西", limit=2)) == 2


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "open_at"),
    [
        ({}, (True, True, True)),
        ({"valid_from": NOW}, (False, True, True)),
        ({"valid_to": NOW}, (True, False, False)),
        ({"valid_from": NOW, "valid_to": NOW + HOUR}, (False, True, False)),
    ],
)
def test_a_closure_is_in_force_within_its_validity(
    session: Session, changes: dict[str, Any], open_at: tuple[bool, bool, bool]
) -> None:
    closure = replace(Closure(uuid4(), EVERYTHING, profiles=("bus",), depth_m=0.3), **changes)
    closurelog.add_closure(session, closure, actor="a", now=NOW - 2 * HOUR)
    times = (NOW - HOUR, NOW, NOW + HOUR)
    assert tuple(bool(queries.open_closures(session, t)) for t in times) == open_at
    assert queries.closure(session, closure.id) == closure


@pytest.mark.parametrize(
    "zone",
    [
        {},
        {"type": "Point", "coordinates": [123.0, 28.0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [float("nan"), 1], [1, 0], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [500, 1], [1, 0], [0, 0]]]},
    ],
)
def test_a_zone_that_cannot_be_is_refused(session: Session, zone: dict[str, Any]) -> None:
    for question in (queries.risks_within, queries.cells_within):
        with pytest.raises(InvalidInput):
            question(session, zone)


@pytest.mark.parametrize("lon", [-179.999, 0.0, 179.999])
@pytest.mark.parametrize("lat", [-84.0, 0.0, 84.0])
@pytest.mark.parametrize("radius_m", [0.0, 10.0, 100_000.0, 20_000_000.0])
def test_the_box_never_cuts_the_circle(
    session: Session, lon: float, lat: float, radius_m: float
) -> None:
    """A ring of points just inside the radius is found whole, across the date line too."""
    session.execute(
        text(
            "INSERT INTO risk_source (id, source, source_key, category, name, geom,"
            " department_code) SELECT gen_random_uuid(), 's', n::text, 'R001', 'n',"
            " ST_Project(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography, :r * 0.999,"
            " radians(n * 10))::geometry, 'D01' FROM generate_series(0, 35) n"
            " WHERE abs(ST_Y(ST_Project(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography,"
            " :r * 0.999, radians(n * 10))::geometry)) < 89"
        ),
        {"lon": lon, "lat": lat, "r": radius_m},
    )
    count = session.scalar(text("SELECT count(*) FROM risk_source"))
    assert count
    assert len(queries.risks_near(session, (lon, lat), radius_m)) == count


@pytest.mark.parametrize("radius_m", [-1, float("nan"), float("inf")])
def test_a_radius_that_cannot_be_is_refused(session: Session, radius_m: float) -> None:
    with pytest.raises(InvalidInput):
        queries.risks_near(session, (123.0, 28.0), radius_m)
    with pytest.raises(InvalidInput):
        queries.resources(session, at=(123.0, 28.0), within_m=radius_m)


def test_a_department_sees_and_writes_its_own_rows_only(town: Engine) -> None:
    count = text("SELECT count(*) FROM resource")
    with db.session(town) as session:
        assert session.scalar(count) == 4
        session.execute(text("SET LOCAL onemap.department = 'D11'"))
        assert session.scalar(count) == 0
        session.execute(text("DELETE FROM resource"))
        session.execute(text("SET LOCAL onemap.department = 'D01'"))
        assert session.scalar(count) > 0
    with db.session(town) as session:  # the scope ended with its transaction
        assert session.scalar(count) == 4
