"""From checked rows to tables: staged by binary COPY, then merged, all in one transaction.

A load replaces what its own source held: rows are inserted, changed or removed, and rows that are
the same stay as they are, so that their version says when they last changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo import datasets, db
from geo.errors import OneMapError
from geo.intake.report import IntakeReport, note_refusal, note_run

STAGED = "staged"
DISTRICT = (
    "coalesce((SELECT d.id FROM district d WHERE d.name = {township} ORDER BY d.id LIMIT 1),"
    " (SELECT p.id FROM pg_temp.district_piece p WHERE ST_Covers(p.piece, {geom})"
    " ORDER BY p.area, p.id LIMIT 1))"
)
"""The district a row lies in: the one its source names, else the smallest around its point."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who hands something in; ``updated_at``: when they say it is from, None: they do not."""

    source: str
    synthetic: bool
    now: datetime
    title: str | None = None
    updated_at: datetime | None = None


@dataclass
class Load:
    """A running load, and its counts so far."""

    session: Session
    kind: datasets.Kind
    origin: Origin
    inserted: int = 0
    updated: int = 0
    removed: int = 0

    def merge(self, table: str, columns: Mapping[str, str], where: str = "true") -> None:
        """Make the source's rows in ``table`` equal to the staged ones.

        ``columns``: name -> SQL expression over the staged row ``s``.
        """
        names = ", ".join(columns)
        compared = [name for name in columns if name not in ("id", "source", "source_key")]
        fresh = ", ".join(f"excluded.{name}" for name in compared)
        changes = ", ".join(f"{name} = excluded.{name}" for name in compared)
        self.removed += self._count(
            f"WITH gone AS (DELETE FROM {table} t WHERE t.source = :source AND NOT EXISTS"
            f" (SELECT FROM {STAGED} s WHERE s.id = t.id AND {where}) RETURNING 1)"
            " SELECT count(*) FROM gone"
        )[0]
        inserted, updated = self._count(
            f"WITH merged AS (INSERT INTO {table} AS t ({names})"
            f" SELECT {', '.join(columns.values())} FROM {STAGED} s WHERE {where}"
            f" ON CONFLICT (id) DO UPDATE SET {changes}, version = t.version + 1"
            f" WHERE ({', '.join(f't.{name}' for name in compared)}) IS DISTINCT FROM ({fresh})"
            " RETURNING xmax = 0 AS inserted)"
            " SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted)"
            " FROM merged"
        )
        self.inserted += inserted
        self.updated += updated

    def finish(
        self,
        paths: Sequence[Path],
        rows: int,
        *,
        layers: Sequence[str],
        encodings: Mapping[str, str],
        extent: str,
    ) -> IntakeReport:
        """Note dataset, layer versions and run; the report.

        ``extent``: SQL for west, south, east, north and the latest date of the staged rows.
        """
        row = self.session.execute(text(extent), {"source": self.origin.source}).one()
        bounds = None if row[0] is None else (row[0], row[1], row[2], row[3])
        versions = [datasets.raise_version(self.session, layer) for layer in layers]
        report = IntakeReport(
            kind=self.kind,
            source=self.origin.source,
            files=tuple(path.name for path in paths),
            rows=rows,
            inserted=self.inserted,
            updated=self.updated,
            unchanged=rows - self.inserted - self.updated,
            removed=self.removed,
            bounds=bounds,
            encodings=dict(encodings),
            version=versions[0] if versions else None,
        )
        datasets.record(
            self.session,
            source=self.origin.source,
            kind=self.kind,
            title=self.origin.title or self.origin.source,
            synthetic=self.origin.synthetic,
            rows=rows,
            now=self.origin.now,
            updated_at=self.origin.updated_at or row[4],
            file=", ".join(report.files),
            report=report.to_json(),
        )
        note_run(self.session, report, self.origin.now)
        return report

    def _count(self, statement: str) -> tuple[int, ...]:
        return tuple(self.session.execute(text(statement), {"source": self.origin.source}).one())


@contextmanager
def loading(
    engine: Engine,
    paths: Sequence[Path],
    kind: datasets.Kind,
    origin: Origin,
    staged: Mapping[str, str],
) -> Iterator[Load]:
    """One load: a transaction with an empty staging table of the columns ``staged``.

    What interrupts it undoes all of it; what was refused is kept as a run, for the clerk.
    """
    columns = ", ".join(f"{name} {type_}" for name, type_ in staged.items())
    try:
        with db.session(engine) as session:
            datasets.claim(session, synthetic=origin.synthetic)
            # Two loads of one source at the same time would each remove the other's rows.
            session.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
                {"key": f"onemap intake {kind} {origin.source}"},
            )
            session.execute(text(f"CREATE TEMP TABLE {STAGED} ({columns}) ON COMMIT DROP"))
            yield Load(session, kind, origin)
    except OneMapError as fault:
        note_refusal(engine, paths, kind, origin.now, fault)
        raise


def cut_districts(session: Session) -> None:
    """A temporary table of small pieces of the districts, to find quickly where points lie."""
    session.execute(
        text(
            "CREATE TEMP TABLE district_piece ON COMMIT DROP AS"
            " SELECT id, ST_Area(geom) AS area, ST_Subdivide(geom, 64) AS piece FROM district"
        )
    )
    session.execute(text("CREATE INDEX ON pg_temp.district_piece USING gist (piece)"))
    session.execute(text("ANALYZE pg_temp.district_piece"))


def index_staged(session: Session) -> None:
    """Make the staged rows quick to find by id."""
    session.execute(text(f"CREATE INDEX ON {STAGED} (id)"))
    session.execute(text(f"ANALYZE {STAGED}"))
