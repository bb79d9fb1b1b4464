"""One table from error to HTTP status, and one shape for every error a person or program sees.

``{"error": {"code", "message", "remedy", "values"}}``: ``code`` is stable, ``message`` and
``remedy`` are in the reader's language, ``values`` are what the sentence speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo import errors
from geo.words import catalogue

STATUS: dict[type[errors.OneMapError], int] = {
    errors.BadBundle: 422,
    errors.BadFile: 422,
    errors.BadRow: 422,
    errors.Conflict: 409,
    errors.DiskFull: 507,
    errors.InvalidInput: 422,
    errors.MissingCrs: 422,
    errors.MixedData: 409,
    errors.NoDatabase: 503,
    errors.NoRoads: 503,
    errors.NotFound: 404,
    errors.OutsideArea: 422,
    errors.PortInUse: 503,
    errors.SetupFailed: 503,
    errors.UnknownCategory: 404,
    errors.UnknownEventType: 404,
}


def status_of(error: errors.OneMapError) -> int:
    """The HTTP status of an error: its own class's, else its nearest ancestor's, else 500."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def error_body(error: errors.OneMapError, language: str = "zh-CN") -> dict[str, Any]:
    """The one JSON shape of an error."""
    message, remedy = sentences(error, language)
    values = {key: _plain(value) for key, value in error.values.items() if key != "words"}
    return body(error.code, message, remedy, values)


def body(
    code: str, message: str, remedy: str = "", values: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The same shape for what is no error class of ours (a body that does not parse, a 404)."""
    return {
        "error": {"code": code, "message": message, "remedy": remedy, "values": dict(values or {})}
    }


def sentences(error: errors.OneMapError, language: str = "zh-CN") -> tuple[str, str]:
    """What is wrong and how to mend it, in ``language``.

    A value named ``words`` points at a more exact sentence than the code's own: the catalogue
    holds ``<words>.message`` and ``<words>.remedy``. What no catalogue says, or says of values
    that the error does not carry, falls back to the error's own English.
    """
    key = error.values.get("words", f"errors.{error.code}")
    message = _sentence(f"{key}.message", language, error) or error.message
    remedy = _sentence(f"{key}.remedy", language, error) or error.remedy
    return message, remedy


def _sentence(key: str, language: str, error: errors.OneMapError) -> str | None:
    text = catalogue(language).get(key)
    if text is None:
        return None
    known = {name: _shown(value, language) for name, value in error.values.items()}
    try:
        return text.format(**{"detail": error.message, "help": error.remedy, **known}).strip()
    except (KeyError, IndexError):
        return None


def _shown(value: object, language: str) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ("、" if language == "zh-CN" else ", ").join(str(item) for item in value)
    return "" if value is None else str(value)


def _plain(value: object) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)
