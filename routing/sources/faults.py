"""What is wrong in a road source, in places a person can look up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from routing.signs import opened_to_vehicles, read_signs
from routing.sources.chains import Segments
from routing.sources.rules import road_rules
from routing.sources.ways import Notes, Ways
from routing.table import Ints, RoadTable
from routing.turns import verdicts


def list_faults(
    ways: Ways,
    segments: Segments,
    length_um: Ints,
    way: Ints,
    columns: Mapping[str, Any],
    notes: Notes,
) -> None:
    """Zero-length pieces, nodes on top of one another, one-way traps."""
    for segment in np.flatnonzero(length_um == 0).tolist():
        node = segments.tail[segment]
        at = float(ways.node_lon[node]), float(ways.node_lat[node])
        notes.fault("zero_length", int(way[segment]), at)
    _stacked_nodes(ways, segments, way, notes)
    _one_way_traps(columns, notes)


def list_unobeyed(table: RoadTable, ways: Ways, notes: Notes) -> None:
    """Turn restrictions that were read and yet mean no turn here; one fault for each relation.

    Of a relation with several ``from`` or ``to`` ways, one that meets the others is enough.
    """
    found = verdicts(table)
    heeded = {one.restriction.relation for one in found if one.obeyed} - {0}
    told: set[tuple[int, str]] = set()
    for verdict in found:
        one, why = verdict.restriction, verdict.why
        if verdict.obeyed or one.relation in heeded or (one.relation, why) in told:
            continue
        if one.relation:
            told.add((one.relation, why))
        place = int(np.searchsorted(ways.node_id, one.via_node))
        at = None
        if place < len(ways.node_id) and ways.node_id[place] == one.via_node:
            at = float(ways.node_lon[place]), float(ways.node_lat[place])
        notes.fault(f"restriction_{why}", one.from_way, at, f"relation {one.relation}")


def _stacked_nodes(ways: Ways, segments: Segments, way: Ints, notes: Notes) -> None:
    """Different nodes at the very same place: roads that look joined and are not."""
    nodes, at = np.unique(np.concatenate([segments.tail, segments.head]), return_index=True)
    lon, lat = ways.node_lon[nodes], ways.node_lat[nodes]
    order = np.lexsort((lat, lon))
    same = (np.diff(lon[order]) == 0) & (np.diff(lat[order]) == 0)
    for pair in np.flatnonzero(same).tolist():
        one, other = order[pair], order[pair + 1]
        detail = f"{ways.node_id[nodes[one]]} {ways.node_id[nodes[other]]}"
        on_way = int(way[at[other] % len(way)])
        notes.fault("duplicate_node", on_way, (float(lon[one]), float(lat[one])), detail)


def _one_way_traps(columns: Mapping[str, Any], notes: Notes) -> None:
    """Places that vehicles can enter and not leave, or leave and not enter; one fault each."""
    foot_only = road_rules().foot_only
    opens = {text: opened_to_vehicles(read_signs(text)) for text in set(columns["signs"])}
    both = zip(columns["road_class"], columns["signs"], strict=True)
    driven = np.array([kind not in foot_only or opens[text] for kind, text in both], dtype=bool)
    edges = np.flatnonzero(driven)
    source, target = columns["edge_from"][edges], columns["edge_to"][edges]
    nodes = len(columns["node_id"])
    if not len(edges):
        return
    graph = coo_matrix((np.ones(len(edges), dtype=np.int8), (source, target)), shape=(nodes, nodes))
    count, strong = connected_components(graph, connection="strong")
    size = np.bincount(strong, minlength=count)
    weak = connected_components(graph, directed=False)[1]
    largest = np.zeros(int(weak.max()) + 1, dtype=np.int64)
    np.maximum.at(largest, weak, size[strong])
    crossing = strong[source] != strong[target]
    leaves = np.zeros(count, dtype=bool)
    leaves[strong[source[crossing]]] = True
    enters = np.zeros(count, dtype=bool)
    enters[strong[target[crossing]]] = True
    small = np.zeros(count, dtype=bool)
    small[strong] = (size[strong] < largest[weak]) | (largest[weak] == 1)
    edge_of: dict[int, int] = {}
    for group, edge in zip(
        strong[source[crossing]].tolist(), edges[crossing].tolist(), strict=True
    ):
        edge_of.setdefault(group, edge)
    for group, edge in zip(
        strong[target[crossing]].tolist(), edges[crossing].tolist(), strict=True
    ):
        edge_of.setdefault(group, edge)
    for group, edge in sorted(edge_of.items()):
        if not small[group] or (leaves[group] and enters[group]):
            continue
        at_end = "edge_to" if enters[group] else "edge_from"
        node = int(columns[at_end][edge])
        at = float(columns["node_lon"][node]), float(columns["node_lat"][node])
        detail = "in_only" if enters[group] else "out_only"
        notes.fault("one_way_trap", int(columns["edge_way"][edge]), at, detail)
