"""Puts the county's roads together: what is drawn where, in which order, and what gives way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from scipy import ndimage
from scipy.spatial import cKDTree

from geo.demo.arterials import Arterials
from geo.demo.bridges import bridge
from geo.demo.frame import Floats, length_of, lines_of
from geo.demo.links import (
    banks,
    borders,
    into_town,
    led_on,
    onward,
    outside,
    plain_links,
    quays,
    river_bridges,
    ties,
    without_crossings,
)
from geo.demo.motorway import Exit, Motorways
from geo.demo.network import Network, join, prune, whole
from geo.demo.roads import Road
from geo.demo.roundabouts import roundabouts
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
    streets = Streets(seed, county, dry, ground, broad)
    zones = [z for z in (streets.lay(p) for p in town_plans()) if z is not None]
    streets.keep_off()
    built = shapely.union_all([shapely.buffer(z.cells, 1.0, quad_segs=1) for z in zones])
    taken = np.asarray(ndimage.binary_dilation(GRID.inside(built), iterations=3))
    villages = county.villages(taken)

    ways = outside(arterials.roads(), built)
    ways = without_crossings(ways, terrain) + river_bridges(terrain, zones)
    ends = [(v.x, v.y) for v in villages if v.hill] + [r.toe for r in terrain.reservoirs]
    lanes = outside(arterials.village_roads(ends), built)
    links = outside(plain_links(seed, terrain, villages, broad), built)
    into_town([*ways, *lanes, *links], zones, built)
    edges = led_on(banks(terrain, built), [*ways, *lanes, *links], zones, broad)
    edges += borders(county, zones, broad) + quays(terrain, built, ground)
    trunk = [*ways, *lanes, *links, *edges]
    motorways = Motorways(terrain, county.area)
    motorways.build(ways, [(x * KM, y * KM, name) for x, y, name in _EXITS])
    high = [shapely.LineString(r.xy) for r in motorways.roads if "tunnel" not in r.tags]
    under = shapely.buffer(shapely.multilinestrings(high), 170)
    shapely.prepare(under)
    villages = [v for v in villages if not shapely.intersects_xy(under, v.x, v.y)]
    plans = village_plans(villages, _facing(villages, trunk))
    hamlets = [z for z in (streets.lay(p) for p in plans) if z is not None]

    small = [r for z in [*zones, *hamlets] for r in z.roads]
    small = _apart(small, trunk)
    tracks = outside(arterials.tracks(np.random.default_rng([seed, 9]), 190), built)
    drawn = [*trunk, *small, *tracks]
    drawn += onward(zones, drawn, broad)
    drawn += ties(drawn, terrain, broad)
    network = prune(join([*drawn, *motorways.roads]), 32.0)
    roundabouts(network, 6)
    waters = [
        part
        for course in [terrain.river, *terrain.streams, *terrain.canals]
        for part in shapely.get_parts(shapely.intersection(course.area, terrain.land))
    ]
    waters += [r.area for r in terrain.reservoirs]
    network = whole(bridge(network, waters, wide), 2500.0)
    return Layout(network, [*zones, *hamlets], villages, motorways.exits, built)


def _facing(villages: list[Village], roads: list[Road]) -> Floats:
    """For each village the direction of the nearest road, as unit vectors."""
    a = np.concatenate([r.xy[:-1] for r in roads])
    b = np.concatenate([r.xy[1:] for r in roads])
    _, near = cKDTree((a + b) / 2).query(np.array([(v.x, v.y) for v in villages]))
    d = (b - a)[near]
    return np.asarray(d / np.maximum(np.sqrt((d * d).sum(axis=1)), 1e-9)[:, None])


def _apart(small: list[Road], trunk: list[Road]) -> list[Road]:
    """Small streets without those that run close beside a bigger road."""
    tree = shapely.STRtree([shapely.LineString(r.xy) for r in trunk])
    lines = np.array([shapely.LineString(r.xy) for r in small], dtype=object)
    who, hit = tree.query(lines, predicate="dwithin", distance=30.0)
    order = np.argsort(who, kind="stable")
    who, hit = who[order], hit[order]
    ids, first = np.unique(who, return_index=True)
    groups = np.split(tree.geometries[hit], first[1:])
    zone = dict(zip(ids.tolist(), (shapely.multilinestrings(g) for g in groups), strict=True))
    out = []
    for k, road in enumerate(small):
        if k not in zone:
            out.append(road)
            continue
        close = shapely.buffer(zone[k], 30.0, quad_segs=3)
        beside = shapely.intersection(lines[k], close).length
        crowded = beside > (75 if road.rank < 4 else 320)
        rest = lines_of([shapely.difference(lines[k], close)]) if crowded else [road.xy]
        out += [replace(road, xy=np.round(xy, 2)) for xy in rest if length_of(xy) > 30]
    return out


def town_of_zone(zone: Zone) -> str:
    """The township's name of a zone."""
    return TOWNS[zone.town].full_name
