"""Incidents: reported, listed, measured, planned."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from geo import queries
from geo.domain import Incident
from layers.snapshot import CONTENT_POLICY
from server import service, store
from server.answers import incident_json
from server.api.deps import Db, Now, RoadsDep
from server.api.faults import json_response, language_of
from server.api.models import IncidentIn, IncidentOut, PlanIn

router = APIRouter(prefix="/api/incidents", tags=["突发事件 incidents"])


@router.post("", status_code=201, response_model=IncidentOut, summary="接报登记")
def report(body: IncidentIn, session: Db, now: Now) -> dict[str, Any]:
    """Record a report. The same id with the same body is answered again; another body is 409."""
    at = (body.lon, body.lat)
    service.check_report(session, body.event_type, at)
    incident = Incident(
        id=body.id,
        event_type=body.event_type,
        at=at,
        reported_at=body.reported_at or now,
        title=body.title,
        description=body.description,
        casualties=body.casualties,
        trapped=body.trapped,
        wind_from_deg=body.wind_from_deg,
        wind_mps=body.wind_mps,
        radius_m=body.radius_m,
    )
    return incident_json(store.record_incident(session, body.id, incident, actor="http", now=now))


@router.get("", response_model=list[IncidentOut], summary="事件列表")
def listed(session: Db, limit: Annotated[int, Query(ge=1, le=100_000)] = 200) -> Any:
    """The newest first."""
    return [incident_json(one) for one in queries.incidents(session, limit=limit)]


@router.get("/{incident_id}", response_model=IncidentOut, summary="一起事件")
def one(incident_id: UUID, session: Db) -> dict[str, Any]:
    """One incident; 404 where there is none."""
    return incident_json(queries.incident(session, incident_id))


@router.post("/{incident_id}/plan", summary="生成 30 分钟方案", response_model=None)
def plan(
    incident_id: UUID, session: Db, roads: RoadsDep, now: Now, body: PlanIn | None = None
) -> Response:
    """Measure the situation and draft a plan, as the next version; nothing is dispatched."""
    incident = queries.incident(session, incident_id)
    drafted = service.plan(session, roads, incident, now=now)
    return json_response(service.keep_plan(session, drafted, actor="http", now=now), 201)


@router.get("/{incident_id}/plan", summary="最新方案", response_model=None)
def latest(
    incident_id: UUID,
    session: Db,
    version: Annotated[int | None, Query(ge=1, description="省略为最新 the latest")] = None,
) -> Response:
    """A stored plan; 404 where none has been made."""
    return json_response(service.kept_plan(session, incident_id, version))


@router.get("/{incident_id}/situation", summary="态势", response_model=None)
def situation(incident_id: UUID, session: Db) -> Response:
    """What was measured for the latest plan."""
    return json_response(service.kept_situation(session, incident_id))


@router.get("/{incident_id}/snapshot.html", summary="单页快照", response_class=HTMLResponse)
def snapshot(request: Request, incident_id: UUID, session: Db) -> Response:
    """The latest plan as one page that opens without a network."""
    kept = service.kept_plan(session, incident_id, None)
    page = service.snapshot(session, kept, language_of(request))
    return HTMLResponse(page, headers={"Content-Security-Policy": CONTENT_POLICY})
