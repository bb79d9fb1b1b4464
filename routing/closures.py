"""Closures as edges: what a polygon, a line or a list of edges takes out of the graph.

A closed edge is closed over its whole length, junction to junction, both ways. A polygon closes
every edge that meets it, whatever its level: a bridge over it and a tunnel under it too. A line
closes every edge within ``LINE_M`` of it. A list of edges closes those directions alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import shapely
import shapely.geometry

from geo.domain import Closure, GeoJson
from geo.errors import InvalidInput, UnknownEdge
from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.lines import edge_lines
from routing.profiles import Profile
from routing.table import Int32s

LINE_M = 3.0  # [A] how near an edge must come to a closure drawn as a line
_KINDS = ("Polygon", "MultiPolygon", "LineString", "MultiLineString")


def closed_edges(
    graph: RoadGraph, closures: Sequence[Closure], profile: Profile, now: datetime | None = None
) -> Int32s:
    """The edges that a profile may not use, sorted, each once.

    Left aside are closures for other profiles, water that the profile wades, and, when ``now`` is
    given, closures that are not in force then.
    """
    found = [edges_closed(graph, one) for one in closures if stops(one, profile, now)]
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int32)


def stops(closure: Closure, profile: Profile, now: datetime | None = None) -> bool:
    """Whether a closure holds for a profile (and at a time, when one is given)."""
    if closure.profiles and profile.name not in closure.profiles:
        return False
    if closure.depth_m is not None and profile.wades(closure.depth_m):
        return False
    if now is None:
        return True
    begun = closure.valid_from is None or closure.valid_from <= now
    return begun and (closure.valid_to is None or now < closure.valid_to)


def edges_closed(graph: RoadGraph, closure: Closure) -> Int32s:
    """The edges of one closure, twins included. Where it has a geometry, that decides.

    Raises InvalidInput for a geometry that is none, UnknownEdge for ids that no road has.
    """
    if closure.geometry is None:
        edges = _listed(graph, closure)
        twin = graph.mate[edges]
        return np.concatenate([edges, twin[twin >= graph.edges]])
    edges = edges_meeting(graph, area_or_line(closure.geometry, closure.name))
    mate = graph.mate[edges]
    return np.concatenate([edges, mate[mate >= 0]])


def edges_meeting(graph: RoadGraph, shape: Any) -> Int32s:
    """Drawn edges that meet an area, or come within ``LINE_M`` of a line."""
    west, south, east, north = shape.bounds
    line = "LineString" in shape.geom_type
    grow = LINE_M / METRES_PER_DEGREE if line else 0.0
    wide = grow / max(np.cos(np.radians((south + north) / 2)), 0.01)
    edges = graph.grid.edges_in(west - wide, south - grow, east + wide, north + grow)
    lines = edge_lines(graph, edges)
    if line:
        scale = np.cos(np.radians((south + north) / 2)), 1.0
        shape = _metres(shape, (west, south), scale)
        return edges[shapely.dwithin(_metres(lines, (west, south), scale), shape, LINE_M)]
    shapely.prepare(shape)
    return edges[shapely.intersects(shape, lines)]


def area_or_line(geometry: GeoJson, name: str = "") -> Any:
    """A checked shapely polygon or line of a GeoJSON geometry (or a feature that holds one)."""
    body: Any = geometry.get("geometry") if geometry.get("type") == "Feature" else geometry
    kind = body.get("type") if isinstance(body, dict) else None
    if kind not in _KINDS:
        raise _invalid(name, f"{kind} is neither an area nor a line")
    try:
        with np.errstate(invalid="ignore"):  # nan is refused below, with a word
            shape = shapely.geometry.shape(body)
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError) as fault:
        raise _invalid(name, str(fault)) from fault
    points = shapely.get_coordinates(shape)
    if len(points) == 0:
        raise _invalid(name, "it is empty")
    if not (np.abs(points) <= (180, 90)).all():
        raise _invalid(name, "a coordinate is not a place on the globe")
    if not shape.is_valid or not shape.length:
        raise _invalid(name, shapely.is_valid_reason(shape))
    return shape


def _listed(graph: RoadGraph, closure: Closure) -> Int32s:
    edges = graph.find(closure.edges)
    missing = [one for one, edge in zip(closure.edges, edges, strict=True) if edge < 0]
    if missing:
        raise UnknownEdge(
            f"No road edge has the id {', '.join(missing[:10])}"
            f"{f' (and {len(missing) - 10} more)' if len(missing) > 10 else ''}.",
            remedy="Take edge ids from the roads that are loaded now.",
            edges=missing,
        )
    return edges


def _metres(shapes: Any, origin: tuple[float, float], scale: tuple[float, float]) -> Any:
    """Shapes in local equirectangular metres."""
    return shapely.transform(
        shapes, lambda points: (points - origin) * scale * METRES_PER_DEGREE, include_z=False
    )


def _invalid(name: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"The closure {name or 'without a name'} has no usable shape: {reason}.",
        remedy="Draw a polygon or a line that does not cross itself.",
        name=name,
        reason=reason,
    )
