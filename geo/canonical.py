"""Frozen values to canonical JSON and back: sorted keys, UTF-8, no NaN.

Equal values give equal bytes in any process, so the SHA-256 of the bytes can be an identity.
"""

from __future__ import annotations

import dataclasses
import hashlib
import types
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson

T = TypeVar("T")


def plain(value: Any) -> Any:
    """The value as dicts, lists, strings, numbers, booleans and None."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("NaN and infinity have no JSON; use None for what is not known")
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return instant(value)
    if hasattr(value, "item"):  # a numpy number
        return plain(value.item())
    raise TypeError(f"{type(value).__name__} has no canonical JSON")


def canonical(value: Any) -> bytes:
    """Canonical JSON of a value."""
    return orjson.dumps(plain(value), option=orjson.OPT_SORT_KEYS)


def digest(*values: Any) -> str:
    """SHA-256 (hex) over the canonical JSON of the values, one after another."""
    state = hashlib.sha256()
    for value in values:
        state.update(canonical(value))
        state.update(b"\n")
    return state.hexdigest()


def instant(at: datetime) -> str:
    """A time as ``2026-06-01T00:00:00Z``: UTC, whole seconds."""
    if at.tzinfo is None:
        raise ValueError("a time without zone; times are aware UTC")
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def restore(kind: type[T], data: Any) -> T:
    """The frozen value of type ``kind`` that ``plain`` was made from."""
    out: T = _restore(kind, data)
    return out


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _restore(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if data is None or kind is Any or origin is Literal:
        return data
    if origin in (Union, types.UnionType):
        options = [a for a in get_args(kind) if a is not type(None)]
        return _restore(options[0], data)
    if origin is tuple:
        args = get_args(kind)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_restore(args[0], item) for item in data)
        return tuple(_restore(a, item) for a, item in zip(args, data, strict=True))
    if origin is not None and issubclass(origin, Mapping):
        item_kind = get_args(kind)[1]
        return {key: _restore(item_kind, item) for key, item in data.items()}
    if kind is UUID:
        return UUID(data)
    if kind is datetime:
        return datetime.fromisoformat(data)
    if dataclasses.is_dataclass(kind):
        made: Any = kind
        hints = _hints(made)
        return made(**{k: _restore(hints[k], v) for k, v in data.items() if k in hints})
    return data
