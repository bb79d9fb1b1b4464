"""What covers the ground: blocks of the towns, fields, forest, ponds, parks and buildings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.demo.frame import Floats, Noise, polygons_of
from geo.demo.layout import Layout
from geo.demo.network import Network, as_lines
from geo.demo.raster import outlines, polygonize
from geo.demo.terrain import GRID, KM, Terrain, valley_floor
from geo.demo.towns import TOWNS, County


@dataclass
class Cover:
    """An area of one use; ``tags`` as OpenStreetMap writes them."""

    shape: Any
    tags: dict[str, str]


@dataclass
class Block:
    """A block of a built-up area: its use, its town and how dense it is (0…1)."""

    shape: Any
    use: str
    town: int
    density: float
    village: bool = False


@dataclass
class Land:
    """All covers, blocks and buildings."""

    covers: list[Cover]
    blocks: list[Block]
    buildings: list[Any]
    building_use: list[str]
    forest: Any


def cover(seed: int, terrain: Terrain, county: County, layout: Layout) -> Land:
    """The county's land use and the footprints in its towns."""
    rng = np.random.default_rng([seed, 6])
    noise = Noise(rng, 2600, 3)
    blocks = _blocks(rng, noise, layout, terrain)
    in_town = [b for b in blocks if not b.village]
    covers = [
        Cover(b.shape, {"landuse": b.use} if b.use != "park" else {"leisure": "park"})
        for b in in_town
    ]
    hamlets = [z.cells for z in layout.zones if z.character == "village" and len(z.roads) > 3]
    homes = shapely.union_all(
        shapely.buffer(np.array(hamlets, dtype=object), 12, join_style="bevel")
    )
    homes = shapely.simplify(homes, 6)
    wet_or_town = shapely.union_all([layout.built, terrain.water])
    homes = shapely.difference(homes, shapely.buffer(terrain.river.area, 55, quad_segs=2))
    homes = shapely.intersection(shapely.difference(homes, wet_or_town), county.area)
    covers += [Cover(p, {"landuse": "residential"}) for p in polygons_of(homes, 2e3)]
    above = terrain.height - valley_floor(terrain.x)
    wooded = np.minimum((above - 13) / 8, 9) + np.clip(terrain.slope * 20 - 1, -2, 1)
    wooded = wooded + 2.2 * noise(terrain.x, terrain.y)
    wooded = np.where(county.inside & (terrain.shore > 60), wooded, -1.0)
    town = layout.built
    green = shapely.MultiPolygon(outlines(GRID, wooded, least_m2=6e4))
    green = shapely.intersection(shapely.simplify(green, 8), county.area)
    taken = shapely.union_all([wet_or_town, homes])
    forest = shapely.difference(green, taken)
    covers += [Cover(p, {"landuse": "forest"}) for p in polygons_of(forest, 2e4)]
    covers += _fields(noise, terrain, county, shapely.union_all([taken, green]))
    used = shapely.union_all([*[b.shape for b in in_town], terrain.water])
    bare = shapely.difference(town, used)
    bare = shapely.buffer(shapely.buffer(bare, -22, quad_segs=1), 20, quad_segs=1)
    covers += [Cover(p, {"landuse": "grass"}) for p in polygons_of(bare, 4e3)]
    footprints, uses = _buildings(rng, blocks, layout.network)
    return Land(covers, blocks, footprints, uses, forest)


