"""The plane the demo city is drawn on, and the few curves and noises it is drawn with.

Lengths are metres; x points east and y north from the origin 123.0 E 28.0 N, in open sea.
Only sums, products and square roots decide anything, and what they yield is rounded, so that
every machine draws the same city.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ORIGIN = (123.0, 28.0)
LON_M = 98_395.0  # metres in a degree of longitude at 28 N
LAT_M = 110_823.0  # metres in a degree of latitude at 28 N


def to_lonlat(xy: Any) -> Floats:
    """Longitude and latitude of plane points, to 1e-7 degrees as OpenStreetMap keeps them."""
    xy = np.asarray(xy, dtype=float)
    lon = ORIGIN[0] + xy[..., 0] / LON_M
    lat = ORIGIN[1] + xy[..., 1] / LAT_M
    return np.round(np.stack([lon, lat], axis=-1), 7)


class Noise:
    """Smooth noise in -1…1: a few octaves of random values joined by quintic curves."""

    def __init__(self, rng: np.random.Generator, wavelength_m: float, octaves: int = 4) -> None:
        self._tables = [rng.random((64, 64)) * 2 - 1 for _ in range(octaves)]
        self._wavelength = wavelength_m

    def __call__(self, x: Any, y: Any) -> Floats:
        """Noise at plane points; arrays of one shape."""
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        out = np.zeros(np.broadcast(x, y).shape)
        weight, length, total = 1.0, self._wavelength, 0.0
        for k, table in enumerate(self._tables):
            out += weight * _lattice(table, x / length + 0.37 * k, y / length + 0.71 * k)
            total += weight
            weight, length = weight * 0.5, length * 0.5
        return out / total * 1.6


def _lattice(table: Floats, x: Floats, y: Floats) -> Floats:
    ix, iy = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = x - ix, y - iy
    fx, fy = fx * fx * fx * (fx * (fx * 6 - 15) + 10), fy * fy * fy * (fy * (fy * 6 - 15) + 10)
    a, b = table[iy % 64, ix % 64], table[iy % 64, (ix + 1) % 64]
    c, d = table[(iy + 1) % 64, ix % 64], table[(iy + 1) % 64, (ix + 1) % 64]
    return (a + (b - a) * fx) * (1 - fy) + (c + (d - c) * fx) * fy


def smoothstep(t: Any) -> Floats:
    """0 below 0, 1 above 1, and a smooth climb between."""
    t = np.clip(t, 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float64)


def spline(points: Any, step_m: float) -> Floats:
    """A smooth curve through the points (Catmull-Rom), with a vertex about every ``step_m``."""
    p = np.asarray(points, dtype=float)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    pieces = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        n = max(int(length_of(np.array([b, c])) / step_m), 2)
        t = (np.arange(n) / n)[:, None]
        pieces.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
                   + (3 * b - a - 3 * c + d) * t**3)
        )  # fmt: skip
    return np.vstack([*pieces, p[-2]])


def length_of(xy: Floats) -> float:
    """Length of a polyline."""
    return float(np.sqrt((np.diff(xy, axis=0) ** 2).sum(axis=1)).sum())


def along(xy: Floats) -> Floats:
    """Distance from the start at each vertex."""
    return np.concatenate([[0.0], np.cumsum(np.sqrt((np.diff(xy, axis=0) ** 2).sum(axis=1)))])


def resample(xy: Floats, step_m: float) -> Floats:
    """The same polyline with vertices at even distances; both ends stay."""
    s = along(xy)
    n = max(round(s[-1] / step_m), 1)
    at = np.linspace(0.0, s[-1], n + 1)
    return np.column_stack([np.interp(at, s, xy[:, 0]), np.interp(at, s, xy[:, 1])])


def relax(xy: Floats, times: int) -> Floats:
    """The polyline with its corners rounded; both ends stay."""
    out = xy.copy()
    for _ in range(times):
        out[1:-1] = (out[:-2] + 2 * out[1:-1] + out[2:]) / 4
    return out


def offset(xy: Floats, distance_m: float | Floats) -> Floats:
    """The polyline moved to its left (negative: right) by the distance at each vertex."""
    n = normals(xy)
    return xy + n * np.reshape(distance_m, (-1, 1))


def normals(xy: Floats) -> Floats:
    """Unit vectors to the left of a polyline at its vertices."""
    t = np.gradient(xy, axis=0)
    t /= np.maximum(np.sqrt((t**2).sum(axis=1)), 1e-9)[:, None]
    return np.column_stack([-t[:, 1], t[:, 0]])


def lines_of(geometries: Iterable[Any]) -> list[Floats]:
    """Coordinates of every line in any geometries, in order."""
    parts = shapely.get_parts(np.asarray(list(geometries), dtype=object))
    parts = shapely.get_parts(parts)
    keep = [p for p in parts if p.geom_type in ("LineString", "LinearRing") and p.length > 0]
    return [shapely.get_coordinates(p) for p in keep]


def polygons_of(geometry: Any, least_m2: float = 0.0) -> list[shapely.Polygon]:
    """Every polygon in a geometry that is larger than ``least_m2``, in order."""
    parts = shapely.get_parts(shapely.get_parts(np.atleast_1d(np.asarray(geometry, dtype=object))))
    return [p for p in parts if p.geom_type == "Polygon" and p.area > least_m2]
