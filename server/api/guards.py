"""What every request passes before it is answered: who may ask, how much, and safe headers.

Plain ASGI, so that nothing of an answer is held back. Until there are accounts the service
listens on loopback; there the ``Host`` header must be a loopback name, so that no foreign page
reaches it by a name of its own (DNS rebinding), and writes must come from the same origin.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.addresses import is_loopback
from server.api.faults import error_response

COOKIE = "onemap_token"
_DRAINED = 64_000_000  # bytes of a refused body that are read, so that its sender hears why
_SAFE = ("GET", "HEAD", "OPTIONS")

CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "worker-src 'self' blob:",
        # Leaflet and lit place things by inline style.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class SafeHeaders:
    """Headers that keep a page to its own origin; an answer may bring a policy of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", CSP)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
                headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


class Guard:
    """Loopback names only while there is no token; with one, the token on every request."""

    def __init__(self, app: ASGIApp, token: SecretStr | None, language: str = "zh-CN") -> None:
        self.app = app
        self.language = language
        self.token = None if token is None else token.get_secret_value()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = self._refusal(scope)
        await (refused or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if foreign_origin(scope["method"], headers):
            return self._error("foreign_origin", 403)
        if self.token is None:
            return None if is_loopback(_name(headers)) else self._error("foreign_host", 421)
        if self._holds_token(headers):
            return None
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["path"] == "/" and _same(asked, self.token):
            return self._welcome()
        return self._error("no_token", 401, {"WWW-Authenticate": "Bearer"})

    def _error(self, code: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
        return error_response(code, status, language=self.language, headers=headers)

    def _holds_token(self, headers: Headers) -> bool:
        assert self.token is not None
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _same(given.strip(), self.token):
            return True
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and _same(cookie.value, self.token)

    def _welcome(self) -> Response:
        """Keep the token in a cookie, and take it out of the address bar."""
        assert self.token is not None
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(COOKIE, self.token, httponly=True, samesite="strict", path="/")
        return response


class BodyLimit:
    """Refuse a body larger than a person could have drawn, in the one shape of every error."""

    def __init__(self, app: ASGIApp, limit: int, language: str = "zh-CN") -> None:
        self.app = app
        self.limit = limit
        self.language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _SAFE:
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        size = int(announced) if announced.isdigit() else 0
        waiting: list[Message] = []
        # A body without a length is gathered here, so that the limit holds for it too.
        while not announced and size <= self.limit:
            message = await receive()
            waiting.append(message)
            size += len(message.get("body", b""))
            if not message.get("more_body", False):
                break
        if size > self.limit:
            await _drain(receive, waiting)
            values = {"limit_bytes": self.limit}
            refused = error_response("too_large", 413, language=self.language, values=values)
            await refused(scope, receive, send)
            return

        async def replay() -> Message:
            return waiting.pop(0) if waiting else await receive()

        await self.app(scope, replay, send)


async def _drain(receive: Receive, read: list[Message]) -> None:
    """Read what is still being sent, within reason: who is writing does not hear the refusal."""
    more = not read or bool(read[-1].get("more_body", False))
    size = 0
    while more and size <= _DRAINED:
        message = await receive()
        size += len(message.get("body", b""))
        more = bool(message.get("more_body", False))


def foreign_origin(method: str, headers: Headers) -> bool:
    """Whether a browser says that another site's page sends this write."""
    if method in _SAFE:
        return False
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


def _name(headers: Headers) -> str:
    """The host name of the ``Host`` header, without its port."""
    host = headers.get("host", "")
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
