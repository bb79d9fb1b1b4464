"""Local metres around an incident: zones, distances and bearings for one situation."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees
from typing import Any

import numpy as np
import shapely
import shapely.geometry

from geo.domain import GeoJson, LonLat, Zone
from geo.hazards.shapes import metres_per_degree


class Ground:
    """A flat plane in metres with the incident at its origin; good to 0.1 % within 20 km."""

    def __init__(self, at: LonLat, zones: Sequence[Zone]) -> None:
        self._at = np.asarray(at, dtype=np.float64)
        self._scale = np.asarray(metres_per_degree(at[1]))
        self._names = [z.name for z in zones]
        self._zones = [self.flat(z.geometry) for z in zones]
        for zone in self._zones:
            shapely.prepare(zone)

    def metres(self, points: Sequence[LonLat]) -> Any:
        """(k, 2) metres east and north of the incident."""
        return (np.asarray(points, dtype=np.float64).reshape(-1, 2) - self._at) * self._scale

    def flat(self, geometry: GeoJson) -> Any:
        """A shapely geometry in local metres."""
        shape = shapely.geometry.shape(geometry)
        return shapely.transform(shape, lambda c: (c - self._at) * self._scale)

    def distance_m(self, point: LonLat) -> int:
        """Straight metres from the incident."""
        east, north = self.metres([point])[0]
        return round(float(np.hypot(east, north)))

    def bearing_deg(self, point: LonLat) -> int:
        """Bearing from the incident, clockwise from north, 0-359."""
        east, north = self.metres([point])[0]
        return round(degrees(atan2(east, north))) % 360

    def zone_of(self, point: LonLat) -> str | None:
        """The innermost zone that the point lies in; None outside all."""
        here = shapely.Point(self.metres([point])[0])
        inside = (n for n, z in zip(self._names, self._zones, strict=True) if z.intersects(here))
        return next(inside, None)

    def margin_m(self, point: LonLat) -> int | None:
        """Metres to the nearest zone; None without zones or inside one."""
        here = shapely.Point(self.metres([point])[0])
        metres = [zone.distance(here) for zone in self._zones]
        return int(min(metres)) if metres and min(metres) > 0 else None

    def reach_m(self) -> int:
        """How far the outermost zone reaches from the incident."""
        far = [np.hypot(*shapely.get_coordinates(z).T).max() for z in self._zones]
        return int(max(far, default=0.0))


def flat_outline(at: LonLat, corners: Any, scale: Any) -> GeoJson:
    """The rectangle between two (east, north) corners in metres around a point."""
    (west, south), (east, north) = (corners / scale + np.asarray(at)).tolist()
    line = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [line]}


def union(geometries: Sequence[GeoJson]) -> GeoJson | None:
    """One polygon or multipolygon of several; None of none. Coordinates to 7 decimals."""
    if not geometries:
        return None
    joined = shapely.union_all([shapely.geometry.shape(g) for g in geometries])
    body: dict[str, Any] = shapely.geometry.mapping(joined)
    return {"type": body["type"], "coordinates": _rounded(body["coordinates"])}


def _rounded(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_rounded(item) for item in value]
    return round(value, 7)
