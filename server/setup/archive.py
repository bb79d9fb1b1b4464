"""Install from a bundle: check every file first, then install beside what runs, then switch.

Going back is the same: install the older bundle.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from geo.errors import BadBundle, SetupFailed
from server.setup.bundle import MANIFEST, SUMS, file_hash
from server.setup.site import Site, Stamp, locked, machine

UNPACKED = "unpacked"


def install(site: Site, file: Path) -> None:
    """Install a bundle's packages into the home, then its program into the checkout."""
    if not file.is_file():
        raise BadBundle(site.say("bundle.missing", file=file))
    folder = site.home / UNPACKED
    try:
        with locked(site):
            top = _unpack(site, file.absolute(), folder)
            manifest = _read_manifest(site, top)
        told = {"files": len(read_sums(site, top)), "version": manifest["version"]}
        print(site.say("bundle.verified", **told), file=sys.stderr, flush=True)
        replacing = _differs(site, top, manifest)
        if replacing and (site.checkout / ".git").exists():
            raise BadBundle(site.say("bundle.differs"), remedy=site.say("remedy.git", file=file))
        # The new program knows what it needs; the one in the checkout may be older.
        _ensure(site, top)
        if replacing:
            kept = _replace_product(site, top, manifest)
            done = site.say("bundle.replaced", version=manifest["version"], kept=kept)
            print(done, file=sys.stderr, flush=True)
        Stamp(site.home / "product.json").write(
            version=manifest["version"], product=manifest["product"]
        )
        _ensure(site, site.checkout)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def verify(site: Site, top: Path) -> None:
    """Compare an unpacked bundle with its checksums; ``BadBundle`` names the first wrong file."""
    sums = read_sums(site, top)
    for name, mark in sums.items():
        path = top / name
        if not path.is_file() or file_hash(path) != mark:
            raise _altered(site, name)
    for path in (top / "bundle").rglob("*"):
        name = str(path.relative_to(top))
        if not path.is_dir() and name != SUMS and name not in sums:
            raise _altered(site, name)
    _read_manifest(site, top)


def read_sums(site: Site, top: Path) -> dict[str, str]:
    """The checksums that the bundle carries, by file."""
    try:
        lines = (top / SUMS).read_text().splitlines()
        return {name: mark for mark, _, name in (line.partition("  ") for line in lines)}
    except (OSError, UnicodeDecodeError) as fault:
        raise _altered(site, SUMS) from fault


def _unpack(site: Site, file: Path, folder: Path) -> Path:
    """Unpack into an empty folder and compare everything with its checksum; the top folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    beside = file.with_name(f"{file.name}.sha256")
    if beside.is_file() and beside.read_text().split()[:1] != [file_hash(file)]:
        raise _altered(site, file.name)
    try:
        with tarfile.open(file, "r:") as tar:
            members = tar.getmembers()
            _refuse_strange(site, members)
            tar.extractall(folder, members)
    except (tarfile.TarError, EOFError, ValueError) as fault:
        raise _unreadable(site, file, str(fault)) from fault
    tops = list(folder.iterdir())
    if len(tops) != 1 or not (tops[0] / SUMS).is_file():
        raise _unreadable(site, file, SUMS)
    top = tops[0]
    sums = read_sums(site, top)
    for member in members:
        name = str(PurePosixPath(*PurePosixPath(member.name).parts[1:]))
        if member.isfile() and name != SUMS and name not in sums:
            raise _altered(site, name)
    verify(site, top)
    return top


def _refuse_strange(site: Site, members: Iterable[tarfile.TarInfo]) -> None:
    """Plain files below one folder, and nothing else: no links, no ways out of it."""
    for member in members:
        parts = PurePosixPath(member.name).parts
        plain = member.isfile() or member.isdir()
        if not plain or member.name.startswith("/") or ".." in parts or not parts:
            raise _altered(site, member.name)


def _read_manifest(site: Site, top: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((top / MANIFEST).read_text())
        made, here = manifest["made_for"], machine()
    except (OSError, ValueError, KeyError) as fault:
        raise _altered(site, MANIFEST) from fault
    if made != here:
        raise BadBundle(
            site.say("bundle.other_machine", made=_named(made), here=_named(here)),
            remedy=site.say("remedy.other_machine"),
        )
    return manifest


def _differs(site: Site, top: Path, manifest: dict[str, Any]) -> bool:
    for name in manifest["product"]:
        path = site.checkout / name
        if not path.is_file() or file_hash(path) != file_hash(top / name):
            return True
    return bool(_gone(site, manifest))


def _gone(site: Site, manifest: dict[str, Any]) -> list[str]:
    """Files of the bundle installed before that the new one no longer has."""
    before = Stamp(site.home / "product.json").read.get("product", [])
    return [
        name for name in set(before) - set(manifest["product"]) if (site.checkout / name).exists()
    ]


def _replace_product(site: Site, top: Path, manifest: dict[str, Any]) -> Path:
    """Put the new program in place, file by file, each at once; the old one is kept."""
    kept = site.home / "previous"
    shutil.rmtree(kept, ignore_errors=True)
    gone = _gone(site, manifest)
    for name in [*manifest["product"], *gone]:
        old, keep = site.checkout / name, kept / name
        if old.is_file():
            keep.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(old, keep)
    for name in manifest["product"]:
        target = site.checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(top / name, part)
        part.chmod((top / name).stat().st_mode & 0o777)
        part.rename(target)
    for name in gone:
        (site.checkout / name).unlink(missing_ok=True)
    return kept


def _ensure(site: Site, checkout: Path) -> None:
    env = {
        **os.environ,
        "PYTHONPATH": str(checkout),
        "ONEMAP_HOME": str(site.home),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-P", "-m", "server.setup", "ensure", "runtime,web"]
    done = subprocess.run(command, env=env, cwd=site.home)
    if done.returncode:
        raise SetupFailed(
            site.say("bundle.failed"), remedy=site.say("remedy.log", log=site.home / "log")
        )


def _named(facts: dict[str, str]) -> str:
    return f"{facts['system']}, {facts['processor']}, Python {facts['python']}"


def _altered(site: Site, path: str) -> BadBundle:
    return BadBundle(site.say("bundle.altered", path=path), remedy=site.say("remedy.unpack"))


def _unreadable(site: Site, file: Path, detail: str) -> BadBundle:
    return BadBundle(
        site.say("bundle.unreadable", file=file, detail=detail), remedy=site.say("remedy.unpack")
    )
