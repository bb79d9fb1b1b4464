"""The main job on real roads: load, ask who can come, plan around what is closed.

Run through the command line as a person would, in a scratch database of each city's own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from routing.sources import read_roads
from tests.scatter import scatter

CITIES = ("cn_guixi_county_city", "cn_jinan", "andorra", "porto_portugal")
ROOT = Path(__file__).resolve().parent.parent


def onemap(*args: object, home: Path, url: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "ONEMAP_HOME": str(home), "DATABASE_URL": url, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *map(str, args)],
        env=env, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip


def answer(*args: object, home: Path, url: str) -> Any:
    done = onemap(*args, "--json", home=home, url=url)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def square(at: tuple[float, float], half_deg: float) -> dict[str, Any]:
    x, y = at
    ring = [
        [x - half_deg, y - half_deg], [x + half_deg, y - half_deg], [x + half_deg, y + half_deg],
        [x - half_deg, y + half_deg], [x - half_deg, y - half_deg],
    ]  # fmt: skip
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.parametrize("city", CITIES)
def test_a_plan_with_closures_on_real_roads(
    city: str, test_data: Path, database_url: str, tmp_path: Path
) -> None:
    roads = test_data / "osm" / f"{city}.osm.pbf"
    placed = scatter(read_roads([roads]), tmp_path)

    started = time.perf_counter()
    loaded = answer("load", "roads", roads, home=tmp_path, url=database_url)
    load_s = time.perf_counter() - started
    answer("load", "places", placed.places, home=tmp_path, url=database_url)
    answer("load", "people", placed.people, home=tmp_path, url=database_url)

    at = f"{placed.centre[0]},{placed.centre[1]}"
    closure = tmp_path / "closed.geojson"
    beside = (placed.centre[0] + 0.006, placed.centre[1] + 0.006)
    closure.write_text(
        json.dumps({"type": "Feature", "properties": {}, "geometry": square(beside, 0.002)})
    )

    open_times = answer("nearest", "--at", at, "--limit", 200, home=tmp_path, url=database_url)
    closed_times = answer(
        "nearest", "--at", at, "--limit", 200, "--closure", closure, home=tmp_path, url=database_url
    )
    before = {r["id"]: r["road_s"] for r in open_times["resources"]}
    after = {r["id"]: r["road_s"] for r in closed_times["resources"]}
    shared = [k for k in before.keys() & after.keys() if before[k] is not None]
    assert shared
    assert all(after[k] is None or after[k] >= before[k] for k in shared)

    started = time.perf_counter()
    plan = answer(
        "plan", "--at", at, "--type", "12E04", "--closure", closure,
        home=tmp_path, url=database_url,
    )  # fmt: skip
    plan_s = time.perf_counter() - started
    assert plan["forward_command_post"]["primary"] is not None, plan["forward_command_post"][
        "excluded"
    ]
    assert any(force["assigned"] for force in plan["forces"])
    assert plan["minute_table"]
    x0, y0 = beside[0] - 0.002, beside[1] - 0.002
    for route in plan["routes"]:
        inside = [p for p in route["geometry"] if x0 < p[0] < x0 + 0.004 and y0 < p[1] < y0 + 0.004]
        assert inside == [], f"{route['id']} runs through the closed area"
    print(
        json.dumps(
            {"city": city, "nodes": loaded["nodes"], "km": loaded["km"],
             "load_s": round(load_s, 1), "plan_s": round(plan_s, 1)}
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("missing.osm.pbf", None, "missing.osm.pbf"),
        ("empty.osm.pbf", b"", "empty.osm.pbf"),
        ("text.osm.pbf", b"this is no map", "text.osm.pbf"),
        ("bare.osm", b'<?xml version="1.0"?><osm version="0.6"></osm>', "bare.osm"),
    ],
)
def test_a_file_that_is_no_road_map_is_refused_whole(
    name: str, content: bytes | None, word: str, database_url: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    done = onemap("load", "roads", path, home=tmp_path, url=database_url)
    assert done.returncode != 0
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    asked = onemap("nearest", "--at", "117,28", home=tmp_path, url=database_url)
    assert asked.returncode != 0
    assert "Traceback" not in asked.stderr
