"""How long a base map tile takes, cold and from the cache, and how long its data take to load.

    python tests/bench/base_tiles.py FILE.osm.pbf… [--districts FILE.geojson]

Makes a scratch database per file, loads roads and base map, asks for up to 60 tiles with roads in
them per zoom, each once. Prints one JSON line per file for loading and one per zoom.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo import db
from geo.cluster import Cluster
from geo.home import home
from geo.intake.base import read_base, save_base
from geo.intake.districts import load_districts
from layers.tiles import TileCache, tile
from routing.sources import read_roads
from routing.store import load_roads, save_roads

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ZOOMS = range(8, 17)


def main() -> None:
    """Measure each file in a database of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--districts", type=Path)
    given = parser.parse_args()
    cluster = Cluster(home()).start()
    for file in given.files:
        name = "bench_base_tiles"
        cluster.drop_database(name)
        cluster.create_database(name)
        try:
            _measure(cluster.url(name), file, given.districts)
        finally:
            cluster.drop_database(name)


def _measure(url: str, file: Path, districts: Path | None) -> None:
    db.migrate(url)
    engine = db.engine(url)
    spent = {}
    begun = time.perf_counter()
    table = read_roads([file])
    spent["read_roads_s"], begun = _since(begun)
    save_roads(engine, table, source="bench", synthetic=False, now=NOW)
    spent["save_roads_s"], begun = _since(begun)
    with db.session(engine) as session:
        load_roads(session)
    spent["restore_roads_s"], begun = _since(begun)
    base = read_base([file])
    with db.session(engine) as session:
        save_base(session, base, source="bench", synthetic=False, now=NOW)
    spent["base_map_s"], begun = _since(begun)
    if districts is not None:
        load_districts(engine, [districts], source="bench", synthetic=False, now=NOW)
    sizes = {"nodes": table.nodes, "edges": table.edges, "km": round(table.km, 1)}
    sizes |= {"raw_nodes": table.report.nodes_in, "areas": len(base.areas)}
    print(json.dumps({"bench": "load", "on": file.name, **sizes, **spent}))
    with db.session(engine) as session:
        for zoom in ZOOMS:
            print(json.dumps({"bench": "tile", "on": file.name, **_zoom(session, zoom)}))
    engine.dispose()


def _since(begun: float) -> tuple[float, float]:
    now = time.perf_counter()
    return round(now - begun, 2), now


def _zoom(session: Session, zoom: int) -> dict[str, float | int]:
    spots = session.execute(
        text("SELECT ST_X(geom), ST_Y(geom) FROM road_node ORDER BY md5(id::text) LIMIT 200")
    )
    n = 2**zoom
    found = {
        (
            int((lon + 180) / 360 * n),
            int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n),
        )
        for lon, lat in spots
    }
    cache, cold, warm, sizes = TileCache(), [], [], []
    for x, y in sorted(found)[:60]:
        for kept in (cold, warm):
            begun = time.perf_counter()
            body = cache.get((zoom, x, y), lambda x=x, y=y: tile(session, zoom, x, y))
            kept.append((time.perf_counter() - begun) * 1000)
        sizes.append(len(body))
    return {
        "zoom": zoom,
        "tiles": len(cold),
        "cold_p50_ms": round(sorted(cold)[len(cold) // 2], 1),
        "cold_p95_ms": round(sorted(cold)[math.ceil(len(cold) * 0.95) - 1], 1),
        "warm_p95_ms": round(sorted(warm)[math.ceil(len(warm) * 0.95) - 1], 3),
        "largest_kb": max(sizes) // 1024,
    }


if __name__ == "__main__":
    main()
