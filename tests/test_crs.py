"""Coordinate systems: degrees taken as they are, zones converted, others refused."""

from __future__ import annotations

import numpy as np
import pytest

from geo import crs
from geo.errors import InvalidInput


@pytest.mark.parametrize(
    "name", ["EPSG:4326", "WGS84", "CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4490", "4490"]
)
def test_degrees_are_taken_as_they_are(name: str) -> None:
    made = crs.read(name)
    assert crs.is_wgs84(made)
    lon, lat = crs.to_wgs84(made)([123.0], [28.0])
    assert (lon[0], lat[0]) == (123.0, 28.0)


def meridian_arc_m(lat: float) -> float:
    """Metres from the equator to a latitude on CGCS2000's ellipsoid: the defining integral."""
    flattening = 1 / 298.257222101
    e2 = flattening * (2 - flattening)
    phi = np.linspace(0, np.radians(lat), 200_001)
    curve = 6378137.0 * (1 - e2) / (1 - e2 * np.sin(phi) ** 2) ** 1.5
    return float(np.sum((curve[1:] + curve[:-1]) / 2 * np.diff(phi)))


@pytest.mark.parametrize(
    ("name", "x"),
    [
        ("EPSG:4549", 500000.0),  # CGCS2000, central meridian 120 E
        ("EPSG:4528", 40500000.0),  # the same as zone 40, with its number before
    ],
)
def test_easting_comes_first_whatever_the_system_says(name: str, x: float) -> None:
    """On the central meridian the northing is the meridian's arc."""
    lon, lat = crs.to_wgs84(crs.read(name))([x], [meridian_arc_m(28.0)])
    assert lon[0] == pytest.approx(120.0, abs=1e-9)
    assert lat[0] == pytest.approx(28.0, abs=1e-9)


def test_what_cannot_be_converted_is_infinite() -> None:
    lon, lat = crs.to_wgs84(crs.read("EPSG:4549"))([1e12], [1e12])
    assert np.isinf(lon[0])
    assert np.isinf(lat[0])


@pytest.mark.parametrize("name", ["", "EPSG:1", "no such", "EPSG:4214", "EPSG:27700"])
def test_other_systems_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="coordinate system"):
        crs.read(name)
