"""What the columns of one road line say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from routing.sources import values
from routing.sources.mapping import LineMapping
from routing.sources.rules import road_rules
from routing.sources.ways import Attributes, Notes

_LIMITS = (
    ("max_height_m", "bad_maxheight", values.metres),
    ("max_weight_t", "bad_maxweight", values.tonnes),
    ("max_width_m", "bad_maxwidth", values.metres),
)


@dataclass(frozen=True, slots=True)
class Feature:
    """A line's way id and its cells by our field names."""

    way: int
    cells: Mapping[str, Any]

    def said(self, field: str) -> str:
        """A cell as text; "" where there is nothing."""
        return values.text(self.cells.get(field))


def attributes_of(feature: Feature, mapping: LineMapping, notes: Notes) -> tuple[Attributes, bool]:
    """A line's attributes, and whether its vertices run against its one-way direction.

    Nothing is implied: a motorway drawn as one centre line is two-way unless the file says not.
    """
    rules = road_rules()
    kind = _class(feature, mapping, notes)
    oneway = 0 if kind in rules.foot_only else _oneway(feature, mapping, notes)
    limits: dict[str, float | None] = {}
    for field, fault, parse in _LIMITS:
        text = feature.said(field)
        # Databases write "no limit" as 0.
        limits[field], sound = (None, True) if text in {"0", "0.0"} else parse(text)
        if not sound:
            notes.fault(fault, feature.way, detail=text)
    posted = feature.said("speed_kph")
    speed, sound = (None, True) if posted == "0" else values.speed_kph(posted, rules.implied_speed)
    if not sound:
        notes.fault("bad_maxspeed", feature.way, detail=posted)
    level, sound = values.whole(feature.said("level"))
    if not sound:
        notes.fault("bad_layer", feature.way, detail=feature.said("level"))
    return (
        Attributes(
            road_class=kind,
            name=feature.said("name"),
            ref=feature.said("ref"),
            speed_kph=speed,
            oneway=oneway != 0,
            roundabout=_is(feature, "roundabout"),
            bridge=_is(feature, "bridge"),
            tunnel=_is(feature, "tunnel"),
            ford=_is(feature, "ford"),
            layer=level,
            access=feature.said("access"),
            emergency=feature.said("emergency"),
            signs="",
            **limits,
        ),
        oneway < 0,
    )


def _class(feature: Feature, mapping: LineMapping, notes: Notes) -> str:
    said = feature.said("class")
    kind = mapping.classes.get(said, said)
    rules = road_rules()
    if kind in rules.keep or kind in rules.drop_reason:
        return kind
    if said or "class" in feature.cells:
        notes.fault("unknown_class", feature.way, detail=said)
    return mapping.default_class


def _oneway(feature: Feature, mapping: LineMapping, notes: Notes) -> int:
    said = feature.said("oneway").lower()
    if said in mapping.forward:
        return 1
    if said in mapping.backward:
        return -1
    if said not in mapping.both:
        notes.fault("unclear_oneway", feature.way, detail=said)
    return 0


def _is(feature: Feature, field: str) -> bool:
    """Whether a yes-no column says yes, as OpenStreetMap ("viaduct") or a database would."""
    said = feature.said(field).lower()
    return said not in {"", "no", "none", "false", "0", "f", "n", "否", "无"}
