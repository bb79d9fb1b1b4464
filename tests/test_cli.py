"""The command line: answers, their stable keys, and a clear word for whatever goes wrong."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from geo.words import catalogue
from server import cli
from server.desk import Desk
from tests import apikit
from tests.apikit import NORTH_BRIDGE, SOUTH_BRIDGE, SQUARE, write_town

settings, town = apikit.settings, apikit.town
ROOT = Path(__file__).resolve().parent.parent
AT = f"{SQUARE[0]},{SQUARE[1]}"
Run = Callable[..., "Said"]


class Said:
    """What a command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def run(settings: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a home and database of the test's own."""
    monkeypatch.setenv("ONEMAP_HOME", str(settings.home))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    for name in ("ONEMAP_LANG", "ONEMAP_TOKEN", "ONEMAP_HOST", "ONEMAP_PORT"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: object) -> Said:
        capfd.readouterr()
        code = cli.run_command([str(one) for one in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Said(code, out, err)

    return command


def closed(folder: Path, *shapes: dict[str, Any], **properties: Any) -> Path:
    """A closure file."""
    features = [{"type": "Feature", "geometry": shape, "properties": {}} for shape in shapes]
    if properties:
        features.append({"type": "Feature", "geometry": None, "properties": properties})
    path = folder / f"closed-{len(list(folder.iterdir()))}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


# -- help -----------------------------------------------------------------------------------


def commands() -> list[tuple[str, ...]]:
    def below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, child in getattr(command, "commands", {}).items():
            yield from below(child, (*path, name))

    return list(below(typer.main.get_command(cli.app), ()))


@pytest.mark.parametrize("path", commands(), ids=" ".join)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_command_has_help_in_both_languages(
    path: tuple[str, ...], language: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run_command([*path, "--help", "--lang", language]) == 0
    said = capfd.readouterr().out
    assert ("用法:" if language == "zh-CN" else "Usage:") in said
    assert not re.search(r"\bcli\.[a-z_.]+", said), "a key of the catalogue stands there"
    for line in said.splitlines():  # every option and argument is explained
        if re.match(r"  (--|FILE|\[FILE)", line):
            assert re.search(r"\S  +\S", line.strip()) or len(line.strip()) > 20, line


def test_help_names_the_keys_that_others_script_against(
    capfd: pytest.CaptureFixture[str],
) -> None:
    cli.run_command(["nearest", "--help"])
    said = capfd.readouterr().out
    for key in ("turnout_s", "road_s", "eta_s", "distance_m", "straight_m", "snap", "why"):
        assert key in said


def test_help_answers_at_once() -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "server.cli", "--help"]
    subprocess.run(command, env=env, check=True, capture_output=True)
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", *command[1:]],
        env=env, check=True, capture_output=True, text=True,
    ).stderr  # fmt: skip
    for heavy in ("numpy", "sqlalchemy", "fastapi", "pydantic", "shapely", "numba"):
        assert f" {heavy}\n" not in loaded, f"--help imports {heavy}"
    started = time.perf_counter()
    subprocess.run(command, env=env, check=True, capture_output=True)
    assert time.perf_counter() - started < 3  # 0.2 s on an idle machine; the bench measures it


def test_the_catalogues_speak_of_the_same_things() -> None:
    for area in ("cli", "errors", "api"):
        spoken = [
            {key: set(re.findall(r"{(\w+)", text)) for key, text in catalogue(one).items()
             if key.startswith(f"{area}.")}
            for one in ("zh-CN", "en")
        ]  # fmt: skip
        assert spoken[0].keys() == spoken[1].keys()
        differing = [key for key in spoken[0] if spoken[0][key] != spoken[1][key]]
        assert [key for key in differing if not key.endswith(("message", "remedy"))] == []


# -- answers --------------------------------------------------------------------------------


def test_nearest_has_exactly_the_promised_keys(run: Run, town: Desk) -> None:
    body = run("nearest", "--at", AT, "--category", "S016", "--json").json
    assert body.keys() == {
        "incident", "wanted", "resources", "apart", "groups", "left_out", "unknowns",
    }  # fmt: skip
    assert body["incident"].keys() == {
        "lon", "lat", "snap", "profile", "direction", "closures", "at", "conditions",
    }  # fmt: skip
    assert body["resources"][0].keys() == {
        "id", "name", "kind", "category", "capabilities", "status", "lon", "lat", "turnout_s",
        "road_s", "eta_s", "low_s", "high_s", "basis", "distance_m", "straight_m", "direction",
        "snap", "why", "source", "updated_at",
    }  # fmt: skip
    assert body["resources"][0]["snap"].keys() == {"edge", "fraction", "side"}
    assert body["incident"]["direction"] == "to_incident"


@pytest.mark.parametrize(
    ("shapes", "longer", "why"),
    [((), False, None), ((SOUTH_BRIDGE,), True, None),
     ((SOUTH_BRIDGE, NORTH_BRIDGE), None, "unreachable")],
)  # fmt: skip
def test_a_team_across_the_river_follows_the_open_bridges(
    run: Run, town: Desk, tmp_path: Path, shapes: Any, longer: bool | None, why: str | None
) -> None:
    files = [("--closure", closed(tmp_path, shape)) for shape in shapes]
    flat = [part for pair in files for part in pair]
    body = run("nearest", "--at", AT, "--category", "S016", "--json", *flat).json
    east = next(one for one in body["resources"] if one["name"] == "东站")
    assert (body["incident"]["closures"], east["why"]) == (len(shapes), why)
    if longer is None:
        assert east["road_s"] is None
    else:
        assert (east["distance_m"] > 2000) is longer
    far = next(one for one in body["resources"] if one["name"] == "山里站")
    assert far["why"] == "no_road_data"


def test_a_closure_may_name_road_edges(run: Run, town: Desk, tmp_path: Path) -> None:
    said = ("nearest", "--at", AT, "--category", "S016", "--json", "--closure")
    by_list = run(*said, closed(tmp_path, edges=["14:2:5:0", "14:5:2:0"])).json
    by_name = run(*said, closed(tmp_path, road_edge=["14:2:5:0", "14:5:2:0"])).json
    by_area = run(*said, closed(tmp_path, SOUTH_BRIDGE)).json
    assert by_list["resources"] == by_name["resources"] == by_area["resources"]


def test_tables_say_why_in_words(run: Run, town: Desk, tmp_path: Path) -> None:
    both = closed(tmp_path, SOUTH_BRIDGE, NORTH_BRIDGE)
    said = run("nearest", "--at", AT, "--category", "S016", "--closure", both).out
    assert "不可达" in said
    assert "路网缺失" in said
    assert "演示数据" in said
    english = run("nearest", "--at", AT, "--category", "S016", "--lang", "en").out
    assert "no road data" in english


def test_plan_answers_the_promised_sections_and_writes_its_page(
    run: Run, town: Desk, tmp_path: Path
) -> None:
    page = tmp_path / "plan.html"
    body = run("plan", "--at", AT, "--type", "12E04", "--html", page, "--json").json
    assert body.keys() >= {
        "incident", "zones", "forward_command_post", "forces", "medical", "evacuation",
        "traffic_control", "supplies", "minute_table", "gaps", "unknowns", "feasible",
    }  # fmt: skip
    assert "default-src 'none'" in page.read_text()
    assert list(tmp_path.glob(".plan.html*")) == []


def test_the_same_question_at_the_same_time_has_the_same_plan(run: Run, town: Desk) -> None:
    said = ("plan", "--at", AT, "--type", "12E04", "--now", "2026-06-01T09:00:00", "--json")
    assert run(*said).out == run(*said).out


def test_coverage_and_export_answer(run: Run, town: Desk, tmp_path: Path) -> None:
    body = run("coverage", "--minutes", "60", "--json").json
    assert body["people"] == 48 * 30
    said = run("coverage", "--minutes", "60").out
    assert "双桥镇" in said
    assert "按规划车速" in said
    file = tmp_path / "roads.graphml"
    assert run("roads", "export", file, "--json").json["nodes"] >= 6
    import networkx as nx

    graph = nx.read_graphml(file)
    lon = next(iter(graph.nodes(data=True)))[1]["lon"]
    assert 123.0 <= float(lon) <= 123.03
    times = [d for _, _, d in graph.edges(data=True)]
    assert {"id", "length_m", "travel_ms_car"} <= times[0].keys()


def test_loading_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    files = write_town(tmp_path)
    first = run("load", "roads", files.roads, "--json").json
    assert (first["source"], first["nodes"] >= 6) == ("town", True)
    again = run("load", "roads", files.roads, "--json").json
    assert again["version"] == first["version"]
    assert run("load", "places", files.places, "--json").json["rows"] == len(apikit.PLACES)
    assert run("load", "places", files.places, "--json").json["unchanged"] == len(apikit.PLACES)
    assert "11" in run("load", "places", files.places).out


def test_the_catalogue_is_sound(run: Run) -> None:
    counts = run("catalog", "check", "--json").json
    assert counts == {
        "departments": 28, "data_classes": 56, "risk_categories": 100,
        "resource_categories": 200, "event_types": 111,
    }  # fmt: skip


# -- bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nearest", "--at", "here"), ("here", "经度,纬度")),
        (("nearest", "--at", "nan,28"), ("nan,28",)),
        (("nearest", "--at", "181,28"), ("181,28",)),
        (("nearest", "--at", "10,50"), ("不在已载入的区域内", "123")),
        (("nearest", "--at", AT, "--category", "S999"), ("S999",)),
        (("nearest", "--at", AT, "--kind", "dragon"), ("dragon", "team")),
        (("nearest", "--at", AT, "--profile", "hovercraft"), ("hovercraft", "fire_tender")),
        (("nearest", "--at", AT, "--now", "soon"), ("soon",)),
        (("nearest", "--at", AT, "--now", "0001-01-01"), ("0001-01-01",)),
        (("nearest", "--at", AT, "--closure", "/"), ("/",)),
        (("nearest", "--at", AT, "--closure", "gone.geojson"), ("gone.geojson",)),
        (("plan", "--at", AT, "--type", "99X99"), ("99X99", "12E04")),
        (("plan", "--at", "10,50", "--type", "12E04"), ("不在已载入的区域内",)),
        (("plan", "--at", AT, "--type", "12E04", "--html", "/no/such/folder/p.html"), ("folder",)),
        (("roads", "export", "roads.txt"), ("roads.txt",)),
        (("load", "roads", "gone.osm.pbf"), ("gone.osm.pbf",)),
        (("load", "places", "gone.csv"), ("gone.csv",)),
        (("catalog", "check", "--folder", "/no/such"), ("departments.csv",)),
    ],
)
def test_what_cannot_be_is_said_with_its_remedy(
    run: Run, town: Desk, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    said = run(*arguments)
    assert said.code == 1
    assert said.out == ""
    assert said.err.startswith("错误:")
    assert "办法:" in said.err
    for word in words:
        assert word in said.err
    english = run(*arguments, "--lang=en")
    assert english.err.startswith("Error:")
    assert not re.search(r"[一-鿿]", english.err)


@pytest.mark.parametrize(
    "arguments",
    [("nearest",), ("nearest", "--at"), ("nothing",), ("plan", "--at", AT),
     ("coverage", "--minutes", "x"), ("nearest", "--at", AT, "--limit", "0"),
     ("coverage", "--minutes", "inf"), ("coverage", "--minutes", "1e300"),
     ("plan", "--at", AT, "--type", "12E04", "--casualties", "9" * 30), ("nearest", "--dragon")],
)  # fmt: skip
def test_a_command_that_cannot_be_understood_exits_2(run: Run, arguments: tuple[str, ...]) -> None:
    said = run(*arguments)
    assert said.code == 2
    assert "--help" in said.err


def test_a_language_that_we_do_not_speak_is_said_in_those_that_we_do(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run("closures", "list", "--lang", "fr")
    assert said.code == 2
    assert "没有这种语言:fr" in said.err
    assert "no language fr" in said.err
    monkeypatch.setenv("ONEMAP_LANG", "EN")
    assert run("closures", "list").out == "No closure is in force.\n"


def test_a_setting_without_a_usable_value_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONEMAP_PORT", "abc")
    said = run("nearest", "--at", AT)
    assert said.code == 1
    assert "ONEMAP_PORT" in said.err
    assert "abc" in said.err


def test_a_closure_that_meets_no_road_is_said(run: Run, town: Desk, tmp_path: Path) -> None:
    far = {"type": "LineString", "coordinates": [[28.0, 80.0], [28.1, 80.0]]}  # the wrong way round
    for command in (
        ("nearest", "--at", AT),
        ("coverage",),
        ("plan", "--at", AT, "--type", "12E04"),
    ):
        said = run(*command, "--closure", closed(tmp_path, far))
        assert said.code == 0
        assert "没有碰到任何已载入的道路" in said.err


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("", "GeoJSON"),
        ("{", "GeoJSON"),
        ("[]", "GeoJSON"),
        ('{"type": "FeatureCollection"}', "GeoJSON"),
        ('{"type": "Feature", "geometry": null, "properties": {}}', "没有封闭"),
        ('{"type": "Point", "coordinates": [1, 2]}', "GeoJSON"),
        ('{"type": "Polygon", "coordinates": []}', "图形"),
        ('{"type": "LineString", "coordinates": [[NaN, 1], [2, 3]]}', "图形"),
        ('{"type": "LineString", "coordinates": [[500000, 3100000], [500100, 3100000]]}', "图形"),
        ('{"type": "Feature", "geometry": null, "properties": {"edges": [7]}}', "文字列表"),
        ('{"type": "Feature", "geometry": null, "properties": {"edges": ["9:9:9:9"]}}', "9:9:9:9"),
        ('{"type": "LineString", "coordinates": [[123, 28], [123.1, 28]],'
         ' "crs": {"type": "name", "properties": {"name": "EPSG:4549"}}}', "EPSG:4549"),
    ],
)  # fmt: skip
def test_a_closure_file_that_closes_nothing_is_refused(
    run: Run, town: Desk, tmp_path: Path, content: str, word: str
) -> None:
    path = tmp_path / "closed.geojson"
    path.write_text(content)
    said = run("nearest", "--at", AT, "--closure", path)
    assert said.code == 1
    assert word in said.err


