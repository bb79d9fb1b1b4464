"""Where something is, as a person says it: every place that the words may mean, or the one.

Coordinates, ``G104 K1832+400``, two roads, a bridge, a village, a resource: the words are
read by geo.whereabouts; this asks the map, and says of each place how it was found, how exactly,
and by whose data. A place is never guessed: what is not known raises, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from geo import queries
from geo.domain import LonLat
from geo.errors import InvalidInput, NotFound
from geo.queries.search import Hit
from geo.spelling import plain
from geo.whereabouts import Coordinates, Crossing, Kilometre, is_coordinates, understood
from server.checks import straight_m
from server.finders import MOST_NAMES, built, crossing, kilometre, named
from server.place import Place, fault, listed, ordered

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.roads import Roads

_BESIDE_M = 300.0  # a register's point of a bridge lies at its end, or at its office

__all__ = ["Place", "place", "places", "point_of", "search"]


def places(
    session: Session,
    roads: Roads,
    text: str,
    now: datetime,
    *,
    near: LonLat | None = None,
    limit: int = 20,
) -> tuple[Place, ...]:
    """Every place that ``text`` may mean, the best first (with ``near``: the nearest of these).

    Raises InvalidInput for what cannot be understood, NotFound (with the reason and the remedy)
    where nothing is called so or its place is not known.
    """
    said = understood(text)
    if isinstance(said, Coordinates):
        return (Place("point", plain(text), said.at, "given"),)
    if isinstance(said, Kilometre):
        found = kilometre(session, roads, said, plain(text))
    elif isinstance(said, Crossing):
        found = crossing(session, roads, said)
    else:
        found = named(session, roads, said.text, near)
    return tuple(ordered(found, near)[:limit])


def place(
    session: Session, roads: Roads, text: str, now: datetime, *, near: LonLat | None = None
) -> Place:
    """The one place that ``text`` means.

    Raises InvalidInput where it may mean several (listing them) or a whole road or area, and what
    :func:`places` raises.
    """
    found = places(session, roads, text, now, near=near, limit=MOST_NAMES)
    best = [one for one in found if one.match == found[0].match]
    points = _told_apart([one for one in best if one.kind != "road"])
    if len(points) == 1:
        return points[0]
    if not points:
        raise fault(InvalidInput, "whole_road", value=plain(text), name=best[0].name)
    raise fault(
        InvalidInput,
        "several",
        value=plain(text),
        count=len(points),
        listed=listed(points, "en"),
        listed_zh=listed(points, "zh-CN"),
        candidates=[
            {"name": one.name, "kind": one.kind, "lon": one.at[0], "lat": one.at[1]}
            for one in points
        ],
    )


def _told_apart(found: Sequence[Place]) -> list[Place]:
    """A bridge on the map and the same bridge in a register are one place: the map's."""
    kept: list[Place] = []
    for one in found:
        twins = [
            other
            for other in kept
            if other.name == one.name
            and other.kind in ("bridge", "tunnel")
            and one.kind != other.kind
            and straight_m(other.at, [one.at])[0] <= (other.within_m or 0.0) + _BESIDE_M
        ]
        kept += [] if twins else [one]
    return kept


def point_of(
    session: Session, roads: Roads, text: str, now: datetime, *, near: LonLat | None = None
) -> LonLat:
    """The point that a text means: coordinates at once, all else asked of the map."""
    from server.reading import point

    if is_coordinates(text):
        said = understood(text)
        return said.at if isinstance(said, Coordinates) else point(text)
    return place(session, roads, text, now, near=near).at


def search(
    session: Session,
    roads: Roads | None,
    text: str,
    *,
    near: LonLat | None = None,
    limit: int = 20,
    language: str = "zh-CN",
) -> tuple[Hit | Place, ...]:
    """For a search box: what the words mean as a place on a road, then all that is called so.

    What is half typed or cannot be is no fault here: it finds what it finds. Without roads only
    names are found.
    """
    found: list[Place] = []
    try:
        said = understood(text)
        if isinstance(said, Coordinates):
            found = [Place("point", plain(text), said.at, "given")]
        elif roads is None:
            found = []
        elif isinstance(said, Kilometre):
            found = kilometre(session, roads, said, plain(text))
        elif isinstance(said, Crossing):
            found = crossing(session, roads, said)
        else:
            found = built(session, roads, said.text)
    except (InvalidInput, NotFound):
        found = []
    found = [replace(one, detail=one.said(language)) for one in ordered(found, near)]
    taken = {(one.kind, one.name) for one in found}
    names = {one.name for one in found if one.kind in ("bridge", "tunnel")}
    hits = [
        hit
        for hit in queries.search(session, text, at=near, limit=limit)
        if (hit.type, hit.name) not in taken and not (hit.type == "road" and hit.name in names)
    ]
    merged: tuple[Hit | Place, ...] = (*found, *hits)
    return merged[:limit]
