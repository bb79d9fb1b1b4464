"""Joining lines where they meet: crossings on one level, ends that touch, overpasses kept apart.

Coordinates are whole 1e-7 degrees (int64), so that "the same place" is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from routing.sources.measure import GRID
from routing.table import Bools, Floats, Ints

Crossings = Literal["auto", "join", "keep"]
_METRES_PER_DEGREE = 111_320.0
_FEW_JUNCTIONS = 20  # with fewer a source shows no habit of its own
_RARE_CROSSINGS = 0.25  # crossings without a vertex, to junctions with one


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines of vertices on the grid, one after another; ``level`` by line."""

    x: Ints  # (k,) longitude in 1e-7 degrees
    y: Ints  # (k,)
    start: Ints  # (l + 1,)
    level: Ints  # (l,)

    @property
    def line(self) -> Ints:
        """The line of every vertex."""
        return np.repeat(np.arange(len(self.level)), np.diff(self.start))

    @property
    def ends(self) -> Bools:
        """True at the first and last vertex of each line."""
        out = np.zeros(len(self.x), dtype=bool)
        out[self.start[:-1]] = True
        out[self.start[1:] - 1] = True
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Noded:
    """Lines with a vertex wherever they are joined; crossings that had none, by place and line."""

    lines: Lines
    crossing_x: Ints
    crossing_y: Ints
    crossing_line: Ints  # one of the two
    joined: bool  # whether the crossings were joined, or only found


def node_lines(lines: Lines, snap_m: float, crossings: Crossings = "auto") -> Noded:
    """Join lines where they meet.

    A line's end that touches another line (within ``snap_m``) is joined to it whatever the
    levels, as a ramp is. Lines of one level that cross without a vertex are joined there
    ("join"), or left apart and only listed ("keep"). "auto" keeps them apart in a source that
    draws its junctions as shared vertices as a rule (as OpenStreetMap does): there a crossing
    without one is an overpass whose level is not said, or a fault for a person to look at.
    """
    first = np.flatnonzero(~_lasts(lines))
    segments = shapely.linestrings(
        np.stack(
            [
                np.column_stack([lines.x[first], lines.y[first]]),
                np.column_stack([lines.x[first + 1], lines.y[first + 1]]),
            ],
            axis=1,
        ).astype(float)
    )
    tree = shapely.STRtree(segments)
    touched = _touching_ends(lines, first, segments, tree, snap_m)
    crossed = _crossings(lines, first, segments, tree, snap_m)
    place, once = np.unique(np.stack([crossed[2], crossed[3]]), axis=1, return_index=True)
    shared = _shared_junctions(lines) if crossings == "auto" else 0
    drawn = shared >= _FEW_JUNCTIONS and place.shape[1] <= shared * _RARE_CROSSINGS
    join = crossings == "join" or (crossings == "auto" and not drawn)
    added = [np.concatenate(pair) for pair in zip(touched, crossed, strict=True)]
    return Noded(
        lines=_with_vertices(lines, *(added if join else touched)),
        crossing_x=place[0],
        crossing_y=place[1],
        crossing_line=lines.line[crossed[0][once]],
        joined=join,
    )


def _shared_junctions(lines: Lines) -> int:
    """Places where a line passes through a vertex that another line of its level has too."""
    line = lines.line
    place = np.stack([lines.x, lines.y, lines.level[line]])
    _, group = np.unique(place, axis=1, return_inverse=True)
    group = group.ravel()
    passed = np.zeros(int(group.max()) + 1, dtype=bool)
    passed[group[~lines.ends]] = True
    pairs = np.unique(np.stack([group, line]), axis=1)[0]
    return int((passed & (np.bincount(pairs, minlength=len(passed)) > 1)).sum())


def _lasts(lines: Lines) -> Bools:
    out = np.zeros(len(lines.x), dtype=bool)
    out[lines.start[1:] - 1] = True
    return out


Added = tuple[Ints, Floats, Ints, Ints]


def _touching_ends(
    lines: Lines, first: Ints, segments: np.ndarray, tree: shapely.STRtree, snap_m: float
) -> Added:
    """Ends of lines that lie on the inside of another line's segment."""
    ends = np.flatnonzero(lines.ends)
    points = shapely.points(lines.x[ends].astype(float), lines.y[ends].astype(float))
    # The grid is in degrees, narrower eastwards: search a little wider and measure then.
    reach = snap_m / _METRES_PER_DEGREE * GRID
    squeeze = _squeeze(lines)
    end, segment = tree.query(points, predicate="dwithin", distance=reach / squeeze)
    vertex, a = ends[end], first[segment]
    along, off = _project(lines, vertex, a, squeeze)
    ax, ay, bx, by = lines.x[a], lines.y[a], lines.x[a + 1], lines.y[a + 1]
    px, py = lines.x[vertex], lines.y[vertex]
    apart = ((px != ax) | (py != ay)) & ((px != bx) | (py != by))
    line = lines.line
    good = apart & (off <= reach) & (along > 0) & (along < 1) & (line[vertex] != line[a])
    return a[good], along[good], px[good], py[good]


