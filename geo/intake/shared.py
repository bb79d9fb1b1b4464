"""What every loader checks: the source's name, the columns of a file, the keys of its rows."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from geo.errors import InvalidInput
from geo.intake.cells import Cells
from geo.intake.faults import bad_file, bad_row
from geo.intake.sheets import Sheet


def check_source(source: str) -> None:
    """Refuse a source without a usable name. Raises ``InvalidInput``."""
    if not source.strip() or len(source) > 200 or not source.isprintable():
        raise InvalidInput(
            f"{source!r} is no name for a source.",
            remedy="Name who handed the file in, in up to 200 letters.",
            words="intake.source",
            source=source[:200],
        )


def check_columns(sheet: Sheet, *, needed: Sequence[str], known: Sequence[str]) -> None:
    """Refuse a file without a needed column, or with one of an unknown (misspelt) name."""
    if not sheet.columns and not sheet.free:
        raise bad_file(sheet.path, "empty")
    if not sheet.free:
        for name in needed:
            if name not in sheet.columns:
                raise bad_row(sheet.path, 1, "column_missing", column=name)
        for name in sheet.columns:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = near[0] if near else ", ".join(known)
                raise bad_row(sheet.path, 1, "column_unknown", column=name, hint=hint)


def unique_key(cells: Cells, seen: dict[str, tuple[str, int]]) -> str | None:
    """The row's key; a key that came before in this load is a fault."""
    key = cells.text("key", needed=True)
    if key is None:
        return None
    if len(key) > 200:
        cells.fault("key", "too_long", most=200)
        return None
    if key in seen:
        file, row = seen[key]
        cells.fault("key", "double_key", before=row, other=file)
        return None
    seen[key] = (cells.file.name, cells.row)
    return key


def check_rows(path: Path, rows: int) -> None:
    """Refuse a file of headings only: it would silently empty its source."""
    if rows == 0:
        raise bad_file(path, "no_rows")
