"""The licences of everything the product carries: lists them, and refuses unfit ones.

Run in the product's environment::

    python -m server.setup.licences --write    # THIRD_PARTY.md anew
    python -m server.setup.licences --check    # refuses unfit licences and a stale list

Fit are permissive licences, and LGPL and MPL for libraries used unmodified.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from geo.home import CHECKOUT
from server.setup.sbom import npm_packages, wheel_metadata
from server.setup.site import here

LIST = "THIRD_PARTY.md"

FIT = (
    r"0BSD|MIT(-0|-CMU| License)?|ISC( License.*)?|Zlib|Unlicense|CC0-1\.0|BlueOak-1\.0\.0"
    r"|PSF-2\.0|Python-2\.0(\.1)?|Python Software Foundation License"
    r"|BSD(-[23]-Clause)?( License)?|[23]-Clause BSD( License)?|Apache-2\.0"
    r"|Apache( Software)?( License)?,?( Version)?( 2\.0)?"
)
AS_LIBRARY = (
    r"LGPL-[23].*|GNU (Library or )?Lesser General Public License.*|MPL-2\.0|Mozilla Public.*"
)

# Packages whose own field names no licence, and what the files in them say.
STATED = {
    "xstatic-leaflet": "BSD-2-Clause",  # "(same as Leaflet)"; Leaflet's header names it
}

PROGRAMS = """\
## Programs beside it

Installed from Debian and run as processes of their own, unmodified: PostgreSQL (PostgreSQL
License), PostGIS (GPL-2.0-or-later), and what they need; for browser tests Chromium (BSD-3-Clause
and others). A bundle carries the packages of PostgreSQL and PostGIS as Debian made them; their
licence texts are in `/usr/share/doc/*/copyright`, their sources at Debian.
"""


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """One package that the product carries or, if ``dev``, is tested with."""

    kind: str  # python, web
    name: str
    version: str
    licence: str

    @property
    def fit(self) -> bool:
        """Whether every part of the licence, or one of the alternatives, is fit."""
        alternatives = re.split(r"\s+OR\s+", self.licence)
        return any(all(map(_is_fit, _parts(one))) for one in alternatives)


def packages() -> tuple[Package, ...]:
    """What is installed here of the lock, and what the pages carry."""
    site = here()
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", site.lock.read_text(), re.M))
    found = []
    for distribution in distributions():
        facts = wheel_metadata(str(distribution.read_text("METADATA") or ""))
        name = re.sub(r"[-_.]+", "-", facts["name"]).lower()
        if name in pinned:
            licence = STATED.get(name, facts["licence"])
            found.append(Package("python", name, facts["version"], licence))
    for package in npm_packages(CHECKOUT):
        licence = str(package.get("license", ""))
        found.append(Package("web", package["name"], package["version"], licence))
    return tuple(sorted(set(found)))


def table(found: Iterable[Package]) -> str:
    """``THIRD_PARTY.md``."""
    lines = [
        "# Third-party software",
        "",
        "Made by `python -m server.setup.licences --write`. Permissive licences, and LGPL and MPL",
        "for libraries used unmodified; any other is refused by `--check`.",
        "",
        "| kind | package | version | licence |",
        "|---|---|---|---|",
    ]
    lines += [f"| {p.kind} | {p.name} | {p.version} | {p.licence} |" for p in found]
    return "\n".join([*lines, "", PROGRAMS])


def main(arguments: list[str]) -> int:
    """Write or check; 1 where a licence is unfit or the list is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    found = packages()
    path = Path(CHECKOUT / LIST)
    if given.write:
        path.write_text(table(found), encoding="utf-8")
    unfit = [package for package in found if not package.fit]
    for package in unfit:
        print(f"{package.kind} {package.name} {package.version}: {package.licence or '?'}")
    listed = path.read_text(encoding="utf-8") if path.exists() else ""
    missing = [p for p in found if f"| {p.name} | {p.version} |" not in listed]
    for package in missing if given.check else ():
        print(f"{LIST} does not list {package.name} {package.version}: run with --write")
    print(f"{len(found)} packages, {len(unfit)} with an unfit licence")
    return 1 if unfit or (given.check and missing) else 0


def _parts(licence: str) -> list[str]:
    bare = licence.replace("(", " ").replace(")", " ")
    bare = re.sub(r"\sWITH\s+[\w.-]+", " ", bare)  # an exception only grants more
    return [part.strip() for part in re.split(r"\s+AND\s+|;", bare, flags=re.I)]


def _is_fit(part: str) -> bool:
    return bool(re.fullmatch(f"{FIT}|{AS_LIBRARY}", part, re.I))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