def _project(lines: Lines, vertex: Ints, a: Ints, squeeze: float) -> tuple[Floats, Floats]:
    """Where on segment a → a + 1 a vertex lies (0 … 1), and how far off, in grid units north."""
    dx, dy = (lines.x[a + 1] - lines.x[a]) * squeeze, (lines.y[a + 1] - lines.y[a]).astype(float)
    px, py = (lines.x[vertex] - lines.x[a]) * squeeze, (lines.y[vertex] - lines.y[a]).astype(float)
    square = np.maximum(dx * dx + dy * dy, 1e-9)
    along = (px * dx + py * dy) / square
    inside = np.clip(along, 0, 1)
    return along, np.hypot(px - inside * dx, py - inside * dy)


def _crossings(
    lines: Lines, first: Ints, segments: np.ndarray, tree: shapely.STRtree, snap_m: float
) -> Added:
    """Points inside two segments of one level; twice each, once for either segment."""
    one, other = tree.query(segments, predicate="intersects")
    line, level = lines.line, lines.level
    a, b = first[one], first[other]
    pick = (one < other) & (level[line[a]] == level[line[b]]) & (a + 1 != b)
    a, b = a[pick], b[pick]
    ax, ay = lines.x[a].astype(float), lines.y[a].astype(float)
    bx, by = lines.x[b].astype(float), lines.y[b].astype(float)
    rx, ry = lines.x[a + 1] - ax, lines.y[a + 1] - ay
    sx, sy = lines.x[b + 1] - bx, lines.y[b + 1] - by
    cross = rx * sy - ry * sx
    skew = cross != 0  # parallel ones that lie on one another are left as they are
    safe = np.where(skew, cross, 1.0)
    t = ((bx - ax) * sy - (by - ay) * sx) / safe
    u = ((bx - ax) * ry - (by - ay) * rx) / safe
    inside = skew & (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1)
    x, y = np.rint(ax + t * rx), np.rint(ay + t * ry)
    # A crossing this near to a vertex is that vertex.
    reach = max(1.5, snap_m / _METRES_PER_DEGREE * GRID)
    squeeze = _squeeze(lines)
    for vertex in (a, a + 1, b, b + 1):
        near = np.hypot((x - lines.x[vertex]) * squeeze, y - lines.y[vertex]) <= reach
        x, y = np.where(near, lines.x[vertex], x), np.where(near, lines.y[vertex], y)
    x, y = x.astype(np.int64), y.astype(np.int64)
    added = []
    for segment, along in ((a, t), (b, u)):
        new = inside
        for vertex in (segment, segment + 1):
            new = new & ((x != lines.x[vertex]) | (y != lines.y[vertex]))
        added.append((segment[new], along[new], x[new], y[new]))
    return tuple(np.concatenate(parts) for parts in zip(*added, strict=True))  # type: ignore[return-value]


def _squeeze(lines: Lines) -> float:
    """How much narrower a degree of longitude is than one of latitude, here."""
    middle = float(np.median(lines.y)) / GRID if len(lines.y) else 0.0
    return max(0.05, float(np.cos(np.radians(middle))))


def _with_vertices(lines: Lines, at: Ints, along: Floats, x: Ints, y: Ints) -> Lines:
    """The lines with new vertices set in after vertices ``at``, in their order along the line."""
    line = lines.line
    # Old vertices stand at whole numbers; new ones between theirs and the next.
    after = np.concatenate([np.arange(len(lines.x)), at + np.clip(along, 1e-9, 1 - 1e-9)])
    order = np.argsort(after, kind="stable")
    all_x = np.concatenate([lines.x, x])[order]
    all_y = np.concatenate([lines.y, y])[order]
    all_line = np.concatenate([line, line[at]])[order]
    repeated = np.zeros(len(order), dtype=bool)
    repeated[1:] = (
        (all_x[1:] == all_x[:-1]) & (all_y[1:] == all_y[:-1]) & (all_line[1:] == all_line[:-1])
    )
    new = order >= len(lines.x)
    # Of a new vertex on an old one, or twice the same, one is enough; old doubles are faults.
    keep = ~(repeated & (new | np.concatenate([[False], new[:-1]])))
    counts = np.bincount(all_line[keep], minlength=len(lines.level))
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Lines(all_x[keep], all_y[keep], start, lines.level)
