"""Bridges, tunnels and roads ranked by the cover that is lost without them (关键路段).

Each candidate is closed by itself, both ways, on the roads as they are now, and the city is asked
again: whom does the main piece no longer reach, where does no service come, who is reached later.
Candidates are what most people hang on: stretches that alone join a part to the rest
(``networkx.bridges``), and the bridges, tunnels and road stretches that most of the quickest ways
from services to people run over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np

from geo.domain import Closure, GeoJson, LonLat
from routing.candidates import Candidate, candidates
from routing.changes import Changes
from routing.critical import Severed, severed
from routing.exits import Exits, exits
from routing.graph import RoadGraph
from routing.loss import KINDS, Spot
from routing.paths import edge_paths
from routing.pieces import with_shut
from routing.repair import repair
from routing.roads import Roads
from routing.search import UNREACHED, Seeds, Tree, fresh, weights_by_edge
from routing.snap import Snaps, snap
from routing.table import Bools, Floats, Int32s, Ints


@dataclass(frozen=True, slots=True)
class Weighing:
    """How losses are told and weighed; see data/parameters/loss.toml."""

    later_s: float
    cover_s: float
    cut_off_s: float


@dataclass(frozen=True, slots=True)
class Critical:
    """What is lost without one bridge, tunnel or road stretch. People are None where not known."""

    rank: int
    kind: Literal["bridge", "tunnel", "road"]
    name: str  # the name, else the number; "" nameless
    road_class: str
    edges: tuple[str, ...]  # both directions, sorted
    at: LonLat
    length_m: float
    geometry: GeoJson
    score: float  # people-minutes lost (places-minutes where no people are known)
    people: int | None  # who lose anything
    cut_off: int | None  # whom the main piece no longer reaches
    uncovered: int | None  # to whom no service comes any more
    later: int | None
    eta_loss_s: float | None  # mean delay of those reached later; None: nobody is
    cover_lost: float | None  # of 1: of those covered before, who are no longer
    places: tuple[tuple[str, int], ...]  # how many towns, villages, shelters, risks are cut off
    also: tuple[
        str, ...
    ] = ()  # names of what lies in series with it: without that, the same is lost


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rows by rank, and what the ranking rests on."""

    profile: str
    services: int
    people: int | None  # known people on the roads of the profile; None: none are known
    considered: int  # candidates that were closed
    of: int  # stretches and structures that there are
    rows: tuple[Critical, ...]


def ranking(
    roads: Roads,
    services: Sequence[LonLat],
    spots: Sequence[Spot],
    weighing: Weighing,
    *,
    profile: str,
    standing: Sequence[Closure] = (),
    limit: int = 20,
    now: datetime | None = None,
) -> Ranking:
    """The ``limit`` that cost most, by people-minutes: whoever is cut off or uncovered counts for
    ``cut_off_s``, whoever is reached later for the delay, at most that. Ties by the first edge's
    id. Where no people are known, every town, village and shelter counts for one. Of several that
    lie in series, so that each takes the very same from the same people, one stands for all: a
    bridge before a tunnel before a road, the longest first.

    Who lives on a closed stretch itself is reached from either end of it.
    """
    graph = roads.graph
    if graph.edges == 0:
        return Ranking(profile, len(services), None, 0, 0, ())
    city = _City.measured(roads, services, spots, profile, roads.changes(standing, profile, now))
    chosen, of = candidates(graph, city.ms, city.parts, city.flow, most=max(60, 3 * limit))
    series: dict[bytes, list[Critical]] = {}
    for one in chosen:
        then = city.without(one.edges)
        row, lost = _row(city, one, then, weighing)
        if row.score > 0:
            series.setdefault(lost.tobytes(), []).append(row)
    rows = sorted((_first(alike) for alike in series.values()), key=lambda r: (-r.score, r.edges))
    ranked = tuple(replace(row, rank=number) for number, row in enumerate(rows[:limit], start=1))
    total = int(city.heads[city.on_road].sum()) if city.peopled else None
    return Ranking(profile, len(services), total, len(chosen), of, ranked)


