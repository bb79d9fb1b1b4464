"""What a driver sees at each junction of a way: how far it turns, and what else leads off."""

from __future__ import annotations

from dataclasses import dataclass

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

    turn: Floats  # between -180 and 180
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
    rank_of, link_of = _ranks(graph)
    # Ways of one question share most of their edges: each junction is looked at once.
    before = np.concatenate([[-1], edges])[:-1].astype(np.int32)
    before[ptr[:-1][np.diff(ptr) > 0]] = -1
    _, one, each = np.unique(
        before.astype(np.int64) * len(graph.mate) + edges, return_index=True, return_inverse=True
    )
    count = len(one)
    heading, turn, rival = (np.full(count, np.nan) for _ in range(3))
    others, leaves = np.zeros(count, dtype=np.int32), np.zeros(count, dtype=np.int32)
    rival_class = np.full(count, -1, dtype=np.int32)
    _look(
        before[one], edges[one], usable,
        graph.edge_to, graph.mate, graph.base, graph.class_code, graph.roundabout,
        network.state_of, network.fwd_ptr, network.fwd_edge,
        graph.geom_start, graph.geom_lon, graph.geom_lat, graph.geom_m,
        heading, turn, others, rival, rival_class, leaves,
    )  # fmt: skip
    base = graph.base[edges]
    nameless = graph.texts.index("") if "" in graph.texts else -1
    name, ref = graph.name_code[base], graph.ref_code[base]
    code = graph.class_code[base]
    return Junctions(
        turn=np.degrees(turn)[each],
        back=(before >= 0) & (graph.mate[edges] == before),
        others=others[each],
        rival=np.degrees(rival)[each],
        rival_rank=np.where(rival_class >= 0, rank_of[rival_class], np.inf)[each],
        leaves_ring=leaves[each],
        rank=rank_of[code],
        link=link_of[code],
        ring=graph.roundabout[base],
        road=np.where(name == nameless, ref, name).astype(np.int32),
        name=name,
        ref=ref,
        nameless=nameless,
        heading=(np.degrees(heading) % 360)[each],
    )


def _ranks(graph: RoadGraph) -> tuple[Floats, Bools]:
    """Rank and being a link, by class code; classes come first among the texts."""
    classes = graph.texts[: int(graph.class_code.max(initial=-1)) + 1]
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
    heading_out: Floats,
    turn_out: Floats,
    others_out: Int32s,
    rival_out: Floats,
    rival_class: Int32s,
    leaves_out: Int32s,
) -> None:
    """Look round where each edge is entered from the one ``before`` it (-1: a way begins)."""

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

    for place in range(len(edges)):
        edge, prior = edges[place], before[place]
        width = np.cos(np.radians(lat[start[base[edge]]]))  # of a degree of longitude
        heading_out[place] = heading(edge, False, width)
        if prior < 0:
            continue
        arrived = heading(prior, True, width)
        turn_out[place] = (heading_out[place] - arrived + THREE_PI) % TWO_PI - np.pi
        row = row_of[edge_to[prior]]
        for arc in range(row_ptr[row], row_ptr[row + 1]):
            other = row_edge[arc]
            if other == edge or other == mate[prior] or usable[other] < 0:
                continue
            others_out[place] += 1
            if not roundabout[base[other]]:
                leaves_out[place] += 1
            angle = (heading(other, False, width) - arrived + THREE_PI) % TWO_PI - np.pi
            if not abs(angle) >= abs(rival_out[place]):
                rival_out[place] = angle
                rival_class[place] = class_code[base[other]]
