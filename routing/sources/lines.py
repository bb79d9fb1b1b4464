"""Roads from a county's own line files: shapefile, zipped shapefile, GeoPackage."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyproj import CRS

from geo import crs as systems
from geo.errors import MissingCrs
from geo.intake.osmfile import bad_road_file
from routing.sources import values
from routing.sources.lineread import Feature, attributes_of
from routing.sources.mapping import LineMapping, read_mapping
from routing.sources.measure import GRID
from routing.sources.noding import Lines, node_lines
from routing.sources.rules import road_rules
from routing.sources.stacking import node_ids
from routing.sources.ways import Interner, Notes, Ways
from routing.table import Ints


def read_lines(
    files: Sequence[Path], notes: Notes, mapping: Path | None = None, crs: str | None = None
) -> Ways:
    """The road ways of line files. Raises BadFile, MissingCrs (no .prj and no ``crs``).

    A way's id is its id column where the mapping finds one (text is hashed), else the feature's
    number. Coordinates are set on OpenStreetMap's grid of 1e-7 degrees.
    """
    chosen = read_mapping(mapping)
    intern = Interner()
    way_id: list[int] = []
    attribute: list[int] = []
    level: list[int] = []
    runs: list[Ints] = []
    for number, path in enumerate(files):
        before = len(way_id)
        for feature, run in _features(path, chosen, crs, notes, number):
            read, turned = attributes_of(feature, chosen, notes)
            if read.road_class not in road_rules().keep:
                reason = road_rules().drop_reason.get(read.road_class, "not_a_road")
                notes.drop(reason, nodes=len(run))
                continue
            way_id.append(feature.way)
            attribute.append(intern(read))
            level.append(read.layer)
            runs.append(run[::-1] if turned else run)
        if len(way_id) == before:
            raise bad_road_file(path, "no_roads")
    xy = np.concatenate(runs)
    start = np.concatenate([[0], np.cumsum([len(run) for run in runs])]).astype(np.int64)
    drawn = Lines(xy[:, 0], xy[:, 1], start, np.array(level, dtype=np.int64))
    found = node_lines(drawn, chosen.snap_m, chosen.crossings)
    for x, y, line in zip(found.crossing_x, found.crossing_y, found.crossing_line, strict=True):
        kind = "crossing_joined" if found.joined else "crossing_apart"
        notes.fault(kind, way_id[line], (float(x) / GRID, float(y) / GRID))
    noded = found.lines
    ids = node_ids(noded)
    node_id, first, node = np.unique(ids, return_index=True, return_inverse=True)
    return Ways(
        way_id=np.array(way_id, dtype=np.int64),
        start=noded.start,
        node=node.astype(np.int64),
        attribute=np.array(attribute, dtype=np.int32),
        attributes=intern.all(),
        node_id=node_id,
        node_lon=noded.x[first] / GRID,
        node_lat=noded.y[first] / GRID,
    )


def _features(
    path: Path, mapping: LineMapping, crs: str | None, notes: Notes, number: int
) -> list[tuple[Feature, Ints]]:
    """The line features of a file with their vertices on the grid; a part each of a multi-line."""
    meta, shapes, columns = _read(path, mapping)
    index = mapping.find(path, meta["fields"].tolist())
    if "class" not in index:
        notes.fault("no_class", None, detail=path.name)
    to_degrees = systems.to_wgs84(_system(path, meta["crs"], crs))
    seen: set[int] = set()
    out = []
    for row, shape in enumerate(shapes):
        cells = {field: columns[at][row] for field, at in index.items()}
        way = _way_id(cells.get("id"), row + 1, number)
        if shape is None or shape.is_empty or shapely.get_dimensions(shape) != 1:
            notes.fault("not_a_line", way)
            notes.drop("not_a_line")
            continue
        if way in seen:
            notes.fault("same_id", way)
        seen.add(way)
        for part in shapely.get_parts(shape):
            lon, lat = to_degrees(*shapely.get_coordinates(part).T)
            sound = np.isfinite(lon) & np.isfinite(lat) & (abs(lon) <= 180) & (abs(lat) <= 90)
            if not sound.all() or len(lon) < 2:
                notes.fault("off_the_earth", way)
                notes.drop("off_the_earth", nodes=len(lon))
                continue
            grid = np.rint(np.column_stack([lon, lat]) * GRID).astype(np.int64)
            out.append((Feature(way, cells), grid))
    return out


def _read(path: Path, mapping: LineMapping) -> tuple[Mapping[str, Any], np.ndarray, list[Any]]:
    where = _inside_zip(path) if path.suffix.lower() == ".zip" else str(path)
    try:
        layers = pyogrio.list_layers(where)
        if mapping.layer is None and len(layers) != 1:
            raise bad_road_file(path, "layers", layers=", ".join(str(one) for one, _ in layers))
        meta, _, wkb, columns = pyogrio.raw.read(
            where,
            layer=mapping.layer,
            encoding=_encoding(path, mapping),
            force_2d=True,
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeError) as error:
        raise bad_road_file(path, "not_lines", reason=str(error)) from error
    if wkb is None or not len(wkb):
        raise bad_road_file(path, "no_roads")
    return meta, shapely.from_wkb(wkb, on_invalid="ignore"), columns


def _inside_zip(path: Path) -> str:
    """The one shapefile in an archive, as GDAL names it."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = [name for name in archive.namelist() if name.lower().endswith(".shp")]
    except (zipfile.BadZipFile, OSError) as error:
        raise bad_road_file(path, "not_lines", reason=str(error)) from error
    if len(found) != 1:
        raise bad_road_file(path, "layers", layers=", ".join(sorted(found)) or "0 × .shp")
    return f"/vsizip/{path.resolve()}/{found[0]}"


def _encoding(path: Path, mapping: LineMapping) -> str | None:
    """None: the file's own word (.cpg, GeoPackage's UTF-8) holds; else what the bytes are."""
    if path.suffix.lower() != ".shp":
        return mapping.encoding if path.suffix.lower() == ".zip" else None
    beside = {one.suffix.lower(): one for one in path.parent.glob(f"{path.stem}.*")}
    if ".cpg" in beside or ".dbf" not in beside:
        return None
    if mapping.encoding:
        return mapping.encoding
    try:
        beside[".dbf"].read_bytes()[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "GB18030"
    return "UTF-8"


def _system(path: Path, said: str | None, given: str | None) -> CRS:
    if given is None and (said is None or "undefined" in said.lower()):
        raise bad_road_file(path, "missing_crs", MissingCrs)
    return systems.read(given or said)


def _way_id(cell: Any, feature: int, file: int) -> int:
    """The id column as a number, or a hash of its text; without one the feature's number."""
    text = values.text(cell)
    if not text:
        return file * 100_000_000 + feature
    try:
        return int(text)
    except ValueError:
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 2
