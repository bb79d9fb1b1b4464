"""Puts the county's roads together: what is drawn where, in which order, and what gives way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy import ndimage
from scipy.spatial import Delaunay, cKDTree

from geo.demo.arterials import Arterials
from geo.demo.frame import Floats, Noise, lines_of, offset, resample
from geo.demo.motorway import Exit, Motorways
from geo.demo.network import Network, bridge, join, prune
from geo.demo.roads import Road
from geo.demo.streets import Streets, Zone, town_plans, village_plans
from geo.demo.terrain import GRID, KM, Terrain
from geo.demo.towns import TOWNS, County, Village

_EXITS = [
    (2.2, 12.2, "云江北"), (-2.6, 8.2, "石桥"), (-4.3, 2.4, "云江西"), (-4.8, -4.6, "柳溪"),
    (-5.2, -9.8, "茗山"), (-9.4, 3.4, "双溪"), (-14.8, 4.6, "龙潭"), (-20.0, 2.6, "云源"),
]  # fmt: skip


@dataclass
class Layout:
    """The drawn county: network, zones, villages, exits."""

    network: Network
    zones: list[Zone]
    villages: list[Village]
    exits: list[Exit]
    built: Any  # the area of all town zones


def lay_out(seed: int, terrain: Terrain, county: County) -> Layout:
    """Draws every road of the county and joins them."""
    arterials = Arterials(county)
    wide = shapely.union_all([terrain.river.area, *[r.area for r in terrain.reservoirs]])
    inner = shapely.intersection(county.area, shapely.buffer(terrain.land, -110))
    broad = shapely.difference(shapely.simplify(inner, 8), shapely.buffer(wide, 65, quad_segs=4))
    narrow = shapely.union_all([c.area for c in [*terrain.streams, *terrain.canals]])
    ground = shapely.difference(broad, shapely.buffer(narrow, 14, quad_segs=3))

    dry = ~terrain.wet & (county.labels >= 0) & (terrain.height < 120)
    streets = Streets(seed, terrain, dry, ground, broad)
    zones = [z for z in (streets.lay(p) for p in town_plans()) if z is not None]
    built = shapely.union_all([z.cells for z in zones])
    taken = np.asarray(ndimage.binary_dilation(GRID.inside(built), iterations=3))
    villages = county.villages(taken)

    ways = _outside(arterials.roads(), built)
    lanes = _outside(arterials.village_roads([v for v in villages if v.hill]), built)
    links = _outside(_plain_links(seed, terrain, villages, broad), built)
    banks = _banks(terrain, wide, built, county)
    trunk = [*ways, *lanes, *links, *banks]
    homes = [v for v in villages]
    plans = village_plans(homes, _facing(homes, trunk))
    hamlets = [z for z in (streets.lay(p) for p in plans) if z is not None]

    motorways = Motorways(terrain, county.area)
    motorways.build(ways, [(x * KM, y * KM, name) for x, y, name in _EXITS])
    small = [r for z in [*zones, *hamlets] for r in z.roads]
    small = _apart(small, [*trunk], built)
    network = join([*trunk, *small, *motorways.roads])
    network = prune(network, 32.0)
    waters = [
        part
        for course in [terrain.river, *terrain.streams, *terrain.canals]
        for part in shapely.get_parts(shapely.intersection(course.area, terrain.land))
    ]
    waters += [r.area for r in terrain.reservoirs]
    network = bridge(network, waters, {}, wide)
    return Layout(network, [*zones, *hamlets], villages, motorways.exits, built)


def _outside(roads: list[Road], built: Any) -> list[Road]:
    """The parts of roads outside the towns' own grids, which carry them on."""
    lines = np.array([shapely.LineString(r.xy) for r in roads], dtype=object)
    out = []
    for road, rest in zip(roads, shapely.difference(lines, built), strict=True):
        for xy in lines_of([rest]):
            if shapely.LineString(xy).length > 30:
                out.append(Road(np.round(xy, 2), road.kind, road.name, road.ref, dict(road.tags)))
    return out


