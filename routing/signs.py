"""Signs of a road that name one kind of vehicle, or walkers: they come before its ``access``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from routing.table import Bools, RoadTable

if TYPE_CHECKING:
    from routing.profiles import Profile

VEHICLES = ("motorcar", "hgv", "goods", "bus", "psv")
_CLOSED = frozenset(("no", "private", "military", "agricultural", "forestry", "emergency"))


def special_signs(tags: Mapping[str, str], access: str, *, on_foot: bool) -> str:
    """The signs of an OSM way that say other than its ``access`` word: "bus=yes;hgv=no".

    Walkers heed ``foot``, and ``access=no``; a way for walkers has their word in ``access``.
    """
    said = {key: tags[key] for key in VEHICLES if key in tags}
    out = {key: word for key, word in said.items() if (word in _CLOSED) != (access in _CLOSED)}
    if not on_foot:
        walkers = tags.get("foot") or ("no" if tags.get("access") == "no" else "")
        if walkers in _CLOSED:
            out["foot"] = walkers
    return ";".join(f"{key}={word}" for key, word in sorted(out.items()))


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
    signs = dict(sign.split("=", 1) for sign in text.split(";"))
    if profile.emergency:
        opened = (signs[key] for key in VEHICLES if key in signs and signs[key] not in _CLOSED)
        return next(opened, None)
    return next((signs[key] for key in profile.vehicles if key in signs), None)
