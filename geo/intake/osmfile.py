"""Reading OpenStreetMap files, with a clear word where a file is not one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import osmium
from osmium import filter as keep_only
from osmium.osm import NODE, WAY

from geo.errors import BadFile
from geo.words import say

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")


def is_osm(path: Path) -> bool:
    """Whether the name says OpenStreetMap."""
    return path.name.lower().endswith(SUFFIXES)


def check_file(path: Path) -> None:
    """Raise BadFile where there is nothing to read."""
    if not path.exists():
        raise bad_road_file(path, "missing")
    if not path.is_file():
        raise bad_road_file(path, "not_a_file")
    try:
        with path.open("rb") as opened:
            first = opened.read(1)
    except OSError as error:
        raise bad_road_file(path, "not_readable", reason=str(error)) from error
    if not first:
        raise bad_road_file(path, "empty")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn osmium's errors about a file into BadFile with the remedy."""
    check_file(path)
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        text = str(error)
        if "unexpected EOF" in text or "truncated" in text.lower():
            raise bad_road_file(path, "truncated") from error
        raise bad_road_file(path, "not_osm", reason=text) from error


def objects(path: Path, entities: Any, *filters: Any) -> Iterator[Any]:
    """The objects of a file that pass the filters; each is valid only until the next is taken."""
    with reading(path):
        source = osmium.FileProcessor(str(path), entities)
        for item in filters:
            source = source.with_filter(item)
        yield from source


def located_ways(path: Path, *filters: Any) -> Iterator[Any]:
    """The ways of a file that pass the filters, their nodes bearing locations where the file has
    them. In a file whose ways come before their nodes none has."""
    with reading(path):
        source = osmium.FileProcessor(str(path), NODE | WAY).with_locations("flex_mem")
        for item in (keep_only.EntityFilter(WAY), *filters):
            source = source.with_filter(item)
        yield from source


def updated_at(path: Path) -> datetime | None:
    """When the file's data are from, as its header says; None where it does not say."""
    with reading(path):
        header = osmium.io.Reader(str(path)).header()
    said = header.get("osmosis_replication_timestamp") or header.get("timestamp")
    try:
        return datetime.fromisoformat(said.replace("Z", "+00:00")) if said else None
    except ValueError:
        return None


def bad_road_file(
    path: Path, rule: str, kind: type[BadFile] = BadFile, **values: object
) -> BadFile:
    """The error for a road file that breaks a rule of the words ``roads.files``."""
    words = f"roads.files.{rule}"
    values = {"file": path.name} | values
    return kind(
        say(f"{words}.message", "en", **values),
        remedy=say(f"{words}.remedy", "en", **values),
        words=words,
        **values,
    )
