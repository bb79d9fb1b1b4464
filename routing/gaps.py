"""Missing roads (路网缺失) by township: villages, people and places far from any usable road.

Far means further than the profile's own setting (``snap_m``): there the tool does not know how one
gets to the place, and says so everywhere. This lists what the roads data should be asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from geo.domain import LonLat
from routing.roads import Roads
from routing.snap import snap
from routing.table import Floats

_FURTHEST_M = 20_000.0  # [A] no road is looked for beyond

GapKind = Literal["people", "village", "place"]


@dataclass(frozen=True, slots=True)
class Point:
    """Something that should have a road; ``people`` only for a population cell."""

    kind: GapKind
    id: str
    name: str
    at: LonLat
    district: str | None = None
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Far:
    """A point far from any usable road; ``metres`` None: further than 20 km."""

    point: Point
    metres: float | None


@dataclass(frozen=True, slots=True)
class TownshipGap:
    """What of one township has no road. None: nothing of the kind is loaded, so not known."""

    name: str  # "" : in no township
    villages: tuple[str, ...] | None  # names of those without a road
    villages_all: int | None
    people: int | None
    people_all: int | None
    places: tuple[str, ...] | None  # risk sources and resources
    places_all: int | None
    farthest_m: float | None  # of all of these; None: nothing is far, or beyond 20 km
    beyond: bool  # something lies further than 20 km from any road


@dataclass(frozen=True, slots=True)
class Gaps:
    """Each township with anything in it, most people without a road first."""

    profile: str
    limit_m: float
    townships: tuple[TownshipGap, ...]
    far: tuple[Far, ...]  # each point without a road, by kind and id


def gaps(
    roads: Roads, points: Sequence[Point], townships: Sequence[str] = (), *, profile: str
) -> Gaps:
    """What lies further from any road of the profile than its setting, by township.

    ``townships`` names those that are listed even with nothing in them. Closures play no part: a
    closed road is still a road.
    """
    limit = roads.graph.profiles[profile].snap_m
    metres = _metres(roads, profile, [one.at for one in points], limit)
    far = [
        Far(one, round(float(m), 1) if np.isfinite(m) else None)
        for one, m in zip(points, metres.tolist(), strict=True)
        if not m <= limit
    ]
    known = {one.kind for one in points}
    all_of: dict[str, list[Point]] = {name: [] for name in townships}
    far_of: dict[str, list[Far]] = {}
    for one in points:
        all_of.setdefault(one.district or "", []).append(one)
    for gone in far:
        far_of.setdefault(gone.point.district or "", []).append(gone)
    rows = [_township(name, mine, far_of.get(name, ()), known) for name, mine in all_of.items()]
    rows.sort(
        key=lambda row: (
            *(-(row.people or 0), -len(row.villages or ()), -len(row.places or ())),
            row.name,
        )
    )
    ordered = sorted(far, key=lambda one: (one.point.kind, one.point.id))
    return Gaps(profile, limit, tuple(rows), tuple(ordered))


def _metres(roads: Roads, profile: str, at: Sequence[LonLat], limit: float) -> Floats:
    """(k,) metres to the nearest usable road; inf beyond 20 km."""
    near = snap(roads.graph, profile, at, limit_m=limit)
    out = np.where(near.edge >= 0, near.distance_m, np.inf)
    beyond = np.flatnonzero(near.edge < 0)
    if len(beyond):
        more = snap(roads.graph, profile, [at[one] for one in beyond.tolist()], limit_m=_FURTHEST_M)
        out[beyond] = np.where(more.edge >= 0, more.distance_m, np.inf)
    return out


def _township(
    name: str, mine: Sequence[Point], gone: Sequence[Far], known: set[GapKind]
) -> TownshipGap:
    def of(kind: GapKind) -> tuple[tuple[str, ...] | None, int | None]:
        if kind not in known:
            return None, None
        lost = sorted(one.point.name for one in gone if one.point.kind == kind)
        return tuple(lost), sum(one.kind == kind for one in mine)

    heads = [
        sum(one.people or 0 for one in group if one.kind == "people")
        for group in ([one.point for one in gone], mine)
    ]
    measured = [one.metres for one in gone if one.metres is not None]
    villages, places = of("village"), of("place")
    return TownshipGap(
        name=name,
        villages=villages[0],
        villages_all=villages[1],
        people=heads[0] if "people" in known else None,
        people_all=heads[1] if "people" in known else None,
        places=places[0],
        places_all=places[1],
        farthest_m=max(measured, default=None),
        beyond=any(one.metres is None for one in gone),
    )
