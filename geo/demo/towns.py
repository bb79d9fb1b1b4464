"""The county's border, its 23 townships, and the villages in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from scipy import ndimage, sparse
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from geo.demo.frame import Bools, Floats, Ints, Noise, smoothstep
from geo.demo.raster import mosaic
from geo.demo.terrain import GRID, KM, Terrain, valley_floor

COUNTY_CODE = "990381"  # no division of China begins with 99


@dataclass(frozen=True)
class Town:
    """A township: its seat and the built-up ellipses about it (km and degrees as cos, sin)."""

    name: str
    kind: str  # 街道 | 镇 | 乡
    x: float
    y: float
    people: float  # share of the county's people
    character: str  # old | city | port | new | industry | plain | valley | island
    bearing: tuple[float, float]
    blobs: tuple[tuple[float, float, float, float], ...]  # dx, dy, half axes along the bearing

    @property
    def full_name(self) -> str:
        """Name and kind, as on a map."""
        return self.name + self.kind

    @property
    def at(self) -> tuple[float, float]:
        """The seat in the plane, metres."""
        return (self.x * KM, self.y * KM)


def _t(
    name: str, x: float, y: float, people: float, character: str, slope: float,
    *blobs: tuple[float, float, float, float],
) -> Town:  # fmt: skip
    kind = name[-2:] if name.endswith("街道") else name[-1]
    size = 1 / (1 + slope * slope) ** 0.5
    bearing = (round(size, 9), round(slope * size, 9))
    return Town(name[: -len(kind)], kind, x, y, people, character, bearing, blobs)


TOWNS: tuple[Town, ...] = (
    _t("云城街道", 1.6, -0.6, 12.4, "old", 0.10, (0, 0.2, 2.4, 2.6)),
    _t("玉澜街道", 4.5, -0.2, 10.6, "city", 0.16, (0, 0, 2.4, 2.7)),
    _t("锦屏街道", -1.7, 1.6, 6.4, "city", 0.30, (0.2, 0, 1.9, 2.0), (1.0, -2.4, 1.4, 1.0)),
    _t("望潮街道", 7.6, 1.0, 7.2, "city", 0.06, (-0.1, 0, 2.0, 2.3)),
    _t("澄湖街道", 3.2, 4.2, 7.8, "city", -0.08, (0, 0, 2.3, 1.7)),
    _t("东港街道", 9.7, 4.9, 4.6, "port", -0.16, (0, 0, 1.6, 2.3)),
    _t("南浦街道", 2.0, -5.4, 7.0, "new", -0.13, (0, 0, 2.4, 1.9)),
    _t("云帆街道", 6.2, -5.0, 5.4, "new", 0.05, (0, 0, 2.2, 2.2)),
    _t("临港街道", 10.6, -6.6, 3.0, "industry", 0.03, (0.1, 0, 2.0, 2.9)),
    _t("沙塘镇", 5.4, 10.6, 7.2, "plain", 0.22, (0, 0, 1.6, 1.2), (1.4, 0.6, 1.0, 0.8)),
    _t("石桥镇", 0.5, 8.6, 5.2, "plain", -0.30, (0, 0, 1.4, 1.1)),
    _t("鲸湾镇", 9.4, -11.6, 3.0, "plain", -0.45, (0, 0, 1.0, 0.62)),
    _t("柳溪镇", -2.6, -4.7, 4.4, "plain", 0.35, (0, 0, 1.3, 0.9)),
    _t("海塘镇", 8.5, 10.6, 2.8, "plain", -0.2, (0, 0, 1.0, 0.75)),
    _t("双溪镇", -8.9, 2.0, 2.9, "valley", -0.25, (0, 0, 1.0, 0.62)),
    _t("青岩镇", -7.1, -3.3, 2.7, "valley", 0.5, (0, 0, 1.0, 0.6)),
    _t("龙潭镇", -15.7, 2.8, 1.7, "valley", -0.3, (0, 0, 0.75, 0.45)),
    _t("竹坪镇", -5.0, 8.4, 1.5, "valley", 2.2, (0, 0, 0.7, 0.42)),
    _t("茗山乡", -1.5, -10.4, 1.3, "valley", 3.0, (0, 0, 0.55, 0.35)),
    _t("枫岭乡", -13.1, 8.2, 0.9, "valley", 1.3, (0, 0, 0.45, 0.3)),
    _t("石门乡", -11.9, -6.7, 0.9, "valley", 0.6, (0, 0, 0.45, 0.3)),
    _t("云源乡", -17.3, -0.4, 0.6, "valley", 1.2, (0, 0, 0.4, 0.25)),
    _t("星屿乡", 18.6, 7.3, 0.9, "island", 0.45, (0, 0, 0.75, 0.4)),
)
SECOND_ISLAND = (15.7, -7.2)  # the second island's harbour village, part of 临港街道


@dataclass(frozen=True)
class Village:
    """A village's middle, its size, and the township it belongs to."""

    x: float
    y: float
    radius_m: float
    town: int
    hill: bool


