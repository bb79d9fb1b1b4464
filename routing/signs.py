"""Signs of a road that name one kind of vehicle, or walkers: they come before its ``access``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from routing.table import Bools, RoadTable

if TYPE_CHECKING:
    from routing.profiles import Profile

VEHICLES = ("motorcar", "hgv", "goods", "bus", "psv")
_ALL_VEHICLES = ("motor_vehicle", "vehicle")  # the more special first
OPENS = frozenset(("yes", "designated", "permissive", "destination", "official"))
"""Words that open a way for walkers to the vehicles named (OSM wiki: Key:access)."""
_CLOSED = frozenset(("no", "private", "military", "agricultural", "forestry", "emergency"))


def special_signs(tags: Mapping[str, str], access: str, *, on_foot: bool) -> str:
    """The signs of an OSM way that say other than its ``access`` word: "bus=yes;hgv=no".

    Walkers heed ``foot``, and ``access=no``; a way for walkers has their word in ``access``, and
    every word for vehicles here if one of them opens it ("motor_vehicle=destination").
    """
    if on_foot and opened_to_vehicles(tags):
        out = {key: tags[key] for key in (*VEHICLES, *_ALL_VEHICLES) if key in tags}
        return ";".join(f"{key}={word}" for key, word in sorted(out.items()))
    said = {key: tags[key] for key in VEHICLES if key in tags}
    out = {key: word for key, word in said.items() if (word in _CLOSED) != (access in _CLOSED)}
    if not on_foot:
        walkers = tags.get("foot") or ("no" if tags.get("access") == "no" else "")
        if walkers in _CLOSED:
            out["foot"] = walkers
    return ";".join(f"{key}={word}" for key, word in sorted(out.items()))


def read_signs(text: str) -> dict[str, str]:
    """The words of a ``signs`` column by their keys."""
    return dict(sign.split("=", 1) for sign in text.split(";") if sign)


def opened_to_vehicles(tags: Mapping[str, str]) -> bool:
    """Whether the signs of a way for walkers let a vehicle of some kind in.

    They must name vehicles. ``access=yes`` or ``permissive`` alone does not do: for motor vehicles
    these classes default to no, whoever else may come (OSM wiki: OSM tags for routing/Access
    restrictions), and mappers write it of walkers and cyclists. ``vehicle`` without
    ``motor_vehicle`` means every vehicle; beside ``motor_vehicle=no`` it means bicycles.
    """
    general = next((tags[key] for key in _ALL_VEHICLES if key in tags), "")
    return general in OPENS or any(tags.get(key) in OPENS for key in VEHICLES)


def opened_by_signs(table: RoadTable, profile: Profile) -> Bools:
    """(m,) which edges have a sign that lets this profile in by name."""
    spoken = {text: bool(text) and _word(text, profile) in OPENS for text in set(table.signs)}
    return np.array([spoken[text] for text in table.signs] or [False] * table.edges, dtype=np.bool_)


def heeding_signs(table: RoadTable, profile: Profile, refused: Bools) -> Bools:
    """(m,) which edges refuse a profile, when its own signs come before the general word.

    A crew on duty is not stopped by a sign for lorries, and goes where any vehicle may (bus lanes).
    """
    if not len(table.signs):
        return refused
    out = refused.copy()
    rows = np.flatnonzero(table.signs != "")
    for text in sorted(set(table.signs[rows].tolist())):
        word = _word(text, profile)
        if word is not None:
            out[rows[table.signs[rows] == text]] = word in profile.refused_access
    return out


def _word(text: str, profile: Profile) -> str | None:
    """The word that speaks to a profile; None: none does."""
    signs = read_signs(text)
    if profile.emergency:
        general = next((key for key in _ALL_VEHICLES if key in signs), "")
        opened = (signs[key] for key in (*VEHICLES, general) if signs.get(key, "no") not in _CLOSED)
        return next(opened, None)
    return next((signs[key] for key in profile.vehicles if key in signs), None)
