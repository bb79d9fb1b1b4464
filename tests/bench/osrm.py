"""OSRM as an independent engine: its own reading of the map, our speed on every piece of road.

Topology, one-way streets, turn restrictions, access and barriers are OSRM's own car profile's.
Speeds are ours, given node pair by node pair with ``osrm-contract --segment-speed-file``; turns and
signals cost nothing, ferries are left out, tracks are driven, and ``destination``, ``customers``,
``delivery``, ``permit`` and ``residents`` do not forbid: as in our profile. What then differs are
readings of the map, not of speed.

The programs are those that the wheel of ``osrm-bindings`` (BSD-2-Clause) brings in ``osrm/bin``.
Python older than its wheel's can still use them: unpack the wheel and name its ``osrm`` folder.
"""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from geo.domain import LonLat
from routing.roads import Roads
from routing.table import RoadTable

SLOWER = 10  # OSRM keeps tenths of a second for each piece of road: slow it down, divide after
_PROFILE = """
api_version = 4
local base = require('car')

function setup()
  local profile = base.setup()
  profile.properties.weight_name = 'duration'
  profile.properties.u_turn_penalty = 0
  profile.properties.continue_straight_at_waypoint = false
  for _, name in ipairs({'customers', 'delivery', 'destination', 'permit', 'residents'}) do
    profile.access_tag_blacklist[name] = nil
  end
  profile.restricted_access_tag_list = Set {}
  profile.service_tag_forbidden = Set {}
  profile.speeds.highway.track = 15
  profile.speeds.highway.road = 25
  for name, kph in pairs(profile.speeds.highway) do
    profile.speeds.highway[name] = kph / 10
  end
  profile.route_speeds = {}
  profile.vehicle_height = 1.8
  return profile
end

function process_turn(profile, turn)
  turn.duration = 0
  turn.weight = 0
end

return {
  setup = setup,
  process_way = base.process_way,
  process_node = base.process_node,
  process_turn = process_turn,
}
"""


@dataclass(frozen=True, slots=True)
class Way:
    """OSRM's fastest way: seconds, metres, the OSM nodes on it, and how far it moved its ends."""

    seconds: float
    metres: float
    nodes: tuple[int, ...]
    moved_m: float


def programs(given: Path | None = None) -> Path | None:
    """The folder ``osrm`` with ``bin`` and ``share``; None where there is none."""
    named = given or (Path(os.environ["ONEMAP_OSRM"]) if "ONEMAP_OSRM" in os.environ else None)
    if named is None and (spec := importlib.util.find_spec("osrm")):
        named = Path((spec.submodule_search_locations or ["."])[0])
    return named if named and (named / "bin" / "osrm-extract").is_file() else None


def prepare(folder: Path, osrm: Path, file: Path, roads: Roads, table: RoadTable) -> Path:
    """Extract and contract a map with our speeds; the .osrm file that serves them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    profiles = folder / "profiles"
    shutil.copytree(osrm / "share" / "profiles", profiles)
    (profiles / "same.lua").write_text(_PROFILE)
    shutil.copy(file, folder / "map.osm.pbf")
    speeds = folder / "speeds.csv"
    with speeds.open("w") as out:
        out.writelines(f"{a},{b},{kph / SLOWER:.4f}\n" for a, b, kph in _speeds(file, roads, table))
    base = folder / "map.osrm"
    for command in (
        ("osrm-extract", "-p", profiles / "same.lua", folder / "map.osm.pbf"),
        ("osrm-contract", "--segment-speed-file", speeds, base),
    ):
        done = subprocess.run(
            [osrm / "bin" / command[0], *map(str, command[1:])], capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {(done.stdout + done.stderr)[-2000:]}")
    return base


@contextmanager
def served(osrm: Path, base: Path) -> Iterator[Osrm]:
    """The engine, answering on a loopback port until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        osrm / "bin" / "osrm-routed",
        "-i",
        "127.0.0.1",
        "-p",
        str(port),
        "-t",
        "1",
        "--max-viaroute-size",
        "500",
        base,
    ]
    process = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    engine = Osrm(port)
    try:
        for _ in range(200):
            try:
                engine.ask("/nearest/v1/car/0,0")
                break
            except OSError:
                time.sleep(0.1)
        yield engine
    finally:
        process.terminate()
        process.wait(20)


class Osrm:
    """Questions to a running ``osrm-routed``."""

    def __init__(self, port: int) -> None:
        self.port = port

    def way(self, places: Sequence[LonLat]) -> Way | None:
        """The fastest way through these places; None where there is none."""
        through = ";".join(f"{lon:.7f},{lat:.7f}" for lon, lat in places)
        body = self.ask(f"/route/v1/car/{through}?overview=false&annotations=nodes")
        if body.get("code") != "Ok":
            return None
        legs = body["routes"][0]["legs"]
        nodes = tuple(node for leg in legs for node in leg["annotation"]["nodes"])
        route = body["routes"][0]
        moved = max(point["distance"] for point in body["waypoints"])
        return Way(route["duration"] / SLOWER, route["distance"], nodes, moved)

    def legs(self, places: Sequence[LonLat]) -> list[float] | None:
        """Seconds between each two of these places in turn."""
        through = ";".join(f"{lon:.7f},{lat:.7f}" for lon, lat in places)
        body = self.ask(f"/route/v1/car/{through}?overview=false")
        if body.get("code") != "Ok":
            return None
        return [leg["duration"] / SLOWER for leg in body["routes"][0]["legs"]]

    def ask(self, path: str) -> dict[str, Any]:
        """One answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            link.request("GET", path)
            answer: dict[str, Any] = json.loads(link.getresponse().read())
            return answer
        finally:
            link.close()


def _speeds(file: Path, roads: Roads, table: RoadTable) -> Iterator[tuple[int, int, float]]:
    """(from node, to node, km/h) of every OSM segment that our car may drive.

    Found by place: an edge may run through several ways.
    """
    at: dict[tuple[int, int], set[int]] = {}
    for way in osmium.FileProcessor(str(file), osmium.osm.NODE | osmium.osm.WAY).with_locations():
        if way.is_way() and "highway" in way.tags:
            for node in way.nodes:
                if node.location.valid():
                    at.setdefault((node.location.x, node.location.y), set()).add(node.ref)
    ms = roads.graph.weights["car"].ms
    places = np.rint(np.column_stack([table.geom_lon, table.geom_lat]) * 1e7).astype(np.int64)
    spots = [at.get((lon, lat), set()) for lon, lat in places.tolist()]
    for edge in np.flatnonzero(ms[: table.edges] > 0).tolist():
        kph = max(float(table.length_m[edge]) * 3600 / int(ms[edge]), 0.1)
        along = spots[int(table.geom_start[edge]) : int(table.geom_start[edge + 1])]
        for here, there in pairwise(along):
            yield from ((a, b, kph) for a in here for b in there if a != b)
