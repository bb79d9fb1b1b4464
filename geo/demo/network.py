"""Joins drawn roads into a network: crossings noded, loose ends tied."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import numpy as np
import shapely
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial import cKDTree

from geo.demo.frame import Bools, Floats, Ints
from geo.demo.roads import Road

_REACH = 14.0  # a loose end this near to another road joins it
_MERGE = 7.0  # crossings nearer than this are one junction


@dataclass
class Edge:
    """A stretch of road between two junctions (numbers in the network's ``nodes``)."""

    road: Road
    start: int
    end: int
    xy: Floats
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def length_m(self) -> float:
        """Length along the stretch."""
        return float(np.sqrt((np.diff(self.xy, axis=0) ** 2).sum(axis=1)).sum())


@dataclass
class Network:
    """Junctions and the stretches between them."""

    nodes: Floats
    edges: list[Edge]

    def degree(self) -> Ints:
        """How many stretches meet at each junction."""
        ends = np.array([(e.start, e.end) for e in self.edges]).ravel()
        return np.bincount(ends, minlength=len(self.nodes))

    def lengths(self) -> Floats:
        """Length of each stretch."""
        xy = np.concatenate([e.xy for e in self.edges])
        step = np.concatenate([np.sqrt((np.diff(xy, axis=0) ** 2).sum(axis=1)), [0.0]])
        count = np.array([len(e.xy) for e in self.edges])
        first = np.concatenate([[0], np.cumsum(count)[:-1]])
        step[first + count - 1] = 0.0
        return np.asarray(np.add.reduceat(step, first))

    def parts(self) -> Ints:
        """The connected piece of each junction."""
        s = np.array([e.start for e in self.edges])
        t = np.array([e.end for e in self.edges])
        graph = sparse.coo_matrix((np.ones(len(s)), (s, t)), shape=(len(self.nodes),) * 2)
        return np.asarray(csgraph.connected_components(graph, directed=False)[1])

    def hanging(self, east_of: float) -> Bools:
        """Junctions that one closed stretch would cut off from all that lies east of a line."""
        far = self.nodes[:, 0] > east_of
        number = np.where(far, -1, np.arange(len(self.nodes)))
        pairs = [(int(number[e.start]), int(number[e.end])) for e in self.edges]
        pairs = [(a, b) for a, b in pairs if a != b]
        graph = nx.Graph(pairs)
        count = Counter((min(p), max(p)) for p in pairs)
        single = [p for p in nx.bridges(graph) if count[(min(p), max(p))] == 1]
        reached = nx.node_connected_component(graph, -1)
        graph.remove_edges_from(single)
        out = np.zeros(len(self.nodes), dtype=bool)
        out[sorted(reached - nx.node_connected_component(graph, -1))] = True
        return out


def join(roads: list[Road]) -> Network:
    """The network of the roads: ground roads meet where they cross, others only at their ends."""
    roads = [r for r in roads if len(r.xy) > 1]
    count = np.array([len(r.xy) for r in roads])
    first = np.concatenate([[0], np.cumsum(count)])
    xy = np.round(np.concatenate([r.xy for r in roads]), 2)
    owner = np.repeat(np.arange(len(roads)), count)
    ground = np.array([r.ground for r in roads])
    seg = np.flatnonzero(owner[:-1] == owner[1:])  # a segment is named by its first vertex
    on_ground = seg[ground[owner[seg]]]
    tree = shapely.STRtree(shapely.linestrings(np.stack([xy[on_ground], xy[on_ground + 1]], 1)))

    cuts: list[tuple[Ints, Floats, Floats]] = []  # segment, share along it, point
    ends, toward = _loose_ends(roads, first)
    moved = _tie(xy, owner, on_ground, tree, ends, toward)
    cuts.append(moved)
    cuts.append(_crossings(xy, on_ground, tree))
    at, share, point = (np.concatenate(c) for c in zip(*cuts, strict=True))
    # a road's own ends are cuts too
    own = np.concatenate([first[:-1], first[1:] - 1])
    at = np.concatenate([at.astype(float) + share, own.astype(float)])
    point = np.concatenate([point, xy[own]])
    order = np.lexsort((point[:, 1], point[:, 0], at))
    at, point = at[order], point[order]
    nodes, number = _merged(point)
    edges = _split(roads, first, xy, at, number, nodes)
    return Network(nodes, edges)


def _loose_ends(roads: list[Road], first: Ints) -> tuple[Ints, Ints]:
    """Vertices that end a road and seek another, and the road they belong to."""
    vertex, owner = [], []
    for k, road in enumerate(roads):
        for wants, v in zip(road.joins, (first[k], first[k + 1] - 1), strict=True):
            if wants:
                vertex.append(v)
                owner.append(k)
    return np.array(vertex), np.array(owner)


def _tie(
    xy: Floats, owner: Ints, on_ground: Ints, tree: Any, ends: Ints, roads: Ints
) -> tuple[Ints, Floats, Floats]:
    """Moves loose ends onto the nearest other ground road; gives the cuts made there."""
    points = shapely.points(xy[ends])
    who, hit = tree.query(points, predicate="dwithin", distance=_REACH)
    hit = on_ground[hit]
    other = owner[hit] != roads[who]
    who, hit = who[other], hit[other]
    a, d = xy[hit], xy[hit + 1] - xy[hit]
    p = xy[ends[who]]
    t = ((p - a) * d).sum(axis=1) / np.maximum((d * d).sum(axis=1), 1e-9)
    t = np.clip(t, 0, 1)
    foot = np.round(a + t[:, None] * d, 2)
    gap = ((p - foot) ** 2).sum(axis=1)
    order = np.lexsort((hit, np.round(gap, 3), who))
    once = order[np.unique(who[order], return_index=True)[1]]
    who, hit, t, foot = who[once], hit[once], t[once], foot[once]
    xy[ends[who]] = foot
    return hit, np.minimum(t, 0.999999), foot


def _crossings(xy: Floats, on_ground: Ints, tree: Any) -> tuple[Ints, Floats, Floats]:
    lines = shapely.linestrings(np.stack([xy[on_ground], xy[on_ground + 1]], 1))
    i, j = tree.query(lines, predicate="intersects")
    i, j = on_ground[i], on_ground[j]
    keep = (i < j) & (j != i + 1)
    i, j = i[keep], j[keep]
    p, r = xy[i], xy[i + 1] - xy[i]
    q, s = xy[j], xy[j + 1] - xy[j]
    cross = r[:, 0] * s[:, 1] - r[:, 1] * s[:, 0]
    ok = np.abs(cross) > 1e-6
    p, r, q, s, cross, i, j = p[ok], r[ok], q[ok], s[ok], cross[ok], i[ok], j[ok]
    w = q - p
    t = np.clip((w[:, 0] * s[:, 1] - w[:, 1] * s[:, 0]) / cross, 0, 0.999999)
    u = np.clip((w[:, 0] * r[:, 1] - w[:, 1] * r[:, 0]) / cross, 0, 0.999999)
    point = np.round(p + t[:, None] * r, 2)
    return (np.concatenate([i, j]), np.concatenate([t, u]), np.concatenate([point, point]))


def _merged(point: Floats) -> tuple[Floats, Ints]:
    """Junctions, near ones made one, and each point's junction."""
    unique, number = np.unique(point, axis=0, return_inverse=True)
    pairs = cKDTree(unique).query_pairs(_MERGE, output_type="ndarray")
    graph = sparse.coo_matrix(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(unique),) * 2
    )
    _, cluster = csgraph.connected_components(graph, directed=False)
    _, lead, cluster = np.unique(cluster, return_index=True, return_inverse=True)
    return unique[lead], cluster[number.ravel()]


