"""Dead ends are read off, not searched, and the times are Dijkstra's all the same."""

from __future__ import annotations

import heapq

import networkx as nx
import numpy as np
import pytest

from routing.network import Moves, Network, lay_out
from routing.peeling import peel
from routing.search import UNREACHED, Seeds, search
from routing.table import Int32s

Arcs = list[tuple[int, int]]


def both(*pairs: tuple[int, int]) -> Arcs:
    return [arc for a, b in pairs for arc in ((a, b), (b, a))]


CHAIN = both((0, 1), (1, 2), (2, 3))
COMB = both(*((n, n + 1) for n in range(6)), *((n, 7 + n) for n in range(7)))
RING = both((0, 1), (1, 2), (2, 0))


def network_of(states: int, arcs: Arcs, seed: int = 0) -> Network:
    rng = np.random.default_rng(seed)
    tail, head = np.array(arcs, dtype=np.int32).reshape(-1, 2).T
    edge = np.arange(len(arcs), dtype=np.int32)
    moves = Moves(np.arange(states, dtype=np.int32), tail, head, edge, head)
    return lay_out(moves, rng.random(states), rng.random(states))


def peeled(states: int, arcs: Arcs) -> list[int]:
    tail, head = np.array(arcs, dtype=np.int32).reshape(-1, 2).T
    return np.flatnonzero(peel(states, tail, head).parent >= 0).tolist()


@pytest.mark.parametrize(
    ("states", "arcs", "expected"),
    [
        (3, RING, []),
        (5, [*RING, *both((2, 3), (3, 4))], [3, 4]),
        (5, [*RING, (2, 3), (4, 3)], [3, 4]),  # one-way dead ends, out of the ring and into it
        (4, [*RING, (2, 3), (2, 3), (3, 2), (3, 3)], [3]),  # parallel arcs and a loop
        (6, [*RING, *both((2, 3), (3, 4), (4, 5), (5, 3))], []),  # two rings and a bridge
        (4, CHAIN, [0, 1, 2]),  # something stays of every piece
        (2, both((0, 1)), [0]),
        (2, [(0, 0)], []),
        (2, [], []),
    ],
)
def test_what_hangs_by_one_neighbour_is_peeled(
    states: int, arcs: Arcs, expected: list[int]
) -> None:
    assert peeled(states, arcs) == expected


@pytest.mark.parametrize("seed", range(60))
def test_what_stays_is_the_2_core_and_one_state_of_each_tree(seed: int) -> None:
    states, arcs, _ = thorny(np.random.default_rng(seed))
    graph = nx.Graph([(a, b) for a, b in arcs if a != b])
    graph.add_nodes_from(range(states))
    trees = sum(nx.is_tree(graph.subgraph(one)) for one in nx.connected_components(graph))
    core = nx.k_core(graph, 2).number_of_nodes()
    assert len(peeled(states, arcs)) == states - core - trees


@pytest.mark.parametrize("seed", range(600))
def test_towns_full_of_dead_ends_give_dijkstras_times(seed: int) -> None:
    """Chains, combs and twigs, one-way, shut, looped and doubled; several starts, some of them
    deep in a dead end; times beyond 32 bits; a limit or none."""
    rng = np.random.default_rng(seed)
    states, arcs, ms = thorny(rng)
    network = network_of(states, arcs, seed)
    count = int(rng.integers(1, 4))
    state = rng.integers(0, states, count).astype(np.int32)
    spent = rng.integers(0, 50, count)
    seeds = Seeds(state, spent, spent * 0.0, state * 0 - 1, state * 0)
    limit = None if rng.random() < 0.5 else int(rng.integers(0, 400))
    for backwards in (True, False):
        edges = network.rev_edge if backwards else network.fwd_edge
        found = search(network, ms[edges], seeds, backwards=backwards, limit_ms=limit)
        assert found.ms.tolist() == dijkstra(network, ms, seeds, backwards, limit)


