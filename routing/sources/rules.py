"""Which ways are roads: data/roads/osm.toml, read once and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geo.errors import BadFile
from geo.home import DATA


@dataclass(frozen=True, slots=True)
class Rules:
    """What becomes a road and what its short-hand means."""

    keep: frozenset[str]
    foot_only: frozenset[str]
    never_driven: frozenset[str]  # of these, what no sign opens to vehicles
    implied_oneway: frozenset[str]
    drop_reason: Mapping[str, str]  # highway value -> why it is left out
    implied_speed: Mapping[str, float]


@cache
def road_rules(path: Path = DATA / "roads" / "osm.toml") -> Rules:
    """The rules of a file; BadFile names the key that is wrong."""
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
        keep = frozenset(body["keep"])
        foot_only = frozenset(body["foot_only"])
        if strange := foot_only - keep:
            raise ValueError(f"foot_only has classes that keep has not: {sorted(strange)}")
        return Rules(
            keep=keep,
            foot_only=foot_only,
            never_driven=frozenset(body["never_driven"]),
            implied_oneway=frozenset(body["implied_oneway"]),
            drop_reason={value: why for why, values in body["drop"].items() for value in values},
            implied_speed={key: float(value) for key, value in body["implied_speed"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(
            f"{path.name}: {error}.",
            remedy="Mend the file; data/roads of the release shows its form.",
            file=str(path),
        ) from error
