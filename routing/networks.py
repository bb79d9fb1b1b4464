"""Which profiles share a network, and the networks themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from routing.automaton import restricted_moves
from routing.network import Network, lay_out
from routing.profiles import Profile
from routing.table import Bools, Int32s, RoadTable
from routing.turns import (
    Streets,
    Verdict,
    binds,
    dead_ends,
    forbidden,
    shut_nodes,
    verdicts,
)

Signature = tuple[str, tuple[int, ...], tuple[int, ...]]


def make_networks(
    table: RoadTable,
    profiles: Mapping[str, Profile],
    ms: Mapping[str, Int32s],
    streets: Streets,
) -> tuple[dict[str, Network], dict[str, str]]:
    """Networks by name, and the name of each profile's.

    ``ms`` (e,) are each profile's weights, -1 where it may not go. Profiles of one mode whom the
    same restrictions bind and the same barriers stop share a network.
    """
    found = verdicts(table)
    groups: defaultdict[Signature, list[str]] = defaultdict(list)
    for name, signature in _signatures(table, profiles, ms, streets, found).items():
        groups[signature].append(name)
    modes = [mode for mode, *_ in groups]
    networks: dict[str, Network] = {}
    network_of: dict[str, str] = {}
    for (mode, bound, shut), names in groups.items():
        key = mode if modes.count(mode) == 1 else f"{mode}-{names[0]}"
        each = [ms[name] >= 0 for name in names]
        usable = np.any(each, axis=0)
        ends = dead_ends(streets.start, streets.end, streets.mate, each)
        paths = [(found[at].only, path) for at in bound for path in found[at].paths]
        words = forbidden(paths, shut, streets, usable, ends)
        moves = restricted_moves(streets, usable, words)
        networks[key] = lay_out(moves, table.node_lon, table.node_lat, words)
        network_of |= dict.fromkeys(names, key)
    return networks, {name: network_of[name] for name in profiles}


def _signatures(
    table: RoadTable,
    profiles: Mapping[str, Profile],
    ms: Mapping[str, Int32s],
    streets: Streets,
    found: tuple[Verdict, ...],
) -> dict[str, Signature]:
    """Mode, restrictions that bind and barriers that stop: only those that matter to some profile
    of the mode."""
    out: dict[str, Signature] = {}
    for mode in sorted({profile.mode for profile in profiles.values()}):
        names = [name for name, profile in profiles.items() if profile.mode == mode]
        usable = np.any([ms[name] >= 0 for name in names], axis=0)
        real = [
            at
            for at, verdict in enumerate(found)
            if any(all(usable[edge] for edge in path) for path in verdict.paths)
        ]
        matters: dict[int, bool] = {}
        for name in names:
            profile = profiles[name]
            bound = tuple(at for at in real if binds(found[at].restriction, profile))
            shut = shut_nodes(table, profile)
            for node in shut - matters.keys():
                matters[node] = _goes_through(node, streets, usable)
            out[name] = (mode, bound, tuple(sorted(node for node in shut if matters[node])))
    return {name: out[name] for name in profiles}


def _goes_through(node: int, streets: Streets, usable: Bools) -> bool:
    """Whether anything but turning back leads through a node."""
    leaving = [edge for edge in streets.leaving(node) if usable[edge]]
    entering = [edge for edge in streets.entering(node) if usable[edge]]
    return any(streets.mate[edge] != other for edge in entering for other in leaving)
