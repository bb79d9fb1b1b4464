"""The catalogue under ``data/catalog``: read, checked, and put into the database.

Departments, data classes, 100 risk categories, 200 resource categories and event types. Adding a
category is adding a row; a broken row is refused with file, row and reason.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import Connection, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from geo.domain import ResourceKind
from geo.errors import BadFile, BadRow, Conflict
from geo.home import DATA
from geo.models import catalog as tables
from geo.models.base import Base

FOLDER = DATA / "catalog"
Row = Mapping[str, Any]
Cell = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The whole catalogue by code; each row has the columns of its table."""

    departments: Mapping[str, Row]
    data_classes: Mapping[str, Row]
    risk_categories: Mapping[str, Row]
    resource_categories: Mapping[str, Row]
    event_types: Mapping[str, Row]
    digest: str

    def department_code(self, name: str) -> str | None:
        """The code of a department given by code or Chinese name; None if there is none."""
        if name in self.departments:
            return name
        return next((c for c, row in self.departments.items() if row["name_zh"] == name), None)


@dataclass(frozen=True, slots=True)
class _Sheet:
    table: type[Base]
    key: Callable[[str], bool]
    cells: Mapping[str, Cell]  # how a column is read; others are plain text that must be there
    renamed: Mapping[str, str]


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _yes(cell: str) -> bool:
    return {"Y": True, "N": False}[cell]


def _one_of(*allowed: str) -> Cell:
    def read(cell: str) -> str:
        if cell not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return cell

    return read


def _optional(cell: str) -> str | None:
    return cell or None


def _code(prefix: str, digits: int) -> Callable[[str], bool]:
    return lambda code: code[:1] == prefix and code[1:].isdigit() and len(code) == digits + 1


_SHAPE = _one_of("point", "line", "polygon")
_SHEETS: dict[str, _Sheet] = {
    "departments": _Sheet(
        tables.DepartmentRow,
        _code("D", 2),
        {
            "core17": _yes,
            "data_class_count": int,
            "data_class_codes": _list,
            "data_class_names_zh": _list,
            "risk_categories_steward": _list,
            "resource_categories_steward": _list,
        },
        {},
    ),
    "data_classes": _Sheet(
        tables.DataClassRow,
        _code("C", 2),
        {"key_fields": _list, "geometry": _one_of("point", "line", "polygon", "raster")},
        {},
    ),
    "risk_categories": _Sheet(
        tables.RiskCategoryRow,
        _code("R", 3),
        {"geometry": _SHAPE, "hazard_types": _list, "key_attributes": _list},
        {},
    ),
    "resource_categories": _Sheet(
        tables.ResourceCategoryRow,
        _code("S", 3),
        {
            "geometry": _SHAPE,
            "key_attributes": _list,
            "kind": _one_of(*get_args(ResourceKind)),
            "gbt38565_major": _optional,
        },
        {"group": "group_zh", "department": "department_zh"},
    ),
    "event_types": _Sheet(
        tables.EventTypeRow,
        lambda code: len(code) == 5 and code[:2].isdigit() and code[3:].isdigit(),
        dict.fromkeys(
            (
                *("level_i", "level_ii", "level_iii", "level_iv"),
                *("warning_red", "warning_orange", "warning_yellow", "warning_blue"),
                *("criteria_source", "criteria_status"),
            ),
            _optional,
        ),
        {},
    ),
}


@cache
def catalog() -> Catalog:
    """The product's own catalogue, read once."""
    return read(FOLDER)


def read(folder: Path) -> Catalog:
    """Read and check the five files; raises ``BadFile`` or ``BadRow`` for what is broken."""
    sheets = {name: _read_sheet(folder / f"{name}.csv", sheet) for name, sheet in _SHEETS.items()}
    out = Catalog(
        **{name: {code: row for code, (_, row) in rows.items()} for name, rows in sheets.items()},
        digest=_digest(folder),
    )
    _check_references(sheets)
    return out


def is_loaded(connection: Connection) -> bool:
    """Whether the database has exactly this catalogue."""
    found = connection.scalar(text("SELECT digest FROM catalog_state"))
    return bool(found == _digest(FOLDER))


