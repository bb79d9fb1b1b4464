"""Vector tiles of the base map; a layer's version is part of the address, so they keep for ever."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from layers import tiles
from server.api.deps import DeskDep

router = APIRouter(tags=["瓦片 tiles"])
TYPE = "application/vnd.mapbox-vector-tile"
_KEPT = "public, max-age=31536000, immutable"
_PASSING = "no-cache"


@router.get("/tiles/base/{version}/{z}/{x}/{y}.mvt", summary="底图矢量瓦片", response_model=None)
def base(
    request: Request,
    desk: DeskDep,
    version: str,
    z: Annotated[int, Path(ge=0, le=24)],
    x: Annotated[int, Path(ge=0)],
    y: Annotated[int, Path(ge=0)],
) -> Response:
    """One tile; 204 where there is nothing. An old version gets the present one, not to be kept."""

    def make() -> bytes:
        with desk.session() as session:
            return tiles.tile(session, z, x, y)

    cache: tiles.TileCache = request.app.state.tiles
    with desk.session() as session:
        present = str(tiles.base_version(session))
    body = cache.get((present, z, x, y), make)
    headers = {"Cache-Control": _KEPT if version == present else _PASSING}
    if not body:
        return Response(status_code=204, headers=headers)
    mark = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers["ETag"] = mark
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=TYPE, headers=headers)
