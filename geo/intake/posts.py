"""Kilometre posts from a file of rows: ``ref, km, lon, lat`` and, where known, ``direction``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from geo.datasets import row_id
from geo.intake.bulk import copy_rows, refresh_statistics
from geo.intake.cells import Cells
from geo.intake.faults import Faults
from geo.intake.merge import STAGED, Origin, index_staged, loading
from geo.intake.report import IntakeReport
from geo.intake.shared import check_columns, check_rows, check_source
from geo.intake.sheets import Sheet, opened
from geo.spelling import plain, refs_of

COLUMNS = ("ref", "km", "lon", "lat", "direction")
MOST_KM = 20_000.0  # no road is longer; China's longest, G219, has about 10,000 km

# 上行: the kilometres rise. JTG H20-2018, the specification for assessing highways [R].
SENSES = {
    "": "both", "both": "both", "双向": "both",
    "rising": "rising", "up": "rising", "上行": "rising",
    "falling": "falling", "down": "falling", "下行": "falling",
}  # fmt: skip
_STAGED = {
    "id": "uuid",
    "source_key": "text",
    "ref": "text",
    **dict.fromkeys(("km", "lon", "lat"), "float8"),
    "sense": "text",
}
_KM = re.compile(r"K?\s*(\d+(?:[.,]\d+)?)(?:\s*\+\s*(\d{1,3}(?:\.\d+)?))?\s*(?:KM|公里)?", re.I)
_EXTENT = f"SELECT min(lon), min(lat), max(lon), max(lat), NULL::timestamptz FROM {STAGED}"


def load_posts(
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
    """Load kilometre posts in place of what ``source`` held before: all of them or none.

    Raises ``BadFile``, ``BadRow`` (its ``values["faults"]`` lists up to 20), ``MissingCrs``,
    ``MixedData``.
    """
    check_source(source)
    origin = Origin(source, synthetic, now, title, updated_at)
    with loading(engine, paths, "posts", origin, _STAGED) as load:
        faults, seen, encodings = Faults(), dict[str, tuple[str, int]](), dict[str, str]()
        rows = 0
        for path in paths:
            with opened(path, crs) as sheet:
                check_columns(sheet, needed=("ref", "km"), known=COLUMNS)
                encodings[path.name] = sheet.encoding
                lines = _rows(sheet, source, faults, seen)
                added = copy_rows(load.session, STAGED, _STAGED, lines)
                faults.refuse()
                check_rows(path, added)
                rows += added
        index_staged(load.session)
        load.merge(
            "road_post",
            {
                "id": "s.id",
                "source": ":source",
                "source_key": "s.source_key",
                "ref": "s.ref",
                "km": "s.km",
                "sense": "s.sense",
                "geom": "ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326)",
            },
        )
        report = load.finish(paths, rows, layers=(), encodings=encodings, extent=_EXTENT)
        refresh_statistics(load.session, "road_post")
    return report


def kilometre(text: str) -> float | None:
    """The kilometre that a post bears: "1832", "1832.4", "K1832+400", "12,5"; None: none."""
    found = _KM.fullmatch(plain(text))
    if found is None:
        return None
    km = float(found[1].replace(",", ".")) + float(found[2] or 0) / 1000
    return km if km <= MOST_KM else None


def _rows(
    sheet: Sheet, source: str, faults: Faults, seen: dict[str, tuple[str, int]]
) -> Iterator[Sequence[Any]]:
    for number, given, shape in sheet.lines:
        cells = Cells(faults, sheet.path, number, given)
        refs = refs_of(cells.text("ref", needed=True) or "")
        told = cells.text("km", needed=True)
        km = kilometre(told) if told else None
        if told and km is None:
            cells.fault("km", "not_number")
        sense = SENSES.get((cells.text("direction") or "").lower())
        if sense is None:
            cells.fault("direction", "not_one_of", allowed="上行 rising, 下行 falling")
        at = cells.centre(sheet, shape)
        if not refs or km is None or sense is None or at is None:
            continue  # go on only to find more faults: nothing of this file is kept
        key = f"{refs[0]} {km:.4f} {sense} {at[0]:.5f},{at[1]:.5f}"
        if key in seen:
            file, row = seen[key]
            cells.fault("km", "double_key", before=row, other=file)
        seen[key] = (sheet.path.name, number)
        if not faults.found:
            yield row_id(source, key), key, refs[0], km, *at, sense
