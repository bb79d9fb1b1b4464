"""Roundabouts in place of some of the big junctions."""

from __future__ import annotations

import numpy as np
import shapely
import shapely.ops

from geo.demo.frame import Floats
from geo.demo.network import Edge, Network
from geo.demo.roads import Road
from geo.demo.towns import TOWNS

_RADIUS = 34.0


def roundabouts(network: Network, count: int) -> None:
    """Puts a ring in place of up to ``count`` junctions of four main streets, one to a town."""
    at: dict[int, list[Edge]] = {}
    for e in network.edges:
        at.setdefault(e.start, []).append(e)
        at.setdefault(e.end, []).append(e)
    big = [
        n
        for n, edges in at.items()
        if len(edges) == 4
        and all(e.road.ground and e.road.rank >= 4 and e.start != e.end for e in edges)
        and all(e.length_m > 90 for e in edges)
    ]
    done = 0
    for town in (6, 7, 3, 5, 9, 10, 12, 4):
        seat = np.array(TOWNS[town].at)
        found = [(float(((network.nodes[n] - seat) ** 2).sum()), n) for n in big if n in at]
        if found and done < count and min(found)[0] < 2500.0**2:
            node = min(found)[1]
            _ring(network, node, at.pop(node))
            done += 1


def _ring(network: Network, node: int, edges: list[Edge]) -> None:
    centre = network.nodes[node]
    circle = shapely.Point(*centre).buffer(_RADIUS, quad_segs=6)
    rank = max(edges, key=lambda e: e.road.rank)
    mouths: list[tuple[float, int]] = []
    nodes = [tuple(p) for p in network.nodes.tolist()]
    for e in edges:
        outward = e.xy if e.start == node else e.xy[::-1]
        rest = shapely.difference(shapely.LineString(outward), circle)
        xy = shapely.get_coordinates(shapely.get_parts(rest)[-1])
        xy = np.round(xy, 2)
        nodes.append((float(xy[0, 0]), float(xy[0, 1])))
        d = xy[0] - centre
        mouths.append((float(np.arctan2(d[1], d[0])), len(nodes) - 1))
        if e.start == node:
            e.start, e.xy = len(nodes) - 1, xy
        else:
            e.end, e.xy = len(nodes) - 1, xy[::-1]
    network.nodes = np.array(nodes)
    mouths.sort()
    road = Road(network.nodes[:2], rank.road.kind, town=rank.road.town)
    tags = {"junction": "roundabout", "oneway": "yes"}
    for (a, p), (b, q) in zip(mouths, [*mouths[1:], mouths[0]], strict=True):
        arc = _arc(centre, a, b if b > a else b + 2 * np.pi)
        xy = np.vstack([network.nodes[p], arc, network.nodes[q]])
        network.edges.append(Edge(road, p, q, xy, dict(tags)))


def _arc(centre: Floats, a: float, b: float) -> Floats:
    """Points between two bearings, anticlockwise as traffic on the right runs."""
    turn = np.linspace(a, b, 7)[1:-1]
    return np.round(centre + _RADIUS * np.column_stack([np.cos(turn), np.sin(turn)]), 2)
