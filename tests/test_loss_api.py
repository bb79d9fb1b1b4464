"""What closures take, over HTTP and on the command line, from a town that fits on paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import shapely.geometry
from sqlalchemy import text

from server import load
from server.cli import run_command
from server.desk import Desk
from tests.apikit import NORTH_BRIDGE, NOW, SOUTH_BRIDGE, client, empty, settings, town

__all__ = ["client", "empty", "settings", "town"]

BOTH = {"bridges": ["南桥", "北桥"]}
SHAPES = [
    {"type": "Feature", "geometry": shape, "properties": {}}
    for shape in (SOUTH_BRIDGE, NORTH_BRIDGE)
]
WEST = 8 * 6 * 30  # people by night in the cells of the kit; six cells of 30 lie on the bridges
EAST = 900  # and those that this file adds on the east bank


@pytest.fixture(autouse=True)
def east_bank(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Two more cells of people, beyond the river; but where nothing is to be loaded."""
    if "empty" in request.fixturenames:
        return
    town: Desk = request.getfixturevalue("town")
    cells = tmp_path / "east.csv"
    cells.write_text(
        "key,lon,lat,size_m,day,night\ne1,123.0299,28.0,250,40,400\ne2,123.02,28.005,250,50,500\n",
        encoding="utf-8",
    )
    load.load_people(town, [cells], source="east", synthetic=True, now=NOW)


def asked(client: httpx.Client, **said: Any) -> dict[str, Any]:
    answer = client.post("/api/loss", json=said)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_one_bridge_of_two_costs_time_and_cuts_off_nobody_beyond_it(client: httpx.Client) -> None:
    found = asked(client, bridges=["南桥"], services=["S055"])
    people = found["people"]
    assert people["all"] == WEST + EAST
    # Only who is on the closed bridge itself: three cells of 30. 600 m more to go for the rest.
    assert (people["cut_off"], people["uncovered"], people["later"]) == (90, 90, 400)
    (way,) = found["ways_round"]
    assert (way["road"], round(way["length_m"])) == ("南桥", 984)
    assert way["extra_s"] > 0
    assert found["basis"]["services"] == 1
    assert {one["key"] for one in found["basis"]["parameters"]} >= {"later_s"}
    assert all(one["mark"] in "VDRA" for one in found["basis"]["parameters"])
    by_day = asked(client, bridges=["南桥"], by="day")["people"]
    assert (by_day["all"], by_day["cut_off"]) == (8 * 6 * 20 + 90, 60)


def test_both_bridges_cut_the_east_bank_off(client: httpx.Client) -> None:
    found = asked(client, **BOTH, services=["S055"])
    people = found["people"]
    assert (people["cut_off"], people["uncovered"]) == (EAST + 180, EAST + 180)
    assert [way["extra_s"] for way in found["ways_round"]] == [None, None]
    (township,) = (row for row in found["districts"] if row["cut_off"])
    assert (township["name"], township["cut_off"]) == ("双桥镇", EAST + 180)


def test_a_station_on_the_east_bank_still_comes_to_those_cut_off_there(
    client: httpx.Client,
) -> None:
    """Drawn, the closures lie in the middle of the bridges, and the east station behind them."""
    people = asked(client, closures=SHAPES, services=["S016"])["people"]
    # Four cells of 30 lie on the bridges within or behind what is closed, two of them within.
    assert (people["cut_off"], people["uncovered"]) == (EAST + 120, 60)
    # Asking closes nothing.
    assert client.get("/api/closures").json() == []


def test_what_is_closed_already_is_not_lost_again(client: httpx.Client) -> None:
    body = {"id": "01901234-5678-7abc-8def-000000000001", "geometry": SOUTH_BRIDGE, "name": "南桥"}
    assert client.post("/api/closures", json=body).status_code == 201
    alone = asked(client, closures=SHAPES[:1])
    assert (alone["people"]["cut_off"], alone["people"]["later"], alone["lost"]) == (0, 0, [])
    assert asked(client, bridges=["北桥"])["people"]["cut_off"] > 0


