"""Who can be there soonest: by kind, category, capability and state, around what is closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from geo.domain import LonLat
from server.answers import nearest_json
from server.api.conditions import ConditionsIn
from server.api.deps import Db, Now, RoadsDep
from server.api.models import Body, GeoJsonIn, Lat, Lon, SnapOut
from server.closures import given_closures
from server.filters import Wanted
from server.nearest import nearest as find_nearest
from server.where import point_of

router = APIRouter(prefix="/api", tags=["道路 roads"])


class NearestIn(Body):
    """Where: ``lon`` and ``lat``, or ``where`` in words. Empty lists take all."""

    lon: Lon | None = None
    lat: Lat | None = None
    where: str | None = Field(default=None, max_length=2000, description="G104 K1832+400, 三桥")
    categories: list[str] = Field(default=[], description="S013, S014, …")
    kinds: list[str] = Field(default=[], description="team, depot, shelter, …")
    capabilities: list[str] = Field(default=[], description="fire_fighting, rescue, …")
    statuses: list[str] = Field(default=[], description="standby, out, off, ready, open, …")
    unknown_status: bool = Field(default=False, description="those of unknown state too")
    each: int | None = Field(default=None, ge=1, le=1000, description="of every group")
    by: Literal["kind", "category", "capability"] = "kind"
    within_min: float | None = Field(default=None, gt=0, le=1440)
    profile: str = "fire_tender"
    limit: int = Field(default=20, ge=1, le=10_000)
    closures: list[GeoJsonIn] = Field(default=[], max_length=1000)
    conditions: ConditionsIn | None = None

    @model_validator(mode="after")
    def _one_place(self) -> NearestIn:
        by_point = self.lon is not None and self.lat is not None
        if by_point == (self.where is not None) or (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat, or where")
        return self


class NearestIncidentOut(BaseModel):
    lon: float
    lat: float
    snap: SnapOut | None
    profile: str
    direction: str
    closures: int
    at: datetime
    conditions: dict[str, Any] | None


class NearestResourceOut(BaseModel):
    """``road_s``, ``eta_s`` and ``distance_m`` are null where no road reaches; ``why`` says so.

    ``low_s`` and ``high_s``: how early and late it may arrive; null where not worked out.
    """

    id: UUID
    name: str
    kind: str
    category: str
    capabilities: list[str]
    status: str | None
    lon: float
    lat: float
    turnout_s: int
    road_s: float | None
    eta_s: float | None
    low_s: int | None
    high_s: int | None
    basis: str | None
    distance_m: float | None
    straight_m: float
    direction: str
    snap: SnapOut | None
    why: str | None
    source: str
    updated_at: datetime | None


class NearestGroupOut(BaseModel):
    """``resources`` are ids; ``left_out`` counts the others: more, unreachable, no_road_data."""

    key: str
    name_zh: str
    name_en: str
    resources: list[UUID]
    left_out: dict[str, int]


class NearestOut(BaseModel):
    """``apart``: of unknown state, where a state was asked for. ``left_out``: who is not listed."""

    incident: NearestIncidentOut
    wanted: dict[str, Any]
    resources: list[NearestResourceOut]
    apart: list[NearestResourceOut]
    groups: list[NearestGroupOut]
    left_out: dict[str, int]
    unknowns: list[dict[str, Any]]


@router.post("/nearest", response_model=NearestOut, summary="谁最快能到")
def nearest(body: NearestIn, session: Db, roads: RoadsDep, now: Now) -> dict[str, Any]:
    """Resources by turnout plus road time, around closures in force and those of the body."""
    answer = find_nearest(
        session,
        roads,
        _at(body, session, roads, now),
        profile=body.profile,
        closures=given_closures(body.closures),
        limit=body.limit,
        now=now,
        wanted=Wanted(
            categories=tuple(body.categories),
            kinds=tuple(body.kinds),
            capabilities=tuple(body.capabilities),
            statuses=tuple(body.statuses),
            unknown_status=body.unknown_status,
            each=body.each,
            by=body.by,
            within_s=None if body.within_min is None else body.within_min * 60,
        ),
        conditions=None if body.conditions is None else body.conditions.at(now),
    )
    return nearest_json(answer)


def _at(body: NearestIn, session: Db, roads: Any, now: datetime) -> LonLat:
    if body.lon is not None and body.lat is not None:
        return body.lon, body.lat
    return point_of(session, roads, body.where or "", now)
