"""All risk sources, resources and stock lines of the demo city, and its demonstration incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from geo.demo import roster
from geo.demo.frame import to_lonlat
from geo.demo.land import Land
from geo.demo.layout import Layout
from geo.demo.names import Names
from geo.demo.register import Place, Register, rules
from geo.demo.sites import Sites
from geo.demo.terrain import KM, Terrain
from geo.demo.towns import TOWNS, County, nearest_of

_SPOTS = ["学校操场", "文化广场", "公共停车场", "体育公园", "农贸市场停车场", "公园空地", "高速服务区"]


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
    return risks, resources, roster.stock(book, resources)


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


def incidents(
    risks: list[Place], layout: Layout, terrain: Terrain, village_names: list[str]
) -> list[dict[str, Any]]:
    """The demonstration incidents, the chemical leak first."""

    def pick(code: str, x: float, y: float) -> Place:
        found = [p for p in risks if p.category == code]
        return found[int(nearest_of([(x * KM, y * KM)], [p.xy for p in found])[1][0])]

    plant, factory = pick("R002", 9.8, -5.6), pick("R023", 4.0, 2.0)
    dam = pick("R086", -9.0, 7.0)
    slide = pick("R084", -13.5, 6.0)
    village = village_names[int(nearest_of([slide.xy], [(v.x, v.y) for v in layout.villages])[1][0])]
    forest = pick("R092", -6.5, 4.0)
    tunnel, crash = pick("R056", -12.0, 3.5), pick("R057", 2.0, 5.0)
    town = TOWNS[slide.town].full_name
    rows: list[tuple[str, Any, str, str, dict[str, Any]]] = [
        ("12B01", plant.xy, f"{plant.name}液氨储罐泄漏",
         "罐区液氨管道法兰破裂,有白雾向西北方向居住区飘散,厂内人员正在撤离。",
         {"casualties": 2, "wind_from_deg": 135.0, "wind_mps": 2.4}),
        ("12E04", factory.xy, f"{factory.name}厂房火灾",
         "三层厂房二楼起火,现场浓烟,有人员被困,具体人数不明。", {"trapped": 5, "wind_from_deg": 120.0,
                                                   "wind_mps": 3.1}),
        ("11D01", slide.xy, f"{town}{village}山体滑坡",
         "强降雨后村后山体滑坡,进村唯一道路旁有落石,部分房屋受威胁。", {"trapped": 3}),
        ("11B01", (8.6 * KM, 2.2 * KM), "台风登陆沿海低洼区域险情",
         "台风预计六小时内在望潮街道沿海登陆,低洼区域人员需转移。",
         {"wind_from_deg": 70.0, "wind_mps": 28.0, "radius_m": 3000.0}),
        ("11G01", forest.xy, f"{forest.name}森林火灾",
         "瞭望塔发现明火,火线约三百米,向山脊蔓延。", {"wind_from_deg": 225.0, "wind_mps": 4.6}),
        ("11A03", dam.xy, f"{dam.name}坝体渗漏险情", "坝后坡发现集中渗漏,水库水位超汛限零点八米。", {}),
        ("12G06", tunnel.xy, f"{tunnel.name}局部坍塌", "隧道内衬砌掉落,双向交通中断,有车辆被困。",
         {"trapped": 7, "casualties": 1}),
        ("12F01", crash.xy, "大客车与货车相撞事故", "一辆载客三十余人的客车与货车相撞,道路受阻。",
         {"casualties": 11}),
    ]  # fmt: skip
    out = []
    for event_type, at, title, description, more in rows:
        lon, lat = to_lonlat(np.array(at)).tolist()
        out.append({"event_type": event_type, "lon": lon, "lat": lat, "title": title + "(演示)",
                    "description": description + "(演示数据)", **more})  # fmt: skip
    return out
