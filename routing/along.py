"""Where a kilometre of a road lies: measured along the road between its two nearest posts.

Each carriageway is measured for itself, in its own direction of travel; a road that runs both
ways is one. Past the last post it is measured on for a little; further off, or where the posts do
not fit the road, the answer is "not known" and says why: a place is never guessed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from geo.domain import LonLat
from geo.errors import BadFile
from geo.home import DATA
from geo.queries.waymarks import Post, Sense
from routing.graph import RoadGraph
from routing.named import clusters, metres
from routing.numbered import Course, Projection, Way, numbered

FILE = DATA / "parameters" / "where.toml"
_SAME_M = 0.5  # a kilometre this near to a post's is the post's
_ONE_PLACE_M = 5.0  # nearer than two carriageways' middle lines lie
_ONE_ROAD_M = 100.0  # the two directions of one road, measured past a roundabout
_CLUSTER_M = 300.0  # posts of one kilometre this near to each other stand for one place

Why = Literal["no_posts", "one_post", "off_road", "beyond", "disagree", "broken", "no_road"]
How = Literal["at_post", "between", "beyond"]
_Travel = Literal["rising", "falling"]
_Reason = tuple[Why, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class PostLimits:
    """The settings of ``data/parameters/where.toml``, metres but for the share."""

    snap_m: float
    stands_m: float
    between_m: float
    disagree_share: float
    disagree_least_m: float
    beyond_m: float
    gap_m: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A kilometre on one carriageway, or on a road that runs both ways (``sense`` "both")."""

    at: LonLat
    edge: int  # the table edge it lies on, in the direction of travel
    sense: Sense
    bearing_deg: float  # of travel; of rising kilometres where both
    within_m: float  # how far off it may be
    how: How
    posts: tuple[Post, ...]  # the posts it was measured from, lower kilometre first
    beyond_m: float = 0.0  # metres past the last post


@dataclass(frozen=True, slots=True)
class Along:
    """Where the kilometre lies; ``spots`` empty: not known, and ``why``."""

    spots: tuple[Spot, ...]
    why: Why | None = None
    values: Mapping[str, object] = field(default_factory=dict)  # what the reason speaks of


def along_ref(
    graph: RoadGraph,
    ref: str,
    posts: Sequence[Post],
    km: float,
    limits: PostLimits | None = None,
) -> Along:
    """Kilometre ``km`` of the road numbered ``ref``, by these of its posts."""
    limits = limits or read_limits()
    mine = sorted((p for p in posts if p.ref == ref), key=lambda p: (p.km, p.at))
    if not mine:
        return Along((), "no_posts", {"ref": ref})
    course = Course.of(graph, numbered(graph, ref), limits.gap_m)
    if course is None:
        return Along((), "no_road", {"ref": ref})
    asked = _Asked(course, km, limits)
    found: list[Spot] = []
    whys: list[_Reason] = []
    senses: tuple[_Travel, ...] = ("rising", "falling")
    for sense in senses:
        usable = [p for p in mine if p.sense in (sense, "both")]
        if usable:
            spots, reason = asked.on(usable, sense)
            found += spots
            whys += [] if reason is None else [reason]
    if not found:
        return Along((), whys[0][0], {"ref": ref, **whys[0][1]})
    return Along(tuple(_joined(graph, found)))


