"""The base map's areas and names, from the OpenStreetMap file that the roads come from."""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import osmium
import shapely
from osmium import filter as keep_only
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo import datasets
from geo.intake.baserules import BaseRules, base_rules
from geo.intake.bulk import copy_rows, point_ewkb, refresh_statistics
from geo.intake.osmfile import reading

_FROM_OSM = "openstreetmap"
_NAMED_WATER_M2 = 100_000.0  # smaller waters are named by their own area in close-up tiles


@dataclass(frozen=True, slots=True)
class BaseArea:
    """An area (or a thin water's line) to draw. ``wkb`` is in EPSG:4326."""

    key: str  # "way/12", "relation/7": stable across loads
    kind: str
    subkind: str
    name: str | None
    wkb: bytes


@dataclass(frozen=True, slots=True)
class BaseName:
    """A name to write; rank 1 is the greatest."""

    key: str
    kind: str
    name: str
    rank: int
    lon: float
    lat: float
    of_area: bool = False  # its area stands in base_area with the same name


@dataclass(frozen=True, slots=True)
class BaseMap:
    """What a file holds for the base map; empty tuples where it holds none."""

    areas: tuple[BaseArea, ...]
    names: tuple[BaseName, ...]
    districts: tuple[BaseArea, ...]  # township borders; subkind is the administrative level
    broken: int  # areas whose rings do not close or cross: left out


def read_base(paths: Sequence[Path], rules: BaseRules | None = None) -> BaseMap:
    """The areas, names and borders of one or several files that may overlap.

    Raises BadFile for a file that cannot be read. A file with roads alone gives an empty map.
    """
    reader = _Reader(rules or base_rules())
    for path in paths:
        with reading(path):
            reader.read(path)
    return reader.result()


def save_base(
    session: Session,
    base: BaseMap,
    *,
    source: str,
    synthetic: bool,
    now: datetime,
    title: str | None = None,
    files: Sequence[Path] = (),
) -> None:
    """Put a base map into PostGIS in the caller's transaction, in place of the source's last one.

    Borders become districts only where no source has handed in districts yet: the county's own
    list wins. Raises MixedData, DiskFull.
    """
    datasets.claim(session, synthetic=synthetic)
    for table in ("base_area", "base_name"):
        session.execute(text(f"DELETE FROM {table} WHERE source = :s"), {"s": source})
    ids = {"id": "uuid", "source": "text", "source_key": "text", "kind": "text"}
    copy_rows(
        session,
        "base_area",
        {**ids, "subkind": "text", "name": "text", "geom": "geometry"},
        (
            (datasets.row_id(source, a.key), source, a.key, a.kind, a.subkind, a.name, _ewkb(a.wkb))
            for a in base.areas
        ),
    )
    copy_rows(
        session,
        "base_name",
        {**ids, "name": "text", "rank": "int4", "geom": "geometry", "attributes": "jsonb"},
        _name_rows(base.names, source),
    )
    kept: dict[str, Any] = {
        "source": source,
        "title": title or source,
        "synthetic": synthetic,
        "now": now,
        "file": ", ".join(path.name for path in files) or None,
    }
    report = {"names": len(base.names), "areas": len(base.areas), "broken": base.broken}
    datasets.record(
        session, kind="base", rows=len(base.areas) + len(base.names), report=report, **kept
    )
    _save_districts(session, base.districts, kept)
    datasets.raise_version(session, "base")
    refresh_statistics(session, "base_area", "base_name")


