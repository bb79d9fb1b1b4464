"""Why two engines differ on a pair: each one's way is driven in the other, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium

from geo.domain import LonLat
from routing.roads import Roads
from routing.table import RoadTable
from tests.bench.osrm import Osrm, Way

_TAGS = (
    *("highway", "access", "vehicle", "motor_vehicle", "motorcar", "oneway", "junction", "service"),
    *("barrier", "emergency", "bollard", "maxheight", "maxweight", "maxwidth", "area", "route"),
    *("oneway:motor_vehicle", "oneway:vehicle", "access:conditional", "motor_vehicle:conditional"),
    *("surface", "tracktype", "smoothness", "construction", "hov", "toll", "layer", "psv", "bus"),
)
_SLACK_S = 1.0
_SLACK_M = 2.0
_ISLAND = 2000  # states; smaller pieces of network are looked at for what cuts them off


class Replay:
    """Both engines on one map."""

    def __init__(self, file: Path, roads: Roads, table: RoadTable, engine: Osrm) -> None:
        self.file, self.roads, self.table, self.engine = file, roads, table, engine
        graph = roads.graph
        self.ms = graph.weights["car"].ms
        self.place = {node: index for index, node in enumerate(table.node_id.tolist())}
        self.edges: dict[tuple[int, int], list[int]] = {}
        ends = zip(table.edge_from.tolist(), table.edge_to.tolist(), strict=True)
        for edge, pair in enumerate(ends):
            self.edges.setdefault(pair, []).append(edge)

    def why(self, edges: Sequence[str], other: Way | None, start: LonLat, end: LonLat) -> str:
        """What is first found to differ, in words for a person who knows OSM tags."""
        found = []
        if other is not None and other.moved_m > _SLACK_M:
            moved = f"they move an end by {other.moved_m:.0f} m"
            found.append(f"{moved}, off a small piece that cannot be both entered and left")
        if not edges:
            found += [self._island(start, "start", forwards=True)]
            found += [self._island(end, "end", forwards=False)]
            found = [one for one in found if one]
        if other is not None and (reason := self._theirs(other)):
            found.append(f"their way: {reason}")
        if turned := self._turned(edges):
            found.append(turned)
        elif edges and not found and (reason := self._ours(edges)):
            found.append(f"our way: {reason}")
        return "; ".join(found) or "the same way, rounded otherwise"

    def _theirs(self, other: Way) -> str:
        """The first stretch or turn of their way that we would not drive, or value otherwise."""
        nodes = [self.place[node] for node in other.nodes if node in self.place]
        nodes = [node for index, node in enumerate(nodes) if index == 0 or node != nodes[index - 1]]
        driven: list[int] = []
        for start, end in pairwise(nodes):
            edges = self.edges.get((start, end), [])
            usable = [edge for edge in edges if self.ms[edge] >= 0]
            if not usable:
                ids = f"{self.table.node_id[start]} to {self.table.node_id[end]}"
                if not edges:
                    back = self.edges.get((end, start), [])
                    way = int(self.table.edge_way[back[0]]) if back else None
                    return f"we have no road {ids}{self._tags('w', way)}"
                return f"not for our car{self._tags('w', int(self.table.edge_way[edges[0]]))}"
            driven.append(min(usable, key=lambda edge: int(self.ms[edge])))
        return self._turns(driven, other)

    def _island(self, at: LonLat, what: str, *, forwards: bool) -> str:
        """How small the piece is that our car reaches from here, and what lies at its border."""
        graph = self.roads.graph
        network = graph.network("car")
        ptr = network.fwd_ptr if forwards else network.rev_ptr
        head = network.fwd_node if forwards else network.rev_node
        edge = network.fwd_edge if forwards else network.rev_edge
        node = int(np.argmin((graph.node_lon - at[0]) ** 2 + (graph.node_lat - at[1]) ** 2))
        first = network.states[network.states_ptr[node] : network.states_ptr[node + 1]].tolist()
        seen, waiting = set(first), list(first)
        while waiting and len(seen) < _ISLAND:
            state = waiting.pop()
            for place in range(ptr[state], ptr[state + 1]):
                other = int(head[place])
                if self.ms[edge[place]] >= 0 and other not in seen:
                    seen.add(other)
                    waiting.append(other)
        if waiting:
            return ""
        nodes = {int(network.node_of[state]) for state in seen}
        border = []
        for (a, b), edges in self.edges.items():
            if (a in nodes) != (b in nodes) and (a if forwards else b) in nodes:
                border += edges
        told = [self._tags("w", int(self.table.edge_way[one])).strip() for one in border[:3]]
        return f"{what} on a piece of {len(nodes)} nodes, {len(border)} roads lead on: {told}"

    def _turns(self, driven: list[int], other: Way) -> str:
        """Which turn our network refuses on this chain of edges."""
        network = self.roads.graph.network("car")
        states: set[int] | None = None
        for before, edge in pairwise([-1, *driven]):
            leaving = {}
            for place in range(network.arc_ptr[edge], network.arc_ptr[edge + 1]):
                tail = int(network.rev_node[network.rev_arc[place]])
                leaving[tail] = int(network.fwd_node[network.fwd_arc[place]])
            after = {head for tail, head in leaving.items() if states is None or tail in states}
            if not after:
                node = int(self.table.node_id[self.table.edge_from[edge]])
                ways = (int(self.table.edge_way[one]) for one in (before, edge))
                at = self._tags("n", node)
                return f"turn refused by us from way {next(ways)} to {next(ways)}{at}"
            states = after
        total = sum(int(self.ms[edge]) for edge in driven) / 1000
        ends = sum(int(self.ms[edge]) for edge in driven[:1] + driven[-1:]) / 1000
        moved = other.moved_m > _SLACK_M
        if not moved and abs(total - other.seconds) > _SLACK_S + ends + 0.005 * other.seconds:
            both = f"we drive it in {total:.1f} s, they in {other.seconds:.1f} s"
            return f"{both}: its ends lie on parts of roads"
        return ""

    def _turned(self, edges: Sequence[str]) -> str:
        """Where our way turns round on the road: they do that at dead ends alone."""
        graph = self.roads.graph
        chain = graph.find([one.rstrip("~") for one in edges]).tolist()
        for before, edge in pairwise(chain):
            node = int(graph.edge_to[before])
            roads = int((graph.edge_from[: graph.edges] == node).sum())
            if int(graph.mate[before]) == edge and roads > 1:
                where = int(graph.node_id[node])
                return f"our way turns round at junction {where}, they turn at dead ends alone"
        return ""

    def _ours(self, edges: Sequence[str]) -> str:
        """The first stretch of our way that takes them much longer."""
        graph = self.roads.graph
        chain = [int(one) for one in graph.find(edges)][1:-1]  # its ends are half driven
        if not chain:
            return ""
        nodes = [int(graph.edge_from[chain[0]]), *(int(graph.edge_to[edge]) for edge in chain)]
        spots = [(float(graph.node_lon[node]), float(graph.node_lat[node])) for node in nodes]
        for first in range(0, len(chain), 40):
            legs = self.engine.legs(spots[first : first + 41])
            if legs is None:
                return f"no way for them{self._tags('w', int(self.table.edge_way[chain[first]]))}"
            for index, spent in enumerate(legs, first):
                own = int(self.ms[chain[index]]) / 1000
                if spent > own + max(_SLACK_S, 0.2 * own):
                    way = int(self.table.edge_way[chain[index]])
                    ends = " to ".join(str(self.table.node_id[n]) for n in nodes[index : index + 2])
                    return (
                        f"{own:.1f} s for us, {spent:.1f} s for them, {ends}{self._tags('w', way)}"
                    )
        return self._refused(spots, chain)

    def _refused(self, spots: Sequence[tuple[float, float]], chain: Sequence[int]) -> str:
        """The first three stretches in a row that they do not drive in one go: a turn refused."""
        middles = []
        for edge in chain:
            points, metres = self.roads.graph.vertices(edge)
            half = metres[-1] / 2
            k = max(0, int((metres < half).sum()) - 1)
            t = (half - metres[k]) / max(metres[k + 1] - metres[k], 1e-9)
            middles.append(tuple((points[k] + t * (points[k + 1] - points[k])).tolist()))
        for first in range(0, len(chain) - 1, 40):
            legs = self.engine.legs(middles[first : first + 41]) or []
            for index, spent in enumerate(legs, first):
                own = (int(self.ms[chain[index]]) + int(self.ms[chain[index + 1]])) / 2000
                if spent > own + max(_SLACK_S, 0.2 * own):
                    node = int(self.table.node_id[self.table.edge_to[chain[index]]])
                    ways = [int(self.table.edge_way[one]) for one in chain[index : index + 2]]
                    at = self._tags("n", node)
                    return f"turn refused by them from way {ways[0]} to {ways[1]}{at}"
        return ""

    def _tags(self, kind: str, number: int | None) -> str:
        """`` (way 1 highway=service …)`` with the tags that decide who may drive."""
        if number is None:
            return ""
        reader = osmium.FileProcessor(
            str(self.file), osmium.osm.WAY if kind == "w" else osmium.osm.NODE
        ).with_filter(osmium.filter.IdFilter([number]))
        for item in reader:
            told = " ".join(f"{key}={item.tags[key]}" for key in _TAGS if key in item.tags)
            return f" ({'way' if kind == 'w' else 'node'} {number} {told})".replace(" )", ")")
        return f" ({'way' if kind == 'w' else 'node'} {number})"
