"""What finds places on the map: kilometres of roads, crossings, and all that has a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from geo import queries
from geo.domain import LonLat
from geo.errors import NotFound, OneMapError
from geo.queries.waymarks import post_refs, posts, structures
from geo.spelling import fold, is_ref
from geo.whereabouts import Crossing, Kilometre
from server.place import Kind, Place, Word, fault, no_road, nothing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.along import Spot
    from routing.places import Built, Meeting, RoadName
    from routing.roads import Roads

MOST_NAMES = 60
_HALF_TURN_DEG = 75.0  # "towards the south" takes a carriageway whose bearing lies this near to it
_STRUCTURE = re.compile(r"桥|bridge|viad|pont|puente|most\b|隧|洞|tunnel|túnel|tunel|galler", re.I)


def kilometre(session: Session, roads: Roads, said: Kilometre, text: str) -> list[Place]:
    """Where a kilometre of a road lies, on each carriageway. Raises NotFound with the reason."""
    from routing.along import along_ref
    from routing.places import refs_along, roads_named

    marked = post_refs(session)
    known = {ref for ref, _, _ in marked}
    named = roads_named(roads.graph, said.road)
    if is_ref(said.road):
        refs = [said.road]
    else:
        refs = list(dict.fromkeys(r for one in named for r in refs_along(roads.graph, one.edges)))
    if not named and not known.intersection(refs):
        if by_name := _names(session, roads, text, None):
            return by_name  # a place may have a kilometre in its name
        raise no_road(roads, said.road)
    usable = [ref for ref in refs if ref in known]
    if not usable:
        others = ", ".join(f"{ref} K{low:g}-K{high:g}" for ref, low, high in marked[:8])
        rule = "no_posts" if refs else "no_number"
        raise fault(NotFound, rule, road=", ".join(refs) or said.road, others=others or "-")
    answers = [along_ref(roads.graph, ref, posts(session, [ref]), said.km, None) for ref in usable]
    found = [
        _at_kilometre(ref, said.km, spot)
        for ref, answer in zip(usable, answers, strict=True)
        for spot in answer.spots
    ]
    if found:
        return _towards(found, said) or found
    why, values = answers[0].why or "no_posts", answers[0].values
    shown = {key: _number(value) for key, value in values.items()}
    raise fault(NotFound, f"posts.{why}", km=_k(said.km), road=usable[0], **shown)


def crossing(session: Session, roads: Roads, said: Crossing) -> list[Place]:
    """Where two roads meet or pass over each other. Raises NotFound with the reason."""
    from routing.places import crossing as meetings
    from routing.places import roads_named

    source = _roads_source(session)
    apart: list[tuple[RoadName, RoadName]] = []
    unknown: list[str] = []
    for words in said.pairs:
        sides = [roads_named(roads.graph, one) for one in words]
        if not said.sure:
            sides = [tuple(r for r in side if r.match == "whole") for side in sides]
        unknown += [one for one, side in zip(words, sides, strict=True) if not side]
        met = [(a, b) for a in sides[0] for b in sides[1] if a.name != b.name]
        found = [
            _at_meeting(meeting, source, match=0 if a.match == b.match == "whole" else 1)
            for a, b in met
            for meeting in meetings(roads.graph, a, b)
        ]
        if found:
            return found
        apart += [(a, b) for a, b in met if a.match == b.match == "whole"] or met[:1]
    if by_name := _names(session, roads, said.text, None):
        return by_name  # a place whose own name is "A 与 B" or "…路口"
    if apart:
        raise _never_meet(roads, *apart[0])
    raise no_road(roads, unknown[0]) if said.sure and unknown else nothing(roads, said.text)


def named(session: Session, roads: Roads, text: str, near: LonLat | None) -> list[Place]:
    """All that is called so. Raises NotFound."""
    found = _names(session, roads, text, near)
    if not found:
        raise nothing(roads, text)
    return found


def built(session: Session, roads: Roads, text: str) -> list[Place]:
    """Bridges and tunnels that are called so."""
    from routing.places import bridges_named

    own = _roads_source(session)
    return [
        _at_structure(one, own)
        for one in bridges_named(roads.graph, text, structures(session))
        if one.source or _STRUCTURE.search(one.name)
    ]


def _at_kilometre(ref: str, km: float, spot: Spot) -> Place:
    first, last = spot.posts[0], spot.posts[-1]
    dated = [post.updated_at for post in spot.posts if post.updated_at]
    return Place(
        kind="post",
        name=f"{ref} {_k(km)}",
        at=spot.at,
        how=f"{spot.how}_{spot.sense}",
        values={
            "low": _k(first.km),
            "high": _k(last.km),
            "within_m": round(spot.within_m),
            "beyond_m": round(spot.beyond_m),
            "heading": Word(f"where.headings.{round(spot.bearing_deg / 45) % 8}"),
        },
        within_m=round(spot.within_m),
        source=", ".join(sorted({post.source for post in spot.posts})),
        id=f"{ref} {_k(km)} {spot.sense}",
        sense=spot.sense,
        bearing_deg=round(spot.bearing_deg),
        updated_at=min(dated, default=None),
    )


def _towards(found: Sequence[Place], said: Kilometre) -> list[Place]:
    """Those on the carriageway that was named; all of them where none was."""
    if said.sense != "both":
        return [one for one in found if one.sense in (said.sense, "both")]
    if (heading := said.heading_deg) is None:
        return list(found)

    def off(one: Place) -> float:
        turn = abs(((one.bearing_deg or 0.0) - heading + 180) % 360 - 180)
        return min(turn, 180 - turn) if one.sense == "both" else turn

    return [one for one in found if off(one) <= _HALF_TURN_DEG]


def _k(km: float) -> str:
    """K1832+400."""
    metres = round(km * 1000)
    return f"K{metres // 1000}" + (f"+{metres % 1000:03d}" if metres % 1000 else "")


def _at_meeting(meeting: Meeting, source: str, match: int) -> Place:
    a, b = meeting.roads
    kind: Kind = "crossing" if meeting.joined else "overpass"
    return Place(
        kind=kind,
        name=f"{a} / {b}",
        at=meeting.at,
        how=kind,
        values={"a": a, "b": b},
        within_m=30.0 if meeting.joined else None,
        source=source,
        id=f"{a} / {b} {meeting.at[0]},{meeting.at[1]}",
        match=match,
    )


def _never_meet(roads: Roads, a: RoadName, b: RoadName) -> OneMapError:
    from routing.places import nearest_between

    (lon, lat), metres = nearest_between(roads.graph, a, b)
    far = f"{metres / 1000:.1f} km" if metres >= 1000 else f"{round(metres)} m"
    return fault(NotFound, "apart", a=a.name, b=b.name, far=far, lon=f"{lon:.5f}", lat=f"{lat:.5f}")


def _names(session: Session, roads: Roads, text: str, near: LonLat | None) -> list[Place]:
    """Bridges and tunnels, and all that search finds: those of the best match first."""
    standing = built(session, roads, text)
    taken = {fold(one.name) for one in standing}
    wanted = fold(text)
    hits = [
        Place(
            kind=hit.type,
            name=hit.name,
            at=(hit.lon, hit.lat),
            how=hit.type,
            values={"name": hit.name, "detail": hit.detail},
            source=hit.source,
            id=hit.id,
            detail=hit.detail,
            category=hit.category,
            updated_at=hit.updated_at,
            match=_match(fold(hit.name), wanted),
        )
        for hit in queries.search(session, text, near, limit=MOST_NAMES)
        if not (hit.type == "road" and fold(hit.name) in taken)
    ]
    return [*standing, *hits]


def _roads_source(session: Session) -> str:
    return ", ".join(one.source for one in queries.datasets(session) if one.kind == "roads")


def _match(name: str, wanted: str) -> int:
    if name == wanted:
        return 0
    return 1 if name.startswith(wanted) or name.endswith(wanted) else 2


def _at_structure(one: Built, roads_source: str) -> Place:
    return Place(
        kind=one.kind,
        name=one.name,
        at=one.at,
        how=one.kind,
        values={"length_m": round(one.length_m)},
        within_m=round(max(one.length_m / 2, 10.0)),
        source=one.source or roads_source,
        id=f"{one.kind} {one.name} {one.at[0]},{one.at[1]}",
        match={"whole": 0, "end": 1, "part": 2}[one.match],
    )


def _number(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value
