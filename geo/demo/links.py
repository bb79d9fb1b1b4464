"""Roads drawn by rule: between villages, along banks and borders, over the river, into town."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial import Delaunay, cKDTree

from geo.demo.arterials import BRIDGES
from geo.demo.frame import Floats, Noise, along, length_of, lines_of, offset, resample
from geo.demo.roads import Road
from geo.demo.streets import Zone
from geo.demo.terrain import Terrain
from geo.demo.towns import County, Village, nearest_of

_IN_TOWN = BRIDGES[4:]  # these lead from main street to main street
_SHARED = ("old", "city", "new", "port", "industry")


def outside(roads: list[Road], built: Any) -> list[Road]:
    """The parts of roads outside the towns' own grids, which carry them on."""
    lines = np.array([shapely.LineString(r.xy) for r in roads], dtype=object)
    out = []
    for road, rest in zip(roads, shapely.difference(lines, built), strict=True):
        out += [
            Road(np.round(xy, 2), road.kind, road.name, road.ref, dict(road.tags))
            for xy in lines_of([rest])
            if length_of(xy) > 30
        ]
    return out


def plain_links(seed: int, terrain: Terrain, villages: list[Village], broad: Any) -> list[Road]:
    """Roads between the plain's villages: neighbours, if no third village is nearer to both."""
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
        close = set(tree.query_ball_point(p, span * 0.97)) & set(
            tree.query_ball_point(q, span * 0.97)
        )
        if span > 2100 or close:
            continue
        line = resample(np.array([p, q]), 60.0)
        hold = np.minimum(np.arange(len(line)), np.arange(len(line))[::-1]) / len(line) * 2
        line = offset(line, 130 * bend(*line.T) * hold)
        if shapely.contains(broad, shapely.LineString(line)):
            kind = "tertiary" if rng.random() < 0.3 else "unclassified"
            out.append(Road(np.round(line, 2), kind))
    return out


def banks(terrain: Terrain, built: Any) -> list[Road]:
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


def led_on(found: list[Road], others: list[Road], zones: list[Zone], broad: Any) -> list[Road]:
    """The roads, their open ends led to the nearest other road."""
    town = [r for z in zones for r in z.roads if r.rank >= 4]
    xy = np.concatenate([r.xy for r in [*others, *town]])
    tree = cKDTree(xy)
    out = list(found)
    for road in found:
        for end in (road.xy[0], road.xy[-1]):
            distance, index = tree.query(end)
            line = np.array([end, xy[int(index)]])
            if 14 < distance < 900 and shapely.contains(broad, shapely.LineString(line)):
                out.append(Road(resample(line, 90.0), "tertiary", road.name))
    return out


def borders(county: County, zones: list[Zone], broad: Any) -> list[Road]:
    """Main roads where one township's streets meet the next one's."""
    shared = [z for z in zones if z.character in _SHARED]
    out = []
    for k, a in enumerate(shared):
        for b in shared[k + 1 :]:
            line = shapely.intersection(
                shapely.boundary(county.districts[a.town]),
                shapely.boundary(county.districts[b.town]),
            )
            both = shapely.intersection(shapely.buffer(a.cells, 190), shapely.buffer(b.cells, 190))
            line = shapely.intersection(shapely.intersection(line, both), broad)
            name = f"{a.town}:border:{b.town % 2}:{b.town}"
            out += [
                Road(np.round(xy, 2), "secondary", name, tags={"demo": "border"})
                for xy in lines_of([shapely.line_merge(line)])
                if shapely.LineString(xy).length > 250
            ]
    return out


def quays(terrain: Terrain, built: Any, ground: Any) -> list[Road]:
    """Streets along the canals in town, on both sides."""
    out = []
    inside = shapely.buffer(shapely.intersection(built, ground), 0)
    for canal in terrain.canals[:5]:
        for side, suffix in ((1.0, "东"), (-1.0, "西")):
            bank = shapely.LineString(
                resample(offset(canal.line, side * (canal.half_m[0] + 22)), 60)
            )
            for xy in lines_of([shapely.line_merge(shapely.intersection(bank, inside))]):
                if shapely.LineString(xy).length > 350:
                    name = canal.name.replace("河", f"河{suffix}") + "路"
                    out.append(Road(np.round(xy, 2), "tertiary", name, over_water=False))
    return out


def _sites(terrain: Terrain) -> Floats:
    line = terrain.river.line
    part = along(line) / along(line)[-1]
    return np.asarray(line[[int(np.searchsorted(part, at)) for at, _ in _IN_TOWN]])


def without_crossings(ways: list[Road], terrain: Terrain) -> list[Road]:
    """The ways without those pieces that cross the river where town bridges will."""
    sites = _sites(terrain)
    lines = np.array([shapely.LineString(r.xy) for r in ways], dtype=object)
    crosses = shapely.intersects(lines, shapely.LineString(terrain.river.line))
    near = np.array([nearest_of(sites, r.xy)[0].min() < 1100 for r in ways])
    return [r for r, gone in zip(ways, crosses & near, strict=True) if not gone]