def test_villages_that_are_not_loaded_are_unknown(client: httpx.Client) -> None:
    found = asked(client, **BOTH)
    assert "village" not in found["places"]
    assert [one["what"] for one in found["unknowns"]] == ["no_villages"]
    assert set(found["places"]) == {"shelter", "risk"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid_input"),
        ({"bridges": ["没有桥"]}, 404, "not_found"),
        ({"bridges": ["桥"]}, 422, "invalid_input"),  # both end so
        ({"roads": ["没有路"]}, 404, "not_found"),
        ({"bridges": ["南桥"], "profile": "boat"}, 422, "invalid_input"),
        ({"bridges": ["南桥"], "services": ["S999"]}, 404, "unknown_category"),
        ({"bridge": ["南桥"]}, 422, "invalid_input"),  # misspelt
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_remedy(
    client: httpx.Client, body: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/api/loss", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert answer.json()["error"]["message"]


def test_the_critical_layer_ranks_the_way_to_most_people(client: httpx.Client) -> None:
    layer = client.get("/api/layers/critical", params={"limit": 3, "services": "S055"}).json()
    assert layer["type"] == "FeatureCollection"
    assert [one["properties"]["rank"] for one in layer["features"]] == [1, 2, 3]
    scores = [one["properties"]["people_minutes"] for one in layer["features"]]
    assert scores == sorted(scores, reverse=True)
    rows = {one["properties"]["name"]: one["properties"] for one in layer["features"]}
    west = rows["西街"]  # from the corner of 老街 to where 西岸路 and 南桥 begin
    assert (west["from"], west["to"], west["township"]) == ("老街", "南桥", "双桥镇")
    for one in layer["features"]:
        assert shapely.geometry.shape(one["geometry"]).length > 0
    assert layer["basis"]["considered"] <= layer["basis"]["of"]
    again = client.get("/api/layers/critical", params={"limit": 3, "services": "S055"}).json()
    assert again == layer


def test_a_ranking_is_given_again_until_anything_changes(
    client: httpx.Client, town: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from routing import ranking as ranks

    worked_out: list[str] = []
    really = ranks.ranking

    def counted(*given: Any, **said: Any) -> ranks.Ranking:
        worked_out.append(said["profile"])
        return really(*given, **said)

    monkeypatch.setattr(ranks, "ranking", counted)

    def layer(**said: Any) -> tuple[Any, int]:
        before = len(worked_out)
        answer = client.get("/api/layers/critical", params={"services": "S055", **said})
        assert answer.status_code == 200, answer.text
        return answer.json(), len(worked_out) - before

    first, new = layer()
    assert new == 1
    assert layer() == (first, 0)
    for other in ({"profile": "car"}, {"limit": 2}, {"by": "day"}, {"services": "S016"}):
        assert layer(**other)[1] == 1
    # A closure: the other bridge is worth more at once; changed, less; lifted, it is as before.
    at = "/api/closures/01901234-5678-7abc-8def-000000000002"
    body = {"id": at.rpartition("/")[2], "geometry": SOUTH_BRIDGE, "name": "南桥"}
    assert client.post("/api/closures", json=body).status_code == 201
    closed, new = layer()
    assert new == 1
    scores = [
        {
            one["properties"]["name"]: one["properties"]["people_minutes"]
            for one in found["features"]
        }
        for found in (first, closed)
    ]
    assert scores[1]["北桥"] > scores[0].get("北桥", 0)
    assert layer() == (closed, 0)
    assert client.delete(at).status_code in (200, 204)
    assert layer() == (first, 0)
    # People, and a station.
    cells = tmp_path / "more.csv"
    cells.write_text("key,lon,lat,size_m,day,night\nm1,123.0299,28.0,250,40,4000\n")
    load.load_people(town, [cells], source="more", synthetic=True, now=NOW)
    peopled, new = layer()
    assert (new, peopled != first) == (1, True)
    with town.session() as session:
        session.execute(text("UPDATE resource SET geom = ST_Translate(geom, 0.005, 0)"))
    assert layer()[1] == 1
    # The roads.
    with town.session() as session:
        session.execute(text("UPDATE resource SET geom = ST_Translate(geom, -0.005, 0)"))
    assert layer() == (peopled, 0)
    narrow = tmp_path / "narrow.osm"
    slow = '<tag k="name" v="北桥"/><tag k="maxspeed" v="20"/>'
    whole = (tmp_path / "town.osm").read_text(encoding="utf-8")
    narrow.write_text(whole.replace('<tag k="name" v="北桥"/>', slow), encoding="utf-8")
    load.load_roads(town, [narrow], source="town", synthetic=True, now=NOW)
    assert layer()[1] == 1


def test_what_lies_far_from_any_road_is_listed_and_drawn(client: httpx.Client) -> None:
    layer = client.get("/api/layers/missing-roads").json()
    (township,) = layer["townships"]
    assert township["name"] == "双桥镇"
    assert "山里站" in township["places"]
    assert township["villages"] is None  # no names of villages are loaded
    far = {one["properties"]["name"]: one["properties"] for one in layer["features"]}
    # 山里站 stands at 28.03; the nearest road is 北桥 at 28.01, 2.2 km to the south.
    assert far["山里站"]["metres"] == pytest.approx(2216, abs=10)
    assert township["farthest_m"] == far["山里站"]["metres"]


def test_without_roads_it_says_so(empty: httpx.Client) -> None:
    for answer in (
        empty.post("/api/loss", json=BOTH),
        empty.get("/api/layers/critical"),
        empty.get("/api/layers/missing-roads"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "no_roads")


def test_a_village_by_name_is_cut_off_by_name(town: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from server.loss import closing_named, loss

    with town.session() as session:
        session.execute(
            text(
                "INSERT INTO base_name (id, source, source_key, kind, name, rank, geom) VALUES"
                " (gen_random_uuid(), 'town', 'v', 'village', '东岸村', 4,"
                " ST_SetSRID(ST_MakePoint(123.0299, 28.0), 4326))"
            )
        )
        roads = town.roads(session)
        closing = closing_named(session, roads, ["南桥", "北桥"])
        found = loss(session, roads, closing, profile="car", now=datetime(2026, 6, 1, tzinfo=UTC))
    assert found["places"]["village"]["cut_off"] == 1
    (village,) = (one for one in found["lost"] if one["kind"] == "village")
    assert (village["name"], village["township"], village["cut_off"]) == ("东岸村", "双桥镇", True)


@pytest.fixture
def here(town: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line asks the loaded town."""
    monkeypatch.setenv("DATABASE_URL", town.settings.database_url or "")
    monkeypatch.setenv("ONEMAP_HOME", str(town.settings.home))
    monkeypatch.delenv("ONEMAP_LANG", raising=False)


def test_the_command_line_says_it_in_one_sentence(
    here: None, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["roads", "loss", "--bridge", "南桥", "--bridge", "北桥"]) == 0
    said = capfd.readouterr().out
    assert "封闭:南桥、北桥" in said
    assert "1,080 人被隔断" in said
    assert "没有绕行道路" in said
    assert (
        run_command(["--lang", "en", "roads", "loss", "--bridge", "南桥", "--service", "S055"]) == 0
    )
    said = capfd.readouterr().out
    assert "reached later" in said
    assert "nearest way round +" in said
    assert "loss." not in said  # a key that no catalogue has


def test_what_is_slowed_or_over_is_not_called_closed(
    here: None, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shut = tmp_path / "shut.geojson"
    for said, first in (
        ({"name": "限速", "speed_factor": 0.2}, "缓行:限速(车速 ×0.2)"),
        ({"name": "昨日", "valid_to": "2020-01-01T00:00:00Z"}, "此刻未生效"),
    ):
        feature = {"type": "Feature", "geometry": SOUTH_BRIDGE, "properties": said}
        shut.write_text(json.dumps(feature), encoding="utf-8")
        assert run_command(["roads", "loss", "--closure", str(shut), "--service", "S055"]) == 0
        out = capfd.readouterr().out
        assert out.startswith(first)
        assert "封闭:" not in out
        assert "没有被截断" not in out
        assert ("没有人、村庄" not in out) == ("speed_factor" in said)


def test_rain_slows_the_ground_within_reach_and_what_is_lost(
    here: None, client: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    ask = ["isochrone", "--at", "123.0099,28.0001", "--minutes", "1"]
    assert run_command(ask) == 0
    assert "未计入" in capfd.readouterr().out
    areas = []
    for more in ([], ["--rain", "heavy"]):
        assert run_command([*ask, "--json", *more]) == 0
        found = json.loads(capfd.readouterr().out)
        areas.append(shapely.geometry.shape(found["features"][0]["geometry"]).area)
    assert found["conditions"]["rain"] == "heavy"
    assert areas[1] < areas[0]
    params = {"at": "123.0099,28.0001", "minutes": "1"}
    over_http = [
        client.get("/api/isochrone", params={**params, **more}).json()["features"][0]["geometry"]
        for more in ({}, {"rain": "heavy"})
    ]
    assert [shapely.geometry.shape(one).area for one in over_http] == areas
    dry = asked(client, bridges=["南桥"], services=["S055"])
    wet = asked(client, bridges=["南桥"], services=["S055"], conditions={"rain": "heavy"})
    assert wet["ways_round"][0]["extra_s"] > dry["ways_round"][0]["extra_s"]
    assert (dry["conditions"]["rain"], wet["conditions"]["rain"]) == (None, "heavy")
    assert run_command(["roads", "loss", "--bridge", "南桥", "--rain", "heavy"]) == 0
    assert "强降雨" in capfd.readouterr().out


def test_a_bridge_goes_by_its_own_name(client: httpx.Client, town: Desk) -> None:
    """The structure has a name beside that of its road."""
    with town.session() as session:
        session.execute(
            text(
                "INSERT INTO road_structure (id, source, way_id, kind, name, geom) VALUES"
                " (gen_random_uuid(), 'town', 14, 'bridge', '云江三桥', ST_SetSRID(ST_MakeLine("
                "ST_MakePoint(123.01, 28.0), ST_MakePoint(123.02, 28.0)), 4326))"
            )
        )
    found = asked(client, bridges=["云江三桥"])
    assert [way["road"] for way in found["ways_round"]] == ["云江三桥"]
    assert "云江三桥" in found["closures"][0]["roads"]


def test_rank_and_missing_print_tables_and_json(
    here: None, capfd: pytest.CaptureFixture[str]
) -> None:
    for language in ("zh-CN", "en"):
        assert run_command(["--lang", language, "roads", "rank", "--limit", "4"]) == 0
        assert run_command(["--lang", language, "roads", "missing"]) == 0
        said = capfd.readouterr().out
        assert "loss." not in said
        assert "双桥镇" in said
        assert ("至" if language == "zh-CN" else "(from ") in said
    assert run_command(["roads", "rank", "--json", "--limit", "2", "--service", "S055"]) == 0
    assert [one["rank"] for one in json.loads(capfd.readouterr().out)["critical"]] == [1, 2]
    assert run_command(["roads", "missing", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["basis"]["limit_m"] == 200


def test_an_isochrone_is_written_as_geojson(
    here: None, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "ground.geojson"
    shut = tmp_path / "shut.geojson"
    shut.write_text(json.dumps(SOUTH_BRIDGE), encoding="utf-8")
    ask = ["isochrone", "--at", "123.0099,28.0001", "--minutes", "1,3", "--out", str(out)]
    assert run_command(ask) == 0
    assert "平方公里" in capfd.readouterr().out
    wide, near = (
        shapely.geometry.shape(one["geometry"]) for one in json.loads(out.read_text())["features"]
    )
    assert wide.covers(near)
    east = shapely.Point(123.0199, 28.0)
    assert wide.covers(east)
    assert run_command([*ask, "--closure", str(shut)]) == 0
    less = shapely.geometry.shape(json.loads(out.read_text())["features"][0]["geometry"])
    assert less.area < wide.area
    assert run_command(["isochrone", "--at", "123.0,28.0", "--minutes", "x"]) == 1