def _first(alike: list[Critical]) -> Critical:
    """The one that stands for those in series with it."""
    kinds = ("bridge", "tunnel", "road")
    best, *others = sorted(alike, key=lambda r: (kinds.index(r.kind), -r.length_m, r.edges))
    return replace(best, also=tuple(sorted({one.name for one in others} - {best.name, ""})))


@dataclass(frozen=True, slots=True, eq=False)
class _Reach:
    """(s,) the nearest service's whole ms, -1: none; and whether the main piece leads there."""

    ms: Ints
    main: Bools


@dataclass(frozen=True, slots=True, eq=False)
class _City:
    """The roads and who is on them, as they are before anything is closed."""

    graph: RoadGraph
    profile: str
    changes: Changes
    ms: Int32s  # (e,)
    services: Snaps
    ends: Exits  # how the spots are reached, whatever is closed later
    on_road: Bools  # (s,)
    heads: Ints  # (s,) what each spot counts for
    kinds: Ints
    peopled: bool
    parts: Severed
    flow: Ints  # (e,) what is reached over each edge from the services and from the core
    trees: tuple[Tree, Tree]  # from the services, from the core
    first: _Reach

    @classmethod
    def measured(
        cls,
        roads: Roads,
        services: Sequence[LonLat],
        spots: Sequence[Spot],
        profile: str,
        changes: Changes,
    ) -> _City:
        """Where everyone is reached from now, and what hangs on which stretch."""
        graph = roads.graph
        ms = weights_by_edge(graph.weights[profile], changes)
        kinds = np.array([KINDS.index(one.kind) for one in spots], dtype=np.int64)
        peopled = bool((kinds == 0).any())
        heads = np.array([_counts(one, peopled) for one in spots], dtype=np.int64)
        there = snap(graph, profile, [one.at for one in spots])
        here = snap(graph, profile, services)
        ends = exits(graph, profile, there, changes, leaving=False)
        parts = severed(graph, ms, there.edge, heads[:, None])
        trees = (
            fresh(
                graph, profile, _leaving(graph, profile, here, changes), changes, backwards=False
            ),
            fresh(graph, profile, _core(graph, profile, parts.core), changes, backwards=False),
        )
        flow = sum(_flow(graph, profile, ms, one, ends, heads) for one in trees)
        first = _reach(trees, ends)
        on_road = there.edge >= 0
        return cls(
            graph, profile, changes, ms, here, ends, on_road, heads, kinds, peopled, parts,
            np.asarray(flow), trees, first,
        )  # fmt: skip

    def without(self, edges: Int32s) -> _Reach:
        """Who is reached when these edges are closed besides."""
        after = with_shut(self.changes, edges)
        seeds = (
            _leaving(self.graph, self.profile, self.services, after),
            _core(self.graph, self.profile, self.parts.core),
        )
        found = []
        for tree, start in zip(self.trees, seeds, strict=True):
            mended = repair(self.graph, self.profile, tree, self.changes, after, start)
            if mended is None:
                mended = fresh(self.graph, self.profile, start, after, backwards=False)
            found.append(mended)
        reach = _reach((found[0], found[1]), self.ends)
        left, whole = (int((tree.ms < UNREACHED).sum()) for tree in (found[1], self.trees[1]))
        if 2 * left < whole:  # the core itself lies on the smaller side
            return _Reach(reach.ms, self.first.main & ~reach.main)
        return reach


