"""The OpenAPI page: rendered here from the schema, without scripts and without a CDN."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from geo.words import say
from server.api.faults import language_of

router = APIRouter(include_in_schema=False)


@router.get("/api/docs", response_class=HTMLResponse)
def manual(request: Request) -> HTMLResponse:
    """Every path with its parameters, body and answer."""
    schema = request.app.openapi()
    return HTMLResponse(render(schema, language_of(request)))


def render(schema: dict[str, Any], language: str) -> str:
    """The schema as one page of HTML."""
    models = schema.get("components", {}).get("schemas", {})
    parts = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<link rel="icon" href="data:,">',
        f"<title>{escape(schema['info']['title'])} API</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(schema['info']['title'])} <small>{escape(schema['info']['version'])}</small>",
        f"</h1><p>{escape(schema['info'].get('summary', ''))} · ",
        '<a href="/api/openapi.json">openapi.json</a></p>',
        f"<p>{escape(say('api.docs.errors', language))}</p>",
    ]
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            parts.append(_operation(path, method, operation, language))
    parts.append(f"<h2>{say('api.docs.models', language)}</h2>")
    for name, model in sorted(models.items()):
        parts.append(_model(name, model))
    return "".join([*parts, "</body></html>"])


def _operation(path: str, method: str, operation: dict[str, Any], language: str) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code><td>{escape(one['in'])}"
        f"<td>{_type(one.get('schema', {}))}<td>{_prose(one.get('description', ''))}</tr>"
        for one in operation.get("parameters", ())
    )
    table = f"<table>{rows}</table>" if rows else ""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    sent = f"<p>{say('api.docs.body', language)}: {_type(body['schema'])}</p>" if body else ""
    answers = " ".join(
        f"{code} {_type(_content(one))}"
        for code, one in operation.get("responses", {}).items()
        if code.startswith("2")
    )
    return (
        f'<section><h3><b class="{method}">{method.upper()}</b> <code>{escape(path)}</code> '
        f"{escape(operation.get('summary', ''))}</h3>"
        f"<p>{_prose(operation.get('description', ''))}</p>{table}{sent}"
        f"<p>{say('api.docs.answer', language)}: {answers}</p></section>"
    )


def _prose(text: str) -> str:
    """A docstring's text, its ``names`` set as code."""
    return re.sub("``(.+?)``", r"<code>\1</code>", escape(text))


def _content(response: dict[str, Any]) -> dict[str, Any]:
    for one in response.get("content", {}).values():
        found: dict[str, Any] = one.get("schema", {})
        return found
    return {}


def _model(name: str, model: dict[str, Any]) -> str:
    needed = set(model.get("required", ()))
    rows = "".join(
        f"<tr><td><code>{escape(key)}</code>{' *' if key in needed else ''}<td>{_type(one)}"
        f"<td>{_prose(one.get('description', ''))}</tr>"
        for key, one in model.get("properties", {}).items()
    )
    return (
        f'<section id="{escape(name)}"><h3><code>{escape(name)}</code></h3>'
        f"<p>{_prose(model.get('description', ''))}</p><table>{rows}</table></section>"
    )


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words, with links to the models."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#{escape(name)}">{escape(name)}</a>'
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    if "enum" in schema or "const" in schema:
        options = schema.get("enum", [schema.get("const")])
        return " | ".join(escape(repr(one)) for one in options)
    return escape(" ".join(filter(None, (schema.get("type"), schema.get("format")))))


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b2430;background:#fff}h1 small{font-weight:400;color:#667}section{border-top:1px solid"
    " #dde3ea;padding:.4rem 0}h3{margin:.4rem 0}b{display:inline-block;min-width:4.2rem;"
    "color:#fff;background:#47617d;border-radius:4px;padding:0 .4rem;text-align:center}"
    "b.post{background:#1c7c54}b.delete{background:#a33}code{font-size:.95em}"
    "td{padding:.1rem .8rem .1rem 0;vertical-align:top}"
)
