"""From ways to the road table: contraction, pieces and strays, stable ids, faults, report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from geo.intake.osmfile import bad_road_file
from routing.sources.chains import Chains, Segments, contract
from routing.sources.faults import list_faults, list_unobeyed
from routing.sources.measure import lengths_um
from routing.sources.ways import Attributes, Notes, Ways
from routing.table import Bools, Int32s, Ints, LoadReport, RoadTable, contents_version

STRAY_M = 200.0  # connected pieces shorter than this in all are dropped and reported


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Connected pieces, renumbered by length; -1 for the nodes of strays."""

    component: Int32s  # (p,) by raw node
    metres: tuple[float, ...]


def make_table(ways: Ways, notes: Notes, files: Sequence[Path]) -> RoadTable:
    """The road table of some ways. Raises BadFile where no stretch of road is left."""
    segments, run = _segments(ways, notes)
    if not len(segments.tail):
        raise bad_road_file(files[0], "no_roads")
    length_um = lengths_um(
        ways.node_lon[segments.tail],
        ways.node_lat[segments.tail],
        ways.node_lon[segments.head],
        ways.node_lat[segments.head],
    )
    chains = contract(len(ways.node_id), segments, _kept(ways))
    way_of_segment = ways.way_id[run]
    pieces = _number_pieces(ways, segments, chains, length_um, way_of_segment, notes)
    columns = _columns(ways, segments, chains, pieces.component, length_um, way_of_segment)
    list_faults(ways, segments, length_um, way_of_segment, columns, notes)
    here = set(columns["node_id"].tolist())
    barriers = tuple(one for one in ways.barriers if one.node in here)
    beside: dict[str, Any] = {"restrictions": ways.restrictions, "barriers": barriers}
    table = RoadTable(
        **columns,
        **beside,
        report=LoadReport(),
        version=contents_version({**columns, **beside}),
    )
    list_unobeyed(table, ways, notes)
    used = np.unique(np.concatenate([segments.tail, segments.head]))
    report = LoadReport(
        files=tuple(path.name for path in files),
        nodes_in=len(used),
        ways_in=len(np.unique(ways.way_id)),
        km_in=round(float(length_um.sum()) / 1e9, 3),
        nodes=table.nodes,
        edges=table.edges,
        km=round(table.km, 3),
        components=len(pieces.metres),
        component_km=tuple(round(metres / 1000, 3) for metres in pieces.metres[:100]),
        dropped=tuple(notes.dropped[key] for key in sorted(notes.dropped)),
        faults=tuple(fault for key in sorted(notes.faults) for fault in notes.faults[key]),
        fault_counts=dict(sorted(notes.fault_counts.items())),
        barriers=dict(sorted(notes.barriers.items())),
    )
    return replace(table, report=report)


def _segments(ways: Ways, notes: Notes) -> tuple[Segments, Ints]:
    """The straight pieces of all ways, and each one's run; a vertex said twice is dropped."""
    inside = np.ones(max(len(ways.node) - 1, 0), dtype=bool)
    inside[ways.start[1:-1] - 1] = False
    tail, head = ways.node[:-1][inside], ways.node[1:][inside]
    run = np.repeat(np.arange(len(ways.way_id)), np.diff(ways.start) - 1)
    twice = np.flatnonzero(tail == head)
    for segment in twice.tolist():
        at = float(ways.node_lon[tail[segment]]), float(ways.node_lat[tail[segment]])
        notes.fault("repeated_node", int(ways.way_id[run[segment]]), at)
    keep = tail != head
    tail, head, run = tail[keep], head[keep], run[keep]
    attribute = ways.attribute[run]
    oneway = np.array([item.oneway for item in ways.attributes], dtype=bool)
    return Segments(tail, head, attribute, oneway[attribute]), run


def _kept(ways: Ways) -> Ints:
    """Raw nodes that must stay graph nodes: barriers, and where restrictions hold.

    The ends of a restricted way are kept, so that no chain runs on from it into another way and
    its edges carry its id.
    """
    ids = [one.node for one in ways.barriers] + [one.via_node for one in ways.restrictions]
    named = {way for one in ways.restrictions for way in (one.from_way, one.to_way, *one.via_ways)}
    run = np.flatnonzero(np.isin(ways.way_id, np.array(sorted(named), dtype=np.int64)))
    wanted = np.unique(np.array(ids, dtype=np.int64))
    place = np.searchsorted(ways.node_id, wanted)
    there = place < len(ways.node_id)
    there[there] = ways.node_id[place[there]] == wanted[there]
    ends = np.concatenate([ways.node[ways.start[run]], ways.node[ways.start[run + 1] - 1]])
    return np.unique(np.concatenate([place[there], ends])).astype(np.int64)


