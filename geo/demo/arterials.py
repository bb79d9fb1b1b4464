"""The roads between towns: cheapest ways over the terrain, few of them, and few bridges."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from geo.demo.frame import Floats, Ints, along, normals, relax, resample
from geo.demo.roads import Road
from geo.demo.terrain import GRID, KM
from geo.demo.towns import SECOND_ISLAND, TOWNS, County, cost_graph, spread

# Bridges over the river, as part of its length from the head, with their names.
BRIDGES = (
    (0.235, "龙潭大桥"), (0.40, "双溪大桥"), (0.515, "青岩大桥"), (0.588, "柳溪大桥"),
    (0.662, "云江大桥"), (0.737, "云江三桥"), (0.80, "云江二桥"), (0.875, "望潮大桥"),
)  # fmt: skip
# Where roads leave the county, and places besides the seats that roads must reach (km).
GATES = (
    ("西界", -21.0, 0.6), ("西北界", -19.0, 13.6), ("北界", 3.2, 14.6), ("北界西", -6.6, 13.4),
    ("南界", -2.6, -14.2), ("南界东", 9.3, -13.4), ("北界东", 8.2, 14.6), ("西南界", -20.4, -8.2),
)  # fmt: skip
HUBS = (
    ("望潮码头", 11.2, 1.2), ("渔港", 10.6, -10.3), ("临港码头", 12.0, -6.2),
    ("石门", -16.6, -10.4),
    ("枫岭", -15.4, 11.0), ("东沙", 20.0, 6.6), ("星屿西", 16.6, 5.0), ("渔灯", 18.4, -8.6),
)  # fmt: skip


class Arterials:
    """The seats' network on the grid, and the ways from villages down to it."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.places = np.array(
            [t.at for t in TOWNS]
            + [(SECOND_ISLAND[0] * KM, SECOND_ISLAND[1] * KM)]
            + [_outward(county, x * KM, y * KM) for _, x, y in GATES]
            + [(x * KM, y * KM) for _, x, y in HUBS]
        )
        self.cost = self._open_bridges()
        self._graph = cost_graph(self.cost)
        self._moves: set[tuple[int, int]] = set()
        for path in self._ways_between():
            self._moves.update(_pairs(path))
        self.cells = sorted({c for move in self._moves for c in move})

    def _open_bridges(self) -> Floats:
        river = self.county.terrain.river
        part = along(river.line) / along(river.line)[-1]
        left = normals(river.line)
        cost = self.county.ease.copy()
        for at, _ in BRIDGES:
            i = int(np.searchsorted(part, at))
            reach = river.half_m[i] + 260
            ends = np.array([river.line[i] + left[i] * reach, river.line[i] - left[i] * reach])
            mask = GRID.burn(ends)
            cost[mask & np.isinf(cost)] = 3.0
        return cost

    def _ways_between(self) -> list[list[int]]:
        nearest, before, far = spread(self.cost, self.places, self._graph)
        best: dict[tuple[int, int], tuple[float, int, int]] = {}
        index = np.arange(nearest.size).reshape(nearest.shape)
        for a, b in ((index[:, :-1], index[:, 1:]), (index[:-1], index[1:])):
            na, nb = nearest.flat[a], nearest.flat[b]
            meet = (na != nb) & (na >= 0) & (nb >= 0)
            ca, cb = a[meet], b[meet]
            total = far.flat[ca] + far.flat[cb] + GRID.step * self.cost.flat[ca]
            order = np.argsort(total, kind="stable")
            for t, i, j in zip(total[order], ca[order], cb[order], strict=True):
                p, q = int(nearest.flat[i]), int(nearest.flat[j])
                key, ends = ((p, q), (int(i), int(j))) if p < q else ((q, p), (int(j), int(i)))
                if key not in best or t < best[key][0]:
                    best[key] = (float(t), *ends)
        length = {k: v[0] for k, v in best.items()}
        out = []
        for (p, q), (cost, i, j) in sorted(best.items()):
            if not _has_shorter(length, p, q, cost * 0.86):
                out.append(trace(before, i)[::-1] + trace(before, j))
        return out

    def roads(self) -> list[Road]:
        """The network's chains, smoothed, without classes yet (all ``tertiary``)."""
        return [
            Road(self._smooth(chain), "tertiary", tags={"demo": "arterial"})
            for chain in chains(self._moves)
        ]

    def village_roads(self, places: list[tuple[float, float]]) -> list[Road]:
        """The way from every place to the nearest arterial, joined where they meet."""
        nearest, before, _ = spread(self.cost, GRID.xy(np.array(self.cells)), self._graph)
        moves: set[tuple[int, int]] = set()
        for place in places:
            row, column = GRID.cell(np.array(place))
            if nearest[row, column] >= 0:
                moves.update(_pairs(trace(before, int(row * GRID.columns + column))))
        moves -= self._moves
        self.lanes = sorted({c for move in moves for c in move})
        return [Road(self._smooth(c), "unclassified") for c in chains(moves, set(self.cells))]

    def tracks(self, rng: np.random.Generator, count: int) -> list[Road]:
        """Forest tracks: from wooded slopes down to the nearest road."""
        t = self.county.terrain
        roads = sorted({*self.cells, *self.lanes})
        woods = (t.height > 60) & (t.height < 620) & self.county.inside & ~self.county.border
        woods &= np.isfinite(self.cost)
        heads = rng.choice(np.flatnonzero(woods), count, replace=False)
        nearest, before, _ = spread(self.cost, GRID.xy(np.array(roads)), self._graph)
        moves: set[tuple[int, int]] = set()
        for cell in heads.tolist():
            way = trace(before, cell) if nearest.flat[cell] >= 0 else []
            if 6 < len(way) < 45:
                moves.update(_pairs(way))
        found = chains(moves, set(roads))
        return [Road(self._smooth(c), "track", tags={"surface": "unpaved"}) for c in found]

    def _smooth(self, chain: list[int]) -> Floats:
        xy = GRID.xy(np.array(chain))
        hilly = float(GRID.at(self.county.terrain.slope, xy).mean()) > 0.03
        fine = relax(resample(xy, 40.0), 14 if hilly else 60)
        sway = self.county.terrain.fine
        x, y = fine.T
        fine = fine + 38 * np.column_stack(
            [sway(x * 1.5 + 11e3, y * 1.5), sway(x * 1.5, y * 1.5 + 7e3)]
        )
        return np.round(resample(fine, 40.0 if hilly else 70.0), 2)


