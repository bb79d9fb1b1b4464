"""The lie of the land: coast, valleys, mountains, the river and what else is wet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from scipy import ndimage

from geo.demo.frame import Bools, Floats, Noise, along, smoothstep, spline
from geo.demo.raster import Grid, outlines

KM = 1000.0
GRID = Grid(west=-26 * KM, south=-21 * KM, step=100.0, columns=521, rows=421)

# The coast as x over y, south to north, in km: two headlands, a bay, the river's mouth.
_COAST = [
    (-60, 5.0), (-40, 9.0), (-30, 6.0), (-21, 8.6), (-17.5, 9.6), (-15, 10.2), (-13.4, 13.6),
    (-12.2, 10.6), (-10.6, 10.9), (-8, 12.9), (-5, 12.6), (-2.5, 12.0), (0, 12.2), (3, 11.8),
    (7, 10.4), (10.5, 9.2), (12.5, 11.6), (14, 11.9), (15.6, 9.4), (17.5, 9.0), (21, 8.2),
    (30, 12.0), (45, 8.0), (60, 14.0),
]  # fmt: skip
# Islands: centre x, y, half axes (km), turned by (cosine, sine).
_ISLANDS = [
    (18.4, 6.2, 2.9, 1.45, 0.87, 0.50),
    (17.2, -7.8, 2.2, 1.35, 0.80, -0.60),
    (20.6, 3.4, 0.38, 0.26, 1.0, 0.0),
    (15.6, 8.8, 0.33, 0.24, 0.6, 0.8),
    (19.6, -6.2, 0.30, 0.22, 0.8, 0.6),
    (14.6, -14.6, 0.34, 0.24, 0.0, 1.0),
]
_RIVER = [
    (-26.5, 3.2), (-23.5, 2.2), (-21.4, 0.4), (-19.3, 1.0), (-17.3, 2.4), (-15.4, 1.8),
    (-13.8, -0.4), (-11.9, -0.3), (-10.4, 1.0), (-8.6, 0.6), (-7.0, -1.5), (-5.0, -2.0),
    (-3.2, -0.9), (-1.2, -1.5), (0.8, -2.9), (3.2, -3.3), (5.6, -2.2), (8.2, -1.8),
    (10.6, -2.6), (13.5, -2.9), (16.0, -2.9),
]  # fmt: skip
_WIDTH = [(0, 90), (0.35, 130), (0.5, 190), (0.62, 300), (0.72, 420), (0.85, 760), (1, 2400)]
# Tributaries: name, half width at the head and at the mouth (m), points (km) from the head.
_STREAMS: list[tuple[str, float, float, list[tuple[float, float]]]] = [
    ("枫溪", 6, 26, [(-17.6, 13.2), (-15.6, 11.6), (-14.2, 9.4), (-12.6, 7.2), (-11.6, 5.0),
                   (-10.2, 3.2), (-9.6, 0.9)]),
    ("石门溪", 6, 26, [(-18.4, -12.6), (-16.4, -10.6), (-14.6, -8.4), (-12.2, -6.6), (-10.2, -5.0),
                    (-8.0, -3.9), (-6.2, -1.7)]),
    ("竹溪", 5, 20, [(-8.0, 14.6), (-6.6, 12.2), (-5.2, 10.2), (-4.6, 7.6), (-3.4, 5.2),
                   (-3.2, 2.2), (-3.4, -1.0)]),
    ("茗溪", 5, 22, [(-4.6, -15.4), (-3.2, -13.0), (-1.9, -11.2), (-1.6, -8.6), (-0.9, -5.8),
                   (0.6, -2.9)]),
    ("龙潭溪", 5, 20, [(-20.6, 11.6), (-19.0, 9.0), (-17.4, 7.0), (-16.2, 4.8), (-15.4, 1.9)]),
    ("云源溪", 5, 18, [(-21.6, -8.8), (-20.6, -6.4), (-19.2, -4.4), (-17.6, -2.0), (-17.0, 2.3)]),
    ("青岩溪", 4, 14, [(-9.6, -13.4), (-8.8, -10.8), (-8.2, -8.4), (-8.4, -5.8), (-8.0, -3.9)]),
    ("白岩溪", 4, 14, [(-11.6, 12.2), (-10.8, 9.8), (-9.4, 7.8), (-8.6, 5.2), (-8.9, 2.6),
                    (-9.2, 0.8)]),
]  # fmt: skip
_CANALS = [
    ("云塘河", 17, [(1.9, 13.2), (2.6, 10.8), (1.8, 8.2), (2.3, 5.6), (0.9, 3.4), (0.4, 1.2),
                  (0.1, -2.0)]),
    ("沙塘河", 14, [(-2.0, 7.9), (1.8, 7.4), (5.0, 7.0), (8.0, 7.4), (10.9, 6.6)]),
    ("玉澜河", 12, [(0.9, 3.4), (4.0, 2.9), (7.2, 3.6), (9.6, 3.2), (12.4, 3.1)]),
    ("南浦河", 14, [(-1.4, -7.0), (2.4, -7.4), (5.6, -7.0), (8.4, -7.6), (13.2, -7.2)]),
    ("云帆河", 12, [(4.2, -3.0), (4.4, -5.2), (4.0, -7.2), (4.8, -9.6)]),
    ("柳溪河", 10, [(-1.0, -5.8), (-2.9, -5.4), (-4.4, -4.6), (-5.4, -2.0)]),
    ("东港河", 11, [(7.6, 7.3), (7.1, 5.4), (7.3, 3.6), (7.0, 1.0), (7.2, -1.9)]),
]  # fmt: skip
# Hills that stand alone in the plain: x, y, radius (km), height (m).
_HILLS = [
    (-0.9, 5.2, 0.95, 150), (5.3, 8.9, 0.8, 120), (2.7, -9.7, 1.1, 190), (8.6, -9.9, 0.9, 140),
    (4.2, 1.9, 0.42, 70), (-4.0, -8.4, 0.8, 150), (9.3, 9.2, 0.7, 110), (11.0, -4.6, 0.3, 60),
]  # fmt: skip
# Reservoirs: name, stream number, part of the stream under water, and how far it spreads (m).
_RESERVOIRS = [
    ("枫岭水库", 0, 0.13, 0.30, 330), ("石门水库", 1, 0.12, 0.31, 380),
    ("竹坪水库", 2, 0.06, 0.22, 230),
    ("茗山水库", 3, 0.08, 0.24, 210), ("龙潭水库", 4, 0.22, 0.44, 300),
    ("青岩水库", 6, 0.16, 0.36, 200),
    ("白岩水库", 7, 0.12, 0.32, 190),
]  # fmt: skip


@dataclass(frozen=True)
class Watercourse:
    """A river, stream or canal: its middle line from the head, half width at each vertex."""

    name: str
    kind: str  # river | stream | canal
    line: Floats
    half_m: Floats

    @cached_property
    def area(self) -> Any:
        """The surface of the water."""
        a, b = self.line[:-1], self.line[1:]
        pieces = shapely.linestrings(np.stack([a, b], axis=1))
        drawn = shapely.buffer(pieces, self.half_m[:-1], quad_segs=5)
        return shapely.simplify(shapely.union_all(drawn), 1.5)


@dataclass(frozen=True)
class Reservoir:
    """A reservoir with the middle of its dam's crest."""

    name: str
    area: Any
    dam: tuple[float, float]
    toe: tuple[float, float]  # dry ground below the dam, where its road ends


