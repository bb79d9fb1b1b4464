"""The base map as Mapbox vector tiles, cut by PostGIS from stored EPSG:3857 columns.

Layers: landuse(kind, name), water(kind, name; narrow ones as lines), building, road(class, name,
ref, bridge, tunnel, oneway), road_label(name, ref, class), place(kind, name, rank),
district(lines), district_label(name). Where a zoom groups roads by class, they bear no names.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import InvalidInput
from geo.queries.holdings import layer_version
from layers.tilerules import tile_rules

EXTENT = 4096
_BUFFER = 64  # units beyond the tile's edge, so that lines are not seen to end there
_WORLD_M = 40_075_016.685578488
_NAMED_ROADS = 14  # from here each stretch is a feature of its own with its name

_BASE = """
WITH here AS MATERIALIZED (
    SELECT ST_TileEnvelope(:z, :x, :y) AS tile,
           ST_TileEnvelope(:z, :x, :y, margin => :margin) AS wide
),
area AS MATERIALIZED (
    SELECT a.kind, a.subkind, a.name, a.id, ST_AsMVTGeom(
        CASE WHEN ST_NPoints(a.geom_3857) > 40
             THEN ST_Simplify(a.geom_3857, :tolerance, true) ELSE a.geom_3857 END,
        here.tile, :extent, :buffer) AS geom
    FROM base_area a, here
    WHERE a.geom_3857 && here.wide AND a.kind = ANY(:kinds) AND CASE
        WHEN a.kind = 'water' AND ST_Dimension(a.geom_3857) = 1 THEN a.subkind = ANY(:lines)
        ELSE {side} >= CASE a.kind WHEN 'building' THEN :building_m
                                   WHEN 'water' THEN :water_m ELSE :landuse_m END
    END
),
label AS (
    SELECT coalesce(nullif(e.name, ''), e.ref) AS name, nullif(e.ref, '') AS ref, e.class,
           ST_Multi(ST_LineMerge(ST_Collect(
               ST_ClipByBox2D(ST_Simplify(e.geom_3857, :tolerance), here.wide)))) AS geom
    FROM road_edge e, here
    WHERE e.drawn AND e.geom_3857 && here.wide AND (e.name <> '' OR e.ref <> '')
      AND {label_class}
    GROUP BY 1, 2, 3
)
SELECT
    (SELECT ST_AsMVT(r, 'landuse', :extent) FROM (
        SELECT subkind AS kind, name, geom FROM area
        WHERE kind IN ('landuse', 'beach') AND geom IS NOT NULL ORDER BY id) r)
    || (SELECT ST_AsMVT(r, 'water', :extent) FROM (
        SELECT subkind AS kind, name, geom FROM area
        WHERE kind = 'water' AND geom IS NOT NULL ORDER BY id) r)
    || (SELECT ST_AsMVT(r, 'building', :extent) FROM (
        SELECT geom FROM area WHERE kind = 'building' AND geom IS NOT NULL ORDER BY id) r)
    || (SELECT ST_AsMVT(r, 'road', :extent) FROM ({roads}) r WHERE geom IS NOT NULL)
    || (SELECT ST_AsMVT(r, 'road_label', :extent) FROM (
        SELECT name, ref, class, ST_AsMVTGeom(geom, here.tile, :extent, :buffer) AS geom
        FROM label, here WHERE ST_Length(geom) >= :label_m ORDER BY name, class) r
        WHERE geom IS NOT NULL)
    || (SELECT ST_AsMVT(r, 'place', :extent) FROM (
        SELECT n.kind, n.name, n.rank,
               ST_AsMVTGeom(n.geom_3857, here.tile, :extent, 0, false) AS geom
        FROM base_name n, here
        WHERE n.geom_3857 && here.tile AND n.rank <= :rank
          AND NOT (:z >= 13 AND n.kind = 'water' AND n.attributes ? 'of_area')
        ORDER BY n.rank, n.id) r)
    || (SELECT ST_AsMVT(r, 'district', :extent) FROM (
        SELECT ST_AsMVTGeom(ST_Union(ST_ClipByBox2D(
            ST_Boundary(ST_Simplify(d.geom_3857, :tolerance)), here.wide)),
            here.tile, :extent, :buffer) AS geom
        FROM district d, here WHERE :border AND d.geom_3857 && here.wide
        GROUP BY here.tile) r WHERE geom IS NOT NULL)
    || (SELECT ST_AsMVT(r, 'district_label', :extent) FROM (
        SELECT name, ST_AsMVTGeom(at, tile, :extent, 0, false) AS geom FROM (
            SELECT d.id, d.name, here.tile, ST_PointOnSurface(d.geom_3857) AS at
            FROM district d, here WHERE :district_label AND d.geom_3857 && here.tile) p
        WHERE at && tile ORDER BY id) r)
