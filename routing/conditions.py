"""The same roads under other conditions: hour, rain, night, wind, and what was measured.

``under(graph, conditions)`` shares every array with the graph it came from; only the weights
differ, and each profile's are made when they are first asked for. Nothing is changed in place, so
requests with different conditions run beside each other.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Literal, TypeVar, get_args

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.errors import InvalidInput
from geo.measured import Band
from routing.graph import RoadGraph, Weights
from routing.measured import NOTHING, EdgeRatios, Measured, class_ratios, edge_ratios
from routing.rules import Rules, Slow, Stop, inside, rules
from routing.table import Bools, Floats, Int32s

T = TypeVar("T")
Bytes = npt.NDArray[np.uint8]
Rain = Literal["none", "rain", "heavy"]
_RAINS = get_args(Rain)
_MOST_MPS = 120.0  # no wind on the ground was ever faster
_WHOLE = 1000  # factors are thousandths, so that times stay whole numbers
_LONGEST_MS = 2**31 - 1
_KEPT = 16  # how many conditions stay ready for each planned graph
_LOCK = Lock()  # of what a graph keeps


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a time is asked for. None is "not known" or "not asked": it changes nothing, and the
    answer says so. Raises InvalidInput for an hour, rain or wind that cannot be."""

    hour: int | None = None  # of the local day, 0 to 23
    workday: bool | None = None  # None counts as one: the slower answer
    rain: Rain | None = None
    night: bool | None = None
    wind_mps: float | None = None  # mean wind

    def __post_init__(self) -> None:
        hour = self.hour is None or 0 <= self.hour < 24
        wind = self.wind_mps is None or 0 <= self.wind_mps <= _MOST_MPS
        if not (hour and wind and (self.rain is None or self.rain in _RAINS)):
            raise InvalidInput(
                f"These conditions cannot be: {self}.",
                remedy="Hour 0 to 23, rain none, rain or heavy, wind 0 to 120 m/s.",
                words="speeds.bad_conditions",
                hour=self.hour,
                rain=self.rain,
                wind_mps=self.wind_mps,
            )

    @property
    def unknown(self) -> tuple[str, ...]:
        """What was not said: no factor stands for it."""
        return tuple(
            key for key in ("hour", "rain", "night", "wind_mps") if getattr(self, key) is None
        )

    @property
    def band(self) -> Band | None:
        """The part of the day by which measured speeds are kept; None: no hour is asked."""
        if self.hour is None:
            return None
        if self.workday is not False and inside(self.hour, rules().peak):
            return "peak"
        return "night" if inside(self.hour, rules().night) else "day"


ANY = Conditions()
"""Nothing said: the speeds of ``data/speeds``, which speak of a dry day outside rush hours."""


def slows(conditions: Conditions, profile: str, known: Rules | None = None) -> tuple[Slow, ...]:
    """The rules that slow this profile under these conditions."""
    known = known or rules()
    wind = conditions.wind_mps or 0.0
    on = {
        "peak": conditions.band == "peak",
        "night": conditions.night is True,
        "rain": conditions.rain == "rain",
        "heavy_rain": conditions.rain == "heavy",
        "wind": True,
    }
    return tuple(
        rule
        for rule in known.slow
        if on[rule.kind] and rule.binds(profile) and wind >= rule.from_mps
    )


def stops(conditions: Conditions, profile: str, known: Rules | None = None) -> tuple[Stop, ...]:
    """What the wind stops for this profile. An unknown wind stops nothing, and is said."""
    wind = conditions.wind_mps
    if wind is None:
        return ()
    found = (known or rules()).stop
    return tuple(one for one in found if profile in one.profiles and wind >= one.from_mps)


def under(graph: RoadGraph, conditions: Conditions = ANY) -> RoadGraph:
    """The graph with the weights that hold under these conditions; itself where nothing changes.

    What was measured on the roads (:func:`informed`) stays. The last few are kept with the
    planned graph, and go with it.
    """
    return _made(planned(graph), conditions, measured_of(graph))


def informed(graph: RoadGraph, measured: Measured) -> RoadGraph:
    """The graph with measured speeds and climbs in its weights, in place of assumed ones."""
    return _made(planned(graph), conditions_of(graph), measured)


def planned(graph: RoadGraph) -> RoadGraph:
    """The graph with planned times alone: nothing measured, nothing asked."""
    return graph.weights.base if isinstance(graph.weights, _Weighted) else graph


def conditions_of(graph: RoadGraph) -> Conditions:
    """For which conditions a graph's times hold."""
    return graph.weights.conditions if isinstance(graph.weights, _Weighted) else ANY


def measured_of(graph: RoadGraph) -> Measured:
    """What was measured and is in a graph's times."""
    return graph.weights.measured if isinstance(graph.weights, _Weighted) else NOTHING


class _Weighted(Mapping[str, Weights]):
    """Weights by profile, each made when it is first asked for and then kept."""

    def __init__(self, base: RoadGraph, conditions: Conditions, measured: Measured) -> None:
        self.base, self.conditions, self.measured = base, conditions, measured
        self._made: dict[str, Weights] = {}

    def __getitem__(self, profile: str) -> Weights:
        found = self._made.get(profile)
        if found is None:  # two threads may both make it; they make the same, and one is kept
            made = _weigh(self.base, profile, self.conditions, self.measured)
            found = self._made.setdefault(profile, made)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.base.weights)

    def __len__(self) -> int:
        return len(self.base.weights)


