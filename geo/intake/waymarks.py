"""Kilometre posts and the names of bridges and tunnels in OpenStreetMap files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from osmium import filter as keep_only
from osmium.osm import NODE
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.datasets import row_id
from geo.domain import LonLat
from geo.intake.bulk import copy_rows, point_ewkb
from geo.intake.osmfile import is_osm, located_ways, objects
from geo.intake.posts import kilometre
from geo.spelling import plain, refs_of

# Tags by the OpenStreetMap wiki: Tag:highway=milestone, Key:bridge:name, Key:tunnel:name.
_KM_TAGS = ("distance", "pk", "kilometre", "km")
_REF_TAGS = ("ref", "road_ref", "nat_ref", "highway:ref")
_NAMED = {"bridge": "bridge:name", "tunnel": "tunnel:name"}
_IN_NAME = re.compile(r"([A-Za-z]{1,4}\s*-?\s*\d{1,4})\D+(\d+(?:[.+]\d+)?)")
_NEAR_DEGREES = 0.0004  # about 40 m: a post without a road number belongs to a road this near

_POST = {
    "id": "uuid", "source": "text", "source_key": "text", "ref": "text", "km": "float8",
    "sense": "text", "geom": "geometry",
}  # fmt: skip
_STRUCTURE = {
    "id": "uuid", "source": "text", "kind": "text", "name": "text", "way_id": "int8",
    "geom": "geometry",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waymarks:
    """What a source's files hold: (node, ref or "", km, place), (kind, name, way, line)."""

    posts: tuple[tuple[int, str, float, LonLat], ...]
    structures: tuple[tuple[str, str, int, tuple[LonLat, ...]], ...]


def read_waymarks(paths: Sequence[Path]) -> Waymarks:
    """The posts and named structures of OpenStreetMap files; none of files of another kind.

    A milestone that bears no kilometre is left out. Raises BadFile.
    """
    posts: dict[int, tuple[int, str, float, LonLat]] = {}
    structures: dict[tuple[int, str], tuple[str, str, int, tuple[LonLat, ...]]] = {}
    for path in paths:
        if not is_osm(path):
            continue
        milestones = keep_only.TagFilter(("highway", "milestone"))
        for node in objects(path, NODE, milestones):
            found = _post(dict(node.tags))
            if found is not None and node.location.valid():
                at = (node.location.lon, node.location.lat)
                posts[node.id] = (node.id, *found, at)
        for way in located_ways(path, keep_only.KeyFilter(*_NAMED.values())):
            tags = dict(way.tags)
            line = tuple((n.lon, n.lat) for n in way.nodes if n.location.valid())
            for kind, tag in _NAMED.items():
                name = plain(tags.get(tag, ""))
                if name and "highway" in tags and len(line) > 1:
                    structures[way.id, kind] = (kind, name, way.id, line)
    return Waymarks(
        tuple(posts[key] for key in sorted(posts)),
        tuple(structures[key] for key in sorted(structures)),
    )


def save_waymarks(session: Session, marks: Waymarks, *, source: str) -> None:
    """Put them in place of what the source's map held before; call after its roads are in.

    A post that names no road gets the number of the nearest numbered road; where none is near it
    is left out.
    """
    values = {"s": source}
    session.execute(
        text("DELETE FROM road_post WHERE source = :s AND source_key LIKE 'osm:%'"), values
    )
    session.execute(text("DELETE FROM road_structure WHERE source = :s"), values)
    copy_rows(session, "road_post", _POST, _post_rows(marks.posts, source, _refs(session, marks)))
    copy_rows(session, "road_structure", _STRUCTURE, _structure_rows(marks.structures, source))


def _post(tags: Mapping[str, str]) -> tuple[str, float] | None:
    """Road number ("" where it is not said) and kilometre; None without a kilometre."""
    refs = refs_of(next((tags[key] for key in _REF_TAGS if tags.get(key)), ""))
    km = next((kilometre(tags[key]) for key in _KM_TAGS if tags.get(key)), None)
    named = _IN_NAME.fullmatch(plain(tags.get("name", "")))
    if named:
        refs = refs or refs_of(named[1])
        km = kilometre(named[2]) if km is None else km
    return None if km is None else ((refs or ("",))[0], km)


def _refs(session: Session, marks: Waymarks) -> dict[int, str]:
    """The number of the nearest numbered road for each post that bears none."""
    out = {}
    for node, ref, _, (lon, lat) in marks.posts:
        if ref:
            continue
        found = session.scalar(
            text(
                "SELECT ref FROM road_edge, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS here"
                " WHERE drawn AND ref <> ''"
                " AND geom_3857 && ST_Transform(ST_Expand(here, :near), 3857)"
                " AND ST_DWithin(geom, here, :near) ORDER BY ST_Distance(geom, here), id LIMIT 1"
            ),
            {"lon": lon, "lat": lat, "near": _NEAR_DEGREES},
        )
        if found:
            out[node] = refs_of(found)[0]
    return out


def _post_rows(
    posts: Iterable[tuple[int, str, float, LonLat]], source: str, nearest: Mapping[int, str]
) -> Iterator[tuple[Any, ...]]:
    for node, said, km, (lon, lat) in posts:
        key, ref = f"osm:{node}", said or nearest.get(node, "")
        if ref:
            yield row_id(source, key), source, key, ref, km, "both", point_ewkb(lon, lat)


def _structure_rows(
    structures: Iterable[tuple[str, str, int, tuple[LonLat, ...]]], source: str
) -> Iterator[tuple[Any, ...]]:
    for kind, name, way, line in structures:
        shape = shapely.set_srid(shapely.LineString(line), 4326)
        wkb = shapely.to_wkb(shape, include_srid=True, byte_order=1)
        yield row_id(source, f"osm:{kind}:{way}"), source, kind, name, way, wkb
