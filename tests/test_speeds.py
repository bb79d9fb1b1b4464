"""Speeds, heights and conditions as people meet them: on the command line and in answers."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from geo.errors import InvalidInput
from geo.words import LANGUAGES, catalogue
from routing.profiles import read_profiles
from routing.rules import rules
from server import cli
from server.conditions import conditions_at, conditions_json, conditions_text, roads_under
from server.desk import Desk
from tests import apikit
from tests.drives import drive

settings, town, client = apikit.settings, apikit.town, apikit.client
NOW = datetime(2026, 6, 1, 0, 30, tzinfo=UTC)  # Monday, half past eight in China
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
    monkeypatch.delenv("ONEMAP_LANG", raising=False)

    def command(*arguments: object) -> Said:
        capfd.readouterr()
        code = cli.run_command([str(one) for one in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Said(code, out, err)

    return command


# -- conditions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "hour", "workday", "night"),
    [
        ({}, None, None, None),
        ({"by_clock": True}, 8, True, False),
        ({"by_clock": True, "night": True}, 8, True, True),
        ({"night": False}, None, None, False),
    ],
)
def test_the_clock_counts_only_when_asked(
    asked: dict[str, Any], hour: int | None, workday: bool | None, night: bool | None
) -> None:
    found = conditions_at(NOW, **asked)
    assert (found.hour, found.workday, found.night) == (hour, workday, night)


def test_saturday_evening_is_dark_and_no_rush_hour() -> None:
    found = conditions_at(datetime(2026, 6, 6, 12, 0, tzinfo=UTC), by_clock=True)
    assert (found.hour, found.workday, found.night, found.band) == (20, False, True, "night")
    assert conditions_at(NOW, by_clock=True, zone="Europe/Lisbon").hour == 1


def test_an_answer_says_for_which_conditions_it_holds(town: Desk) -> None:
    with town.session() as session:
        roads = town.roads(session)
    calm = conditions_json(roads, "fire_tender")
    assert calm["unknown"] == ["hour", "rain", "night", "wind_mps"]
    assert (calm["factors"], calm["stops"], calm["measured"], calm["slope"]) == ([], [], None, None)
    assert calm["text_zh"].startswith("按规划车速计算")
    hard = conditions_at(NOW, by_clock=True, rain="heavy", wind_mps=22.0)
    said = conditions_json(roads_under(roads, hard), "fire_tender")
    assert said["unknown"] == []
    assert {one["kind"] for one in said["factors"]} == {"peak", "heavy_rain", "wind"}
    assert [one["what"] for one in said["stops"]] == ["ladders", "long_bridges"]
    assert all(one["mark"] in "VDRA" and one["source"] for one in said["factors"] + said["stops"])
    assert "强降雨 车速×0.6 [A]" in said["text_zh"]
    assert "ladders and platforms may not be raised" in said["text_en"]
    assert conditions_json(roads, "foot")["slope"] is False  # no heights are loaded


def test_rain_that_there_is_not_is_refused_in_words() -> None:
    with pytest.raises(InvalidInput):
        conditions_at(NOW, rain="hail")


def test_every_word_of_the_rules_is_in_both_languages() -> None:
    classes = {name for one in read_profiles().values() for name in one.speeds}
    kinds = {one.kind for one in rules().slow}
    wanted = {f"speeds.class.{name}" for name in classes}
    wanted |= {f"speeds.{area}.{kind}" for kind in kinds for area in ("factor", "kind")}
    wanted |= {f"speeds.{area}.{one.what}" for one in rules().stop for area in ("stop", "what")}
    wanted |= {f"speeds.limit.{key}" for one in read_profiles().values() for key in one.limits}
    for language in LANGUAGES:
        assert wanted <= catalogue(language).keys()
    spoken = [{key for key in catalogue(one) if key.startswith("speeds.")} for one in LANGUAGES]
    assert spoken[0] == spoken[1]
    assert conditions_text(conditions_at(NOW), "car", "en").startswith("At planned speeds")


# -- the command line ----------------------------------------------------------------------------


def test_profiles_are_printed_with_their_marks(run: Run) -> None:
    body = run("roads", "profiles", "--json").json
    assert [one["name"] for one in body["profiles"]] == list(read_profiles())
    tender = next(one for one in body["profiles"] if one["name"] == "fire_tender")
    primary = next(one for one in tender["speeds"] if one["class"] == "primary")
    assert (primary["kph"], primary["urban"]["kph"], primary["mark"]) == (45.0, 38.0, "A")
    assert primary["measured"] == []
    assert {one["key"] for one in tender["limits"]} >= {"wading_m", "height_m", "weight_t"}
    table = run("roads", "profiles", "--profile", "high_clearance")
    assert table.code == 0
    assert "高底盘涉水车" in table.out
    assert "R 与 A 不是标准" in table.out
    assert "消防车  fire_tender" not in table.out
    refused = run("roads", "profiles", "--profile", "tank", "--lang", "en")
    assert (refused.code, "high_clearance" in refused.err) == (1, True)


def test_the_storm_that_closes_the_bridges_is_the_reason(run: Run, town: Desk) -> None:
    asked = ("route", "--from", "123.0005,28.0", "--to", "123.0199,28.0", "--profile", "bus")
    calm = run(*asked, "--json").json
    assert calm["conditions"]["unknown"] == ["hour", "rain", "night", "wind_mps"]
    rain = run(*asked, "--rain", "heavy", "--by-clock", "--now", NOW.isoformat(), "--json").json
    assert rain["road_s"] == pytest.approx(calm["road_s"] / 0.6 / 0.65, rel=0.01)
    assert {one["kind"] for one in rain["conditions"]["factors"]} == {"peak", "heavy_rain"}
    storm = run(*asked, "--wind", "21", "--json").json
    assert (storm["why"], storm["reason"]) == ("unreachable", {"kind": "wind", "wind_mps": 21.0})
    said = run(*asked, "--wind", "21")
    assert "不可达:风速 21 米/秒" in said.out
    assert "长桥停行" in said.out
    by_car = run(*asked[:-1], "car", "--wind", "21", "--json").json
    assert by_car["why"] is None
    assert run(*asked, "--rain", "hail").code == 1


def test_conditions_over_http(client: httpx.Client) -> None:
    asked = "/api/route?from=123.0005,28.0&to=123.0199,28.0&profile=car"
    calm, night = (client.get(asked + more).json() for more in ("", "&night=true"))
    assert night["road_s"] == pytest.approx(calm["road_s"] / 0.8, rel=0.01)
    assert night["conditions"]["night"] is True
    assert client.get(asked + "&wind_mps=500").status_code == 422
    assert client.get(asked + "&rain=hail").status_code == 422


def test_heights_make_walking_times_count_the_slope(run: Run, town: Desk, tmp_path: Path) -> None:
    with town.session() as session:
        graph = town.roads(session).graph
    west, south = int(np.floor(graph.node_lon.min())), int(np.floor(graph.node_lat.min()))
    level = graph.weights["foot"].ms.copy()
    row = np.rint(np.arange(1201) / 1200 * 20_000).clip(0, 8000).astype(">i2")
    file = tmp_path / f"N{south:02d}E{west:03d}.hgt"
    file.write_bytes(row.tobytes() * 1201)
    body = run("load", "heights", file, "--json").json
    assert body["tiles"] == [
        {"west": west, "south": south, "size": 1201, "voids": 0, "file": file.name}
    ]
    assert body["edges_known"] == 1.0
    with town.session() as session:  # a server that runs already sees them with the next question
        steep = town.roads(session).graph.weights["foot"].ms
    assert (steep[level > 1] != level[level > 1]).any()
    assert "坡度已知的路段:100.0%" in run("load", "heights", file).out
    file.write_bytes(b"half")
    refused = run("load", "heights", file)
    assert (refused.code, "4 字节" in refused.err) == (1, True)


def test_recorded_positions_change_the_travel_time(run: Run, town: Desk, tmp_path: Path) -> None:
    with town.session() as session:
        roads = town.roads(session)
    graph = roads.graph
    ends = [(float(graph.node_lon[n]), float(graph.node_lat[n])) for n in (0, graph.nodes - 1)]
    times = roads.times_from(ends[0], [ends[1]], profile="fire_tender")
    route = times.route(0)
    assert route is not None
    file = tmp_path / "drives.csv"
    with file.open("w", encoding="gb18030", newline="") as opened:  # as a spreadsheet saves it
        writer = csv.writer(opened)
        writer.writerow(["team", "time", "lon", "lat", "accuracy_m"])
        for n in range(6):
            start = NOW + timedelta(days=n)
            kph = {graph.road_class(int(edge)): 12.0 for edge in graph.find(route.edges)}
            fixes, _ = drive(roads, route, kph, team=f"一队{n}", start=start, every_s=15)
            writer.writerows([one.team, one.at.isoformat(), one.lon, one.lat, 8] for one in fixes)
        writer.writerow(["一队0", "昨天", 123, 28, ""])
        writer.writerow(["一队0", NOW.isoformat(), 0, 0, ""])
        writer.writerow(["", NOW.isoformat(), 123, 28, ""])
    asked = ("roads", "calibrate", file, "--profile", "fire_tender")
    body = run(*asked, "--json").json
    assert body["saved"] is False
    assert {"bad_time": 1, "bad_place": 1, "no_team": 1}.items() <= body["rejected"].items()
    measured = {one["class"]: one["measured"][0] for one in body["classes"]}
    assert all(one["kph"] == pytest.approx(12, rel=0.1) for one in measured.values())
    with town.session() as session:
        assert town.roads(session) is roads  # nothing was kept
    table = run(*asked, "--save", "--now", NOW.isoformat())
    assert table.code == 0, table.err
    assert "6 条轨迹" in table.out
    assert "已保存" in table.out
    with town.session() as session:
        slower = town.roads(session)
    after = slower.times_from(ends[0], [ends[1]], profile="fire_tender")
    assert after.road_s[0] > 1.5 * times.road_s[0]
    said = conditions_json(slower, "fire_tender")["measured"]
    assert said["classes"] >= 1
    assert said["updated_at"].startswith("2026-06-01")
    printed = run("roads", "profiles", "--profile", "fire_tender").out
    assert "实测,6 条轨迹,2026-06" in printed
    again = run(
        *asked, "--save", "--json"
    ).json  # measured against planned times, not measured ones
    assert again["classes"] == body["classes"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("team,when,lon,lat\n", "time"),
        ("team,time,lon,lat\na,2026-05-01T10:00:00,123.0,28.0\n", "得不出任何车速"),
        ("", "空"),
    ],
)
def test_a_file_without_positions_is_refused(
    text: str, said: str, run: Run, town: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    answer = run("roads", "calibrate", file, "--profile", "car", "--save")
    assert answer.code == 1
    assert said in answer.err


def test_where_nothing_was_usable_no_empty_table_is_drawn(
    run: Run, town: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("team,time,lon,lat\n一队,昨天,123,28\n", encoding="utf-8")
    answer = run("roads", "calibrate", file, "--profile", "car")
    assert answer.code == 0, answer.err
    assert "道路等级" not in answer.out
    assert "0 条轨迹" in answer.out.splitlines()[0]
