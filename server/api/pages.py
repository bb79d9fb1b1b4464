"""The built pages: served from this origin, hashed files kept for a year, the first page never."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from geo.words import say


class Hashed(StaticFiles):
    """Files whose name changes with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def mount(app: FastAPI, web: Path) -> None:
    """Serve ``web``; while it has not been built, the first page says how to build it."""
    app.mount("/assets", Hashed(directory=web / "assets", check_dir=False), name="assets")

    @app.get("/", include_in_schema=False)
    def first() -> Response:
        index = web / "index.html"
        if not index.is_file():
            return HTMLResponse(_unbuilt(str(app.state.settings.lang)), status_code=503)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})

    @app.get("/{name}", include_in_schema=False)
    def beside(name: str) -> Response:
        """Files beside the first page: its icon, its worker, its manifest."""
        path = web / name
        if path.parent != web or not path.is_file():
            from starlette.exceptions import HTTPException

            raise HTTPException(404)
        return FileResponse(path, headers={"Cache-Control": "no-cache"})


def _unbuilt(language: str) -> str:
    words = {key: say(f"api.unbuilt.{key}", language) for key in ("title", "text", "remedy")}
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{words["title"]}'
        f"</title><h1>{words['title']}</h1><p>{words['text']}</p><p>{words['remedy']}</p></html>"
    )
