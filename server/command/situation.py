"""``gather``: measure everything about an incident once, into one frozen Situation.

It reads the database and the roads and chooses nothing, with one exception: to know which routes
to draw it makes a draft plan, because only the routes of what is chosen are worth drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from geo import queries
from geo.catalog import catalog
from geo.domain import Closure, GeoJson, Incident, Unknown, Zone
from geo.hazards.zones import draw_zones
from geo.queries.waymarks import structures
from geo.situation import (
    CordonCrossing,
    Exposed,
    MeasuredZone,
    Situation,
    SourceAge,
)
from server.bridges import Bridges
from server.checks import called, untimely
from server.command.ground import Ground, union
from server.command.measure import (
    measure_forces,
    measure_hospitals,
    measure_posts,
    measure_shelters,
    measure_stocks,
    zones_of,
)
from server.command.peopled import count_people
from server.command.plan.make import draft_plan
from server.command.plan.playbook import Playbook
from server.command.reach import Reach
from server.command.unknowns import list_unknowns
from server.command.wanted import wanted_routes

if TYPE_CHECKING:
    from routing.roads import Roads


def gather(
    session: Session,
    roads: Roads | None,
    incident: Incident,
    *,
    playbook: Playbook,
    closures: Sequence[Closure] = (),
    now: datetime,
) -> Situation:
    """The situation of an incident at ``now``.

    ``closures`` come on top of those open in the database. Without roads every road time is
    路网缺失, and the situation says so.
    """
    daytime = is_day(incident.reported_at, playbook)
    zones, unknown = draw_zones(playbook.zones, incident, daytime=daytime)
    ground = Ground(incident.at, zones)
    evacuated = [z for z, rule in zip(zones, playbook.zones, strict=True) if rule.evacuate]
    cordon = union([z.geometry for z in (evacuated or zones[:1])])
    whole = union([z.geometry for z in zones])
    in_force, unplaced = _in_force(session, roads, closures, now)
    reach = Reach(roads, in_force, now, structures(session))
    peopled = count_people(session, incident.at, [z.geometry for z in zones], cordon, ground)
    moved = peopled.moved if evacuated else ()
    access, access_m = reach.access(incident.at, playbook.whole("roads.access_m"))
    found = queries.resources(session, categories=_categories(playbook))
    crossings = _crossings(roads, cordon)
    forces, counted = measure_forces(found, access, playbook, reach, ground)
    squads, posts = measure_posts(found, playbook, reach, ground, in_force, cordon)
    shelters = measure_shelters(found, access, playbook, reach, ground, moved, daytime)
    hospitals = measure_hospitals(found, access, playbook, reach, ground)
    lots = queries.stocks(session, categories=[s.category for s in playbook.supplies])
    stocks = measure_stocks(lots, access, playbook, reach, ground)
    exposed = _exposed(session, whole, ground, zones, playbook)
    blank = [] if exposed or queries.any_risks(session) else [Unknown("risks", "")]
    event = catalog().event_types[incident.event_type]
    area = queries.area(session)
    situation = Situation(
        incident=incident,
        event_type_zh=event["name_zh"],
        event_type_en=event["name_en"],
        at=now.replace(microsecond=0),
        daytime=daytime,
        township=queries.district_at(session, incident.at),
        synthetic=bool(area and area["synthetic"]),
        access=access,
        access_m=access_m,
        roads_version=None if roads is None else roads.version,
        zones=tuple(
            MeasuredZone(
                zone=zone,
                evacuate=rule.evacuate,
                people_day=None if counted_in is None else counted_in[0],
                people_night=None if counted_in is None else counted_in[1],
            )
            for zone, rule, counted_in in zip(zones, playbook.zones, peopled.zones, strict=True)
        ),
        cordon=cordon,
        people=peopled.cordon,
        cell_m=peopled.cell_m,
        exposed=exposed,
        candidates=forces,
        counted=counted,
        stocks=stocks,
        hospitals=hospitals,
        shelters=shelters.shelters,
        cells=moved,
        shelter_order=shelters.order,
        foot_s=shelters.foot_s,
        bus_s=shelters.bus_s,
        squads=squads,
        posts=posts,
        crossings=crossings,
        closures=tuple(in_force),
        routes=(),
        sources=tuple(
            SourceAge(d.source, d.kind, d.title, d.updated_at, d.synthetic)
            for d in queries.datasets(session)
        ),
        unknowns=(),
        hospital_zones=zones_of(hospitals, ground),
        stock_zones=zones_of(stocks, ground),
    )
    unknowns = list_unknowns(situation, playbook, (*blank, *unplaced, *unknown))
    situation = replace(situation, unknowns=unknowns)
    cordon_edges = _both_ways(crossings)
    draft = draft_plan(situation, playbook)
    routes = [reach.route(*wanted, cordon_edges) for wanted in wanted_routes(draft)]
    return replace(situation, routes=tuple(r for r in routes if r is not None))


def is_day(at: datetime, playbook: Playbook) -> bool:
    """Whether it is day at the civil clock of the playbook's zone."""
    local = at + timedelta(hours=playbook.parameters["clock.zone_hours"].value)
    hour = local.hour + local.minute / 60
    parameters = playbook.parameters
    return parameters["clock.day_starts_h"].value <= hour < parameters["clock.day_ends_h"].value


