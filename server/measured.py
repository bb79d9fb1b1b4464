"""What was measured on the loaded roads, fetched for a compiled graph."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import NoRoads
from geo.queries.speeds import measured_speeds, save_tile, tiles_within
from routing.conditions import informed, measured_of
from routing.measured import Measured

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.graph import RoadGraph
    from routing.roads import Roads
    from server.desk import Desk


def with_measured(session: Session, roads: Roads, version: str) -> Roads:
    """The roads with measured speeds and the ground's climbs in their times.

    ``version`` is :func:`geo.queries.speeds.measured_version`'s; "" gives the roads as they are.
    """
    from routing.roads import Roads

    if not version:
        return roads
    return Roads(informed(roads.graph, _measured(session, roads.graph, version)))


def load_heights(
    desk: Desk, files: Sequence[Path], *, now: datetime, source: str | None = None
) -> dict[str, Any]:
    """Heights of the ground, a degree a file, and how much of the roads they cover.

    All files are read and checked before any is kept. Raises BadFile.
    """
    from geo.intake.heights import read_tile

    tiles = [(file, read_tile(file)) for file in files]
    with desk.session() as session:
        for file, tile in tiles:
            save_tile(session, tile, source=source or file.stem, file=file.name, now=now)
    return {
        "tiles": [
            {
                "west": tile.west,
                "south": tile.south,
                "size": tile.size,
                "voids": tile.voids,
                "file": file.name,
            }
            for file, tile in tiles
        ],
        "edges_known": _known(desk),
    }


def _known(desk: Desk) -> float | None:
    """The share of road edges whose climb is now known; None: no roads are loaded."""
    try:
        with desk.session() as session:
            climb = measured_of(desk.roads(session).graph).climb
    except NoRoads:
        return None
    if climb is None:
        return 0.0
    return round(float(np.isfinite(climb.slower).mean()), 4) if len(climb.slower) else None


def _measured(session: Session, graph: RoadGraph, version: str) -> Measured:
    climb = None
    if graph.edges:
        from routing.slope import climb as climb_of

        lon, lat = graph.node_lon, graph.node_lat
        box = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
        if tiles := tiles_within(session, *box):
            climb = climb_of(graph, tiles)
    return Measured(version, measured_speeds(session), climb)