class _Reader:
    """Gathers areas, names and borders over several files."""

    def __init__(self, rules: BaseRules) -> None:
        self._rules = rules
        self._wkb = osmium.geom.WKBFactory()
        self._areas: dict[str, BaseArea] = {}
        self._names: dict[str, BaseName] = {}
        self._borders: dict[str, BaseArea] = {}
        self._broken = 0

    def read(self, path: Path) -> None:
        keys = keep_only.KeyFilter(*sorted(self._rules.keys))
        # The filter given to with_areas spares building areas of what no rule looks at.
        items: Iterable[Any] = osmium.FileProcessor(str(path)).with_areas(keys).with_filter(keys)
        for item in items:
            if item.is_area():
                self._area(item)
            elif item.is_way():
                self._way(item)
            elif item.is_node():
                self._node(item)

    def result(self) -> BaseMap:
        found = Counter(border.subkind for border in self._borders.values())
        # Of the levels that a township may have, the one with the most borders in this file.
        level = max(self._rules.district_levels, key=lambda one: found[one])
        return BaseMap(
            areas=tuple(self._areas[key] for key in sorted(self._areas)),
            names=tuple(self._names[key] for key in sorted(self._names)),
            districts=tuple(
                border for _, border in sorted(self._borders.items()) if border.subkind == level
            ),
            broken=self._broken,
        )

    def _node(self, node: Any) -> None:
        tags = dict(node.tags)
        found, name = self._rules.name(tags), _name(tags)
        if found and name and node.location.valid():
            key = f"node/{node.id}"
            place = node.location
            self._names[key] = BaseName(key, found[0], name, found[1], place.lon, place.lat)

    def _way(self, way: Any) -> None:
        tags = dict(way.tags)
        found = self._rules.thin_water(tags)
        if not found or (way.is_closed() and tags.get("area") == "yes"):
            return
        runs: list[list[tuple[float, float]]] = [[]]
        for node in way.nodes:  # one that runs past the extract is cut there
            if node.location.valid():
                runs[-1].append((node.lon, node.lat))
            elif runs[-1]:
                runs.append([])
        known = [run for run in runs if len(run) > 1]
        if not known:
            self._broken += 1
            return
        wkb = shapely.to_wkb(shapely.MultiLineString(known), byte_order=1)
        self._areas[f"way/{way.id}"] = BaseArea(f"way/{way.id}", *found, _name(tags), wkb)

    def _area(self, area: Any) -> None:
        tags = dict(area.tags)
        border = tags.get("boundary") == "administrative" and "admin_level" in tags
        shown, called, name = self._rules.area(tags), self._rules.name(tags), _name(tags)
        if not (shown or border or (called and name)):
            return
        try:
            wkb = bytes.fromhex(self._wkb.create_multipolygon(area))
        except RuntimeError:
            self._broken += 1
            return
        key = f"{'way' if area.from_way() else 'relation'}/{area.orig_id()}"
        if shown:
            self._areas[key] = BaseArea(key, *shown, name, wkb)
            if shown[0] == "water" and name and not called:
                called = ("water", 4) if area_m2(wkb) >= _NAMED_WATER_M2 else None
        if called and name:
            at = shapely.point_on_surface(shapely.from_wkb(wkb))
            self._names[key] = BaseName(key, *called[:1], name, called[1], at.x, at.y, bool(shown))
        if border and name:
            self._borders[key] = BaseArea(key, "district", tags["admin_level"], name, wkb)


def area_m2(wkb: bytes) -> float:
    """About how large an area is: degrees taken as metres at its own latitude."""
    shape = shapely.from_wkb(wkb)
    middle = math.radians((shape.bounds[1] + shape.bounds[3]) / 2)
    return float(shape.area * 111_320.0**2 * math.cos(middle))


def _name(tags: Mapping[str, str]) -> str | None:
    return (tags.get("name") or tags.get("name:zh") or "").strip() or None


def _ewkb(wkb: bytes) -> bytes:
    """The same shape with EPSG:4326 written into it."""
    (kind,) = struct.unpack_from("<I", wkb, 1)
    return wkb[:1] + struct.pack("<II", kind | 0x20000000, 4326) + wkb[5:]


def _name_rows(names: Iterable[BaseName], source: str) -> Iterable[tuple[Any, ...]]:
    for n in names:
        attributes = {"of_area": True} if n.of_area else {}
        place = point_ewkb(n.lon, n.lat)
        key = datasets.row_id(source, n.key)
        yield key, source, n.key, n.kind, n.name, n.rank, place, attributes


def _save_districts(session: Session, borders: Sequence[BaseArea], kept: dict[str, Any]) -> None:
    others = "SELECT EXISTS (SELECT FROM district WHERE attributes->>'from' IS DISTINCT FROM :f)"
    if not borders or session.scalar(text(others), {"f": _FROM_OSM}):
        return
    source = kept["source"]
    session.execute(text("DELETE FROM district WHERE source = :s"), {"s": source})
    columns = {"id": "uuid", "source": "text", "source_key": "text", "name": "text"}
    attributes = {"from": _FROM_OSM}
    copy_rows(
        session,
        "district",
        {**columns, "kind": "text", "geom": "geometry", "attributes": "jsonb"},
        (
            (
                datasets.row_id(source, d.key),
                source,
                d.key,
                d.name,
                "township",
                _ewkb(d.wkb),
                attributes,
            )
            for d in borders
        ),
    )
    datasets.record(session, kind="districts", rows=len(borders), report={}, **kept)
