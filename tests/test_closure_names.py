"""A closure holds the road it was meant for: by its bridge's own name, after a reload."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from geo import queries
from geo.domain import Closure
from geo.errors import BadFile, InvalidInput, NotFound
from server import closing, load
from server.checks import in_force
from server.cli import run_command
from server.closures import closures_of, read_closures
from server.desk import Desk
from server.reading import moment
from server.route import route
from tests import apikit
from tests.apikit import NORTH_BRIDGE, SOUTH_BRIDGE, client, settings, town  # noqa: F401
from tests.towns import box

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
OWN = "云江三桥"  # the bridge on 东大道 has a name that no road bears


@pytest.fixture
def bridged(
    settings: Any,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    """The town with one more bridge between its banks, known by its own name alone."""
    nodes = apikit.NODES | {8: (123.014, 28.005), 9: (123.015, 28.005), 10: (123.016, 28.005)}
    own = {"name": "东大道", "highway": "primary", "bridge": "yes", "bridge:name": OWN}
    ways = apikit.WAYS | {
        18: ((2, 8), {"name": "引路", "highway": "primary"}),
        19: ((10, 5), {"name": "引路", "highway": "primary"}),
        20: ((8, 9), own),
        21: ((9, 10), own),
        22: ((9, 6), {"name": "引路", "highway": "primary"}),  # so that they are two edges
    }
    monkeypatch.setattr(apikit, "NODES", nodes)
    monkeypatch.setattr(apikit, "WAYS", ways)
    desk = Desk(settings)
    apikit.load_town(desk, apikit.write_town(tmp_path))
    yield desk
    desk.close()


def feature(**said: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": None, "properties": said}


# -- one closure says in one way where it is -----------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"road": "西街", "bridge": "南桥"},
        {"road": "西街", "edges": ["10:1:2:0"]},
        {"bridge": "南桥", "edges": ["10:1:2:0"]},
        {"geometry": SOUTH_BRIDGE, "edges": ["10:1:2:0"]},
    ],
)
def test_of_two_places_none_is_left_open_in_silence(
    client: httpx.Client,  # noqa: F811
    said: dict[str, Any],
) -> None:
    answer = client.post("/api/closures", json={"id": str(uuid4()), **said})
    assert answer.status_code == 422, answer.text
    assert "不能同时写" in answer.json()["error"]["message"]
    if "geometry" not in said:
        with pytest.raises(InvalidInput, match="do not go together"):
            closures_of(feature(**said), "f")
    one = {"id": str(uuid4()), "bridge": "南桥", "geometry": SOUTH_BRIDGE}
    made = client.post("/api/closures", json=one).json()
    changed = client.patch(f"/api/closures/{made['id']}", json={"version": 1, **said})
    assert changed.status_code == 422, changed.text


def test_another_place_takes_the_place_of_the_first(client: httpx.Client) -> None:  # noqa: F811
    made = client.post("/api/closures", json={"id": str(uuid4()), "bridge": "南桥"}).json()
    where = f"/api/closures/{made['id']}"
    road = client.patch(where, json={"version": 1, "road": "西街"}).json()
    assert (road["road"], road["bridge"], road["roads"]) == ("西街", "", ["西街"])
    edge = client.patch(where, json={"version": 2, "edges": ["14:2:5:0"]}).json()
    assert (edge["road"], edge["edges"]) == ("", ["14:2:5:0"])
    drawn = client.patch(where, json={"version": 3, "geometry": NORTH_BRIDGE}).json()
    assert (drawn["kind"], drawn["roads"]) == ("line", ["北桥"])


def test_null_takes_a_place_away_where_another_stays(client: httpx.Client) -> None:  # noqa: F811
    body = {"id": str(uuid4()), "bridge": "南桥", "geometry": SOUTH_BRIDGE, "name": "积水"}
    made = client.post("/api/closures", json=body).json()
    where = f"/api/closures/{made['id']}"
    drawn = client.patch(where, json={"version": 1, "bridge": None, "name": None})
    assert drawn.status_code == 200, drawn.text
    assert (drawn.json()["kind"], drawn.json()["bridge"], drawn.json()["name"]) == ("area", "", "")
    nothing = client.patch(where, json={"version": 2, "geometry": None})
    assert nothing.status_code == 422


# -- a bridge by its own name --------------------------------------------------------------------


def test_a_bridge_by_its_own_name_comes_with_a_question(bridged: Desk) -> None:
    given = closures_of(feature(bridge=OWN), "f")
    with bridged.session() as session:
        roads = bridged.roads(session)
        held = in_force(session, roads, given, NOW)
        assert {edge.split(":")[0] for edge in roads.edges_of(held[0])} == {"20", "21"}
        assert held.unknowns == ()
        for part in ("三桥",):
            said = closing.add(
                session, roads, Closure(uuid4(), None, bridge=part), actor="a", now=NOW
            )
            assert said["bridge"] == OWN
        with pytest.raises(NotFound) as caught:
            in_force(session, roads, closures_of(feature(bridge="云江五桥"), "f"), NOW)
        assert OWN in caught.value.values["near"]
        closures = closures_of(feature(bridge="桥"), "f")
        with pytest.raises(InvalidInput, match="3 bridges are called 桥") as several:
            in_force(session, roads, closures, NOW)
        assert "南桥" in several.value.values["places"]


# -- the roads are loaded anew -------------------------------------------------------------------


def test_a_bridge_stays_shut_when_the_roads_are_loaded_anew(
    bridged: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bridged.session() as session:
        roads = bridged.roads(session)
        for one in (
            Closure(uuid4(), None, bridge=OWN, name="三桥"),
            Closure(uuid4(), None, edges=("10:1:2:0", "17:5:7:0"), name="两段"),
            Closure(uuid4(), None, edges=("17:5:7:0",), name="一段"),
        ):
            closing.add(session, roads, one, actor="a", now=NOW)
    ways = {k: v for k, v in apikit.WAYS.items() if k != 17}
    ways[23] = ways.pop(21)  # half of the bridge was drawn again, under another number
    monkeypatch.setattr(apikit, "WAYS", ways)
    files = apikit.write_town(tmp_path)
    load.load_roads(bridged, [files.roads], source="town", synthetic=True, now=NOW)
    with bridged.session() as session:
        roads = bridged.roads(session)
        held = in_force(session, roads, (), NOW)
        taken = {one.name: {e.split(":")[0] for e in roads.edges_of(one)} for one in held}
        assert taken == {"三桥": {"20", "23"}, "两段": {"10"}}
        said = {one.detail: one.subjects for one in held.unknowns}
        assert said == {"lost_edges": ("两段",), "idle_closures": ("一段",)}
        answer = route(session, roads, (123.0, 28.0), (123.02, 28.0), profile="car", now=NOW)
        assert [one["detail"] for one in answer["unknowns"]] == ["lost_edges", "idle_closures"]
        shown = closing.listed(session, roads, NOW)
        told = {one["name"]: [u["detail"] for u in one["unknowns"]] for one in shown}
        assert told == {"三桥": [], "两段": ["lost_edges"], "一段": ["idle_closures"]}


# -- what a person should be told ------------------------------------------------------------------


def test_closures_out_of_their_time_do_not_count_and_are_said(town: Desk) -> None:  # noqa: F811
    over = feature(bridge="南桥", name="昨天", valid_to="2026-05-31T08:00:00+08:00")
    later = feature(bridge="南桥", name="明天", valid_from="2026-06-02T08:00:00+08:00")
    body = {"type": "FeatureCollection", "features": [over, later]}
    with town.session() as session:
        roads = town.roads(session)
        held = in_force(session, roads, closures_of(body, "f"), NOW)
    assert tuple(held) == ()
    said = {one.detail: one.subjects for one in held.unknowns}
    assert said == {"over_closures": ("昨天",), "later_closures": ("明天",)}
    with pytest.raises(InvalidInput, match="never hold"):
        closures_of(feature(bridge="南桥", valid_from="2026-06-02", valid_to="2026-06-01"), "never")


@pytest.mark.parametrize(
    "said", [{"whole": "yes"}, {"speed_factor": 0.0001}, {"depth_m": 101}, {"whole": 1}]
)
def test_given_closures_have_the_limits_of_stored_ones(said: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        closures_of(feature(bridge="南桥", **said), "f")


def test_thousands_of_closures_do_not_hold_up_a_route(town: Desk) -> None:  # noqa: F811
    away = [Closure(uuid4(), box(123.03, 28.03, 123.031, 28.031)) for _ in range(2_000)]
    shut = [Closure(uuid4(), None, bridge="南桥", name="甲"), Closure(uuid4(), None, bridge="北桥")]
    with town.session() as session:
        roads, began = town.roads(session), time.thread_time()
        places = (123.0, 28.0), (123.03, 28.0)
        found = route(session, roads, *places, profile="car", now=NOW, closures=[*shut, *away])
        took = time.thread_time() - began
    assert found["reason"]["kind"] == "closed"
    assert [one["name"] for one in found["reason"]["closures"]] == ["甲"]
    assert len(found["unknowns"][0]["subjects"]) == len(away)
    assert took < 20  # it was a search for each closure


# -- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b" \n", "closures.file.empty"),
        ('{"名": "管制"}'.encode("gbk"), "closures.file.not_utf8"),
        (b"{", "errors.not_geojson"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "f.geojson"
    file.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        read_closures([file])
    assert caught.value.values["words"] == words


@pytest.mark.parametrize(
    ("ring", "said"),
    [
        ([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]], "在 0.50000,0.50000 处自相交"),
        ([[0, 0], [1, 1]], "点数太少"),
    ],
)
def test_a_shape_is_refused_in_the_readers_words(ring: list[Any], said: str) -> None:
    from server.errors import sentences

    with pytest.raises(InvalidInput) as caught:
        closures_of({"type": "Polygon", "coordinates": [ring]}, "图.geojson")
    message, _ = sentences(caught.value)
    assert said in message
    assert "图.geojson" in message


def test_a_stored_closure_is_what_was_said(bridged: Desk) -> None:
    one = Closure(uuid4(), None, bridge=OWN)
    with bridged.session() as session:
        closing.add(session, bridged.roads(session), one, actor="a", now=NOW)
        assert queries.closure(session, one.id).bridge == OWN
        assert json.dumps(closing.listed(session, bridged.roads(session), NOW))


# -- the command line ------------------------------------------------------------------------------


def test_the_command_line_lives_in_the_demonstrations_time(
    bridged: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page's clock is the command line's: what is closed here is closed there at once."""
    here = bridged.settings
    monkeypatch.setenv("ONEMAP_HOME", str(here.home))
    monkeypatch.setenv("DATABASE_URL", str(here.database_url))
    with apikit.serving(here.model_copy(update={"clock": NOW})) as page:
        words = ["closures", "add", "--bridge", "三桥", "--profile", "bus", "--depth", "0.4"]
        assert run_command([*words, "--to", "21:40"]) == 0
        told = capsys.readouterr()
        assert "演示时钟:2026-06-01 16:0" in told.err
        assert "按“云江三桥”封闭" in told.out
        assert "客车" in told.out
        assert "2026-06-01 21:40 (UTC+8)" in told.out
        (seen,) = page.get("/api/closures").json()
        assert seen["bridge"] == OWN
        change = ["closures", "change", seen["id"], "--unset", "to", "--unset", "depth"]
        assert run_command(change) == 0
        (seen,) = page.get("/api/closures").json()
        assert (seen["valid_to"], seen["depth_m"]) == (None, None)
        assert run_command([*change[:3], "--unset", "nonsense"]) == 1
        assert run_command(["closures", "lift", seen["id"]]) == 0
        capsys.readouterr()
        assert run_command(["closures", "lift", seen["id"]]) == 0
        assert "此前已解除(2026-06-01" in capsys.readouterr().out
        assert page.get("/api/closures").json() == []


def test_a_bare_clock_time_is_todays_in_shanghai() -> None:
    late = datetime(2026, 6, 1, 17, tzinfo=UTC)  # one at night on the second, in Shanghai
    assert moment("21:40", late) == datetime(2026, 6, 2, 13, 40, tzinfo=UTC)
    assert moment("0:30", late) == datetime(2026, 6, 1, 16, 30, tzinfo=UTC)
    with pytest.raises(InvalidInput):
        moment("24:10", late)
