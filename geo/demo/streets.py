"""Warped street grids, each turned to its town's bearing and thinning outwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.demo.frame import Bools, Floats, Noise
from geo.demo.roads import Road
from geo.demo.terrain import GRID, KM
from geo.demo.towns import SECOND_ISLAND, TOWNS, County, Village

# By character: block width and depth (m), a main street every so many lines, streets left out.
_PATTERNS = {
    "old": (98.0, 138.0, (5, 4), 0.24),
    "city": (150.0, 205.0, (4, 3), 0.20),
    "new": (175.0, 240.0, (4, 3), 0.24),
    "port": (170.0, 230.0, (4, 3), 0.24),
    "industry": (290.0, 420.0, (2, 2), 0.16),
    "plain": (110.0, 170.0, (4, 3), 0.22),
    "valley": (85.0, 130.0, (4, 3), 0.22),
    "island": (75.0, 110.0, (4, 3), 0.25),
    "village": (62.0, 88.0, (99, 99), 0.30),
}


@dataclass
class Zone:
    """A built-up area with one street grid."""

    name: str
    town: int
    character: str
    cells: Any  # the area covered by the grid's blocks
    roads: list[Road]


@dataclass(frozen=True)
class _Plan:
    """What a lattice needs: where, how turned, which ellipses (metres)."""

    name: str
    town: int
    character: str
    centre: tuple[float, float]
    bearing: tuple[float, float]
    blobs: tuple[tuple[float, float, float, float], ...]
    shared: bool = False  # built up to the township's border, where the next one begins


def town_plans() -> list[_Plan]:
    """One lattice for each town; those of the city meet at their common border."""
    plans = [
        _Plan(t.name, k, t.character, t.at, t.bearing,
              tuple((u * KM, v * KM, a * KM, b * KM) for u, v, a, b in t.blobs),
              shared=t.character in ("old", "city", "new", "port", "industry"))
        for k, t in enumerate(TOWNS)
    ]  # fmt: skip
    island = (SECOND_ISLAND[0] * KM, SECOND_ISLAND[1] * KM)
    plans.append(_Plan("渔灯", 8, "island", island, (0.8, -0.6), ((0, 0, 380.0, 230.0),)))
    return plans


def village_plans(villages: list[Village], along: Floats) -> list[_Plan]:
    """A small lattice for each village, turned along the road it stands on (unit vectors)."""
    return [
        _Plan("", v.town, "village", (v.x, v.y), (float(c), float(s)),
              ((0.0, 0.0, v.radius_m * 1.3, v.radius_m * 0.8),))
        for v, (c, s) in zip(villages, along, strict=True)
    ]  # fmt: skip


class Streets:
    """Lays grids one after the other; a later one keeps off the earlier ones."""

    def __init__(self, seed: int, county: County, allowed: Bools, ground: Any, broad: Any) -> None:
        terrain = county.terrain
        self._rng = np.random.default_rng([seed, 4])
        self._county = county
        self._allowed = allowed & (terrain.slope < 0.11)
        self._ground = ground  # dry land a street may lie on, banks left free
        self._broad = broad  # the same with narrow water, which main streets cross
        shapely.prepare(ground)
        self._edge = Noise(self._rng, 1500, 3)
        self._bend = Noise(self._rng, 4200, 2)
        self._taken: list[Any] = []

    def keep_off(self) -> None:
        """From now on new grids keep off all that were laid before, taken as one area."""
        self._taken = [shapely.union_all(self._taken)]
        shapely.prepare(self._taken[0])

    def lay(self, plan: _Plan) -> Zone | None:
        """The streets of one built-up area; None if nothing can be built there."""
        width, depth, mains, left_out = _PATTERNS[plan.character]
        rng = self._rng
        big = plan.character != "village"
        us, vs = self._lines(plan, 0, width), self._lines(plan, 1, depth)
        u, v = np.meshgrid(us, vs)
        warp = 130.0 if big else 14.0
        cos, sin = plan.bearing
        x0, y0 = plan.centre
        bx, by = x0 + u * cos - v * sin, y0 + u * sin + v * cos
        scale = 1.0 if big else 9.0
        x = np.round(bx + warp * self._bend(bx * scale + 3e4, by * scale), 2)
        y = np.round(by + warp * self._bend(bx * scale, by * scale + 7e4), 2)
        kept = self._kept(plan, (u, v), (x, y))
        if not kept.any():
            return None
        corner = np.stack([x, y], axis=-1)
        quads = np.stack(
            [corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]], axis=2
        )[kept]
        area = shapely.union_all(shapely.buffer(shapely.polygons(quads), 0.05, join_style="mitre"))
        bounds = self._county.districts[plan.town] if plan.shared else None
        if bounds is not None:
            area = shapely.intersection(area, bounds)
        if big:
            self._taken.append(shapely.buffer(area, 0 if plan.shared else 90))
            shapely.prepare(self._taken[-1])
        pad = np.pad(kept, 1)
        across = pad[:-1, 1:-1] | pad[1:, 1:-1]  # edges along u, shape (nv, nu-1)
        upward = pad[1:-1, :-1] | pad[1:-1, 1:]  # edges along v, shape (nv-1, nu)
        start = (int(rng.integers(mains[0])), int(rng.integers(mains[1])))
        roads = []
        for axis, edges, every, shift in (
            (0, across, mains[1], start[1]), (1, upward.T, mains[0], start[0])
        ):  # fmt: skip
            for line in range(edges.shape[0]):
                kind, thin = self._kind(plan, line - shift, every, left_out)
                on = edges[line] & (rng.random(edges.shape[1]) >= thin)
                points = corner[line] if axis == 0 else corner[:, line]
                name = f"{plan.town}:{plan.name}:{axis}:{line}" if big else ""
                for a, b in _runs(on):
                    roads.append(
                        Road(points[a : b + 1], kind, name, over_water=kind != "residential",
                             town=plan.town, tags={"demo": plan.character})
                    )  # fmt: skip
        if big and plan.character != "industry":
            roads += self._lanes(plan, corner, kept)
        return Zone(plan.name, plan.town, plan.character, area, self._clip(roads, bounds))

    def _lanes(self, plan: _Plan, corner: Floats, kept: Bools) -> list[Road]:
        """Lanes into or through some blocks, as housing estates have them."""
        rng = self._rng
        rows, columns = np.nonzero(kept & (rng.random(kept.shape) < 0.42))
        t = 0.35 + 0.3 * rng.random(len(rows))[:, None]
        low = corner[rows, columns] * (1 - t) + corner[rows, columns + 1] * t
        high = corner[rows + 1, columns] * (1 - t) + corner[rows + 1, columns + 1] * t
        deep = np.where(rng.random(len(rows)) < 0.4, 1.0, 0.6)[:, None]
        ends = np.stack([low, low + (high - low) * deep], axis=1)
        walk = rng.random(len(rows)) < 0.15
        return [
            Road(np.round(xy, 2), "footway" if on_foot else "service", over_water=False,
                 town=plan.town, tags={"demo": plan.character})
            for xy, on_foot in zip(ends, walk.tolist(), strict=True)
        ]  # fmt: skip

    def _lines(self, plan: _Plan, axis: int, step: float) -> Floats:
        low = min(b[axis] - b[2 + axis] * 1.45 for b in plan.blobs)
        high = max(b[axis] + b[2 + axis] * 1.45 for b in plan.blobs)
        n = int((high - low) / step) + 2
        steps = step * (0.72 + 0.56 * self._rng.random(n))
        return np.round(low + np.cumsum(steps) - steps[0], 1)

    def _kept(self, plan: _Plan, uv: tuple[Any, Any], xy: tuple[Any, Any]) -> Bools:
        u, v = (_mid(a) for a in uv)
        x, y = (_mid(a) for a in xy)
        best = np.full(u.shape, -9.0)
        for cu, cv, a, b in plan.blobs:
            best = np.maximum(best, 1 - np.sqrt(((u - cu) / a) ** 2 + ((v - cv) / b) ** 2))
        rough = 0.42 if plan.character != "village" else 0.3
        kept = best + rough * self._edge(x, y) > 0
        kept &= np.asarray(GRID.at(self._allowed, np.stack([x, y], axis=-1)))
        if not plan.shared:
            for area in self._taken:  # several while towns are laid, one afterwards
                kept &= ~shapely.intersects_xy(area, x, y)
        return np.asarray(kept)

    def _kind(self, plan: _Plan, line: int, every: int, left_out: float) -> tuple[str, float]:
        if line % every == 0:
            main = "secondary" if plan.shared else "tertiary"
            if main == "secondary" and line % (2 * every) == 0 and plan.character != "industry":
                return "primary", 0.0
            return main, 0.0
        if plan.character in ("old", "city", "new") and line % 2 == 0 and every > 3:
            return "tertiary", 0.05
        return ("tertiary", 0.1) if plan.character == "industry" else ("residential", left_out)

    def _clip(self, roads: list[Road], bounds: Any) -> list[Road]:
        """What of the streets lies on dry ground; main streets go on over narrow water."""
        broad, ground = self._broad, self._ground
        if bounds is not None:
            broad = shapely.intersection(broad, bounds)
            ground = shapely.intersection(ground, bounds)
            shapely.prepare(ground)
        lines = np.array([shapely.LineString(r.xy) for r in roads], dtype=object)
        whole = shapely.contains_properly(ground, lines)
        out = []
        for road, line, dry in zip(roads, lines, whole, strict=True):
            if dry:
                out.append(road)
                continue
            dry_ground = broad if road.over_water else ground
            for part in shapely.get_parts(shapely.intersection(line, dry_ground)):
                if part.geom_type == "LineString" and part.length > 25:
                    xy = np.round(shapely.get_coordinates(part), 2)
                    out.append(Road(xy, road.kind, road.name, over_water=road.over_water,
                                    town=road.town, tags=dict(road.tags)))  # fmt: skip
        return out


def _mid(a: Floats) -> Floats:
    return (a[:-1, :-1] + a[:-1, 1:] + a[1:, :-1] + a[1:, 1:]) / 4


def _runs(on: Bools) -> list[tuple[int, int]]:
    """Start and end of each unbroken run, as numbers of lattice points."""
    change = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in zip(change[::2], change[1::2], strict=True)]
