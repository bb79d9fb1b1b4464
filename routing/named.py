"""Roads by name or number, and what the finders of places on roads share.

Names are compared as :func:`geo.spelling.fold` writes them; a road goes by its name and by its
number ("G104"), and one stretch may bear several numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from geo.domain import LonLat
from geo.spelling import fold, refs_of
from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.table import Floats, Int32s

Match = Literal["whole", "end", "part"]
RANK: dict[Match, int] = {"whole": 0, "end": 1, "part": 2}


@dataclass(frozen=True, slots=True, eq=False)
class RoadName:
    """A road as the graph knows it: its edges, and how well the words fitted its name."""

    name: str  # a name, or a number such as "G104"
    match: Match
    edges: Int32s  # table edges, both directions, sorted


def roads_named(graph: RoadGraph, text: str) -> tuple[RoadName, ...]:
    """Roads whose name or number is this text, else begin or end with it, else hold it.

    Only the best kind of match is given. Sorted by name; empty where no road is called so.
    """
    wanted = fold(text)
    if not wanted:
        return ()
    hits: dict[str, tuple[Match, list[int], list[int]]] = {}
    named = np.unique(graph.name_code)
    numbered = np.unique(graph.ref_code)
    for code in named.tolist():
        if match := match_of(fold(graph.texts[code]), wanted):
            hits.setdefault(graph.texts[code], (match, [], []))[1].append(code)
    for code in numbered.tolist():
        for ref in refs_of(graph.texts[code]):
            if fold(ref) == wanted:
                hits.setdefault(ref, ("whole", [], []))[2].append(code)
    hits.pop("", None)
    best = min((RANK[match] for match, _, _ in hits.values()), default=0)
    found = []
    for name, (match, names, refs) in sorted(hits.items()):
        if RANK[match] == best:
            on = np.isin(graph.name_code, names) | np.isin(graph.ref_code, refs)
            found.append(RoadName(name, match, np.flatnonzero(on).astype(np.int32)))
    return tuple(found)


def refs_along(graph: RoadGraph, edges: Int32s) -> tuple[str, ...]:
    """The road numbers that these edges bear, the one with most edges first."""
    codes, count = np.unique(graph.ref_code[edges], return_counts=True)
    much: dict[str, int] = {}
    for code, times in zip(codes.tolist(), count.tolist(), strict=True):
        for ref in refs_of(graph.texts[code]):
            much[ref] = much.get(ref, 0) + times
    return tuple(sorted(much, key=lambda ref: (-much[ref], ref)))


def edges_of_way(graph: RoadGraph, way: int) -> Int32s:
    """The table edges that a source's way became, sorted."""
    if graph.edges == 0:
        return np.empty(0, dtype=np.int32)
    ends = np.array([f"{way}:".encode(), f"{way};".encode()])
    low, high = np.searchsorted(graph.key, ends, sorter=graph.key_order)
    return np.sort(graph.key_order[low:high])


def clusters(points: Floats, within_m: float) -> Iterator[Int32s]:
    """Rows of points that hang together by steps of at most ``within_m``, first row first."""
    left = list(range(len(points)))
    while left:
        group, edge = [left.pop(0)], [0]
        while edge and left:
            near = metres(points[left], points[group[edge.pop()]]) <= within_m
            edge += range(len(group), len(group) + int(near.sum()))
            group += [one for one, close in zip(left, near, strict=True) if close]
            left = [one for one, close in zip(left, near, strict=True) if not close]
        yield np.array(sorted(group), dtype=np.int32)


def match_of(name: str, wanted: str) -> Match | None:
    """How well two folded names fit; None: the one does not hold the other."""
    if name == wanted:
        return "whole"
    if name.startswith(wanted) or name.endswith(wanted):
        return "end"
    return "part" if wanted in name else None


def drawn(graph: RoadGraph, edges: Int32s) -> Int32s:
    """One of the two directions of each stretch."""
    mate = graph.mate[edges]
    return edges[(mate < 0) | (mate >= graph.edges) | (edges < mate)]


def both_ways(graph: RoadGraph, edges: Int32s) -> Int32s:
    """These table edges and the other directions of their stretches, sorted."""
    mate = graph.mate[edges]
    both = np.unique(np.concatenate([edges, mate[(mate >= 0) & (mate < graph.edges)]]))
    return both.astype(np.int32)


def metres(points: npt.ArrayLike, to: Any) -> Floats:
    """Local metres from each point to one."""
    step = np.asarray(points) - np.asarray(to)
    width = np.cos(np.radians(np.asarray(to)[1]))
    far: Floats = np.hypot(step[..., 0] * width, step[..., 1]) * METRES_PER_DEGREE
    return far


def lonlat(point: Any) -> LonLat:
    """A point as answers carry it."""
    return round(float(point[0]), 7), round(float(point[1]), 7)
