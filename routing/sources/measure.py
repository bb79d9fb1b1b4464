"""Lengths that do not depend on the order of travel nor on the file they were read from."""

from __future__ import annotations

import numpy as np
from pyproj import Geod

from routing.table import Floats, Ints

_GEOD = Geod(ellps="WGS84")  # CGCS2000's ellipsoid differs by 0.1 mm at the pole: the same here
GRID = 10_000_000  # coordinates are whole 1e-7 degrees (about 1 cm), as OpenStreetMap keeps them


def lengths_um(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Ints:
    """Geodesic lengths of segments in whole micrometres, the same in both directions.

    Sums of whole numbers are exact, so an edge is as long as its reverse, and as long when it was
    cut into other pieces on the way.
    """
    swap = (lon_a > lon_b) | ((lon_a == lon_b) & (lat_a > lat_b))
    first = np.where(swap, lon_b, lon_a), np.where(swap, lat_b, lat_a)
    second = np.where(swap, lon_a, lon_b), np.where(swap, lat_a, lat_b)
    _, _, metres = _GEOD.inv(*first, *second)
    return np.rint(np.asarray(metres, dtype=np.float64) * 1e6).astype(np.int64)