def _blocks(
    rng: np.random.Generator, noise: Noise, layout: Layout, terrain: Terrain
) -> list[Block]:
    lines = as_lines([e for e in layout.network.edges if e.road.ground])
    faces = np.array(polygonize(lines), dtype=object)
    size = shapely.area(faces)
    faces = faces[(size > 1200) & (size < 4.5e5)]
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    order = np.lexsort((np.round(inner[:, 1], 1), np.round(inner[:, 0], 1)))
    faces, inner = faces[order], inner[order]
    tree = shapely.STRtree([z.cells for z in layout.zones])
    who, hit = tree.query(shapely.points(inner), predicate="intersects")
    zone = dict(zip(who[::-1].tolist(), hit[::-1].tolist(), strict=True))
    shade = noise(inner[:, 0], inner[:, 1])
    dice = rng.random(len(faces))
    out = []
    for k, face in enumerate(faces):
        if k not in zone:
            continue
        z = layout.zones[zone[k]]
        town = int(np.argmin([(t.x * KM - inner[k, 0]) ** 2 + (t.y * KM - inner[k, 1]) ** 2
                              for t in TOWNS])) if z.character != "village" else z.town  # fmt: skip
        use, density = _use(z.character, town, inner[k], float(shade[k]), float(dice[k]), face.area)
        shape = face
        if shapely.intersects(terrain.water, face):
            shape = max(polygons_of(shapely.difference(face, terrain.water)) or [face],
                        key=lambda p: p.area)  # fmt: skip
        out.append(Block(shape, use, town, density, z.character == "village"))
    return out


def _use(
    character: str, town: int, at: Floats, shade: float, dice: float, area: float
) -> tuple[str, float]:
    if character == "village":
        return "residential", 0.35
    seat = TOWNS[town]
    far = float(np.sqrt((seat.x * KM - at[0]) ** 2 + (seat.y * KM - at[1]) ** 2)) / 1000
    if character == "industry":
        use = "industrial" if dice < 0.86 else "commercial" if dice < 0.9 else "residential"
        return use, 0.45
    reach = {"old": 1.3, "city": 0.75, "new": 0.6, "port": 0.5}.get(character, 0.25)
    density = max(0.25, 1 - far / 3.4)
    if far < reach * (0.6 + 0.8 * dice):
        return ("commercial" if dice < 0.6 else "residential"), 1.0
    if dice > 0.955:
        return "park", 0.0
    if dice > 0.92 and far < 2.5:
        return "education", 0.35
    if shade > 0.42 and far > reach * 1.6:
        return "industrial", 0.5
    if character == "port" and at[0] > 10_300:
        return "industrial", 0.5
    if dice < 0.07:
        return "commercial", density
    if shade < -0.55 and far > 1.8 and dice < 0.5:
        return "grass", 0.0
    return "residential", density


def _fields(noise: Noise, terrain: Terrain, county: County, other: Any) -> list[Cover]:
    """Farmland over what is left of the plain, orchards at its rim, ponds along the dykes."""
    dry = np.where(county.inside & (terrain.shore > 120), 1.0, -1.0)
    farmed = dry
    ponds = np.where(
        (terrain.shore > 140) & (terrain.shore < 1400) & (terrain.height < 12), 1.0, -1.0
    )
    ponds = np.where(county.inside & (terrain.x < 14e3), ponds, -1.0)
    ponds = np.minimum(ponds, noise(terrain.x, terrain.y + 3e4) - 0.05)
    fields = shapely.MultiPolygon(outlines(GRID, farmed, least_m2=4e4))
    basins = shapely.MultiPolygon(outlines(GRID, ponds, least_m2=4e4))
    basins = shapely.difference(basins, other)
    fields = shapely.difference(shapely.simplify(fields, 10), other)
    dug = _ponds()
    shapely.prepare(basins)
    dug = dug[shapely.contains(basins, dug)]
    fields = shapely.difference(fields, shapely.union_all(dug))
    out = [Cover(p, {"landuse": "farmland"}) for p in polygons_of(fields, 8e3)]
    out += [Cover(p, {"landuse": "aquaculture"}) for p in dug]
    return out


def _ponds() -> Any:
    """Rows of fish ponds behind the whole sea dyke, to choose from."""
    u, v = np.meshgrid(np.arange(5000.0, 15000.0, 168.0), np.arange(-14000.0, 14000.0, 96.0))
    u = u + 60 * (np.round(v / 96) % 3)
    corners = []
    for du, dv in ((0, 0), (158, 0), (158, 86), (0, 86)):
        x, y = (u + du).ravel(), (v + dv).ravel()
        corners.append(np.stack([x * 0.995 - y * 0.1, y * 0.995 + x * 0.1], axis=1))
    return shapely.polygons(np.round(np.stack(corners, axis=1), 1))


