"""Coverage: who is within so many minutes of a shelter with room, on foot and by vehicle.

Capacity is not shared out here: a cell counts as covered when some shelter with room is near
enough, however many others count on the same room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import numpy.typing as npt

from geo.domain import Closure, PopulationCell, Resource, Unknown
from routing.roads import Roads
from routing.table import Bools, Ints

_OPEN = ("ready", "open")


@dataclass(frozen=True, slots=True)
class Covered:
    """People of one district, and how many of them reach a shelter in time."""

    name: str | None  # None: people in no district
    people: int
    foot: int
    vehicle: int

    @property
    def foot_share(self) -> float | None:
        """Of 1; None where nobody lives."""
        return self.foot / self.people if self.people else None

    @property
    def vehicle_share(self) -> float | None:
        """Of 1; None where nobody lives."""
        return self.vehicle / self.people if self.people else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of the whole area and of each district, by name."""

    minutes: float
    by: Literal["day", "night"]
    shelters: int  # with room
    districts: tuple[Covered, ...]
    total: Covered
    unknowns: tuple[Unknown, ...]


def coverage(
    roads: Roads,
    cells: Sequence[PopulationCell],
    shelters: Sequence[Resource],
    *,
    minutes: float,
    closures: Sequence[Closure] = (),
    now: datetime | None = None,
    by: Literal["day", "night"] = "night",
    foot: str = "foot",
    vehicle: str = "car",
) -> Coverage:
    """Share of people within ``minutes`` of a shelter with room; road time alone, no turnout.

    A shelter has room when it is ready or open and its capacity exceeds its occupants. One whose
    state, capacity or occupants are not known is left out, and listed among the unknowns.
    """
    open_ones = [one for one in shelters if _has_room(one)]
    people = np.array([getattr(cell, by) for cell in cells], dtype=np.int64)
    at = [cell.at for cell in cells]
    goals = [one.at for one in open_ones]
    near, no_road = {}, np.zeros(len(cells), dtype=np.bool_)
    for profile in (foot, vehicle):
        found = roads.times_to_nearest(
            goals, at, profile=profile, closures=closures, limit_s=minutes * 60, now=now
        )
        near[profile] = found.road_ms >= 0
        if profile == foot:
            no_road = np.array([why == "no_road_data" for why in found.why], dtype=np.bool_)
    names = [cell.district for cell in cells]
    total, districts = share(names, people, near[foot], near[vehicle])
    unknowns = _unknowns(shelters, cells, no_road, people)
    return Coverage(minutes, by, len(open_ones), districts, total, unknowns)


def share(
    names: Sequence[str | None], people: Ints, foot: Bools, vehicle: Bools
) -> tuple[Covered, tuple[Covered, ...]]:
    """The total, and a row for each district name; people in no district come last."""
    rows = []
    own = np.array([name or "" for name in names], dtype=object)
    for name in sorted(set(own.tolist()), key=lambda one: (one == "", one)):
        mine: npt.NDArray[np.bool_] = own == name
        rows.append(_covered(name or None, people[mine], foot[mine], vehicle[mine]))
    return _covered(None, people, foot, vehicle), tuple(rows)


def _covered(name: str | None, people: Ints, foot: Bools, vehicle: Bools) -> Covered:
    return Covered(name, int(people.sum()), int(people[foot].sum()), int(people[vehicle].sum()))


def _has_room(shelter: Resource) -> bool | None:
    """None where it cannot be known."""
    if shelter.status is not None and shelter.status not in _OPEN:
        return False
    if shelter.status is None or shelter.capacity is None or shelter.occupied is None:
        return None
    return shelter.capacity > shelter.occupied


def _unknowns(
    shelters: Sequence[Resource],
    cells: Sequence[PopulationCell],
    no_road: Bools,
    people: Ints,
) -> tuple[Unknown, ...]:
    """What the figures rest on without being known. ``detail`` is a count, for the words."""
    out = []
    without = [str(one.id) for one in shelters if _has_room(one) is None]
    if without:
        out.append(Unknown("shelter_capacity", str(len(without)), tuple(without)))
    if no_road.any():
        subjects = tuple(cells[index].id for index in np.flatnonzero(no_road).tolist())
        out.append(Unknown("cells_without_roads", str(int(people[no_road].sum())), subjects))
    return tuple(out)
