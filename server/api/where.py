"""Where something is: coordinates, kilometres, crossings, bridges and names as places."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from server.api.deps import Db, Now, RoadsDep
from server.place import place_json
from server.reading import point
from server.where import places

router = APIRouter(prefix="/api", tags=["地点 places"])


class WhereOne(BaseModel):
    """A place that the words may mean; ``within_m`` null: how exactly is not known."""

    kind: Literal[
        "point", "post", "crossing", "overpass", "bridge", "tunnel",
        "risk", "resource", "district", "name", "road",
    ]  # fmt: skip
    name: str
    lon: float
    lat: float
    how: str
    how_zh: str
    how_en: str
    within_m: float | None
    source: str | None
    updated_at: str | None
    id: str | None
    detail: str | None
    category: str | None
    sense: Literal["rising", "falling", "both"] | None
    bearing_deg: float | None
    match: int


class WhereOut(BaseModel):
    query: str
    results: list[WhereOne]


@router.get("/where", response_model=WhereOut, summary="一个地方在哪里")
def where(
    session: Db,
    roads: RoadsDep,
    now: Now,
    q: Annotated[str, Query(description="G104 K1832+400;飞云大道/安阳路;三桥;LON,LAT")],
    near: Annotated[str | None, Query(description="LON,LAT:近处优先 nearest first")] = None,
    limit: Annotated[int, Query(ge=1, le=60)] = 20,
) -> dict[str, Any]:
    """Every place the words may mean, the best first; 404 says why there is none."""
    here = None if near is None else point(near)
    found = places(session, roads, q, now, near=here, limit=limit)
    return {"query": q, "results": [place_json(one) for one in found]}
