"""What happened, in order: the feed a screen catches up from."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server import store
from server.api.deps import DeskDep
from server.api.models import EventsOut

router = APIRouter(prefix="/api", tags=["记录 events"])


@router.get("/events", response_model=EventsOut, summary="事件流水")
def events(
    desk: DeskDep, after: Annotated[int, Query(ge=0, description="上次看到的 seq")] = 0
) -> dict[str, Any]:
    """Events numbered above ``after``; none is ever skipped."""
    with desk.session() as session:  # a short transaction of its own: others wait for the numberer
        store.number_events(session)
    with desk.session() as session:
        return {"events": store.events_after(session, after)}
