"""A grid over road segments, in degrees: which segments may lie near a point or in a box."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing.table import Bools, Floats, Int32s, Ints

METRES_PER_DEGREE = 111_194.926_644  # 6,371,008.8 m mean earth radius x pi / 180
_CELL_M = 120.0
_FAR_DEG = 0.05  # rounding to 32 bits moves such a number by 2e-9 degrees, 0.2 mm, at most
_MOST_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Segments of the drawn stretches, listed by cell. A segment stands in every cell that its
    box touches."""

    frame: Floats  # (6,) west, south, cell width and height in degrees, columns, rows
    cell_ptr: Int32s  # (cells + 1,)
    cell_segment: Int32s
    cell_line: npt.NDArray[np.float32]
    """(listed, 4) each listed segment's ends x, y, x, y in degrees from its cell's corner: most of
    a cell is passed over without looking anything up. nan where rounding could matter."""
    segment_edge: Int32s  # (segments,) the drawn edge it belongs to
    segment_vertex: Int32s  # (segments,) its first vertex

    def edges_in(self, west: float, south: float, east: float, north: float) -> Int32s:
        """Drawn edges with a segment in a cell that the box touches; sorted, each once."""
        return np.unique(self.segment_edge[self.segments_in(west, south, east, north)])

    def segments_in(self, west: float, south: float, east: float, north: float) -> Int32s:
        """Segments in a cell that the box touches, sorted, each once: by edge, then along it."""
        x0, y0, dx, dy = self.frame[:4]
        columns, rows = int(self.frame[4]), int(self.frame[5])
        c0, c1 = (int(min(max((x - x0) // dx, -1), columns)) for x in (west, east))
        r0, r1 = (int(min(max((y - y0) // dy, -1), rows)) for y in (south, north))
        c0, c1 = max(c0, 0), min(c1, columns - 1)
        if c0 > c1 or len(self.segment_edge) == 0:
            return np.empty(0, dtype=np.int32)
        found = [
            self.cell_segment[
                self.cell_ptr[row * columns + c0] : self.cell_ptr[row * columns + c1 + 1]
            ]
            for row in range(max(r0, 0), min(r1, rows - 1) + 1)
        ]
        if not found:
            return np.empty(0, dtype=np.int32)
        return np.unique(np.concatenate(found))


def metres_along(start: Ints, lon: Floats, lat: Floats) -> Floats:
    """(k,) local equirectangular metres of each vertex from the start of its edge."""
    if len(lon) == 0:
        return np.empty(0)
    middle = np.radians((lat[1:] + lat[:-1]) / 2)
    step = np.hypot(np.diff(lon) * np.cos(middle), np.diff(lat)) * METRES_PER_DEGREE
    step = np.concatenate([[0.0], step])
    step[start[:-1]] = 0.0
    total = np.cumsum(step)
    return total - np.repeat(total[start[:-1]], np.diff(start))


def build_grid(start: Ints, lon: Floats, lat: Floats, drawn: Bools) -> Grid:
    """The grid of the drawn edges, with cells of about 120 m (larger for a very wide area)."""
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    first = drawn[owner] if len(owner) else np.empty(0, bool)
    first[start[1:] - 1] = False
    vertex = np.flatnonzero(first)
    if len(vertex) == 0:
        empty = np.empty(0)
        none = empty.reshape(-1, 4)
        return _grid(np.array([0, 0, 1, 1, 1, 1]), np.zeros(2), empty, none, empty, empty)
    x = np.stack([lon[vertex], lon[vertex + 1]])
    y = np.stack([lat[vertex], lat[vertex + 1]])
    west, south, east, north = x.min(), y.min(), x.max(), y.max()
    dy = _CELL_M / METRES_PER_DEGREE
    dx = dy / max(np.cos(np.radians((south + north) / 2)), 0.05)
    grow = max(1.0, np.sqrt(((east - west) / dx + 1) * ((north - south) / dy + 1) / _MOST_CELLS))
    dx, dy = dx * grow, dy * grow
    columns, rows = int((east - west) // dx) + 1, int((north - south) // dy) + 1
    c0, c1 = (np.clip((v - west) // dx, 0, columns - 1).astype(int) for v in (x.min(0), x.max(0)))
    r0, r1 = (np.clip((v - south) // dy, 0, rows - 1).astype(int) for v in (y.min(0), y.max(0)))
    wide = c1 - c0 + 1
    count = wide * (r1 - r0 + 1)
    segment = np.repeat(np.arange(len(vertex)), count)
    nth = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    cell = (r0[segment] + nth // wide[segment]) * columns + c0[segment] + nth % wide[segment]
    order = np.argsort(cell, kind="stable")
    ptr = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=columns * rows))])
    frame = np.array([west, south, dx, dy, columns, rows])
    segment, cell = segment[order], cell[order]
    corner = west + cell % columns * dx, south + cell // columns * dy
    line = np.empty((len(segment), 4), dtype=np.float32)
    for end in (0, 1):
        line[:, 2 * end] = x[end][segment] - corner[0]
        line[:, 2 * end + 1] = y[end][segment] - corner[1]
    line[(np.abs(line) > _FAR_DEG).any(axis=1)] = np.nan
    return _grid(frame, ptr, segment, line, owner[vertex], vertex)


def _grid(
    frame: npt.ArrayLike,
    ptr: npt.ArrayLike,
    cell_segment: npt.ArrayLike,
    cell_line: npt.ArrayLike,
    edge: npt.ArrayLike,
    vertex: npt.ArrayLike,
) -> Grid:
    arrays: list[npt.NDArray[np.generic]] = [np.array(frame, dtype=np.float64)]
    arrays += [np.array(a, dtype=np.int32) for a in (ptr, cell_segment)]
    arrays.append(np.array(cell_line, dtype=np.float32))
    arrays += [np.array(a, dtype=np.int32) for a in (edge, vertex)]
    for array in arrays:
        array.setflags(write=False)
    return Grid(*arrays)  # type: ignore[arg-type]