def _split(
    roads: list[Road], first: Ints, xy: Floats, at: Floats, number: Ints, nodes: Floats
) -> list[Edge]:
    edges: list[Edge] = []
    seen: set[tuple[int, int]] = set()
    low = np.searchsorted(at, first[:-1] - 1e-9)
    high = np.searchsorted(at, first[1:] - 1 + 1e-9)
    for k, road in enumerate(roads):
        for c in range(low[k], high[k] - 1):
            a, b = int(number[c]), int(number[c + 1])
            low_v, high_v = int(at[c]) + 1, int(np.ceil(at[c + 1] - 1e-9))
            if low_v >= high_v:
                if a == b:
                    continue
                line = nodes[[a, b]]
            else:
                line = np.concatenate([nodes[[a]], xy[low_v:high_v], nodes[[b]]])
                step = ((line[1:] - line[:-1]) ** 2).sum(axis=1) > 0.01
                line = line[np.concatenate([[True], step])]
                if len(line) < 2:
                    continue
            edge = Edge(road, a, b, line, dict(road.tags))
            if a == b and edge.length_m < 60:
                continue
            if len(line) == 2 and road.ground:
                key = (min(a, b), max(a, b))
                if key in seen:
                    continue
                seen.add(key)
            edges.append(edge)
    return edges


def prune(network: Network, shorter_m: float) -> Network:
    """Without the short dead ends of small streets that joining leaves."""
    edges = network.edges
    for _ in range(2):
        now = Network(network.nodes, edges)
        degree = now.degree()
        edges = [
            e
            for e, length_m in zip(edges, now.lengths().tolist(), strict=True)
            if not (
                length_m < shorter_m
                and e.road.ground
                and (degree[e.start] == 1) != (degree[e.end] == 1)
            )
        ]
    return Network(network.nodes, edges)


def whole(network: Network, least_m: float) -> Network:
    """Without connected pieces shorter than ``least_m``; the mainland is one piece."""
    piece = network.parts()
    length = np.zeros(int(piece.max()) + 1)
    for e, length_m in zip(network.edges, network.lengths().tolist(), strict=True):
        length[piece[e.start]] += length_m
    islands = network.nodes[:, 0] > 13.4e3
    kept = np.zeros(len(length), dtype=bool)
    kept[piece[islands]] = True
    kept &= length >= least_m
    kept[int(np.argmax(length))] = True
    edges = [e for e in network.edges if kept[piece[e.start]]]
    return Network(network.nodes, edges)


def as_lines(edges: list[Edge]) -> Any:
    """The stretches as geometries."""
    count = [len(e.xy) for e in edges]
    xy = np.concatenate([e.xy for e in edges])
    return shapely.linestrings(xy, indices=np.repeat(np.arange(len(edges)), count))
