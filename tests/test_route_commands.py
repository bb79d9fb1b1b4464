"""``onemap route`` and ``matrix``, and the same over HTTP, on a town that fits on paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from httpx import Client

from server.desk import Desk
from tests import apikit, test_cli
from tests.apikit import NORTH_BRIDGE, SOUTH_BRIDGE
from tests.test_cli import Run, closed

settings, town, client, run = apikit.settings, apikit.town, apikit.client, test_cli.run
WEST, EAST = "123.0005,28.0001", "123.0299,28.0001"
ASK = ("route", "--profile", "car", "--from", WEST, "--to", EAST)


def test_a_route_is_told_step_by_step_in_two_languages(run: Run, town: Desk) -> None:
    said = run(*ASK)
    assert said.code == 0, said.err
    assert said.out.splitlines()[:3] == [
        f"{WEST} → {EAST},小汽车",
        "4 分钟(3–6 分钟,规划估计),2.9 公里",
        "1. 沿西街向东行驶 930 米,直行进入南桥",
    ]
    english = run(*ASK, "--lang", "en").out.splitlines()
    assert english[0] == f"{WEST} → {EAST}, car"
    assert english[2] == "1. Go east along 西街 for 930 m, then go straight on into 南桥"
    assert any(line.endswith("then arrive, the place is on the left") for line in english)


def test_the_json_of_a_route_adds_up(run: Run, town: Desk) -> None:
    body = run(*ASK, "--alternatives", 2, "--json").json
    assert body["why"] is body["reason"] is None
    assert sum(one["distance_m"] for one in body["steps"]) == pytest.approx(
        body["distance_m"], abs=0.3
    )
    eta = body["eta"]
    assert eta["eta_s"] == body["road_s"]
    assert eta["low_s"] < eta["eta_s"] < eta["high_s"]
    assert eta["basis"] == "planning"
    assert {one["mark"] for one in eta["parameters"]} == {"A"}
    (other,) = body["alternatives"]
    assert (other["without"], other["extra_s"] > 0, other["shared"] < 0.8) == ("南桥", True, True)
    assert "北桥" in [one["road"] for one in other["steps"]]
    assert body["instructions"][-1]["maneuver"] == "arrive"


def test_what_is_to_be_avoided_by_its_name(run: Run, town: Desk) -> None:
    body = run(*ASK, "--avoid", "南桥", "--json").json
    assert body["avoid"] == [{"text": "南桥", "roads": ["南桥"]}]
    assert "北桥" in [one["road"] for one in body["steps"]]
    none = run(*ASK, "--avoid", "南桥", "--avoid", "北桥")
    assert none.code == 0
    assert "避开南桥、北桥后不可达" in none.out
    for wanted, word in (("无此路", "没有叫"), ("街", "可能指")):
        refused = run(*ASK, "--avoid", wanted)
        assert refused.code == 1
        assert word in refused.err


def test_closed_bridges_are_named_as_the_reason(run: Run, town: Desk, tmp_path: Path) -> None:
    file = closed(tmp_path, SOUTH_BRIDGE, NORTH_BRIDGE)
    said = run(*ASK, "--closure", file)
    assert "不可达:道路管制阻断了道路。" in said.out.splitlines()
    body = run(*ASK, "--closure", file, "--json").json
    assert (body["why"], body["reason"]["kind"]) == ("unreachable", "closed")
    assert (body["road_s"], body["eta"], body["geometry"]) == (None, None, None)
    one = run(*ASK, "--closure", closed(tmp_path, SOUTH_BRIDGE), "--json").json
    assert "北桥" in [step["road"] for step in one["steps"]]


@pytest.mark.parametrize(
    ("start", "end", "at", "words"),
    [
        ("123.015,28.03", EAST, ["from"], "起点附近没有路网数据"),
        (WEST, "123.015,28.03", ["to"], "终点附近没有路网数据"),
        ("123.015,28.03", "123.015,28.031", ["from", "to"], "起点附近没有路网数据,无法判断。终点"),
    ],
)
def test_which_end_has_no_road(
    run: Run, town: Desk, start: str, end: str, at: list[str], words: str
) -> None:
    body = run("route", "--from", start, "--to", end, "--json").json
    assert (body["why"], body["reason"]) == ("no_road_data", {"kind": "no_road_data", "at": at})
    assert words in run("route", "--from", start, "--to", end).out


def test_from_a_place_to_itself(run: Run, town: Desk) -> None:
    said = run("route", "--from", WEST, "--to", WEST)
    assert said.out.splitlines()[1] == "起点与终点在同一处,无需行驶"
    body = run("route", "--from", WEST, "--to", WEST, "--json").json
    assert (body["road_s"], body["distance_m"], body["steps"]) == (0, 0, [])


def test_places_may_be_named(run: Run, town: Desk) -> None:
    body = run("route", "--from", "西站", "--to", "人民医院", "--profile", "car", "--json").json
    assert body["from"] == {"lon": 123.0005, "lat": 28.0001}
    assert [one["road"] for one in body["steps"]] == ["西街", "老街"]


def test_a_matrix_from_a_file(run: Run, town: Desk, tmp_path: Path) -> None:
    file = tmp_path / "ask.json"
    spots = [[123.0005, 28.0001], [123.0299, 28.0001], [123.015, 28.03]]
    file.write_text(json.dumps({"origins": spots, "destinations": spots[:2], "profile": "car"}))
    body = run("matrix", file, "--json").json
    assert body["why"] == [[None, None], [None, None], ["no_road_data", "no_road_data"]]
    assert body["road_s"][0][0] == 0
    assert body["road_s"][0][1] == run(*ASK, "--json").json["road_s"]
    assert (body["road_s"][2], body["distance_m"][2]) == ([None, None], [None, None])
    assert "可达 4 对,不可达 0 对,路网缺失 2 对" in run("matrix", file).out
    file.write_text(json.dumps({"origins": spots[:1], "destinations": [[121.0, 30.0]]}))
    outside = run("matrix", file)
    assert outside.code == 1
    assert "终点第 1 行 121.0,30.0 在已载入区域之外" in outside.err
    file.write_text('{"origins": 3}')
    broken = run("matrix", file)
    assert broken.code == 1
    assert "不是矩阵问题" in broken.err


def test_later_than_the_limit_is_not_unreachable(run: Run, town: Desk, tmp_path: Path) -> None:
    file = tmp_path / "ask.json"
    spots = [[123.0005, 28.0001], [123.0299, 28.0001]]
    ask = {"origins": spots[:1], "destinations": spots, "profile": "car", "limit_s": 60}
    file.write_text(json.dumps(ask))
    body = run("matrix", file, "--json").json
    assert (body["why"], body["road_s"]) == ([[None, "beyond_limit"]], [[0, None]])
    said = run("matrix", file).out
    assert "不可达 0 对" in said
    assert "超出时限(60 秒)的 1 对" in said
    shut = closed(tmp_path, SOUTH_BRIDGE, NORTH_BRIDGE)
    assert run("matrix", file, "--closure", shut, "--json").json["why"] == [[None, "unreachable"]]


def test_routes_and_matrices_over_http(client: Client) -> None:
    asked: dict[str, Any] = {"from": WEST, "to": EAST, "profile": "car", "alternatives": 1}
    body = client.get("/api/route", params={**asked, "lang": "en"}).json()
    assert body["from"] == {"lon": 123.0005, "lat": 28.0001}
    assert body["instructions"][0]["text"].startswith("Go east along 西街")
    assert body["alternatives"][0]["without"] == "南桥"
    around = client.get("/api/route", params={**asked, "avoid": ["南桥"]}).json()
    assert "北桥" in [one["road"] for one in around["steps"]]
    unknown = client.get("/api/route", params={**asked, "avoid": "无此路"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")
    spots = [[123.0005, 28.0001], [123.0299, 28.0001]]
    ask = {"origins": spots, "destinations": spots, "profile": "car"}
    found = client.post("/api/matrix", json=ask).json()
    assert found["road_s"][0][1] == body["road_s"]
    assert found["why"] == [[None, None], [None, None]]
    shut = {"type": "Feature", "geometry": SOUTH_BRIDGE, "properties": {}}
    slower = client.post("/api/matrix", json={**ask, "closures": [shut]}).json()
    assert slower["road_s"][0][1] > found["road_s"][0][1]
    away = client.post("/api/matrix", json={**ask, "origins": [spots[0], [121.0, 30.0]]})
    assert (away.status_code, away.json()["error"]["code"]) == (422, "outside_area"), away.text
    late = client.post("/api/matrix", json={**ask, "limit_s": 60}).json()["why"]
    assert late == [[None, "beyond_limit"], ["beyond_limit", None]]
    posted = {**asked, "lang": "en"}
    assert (
        client.post("/api/route", json=posted).json()
        == client.get("/api/route", params=posted).json()
    )
    ask = {**posted, "closures": [shut], "alternatives": 0}
    detour = client.post("/api/route", json=ask).json()
    assert "北桥" in [one["road"] for one in detour["steps"]]
    assert detour["road_s"] == around["road_s"] > body["road_s"]
    assert client.get("/api/closures").json() == []  # asking closes nothing
    north = {"type": "Feature", "geometry": NORTH_BRIDGE, "properties": {"name": "北桥"}}
    none = client.post("/api/route", json={**ask, "closures": [shut, north]}).json()
    assert (none["why"], none["reason"]["kind"]) == ("unreachable", "closed")
    wet = client.post("/api/route", json={**ask, "conditions": {"rain": "heavy"}}).json()
    assert wet["road_s"] > detour["road_s"]
    for wrong in ({"closures": [{"type": "Feature"}]}, {"closed": []}, {"from": ""}):
        refused = client.post("/api/route", json={**ask, **wrong})
        assert refused.status_code == 422, refused.text
    large = {"origins": [spots[0]] * 5000, "destinations": [spots[1]] * 5000}
    refused = client.post("/api/matrix", json=large)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid_input")
