"""How many ways lead out of a place: edge-disjoint, counted up to two."""

from __future__ import annotations

import numpy as np

from geo.domain import LonLat
from routing.changes import Changes
from routing.exits import exits
from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.jit import fast
from routing.search import weights_by_arc
from routing.snap import snap
from routing.table import Floats, Int32s


def ways_out(
    graph: RoadGraph, at: LonLat, profile: str, changes: Changes, *, radius_m: float
) -> int:
    """0, 1 or 2: ways out beyond ``radius_m`` (straight) that share no road edge.

    They may share a junction. 0 also where no usable road is near, and on an island smaller than
    the radius.
    """
    here = snap(graph, profile, [at])
    if here.edge[0] < 0:
        return 0
    network = graph.network(profile)
    ends = exits(graph, profile, here, changes, leaving=True)
    seeds = ends.seeds(network)
    forwards = np.empty(len(network.rev_arc), dtype=np.int32)
    forwards[network.rev_arc] = network.fwd_arc
    weight = weights_by_arc(network, graph.weights[profile], changes, backwards=False)
    # A way that came back over the place's own edge would share it with the other way.
    own = np.array([here.edge[0], here.mate[0]], dtype=np.int32)
    if 0 < here.fraction[0] < 1:
        weight = weight.copy()
        weight[network.arcs(own[own >= 0], backwards=False)] = -1
    east = METRES_PER_DEGREE * np.cos(np.radians(at[1]))
    straight = np.hypot(
        (graph.node_lon - at[0]) * east, (graph.node_lat - at[1]) * METRES_PER_DEGREE
    )
    at_node = bool((seeds.edge < 0).any())  # then both ways may leave by any edge of the node
    return int(
        _disjoint(
            network.fwd_ptr,
            network.fwd_node,
            network.fwd_edge,
            weight,
            network.rev_ptr,
            network.rev_node,
            forwards,
            np.repeat(seeds.state, 2) if at_node else seeds.state,
            straight[network.node_of],
            radius_m,
            len(graph.edge_from),
        )
    )


@fast
def _disjoint(
    ptr: Int32s,
    head: Int32s,
    edge: Int32s,
    weight: Int32s,
    rev_ptr: Int32s,
    rev_tail: Int32s,
    rev_arc: Int32s,
    seeds: Int32s,
    straight: Floats,
    radius: float,
    edges: int,
) -> int:
    """Augmenting paths (breadth first, unit capacity), two at most.

    Each seed may start one path; an arc in use may be walked back, which frees it. No edge serves
    twice, by whichever of its arcs.
    """
    used = np.zeros(len(head), dtype=np.bool_)
    taken = np.zeros(edges, dtype=np.bool_)
    spent = np.zeros(len(seeds), dtype=np.bool_)
    queue = np.empty(len(ptr), dtype=np.int32)
    found = 0
    for _ in range(2):
        came = np.full(len(ptr) - 1, -1, dtype=np.int64)  # arc, or -2 - arc walked back
        seen = np.zeros(len(ptr) - 1, dtype=np.bool_)
        begun = np.full(len(ptr) - 1, -1, dtype=np.int32)
        tail = 0
        for index in range(len(seeds)):
            node = seeds[index]
            if not spent[index] and not seen[node]:
                seen[node] = True
                begun[node] = index
                queue[tail] = node
                tail += 1
        done = 0
        out = -1
        while done < tail and out < 0:
            node = queue[done]
            done += 1
            if straight[node] > radius:
                out = node
                break
            for arc in range(ptr[node], ptr[node + 1]):
                other = head[arc]
                if weight[arc] >= 0 and not taken[edge[arc]] and not seen[other]:
                    seen[other] = True
                    came[other] = arc
                    begun[other] = node
                    queue[tail] = other
                    tail += 1
            for place in range(rev_ptr[node], rev_ptr[node + 1]):
                arc = rev_arc[place]
                other = rev_tail[place]
                if used[arc] and not seen[other]:
                    seen[other] = True
                    came[other] = -2 - arc
                    begun[other] = node
                    queue[tail] = other
                    tail += 1
        if out < 0:
            break
        found += 1
        while came[out] != -1:
            if came[out] >= 0:
                used[came[out]] = True
                taken[edge[came[out]]] = True
            else:
                used[-2 - came[out]] = False
                taken[edge[-2 - came[out]]] = False
            out = begun[out]
        spent[begun[out]] = True
    return found
