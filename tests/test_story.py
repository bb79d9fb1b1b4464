"""One walk through an incident over real HTTP: report, situation, plan, closure, new plan, page.

The server runs as a person starts it; the database is a real PostGIS.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.desk import Desk
from tests import apikit
from tests.apikit import SOUTH_BRIDGE, SQUARE, incident

settings, town = apikit.settings, apikit.town
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def station(town: Desk) -> Iterator[httpx.Client]:
    """A browser's place: a client of a server that was started from the command line."""
    env = os.environ | {
        "ONEMAP_HOME": str(town.settings.home),
        "DATABASE_URL": str(town.settings.database_url),
        "PYTHONPATH": str(ROOT),
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "serve", "--port", "0", "--lang", "en"],
        env=env, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    said = server.stdout.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert address, said
    try:
        with httpx.Client(base_url=address[0], trust_env=False, timeout=60) as client:
            yield client
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) == 0
        server.stdout.close()


def planned(client: httpx.Client) -> dict[str, Any]:
    answer = client.post(f"/api/incidents/{incident()['id']}/plan", json={})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def comers(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for force in plan["forces"] for one in force["assigned"]}


def test_from_the_report_to_the_plan_and_around_a_closed_bridge(station: httpx.Client) -> None:
    # The phone rings: an accident on the square. The click is sent twice; it is one incident.
    for _ in range(2):
        assert station.post("/api/incidents", json=incident()).status_code == 201
    assert len(station.get("/api/incidents").json()) == 1
    assert station.get(f"/api/incidents/{incident()['id']}/plan").status_code == 404

    # The plan: who comes, by which road, where the post stands, what is missing.
    first = planned(station)
    assert (first["version"], first["incident"]["synthetic"]) == (1, True)
    assert first["incident"]["township"] == "双桥镇"
    assert "西站" in comers(first)
    post = first["forward_command_post"]["primary"]
    assert post["name"] in ("西岸广场", "老街停车场")
    assert post["squad"]["name"] == "现场保障分队"
    assert [one["name"] for one in first["medical"]["hospitals"]] == ["人民医院"]
    assert first["minute_table"]
    assert first["unknowns"]  # something is always unknown, and it is said
    kept = station.get(f"/api/incidents/{incident()['id']}/plan").json()
    assert kept == first
    situation = station.get(f"/api/incidents/{incident()['id']}/situation").json()
    assert situation["incident"]["id"] == incident()["id"]

    # Asked again with nothing changed, it is the same plan in the same version.
    again = planned(station)
    if again["situation_id"] == first["situation_id"]:
        assert (again["id"], again["version"]) == (first["id"], 1)

    # The south bridge is closed: who comes over it now comes around, or another goes.
    closure = {
        "id": "01901234-5678-7abc-8def-0000000000c1", "geometry": SOUTH_BRIDGE,
        "name": "南桥封闭", "cause": "桥面受损",
    }  # fmt: skip
    assert station.post("/api/closures", json=closure).json()["roads"] == ["南桥"]
    second = planned(station)
    assert second["version"] > first["version"]
    west, east = SOUTH_BRIDGE["coordinates"][0][0][0], SOUTH_BRIDGE["coordinates"][0][1][0]
    for route in second["routes"]:
        for lon, lat in route["geometry"]:
            assert not (west < lon < east and 27.999 < lat < 28.001)
    if "东站" in comers(first):
        late = comers(second).get("东站")
        assert late is None or late["road_s"] > comers(first)["东站"]["road_s"]

    # The page for the meeting room opens without a network.
    page = station.get(f"/api/incidents/{incident()['id']}/snapshot.html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "演示数据" in page.text

    # What happened stands in the record, in order, without a gap.
    events = station.get("/api/events").json()["events"]
    assert [one["seq"] for one in events] == list(range(1, len(events) + 1))
    told = [one["kind"] for one in events]
    assert told[0] == "incident.reported"
    assert told.index("closure.added") < len(told) - 1 - told[::-1].index("plan.proposed")
    later = station.get(f"/api/events?after={events[0]['seq']}").json()["events"]
    assert later == events[1:]

    # And the same answers come by the other questions.
    nearest = station.post(
        "/api/nearest", json={"lon": SQUARE[0], "lat": SQUARE[1], "categories": ["S016"]}
    ).json()
    assert nearest["incident"]["closures"] == 1
    assert nearest["resources"][0]["name"] == "西站"
