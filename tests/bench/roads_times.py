"""Every time to one incident for 2,000 places, 20 closures swapped with the request, beside scipy.

    python tests/bench/roads_times.py FILE.osm.pbf [RUNS]

Prints one JSON line: medians of interleaved runs, one thread, no time limit for either. The
peer is given the same weights with the same edges closed, and answers nodes instead of places.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import median
from uuid import UUID

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.domain import Closure
from routing.closures import closed_edges
from routing.profiles import read_profiles
from routing.roads import Roads
from routing.sources import read_roads


def main(file: Path, runs: int = 31) -> None:
    """Measure and print."""
    roads = Roads.compile(read_roads([file]), read_profiles())
    graph, profile = roads.graph, "car"
    rng = np.random.default_rng(1)
    picked = rng.integers(0, graph.nodes, 2001)
    jitter = rng.normal(0, 2e-4, (2001, 2))
    spots = np.column_stack([graph.node_lon[picked], graph.node_lat[picked]]) + jitter
    places = [(float(x), float(y)) for x, y in spots]
    sets = [_closures(places, rng) for _ in range(2)]
    ours, theirs, snapping = [], [], []
    for run in range(runs + 1):
        closures = sets[run % 2]
        begun = time.perf_counter()
        roads.times_to(places[0], places[1:], profile=profile, closures=closures)
        ours.append(time.perf_counter() - begun)
        closed = closed_edges(graph, closures, graph.profiles[profile])
        begun = time.perf_counter()
        _scipy(roads, profile, closed, int(roads.graph.network(profile).state_of[picked[0]]))
        theirs.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        roads.snap(places[1:], profile=profile)
        snapping.append(time.perf_counter() - begun)
    value, peer, snap = (1000 * median(one[1:]) for one in (ours, theirs, snapping))
    answer = {
        "figure": "times to one incident, 2,000 places, 20 closures with the query",
        "data": file.name.split(".")[0],
        "nodes": roads.nodes,
        "edges": roads.edges,
        "value": round(value, 2),
        "unit": "ms",
        "of_it_snapping": round(snap, 2),
        "peer": "scipy dijkstra",
        "peer_value": round(peer, 2),
        "ratio": round(value / peer, 3),
        "target": 0.4,
        "reached": value / peer <= 0.4,
    }
    print(json.dumps(answer))


def _closures(places: list[tuple[float, float]], rng: np.random.Generator) -> list[Closure]:
    """Twenty squares of about 300 m around some of the places."""
    out = []
    for index in rng.integers(1, len(places), 20):
        x, y = places[index]
        ring = [[x, y], [x + 0.003, y], [x + 0.003, y + 0.003], [x, y + 0.003], [x, y]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        out.append(Closure(id=UUID(int=int(index)), geometry=shape))
    return out


def _scipy(roads: Roads, profile: str, closed: np.ndarray, origin: int) -> None:
    """The same search on the reversed graph, with the closed edges made endless."""
    network, own = roads.graph.network(profile), roads.graph.weights[profile].rev
    weight = own.astype(float)
    weight[network.arcs(closed, backwards=True)] = np.inf
    weight[weight < 0] = np.inf
    shape = (len(network.node_of), len(network.node_of))
    matrix = csr_array((weight, network.rev_node, network.rev_ptr), shape=shape)
    dijkstra(matrix, indices=origin)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(one) for one in sys.argv[2:]))
