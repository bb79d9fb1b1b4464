"""Turn restrictions and barriers by their definition, on networkx: what the states must equal.

A node of the model is a graph node and the last edges driven to it, as many as any restriction
looks back on. Nothing here is shared with ``routing/turns.py`` or ``routing/automaton.py``: each
rule is asked anew at every junction.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import networkx as nx

from geo.domain import LonLat
from routing.barriers import stops
from routing.profiles import Profile
from routing.roads import Roads
from routing.table import Restriction, RoadTable

Path = tuple[int, ...]
Edges = defaultdict[int, list[tuple[int, int, int]]]


class Rules:
    """What one profile may do on the roads of a table."""

    def __init__(self, roads: Roads, table: RoadTable, profile: Profile) -> None:
        graph = roads.graph
        self.ms = graph.weights[profile.name].ms.tolist()
        self.start, self.end = graph.edge_from.tolist(), graph.edge_to.tolist()
        self.mate = graph.mate.tolist()
        self.leaving = defaultdict(list)
        for edge, ms in enumerate(self.ms):
            if ms >= 0:
                self.leaving[self.start[edge]].append(edge)
        ids = table.node_id.tolist()
        place = {one: index for index, one in enumerate(ids)}
        self.shut = {place[one.node] for one in table.barriers if stops(one, profile)}
        edges, reverse = by_way(table), table.reverse.tolist()
        self.banned: set[Path] = set()
        self.only: dict[Path, set[int]] = defaultdict(set)
        for one in table.restrictions:
            if not profile.obeys_turns or set(one.excepted) & set(profile.vehicles):
                continue
            if not set(one.vehicles or ["vehicle"]) & set(profile.vehicles):
                continue
            for path in meant(edges, reverse, one):
                if any(self.ms[edge] < 0 for edge in path):
                    continue
                if one.kind.startswith("only"):
                    self.only[path[:-1]].add(path[-1])
                else:
                    self.banned.add(path)
        self.first = {path[0] for path in (*self.banned, *self.only)}
        self.memory = max([2, *(len(p) for p in self.banned), *(len(p) + 1 for p in self.only)])

    def kept(self, driven: Path) -> Path:
        """What is worth remembering: from an edge where some restriction begins, else the last."""
        for at in range(max(0, len(driven) - self.memory), len(driven) - 1):
            if driven[at] in self.first:
                return driven[at:]
        return driven[-1:]

    def ban(self, driven: Path, onto: int) -> bool:
        """Whether a restriction itself forbids the next edge."""
        for size in range(1, len(driven) + 1):
            tail = driven[-size:]
            if (*tail, onto) in self.banned or onto not in self.only.get(tail, {onto}):
                return True
        return False

    def bears_ban(self, prefix: Path, least: int) -> bool:
        """Whether something is forbidden behind these edges, and looks back on so many of them."""
        return any(
            self.ban(prefix, edge) and not self.ban(prefix[len(prefix) - least + 1 :], edge)
            for edge in self.leaving[self.end[prefix[-1]]]
        )

    def may(self, driven: Path, onto: int) -> bool:
        """Whether the next edge may be driven after these."""
        if not driven:
            return True
        last = driven[-1]
        if self.end[last] in self.shut and onto != self.mate[last]:
            return False
        if self.ban(driven, onto):
            return False
        if onto != self.mate[last] or len(driven) < 2:
            return True
        if self.leaving[self.end[last]] == [onto]:
            return True
        # Back and forth on the edge that bears a ban leads before the ban again.
        least = 2 if last == self.mate[driven[-2]] else 1
        return not self.bears_ban(driven[:-1], least)


def by_way(table: RoadTable) -> Edges:
    """The edges of each way, with the ids of the nodes at their ends."""
    ids = table.node_id.tolist()
    columns = (table.edge_way, table.edge_from, table.edge_to)
    edges: Edges = defaultdict(list)
    for edge, row in enumerate(zip(*(one.tolist() for one in columns), strict=True)):
        way, start, end = row
        edges[way].append((edge, ids[start], ids[end]))
    return edges


def meant(edges: Edges, reverse: Sequence[int], one: Restriction) -> list[Path]:
    """The edges that a restriction names, where each of its via ways is a single edge."""
    if not one.via_ways:
        ins = [edge for edge, _, end in edges[one.from_way] if end == one.via_node]
        outs = [edge for edge, start, _ in edges[one.to_way] if start == one.via_node]
        if one.from_way == one.to_way and one.kind.endswith("u_turn"):
            return [(edge, reverse[edge]) for edge in ins if reverse[edge] >= 0]
        return [(ins[0], outs[0])] if len(ins) == len(outs) == 1 else []
    found = set()
    for first, _, node in edges[one.from_way]:
        runs = [((first,), (node,))]
        for way in one.via_ways:
            runs = [
                ((*run, edge), (*seen, end))
                for run, seen in runs
                for edge, start, end in edges[way]
                if start == seen[-1] and end not in seen
            ]
        found |= {
            (*run, edge)
            for run, seen in runs
            for edge, start, _ in edges[one.to_way]
            if start == seen[-1]
        }
    return sorted(found) if len(found) == 1 else []


def times_by_rules(
    roads: Roads, rules: Rules, profile: str, at: LonLat, places: Sequence[LonLat]
) -> list[int | None]:
    """Milliseconds from ``at`` to each place."""
    model = nx.DiGraph()
    snaps = roads.snap([at, *places], profile=profile)
    origin = snaps[0]
    if origin is None:
        return [None] * len(places)
    begun: list[tuple[int, Path, int]] = []  # node, driven, ms
    here = _on(roads, rules, origin.edge, origin.fraction)
    if origin.fraction in (0.0, 1.0):
        begun.append((rules.end[here[0][0]] if origin.fraction else rules.start[here[0][0]], (), 0))
    else:
        begun += [
            (rules.end[edge], (edge,), rules.ms[edge] - _spent(share, rules.ms[edge]))
            for edge, share in here
        ]
    waiting = [(node, driven) for node, driven, _ in begun]
    for node, driven, ms in begun:
        model.add_edge("origin", (node, driven), ms=ms)
    seen = set(waiting)
    taken = defaultdict(list)  # edge -> model nodes from which it may be taken
    while waiting:
        node, driven = waiting.pop()
        for edge in rules.leaving[node]:
            if not rules.may(driven, edge):
                continue
            taken[edge].append((node, driven))
            there = (rules.end[edge], rules.kept((*driven, edge)))
            model.add_edge((node, driven), there, ms=rules.ms[edge])
            if there not in seen:
                seen.add(there)
                waiting.append(there)
    reached = nx.single_source_dijkstra_path_length(model, "origin", weight="ms")
    at_node = defaultdict(list)
    for one, ms in reached.items():
        if one != "origin":
            at_node[one[0]].append(ms)
    return [_arrival(roads, rules, here, origin, one, reached, taken, at_node) for one in snaps[1:]]


def _arrival(roads, rules, here, origin, snap, reached, taken, at_node) -> int | None:  # type: ignore[no-untyped-def]
    if snap is None:
        return None
    there = _on(roads, rules, snap.edge, snap.fraction)
    found = []
    if snap.fraction in (0.0, 1.0):
        edge = there[0][0]
        found += at_node[rules.end[edge] if snap.fraction else rules.start[edge]]
    else:
        for edge, share in there:
            entry = _spent(share, rules.ms[edge])
            found += [reached[one] + entry for one in taken[edge] if one in reached]
            if origin.fraction not in (0.0, 1.0):
                found += [
                    entry - _spent(begun, rules.ms[edge])
                    for own, begun in here
                    if own == edge and begun <= share
                ]
    return min(found, default=None)


def _on(roads: Roads, rules: Rules, name: str, share: float) -> list[tuple[int, float]]:
    """The directed edges on which a place stands, with its share along each."""
    edge = int(roads.graph.find([name.rstrip("~")])[0])
    edge = rules.mate[edge] if name.endswith("~") else edge
    mate = rules.mate[edge]
    both = [(edge, share), (mate, 1 - share)]
    usable = [(one, at) for one, at in both if one >= 0 and rules.ms[one] >= 0]
    return usable or [(edge, share)]


def _spent(share: float, ms: int) -> int:
    return math.floor(share * ms + 0.5)