def _in_force(
    session: Session, roads: Roads | None, given: Sequence[Closure], now: datetime
) -> tuple[list[Closure], list[Unknown]]:
    """Closures of the database and those given, each once, by id.

    One that names edges, a road or a bridge which the present roads lack (they were loaded anew
    since) keeps those it still finds, and is told as unknown: it may close less than was meant.
    """
    timely = [one for one in given if untimely(one, now) is None]
    known = {c.id: c for c in (*queries.open_closures(session, now), *timely)}
    closures, lost = [], []
    bridges = None if roads is None else Bridges(session, roads)
    for closure in (known[k] for k in sorted(known)):
        found, missing = (closure, "") if bridges is None else bridges.still_there(closure)
        if missing:
            lost.append(called(closure))
        if found is not None:
            closures.append(found)
    return closures, [Unknown("closures", "", tuple(lost))] if lost else []


def _categories(playbook: Playbook) -> list[str]:
    needed = {n.capability for n in playbook.needs}
    forces = {c for c, rule in playbook.categories.items() if needed & set(rule.capabilities)}
    post = {*playbook.post.site_categories, *playbook.post.squad_categories}
    places = {*playbook.hospitals, *playbook.shelters, *playbook.helicopter}
    return sorted(forces | post | places)


def _exposed(
    session: Session,
    whole: GeoJson | None,
    ground: Ground,
    zones: Sequence[Zone],
    playbook: Playbook,
) -> tuple[Exposed, ...]:
    if whole is None:
        return ()
    names = catalog().risk_categories
    return tuple(
        Exposed(
            risk=risk,
            category_zh=names[risk.category]["name_zh"],
            category_en=names[risk.category]["name_en"],
            distance_m=ground.distance_m(risk.at),
            vulnerable=risk.category in playbook.vulnerable,
            # Its point may lie outside when only its shape touches the zone.
            zone=ground.zone_of(risk.at) or zones[-1].name,
        )
        for risk in queries.risks_within(session, whole)
    )


def _crossings(roads: Roads | None, cordon: GeoJson | None) -> tuple[CordonCrossing, ...]:
    if roads is None or cordon is None:
        return ()
    return tuple(
        CordonCrossing(c.edge, round(c.lon, 7), round(c.lat, 7), c.road, c.road_class, c.other)
        for c in roads.edges_crossing(cordon)
    )


def _both_ways(crossings: Sequence[CordonCrossing]) -> frozenset[str]:
    both = (edge for c in crossings for edge in (c.edge, c.other) if edge is not None)
    return frozenset(edge.rstrip("~") for edge in both)
