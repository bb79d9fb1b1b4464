"""Which vertices at one place are one node: roads on different levels pass without meeting."""

from __future__ import annotations

import hashlib

import numpy as np

from routing.sources.noding import Lines
from routing.table import Ints

_STRAIGHT_COS = -0.85  # two ends that leave a place in nearly opposite directions go through it


def node_ids(lines: Lines) -> Ints:
    """A node id for every vertex, the same in every load: made of the place's coordinates.

    Where levels are stacked: ends of lines join one another and what passes on their own level;
    an end that meets nothing of its own joins what passes on the others; two ends of one level
    that run straight on are a passing road that happens to be cut there. Nodes above or below
    the one nearest to the ground have negative ids, made of place and level.
    """
    place = ((lines.x + 180 * 10_000_000) << 31) | (lines.y + 90 * 10_000_000)
    level = lines.level[lines.line]
    ids = place.copy()
    order = np.lexsort((level, place))
    same_place = place[order][1:] == place[order][:-1]
    stacked = same_place & (level[order][1:] != level[order][:-1])
    for key in np.unique(place[order][1:][stacked]).tolist():
        span = order[slice(*np.searchsorted(place[order], [key, key + 1]))]
        for vertices, node in _groups(lines, span, level, key):
            ids[vertices] = node
    return ids


def _groups(lines: Lines, here: Ints, level: Ints, key: int) -> list[tuple[list[int], int]]:
    """The vertices of one place by node, and each node's id."""
    ends = lines.ends
    by_level: dict[int, list[int]] = {}
    for vertex in here.tolist():
        by_level.setdefault(int(level[vertex]), []).append(vertex)
    loose: dict[int, bool] = {}  # level -> its ends look for others
    passing: dict[int, bool] = {}
    for at, vertices in by_level.items():
        loose_ends = [vertex for vertex in vertices if ends[vertex]]
        straight = len(loose_ends) == 2 and _straight(lines, loose_ends)
        passing[at] = straight or len(loose_ends) < len(vertices)
        loose[at] = bool(loose_ends) and not straight
    joined = {at for at in by_level if loose[at]}
    if len(joined) == 1 and not passing[next(iter(joined))]:
        joined = set(by_level)  # it meets nothing else: it meets what passes
    groups = [[at] for at in by_level if at not in joined]
    groups += [sorted(joined)] if joined else []
    groups.sort(key=lambda group: min((abs(at), at) for at in group))
    out = []
    for number, group in enumerate(groups):
        vertices = [vertex for at in group for vertex in by_level[at]]
        out.append((vertices, key if number == 0 else _stacked_id(key, min(group))))
    return out


def _straight(lines: Lines, ends: list[int]) -> bool:
    arms = []
    starts = set(lines.start[:-1].tolist())
    for vertex in ends:
        inner = vertex + 1 if vertex in starts else vertex - 1
        arm = np.array([lines.x[inner] - lines.x[vertex], lines.y[inner] - lines.y[vertex]])
        arms.append(arm / max(1.0, float(np.hypot(*arm))))
    return float(arms[0] @ arms[1]) < _STRAIGHT_COS


def _stacked_id(place: int, level: int) -> int:
    digest = hashlib.sha256(f"{place}:{level}".encode()).digest()
    return -(int.from_bytes(digest[:8], "big") >> 2) - 1
