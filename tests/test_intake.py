"""Loading files: all of a file or nothing, a source's own rows only, faults with file and row."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from geo import db, queries
from geo.errors import BadFile, BadRow, InvalidInput, MissingCrs, MixedData, UnknownCategory
from geo.home import CHECKOUT
from geo.intake.districts import load_districts
from geo.intake.people import load_people
from geo.intake.places import load_places
from geo.words import say
from tests.town import (
    HANDED_IN,
    NOW,
    box,
    districts_geojson,
    key,
    load_town,
    people_csv,
    places_csv,
    write_csv,
    write_geojson,
)

TEAM = {"key": "t", "category": "S013", "name": "队", "lon": 123.0, "lat": 28.0}
CELL = {"key": "c", "lon": 123.0, "lat": 28.0, "size_m": 250, "day": 1, "night": 2}


def counts(engine: Engine) -> dict[str, int]:
    tables = ("risk_source", "resource", "stock", "population_cell", "district", "dataset")
    with engine.connect() as connection:
        return {t: connection.scalar(text(f"SELECT count(*) FROM {t}")) or 0 for t in tables}


def test_a_town_is_loaded_and_loading_it_again_changes_nothing(
    engine: Engine, tmp_path: Path
) -> None:
    load_town(engine, tmp_path)
    before = counts(engine)
    assert before == {
        "risk_source": 2,
        "resource": 4,
        "stock": 1,
        "population_cell": 4,
        "district": 2,
        "dataset": 3,
    }
    again = [
        load_places(engine, [places_csv(tmp_path)], **HANDED_IN),
        load_people(engine, [people_csv(tmp_path)], **HANDED_IN),
        load_districts(engine, [districts_geojson(tmp_path)], **HANDED_IN),
    ]
    assert [(r.inserted, r.updated, r.unchanged, r.removed) for r in again] == [
        (0, 0, 7, 0),
        (0, 0, 4, 0),
        (0, 0, 2, 0),
    ]
    assert counts(engine) == before
    with db.session(engine) as session:
        assert session.scalar(text("SELECT max(version) FROM resource")) == 1
        assert queries.layer_version(session, "places") == 4  # districts move places, too


def test_a_load_replaces_its_own_source_only(engine: Engine, tmp_path: Path) -> None:
    load_town(engine, tmp_path)
    other = write_csv(tmp_path / "o.csv", [TEAM | {"key": "brigade", "name": "邻县大队"}])
    load_places(engine, [other], source="neighbour", synthetic=True, now=NOW)
    fewer = write_csv(tmp_path / "p.csv", [TEAM | {"key": "brigade", "name": "改名大队"}])
    report = load_places(engine, [fewer], **HANDED_IN)
    assert (report.inserted, report.updated, report.removed) == (0, 1, 6)
    with db.session(engine) as session:
        assert {(r.id, r.name) for r in queries.resources(session)} == {
            (key("brigade"), "改名大队"),
            (
                session.scalar(text("SELECT id FROM resource WHERE source = 'neighbour'")),
                "邻县大队",
            ),
        }
        versions = session.execute(text("SELECT source, version FROM resource ORDER BY 1"))
        assert [tuple(row) for row in versions] == [("neighbour", 1), ("town", 2)]
        assert queries.layer_version(session, "places") == 4


def test_districts_loaded_later_take_in_what_is_there(engine: Engine, tmp_path: Path) -> None:
    rows = [TEAM | {"key": "a", "lon": 123.01}, TEAM | {"key": "b", "township": "河西乡"}]
    rows += [TEAM | {"key": "c", "lon": 150.0}]
    load_places(engine, [write_csv(tmp_path / "p.csv", rows)], **HANDED_IN)
    load_people(engine, [people_csv(tmp_path)], **HANDED_IN)
    load_districts(engine, [districts_geojson(tmp_path)], **HANDED_IN)
    with db.session(engine) as session:
        found = session.execute(
            text("SELECT source_key, (SELECT name FROM district d WHERE d.id = r.district_id)"
                 " FROM resource r ORDER BY 1")
        )  # fmt: skip
        # What the source says itself comes before where the point lies.
        assert [tuple(r) for r in found] == [("a", "东港镇"), ("b", "河西乡"), ("c", None)]
        assert None not in {cell.district for cell in queries.population_cells(session)}


def load_rows(engine: Engine, folder: Path, *rows: Mapping[str, Any]) -> None:
    load_places(engine, [write_csv(folder / "places.csv", rows)], **HANDED_IN)


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"key": ""}, "key", "needed"),
        ({"key": "x" * 201}, "key", "too_long"),
        ({"name": "  "}, "name", "needed"),
        ({"category": ""}, "category", "needed"),
        ({"category": "S999"}, "category", "no_category"),
        ({"category": "s013"}, "category", "no_category"),
        ({"lon": ""}, "lon", "needed"),
        ({"lat": ""}, "lat", "needed"),
        ({"lon": "abc"}, "lon", "not_number"),
        ({"lon": "NaN"}, "lon", "not_number"),
        ({"lat": "inf"}, "lat", "not_number"),
        ({"lon": 28.0, "lat": 123.0}, "lat", "swapped"),
        ({"lon": 500000, "lat": 3100000}, "lon", "off"),
        ({"lon": 0, "lat": 0}, "lon", "null_island"),
        ({"lat": 90}, "lon", "off"),
        ({"members": "-1"}, "members", "too_small"),
        ({"members": "many"}, "members", "not_whole"),
        ({"members": "1.5"}, "members", "not_whole"),
        ({"members": "1e99"}, "members", "too_great"),
        ({"capacity": "0"}, "capacity", "too_small"),
        ({"capacity": "-5"}, "capacity", "too_small"),
        ({"turnout_s": "5 min"}, "turnout_s", "not_whole"),
        ({"status": "asleep"}, "status", "not_one_of"),
        ({"department": "外星局"}, "department", "no_department"),
        ({"attributes": "[1]"}, "attributes", "not_object"),
        ({"attributes": "{"}, "attributes", "not_object"),
        ({"attributes": '{"a": NaN}'}, "attributes", "not_object"),
        ({"updated_at": "yesterday"}, "updated_at", "not_time"),
        ({"shape_wkt": "POLYGON ((0 0"}, "shape_wkt", "not_wkt"),
        ({"shape_wkt": "POLYGON ((1 1, 2 2, 2 1, 1 2, 1 1))"}, "shape_wkt", "shape_invalid"),
        ({"shape_wkt": "POINT (1000 1000)"}, "shape_wkt", "shape_off"),
        ({"category": "S101", "quantity": "-1"}, "quantity", "too_small"),
        ({"category": "S101", "quantity": "NaN"}, "quantity", "not_number"),
        ({"category": "S101", "unit": "箱"}, "unit", "other_unit"),
        ({"category": "S101", "expires_on": "soon"}, "expires_on", "not_day"),
        ({"category": "S101", "place_key": "no-such"}, "place_key", "no_place"),
    ],
)
def test_a_bad_row_is_refused_with_file_row_column_value_and_remedy(
    module_engine: Engine, tmp_path: Path, change: dict[str, Any], column: str, rule: str
) -> None:
    with db.session(module_engine) as session:
        session.execute(text("DELETE FROM intake_run"))
    with pytest.raises(BadRow) as caught:
        load_rows(module_engine, tmp_path, TEAM, TEAM | {"key": "bad"} | change)
    values = caught.value.values
    found = (values["file"], values["row"], values["column"], values["rule"])
    assert found == ("places.csv", 3, column, rule)
    assert caught.value.remedy
    assert isinstance(caught.value, UnknownCategory) == (rule == "no_category")
    assert sum(counts(module_engine).values()) == 0
    with module_engine.connect() as connection:  # the refusal is kept for the clerk
        run = connection.execute(text("SELECT kind, refused, report FROM intake_run")).one()
    assert (run.kind, run.refused) == ("places", 1)
    assert run.report["faults"][0]["message_zh"].startswith("places.csv 第 3 行")


def test_faults_are_collected_up_to_twenty(module_engine: Engine, tmp_path: Path) -> None:
    rows = [TEAM | {"key": f"k{n}", "members": "x", "lat": "y"} for n in range(3)]
    with pytest.raises(BadRow) as caught:
        load_rows(module_engine, tmp_path, *rows, TEAM | {"key": "k1"})
    faults = caught.value.values["faults"]
    assert [(f["row"], f["column"]) for f in faults] == [
        *[(row, column) for row in (2, 3, 4) for column in ("lat", "members")],
        (5, "key"),
    ]
    assert "6 more faults" in str(caught.value)
    many = [TEAM | {"key": f"k{n}", "members": "x"} for n in range(50)]
    with pytest.raises(BadRow) as caught:
        load_rows(module_engine, tmp_path, *many)
    assert len(caught.value.values["faults"]) == 20


@pytest.mark.parametrize("loader", ["places", "people"])
def test_the_same_key_twice_is_refused_across_files_too(
    module_engine: Engine, tmp_path: Path, loader: str
) -> None:
    row, load = (TEAM, load_places) if loader == "places" else (CELL, load_people)
    paths = [write_csv(tmp_path / name, [row]) for name in ("a.csv", "b.csv")]
    with pytest.raises(BadRow) as caught:
        load(module_engine, paths, **HANDED_IN)
    assert caught.value.values["rule"] == "double_key"
    assert (caught.value.values["other"], caught.value.values["before"]) == ("a.csv", 2)


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"day": ""}, "day", "needed"),
        ({"day": "-1"}, "day", "too_small"),
        ({"night": "1.5"}, "night", "not_whole"),
        ({"size_m": "0"}, "size_m", "not_above"),
        ({"size_m": "NaN"}, "size_m", "not_number"),
        ({"lon": "181"}, "lon", "off"),
    ],
)
def test_a_bad_population_cell_is_refused(
    module_engine: Engine, tmp_path: Path, change: dict[str, Any], column: str, rule: str
) -> None:
    path = write_csv(tmp_path / "people.csv", [CELL, CELL | {"key": "d"} | change])
    with pytest.raises(BadRow) as caught:
        load_people(module_engine, [path], **HANDED_IN)
    assert (caught.value.values["row"], caught.value.values["column"]) == (3, column)
    assert caught.value.values["rule"] == rule
    assert sum(counts(module_engine).values()) == 0


HEAD = b"key,category,name,lon,lat\n"


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("p.csv", b"", BadFile, "files.empty"),
        ("p.csv", HEAD, BadFile, "files.no_rows"),
        ("p.csv", b"\n\n", BadFile, "files.empty"),
        ("p.csv", b"key,category\nt,S013\n", BadRow, "rules.column_missing"),
        ("p.csv", HEAD[:-1] + b",capcity\n", BadRow, "rules.column_unknown"),
        ("p.csv", b"key,key\n", BadFile, "files.header"),
        ("p.csv", HEAD + b"t,S013\n", BadRow, "rules.width"),
        ("p.csv", HEAD + b't,S013,"a\n', BadFile, "files.not_csv"),
        ("p.csv", "key".encode("utf-16"), BadFile, "files.utf16"),
        ("p.csv", b"PK\x03\x04rest", BadFile, "files.spreadsheet"),
        ("p.csv", HEAD + b"\x00", BadFile, "files.binary"),
        ("p.csv", HEAD + b"\xff\xff\xff", BadFile, "files.binary"),
        ("p.xls", b"x", BadFile, "files.unknown_kind"),
        ("p.geojson", b"{", BadFile, "files.not_geojson"),
        ("p.geojson", b"[]", BadFile, "files.not_geojson"),
        ("p.geojson", b'{"features": [{"geometry": {"type": "Blob"}}]}', BadFile, "not_geojson"),
        ("p.geojson", b'{"type": "FeatureCollection", "features": []}', BadFile, "no_rows"),
        ("p.gpkg", b"SQLite format 3\x00 and no more", BadFile, "files.not_gpkg"),
    ],
)
def test_a_file_that_is_none_is_refused(
    module_engine: Engine,
    tmp_path: Path,
    name: str,
    content: bytes,
    error: type[Exception],
    words: str,
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(error) as caught:
        load_places(module_engine, [path], **HANDED_IN)
    assert isinstance(caught.value, BadFile | BadRow)
    assert caught.value.values["words"].endswith(words)
    assert say(f"{caught.value.values['words']}.message") != caught.value.values["words"]
    assert sum(counts(module_engine).values()) == 0


def test_a_missing_file_is_refused(module_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"nowhere\.csv"):
        load_places(module_engine, [tmp_path / "nowhere.csv"], **HANDED_IN)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_spreadsheets_encodings_are_read_and_named(
    engine: Engine, tmp_path: Path, encoding: str
) -> None:
    path = write_csv(tmp_path / "p.csv", [TEAM | {"name": "瑞安队"}], encoding)
    report = load_places(engine, [path], **HANDED_IN)
    assert report.encodings == {"p.csv": "gb18030" if encoding == "gb18030" else "utf-8-sig"}
    with db.session(engine) as session:
        assert queries.resources(session)[0].name == "瑞安队"


def test_geojson_shapes_give_their_middle_and_stay(engine: Engine, tmp_path: Path) -> None:
    area = box(123.0, 28.0, 123.02, 28.02)
    features: list[tuple[dict[str, Any], Any]] = [
        ({"key": "a", "category": "R001", "name": "厂区", "people": 12, "licence": "X1"}, area),
        ({"key": "b", "category": "S013", "name": "队", "members": 7.0},
         {"type": "Point", "coordinates": [123.05, 28.0, 5.0]}),
    ]  # fmt: skip
    load_places(engine, [write_geojson(tmp_path / "p.geojson", features)], **HANDED_IN)
    with db.session(engine) as session:
        (risk,) = queries.risks_within(session, box(123.015, 28.015, 123.03, 28.03))
        assert (risk.people, risk.attributes) == (12, {"licence": "X1"})
        assert risk.at == pytest.approx((123.01, 28.01))
        (team,) = queries.resources(session)
        assert (team.at, team.members) == ((123.05, 28.0), 7)


def gpkg(path: Path, crs: str | None, *points: tuple[float, float]) -> Path:
    import geopandas
    from shapely import Point

    frame = geopandas.GeoDataFrame(
        {
            "key": ["a"] * len(points),
            "category": "S013",
            "name": "队",
            "members": [3.0] * len(points),
        },
        geometry=[Point(p) for p in points],
        crs=crs,
    )
    frame.to_file(path, driver="GPKG")
    return path


@pytest.mark.parametrize(
    ("crs", "at"),
    [
        ("EPSG:4326", (123.0, 28.0)),
        ("EPSG:4490", (123.0, 28.0)),
        ("EPSG:4549", (795161.553, 3102071.647)),  # CGCS2000, central meridian 120 E
    ],
)
def test_a_geopackage_is_read_in_its_own_system(
    engine: Engine, tmp_path: Path, crs: str, at: tuple[float, float]
) -> None:
    load_places(engine, [gpkg(tmp_path / "p.gpkg", crs, at)], **HANDED_IN)
    with db.session(engine) as session:
        (team,) = queries.resources(session)
    assert team.at == pytest.approx((123.0, 28.0), abs=1e-7)
    assert team.members == 3


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_without_crs_is_refused_unless_one_is_given(engine: Engine, tmp_path: Path) -> None:
    path = gpkg(tmp_path / "p.gpkg", None, (123.0, 28.0))
    with pytest.raises(MissingCrs, match="--crs"):
        load_places(engine, [path], **HANDED_IN)
    assert load_places(engine, [path], crs="EPSG:4490", **HANDED_IN).inserted == 1
    metres = write_geojson(
        tmp_path / "p.geojson",
        [(dict(TEAM) | {"lon": "", "lat": ""}, {"type": "Point", "coordinates": [5e5, 3.1e6]})],
    )
    with pytest.raises(MissingCrs):
        load_places(engine, [metres], **HANDED_IN)


def test_district_polygons_that_are_none_are_refused(module_engine: Engine, tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [2, 1], [1, 2], [1, 1]]]}
    names: dict[str, Any] = {"name": "镇", "kind": "town"}
    features = [
        ({"key": "a"} | names, box(123, 28, 124, 29)),
        ({"key": "b"} | names, bow),
        ({"key": "c"} | names, {"type": "Point", "coordinates": [123.0, 28.0]}),
        ({"key": "d"} | names, None),
    ]
    with pytest.raises(BadRow) as caught:
        load_districts(
            module_engine, [write_geojson(tmp_path / "d.geojson", features)], **HANDED_IN
        )
    assert [(f["row"], f["rule"]) for f in caught.value.values["faults"]] == [
        (2, "shape_invalid"),
        (3, "not_area"),
        (4, "no_shape"),
    ]
    assert sum(counts(module_engine).values()) == 0


@pytest.mark.parametrize("first", [True, False])
def test_synthetic_and_real_never_meet(engine: Engine, tmp_path: Path, first: bool) -> None:
    load_people(engine, [people_csv(tmp_path)], source="one", synthetic=first, now=NOW)
    before = counts(engine)
    with pytest.raises(MixedData):
        load_places(engine, [places_csv(tmp_path)], source="two", synthetic=not first, now=NOW)
    assert counts(engine) == before
    load_places(engine, [places_csv(tmp_path)], source="two", synthetic=first, now=NOW)


@pytest.mark.parametrize("source", ["", "  ", "a\nb", "x" * 201])
def test_a_source_needs_a_name(module_engine: Engine, tmp_path: Path, source: str) -> None:
    with pytest.raises(InvalidInput):
        load_places(module_engine, [places_csv(tmp_path)], source=source, synthetic=True, now=NOW)


LOADER = """
import sys, pathlib, datetime
from geo import db
from geo.intake.people import load_people
print("ready", flush=True)
load_people(db.engine(sys.argv[1]), [pathlib.Path(sys.argv[2])], source="big", synthetic=True,
            now=datetime.datetime.now(datetime.UTC))
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_load_leaves_nothing_and_the_next_works(
    engine: Engine, database_url: str, tmp_path: Path, how: signal.Signals
) -> None:
    rows = [CELL | {"key": f"c{n}"} for n in range(60_000)]
    path = write_csv(tmp_path / "people.csv", rows)
    loader = subprocess.Popen(
        [sys.executable, "-c", LOADER, database_url, str(path)],
        cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert loader.stdout
    loader.stdout.readline()
    staged = text("SELECT count(*) FROM pg_stat_progress_copy WHERE tuples_processed > 1000")
    deadline = time.monotonic() + 30
    with engine.connect() as watcher:
        while not watcher.scalar(staged):
            watcher.rollback()
            assert time.monotonic() < deadline
            assert loader.poll() is None
    loader.send_signal(how)
    assert loader.wait(timeout=30) != 0
    loader.stdout.close()
    assert sum(counts(engine).values()) == 0
    assert load_people(engine, [path], source="big", synthetic=True, now=NOW).inserted == 60_000


def test_the_report_is_plain_json(engine: Engine, tmp_path: Path) -> None:
    report = load_people(engine, [people_csv(tmp_path)], **HANDED_IN)
    assert json.loads(json.dumps(report.to_json()))["bounds"] == [123.01, 28.0, 123.07, 28.0]
