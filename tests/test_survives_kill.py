"""kill -9 of PostgreSQL and of the server while incidents are being reported.

Every acknowledged incident is there afterwards, once. ``ONEMAP_KILLS`` sets how often (default 4).
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from geo.cluster import Cluster
from tests.homes import scratch_home

ROOT = Path(__file__).resolve().parent.parent
KILLS = int(os.environ.get("ONEMAP_KILLS", "4"))


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Server:
    """`serve` as a person starts it, with a database cluster of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        env |= {"ONEMAP_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "serve", "--port", str(self.port)],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def wait_ready(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(OSError):
                self.call("GET", "/api/incidents")
                return
            time.sleep(0.2)
        raise AssertionError("the server did not come back")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.loads(response.read())

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    with scratch_home() as home:
        running = Server(home)
        running.start()
        running.wait_ready()
        yield running
        running.kill()
        Cluster(home).stop()


def report(number: int) -> dict[str, Any]:
    return {
        "id": str(uuid.UUID(int=(7 << 76) | (1 << 127) | number)),
        "event_type": "12E04", "lon": 123.0, "lat": 28.0, "title": f"第{number}起",
    }  # fmt: skip


@pytest.mark.timeout(900)
def test_no_acknowledged_incident_is_lost_or_doubled(server: Server) -> None:
    rng = random.Random(20)
    acknowledged: list[str] = []
    stop = threading.Event()

    def reporter(first: int) -> None:
        number = first
        while not stop.is_set():
            body = report(number)
            while not stop.is_set():  # a client repeats the same command until it is answered
                try:
                    server.call("POST", "/api/incidents", body)
                except (OSError, urllib.error.HTTPError):
                    time.sleep(0.05)
                    continue
                acknowledged.append(body["id"])
                break
            number += 2

    threads = [threading.Thread(target=reporter, args=(first,)) for first in (0, 1)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(KILLS):
            time.sleep(rng.uniform(0.2, 1.2))
            seen = len(acknowledged)
            if turn % 2:
                server.kill()
                server.start()
            else:
                with suppress(FileNotFoundError):  # still starting after the last kill
                    postmaster = (Cluster(server.home).data / "postmaster.pid").read_text()
                    os.kill(int(postmaster.split()[0]), signal.SIGKILL)
            end = time.monotonic() + 60
            while len(acknowledged) < seen + 3 and time.monotonic() < end:
                time.sleep(0.1)
            assert len(acknowledged) >= seen + 3, f"no report got through after kill {turn}"
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    server.wait_ready()
    stored = [row["id"] for row in server.call("GET", "/api/incidents?limit=100000")]
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)
    assert len(acknowledged) >= 3 * KILLS
