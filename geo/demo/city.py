"""Makes the demo city 云江市 (演示数据): a fictional county-level city in open sea.

Nothing in it exists: land, streets, people and telephone numbers are drawn by the generators of
this package from one seed, and the same seed gives the same files.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.demo.frame import polygons_of, to_lonlat
from geo.demo.land import Land, cover
from geo.demo.layout import Layout, lay_out
from geo.demo.names import Names
from geo.demo.osm import Drawing
from geo.demo.people import CELL_M, Crowd, crowd
from geo.demo.places import all_places, incidents
from geo.demo.posts import kilometre_posts
from geo.demo.register import COLUMNS, Place
from geo.demo.routes import grade, name_bridges, name_streets, one_ways
from geo.demo.terrain import KM, Terrain
from geo.demo.towns import COUNTY_CODE, SECOND_ISLAND, TOWNS, County

CLOCK = datetime(2026, 6, 15, 9, 30, tzinfo=timezone(timedelta(hours=8)))
NAME = "云江市"


@dataclass(frozen=True)
class CityFiles:
    """The files of a demo city, in the formats that the loaders read."""

    roads: Path  # also the base map: water, land use, buildings, names
    districts: Path
    people: Path
    risks: Path
    resources: Path
    stock: Path
    manifest: Path


def make_city(folder: Path, seed: int = 20260601) -> CityFiles:
    """Draws the city and writes its files into ``folder`` (made if missing)."""
    folder.mkdir(parents=True, exist_ok=True)
    files = CityFiles(
        folder / "city.osm.pbf", folder / "districts.geojson", folder / "people.csv",
        folder / "risks.csv", folder / "resources.csv", folder / "stock.csv",
        folder / "manifest.json",
    )  # fmt: skip
    names = Names(seed)
    terrain = Terrain(seed)
    county = County(seed, terrain)
    layout = lay_out(seed, terrain, county)
    grade(layout.network, terrain)
    one_ways(layout.network)
    name_streets(layout.network, names)
    name_bridges(layout.network, terrain, names)
    village_names = [
        names.village("sea" if v.x > 13 * KM else "hill" if v.hill else "plain") + "村"
        for v in layout.villages
    ]
    land = cover(seed, terrain, county, layout)
    people = crowd(county, land)
    risks, resources, stock = all_places(
        seed, CLOCK, (terrain, county, layout, land), names, village_names
    )
    _write_map(files.roads, (terrain, county, layout, land), village_names, names)
    _write_districts(files.districts, county)
    _write_people(files.people, people)
    for path, rows in ((files.risks, risks), (files.resources, resources), (files.stock, stock)):
        _write_places(path, rows)
    manifest = {
        "name": NAME,
        "title": f"{NAME}(演示数据)",
        "source": "demo",
        "synthetic": True,
        "clock": CLOCK.isoformat(),
        "bounds": _bounds(county),
        "seed": seed,
        "incidents": incidents(risks, layout, village_names),
    }
    files.manifest.write_text(_json(manifest, indent=2) + "\n", encoding="utf-8")
    return files


def _write_map(
    path: Path, world: tuple[Terrain, County, Layout, Land], villages: list[str], names: Names
) -> None:
    terrain, county, layout, land = world
    d = Drawing()
    d.roads(layout.network)
    for polygon in polygons_of(terrain.sea):
        d.area(polygon, {"natural": "water", "water": "sea", "name": "云海"})
    for course in [terrain.river, *terrain.streams, *terrain.canals]:
        tags = {"natural": "water", "water": course.kind, "name": course.name}
        for polygon in polygons_of(shapely.intersection(course.area, terrain.land), 50):
            d.area(polygon, tags)
        d.way(d.points(course.line), {"waterway": course.kind, "name": course.name})
    for lake in terrain.reservoirs:
        d.area(lake.area, {"natural": "water", "water": "reservoir", "name": lake.name})
    found = [(p, c.tags) for c in land.covers for p in polygons_of(c.shape, 100)]
    d.areas([p for p, _ in found], [tags for _, tags in found])
    kinds = {"commercial": "commercial", "industrial": "industrial", "education": "school"}
    d.areas(land.buildings, [{"building": kinds.get(u, "residential")} for u in land.building_use])
    d.point((1.5 * KM, 0.5 * KM), {"place": "city", "name": NAME})
    for k, town in enumerate(TOWNS):
        kind = "suburb" if town.kind == "街道" else "town"
        seat = d.point(town.at, {"place": kind, "name": town.full_name})
        tags = {"admin_level": "8", "name": town.full_name, "ref": _code(k)}
        d.boundary(county.districts[k], tags, seat)
    for v, name in zip(layout.villages, villages, strict=True):
        d.point((v.x, v.y), {"place": "village", "name": name})
    for at in terrain.peaks(county.inside):
        d.point(at, {"natural": "peak", "name": names.peak()})
    for at, name in (((18.2, 6.3), "星屿岛"), (SECOND_ISLAND, "渔灯岛")):
        d.point((at[0] * KM, at[1] * KM + 300), {"place": "island", "name": name})
    for post in kilometre_posts(layout.network):
        tags = {"highway": "milestone", "ref": post.ref, "distance": str(post.km)}
        d.point(post.xy, tags)
    d.write(path)


def _code(town: int) -> str:
    return f"{COUNTY_CODE}{town + 1:03d}"


def _write_districts(path: Path, county: County) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"key": _code(k), "name": TOWNS[k].full_name, "code": _code(k),
                           "kind": TOWNS[k].kind},
            "geometry": json.loads(shapely.to_geojson(shapely.transform(shape, to_lonlat))),
        }
        for k, shape in county.districts.items()
    ]  # fmt: skip
    body = {"type": "FeatureCollection", "name": "districts", "features": features}
    path.write_text(_json(body) + "\n", encoding="utf-8")


def _write_people(path: Path, people: Crowd) -> None:
    lonlat = to_lonlat(people.xy)
    cells = np.floor(people.xy / CELL_M).astype(int)
    _write_csv(
        path,
        ("key", "lon", "lat", "size_m", "day", "night"),
        (
            (f"{c[0]}:{c[1]}", p[0], p[1], int(CELL_M), int(day), int(night))
            for c, p, day, night in zip(
                cells, lonlat.tolist(), people.day, people.night, strict=True
            )
            if day or night
        ),
    )


def _write_places(path: Path, places: list[Place]) -> None:
    lonlat = to_lonlat(np.array([p.xy for p in places])).tolist()
    rows = []
    for place, (lon, lat) in zip(places, lonlat, strict=True):
        special = {
            "lon": lon,
            "lat": lat,
            "township": TOWNS[place.town].full_name,
            "shape_wkt": _wkt(place.shape),
            "attributes": _json(place.attributes) if place.attributes else "",
            "updated_at": place.updated_at.isoformat() if place.updated_at else "",
        }
        row = [special[c] if c in special else getattr(place, c) for c in COLUMNS]
        rows.append(["" if v is None else v for v in row])
    _write_csv(path, COLUMNS, rows)


def _wkt(shape: Any) -> str:
    if shape is None:
        return ""
    wkt: str = shapely.to_wkt(shapely.transform(shape, to_lonlat), rounding_precision=7)
    return wkt


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _bounds(county: County) -> list[float]:
    west, south, east, north = county.area.bounds
    corners = to_lonlat(np.array([(west, south), (east, north)]))
    return [round(float(v), 4) for v in corners.ravel()]


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
