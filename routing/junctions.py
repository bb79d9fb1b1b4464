"""What a driver sees at each junction of a way: how far it turns, and what else leads off."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from routing.graph import RoadGraph
from routing.jit import fast
from routing.network import Network
from routing.table import Bools, Floats, Int32s, Ints

TWO_PI, THREE_PI = 2 * np.pi, 3 * np.pi
_REACH_M = 20.0  # a road's direction at a junction is that of its first metres, kinks left out

RANKS: tuple[tuple[str, ...], ...] = (
    ("motorway",),
    ("trunk",),
    ("primary",),
    ("secondary",),
    ("tertiary",),
    ("unclassified", "residential", "road", "living_street"),
    ("service", "track", "pedestrian", "busway"),
)
"""Road classes from the greatest to the least; all others lie below."""
LINK = 0.5  # a link ranks half a step below the road it serves
MINOR = 6.0  # from here on: yards, tracks, paths


@dataclass(frozen=True, slots=True, eq=False)
class Junctions:
    """(t,) for each edge of a way, the junction at which it is entered from the one before.

    Angles are degrees, right positive; the first edge of a way has none (nan).
    """

    turn: Floats  # between -180 and 180; nan too where nothing leads off and the class stays
    back: Bools  # onto the other direction of the same stretch
    others: Int32s  # other ways to go, turning back not counted
    rival: Floats  # the turn of the straightest of them; nan: none
    rival_rank: Floats
    leaves_ring: Int32s  # of the others, those that are no part of a roundabout
    rank: Floats  # of the edge itself
    link: Bools
    ring: Bools
    road: Int32s  # index into texts: name, else ref, else ""
    name: Int32s
    ref: Int32s
    nameless: int  # the index of "" in texts; -1: every road has a name
    heading: Floats  # (t,) compass degrees at the edge's start


def junctions(
    graph: RoadGraph, network: Network, usable: Int32s, ptr: Ints, edges: Int32s
) -> Junctions:
    """The junctions of ways; ``usable`` holds weights by edge, below 0 where one may not go.

    Way ``w`` is ``edges[ptr[w]:ptr[w + 1]]``, in travel direction.
    """
    before = np.concatenate([[-1], edges])[:-1].astype(np.int32)
    before[ptr[:-1][np.diff(ptr) > 0]] = -1
    count = len(edges)
    heading, turn, rival = np.full((3, count), np.nan)
    others, leaves = np.zeros((2, count), dtype=np.int32)
    rival_class = np.full(count, -1, dtype=np.int32)
    seen = np.full(2 ** (2 * count + 1).bit_length(), -1, dtype=np.int32)
    _look(
        before, edges, usable,
        graph.edge_to, graph.mate, graph.base, graph.class_code, graph.roundabout,
        network.state_of, network.fwd_ptr, network.fwd_edge,
        graph.geom_start, graph.geom_lon, graph.geom_lat, graph.geom_m,
        seen, heading, turn, others, rival, rival_class, leaves,
    )  # fmt: skip
    base = graph.base[edges]
    nameless = graph.texts.index("") if "" in graph.texts else -1
    name, ref = graph.name_code[base], graph.ref_code[base]
    code = graph.class_code[base]
    most = max(code.max(initial=-1), rival_class.max(initial=-1))
    rank_of, link_of = _ranks(graph.texts[: int(most) + 1])
    return Junctions(
        turn=np.degrees(turn),
        back=(before >= 0) & (graph.mate[edges] == before),
        others=others,
        rival=np.degrees(rival),
        rival_rank=np.append(rank_of, np.inf)[rival_class],
        leaves_ring=leaves,
        rank=rank_of[code],
        link=link_of[code],
        ring=graph.roundabout[base],
        road=np.where(name == nameless, ref, name).astype(np.int32),
        name=name,
        ref=ref,
        nameless=nameless,
        heading=np.degrees(heading) % 360,
    )


@lru_cache(maxsize=64)
def _ranks(classes: tuple[str, ...]) -> tuple[Floats, Bools]:
    """Rank and being a link, by class code; classes come first among the texts."""
    known = {name: float(rank) for rank, names in enumerate(RANKS) for name in names}
    ranks = [
        known.get(name.removesuffix("_link"), MINOR + 1) + LINK * name.endswith("_link")
        for name in classes
    ]
    links = [name.endswith("_link") for name in classes]
    return np.array(ranks, dtype=np.float64), np.array(links, dtype=np.bool_)


@fast
def _look(
    before: Int32s,
    edges: Int32s,
    usable: Int32s,
    edge_to: Int32s,
    mate: Int32s,
    base: Int32s,
    class_code: Int32s,
    roundabout: Bools,
    row_of: Int32s,
    row_ptr: Int32s,
    row_edge: Int32s,
    start: Ints,
    lon: Floats,
    lat: Floats,
    along: Floats,
    seen: Int32s,
    heading_out: Floats,
    turn_out: Floats,
    others_out: Int32s,
    rival_out: Floats,
    rival_class: Int32s,
    leaves_out: Int32s,
) -> None:
    """Look round where each edge is entered from the one ``before`` it (-1: a way begins).

    Ways of one question share most of their edges: each junction is looked at once. ``seen`` is
    the hash table of those looked at: a power of two of slots, -1: free.
    """

    def heading(edge: int, at_end: bool, width: float) -> float:
        """Radians from north of an edge's first or last metres, in travel direction."""
        own = edge if edge < len(start) - 1 else base[edge]
        if at_end == (own == edge):  # the last vertices of the stored line
            tip, end = start[own + 1] - 1, start[own]
            hop = -1
        else:
            tip, end = start[own], start[own + 1] - 1
            hop = 1
        far = tip + hop
        while far != end and abs(along[far] - along[tip]) < _REACH_M:
            far += hop
        near = far - hop
        # The point exactly at the reach, on the segment between the two vertices around it.
        wanted = min(_REACH_M, abs(along[far] - along[tip])) - abs(along[near] - along[tip])
        gap = abs(along[far] - along[near])
        t = 0.0 if gap == 0 else wanted / gap
        x = lon[near] + t * (lon[far] - lon[near])
        y = lat[near] + t * (lat[far] - lat[near])
        east, north = (x - lon[tip]) * width, y - lat[tip]
        return float(np.arctan2(-east, -north) if at_end else np.arctan2(east, north))

    def between(angle: float) -> float:
        """Radians from -pi to pi; ``angle`` lies within two whole turns of that."""
        angle += THREE_PI
        if angle >= 2 * TWO_PI:
            return angle - 2 * TWO_PI - np.pi
        return (angle - TWO_PI if angle >= TWO_PI else angle) - np.pi

    for place in range(len(edges)):
        edge, prior = edges[place], before[place]
        slot = (np.int64(edge) * 40503 + prior) * 40503 % len(seen)
        while seen[slot] >= 0 and (edges[seen[slot]] != edge or before[seen[slot]] != prior):
            slot = (slot + 1) % len(seen)
        known = seen[slot]
        if known >= 0:
            heading_out[place], turn_out[place] = heading_out[known], turn_out[known]
            others_out[place], leaves_out[place] = others_out[known], leaves_out[known]
            rival_out[place], rival_class[place] = rival_out[known], rival_class[known]
            continue
        seen[slot] = place
        own = base[edge]
        width = np.cos(np.radians(lat[start[own]]))  # of a degree of longitude
        heading_out[place] = heading(edge, False, width)
        if prior < 0:
            continue
        looked, arrived = False, 0.0
        if class_code[own] != class_code[base[prior]]:
            looked, arrived = True, heading(prior, True, width)
        row = row_of[edge_to[prior]]
        back = mate[prior]
        for arc in range(row_ptr[row], row_ptr[row + 1]):
            other = row_edge[arc]
            if other in (edge, back) or usable[other] < 0:
                continue
            if not looked:
                looked, arrived = True, heading(prior, True, width)
            others_out[place] += 1
            if not roundabout[base[other]]:
                leaves_out[place] += 1
            angle = between(heading(other, False, width) - arrived)
            if not abs(angle) >= abs(rival_out[place]):
                rival_out[place] = angle
                rival_class[place] = class_code[base[other]]
        if looked:
            turn_out[place] = between(heading_out[place] - arrived)