def _plain_links(
    seed: int, terrain: Terrain, villages: list[Village], broad: Any
) -> list[Road]:
    """Roads between the plain's villages: neighbours with no third village between (Gabriel)."""
    rng = np.random.default_rng([seed, 5])
    bend = Noise(rng, 1800, 2)
    xy = np.array([(v.x, v.y) for v in villages])
    flat = np.array([not v.hill for v in villages])
    at = xy[flat]
    tree = cKDTree(at)
    pairs = {
        (int(min(a, b)), int(max(a, b)))
        for t in Delaunay(at).simplices
        for a, b in ((t[0], t[1]), (t[1], t[2]), (t[2], t[0]))
    }
    out = []
    for a, b in sorted(pairs):
        p, q = at[a], at[b]
        span = float(np.sqrt(((p - q) ** 2).sum()))
        if span > 2100 or len(tree.query_ball_point((p + q) / 2, span / 2 * 0.93)) > 0:
            continue
        line = resample(np.array([p, q]), 60.0)
        hold = np.minimum(np.arange(len(line)), np.arange(len(line))[::-1]) / len(line) * 2
        line = offset(line, 130 * bend(*line.T) * hold)
        if shapely.contains(broad, shapely.LineString(line)):
            kind = "tertiary" if rng.random() < 0.3 else "unclassified"
            out.append(Road(np.round(line, 2), kind))
    return out


def _banks(terrain: Terrain, wide: Any, built: Any, county: County) -> list[Road]:
    """The roads along the river in town, and along the sea dyke."""
    near = shapely.buffer(built, 420)
    edge = shapely.boundary(shapely.buffer(terrain.river.area, 62, quad_segs=4))
    shore = shapely.buffer(terrain.land, -105)
    edge = shapely.intersection(shapely.intersection(edge, near), shore)
    out = [
        Road(np.round(resample(xy, 60), 2), "secondary", "滨江路", tags={"demo": "bank"})
        for xy in lines_of([shapely.line_merge(edge)])
        if len(xy) > 2 and shapely.LineString(xy).length > 300
    ]
    plain = shapely.union_all(
        [shapely.box(6e3, -2.0e3, 14e3, 11.9e3), shapely.box(6e3, -10.6e3, 14e3, -3.4e3)]
    )
    dyke = shapely.boundary(shapely.simplify(shore, 15))
    off_river = shapely.buffer(terrain.river.area, 62, quad_segs=4)
    dyke = shapely.difference(shapely.intersection(dyke, plain), off_river)
    out += [
        Road(np.round(resample(xy, 80), 2), "primary", "滨海大道", tags={"demo": "dyke"})
        for xy in lines_of([shapely.line_merge(dyke)])
        if shapely.LineString(xy).length > 800
    ]
    return out


def _facing(villages: list[Village], roads: list[Road]) -> Floats:
    """For each village the direction of the nearest road, as unit vectors."""
    a = np.concatenate([r.xy[:-1] for r in roads])
    b = np.concatenate([r.xy[1:] for r in roads])
    _, near = cKDTree((a + b) / 2).query(np.array([(v.x, v.y) for v in villages]))
    d = (b - a)[near]
    return np.asarray(d / np.maximum(np.sqrt((d * d).sum(axis=1)), 1e-9)[:, None])


def _apart(small: list[Road], trunk: list[Road], built: Any) -> list[Road]:
    """Small streets without those that run close beside a bigger road."""
    tree = shapely.STRtree([shapely.LineString(r.xy) for r in trunk])
    lines = np.array([shapely.LineString(r.xy) for r in small], dtype=object)
    who, hit = tree.query(lines, predicate="dwithin", distance=30.0)
    beside = np.unique(who)
    zone = {int(k): shapely.union_all(tree.geometries[hit[who == k]]) for k in beside}
    out = []
    for k, road in enumerate(small):
        if k not in zone:
            out.append(road)
            continue
        close = shapely.buffer(zone[k], 30.0, quad_segs=3)
        for xy in lines_of([shapely.difference(lines[k], close)]) if (
            shapely.intersection(lines[k], close).length > 75
        ) else [road.xy]:
            if shapely.LineString(xy).length > 30:
                out.append(Road(np.round(xy, 2), road.kind, road.name, over_water=road.over_water,
                                town=road.town, tags=dict(road.tags)))  # fmt: skip
    return out


def town_of_zone(zone: Zone) -> str:
    """The township's name of a zone."""
    return TOWNS[zone.town].full_name
