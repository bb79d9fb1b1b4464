"""Who can come: by kind, capability and state, so many of each, within minutes, and who not.

The apikit town: the west station and the police stand on the west bank, the east station across
the river, 山里站 where no road is known; one station is out, one team's state is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from geo.cluster import Cluster
from geo.errors import InvalidInput, UnknownCategory
from routing.conditions import Conditions
from server import load
from server.desk import Desk
from server.filters import Wanted
from server.nearest import Nearest, nearest
from server.nearesttable import nearest_table
from server.settings import Settings
from tests import apikit
from tests.apikit import NOW, SOUTH_BRIDGE, SQUARE, serving, write_town
from tests.conftest import fresh_database

MORE: tuple[dict[str, Any], ...] = (
    {"key": "away", "category": "S016", "name": "出动中的站", "lon": 123.0005, "lat": 28.0001,
     "status": "out", "turnout_s": 60},
    {"key": "silent", "category": "S016", "name": "未报的站", "lon": 123.0101, "lat": 28.0001,
     "turnout_s": 60},
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("nearest")
    said: dict[str, Any] = {"source": "town", "synthetic": True, "now": NOW}
    patch = pytest.MonkeyPatch()
    patch.setattr(apikit, "PLACES", (*apikit.PLACES, *MORE))
    files = write_town(folder)
    patch.undo()
    with fresh_database(cluster, template) as url:
        opened = Desk(Settings(home=folder / "home", database_url=url, web=folder / "web"))
        load.load_roads(opened, [files.roads], **said)
        load.load_places(opened, [files.places], **said)
        yield opened
        opened.close()


def asked(
    desk: Desk, limit: int = 20, conditions: Conditions | None = None, **said: Any
) -> Nearest:
    with desk.session() as session:
        return nearest(
            session,
            desk.roads(session),
            SQUARE,
            now=NOW,
            limit=limit,
            wanted=Wanted(**said),
            conditions=conditions,
        )


def names(etas: Any) -> list[str]:
    return [eta.resource.name for eta in etas]


STATIONS = {"categories": ("S016",)}


def test_a_capability_leaves_out_who_lacks_it(desk: Desk) -> None:
    answer = asked(desk, capabilities=("fire_fighting",), kinds=("team",))
    assert {eta.resource.category for eta in answer.etas} == {"S016"}
    assert answer.left_out["capability"] == 2  # the police and the support squad
    both = asked(desk, capabilities=("fire_fighting", "command_support"), kinds=("team",))
    assert "现场保障分队" in names(both.etas)


def test_who_is_out_is_left_out_and_who_is_unknown_stands_apart(desk: Desk) -> None:
    answer = asked(desk, statuses=("standby",), **STATIONS)
    assert names(answer.etas) == ["西站", "东站", "山里站"]
    assert names(answer.apart) == ["未报的站"]
    assert answer.left_out == {"status": 1, "status_unknown": 1}


def test_those_of_unknown_state_may_be_counted_in(desk: Desk) -> None:
    answer = asked(desk, statuses=("standby",), unknown_status=True, **STATIONS)
    assert names(answer.etas)[0] == "未报的站"
    assert (answer.apart, answer.left_out) == ((), {"status": 1})


def test_without_a_state_asked_for_nobody_is_apart(desk: Desk) -> None:
    answer = asked(desk, **STATIONS)
    assert len(answer.etas) == 5
    assert (answer.apart, answer.left_out) == ((), {})


def test_so_many_of_each_kind(desk: Desk) -> None:
    answer = asked(desk, each=1, by="kind")
    assert {group.key: len(group.etas) for group in answer.groups} == {
        "depot": 1, "shelter": 1, "site": 1, "team": 1,
    }  # fmt: skip
    team = next(group for group in answer.groups if group.key == "team")
    assert team.left_out == {"more": 5, "no_road_data": 1}
    assert len(answer.etas) == 4


def test_of_each_capability_though_nobody_has_it(desk: Desk) -> None:
    wanted = ("fire_fighting", "water_rescue")
    answer = asked(desk, each=2, by="capability", capabilities=wanted)
    fire, water = answer.groups
    assert (fire.key, len(fire.etas), water.key, water.etas) == (
        "fire_fighting", 2, "water_rescue", (),
    )  # fmt: skip


def test_within_minutes_the_others_are_counted(desk: Desk) -> None:
    every = {eta.resource.name: eta.eta_s for eta in asked(desk, **STATIONS).etas}
    soon = every["西站"]
    assert soon is not None
    answer = asked(desk, within_s=soon, **STATIONS)
    assert "西站" in names(answer.etas)
    assert answer.left_out == {"late": 1, "no_road_data": 1}
    for eta in answer.etas:  # the bounded search says the same times
        assert eta.eta_s == every[eta.resource.name]


def test_beyond_the_limit_is_counted_too(desk: Desk) -> None:
    assert asked(desk, limit=2, **STATIONS).left_out == {"more": 3}


def test_a_time_has_its_range_and_what_it_holds_for(desk: Desk) -> None:
    answer = asked(desk, **STATIONS)
    for eta in answer.etas:
        if eta.road_s is None:
            assert eta.resource.id not in answer.ranges
        else:
            span = answer.ranges[eta.resource.id]
            assert span.low_s <= eta.road_s <= span.high_s
    assert answer.conditions is not None
    assert "rain" in answer.conditions["unknown"]  # type: ignore[operator]


def test_rain_slows_and_the_answer_says_so(desk: Desk) -> None:
    dry = asked(desk, **STATIONS)
    wet = asked(desk, conditions=Conditions(rain="heavy"), **STATIONS)
    east = [next(e for e in one.etas if e.resource.name == "东站") for one in (dry, wet)]
    assert (east[1].road_s or 0) > (east[0].road_s or 0) > 0
    assert wet.conditions is not None
    assert wet.conditions["rain"] == "heavy"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"capabilities": ("flying",)}, InvalidInput),
        ({"statuses": ("idle",)}, InvalidInput),
        ({"by": "colour"}, InvalidInput),
        ({"kinds": ("dragon",)}, InvalidInput),
        ({"categories": ("X1",)}, UnknownCategory),
    ],
)
def test_a_word_that_there_is_not(desk: Desk, said: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error) as refused:
        asked(desk, **said)
    assert refused.value.remedy  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[httpx.Client]:
    with serving(desk.settings) as opened:
        yield opened


def test_over_http(client: httpx.Client) -> None:
    body = client.post(
        "/api/nearest",
        json={
            "lon": SQUARE[0],
            "lat": SQUARE[1],
            "capabilities": ["fire_fighting"],
            "statuses": ["standby"],
            "each": 1,
            "by": "capability",
            "within_min": 30,
            "conditions": {"rain": "rain"},
        },
    ).json()
    (group,) = body["groups"]
    assert (group["key"], group["name_en"]) == ("fire_fighting", "Fire fighting")
    assert [one["id"] for one in body["resources"]] == group["resources"]
    first = body["resources"][0]
    assert first["low_s"] <= first["eta_s"] <= first["high_s"]
    assert "fire_fighting" in first["capabilities"]
    assert [one["name"] for one in body["apart"]] == ["未报的站"]
    assert body["incident"]["conditions"]["rain"] == "rain"


def test_a_closure_that_is_over_or_not_yet_holds_for_nobody(client: httpx.Client) -> None:
    """Without the south bridge the east station comes later; a closure of another day is none."""
    ask = {"lon": SQUARE[0], "lat": SQUARE[1], "categories": ["S016"]}

    def east(**when: str) -> float:
        shut = {"type": "Feature", "geometry": SOUTH_BRIDGE, "properties": when}
        body = client.post("/api/nearest", json={**ask, "closures": [shut]}).json()
        return float(next(o["eta_s"] for o in body["resources"] if o["name"] == "东站"))

    (free,) = (
        one["eta_s"]
        for one in client.post("/api/nearest", json=ask).json()["resources"]
        if one["name"] == "东站"
    )
    assert east() > free
    assert east(valid_from="2020-01-01T00:00:00Z") > free
    assert east(valid_to="2020-01-01T00:00:00Z") == free
    assert east(valid_from="2090-01-01T00:00:00Z") == free


def test_the_table_cuts_no_name(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    answer = asked(desk, **STATIONS)
    name = "瑞安市安阳街道综合应急救援分队"
    first = replace(answer.etas[0], resource=replace(answer.etas[0].resource, name=name))
    nearest_table(replace(answer, etas=(first, *answer.etas[1:])), "zh-CN")
    said = capfd.readouterr().out
    assert name in said
    assert "…" not in said


def test_a_broken_pipe_is_no_fault(desk: Desk, tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    said = {"ONEMAP_HOME": str(desk.settings.home), "PYTHONPATH": os.getcwd()}
    said["DATABASE_URL"] = str(desk.settings.database_url)
    read, write = os.pipe()
    os.close(read)
    at = f"{SQUARE[0]},{SQUARE[1]}"
    for more in ((), ("--json",)):
        done = subprocess.run(
            [sys.executable, "-m", "server", "nearest", "--at", at, *more],
            stdout=write, stderr=subprocess.PIPE, env={**os.environ, **said}, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, b"")
    os.close(write)
