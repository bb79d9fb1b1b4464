"""What a question must fulfil before it is answered: its place, its words, its road edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from geo import queries
from geo.catalog import catalog
from geo.domain import Closure, LonLat
from geo.errors import InvalidInput, NotFound, OutsideArea, UnknownCategory, UnknownEdge

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.roads import Roads

AREA_MARGIN_DEG = 0.05
"""A point this close beside the loaded roads still belongs to their area."""

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


def in_force(
    session: Session, roads: Roads, given: Sequence[Closure], now: datetime
) -> tuple[Closure, ...]:
    """Closures that hold for one question: those known and in force in the database, and those
    given.

    A stored closure whose road edges were loaded anew keeps the edges that are still there.
    Raises UnknownEdge for a given one that names an edge the roads lack.
    """
    check_closures(roads, given)
    stored = queries.open_closures(session, now)
    remember_cuts(session, roads, stored)
    there = (still_there(roads, one) for one in stored)
    return (*(one for one in there if one is not None), *given)


def check_closures(roads: Roads, given: Sequence[Closure]) -> None:
    """Refuse a closure without a usable shape, or naming an edge or a profile the roads lack.

    A misspelt profile would leave the road open to everyone, in silence.
    """
    from routing.cuts import cut_of

    for closure in given:
        for profile in closure.profiles:
            check_profile(roads, profile)
        cut_of(roads.graph, closure)


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


def still_there(roads: Roads, closure: Closure) -> Closure | None:
    """A stored closure with what the present roads still have of it; None where that is nothing.

    The same value where nothing is missing.
    """
    from routing.cuts import cut_of

    try:
        cut_of(roads.graph, closure)
    except UnknownEdge:
        edges = tuple(edge for edge in closure.edges if roads.where(edge) is not None)
        if closure.bridge:  # found by its name again
            return still_there(roads, replace(closure, edges=()))
        if not edges:
            return None
        return replace(closure, edges=edges)
    except (NotFound, InvalidInput):
        return None
    return closure