def test_a_clerk_sees_every_fault_of_a_file_at_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text(
        "key,category,name,lon,lat\na,S016,甲,123.0,28.0\nb,S999,乙,123.0,28.0\n"
        "c,S016,,123.0,28.0\nd,S016,丁,x,28.0\n"
    )
    said = run("load", "places", path)
    assert said.code == 1
    for row in ("3", "4", "5"):
        assert re.search(rf"第 ?{row} ?行", said.err), said.err
    assert "S999" in said.err
    assert run("load", "places", path, "--lang", "en").code == 1


def test_without_roads_the_remedy_is_named(run: Run) -> None:
    for arguments in (
        ("nearest", "--at", AT),
        ("coverage",),
        ("plan", "--at", AT, "--type", "12E04"),
    ):
        said = run(*arguments)
        assert said.code == 1
        assert "load roads" in said.err


def test_synthetic_and_real_never_share_a_database(run: Run, town: Desk, tmp_path: Path) -> None:
    files = write_town(tmp_path)
    said = run("load", "places", files.places, "--source", "real")
    assert said.code == 1
    assert "ONEMAP_HOME" in said.err


def test_the_demo_refuses_a_database_with_real_data(run: Run, tmp_path: Path) -> None:
    assert run("load", "roads", write_town(tmp_path).roads).code == 0
    said = run("demo", "--no-serve")
    assert said.code == 1
    assert "真实数据" in said.err
    assert "town" in said.err


