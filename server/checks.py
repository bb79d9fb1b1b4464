"""What a question must fulfil before it is answered: its place, its words, its road edges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from geo import queries
from geo.catalog import catalog
from geo.domain import Closure, LonLat, Unknown
from geo.errors import InvalidInput, OutsideArea, UnknownCategory
from server.bridges import Bridges

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.roads import Roads

AREA_MARGIN_DEG = 0.05
"""A point this close beside the loaded roads still belongs to their area."""

_LARGE_SHARE = 0.25  # [A] a closure of more of all road edges is asked about
_FEW_EDGES = 200  # [A] ... where there are more than a handful of them

KINDS = ("team", "stock", "depot", "shelter", "site", "mobile", "person", "supplier")


def check_kinds(kinds: Sequence[str]) -> None:
    """Refuse a kind of resource that there is not."""
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise InvalidInput(
            f"No kind of resource is called {', '.join(unknown)}.",
            remedy=f"Kinds are {', '.join(KINDS)}.",
            words="errors.unknown_kind",
            kinds=unknown,
            known=list(KINDS),
        )


def check_categories(categories: Sequence[str]) -> None:
    """Refuse a category that the catalogue does not have."""
    known = catalog()
    unknown = sorted(set(categories) - {*known.risk_categories, *known.resource_categories})
    if unknown:
        raise UnknownCategory(
            f"The catalogue has no category {', '.join(unknown)}.",
            remedy="Codes are R001 to R100 and S001 to S200; see data/catalog.",
            category=", ".join(unknown),
        )


def check_profile(roads: Roads, profile: str) -> None:
    """Refuse a profile for which no speeds are known."""
    known = tuple(roads.profiles)
    if profile not in known:
        raise InvalidInput(
            f"There is no profile {profile}.",
            remedy=f"Profiles are {', '.join(known)}.",
            words="errors.unknown_profile",
            profile=profile,
            known=list(known),
        )


def check_inside(session: Session, at: LonLat) -> None:
    """Refuse a point outside what is loaded; where nothing is loaded, nothing can be said."""
    area = queries.area(session)
    if area is None:
        return
    west, south, east, north = area["bounds"]
    margin = AREA_MARGIN_DEG
    if west - margin <= at[0] <= east + margin and south - margin <= at[1] <= north + margin:
        return
    raise OutsideArea(
        f"{at[0]:.5f},{at[1]:.5f} lies outside the loaded area.",
        remedy=f"It reaches from {west:.3f},{south:.3f} to {east:.3f},{north:.3f}.",
        lon=at[0],
        lat=at[1],
        west=round(west, 4),
        south=round(south, 4),
        east=round(east, 4),
        north=round(north, 4),
    )


def straight_m(at: LonLat, places: Sequence[LonLat]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Geodesic metres from ``at`` to each place, shape (k,)."""
    if not places:
        return np.zeros(0)
    from pyproj import Geod

    lon, lat = np.asarray(places, dtype=float).T
    _, _, metres = Geod(ellps="WGS84").inv(
        np.full(len(lon), at[0]), np.full(len(lon), at[1]), lon, lat
    )
    return np.asarray(metres, dtype=float)


def in_force(session: Session, roads: Roads, given: Sequence[Closure], now: datetime) -> InForce:
    """Closures that hold for one question: those known and in force in the database, and those
    given whose time it is; and what is to be said of them.

    A stored closure whose road edges were loaded anew keeps the edges that are still there.
    Raises UnknownEdge for a given one that names an edge the roads lack, NotFound for a road or
    bridge that there is not.
    """
    from routing.cuts import cut_of

    asked = check_closures(session, roads, given)
    stored = queries.open_closures(session, now)
    remember_cuts(session, roads, stored)
    bridges, held = Bridges(session, roads), []
    said: dict[str, list[str]] = {key: [] for key in _SAID}
    for one in stored:
        there, missing = bridges.still_there(one)
        if there is not None:
            held.append(there)
        if missing:
            said[missing].append(called(one))
    for one in asked:
        if (why := untimely(one, now)) is not None:
            said[why].append(called(one))
            continue
        held.append(one)
        if not len(cut_of(roads.graph, one).edge):
            said["idle_closures"].append(called(one))
    for one in held:
        if takes_much(roads, one):
            said["large_closures"].append(called(one))
    return InForce(held, [Unknown("closures", key, tuple(names)) for key, names in said.items()])


_SAID = ("lost_edges", "idle_closures", "over_closures", "later_closures", "large_closures")


class InForce(tuple[Closure, ...]):
    """The closures that hold for one question; ``unknowns`` is what is to be said of them."""

    unknowns: tuple[Unknown, ...]

    def __new__(cls, closures: Sequence[Closure], said: Sequence[Unknown] = ()) -> InForce:
        """``said`` of nobody is left out."""
        made = super().__new__(cls, closures)
        made.unknowns = tuple(one for one in said if one.subjects)
        return made


def called(closure: Closure) -> str:
    """What a person calls a closure."""
    return closure.name or closure.road or closure.bridge or closure.cause or f"{closure.id}"


def takes_much(roads: Roads, closure: Closure) -> bool:
    """Whether a closure takes so much of all roads that it was hardly meant."""
    from routing.cuts import cut_of

    taken = np.unique(cut_of(roads.graph, closure).edge)
    much = max(_LARGE_SHARE * roads.edges, _FEW_EDGES)
    return len(taken) > much


def untimely(closure: Closure, now: datetime) -> str | None:
    """``over_closures`` or ``later_closures`` where it is not in force at a moment; else None."""
    if closure.valid_to is not None and closure.valid_to <= now:
        return "over_closures"
    if closure.valid_from is not None and closure.valid_from > now:
        return "later_closures"
    return None


def check_closures(session: Session, roads: Roads, given: Sequence[Closure]) -> tuple[Closure, ...]:
    """The closures with their bridges found.

    Refuses one without a usable shape, or naming an edge, a road, a bridge or a profile the roads
    lack: a misspelt profile would leave the road open to everyone, in silence.
    """
    from routing.cuts import cut_of

    bridges, placed = Bridges(session, roads), []
    for closure in given:
        for profile in closure.profiles:
            check_profile(roads, profile)
        one = bridges.placed(closure)
        cut_of(roads.graph, one)
        placed.append(one)
    return tuple(placed)


def remember_cuts(session: Session, roads: Roads, stored: Sequence[Closure]) -> None:
    """Take over the stretches that the database keeps, where this process does not know them.

    Those of other roads than the present ones are left: they are cut anew when they are used.
    """
    from routing.cuts import is_kept, keep, restored

    unknown = {(one.id, one.version): one for one in stored if not is_kept(roads.graph, one)}
    if not unknown:
        return
    cuts = queries.kept_cuts(session, [one.id for one in unknown.values()])
    for key, kept in cuts.items():
        if kept.roads == roads.version and key in unknown:
            cut = restored(roads.graph, kept.edges, kept.start, kept.end)
            if cut is not None:
                keep(roads.graph, unknown[key], cut)
