"""What was measured on the roads themselves: driven speeds, and how the ground climbs.

Planned speeds are assumptions; where vehicles were recorded often enough, theirs are used instead
(``routing/calibrate.py`` makes them from positions, ``geo/queries/speeds.py`` keeps them).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from geo.measured import MeasuredSpeed
from routing.graph import RoadGraph
from routing.profiles import road_parameter
from routing.table import Bools, Float32s, Floats, Int32s


@dataclass(frozen=True, slots=True, eq=False)
class Climb:
    """How each edge rises and falls in travel direction; NaN where no height is known."""

    up_m: Float32s  # (e,)
    down_m: Float32s  # (e,)
    slower: Float32s  # (e,) walking time over that on level ground; NaN: not known


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """All that was measured for one road graph. ``version`` changes when any of it does."""

    version: str = ""
    speeds: tuple[MeasuredSpeed, ...] = ()
    climb: Climb | None = None  # None: no heights are loaded


NOTHING = Measured()


def counts(speed: MeasuredSpeed) -> bool:
    """Whether enough runs stand behind a measured speed for it to be used."""
    least = "least_runs_edge" if speed.level == "edge" else "least_runs_class"
    return speed.samples >= road_parameter("measured", least).value


def class_ratios(speeds: Iterable[MeasuredSpeed], profile: str, band: str | None) -> ClassRatios:
    """Measured over planned time by road class, for a part of the day (None: no hour is asked).

    A class measured in that band says so in ``in_band``: no assumed factor for the hour is then
    laid on top of it.
    """
    found: dict[str, float] = {}
    in_band = set()
    for speed in _of(speeds, profile, "class", band):
        found[speed.subject] = speed.ratio
        if speed.band != "all":
            in_band.add(speed.subject)
    return ClassRatios(found, frozenset(in_band))


@dataclass(frozen=True, slots=True)
class ClassRatios:
    """Measured over planned time, by road class."""

    ratio: dict[str, float]
    in_band: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class EdgeRatios:
    """Measured over planned time of the edges that were measured themselves."""

    edge: Int32s  # (r,)
    ratio: Floats  # (r,)
    in_band: Bools  # (r,) measured in the part of the day that is asked for


def edge_ratios(
    graph: RoadGraph, speeds: Iterable[MeasuredSpeed], profile: str, band: str | None
) -> EdgeRatios:
    """The measured edges of a profile, for a part of the day (None: no hour is asked)."""
    rows = _of(speeds, profile, "edge", band)
    edge = graph.find([row.subject for row in rows])
    ratio = np.array([row.ratio for row in rows], dtype=np.float64)
    in_band = np.array([row.band != "all" for row in rows], dtype=np.bool_)
    there = edge >= 0  # edges of an older load are passed over
    return EdgeRatios(edge[there], ratio[there], in_band[there])


def _of(
    speeds: Iterable[MeasuredSpeed], profile: str, level: str, band: str | None
) -> list[MeasuredSpeed]:
    """One speed for each subject: of this band where it was measured, else of all hours."""
    best: dict[str, MeasuredSpeed] = {}
    for speed in speeds:
        if speed.profile != profile or speed.level != level or not counts(speed):
            continue
        if speed.band not in ("all", band):
            continue
        held = best.get(speed.subject)
        if held is None or _rank(speed) > _rank(held):
            best[speed.subject] = speed
    return [best[key] for key in sorted(best)]


def _rank(speed: MeasuredSpeed) -> tuple[bool, datetime, str]:
    """Of several sources the newest holds."""
    return (speed.band != "all", speed.updated_at, speed.source)
