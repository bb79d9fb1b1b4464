"""The doctor: what is installed, what is loaded, how old, what is wrong, and the remedy.

``examine`` returns findings as values; ``run`` says them. It starts the private database where
there is one, and makes none.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from geo.binaries import find_binaries
from geo.cluster import Cluster, ensure_database_url
from geo.errors import OneMapError
from geo.home import CHECKOUT
from geo.home import home as default_home
from geo.words import say
from server.setup import python, web
from server.setup.site import Site

if TYPE_CHECKING:
    import psycopg

State = Literal["good", "warning", "fault"]

LOW_DISK_GB = 2.0
STALE_DAYS = 400  # [A] longer than the yearly hand-in that most data classes have


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: ``key`` is its sentence under ``setup.doctor``; ``remedy`` likewise."""

    subject: str  # python, postgis, database, disk, web, dataset, roads
    state: State
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    remedy: str | None = None

    def message(self, language: str = "zh-CN") -> str:
        """The finding as a sentence."""
        unknown = say("setup.doctor.unknown", language)
        values = {k: unknown if v is None else v for k, v in self.values.items()}
        return say(f"setup.doctor.{self.key}", language).format(**values)

    def advice(self, language: str = "zh-CN") -> str | None:
        """How to mend it; ``None`` where nothing is wrong."""
        if self.remedy is None:
            return None
        return say(f"setup.doctor.remedy.{self.remedy}", language).format(**self.values)


def examine(home: Path, url: str | None, now: datetime) -> tuple[Finding, ...]:
    """Look at everything, in the order in which it must be well.

    ``url``: the database to look into; ``None``: none could be had, which is a finding made by
    the caller (see ``run``), and nothing is said of its contents.
    """
    site = Site(CHECKOUT, home, None, "zh-CN")
    findings = [_python(site), _postgis(site), _disk(site), _web(site)]
    if url is not None:
        findings += _database(site, url, now)
    return tuple(finding for finding in findings if finding)


def run(language: str = "zh-CN", *, as_json: bool = False, now: datetime | None = None) -> int:
    """Examine this home and say it; 0 where nothing is at fault, else 1."""
    home, now = default_home(), now or datetime.now(UTC)
    url, fault = _address(home)
    findings = (*examine(home, url, now), *([fault] if fault else []))
    well = all(finding.state != "fault" for finding in findings)
    if as_json:
        said = [_as_json(finding, language) for finding in findings]
        answer = {"now": now.isoformat(), "home": str(home), "well": well, "findings": said}
        json.dump(answer, sys.stdout, ensure_ascii=False, indent=2, default=str)
        print()
    else:
        for finding in findings:
            print(f"{_MARKS[finding.state]} {finding.message(language)}")
            if advice := finding.advice(language):
                print(f"   → {advice}")
        if all(finding.state == "good" for finding in findings):
            print(say("setup.doctor.well", language))
    return 0 if well else 1


_MARKS: dict[State, str] = {"good": "✓", "warning": "!", "fault": "✗"}


def _address(home: Path) -> tuple[str | None, Finding | None]:
    """The database to look into: the user's own, or the private one where it has been made."""
    if not os.environ.get("DATABASE_URL") and not Cluster(home).data.exists():
        return None, Finding("database", "warning", "not_migrated", remedy="migrate")
    try:
        return ensure_database_url(home), None
    except OneMapError as fault:
        detail = fault.message.splitlines()[0]
        return None, _database_down(home, detail)


def _python(site: Site) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    # Where the environment was not made by the launcher there is nothing to compare.
    if not site.venv.exists() or python.is_made(site):
        return Finding("python", "good", "python", {"version": version})
    return Finding("python", "warning", "python_stale", {"version": version}, "setup")


def _postgis(site: Site) -> Finding:
    if os.environ.get("DATABASE_URL"):
        return Finding("postgis", "good", "own_database")
    try:
        found = find_binaries(site.home)
    except OneMapError:
        return Finding("postgis", "fault", "no_postgis", remedy="setup")
    where = {"major": found.major, "folder": str(found.folder)}
    return Finding("postgis", "good", "postgis", where)


def _disk(site: Site) -> Finding:
    if not site.home.exists():
        return Finding("disk", "good", "home", {"home": str(site.home)})
    free = round(shutil.disk_usage(site.home).free / 1e9, 1)
    values = {"home": str(site.home), "free": free}
    if free < LOW_DISK_GB:
        return Finding("disk", "fault", "disk_low", values, "disk")
    return Finding("disk", "good", "disk", values)


def _web(site: Site) -> Finding:
    folder = Path(os.environ.get("ONEMAP_WEB", web.dist(site)))
    if (folder / "index.html").exists():
        return Finding("web", "good", "web", {"folder": str(folder)})
    return Finding("web", "warning", "no_web", {"folder": str(folder)}, "web")


def _database(site: Site, url: str, now: datetime) -> Iterator[Finding]:
    import psycopg

    try:
        with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=5) as connection:
            yield from _contents(connection, now)
    except psycopg.Error as fault:
        yield _database_down(site.home, str(fault).strip().splitlines()[0])


def _contents(connection: psycopg.Connection[Any], now: datetime) -> Iterator[Finding]:
    def rows(statement: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement).fetchall()

    if rows("SELECT to_regclass('alembic_version')")[0][0] is None:
        yield Finding("database", "warning", "not_migrated", remedy="migrate")
        return
    postgis = rows("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
    revision = rows("SELECT version_num FROM alembic_version")
    values = {
        "postgis": postgis[0][0] if postgis else "?",
        "revision": revision[0][0] if revision else "?",
    }
    yield Finding("database", "good", "database", values)
    roads = rows("SELECT version, nodes, km, loaded_at FROM road_set ORDER BY loaded_at DESC")
    for version, nodes, km, loaded in roads:
        said = {"version": version, "nodes": nodes, "km": round(km), "loaded": _day(loaded)}
        yield Finding("roads", "good", "roads", said)
    if not roads:
        yield Finding("roads", "warning", "no_roads", remedy="roads")
    datasets = rows(
        "SELECT source, kind, title, synthetic, rows, loaded_at, updated_at FROM dataset"
        " ORDER BY source, kind"
    )
    for dataset in datasets:
        yield _dataset(*dataset, now=now)
    if not datasets:
        yield Finding("dataset", "warning", "no_data", remedy="load")


def _dataset(
    source: str,
    kind: str,
    title: str,
    synthetic: bool,
    rows: int,
    loaded: datetime,
    updated: datetime | None,
    *,
    now: datetime,
) -> Finding:
    values = {
        "source": source,
        "kind": kind,
        "title": title,
        "synthetic": synthetic,
        "rows": rows,
        "loaded": _day(loaded),
        "updated": _day(updated) if updated else None,
    }
    days = (now - updated).days if updated else 0
    if days > STALE_DAYS and not synthetic:
        return Finding("dataset", "warning", "dataset_stale", {**values, "days": days}, "stale")
    return Finding("dataset", "good", "dataset_synthetic" if synthetic else "dataset", values)


def _database_down(home: Path, detail: str) -> Finding:
    own = bool(os.environ.get("DATABASE_URL"))
    values = {"detail": detail, "log": str(home / "pg/log")}
    return Finding(
        "database", "fault", "database_down", values, "own_database" if own else "database"
    )


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def _as_json(finding: Finding, language: str) -> dict[str, Any]:
    said = {"message": finding.message(language), "remedy": finding.advice(language)}
    return asdict(finding) | said
