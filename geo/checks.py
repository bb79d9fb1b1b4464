"""Values that can be: what a person or program sends is refused here, with its name, if not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from geo.canonical import canonical
from geo.domain import ClosedDirection, Closure, GeoJson, Incident, LonLat
from geo.errors import InvalidInput

MAX_LAT = 85.06  # the map's Mercator square ends there; nobody lives beyond
_YEARS = (1970, 2199)  # a report of another year is a slip of the pen
LEAST_FACTOR = 0.001  # [A] slower than that is shut
MOST_DEPTH_M = 100.0  # [A] no street stands deeper in water
_AREAS = ("Polygon", "MultiPolygon")


def check_incident(incident: Incident) -> None:
    """Refuse an incident with a value that cannot be. Raises ``InvalidInput``."""
    check_point("at", incident.at)
    limits = {
        "casualties": (0, 2**31 - 1),
        "trapped": (0, 2**31 - 1),
        "wind_from_deg": (0, 360),
        "wind_mps": (0, 150),
        "radius_m": (1, 1_000_000),
    }
    for name, (least, most) in limits.items():
        value = getattr(incident, name)
        if value is not None and not least <= value <= most:  # NaN too
            raise impossible(name, value)
    check_moment("reported_at", incident.reported_at)
    _check_text(title=incident.title, description=incident.description)
    _check_plain("attributes", incident.attributes)


def check_closure(closure: Closure) -> None:
    """Refuse a closure that closes nothing or never. Raises ``InvalidInput``."""
    if closure.geometry is None and not (closure.edges or closure.road or closure.bridge):
        raise impossible("geometry", None)
    one_place(
        road=bool(closure.road),
        bridge=bool(closure.bridge),
        # A bridge may have got its edges when its name was looked up.
        edges=bool(closure.edges) and not closure.bridge,
        geometry=closure.geometry is not None,
    )
    if closure.geometry is not None:
        geometry("geometry", closure.geometry)
    if closure.depth_m is not None and not 0 <= closure.depth_m <= MOST_DEPTH_M:
        raise impossible("depth_m", closure.depth_m)
    factor = closure.speed_factor
    if factor is not None and not LEAST_FACTOR <= factor < 1:  # NaN too
        raise impossible("speed_factor", factor)
    if closure.direction not in get_args(ClosedDirection):
        raise impossible("direction", closure.direction)
    times = {"valid_from": closure.valid_from, "valid_to": closure.valid_to}
    for name, at in times.items():
        if at is not None:
            check_moment(name, at)
    if closure.valid_from and closure.valid_to and closure.valid_from >= closure.valid_to:
        raise impossible("valid_to", closure.valid_to)
    _check_text(name=closure.name, cause=closure.cause, road=closure.road, bridge=closure.bridge)
    for edge in (*closure.edges, *closure.profiles):
        _check_text(edges=edge)


def one_place(*, road: bool, bridge: bool, edges: bool, geometry: bool) -> None:
    """Refuse two that say where a closure is, of which one would be left open in silence.

    A geometry may stand beside a road or a bridge: it limits. Raises ``InvalidInput``.
    """
    said = [key for key, given in (("road", road), ("bridge", bridge), ("edges", edges)) if given]
    if geometry and edges:
        said.append("geometry")
    if len(said) > 1:
        raise InvalidInput(
            f"{' and '.join(said)} do not go together: a closure says in one way where it is.",
            remedy="Make several closures of it.",
            words="closures.two_kinds",
            kinds=said,
        )


def check_moment(name: str, at: datetime) -> None:
    """Refuse a time without a zone, or of another age. Raises ``InvalidInput``."""
    if at.tzinfo is None or not _YEARS[0] <= at.year <= _YEARS[1]:
        raise impossible(name, at)


def check_point(name: str, at: LonLat) -> None:
    """Refuse a point that is not on the map. Raises ``InvalidInput``."""
    lon, lat = at
    if not (math.isfinite(lon) and math.isfinite(lat)) or abs(lon) > 180 or abs(lat) > MAX_LAT:
        raise impossible(name, at)


def geometry(name: str, given: GeoJson, *, area: bool = False) -> str:
    """The GeoJSON as text for PostGIS, with ``area`` of a polygon only; raises ``InvalidInput``.

    Refused are empty and self-crossing geometries and coordinates that are no degrees.
    """
    try:
        with np.errstate(invalid="ignore"):  # NaN is refused below, without a warning
            made = shape(given)
        west, south, east, north = made.bounds
        usable = not made.is_empty and made.is_valid and (not area or made.geom_type in _AREAS)
        on_map = -180 <= west <= east <= 180 and -MAX_LAT <= south <= north <= MAX_LAT
    except (ShapelyError, AttributeError, IndexError, KeyError, TypeError, ValueError) as fault:
        raise impossible(name, given) from fault
    if not (usable and on_map):
        raise impossible(name, given)
    return str(shapely.to_geojson(shapely.force_2d(made)))


def impossible(name: str, value: object) -> InvalidInput:
    """The error for a value that cannot be."""
    shown = str(value)
    shown = shown if len(shown) <= 200 else shown[:199] + "…"
    return InvalidInput(
        f"{name} cannot be {shown}.",
        remedy="Correct the value and send it again.",
        words="intake.impossible",
        name=name,
        value=shown,
    )


def _check_text(**texts: str) -> None:
    for name, value in texts.items():
        if "\x00" in value:
            raise impossible(name, value)


def _check_plain(name: str, value: Mapping[str, Any]) -> None:
    try:
        written = canonical(value)
    except (TypeError, ValueError) as fault:
        raise impossible(name, value) from fault
    if b"\\u0000" in written:
        raise impossible(name, value)
