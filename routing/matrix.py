"""Every origin with every destination: times, metres, and why where there is none.

One search for each place of the smaller side, several at once: searches run outside the
interpreter's lock. Each row is the answer of a single question, so the two always agree.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt

from geo.domain import Closure, LonLat
from geo.errors import InvalidInput
from routing.pieces import main_place
from routing.roads import Roads
from routing.table import Bools, Floats, Ints
from routing.times import Times

MOST_CELLS = 4_000_000  # 24 bytes each: 96 MB; larger questions are several
MOST_SEARCHES = 5_000
_MOST_THREADS = 8
PairWhy = Literal["unreachable", "no_road_data", "beyond_limit"]
WHYS: tuple[PairWhy | None, ...] = (None, "unreachable", "no_road_data", "beyond_limit")
"""What ``Matrix.why`` holds: indexes into this. ``beyond_limit`` (超出时限): an open road leads
there, but in more than ``limit_s``; ``unreachable`` (不可达): none does, in whatever time."""
_UNREACHABLE, _BEYOND = 1, 3


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """``o`` origins by ``d`` destinations, in the order they were given."""

    profile: str
    road_ms: Ints  # (o, d) whole milliseconds; -1: see why
    distance_m: Floats  # (o, d) along the road; nan: see why
    why: npt.NDArray[np.int8]  # (o, d) index into WHYS
    searches: int


def matrix(
    roads: Roads,
    origins: Sequence[LonLat],
    destinations: Sequence[LonLat],
    *,
    profile: str,
    closures: Sequence[Closure] = (),
    limit_s: float | None = None,
    now: datetime | None = None,
    threads: int | None = None,
) -> Matrix:
    """Road times from every origin to every destination; those in more than ``limit_s``
    ``beyond_limit``.

    Raises InvalidInput for more cells or searches than one answer may hold, and what
    :meth:`Roads.times_to` raises.
    """
    rows, columns = len(origins), len(destinations)
    _check(rows, columns)
    forwards = rows <= columns
    single, many = (origins, destinations) if forwards else (destinations, origins)
    ask: Callable[..., Times] = roads.times_from if forwards else roads.times_to
    ms = np.full((len(single), len(many)), -1, dtype=np.int64)
    metres = np.full((len(single), len(many)), np.nan)
    why = np.zeros((len(single), len(many)), dtype=np.int8)

    through = (np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.bool_))
    if limit_s is not None and rows and columns:
        through = _through(roads, single, many, profile, closures, now, forwards=forwards)

    def one(index: int) -> None:
        found = ask(
            single[index], many, profile=profile, closures=closures, limit_s=limit_s, now=now
        )
        ms[index], metres[index] = found.road_ms, found.distance_m
        why[index] = [WHYS.index(reason) for reason in found.why]
        late = np.flatnonzero(why[index] == _UNREACHABLE)
        if limit_s is None or not len(late):
            return
        led = through[0][index] & through[1][late]
        why[index, late[led]] = _BEYOND
        unsure = late[~led]
        if len(unsure):
            there = [many[place] for place in unsure.tolist()]
            again = ask(single[index], there, profile=profile, closures=closures, now=now)
            why[index, unsure[again.road_ms >= 0]] = _BEYOND

    if len(many):
        workers = threads or min(_MOST_THREADS, os.cpu_count() or 1)
        with ThreadPoolExecutor(max_workers=workers) as pool:
            for _ in pool.map(one, range(len(single))):
                pass
    if not forwards:
        ms, metres, why = ms.T, metres.T, why.T
    return Matrix(profile, ms, metres, why, len(single))


def _through(
    roads: Roads,
    single: Sequence[LonLat],
    many: Sequence[LonLat],
    profile: str,
    closures: Sequence[Closure],
    now: datetime | None,
    *,
    forwards: bool,
) -> tuple[Bools, Bools]:
    """Who gets to the main piece of the roads, and to whom one gets from it: two searches decide
    for most pairs whether any open road leads there, so that no pair needs a search without limit.
    """
    main = main_place(roads, profile, closures, now)
    if main is None:
        return np.zeros(len(single), dtype=np.bool_), np.zeros(len(many), dtype=np.bool_)
    first: Callable[..., Times] = roads.times_to if forwards else roads.times_from
    then: Callable[..., Times] = roads.times_from if forwards else roads.times_to
    ends = ((first, single), (then, many))
    reached = [
        ask(main, places, profile=profile, closures=closures, now=now).road_ms >= 0
        for ask, places in ends
    ]
    return reached[0], reached[1]


def _check(rows: int, columns: int) -> None:
    if rows * columns <= MOST_CELLS and min(rows, columns) <= MOST_SEARCHES:
        return
    raise InvalidInput(
        f"{rows} origins by {columns} destinations are more than one answer may hold.",
        remedy=f"Ask in parts of at most {MOST_CELLS:,} pairs.",
        words="routes.matrix_too_large",
        rows=rows,
        columns=columns,
        most=MOST_CELLS,
        searches=MOST_SEARCHES,
    )
