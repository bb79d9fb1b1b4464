"""Barriers on the roads of an OpenStreetMap file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from osmium import filter as keep_only
from osmium.osm import NODE

from geo.intake.osmfile import objects
from routing.barriers import SIGNS, barrier_rules
from routing.sources import values
from routing.sources.ways import Notes
from routing.table import Barrier, Ints


def read_barriers(paths: Sequence[Path], on_roads: Ints, notes: Notes) -> tuple[Barrier, ...]:
    """The barriers that may stop someone, by node; all of them, and fords, are counted.

    ``on_roads`` are the sorted ids of the nodes of roads. A node in several files counts once.
    """
    found: dict[int, Barrier] = {}
    seen: set[int] = set()
    for path in paths:
        for node in objects(path, NODE, keep_only.KeyFilter("barrier", "ford")):
            at = np.searchsorted(on_roads, node.id)
            if node.id in seen or at == len(on_roads) or on_roads[at] != node.id:
                continue
            seen.add(node.id)
            tags = dict(node.tags)
            notes.barriers[tags.get("barrier") or "ford"] += 1
            if "barrier" in tags and (one := _barrier(node.id, tags)) is not None:
                found[node.id] = one
    return tuple(found[node] for node in sorted(found))


def _barrier(node: int, tags: Mapping[str, str]) -> Barrier | None:
    """None for a kind that stops nobody and bears no sign."""
    kind = tags["barrier"].split(";")[0].strip()
    access = tuple(sorted(f"{key}={tags[key]}" for key in SIGNS if key in tags))
    height = _metres(tags.get(key) for key in ("maxheight", "maxheight:physical"))
    width = _metres(tags.get(key) for key in ("maxwidth", "maxwidth:physical"))
    silent = not access and height is None and width is None
    if kind in barrier_rules().harmless and silent:
        return None
    return Barrier(node, kind, access, height, width)


def _metres(texts: Iterable[str | None]) -> float | None:
    """The smallest of these lengths; None: none is said, or none can be read."""
    read = (values.metres(text)[0] for text in texts if text)
    return min((one for one in read if one is not None), default=None)