def _number_pieces(
    ways: Ways, segments: Segments, chains: Chains, length_um: Ints, way: Ints, notes: Notes
) -> _Pieces:
    """Pieces by length, the longest first (ties: the smallest node id); strays left out."""
    piece = chains.piece
    total = np.zeros(int(piece.max()) + 1, dtype=np.int64)
    np.add.at(total, piece[segments.tail], length_um)
    used = np.unique(np.concatenate([segments.tail, segments.head]))
    present, first = np.unique(piece[used], return_index=True)  # raw nodes are sorted by id
    order = present[np.lexsort((first, -total[present]))]
    keep = total[order] >= STRAY_M * 1e6
    keep[:1] = True  # a source of one short lane is still a source
    number = np.full(len(total), -1, dtype=np.int32)
    number[order[keep]] = np.arange(keep.sum(), dtype=np.int32)
    lost = number[piece[segments.tail]] < 0
    if lost.any():
        notes.drop(
            "stray",
            ways=len(np.unique(way[lost])),
            nodes=int((number[piece[used]] < 0).sum()),
            km=float(length_um[lost].sum()) / 1e9,
        )
    return _Pieces(number[piece], tuple((total[order[keep]] / 1e6).tolist()))


def _columns(
    ways: Ways,
    segments: Segments,
    chains: Chains,
    component: Int32s,
    length_um: Ints,
    way_of_segment: Ints,
) -> dict[str, Any]:
    """Every column of the table."""
    half = chains.half
    segment = half >> 1
    tail = np.where(half & 1, segments.head[segment], segments.tail[segment])
    head = np.where(half & 1, segments.tail[segment], segments.head[segment])
    begin, end = chains.start[:-1], chains.start[1:]
    source, target = tail[begin], head[end - 1]
    length = np.add.reduceat(length_um[segment], begin)
    way = np.minimum.reduceat(way_of_segment[segment], begin)
    inner = head[begin]  # the first vertex after the start tells parallels apart
    kept = component[source] >= 0
    n = _parallels(way, source, target, length, inner, kept)
    order = np.lexsort((n, way, target, source))
    order = order[kept[order]]
    place = np.full(len(kept) + 1, -1, dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    graph_nodes = np.unique(np.concatenate([source[order], target[order]]))
    edge_from = np.searchsorted(graph_nodes, source[order]).astype(np.int32)
    edge_to = np.searchsorted(graph_nodes, target[order]).astype(np.int32)
    geom_start, vertex = _geometry(chains, order, tail, head)
    attribute = segments.attribute[segment[begin[order]]]
    ids = zip(
        way[order].tolist(),
        ways.node_id[source[order]].tolist(),
        ways.node_id[target[order]].tolist(),
        n[order].tolist(),
        strict=True,
    )
    return {
        "node_id": ways.node_id[graph_nodes],
        "node_lon": ways.node_lon[graph_nodes],
        "node_lat": ways.node_lat[graph_nodes],
        "node_component": component[graph_nodes],
        "edge_id": tuple(f"{a}:{b}:{c}:{d}" for a, b, c, d in ids),
        "edge_from": edge_from,
        "edge_to": edge_to,
        "edge_way": way[order],
        "length_m": length[order] / 1e6,
        "reverse": place[chains.reverse[order]],
        "geom_start": geom_start,
        "geom_lon": ways.node_lon[vertex],
        "geom_lat": ways.node_lat[vertex],
        **_attribute_columns(ways.attributes, attribute),
    }


def _parallels(
    way: Ints, source: Ints, target: Ints, length: Ints, inner: Ints, kept: Bools
) -> Ints:
    """0, 1, … among edges of one way between the same nodes, by length, then first vertex."""
    order = np.lexsort((inner, length, target, source, way))
    order = order[kept[order]]
    keys = np.column_stack([way[order], source[order], target[order]])
    new = np.ones(len(order), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    index = np.arange(len(order))
    n = np.zeros(len(way), dtype=np.int64)
    n[order] = index - np.maximum.accumulate(np.where(new, index, 0))
    return n


def _geometry(chains: Chains, order: Ints, tail: Ints, head: Ints) -> tuple[Ints, Ints]:
    """Where each edge's vertices begin, and the raw node of every vertex."""
    begin, counts = chains.start[:-1][order], np.diff(chains.start)[order]
    geom_start = np.concatenate([[0], np.cumsum(counts + 1)]).astype(np.int64)
    vertex = np.empty(int(geom_start[-1]), dtype=np.int64)
    firsts = np.zeros(len(vertex), dtype=bool)
    firsts[geom_start[:-1]] = True
    vertex[firsts] = tail[begin]
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    vertex[~firsts] = head[np.repeat(begin, counts) + within]
    return geom_start, vertex


_DTYPES: dict[str, Any] = {
    **dict.fromkeys(("road_class", "name", "ref", "access", "emergency", "signs"), object),
    **dict.fromkeys(("oneway", "roundabout", "bridge", "tunnel", "ford"), np.bool_),
    **dict.fromkeys(("speed_kph", "max_height_m", "max_weight_t", "max_width_m"), np.float32),
    "layer": np.int16,
}


def _attribute_columns(attributes: Sequence[Attributes], index: Int32s) -> dict[str, Any]:
    out = {}
    for at, key in enumerate(Attributes._fields):
        column = [np.nan if item[at] is None else item[at] for item in attributes]
        out[key] = np.array(column, dtype=_DTYPES[key])[index]
    return out
