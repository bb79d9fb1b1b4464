"""A small reader of Mapbox vector tiles: layers, and the properties of their features."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any


def decode(tile: bytes) -> dict[str, list[dict[str, Any]]]:
    """Layer name -> properties of each feature. Layers without features are left out."""
    out: dict[str, list[dict[str, Any]]] = {}
    for field, layer in _fields(tile):
        assert field == 3
        name, keys, values, tags = "", [], [], []
        for key, value in _fields(layer):
            if key == 1:
                name = value.decode()
            elif key == 2:
                tags.append(next((v for k, v in _fields(value) if k == 2), b""))
            elif key == 3:
                keys.append(value.decode())
            elif key == 4:
                values.append(_value(value))
        features = []
        for packed in tags:
            numbers = list(_varints(packed))
            pairs = zip(numbers[::2], numbers[1::2], strict=True)
            features.append({keys[key]: values[value] for key, value in pairs})
        if features:
            out[name] = features
    return out


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            size, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}[kind]
        yield tag >> 3, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _value(data: bytes) -> Any:
    ((kind, value),) = _fields(data)
    if kind == 1:
        return value.decode()
    if kind == 3:
        return struct.unpack("<d", value)[0]
    if kind == 6:
        return (value >> 1) ^ -(value & 1)
    return bool(value) if kind == 7 else value
