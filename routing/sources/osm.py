"""Roads from OpenStreetMap .pbf and .osm files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from osmium import filter as keep_only
from osmium.osm import NODE, RELATION, WAY

from geo.errors import BadFile
from geo.intake.osmfile import objects
from routing.sources import values
from routing.sources.measure import lengths_um
from routing.sources.rules import Rules, road_rules
from routing.sources.ways import Attributes, Interner, Notes, Ways, runs_of_known
from routing.table import Floats, Ints, Restriction

_ROUNDABOUTS = {"roundabout", "circular"}
_NO = {"", "no", "none", "false", "0"}


def read_osm(paths: Sequence[Path], notes: Notes, rules: Rules | None = None) -> Ways:
    """The road ways of one or several files that may overlap (a way counts once, by its id).

    Raises BadFile for a file that is missing, empty, broken or holds no road.
    """
    rules = rules or road_rules()
    intern = Interner()
    way_id: list[int] = []
    attribute: list[int] = []
    refs: list[list[int]] = []
    left_out: list[tuple[str, list[int]]] = []
    restrictions: list[Restriction] = []
    seen: set[int] = set()
    for path in paths:
        any_road = False
        for way in objects(path, WAY, keep_only.KeyFilter("highway")):
            any_road = True
            if way.id in seen:
                continue
            seen.add(way.id)
            tags = dict(way.tags)
            if why := _left_out(tags, rules):
                left_out.append((why, [ref.ref for ref in way.nodes]))
                continue
            nodes = [ref.ref for ref in way.nodes]
            read, backwards = _attributes(way.id, tags, rules, notes)
            way_id.append(way.id)
            attribute.append(intern(read))
            refs.append(nodes[::-1] if backwards else nodes)
        if not any_road:
            raise _no_roads(path)
        restrictions += _restrictions(path, notes)
    if not way_id:
        raise _no_roads(paths[0])
    on_roads = np.unique(np.fromiter((ref for run in refs for ref in run), dtype=np.int64))
    beside = np.fromiter((ref for _, run in left_out for ref in run), dtype=np.int64)
    node_id, lon, lat = _nodes(paths, np.union1d(on_roads, beside), on_roads, notes)
    _measure_left_out(left_out, node_id, lon, lat, notes)
    if not len(node_id):
        raise BadFile(
            f"{paths[0].name}: the roads' own nodes are not in it.",
            remedy="Extract again with complete ways (osmium extract does so by default).",
            file=str(paths[0]),
            reason="roads.bad.no_nodes",
        )
    return _assemble(way_id, attribute, refs, intern, node_id, lon, lat, restrictions, notes)


def _left_out(tags: Mapping[str, str], rules: Rules) -> str | None:
    """Why a way is no road; None where it is one."""
    kind = tags["highway"]
    if kind not in rules.keep and kind.split(";")[0] not in rules.keep:
        return rules.drop_reason.get(kind, "not_a_road")
    return "area" if tags.get("area") == "yes" else None


def _attributes(
    way: int, tags: Mapping[str, str], rules: Rules, notes: Notes
) -> tuple[Attributes, bool]:
    """A way's attributes, and whether its vertices run against its one-way direction."""
    kind = tags["highway"].split(";")[0]
    on_foot = kind in rules.foot_only
    roundabout = tags.get("junction") in _ROUNDABOUTS
    oneway = 0 if on_foot else _oneway(way, tags, kind, roundabout, rules, notes)
    numbers: dict[str, float | None] = {}
    for key, tag, parse in (
        ("max_height_m", "maxheight", values.metres),
        ("max_weight_t", "maxweight", values.tonnes),
        ("max_width_m", "maxwidth", values.metres),
    ):
        text = tags.get(tag) or tags.get(f"{tag}:physical", "")
        numbers[key], sound = parse(text)
        if not sound:
            notes.fault(f"bad_{tag}", way, detail=text)
    posted = tags.get("maxspeed", "")
    speed, sound = values.speed_kph(posted, rules.implied_speed)
    if not sound:
        notes.fault("bad_maxspeed", way, detail=posted)
    layer, sound = values.whole(tags.get("layer", ""))
    if not sound:
        notes.fault("bad_layer", way, detail=tags["layer"])
    who = ("foot",) if on_foot else ("motor_vehicle", "vehicle")
    read = Attributes(
        road_class=kind,
        name=(tags.get("name") or tags.get("name:zh") or "").strip(),
        ref=tags.get("ref", "").strip(),
        speed_kph=speed,
        oneway=oneway != 0,
        roundabout=roundabout,
        bridge=tags.get("bridge", "") not in _NO,
        tunnel=tags.get("tunnel", "") not in _NO,
        ford=tags.get("ford", "") not in _NO,
        layer=layer,
        access=next((tags[key] for key in (*who, "access") if key in tags), ""),
        emergency=tags.get("emergency", ""),
        **numbers,
    )
    return read, oneway < 0


def _oneway(
    way: int, tags: Mapping[str, str], kind: str, roundabout: bool, rules: Rules, notes: Notes
) -> int:
    """1 along the vertices, -1 against them, 0 both ways."""
    said = tags.get("oneway", "").strip().lower()
    if said in {"yes", "true", "1"}:
        return 1
    if said in {"-1", "reverse"}:
        return -1
    if said in {"no", "false", "0"}:
        return 0
    if said:  # "reversible", "alternating": open one way at a time, which one is not said
        notes.fault("unclear_oneway", way, detail=said)
        return 0
    return 1 if roundabout or kind in rules.implied_oneway else 0


