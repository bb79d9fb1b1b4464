"""Coordinate systems: WGS 84 and CGCS2000 in degrees, and CGCS2000's Gauss-Krüger zones.

Longitude (or easting) always comes first, whatever the system's own axis order says. WGS 84 and
CGCS2000 differ by less than a metre and are taken as one here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geo.errors import InvalidInput

Floats = NDArray[np.float64]
ToWgs84 = Callable[[ArrayLike, ArrayLike], tuple[Floats, Floats]]

WGS84 = "EPSG:4326"
SAME_DEGREES = frozenset({4326, 4490, 4979, 4480})
"""Degrees taken as they are: WGS 84 and CGCS2000, flat and with height."""


@cache
def read(name: Any) -> CRS:
    """The system of this name ("EPSG:4490", "4547", "CGCS2000", WKT); raises ``InvalidInput``.

    Accepted are WGS 84 and CGCS2000: degrees, Gauss-Krüger zones, web Mercator and UTM.
    """
    short = {"WGS84": 4326, "WGS 84": 4326, "CRS84": 4326, "CGCS2000": 4490}
    given = short.get(str(name).upper(), name)
    try:
        made = CRS.from_user_input(int(given) if str(given).isdigit() else given)
    except (CRSError, ValueError) as fault:
        raise _refused(name, "unknown") from fault
    datum = made.geodetic_crs
    words = "" if datum is None else f"{datum.name} {datum.datum and datum.datum.name}".lower()
    known = ("wgs 84", "wgs84", "wgs_1984", "world geodetic system 1984", "cgcs2000", "2000")
    if not any(word in words for word in known):
        raise _refused(name, "other_datum")
    return made


@cache
def is_wgs84(crs: CRS) -> bool:
    """Whether its degrees are taken as they are."""
    return bool(crs.is_geographic) and (
        crs.to_epsg(min_confidence=60) in SAME_DEGREES or _ours(crs)
    )


@cache
def to_wgs84(crs: CRS) -> ToWgs84:
    """A function from x (east, longitude), y (north, latitude) to WGS 84 longitude, latitude.

    What cannot be converted comes back as infinity.
    """
    if is_wgs84(crs):
        return lambda x, y: (np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    transformer = Transformer.from_crs(crs, WGS84, always_xy=True)

    def convert(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        lon, lat = transformer.transform(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
        return lon, lat

    return convert


def _ours(crs: CRS) -> bool:
    name = crs.name.lower()
    return "cgcs" in name or "china_2000" in name or "wgs" in name


def _refused(name: object, why: str) -> InvalidInput:
    return InvalidInput(
        f"The coordinate system {name} is not one that can be read here ({why}).",
        remedy="Give EPSG:4326, EPSG:4490 or a CGCS2000 Gauss-Krüger zone (EPSG:4491-4554).",
        words=f"intake.crs.{why}",
        crs=str(name)[:200],
    )
