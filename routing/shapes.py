"""Shapes that a person draws on the roads: checked, and as segments for cutting."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import shapely
import shapely.geometry

from geo.domain import GeoJson
from geo.errors import InvalidInput
from routing.table import Floats

_KINDS = ("Polygon", "MultiPolygon", "LineString", "MultiLineString")


def area_or_line(geometry: GeoJson, name: str = "") -> Any:
    """A checked shapely polygon or line of a GeoJSON geometry (or a feature that holds one)."""
    body: Any = geometry.get("geometry") if geometry.get("type") == "Feature" else geometry
    kind = body.get("type") if isinstance(body, dict) else None
    if kind not in _KINDS:
        raise _invalid(name, "no_kind", f"{kind} is neither an area nor a line")
    try:
        with np.errstate(invalid="ignore"):  # nan is refused below, with a word
            shape = shapely.geometry.shape(body)
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError) as fault:
        raise _invalid(name, _unread(str(fault)), str(fault)) from fault
    points = shapely.get_coordinates(shape)
    if len(points) == 0:
        raise _invalid(name, "empty", "it is empty")
    if not (np.abs(points) <= (180, 90)).all():
        raise _invalid(name, "off_globe", "a coordinate is not a place on the globe")
    if not shape.is_valid or not shape.length:
        reason = shapely.is_valid_reason(shape)
        raise _invalid(name, _known(reason), reason)
    return shape


def segments(shape: Any) -> Floats:
    """(r, 4) x0, y0, x1, y1 of the rings of an area or the parts of a line."""
    parts = shapely.get_parts(shape)
    if "Polygon" in shape.geom_type:
        parts = shapely.get_rings(parts)
    points, part = shapely.get_coordinates(parts, return_index=True)
    joined = np.flatnonzero(part[1:] == part[:-1])
    return np.column_stack([points[joined], points[joined + 1]])


def _unread(reason: str) -> str:
    """What is wrong with coordinates of which no shape can be made."""
    few = ("at least", "LinearRing", "points must", "closed")
    return "too_few_points" if any(word in reason for word in few) else "unusable"


def _known(reason: str) -> str:
    """What is wrong with a shape, of GEOS's many sentences."""
    if "Self-intersection" in reason:
        return "crosses_itself"
    few = ("Too few points", "Valid Geometry")  # valid, and yet without any length
    return "too_few_points" if any(word in reason for word in few) else "unusable"


def _invalid(name: str, kind: str, reason: str) -> InvalidInput:
    place = re.search(r"\[(\S+) (\S+)\]", reason)
    return InvalidInput(
        f"The closure {name or 'without a name'} has no usable shape: {reason}.",
        remedy="Draw a polygon or a line that does not cross itself.",
        words=f"closures.shape.{kind}",
        name=name or "geometry",
        reason=reason,
        kind=kind,
        place="" if place is None else f"{float(place[1]):.5f},{float(place[2]):.5f}",
    )