def _row(city: _City, one: Candidate, then: _Reach, weighing: Weighing) -> tuple[Critical, Floats]:
    """The figures without a candidate, and what each spot that counts loses, in seconds."""
    first, heads, graph = city.first, city.heads, city.graph
    cut = first.main & ~then.main
    bare = (first.ms >= 0) & (then.ms < 0)
    delay = np.where((first.ms >= 0) & (then.ms >= 0), then.ms - first.ms, 0) / 1000
    later = (delay >= weighing.later_s) & ~cut
    weight = np.where(cut | bare, weighing.cut_off_s, np.where(later, delay, 0.0))
    lost = np.where(heads > 0, np.minimum(weight, weighing.cut_off_s), 0.0)
    late = int(heads[later].sum())
    covered = (first.ms >= 0) & (first.ms <= weighing.cover_s * 1000)
    still = covered & (then.ms >= 0) & (then.ms <= weighing.cover_s * 1000)
    before, after = int(heads[covered].sum()), int(heads[still].sum())

    def people(which: Bools) -> int | None:
        return int(heads[which].sum()) if city.peopled else None

    single = one.edges[graph.mate[one.edges] < 0]
    drawn = np.union1d(single, one.edges[one.edges < graph.mate[one.edges]]).astype(np.int32)
    drawn = drawn if len(drawn) else one.edges
    lines = [graph.vertices(edge)[0].tolist() for edge in drawn.tolist()]
    longest = int(drawn[int(graph.length_m[drawn].argmax())])
    points, _ = graph.vertices(longest)
    middle = points[len(points) // 2] if len(points) > 2 else points.mean(axis=0)
    row = Critical(
        rank=0,
        kind=one.kind,
        name=graph.road(longest),
        road_class=graph.road_class(longest),
        edges=tuple(sorted(graph.edge_id(int(edge)) for edge in one.edges)),
        at=(float(middle[0]), float(middle[1])),
        length_m=float(graph.length_m[drawn].sum()),
        geometry={"type": "MultiLineString", "coordinates": lines},
        score=round(float((heads * lost).sum()) / 60, 1),
        people=people(cut | bare | later),
        cut_off=people(cut),
        uncovered=people(bare),
        later=people(later),
        eta_loss_s=round(float((heads[later] * delay[later]).sum()) / late, 1) if late else None,
        cover_lost=round((before - after) / before, 6) if before else None,
        places=tuple(
            (kind, int((cut & (city.kinds == index)).sum()))
            for index, kind in enumerate(KINDS)
            if index
        ),
    )
    return row, lost


def _counts(spot: Spot, peopled: bool) -> int:
    """People where they are known; else each town, village and shelter for one."""
    if peopled:
        return (spot.people or 0) if spot.kind == "people" else 0
    return int(spot.kind in ("town", "village", "shelter"))


def _leaving(graph: RoadGraph, profile: str, here: Snaps, changes: Changes) -> Seeds:
    return exits(graph, profile, here, changes, leaving=True).seeds(graph.network(profile))


def _core(graph: RoadGraph, profile: str, node: int) -> Seeds:
    """A search that starts at one node; at none where there are no roads."""
    states = graph.network(profile).state_of[[node] if node >= 0 else []]
    count = len(states)
    nothing = np.full(count, -1, dtype=np.int32)
    return Seeds(
        states.astype(np.int32), np.zeros(count, np.int64), np.zeros(count), nothing, nothing + 1
    )


def _reach(trees: tuple[Tree, Tree], ends: Exits) -> _Reach:
    nearest, main = (ends.read(tree)[0].min(axis=1, initial=UNREACHED) for tree in trees)
    return _Reach(np.where(nearest < UNREACHED, nearest, -1), main < UNREACHED)


def _flow(graph: RoadGraph, profile: str, ms: Int32s, tree: Tree, ends: Exits, heads: Ints) -> Ints:
    """(e,) what is reached over each edge by the quickest ways of a tree."""
    found, state = ends.read(tree)
    if not len(found):
        return np.zeros(len(ms), dtype=np.int64)
    best = found.argmin(axis=1)
    by = state[np.arange(len(state)), best]
    goal, place = np.unique(by[by >= 0], return_inverse=True)
    many = np.bincount(place, weights=heads[by >= 0], minlength=len(goal))
    ptr, edges = edge_paths(graph, graph.network(profile), ms, tree, goal.astype(np.int32))
    weight = np.repeat(many, np.diff(ptr))
    return np.bincount(edges, weights=weight, minlength=len(ms)).astype(np.int64)
