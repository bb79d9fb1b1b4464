"""What set-up works on: the checkout, the home, and a bundle where there is no network.

Everything under ``server/setup`` but the licence check runs under the machine's bare ``python3``,
before any package is installed: the standard library alone, and of ``geo`` only what needs no more.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.errors import SetupFailed
from geo.home import CHECKOUT, home
from geo.words import LANGUAGES, say


@dataclass(frozen=True, slots=True)
class Site:
    """One checkout with its home. ``bundle`` is an unpacked bundle to install from, if any."""

    checkout: Path
    home: Path
    bundle: Path | None
    language: str

    @property
    def lock(self) -> Path:
        """Every Python package with its version and hashes: runtime, tests and tools."""
        return self.checkout / "requirements.lock"

    @property
    def venv(self) -> Path:
        """What commands run in: a link to one of ``<home>/venvs``."""
        return self.home / "venv"

    def say(self, key: str, **values: Any) -> str:
        """A sentence of the set-up's own words."""
        return say(f"setup.{key}", self.language).format(**values)


def here() -> Site:
    """The site this program runs in, by its environment."""
    carried = CHECKOUT / "bundle"
    language = os.environ.get("ONEMAP_LANG", "")
    language = {"en": "en"}.get(language.lower(), LANGUAGES[0])
    bundle = carried if (carried / "manifest.json").exists() else None
    return Site(CHECKOUT, home(), bundle, language)


@contextlib.contextmanager
def locked(site: Site) -> Iterator[int]:
    """One set-up at a time in one home; a second one waits, and says so.

    Gives the lock's file number. Programs that inherit it hold the lock too: after kill -9 of a
    set-up the next one waits until what it had started has ended.
    """
    try:
        site.home.mkdir(parents=True, exist_ok=True)
        file = (site.home / "setup.lock").open("w")
    except OSError as fault:
        raise SetupFailed(
            f"{fault.filename}: {fault.strerror}.",
            remedy=site.say("remedy.home"),
        ) from fault
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(site.say("waiting"), file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def digest(paths: Iterable[Path], base: Path) -> str:
    """One hash over the names and contents of files, 16 hex digits."""
    hashed = hashlib.sha256()
    for path in sorted(paths):
        hashed.update(f"{path.relative_to(base)}\0".encode())
        hashed.update(hashlib.sha256(path.read_bytes()).digest())
    return hashed.hexdigest()[:16]


def point(link: Path, target: Path) -> None:
    """Let a link name its target, at once for whoever follows it."""
    part = link.with_name(f"{link.name}.part")
    part.unlink(missing_ok=True)
    part.symlink_to(os.path.relpath(target, link.parent))
    part.rename(link)


def machine() -> dict[str, str]:
    """What a bundle is made for: the distribution, the processor, Python's version."""
    facts: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in Path("/etc/os-release").read_text().splitlines():
            key, _, value = line.partition("=")
            facts[key] = value.strip('"')
    return {
        "system": f"{facts.get('ID', '?')} {facts.get('VERSION_ID', '?')}",
        "processor": platform.machine(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }


@dataclass(slots=True)
class Stamp:
    """A small JSON file that says what has been made; absent or broken means nothing has."""

    path: Path
    read: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        try:
            self.read = json.loads(self.path.read_text())
        except (OSError, ValueError):
            self.read = {}

    def write(self, **values: Any) -> None:
        """Replace it whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f"{self.path.name}.part")
        part.write_text(json.dumps(values))
        part.rename(self.path)