def _restrictions(path: Path, notes: Notes) -> list[Restriction]:
    out = []
    for relation in objects(path, RELATION, keep_only.TagFilter(("type", "restriction"))):
        kind = relation.tags.get("restriction")
        parts = {(item.role, item.type): item.ref for item in relation.members}
        ends = parts.get(("from", "w")), parts.get(("via", "n")), parts.get(("to", "w"))
        if kind is None or None in ends:  # a way as via, one for lorries alone, or a broken one
            notes.fault("restriction_not_read", ends[0], detail=f"relation {relation.id}")
            continue
        out.append(Restriction(kind, *(int(end) for end in ends if end is not None)))
    return out


def _measure_left_out(
    left_out: list[tuple[str, list[int]]], node_id: Ints, lon: Floats, lat: Floats, notes: Notes
) -> None:
    """Note what was left out with its kilometres, as far as its nodes are there."""
    for why in sorted({why for why, _ in left_out}):
        runs = [run for reason, run in left_out if reason == why]
        flat = np.fromiter((ref for run in runs for ref in run), dtype=np.int64)
        run_of = np.repeat(np.arange(len(runs)), [len(run) for run in runs])
        place = np.minimum(np.searchsorted(node_id, flat), len(node_id) - 1)
        there = node_id[place] == flat if len(node_id) else np.zeros(len(flat), dtype=bool)
        joined = there[:-1] & there[1:] & (run_of[:-1] == run_of[1:])
        a, b = place[:-1][joined], place[1:][joined]
        km = float(lengths_um(lon[a], lat[a], lon[b], lat[b]).sum()) / 1e9
        notes.drop(why, ways=len(runs), nodes=len(np.unique(flat)), km=km)


def _nodes(
    paths: Sequence[Path], wanted: Ints, on_roads: Ints, notes: Notes
) -> tuple[Ints, Floats, Floats]:
    """The wanted nodes that the files hold, sorted by id, with barriers counted on the way."""
    ids: list[int] = []
    x: list[int] = []
    y: list[int] = []
    for path in paths:
        for node in objects(path, NODE, keep_only.IdFilter(wanted.tolist())):
            place = node.location
            if place.valid():
                ids.append(node.id)
                x.append(place.x)
                y.append(place.y)
        for node in objects(path, NODE, keep_only.KeyFilter("barrier", "ford")):
            at = np.searchsorted(on_roads, node.id)
            if at < len(on_roads) and on_roads[at] == node.id:
                notes.barriers[node.tags.get("barrier") or "ford"] += 1
    node_id, first = np.unique(np.array(ids, dtype=np.int64), return_index=True)
    # Whole 1e-7 degrees as the file has them; one division, so that others get the same double.
    return node_id, np.array(x, dtype=float)[first] / 1e7, np.array(y, dtype=float)[first] / 1e7


def _assemble(
    way_id: list[int],
    attribute: list[int],
    refs: list[list[int]],
    intern: Interner,
    node_id: Ints,
    lon: Floats,
    lat: Floats,
    restrictions: list[Restriction],
    notes: Notes,
) -> Ways:
    """One set of arrays; a way that runs past the extract is cut where its nodes are missing."""
    counts = np.fromiter(map(len, refs), dtype=np.int64, count=len(refs))
    flat = np.fromiter((ref for run in refs for ref in run), dtype=np.int64, count=counts.sum())
    place = np.searchsorted(node_id, flat)
    place[place == len(node_id)] = 0
    known = node_id[place] == flat
    start = np.concatenate([[0], np.cumsum(counts)])
    spans: list[tuple[int, int, int]] = []  # way, first vertex, behind the last
    complete = np.add.reduceat(~known, start[:-1]) == 0 if counts.all() else None
    for way, (first, last) in enumerate(pairwise(start.tolist())):
        if last - first < 2:
            notes.fault("one_node", way_id[way], _at(place, known, lon, lat, first, last))
            notes.drop("one_node", nodes=last - first)
        elif complete is not None and complete[way]:
            spans.append((way, first, last))
        else:
            _cut_at_missing(spans, way, first, last, known, way_id[way], notes)
    vertices = [place[first:last] for _, first, last in spans]
    order = [way for way, _, _ in spans]
    return Ways(
        way_id=np.array(way_id, dtype=np.int64)[order],
        start=np.concatenate([[0], np.cumsum([len(run) for run in vertices])]).astype(np.int64),
        node=np.concatenate(vertices) if vertices else np.zeros(0, dtype=np.int64),
        attribute=np.array(attribute, dtype=np.int32)[order],
        attributes=intern.all(),
        node_id=node_id,
        node_lon=lon,
        node_lat=lat,
        restrictions=tuple(sorted(set(restrictions), key=repr)),
    )


def _cut_at_missing(
    spans: list[tuple[int, int, int]],
    way: int,
    first: int,
    last: int,
    known: np.ndarray,
    way_id: int,
    notes: Notes,
) -> None:
    inside = known[first:last]
    missing = int((~inside).sum())
    if missing:
        notes.fault("missing_nodes", way_id, detail=f"{missing} of {last - first}")
        notes.drop("missing_nodes", ways=int(missing == last - first), nodes=missing)
    spans += [(way, first + a, first + b) for a, b in runs_of_known(inside) if b - a > 1]


def _at(
    place: Ints, known: np.ndarray, lon: Floats, lat: Floats, first: int, last: int
) -> tuple[float, float] | None:
    if last == first or not known[first]:
        return None
    return float(lon[place[first]]), float(lat[place[first]])


def _no_roads(path: Path) -> BadFile:
    return BadFile(
        f"{path.name}: there is no road in it.",
        remedy="Give an extract that holds ways with the highway tag.",
        file=str(path),
        reason="roads.bad.no_roads",
    )
