"""The web application: routers by noun, one error shape, and a visible list of guards."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
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
    loss,
    manual,
    nearest,
    pages,
    places,
    questions,
    tiles,
    where,
)
from server.api.guards import BodyLimit, Guard, SafeHeaders
from server.api.models import ErrorOut
from server.clock import Clock
from server.desk import Desk
from server.settings import Settings
from server.version import program_version

_ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": ErrorOut, "description": "错误 error"} for code in ("4XX", "5XX")
}

# Nothing of a request leaves this machine, whatever the environment says.
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application for these settings; nothing is opened before it starts."""
    chosen = settings or Settings()
    desk = Desk(chosen)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # What was imported stays: the collector need not walk it in the middle of an answer.
        gc.collect()
        gc.freeze()
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
        telemetry=_NO_TELEMETRY,
        middleware=[
            Middleware(SafeHeaders),
            Middleware(Guard, token=chosen.token, language=chosen.lang),
            Middleware(BodyLimit, limit=chosen.max_body_bytes, language=chosen.lang),
            Middleware(GZipMiddleware, minimum_size=2000, compresslevel=5),
        ],
    )
    app.state.desk = desk
    app.state.clock = Clock(chosen.clock)
    app.state.clock.remember(chosen.home, chosen.database_url)
    app.state.tiles = TileCache()
    app.state.settings = chosen
    faults.install(app)
    about = (health, area, places, where, incidents, closures)
    for module in (*about, nearest, questions, loss, events, tiles, manual):
        app.include_router(module.router)
    pages.mount(app, chosen.web)
    return app
