"""Closures that come with a question: GeoJSON drawn by a person or written by another program.

A feature closes what its polygon covers, what its line crosses or follows, or the road edges
named in its properties (``edges``, or ``road_edge``), or the ``road`` or ``bridge`` of that name;
further properties are the fields of ``geo.domain.Closure``. It serves the command line's
``--closure FILE`` and the HTTP bodies.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, get_args
from uuid import NAMESPACE_URL, UUID, uuid5

from geo.checks import LEAST_FACTOR, MOST_DEPTH_M, one_place
from geo.domain import ClosedDirection, Closure
from geo.errors import BadFile, InvalidInput, MissingCrs
from server.reading import moment

_SHAPES = ("Polygon", "MultiPolygon", "LineString", "MultiLineString")
_WGS84 = ("CRS84", "4326", "4490")


def read_closures(paths: Iterable[Path]) -> tuple[Closure, ...]:
    """Every closure in the files, in their order; a file that cannot be read is refused whole."""
    return tuple(closure for path in paths for closure in _read(path))


def closures_of(geojson: object, where: str) -> tuple[Closure, ...]:
    """The closures of a FeatureCollection, Feature or bare geometry.

    ``where`` names it in errors. Raises InvalidInput for what closes nothing, for coordinates
    that are no numbers or no degrees; MissingCrs for a foreign coordinate system.
    """
    if not isinstance(geojson, Mapping):
        raise _invalid(where, "not_geojson")
    _check_crs(geojson, where)
    rows = ((f"{where}#{number}", feature) for number, feature in _features(geojson, where))
    return tuple(
        _once_each((row, _closure(feature, row), _own_id(feature)) for row, feature in rows)
    )


def given_closures(features: Sequence[Mapping[str, Any]]) -> tuple[Closure, ...]:
    """The closures of a request's body: GeoJSON features, read as :func:`closures_of` does."""
    return closures_of({"type": "FeatureCollection", "features": list(features)}, "closures")


def _read(path: Path) -> tuple[Closure, ...]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadFile(
            f"{path} does not exist.",
            remedy="Check the name and the folder.",
            words="errors.file_missing",
            file=str(path),
        ) from None
    except OSError as fault:
        raise BadFile(
            f"{path} cannot be read: {fault.strerror}.",
            remedy="Check the name of the file and who may read it.",
            words="errors.file_access",
            file=str(path),
            reason=fault.strerror or "",
        ) from fault
    if not content.strip():
        raise _unreadable(path, "empty", "is empty")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(path, "not_utf8", "is not UTF-8 text") from None
    try:
        geojson = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise BadFile(
            f"{path} is not GeoJSON: {fault}.",
            remedy="Write the closures as a GeoJSON FeatureCollection.",
            words="errors.not_geojson",
            file=str(path),
        ) from None
    return closures_of(geojson, path.name)


def _unreadable(path: Path, reason: str, said: str) -> BadFile:
    return BadFile(
        f"{path} {said}.",
        remedy="Save it as GeoJSON in UTF-8.",
        words=f"closures.file.{reason}",
        file=str(path),
    )


