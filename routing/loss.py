"""What a closure does to a city: who loses every road, who is reached later, the way round.

Two questions are asked of each place, on the roads as they are and with the closure added: does
the main piece of the roads lead there (the largest piece in which one gets from everywhere to
everywhere), and how soon is the nearest of the services there. A place is *cut off* (隔断) when
the main piece no longer leads there, *uncovered* (失去覆盖) when no service comes any more, and
reached *later* otherwise. Where that could not be had before either, or no road is known near the
place, the closure took nothing: such places are counted apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from geo.domain import Closure, LonLat
from routing.pieces import main_place, times_from_any
from routing.roads import Roads
from routing.snap import snap
from routing.table import Bools, Ints
from routing.wayround import NOTHING_CALLED, WayRound, ways_round

Kind = Literal["people", "town", "village", "shelter", "risk"]
KINDS: tuple[Kind, ...] = ("people", "town", "village", "shelter", "risk")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where help may be wanted; ``people`` None: not known, or not a matter of its kind."""

    kind: Kind
    id: str
    name: str
    at: LonLat
    people: int | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """What one place loses. Times are of the nearest service, turnout not counted."""

    spot: Spot
    cut_off: bool  # the main piece no longer leads there
    uncovered: bool  # no service comes any more; one did before
    before_s: float | None  # None: no service came before
    after_s: float | None

    @property
    def later_s(self) -> float | None:
        """How much later the nearest service comes; None where it never did, or no longer does."""
        if self.before_s is None or self.after_s is None:
            return None
        return round(self.after_s - self.before_s, 3)


@dataclass(frozen=True, slots=True)
class Sum:
    """How many places of one kind (people: heads of one group) lose what."""

    name: str  # kind, or district ("" : outside all of them)
    all: int
    cut_off: int
    uncovered: int
    later: int  # reached, but later
    worst_s: float | None  # the longest delay of them; None: nobody is reached later
    without: int  # neither the main piece nor a service led there before
    no_road_data: int  # no known road near: cannot be told


@dataclass(frozen=True, slots=True)
class Loss:
    """The loss by a closure. ``people`` and ``sums`` hold only what was asked about."""

    profile: str
    services: int
    edges: int  # directed edges of the closure
    people: Sum | None  # None: no population is known
    districts: tuple[Sum, ...]  # people by district name
    sums: tuple[Sum, ...]  # places by kind, in the order of ``KINDS``
    lost: tuple[Lost, ...]  # named places that lose something, the worst first
    ways_round: tuple[WayRound, ...]


def loss(
    roads: Roads,
    services: Sequence[LonLat],
    spots: Sequence[Spot],
    closing: Sequence[Closure],
    *,
    profile: str,
    standing: Sequence[Closure] = (),
    later_s: float = 1.0,
    now: datetime | None = None,
    called: Mapping[str, str] = NOTHING_CALLED,
) -> Loss:
    """What ``closing`` takes from these spots, on top of the closures that stand.

    Services travel to the spots. Without services, only being cut off can be told. A delay of
    less than ``later_s`` is none. Lists are sorted by what is lost, then by kind and id.
    ``called``: own names of bridges and tunnels by edge id.
    """
    after = (*standing, *closing)
    places = [one.at for one in spots]
    main = main_place(roads, profile, after, now)
    no_road = snap(roads.graph, profile, places).edge < 0
    first = _reach(roads, services, main, places, profile, standing, now)
    then = _reach(roads, services, main, places, profile, after, now)
    cut = first.main & ~then.main
    uncovered = (first.ms >= 0) & (then.ms < 0)
    late = np.where((first.ms >= 0) & (then.ms >= 0), then.ms - first.ms, 0)
    late = np.where(late >= max(later_s, 0.001) * 1000, late, 0)
    without = ~first.main & (first.ms < 0) & ~no_road
    marks = _Marks(cut, uncovered, late, without, no_road)
    kinds = np.array([KINDS.index(one.kind) for one in spots], dtype=np.int64)
    heads = np.array([_heads(one) for one in spots], dtype=np.int64)
    cells = kinds == 0
    names = np.array([one.district or "" for one in spots], dtype=object)
    districts = sorted({name for name, cell in zip(names, cells, strict=True) if cell})
    found = _lost(spots, marks, first.ms, then.ms)
    return Loss(
        profile=profile,
        services=len(services),
        edges=sum(len(roads.edges_of(one)) for one in closing),
        people=_sum("people", heads, marks, cells) if cells.any() else None,
        districts=tuple(_sum(name, heads, marks, cells & (names == name)) for name in districts),
        sums=tuple(
            _sum(kind, np.ones_like(heads), marks, kinds == index)
            for index, kind in enumerate(KINDS)
            if index and (kinds == index).any()
        ),
        lost=tuple(one for one in found if one.spot.kind != "people"),
        ways_round=ways_round(
            roads, closing, profile=profile, standing=standing, now=now, called=called
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Reach:
    """(k,) whether the main piece leads to each spot; whole ms of the nearest service, -1: none."""

    main: Bools
    ms: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Marks:
    """(k,) what becomes of each spot."""

    cut: Bools
    uncovered: Bools
    late: Ints  # ms; 0: not later
    without: Bools
    no_road: Bools


def _reach(
    roads: Roads,
    services: Sequence[LonLat],
    main: LonLat | None,
    places: Sequence[LonLat],
    profile: str,
    closures: Sequence[Closure],
    now: datetime | None,
) -> _Reach:
    within = [] if main is None else [main]
    parts = [
        times_from_any(roads, origins, places, profile, closures, now)
        for origins in (within, services)
    ]
    return _Reach(parts[0] >= 0, parts[1])


def _heads(spot: Spot) -> int:
    """The people of a cell; of other places, whose people are not summed, none."""
    if spot.kind != "people":
        return 0
    if spot.people is None:  # the database keeps none such; never taken for an empty one
        raise ValueError(f"The people of cell {spot.id} are not known.")
    return spot.people


def _sum(name: str, heads: Ints, marks: _Marks, mine: Bools) -> Sum:
    late = mine & (marks.late > 0)
    return Sum(
        name=name,
        all=int(heads[mine].sum()),
        cut_off=int(heads[mine & marks.cut].sum()),
        uncovered=int(heads[mine & marks.uncovered].sum()),
        later=int(heads[late].sum()),
        worst_s=int(marks.late[late].max()) / 1000 if late.any() else None,
        without=int(heads[mine & marks.without].sum()),
        no_road_data=int(heads[mine & marks.no_road].sum()),
    )


def _lost(spots: Sequence[Spot], marks: _Marks, before: Ints, after: Ints) -> tuple[Lost, ...]:
    hit = np.flatnonzero(marks.cut | marks.uncovered | (marks.late > 0))
    found = [
        Lost(
            spots[row],
            bool(marks.cut[row]),
            bool(marks.uncovered[row]),
            None if before[row] < 0 else int(before[row]) / 1000,
            None if after[row] < 0 else int(after[row]) / 1000,
        )
        for row in hit.tolist()
    ]
    return tuple(sorted(found, key=_worst))


def _worst(one: Lost) -> tuple[bool, bool, float, int, str]:
    later = one.later_s or 0.0
    return not one.cut_off, not one.uncovered, -later, KINDS.index(one.spot.kind), one.spot.id
