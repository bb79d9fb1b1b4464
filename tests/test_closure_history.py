"""Closures over HTTP and on the command line, with their history, on real PostGIS."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from geo import db, queries
from geo.domain import Closure
from geo.errors import Conflict, InvalidInput
from server import closing, closurelog
from server.cli import run_command
from server.closures import closures_of
from server.desk import Desk
from server.settings import Settings
from tests.apikit import SOUTH_BRIDGE, client, settings, town  # noqa: F401
from tests.towns import box

AREA = box(123.0, 28.0, 123.01, 28.01)
AWAY = box(123.0305, 28.0305, 123.031, 28.031)  # no road there


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, 1, hour, minute, tzinfo=UTC)


# -- the roads as they were at 21:40 ------------------------------------------------------------


def test_the_roads_as_they_were_at_21_40(engine: Engine) -> None:
    """Shut at 21:00, slowed only from 21:30, lifted at 22:00; another learnt of at 21:50."""
    river = Closure(uuid4(), AREA, name="河堤路")
    late = Closure(uuid4(), AREA, name="后来才知道", valid_from=at(21, 30))
    with db.session(engine) as session:
        closurelog.add_closure(session, river, actor="a", now=at(21))
        slow = replace(river, speed_factor=0.5)
        closurelog.change_closure(session, slow, expected=1, actor="b", now=at(21, 30))
        closurelog.add_closure(session, late, actor="a", now=at(21, 50))
        closurelog.lift_closure(session, river.id, actor="c", now=at(22))

    def then(now: datetime, known: datetime | None = None) -> dict[str, float | None]:
        with db.session(engine) as session:
            found = queries.open_closures(session, now, as_known=known)
        return {one.name: one.speed_factor for one in found}

    assert then(at(20, 59)) == {}
    assert then(at(21, 10)) == {"河堤路": None}
    assert then(at(21, 40)) == {"河堤路": 0.5}
    assert then(at(21, 55)) == {"河堤路": 0.5, "后来才知道": None}
    assert then(at(22, 30)) == {"后来才知道": None}
    # With what we know now, the second was shut at 21:40 too.
    assert then(at(21, 40), at(23)) == {"河堤路": 0.5, "后来才知道": None}
    assert then(at(21, 20), at(23)) == {"河堤路": 0.5}
    with db.session(engine) as session:
        states = queries.closure_history(session, river.id)
    assert [(s.known_from, s.known_to, s.actor) for s in states] == [
        (at(21), at(21, 30), "a"),
        (at(21, 30), at(22), "b"),
        (at(22), None, "c"),
    ]
    assert [s.closure.version for s in states] == [1, 2, 3]


def test_history_is_never_changed_and_events_tell_it(engine: Engine) -> None:
    one = Closure(uuid4(), AREA, name="塌方")
    with db.session(engine) as session:
        closurelog.add_closure(session, one, actor="a", now=at(8))
        moved = replace(one, geometry=box(123.02, 28.0, 123.03, 28.01))
        closurelog.change_closure(session, moved, expected=1, actor="a", now=at(9))
        closurelog.lift_closure(session, one.id, actor="a", now=at(10))
        kinds = session.scalars(text("SELECT kind FROM event ORDER BY recorded")).all()
        assert kinds == ["closure.added", "closure.changed", "closure.lifted"]
        assert queries.layer_version(session, "closure") == 3
    for statement in (
        "UPDATE closure_state SET name = 'x'",
        "DELETE FROM closure_state",
        "TRUNCATE closure_state",
    ):
        with pytest.raises(DBAPIError), db.session(engine) as session:
            session.execute(text(statement))


def test_a_change_is_never_known_before_what_it_changed(engine: Engine) -> None:
    one = Closure(uuid4(), AREA)
    with db.session(engine) as session:
        closurelog.add_closure(session, one, actor="a", now=at(9))
        slow = replace(one, speed_factor=0.5)
        closurelog.change_closure(session, slow, expected=1, actor="slow clock", now=at(8))
        assert queries.open_closures(session, at(8, 30)) == ()
        assert queries.open_closures(session, at(9)) == (slow,)


# -- two at once --------------------------------------------------------------------------------


def test_of_two_that_change_the_same_version_one_is_refused(engine: Engine) -> None:
    one = Closure(uuid4(), AREA)
    with db.session(engine) as session:
        closurelog.add_closure(session, one, actor="a", now=at(8))
    start, outcome = threading.Barrier(2), []

    def write(factor: float) -> None:
        start.wait()
        try:
            with db.session(engine) as session:
                said = replace(one, speed_factor=factor)
                closurelog.change_closure(session, said, expected=1, actor="b", now=at(9))
            outcome.append(factor)
        except Conflict as fault:
            outcome.append(fault.values["version"])

    threads = [threading.Thread(target=write, args=(factor,)) for factor in (0.25, 0.5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = next(one for one in outcome if one < 1)
    assert sorted(outcome) == [won, 2]
    with db.session(engine) as session:
        assert queries.closure(session, one.id).speed_factor == won
        assert len(queries.closure_history(session, one.id)) == 2


def test_the_same_change_again_gets_the_same_answer(engine: Engine) -> None:
    one = Closure(uuid4(), AREA)
    said: dict[str, Any] = {"expected": 1, "actor": "a", "now": at(9)}
    with db.session(engine) as session:
        closurelog.add_closure(session, one, actor="a", now=at(8))
        slow = replace(one, speed_factor=0.5)
        first = closurelog.change_closure(session, slow, **said)
        again = closurelog.change_closure(session, slow, **said)
        assert (first, first.version) == (again, 2)
        assert again.version == 2
        with pytest.raises(Conflict, match="version 2"):
            closurelog.change_closure(session, replace(one, speed_factor=0.1), **said)
        closurelog.lift_closure(session, one.id, actor="a", now=at(10))
        with pytest.raises(Conflict, match="lifted"):
            closurelog.change_closure(session, slow, expected=3, actor="a", now=at(11))


# -- over HTTP ----------------------------------------------------------------------------------


def road_s(http: httpx.Client) -> dict[str, float | None]:
    asked = {"lon": 123.0099, "lat": 28.0001, "kinds": ["team"]}
    answer = http.post("/api/nearest", json=asked)
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["road_s"] for one in answer.json()["resources"]}


@pytest.mark.usefixtures("town")
def test_a_bridge_by_name_is_shut_slowed_and_opened_again(client: httpx.Client) -> None:  # noqa: F811
    before = road_s(client)["东站"]
    body = {"id": str(uuid4()), "bridge": "南桥", "cause": "积水", "name": "南桥积水"}
    added = client.post("/api/closures", json=body)
    assert added.status_code == 201, added.text
    said = added.json()
    assert (said["version"], said["kind"], said["roads"]) == (1, "bridge", ["南桥"])
    assert said["km"] == pytest.approx(0.984, abs=0.01)
    assert said["edges"] == ["14:2:5:0", "14:5:2:0"] or len(said["edges"]) == 2
    assert said["unknowns"] == []
    shut = road_s(client)["东站"]
    assert before is not None
    assert shut is not None
    assert shut > 2 * before
    where = f"/api/closures/{said['id']}"
    slowed = client.patch(where, json={"version": 1, "speed_factor": 0.5})
    assert slowed.status_code == 200, slowed.text
    assert (slowed.json()["version"], slowed.json()["cause"]) == (2, "积水")
    slow = road_s(client)["东站"]
    assert slow is not None
    assert before < slow < shut
    late = client.patch(where, json={"version": 1, "cause": "别的"})
    assert late.status_code == 409
    assert "已被他人修改" in late.json()["error"]["message"]
    assert client.delete(where).status_code == 204
    assert road_s(client)["东站"] == before
    states = client.get(f"{where}/history").json()
    assert [one["version"] for one in states] == [1, 2, 3]
    assert states[0]["known_to"] == states[1]["known_from"]
    assert states[2]["lifted_at"] is not None
    assert client.get("/api/closures").json() == []


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"bridge": "北大桥"}, 404, "北桥"),
        ({"bridge": "123.0,28.03"}, 404, "没有桥"),
        ({"road": "不存在的路"}, 404, "没有叫"),
        ({"road": "西街", "direction": "along"}, 422, "没有方向"),
        ({"edges": ["1:2:3:4"]}, 404, "1:2:3:4"),
        ({"geometry": {"type": "Point", "coordinates": [123, 28]}}, 422, ""),
        ({}, 422, ""),
        ({"road": "西街", "speed_factor": 1.0}, 422, ""),
        ({"road": "西街", "profiles": ["tank"]}, 422, "tank"),
    ],
)
def test_what_cannot_be_closed_is_said_and_nothing_is_kept(
    client: httpx.Client,  # noqa: F811
    body: dict[str, Any],
    status: int,
    word: str,
) -> None:
    answer = client.post("/api/closures", json={"id": str(uuid4()), **body})
    assert answer.status_code == status, answer.text
    assert word in json.dumps(answer.json(), ensure_ascii=False)
    assert client.get("/api/closures").json() == []


def test_a_closure_that_meets_no_road_says_so(client: httpx.Client) -> None:  # noqa: F811
    body = {"id": str(uuid4()), "geometry": AWAY, "name": "山上"}
    said = client.post("/api/closures", json=body).json()
    assert said["edges"] == []
    assert said["unknowns"][0]["detail"] == "idle_closures"
    assert "没有碰到任何" in said["unknowns"][0]["detail_zh"]


def test_closures_in_a_box(client: httpx.Client) -> None:  # noqa: F811
    for bridge in ("南桥", "北桥"):
        client.post("/api/closures", json={"id": str(uuid4()), "bridge": bridge, "name": bridge})
    south = client.get("/api/closures", params={"bbox": "123.012,27.999,123.018,28.001"}).json()
    assert [one["name"] for one in south] == ["南桥"]
    assert client.get("/api/closures", params={"bbox": "1,2,3"}).status_code == 422


# -- the edges are kept from the moment it is made ------------------------------------------------


def test_the_stretches_are_kept_in_the_database(town: Desk) -> None:  # noqa: F811
    one = Closure(uuid4(), SOUTH_BRIDGE, name="南桥")
    with town.session() as session:
        roads = town.roads(session)
        closing.add(session, roads, one, actor="a", now=at(8))
        stored = queries.closure(session, one.id)
        kept = queries.kept_cuts(session, [one.id])[one.id, 1]
        assert kept.roads == roads.version
        assert {edge.split(":")[0] for edge in kept.edges} == {"14"}
        assert kept.start == pytest.approx((0.4, 0.4), abs=1e-6)
        assert kept.end == pytest.approx((0.6, 0.6), abs=1e-6)
        assert closing.listed(session, roads, at(9))[0]["version"] == stored.version


# -- files and the command line -------------------------------------------------------------------


def test_two_rows_with_one_id_are_both_named() -> None:
    row = {"type": "Feature", "id": str(UUID(int=5)), "geometry": AREA, "properties": {}}
    body = {"type": "FeatureCollection", "features": [row, row]}
    with pytest.raises(InvalidInput) as caught:
        closures_of(body, "roads.geojson")
    assert (caught.value.values["file"], caught.value.values["other"]) == (
        "roads.geojson#2",
        "roads.geojson#1",
    )


@pytest.fixture
def here(
    town: Desk,  # noqa: F811
    settings: Settings,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The command line in the town."""
    monkeypatch.setenv("ONEMAP_HOME", str(settings.home))
    monkeypatch.setenv("DATABASE_URL", str(settings.database_url))


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run_command([*arguments, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("here")
def test_the_command_line_closes_changes_lists_and_lifts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    noon, one, two, three = (f"2026-06-01T{hour}:00:00+08:00" for hour in (12, 13, 14, 15))
    words = ("closures", "add", "--bridge", "南桥", "--cause", "积水", "--now", noon)
    made = ask(capsys, *words)
    assert run_command(["closures", "list", "--at", noon]) == 0
    assert "南桥,积水" in capsys.readouterr().out
    changed = ask(capsys, "closures", "change", made["id"], "--slow", "0.5", "--now", one)
    assert (changed["version"], changed["speed_factor"], changed["cause"]) == (2, 0.5, "积水")
    assert run_command(["closures", "change", made["id"], "--version", "1", "--slow", "0.1"]) == 1
    assert "已被他人修改" in capsys.readouterr().err
    ask(capsys, "closures", "lift", made["id"], "--now", two)
    then = ask(capsys, "closures", "list", "--at", "2026-06-01T12:30:00+08:00")
    assert [f["properties"]["speed_factor"] for f in then["features"]] == [None]
    now = ask(capsys, "closures", "list", "--at", three)
    assert now["features"] == []
    # The same moments, asked of the roads themselves.
    place = ("nearest", "--at", "123.0099,28.0001", "--kind", "team", "--now")
    etas = []
    for moment in ("2026-06-01T11:00:00+08:00", noon, one, two):
        found = ask(capsys, *place, moment)["resources"]
        etas.append(next(r["road_s"] for r in found if r["name"] == "东站"))
    assert etas[0] == etas[3] < etas[2] < etas[1]
    assert run_command(["--lang", "en", "closures", "history", made["id"]]) == 0
    out = capsys.readouterr().out
    assert "slowed to 50%" in out
    assert "Lifted" in out


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "没有说明封闭哪里"),
        (("--road", "南北路"), "没有叫"),
        (("--bridge", "123.0,28.03"), "没有桥"),
        (("--road", "西街", "--direction", "sideways"), "direction"),
    ],
)
def test_the_command_line_says_what_cannot_be_closed(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], word: str
) -> None:
    assert run_command(["closures", "add", *arguments]) == 1
    assert word in capsys.readouterr().err


def test_a_lifted_closure_stays_closed_in_the_past(engine: Engine) -> None:
    one = Closure(uuid4(), AREA, valid_to=at(12))
    with db.session(engine) as session:
        closurelog.add_closure(session, one, actor="a", now=at(8))
        closurelog.lift_closure(session, one.id, actor="a", now=at(8) + timedelta(hours=1))
        assert queries.open_closures(session, at(8, 30)) == (one,)
        assert queries.open_closures(session, at(9)) == ()


def test_a_given_closure_that_meets_no_road_is_said_in_the_answer(client: httpx.Client) -> None:  # noqa: F811
    away = {"type": "Feature", "properties": {"name": "山上"}, "geometry": AWAY}
    asked = {"lon": 123.0099, "lat": 28.0001, "kinds": ["team"], "closures": [away]}
    unknowns = client.post("/api/nearest", json=asked).json()["unknowns"]
    assert [one["subjects"] for one in unknowns if one["detail"] == "idle_closures"] == [["山上"]]
