"""What a load did, as a report that a clerk can act on."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo import db
from geo.errors import OneMapError


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What was loaded: ``rows`` read, and what became of them; a source's old rows are removed.

    ``bounds`` is [west, south, east, north] of the source's rows, None where it has none.
    ``encodings`` names each file's encoding: "gb18030" was guessed, not said by the file.
    """

    kind: str
    source: str
    files: tuple[str, ...]
    rows: int
    inserted: int
    updated: int
    unchanged: int
    removed: int
    bounds: tuple[float, float, float, float] | None
    encodings: Mapping[str, str]
    version: int | None  # the layer's, after the load

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON."""
        return dataclasses.asdict(self)


def note_run(session: Session, report: IntakeReport, now: datetime) -> None:
    """Keep the report of a load that succeeded, in its own transaction."""
    _insert(session, report.files, report.kind, now, report.rows, report.rows, 0, report.to_json())


def note_refusal(
    engine: Engine, paths: Sequence[Path], kind: str, now: datetime, error: OneMapError
) -> None:
    """Keep what was wrong with files that were refused."""
    faults = error.values.get("faults", [])
    body = {"error": error.code, "message": error.message, "faults": faults}
    with db.session(engine) as session:
        _insert(session, [p.name for p in paths], kind, now, 0, 0, max(len(faults), 1), body)


def _insert(
    session: Session,
    files: Sequence[str],
    kind: str,
    now: datetime,
    rows: int,
    accepted: int,
    refused: int,
    body: Mapping[str, Any],
) -> None:
    session.execute(
        text(
            "INSERT INTO intake_run (id, file, kind, at, rows, accepted, refused, report) VALUES"
            " (:id, :file, :kind, :at, :rows, :accepted, :refused, CAST(:report AS jsonb))"
        ),
        {
            "id": uuid4(),
            "file": ", ".join(files),
            "kind": kind,
            "at": now,
            "rows": rows,
            "accepted": accepted,
            "refused": refused,
            "report": orjson.dumps(body, default=str).decode(),
        },
    )
