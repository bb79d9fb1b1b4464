"""Where things stand: points of every kind of place, drawn from the finished map."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from geo.demo.frame import Floats, Ints, along, normals
from geo.demo.land import Land
from geo.demo.layout import Layout
from geo.demo.roads import RANK
from geo.demo.terrain import GRID, KM, Terrain
from geo.demo.towns import SECOND_ISLAND, TOWNS, County, nearest_of


class Sites:
    """Draws positions by the word for a kind of place (``at`` in data/demo/places.toml)."""

    def __init__(
        self, seed: int, terrain: Terrain, county: County, layout: Layout, land: Land
    ) -> None:
        self._rng = np.random.default_rng([seed, 7])
        self._terrain, self._county, self._layout, self._land = terrain, county, layout, land
        self.seats = np.array([t.at for t in TOWNS])
        self.villages = np.array([(v.x, v.y) for v in layout.villages])
        self._hilly = np.array([v.hill for v in layout.villages])
        self._pools: dict[str, tuple[Floats, Floats | None, float]] = {}
        self._fill()

    def draw(self, kind: str, count: int) -> Floats:
        """Positions of ``count`` places; distinct as long as the pool lasts."""
        pool, weight, spread = self._pools[kind]
        if kind.endswith("_each"):  # one for each, in order, and round again
            jitter = (self._rng.random((count, 2)) * 2 - 1) * spread
            return np.round(pool[np.arange(count) % len(pool)] + jitter, 1)
        chance = None if weight is None else weight / weight.sum()
        often = count > len(pool)
        if not often and chance is not None:
            often = count > int((chance > 0).sum())
        pick = self._rng.choice(len(pool), count, replace=often, p=chance)
        jitter = (self._rng.random((count, 2)) * 2 - 1) * spread
        return np.round(pool[pick] + jitter, 1)

    def all(self, kind: str) -> Floats:
        """Every point of a pool, in its order."""
        return self._pools[kind][0]

    def town(self, xy: Floats) -> Ints:
        """The township of positions; at sea the nearest seat's."""
        found = self._county.town_at(xy)
        lost = found < 0
        if lost.any():
            found[lost] = nearest_of(xy[lost], self.seats)[1]
        return found

    def _put(self, kind: str, xy: Any, weight: Any = None, spread: float = 0.0) -> None:
        points = np.asarray(xy, dtype=float).reshape(-1, 2)
        if len(points):
            self._pools[kind] = (points, None if weight is None else np.asarray(weight), spread)

    def _fill(self) -> None:
        self._from_blocks()
        self._from_roads()
        self._from_nature()
        self._put("seat", self.seats, spread=140)
        self._put("village", self.villages, spread=45)
        hill = self.villages[self._hilly]
        self._put("hill_village", hill, spread=45)
        self._put("plain_village", self.villages[~self._hilly], spread=45)
        slope = np.asarray(GRID.at(self._terrain.slope, hill))
        self._put("slope", hill, 0.02 + slope, spread=320)
        low = self.villages[~self._hilly]
        height = np.asarray(GRID.at(self._terrain.shore, low))
        self._put("low_village", low, np.clip(9000 - height, 100, None), spread=80)
        island = self.villages[self.villages[:, 0] > 14e3]
        self._put(
            "island",
            [*island, TOWNS[-1].at, (SECOND_ISLAND[0] * KM, SECOND_ISLAND[1] * KM)],
            spread=60,
        )
        self._put("exit", [e.xy for e in self._layout.exits], spread=120)

    def _from_blocks(self) -> None:
        blocks = self._land.blocks
        shapes = np.array([b.shape for b in blocks], dtype=object)
        middle = shapely.point_on_surface(shapes)
        to_street = shapely.shortest_line(middle, shapely.boundary(shapes))
        ends = shapely.get_coordinates(to_street).reshape(-1, 2, 2)
        xy = 0.55 * ends[:, 0] + 0.45 * ends[:, 1]  # the gate is nearer the street
        area = np.array([b.shape.area for b in blocks])
        use = np.array([b.use for b in blocks])
        density = np.array([b.density for b in blocks])
        character = np.array([TOWNS[b.town].character for b in blocks])
        for kind, on, weight in (
            ("homes", use == "residential", area * density),
            ("dense", (use == "residential") & (density > 0.6), area),
            ("commerce", use == "commercial", area),
            ("core", (use == "commercial") & (density > 0.8), area),
            ("industry", use == "industrial", area),
            ("chem", (use == "industrial") & (character == "industry"), area),
            ("harbour_works", (use == "industrial") & (character == "port"), area),
            ("school", use == "education", None),
            ("park", use == "park", None),
            ("any_block", use != "park", area * (0.2 + density)),
        ):
            w = None if weight is None else weight[on]
            if on.any():
                self._put(kind, xy[on], w, spread=12)

    def _from_roads(self) -> None:
        edges = self._layout.network.edges
        rank = np.array([RANK[e.tags.get("kind", e.road.kind)] for e in edges])
        middle = np.array([e.xy[len(e.xy) // 2] for e in edges])
        ahead = np.array([e.xy[len(e.xy) // 2] - e.xy[len(e.xy) // 2 - 1] for e in edges])
        ahead /= np.maximum(np.sqrt((ahead**2).sum(axis=1)), 1e-9)[:, None]
        side = np.column_stack([-ahead[:, 1], ahead[:, 0]])
        ground = np.array(
            [e.road.ground and "bridge" not in e.tags and "tunnel" not in e.tags for e in edges]
        )
        length = self._layout.network.lengths()
        built = self._layout.built
        shapely.prepare(built)
        town = shapely.intersects_xy(built, middle[:, 0], middle[:, 1])
        beside = middle + side * 24
        for kind, on in (
            ("arterial", ground & (rank >= 5) & (rank < 8)),
            ("street", ground & town & (rank >= 2)),
            ("main_street", ground & town & (rank >= 4) & (rank < 8)),
            ("road", ground & ~town & (rank >= 3) & (rank < 8)),
            (
                "hill_road",
                ground & ~town & (rank >= 3) & (GRID.at(self._terrain.slope, middle) > 0.05),
            ),
            ("motorway", rank == 9),
        ):
            self._put(kind, beside[on], length[on])
        bridges = [k for k, e in enumerate(edges) if "bridge:name" in e.tags and e.road.ground]
        self._put("bridge", middle[bridges], length[bridges])
        self.bridges = [edges[k] for k in bridges]
        self.tunnels = [e for e in edges if "tunnel" in e.tags and e.length_m > 200]
        self._put("tunnel", [e.xy[len(e.xy) // 2] for e in self.tunnels])

    def _from_nature(self) -> None:
        t = self._terrain
        river = t.river
        inside = np.asarray(GRID.at(self._county.labels, river.line)) >= 0
        line, half = river.line[inside], river.half_m[inside]
        side = normals(line)
        self._put("river", line)
        self._put("bank", np.vstack([line + side * (half + 35)[:, None],
                                     line - side * (half + 35)[:, None]]))  # fmt: skip
        canals = np.vstack([c.line + normals(c.line) * (c.half_m + 12)[:, None] for c in t.canals])
        self._put("canal", canals[np.asarray(GRID.at(self._county.labels, canals)) >= 0])
        brooks = np.vstack([s.line[along(s.line) > 2500] for s in t.streams])
        self._put("brook", brooks, spread=25)
        self._put("dam", [r.toe for r in t.reservoirs], spread=0)
        forest = self._land.forest
        cells = np.flatnonzero(GRID.inside(forest))
        xy = GRID.xy(cells)
        height = t.height.flat[cells]
        self._put("forest", xy, spread=45)
        roads = np.concatenate([e.xy for e in self._layout.network.edges if e.road.ground])
        self._put("forest_edge", xy[nearest_of(xy, roads)[0] < 140], spread=20)
        self._put("peak", xy, np.clip(height - 250, 0.1, None) ** 2, spread=30)
        brow = xy[(t.slope.flat[cells] > 0.1) & (height < 220)]
        self._put("quarry", brow if len(brow) else xy, spread=40)
        county = self._county.labels >= 0
        shore = (t.shore > 60) & (t.shore < 260) & county
        shore_xy = GRID.xy(np.flatnonzero(shore))
        self._put("coast", shore_xy, spread=30)
        docks = np.array([(11.2, 1.2), (10.6, -10.3), (12.0, -6.2), (18.6, 7.6), SECOND_ISLAND,
                          (10.9, 5.2), (12.2, -7.6), (9.6, 10.4)]) * KM  # fmt: skip
        near, _ = nearest_of(shore_xy, docks)
        self._put("harbour", shore_xy[near < 1400], spread=60)
        sea = (t.shore < -250) & (t.shore > -3500) & (t.x < 20e3) & (np.abs(t.y) < 15e3)
        self._put("sea", GRID.xy(np.flatnonzero(sea)), spread=50)
        water_front = (t.shore < -120) & (t.shore > -420) & (np.abs(t.y) < 14e3)
        moor = GRID.xy(np.flatnonzero(water_front))
        near, _ = nearest_of(moor, docks)
        self._put("mooring", moor[near < 1500], spread=50)
        ponds = [c.shape for c in self._land.covers if c.tags.get("landuse") == "aquaculture"]
        self._put("pond", [p.representative_point().coords[0] for p in ponds], spread=60)
        farms = [c.shape for c in self._land.covers if c.tags.get("landuse") == "farmland"]
        self._put("farm", [p.representative_point().coords[0] for p in farms], spread=100)
        lone = np.array([(-0.9, 5.2), (5.3, 8.9), (2.7, -9.7), (4.2, 1.9)]) * KM
        self._put("hill_park", lone, spread=150)