def test_each_row_is_whole_and_its_arcs_outwards_come_last() -> None:
    for seed in range(60):
        states, arcs, _ = thorny(np.random.default_rng(seed))
        network = network_of(states, arcs, seed)
        for ptr, stop, node in (
            (network.fwd_ptr, network.fwd_stop, network.fwd_node),
            (network.rev_ptr, network.rev_stop, network.rev_node),
        ):
            assert (ptr[:-1] <= stop).all()
            assert (stop <= ptr[1:]).all()
            bears = np.flatnonzero(stop < ptr[1:])
            assert np.isin(bears, network.bearing).all()
            place = np.full(states, -1)
            place[network.bearing] = np.arange(len(network.bearing))
            for one in bears.tolist():  # each before those that hang on it
                out = node[stop[one] : ptr[one + 1]]
                assert ((place[out] < 0) | (place[out] > place[one])).all()
        order = np.arange(len(arcs), dtype=np.int32)
        assert (network.fwd_edge[network.arcs(order, backwards=False)] == order).all()
        assert (network.rev_edge[network.arcs(order, backwards=True)] == order).all()


def test_a_long_chain_is_read_off_in_one_go() -> None:
    length = 50_000
    arcs = both(*((n, n + 1) for n in range(length)))
    network = network_of(length + 1, arcs)
    one = np.array([network.state_of[length // 2]], dtype=np.int32)
    seeds = Seeds(one, np.array([7]), np.zeros(1), one * 0 - 1, one * 0)
    weight = np.full(len(arcs), 3, dtype=np.int32)
    found = search(network, weight, seeds, backwards=True)
    far = np.abs(np.arange(length + 1) - length // 2) * 3 + 7
    assert (found.ms[network.state_of] == far).all()


def thorny(rng: np.random.Generator) -> tuple[int, Arcs, Int32s]:
    """How many states, arcs between them, and each arc's milliseconds: some rings or a comb or a
    chain, with twigs upon twigs."""
    core = int(rng.integers(0, 12))
    arcs = both(*((int(a), int(b)) for a, b in rng.integers(0, core, (2 * core, 2))))
    arcs = [CHAIN, COMB, [*RING, (3, 3)], arcs][int(rng.integers(0, 4))]
    states = max([core, *(max(arc) + 1 for arc in arcs)])
    for _ in range(int(rng.integers(0, 40))):
        on = int(rng.integers(0, states + 1)) if rng.random() < 0.5 else states - 1
        on = min(max(on, 0), max(states - 1, 0))
        twig = both((on, states))
        kinds = [twig, twig, twig * 2, twig[:1], twig[1:], [*twig, (states, states)]]
        arcs = arcs + kinds[int(rng.integers(0, 6))]
        states += 1
    states += int(rng.integers(1, 3))  # some stand alone
    ms = rng.integers(1, 60, len(arcs)).astype(np.int32)
    if rng.random() < 0.2:
        ms[rng.random(len(arcs)) < 0.3] = 2**31 - 1
    ms[rng.random(len(arcs)) < 0.15] = -1
    return states, arcs, ms


def dijkstra(
    network: Network, ms: Int32s, seeds: Seeds, backwards: bool, limit: int | None
) -> list[int]:
    """The textbook's, over every arc of the network."""
    tail = network.rev_node[network.arcs(np.arange(len(ms), dtype=np.int32), backwards=True)]
    head = network.fwd_node[network.arcs(np.arange(len(ms), dtype=np.int32), backwards=False)]
    if backwards:
        tail, head = head, tail
    leaving: dict[int, list[tuple[int, int]]] = {}
    for a, b, step in zip(tail.tolist(), head.tolist(), ms.tolist(), strict=True):
        if step >= 0:
            leaving.setdefault(a, []).append((b, step))
    out = [UNREACHED] * len(network.node_of)
    heap = list(zip(seeds.ms.tolist(), seeds.state.tolist(), strict=True))
    heapq.heapify(heap)
    while heap:
        spent, state = heapq.heappop(heap)
        if spent >= out[state] or (limit is not None and spent > limit):
            continue
        out[state] = spent
        for other, step in leaving.get(state, ()):
            heapq.heappush(heap, (spent + step, other))
    return out
