"""Who passes a gate, a bollard, a chain: data/roads/osm.toml and the barrier's own signs.

A profile's ``passes`` names the kinds it passes where no sign says otherwise. The sign that is
most special to the profile counts: ``emergency`` before ``hgv`` before ``motor_vehicle`` before
``vehicle`` before ``access``. Who is stopped may turn back, and may stand at the barrier.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geo.errors import BadFile
from geo.home import DATA
from routing.profiles import Profile
from routing.table import Barrier

SIGNS = (
    *("access", "vehicle", "motor_vehicle", "motorcar", "hgv", "goods", "bus", "psv"),
    *("emergency", "foot"),
)
"""Keys of a barrier's ``access`` that are read."""
_NOT_FOR_ALL = frozenset(
    (
        *("no", "private", "military", "agricultural", "forestry", "delivery", "customers"),
        *("permit", "employees", "official", "residents", "psv", "hgv", "bus"),
    )
)
"""Words that say who is meant, not whether the thing gives way: then its kind decides."""


@dataclass(frozen=True, slots=True)
class BarrierRules:
    """Kinds of barrier: what stops nobody, and what a crew on duty opens."""

    harmless: frozenset[str]
    opened: frozenset[str]


@cache
def barrier_rules(path: Path = DATA / "roads" / "osm.toml") -> BarrierRules:
    """The ``[barriers]`` table; BadFile names the key that is wrong."""
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))["barriers"]
        return BarrierRules(*(frozenset(body[key]["kinds"]) for key in ("harmless", "opened")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFile(
            f"{path.name}: barriers: {error}.",
            remedy="Mend the file; data/roads of the release shows its form.",
            file=str(path),
        ) from error


def stops(barrier: Barrier, profile: Profile) -> bool:
    """Whether a profile must turn back at a barrier."""
    for size, limit in (("height_m", barrier.max_height_m), ("width_m", barrier.max_width_m)):
        own = profile.limits.get(size)
        if own is not None and limit is not None and limit < own.value:
            return True
    signs = dict(sign.split("=", 1) for sign in barrier.access)
    key = next((key for key in (*profile.vehicles, "access") if key in signs), None)
    word = signs[key] if key is not None else ""
    if word in profile.refused_access:
        crew = profile.emergency and key != "emergency"
        return not (crew and barrier.kind in barrier_rules().opened)
    if word and word not in _NOT_FOR_ALL:
        return False
    return barrier.kind not in profile.passes and barrier.kind not in barrier_rules().harmless
