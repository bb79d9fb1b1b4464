"""A situation that fits on paper: a leak at the origin of a small flat town, told in frozen values.

Metres east and north of the incident; one degree is taken as 111,000 m both ways.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import atan2, degrees, hypot
from typing import Any
from uuid import UUID, uuid5

from geo.domain import (
    Incident,
    LonLat,
    People,
    PopulationCell,
    Provenance,
    Resource,
    ResourceEta,
    Risk,
    Why,
    Zone,
)
from geo.situation import (
    CordonCrossing,
    Exposed,
    MeasuredRoute,
    MeasuredZone,
    PostCandidate,
    Shelter,
    Situation,
    SourceAge,
    SquadTime,
)

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
ORIGIN = (123.0, 28.0)
_SPACE = UUID("6f2a1c1e-0000-4000-8000-000000000000")
SOURCE = Provenance("demo", datetime(2026, 5, 1, tzinfo=UTC), True)


def ident(name: str) -> UUID:
    return uuid5(_SPACE, name)


def at(east_m: float, north_m: float) -> LonLat:
    return (ORIGIN[0] + east_m / 111_000, ORIGIN[1] + north_m / 111_000)


def resource(name: str, category: str, east: float, north: float, **more: Any) -> Resource:
    kind = more.pop("kind", "team")
    more.setdefault("status", "standby")
    return Resource(
        id=ident(name),
        category=category,
        kind=kind,
        name=name,
        at=at(east, north),
        provenance=SOURCE,
        phone=more.pop("phone", "00000"),
        **more,
    )


def eta(
    what: Resource, road_s: int | None, turnout_s: int = 60, why: Why | None = None
) -> ResourceEta:
    lon, lat = what.at
    straight = round(hypot(lon - ORIGIN[0], lat - ORIGIN[1]) * 111_000)
    distance = None if road_s is None else road_s * 10
    return ResourceEta(what, turnout_s, road_s, distance, straight, None, why)


def ring(name: str, radius_m: int, evacuate: bool, day: int | None, night: int | None) -> Any:
    r = radius_m / 111_000
    x, y = ORIGIN
    square = [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r], [x - r, y - r]]
    geometry = {"type": "Polygon", "coordinates": [square]}
    return MeasuredZone(Zone(name, geometry, radius_m, "A", "test"), evacuate, day, night)


def post(name: str, east: float, north: float, squad_s: int | None, **more: Any) -> PostCandidate:
    known = {"attributes": more.pop("attributes", {}), "status": more.pop("status", None)}
    site = resource(name, "S005", east, north, kind="site", **known)
    why: Why | None = None if squad_s is not None else more.pop("why", "unreachable")
    times = (SquadTime(str(ident("squad")), squad_s, squad_s and squad_s * 10, why),)
    return PostCandidate(
        resource=site,
        distance_m=round(hypot(east, north)),
        bearing_deg=round(degrees(atan2(east, north))) % 360,
        zone=more.pop("zone", None),
        margin_m=400,
        closure=more.pop("closure", None),
        squads=more.pop("squads", times),
        ways_out=more.pop("ways_out", 2),
        helicopter_m=None,
        **more,
    )


def shelter(name: str, east: float, free: int, **more: Any) -> Shelter:
    zone = more.pop("zone", None)
    what = resource(
        name,
        "S077",
        east,
        0,
        kind="shelter",
        status=more.pop("status", "ready"),
        capacity=more.pop("capacity", free + 50),
        occupied=more.pop("occupied", 50),
        phone=None,
    )
    return Shelter(eta(what, 200, 0), zone)


def route(kind: Any, key: str, resource_id: str, edges: tuple[str, ...]) -> MeasuredRoute:
    return MeasuredRoute(key, kind, resource_id, (ORIGIN, at(900, 0)), 900, 90, (), edges)


def leak(**change: Any) -> Situation:
    """An ammonia leak by day, wind from the north, 300 people inside, every section fed."""
    squad = resource("squad", "S021", 3000, 0, members=12)
    teams = [
        eta(resource("fire-1", "S016", 1000, 0), 300),
        eta(resource("fire-2", "S016", 0, 2000), 420),
        eta(resource("fire-far", "S016", 9000, 0), 1500),
        eta(resource("special", "S017", 2000, 2000), 480),
        eta(resource("hazmat", "S030", 4000, 0), 500, 600),
        eta(resource("decon", "S161", 2500, 0), 360, 80),
        eta(resource("police-1", "S008", 500, 500), 120, 120),
        eta(resource("police-2", "S008", 1500, 500), 240, 120),
        eta(resource("ambulance-1", "S058", 700, 0), 180),
        eta(resource("ambulance-2", "S058", 1700, 0), 300),
        eta(resource("cut-off", "S016", 100, 4000), None, 60, "unreachable"),
        eta(resource("nowhere", "S016", 100, 5000), None, 60, "no_road_data"),
        eta(squad, 420, 180),
    ]
    hospital = resource("hospital", "S055", 4000, 0, kind="site", capacity=100, occupied=60)
    school = Risk(ident("school"), "R034", "school", at(100, 0), SOURCE, 120, "head", "00001")
    water = resource("water", "S101", 5000, 0, kind="stock", quantity=1000.0, unit="L")
    situation = Situation(
        incident=Incident(
            id=ident("incident"),
            event_type="12B01",
            at=ORIGIN,
            reported_at=NOW,
            title="leak",
            wind_from_deg=0,
            wind_mps=3,
        ),
        event_type_zh="危化品泄漏",
        event_type_en="Hazmat release",
        at=NOW,
        daytime=True,
        township="城关",
        synthetic=True,
        access=ORIGIN,
        access_m=0,
        roads_version="v1",
        zones=(ring("isolation", 150, True, 40, 60), ring("protective", 800, True, 300, 500)),
        cordon=ring("protective", 800, True, 0, 0).zone.geometry,
        people=People(300, 500, SOURCE),
        cell_m=250,
        exposed=(Exposed(school, "中小学", "School", 100, True, "isolation"),),
        candidates=tuple(teams),
        counted={},
        stocks=(eta(water, 600, 600),),
        hospitals=(eta(hospital, 400, 0),),
        shelters=(shelter("gym", 1500, 200), shelter("hall", 2500, 200)),
        cells=(PopulationCell("a", at(0, 0), 200, 350), PopulationCell("b", at(250, 0), 100, 150)),
        shelter_order=(str(ident("gym")), str(ident("hall"))),
        foot_s=((1200, 2000), (900, 1700)),
        bus_s=((200, 300), (180, 280)),
        squads=(squad,),
        posts=(
            post("upwind", 0, 1000, 420),
            post("side", 1200, 0, 300),
            post("downwind", 0, -1000, 200),
            post("inside", 0, 500, 200, zone="protective"),
        ),
        crossings=(
            CordonCrossing("1:2:3:0", *at(800, 0), "东大街", "primary"),
            CordonCrossing("1:3:2:0", *at(800, 0), "东大街", "primary"),
            CordonCrossing("5:6:7:0", *at(-800, 0), "西街", "residential"),
            CordonCrossing("8:9:10:0", *at(0, 800), "", "footway"),
        ),
        closures=(),
        routes=(
            route("force", f"force:{ident('fire-1')}", str(ident("fire-1")), ("1:3:2:0",)),
            route("force", f"force:{ident('fire-far')}", str(ident("fire-far")), ()),
        ),
        sources=(SourceAge("demo", "places", "Demo", datetime(2026, 5, 1, tzinfo=UTC), True),),
        unknowns=(),
    )
    return replace(situation, **change)
