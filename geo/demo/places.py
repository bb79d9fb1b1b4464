"""All risk sources, resources and stock lines of the demo city, and its demonstration incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import shapely

from geo.demo import roster
from geo.demo.frame import to_lonlat
from geo.demo.land import Land
from geo.demo.layout import Layout
from geo.demo.names import Names
from geo.demo.register import Place, Register, rules
from geo.demo.sites import Sites
from geo.demo.terrain import KM, Terrain
from geo.demo.towns import TOWNS, County, nearest_of

_SPOTS = [
    "学校操场",
    "文化广场",
    "公共停车场",
    "体育公园",
    "农贸市场停车场",
    "公园空地",
    "高速服务区",
]


def all_places(
    seed: int,
    now: datetime,
    world: tuple[Terrain, County, Layout, Land],
    names: Names,
    village_names: list[str],
) -> tuple[list[Place], list[Place], list[Place]]:
    """Risk sources, resources, stock lines."""
    terrain, _county, layout, _land = world
    sites = Sites(seed, *world)
    named = [e for e in layout.network.edges if "name" in e.tags and e.road.ground]
    streets = np.array([e.xy[len(e.xy) // 2] for e in named])
    book = Register(
        seed, now, sites, names,
        (streets, [e.tags["name"] for e in named]),
        (sites.villages, village_names),
    )  # fmt: skip
    book.extra = {
        "bridge": [e.tags["bridge:name"] for e in sites.bridges],
        "tunnel": [e.tags.get("tunnel:name", "隧道") for e in sites.tunnels],
        "reservoir": [r.name for r in terrain.reservoirs],
        "exit": [e.name for e in layout.exits],
        "hospital": ["人民", "中医"],
        "spot": _SPOTS,
    }
    _mixed_pools(sites)
    risks = [p for code, rule in rules("risks", "R").items() for p in _risks(book, code, rule)]
    resources = roster.teams(book)
    sites._put("ambulance", [*sites.seats, *sites.draw("dense", 14)], spread=80)
    for code, rule in rules("resources", "S").items():
        resources += book.places(code, rule)
    resources += roster.shelters(book)
    resources += roster.depots(book)
    _shapes(risks, terrain, layout, sites)
    return risks, resources, roster.stock(book, resources)


def _shapes(risks: list[Place], terrain: Terrain, layout: Layout, sites: Sites) -> None:
    """Outlines and lines for what is larger than a point."""
    park = next(z.cells for z in layout.zones if z.character == "industry")
    lines = {
        "R055": [shapely.LineString(e.xy) for e in sites.bridges],
        "R056": [shapely.LineString(e.xy) for e in sites.tunnels],
        "R086": [r.area for r in terrain.reservoirs],
        "R098": [shapely.simplify(r.area.buffer(250), 20) for r in terrain.reservoirs],
        "R004": [shapely.simplify(park, 5)],
    }
    for place in risks:
        if lines.get(place.category):
            place.shape = lines[place.category].pop(0)


def _mixed_pools(sites: Sites) -> None:
    schools, homes, parks = sites.all("school"), sites.draw("homes", 160), sites.all("park")
    villages = sites.all("village")
    sites._put("school_mix", [*schools, *homes[:110]], spread=10)
    sites._put("post_mix", [*sites.draw("school", 30), *sites.draw("park", 20),
                            *sites.draw("road", 30), *sites.draw("exit", 6),
                            *sites.draw("village", 40)], spread=25)  # fmt: skip
    sites._put("park_mix", [*parks, *schools[:20]], spread=15)
    sites._put("village_mix", [*villages, *homes], spread=50)
    sites._put("seat_each", sites.seats, spread=160)
    sites._put("fire_station", roster.fire_stations(), spread=20)
    sites._put("bus_yard", sites.draw("main_street", 9), spread=45)


def _risks(book: Register, code: str, rule: dict[str, Any]) -> list[Place]:
    fixed = {"bridge": "bridge", "tunnel": "tunnel", "dam": "dam"}.get(rule["at"])
    points = None
    if fixed:
        pool = book.sites.all(fixed)
        points = pool[: min(rule["n"], len(pool))]
    return book.places(code, rule, points)


def incidents(risks: list[Place], layout: Layout, village_names: list[str]) -> list[dict[str, Any]]:
    """The demonstration incidents of data/demo/incidents.toml, set on the finished map."""
    homes = [(v.x, v.y) for v in layout.villages]
    out = []
    for row in rules("incidents", "incident"):
        given = {k: v for k, v in row.items() if k not in ("near", "at")}
        words: dict[str, str] = {}
        if "at" in row:
            at = np.array(row["at"]) * KM
        elif row["near"][0] == "lone_village":
            at, words = _lone_village(row["near"], layout, village_names)
        else:
            found = [p for p in risks if p.category == row["near"][0]]
            middle = np.array([row["near"][1:]]) * KM
            place = found[int(nearest_of(middle, [p.xy for p in found])[1][0])]
            at = np.array(place.xy)
            words = {"name": place.name, "town": TOWNS[place.town].full_name}
            words["village"] = village_names[int(nearest_of([at], homes)[1][0])]
        lon, lat = to_lonlat(at).tolist()
        given["title"] = row["title"].format(**words) + "(演示)"
        given["description"] = row["description"] + "(演示数据)"
        out.append({"event_type": given.pop("event_type"), "lon": lon, "lat": lat, **given})
    return out


def _lone_village(
    near: list[Any], layout: Layout, village_names: list[str]
) -> tuple[Any, dict[str, str]]:
    """The hill village nearest to a place that hangs on a single stretch of road."""
    reach = layout.network.hanging(east_of=-7.0 * KM)
    villages = [k for k, v in enumerate(layout.villages) if v.hill]
    xy = np.array([(layout.villages[k].x, layout.villages[k].y) for k in villages])
    used = np.unique(np.array([(e.start, e.end) for e in layout.network.edges]))
    distance, node = nearest_of(xy, layout.network.nodes[used])
    alone = reach[used[node]] & (distance < 150)
    middle = np.array([near[1:]]) * KM
    k = villages[int(np.flatnonzero(alone)[nearest_of(middle, xy[alone])[1][0]])]
    v = layout.villages[k]
    words = {"town": TOWNS[v.town].full_name, "village": village_names[k]}
    return np.array([v.x + 60.0, v.y + 40.0]), words
