"""Closures: put in force, listed, lifted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from geo import queries
from geo.domain import Closure
from server import service, store
from server.api.deps import Db, Now, RoadsDep
from server.api.models import ClosureIn, ClosureOut

router = APIRouter(prefix="/api/closures", tags=["道路管制 closures"])


@router.post("", status_code=201, response_model=ClosureOut, summary="封闭道路")
def add(body: ClosureIn, session: Db, roads: RoadsDep, now: Now) -> dict[str, Any]:
    """Close roads from now on; the very next question goes around them."""
    closure = Closure(
        id=body.id,
        geometry=body.geometry,
        edges=tuple(body.edges),
        name=body.name,
        cause=body.cause,
        depth_m=body.depth_m,
        profiles=tuple(body.profiles),
        valid_from=body.valid_from,
        valid_to=body.valid_to,
    )
    return service.add_closure(session, roads, closure, actor="http", now=now)


@router.get("", response_model=list[ClosureOut], summary="管制列表")
def listed(session: Db, roads: RoadsDep, now: Now) -> Any:
    """Closures in force now."""
    return [service.closure_json(roads, one) for one in queries.open_closures(session, now)]


@router.delete("/{closure_id}", status_code=204, summary="解除管制")
def lift(closure_id: UUID, session: Db, now: Now) -> Response:
    """Open the roads again; lifting what is lifted changes nothing."""
    store.lift_closure(session, closure_id, actor="http", now=now)
    return Response(status_code=204)
