"""The outline of the set cells of a grid, as polygons with holes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.domain import GeoJson
from routing.jit import fast
from routing.table import Bools, Floats, Int32s


def outline(mask: Bools, frame: Floats, *, smallest_hole: float = 0.0) -> GeoJson:
    """A GeoJSON MultiPolygon around the set cells, corners cut at half a cell.

    ``frame``: west, south, cell width and height in degrees; row 0 is the southernmost. Cells
    that meet only at a corner are apart. Holes of fewer cells than ``smallest_hole`` are filled.
    Shells run anticlockwise, holes clockwise; sorted by their first cell.
    """
    from scipy.ndimage import label

    inside = np.pad(mask, 1)
    gap, _ = label(~inside, np.ones((3, 3)))
    small = np.bincount(gap.ravel()) < smallest_hole
    small[gap[0, 0]] = False  # the outside
    inside |= small[gap]
    piece, _ = label(inside)
    corners = np.empty((int(inside.sum()) * 4 + 1, 2), dtype=np.int32)
    starts = np.empty(len(corners) + 1, dtype=np.int32)
    rings = _trace(inside, corners, starts)
    polygons: dict[int, list[list[list[float]]]] = {}
    holes: list[tuple[int, list[list[float]]]] = []
    for ring in range(rings):
        corner = corners[starts[ring] : starts[ring + 1]].astype(np.float64)
        x, y = corner.T
        area = float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2
        # The first corner is the west end of the bottom of a set cell.
        own = int(piece[int(y[0]), int(x[0])])
        points = (_cut(corner) - 1) * frame[2:4] + frame[:2]
        line = np.round(np.concatenate([points, points[:1]]), 7).tolist()
        if area > 0:
            polygons[own] = [line]
        else:
            holes.append((own, line))
    for own, line in holes:
        polygons[own].append(line)
    return {"type": "MultiPolygon", "coordinates": [polygons[own] for own in sorted(polygons)]}


def _cut(corner: Floats) -> Floats:
    """Half a cell before and behind each corner, without points on straight lines."""
    ahead = np.roll(corner, -1, axis=0) - corner
    step = ahead / np.abs(ahead).sum(axis=1, keepdims=True)
    points = np.stack([corner - np.roll(step, 1, axis=0) / 2, corner + step / 2], axis=1)
    points = points.reshape(-1, 2)
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    before, behind = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    turns = before[:, 0] * behind[:, 1] != before[:, 1] * behind[:, 0]
    out: npt.NDArray[np.float64] = points[turns]
    return out


@fast
def _trace(inside: Bools, corners: Int32s, starts: Int32s) -> int:
    """Walk every boundary with the set cells on the left; returns how many rings.

    Directions: 0 east, 1 north, 2 west, 3 south. Each ring has the bottom of some set cell.
    """
    rows, columns = inside.shape
    seen = np.zeros((rows, columns), dtype=np.bool_)
    rings, top = 0, 0
    starts[0] = 0
    for row in range(1, rows):
        for column in range(1, columns):
            first = inside[row, column] and not inside[row - 1, column]
            # Begin where the bottom begins, so that the first point is a corner.
            first = first and not seen[row, column]
            if not first or (inside[row, column - 1] and not inside[row - 1, column - 1]):
                continue
            x, y, way = column, row, 0
            while True:
                corners[top, 0], corners[top, 1] = x, y
                top += 1
                turn = 0
                while turn == 0:
                    if way == 0:
                        seen[y, x] = True
                        x += 1
                        left, right = inside[y, x], inside[y - 1, x]
                    elif way == 1:
                        y += 1
                        left, right = inside[y, x - 1], inside[y, x]
                    elif way == 2:
                        x -= 1
                        left, right = inside[y - 1, x - 1], inside[y, x - 1]
                    else:
                        y -= 1
                        left, right = inside[y - 1, x], inside[y - 1, x - 1]
                    turn = 1 if not left else (-1 if right else 0)
                way = (way + turn) % 4
                if x == column and y == row and way == 0:
                    break
            rings += 1
            starts[rings] = top
    return rings
