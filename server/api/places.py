"""Places: risk sources and resources on the map, one of them in full, and search by name."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from geo import queries
from geo.errors import InvalidInput, NoRoads
from geo.queries.search import Hit
from layers import features
from server import where
from server.api.deps import Db, DeskDep, codes
from server.api.faults import json_response, language_of
from server.api.models import PlaceOut, SearchOut
from server.checks import check_categories
from server.reading import point

router = APIRouter(prefix="/api", tags=["地点 places"])


@router.get("/places", summary="地图上的地点", response_model=None)
def places(
    session: Db,
    categories: Annotated[str | None, Query(description="S013,S014;省略即全部 all")] = None,
    bbox: Annotated[str | None, Query(description="west,south,east,north")] = None,
    limit: Annotated[int, Query(ge=1, le=50_000)] = 5000,
) -> Response:
    """GeoJSON; ``truncated`` is true where there were more than ``limit``."""
    wanted = codes(categories)
    check_categories(wanted)
    found = features.places(
        session, categories=wanted or None, bbox=_box(bbox) if bbox else None, limit=limit
    )
    return json_response(found)


@router.get("/places/{place_id}", response_model=PlaceOut, summary="一处地点")
def place(place_id: UUID, session: Db) -> Any:
    """All that is known of one place; null is "not known"."""
    return queries.place(session, place_id)


@router.get("/search", response_model=SearchOut, summary="按名称搜索")
def search(
    request: Request,
    desk: DeskDep,
    session: Db,
    q: Annotated[str, Query(max_length=100)],
    at: Annotated[str | None, Query(description="LON,LAT:近处优先 nearest first")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> dict[str, Any]:
    """Kilometres, crossings and bridges; then all whose name holds the words."""
    near = None if at is None else point(at)
    roads = None
    with suppress(NoRoads):
        roads = desk.roads(session)
    found = where.search(session, roads, q, near=near, limit=limit, language=language_of(request))
    return {"results": [_found(one) for one in found]}


def _found(one: Hit | where.Place) -> dict[str, Any]:
    if not isinstance(one, where.Place):
        return asdict(one)
    lon, lat = one.at
    known = {"name": one.name, "detail": one.detail, "category": one.category}
    return {"type": one.kind, "id": one.id, "lon": lon, "lat": lat, **known}


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = math.nan
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidInput(
            f"{text!r} is no box.",
            remedy="Write west,south,east,north in degrees.",
            words="errors.box",
            value=text,
        )
    return west, south, east, north
