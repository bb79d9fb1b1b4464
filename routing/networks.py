"""Which profiles share a network, and the networks themselves."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np

from routing.automaton import restricted_moves
from routing.network import Network, lay_out
from routing.profiles import Profile
from routing.streets import Streets, Word
from routing.table import Bools, Int32s, RoadTable
from routing.turns import Verdict, binds, dead_ends, forbidden, shut_nodes, verdicts

Words = frozenset[Word]


@dataclass
class _Group:
    """Profiles that share a network so far, each with its edges and words; and all their words."""

    mode: str
    words: Words
    members: dict[str, tuple[Bools, Words]]

    def fits(self, mine: Bools, words: Words) -> bool:
        """Whether a profile may join: each could drive no other word of the network than its own,
        so that no profile's ways depend on who shares its network."""
        both = (self.words | words) if words != self.words else words
        return all(
            _drivable(both, edges) == own for edges, own in (*self.members.values(), (mine, words))
        )


def make_networks(
    table: RoadTable,
    profiles: Mapping[str, Profile],
    ms: Mapping[str, Int32s],
    streets: Streets,
) -> tuple[dict[str, Network], dict[str, str]]:
    """Networks by name, and the name of each profile's.

    ``ms`` (e,) are each profile's weights, -1 where it may not go. A profile's forbidden words
    follow from its own edges alone; profiles of one mode share a network where those of its words
    that each of them could drive are its own.
    """
    found = verdicts(table)
    groups: list[_Group] = []
    known: dict[Hashable, Words] = {}
    for name, profile in profiles.items():
        mine = ms[name] >= 0
        words = _words(table, profile, mine, streets, found, known)
        alike = (one for one in groups if one.mode == profile.mode and one.fits(mine, words))
        group = next(alike, None)
        if group is None:
            group = _Group(profile.mode, words, {})
            groups.append(group)
        group.words |= words
        group.members[name] = mine, words
    modes = [group.mode for group in groups]
    networks: dict[str, Network] = {}
    network_of: dict[str, str] = {}
    for group in groups:
        names = list(group.members)
        key = group.mode if modes.count(group.mode) == 1 else f"{group.mode}-{names[0]}"
        usable = np.any([edges for edges, _ in group.members.values()], axis=0)
        moves = restricted_moves(streets, usable, group.words)
        networks[key] = lay_out(moves, table.node_lon, table.node_lat, group.words)
        network_of |= dict.fromkeys(names, key)
    return networks, {name: network_of[name] for name in profiles}


def _words(
    table: RoadTable,
    profile: Profile,
    mine: Bools,
    streets: Streets,
    found: tuple[Verdict, ...],
    known: dict[Hashable, Words],
) -> Words:
    """What is forbidden to a profile that may use these edges, whoever else there is."""
    bound = tuple(at for at, one in enumerate(found) if binds(one.restriction, profile))
    shut = shut_nodes(table, profile)
    key = bound, shut, mine.tobytes()
    if key not in known:
        ends = dead_ends(streets.start, streets.end, streets.mate, mine)
        paths = [(found[at].only, path) for at in bound for path in found[at].paths]
        known[key] = forbidden(paths, shut, streets, mine, ends)
    return known[key]


def _drivable(words: Words, usable: Bools) -> Words:
    """The words of usable edges alone."""
    return frozenset(word for word in words if all(usable[edge] for edge in word))