@cache
def read_limits(file: Path = FILE) -> PostLimits:
    """The settings. Raises BadFile for what is missing or no positive number."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))["post"]
        values = {key: float(table[key]["value"]) for key in PostLimits.__slots__}
        if not all(value > 0 for value in values.values()):
            raise ValueError("a value is not positive")
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise BadFile(
            f"{file.name} cannot be used: {error!r}.",
            remedy=f"Restore {file.name}.",
            file=file.name,
        ) from error
    return PostLimits(**values)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: this kilometre of this road."""

    course: Course
    km: float
    limits: PostLimits

    def on(self, posts: Sequence[Post], sense: _Travel) -> tuple[list[Spot], _Reason | None]:
        """The spots on the carriageway of one sense, or why there are none."""
        kms = sorted({p.km for p in posts})
        if len(kms) < 2:
            return self._alone(posts, sense)
        near = [k for k in kms if k <= self.km + _SAME_M / 1000]
        if near and (len(near) < len(kms) or abs(near[-1] - self.km) * 1000 <= _SAME_M):
            low = near[-1] if len(near) < len(kms) else kms[-2]
            return self._between(posts, low, kms[kms.index(low) + 1], sense)
        return self._beyond(posts, kms, sense)

    def _alone(self, posts: Sequence[Post], sense: _Travel) -> tuple[list[Spot], _Reason | None]:
        """With posts of one kilometre alone only that kilometre is known."""
        if abs(posts[0].km - self.km) * 1000 > _SAME_M:
            return [], ("one_post", {"km": posts[0].km})
        spots = [
            self._spot(place, sense, "at_post", (post,), self.limits.stands_m)
            for post in posts
            for place in self.course.project(post.at, self.limits.snap_m)[:1]
        ]
        return spots, None if spots else ("off_road", {"km": posts[0].km})

    def _between(
        self, posts: Sequence[Post], low: float, high: float, sense: _Travel
    ) -> tuple[list[Spot], _Reason | None]:
        spots: list[Spot] = []
        why: _Reason | None = None
        span = (high - low) * 1000
        part = min(max((self.km - low) * 1000 / span, 0.0), 1.0)
        for first, second, path in self._paths(posts, low, high, sense):
            told = {"low": low, "high": high, "road_m": None if path is None else path.length_m}
            if path is None:
                why = why or ("broken", told)
                continue
            off = abs(path.length_m - span)
            if off > max(self.limits.disagree_least_m, self.limits.disagree_share * span):
                why = ("disagree", told)
                continue
            place = path.at(path.length_m * (part if sense == "rising" else 1 - part))
            here = min(part, 1 - part) * span
            at_post = here <= _SAME_M
            within = self.limits.stands_m if at_post else self.limits.between_m + off
            used = ((first if part < 0.5 else second),) if at_post else (first, second)
            spots.append(
                self._spot(place, sense, "at_post" if at_post else "between", used, within)
            )
        return spots, None if spots else (why or ("off_road", {"km": low}))

    def _beyond(
        self, posts: Sequence[Post], kms: Sequence[float], sense: _Travel
    ) -> tuple[list[Spot], _Reason | None]:
        """Past the first or the last post, along the way that the road takes on from there."""
        after = self.km > kms[-1]
        end, inner = (kms[-1], kms[-2]) if after else (kms[0], kms[1])
        far = abs(self.km - end) * 1000
        told = {"first": kms[0], "last": kms[-1], "beyond_m": self.limits.beyond_m}
        if far > self.limits.beyond_m:
            return [], ("beyond", told)
        spots: list[Spot] = []
        for first, second, path in self._paths(posts, min(end, inner), max(end, inner), sense):
            if path is None:
                continue
            onward = after == (sense == "rising")  # with the travel, else against it
            within = self.limits.between_m + far * self.limits.disagree_share
            post = second if after else first
            spots += [
                self._spot(place, sense, "beyond", (post,), within, far)
                for place in self.course.onward(path, far, onward)
            ]
        return spots, None if spots else ("beyond", told)

    def _paths(
        self, posts: Sequence[Post], low: float, high: float, sense: _Travel
    ) -> Iterator[tuple[Post, Post, Way | None]]:
        """The way from each place of the lower post to each of the higher, as travelled."""
        ends = [_groups([p for p in posts if p.km == k]) for k in (low, high)]
        for first in ends[0]:
            for second in ends[1]:
                places = [
                    [one for p in group for one in self.course.project(p.at, self.limits.snap_m)]
                    for group in (first, second)
                ]
                if not places[0] or not places[1]:
                    continue
                start, goal = places if sense == "rising" else places[::-1]
                most_m = 2000.0 * (high - low) + 2000.0
                yield first[0], second[0], self.course.way(start, goal, most_m)

    def _spot(
        self,
        place: Projection,
        sense: Sense,
        how: How,
        posts: tuple[Post, ...],
        within_m: float,
        beyond_m: float = 0.0,
    ) -> Spot:
        at, bearing = self.course.point(place)
        return Spot(at, place.edge, sense, bearing, within_m, how, posts, beyond_m)


def _groups(posts: Sequence[Post]) -> list[list[Post]]:
    """Posts of one kilometre by place: both verges together, another district's apart."""
    points = np.array([p.at for p in posts])
    return [[posts[int(row)] for row in rows] for rows in clusters(points, _CLUSTER_M)]


def _joined(graph: RoadGraph, spots: Sequence[Spot]) -> Iterator[Spot]:
    """Spots on a road that runs both ways as one, rising first; carriageways stay apart.

    The two ways past a roundabout differ in length, and so does what is measured along them.
    """
    left = list(spots)
    while left:
        one = left.pop(0)
        here = metres([x.at for x in left], one.at) if left else np.zeros(0)
        two_way = _runs_both_ways(graph, one.edge)
        same = [
            (x, float(far))
            for x, far in zip(left, here, strict=True)
            if far <= (_ONE_ROAD_M if two_way and _runs_both_ways(graph, x.edge) else _ONE_PLACE_M)
        ]
        left = [x for x in left if all(x is not other for other, _ in same)]
        both = two_way or any(x.sense != one.sense for x, _ in same)
        apart = max((far for _, far in same), default=0.0)
        yield replace(one, sense="both" if both else one.sense, within_m=one.within_m + apart)


def _runs_both_ways(graph: RoadGraph, edge: int) -> bool:
    return 0 <= int(graph.mate[edge]) < graph.edges
