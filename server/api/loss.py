"""What closures take from the city, what is critical, where roads are missing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from server import loss as losing
from server.api.conditions import ConditionsIn
from server.api.deps import Db, Now, RoadsDep, codes
from server.api.models import Body, FeatureCollectionOut, GeoJsonIn
from server.closures import given_closures
from server.lossjson import critical_layer, missing_layer

router = APIRouter(prefix="/api", tags=["道路 roads"])
Profile = Annotated[str, Query(description="fire_tender, ambulance, truck, bus, car, foot")]
Services = Annotated[str | None, Query(description="S016,S055 … whose cover counts")]
By = Literal["day", "night"]


class LossIn(Body):
    """What would be closed: GeoJSON features, bridges or tunnels, whole roads by name."""

    closures: list[GeoJsonIn] = Field(default=[], max_length=1000)
    bridges: list[str] = Field(default=[], max_length=50)
    roads: list[str] = Field(default=[], max_length=50)
    profile: str = "fire_tender"
    services: list[str] = Field(default=[], max_length=200)
    by: By = "night"
    conditions: ConditionsIn | None = None


@router.post("/loss", summary="封闭后失去什么")
def loss(body: LossIn, session: Db, roads: RoadsDep, now: Now) -> dict[str, Any]:
    """Who is cut off, who is reached later, the way round; nothing is closed by asking."""
    given = given_closures(body.closures)
    named = losing.closing_named(session, roads, body.bridges, body.roads)
    return losing.loss(
        session,
        roads,
        (*given, *named),
        profile=body.profile,
        now=now,
        services=body.services,
        by=body.by,
        conditions=None if body.conditions is None else body.conditions.at(now),
    )


@router.get("/layers/critical", response_model=FeatureCollectionOut, summary="关键路段图层")
def critical(
    session: Db,
    roads: RoadsDep,
    now: Now,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    profile: Profile = "fire_tender",
    services: Services = None,
    by: By = "night",
) -> dict[str, Any]:
    """Bridges, tunnels and roads by the cover lost without them, as lines.

    The first answer takes seconds; while nothing has changed, the next ones do not.
    """
    answer = losing.ranking(
        session, roads, profile=profile, now=now, limit=limit, services=codes(services), by=by
    )
    return critical_layer(answer)


@router.get("/layers/missing-roads", response_model=FeatureCollectionOut, summary="路网缺失图层")
def missing_roads(
    session: Db, roads: RoadsDep, profile: Profile = "car", by: By = "night"
) -> dict[str, Any]:
    """Villages, people and places far from any road, as points, and the townships' table."""
    return missing_layer(losing.missing(session, roads, profile=profile, by=by))
