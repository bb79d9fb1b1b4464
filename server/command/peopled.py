"""People inside zones from a population grid, shared by area.

A grid is coarser than a small zone: counting only cells whose centre lies inside would show 0
people where a village touches the ring. Each cell counts by the share of its square inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.spatial import cKDTree
from sqlalchemy.orm import Session

from geo import queries
from geo.domain import GeoJson, LonLat, People, PopulationCell
from geo.hazards.shapes import metres_per_degree
from server.command.ground import Ground, flat_outline

_LOOK_M = 1000.0  # how far around the zones cells are looked at: the widest grid that is expected
_NARROW_M = 50.0


@dataclass(frozen=True, slots=True)
class Peopled:
    """People of each zone (None: no population layer) and of the cordon; cells to move."""

    zones: tuple[tuple[int, int] | None, ...]
    cordon: People | None
    moved: tuple[PopulationCell, ...]  # day and night are the people inside, not all of the cell
    cell_m: int | None  # the grid's width; None: cells were taken as points


def count_people(
    session: Session, at: LonLat, zones: Sequence[GeoJson], cordon: GeoJson | None, ground: Ground
) -> Peopled:
    """People inside each zone and inside the cordon."""
    nobody = tuple(None for _ in zones)
    layer = queries.people_within(session, cordon) if cordon else None
    if layer is None or cordon is None:
        return Peopled(nobody, None, (), None)
    cells = queries.cells_within(session, _around(zones, at, ground))
    pitch = _pitch_m(cells, ground)
    counted = []
    for zone in zones:
        inside = _inside(cells, zone, ground, pitch)
        counted.append((sum(c.day for c in inside), sum(c.night for c in inside)))
    moved = _inside(cells, cordon, ground, pitch)
    people = replace(layer, day=sum(c.day for c in moved), night=sum(c.night for c in moved))
    return Peopled(
        tuple(counted),
        people,
        moved,
        None if pitch is None else round((pitch[0] * pitch[1]) ** 0.5),
    )


def _around(zones: Sequence[GeoJson], at: LonLat, ground: Ground) -> GeoJson:
    """A rectangle around all zones, wide enough for every cell that reaches in."""
    west, south, east, north = shapely.union_all([ground.flat(z) for z in zones]).bounds
    corners = np.array([[west - _LOOK_M, south - _LOOK_M], [east + _LOOK_M, north + _LOOK_M]])
    return flat_outline(at, corners, np.asarray(metres_per_degree(at[1])))


def _pitch_m(cells: Sequence[PopulationCell], ground: Ground) -> tuple[float, float] | None:
    """The grid's pitch eastwards and northwards: the least steps between neighbouring centres."""
    if len(cells) < 2:
        return None
    points = ground.metres([c.at for c in cells])
    near = cKDTree(points).query(points, k=min(5, len(cells)))[1][:, 1:]
    step = np.abs(points[near] - points[:, None]).reshape(-1, 2)
    level = step[:, 0] > step[:, 1]
    east, north = step[level, 0], step[~level, 1]
    least = [float(s.min()) for s in (east, north) if s.size]
    pitch = (least[0], least[-1])  # all in one row: squares
    return pitch if all(_NARROW_M <= m <= _LOOK_M for m in pitch) else None


def _inside(
    cells: Sequence[PopulationCell],
    zone: GeoJson,
    ground: Ground,
    pitch: tuple[float, float] | None,
) -> tuple[PopulationCell, ...]:
    """The cells that reach into a zone, with the people of that part, rounded half up."""
    if not cells:
        return ()
    area = ground.flat(zone)
    points = ground.metres([c.at for c in cells])
    if pitch is None:
        share = shapely.intersects_xy(area, points).astype(np.float64)
    else:
        (x, y), (east, north) = points.T, (pitch[0] / 2, pitch[1] / 2)
        squares = shapely.box(x - east, y - north, x + east, y + north)
        share = shapely.area(shapely.intersection(squares, area)) / (pitch[0] * pitch[1])
    # Thousandths decide, so that the last bits of an area do not.
    parts = np.round(share * 1000).astype(np.int64).tolist()
    out = (
        replace(c, day=(c.day * part + 500) // 1000, night=(c.night * part + 500) // 1000)
        for c, part in zip(cells, parts, strict=True)
    )
    return tuple(c for c in out if c.day or c.night)
