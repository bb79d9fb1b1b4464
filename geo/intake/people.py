"""Population cells from a file: ``key, lon, lat, size_m, day, night``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from geo.datasets import row_id
from geo.intake.bulk import copy_rows, refresh_statistics
from geo.intake.cells import Cells
from geo.intake.faults import Faults
from geo.intake.merge import DISTRICT, STAGED, Origin, cut_districts, index_staged, loading
from geo.intake.report import IntakeReport
from geo.intake.shared import check_columns, check_rows, check_source, unique_key
from geo.intake.sheets import Sheet, opened

COLUMNS = ("key", "lon", "lat", "size_m", "day", "night")
_STAGED = {
    "id": "uuid",
    "source_key": "text",
    **dict.fromkeys(("lon", "lat", "size_m"), "float8"),
    "day": "int4",
    "night": "int4",
}
_POINT = "ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326)"
_EXTENT = f"SELECT min(lon), min(lat), max(lon), max(lat), NULL::timestamptz FROM {STAGED}"


def load_people(
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
    """Load population cells in place of what ``source`` held before: all of them or none.

    ``updated_at``: when the source says its figures are from. Raises ``BadFile``, ``BadRow`` (its
    ``values["faults"]`` lists up to 20), ``MissingCrs``, ``MixedData``.
    """
    check_source(source)
    origin = Origin(source, synthetic, now, title, updated_at)
    with loading(engine, paths, "people", origin, _STAGED) as load:
        faults, seen, encodings = Faults(), dict[str, tuple[str, int]](), dict[str, str]()
        rows = 0
        for path in paths:
            with opened(path, crs) as sheet:
                check_columns(sheet, needed=COLUMNS, known=COLUMNS)
                encodings[path.name] = sheet.encoding
                lines = _rows(sheet, source, faults, seen)
                added = copy_rows(load.session, STAGED, _STAGED, lines)
                faults.refuse()
                check_rows(path, added)
                rows += added
        index_staged(load.session)
        cut_districts(load.session)
        load.merge(
            "population_cell",
            {
                "id": "s.id",
                "source": ":source",
                "source_key": "s.source_key",
                "geom": _POINT,
                "size_m": "s.size_m",
                "day": "s.day",
                "night": "s.night",
                "district_id": DISTRICT.format(township="NULL", geom=_POINT),
            },
        )
        report = load.finish(
            paths,
            rows,
            layers=("people",),
            encodings=encodings,
            extent=_EXTENT,
        )
        refresh_statistics(load.session, "population_cell")
    return report


def _rows(
    sheet: Sheet, source: str, faults: Faults, seen: dict[str, tuple[str, int]]
) -> Iterator[Sequence[Any]]:
    for number, given, shape in sheet.lines:
        cells = Cells(faults, sheet.path, number, given)
        key = unique_key(cells, seen)
        at = cells.centre(sheet, shape)
        size = cells.number("size_m", above=0)
        day = cells.whole("day", needed=True)
        night = cells.whole("night", needed=True)
        if faults.found or key is None or at is None:
            continue  # go on only to find more faults: nothing of this file is kept
        yield row_id(source, key), key, at[0], at[1], size, day, night
