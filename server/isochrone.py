"""The ground within reach of a place by road, as GeoJSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from geo.domain import Closure, Direction, LonLat
from server.checks import check_inside, check_profile, in_force
from server.conditions import conditions_json, roads_under

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.conditions import Conditions
    from routing.roads import Roads


def isochrone(
    session: Session,
    roads: Roads,
    at: LonLat,
    minutes: Sequence[float],
    *,
    profile: str,
    direction: Direction,
    now: datetime,
    closures: Sequence[Closure] = (),
    conditions: Conditions | None = None,
) -> dict[str, Any]:
    """One feature for each of ``minutes``, the widest first so that the nearer lies on top.

    ``conditions`` None: those of ``roads``. Raises OutsideArea, InvalidInput, UnknownEdge.
    """
    check_profile(roads, profile)
    check_inside(session, at)
    if conditions is not None:
        roads = roads_under(roads, conditions)
    closed = in_force(session, roads, closures, now)
    wanted = sorted(set(minutes), reverse=True)
    shapes = roads.isochrone(
        at, wanted, profile=profile, closures=closed, direction=direction, now=now
    )
    features = [
        {
            "type": "Feature",
            "geometry": shape,
            "properties": {"minutes": one, "profile": profile, "direction": direction},
        }
        for one, shape in zip(wanted, shapes, strict=True)
    ]
    said = conditions_json(roads, profile)
    return {"type": "FeatureCollection", "features": features, "conditions": said}
