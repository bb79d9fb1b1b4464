"""Closures: put in force, changed, listed as they are or were, lifted."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from geo.domain import Closure
from server import closing, closurelog
from server.api.deps import Db, Now, RoadsDep
from server.api.models import ClosureChangeIn, ClosureIn, ClosureOut, ClosureStateOut
from server.reading import numbers

router = APIRouter(prefix="/api/closures", tags=["道路管制 closures"])
_LISTS = ("edges", "profiles")


@router.post("", status_code=201, response_model=ClosureOut, summary="封闭道路")
def add(body: ClosureIn, session: Db, roads: RoadsDep, now: Now) -> dict[str, Any]:
    """Close roads from now on; the very next question goes around them."""
    closure = Closure(**_said(body.model_dump()))
    return closing.add(session, roads, closure, actor="http", now=now)


@router.patch("/{closure_id}", response_model=ClosureOut, summary="修改管制")
def change(
    closure_id: UUID, body: ClosureChangeIn, session: Db, roads: RoadsDep, now: Now
) -> dict[str, Any]:
    """Change what a closure says; refused (409) where someone changed it since that version."""
    said = body.model_dump(exclude_unset=True, exclude={"id", "version"})
    return closing.change(
        session,
        roads,
        closure_id,
        _said(said),
        expected=body.version,
        actor="http",
        now=now,
        command_id=body.id,
    )


@router.get("", response_model=list[ClosureOut], summary="管制列表")
def listed(
    session: Db,
    roads: RoadsDep,
    now: Now,
    at: Annotated[AwareDatetime | None, Query(description="ISO 8601; default: now")] = None,
    as_known: Annotated[AwareDatetime | None, Query(description="ISO 8601; default: at")] = None,
    bbox: Annotated[str | None, Query(description="west,south,east,north")] = None,
) -> Any:
    """Closures in force, now or at a time, as they were known then; ``as_known`` says otherwise."""
    box = None if bbox is None else _box(bbox)
    return closing.listed(session, roads, at or now, as_known=as_known, bounds=box)


@router.get("/{closure_id}/history", response_model=list[ClosureStateOut], summary="管制沿革")
def history(closure_id: UUID, session: Db, roads: RoadsDep) -> Any:
    """Every state of a closure, and from when to when it was what we knew."""
    return closing.history(session, roads, closure_id)


@router.delete("/{closure_id}", status_code=204, summary="解除管制")
def lift(closure_id: UUID, session: Db, now: Now) -> Response:
    """Open the roads again; lifting what is lifted changes nothing."""
    closurelog.lift_closure(session, closure_id, actor="http", now=now)
    return Response(status_code=204)


def _said(body: dict[str, Any]) -> dict[str, Any]:
    return body | {key: tuple(body[key]) for key in _LISTS if key in body}


def _box(text: str) -> tuple[float, float, float, float]:
    found = numbers(text, name="bbox", least=-180, most=180, at_most=4)
    if len(found) != 4:
        found = numbers("", name="bbox", least=-180, most=180, at_most=4)  # says what is wanted
    return found[0], found[1], found[2], found[3]
