"""The roads for others: networkx, GraphML and GeoPackage."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from geo.errors import BadFile
from routing.graph import RoadGraph
from routing.graphml import write_graphml
from routing.lines import edge_lines
from routing.table import Int32s

CRS = "EPSG:4326"


def to_networkx(graph: RoadGraph, profile: str, closed: Int32s) -> nx.MultiDiGraph:
    """The open edges of one profile, with ``travel_ms``; for walkers, twins (id + ``~``) too."""
    ms = graph.weights[profile].ms.copy()
    ms[closed] = -1
    model = _nodes(graph, profile)
    for edge in np.flatnonzero(ms >= 0):
        _add(model, graph, int(edge), {"travel_ms": int(ms[edge])})
    return model


def all_profiles(graph: RoadGraph) -> nx.MultiDiGraph:
    """Every edge that any profile may use, with ``travel_ms_<profile>`` for each that may."""
    model = _nodes(graph, "all")
    columns = {name: weights.ms for name, weights in graph.weights.items()}
    for edge in range(len(graph.edge_from)):
        usable = {f"travel_ms_{k}": int(v[edge]) for k, v in columns.items() if v[edge] >= 0}
        if usable or edge < graph.edges:
            _add(model, graph, edge, usable)
    return model


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


def _nodes(graph: RoadGraph, profile: str) -> nx.MultiDiGraph:
    model = nx.MultiDiGraph(crs=CRS, profile=profile, version=graph.version)
    for node, lon, lat, component in zip(
        graph.node_id.tolist(),
        graph.node_lon.tolist(),
        graph.node_lat.tolist(),
        graph.node_component.tolist(),
        strict=True,
    ):
        model.add_node(node, lon=lon, lat=lat, x=lon, y=lat, component=component)
    return model


def _add(model: nx.MultiDiGraph, graph: RoadGraph, edge: int, times: dict[str, int]) -> None:
    base = int(graph.base[edge])
    name = graph.edge_id(edge)
    model.add_edge(
        int(graph.node_id[graph.edge_from[edge]]),
        int(graph.node_id[graph.edge_to[edge]]),
        key=name,
        id=name,
        length_m=float(graph.length_m[edge]),
        length=float(graph.length_m[edge]),
        name=graph.texts[graph.name_code[base]],
        ref=graph.texts[graph.ref_code[base]],
        highway=graph.road_class(edge),
        bridge=bool(graph.bridge[base]),
        tunnel=bool(graph.tunnel[base]),
        oneway=bool(graph.oneway[base]),
        roundabout=bool(graph.roundabout[base]),
        **{"class": graph.road_class(edge)},
        **times,
    )


def _write_gpkg(graph: RoadGraph, file: Path) -> None:
    """Layers ``nodes`` and ``edges`` (u, v, key as OSMnx names them, with their lines)."""
    import geopandas
    import shapely

    texts = np.array(graph.texts, dtype=object)
    ids = [graph.edge_id(edge) for edge in range(graph.edges)]
    columns: dict[str, Any] = {
        "id": ids,
        "u": graph.node_id[graph.edge_from[: graph.edges]],
        "v": graph.node_id[graph.edge_to[: graph.edges]],
        "key": _parallel(graph),
        "length_m": graph.length_m[: graph.edges],
        "length": graph.length_m[: graph.edges],
        "name": texts[graph.name_code],
        "ref": texts[graph.ref_code],
        "class": texts[graph.class_code],
        "bridge": graph.bridge,
        "tunnel": graph.tunnel,
        "oneway": graph.oneway,
    }
    for name, weights in graph.weights.items():
        ms = weights.ms[: graph.edges]
        columns[f"travel_ms_{name}"] = np.where(ms >= 0, ms, np.nan)
    lines = edge_lines(graph, np.arange(graph.edges, dtype=np.int32))
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
    """0, 1, … among edges with the same two nodes (they stand together, sorted)."""
    start, end = graph.edge_from[: graph.edges], graph.edge_to[: graph.edges]
    order = np.lexsort((end, start))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0)
    place = np.arange(len(order))
    nth = place - np.maximum.accumulate(np.where(fresh, place, 0))
    out = np.empty(len(order), dtype=np.int64)
    out[order] = nth
    return out
