"""Reading a road table back from PostGIS, column by column as it was saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import psycopg
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.intake.bulk import line_vertices
from routing.table import (
    Barrier,
    Bools,
    Floats,
    Int32s,
    Ints,
    LoadReport,
    Restriction,
    RoadTable,
)

_NODES = "SELECT id, ST_X(geom), ST_Y(geom), component FROM road_node ORDER BY id"
_EDGES = """
SELECT id, from_node, to_node, way_id, class, name, ref, oneway, roundabout, bridge, tunnel, ford,
       layer, length_m, speed_kph, max_height_m, max_weight_t, max_width_m,
       coalesce(access, ''), coalesce(emergency, ''), drawn, geom::bytea, coalesce(signs, '')
FROM road_edge
"""
_WORDS = {"road_class": 4, "name": 5, "ref": 6, "access": 18, "emergency": 19, "signs": 22}
_FLAGS = {"oneway": 7, "roundabout": 8, "bridge": 9, "tunnel": 10, "ford": 11}
_LIMITS = {"speed_kph": 14, "max_height_m": 15, "max_weight_t": 16, "max_width_m": 17}


def restore(session: Session, version: str) -> RoadTable:
    """The table of every edge and node in the database."""
    node_id, node_lon, node_lat, component = _columns(session, _NODES)
    ids = np.array(node_id, dtype=np.int64)
    raw = _columns(session, _EDGES)
    source = np.searchsorted(ids, np.array(raw[1], dtype=np.int64))
    target = np.searchsorted(ids, np.array(raw[2], dtype=np.int64))
    way = np.array(raw[3], dtype=np.int64)
    n = np.array([int(key.rpartition(":")[2]) for key in raw[0]], dtype=np.int64)
    order = np.lexsort((n, way, target, source))
    lines = [line_vertices(raw[21][edge]) for edge in order.tolist()]
    points = np.frombuffer(b"".join(lines), dtype="<f8").reshape(-1, 2)
    counts = np.fromiter((len(line) // 16 for line in lines), dtype=np.int64, count=len(lines))
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    lon, lat = points[:, 0].copy(), points[:, 1].copy()
    oneway = np.array(raw[7], dtype=bool)[order]
    length = np.array(raw[13], dtype=float)[order]
    columns: dict[str, Any] = {
        "edge_from": source[order].astype(np.int32),
        "edge_to": target[order].astype(np.int32),
        "edge_way": way[order],
        "length_m": length,
        "layer": np.array(raw[12], dtype=np.int16)[order],
        **{key: np.array(raw[at], dtype=object)[order] for key, at in _WORDS.items()},
        **{key: np.array(raw[at], dtype=bool)[order] for key, at in _FLAGS.items()},
        **{key: np.array(raw[at], dtype=np.float32)[order] for key, at in _LIMITS.items()},
    }
    drawn = np.array(raw[20], dtype=bool)[order]
    pieces = np.array(component, dtype=np.int32)
    if session.scalar(text("SELECT count(*) FROM road_set")) != 1:
        pieces = _renumber(len(ids), columns["edge_from"], columns["edge_to"], length, drawn)
    return RoadTable(
        node_id=ids,
        node_lon=np.array(node_lon, dtype=float),
        node_lat=np.array(node_lat, dtype=float),
        node_component=pieces,
        edge_id=tuple(np.array(raw[0], dtype=object)[order].tolist()),
        **columns,
        reverse=_reverse(columns, oneway, drawn, _shape(start, lon, lat)),
        geom_start=start,
        geom_lon=lon,
        geom_lat=lat,
        restrictions=_restrictions(session),
        barriers=_barriers(session),
        report=_report(session),
        version=version,
    )


def _columns(session: Session, query: str) -> list[Sequence[Any]]:
    """The columns of a query, fetched in binary past the ORM."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    with connection.cursor(binary=True) as cursor:
        cursor.execute(query.encode())
        width = len(cursor.description or ())
        return list(zip(*cursor.fetchall(), strict=True)) or [()] * width