def _buildings(
    rng: np.random.Generator, blocks: list[Block], network: Network
) -> tuple[list[Any], list[str]]:
    """Rows of houses set along each block's own bearing, clear of its streets."""
    built = [b for b in blocks if b.use in _HOUSES]
    shapes = np.array([b.shape for b in built], dtype=object)
    inner = shapely.buffer(shapes, -11, join_style="mitre")
    boxes = shapely.oriented_envelope(shapes)
    candidates: list[Floats] = []
    owner: list[int] = []
    for k, block in enumerate(built):
        if inner[k].is_empty or boxes[k].geom_type != "Polygon":
            continue
        rows = _rows(rng, block, shapely.get_coordinates(boxes[k]))
        candidates.append(rows)
        owner += [k] * len(rows)
    if not owner:
        return [], []
    quads = shapely.polygons(np.round(np.concatenate(candidates), 1))
    who = np.array(owner)
    shapely.prepare(inner)
    fits = shapely.contains(inner[who], quads)
    # dead ends and viaducts bound no block: houses keep off them as well
    open_air = [e for e in network.edges if "tunnel" not in e.tags]
    near, _ = shapely.STRtree(quads).query(as_lines(open_air), predicate="dwithin", distance=6.0)[
        ::-1
    ]
    fits[near] = False
    high = as_lines([e for e in open_air if not e.road.ground])
    near, _ = shapely.STRtree(quads).query(high, predicate="dwithin", distance=22.0)[::-1]
    fits[near] = False
    return list(quads[fits]), [built[k].use for k in who[fits]]


# By use: house width, depth, gap along and gap between rows (m), share of places left empty.
_HOUSES = {
    "residential": (46.0, 13.0, 14.0, 21.0, 0.16),
    "commercial": (46.0, 30.0, 16.0, 22.0, 0.15),
    "industrial": (78.0, 38.0, 20.0, 20.0, 0.22),
    "education": (60.0, 16.0, 26.0, 42.0, 0.3),
}


def _rows(rng: np.random.Generator, block: Block, box: Floats) -> Floats:
    a, b, c = box[0], box[1], box[2]
    along_len = float(np.sqrt(((b - a) ** 2).sum()))
    depth_len = float(np.sqrt(((c - b) ** 2).sum()))
    if abs((b - a)[0]) < abs((c - b)[0]):  # houses face south: rows run east and west
        a, b, c = b, c, box[3]
        along_len, depth_len = depth_len, along_len
    width, depth, gap, lane, empty = _HOUSES[block.use]
    scale = 0.66 if block.density < 0.5 and block.use == "residential" else 1.0
    empty = empty if scale == 1.0 else 0.34
    width, gap = width * scale * (0.8 + 0.5 * rng.random()), gap * scale
    u, v = (b - a) / max(along_len, 1e-9), (c - b) / max(depth_len, 1e-9)
    nx = max(int((along_len - 20) / (width + gap)), 1)
    ny = max(int((depth_len - 20) / (depth + lane)), 1)
    x = (along_len - nx * (width + gap) + gap) / 2 + (width + gap) * np.arange(nx)
    y = (depth_len - ny * (depth + lane) + lane) / 2 + (depth + lane) * np.arange(ny)
    gx, gy = (g.ravel() for g in np.meshgrid(x, y))
    keep = rng.random(len(gx)) > empty
    gx, gy = gx[keep], gy[keep]
    w = width * (0.75 + 0.25 * rng.random(len(gx)))
    d = depth * (0.85 + 0.3 * rng.random(len(gx)))
    corners = [(gx, gy), (gx + w, gy), (gx + w, gy + d), (gx, gy + d), (gx, gy)]
    return np.stack([a + cx[:, None] * u + cy[:, None] * v for cx, cy in corners], axis=1)
