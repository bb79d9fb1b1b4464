"""Other engines behind one shape. Each is used as its own documents say is fastest for the work.

``prepare`` gives None where the package is not installed. ``times(closures' arcs)`` answers
milliseconds from each source to the target, -1 where no road leads. A peer that takes a time limit
gets the limit that ours gets.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from routing.table import Int32s, Ints
from tests.bench.problem import Problem

INF = 2**31 - 1
NOTHING = np.empty(0, dtype=np.int64)


class Peer(Protocol):
    """What the bench asks of every engine."""

    name: str

    def times(self, cut: Ints, limit_ms: int | None = None) -> Ints:
        """With the arcs at these places closed."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


def arcs_of(problem: Problem, edges: Int32s, ms: Int32s) -> Ints:
    """The places of closed edges' arcs among the problem's arcs."""
    closed = np.zeros(len(problem.roads.graph.edge_from), dtype=bool)
    closed[edges[ms < 0]] = True
    return np.flatnonzero(closed[problem.arcs.edge])


class Scipy:
    """``scipy.sparse.csgraph.dijkstra`` on the arcs turned round."""

    name = "scipy"

    def __init__(self, problem: Problem) -> None:
        arcs = problem.arcs
        self.problem = problem
        self.pairs: tuple[Ints, Int32s] | None = None
        self.order = np.argsort(arcs.head, kind="stable")
        counts = np.bincount(arcs.head, minlength=arcs.states)
        self.ptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self.node = arcs.tail[self.order].astype(np.int32)
        self.weight = arcs.ms[self.order].astype(np.float64)
        self.place = np.empty(len(self.order), dtype=np.int64)
        self.place[self.order] = np.arange(len(self.order))

    @classmethod
    def prepare(cls, problem: Problem) -> Scipy | None:
        """Its arrays; scipy is one of our own dependencies."""
        return cls(problem)

    def times(self, cut: Ints, limit_ms: int | None = None) -> Ints:
        """One search on a copy of the weights."""
        far = self.search(cut, limit_ms)[self.problem.sources]
        return np.where(np.isfinite(far), far, -1).astype(np.int64)

    def search(self, cut: Ints, limit_ms: int | None = None, *, ways: bool = False) -> Any:
        """Times of all states; with ``ways`` also each one's predecessor."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        weight = self.weight
        if len(cut):
            weight = weight.copy()
            weight[self.place[cut]] = np.inf
        matrix = csr_array((weight, self.node, self.ptr), shape=(len(self.ptr) - 1,) * 2)
        limit = np.inf if limit_ms is None else limit_ms
        target = self.problem.target
        return dijkstra(matrix, indices=target, limit=limit, return_predecessors=ways)

    def edges(self, tails: Ints, heads: Ints, ms: Int32s) -> Int32s:
        """The fastest edge between each two states, for ways that were walked."""
        arcs = self.problem.arcs
        if self.pairs is None:
            pair = arcs.tail.astype(np.int64) * arcs.states + arcs.head
            order = np.lexsort((arcs.edge, arcs.ms, pair))
            self.pairs = pair[order], arcs.edge[order]
        pairs, edges = self.pairs
        wanted = tails * arcs.states + heads
        place = np.searchsorted(pairs, wanted)
        shut = ms[edges[place]] < 0
        while shut.any():  # a parallel road is closed: take the next
            place[shut] += 1
            shut = ms[edges[place]] < 0
        return edges[place]

    def close(self) -> None:
        """Nothing to give back."""


class Networkx:
    """``single_source_dijkstra_path_length`` on a plain DiGraph with one attribute, turned round.

    Parallel arcs are one edge with the least of their weights, which is kinder than a multigraph.
    """

    name = "networkx"

    def __init__(self, problem: Problem) -> None:
        import networkx as nx

        arcs = problem.arcs
        self.problem = problem
        self.graph = nx.DiGraph()
        self.graph.add_nodes_from(range(arcs.states))
        self.pair: dict[tuple[int, int], list[int]] = {}
        both = zip(arcs.head.tolist(), arcs.tail.tolist(), strict=True)
        for place, pair in enumerate(both):
            self.pair.setdefault(pair, []).append(place)
        ms = arcs.ms.tolist()
        self.graph.add_weighted_edges_from(
            ((u, v, min(ms[i] for i in one)) for (u, v), one in self.pair.items()), "ms"
        )

    @classmethod
    def prepare(cls, problem: Problem) -> Networkx | None:
        """Its graph; networkx is one of our own dependencies."""
        return cls(problem)

    def times(self, cut: Ints, limit_ms: int | None = None) -> Ints:
        """One search; closed edges lose their weight for it and get it back."""
        import networkx as nx

        arcs, adjacent, kept = self.problem.arcs, self.graph.adj, []
        gone = set(cut.tolist())
        for place in gone:
            pair = (int(arcs.head[place]), int(arcs.tail[place]))
            data = adjacent[pair[0]][pair[1]]
            kept.append((data, data["ms"]))
            left = [int(arcs.ms[i]) for i in self.pair[pair] if i not in gone]
            data["ms"] = min(left) if left else None  # None: networkx passes over it
        found = nx.single_source_dijkstra_path_length(
            self.graph, self.problem.target, cutoff=limit_ms, weight="ms"
        )
        for data, ms in reversed(kept):
            data["ms"] = ms
        return np.array([found.get(one, -1) for one in self.problem.sources.tolist()])

    def close(self) -> None:
        """Nothing to give back."""


class Cch:
    """routingkit-cch: a hierarchy made once, weights customised, many-to-one queries.

    Takes no time limit. Closures go in by its partial update or by a whole new customisation,
    whichever was faster when it was tried.
    """

    name = "routingkit-cch"

    def __init__(self, problem: Problem) -> None:
        import routingkit_cch as kit

        arcs = problem.arcs
        self.kit, self.problem = kit, problem
        tail, head = arcs.tail.tolist(), arcs.head.tolist()
        order = kit.compute_order_inertial(
            arcs.states, tail, head, arcs.lat.tolist(), arcs.lon.tolist()
        )
        self.cch = kit.CCH(order, tail, head, False)
        self.plain = arcs.ms.tolist()
        self.metric = kit.CCHMetric(self.cch, self.plain)
        self.updater = kit.CCHMetricPartialUpdater(self.cch)
        self.sources = problem.sources.tolist()
        self.query = kit.CCHManyToOne(self.metric, self.sources)
        self.cut = NOTHING
        self.whole = False

    @classmethod
    def prepare(cls, problem: Problem) -> Cch | None:
        """Order, hierarchy, first customisation and pinned sources."""
        return cls(problem) if importlib.util.find_spec("routingkit_cch") else None

    def change(self, cut: Ints) -> None:
        """Close these arcs and open those that were closed before."""
        before, now = set(self.cut.tolist()), set(cut.tolist())
        if before == now:
            return
        self.query = None  # it allows no change while a query stands
        if self.whole:
            weights = list(self.plain)
            for arc in now:
                weights[arc] = INF
            self.metric.reset(weights)
        else:
            updates = {arc: self.plain[arc] for arc in before - now}
            updates |= dict.fromkeys(now - before, INF)
            self.updater.apply(self.metric, updates)
        self.query = self.kit.CCHManyToOne(self.metric, self.sources)
        self.cut = cut

    def times(self, cut: Ints, limit_ms: int | None = None) -> Ints:
        """Change what differs, then one sweep."""
        self.change(cut)
        found = self.query.distances_to(self.problem.target)
        return np.array([-1 if one is None or one >= INF else one for one in found])

    def close(self) -> None:
        """Free it in the order it wants."""
        self.query = None


class PgRouting:
    """``pgr_dijkstraCost`` from the target on reversed arcs, in the private cluster.

    It reads the arcs anew for every query: that is how it takes a closure. Takes no time limit.
    """

    name = "pgRouting"
    database = "bench_pgrouting"

    def __init__(self, problem: Problem) -> None:
        import psycopg
        from psycopg import sql

        from geo.cluster import Cluster
        from geo.home import home
        from geo.provision import SUPERUSER

        arcs = problem.arcs
        self.problem = problem
        self.cluster = Cluster(home()).start()
        self.cluster.drop_database(self.database)
        self.cluster.create_database(self.database)
        self.link: Any = psycopg.connect(
            host=str(self.cluster.socket_folder),
            port=self.cluster.port,
            dbname=self.database,
            user=SUPERUSER,
            autocommit=True,
        )
        self.link.execute("CREATE EXTENSION pgrouting CASCADE")
        self.link.execute("SET max_parallel_workers_per_gather = 0")
        self.link.execute(
            "CREATE TABLE arc (id bigint PRIMARY KEY, source bigint, target bigint, cost float8)"
        )
        with self.link.cursor().copy("COPY arc FROM STDIN") as copy:
            for row in zip(
                range(len(arcs.tail)),
                arcs.head.tolist(),
                arcs.tail.tolist(),
                arcs.ms.tolist(),
                strict=True,
            ):
                copy.write_row(row)
        self.link.execute("ANALYZE arc")
        self.sql = sql
        self.sources = problem.sources.tolist()

    @classmethod
    def prepare(cls, problem: Problem) -> PgRouting | None:
        """A table of arcs; None where the server's machine lacks the extension."""
        from geo.cluster import Cluster
        from geo.home import home

        return cls(problem) if Cluster(home()).start().binaries.has_extension("pgrouting") else None

    def times(self, cut: Ints, limit_ms: int | None = None) -> Ints:
        """One query."""
        inner = "SELECT id, source, target, cost FROM arc"
        if len(cut):
            inner += f" WHERE id <> ALL (ARRAY{cut.tolist()}::bigint[])"
        rows = self.link.execute(
            "SELECT end_vid, agg_cost FROM pgr_dijkstraCost(%s, %s::bigint, %s::bigint[])",
            (inner, self.problem.target, self.sources),
        ).fetchall()
        found = {int(node): round(cost) for node, cost in rows}
        found[self.problem.target] = 0
        return np.array([found.get(one, -1) for one in self.sources])

    def close(self) -> None:
        """Drop the database."""
        self.link.close()
        self.cluster.drop_database(self.database)


KINDS: Sequence[type[Scipy] | type[Cch] | type[Networkx] | type[PgRouting]] = (
    Scipy,
    Cch,
    Networkx,
    PgRouting,
)
