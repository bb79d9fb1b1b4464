"""Which turns are forbidden to whom: restrictions and barriers as *words* of edges.

A word is a sequence of edges that nobody bound by it may drive one after the other. ``no_*``
forbids from, (via ways,) to. ``only_*`` forbids every other edge behind from (and via ways), the
U-turn too; several ``only_*`` behind the same edges allow each of theirs. A barrier that stops a
profile forbids every way through its node, not turning back.

**No way round just behind.** Whoever obeys a restriction and takes another road there may not
turn on that very road and come back (word + its edge + the opposite edge), else every ban could
be evaded by a U-turn a few metres on. Where that road ends, and only the way back leads on,
turning is allowed; so is turning at any later junction, in a loop or round a block. A closure
makes no dead end: words are compiled once, for the roads as they are when all are open.

**Each profile for itself.** Where a road ends, and whether an ``only_*`` leads anywhere, follows
from the roads that the profile itself may use. An ``only_*`` onto a road closed to it does not
bind it; of several behind the same edges those onto its roads do.

Members must meet at the via node. A way that runs through it without being split there, so that
the turn could mean two things, makes the restriction *ambiguous*: not obeyed, and listed
(the OSM wiki asks mappers to split the way). For ``no_u_turn`` from and back into one way it is
not ambiguous: nobody turns back on that way, from either side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from routing.barriers import stops
from routing.profiles import Profile
from routing.streets import Streets, Word
from routing.table import Bools, Int32s, Restriction, RoadTable

Why = Literal["", "one_way", "way_outside", "via_outside", "not_connected", "ambiguous"]
_MOST_VIA_EDGES = 100  # on the way through via ways; restrictions of more are not obeyed


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a restriction means on the roads of a table.

    ``paths`` run over from, via ways, to. ``why`` says why there are none: ``one_way``, the turn
    cannot be driven anyway; ``way_outside`` and ``via_outside``, a member is no road of the table;
    ``not_connected``, its members do not meet; ``ambiguous``, see the module.
    """

    restriction: Restriction
    paths: tuple[Word, ...]
    why: Why = ""

    @property
    def only(self) -> bool:
        """Whether the paths are the only ones allowed, not the forbidden ones."""
        return self.restriction.kind.startswith("only_")

    @property
    def obeyed(self) -> bool:
        """Whether no route goes against it."""
        return self.why in ("", "one_way")


def verdicts(table: RoadTable) -> tuple[Verdict, ...]:
    """For each restriction of the table which turns it means, or why it cannot be obeyed."""
    named = {way for one in table.restrictions for way in (one.from_way, one.to_way, *one.via_ways)}
    mine = np.flatnonzero(np.isin(table.edge_way, np.array(sorted(named), dtype=np.int64)))
    edges: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for edge, way, start, end in zip(
        mine.tolist(),
        table.edge_way[mine].tolist(),
        table.node_id[table.edge_from[mine]].tolist(),
        table.node_id[table.edge_to[mine]].tolist(),
        strict=True,
    ):
        edges[way].append((edge, start, end))
    nodes = set(table.node_id.tolist()) if table.restrictions else set()
    reverse = table.reverse
    return tuple(_verdict(one, edges, nodes, reverse) for one in table.restrictions)


def binds(restriction: Restriction, profile: Profile) -> bool:
    """Whether a restriction speaks to a profile. One for named vehicles binds only these; what
    ``except`` names is released, whatever else it counts as."""
    if not profile.obeys_turns or not set(restriction.excepted).isdisjoint(profile.vehicles):
        return False
    return not set(restriction.vehicles or ("vehicle",)).isdisjoint(profile.vehicles)


def forbidden(
    paths: Iterable[tuple[bool, Word]],
    shut: Iterable[int],
    streets: Streets,
    usable: Bools,
    dead_end: Bools,
) -> frozenset[Word]:
    """The words of one profile: of restrictions (whether only this is allowed, and its path), and
    of the nodes ``shut`` by barriers.

    ``usable`` (e,) says which edges it may use, ``dead_end`` (e,) at whose ends only the way
    back leads on. Words with edges that are not usable are left out; an ``only_*`` onto a road
    that the profile may not take does not bind it: it would have to stop there.
    """
    words: set[Word] = set()
    only: defaultdict[Word, set[int]] = defaultdict(set)
    for alone, path in paths:
        if not all(usable[edge] for edge in path):
            continue
        if alone:
            only[path[:-1]].add(path[-1])
        else:
            words.add(path)
    for prefix, allowed in only.items():
        words |= {
            (*prefix, other)
            for other in streets.onward(prefix[-1])
            if usable[other] and other not in allowed
        }
    words = _shortest(words)
    words |= _turns_behind(words, streets, usable, dead_end)
    for node in shut:
        leaving = [edge for edge in streets.leaving(node) if usable[edge]]
        entering = [edge for edge in streets.entering(node) if usable[edge]]
        words |= {
            (edge, other) for edge in entering for other in leaving if other != streets.mate[edge]
        }
    return frozenset(_shortest(words))