class County:
    """The county's land divided among its townships."""

    def __init__(self, seed: int, terrain: Terrain) -> None:
        self.terrain = terrain
        rng = np.random.default_rng([seed, 2])
        self._rng = rng
        wobble = Noise(rng, 7000, 4)
        x, y = terrain.x / KM, terrain.y / KM
        edge = np.maximum((-x - 1.0) / 21.3, np.abs(y - 0.1) / 15.6)
        self.inside: Bools = (edge + 0.13 * wobble(terrain.x, terrain.y) < 1) | (x > 13.5)
        self.ease = self._ease(Noise(rng, 1100, 3))
        self.labels: Ints = self._labels()

    def _ease(self, noise: Noise) -> Floats:
        """What a metre of road costs in each cell; infinite where none may run."""
        t = self.terrain
        steep = t.slope
        cost = 1 + (steep / 0.09) ** 2 + 0.95 * noise(t.x, t.y) * smoothstep(1.5 - steep / 0.06)
        cost = np.maximum(cost, 0.35) + np.clip(t.height - valley_floor(t.x) - 50, 0, None) / 260
        for water in [*t.streams, *t.canals]:
            cost = np.where(GRID.burn(water.line), cost + 5, cost)
        cost = np.round(cost, 4)
        return np.where(t.wet | ~self.inside, np.inf, cost)

    def _labels(self) -> Ints:
        """The township of each cell: the seat that is nearest over hill and water."""
        t = self.terrain
        hard = np.where(t.wet, 9.0, np.minimum(np.where(np.isinf(self.ease), 3, self.ease), 12))
        hard = np.where(t.shore < 0, 2.5, hard)
        seats = [tuple(s.at) for s in TOWNS] + [(SECOND_ISLAND[0] * KM, SECOND_ISLAND[1] * KM)]
        nearest, _, _ = spread(hard, np.array(seats))
        nearest = np.where(nearest == len(TOWNS), 8, nearest)
        return np.where(self.inside, nearest, -1).astype(np.int64)

    @cached_property
    def districts(self) -> dict[int, Any]:
        """The townships' polygons; together they are the county's land and its river."""
        raw = mosaic(GRID, self.labels, rounding=8)
        return {k: shapely.intersection(g, self.terrain.land) for k, g in raw.items() if k >= 0}

    @cached_property
    def area(self) -> Any:
        """The whole county."""
        return shapely.union_all(list(self.districts.values()))

    def town_at(self, xy: Any) -> Ints:
        """Township number of plane points, -1 outside."""
        return np.asarray(GRID.at(self.labels, xy))

    @cached_property
    def border(self) -> Bools:
        """Cells within 700 m of the county's border."""
        return np.asarray(ndimage.binary_dilation(~self.inside, iterations=6))

    def villages(self, taken: Bools) -> list[Village]:
        """Villages strewn over what towns leave: dense in the plain, strung along valleys."""
        t, rng = self.terrain, self._rng
        flat = smoothstep(1 - t.slope / 0.16) * smoothstep((420 - t.height) / 160)
        hill = (t.height > 14) | (t.slope > 0.03)
        allowed = (flat > 0.25) & ~taken & ~t.wet & (t.shore > 350) & (self.labels >= 0)
        allowed &= ~self.border & ~np.isinf(self.ease)
        cells = np.flatnonzero(allowed)
        rng.shuffle(cells)
        xy = GRID.xy(cells) + np.round(rng.random((len(cells), 2)) * 60 - 30, 1)
        gap = np.where(hill.flat[cells], 1050.0, 760.0) * (
            1 + 0.5 * t.fine(xy[:, 0] * 0.5, xy[:, 1] * 0.5)
        )
        chosen: list[int] = []
        tree_cells: dict[tuple[int, int], list[int]] = {}
        for i, (px, py) in enumerate(xy):
            cx, cy = int(px // 1100), int(py // 1100)
            near = [
                j
                for a in (cx - 1, cx, cx + 1)
                for b in (cy - 1, cy, cy + 1)
                for j in tree_cells.get((a, b), ())
            ]
            if all((xy[j, 0] - px) ** 2 + (xy[j, 1] - py) ** 2 > gap[i] ** 2 for j in near):
                chosen.append(i)
                tree_cells.setdefault((cx, cy), []).append(i)
        town = self.town_at(xy)
        size = rng.random(len(xy))
        out = []
        for i in chosen:
            upland = bool(hill.flat[cells[i]])
            radius = 90 + 110 * size[i] if upland else 140 + 210 * size[i] ** 2
            out.append(Village(xy[i, 0], xy[i, 1], round(radius, 1), int(town[i]), upland))
        return sorted(out, key=lambda v: (v.town, v.x, v.y))


def spread(
    cost: Floats, sources: Floats, graph: sparse.csr_matrix | None = None
) -> tuple[Ints, Ints, Floats]:
    """For each cell the nearest source over the cost field, the cell to come from, the cost.

    Cells of infinite cost are not entered; what is not reached has source -1. ``graph``: that of
    the cost field, where it is at hand.
    """
    graph, start = cost_graph(cost) if graph is None else graph, _cells(sources)
    start_once = np.unique(start)
    far, before, root = csgraph.dijkstra(
        graph, indices=start_once, min_only=True, return_predecessors=True
    )
    number = np.full(cost.size + 1, -1)
    number[start[::-1]] = np.arange(len(start))[::-1]
    nearest = np.where(root < 0, -1, number[root])
    shape = cost.shape
    return nearest.reshape(shape), before.reshape(shape), far.reshape(shape)


def cost_graph(cost: Floats) -> sparse.csr_matrix:
    """The cells as a graph with sixteen steps each."""
    rows, columns = cost.shape
    index = np.arange(cost.size).reshape(cost.shape)
    start, end, weight = [], [], []
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, 1), (2, -1), (1, -2)):
        a = index[: rows - dr, max(0, -dc) : columns - max(0, dc)]
        b = index[dr:, max(0, dc) : columns - max(0, -dc)]
        w = (cost.flat[a] + cost.flat[b]) / 2 * (GRID.step * (dr * dr + dc * dc) ** 0.5)
        if abs(dr * dc) == 2:  # the long steps look at the cell between as well
            mid = index[dr // 2 : rows - dr + dr // 2, :][:, max(0, -dc) + dc // 2 :][
                : a.shape[0], : a.shape[1]
            ]
            w = np.where(np.isinf(cost.flat[mid]), np.inf, w)
        keep = np.isfinite(w)
        start.append(a[keep])
        end.append(b[keep])
        weight.append(w[keep])
    s, e, w = np.concatenate(start), np.concatenate(end), np.concatenate(weight)
    return sparse.csr_matrix(
        (np.concatenate([w, w]), (np.concatenate([s, e]), np.concatenate([e, s]))),
        shape=(cost.size, cost.size),
    )


def _cells(xy: Floats) -> Ints:
    row, column = GRID.cell(xy)
    return np.asarray(row * GRID.columns + column)


def nearest_of(points: Any, others: Any) -> tuple[Floats, Ints]:
    """Distance to the nearest of the others, and which it is."""
    distance, index = cKDTree(np.asarray(others)).query(np.asarray(points))
    return np.asarray(distance), np.asarray(index)
