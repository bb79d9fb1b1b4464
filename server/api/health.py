"""Is it well, and how old is what it knows."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session

from geo import queries
from geo.errors import OneMapError
from server.api.deps import ClockDep, DeskDep
from server.api.models import HealthOut
from server.desk import Desk
from server.faults import known_fault
from server.version import program_version

router = APIRouter(prefix="/api", tags=["状态 health"])


@router.get("/health", response_model=HealthOut, summary="状态与数据新旧")
def health(desk: DeskDep, clock: ClockDep) -> dict[str, Any]:
    """The database, the roads, every dataset and its age. 200 also when something is wrong."""
    about: dict[str, Any] = {
        "status": "degraded",
        "now": clock.now(),
        "clock": "real" if clock.real else "demo",
        "version": program_version(),
        "database": {"ok": False},
        "roads": None,
        "datasets": (),
        "synthetic": False,
    }
    try:
        with desk.session() as session:
            about["database"] = {"ok": True}
            about["datasets"] = queries.datasets(session)
            about["synthetic"] = any(one.synthetic for one in about["datasets"])
            about["roads"] = _roads(desk, session, about["datasets"])
            about["status"] = "empty" if about["roads"] is None else "ok"
    except Exception as fault:
        if not isinstance(known_fault(fault), OneMapError):
            raise
    return about


def _roads(
    desk: Desk, session: Session, datasets: tuple[queries.Dataset, ...]
) -> dict[str, Any] | None:
    from routing.store import roads_version

    if roads_version(session) is None:
        return None
    roads = desk.roads(session)
    loaded = [one for one in datasets if one.kind == "roads"]
    return {
        "version": roads.version,
        "nodes": roads.nodes,
        "edges": roads.edges,
        "km": round(roads.km, 1),
        "source": ", ".join(one.source for one in loaded),
        "updated_at": min(
            (one.updated_at for one in loaded if one.updated_at is not None), default=None
        ),
    }
