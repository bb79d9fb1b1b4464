"""Roads from OpenStreetMap .pbf and .osm files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from osmium import filter as keep_only

from geo.intake.osmfile import bad_road_file, located_ways
from routing.signs import opened_to_vehicles, special_signs
from routing.sources import values
from routing.sources.barriers import read_barriers
from routing.sources.measure import lengths_um
from routing.sources.places import Places, Runs
from routing.sources.relations import read_restrictions
from routing.sources.rules import Rules, road_rules
from routing.sources.ways import Attributes, Interner, Notes, Ways, runs_of_known
from routing.table import Barrier, Restriction

_ROUNDABOUTS = {"roundabout", "circular"}
_NO = {"", "no", "none", "false", "0"}


def read_osm(paths: Sequence[Path], notes: Notes, rules: Rules | None = None) -> Ways:
    """The road ways of one or several files that may overlap (a way counts once, by its id).

    Raises BadFile for a file that is missing, empty, broken or holds no road.
    """
    rules = rules or road_rules()
    roads, beside = Runs(), Runs()
    intern = Interner()
    attribute: list[int] = []
    reasons: list[str] = []
    restrictions: list[Restriction] = []
    seen: set[int] = set()
    for path in paths:
        any_road = False
        for way in located_ways(path, keep_only.KeyFilter("highway")):
            any_road = True
            if way.id in seen:
                continue
            seen.add(way.id)
            tags = dict(way.tags)
            if why := _left_out(tags, rules):
                reasons.append(why)
                beside.add(way, backwards=False)
                continue
            read, backwards = _attributes(way.id, tags, rules, notes)
            attribute.append(intern(read))
            roads.add(way, backwards)
        if not any_road:
            raise bad_road_file(path, "no_roads")
        restrictions += read_restrictions(path, notes)
    if not attribute:
        raise bad_road_file(paths[0], "no_roads")
    places = Places.of(paths, roads, beside)
    if not len(places.node_id):
        raise bad_road_file(paths[0], "no_nodes")
    _measure_left_out(reasons, beside, places, notes)
    barriers = read_barriers(paths, np.unique(roads.refs()), notes)
    return _assemble(roads, attribute, intern, places, (restrictions, barriers), notes)


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
    never = kind in rules.never_driven
    driven = not on_foot or (opened_to_vehicles(tags) and not never)
    oneway = _oneway(way, tags, kind, roundabout, rules, notes) if driven else 0
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
    access = next((tags[key] for key in (*who, "access") if key in tags), "")
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
        access=access,
        emergency=tags.get("emergency", ""),
        signs="" if never else special_signs(tags, access, on_foot=on_foot),
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


def _measure_left_out(reasons: Sequence[str], beside: Runs, places: Places, notes: Notes) -> None:
    """Note what was left out with its kilometres, as far as its nodes are there."""
    why = np.array(reasons, dtype=object)
    refs, run_of = beside.refs(), np.repeat(np.arange(len(beside.counts)), beside.counts)
    place, there = places.find(refs)
    for reason in sorted(set(reasons)):
        mine = why[run_of] == reason
        joined = (there & mine)[:-1] & there[1:] & (run_of[:-1] == run_of[1:])
        a, b = place[:-1][joined], place[1:][joined]
        lengths = lengths_um(places.lon[a], places.lat[a], places.lon[b], places.lat[b])
        nodes = len(np.unique(refs[mine]))
        notes.drop(reason, int((why == reason).sum()), nodes, float(lengths.sum()) / 1e9)


def _assemble(
    roads: Runs,
    attribute: Sequence[int],
    intern: Interner,
    places: Places,
    beside: tuple[Sequence[Restriction], tuple[Barrier, ...]],
    notes: Notes,
) -> Ways:
    """One set of arrays; a way that runs past the extract is cut where its nodes are missing."""
    place, known = places.find(roads.refs())
    start = np.concatenate([[0], np.cumsum(roads.counts)])
    spans: list[tuple[int, int, int]] = []  # way, first vertex, behind the last
    missing = np.concatenate([[0], np.cumsum(~known)])[start]
    for way, (first, last) in enumerate(pairwise(start.tolist())):
        if last - first < 2:
            at = places.at(place[first]) if last > first and known[first] else None
            notes.fault("one_node", roads.way_id[way], at)
            notes.drop("one_node", nodes=last - first)
        elif gap := int(missing[way + 1] - missing[way]):
            notes.fault("missing_nodes", roads.way_id[way], detail=f"{gap} of {last - first}")
            notes.drop("missing_nodes", ways=int(gap == last - first), nodes=gap)
            inside = runs_of_known(known[first:last])
            spans += [(way, first + a, first + b) for a, b in inside if b - a > 1]
        else:
            spans.append((way, first, last))
    vertices = [place[first:last] for _, first, last in spans]
    order = [way for way, _, _ in spans]
    return Ways(
        way_id=np.array(roads.way_id, dtype=np.int64)[order],
        start=np.concatenate([[0], np.cumsum([len(run) for run in vertices])]).astype(np.int64),
        node=np.concatenate(vertices) if vertices else np.zeros(0, dtype=np.int64),
        attribute=np.array(attribute, dtype=np.int32)[order],
        attributes=intern.all(),
        node_id=places.node_id,
        node_lon=places.lon,
        node_lat=places.lat,
        restrictions=tuple(sorted(set(beside[0]), key=repr)),
        barriers=beside[1],
    )
