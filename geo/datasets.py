"""What has been loaded: one row per source and kind, and the version of each layer.

Every loader writes its rows, its dataset and the layer's version in one transaction. Synthetic
and real data never share a database: ``claim`` is the first thing that a loader does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import MixedData

Kind = Literal["places", "people", "districts", "roads", "base", "posts"]
ROWS = UUID("6f6e656d-6170-5000-8000-726f77730001")
"""The name space of loaded rows' ids."""

_LOADING = 0x6F6E6C64  # advisory lock: one load at a time


def row_id(source: str, source_key: str) -> UUID:
    """The id of a loaded row: the same source and key give the same id in every load."""
    return uuid5(ROWS, f"{source}\x1f{source_key}")


def claim(session: Session, *, synthetic: bool) -> None:
    """Make sure that the database holds data of this standing only, until it is emptied.

    One load writes at a time: another waits here until this transaction ends, so that two loads
    of one source follow each other. Raises ``MixedData``.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOADING})
    session.execute(
        text("INSERT INTO content (synthetic) VALUES (:synthetic) ON CONFLICT DO NOTHING"),
        {"synthetic": synthetic},
    )
    if is_synthetic(session) is synthetic:
        return
    holds, given = ("real", "synthetic") if synthetic else ("synthetic", "real")
    raise MixedData(
        f"The database holds {holds} data; {given} data were to be loaded.",
        remedy="Use a database of its own for each: set ONEMAP_HOME or DATABASE_URL.",
        holds=holds,
        given=given,
        words=f"intake.mixed.{given}",
    )


def is_synthetic(session: Session) -> bool | None:
    """Whether the database holds synthetic data; None while it holds none at all."""
    found: bool | None = session.scalar(text("SELECT synthetic FROM content"))
    return found


def standing(session: Session) -> bool:
    """Whether what is now recorded is synthetic: as the data are; real where there are none.

    An incident in an empty database makes it a real one, and no demo is loaded beside it.
    """
    found = is_synthetic(session)
    if found is None:
        session.execute(
            text("INSERT INTO content (synthetic) VALUES (false) ON CONFLICT DO NOTHING")
        )
        found = is_synthetic(session)
    return bool(found)


def record(
    session: Session,
    *,
    source: str,
    kind: Kind,
    title: str,
    synthetic: bool,
    rows: int,
    now: datetime,
    updated_at: datetime | None = None,
    file: str | None = None,
    report: Mapping[str, Any] | None = None,
) -> None:
    """Note what a source has handed in. ``report`` may hold ``bounds`` [west, south, east, north].

    ``updated_at`` is when the source says its data are from; None where it does not say.
    """
    session.execute(
        text(
            "INSERT INTO dataset"
            " (source, kind, title, synthetic, rows, loaded_at, updated_at, file, report)"
            " VALUES (:source, :kind, :title, :synthetic, :rows, :now, :updated_at, :file,"
            " CAST(:report AS jsonb))"
            " ON CONFLICT (source, kind) DO UPDATE SET title = excluded.title,"
            " synthetic = excluded.synthetic, rows = excluded.rows,"
            " loaded_at = excluded.loaded_at, updated_at = excluded.updated_at,"
            " file = excluded.file, report = excluded.report"
        ),
        {
            "source": source,
            "kind": kind,
            "title": title,
            "synthetic": synthetic,
            "rows": rows,
            "now": now,
            "updated_at": updated_at,
            "file": file,
            "report": orjson.dumps(dict(report or {}), option=orjson.OPT_SERIALIZE_NUMPY).decode(),
        },
    )


def raise_version(session: Session, layer: str) -> int:
    """The layer's next version, written in the caller's transaction."""
    found: int = session.execute(
        text(
            "INSERT INTO layer_version (layer, version) VALUES (:layer, 1)"
            " ON CONFLICT (layer) DO UPDATE SET version = layer_version.version + 1"
            " RETURNING version"
        ),
        {"layer": layer},
    ).scalar_one()
    return found
