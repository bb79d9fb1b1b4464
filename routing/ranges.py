"""The time of a route as a range: planned, at best and at worst.

A **planning range**, not a confidence interval: marked factors on the driving time by class of
road, and a wait at each turn. Where speeds were measured on recorded runs the range is narrower,
and the answer says how much of the way that is. A blocked road is no part of it: that is a
closure, and another route.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from geo.domain import Parameter, Route, Step
from geo.home import DATA
from routing.profiles import road_parameter

ETA = DATA / "parameters" / "eta.toml"
Basis = Literal["planning", "partly_measured", "measured"]

_FAST = frozenset(("motorway", "motorway_link", "trunk", "trunk_link"))
_TOWN = frozenset(
    f"{name}{link}" for name in ("primary", "secondary", "tertiary") for link in ("", "_link")
)
_ALL = 0.999  # of the time: then it counts as the whole way


@dataclass(frozen=True, slots=True)
class EtaRange:
    """Seconds on the road: as planned, at best, at worst, and what the range rests on."""

    eta_s: float
    low_s: int
    high_s: int
    basis: Basis
    measured_share: float  # of the time, 0 to 1
    parameters: tuple[Parameter, ...]


def eta_range(
    route: Route, *, measured: Collection[str] = (), walks: bool = False, night: bool = False
) -> EtaRange:
    """How early and how late one may be on this route; the first minute is never exact.

    ``measured``: the road classes of this profile whose speeds were measured. ``night``: it is
    dark, and the times do not know it.
    """
    used: dict[str, Parameter] = {}
    low = high = by_measure = 0.0
    turns = 0
    for step in route.steps:
        kind = "measured" if step.road_class in measured else _kind(step, walks)
        low += step.duration_s * _use(used, kind, "low")
        high += step.duration_s * _use(used, kind, "high")
        by_measure += step.duration_s if kind == "measured" else 0.0
        turns += step.maneuver not in ("", "depart", "straight")
    if night and not walks:
        high *= _use(used, "night", "high")
    if turns and not walks:
        high += turns * _use(used, "junction", "high_s")
    if route.steps:
        spread = _use(used, "least", "spread_s")
        low = max(0.0, min(low, route.road_s - spread))
        high = max(high, route.road_s + spread)
    share = by_measure / route.road_s if route.road_s else 0.0
    return EtaRange(
        eta_s=route.road_s,
        low_s=math.floor(low),
        high_s=math.ceil(high),
        basis="measured" if share >= _ALL else "partly_measured" if share > 0 else "planning",
        measured_share=share,
        parameters=tuple(used[key] for key in sorted(used)),
    )


def parameters() -> Iterator[Parameter]:
    """Every parameter of ranges, as an answer shows it. BadFile where the file is broken."""
    for kind in ("fast", "town", "small", "foot", "measured"):
        yield from (_parameter(kind, "low"), _parameter(kind, "high"))
    yield from (_parameter("junction", "high_s"), _parameter("night", "high"))
    yield _parameter("least", "spread_s")


def _kind(step: Step, walks: bool) -> str:
    if walks:
        return "foot"
    return "fast" if step.road_class in _FAST else "town" if step.road_class in _TOWN else "small"


def _use(used: dict[str, Parameter], section: str, key: str) -> float:
    found = _parameter(section, key)
    used[found.key] = found
    return found.value


@cache
def _parameter(section: str, key: str) -> Parameter:
    found = road_parameter(section, key, ETA)
    return Parameter(f"eta.{section}.{key}", found.value, found.unit, found.mark, found.source)