def load(connection: Connection, chosen: Catalog | None = None) -> None:
    """Make the catalogue tables equal to the files, in the caller's transaction.

    Raises ``Conflict`` where a category that is no longer in the files still has rows.
    """
    chosen = chosen or catalog()
    try:
        with connection.begin_nested():
            for name, sheet in _SHEETS.items():
                rows = list(getattr(chosen, name).values())
                statement = insert(sheet.table)
                columns = {c.name: statement.excluded[c.name] for c in sheet.table.__table__.c}
                connection.execute(
                    statement.on_conflict_do_update(index_elements=["code"], set_=columns), rows
                )
            for name, sheet in reversed(_SHEETS.items()):
                code = sheet.table.__table__.c.code
                kept = list(getattr(chosen, name))
                connection.execute(delete(sheet.table).where(code.not_in(kept)))
    except IntegrityError as fault:
        raise Conflict(
            f"The catalogue drops what is still in use: {str(fault.orig).strip()}",
            remedy="Keep the row in data/catalog, or load the places again without it first.",
        ) from fault
    connection.execute(
        text(
            "INSERT INTO catalog_state (digest) VALUES (:digest) "
            "ON CONFLICT (only_row) DO UPDATE SET digest = excluded.digest"
        ),
        {"digest": chosen.digest},
    )


def _read_sheet(path: Path, sheet: _Sheet) -> dict[str, tuple[int, Row]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except FileNotFoundError as fault:
        raise BadFile(f"{path} is missing.", remedy="Restore it from the release.") from fault
    except (UnicodeDecodeError, csv.Error) as fault:
        raise BadFile(
            f"{path} is not a UTF-8 CSV file: {fault}", remedy="Save it again."
        ) from fault
    expected = [column.name for column in sheet.table.__table__.c]
    header = [sheet.renamed.get(c.lower(), c.lower()) for c in lines[0]] if lines else []
    if missing := [name for name in expected if name not in header]:
        raise BadRow(
            path.name, 1, missing[0], None, "the column is missing", "Add it to the header."
        )
    out: dict[str, tuple[int, Row]] = {}
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(header):
            reason = f"{len(cells)} cells under {len(header)} headings"
            raise BadRow(path.name, number, None, len(cells), reason, "Quote cells with commas.")
        given = dict(zip(header, cells, strict=True))
        row = {name: _read_cell(path, number, name, given[name], sheet) for name in expected}
        code = row["code"]
        if not sheet.key(code):
            raise BadRow(path.name, number, "code", code, "not a code of this kind", "Mend it.")
        if code in out:
            reason = f"the code is also in row {out[code][0]}"
            raise BadRow(path.name, number, "code", code, reason, "Give each row its own code.")
        out[code] = (number, row)
    if not out:
        raise BadFile(f"{path} has no rows.", remedy="Restore it from the release.")
    return out


def _read_cell(path: Path, number: int, name: str, cell: str, sheet: _Sheet) -> Any:
    cell = cell.strip()
    reader = sheet.cells.get(name)
    if reader is None:
        if not cell:
            raise BadRow(path.name, number, name, cell, "the cell is empty", "Fill it in.")
        return cell
    try:
        return reader(cell)
    except (ValueError, KeyError) as fault:
        raise BadRow(
            path.name, number, name, cell, f"cannot be read: {fault}", "Mend it."
        ) from fault


def _check_references(sheets: Mapping[str, Mapping[str, tuple[int, Row]]]) -> None:
    names = {row["name_zh"] for _, row in sheets["departments"].values()}
    refer: Iterable[tuple[str, str, Iterable[str], str]] = (
        ("departments", "data_class_codes", sheets["data_classes"], "data class"),
        ("departments", "risk_categories_steward", sheets["risk_categories"], "risk category"),
        ("departments", "resource_categories_steward", sheets["resource_categories"], "resource"),
        ("data_classes", "dept_code", sheets["departments"], "department"),
        ("data_classes", "department_zh", names, "department"),
        ("risk_categories", "department_zh", names, "department"),
        ("resource_categories", "department_zh", names, "department"),
        ("risk_categories", "hazard_types", sheets["event_types"], "event type"),
    )
    for sheet, column, known, what in refer:
        for number, row in sheets[sheet].values():
            given = row[column] if isinstance(row[column], list) else [row[column]]
            for value in given:
                if value not in known:
                    raise BadRow(
                        f"{sheet}.csv",
                        number,
                        column,
                        value,
                        f"no such {what}",
                        "Mend either file.",
                    )
    for code, (number, row) in sheets["data_classes"].items():
        if code not in sheets["departments"][row["dept_code"]][1]["data_class_codes"]:
            reason = f"department {row['dept_code']} does not list {code}"
            raise BadRow(
                "data_classes.csv",
                number,
                "dept_code",
                row["dept_code"],
                reason,
                "Mend either file.",
            )


@cache
def _digest(folder: Path) -> str:
    hashed = hashlib.sha256()
    for name in sorted(_SHEETS):
        path = folder / f"{name}.csv"
        if path.exists():
            hashed.update(path.read_bytes())
    return hashed.hexdigest()
