"""Who can be at a point, by road, around what is closed, soonest first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from geo import queries
from geo.domain import (
    Closure,
    Direction,
    LonLat,
    Resource,
    ResourceEta,
    Snap,
    Unknown,
)
from server.checks import (
    check_categories,
    check_inside,
    check_kinds,
    check_profile,
    in_force,
    straight_m,
)
from server.turnout import turnout_s

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.roads import Roads


@dataclass(frozen=True, slots=True)
class Nearest:
    """Who can be at a point, soonest first; those whom no road brings come last."""

    at: LonLat
    snap: Snap | None
    profile: str
    direction: Direction
    closures: tuple[Closure, ...]
    asked_for: datetime
    etas: tuple[ResourceEta, ...]
    unknowns: tuple[Unknown, ...]


def nearest(
    session: Session,
    roads: Roads,
    at: LonLat,
    *,
    now: datetime,
    categories: Sequence[str] = (),
    kinds: Sequence[str] = (),
    profile: str = "fire_tender",
    closures: Sequence[Closure] = (),
    limit: int = 20,
) -> Nearest:
    """Resources by turnout plus road time to ``at``, around every closure in force and given.

    Raises OutsideArea, UnknownCategory, InvalidInput (no such profile, kind or road edge).
    """
    check_inside(session, at)
    check_profile(roads, profile)
    closed = in_force(session, roads, closures, now)
    found = _resources(session, categories, kinds)
    times = roads.times_to(at, [one.at for one in found], profile=profile, closures=closed)
    straight = straight_m(at, [one.at for one in found])
    etas = sorted(
        (
            ResourceEta(
                resource=one,
                turnout_s=turnout_s(one),
                road_s=_known(times.road_s[i]),
                distance_m=_known(times.distance_m[i]),
                straight_m=float(straight[i]),
                snap=times.snaps[i],
                why=times.why[i],
            )
            for i, one in enumerate(found)
        ),
        key=_soonest,
    )
    return Nearest(
        at=at,
        snap=times.origin,
        profile=profile,
        direction="to_incident",
        closures=closed,
        asked_for=now,
        etas=tuple(etas[:limit]),
        unknowns=_unknowns(times.origin, found, etas),
    )


def _soonest(eta: ResourceEta) -> tuple[float, float, str]:
    reached = math.inf if eta.eta_s is None else eta.eta_s
    return (reached, eta.straight_m, str(eta.resource.id))


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _unknowns(
    origin: Snap | None, found: Sequence[Resource], etas: Sequence[ResourceEta]
) -> tuple[Unknown, ...]:
    unknowns = []
    if origin is None:
        unknowns.append(Unknown("roads", "no_road_data_at_incident"))
    if not found:
        unknowns.append(Unknown("resources", "none_loaded"))
    far = tuple(str(eta.resource.id) for eta in etas if eta.why == "no_road_data")
    if far and origin is not None:
        unknowns.append(Unknown("roads", "no_road_data_at_resources", far))
    return tuple(unknowns)


def _resources(
    session: Session, categories: Sequence[str], kinds: Sequence[str]
) -> tuple[Resource, ...]:
    """Resources of these categories and kinds (empty: all); stock lines only where asked for."""
    check_categories(categories)
    check_kinds(kinds)
    found: list[Resource] = []
    standing = tuple(kind for kind in kinds if kind != "stock")
    if standing or not kinds:
        found += queries.resources(session, kinds=standing or None, categories=categories or None)
    if "stock" in kinds or (categories and not kinds):
        found += queries.stocks(session, categories=categories or None)
    return tuple(found)
