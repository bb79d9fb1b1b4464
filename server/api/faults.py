"""Every fault as one JSON shape: ``{"error": {"code", "message", "remedy", "values"}}``."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from geo.errors import InvalidInput, OneMapError
from geo.words import say
from server.errors import body, error_body, status_of
from server.faults import known_fault

log = logging.getLogger("onemap")
_BY_STATUS = {404: "no_such_page", 405: "no_such_method", 413: "too_large"}


def install(app: FastAPI) -> None:
    """Give every kind of fault its handler."""
    app.add_exception_handler(OneMapError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SQLAlchemyError, _machine)
    app.add_exception_handler(OSError, _machine)
    app.add_exception_handler(Exception, _unforeseen)


def language_of(request: Request) -> str:
    """The first language the reader names that we speak, else the server's own."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.partition(";")[0].strip()
        if tag.startswith(("zh", "en")):
            return "zh-CN" if tag.startswith("zh") else "en"
    return str(request.app.state.settings.lang)


def json_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A value as JSON, by orjson; numpy numbers and dates as they are."""
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    return Response(
        orjson.dumps(value, default=str, option=options),
        status_code=status,
        media_type="application/json",
        headers=dict(headers or {}),
    )


def error_response(
    code: str,
    status: int,
    *,
    language: str,
    values: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error that has no class of its own: its words are ``errors.<code>``."""
    message = say(f"errors.{code}.message", language, **(values or {}))
    remedy = say(f"errors.{code}.remedy", language, **(values or {}))
    return json_response(body(code, message, remedy, values), status, headers)


def _known(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, OneMapError)
    return json_response(error_body(fault, language_of(request)), status_of(fault))


def _invalid(request: Request, fault: Exception) -> Response:
    """A body or query that does not fit its model: every place and reason, none of the content."""
    assert isinstance(fault, RequestValidationError)
    faults = [
        {"where": ".".join(str(part) for part in one["loc"]), "reason": one["msg"]}
        for one in fault.errors()
    ]
    first = faults[0] if faults else {"where": "", "reason": ""}
    error = InvalidInput(
        f"{first['where']}: {first['reason']}.",
        remedy="See /api/docs for what is expected.",
        words="errors.invalid_request",
        **first,
        faults=faults,
    )
    return json_response(error_body(error, language_of(request)), 422)


def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    code = _BY_STATUS.get(fault.status_code, "bad_request")
    values = {"path": request.url.path, "method": request.method}
    return error_response(
        code,
        fault.status_code,
        language=language_of(request),
        values=values,
        headers=fault.headers,
    )


def _machine(request: Request, fault: Exception) -> Response:
    """Faults of the database and the disk that a person can mend; all others are raised on."""
    error = known_fault(fault)
    if error is None:
        raise fault
    return _known(request, error)


def _unforeseen(request: Request, fault: Exception) -> Response:
    """A bug of ours: one line for the reader; the traceback goes to the log."""
    log.error("%s %s failed", request.method, request.url.path)
    return error_response("error", 500, language=language_of(request))
