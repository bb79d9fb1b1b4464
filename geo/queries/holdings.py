"""What is loaded: the area, the datasets with their age, the versions of the layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Dataset:
    """What one source handed in of one kind: places, people, districts, roads or base.

    ``updated_at`` is when the source says its data are from; None: it does not say.
    """

    source: str
    kind: str
    title: str
    synthetic: bool
    rows: int
    loaded_at: datetime
    updated_at: datetime | None
    file: str | None
    report: Mapping[str, Any]


def datasets(session: Session) -> tuple[Dataset, ...]:
    """Everything that is loaded, by source and kind."""
    rows = session.execute(
        text(
            "SELECT source, kind, title, synthetic, rows, loaded_at, updated_at, file, report"
            " FROM dataset ORDER BY source, kind"
        )
    )
    return tuple(Dataset(*row) for row in rows)


def layer_version(session: Session, layer: str) -> int:
    """The layer's version; 0 until it is first edited."""
    found = session.scalar(
        text("SELECT version FROM layer_version WHERE layer = :layer"), {"layer": layer}
    )
    return int(found or 0)


_NAMED_AFTER = ("districts", "roads", "places", "people", "base")
_TABLES = {  # where a dataset's report does not say how far it reaches
    "districts": ("district",),
    "roads": ("road_node",),
    "places": ("risk_source", "resource", "stock"),
    "people": ("population_cell",),
    "base": ("base_area",),
}


def area(session: Session) -> dict[str, Any] | None:
    """What the loaded data cover: ``bounds`` [west, south, east, north], ``name``, ``synthetic``.

    None where nothing is loaded. The name is that of the districts' data, else of the roads'.
    """
    # A road's kilometre posts may reach through the whole country: they say nothing of the area.
    loaded = [row for row in datasets(session) if row.rows and row.kind != "posts"]
    # The base map may reach far out to sea: it counts only where there is nothing else.
    counted = [row for row in loaded if row.kind != "base"] or loaded
    found = {row.kind: row for row in reversed(counted)}
    boxes = [
        row.report.get("bounds") or box
        for row in counted
        if row.report.get("bounds") or (box := _extent(session, row))
    ]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    first = found[min(found, key=_NAMED_AFTER.index)]
    return {
        "bounds": [min(west), min(south), max(east), max(north)],
        "name": first.title,
        "synthetic": first.synthetic,
    }


def _extent(session: Session, dataset: Dataset) -> list[float] | None:
    boxes = [
        session.execute(
            text(
                "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM"
                f" (SELECT ST_Extent(geom) AS e FROM {table} WHERE source = :source) x"
                " WHERE e IS NOT NULL"
            ),
            {"source": dataset.source},
        ).first()
        for table in _TABLES[dataset.kind]
    ]
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    west, south, east, north = zip(*known, strict=True)
    return [min(west), min(south), max(east), max(north)]
