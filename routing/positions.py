"""Recorded positions made fit to be matched to roads: sorted, cut into traces, faults left out.

Every row that is left out is counted by its reason; nothing is mended in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np

from routing.grid import METRES_PER_DEGREE
from routing.profiles import road_parameter
from routing.table import Floats, Ints

_LEAST_FIXES = 4  # a shorter trace has no way to speak of


@dataclass(frozen=True, slots=True)
class Fix:
    """One recorded position; None: the record does not say."""

    team: str
    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None = None
    speed_kph: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Traces:
    """Positions in order; those of one trace stand together."""

    lon: Floats  # (k,)
    lat: Floats
    at_s: Floats  # seconds since 1970
    sigma_m: Floats
    trace: Ints  # (k,) number of the trace, from 0
    team: tuple[str, ...]  # (traces,) who drove it
    rejected: Mapping[str, int]  # by reason
    reordered: int  # rows that came late and were put in their place
    thinned: int  # rows so near the one before that they tell of its error and not of a way

    @property
    def count(self) -> int:
        """How many traces."""
        return int(self.trace[-1]) + 1 if len(self.trace) else 0


def clean(fixes: Iterable[Fix]) -> Traces:
    """Traces of all teams. Reasons: duplicate, inaccurate, too_fast, teleport, standing, short."""
    teams: dict[str, list[Fix]] = {}
    for fix in fixes:
        teams.setdefault(fix.team, []).append(fix)
    rejected: Counter[str] = Counter()
    reordered = thinned = 0
    kept: list[list[Fix]] = []
    for team in sorted(teams):
        rows = teams[team]
        times = [fix.at for fix in rows]
        reordered += sum(b < a for a, b in pairwise(times))
        pieces = _pieces(sorted(rows, key=lambda fix: fix.at), rejected)
        for piece in pieces:
            for moving in _moving(piece, rejected):
                run = _thin(moving)
                thinned += len(moving) - len(run)
                if len(run) < _LEAST_FIXES:
                    rejected["short"] += len(run)
                else:
                    kept.append(run)
    flat = [fix for run in kept for fix in run]
    sigma = _value("sigma_m")
    return Traces(
        lon=np.array([fix.lon for fix in flat], dtype=np.float64),
        lat=np.array([fix.lat for fix in flat], dtype=np.float64),
        at_s=np.array([fix.at.timestamp() for fix in flat], dtype=np.float64),
        sigma_m=np.array([max(fix.accuracy_m or sigma, 4.0) for fix in flat], dtype=np.float64),
        trace=np.repeat(np.arange(len(kept)), [len(run) for run in kept]).astype(np.int64),
        team=tuple(run[0].team for run in kept),
        rejected={reason: count for reason, count in sorted(rejected.items()) if count},
        reordered=reordered,
        thinned=thinned,
    )


def metres(a: Fix, b: Fix) -> float:
    """Local equirectangular metres between two positions."""
    middle = np.cos(np.radians((a.lat + b.lat) / 2))
    return float(np.hypot((a.lon - b.lon) * middle, a.lat - b.lat)) * METRES_PER_DEGREE


def _pieces(rows: list[Fix], rejected: Counter[str]) -> list[list[Fix]]:
    """The rows of one team without faults, cut at long silences and true jumps."""
    pieces: list[list[Fix]] = []
    held: Fix | None = None  # a position that no vehicle could have reached; the next one decides
    for fix in rows:
        if fix.accuracy_m is not None and fix.accuracy_m > _value("worst_accuracy_m"):
            rejected["inaccurate"] += 1
        elif fix.speed_kph is not None and fix.speed_kph > _value("fastest_kph"):
            rejected["too_fast"] += 1
        elif not pieces:
            pieces.append([fix])
        elif fix.at == pieces[-1][-1].at or (held is not None and fix.at == held.at):
            rejected["duplicate"] += 1
        elif (fix.at - pieces[-1][-1].at).total_seconds() > _value("gap_s"):
            rejected["teleport"] += held is not None
            held = None
            pieces.append([fix])
        elif not _leaps(pieces[-1][-1], fix):
            rejected["teleport"] += held is not None
            held = None
            pieces[-1].append(fix)
        elif held is not None and not _leaps(held, fix):
            pieces.append([held, fix])
            held = None
        else:
            rejected["teleport"] += held is not None
            held = fix
    rejected["teleport"] += held is not None
    return pieces


def _moving(rows: list[Fix], rejected: Counter[str]) -> list[list[Fix]]:
    """The runs between long stands. The first and the last position of a stand end and begin a
    run; those between are left out."""
    runs: list[list[Fix]] = [[]]
    first = 0
    while first < len(rows):
        last = first
        while last + 1 < len(rows) and metres(rows[first], rows[last + 1]) <= _value("stand_m"):
            last += 1
        runs[-1].append(rows[first])
        if (rows[last].at - rows[first].at).total_seconds() >= _value("stand_s"):
            rejected["standing"] += last - first - 1
            runs.append([])
            first = last
            if last + 1 == len(rows):
                rejected["standing"] += 1
                break
            runs[-1].append(rows[last])
        first += 1
    return [run for run in runs if run]


def _thin(run: list[Fix]) -> list[Fix]:
    """Positions far enough apart. Closer ones waver about the road, and each waver forwards would
    count as a way driven (Newson and Krumm leave them out for the same reason)."""
    kept = run[:1]
    apart, waited = _value("apart_m"), _value("apart_s")
    for fix in run[1:]:
        if metres(kept[-1], fix) >= apart or (fix.at - kept[-1].at).total_seconds() >= waited:
            kept.append(fix)
    return kept


def _leaps(a: Fix, b: Fix) -> bool:
    """Whether nothing on wheels comes from one position to the other in that time."""
    seconds = (b.at - a.at).total_seconds()
    doubt = 3 * _value("sigma_m")
    return metres(a, b) - doubt > seconds * _value("fastest_kph") / 3.6


def _value(key: str) -> float:
    return road_parameter("measured", key).value
