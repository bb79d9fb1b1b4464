"""Rings, sectors and squares on the ground around a point, as GeoJSON polygons.

Metres are set on the ellipsoid's local scale at the point: good to 0.1 % within 20 km.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, radians, sin

from geo.domain import GeoJson, LonLat

_VERTICES = 72


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres of one degree of longitude and of latitude at a latitude (WGS 84 series)."""
    a = radians(lat)
    east = 111_412.84 * cos(a) - 93.5 * cos(3 * a) + 0.118 * cos(5 * a)
    north = 111_132.92 - 559.82 * cos(2 * a) + 1.175 * cos(4 * a)
    return max(east, 1.0), north


def ring(at: LonLat, radius_m: float) -> GeoJson:
    """A circle, drawn around and never inside the radius."""
    around = radius_m / cos(pi / _VERTICES)
    return polygon(at, [_polar(around, 360 * i / _VERTICES) for i in range(_VERTICES)])


def sector(at: LonLat, radius_m: float, toward_deg: float, half_angle_deg: float) -> GeoJson:
    """The slice of a circle that opens towards a bearing (clockwise from north)."""
    steps = max(4, int(half_angle_deg // 3))
    first = toward_deg - half_angle_deg
    arc = [_polar(radius_m, first + 2 * half_angle_deg * i / steps) for i in range(steps + 1)]
    return polygon(at, [(0.0, 0.0), *arc])


def square_ahead(at: LonLat, side_m: float, toward_deg: float) -> GeoJson:
    """A square that begins at the point and lies towards a bearing: side = length = width."""
    a = radians(toward_deg)
    ahead, aside = (sin(a), cos(a)), (cos(a), -sin(a))
    half = side_m / 2
    corners = ((0.0, -half), (0.0, half), (side_m, half), (side_m, -half))
    return polygon(
        at, [(x * ahead[0] + y * aside[0], x * ahead[1] + y * aside[1]) for x, y in corners]
    )


def polygon(at: LonLat, metres: Sequence[tuple[float, float]]) -> GeoJson:
    """A closed polygon of (east, north) metres from a point; 7 decimals, about 1 cm."""
    east, north = metres_per_degree(at[1])
    line = [[round(at[0] + x / east, 7), round(at[1] + y / north, 7)] for x, y in metres]
    return {"type": "Polygon", "coordinates": [[*line, line[0]]]}


def _polar(radius_m: float, bearing_deg: float) -> tuple[float, float]:
    a = radians(bearing_deg)
    return radius_m * sin(a), radius_m * cos(a)
