"""A line as arrays that reads like a tuple of points: routes have thousands, few are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from geo.domain import LonLat


class Line(Sequence[LonLat]):
    """Points (lon, lat) in EPSG:4326; equal to any sequence of the same points."""

    __slots__ = ("_points",)

    def __init__(self, points: npt.NDArray[np.float64]) -> None:
        """``points`` (2, v): a row of lon, a row of lat."""
        self._points = points

    @overload
    def __getitem__(self, index: int) -> LonLat: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[LonLat, ...]: ...

    def __getitem__(self, index: int | slice) -> LonLat | tuple[LonLat, ...]:
        if isinstance(index, slice):
            return tuple(Line(self._points[:, index]))
        lon, lat = self._points[:, index].tolist()
        return lon, lat

    def __len__(self) -> int:
        return int(self._points.shape[1])

    def __iter__(self) -> Iterator[LonLat]:
        lon, lat = self._points.tolist()
        return zip(lon, lat, strict=True)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Line):
            return bool(np.array_equal(self._points, other._points))
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return Line, (np.array(self._points),)

    def some(self, indices: Sequence[int]) -> list[LonLat]:
        """The points at these places, looked up together."""
        lon, lat = self._points[:, indices].tolist()
        return list(zip(lon, lat, strict=True))

    def coordinates(self, digits: int | None = None) -> list[list[float]]:
        """[lon, lat] of each point, as GeoJSON has them; rounded to ``digits`` where given."""
        points = self._points.T
        out: list[list[float]] = (points if digits is None else points.round(digits)).tolist()
        return out
