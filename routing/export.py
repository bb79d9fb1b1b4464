"""The roads for others: networkx, GraphML and GeoPackage."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from geo.errors import BadFile
from routing.changes import NO_CHANGES, Changes
from routing.graph import RoadGraph
from routing.graphml import write_graphml
from routing.lines import edge_lines
from routing.view import CRS, Model, node_rows, state_rows, view


def to_networkx(
    graph: RoadGraph, profile: str, changes: Changes = NO_CHANGES, *, turns: bool = False
) -> nx.MultiDiGraph:
    """The open edges of one profile as a view of the arrays, with ``travel_ms`` as changed.

    For walkers, twins (id + ``~``) too. Its nodes know no turn restriction: at each, every road
    leads into every other. With ``turns``, nodes are states: a node's id, and (id, n) for those
    who came to it by a road from which not all others may be taken; any walk in that graph is one
    that the restrictions and barriers allow. It starts at the id, and ends at any state of its end.
    """
    ms = graph.weights[profile].ms
    if changes:
        ms = ms.copy()
        ms[changes.edge] = changes.ms
    rows = state_rows(graph, profile) if turns else node_rows(graph, profile)
    return view(Model(graph, rows, ms >= 0, {"travel_ms": ms}), profile=profile, turns=turns)


def all_profiles(graph: RoadGraph) -> nx.MultiDiGraph:
    """Every edge, twins too, with ``travel_ms_<profile>`` for each profile that may use it."""
    times = {f"travel_ms_{name}": weights.ms for name, weights in graph.weights.items()}
    every = np.ones(len(graph.edge_from), dtype=np.bool_)
    return view(Model(graph, node_rows(graph), every, times), profile="all", turns=False)


def export(graph: RoadGraph, file: Path) -> Path:
    """Write the roads as ``.graphml`` (networkx, OSMnx) or ``.gpkg`` (QGIS, geopandas, OSMnx).

    Nodes have ``lon`` and ``lat`` (and ``x``, ``y`` as OSMnx names them); edges ``id``, ``length``
    and ``travel_ms_<profile>``, absent or null where the profile may not go. A file that stands
    there is replaced only when the new one is whole.
    """
    suffix = file.suffix.lower()
    if suffix not in (".graphml", ".gpkg"):
        raise BadFile(
            f"{file.name} is neither .graphml nor .gpkg.",
            remedy="Name the file roads.graphml or roads.gpkg.",
            words="errors.export_format",
            file=file.name,
        )
    if not file.parent.is_dir() or file.is_dir():
        raise BadFile(
            f"There is no folder {file.parent}.",
            remedy="Make the folder first.",
            words="errors.no_folder",
            file=str(file),
        )
    new = file.with_name(f".{file.stem}.new-{os.getpid()}{suffix}")
    try:
        if suffix == ".graphml":
            write_graphml(all_profiles(graph), new)
        else:
            _write_gpkg(graph, new)
        os.replace(new, file)
    finally:
        new.unlink(missing_ok=True)
    return file


def _write_gpkg(graph: RoadGraph, file: Path) -> None:
    """Layers ``nodes`` and ``edges`` (u, v, key as OSMnx names them, with their lines).

    The same edges as in GraphML: a one-way street that walkers may use both ways is two rows.
    """
    import geopandas
    import shapely

    texts = np.array(graph.texts, dtype=object)
    base = graph.base
    columns: dict[str, Any] = {
        "id": [graph.edge_id(edge) for edge in range(len(base))],
        "u": graph.node_id[graph.edge_from],
        "v": graph.node_id[graph.edge_to],
        "key": _parallel(graph),
        "length_m": graph.length_m,
        "length": graph.length_m,
        "name": texts[graph.name_code[base]],
        "ref": texts[graph.ref_code[base]],
        "class": texts[graph.class_code[base]],
        "bridge": graph.bridge[base],
        "tunnel": graph.tunnel[base],
        "oneway": graph.oneway[base],
    }
    for name, weights in graph.weights.items():
        columns[f"travel_ms_{name}"] = np.where(weights.ms >= 0, weights.ms, np.nan)
    lines = edge_lines(graph, base)
    lines[graph.edges :] = shapely.reverse(lines[graph.edges :])
    points = shapely.points(graph.node_lon, graph.node_lat)
    nodes = {
        "osmid": graph.node_id,
        "lon": graph.node_lon,
        "lat": graph.node_lat,
        "x": graph.node_lon,
        "y": graph.node_lat,
        "component": graph.node_component,
    }
    for layer, data, shapes in (("nodes", nodes, points), ("edges", columns, lines)):
        frame = geopandas.GeoDataFrame(data, geometry=shapes, crs=CRS)
        frame.to_file(file, layer=layer, driver="GPKG", engine="pyogrio")


def _parallel(graph: RoadGraph) -> np.ndarray[Any, np.dtype[np.int64]]:
    """0, 1, … among edges with the same two nodes."""
    start, end = graph.edge_from, graph.edge_to
    order = np.lexsort((end, start))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0)
    place = np.arange(len(order))
    nth = place - np.maximum.accumulate(np.where(fresh, place, 0))
    out = np.empty(len(order), dtype=np.int64)
    out[order] = nth
    return out
