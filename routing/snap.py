"""Places set on roads: the nearest edge that a profile may use, in metres, at a fraction along it.

Closures play no part here: a place on a closed road stays on that road, and is then unreachable;
it is not moved to another road in silence. Whoever lies further than the limit from any usable
road is not snapped at all: its access is not known (路网缺失). Within a centimetre of an end, a
place stands at the node itself (fraction 0 or 1) and may go any way that leaves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, overload

import numpy as np
import numpy.typing as npt

from geo.domain import LonLat, Snap
from geo.errors import InvalidInput
from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.jit import fast
from routing.sound import ASIDE_M
from routing.table import Bools, Floats, Int32s, Ints

SIDES: tuple[Literal["left", "on", "right"], ...] = ("left", "on", "right")
_ON_ROAD_M = 0.5
_SLACK_M2 = 1e-6  # for the rounding of degrees
_ROUNDED_M = 0.02  # more than a line of the grid may lie beside the true one
_NODE_M = 0.01  # nearer than this to its end, a place stands at the node


class SnapList(Sequence[Snap | None]):
    """Snaps as values, made when one is looked at: an answer of thousands need not make all."""

    def __init__(self, graph: RoadGraph, snaps: Snaps) -> None:
        self._graph = graph
        self._snaps = snaps

    @overload
    def __getitem__(self, index: int) -> Snap | None: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Snap | None]: ...

    def __getitem__(self, index: int | slice) -> Snap | Sequence[Snap | None] | None:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        return self._snaps.one(self._graph, index)

    def __len__(self) -> int:
        return len(self._snaps.edge)


@dataclass(frozen=True, slots=True, eq=False)
class Snaps:
    """(k,) places on the roads, as columns. ``edge`` -1: too far from any usable road."""

    edge: Int32s
    mate: Int32s  # the other direction, where the profile may use it; else -1
    fraction: Floats  # along ``edge``
    lon: Floats
    lat: Floats
    distance_m: Floats
    side: npt.NDArray[np.int8]  # of ``edge``: -1 left, 0 on the road, 1 right

    def one(self, graph: RoadGraph, index: int) -> Snap | None:
        """One place as the value that answers carry."""
        edge = int(self.edge[index])
        if edge < 0:
            return None
        return Snap(
            edge=graph.edge_id(edge),
            fraction=float(self.fraction[index]),
            side=SIDES[int(self.side[index]) + 1],
            at=(float(self.lon[index]), float(self.lat[index])),
            distance_m=float(self.distance_m[index]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Placed(Sequence[LonLat]):
    """Places with where they stand on a profile's roads, found once for many questions.

    Takes the place of the points in every question; where the roads or the profile are others
    than it was made for, the points are set on those roads instead.
    """

    points: Sequence[LonLat]
    snaps: Snaps
    usable: Bools  # the stretches they were set on

    @overload
    def __getitem__(self, index: int) -> LonLat: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[LonLat]: ...

    def __getitem__(self, index: int | slice) -> LonLat | Sequence[LonLat]:
        return self.points[index]

    def __len__(self) -> int:
        return len(self.points)


def place(graph: RoadGraph, profile: str, points: Sequence[LonLat]) -> Placed:
    """Places set on the roads of a profile, to ask many questions about."""
    points = points.points if isinstance(points, Placed) else tuple(points)
    return Placed(points, snap(graph, profile, points), graph.weights[profile].stretch)


def snap(
    graph: RoadGraph, profile: str, places: Sequence[LonLat], *, limit_m: float | None = None
) -> Snaps:
    """Each place on the nearest stretch that the profile may use, within its limit in metres.

    Of two stretches equally near, the one that comes first in the graph. A place whose nearest
    stretch lies on a scrap of road is set on one that can be entered and left, if that is near
    enough (routing/sound.py). Raises InvalidInput for a coordinate that is not a number or not on
    the globe.
    """
    if isinstance(places, Placed):
        if limit_m is None and places.usable is graph.weights[profile].stretch:
            return places.snaps
        places = places.points
    points = _points(places)
    ms = graph.weights[profile].ms
    limit = graph.profiles[profile].snap_m if limit_m is None else limit_m
    edge, place = _nearest(graph, points, graph.weights[profile].stretch, limit)
    firm = graph.weights[profile].sound
    loose = np.flatnonzero((edge >= 0) & ~firm[edge]) if graph.edges else np.empty(0, dtype=int)
    if len(loose):
        better, there = _nearest(graph, points[loose], firm, min(limit, ASIDE_M))
        found = better >= 0
        edge[loose[found]], place[loose[found]] = better[found], there[found]
    fraction, far, cross = place[:, 0], place[:, 1], place[:, 2]
    fraction = np.where(edge >= 0, fraction, 0.0)
    side = np.where(far <= _ON_ROAD_M, 0, np.where(cross > 0, -1, 1)).astype(np.int8)
    mate = np.where(edge >= 0, graph.mate[edge], -1) if graph.edges else edge
    against = (edge >= 0) & (ms[edge] < 0) & (mate >= 0) if graph.edges else edge >= 0
    edge, mate = np.where(against, mate, edge), np.where(against, edge, mate)
    mate = np.where((mate >= 0) & (ms[mate] >= 0), mate, -1) if graph.edges else mate
    return Snaps(
        edge=edge.astype(np.int32),
        mate=mate.astype(np.int32),
        fraction=np.where(against, 1 - fraction, fraction),
        lon=place[:, 3],
        lat=place[:, 4],
        distance_m=far,
        side=np.where(against, -side, side).astype(np.int8),
    )


def _nearest(
    graph: RoadGraph, points: Floats, usable: Bools, limit: float
) -> tuple[Int32s, Floats]:
    """(k,) the nearest of these stretches, -1 beyond the limit, and (k, 5) as ``_snap`` gives."""
    edge = np.full(len(points), -1, dtype=np.int32)
    place = np.full((len(points), 5), np.nan)
    if graph.edges:
        grid = graph.grid
        _snap(
            points,
            usable,
            limit,
            grid.frame,
            grid.cell_ptr,
            grid.cell_segment,
            grid.cell_line,
            grid.segment_edge,
            grid.segment_vertex,
            graph.geom_start,
            graph.geom_lon,
            graph.geom_lat,
            graph.geom_m,
            edge,
            place,
        )
    return edge, place


def _points(places: Sequence[LonLat]) -> Floats:
    points = np.array(places, dtype=np.float64).reshape(-1, 2)
    good = (np.abs(points[:, 0]) <= 180) & (np.abs(points[:, 1]) <= 90)
    if not good.all():
        lon, lat = points[int(np.flatnonzero(~good)[0])]
        raise InvalidInput(
            f"{lon}, {lat} is not a place on the globe.",
            remedy="Give longitude, then latitude, in degrees (EPSG:4326).",
            lon=lon,
            lat=lat,
        )
    return points


@fast
def _snap(
    points: Floats,
    usable: Bools,
    limit: float,
    frame: Floats,
    cell_ptr: Int32s,
    cell_segment: Int32s,
    cell_line: npt.NDArray[np.float32],
    segment_edge: Int32s,
    segment_vertex: Int32s,
    start: Ints,
    lon: Floats,
    lat: Floats,
    along: Floats,
    edge_out: Int32s,
    place_out: Floats,
) -> None:
    """Ring by ring of cells around each point, until no nearer segment can come.

    ``place_out`` gets fraction, metres, the cross product (above 0: left of the edge), lon, lat.
    """
    columns, rows = int(frame[4]), int(frame[5])
    for index in range(len(points)):
        px, py = points[index, 0], points[index, 1]
        sy = METRES_PER_DEGREE
        sx = sy * np.cos(np.radians(py))
        column = int(np.floor((px - frame[0]) / frame[2]))
        row = int(np.floor((py - frame[1]) / frame[3]))
        ring = max(0, -column, column - columns + 1, -row, row - rows + 1)
        best = limit * limit  # square metres
        reach = (limit + _ROUNDED_M) ** 2  # the same for lines that were rounded
        found = -1
        while True:
            # Whatever lies outside the block of rings seen so far is at least this far.
            seen = ring - 1
            border = min(
                min(
                    px - (frame[0] + (column - seen) * frame[2]),
                    frame[0] + (column + seen + 1) * frame[2] - px,
                )
                * sx,
                min(
                    py - (frame[1] + (row - seen) * frame[3]),
                    frame[1] + (row + seen + 1) * frame[3] - py,
                )
                * sy,
            )
            if seen >= 0 and border > 0 and border * border > best:
                break
            if (
                column - ring < -1
                and row - ring < -1
                and column + ring > columns
                and row + ring > rows
            ):
                break
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                whole = r == row - ring or r == row + ring
                hop = 1 if whole or ring == 0 else 2 * ring
                for c in range(column - ring, column + ring + 1, hop):
                    if c < 0 or c >= columns:
                        continue
                    # A cell none of whose points is near enough holds nothing nearer: of the
                    # cells around, most are passed over.
                    west, south = frame[0] + c * frame[2] - px, frame[1] + r * frame[3] - py
                    east = max(west, -west - frame[2], 0.0) * sx
                    north = max(south, -south - frame[3], 0.0) * sy
                    if east * east + north * north > best + _SLACK_M2:
                        continue
                    cell = r * columns + c
                    for item in range(cell_ptr[cell], cell_ptr[cell + 1]):
                        ax = (cell_line[item, 0] + west) * sx
                        ay = (cell_line[item, 1] + south) * sy
                        dx = (cell_line[item, 2] + west) * sx - ax
                        dy = (cell_line[item, 3] + south) * sy - ay
                        square = dx * dx + dy * dy
                        t = 0.0
                        if square > 0:
                            t = min(1.0, max(0.0, -(ax * dx + ay * dy) / square))
                        if (ax + t * dx) ** 2 + (ay + t * dy) ** 2 > reach:
                            continue
                        segment = cell_segment[item]
                        edge = segment_edge[segment]
                        if not usable[edge]:
                            continue
                        k = segment_vertex[segment]
                        ax, ay = (lon[k] - px) * sx, (lat[k] - py) * sy
                        dx, dy = (lon[k + 1] - lon[k]) * sx, (lat[k + 1] - lat[k]) * sy
                        square = dx * dx + dy * dy
                        t = 0.0
                        if square > 0:
                            t = min(1.0, max(0.0, -(ax * dx + ay * dy) / square))
                        far = (ax + t * dx) ** 2 + (ay + t * dy) ** 2
                        if far > best or (far == best and found >= 0 and edge >= found):
                            continue
                        best = far
                        reach = (np.sqrt(far) + _ROUNDED_M) ** 2
                        found = edge
                        total = along[start[edge + 1] - 1]
                        here = along[k] + t * (along[k + 1] - along[k])
                        if here < _NODE_M:
                            place_out[index, 0] = 0.0
                        elif here > total - _NODE_M:
                            place_out[index, 0] = 1.0
                        else:
                            place_out[index, 0] = here / total
                        place_out[index, 1] = np.sqrt(far)
                        place_out[index, 2] = ax * dy - ay * dx
                        place_out[index, 3] = lon[k] + t * (lon[k + 1] - lon[k])
                        place_out[index, 4] = lat[k] + t * (lat[k + 1] - lat[k])
            ring += 1
        edge_out[index] = found