def shut_nodes(table: RoadTable, profile: Profile) -> frozenset[int]:
    """The nodes (places in the table) whose barrier stops a profile."""
    ids = [one.node for one in table.barriers if stops(one, profile)]
    place = np.searchsorted(table.node_id, np.array(ids, dtype=np.int64))
    known = place < table.nodes
    known[known] = table.node_id[place[known]] == np.array(ids, dtype=np.int64)[known]
    return frozenset(place[known].tolist())


def dead_ends(start: Int32s, end: Int32s, mate: Int32s, usable: Bools) -> Bools:
    """(e,) edges that a profile may use and can only leave by turning back."""
    nodes = int(max(start.max(initial=-1), end.max(initial=-1))) + 1
    leaving = np.bincount(start[usable], minlength=nodes)
    back = (mate >= 0) & usable[mate]
    return usable & back & (leaving[end] == 1)


def _verdict(
    one: Restriction,
    edges: Mapping[int, Sequence[tuple[int, int, int]]],
    nodes: set[int],
    reverse: Int32s,
) -> Verdict:
    if any(way not in edges for way in (one.from_way, one.to_way, *one.via_ways)):
        return Verdict(one, (), "way_outside")
    if one.via_ways:
        return _along_ways(one, edges)
    if one.via_node not in nodes:
        return Verdict(one, (), "via_outside")
    touching = [
        {edge for edge, *ends in edges[way] if one.via_node in ends}
        for way in (one.from_way, one.to_way)
    ]
    if not (touching[0] and touching[1]):
        return Verdict(one, (), "not_connected")
    entering = [edge for edge, _, end in edges[one.from_way] if end == one.via_node]
    leaving = [edge for edge, start, _ in edges[one.to_way] if start == one.via_node]
    if one.from_way == one.to_way and one.kind.endswith("u_turn"):
        back = [(edge, int(reverse[edge])) for edge in entering if reverse[edge] >= 0]
        return Verdict(one, tuple(back), "" if back else "one_way")
    if not (entering and leaving):
        return Verdict(one, (), "one_way")
    if len(entering) > 1 or len(leaving) > 1:
        return Verdict(one, (), "ambiguous")
    return Verdict(one, ((entering[0], leaving[0]),))


def _along_ways(one: Restriction, edges: Mapping[int, Sequence[tuple[int, int, int]]]) -> Verdict:
    """The paths from, along all the via ways in their order, to; no node of them twice."""
    found: set[Word] = set()
    stack: list[tuple[Word, int, int, frozenset[int]]] = [
        ((edge,), end, 0, frozenset((end,))) for edge, _, end in edges[one.from_way]
    ]
    tried = 0
    while stack and tried < 10_000:
        tried += 1
        path, node, begun, seen = stack.pop()
        if begun == len(one.via_ways):
            last = ((*path, edge) for edge, start, _ in edges[one.to_way] if start == node)
            found.update(last)
        if len(path) > _MOST_VIA_EDGES:
            continue
        for number in (begun - 1, begun):
            if not 0 <= number < len(one.via_ways):
                continue
            for edge, start, end in edges[one.via_ways[number]]:
                if start == node and end not in seen:
                    stack.append(((*path, edge), end, number + 1, seen | {end}))
    if len(found) == 1:
        return Verdict(one, tuple(found))
    if found:
        return Verdict(one, (), "ambiguous")
    return Verdict(one, (), _why_none(one, edges))


def _why_none(one: Restriction, edges: Mapping[int, Sequence[tuple[int, int, int]]]) -> Why:
    """``one_way`` where neighbours in from, via ways, to share a node; else they do not meet."""
    chain = (one.from_way, *one.via_ways, one.to_way)
    ends = [{node for _, *pair in edges[way] for node in pair} for way in chain]
    met = all(not a.isdisjoint(b) for a, b in pairwise(ends))
    return "one_way" if met else "not_connected"


def _turns_behind(words: set[Word], streets: Streets, usable: Bools, dead_end: Bools) -> set[Word]:
    """The U-turns on the roads taken instead of what a word forbids."""
    out: set[Word] = set()
    for prefix in {word[:-1] for word in words}:
        for other in streets.onward(prefix[-1]):
            back = int(streets.mate[other])
            if not usable[other] or back < 0 or not usable[back] or dead_end[other]:
                continue
            # Back and forth on the one edge that bears the ban leads before the ban again.
            again = len(prefix) == 1 and other == streets.mate[prefix[-1]]
            if again or _ends_with((*prefix, other), words):
                continue
            out.add((*prefix, other, back))
    return out


def _ends_with(path: Word, words: set[Word]) -> bool:
    return any(path[at:] in words for at in range(len(path) - 1))


def _shortest(words: set[Word]) -> set[Word]:
    """Without the words that hold another word: whoever may not drive that comes no further."""

    def holds(word: Word) -> bool:
        size = len(word)
        return any(
            word[a:b] in words for a in range(size) for b in range(a + 2, size + 1) if b - a < size
        )

    return {word for word in words if not holds(word)}
