"""The outline of the set cells of a grid, as polygons with holes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.domain import GeoJson
from routing.jit import fast
from routing.table import Bools, Floats, Int32s, Ints

_DROPPED, _HOLE = 1, 2  # bits of what a ring is


def outline(mask: Bools, frame: Floats, *, smallest_hole: float = 0.0) -> GeoJson:
    """A GeoJSON MultiPolygon around the set cells, corners cut at half a cell.

    ``frame``: west, south, cell width and height in degrees; row 0 is the southernmost. Cells
    that meet only at a corner are apart. Holes whose outline holds fewer cells than
    ``smallest_hole`` are filled, with what lies in them. Shells run anticlockwise, holes
    clockwise; polygons stand in the order of their first cell. More cells never make less ground:
    the outline of a mask holds that of each of its parts.
    """
    rows, columns = mask.shape
    inside = np.zeros((rows + 2, columns + 2), dtype=np.bool_)
    inside[1:-1, 1:-1] = mask
    flat = inside.ravel()
    upright = np.flatnonzero(flat[1:] != flat[:-1]) + 1  # the cells with a wall on their west side
    most = len(upright) + int(np.count_nonzero(inside[1:] != inside[:-1]))
    corners = np.empty((most, 2), dtype=np.int32)
    starts = np.empty(len(upright) + 1, dtype=np.int32)
    owner = np.empty(len(upright), dtype=np.int32)
    kind = np.empty(len(upright), dtype=np.int8)
    ring_at = np.empty(len(flat), dtype=np.int32)  # read only where a wall was written
    rings = _trace(inside, upright, smallest_hole, ring_at, corners, starts, owner, kind)
    points = (corners[: starts[rings]] / 2 - 1) * frame[2:4] + frame[:2]
    lines = np.round(points, 7).tolist()
    polygons: dict[int, list[list[list[float]]]] = {}
    for ring in np.flatnonzero(kind[:rings] & _DROPPED == 0).tolist():
        line = lines[starts[ring] : starts[ring + 1]]
        line.append(line[0])
        shell = int(owner[ring]) if kind[ring] & _HOLE else ring
        polygons.setdefault(shell, []).append(line)
    return {"type": "MultiPolygon", "coordinates": list(polygons.values())}


@fast
def _trace(
    inside: Bools,
    upright: Ints,
    smallest_hole: float,
    ring_at: Int32s,
    corners: Int32s,
    starts: Int32s,
    owner: Int32s,
    kind: npt.NDArray[np.int8],
) -> int:
    """Walk every boundary with the set cells on the left; returns how many rings.

    ``upright``: the flat places of cells that differ from their western neighbour, in order. What
    a new ring lies in is told by the ring of the wall west of it. ``corners`` gets the cut
    corners in half cells; ``owner`` the shell that a ring lies in (-1: none), ``kind`` its bits.
    Directions: 0 east, 1 north, 2 west, 3 south.
    """
    columns = inside.shape[1]
    for index in range(len(upright)):
        ring_at[upright[index]] = -1
    rings, top = 0, 0
    starts[0] = 0
    last_row, west = -1, -1
    for index in range(len(upright)):
        place = upright[index]
        row, column = place // columns, place % columns
        if row != last_row:
            last_row, west = row, -1
        if ring_at[place] >= 0:
            west = ring_at[place]
            continue
        hole = not inside[row, column]
        # Beyond the wall of a shell, going out, or of a hole, going in, lies what holds that ring.
        parent = west
        if west >= 0 and hole == (kind[west] & _HOLE > 0):
            parent = owner[west]
        begun = top
        x, y = column, row + 1 if hole else row
        way = 1 if hole else 3
        area = 0
        at_x, at_y = 2 * column, 2 * row + 1  # the middle of the wall last passed
        first_dx, first_dy = 0, 0
        dx, dy = 0, 0
        while True:
            if way == 1:
                ring_at[(y - 1) * columns + x] = rings
                area += x
            elif way == 3:
                ring_at[y * columns + x] = rings
                area -= x
            if way == 0:
                left, right = inside[y, x], inside[y - 1, x]
            elif way == 1:
                left, right = inside[y, x - 1], inside[y, x]
            elif way == 2:
                left, right = inside[y - 1, x - 1], inside[y, x - 1]
            else:
                left, right = inside[y - 1, x], inside[y - 1, x - 1]
            if not left:
                way = (way + 1) % 4
            elif right:
                way = (way + 3) % 4
            next_x, next_y = 2 * x, 2 * y
            if way == 0:
                x += 1
                next_x += 1
            elif way == 1:
                y += 1
                next_y += 1
            elif way == 2:
                x -= 1
                next_x -= 1
            else:
                y -= 1
                next_y -= 1
            # A straight wall moves two half cells, a cut corner one and one.
            step_x, step_y = next_x - at_x, next_y - at_y
            if step_x * dy != step_y * dx or (dx == 0 and dy == 0):
                if dx == 0 and dy == 0:
                    first_dx, first_dy = step_x, step_y
                else:
                    corners[top, 0], corners[top, 1] = at_x, at_y
                    top += 1
                dx, dy = step_x, step_y
            at_x, at_y = next_x, next_y
            if at_x == 2 * column and at_y == 2 * row + 1:
                break
        if dx * first_dy != dy * first_dx:
            corners[top, 0], corners[top, 1] = at_x, at_y
            top += 1
        kind[rings] = _HOLE if hole else 0
        if (hole and -area < smallest_hole) or (parent >= 0 and kind[parent] & _DROPPED > 0):
            kind[rings] |= _DROPPED
            top = begun
        owner[rings] = parent
        west = rings
        rings += 1
        starts[rings] = top
    return rings
