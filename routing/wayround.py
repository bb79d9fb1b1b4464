"""The nearest way round a closed stretch: from one side of it to the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np

from geo.domain import Closure, LonLat
from routing.pieces import open_ms, times_from_any
from routing.roads import Roads
from routing.table import Int32s

NOTHING_CALLED: Mapping[str, str] = MappingProxyType({})
_MOST = 12  # [A] stretches for which a way round is sought, the longest first


@dataclass(frozen=True, slots=True)
class WayRound:
    """From one side of a closed stretch to the other, in the direction that loses more."""

    road: str  # the own name, else the road's, else the number, of most of the stretch; "" nameless
    start: LonLat
    end: LonLat
    length_m: float  # of closed road, each stretch once
    before_s: float
    after_s: float | None  # None: no way round

    @property
    def extra_s(self) -> float | None:
        """How much longer the way round takes; None where there is none."""
        return None if self.after_s is None else round(self.after_s - self.before_s, 3)


def ways_round(
    roads: Roads,
    closing: Sequence[Closure],
    *,
    profile: str,
    standing: Sequence[Closure] = (),
    now: datetime | None = None,
    called: Mapping[str, str] = NOTHING_CALLED,
) -> tuple[WayRound, ...]:
    """A way round for each closed stretch that was passed before, the worst first.

    A stretch is what hangs together of the closed edges. Its sides are the junctions where open
    road goes on; the two that lie furthest apart in time count. A stretch with less than two sides
    is a dead end: nobody passes it. At most twelve, the longest. ``called``: own names of bridges
    and tunnels by edge id; they go before the name of the road.
    """
    graph = roads.graph
    first = open_ms(roads, profile, standing, now)
    then = open_ms(roads, profile, (*standing, *closing), now)
    shut = np.flatnonzero((first >= 0) & (then < 0)).astype(np.int32)
    found = []
    for edges in _stretches(roads, shut)[:_MOST]:
        ends = np.unique(np.concatenate([graph.edge_from[edges], graph.edge_to[edges]]))
        open_ends = np.zeros(graph.nodes, dtype=np.bool_)
        used = then >= 0
        open_ends[graph.edge_from[used]] = open_ends[graph.edge_to[used]] = True
        sides = ends[open_ends[ends]]
        if len(sides) > 1:
            one = _round(roads, edges, sides, profile, standing, closing, now, called)
            found += [] if one is None else [one]
    return tuple(sorted(found, key=_worst))


def _stretches(roads: Roads, shut: Int32s) -> list[Int32s]:
    """Closed edges that hang together, the longest first."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = roads.graph
    if len(shut) == 0:
        return []
    nodes, place = np.unique(
        np.concatenate([graph.edge_from[shut], graph.edge_to[shut]]), return_inverse=True
    )
    start, end = place[: len(shut)], place[len(shut) :]
    links = coo_array((np.ones(len(shut)), (start, end)), shape=(len(nodes), len(nodes)))
    _, piece = connected_components(links, directed=False)
    own = piece[start]
    groups = [shut[own == number] for number in range(int(own.max()) + 1)]
    return sorted(groups, key=lambda edges: (-_metres(roads, edges), int(edges[0])))


def _metres(roads: Roads, edges: Int32s) -> float:
    """Metres of road, each stretch once."""
    graph = roads.graph
    mate = graph.mate[edges]
    single = (mate < 0) | (edges < mate) | ~np.isin(mate, edges)
    return float(graph.length_m[edges[single]].sum())


def _round(
    roads: Roads,
    edges: Int32s,
    sides: Int32s,
    profile: str,
    standing: Sequence[Closure],
    closing: Sequence[Closure],
    now: datetime | None,
    called: Mapping[str, str],
) -> WayRound | None:
    graph = roads.graph
    at = [(float(graph.node_lon[one]), float(graph.node_lat[one])) for one in sides.tolist()]
    after = (*standing, *closing)
    here, best = 0, None
    for _ in range(2):  # from any side to the furthest, and from that one to its furthest
        before = times_from_any(roads, [at[here]], at, profile, standing, now)
        there = int(before.argmax())
        for start, end in ((here, there), (there, here)):
            if start == end:
                continue
            ms = [
                int(times_from_any(roads, [at[start]], [at[end]], profile, shut, now)[0])
                for shut in (standing, after)
            ]
            if ms[0] < 0:
                continue  # nobody went this way before
            one = WayRound(
                _name(roads, edges, called),
                at[start],
                at[end],
                _metres(roads, edges),
                ms[0] / 1000,
                None if ms[1] < 0 else ms[1] / 1000,
            )
            best = one if best is None else min(best, one, key=_worst)
        here = there
    return best


def _name(roads: Roads, edges: Int32s, called: Mapping[str, str]) -> str:
    much: dict[str, float] = {}
    for edge in edges.tolist():
        name = called.get(roads.graph.edge_id(edge).rstrip("~")) or roads.graph.road(edge)
        much[name] = much.get(name, 0.0) + float(roads.graph.length_m[edge])
    return min(much, key=lambda name: (-much[name], name))


def _worst(one: WayRound) -> tuple[bool, float, float, str, LonLat]:
    extra = one.extra_s
    return extra is not None, -(extra or 0.0), -one.length_m, one.road, one.start
