"""``./onemap demo``: the fictional city 云江市, loaded as real data are, and its first plan.

What is there already is skipped: the city by the digest of its generator, each load by the digest
of its files together with the moment at which the database says it was loaded.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from geo import datasets, events, queries
from geo.canonical import instant
from geo.domain import Incident
from geo.errors import MixedData
from geo.home import CHECKOUT, DATA
from server import load, service, store
from server.desk import Desk
from server.progress import Progress

SOURCE = "demo"
SEED = 20260601
Loader = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demo made: the city, what was loaded, the incident and its plan."""

    manifest: Mapping[str, Any]
    loaded: Mapping[str, Any]  # rows by kind of dataset
    incident: Mapping[str, Any]
    plan: Mapping[str, Any]
    seconds: Mapping[str, float]
    fresh: bool  # False: all of it was there already

    def as_json(self) -> dict[str, Any]:
        """The answer of ``demo --json``."""
        return {
            "city": {
                key: self.manifest.get(key) for key in ("name", "title", "bounds", "synthetic")
            },
            "loaded": dict(self.loaded),
            "incident": dict(self.incident),
            "plan": dict(self.plan),
            "seconds": dict(self.seconds),
        }


def prepare(desk: Desk, progress: Progress) -> Outcome:
    """Make and load the city where it is not there yet, report its incident, draft the plan.

    Raises MixedData where the database holds real data.
    """
    folder = _folder(desk.settings.home)
    made = (folder / "manifest.json").exists()
    # A new home holds no data to refuse: its cluster is made while the city is.
    aside = _in_background(desk) if not made and _is_new(desk) else None
    if aside is None:
        with progress.step("database"):
            refuse_real_data(desk)
    if not made:
        with progress.step("city"):
            _make(folder)
    if aside is not None:
        with progress.step("database"):
            aside.result()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    now = datetime.fromisoformat(manifest["clock"])
    fresh = _load(desk, folder, manifest, now, progress)
    with progress.step("plan"), desk.session() as session:
        incident = store.record_incident(
            session,
            (reported := first_incident(manifest, now)).id,
            reported,
            actor="demo",
            now=now,
        )
        drafted = service.plan(session, desk.roads(session), incident, now=now)
        plan = service.keep_plan(session, drafted, actor="demo", now=now)
        loaded: dict[str, float] = {
            row.kind: row.rows for row in queries.datasets(session) if row.source == SOURCE
        }
        roads = desk.roads(session)
        loaded |= {"nodes": roads.nodes, "km": round(roads.km, 1)}
    from server.answers import incident_json

    return Outcome(manifest, loaded, incident_json(incident), plan, progress.seconds, fresh)


def _is_new(desk: Desk) -> bool:
    """Whether this home's private cluster has yet to be made."""
    return desk.settings.database_url is None and not (desk.settings.home / "pg").exists()


def _in_background(desk: Desk) -> Future[None]:
    """Start and migrate the database beside other work."""
    pool = ThreadPoolExecutor(max_workers=1)
    started = pool.submit(refuse_real_data, desk)
    pool.shutdown(wait=False)
    return started


def refuse_real_data(desk: Desk) -> None:
    """Raise MixedData where the database holds real data: no invented place may stand there."""
    with desk.session() as session:
        if datasets.is_synthetic(session) is False:
            sources = sorted({row.source for row in queries.datasets(session)}) or ["incident"]
            raise MixedData(
                f"The database holds real data ({', '.join(sources)}); no demo beside it.",
                remedy="Run ./onemap demo with an empty ONEMAP_HOME (or DATABASE_URL).",
                words="errors.real_data_present",
                sources=sources,
            )


def first_incident(manifest: Mapping[str, Any], now: datetime) -> Incident:
    """The manifest's first incident; the same id each time, so that it is reported once."""
    told = dict(manifest["incidents"][0])
    given = _incident_id(told, now)
    at = (float(told.pop("lon")), float(told.pop("lat")))
    known = {key: told[key] for key in _TOLD if key in told}
    return Incident(id=given, event_type=told["event_type"], at=at, reported_at=now, **known)


_TOLD = (
    "title", "description", "casualties", "trapped", "wind_from_deg", "wind_mps", "radius_m",
    "attributes",
)  # fmt: skip


