"""A place as it was found: what, where, how, how exactly, by whose data; and why none was."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from geo.canonical import instant
from geo.domain import LonLat
from geo.errors import NotFound, OneMapError
from geo.queries.waymarks import Sense
from geo.spelling import fold
from geo.words import say
from server.checks import straight_m

if TYPE_CHECKING:
    from routing.roads import Roads

Kind = Literal[
    "point", "post", "crossing", "overpass", "bridge", "tunnel",
    "risk", "resource", "district", "name", "road",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A place that the words may mean. ``match``: 0 the whole name, 1 its end, 2 a part."""

    kind: Kind
    name: str
    at: LonLat
    how: str  # a key under where.how, with ``values`` for its sentence
    values: Mapping[str, object] = field(default_factory=dict)
    within_m: float | None = None  # how far off it may be; None: not known
    source: str = ""
    id: str | None = None
    detail: str = ""
    category: str | None = None
    sense: Sense | None = None  # of a kilometre: which carriageway
    bearing_deg: float | None = None
    updated_at: datetime | None = None
    match: int = 0

    def said(self, language: str) -> str:
        """How it was found, in words."""
        values = {k: _said(v, language) for k, v in self.values.items()}
        return say(f"where.how.{self.how}", language, **values)


def place_json(one: Place) -> dict[str, Any]:
    """A place as JSON; null is "not known"."""
    return {
        "kind": one.kind,
        "name": one.name,
        "lon": one.at[0],
        "lat": one.at[1],
        "how": one.how,
        "how_zh": one.said("zh-CN"),
        "how_en": one.said("en"),
        "within_m": one.within_m,
        "source": one.source or None,
        "updated_at": None if one.updated_at is None else instant(one.updated_at),
        "id": one.id,
        "detail": one.detail or None,
        "category": one.category,
        "sense": one.sense,
        "bearing_deg": one.bearing_deg,
        "match": one.match,
    }


@dataclass(frozen=True, slots=True)
class Word:
    """A value that is itself a word of the catalogue."""

    key: str


def ordered(found: Iterable[Place], near: LonLat | None) -> list[Place]:
    """The best match first; of these the nearest, else as they came."""
    listed = list(found)
    if near is None:
        return sorted(listed, key=lambda one: one.match)
    far = straight_m(near, [one.at for one in listed])
    order = sorted(range(len(listed)), key=lambda i: (listed[i].match, far[i], listed[i].name))
    return [
        replace(listed[i], values={**listed[i].values, "far_m": round(float(far[i]))})
        for i in order
    ]


def listed(found: Sequence[Place], language: str) -> str:
    """The first few candidates as a person can tell them apart and type them."""
    lines = [
        f"\n  {one.at[0]:.5f},{one.at[1]:.5f}  {one.name} · {one.said(language)}"
        for one in found[:8]
    ]
    return "".join([*lines, "\n  …"] if len(found) > 8 else lines)


def _said(value: object, language: str) -> object:
    return say(value.key, language) if isinstance(value, Word) else value


def no_road(roads: Roads, name: str) -> OneMapError:
    """The error for a road that is not loaded, with those spelt nearly so."""
    return _unknown(roads, name, "no_road")


def nothing(roads: Roads, text: str) -> OneMapError:
    """The error where nothing is called so, with roads spelt nearly so."""
    return _unknown(roads, text, "nothing")


def _unknown(roads: Roads, text: str, rule: str) -> OneMapError:
    graph = roads.graph
    codes = {*graph.name_code.tolist(), *graph.ref_code.tolist()}
    spelt = {fold(graph.texts[code]): graph.texts[code] for code in sorted(codes)}
    near = difflib.get_close_matches(fold(text)[:40], [one for one in spelt if one], 3)
    if not near:
        return fault(NotFound, rule, value=text)
    return fault(NotFound, f"{rule}_like", value=text, alike=", ".join(spelt[one] for one in near))


def fault(kind: type[OneMapError], rule: str, **values: object) -> OneMapError:
    """An error whose sentence is the words ``where.<rule>``."""
    words = f"where.{rule}"
    return kind(
        say(f"{words}.message", "en", **values),
        remedy=say(f"{words}.remedy", "en", **values),
        words=words,
        **values,
    )
