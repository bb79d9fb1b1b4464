"""The web application: routers by noun, one error shape, and a visible list of guards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from layers.tiles import TileCache
from server.api import (
    area,
    closures,
    events,
    faults,
    health,
    incidents,
    manual,
    pages,
    places,
    questions,
    tiles,
)
from server.api.guards import BodyLimit, Guard, SafeHeaders
from server.api.models import ErrorOut
from server.desk import Desk
from server.settings import Settings

_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": ErrorOut, "description": "错误 error"} for code in ("4XX", "5XX")
}


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for these settings; nothing is opened before it starts."""
    chosen = settings or Settings()
    desk = Desk(chosen)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(
        title="OneMap 应急一张图",
        version=program_version(),
        summary="风险源、应急资源、道路与 30 分钟前方指挥部方案",
        lifespan=lifespan,
        docs_url=None,  # its page fetches from a CDN; ours is /api/docs
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses=_ERRORS,
        middleware=[
            Middleware(SafeHeaders),
            Middleware(Guard, host=chosen.host, token=chosen.token),
            Middleware(BodyLimit, limit=chosen.max_body_bytes),
            Middleware(GZipMiddleware, minimum_size=2000, compresslevel=5),
        ],
    )
    app.state.desk = desk
    app.state.tiles = TileCache()
    app.state.settings = chosen
    faults.install(app)
    for module in (health, area, places, incidents, closures, questions, events, tiles, manual):
        app.include_router(module.router)
    pages.mount(app, chosen.web)
    return app


def program_version() -> str:
    """The installed version; "0" from a bare checkout."""
    try:
        return version("onemap")
    except PackageNotFoundError:
        return "0"
