"""Route, isochrone, coverage: questions to the roads."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from server import service
from server.api.conditions import ConditionsDep
from server.api.deps import Db, Now, RoadsDep, numbers
from server.api.models import FeatureCollectionOut
from server.api.routemodels import MatrixIn, MatrixOut, RouteIn, RouteOut
from server.closures import given_closures
from server.isochrone import isochrone as ground_within
from server.matrix import matrix as find_matrix
from server.route import MOST_OTHERS
from server.route import route as find_route
from server.where import point_of

router = APIRouter(prefix="/api", tags=["道路 roads"])
Profile = Annotated[
    str, Query(description="fire_tender, ambulance, truck, bus, car, foot, high_clearance")
]


@router.get("/route", response_model=RouteOut, summary="一条路线")
def route(
    session: Db,
    roads: RoadsDep,
    now: Now,
    conditions: ConditionsDep,
    start: Annotated[str, Query(alias="from", description="LON,LAT, a name, kilometre, crossing")],
    end: Annotated[str, Query(alias="to", description="LON,LAT, a name, kilometre, crossing")],
    profile: Profile = "fire_tender",
    avoid: Annotated[list[str] | None, Query(description="road, bridge, tunnel or edge")] = None,
    alternatives: Annotated[int, Query(ge=0, le=MOST_OTHERS)] = 0,
    lang: Literal["zh-CN", "en"] = "zh-CN",
) -> dict[str, Any]:
    """The quickest way with directions and its time as a range; ``why`` where there is none."""
    return find_route(
        session,
        roads,
        point_of(session, roads, start, now),
        point_of(session, roads, end, now),
        profile=profile,
        now=now,
        avoid=avoid or (),
        alternatives=alternatives,
        language=lang,
        conditions=conditions,
    )


@router.post("/route", response_model=RouteOut, summary="一条路线,绕开给定的封闭")
def route_around(body: RouteIn, session: Db, roads: RoadsDep, now: Now) -> dict[str, Any]:
    """The same around closures in force and those of the body; nothing is closed by asking."""
    return find_route(
        session,
        roads,
        point_of(session, roads, body.start, now),
        point_of(session, roads, body.end, now),
        profile=body.profile,
        now=now,
        closures=given_closures(body.closures),
        avoid=body.avoid,
        alternatives=body.alternatives,
        language=body.lang,
        conditions=None if body.conditions is None else body.conditions.at(now),
    )


@router.post("/matrix", response_model=MatrixOut, summary="多对多路程时间")
def matrix(body: MatrixIn, session: Db, roads: RoadsDep, now: Now) -> dict[str, Any]:
    """Seconds and metres from every origin to every destination, for assignment."""
    return find_matrix(
        session,
        roads,
        body.origins,
        body.destinations,
        profile=body.profile,
        closures=given_closures(body.closures),
        limit_s=body.limit_s,
        now=now,
    )


@router.get("/isochrone", response_model=FeatureCollectionOut, summary="等时圈")
def isochrone(
    session: Db,
    roads: RoadsDep,
    now: Now,
    conditions: ConditionsDep,
    at: Annotated[str, Query(description="LON,LAT, a name, kilometre, crossing")],
    minutes: Annotated[str, Query(description="5,10,15")] = "5,10,15",
    profile: Profile = "fire_tender",
    direction: Literal["from_incident", "to_incident"] = "from_incident",
) -> dict[str, Any]:
    """Where one gets within these minutes, or from where one gets here."""
    wanted = numbers(minutes, name="minutes", least=1, most=240, at_most=6)
    here = point_of(session, roads, at, now)
    return ground_within(
        session,
        roads,
        here,
        wanted,
        profile=profile,
        direction=direction,
        now=now,
        conditions=conditions,
    )


@router.get("/coverage", summary="避灾点覆盖")
def coverage(
    session: Db, roads: RoadsDep, now: Now, minutes: Annotated[float, Query(gt=0, le=240)] = 15
) -> dict[str, Any]:
    """Share of people within reach of a shelter with room, on foot and by vehicle."""
    return service.coverage(session, roads, minutes=minutes, now=now)