def _incident_id(told: Mapping[str, Any], now: datetime) -> UUID:
    """A UUIDv7 made of the demo clock and what is told: another story is another incident."""
    content = json.dumps(told, sort_keys=True, ensure_ascii=False)
    rest = int.from_bytes(hashlib.sha256(content.encode()).digest()[:10], "big")
    bits = (int(now.timestamp() * 1000) << 80) | rest
    bits = bits & ~(0xF << 76) | (7 << 76)
    return UUID(int=bits & ~(0x3 << 62) | (0x2 << 62))


# -- making and loading ---------------------------------------------------------------------


def _folder(home: Path) -> Path:
    """Where the city of this generator and seed lies."""
    digest = hashlib.sha256(str(SEED).encode())
    for path in (
        *sorted((CHECKOUT / "geo" / "demo").glob("*.py")),
        *sorted((DATA / "demo").glob("*.toml")),
    ):
        digest.update(path.read_bytes())
    return home / "demo" / digest.hexdigest()[:12]


def _make(folder: Path) -> None:
    """Generate the city; a half-made one is never used."""
    from geo.demo.city import make_city

    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    make_city(fresh, seed=SEED)
    for old in folder.parent.iterdir():  # cities of older generators
        if old.is_dir() and old != fresh:
            shutil.rmtree(old, ignore_errors=True)
    fresh.rename(folder)


def _load(
    desk: Desk, folder: Path, manifest: Mapping[str, Any], now: datetime, progress: Progress
) -> bool:
    """Load what is not loaded yet; whether there was anything to do."""
    stamp = desk.settings.home / "demo" / "loaded.json"
    known = json.loads(stamp.read_text()) if stamp.exists() else {}
    work: list[tuple[str, Loader, Sequence[str]]] = [
        ("roads", partial(load.load_roads, updated_at=now), ("city.osm.pbf",)),
        ("base", load.load_base, ("city.osm.pbf",)),
        ("districts", partial(load.load_districts, updated_at=now), ("districts.geojson",)),
        ("people", partial(load.load_people, updated_at=now), ("people.csv",)),
        ("places", load.load_places, ("risks.csv", "resources.csv", "stock.csv")),
    ]
    done = False
    for kind, loader, names in work:
        files = [folder / name for name in names]
        digest = _digest(files)
        if known.get(kind) == [digest, _loaded_at(desk, kind)]:
            continue
        with progress.step(kind):
            loader(desk, files, source=SOURCE, title=manifest["title"], synthetic=True, now=now)
        known[kind] = [digest, _loaded_at(desk, kind)]
        stamp.write_text(json.dumps(known))
        done = True
    stamp.write_text(json.dumps(known | {"clock": manifest["clock"]}))
    return done


def _loaded_at(desk: Desk, kind: str) -> str | None:
    """When the database says that the demo's rows of a kind were loaded; None: never."""
    with desk.session() as session:
        for row in queries.datasets(session):
            if row.source == SOURCE and row.kind == kind:
                return f"{instant(row.loaded_at)} {row.rows}"
    return None


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


# -- the clock ------------------------------------------------------------------------------

HEAD_START = timedelta(minutes=4)  # into the story: the first plan has been drafted


def clock_start(desk: Desk) -> datetime | None:
    """Where the clock of a served demo starts: a little into its story, and never before what
    happened in it already. None where this home's database does not hold the demo city."""
    stamp = desk.settings.home / "demo" / "loaded.json"
    told = json.loads(stamp.read_text()).get("clock") if stamp.exists() else None
    if told is None:
        return None
    with desk.session() as session:
        if not any(row.source == SOURCE for row in queries.datasets(session)):
            return None
        latest = events.latest_at(session)
    start = datetime.fromisoformat(told) + HEAD_START
    return start if latest is None else max(start, latest)


# -- showing --------------------------------------------------------------------------------


def show(outcome: Outcome, language: str) -> None:
    """Print the plan as a readable table, and what was loaded."""
    from geo.words import say
    from server.present import show_plan

    print(say("cli.synthetic", language))
    print(
        say(
            "cli.demo.loaded",
            language,
            title=outcome.manifest["title"],
            km=outcome.loaded["km"],
            nodes=outcome.loaded["nodes"],
            places=outcome.loaded.get("places", 0),
            cells=outcome.loaded.get("people", 0),
        )
    )
    if not outcome.fresh:
        print(say("cli.demo.already", language))
    show_plan(outcome.plan, language)
    print(say("cli.demo.took", language, seconds=sum(outcome.seconds.values())))
