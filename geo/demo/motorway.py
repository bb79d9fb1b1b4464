"""The motorways: two carriageways each, viaducts in the plain, tunnels in the hills, ramps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from geo.demo.frame import Floats, along, length_of, offset, spline
from geo.demo.roads import Road
from geo.demo.terrain import GRID, KM, Terrain, valley_floor

COAST_ROAD = [
    (4.9, 17.0), (4.0, 14.2), (2.2, 12.2), (-0.4, 10.8), (-2.6, 8.2), (-3.6, 5.2), (-4.3, 2.2),
    (-4.6, -0.6), (-4.7, -3.4), (-5.0, -6.6), (-5.2, -9.2), (-5.6, -12.4), (-6.2, -17.0),
]  # fmt: skip
VALLEY_ROAD = [
    (-5.6, 1.1), (-7.4, 3.2), (-9.8, 3.9), (-12.2, 3.4), (-14.6, 4.8), (-17.2, 4.6),
    (-19.4, 2.6), (-24.0, 2.9),
]  # fmt: skip
TUNNELS = (
    "凤岭隧道",
    "云岭隧道",
    "大龙山隧道",
    "石牛隧道",
    "白岩隧道",
    "南山隧道",
    "茗山隧道",
    "望云隧道",
)
_HALF = 13.0  # from the middle line to a carriageway


@dataclass
class Exit:
    """An interchange: where, and the place the signs name."""

    xy: tuple[float, float]
    name: str


class Motorways:
    """Carriageways and ramps as roads, and where the exits are."""

    def __init__(self, terrain: Terrain, county: Any) -> None:
        self._terrain = terrain
        self.exits: list[Exit] = []
        self.roads: list[Road] = []
        self._tunnels = iter(TUNNELS)
        self.coast = self._inside(spline(np.array(COAST_ROAD) * KM, 50), county)
        self.valley = self._inside(spline(np.array(VALLEY_ROAD) * KM, 50), county)

    def _inside(self, line: Floats, county: Any) -> Floats:
        parts = shapely.get_parts(shapely.intersection(shapely.LineString(line), county))
        longest = max(parts, key=lambda p: p.length)
        return np.round(shapely.get_coordinates(longest), 2)

    def build(self, arterials: list[Road], exits: list[tuple[float, float, str]]) -> None:
        """Cuts the carriageways at the exits nearest to the given places and draws the ramps."""
        cuts: list[float] = []
        lines = np.array([shapely.LineString(r.xy) for r in arterials], dtype=object)
        for middle, ref, name in (
            (self.coast, "G9928", "沿海高速"),
            (self.valley, "S9926", "云龙高速"),
        ):
            cuts = []
            base = shapely.LineString(middle)
            meets = [
                (p, k)
                for k, hit in enumerate(shapely.intersection(lines, base))
                for p in shapely.get_parts(hit)
                if p.geom_type == "Point"
            ]
            for x, y, place in exits:
                near = [(p.distance(shapely.Point(x, y)), k, p) for p, k in meets]
                near = [n for n in near if n[0] < 2500]
                if not near:
                    continue
                _, k, point = min(near, key=lambda n: (n[0], n[1]))
                s = base.project(point)
                if s < 900 or s > base.length - 900 or any(abs(s - c) < 1900 for c in cuts):
                    continue
                cuts.append(s)
                self._diamond(middle, s, arterials[k])
                self.exits.append(Exit((point.x, point.y), place))
            self._carriageways(middle, sorted(cuts), name, ref)
        self._link()

    def _at(self, middle: Floats, s: float, side: float) -> Floats:
        """A point beside the middle line at distance s; side > 0 is left."""
        moved = offset(middle, side)
        at = along(middle)
        return np.round(np.array([np.interp(s, at, moved[:, 0]), np.interp(s, at, moved[:, 1])]), 2)

    def _carriageways(self, middle: Floats, cuts: list[float], name: str, ref: str) -> None:
        """Right-hand traffic: along the line on its right, back on its left."""
        at = along(middle)
        cuts = cuts + ([self._joint] if ref == "G9928" else [])
        marks = sorted({0.0, at[-1], *[c + d for c in cuts for d in (-560.0, 560.0)]})
        height = GRID.smooth_at(self._terrain.height, middle)
        mountain = height > valley_floor(middle[:, 0]) + 32
        changes = np.flatnonzero(np.diff(mountain.astype(int)))
        marks = sorted({*marks, *[float(at[c]) for c in changes]})
        kept = [marks[0]]
        for m in marks[1:]:
            if m - kept[-1] > 30 or m in (at[-1],) or any(abs(abs(m - c) - 560) < 1 for c in cuts):
                kept.append(m)
        tunnel_name = ""
        for a, b in pairwise(kept):
            inner = (at > a + 1) & (at < b - 1)
            deep = bool(np.interp((a + b) / 2, at, mountain) > 0.5)
            tags = {"oneway": "yes", "maxspeed": "100", "lanes": "2"}
            if deep:
                tunnel_name = next(self._tunnels, "无名隧道") if b - a > 150 else tunnel_name
                tags |= {"tunnel": "yes", "layer": "-1", "tunnel:name": tunnel_name}
            else:
                tags |= {"bridge": "yes", "layer": "2"}
            for side in (-_HALF, _HALF):
                xy = np.vstack(
                    [
                        self._at(middle, a, side),
                        offset(middle, side)[inner],
                        self._at(middle, b, side),
                    ]
                )
                xy = np.round(xy if side < 0 else xy[::-1], 2)
                self.roads.append(
                    Road(xy, "motorway", name, ref, dict(tags), ground=False, joins=(False, False))
                )

    def _diamond(self, middle: Floats, s: float, cross: Road) -> None:
        line = shapely.LineString(cross.xy)
        here = self._at(middle, s, 0.0)
        t = line.project(shapely.Point(here))
        ahead = self._at(middle, s + 20, 0.0) - here
        for side in (-1.0, 1.0):
            for reach in (150.0, -150.0):
                foot = line.interpolate(min(max(t + reach, 5.0), line.length - 5.0))
                d = np.array([foot.x, foot.y]) - here
                if (ahead[0] * d[1] - ahead[1] * d[0]) * side > 0:
                    break
            end = np.round(np.array([foot.x, foot.y]), 2)
            for step in (-560.0, 560.0):
                start = self._at(middle, s + step, side * _HALF)
                soft = self._at(middle, s + step * 0.45, side * (_HALF + 45))
                curve = np.round(spline([start, soft, end], 25), 2)
                leaves = (step < 0) == (side < 0)  # the exit lies before the crossing
                self._ramp(curve if leaves else curve[::-1], (not leaves, leaves))

    def _ramp(self, xy: Floats, joins: tuple[bool, bool]) -> None:
        tags = {"oneway": "yes", "maxspeed": "40", "bridge": "yes", "layer": "1"}
        self.roads.append(Road(xy, "motorway_link", tags=tags, ground=False, joins=joins))

    @property
    def _joint(self) -> float:
        """Where the valley road meets the coast road, along the latter."""
        return float(shapely.LineString(self.coast).project(shapely.Point(self.valley[0])))

    def _link(self) -> None:
        """The ramps of the fork: each carriageway with each of the other road."""
        s, c, v = self._joint, self.coast, self.valley
        out_start, in_end = self._at(v, 0.0, -_HALF), self._at(v, 0.0, _HALF)
        ahead = (v[4] - v[0]) / length_of(v[:5])
        soft_out, soft_in = out_start - ahead * 170, in_end - ahead * 170
        with_line = self._at(c, s + 100, 0.0) - self._at(c, s - 100, 0.0)  # 200 m along the line
        tags = {"oneway": "yes", "maxspeed": "60", "bridge": "yes", "layer": "3"}
        before_right, after_right = self._at(c, s - 560, -_HALF), self._at(c, s + 560, -_HALF)
        after_left, before_left = self._at(c, s - 560, _HALF), self._at(c, s + 560, _HALF)
        for points in (
            [before_right, before_right + with_line, soft_out, out_start],
            [before_left, soft_out, out_start],
            [in_end, soft_in, after_right - with_line, after_right],
            [in_end, soft_in, after_left],
        ):
            xy = np.round(spline(points, 25), 2)
            self.roads.append(
                Road(xy, "motorway_link", "", "", dict(tags), ground=False, joins=(False, False))
            )