"""
_SIDE = (
    "greatest(ST_XMax(a.geom_3857) - ST_XMin(a.geom_3857),"
    " ST_YMax(a.geom_3857) - ST_YMin(a.geom_3857))"
)
_GROUPED = """
    SELECT class, bridge, tunnel, oneway, ST_AsMVTGeom(geom, tile, :extent, :buffer) AS geom FROM (
        SELECT e.class, nullif(e.bridge, false) AS bridge, nullif(e.tunnel, false) AS tunnel,
               NULL::boolean AS oneway, here.tile,
               ST_Collect(ST_Simplify(e.geom_3857, :tolerance, true)) AS geom
        FROM road_edge e, here
        WHERE e.drawn AND e.geom_3857 && here.wide AND {road_class}
        GROUP BY 1, 2, 3, here.tile) g
"""
_NAMED = """
    SELECT e.class, nullif(e.name, '') AS name, nullif(e.ref, '') AS ref,
           nullif(e.bridge, false) AS bridge, nullif(e.tunnel, false) AS tunnel,
           nullif(e.oneway, false) AS oneway,
           ST_AsMVTGeom(e.geom_3857, here.tile, :extent, :buffer) AS geom
    FROM road_edge e, here
    WHERE e.drawn AND e.geom_3857 && here.wide AND {road_class}
"""


def tile(session: Session, z: int, x: int, y: int) -> bytes:
    """One tile of the base map; empty where there is nothing. Raises InvalidInput off the grid."""
    rules = tile_rules()
    if not (0 <= z <= 24 and 0 <= x < 2**z and 0 <= y < 2**z):
        raise InvalidInput(
            f"There is no tile {z}/{x}/{y}.",
            remedy="z is 0-24; x and y are at least 0 and less than 2 to the power of z.",
            tile=f"{z}/{x}/{y}",
        )
    pixel_m = _WORLD_M / 2**z / 256
    roads, labels = rules.shown(rules.road, z), rules.shown(rules.road_label, z)
    statement = _BASE.format(
        side=_SIDE,
        roads=(_NAMED if z >= _NAMED_ROADS else _GROUPED).format(
            road_class="true" if roads is None else "e.class = ANY(:roads)"
        ),
        label_class="true" if labels is None else "e.class = ANY(:labels)",
    )
    found = session.scalar(
        text(statement),
        {
            "z": z,
            "x": x,
            "y": y,
            "extent": EXTENT,
            "buffer": _BUFFER,
            "margin": _BUFFER / EXTENT,
            "tolerance": pixel_m / 3,
            "label_m": 40 * pixel_m,
            "rank": rules.lowest_rank(z),
            "lines": [key for key in ("river", "canal", "stream", "ditch") if z >= rules.area[key]],
            "border": z >= rules.border,
            "district_label": z >= rules.district_label,
            "kinds": [kind for kind, first in rules.area.items() if z >= first],
            **{f"{kind}_m": rules.pixels[kind] * pixel_m for kind in rules.pixels},
            **({} if roads is None else {"roads": roads}),
            **({} if labels is None else {"labels": labels}),
        },
    )
    return bytes(found or b"")


def base_version(session: Session) -> int:
    """The version of what the base map's tiles show."""
    return layer_version(session, "base")


class TileCache:
    """The tiles asked for last, up to a number of bytes; keyed by version and rights too.

    An old version's tiles are never asked for again and fall out by themselves. Safe to share
    between threads; two that ask for the same tile at once may both make it.
    """

    def __init__(self, most_bytes: int = 128 * 1024 * 1024) -> None:
        self._most = most_bytes
        self._held = 0
        self._tiles: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The tile for a key such as (version, rights, z, x, y); made where it is not held."""
        with self._lock:
            if (held := self._tiles.get(key)) is not None:
                self._tiles.move_to_end(key)
                return held
        made = make()
        with self._lock:
            old = self._tiles.pop(key, b"")
            self._held += len(made) - len(old)
            self._tiles[key] = made
            while self._held > self._most and self._tiles:
                self._held -= len(self._tiles.popitem(last=False)[1])
        return made

    def __len__(self) -> int:
        return len(self._tiles)
