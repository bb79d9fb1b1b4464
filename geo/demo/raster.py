"""The grid of cells that the terrain is computed on, and outlines drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from scipy import ndimage

from geo.demo.frame import Bools, Floats, relax


@dataclass(frozen=True)
class Grid:
    """Cells of ``step`` metres; row 0 is the south, column 0 the west."""

    west: float
    south: float
    step: float
    columns: int
    rows: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (self.rows, self.columns)

    def centres(self) -> tuple[Floats, Floats]:
        """x and y of every cell, each of the grid's shape."""
        x = self.west + self.step * np.arange(self.columns)
        y = self.south + self.step * np.arange(self.rows)
        xs, ys = np.meshgrid(x, y)
        return xs, ys

    def cell(self, xy: Any) -> tuple[Any, Any]:
        """Row and column of plane points, held inside the grid."""
        xy = np.asarray(xy, dtype=float)
        column = np.rint((xy[..., 0] - self.west) / self.step).astype(int)
        row = np.rint((xy[..., 1] - self.south) / self.step).astype(int)
        return np.clip(row, 0, self.rows - 1), np.clip(column, 0, self.columns - 1)

    def at(self, field: Any, xy: Any) -> Any:
        """The field's values at plane points (nearest cell)."""
        row, column = self.cell(xy)
        return field[row, column]

    def smooth_at(self, field: Floats, xy: Any) -> Floats:
        """The field's values at plane points, read between the cells."""
        xy = np.asarray(xy, dtype=float)
        at = [(xy[..., 1] - self.south) / self.step, (xy[..., 0] - self.west) / self.step]
        return np.asarray(ndimage.map_coordinates(field, at, order=1, mode="nearest"))

    def xy(self, index: Any) -> Floats:
        """Plane points of flat cell numbers."""
        index = np.asarray(index)
        return np.stack(
            [
                self.west + self.step * (index % self.columns),
                self.south + self.step * (index // self.columns),
            ],
            axis=-1,
        )

    def burn(self, polyline: Floats) -> Bools:
        """Cells touched by a polyline."""
        mask = np.zeros(self.shape, dtype=bool)
        for a, b in pairwise(polyline):
            n = int(max(abs(b - a)) / self.step * 2) + 2
            row, column = self.cell(a + (b - a) * np.linspace(0, 1, n)[:, None])
            mask[row, column] = True
        return mask

    def inside(self, geometry: Any) -> Bools:
        """Cells whose centre lies in a geometry."""
        shapely.prepare(geometry)
        xs, ys = self.centres()
        west, south, east, north = geometry.bounds
        box = (xs >= west) & (xs <= east) & (ys >= south) & (ys <= north)
        out = np.zeros(self.shape, dtype=bool)
        out[box] = shapely.contains_xy(geometry, xs[box], ys[box])
        return out


def outlines(grid: Grid, field: Floats, least_m2: float = 0.0) -> list[shapely.Polygon]:
    """Polygons where the field is above 0 (marching squares), holes kept."""
    f = np.pad(field, 1, constant_values=-abs(float(field.min())) - 1.0)
    f = np.where(np.abs(f) < 1e-6, 1e-6, f)
    west, south = grid.west - grid.step, grid.south - grid.step
    a, b, c, d = f[:-1, :-1], f[:-1, 1:], f[1:, 1:], f[1:, :-1]
    case = (a > 0) + 2 * (b > 0) + 4 * (c > 0) + 8 * (d > 0)
    segments = []
    for number, pairs in _CASES.items():
        rows, columns = np.nonzero(case == number)
        for sides in pairs:
            ends = [_crossing(f, rows, columns, side) for side in sides]
            segments.append(np.stack(ends, axis=1))
    points = np.round(np.concatenate(segments) * grid.step + (west, south), 3)
    faces = polygonize(shapely.linestrings(points))
    inner = shapely.point_on_surface(np.array(faces, dtype=object))
    at = (shapely.get_coordinates(inner) - (west, south)) / grid.step
    value = ndimage.map_coordinates(f, [at[:, 1], at[:, 0]], order=1)
    return [p for p, v in zip(faces, value, strict=True) if v > 0 and p.area > least_m2]


_CASES = {
    1: ["SW"], 2: ["SE"], 3: ["WE"], 4: ["EN"], 5: ["SE", "WN"], 6: ["SN"], 7: ["WN"],
    8: ["NW"], 9: ["SN"], 10: ["SW", "EN"], 11: ["EN"], 12: ["WE"], 13: ["SE"], 14: ["SW"],
}  # fmt: skip


def _crossing(f: Floats, row: Any, column: Any, side: str) -> Floats:
    """Where the field passes 0 on a side of cells, as (column, row) fractions."""
    r1, c1 = row + (side == "N"), column + (side == "E")
    r2, c2 = (r1, c1 + 1) if side in "SN" else (r1 + 1, c1)
    v1, v2 = f[r1, c1], f[r2, c2]
    t = v1 / (v1 - v2)
    return np.stack([c1 + t * (c2 - c1), r1 + t * (r2 - r1)], axis=1)


def polygonize(lines: Any) -> list[shapely.Polygon]:
    """Faces between lines that meet at their ends."""
    return list(shapely.get_parts(shapely.polygonize(np.asarray(lines, dtype=object))))


def mosaic(grid: Grid, labels: Any, rounding: int = 6) -> dict[int, Any]:
    """Polygons of equal labels that fit each other without gaps, with rounded common borders."""
    lab = np.pad(labels, 1, mode="constant", constant_values=-9)
    west, south = grid.west - grid.step, grid.south - grid.step
    rows, columns = np.nonzero(lab[:, 1:] != lab[:, :-1])
    upright = np.stack([columns + 0.5, rows - 0.5, columns + 0.5, rows + 0.5], axis=1)
    rows, columns = np.nonzero(lab[1:] != lab[:-1])
    level = np.stack([columns - 0.5, rows + 0.5, columns + 0.5, rows + 0.5], axis=1)
    ends = np.concatenate([upright, level]).reshape(-1, 2, 2) * grid.step + (west, south)
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(ends)))
    arcs = []
    for arc in merged:
        xy = shapely.get_coordinates(arc)
        if arc.is_closed and len(xy) > 8:
            # a ring has no end to hold: turn it and round it twice
            xy = relax(xy, rounding)
            half = len(xy) // 2
            xy = np.vstack([xy[half:-1], xy[: half + 1]])
        arcs.append(shapely.LineString(np.round(relax(xy, rounding), 2)))
    out: dict[int, list[Any]] = {}
    for face in polygonize(arcs):
        at = shapely.get_coordinates(face.representative_point())[0]
        column, row = np.rint((at - (west, south)) / grid.step).astype(int)
        out.setdefault(int(lab[row, column]), []).append(face)
    return {k: shapely.MultiPolygon(v) for k, v in sorted(out.items())}
