"""Speeds from recorded positions: by road class and part of the day, and by single edges.

Matched runs (``routing/matching.py``) say how long a vehicle took between two positions. Where it
passed roads of several classes meanwhile, that time is shared out by the speeds measured so far,
a few rounds until they agree. The median of runs holds, so that one bad record does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from geo.measured import Band, Level, MeasuredSpeed
from routing.conditions import Conditions
from routing.graph import RoadGraph
from routing.matching import Drive, Matched
from routing.positions import Traces
from routing.profiles import road_parameter
from routing.table import Floats, Int32s, Ints

_ROUNDS = 6
_LEAST_PLANNED_S = 20.0  # a run with less on roads of a class says nothing of it
_LEAST_EDGE_M = 60.0  # a shorter edge's time is mostly the error of two positions


@dataclass(frozen=True, slots=True, eq=False)
class _Shares:
    """Time between two positions on roads of one class: the smallest thing that is measured."""

    run: Ints  # (i,)
    gap: Ints  # (i,) which pair of positions
    road_class: Int32s  # (i,) index into the graph's texts
    planned_s: Floats
    metres: Floats
    band: Ints  # (i,) index into _BANDS


@dataclass
class _Runs:
    """What the runs say of one subject: planned and measured seconds, metres, by run."""

    planned_s: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    seconds: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    metres: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, run: int, planned_s: float, seconds: float, metres: float) -> None:
        """Add a stretch of one run."""
        self.planned_s[run] += planned_s
        self.seconds[run] += seconds
        self.metres[run] += metres


_BANDS: tuple[Band, ...] = ("peak", "day", "night")


def measure(
    graph: RoadGraph,
    profile: str,
    traces: Traces,
    matched: Matched,
    *,
    source: str,
    now: datetime,
    zone: str = "Asia/Shanghai",
) -> tuple[MeasuredSpeed, ...]:
    """The measured speeds of a profile. Runs beyond a sane ratio to the planned time are left out.

    Weights of ``graph`` are taken as planned times: give the graph without measured speeds.
    """
    if not matched.drives:
        return ()
    ms = graph.weights[profile].ms
    bands = _bands(traces, zone)
    spent: dict[tuple[Level, str, Band], _Runs] = defaultdict(_Runs)
    shares = _joined([_shares(graph, ms, bands, drive) for drive in matched.drives])
    seconds = np.concatenate([np.diff(traces.at_s[drive.fix]) for drive in matched.drives])
    took = _shared_out(graph, shares, seconds)
    for n in range(len(shares.run)):
        name = graph.texts[int(shares.road_class[n])]
        both: tuple[Band, Band] = ("all", _BANDS[int(shares.band[n])])
        for band in both:
            spent["class", name, band].add(
                int(shares.run[n]), shares.planned_s[n], took[n], shares.metres[n]
            )
    for drive in matched.drives:
        for edge, planned, long, band in _crossed(graph, ms, traces, bands, drive):
            for one in ("all", band):
                spent["edge", graph.edge_id(edge), one].add(
                    drive.trace, planned, long, float(graph.length_m[edge])
                )
    first, last = (
        datetime.fromtimestamp(float(one), UTC) for one in (traces.at_s.min(), traces.at_s.max())
    )
    made = (
        _speed(profile, key, runs, source, now, (first, last))
        for key, runs in sorted(spent.items())
    )
    return tuple(one for one in made if one is not None)


def _speed(
    profile: str,
    key: tuple[Level, str, Band],
    runs: _Runs,
    source: str,
    now: datetime,
    when: tuple[datetime, datetime],
) -> MeasuredSpeed | None:
    """The median run, weighted by its planned time; None where no run says enough."""
    level, subject, band = key
    most = road_parameter("measured", "most_ratio").value
    least = _LEAST_PLANNED_S if level == "class" else 0.0
    kept = [
        run
        for run, planned in runs.planned_s.items()
        if planned > least and 1 / most <= runs.seconds[run] / planned <= most
    ]
    if not kept:
        return None
    planned = np.array([runs.planned_s[run] for run in kept])
    seconds = np.array([runs.seconds[run] for run in kept])
    metres = np.array([runs.metres[run] for run in kept])
    return MeasuredSpeed(
        profile=profile,
        level=level,
        subject=subject,
        band=band,
        kph=_median(metres / seconds * 3.6, planned),
        ratio=_median(seconds / planned, planned),
        samples=len(kept),
        km=float(metres.sum()) / 1000,
        measured_from=when[0],
        measured_to=when[1],
        source=source,
        updated_at=now,
    )


def _shares(graph: RoadGraph, ms: Int32s, bands: Ints, drive: Drive) -> _Shares:
    """Planned seconds and metres by class between each two positions of a drive."""
    rows: list[tuple[int, int, float, float, int]] = []
    for gap in range(len(drive.fix) - 1):
        by_class: dict[int, tuple[float, float]] = {}
        for step in range(int(drive.step[gap]), int(drive.step[gap + 1]) + 1):
            edge = int(drive.edges[step])
            a = drive.fraction[gap] if step == drive.step[gap] else 0.0
            b = drive.fraction[gap + 1] if step == drive.step[gap + 1] else 1.0
            name = int(graph.class_code[graph.base[edge]])
            planned, metres = by_class.get(name, (0.0, 0.0))
            by_class[name] = (
                planned + float(b - a) * float(ms[edge]) / 1000,
                metres + float(b - a) * float(graph.length_m[edge]),
            )
        rows += [
            (gap, name, planned, metres, int(bands[drive.fix[gap]]))
            for name, (planned, metres) in sorted(by_class.items())
        ]
    columns = list(zip(*rows, strict=True))
    return _Shares(
        run=np.full(len(rows), drive.trace, dtype=np.int64),
        gap=np.array(columns[0], dtype=np.int64),
        road_class=np.array(columns[1], dtype=np.int32),
        planned_s=np.array(columns[2]),
        metres=np.array(columns[3]),
        band=np.array(columns[4], dtype=np.int64),
    )


def _shared_out(graph: RoadGraph, shares: _Shares, seconds: Floats) -> Floats:
    """(i,) each gap's seconds shared among its classes by planned time and measured ratio."""
    gap = shares.gap
    ratio = np.ones(len(graph.texts))
    took = np.zeros(len(gap))
    for _ in range(_ROUNDS):
        weight = shares.planned_s * ratio[shares.road_class]
        whole = np.bincount(gap, weights=weight, minlength=len(seconds))
        took = np.where(whole[gap] > 0, seconds[gap] * weight / np.maximum(whole[gap], 1e-9), 0.0)
        for name in np.unique(shares.road_class).tolist():
            own = shares.road_class == name
            runs, place = np.unique(shares.run[own], return_inverse=True)
            planned = np.bincount(place, weights=shares.planned_s[own], minlength=len(runs))
            spent = np.bincount(place, weights=took[own], minlength=len(runs))
            said = planned > 1.0
            if said.any():
                ratio[name] = _median(spent[said] / planned[said], planned[said].astype(float))
    return took