def _features(geojson: Mapping[str, Any], where: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    kind = geojson.get("type")
    if kind == "FeatureCollection":
        features = geojson.get("features")
        if not isinstance(features, list):
            raise _invalid(where, "not_geojson")
        for number, feature in enumerate(features, start=1):
            if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
                raise _invalid(f"{where}#{number}", "not_geojson")
            yield number, feature
    elif kind == "Feature":
        yield 1, geojson
    elif kind in _SHAPES:
        yield 1, {"type": "Feature", "geometry": geojson, "properties": {}}
    else:
        raise _invalid(where, "not_geojson")


def _closure(feature: Mapping[str, Any], where: str) -> Closure:
    properties = feature.get("properties") or {}
    if not isinstance(properties, Mapping):
        raise _invalid(where, "not_geojson")
    edges = _edges(properties, where)
    geometry = feature.get("geometry")
    road, bridge = (str(properties.get(key) or "") for key in ("road", "bridge"))
    one_place(road=bool(road), bridge=bool(bridge), edges=bool(edges), geometry=False)
    if geometry is not None:
        check_shape(geometry, where)
    elif not (edges or road or bridge):
        raise _invalid(where, "closes_nothing")
    depth = properties.get("depth_m")
    if depth is not None and (not _number(depth) or not 0 <= depth <= MOST_DEPTH_M):
        raise _invalid(where, "bad_depth")
    factor = properties.get("speed_factor")
    if factor is not None and (not _number(factor) or not LEAST_FACTOR <= factor < 1):
        raise _invalid(where, "bad_factor")
    direction: Any = properties.get("direction") or "both"
    if direction not in get_args(ClosedDirection):
        raise _invalid(where, "bad_direction")
    whole = properties.get("whole")
    if whole is not None and not isinstance(whole, bool):
        raise _invalid(where, "bad_whole")
    times = [_moment(properties.get(key), where) for key in ("valid_from", "valid_to")]
    if times[0] is not None and times[1] is not None and times[0] >= times[1]:
        raise _invalid(where, "never")
    return Closure(
        id=_id(feature, properties),
        geometry=None if edges else geometry,
        edges=edges,
        name=str(properties.get("name") or ""),
        cause=str(properties.get("cause") or ""),
        depth_m=None if depth is None else float(depth),
        profiles=_texts(properties.get("profiles"), where),
        valid_from=times[0],
        valid_to=times[1],
        road=road,
        bridge=bridge,
        direction=direction,
        speed_factor=None if factor is None else float(factor),
        whole=bool(whole),
    )


def _moment(given: object, where: str) -> datetime | None:
    """ISO 8601; without an offset it is Shanghai's, as on the command line."""
    if given is None or given == "":
        return None
    try:
        return moment(str(given))
    except InvalidInput:
        raise _invalid(where, "bad_moment") from None


def _once_each(closures: Iterable[tuple[str, Closure, bool]]) -> Iterator[Closure]:
    """The closures, each id once; two rows that claim one id are named."""
    first: dict[UUID, str] = {}
    for where, closure, own_id in closures:
        before = first.setdefault(closure.id, where)
        if before != where and own_id:
            raise _invalid(where, "same_id", other=before, id=str(closure.id))
        if before == where:
            yield closure


def check_shape(geometry: object, where: str) -> None:
    """Refuse a geometry that cannot close a road: its kind, its size, or its coordinates."""
    from routing.shapes import area_or_line

    if not isinstance(geometry, Mapping):
        raise _invalid(where, "bad_shape", detail="")
    try:
        area_or_line(geometry, where)
    except InvalidInput as fault:
        told = _invalid(where, "bad_shape", detail=fault.values.get("reason", ""))
        told.values["words"] = fault.values["words"]
        told.values |= {"name": where, "place": fault.values["place"]}
        raise told from None


def _check_crs(geojson: Mapping[str, Any], where: str) -> None:
    """GeoJSON is WGS 84 by its standard; the old ``crs`` member may say otherwise."""
    crs = geojson.get("crs")
    if crs is None:
        return
    name = str((crs.get("properties") or {}).get("name", "")) if isinstance(crs, Mapping) else ""
    if not name.endswith(_WGS84):
        raise MissingCrs(
            f"{where} is in {name or 'an unnamed coordinate system'}, not WGS 84.",
            remedy="Save it as GeoJSON in WGS 84 (EPSG:4326).",
            words="errors.closure.foreign_crs",
            file=where,
            crs=name,
        )


def _edges(properties: Mapping[str, Any], where: str) -> tuple[str, ...]:
    given = properties.get("edges", properties.get("road_edge"))
    return _texts(given, where)


def _texts(given: object, where: str) -> tuple[str, ...]:
    if given is None:
        return ()
    items = [given] if isinstance(given, str) else given
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise _invalid(where, "bad_list")
    return tuple(item for item in items if item)


def _id(feature: Mapping[str, Any], properties: Mapping[str, Any]) -> UUID:
    """The feature's own UUID; else one made of its content, the same each time."""
    if (own := _given_id(feature, properties)) is not None:
        return own
    content = json.dumps([feature.get("geometry"), dict(properties)], sort_keys=True, default=str)
    return uuid5(NAMESPACE_URL, content)


def _own_id(feature: Mapping[str, Any]) -> bool:
    return _given_id(feature, feature.get("properties") or {}) is not None


def _given_id(feature: Mapping[str, Any], properties: Mapping[str, Any]) -> UUID | None:
    for given in (feature.get("id"), properties.get("id")):
        try:
            return UUID(str(given))
        except ValueError:
            continue
    return None


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _invalid(where: str, reason: str, **values: Any) -> InvalidInput:
    return InvalidInput(
        f"{where}: {_ENGLISH[reason]}",
        words=f"errors.closure.{reason}",
        file=where,
        reason=reason,
        **values,
    )


_ENGLISH = {
    "not_geojson": "not a GeoJSON FeatureCollection, Feature or geometry.",
    "closes_nothing": "closes nothing: give a polygon, a line, or a list of road edges.",
    "bad_shape": "a closure is a polygon or a line in degrees that does not cross itself.",
    "bad_list": "edges and profiles are lists of texts.",
    "bad_depth": "depth_m is a number of metres from 0 to 100.",
    "bad_factor": "speed_factor is a share of the speed, from 0.001 to below 1.",
    "bad_direction": "direction is both, along or against.",
    "bad_moment": "valid_from and valid_to are times such as 2026-06-01T21:40:00+08:00.",
    "bad_whole": "whole is true or false.",
    "never": "valid_to is not after valid_from: it would never hold.",
    "same_id": "two closures have one id.",
}
