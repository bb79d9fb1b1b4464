"""A town whose answers fit on paper, loaded by the same functions as a real one.

Two banks of a river, two bridges. West to east at latitude 28.00: the west station, the square,
南桥, the east station; the other bridge, 北桥, lies a kilometre north.

    D ---- C ==北桥== F            28.01
    |      |          |
    A ---- B ==南桥== E ---- G     28.00
  123.00 123.01    123.02  123.03
"""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from server import load
from server.api.app import create_app
from server.desk import Desk
from server.listen import bind
from server.settings import Settings

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
NODES = {
    1: (123.00, 28.00), 2: (123.01, 28.00), 3: (123.01, 28.01), 4: (123.00, 28.01),
    5: (123.02, 28.00), 6: (123.02, 28.01), 7: (123.03, 28.00),
}  # fmt: skip
WAYS = {
    10: ((1, 2), {"name": "西街", "highway": "primary"}),
    11: ((2, 3), {"name": "西岸路", "highway": "primary"}),
    12: ((3, 4), {"name": "北街", "highway": "primary"}),
    13: ((4, 1), {"name": "老街", "highway": "primary"}),
    14: ((2, 5), {"name": "南桥", "highway": "primary", "bridge": "yes", "layer": "1"}),
    15: ((3, 6), {"name": "北桥", "highway": "primary", "bridge": "yes", "layer": "1"}),
    16: ((5, 6), {"name": "东岸路", "highway": "primary"}),
    17: ((5, 7), {"name": "东街", "highway": "primary"}),
}
PLACES: tuple[dict[str, Any], ...] = (
    {"key": "west", "category": "S016", "name": "西站", "lon": 123.0005, "lat": 28.0001,
     "members": 30, "status": "standby", "turnout_s": 60},
    {"key": "east", "category": "S016", "name": "东站", "lon": 123.0199, "lat": 28.0001,
     "members": 30, "status": "standby", "turnout_s": 60},
    {"key": "far", "category": "S016", "name": "山里站", "lon": 123.015, "lat": 28.03,
     "members": 30, "status": "standby", "turnout_s": 60},
    {"key": "police", "category": "S035", "name": "派出所", "lon": 123.0101, "lat": 28.0052,
     "members": 8, "status": "standby"},
    {"key": "squad", "category": "S021", "name": "现场保障分队", "lon": 123.001, "lat": 28.0101,
     "members": 10, "status": "standby", "turnout_s": 120},
    {"key": "hospital", "category": "S055", "name": "人民医院", "lon": 123.0001, "lat": 28.0051,
     "capacity": 200},
    {"key": "shelter", "category": "S077", "name": "中学避灾点", "lon": 123.0001, "lat": 28.0081,
     "capacity": 500, "occupied": 0, "status": "ready"},
    {"key": "site", "category": "S005", "name": "西岸广场", "lon": 123.0099, "lat": 28.0051},
    {"key": "site2", "category": "S005", "name": "老街停车场", "lon": 123.0001, "lat": 28.0031},
    {"key": "school", "category": "R034", "name": "实验小学", "lon": 123.0111, "lat": 28.0011,
     "people": 800},
    {"key": "water", "category": "S091", "name": "饮用水", "lon": 123.0005, "lat": 28.0002,
     "quantity": 100, "unit": "箱"},
)  # fmt: skip
SQUARE = (123.0099, 28.0001)
SOUTH_BRIDGE = {
    "type": "Polygon",
    "coordinates": [
        [[123.014, 27.999], [123.016, 27.999], [123.016, 28.001], [123.014, 28.001],
         [123.014, 27.999]]
    ],
}  # fmt: skip
NORTH_BRIDGE = {
    "type": "LineString",
    "coordinates": [[123.015, 28.009], [123.015, 28.011]],
}


@dataclass(frozen=True)
class Files:
    """The town as files."""

    roads: Path
    places: Path
    people: Path
    districts: Path


def write_town(folder: Path) -> Files:
    """The town as the files that a clerk hands in."""
    out = Files(
        folder / "town.osm", folder / "places.csv", folder / "people.csv", folder / "towns.geojson"
    )
    lines = ['<?xml version="1.0"?><osm version="0.6">']
    for node, (lon, lat) in NODES.items():
        lines.append(f'<node id="{node}" version="1" lon="{lon}" lat="{lat}"/>')
    for way, (nodes, tags) in WAYS.items():
        refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
        said = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        lines.append(f'<way id="{way}" version="1">{refs}{said}</way>')
    out.roads.write_text("".join([*lines, "</osm>"]), encoding="utf-8")
    columns = list(dict.fromkeys(key for place in PLACES for key in place))
    with out.places.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, columns)
        rows.writeheader()
        rows.writerows(PLACES)
    with out.people.open("w", encoding="utf-8", newline="") as file:
        cells = csv.writer(file)
        cells.writerow(["key", "lon", "lat", "size_m", "day", "night"])
        for i in range(8):
            for j in range(6):
                at = [round(123.0 + i * 0.0025, 6), round(28.0 + j * 0.002, 6)]
                cells.writerow([f"{i}:{j}", *at, 250, 20, 30])
    ring = [[122.99, 27.99], [123.04, 27.99], [123.04, 28.04], [122.99, 28.04], [122.99, 27.99]]
    feature = {
        "type": "Feature",
        "properties": {"key": "d1", "name": "双桥镇", "code": "990001", "kind": "town"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    out.districts.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return out


def load_town(desk: Desk, files: Files) -> None:
    """Load the whole town, as synthetic data."""
    said: dict[str, Any] = {"source": "town", "synthetic": True, "now": NOW}
    load.load_roads(desk, [files.roads], **said)
    load.load_districts(desk, [files.districts], **said)
    load.load_people(desk, [files.people], **said)
    load.load_places(desk, [files.places], **said)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings on a fresh database, with a home of the test's own."""
    return Settings(home=tmp_path / "home", database_url=database_url, web=tmp_path / "web")


@pytest.fixture
def town(settings: Settings, tmp_path: Path) -> Iterator[Desk]:
    """The desk of the loaded town."""
    desk = Desk(settings)
    load_town(desk, write_town(tmp_path))
    yield desk
    desk.close()


@contextmanager
def serving(settings: Settings, **headers: str) -> Iterator[httpx.Client]:
    """The service on a loopback port of its own, and a client that speaks real HTTP to it."""
    listener = bind("127.0.0.1", 0, move=False)
    config = uvicorn.Config(create_app(settings), log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        # trust_env: a proxy of the machine is not asked about loopback.
        with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=60) as opened:
            yield opened
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def client(town: Desk) -> Iterator[httpx.Client]:
    """HTTP to the loaded town."""
    with serving(town.settings) as opened:
        yield opened


@pytest.fixture
def empty(settings: Settings) -> Iterator[httpx.Client]:
    """HTTP to a service that has loaded nothing."""
    with serving(settings) as opened:
        yield opened


def incident(number: int = 1, **said: Any) -> dict[str, Any]:
    """A report body with an id of its own."""
    return {
        "id": f"01901234-5678-7abc-8def-{number:012d}",
        "event_type": "12E04",
        "lon": SQUARE[0],
        "lat": SQUARE[1],
        "title": "广场事故",
        **said,
    }