def _made(base: RoadGraph, conditions: Conditions, measured: Measured) -> RoadGraph:
    if conditions == ANY and measured is NOTHING:
        return base
    key = conditions, measured
    with _LOCK:
        ready: OrderedDict[Hashable, RoadGraph]
        ready = base.kept.setdefault("conditions", OrderedDict())
        if key not in ready:
            ready[key] = replace(base, weights=_Weighted(base, conditions, measured))
            if len(ready) > _KEPT:
                ready.popitem(last=False)
        ready.move_to_end(key)
        return ready[key]


def _once(base: RoadGraph, make: Callable[[RoadGraph], T]) -> T:
    """What is worked out once for a planned graph, and goes with it."""
    found: T | None = base.kept.get(make)
    return base.kept.setdefault(make, make(base)) if found is None else found


def _weigh(base: RoadGraph, name: str, conditions: Conditions, measured: Measured) -> Weights:
    """One profile's weights: planned time by thousandths, rounded up; -1 stays and is added."""
    own = base.weights[name]
    by_class = _by_class(base, name, conditions, measured)
    driven = edge_ratios(base, measured.speeds, name, conditions.band)
    climb = measured.climb if base.profiles[name].mode == "walk" else None
    halt = {stop.what for stop in stops(conditions, name)} - {"ladders"}
    if not halt and climb is None and len(driven.edge) == 0 and (by_class == _WHOLE).all():
        return own
    times = by_class[_once(base, _classes)[1]]
    if len(driven.edge):
        times[driven.edge] = np.rint(
            driven.ratio * _around(base, name, conditions, driven) * _WHOLE
        )
    if climb is not None:
        times = np.rint(times * _climbing(base, climb.slower))
    # Both factors are whole and their product far below 2**53: the quotient rounds up exactly.
    ms = np.ceil(own.ms * np.maximum(times, 1.0) / _WHOLE)
    ms[(own.ms < 0) | (ms > _LONGEST_MS)] = -1
    if "long_bridges" in halt:
        ms[(_once(base, _deck_m) >= rules().long_bridge_m.value)[base.base]] = -1
    if "roads" in halt:
        ms[:] = -1
    mine = _frozen(ms.astype(np.int32))
    network = base.network(name)
    # The stretches stay: a place on a stopped bridge has a road, on which nobody may drive now.
    fwd, rev = (_frozen(mine.take(edge)) for edge in (network.fwd_edge, network.rev_edge))
    return Weights(mine, fwd, rev, own.stretch, own.sound)


def _by_class(base: RoadGraph, name: str, conditions: Conditions, measured: Measured) -> Floats:
    """(classes,) time over planned time in thousandths, for each road class of the graph."""
    ratios = class_ratios(measured.speeds, name, conditions.band)
    return np.rint(
        [
            ratios.ratio.get(word, 1.0)
            * _slower(conditions, name, word, by_hour=word not in ratios.in_band)
            * _WHOLE
            for word in _once(base, _classes)[0]
        ]
    )


def _around(base: RoadGraph, name: str, conditions: Conditions, driven: EdgeRatios) -> Floats:
    """What conditions do to edges that were measured themselves."""
    words, of = _once(base, _classes)
    both = [
        [_slower(conditions, name, word, by_hour=hour) for word in words] for hour in (True, False)
    ]
    with_hour, without = np.array(both).reshape(2, -1)[:, of[driven.edge]]
    return np.where(driven.in_band, without, with_hour)


def _slower(conditions: Conditions, name: str, word: str, *, by_hour: bool) -> float:
    """Time over planned time on roads of one class: the slowest of each kind, kinds multiplied."""
    least: dict[str, float] = {}
    for rule in slows(conditions, name):
        if rule.classes and word not in rule.classes:
            continue
        if not by_hour and rule.kind in ("peak", "night"):
            continue
        least[rule.kind] = min(rule.factor, least.get(rule.kind, 1.0))
    return 1.0 / math.prod(least.values())


def _climbing(base: RoadGraph, slower: Floats | np.ndarray) -> Floats:
    """(e,) walking time over that on the level; 1 where no height is known, and on steps, whose
    own speed already speaks of climbing."""
    words, of = _once(base, _classes)
    flat = np.isnan(slower) | (np.array([word == "steps" for word in words])[of])
    return np.where(flat, 1.0, slower)


def _classes(base: RoadGraph) -> tuple[tuple[str, ...], Bytes]:
    """The road classes of a graph, and each edge's place among them (e,)."""
    places, of = np.unique(base.class_code, return_inverse=True)
    return tuple(base.texts[place] for place in places), _frozen(of.astype(np.uint8)[base.base])


def _deck_m(base: RoadGraph) -> Floats:
    """(m,) metres of the bridge that an edge belongs to (edges that hang together); 0 off it."""
    deck = np.zeros(base.edges)
    on = np.flatnonzero(base.bridge)
    if len(on) == 0:
        return deck
    ends: tuple[Int32s, Int32s] = (base.edge_from[on], base.edge_to[on])
    graph = coo_matrix((np.ones(len(on), dtype=np.int8), ends), (base.nodes, base.nodes))
    _, piece = connected_components(graph, directed=False)
    mate = base.mate[: base.edges][on]
    once: Bools = (mate < 0) | (mate >= base.edges) | (on < mate)
    total = np.bincount(piece[ends[0]], weights=np.where(once, base.length_m[on], 0.0))
    deck[on] = total[piece[ends[0]]]
    return _frozen(deck)


def _frozen(array: Any) -> Any:
    array.setflags(write=False)
    return array
