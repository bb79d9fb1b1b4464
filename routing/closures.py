"""Closures as changes: what those that hold do to a profile's times.

A closure stops, unless it has a ``speed_factor`` or is water that the profile wades: then the
stretch that it takes is passed slowly. Of several on one edge the strictest wins: whatever stops,
else the slowest. Every closure's stretches come from ``routing/cuts.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from geo.checks import impossible
from geo.domain import Closure
from routing.changes import NO_CHANGES, Changes
from routing.cuts import Cut, cut_of, merged
from routing.graph import RoadGraph
from routing.profiles import Profile
from routing.table import Floats, Int32s

_LONGEST_MS = 2**31 - 1
_ROUNDING = 1e-6  # ms: what floating-point noise may add before a millisecond is rounded up


def changes_of(
    graph: RoadGraph, closures: Sequence[Closure], profile: Profile, now: datetime | None = None
) -> Changes:
    """What these closures change for a profile; at a moment, those that are in force then.

    A slowed stretch takes ``ms * share / speed_factor``, with the share of the edge that it
    covers, the whole rounded up; where that is beyond 2**31 - 1 ms it stops (as everywhere: such
    an edge is no way). Water is waded at the profile's ``wading_kph`` at most, where it has one.
    Raises InvalidInput for a ``speed_factor`` that is not above 0 and below 1, and as ``cut_of``.
    """
    stopping: list[Cut] = []
    slowing: list[tuple[Int32s, Int32s]] = []
    for closure in closures:
        if closure.speed_factor is not None and not 0 < closure.speed_factor < 1:  # NaN too
            raise impossible("speed_factor", closure.speed_factor)
        if not holds(closure, profile, now):
            continue
        cut = cut_of(graph, closure)
        if not len(cut.edge):
            continue
        wades = closure.depth_m is not None and profile.wades(closure.depth_m)
        if not wades and (closure.depth_m is not None or closure.speed_factor is None):
            stopping.append(cut)
            continue
        slow, endless = _slowed(graph, closure, cut, profile)
        if len(slow[0]):
            slowing.append(slow)
        if len(endless.edge):
            stopping.append(endless)
    if not stopping and not slowing:
        return NO_CHANGES
    edge, start, end = _joined(stopping)
    shut = edge[np.concatenate([[True], edge[1:] != edge[:-1]])] if len(edge) else edge
    if not slowing:
        return Changes(shut, np.full(len(shut), -1, dtype=np.int32), edge, start, end)
    return Changes(*_strictest(shut, slowing), edge, start, end)


def holds(closure: Closure, profile: Profile, now: datetime | None = None) -> bool:
    """Whether a closure concerns a profile, and is in force at a moment where one is given."""
    if closure.profiles and profile.name not in closure.profiles:
        return False
    if now is None:
        return True
    begun = closure.valid_from is None or closure.valid_from <= now
    return begun and (closure.valid_to is None or now < closure.valid_to)


def stops(closure: Closure, profile: Profile, now: datetime | None = None) -> bool:
    """Whether a closure stops a profile, rather than slowing it or leaving it alone."""
    if not holds(closure, profile, now):
        return False
    if closure.depth_m is not None:
        return not profile.wades(closure.depth_m)
    return closure.speed_factor is None


def _slowed(
    graph: RoadGraph, closure: Closure, cut: Cut, profile: Profile
) -> tuple[tuple[Int32s, Int32s], Cut]:
    """Edges that become slower and their new milliseconds, each edge once; and the stretches of
    those that would take longer than can be told."""
    wading = profile.limits.get("wading_kph") if closure.depth_m else None
    first = np.flatnonzero(np.concatenate([[True], cut.edge[1:] != cut.edge[:-1]]))
    edge = cut.edge[first]
    share = np.minimum(np.add.reduceat(cut.end - cut.start, first), 1.0)
    base = graph.weights[profile.name].ms[edge].astype(np.float64)
    taken = base * share
    slow = taken
    if closure.speed_factor is not None:
        slow = taken / closure.speed_factor
    if wading is not None:
        slow = np.maximum(slow, share * graph.length_m[edge] * 3600.0 / wading.value)
    ms = np.ceil(base - taken + slow - _ROUNDING)
    slower = (base >= 0) & (ms > base)
    endless = np.isin(cut.edge, edge[slower & (ms > _LONGEST_MS)])
    slower &= ms <= _LONGEST_MS
    return (
        (edge[slower], ms[slower].astype(np.int32)),
        Cut(cut.edge[endless], cut.start[endless], cut.end[endless]),
    )


def _joined(cuts: Sequence[Cut]) -> tuple[Int32s, Floats, Floats]:
    if len(cuts) == 1:
        return cuts[0].edge, cuts[0].start, cuts[0].end
    if not cuts:
        return NO_CHANGES.block_edge, NO_CHANGES.block_start, NO_CHANGES.block_end
    columns = ([getattr(one, key) for one in cuts] for key in ("edge", "start", "end"))
    return merged(*(np.concatenate(column) for column in columns))


def _strictest(shut: Int32s, slowing: Sequence[tuple[Int32s, Int32s]]) -> tuple[Int32s, Int32s]:
    """Every changed edge once with the milliseconds that count: -1, else the most."""
    edge = np.concatenate([shut, *(one[0] for one in slowing)])
    ms = np.concatenate([np.full(len(shut), _LONGEST_MS), *(one[1] for one in slowing)])
    stopped = np.concatenate([np.ones(len(shut), bool), np.zeros(len(edge) - len(shut), bool)])
    order = np.lexsort((-ms, ~stopped, edge))
    edge, ms, stopped = edge[order], ms[order], stopped[order]
    first = np.concatenate([[True], edge[1:] != edge[:-1]])
    return edge[first], np.where(stopped, -1, ms)[first].astype(np.int32)
