"""Everyone's way to everywhere, as rows of seconds and metres; null with the reason beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geo import queries
from geo.domain import Closure, LonLat
from geo.errors import BadFile, OutsideArea
from server.checks import AREA_MARGIN_DEG, check_profile, in_force

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.roads import Roads


def matrix(
    session: Session,
    roads: Roads,
    origins: Sequence[LonLat],
    destinations: Sequence[LonLat],
    *,
    profile: str,
    now: datetime,
    closures: Sequence[Closure] = (),
    limit_s: float | None = None,
) -> dict[str, Any]:
    """Seconds, metres and reasons, one row for each origin.

    Raises InvalidInput for a profile that does not exist, a place that is not on the globe, or
    more pairs than one answer may hold; OutsideArea with the row, from 1, of a place outside.
    """
    from routing.matrix import WHYS
    from routing.matrix import matrix as find

    check_profile(roads, profile)
    _check_inside(session, "origins", origins)
    _check_inside(session, "destinations", destinations)
    closed = in_force(session, roads, closures, now)
    found = find(
        roads, origins, destinations, profile=profile, closures=closed, limit_s=limit_s, now=now
    )
    known = found.road_ms >= 0
    return {
        "profile": profile,
        "searches": found.searches,
        "road_s": _nulled(found.road_ms / 1000, known),
        "distance_m": _nulled(np.round(found.distance_m, 1), known),
        "why": [[WHYS[code] for code in row] for row in found.why.tolist()],
    }


def read_question(file: Path) -> dict[str, Any]:
    """Origins, destinations, profile and limit of a JSON file. Raises BadFile."""
    import orjson

    try:
        body = orjson.loads(file.read_bytes())
        limit = body.get("limit_s")
        return {
            "origins": [_point(one) for one in body["origins"]],
            "destinations": [_point(one) for one in body["destinations"]],
            "profile": str(body.get("profile", "fire_tender")),
            "limit_s": None if limit is None else float(limit),
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        reason = f"{type(fault).__name__}: {fault}"
        raise BadFile(
            f"{file} is no question for a matrix: {reason}.",
            remedy='Write JSON: {"origins": [[lon, lat], …], "destinations": [[lon, lat], …]}.',
            words="routes.matrix_file",
            file=str(file),
            reason=reason,
        ) from fault


def _check_inside(session: Session, side: str, places: Sequence[LonLat]) -> None:
    """Refuse the first place outside what is loaded; where nothing is loaded, nothing is said."""
    area = queries.area(session)
    if area is None:
        return
    west, south, east, north = (round(one, 4) for one in area["bounds"])
    margin = AREA_MARGIN_DEG
    for row, (lon, lat) in enumerate(places, start=1):
        if west - margin <= lon <= east + margin and south - margin <= lat <= north + margin:
            continue
        raise OutsideArea(
            f"Row {row} of the {side}, {lon:.5f},{lat:.5f}, lies outside the loaded area.",
            remedy=f"It reaches from {west:.3f},{south:.3f} to {east:.3f},{north:.3f}.",
            words=f"routes.matrix_outside_{side}",
            row=row, lon=lon, lat=lat, west=west, south=south, east=east, north=north,
        )  # fmt: skip


def _point(one: Any) -> LonLat:
    lon, lat = one
    return float(lon), float(lat)


def _nulled(values: Any, known: Any) -> list[list[float | None]]:
    rows = np.asarray(values, dtype=object)
    rows[~known] = None
    out: list[list[float | None]] = rows.tolist()
    return out
