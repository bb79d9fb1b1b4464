"""Carries roads over water: every stretch in the wet is a bridge, or is not there."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
import shapely.ops

from geo.demo.network import Edge, Network, as_lines


def bridge(network: Network, water: list[Any], big: Any) -> Network:
    """Every stretch over water made a bridge, or left out where none would be built.

    ``water``: parts of the water; ``big``: where only roads of rank 4 and more have bridges.
    """
    tree = shapely.STRtree([shapely.buffer(w, 5, quad_segs=2) for w in water])
    lines = as_lines(network.edges)
    who, hit = tree.query(lines, predicate="intersects")
    touched: dict[int, list[int]] = {}
    for a, b in zip(who.tolist(), hit.tolist(), strict=True):
        touched.setdefault(a, []).append(b)
    shapely.prepare(big)
    wide = shapely.intersects(big, lines)
    nodes = [tuple(p) for p in network.nodes.tolist()]
    edges = []
    for k, edge in enumerate(network.edges):
        if k not in touched or "tunnel" in edge.tags or "bridge" in edge.tags:
            edges.append(edge)
            continue
        over = shapely.union_all([tree.geometries[h] for h in sorted(touched[k])])
        edges += _carried(edge, lines[k], over, bool(wide[k]), nodes)
    return Network(np.array(nodes), edges)


def _carried(
    edge: Edge, line: Any, over: Any, wide: bool, nodes: list[tuple[float, ...]]
) -> list[Edge]:
    wet = shapely.intersection(line, over)
    longest = max((p.length for p in shapely.get_parts(wet)), default=0.0)
    rank = edge.road.rank
    limit = 60 if rank <= 2 else 130
    if (wide and rank < 4) or (not wide and longest > limit) or not edge.road.over_water:
        return []
    spans = sorted(
        sorted(
            (line.project(shapely.Point(p.coords[0])), line.project(shapely.Point(p.coords[-1])))
        )
        for p in shapely.get_parts(wet)
        if p.geom_type == "LineString"
    )
    merged: list[list[float]] = []
    for a, b in spans:
        if merged and a < merged[-1][1] + 25:
            merged[-1][1] = max(b, merged[-1][1])
        else:
            merged.append([a, b])
    marks = [0.0]
    for a, b in merged:
        marks += [a if a - marks[-1] > 12 else marks[-1], b]
    total = line.length
    marks[-1] = total if total - marks[-1] < 12 else marks[-1]
    out = []
    start = edge.start
    for n, (a, b) in enumerate(zip(marks, [*marks[1:], total], strict=True)):
        if b - a < 0.5:
            continue
        xy = shapely.get_coordinates(shapely.ops.substring(line, a, b))
        end = edge.end
        if b < total - 1e-6:
            xy[-1] = np.round(xy[-1], 2)
            nodes.append((float(xy[-1, 0]), float(xy[-1, 1])))
            end = len(nodes) - 1
        xy[0], xy[-1] = nodes[start], nodes[end]
        tags = dict(edge.tags)
        if n % 2:
            tags |= {"bridge": "yes", "layer": "1"}
        out.append(Edge(edge.road, start, end, xy, tags))
        start = end
    return out
