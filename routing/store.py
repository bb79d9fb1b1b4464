"""Road tables in PostGIS: a load replaces its own source, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
from psycopg.errors import UniqueViolation
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo import datasets, db
from geo.errors import Conflict, NoRoads
from geo.intake.bulk import copy_rows, line_ewkb, point_ewkb, refresh_statistics
from routing.table import RoadTable

_NODE = {"id": "int8", "source": "text", "component": "int4", "geom": "geometry"}
_EDGE = {
    **dict.fromkeys(("id", "source"), "text"),
    **dict.fromkeys(("from_node", "to_node", "way_id"), "int8"),
    **dict.fromkeys(("class", "name", "ref"), "text"),
    **dict.fromkeys(("oneway", "roundabout", "bridge", "tunnel", "ford"), "bool"),
    "layer": "int2",
    **dict.fromkeys(("length_m", "speed_kph"), "float8"),
    **dict.fromkeys(("max_height_m", "max_weight_t", "max_width_m"), "float8"),
    **dict.fromkeys(("access", "emergency", "signs"), "text"),
    "component": "int4",
    "drawn": "bool",
    "geom": "geometry",
}
_RESTRICTION = {
    "source": "text",
    "kind": "text",
    **dict.fromkeys(("from_way", "via_node", "to_way"), "int8"),
    "via_ways": "int8[]",
    **dict.fromkeys(("vehicles", "excepted"), "text[]"),
    "relation": "int8",
}
_BARRIER = {
    "source": "text",
    "node": "int8",
    "kind": "text",
    "access": "text[]",
    **dict.fromkeys(("max_height_m", "max_width_m"), "float8"),
}
_TABLES = ("road_edge", "road_node", "road_restriction", "road_barrier", "road_set")


def save_roads(
    where: Engine | Session,
    table: RoadTable,
    *,
    source: str,
    synthetic: bool,
    now: datetime,
    title: str | None = None,
    updated_at: datetime | None = None,
) -> None:
    """Put a road table into PostGIS in one transaction, in place of what ``source`` held before.

    With a Session the caller commits. Raises MixedData where synthetic meets real, Conflict where
    another source already holds some of the same roads.
    """
    opened = nullcontext(where) if isinstance(where, Session) else db.session(where)
    with opened as session:
        datasets.claim(session, synthetic=synthetic)
        for name in _TABLES:
            session.execute(text(f"DELETE FROM {name} WHERE source = :s"), {"s": source})
        try:
            copy_rows(session, "road_node", _NODE, _node_rows(table, source))
            copy_rows(session, "road_edge", _EDGE, _edge_rows(table, source))
        except UniqueViolation as error:
            raise Conflict(
                "Some of these roads are already loaded from another source.",
                remedy="Load the files together in one command, or remove the other source.",
                words="errors.roads_twice",
                source=source,
            ) from error
        copy_rows(session, "road_restriction", _RESTRICTION, _restriction_rows(table, source))
        copy_rows(session, "road_barrier", _BARRIER, _barrier_rows(table, source))
        session.execute(
            text(
                "INSERT INTO road_set (version, source, loaded_at, nodes, edges, km, report)"
                " VALUES (:v, :s, :now, :n, :e, :km, CAST(:r AS jsonb))"
            ),
            {
                "v": table.version,
                "s": source,
                "now": now,
                "n": table.nodes,
                "e": table.edges,
                "km": table.km,
                "r": orjson.dumps(table.report.to_json()).decode(),
            },
        )
        datasets.record(
            session,
            source=source,
            kind="roads",
            title=title or source,
            synthetic=synthetic,
            rows=table.edges,
            now=now,
            updated_at=updated_at,
            file=", ".join(table.report.files),
            report=_summary(table),
        )
        for layer in ("road", "base"):  # roads are part of the base map's tiles
            datasets.raise_version(session, layer)
        refresh_statistics(session, "road_node", "road_edge")


def roads_version(session: Session) -> str | None:
    """The version of all roads in the database; None: there are none."""
    rows = session.execute(text("SELECT version FROM road_set ORDER BY source"))
    return combined_version([version for (version,) in rows])


def combined_version(versions: list[str]) -> str | None:
    """One version for the road sets of several sources (a single one keeps its own)."""
    if len(versions) < 2:
        return versions[0] if versions else None
    return hashlib.sha256(" ".join(versions).encode()).hexdigest()[:16]


def load_roads(session: Session) -> RoadTable:
    """The roads of all sources as one table. Raises NoRoads where none were loaded."""
    from routing.restore import restore

    version = roads_version(session)
    if version is None:
        raise NoRoads("No roads are loaded.", remedy="Run: ./onemap load roads FILE")
    return restore(session, version)


def _summary(table: RoadTable) -> dict[str, Any]:
    """The report without its long lists (the whole of it is in road_set), and the bounds."""
    report = table.report.to_json()
    del report["faults"]
    west, east = float(table.node_lon.min()), float(table.node_lon.max())
    south, north = float(table.node_lat.min()), float(table.node_lat.max())
    return {**report, "bounds": [west, south, east, north]}


def _node_rows(table: RoadTable, source: str) -> Iterator[tuple[Any, ...]]:
    columns = table.node_id, table.node_component, table.node_lon, table.node_lat
    for key, component, lon, lat in zip(*(c.tolist() for c in columns), strict=True):
        yield key, source, component, point_ewkb(lon, lat)


def _edge_rows(table: RoadTable, source: str) -> Iterator[tuple[Any, ...]]:
    packed = np.column_stack([table.geom_lon, table.geom_lat]).astype("<f8").tobytes()
    ends = (table.geom_start * 16).tolist()
    signs = table.signs if len(table.signs) else [""] * table.edges
    columns = [
        table.edge_id,
        [source] * table.edges,
        table.node_id[table.edge_from].tolist(),
        table.node_id[table.edge_to].tolist(),
        table.edge_way.tolist(),
        *(column.tolist() for column in (table.road_class, table.name, table.ref)),
        *(column.tolist() for column in (table.oneway, table.roundabout, table.bridge)),
        *(column.tolist() for column in (table.tunnel, table.ford, table.layer)),
        table.length_m.tolist(),
        *(_known(column) for column in (table.speed_kph, table.max_height_m)),
        *(_known(column) for column in (table.max_weight_t, table.max_width_m)),
        *([word or None for word in column] for column in (table.access, table.emergency, signs)),
        table.node_component[table.edge_from].tolist(),
        table.drawn.tolist(),
        (line_ewkb(packed[a:b]) for a, b in pairwise(ends)),
    ]
    return zip(*columns, strict=True)


def _restriction_rows(table: RoadTable, source: str) -> Iterator[tuple[Any, ...]]:
    for one in table.restrictions:
        lists = (list(one.via_ways), list(one.vehicles), list(one.excepted))
        yield (source, one.kind, one.from_way, one.via_node, one.to_way, *lists, one.relation)


def _barrier_rows(table: RoadTable, source: str) -> Iterator[tuple[Any, ...]]:
    for one in table.barriers:
        limits = (one.max_height_m, one.max_width_m)
        yield (source, one.node, one.kind, list(one.access), *limits)


def _known(column: np.ndarray) -> list[float | None]:
    return [None if value != value else value for value in column.tolist()]
