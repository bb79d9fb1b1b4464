"""What endpoints ask for: a transaction, the roads, the time, a point."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Query, Request
from sqlalchemy.orm import Session

from geo.domain import LonLat
from server.clock import Clock
from server.desk import Desk
from server.reading import numbers, point

__all__ = ["At", "ClockDep", "Db", "DeskDep", "Now", "RoadsDep", "codes", "numbers"]

if TYPE_CHECKING:
    from routing.roads import Roads


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


DeskDep = Annotated[Desk, Depends(_desk)]


def _session(desk: DeskDep) -> Iterator[Session]:
    """One transaction, committed before the answer is sent: what is acknowledged is kept."""
    with desk.session() as session:
        yield session


Db = Annotated[Session, Depends(_session, scope="function")]


def _roads(desk: DeskDep, session: Db) -> Roads:
    return desk.roads(session)


RoadsDep = Annotated[Any, Depends(_roads)]


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


ClockDep = Annotated[Clock, Depends(_clock)]


def _now(clock: ClockDep) -> datetime:
    return clock.now()


Now = Annotated[datetime, Depends(_now)]


def _point(at: Annotated[str, Query(description="LON,LAT")]) -> LonLat:
    return point(at)


At = Annotated[LonLat, Depends(_point)]


def codes(text: str | None) -> tuple[str, ...]:
    """A comma-separated list; none where nothing was given."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