def _shape(start: Ints, lon: Floats, lat: Floats) -> Ints:
    """A number of each edge's vertices that is the same in both directions."""
    if len(start) < 2:
        return np.zeros(0, dtype=np.int64)
    mixed = lon.view(np.int64) * 2654435761 ^ lat.view(np.int64) * 40503
    return np.add.reduceat(mixed, start[:-1])


def _reverse(columns: dict[str, Any], oneway: Bools, drawn: Bools, shape: Ints) -> Int32s:
    """The same stretch in the other direction: same way, same nodes, same vertices."""
    two_way = np.flatnonzero(~oneway)
    source, target = columns["edge_from"][two_way], columns["edge_to"][two_way]
    keys = (
        columns["edge_way"][two_way],
        np.minimum(source, target),
        np.maximum(source, target),
        shape[two_way],
    )
    order = np.lexsort((~drawn[two_way], *keys))
    sorted_keys = np.column_stack(keys)[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (sorted_keys[1:] != sorted_keys[:-1]).any(axis=1)
    first = np.flatnonzero(new)
    size = np.diff(np.append(first, len(order)))
    # In each group the drawn half stands first; the i-th of it goes with the i-th of the rest.
    group = np.repeat(np.arange(len(first)), size)
    within = np.arange(len(order)) - first[group]
    half = size[group] // 2
    partner = first[group] + np.where(within < half, within + half, within - half)
    reverse = np.full(len(oneway), -1, dtype=np.int32)
    reverse[two_way[order]] = two_way[order[partner]]
    return reverse


def _renumber(nodes: int, source: Int32s, target: Int32s, length: Floats, drawn: Bools) -> Int32s:
    """Connected pieces of several sources together, by length: each numbered its own from 0."""
    graph = coo_matrix((np.ones(len(source), dtype=np.int8), (source, target)), (nodes, nodes))
    count, piece = connected_components(graph, directed=False)
    total = np.bincount(piece[source[drawn]], weights=length[drawn], minlength=count)
    first = np.unique(piece, return_index=True)[1]
    number = np.empty(count, dtype=np.int32)
    number[np.lexsort((first, -total))] = np.arange(count, dtype=np.int32)
    return number[piece]


def _restrictions(session: Session) -> tuple[Restriction, ...]:
    rows = session.execute(
        text(
            "SELECT kind, from_way, via_node, to_way, via_ways, vehicles, excepted, relation"
            " FROM road_restriction"
        )
    )
    return tuple(sorted((Restriction(*_hashable(row)) for row in rows), key=repr))


def _barriers(session: Session) -> tuple[Barrier, ...]:
    rows = session.execute(
        text(
            "SELECT node, kind, access, max_height_m, max_width_m FROM road_barrier"
            " ORDER BY node, kind, id"
        )
    )
    return tuple(Barrier(*_hashable(row)) for row in rows)


def _hashable(row: Sequence[Any]) -> list[Any]:
    return [tuple(item) if isinstance(item, list) else item for item in row]


def _report(session: Session) -> LoadReport:
    """The report of the one road set, or the sums of several."""
    rows = session.scalars(text("SELECT report FROM road_set ORDER BY source"))
    reports = [LoadReport.from_json(body) for body in rows]
    if len(reports) == 1:
        return reports[0]
    return LoadReport(
        files=tuple(name for report in reports for name in report.files),
        nodes_in=sum(report.nodes_in for report in reports),
        ways_in=sum(report.ways_in for report in reports),
        km_in=sum(report.km_in for report in reports),
        nodes=sum(report.nodes for report in reports),
        edges=sum(report.edges for report in reports),
        km=sum(report.km for report in reports),
        components=sum(report.components for report in reports),
        dropped=tuple(item for report in reports for item in report.dropped),
        faults=tuple(item for report in reports for item in report.faults),
        seconds=sum(report.seconds for report in reports),
    )
