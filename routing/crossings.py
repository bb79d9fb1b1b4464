"""Where roads cross the edge of a zone: the places for traffic control points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely

from geo.domain import GeoJson
from routing.graph import RoadGraph
from routing.lines import edge_lines
from routing.shapes import area_or_line


@dataclass(frozen=True, slots=True)
class Crossing:
    """A stretch of road that crosses the edge of a zone."""

    edge: str
    other: str | None  # the same stretch in the other direction
    lon: float
    lat: float
    road: str  # name, else ref, else ""
    road_class: str
    flow: Literal["both", "in", "out"]  # which way the profile may travel over the edge of the zone


def crossings(graph: RoadGraph, zone: GeoJson, profile: str) -> tuple[Crossing, ...]:
    """Each stretch that the profile may use, at every point where it crosses the zone's boundary.

    Sorted by edge id, then along the edge. A road that only touches the boundary does not cross.
    """
    shape = area_or_line(zone, "zone")
    rim = shape.boundary if "Polygon" in shape.geom_type else shape
    drawn = graph.grid.edges_in(*shape.bounds)
    lines = edge_lines(graph, drawn)
    shapely.prepare(rim)
    meets = shapely.intersects(rim, lines)
    ms = graph.weights[profile].ms
    found = []
    for edge, line in zip(drawn[meets].tolist(), lines[meets], strict=True):
        mate = int(graph.mate[edge])
        along, against = bool(ms[edge] >= 0), mate >= 0 and bool(ms[mate] >= 0)
        if not (along or against):
            continue
        for at in _points(line, rim):
            flow = _flow(line, at, shape, along, against)
            if flow is not None:
                point = line.interpolate(at)
                road, kind = graph.road(edge), graph.road_class(edge)
                names = graph.edge_id(edge), graph.edge_id(mate) if mate >= 0 else None
                found.append((names[0], at, names[1], point, road, kind, flow))
    return tuple(
        Crossing(edge, other, point.x, point.y, road, kind, flow)
        for edge, _, other, point, road, kind, flow in sorted(found, key=lambda item: item[:2])
    )


def _points(line: Any, rim: Any) -> list[float]:
    """How far along the line it meets the rim, in degrees; an overlap counts by its ends."""
    met = shapely.get_coordinates(shapely.intersection(line, rim))
    return sorted({round(line.project(shapely.Point(point)), 12) for point in met})


def _flow(
    line: Any, at: float, shape: Any, along: bool, against: bool
) -> Literal["both", "in", "out"] | None:
    """Which way traffic crosses at this point; None where the road stays on one side."""
    step = min(1e-6, line.length / 4)  # about 0.1 m
    inside = [
        bool(shapely.intersects(shape, line.interpolate(float(np.clip(near, 0, line.length)))))
        for near in (at - step, at + step)
    ]
    if inside[0] == inside[1]:
        return None
    if along and against:
        return "both"
    return "in" if inside[1] == along else "out"
