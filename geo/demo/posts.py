"""Kilometre posts along the demo city's national road and its motorways."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
import numpy as np
import shapely

from geo.demo.frame import Floats, along, offset, resample
from geo.demo.network import Edge, Network

# Road number, the kilometre at which it enters the county, the bearing (x, y) in which it rises.
_ROADS = (
    ("G928", 3.0, (0.0, -1.0)),
    ("G9928", 1826.4, (0.0, -1.0)),
    ("S9926", 0.0, (-1.0, 0.0)),
)
_VERGE_M = 9.0  # from the road's middle line to the post on its right-hand verge
_OTHER_M = 60.0  # the other carriageway lies nearer than this


@dataclass(frozen=True)
class RoadPost:
    """A post that reads ``km`` of the road ``ref``, at x, y."""

    ref: str
    km: int
    xy: tuple[float, float]


def kilometre_posts(network: Network) -> list[RoadPost]:
    """A post at every whole kilometre; where there are two carriageways one beside each."""
    out = []
    for ref, first_km, rising in _ROADS:
        mine = [e for e in network.edges if e.tags.get("ref") == ref]
        if not mine:
            continue
        lines = _courses(mine)
        main = _turned(max(lines, key=lambda line: float(along(line)[-1])), rising)
        lines = [main] if len(lines) == 1 else lines
        at = along(main)
        for km in range(int(np.ceil(first_km + 0.2)), int(first_km + at[-1] / 1000) + 1):
            m = (km - first_km) * 1000
            spot = np.array([np.interp(m, at, main[:, 0]), np.interp(m, at, main[:, 1])])
            out += [RoadPost(ref, km, xy) for line in lines if (xy := _beside(line, spot))]
    return out


def _courses(edges: list[Edge]) -> list[Floats]:
    """The road's line; two, as they are travelled, where each direction has a carriageway."""
    if all(e.tags.get("oneway") == "yes" for e in edges):
        graph = nx.MultiDiGraph()
    else:
        graph = nx.MultiGraph()
    for k, e in enumerate(edges):
        graph.add_edge(e.start, e.end, key=k, weight=e.length_m)
    pieces = nx.weakly_connected_components(graph) if graph.is_directed() else [graph.nodes]
    lines = []
    for piece in sorted(pieces, key=min):
        ends = sorted(n for n in piece if graph.degree(n) == 1)
        reach = {a: nx.single_source_dijkstra(graph, a) for a in ends}
        far = [(reach[a][0][b], -a, -b) for a in ends for b in ends if b in reach[a][0]]
        _, a, b = max(far)
        path = reach[-a][1][-b]
        if len(path) > 1:
            lines.append(_line(graph, edges, path))
    return lines


def _line(graph: nx.MultiGraph, edges: list[Edge], path: list[int]) -> Floats:
    parts = []
    for a, b in pairwise(path):
        k = min(graph.get_edge_data(a, b), key=lambda key: (edges[key].length_m, key))
        parts.append(edges[k].xy if edges[k].start == a else edges[k].xy[::-1])
    return np.vstack([parts[0], *[xy[1:] for xy in parts[1:]]])


def _turned(line: Floats, rising: tuple[float, float]) -> Floats:
    """The line in the direction in which its kilometres rise."""
    step = line[-1] - line[0]
    return line if step[0] * rising[0] + step[1] * rising[1] > 0 else line[::-1]


def _beside(line: Floats, spot: Floats) -> tuple[float, float] | None:
    """On the verge beside the place on the line nearest to a spot; None: the line is elsewhere."""
    road = shapely.LineString(resample(line, 20.0))
    here = shapely.Point(spot)
    if road.distance(here) > _OTHER_M:
        return None
    m = road.project(here)
    fine = np.array([road.interpolate(max(m + d, 0.0)).coords[0] for d in (-5.0, 0.0, 5.0)])
    x, y = offset(fine, -_VERGE_M)[1]
    return round(float(x), 2), round(float(y), 2)