def river_bridges(terrain: Terrain, zones: list[Zone]) -> list[Road]:
    """Bridges from the end of a main street on one bank to the nearest one on the other."""
    ends = np.array(
        [xy for z in zones if z.character in _SHARED for r in z.roads if r.rank >= 5
         for xy in (r.xy[0], r.xy[-1])]
    )  # fmt: skip
    river = shapely.LineString(terrain.river.line)
    close = shapely.distance(shapely.points(ends), terrain.river.area) < 330
    at = shapely.line_locate_point(river, shapely.points(ends[close]))
    foot = shapely.get_coordinates(shapely.line_interpolate_point(river, at))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(river, at + 40))
    d, v = ahead - foot, ends[close] - foot
    left = d[:, 0] * v[:, 1] - d[:, 1] * v[:, 0] > 0
    north, south = ends[close][left], ends[close][~left]
    span = np.sqrt(((north[:, None] - south[None]) ** 2).sum(axis=2))
    middle = (north[:, None] + south[None]) / 2
    out: list[Road] = []
    for site, (_, name) in zip(_sites(terrain), _IN_TOWN, strict=True):
        far = np.sqrt(((middle - site) ** 2).sum(axis=2))
        a, b = np.unravel_index(np.argmin(1.6 * span + far), span.shape)
        if span[a, b] > 1500 or far[a, b] > 1500:
            continue
        out.append(Road(np.array([north[a], south[b]]), "primary", tags={"crossing": name}))
        span[np.sqrt(((middle - middle[a, b]) ** 2).sum(axis=2)) < 1000] = 9e9
    return out


def onward(zones: list[Zone], roads: list[Road], broad: Any) -> list[Road]:
    """Main streets led on beyond the last block until they meet another road."""
    lines = [shapely.LineString(r.xy) for r in roads if r.rank >= 3 and r.rank < 8]
    tree = shapely.STRtree(lines)
    out = []
    for zone in zones:
        for road in zone.roads:
            if road.rank < 5 or len(road.xy) < 3:
                continue
            for xy in (road.xy, road.xy[::-1]):
                step = xy[-1] - xy[-2]
                size = float(np.sqrt((step**2).sum()))
                if size < 20:
                    continue
                ray = shapely.LineString([xy[-1] + step / size * 18, xy[-1] + step / size * 1300])
                hits = [
                    p
                    for k in sorted(tree.query(ray, predicate="intersects").tolist())
                    for p in shapely.get_parts(shapely.intersection(ray, lines[k]))
                    if p.geom_type == "Point"
                ]
                if not hits:
                    continue
                far, end = min(
                    (float(np.sqrt(((xy[-1] - (p.x, p.y)) ** 2).sum())), (p.x, p.y)) for p in hits
                )
                line = shapely.LineString([xy[-1], end])
                if far > 40 and shapely.contains(broad, line):
                    kind = road.kind if far < 500 else "tertiary"
                    out.append(Road(np.array([xy[-1], end]), kind, road.name, town=road.town))
    return out


def ties(roads: list[Road], terrain: Terrain, broad: Any) -> list[Road]:
    """Short roads from cut-off pieces to the rest of their land; islands stay islands."""
    on = [k for k, r in enumerate(roads) if r.ground]
    lines = np.array([shapely.LineString(roads[k].xy) for k in on], dtype=object)
    a, b = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=12.0)
    graph = sparse.coo_matrix((np.ones(len(a)), (a, b)), shape=(len(on), len(on)))
    _, piece = csgraph.connected_components(graph, directed=False)
    xy = np.concatenate([roads[k].xy for k in on])
    owner = np.repeat(piece, [len(roads[k].xy) for k in on])
    at_sea = xy[:, 0] > 13.4e3
    out = []
    for land, reach in (
        (~at_sea, 900.0), (at_sea & (xy[:, 1] > 0), 2600.0), (at_sea & (xy[:, 1] < 0), 2600.0)
    ):  # fmt: skip
        main = int(np.argmax(np.bincount(owner[land])))
        rest = xy[land & (owner == main)]
        tree = cKDTree(rest)
        for number in np.unique(owner[land]).tolist():
            mine = owner == number
            if number == main:
                continue
            distance, index = tree.query(xy[mine])
            k = int(np.argmin(np.round(distance, 2)))
            line = np.array([xy[mine][k], rest[int(index[k])]])
            if distance[k] < reach and shapely.contains(broad, shapely.LineString(line)):
                out.append(Road(resample(line, 60.0), "unclassified"))
                rest = np.vstack([rest, xy[mine]])
                tree = cKDTree(rest) if reach > 1000 else tree
    return out


def into_town(roads: list[Road], zones: list[Zone], built: Any) -> None:
    """Leads roads that stop at a town's edge on to its nearest main street."""
    mains = np.vstack([r.xy for z in zones for r in z.roads if r.rank >= 4])
    tree = cKDTree(mains)
    edge = shapely.buffer(shapely.boundary(built), 3)
    shapely.prepare(edge)
    for road in roads:
        for end in (0, -1):
            if not shapely.intersects_xy(edge, *road.xy[end]):
                continue
            distance, index = tree.query(road.xy[end])
            if 1 < distance < 480:
                more = mains[int(index)][None, :]
                road.xy = np.vstack([more, road.xy] if end == 0 else [road.xy, more])
