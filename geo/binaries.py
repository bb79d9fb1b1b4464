"""Where PostgreSQL with PostGIS is on this machine, and how its programs are run.

They come from the machine's own packages, or from the same packages unpacked privately under
``<home>/sys`` by the launcher where there is no root.
"""

from __future__ import annotations

import os
import platform
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geo.errors import NoDatabase
from geo.home import home as default_home

REMEDY = (
    "Install the Debian packages postgresql and postgresql-postgis, "
    "or set DATABASE_URL to a PostGIS server of your own, "
    "or start one with: docker compose up -d, "
    "or install from a bundle: ./onemap setup --from FILE."
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A ``bin`` folder of PostgreSQL whose ``share`` folder holds PostGIS."""

    folder: Path
    major: str  # "15"
    share: Path
    private: Path | None  # the root of a private unpacking (…/sys), else None

    def has_extension(self, name: str) -> bool:
        """Whether ``CREATE EXTENSION name`` can succeed here."""
        return (self.share / "extension" / f"{name}.control").exists()

    def environment(self) -> dict[str, str]:
        """The process environment in which these programs find their libraries and data."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "PYTHON"))}
        kept |= {"LC_ALL": "C.UTF-8", "HOME": "/"}
        if self.private:
            lib = self.private / "usr/lib" / f"{platform.machine()}-linux-gnu"
            found = [lib, lib / "blas", lib / "lapack"]
            kept["LD_LIBRARY_PATH"] = ":".join(map(str, found))
            for key, folder in (("PROJ_DATA", "proj"), ("PROJ_LIB", "proj"), ("GDAL_DATA", "gdal")):
                kept[key] = str(self.private / "usr/share" / folder)
        return kept


def find_binaries(home: Path, major: str | None = None) -> Binaries:
    """The newest PostgreSQL that has PostGIS; of the given major version where data needs one.

    Raises ``NoDatabase`` with what was found instead.
    """
    without: list[Path] = []
    others: list[str] = []
    for folder, private in _candidates(home):
        if not (folder / "initdb").exists():
            continue
        binaries = _described(folder, private)
        if binaries is None:
            without.append(folder)
        elif major is None or binaries.major == major:
            return binaries
        else:
            others.append(binaries.major)
    if others:
        raise NoDatabase(
            f"The data was made by PostgreSQL {major}; this machine has {', '.join(others)}.",
            remedy=f"Install PostgreSQL {major} with PostGIS beside it.",
            words="errors.postgis.other_major",
            needed=major,
            found=others,
        )
    if without:
        raise NoDatabase(
            f"PostgreSQL in {without[0]} has no PostGIS.",
            remedy=REMEDY,
            words="errors.postgis.without",
            found=str(without[0]),
        )
    raise NoDatabase(
        "There is no PostgreSQL with PostGIS on this machine.",
        remedy=REMEDY,
        words="errors.postgis.none",
    )


def service_user() -> pwd.struct_passwd | None:
    """As root, the user PostgreSQL runs as (it refuses to run as root); else ``None``: oneself."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoDatabase(
        "PostgreSQL does not run as root, and there is no user postgres or nobody.",
        remedy="Run as an ordinary user.",
        words="errors.postgis.no_user",
    )


def run_as(
    binaries: Binaries, user: pwd.struct_passwd | None, program: str, *arguments: object
) -> subprocess.CompletedProcess[str]:
    """Run one of the programs to its end; its output is text, a failure is a return code."""
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    return subprocess.run(
        [str(binaries.folder / program), *map(str, arguments)],
        env=binaries.environment(),
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        **identity,  # type: ignore[call-overload]
    )


def _candidates(home: Path) -> Iterator[tuple[Path, Path | None]]:
    if given := os.environ.get("ONEMAP_POSTGRES"):
        yield Path(given), None
    for folder in _newest_first(Path("/usr/lib/postgresql")):
        yield folder, None
    systems = [home / "sys", default_home() / "sys"]
    if named := os.environ.get("ONEMAP_SYS"):
        systems.insert(0, Path(named))
    for system in systems:
        for folder in _newest_first(system / "usr/lib/postgresql"):
            yield folder, system
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent, None


def _newest_first(parent: Path) -> list[Path]:
    numbered = [p for p in parent.glob("*/bin") if p.parent.name.isdigit()]
    return sorted(numbered, key=lambda p: -int(p.parent.name))


def _described(folder: Path, private: Path | None) -> Binaries | None:
    version = folder.parent.name
    shares = [folder.parent / "share", folder.parent / "share/postgresql"]
    if len(folder.parents) > 3:
        shares.append(folder.parents[3] / "share/postgresql" / version)
    for share in shares:
        if (share / "extension/postgis.control").exists():
            return Binaries(folder, _major(folder, version), share, private)
    return None


def _major(folder: Path, name: str) -> str:
    if name.isdigit():
        return name
    out = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    return out.stdout.split()[-1].split(".")[0] if out.stdout else "0"
