"""What the browser's tests share: a server on the demo city, a browser, a watched page."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

from geo.cluster import Cluster
from geo.home import CHECKOUT, home
from server.settings import Settings
from tests.conftest import fresh_database

START_S = 180


@dataclass
class Watched:
    """A page, every request it made, and every complaint it had."""

    page: Page
    origin: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def foreign(self) -> list[str]:
        """Requests that left the origin; blob: and data: never leave the page."""
        ours = (self.origin, "blob:", "data:", "about:")
        return [url for url in self.requests if not url.startswith(ours)]


@pytest.fixture(scope="session")
def served(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The origin of a server on the demo city, in a database of its own."""
    pages = Settings().web
    if not (pages / "index.html").exists():
        pytest.fail(f"{pages} holds no built page: run ./onemap test --browser")
    port = _free_port()
    log = tmp_path_factory.mktemp("served") / "server.log"
    with fresh_database(cluster, template) as url, log.open("w") as out:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "ONEMAP_HOME": str(home()),
            "PYTHONPATH": str(CHECKOUT),
        }
        command = [sys.executable, "-m", "server.cli", "demo", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdout=out, stderr=out)
        try:
            _wait(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture
def watched(served: str, browser: Browser) -> Iterator[Watched]:
    """The page, open at a wall's size, with its first picture drawn."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    page = context.new_page()
    seen = Watched(page, served)

    def asked(request: Request) -> None:
        seen.requests.append(request.url)

    page.on("request", asked)
    page.on("console", lambda m: seen.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.goto(served)
    page.locator(".om-base canvas").first.wait_for()
    page.get_by_text("云江市").wait_for()
    yield seen
    context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(origin: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{origin}/api/health", timeout=5) as answer:
                if json.load(answer)["status"] == "ok":
                    return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the server did not start:\n{log.read_text()[-2000:]}")