def _outward(county: County, x: float, y: float) -> tuple[float, float]:
    """The last place before the county's border, straight out from a place."""
    step = (0.0, GRID.step if y > 0 else -GRID.step) if abs(y) > 6 * KM else (-GRID.step, 0.0)
    for _ in range(60):
        if not np.isfinite(GRID.at(county.ease, np.array([x + step[0], y + step[1]]))):
            break
        x, y = x + step[0], y + step[1]
    return (x, y)


def trace(before: Ints, cell: int) -> list[int]:
    """Cells from here back to the source."""
    out = [cell]
    flat = before.ravel()
    while flat[out[-1]] >= 0:
        out.append(int(flat[out[-1]]))
    return out


def chains(moves: set[tuple[int, int]], stops: set[int] = frozenset()) -> list[list[int]]:  # type: ignore[assignment]
    """Runs of cells between the places where ways part, join or end."""
    links: dict[int, list[int]] = {}
    for a, b in sorted(moves):
        links.setdefault(a, []).append(b)
        links.setdefault(b, []).append(a)
    knots = {c for c, n in links.items() if len(n) != 2 or c in stops}
    seen: set[tuple[int, int]] = set()
    out = []
    for knot in sorted(knots):
        for step in links[knot]:
            if (knot, step) in seen:
                continue
            run = [knot, step]
            while run[-1] not in knots:
                a, b = links[run[-1]]
                run.append(b if a == run[-2] else a)
            seen |= {(run[0], run[1]), (run[-1], run[-2])}
            out.append(run)
    return out


def _pairs(path: list[int]) -> list[tuple[int, int]]:
    return [(min(a, b), max(a, b)) for a, b in pairwise(path)]


def _has_shorter(length: dict[tuple[int, int], float], p: int, q: int, limit: float) -> bool:
    """Whether a third place is nearer to both (the relative-neighbourhood rule)."""
    others = {k for pair in length if p in pair or q in pair for k in pair} - {p, q}
    far: Any = float("inf")
    return any(
        length.get((min(p, k), max(p, k)), far) < limit
        and length.get((min(q, k), max(q, k)), far) < limit
        for k in sorted(others)
    )
