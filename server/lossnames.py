"""What the closings of a question are called and do: bridges by their own names, 封闭 or 缓行."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from geo.domain import Closure
from geo.queries.waymarks import structures

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.profiles import Profile
    from routing.roads import Roads

Effect = Literal["stops", "slows", "passable", "not_in_force"]
"""What a closure does to a profile at a moment: it stops it, slows it, lets it pass, or does not
hold (its time has not come or is over, or it is not meant for such vehicles)."""


def closing_id(kind: str, name: str, version: str) -> UUID:
    """The id of a closure made from the name of a bridge or a road: the same for the same roads."""
    return uuid5(NAMESPACE_URL, f"{kind} {name} {version}")


def own_names(session: Session, roads: Roads, closing: Sequence[Closure]) -> dict[str, str]:
    """The own names of bridges and tunnels by the ids of the closed edges that lie on them."""
    by_way = {one.way: one.name for one in structures(session)}
    found: dict[str, str] = {}
    for one in closing:
        bridge = one.name if one.id == closing_id("bridge", one.name, roads.version) else ""
        for edge in roads.edges_of(one):
            name = bridge or by_way.get(way_of(edge), "")
            if name:
                found[edge] = name
    return found


def closings_json(
    roads: Roads,
    closing: Sequence[Closure],
    called: Mapping[str, str],
    profile: str,
    now: datetime,
) -> list[dict[str, Any]]:
    """Each closing: its name, the roads and structures that it takes, and what it does now."""
    out = []
    for one in closing:
        edges = roads.edges_of(one)
        names = {*roads.roads_of(edges), *(called[edge] for edge in edges if edge in called)}
        out.append(
            {
                "name": one.name,
                "roads": sorted(names),
                "edges": len(edges),
                "effect": effect(one, roads.profiles[profile], now),
                "speed_factor": one.speed_factor,
            }
        )
    return out


def effect(closure: Closure, profile: Profile, now: datetime) -> Effect:
    """What a closure does to a profile now."""
    from routing.closures import holds, stops

    if not holds(closure, profile, now):
        return "not_in_force"
    if stops(closure, profile, now):
        return "stops"
    return "passable" if closure.speed_factor is None else "slows"


def way_of(edge: str) -> int:
    """The source's way in the id of an edge."""
    found = re.match(r"-?\d+", edge)
    return int(found[0]) if found else 0