class Terrain:
    """Heights on the grid, and the outlines of land and water in the plane."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        self.grid = GRID
        self.x, self.y = GRID.centres()
        self.rough = Noise(rng, 9000, 5)
        self.fine = Noise(rng, 1400, 3)
        self.river = self._river()
        self.streams = [self._to_river(self._stream(*s)) for s in _STREAMS]
        self.canals = [
            self._to_river(Watercourse(n, "canal", line, np.full(len(line), float(w))))
            for n, w, p in _CANALS
            for line in [self._wiggle(spline(np.array(p) * KM, 60), 90)]
        ]
        self.shore = self._shore()
        self.height = np.round(self._height(Noise(rng, 5200, 6), Noise(rng, 12000, 2)), 2)
        self.reservoirs = [self._reservoir(*r) for r in _RESERVOIRS]

    def _wiggle(self, line: Floats, by_m: float) -> Floats:
        x, y = line.T
        dx, dy = self.fine(x + 31e3, y), self.fine(x, y + 47e3)
        hold = smoothstep(np.minimum(along(line), along(line[::-1])[::-1]) / 600)
        return np.round(line + np.column_stack([dx, dy]) * by_m * hold[:, None], 2)

    def _river(self) -> Watercourse:
        line = self._wiggle(spline(np.array(_RIVER) * KM, 60), 220)
        part = along(line) / along(line)[-1]
        width = np.interp(part, *np.array(_WIDTH).T)
        width = width * (1 + 0.16 * self.fine(line[:, 0] * 0.7 + 9e3, line[:, 1] * 0.7))
        return Watercourse("云江", "river", line, np.round(width / 2, 2))

    def _stream(
        self, name: str, head: float, mouth: float, points: list[tuple[float, float]]
    ) -> Watercourse:
        line = self._wiggle(spline(np.array(points) * KM, 40), 230)
        part = along(line) / along(line)[-1]
        return Watercourse(name, "stream", line, np.round(head + (mouth - head) * part, 2))

    def _to_river(self, course: Watercourse) -> Watercourse:
        """The course led into the river where it ends near it, and not beyond its middle."""
        line, half, middle = course.line, course.half_m, self.river.line
        for _ in range(2):  # each end in its turn
            line, half = line[::-1], half[::-1]
            away = np.sqrt(((middle - line[-1]) ** 2).sum(axis=1))
            if away.min() < 900:
                line = np.vstack([line, middle[int(np.argmin(away))]])
                half = np.append(half, half[-1])
                inside = np.flatnonzero(
                    shapely.contains_xy(self.river.area, line[:, 0], line[:, 1])
                )
                inside = inside[inside > len(line) // 2]
                if len(inside):
                    line, half = line[: inside[0] + 1], half[: inside[0] + 1]
        return Watercourse(course.name, course.kind, line, half)

    def _shore(self) -> Floats:
        """Metres inland, roughly: below 0 is sea."""
        y, x = np.array(_COAST).T
        coast = np.interp(self.y / KM, *spline(np.column_stack([y, x]), 0.4).T)
        inland = coast * KM - self.x
        wild = smoothstep((np.abs(self.y + 13.3 * KM) - 2600) / -1400) + smoothstep(
            (np.abs(self.y - 13.4 * KM) - 2400) / -1400
        )
        rough = self.fine(self.x, self.y)
        inland += rough * (90 + 620 * np.clip(wild, 0, 1))
        crag = self.fine(self.x + 5e3, self.y)
        for cx, cy, a, b, cos, sin in _ISLANDS:
            dx, dy = self.x / KM - cx, self.y / KM - cy
            u, v = (dx * cos + dy * sin) / a, (dy * cos - dx * sin) / b
            ring = (1 - np.sqrt(u * u + v * v)) * KM * min(a, b)
            ring += crag * 430 * min(b, 1.0)
            inland = np.maximum(inland, ring)
        return np.round(inland, 2)

    def _height(self, ridge: Noise, broad: Noise) -> Floats:
        x, y = self.x / KM, self.y / KM
        front = -5.4 + 1.7 * self.rough(self.x * 1.3, self.y * 1.3)
        west = smoothstep((front - x) / 3.6)
        south = 0.55 * smoothstep((-11.3 + 0.9 * self.rough(self.y, self.x) - y) / 2.4)
        north = 0.5 * smoothstep((y - 11.6 - 0.9 * self.rough(self.x + 4e4, self.y)) / 2.2)
        gap = 1 - 0.9 * smoothstep(1 - np.abs(x - 4.6) / 2.2)  # the plain goes on north
        mass = np.maximum(west, np.maximum(south, north * gap))
        crest = 1 - np.abs(ridge(self.x, self.y))
        body = 60 + 400 * crest * crest + 120 * broad(self.x, self.y) + 260 * west * (-x / 24)
        free = np.ones_like(x)
        spur = 1 + 0.55 * self.fine(self.x * 0.8 + 3e3, self.y * 0.8)
        broadness = 0.55 + 0.45 * (1 + self.fine(self.x, self.y + 8e4))
        lumpy = 0.55 * self.fine(self.x * 1.4 + 2e4, self.y * 0.9)
        for water in [self.river, *self.streams]:
            away = self._away(water.line)
            floor = broadness * (330 if water.kind == "stream" else 620)
            free = np.minimum(free, smoothstep((away * spur - floor) / 2300))
        height = valley_floor(self.x) + mass * free * np.maximum(body, 40)
        for hx, hy, radius, top in _HILLS:
            d = np.sqrt((x - hx) ** 2 + (y - hy) ** 2) / radius
            height += top * smoothstep(1.1 - d - lumpy)
        island = smoothstep((self.shore - 520) / 1000) * (95 + 130 * crest)
        height = np.where(x > 14.2, 3 + island, height)
        headland = smoothstep((self.shore + 60) / 420)
        return np.where(self.shore < 0, -4.0, 2.2 + (height - 2.2) * headland)

    def _away(self, line: Floats) -> Floats:
        return np.asarray(ndimage.distance_transform_edt(~GRID.burn(line))) * GRID.step

    def _reservoir(
        self, name: str, stream: int, start: float, end: float, wide: float
    ) -> Reservoir:
        line = self.streams[stream].line
        part = along(line) / along(line)[-1]
        held = line[(part >= start) & (part <= end)]
        west, south = (held.min(axis=0) - 1500).tolist()
        grid = Grid(west, south, 40.0, *_cells(held, 1500, 40.0))
        x, y = grid.centres()
        away = ndimage.distance_transform_edt(~grid.burn(held)) * grid.step
        at = ndimage.distance_transform_edt(~grid.burn(held), return_indices=True)[1]
        # the further up the valley, the narrower; side valleys are arms of the lake
        dam = held[-1]
        down = np.sqrt((x[at[0], at[1]] - dam[0]) ** 2 + (y[at[0], at[1]] - dam[1]) ** 2)
        reach = wide * (1 - 0.75 * smoothstep(down / 3200)) * (1 + 0.75 * self.fine(x * 1.6, y))
        t = held[-1] - held[-4]
        t = t / np.sqrt((t**2).sum())
        behind = -((x - dam[0]) * t[0] + (y - dam[1]) * t[1])
        field = np.minimum(reach - away, behind)
        area = max(outlines(grid, field), key=lambda p: p.area)
        toe = np.round(dam + t * 130 + np.array([-t[1], t[0]]) * 60, 1).tolist()
        middle = (float(dam[0]), float(dam[1]))
        return Reservoir(name, shapely.simplify(area, 4), middle, (toe[0], toe[1]))

    @cached_property
    def land(self) -> Any:
        """All land of the map, islands too, the neighbours' as well; the river not cut out."""
        found = shapely.MultiPolygon(outlines(GRID, self.shore, least_m2=6e4))
        return shapely.simplify(found, 6)

    @cached_property
    def water(self) -> Any:
        """All inland water: river, streams, canals, reservoirs."""
        courses = [c.area for c in [self.river, *self.streams, *self.canals]]
        held = shapely.union_all([*courses, *[r.area for r in self.reservoirs]])
        return shapely.intersection(held, self.land)

    @cached_property
    def sea(self) -> Any:
        """The sea, far beyond the map, so that its coast shows at every scale."""
        y, x = np.array(_COAST).T
        curve = spline(np.column_stack([x, y]), 0.4) * KM
        far = curve[np.abs(curve[:, 1]) > 20_950]
        far[:, 0] += self.fine(far[:, 0], far[:, 1]) * 260
        parts = [
            np.vstack([p, [(-90e3, p[-1, 1]), (-90e3, p[0, 1])]])
            for p in (far[far[:, 1] < 0], far[far[:, 1] > 0])
        ]
        beyond = [shapely.Polygon(np.round(p, 1)).buffer(0) for p in parts]
        west = shapely.box(-90e3, -21_050, -25_900, 21_050)
        ground = shapely.union_all([self.land, west, *beyond])
        return shapely.difference(shapely.box(-90e3, -60e3, 110e3, 60e3), ground)

    @cached_property
    def slope(self) -> Floats:
        """Metres of climb per metre."""
        dy, dx = np.gradient(self.height, GRID.step)
        return np.asarray(np.round(np.sqrt(dx * dx + dy * dy), 4), dtype=np.float64)

    def peaks(self, inside: Bools) -> Floats:
        """The tops that stand out for a kilometre and a half around."""
        top = ndimage.maximum_filter(self.height, size=31) == self.height
        return GRID.xy(np.flatnonzero(top & inside & (self.height > 110)))

    @cached_property
    def wet(self) -> Bools:
        """Cells in the sea, the river or a reservoir."""
        areas = [self.river.area, *[r.area for r in self.reservoirs]]
        out = self.shore < 40
        for area in areas:
            out |= GRID.inside(area.buffer(30))
        return out


def valley_floor(x: Any) -> Floats:
    """Height of the plain and of the valleys' floors, which climb westwards."""
    return smoothstep((-4.0 - x / KM) / 20) * 150 + 3.2


def _cells(held: Floats, margin: float, step: float) -> tuple[int, int]:
    span = (held.max(axis=0) - held.min(axis=0) + 2 * margin) / step
    return int(span[0]) + 1, int(span[1]) + 1
