"""Cells of text to values: each reader gives the value, or says which rule the text breaks."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo import crs as systems
from geo.checks import MAX_LAT
from geo.intake.faults import Faults
from geo.intake.sheets import Sheet

MOST = 2**31 - 1


@dataclass(slots=True)
class Cells:
    """One row's cells. A reader notes a fault and gives None where the text breaks a rule."""

    faults: Faults
    file: Path
    row: int
    cells: Mapping[str, str]

    def fault(self, column: str | None, rule: str, **more: Any) -> None:
        """Note that ``column`` breaks ``rule``."""
        value = None if column is None else self.cells.get(column)
        self.faults.add(self.file, self.row, column, value, rule, **more)

    def text(self, column: str, *, needed: bool = False) -> str | None:
        """The text without blanks around it; None where there is none."""
        found = self.cells.get(column, "").strip()
        if "\x00" in found:
            self.fault(column, "nul")
            return None
        if not found and needed:
            self.fault(column, "needed")
        return found or None

    def whole(self, column: str, *, least: int = 0, needed: bool = False) -> int | None:
        """A whole number of at least ``least``; "12.0" is one too."""
        found = self.text(column, needed=needed)
        if found is None:
            return None
        try:
            value = int(found)
        except ValueError:
            try:
                decimal = float(found)
                value = int(decimal)
            except (ValueError, OverflowError):
                self.fault(column, "not_whole")
                return None
            if value != decimal:
                self.fault(column, "not_whole")
                return None
        if not least <= value <= MOST:
            self.fault(column, "too_small" if value < least else "too_great", least=least)
            return None
        return value

    def number(self, column: str, *, above: float | None = None) -> float | None:
        """A finite number, greater than ``above``."""
        found = self.text(column, needed=True)
        if found is None:
            return None
        try:
            value = float(found)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.fault(column, "not_number")
            return None
        if above is not None and value <= above:
            self.fault(column, "not_above", least=above)
            return None
        return value

    def amount(self, column: str) -> Decimal | None:
        """A finite decimal number of at least 0."""
        found = self.text(column)
        if found is None:
            return None
        try:
            value = Decimal(found)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or value.adjusted() > 15:
            self.fault(column, "not_number")
            return None
        if value < 0:
            self.fault(column, "too_small", least=0)
            return None
        return value

    def day(self, column: str) -> date | None:
        """A day as 2026-06-01."""
        found = self.text(column)
        if found is None:
            return None
        try:
            return date.fromisoformat(found[:10].replace("/", "-"))
        except ValueError:
            self.fault(column, "not_day")
            return None

    def moment(self, column: str, zone: tzinfo) -> datetime | None:
        """A time as ISO 8601; without an offset it is the civil zone's."""
        found = self.text(column)
        if found is None:
            return None
        try:
            value = datetime.fromisoformat(found.replace("/", "-"))
            return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fault(column, "not_time")
            return None

    def one_of(self, column: str, allowed: Sequence[str]) -> str | None:
        """One of the allowed words."""
        found = self.text(column)
        if found is not None and found not in allowed:
            self.fault(column, "not_one_of", allowed=", ".join(allowed))
            return None
        return found

    def attributes(self, column: str) -> dict[str, Any]:
        """A JSON object; empty where there is none."""
        found = self.text(column)
        if found is None:
            return {}
        try:
            value = json.loads(found, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict) or "\\u0000" in found:
            self.fault(column, "not_object")
            return {}
        return value

    def point(self, sheet: Sheet) -> tuple[float, float] | None:
        """``lon`` and ``lat`` in degrees WGS 84; both are needed."""
        if (x := self.number("lon")) is None or (y := self.number("lat")) is None:
            return None
        if not sheet.degrees:
            lon, lat = systems.to_wgs84(sheet.crs)(x, y)
            return self.on_map(float(lon), float(lat), "lon")
        return self.on_map(x, y, "lon")

    def centre(self, sheet: Sheet, shape: BaseGeometry | None) -> tuple[float, float] | None:
        """The row's point: ``lon`` and ``lat``; where those are blank, the middle of its shape."""
        if shape is None or self.cells.get("lon", "").strip():
            return self.point(sheet)
        made = self.shape(sheet, shape, None)
        if made is None:
            self.fault(None, "no_shape")
            return None
        point = made if made.geom_type == "Point" else made.representative_point()
        return self.on_map(point.x, point.y, "lon")

    def on_map(self, lon: float, lat: float, column: str) -> tuple[float, float] | None:
        """The point, where it can be one."""
        if abs(lon) <= 180 and abs(lat) <= MAX_LAT:
            if lon == 0 and lat == 0:
                self.fault(column, "null_island")
                return None
            return lon, lat
        swapped = abs(lon) <= MAX_LAT and abs(lat) <= 180
        self.fault(
            "lat" if column == "lon" and swapped else column, "swapped" if swapped else "off"
        )
        return None

    def shape(
        self, sheet: Sheet, given: BaseGeometry | None, column: str | None
    ) -> BaseGeometry | None:
        """A geometry in WGS 84, flat, valid and on the map."""
        if given is None or given.is_empty:
            return None
        flat = shapely.force_2d(given)
        if not sheet.degrees:
            convert = systems.to_wgs84(sheet.crs)
            flat = shapely.transform(flat, lambda xy: _columns(*convert(xy[:, 0], xy[:, 1])))
        west, south, east, north = flat.bounds
        if not (-180 <= west <= east <= 180 and -MAX_LAT <= south <= north <= MAX_LAT):
            self.fault(column, "shape_off")
            return None
        if not flat.is_valid:
            self.fault(column, "shape_invalid", reason=shapely.is_valid_reason(flat))
            return None
        return flat

    def wkt(self, sheet: Sheet, column: str) -> BaseGeometry | None:
        """A geometry as WKT."""
        found = self.text(column)
        if found is None:
            return None
        try:
            given = shapely.from_wkt(found)
        except shapely.GEOSException:
            self.fault(column, "not_wkt")
            return None
        return self.shape(sheet, given, column)


def _columns(lon: Any, lat: Any) -> Any:
    import numpy as np

    return np.column_stack((lon, lat))


def _refuse_constant(word: str) -> None:
    raise ValueError(word)
