"""Bring what is missing, and nothing else: which steps there are, and what waits for what."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Set
from pathlib import Path

from geo.binaries import find_binaries
from geo.errors import NoDatabase, SetupFailed
from server.setup import archive, python, web
from server.setup.debian import Packages
from server.setup.site import Site, Stamp, digest, locked
from server.setup.work import Runner, Step, do_all

PARTS = ("runtime", "web", "dev", "browser")
FONTS = "fonts-wqy-microhei"  # so that a browser's pictures show Chinese and no boxes


def ensure(site: Site, parts: Set[str]) -> None:
    """Bring the named parts; does nothing, quickly, where they are there."""
    if not steps(site, parts):
        _note_ready(site)
        return
    with locked(site) as lock:
        if site.bundle and site.checkout.parent != site.home / archive.UNPACKED:
            archive.verify(site, site.checkout)
        do_all(site, steps(site, parts), lock)  # asked again: another set-up may have just done it
        _note_ready(site)
        for waste in ("apt", "cache/uv", "cache/npm"):
            shutil.rmtree(site.home / waste, ignore_errors=True)


def steps(site: Site, parts: Set[str]) -> list[Step]:
    """What there is to do now, for the parts asked for."""
    todo: list[Step] = []
    packages = Packages(site)
    database = not os.environ.get("DATABASE_URL") and not _has_postgis(site)
    browser = "browser" in parts and not has_browser()
    environment = not python.is_made(site)
    dev = "dev" in parts and not python.has_dev(site)
    pages = "web" in parts and not web.is_built(site)
    node = pages and web.needs_node(site) and not python.tool(site, python.NODE).exists()
    uv = (environment or dev) and not python.tool(site, python.TOOL).exists()
    pip = (uv or node) and python.needs_pip(site)

    def add(wanted: bool, name: str, do: object, *after: str) -> None:
        if wanted:
            todo.append(Step(name, do, after))  # type: ignore[arg-type]

    add(database or browser or pip, "index", packages.update)
    add(pip, "pip", lambda run: python.fetch_pip(site, run, packages), "index")
    add(uv, "uv", lambda run: python.fetch_tool(site, run, python.TOOL), "pip")
    add(environment, "python", lambda run: python.make(site, run), "uv")
    add(dev, "dev", lambda run: python.add_dev(site, run), "python", "uv")
    add(node, "node", lambda run: web.fetch_node(site, run), "pip", "python")
    add(pages, "web", lambda run: web.build(site, run), "node")
    # Unpacking 150 packages keeps a processor busy: the environment's way is longer, so it leads.
    add(database, "database", lambda run: packages.install(run, packages.postgis()), "pip", "index")
    add(browser, "browser", lambda run: _install_browser(site, run, packages), "index", "database")
    add(_is_cold(site), "warm", lambda run: _warm(site, run), "python")
    return todo


def has_browser() -> bool:
    """Whether there is a Chromium, a font for Chinese, and what Playwright's own Node needs."""
    if not shutil.which("chromium") or not _has_library("libatomic.so.1"):
        return False
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True)
    return bool(fonts.stdout.strip())


def _has_library(name: str) -> bool:
    """Whether the dynamic loader finds it."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _install_browser(site: Site, run: Runner, packages: Packages) -> None:
    if packages.root is None:
        raise SetupFailed(site.say("no_browser"), remedy=site.say("remedy.browser"))
    packages.install(run, ["chromium", "fontconfig", FONTS, "libatomic1"])


def _warm(site: Site, run: Runner) -> None:
    """Compile the road search once, so that no question ever waits for it."""
    env = {"PYTHONPATH": str(site.checkout), "NUMBA_CACHE_DIR": str(site.home / "numba")}
    run([site.venv / "bin/python", "-P", "-m", "routing.warm"], env=env)
    _warmth(site).write(warm=_heat(site))


def _is_cold(site: Site) -> bool:
    if not (site.checkout / "routing/warm.py").exists() or (site.home in site.checkout.parents):
        return False
    return _warmth(site).read.get("warm") != _heat(site)


def _warmth(site: Site) -> Stamp:
    return Stamp(site.home / "numba/warm.json")


def _heat(site: Site) -> list[str]:
    """What compiled code depends on: its sources, where they lie, and the packages."""
    sources = digest((site.checkout / "routing").glob("*.py"), site.checkout)
    return [str(site.checkout), sources, python.key(site)]


def _has_postgis(site: Site) -> bool:
    try:
        find_binaries(site.home)
    except NoDatabase:
        return False
    return True


def _note_ready(site: Site) -> None:
    """What the launcher compares at every start: see ``is_ready`` there."""
    try:
        where = find_binaries(site.home)
        postgis = str(where.share / "extension/postgis.control")
    except NoDatabase:
        postgis = ""
    text = f"{checksum(site)}\n{postgis or '-'}\n"
    ready = site.home / "ready"
    if not python.is_made(site) or (ready.exists() and ready.read_text() == text):
        return
    part = site.home / f"ready.{os.getpid()}"
    part.write_text(text)
    part.rename(ready)


def checksum(site: Site) -> str:
    """What ``cksum`` prints for lock and project file: the launcher has nothing better at hand."""
    content = site.lock.read_bytes() + (site.checkout / "pyproject.toml").read_bytes()
    told = subprocess.run(["cksum"], input=content, capture_output=True, check=True)
    return told.stdout.decode().strip()


def run_python(site: Site, *arguments: str | Path) -> int:
    """Run the environment's Python on the checkout, as commands do; its exit code."""
    env = {
        **os.environ,
        "PYTHONPATH": str(site.checkout),
        "ONEMAP_WEB": os.environ.get("ONEMAP_WEB", str(web.dist(site))),
        "NUMBA_CACHE_DIR": str(site.home / "numba"),
    }
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.stdout.flush()
    command = [str(site.venv / "bin/python"), "-P", *map(str, arguments)]
    return subprocess.run(command, env=env, cwd=site.checkout).returncode
