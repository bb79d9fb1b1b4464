"""The steps of many ways at once: where one ends and the next begins, and what each passes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, get_args

import numpy as np

from geo.domain import Compass, Step
from geo.steps import StepRows
from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.junctions import Junctions
from routing.maneuvers import CODE, MANEUVERS, Codes, decide
from routing.table import Bools, Floats, Int32s, Ints

COMPASS: tuple[Compass, ...] = get_args(Compass)
LONG_M = 100.0  # a bridge or tunnel without a name is worth a word from this length on [A]
_GREAT = 2.0  # on motorways and trunk roads nameless bridges are no landmarks: there are too many
_STRAIGHT = 0.5  # whose ends lie nearer together than this share of its length has no one direction


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """``t`` edges of many ways as they are driven; way ``w`` is rows ``ptr[w]`` to ``ptr[w+1]``."""

    ptr: Ints  # (k + 1,)
    edges: Int32s  # (t,)
    metres: Floats  # (t,) as far as they are driven
    ms: Ints  # (t,)
    point: Ints  # (t,) where in its way's line an edge begins
    line: Floats  # (2, v) lon, lat of the lines of all ways
    line_ptr: Ints  # (k + 1,)


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Columns of the steps of all ways, in the order of Step's fields."""

    ptr: list[int]  # (k + 1,)
    columns: tuple[list[Any], ...]

    def of(self, way: int) -> StepRows:
        """The steps of one way."""
        rows = slice(self.ptr[way], self.ptr[way + 1])
        return StepRows(tuple([column[rows] for column in self.columns]))


def steps_of(graph: RoadGraph, drive: Drive, seen: Junctions) -> Steps:
    """A step begins where a driver acts, where road or class change, and round a roundabout."""
    count = len(drive.edges)
    if count == 0:
        return Steps([0] * len(drive.ptr), tuple([] for _ in fields(Step)))
    first = np.zeros(count, dtype=np.bool_)
    first[drive.ptr[:-1][np.diff(drive.ptr) > 0]] = True
    codes = decide(seen, first)
    exits = _roundabouts(seen, first, codes)
    base = graph.base[drive.edges]
    kind = graph.class_code[base]
    fresh = first | (codes > 0)
    for column in (seen.road, kind, seen.ring):
        fresh[1:] |= column[1:] != column[:-1]
    begin = np.flatnonzero(fresh)
    end = np.append(begin[1:], count)
    metres = np.add.reduceat(drive.metres, begin)
    bridges, tunnels, past = _passed(graph, drive, seen, first, begin, end)
    texts = graph.texts
    return Steps(
        np.searchsorted(begin, drive.ptr).tolist(),
        (
            [texts[code] for code in seen.road[begin].tolist()],
            [texts[code] for code in kind[begin].tolist()],
            metres.tolist(),
            (np.add.reduceat(drive.ms, begin) / 1000).tolist(),
            [MANEUVERS[code] for code in codes[begin].tolist()],
            [COMPASS[code] for code in _compass(drive, seen, begin, metres).tolist()],
            bridges,
            tunnels,
            past,
            [exits.get(one) for one in begin.tolist()] if exits else [None] * len(begin),
            drive.point[begin].tolist(),
            (end - begin).tolist(),
        ),
    )


def eighth(degrees: Floats) -> Ints:
    """Which eighth of the compass a heading is, 1 (north) clockwise to 8: index into COMPASS."""
    codes: Ints = (np.floor((degrees + 22.5) / 45.0) % 8).astype(np.int64) + 1
    return codes


def _roundabouts(seen: Junctions, first: Bools, codes: Codes) -> dict[int, int]:
    """The number of the exit taken, by the edge that enters the ring.

    Whoever enters and leaves is told so once, at the entry: ``codes`` loses the leaving then.
    """
    if not (codes == CODE["leave_roundabout"]).any():
        return {}
    before = np.concatenate([[False], seen.ring[:-1]])
    enters = seen.ring & (first | ~before)
    begun = np.maximum.accumulate(np.where(enters, np.arange(len(codes)), 0))
    passed = np.cumsum(seen.leaves_ring)
    exits = {}
    for leaving in np.flatnonzero(codes == CODE["leave_roundabout"]).tolist():
        entry = int(begun[leaving - 1])
        if codes[entry] == CODE["roundabout"]:
            exits[entry] = 1 + int(passed[leaving - 1] - passed[entry])
            codes[leaving] = 0
    return exits


def _compass(drive: Drive, seen: Junctions, begin: Ints, metres: Floats) -> Ints:
    """The direction from a step's first point to its last; of one that winds, how it sets out."""
    owner = np.searchsorted(drive.ptr, begin, side="right") - 1
    start = drive.line_ptr[owner] + drive.point[begin]
    last = np.append(owner[1:] != owner[:-1], True)
    end = np.where(last, drive.line_ptr[owner + 1] - 1, np.append(start[1:], 0))
    dx, dy = drive.line[:, end] - drive.line[:, start]
    dx = dx * np.cos(np.radians(drive.line[1, start]))
    straight = np.hypot(dx, dy) * METRES_PER_DEGREE >= _STRAIGHT * metres
    return eighth(np.where(straight, np.degrees(np.arctan2(dx, dy)) % 360, seen.heading[begin]))


def _passed(
    graph: RoadGraph, drive: Drive, seen: Junctions, first: Bools, begin: Ints, end: Ints
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], list[float]]:
    """Names of the bridges and tunnels of each step, and the metres behind the last of them.

    A step that is all bridge, and called otherwise than the roads before and behind it, is a
    bridge of that name; else one that is long enough is a bridge without name.
    """
    base = graph.base[drive.edges]
    road = seen.road[begin]
    ends = np.append(first[begin[1:]], True)
    other = (first[begin] | (road != np.roll(road, 1))) & (ends | (road != np.roll(road, -1)))
    driven = np.concatenate([[0.0], np.cumsum(drive.metres)])
    place = np.arange(len(base))
    past = np.full(len(begin), np.inf)
    found: list[list[tuple[str, ...]]] = []
    for flag, least in ((graph.bridge[base], _GREAT), (graph.tunnel[base], -1.0)):
        names: list[tuple[str, ...]] = [()] * len(begin)
        built = np.add.reduceat(np.where(flag, drive.metres, 0.0), begin)
        whole = np.logical_and.reduceat(flag, begin) & other & (seen.name[begin] != seen.nameless)
        said = whole | ((built >= LONG_M) & (seen.rank[begin] >= least))
        last = np.maximum.reduceat(np.where(flag, place, -1), begin)
        past = np.where(said, np.minimum(past, driven[end] - driven[last + 1]), past)
        for step in np.flatnonzero(said).tolist():
            names[step] = (graph.texts[road[step]] if whole[step] else "",)
        found.append(names)
    return found[0], found[1], np.where(np.isfinite(past), past, 0.0).tolist()
