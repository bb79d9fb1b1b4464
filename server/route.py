"""From one place to another: the way, its directions, its time as a range, other ways, or why not.

Everything an answer says is measured on the roads as they are at ``now``; nothing is kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.domain import Closure, LonLat
from server.answers import unknown_json
from server.checks import check_inside, check_profile, in_force
from server.conditions import conditions_json, roads_under
from server.unwanted import Unwanted, unwanted_edges
from server.wayjson import Reader, name_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.alternatives import Asked, Found
    from routing.conditions import Conditions
    from routing.roads import Roads

MOST_OTHERS = 5
MOST_BLOCKING = 20
"""So many closures are tried one by one, each with a search, where a way is closed."""


def route(
    session: Session,
    roads: Roads,
    start: LonLat,
    end: LonLat,
    *,
    profile: str,
    now: datetime,
    closures: Sequence[Closure] = (),
    avoid: Sequence[str] = (),
    alternatives: int = 0,
    language: str = "zh-CN",
    conditions: Conditions | None = None,
) -> dict[str, Any]:
    """The quickest way from start to end as JSON values; ``why`` and ``reason`` where none is.

    ``conditions`` None: those of ``roads``. ``avoid`` names roads, bridges, tunnels or edge ids.
    Raises OutsideArea, InvalidInput for a profile that does not exist or a name that means several
    roads, NotFound for one that means none.
    """
    from routing.alternatives import Asked, ways

    check_profile(roads, profile)
    check_inside(session, start)
    check_inside(session, end)
    if conditions is not None:
        roads = roads_under(roads, conditions)
    unwanted = unwanted_edges(session, roads, avoid)
    held = in_force(session, roads, closures, now)
    asked = Asked(start, end, profile, held, now)
    found = ways(roads, asked, unwanted.edges, min(alternatives, MOST_OTHERS))
    reader = Reader.of(session, roads, profile, now, language)
    best = found.route
    return {
        "from": {"lon": start[0], "lat": start[1]},
        "to": {"lon": end[0], "lat": end[1]},
        "profile": profile,
        "conditions": conditions_json(roads, profile),
        "why": found.times.why[0],
        "reason": None if best else _reason(roads, asked, found, unwanted),
        **reader.way(best),
        "avoid": [{"text": text, "roads": list(names)} for text, names in unwanted.said],
        "kept": list(found.kept),
        "alternatives": [
            {
                "without": one.without,
                "extra_s": one.extra_s,
                "shared": round(one.shared, 4),
                **reader.way(one.route),
            }
            for one in found.others
        ],
        "only": [name_of(step, language) for step in found.only],
        "unknowns": [unknown_json(one) for one in held.unknowns],
    }


def _reason(roads: Roads, asked: Asked, found: Found, unwanted: Unwanted) -> dict[str, Any]:
    """Why there is no way: which end has no road, what was avoided, what is closed, the wind."""
    from routing.conditions import ANY, conditions_of

    if found.times.why[0] == "no_road_data":
        ends = {"from": found.times.origin, "to": found.times.snaps[0]}
        return {"kind": "no_road_data", "at": [key for key, snap in ends.items() if snap is None]}
    if unwanted.edges and _reached(roads, asked, asked.closures):
        return {"kind": "avoided"}
    if asked.closures and _reached(roads, asked, ()):
        return {"kind": "closed", "closures": _blocking(roads, asked)}
    wind = conditions_of(roads.graph).wind_mps
    if wind is not None and _reached(roads_under(roads, ANY), asked, asked.closures):
        return {"kind": "wind", "wind_mps": wind}
    return {"kind": "no_way"}


def _reached(roads: Roads, asked: Asked, closures: Sequence[Closure]) -> bool:
    times = roads.times_from(
        asked.start, [asked.end], profile=asked.profile, closures=closures, now=asked.now
    )
    return times.why[0] is None


def _blocking(roads: Roads, asked: Asked) -> list[dict[str, Any]]:
    """Of the closures on the open way those without any one of which there would be a way; else
    all of them. At most ``MOST_BLOCKING`` are tried and told."""
    from routing.cuts import cut_of

    open_way = roads.times_from(asked.start, [asked.end], profile=asked.profile).route(0)
    if open_way is None:
        return []
    graph = roads.graph
    on = graph.find([edge.rstrip("~") for edge in open_way.edges])
    on = np.unique(np.concatenate([on, graph.mate[on]]))
    met = (one for one in asked.closures if np.isin(cut_of(graph, one).edge, on).any())
    blocking = list(itertools.islice(met, MOST_BLOCKING))
    alone = [
        one
        for one in blocking
        if _reached(roads, asked, [other for other in asked.closures if other is not one])
    ]
    return [{"id": str(one.id), "name": one.name, "cause": one.cause} for one in alone or blocking]
