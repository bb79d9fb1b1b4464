"""The last few rankings of this process, each given again while nothing it rests on has changed.

A ranking takes seconds and is a pure function of what it is measured from. That is read anew for
every question: the roads in memory, the stations, the people and places, the closures in force.
An answer is given again only where all of it is the very same, so that none is ever stale.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from datetime import datetime

    from geo.domain import Closure, LonLat
    from routing.changes import Changes
    from routing.graph import RoadGraph
    from routing.loss import Spot
    from routing.ranking import Ranking, Weighing
    from routing.roads import Roads

_KEPT = 8  # rankings; each holds its rows alone


@dataclass(slots=True)
class _Memory:
    """Rankings on the roads asked about last, the least lately used first."""

    graph: RoadGraph | None = None  # other roads, speeds or heights are another graph
    found: OrderedDict[bytes, Ranking] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_memory = _Memory()


def ranked(
    roads: Roads,
    services: Sequence[LonLat],
    spots: Sequence[Spot],
    weighing: Weighing,
    *,
    profile: str,
    standing: Sequence[Closure],
    limit: int,
    now: datetime,
) -> Ranking:
    """As ``routing.ranking.ranking``, from memory where it was worked out before."""
    from routing import ranking as ranks

    changes = roads.changes(standing, profile, now)
    key = _key(changes, (profile, limit, weighing, services, spots))
    with _memory.lock:
        if _memory.graph is not roads.graph:
            _memory.graph = roads.graph
            _memory.found.clear()
        if key in _memory.found:
            _memory.found.move_to_end(key)
            return _memory.found[key]
    found = ranks.ranking(
        roads, services, spots, weighing, profile=profile, standing=standing, limit=limit, now=now
    )
    with _memory.lock:
        if _memory.graph is roads.graph:
            _memory.found[key] = found
            while len(_memory.found) > _KEPT:
                _memory.found.popitem(last=False)
    return found


def _key(changes: Changes, said: tuple[object, ...]) -> bytes:
    """A digest of the question: what closures change, and every plain value in order."""
    digest = sha256(orjson.dumps(said))
    for name in ("edge", "ms", "block_edge", "block_start", "block_end"):
        column = getattr(changes, name)
        digest.update(f"{name} {len(column)} {column.dtype}".encode())
        digest.update(column.tobytes())
    return digest.digest()