def test_no_database_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    said = run("nearest", "--at", AT)
    assert said.code == 1
    assert "数据库没有应答" in said.err
    assert "办法:请启动它" in said.err
    monkeypatch.setenv("DATABASE_URL", "mysql://somewhere/else")
    assert "PostgreSQL" in run("nearest", "--at", AT).err


def test_a_taken_port_is_said_with_a_free_one(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = run("serve", "--port", port)
    assert said.code == 1
    assert str(port) in said.err
    assert "--port" in said.err


def test_an_open_address_needs_a_token(run: Run) -> None:
    said = run("serve", "--host", "0.0.0.0", "--port", "0")
    assert said.code == 1
    assert "ONEMAP_TOKEN" in said.err


def test_a_full_disk_is_said(run: Run, town: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")

    monkeypatch.setattr("server.service.export_roads", full)
    said = run("roads", "export", "x.gpkg")
    assert said.code == 1
    assert "磁盘" in said.err


def test_two_loads_of_one_source_follow_each_other(settings: Any, run: Run, tmp_path: Path) -> None:
    import threading
    from datetime import UTC, datetime

    from server.load import load_roads

    files, faults = write_town(tmp_path), []

    def load() -> None:
        desk = Desk(settings)
        try:
            load_roads(desk, [files.roads], now=datetime(2026, 6, 1, tzinfo=UTC))
        except Exception as fault:
            faults.append(fault)
        finally:
            desk.close()

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_ctrl_c_half_way_through_a_load_leaves_nothing_behind(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from geo import datasets

    files = write_town(tmp_path)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:  # after the rows were written, before the commit
        patched.setattr(datasets, "record", interrupted)
        for command in (("roads", files.roads), ("places", files.places), ("people", files.people)):
            said = run("load", *command)
            assert said.code == 130
            assert "已中断" in said.err
    assert run("nearest", "--at", AT).code == 1  # no roads: nothing is half-loaded
    assert run("load", "roads", files.roads).code == 0  # and the next start works
    assert run("load", "places", files.places, "--json").json["inserted"] == len(apikit.PLACES)
