"""Districts from a file of polygons: properties ``key, name, code, kind``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo.datasets import row_id
from geo.intake.bulk import copy_rows, refresh_statistics
from geo.intake.cells import Cells
from geo.intake.faults import Faults
from geo.intake.merge import DISTRICT, STAGED, Origin, cut_districts, index_staged, loading
from geo.intake.report import IntakeReport
from geo.intake.shared import check_columns, check_rows, check_source, unique_key
from geo.intake.sheets import Sheet, opened

_STAGED = {
    "id": "uuid",
    "source_key": "text",
    "name": "text",
    "code": "text",
    "kind": "text",
    "shape": "bytea",
}
_SHAPE = "ST_GeomFromWKB(s.shape, 4326)"
_EXTENT = (
    "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e), NULL::timestamptz"
    " FROM (SELECT ST_Extent(geom) AS e FROM district WHERE source = :source) x"
)
_COLUMNS = ("key", "name", "code", "kind", "shape_wkt")
_LIE_IN = ("risk_source", "resource", "stock", "population_cell")


def load_districts(
    engine: Engine,
    paths: Sequence[Path],
    *,
    source: str,
    synthetic: bool,
    now: datetime,
    title: str | None = None,
    crs: str | None = None,
    updated_at: datetime | None = None,
) -> IntakeReport:
    """Load districts in place of what ``source`` held before: all of them or none.

    Places and population cells that are loaded already are set into them. Raises ``BadFile``,
    ``BadRow`` (its ``values["faults"]`` lists up to 20), ``MissingCrs``, ``MixedData``.
    """
    check_source(source)
    origin = Origin(source, synthetic, now, title, updated_at)
    with loading(engine, paths, "districts", origin, _STAGED) as load:
        faults, seen = Faults(), dict[str, tuple[str, int]]()
        rows = 0
        encodings = {}
        for path in paths:
            with opened(path, crs) as sheet:
                check_columns(sheet, needed=("key", "name", "shape_wkt"), known=_COLUMNS)
                encodings[path.name] = sheet.encoding
                lines = _rows(sheet, source, faults, seen)
                added = copy_rows(load.session, STAGED, _STAGED, lines)
                faults.refuse()
                check_rows(path, added)
                rows += added
        index_staged(load.session)
        load.merge(
            "district",
            {
                "id": "s.id",
                "source": ":source",
                "source_key": "s.source_key",
                "name": "s.name",
                "code": "s.code",
                "kind": "s.kind",
                "geom": f"ST_Multi({_SHAPE})",
            },
        )
        _set_rows_in(load.session)
        report = load.finish(
            paths,
            rows,
            layers=("district", "base", "places"),
            encodings=encodings,
            extent=_EXTENT,
        )
        refresh_statistics(load.session, "district")
    return report


def _rows(
    sheet: Sheet, source: str, faults: Faults, seen: dict[str, tuple[str, int]]
) -> Iterator[Sequence[Any]]:
    for number, given, shape in sheet.lines:
        cells = Cells(faults, sheet.path, number, given)
        key = unique_key(cells, seen)
        name = cells.text("name", needed=True)
        made = cells.shape(sheet, shape, None) if shape else cells.wkt(sheet, "shape_wkt")
        if shape is None and made is None and not given.get("shape_wkt", "").strip():
            cells.fault(None, "no_shape")
        if made is not None and made.geom_type not in ("Polygon", "MultiPolygon"):
            cells.fault(None, "not_area", shape=made.geom_type)
        code, kind = cells.text("code"), cells.text("kind") or "township"
        if faults.found or key is None or made is None:
            continue  # go on only to find more faults: nothing of this file is kept
        yield row_id(source, key), key, name, code, kind, shapely.to_wkb(made)


def _set_rows_in(session: Session) -> None:
    """Say anew of every place and cell in which district it lies."""
    cut_districts(session)
    for table in _LIE_IN:
        township = "NULL" if table == "population_cell" else "t.attributes->>'township'"
        lies_in = DISTRICT.format(township=township, geom="t.geom")
        session.execute(
            text(
                f"UPDATE {table} t SET district_id = x.district_id"
                f" FROM (SELECT t.id, {lies_in} AS district_id FROM {table} t) x"
                " WHERE x.id = t.id AND t.district_id IS DISTINCT FROM x.district_id"
            )
        )