def _crossed(
    graph: RoadGraph, ms: Int32s, traces: Traces, bands: Ints, drive: Drive
) -> Iterable[tuple[int, float, float, Band]]:
    """Edges that a drive passed from end to end: planned and measured seconds, part of the day."""
    whole = ms[drive.edges].astype(np.float64) / 1000
    begin = np.concatenate([[0.0], np.cumsum(whole)])
    at = begin[drive.step] + drive.fraction * whole[drive.step]
    when = traces.at_s[drive.fix]
    entered, left = (np.interp(edge, at, when) for edge in (begin[:-1], begin[1:]))
    for n in range(len(drive.edges)):
        edge = int(drive.edges[n])
        inside = at[0] <= begin[n] and begin[n + 1] <= at[-1]
        if inside and left[n] > entered[n] and graph.length_m[edge] >= _LEAST_EDGE_M:
            near = int(np.searchsorted(when, entered[n], side="right")) - 1
            band = _BANDS[int(bands[drive.fix[max(near, 0)]])]
            yield edge, float(whole[n]), float(left[n] - entered[n]), band


def _bands(traces: Traces, zone: str) -> Ints:
    """(k,) the part of the day of each position, as an index into _BANDS."""
    civil = ZoneInfo(zone)
    hours = (traces.at_s // 3600).astype(np.int64)
    known, place = np.unique(hours, return_inverse=True)
    out = []
    for hour in known.tolist():
        local = datetime.fromtimestamp(hour * 3600, civil)
        band = Conditions(hour=local.hour, workday=local.weekday() < 5).band
        out.append(_BANDS.index(band) if band in _BANDS else 1)
    return np.array(out, dtype=np.int64)[place]


def _joined(parts: Sequence[_Shares]) -> _Shares:
    """All shares together, the gaps numbered through."""
    before = np.cumsum([0, *(int(one.gap[-1]) + 1 for one in parts)])
    gap = np.concatenate([one.gap + n for one, n in zip(parts, before, strict=False)])
    names = ("road_class", "planned_s", "metres", "band")
    columns = {name: np.concatenate([getattr(one, name) for one in parts]) for name in names}
    return _Shares(run=np.concatenate([one.run for one in parts]), gap=gap, **columns)


def _median(values: Floats, weights: Floats) -> float:
    """The weighted median: half of the planned time lies on either side."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(share, share[-1] / 2))])
