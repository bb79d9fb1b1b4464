"""Files of rows: CSV, GeoJSON and GeoPackage, read row by row as text cells and a geometry."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo import crs as systems
from geo.errors import InvalidInput, MissingCrs
from geo.intake.faults import bad_file, bad_row

Line = tuple[int, Mapping[str, str], BaseGeometry | None]
"""Row number as a spreadsheet counts (a feature's place, from 1), cells by column, geometry."""
csv.field_size_limit(16 * 2**20)  # a polygon as WKT may be long


@dataclass(frozen=True, slots=True)
class Sheet:
    """An opened file; ``free`` columns (features' other properties) may have any name."""

    path: Path
    columns: tuple[str, ...]
    lines: Iterator[Line]
    crs: CRS
    encoding: str
    free: bool
    degrees: bool = field(init=False)  # the coordinates are WGS 84 or CGCS2000 degrees already

    def __post_init__(self) -> None:
        object.__setattr__(self, "degrees", systems.is_wgs84(self.crs))


@contextmanager
def opened(path: Path, crs: str | None = None) -> Iterator[Sheet]:
    """Open a file of rows. ``crs`` says what the coordinates are in, where the file does not.

    Raises ``BadFile`` for what is missing, empty or not such a file, ``MissingCrs``.
    """
    if not path.is_file():
        raise bad_file(path, "missing")
    if path.stat().st_size == 0:
        raise bad_file(path, "empty")
    kind = path.suffix.lower()
    if kind in (".geojson", ".json"):
        yield _features(path, crs)
    elif kind == ".gpkg":
        yield _package(path, crs)
    elif kind in (".csv", ".txt"):
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="") as file:
            yield _table(path, file, encoding, crs)
    else:
        raise bad_file(path, "unknown_kind", suffix=kind or path.name)


def _encoding(path: Path) -> str:
    """UTF-8 with or without mark; else GB18030, as Chinese spreadsheets save; read through once."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise bad_file(path, "utf16")
        if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise bad_file(path, "spreadsheet")
        for name in ("utf-8-sig", "gb18030"):
            decoder = codecs.getincrementaldecoder(name)("strict")
            file.seek(0)
            try:
                while block := file.read(2**20):
                    if b"\x00" in block:
                        raise bad_file(path, "binary")
                    decoder.decode(block)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
            return name
    raise bad_file(path, "binary")


def _table(path: Path, file: TextIO, encoding: str, crs: str | None) -> Sheet:
    reader = csv.reader(file, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as fault:
        raise bad_file(path, "not_csv", row=1, reason=str(fault)) from fault
    columns = tuple(name.strip().lower() for name in header)
    while columns and not columns[-1]:
        columns = columns[:-1]
    for number, name in enumerate(columns):
        if not name or name in columns[:number]:
            raise bad_file(path, "header", name=name, place=number + 1)

    def lines() -> Iterator[Line]:
        width = len(columns)
        try:
            for row, cells in enumerate(reader, start=2):
                if len(cells) != width:
                    if not any(cell.strip() for cell in cells):
                        continue  # a blank line, as spreadsheets leave at the end
                    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
                        raise bad_row(path, row, "width", cells=len(cells), columns=width)
                yield row, dict(zip(columns, cells, strict=False)), None
        except csv.Error as fault:
            raise bad_file(path, "not_csv", row=reader.line_num, reason=str(fault)) from fault

    return Sheet(path, columns, lines(), systems.read(crs or systems.WGS84), encoding, free=False)


def _features(path: Path, crs: str | None) -> Sheet:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features = content["features"]
        properties = [feature.get("properties") or {} for feature in features]
        shapes = [feature.get("geometry") for feature in features]
        names = tuple({str(name).lower(): None for row in properties for name in row})
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as fault:
        raise bad_file(path, "not_geojson", reason=str(fault)) from fault
    named = (content.get("crs") or {}).get("properties", {}).get("name")
    system = systems.read(crs or named or systems.WGS84)

    def lines() -> Iterator[Line]:
        for number, (row, given) in enumerate(zip(properties, shapes, strict=True), start=1):
            cells = {str(name).lower(): _text(value) for name, value in row.items()}
            try:
                with np.errstate(invalid="ignore"):  # NaN is refused with its row later
                    made = None if given is None else shape(given)
                degrees = made is None or made.is_empty or max(map(abs, made.bounds)) <= 400
            except (
                ValueError,
                TypeError,
                KeyError,
                AttributeError,
                shapely.errors.ShapelyError,
            ) as bad:
                raise bad_file(path, "not_geojson", reason=f"feature {number}: {bad}") from bad
            if not degrees and crs is None and named is None:
                # By RFC 7946 these would be degrees; metres without a name are anyone's guess.
                raise bad_file(path, "missing_crs", MissingCrs)
            yield number, cells, made

    return Sheet(path, names, lines(), system, "utf-8", free=True)


def _package(path: Path, crs: str | None) -> Sheet:
    import pyogrio

    try:
        layers = pyogrio.list_layers(path)
        if len(layers) != 1:
            raise bad_file(path, "layers", layers=", ".join(str(row[0]) for row in layers))
        meta, _, geometries, fields = pyogrio.raw.read(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as fault:
        raise bad_file(path, "not_gpkg", reason=str(fault)) from fault
    names = tuple(str(name).lower() for name in meta["fields"])
    named = meta["crs"]
    if (crs is None and named in (None, "", "EPSG:-1", "EPSG:0")) or _undefined(named, crs):
        raise bad_file(path, "missing_crs", MissingCrs)
    shapes = shapely.from_wkb(geometries) if geometries is not None else [None] * len(fields[0])

    def lines() -> Iterator[Line]:
        for number, (made, *cells) in enumerate(zip(shapes, *fields, strict=True), start=1):
            texts = (_text(cell) for cell in cells)
            yield number, dict(zip(names, texts, strict=True)), made

    return Sheet(path, names, lines(), systems.read(crs or named), "utf-8", free=True)


def _undefined(named: str | None, crs: str | None) -> bool:
    """GeoPackage's "undefined" systems (-1, 0) come through as engineering or nameless ones."""
    if crs is not None or named is None:
        return False
    try:
        return "undefined" in CRS.from_user_input(named).name.lower()
    except Exception:
        raise InvalidInput(f"The coordinate system {named} cannot be read.") from None


def _text(value: Any) -> str:
    if value is None or value != value:  # NaN and NaT are GDAL's "nothing"
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
