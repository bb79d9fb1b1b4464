"""Risk sources, resources and stock lines from a file of places.

Which table a row goes to its category says: R### is a risk source, S### a resource, S### of kind
"stock" a stock line. What the table has no column for is kept in the row's attributes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import shapely
from sqlalchemy import Engine

from geo.catalog import Catalog, catalog
from geo.datasets import row_id
from geo.intake.bulk import copy_rows, refresh_statistics
from geo.intake.cells import Cells
from geo.intake.faults import Faults
from geo.intake.merge import STAGED, Origin, cut_districts, index_staged, loading
from geo.intake.placetables import EXTENT, MERGES
from geo.intake.report import IntakeReport
from geo.intake.shared import check_columns, check_rows, check_source, unique_key
from geo.intake.sheets import Line, Sheet, opened

COLUMNS = (
    *("key", "category", "name", "lon", "lat", "address", "contact", "phone", "department"),
    *("status", "members", "capacity", "occupied", "turnout_s", "people", "quantity", "unit"),
    *("place_key", "expires_on", "township", "shape_wkt", "attributes", "updated_at"),
)
_STAGED = {
    "target": "text",
    "id": "uuid",
    "source_key": "text",
    "category": "text",
    "kind": "text",
    "name": "text",
    "lon": "float8",
    "lat": "float8",
    "shape": "bytea",
    **dict.fromkeys(("address", "contact", "phone", "department_code", "status"), "text"),
    **dict.fromkeys(("members", "capacity", "occupied", "turnout_s", "people"), "int4"),
    "quantity": "numeric",
    "unit": "text",
    "place_id": "uuid",
    "expires_on": "date",
    "township": "text",
    "attributes": "text",
    "updated_at": "timestamptz",
}
_TEAM = ("standby", "out", "off")
_STATUS = {
    **dict.fromkeys(("team", "mobile", "person"), _TEAM),
    "shelter": ("closed", "ready", "open", "full", "disabled"),
}
# Columns that a table does not have: what a row says there is kept among its attributes.
_ELSEWHERE = {
    "risk": (
        *("status", "members", "capacity", "occupied", "turnout_s", "quantity", "unit"),
        *("place_key", "expires_on"),
    ),
    "resource": ("people", "quantity", "unit", "place_key", "expires_on"),
    "stock": ("address", "status", "members", "capacity", "occupied", "turnout_s", "people"),
}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def load_places(
    engine: Engine,
    paths: Sequence[Path],
    *,
    source: str,
    synthetic: bool,
    now: datetime,
    title: str | None = None,
    crs: str | None = None,
    zone: tzinfo = SHANGHAI,
) -> IntakeReport:
    """Load places in place of what ``source`` held before: all of them or none.

    All files of a source are given together. ``zone`` is the civil zone of times without offset.
    Raises ``BadFile``, ``BadRow`` or ``UnknownCategory`` (``values["faults"]`` lists up to 20),
    ``MissingCrs``, ``MixedData``.
    """
    check_source(source)
    origin = Origin(source, synthetic, now, title)
    with loading(engine, paths, "places", origin, _STAGED) as load:
        reader = _Reader(source, catalog(), zone)
        rows = 0
        encodings = {}
        for path in paths:
            with opened(path, crs) as sheet:
                check_columns(sheet, needed=("key", "category", "name"), known=COLUMNS)
                encodings[path.name] = sheet.encoding
                added = copy_rows(load.session, STAGED, _STAGED, reader.rows(sheet))
                reader.faults.refuse()
                check_rows(path, added)
                rows += added
        reader.check_places_of_stock()
        index_staged(load.session)
        cut_districts(load.session)
        for table, (columns, where) in MERGES.items():
            load.merge(table, columns, where)
        report = load.finish(paths, rows, layers=("places",), encodings=encodings, extent=EXTENT)
        refresh_statistics(load.session, *MERGES)
    return report


@dataclass
class _Reader:
    """Reads places row by row, noting every fault."""

    source: str
    catalog: Catalog
    zone: tzinfo
    faults: Faults = field(default_factory=Faults)
    seen: dict[str, tuple[str, int]] = field(default_factory=dict)
    resources: set[str] = field(default_factory=set)
    kept_at: dict[str, tuple[Path, int]] = field(default_factory=dict)
    departments: dict[str, str | None] = field(default_factory=dict)

    def rows(self, sheet: Sheet) -> Iterator[Sequence[Any]]:
        """Staged rows; none any more after the first fault, but faults are looked for."""
        for line in sheet.lines:
            row = self._row(sheet, line)
            if row is not None and not self.faults.found:
                yield row

    def check_places_of_stock(self) -> None:
        """Refuse stock that is kept at a place which no row of this load is."""
        for key, (path, row) in self.kept_at.items():
            if key not in self.resources:
                self.faults.add(path, row, "place_key", key, "no_place")
        self.faults.refuse()

    def _row(self, sheet: Sheet, line: Line) -> Sequence[Any] | None:
        number, given, feature = line
        cells = Cells(self.faults, sheet.path, number, given)
        key = unique_key(cells, self.seen)
        category = cells.text("category", needed=True)
        name = cells.text("name", needed=True)
        if category is None:
            return None
        risk = self.catalog.risk_categories.get(category)
        row = risk or self.catalog.resource_categories.get(category)
        if row is None:
            cells.fault("category", "no_category", category=category)
            return None
        kind = None if risk else row["kind"]
        target = "risk" if risk else "stock" if kind == "stock" else "resource"
        place = cells.text("place_key") if target == "stock" else None
        shape = cells.shape(sheet, feature, None) if feature else cells.wkt(sheet, "shape_wkt")
        at = self._point(cells, sheet, shape, place)
        attributes = self._attributes(cells, sheet, target)
        staged = (
            target,
            row_id(self.source, key) if key else None,
            key,
            category,
            kind,
            name,
            *(at or (None, None)),
            None if shape is None or shape.geom_type == "Point" else shapely.to_wkb(shape),
            cells.text("address"),
            cells.text("contact"),
            cells.text("phone"),
            self._department(cells, row["department_zh"]),
            cells.one_of("status", _STATUS[kind]) if kind in _STATUS else cells.text("status"),
            cells.whole("members"),
            cells.whole("capacity", least=1),
            cells.whole("occupied"),
            cells.whole("turnout_s"),
            cells.whole("people"),
            cells.amount("quantity"),
            self._unit(cells, row["unit"]) if target == "stock" else None,
            self._kept_at(cells, place),
            cells.day("expires_on"),
            cells.text("township"),
            orjson.dumps(attributes).decode(),
            cells.moment("updated_at", self.zone),
        )
        if target == "resource" and key:
            self.resources.add(key)
        return staged

    def _point(
        self, cells: Cells, sheet: Sheet, shape: Any, place: str | None
    ) -> tuple[float, float] | None:
        given = cells.cells.get("lon", "").strip() or cells.cells.get("lat", "").strip()
        if not given and shape is not None:
            # The middle of a line or area, on it; the shape itself is kept beside.
            point = shape if shape.geom_type == "Point" else shape.representative_point()
            return cells.on_map(point.x, point.y, "lon")
        if not given and place is not None:
            return None  # stock lies where it is kept
        return cells.point(sheet)

    def _attributes(self, cells: Cells, sheet: Sheet, target: str) -> dict[str, Any]:
        found = cells.attributes("attributes")
        free = [name for name in cells.cells if name not in COLUMNS] if sheet.free else []
        for name in (*_ELSEWHERE[target], "township", *free):
            if value := cells.cells.get(name, "").strip():
                found.setdefault(name, value)
        return found

    def _department(self, cells: Cells, steward: str) -> str | None:
        given = cells.text("department")
        name = given or steward
        if name not in self.departments:
            self.departments[name] = self.catalog.department_code(name)
        if self.departments[name] is None:
            cells.fault("department", "no_department")
        return self.departments[name]

    def _unit(self, cells: Cells, unit: str) -> str:
        given = cells.text("unit")
        if given is not None and given != unit:
            # Amounts of one category are added up: they must be in one unit.
            cells.fault("unit", "other_unit", unit=unit)
        return unit

    def _kept_at(self, cells: Cells, place: str | None) -> UUID | None:
        if place is None:
            return None
        self.kept_at.setdefault(place, (cells.file, cells.row))
        return row_id(self.source, place)
