"""What is done at each junction of a way, decided from what is seen there. No words.

A driver is told to act only where there is a choice: a road that bends, or changes its name
where nothing branches off, asks for nothing.
"""

from __future__ import annotations

from typing import TypeVar, get_args

import numpy as np
import numpy.typing as npt

from geo.domain import Maneuver
from routing.junctions import MINOR, Junctions
from routing.table import Bools, Floats

MANEUVERS: tuple[Maneuver, ...] = get_args(Maneuver)
T = TypeVar("T", bound=np.generic)
Codes = npt.NDArray[np.int8]
CODE = {name: code for code, name in enumerate(MANEUVERS)}

# Degrees between what a driver would call straight on, half, whole and sharp turns [A].
STRAIGHT = 25.0
SLIGHT = 60.0
SHARP = 120.0
BACK = 165.0
FORK = 50.0  # two ways on, both less than this off straight and less than this apart, are a fork


def decide(seen: Junctions, first: Bools) -> Codes:
    """(t,) index into MANEUVERS at the start of each edge; ``first``: a way begins with it."""
    turn, size = seen.turn, np.abs(seen.turn)
    choice = ~first & (seen.others > 0)
    entered, left = _before(seen.ring) & ~first, _before(seen.link) & ~first
    rank_before = _before(seen.rank)
    same = ~first & _same_road(seen)
    straighter = np.abs(seen.rival) < size - 5
    # What leaves a road that goes on: a lesser road beside it is no choice for who stays.
    lesser = same & (seen.rival_rank > seen.rank)
    fork = choice & (size < FORK) & (np.abs(seen.rival) < FORK) & (seen.rival_rank < MINOR)
    fork &= (np.abs(seen.rival - turn) < FORK) & ~(lesser & (size < STRAIGHT))

    out = np.zeros(len(turn), dtype=np.int8)
    named = (seen.road != _before(seen.road)) & (seen.road != seen.nameless)
    named &= _before(seen.road) != seen.nameless
    out[choice & (size < STRAIGHT) & named] = CODE["straight"]
    bends = same & ~straighter
    slight = choice & (size >= STRAIGHT) & (size < SLIGHT) & ~bends
    _sided(out, slight, turn, "slight_left", "slight_right")
    _sided(out, fork, turn - seen.rival, "keep_left", "keep_right")
    alone = bends & (seen.rival_rank >= MINOR) & (seen.rank < MINOR)
    whole = choice & (size >= SLIGHT) & (size < SHARP) & ~alone
    _sided(out, whole, turn, "left", "right")
    _sided(out, choice & (size >= SHARP), turn, "sharp_left", "sharp_right")
    big = seen.rank < 2.0  # motorways, trunk roads and their links
    out[big & ~seen.link & left & ~first & (size < SLIGHT)] = CODE["merge"]
    ramp = choice & big & seen.link & ~left & (size < SLIGHT)
    out[ramp] = CODE["ramp"]
    out[ramp & (rank_before < 1.0)] = CODE["exit"]
    out[seen.back | (choice & (size >= BACK))] = CODE["uturn"]
    out[~first & seen.ring] = 0
    out[~first & seen.ring & ~entered] = CODE["roundabout"]
    out[~first & ~seen.ring & entered] = CODE["leave_roundabout"]
    out[first] = CODE["depart"]
    return out


def _same_road(seen: Junctions) -> Bools:
    same: Bools = (seen.name == _before(seen.name)) & (seen.name != seen.nameless)
    same |= (seen.ref == _before(seen.ref)) & (seen.ref != seen.nameless)
    return same


def _before(values: npt.NDArray[T]) -> npt.NDArray[T]:
    return np.roll(values, 1)


def _sided(out: Codes, where: Bools, side: Floats, left: Maneuver, right: Maneuver) -> None:
    out[where & (side < 0)] = CODE[left]
    out[where & (side >= 0)] = CODE[right]
