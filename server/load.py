"""Loading: files into the database, whole or not at all, by the same functions for demo and real.

Each function reads and checks first and then writes in one transaction, so that a fault or Ctrl-C
leaves what was there before. Answers are JSON values with stable keys.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import BadFile
from server.desk import Desk

if TYPE_CHECKING:
    from geo.intake.report import IntakeReport


def load_roads(
    desk: Desk,
    files: Sequence[Path],
    *,
    now: datetime,
    mapping: Path | None = None,
    crs: str | None = None,
    source: str | None = None,
    title: str | None = None,
    synthetic: bool = False,
    updated_at: datetime | None = None,
) -> dict[str, Any]:
    """Roads of OpenStreetMap files or of the county's own lines, and their compiled arrays.

    ``updated_at``: when the source says its data are from; None: what the files' headers say.
    Raises BadFile, MissingCrs, MixedData, Conflict.
    """
    from geo.intake.waymarks import read_waymarks, save_waymarks
    from routing.sources import read_roads
    from routing.store import save_roads

    started = time.perf_counter()
    check_files(files)
    table = read_roads(files, mapping=mapping, crs=crs)
    marks = read_waymarks(files)
    named = source or source_of(files)
    with desk.session() as session:
        save_roads(
            session,
            table,
            source=named,
            synthetic=synthetic,
            now=now,
            title=title,
            updated_at=updated_at or _dated(files),
        )
        save_waymarks(session, marks, source=named)
    with desk.session() as session:
        desk.roads(session)  # compiled now, so that the first question is answered at once
    report = table.report.to_json()
    return {
        "source": named,
        "version": table.version,
        "nodes": table.nodes,
        "edges": table.edges,
        "km": round(table.km, 1),
        "posts": len(marks.posts),
        "components": report["components"],
        "dropped": report["dropped"],
        "faults": report["fault_counts"],
        "seconds": _since(started),
    }


def load_base(
    desk: Desk,
    files: Sequence[Path],
    *,
    now: datetime,
    source: str | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> dict[str, Any]:
    """Water, land use, buildings and names. Raises BadFile, MixedData."""
    from geo.intake.base import read_base, save_base

    started = time.perf_counter()
    check_files(files)
    base = read_base(files)
    named = source or source_of(files)
    with desk.session() as session:
        save_base(
            session, base, source=named, synthetic=synthetic, now=now, title=title, files=files
        )
    return {
        "source": named,
        "areas": len(base.areas),
        "names": len(base.names),
        "broken": base.broken,
        "kinds": dict(sorted(Counter(area.kind for area in base.areas).items())),
        "seconds": _since(started),
    }


def load_places(
    desk: Desk,
    files: Sequence[Path],
    *,
    now: datetime,
    crs: str | None = None,
    source: str | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> dict[str, Any]:
    """Risk sources, resources and stock lines. Raises BadFile, BadRow, MissingCrs, MixedData."""
    from geo.intake.places import load_places as load

    return _taken_in(desk, load, files, source, crs=crs, title=title, synthetic=synthetic, now=now)


def load_people(
    desk: Desk,
    files: Sequence[Path],
    *,
    now: datetime,
    crs: str | None = None,
    source: str | None = None,
    title: str | None = None,
    synthetic: bool = False,
    updated_at: datetime | None = None,
) -> dict[str, Any]:
    """The population grid. Raises BadFile, BadRow, MissingCrs, MixedData."""
    from geo.intake.people import load_people as load

    said = {"crs": crs, "title": title, "synthetic": synthetic, "updated_at": updated_at}
    return _taken_in(desk, load, files, source, now=now, **said)


def load_districts(
    desk: Desk,
    files: Sequence[Path],
    *,
    now: datetime,
    crs: str | None = None,
    source: str | None = None,
    title: str | None = None,
    synthetic: bool = False,
    updated_at: datetime | None = None,
) -> dict[str, Any]:
    """Outlines of townships. Raises BadFile, BadRow, MissingCrs, MixedData."""
    from geo.intake.districts import load_districts as load

    said = {"crs": crs, "title": title, "synthetic": synthetic, "updated_at": updated_at}
    return _taken_in(desk, load, files, source, now=now, **said)


def load_posts(
    desk: Desk,
    files: Sequence[Path],
    *,
    now: datetime,
    crs: str | None = None,
    source: str | None = None,
    title: str | None = None,
    synthetic: bool = False,
    updated_at: datetime | None = None,
) -> dict[str, Any]:
    """Kilometre posts. Raises BadFile, BadRow, MissingCrs, MixedData."""
    from geo.intake.posts import load_posts as load

    said = {"crs": crs, "title": title, "synthetic": synthetic, "updated_at": updated_at}
    return _taken_in(desk, load, files, source, now=now, **said)


def _taken_in(
    desk: Desk,
    load: Callable[..., IntakeReport],
    files: Sequence[Path],
    source: str | None,
    **more: Any,
) -> dict[str, Any]:
    started = time.perf_counter()
    check_files(files)
    with desk.session():  # the database is there, and the private one runs
        pass
    report = load(desk.engine, files, source=source or source_of(files), **more)
    return {**report.to_json(), "seconds": _since(started)}


def _dated(files: Sequence[Path]) -> datetime | None:
    """When the oldest file is from, as the headers say; None where one does not say."""
    from geo.intake.osmfile import is_osm
    from geo.intake.osmfile import updated_at as dated

    said = [dated(file) if is_osm(file) else None for file in files]
    known = [one for one in said if one is not None]
    return min(known) if len(known) == len(said) else None


def check_files(files: Sequence[Path]) -> None:
    """Refuse a file that is not there, by its name, before anything is read."""
    for file in files:
        if not file.exists():
            raise BadFile(
                f"{file} does not exist.",
                remedy="Check the name and the folder.",
                words="errors.file_missing",
                file=str(file),
            )


def source_of(files: Sequence[Path]) -> str:
    """The source's name where none is given: the first file's, without its endings."""
    return files[0].name.split(".")[0]


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 2)
