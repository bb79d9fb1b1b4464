"""A road file, whatever its kind, as a road table."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from geo.intake.osmfile import bad_road_file, check_file, is_osm
from routing.sources.assemble import make_table
from routing.sources.ways import Notes
from routing.table import RoadTable

LINES = (".shp", ".zip", ".gpkg")


def read_roads(
    paths: Sequence[Path], mapping: Path | None = None, crs: str | None = None
) -> RoadTable:
    """The roads of OpenStreetMap files (.osm.pbf, .pbf, .osm), or of a county's own lines
    (.shp, .zip of one, .gpkg) with a ``mapping`` file (see data/roads) and, where the file does
    not say it, ``crs`` ("EPSG:4490").

    Raises BadFile, MissingCrs; nothing is written anywhere.
    """
    if not paths:
        raise bad_road_file(Path(), "none_named")
    started = time.perf_counter()
    files = [Path(path) for path in paths]
    for path in files:
        check_file(path)
    notes = Notes()
    if all(is_osm(path) for path in files):
        from routing.sources.osm import read_osm

        ways = read_osm(files, notes)
    elif all(path.name.lower().endswith(LINES) for path in files):
        from routing.sources.lines import read_lines

        ways = read_lines(files, notes, mapping=mapping, crs=crs)
    else:
        raise bad_road_file(Path(", ".join(path.name for path in files)), "kind")
    table = make_table(ways, notes, files)
    seconds = round(time.perf_counter() - started, 3)
    return replace(table, report=replace(table.report, seconds=seconds))
