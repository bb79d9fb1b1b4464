"""For which conditions an answer's times hold: asked for by people, said in every answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from geo.canonical import instant
from geo.words import say
from routing.conditions import (
    Conditions,
    Rain,
    conditions_of,
    measured_of,
    slows,
    stops,
    under,
)
from routing.measured import counts

if TYPE_CHECKING:
    from routing.roads import Roads
    from routing.rules import Slow

_ZONE = "Asia/Shanghai"


def conditions_at(
    now: datetime,
    *,
    by_clock: bool = False,
    rain: str | None = None,
    night: bool | None = None,
    wind_mps: float | None = None,
    zone: str = _ZONE,
) -> Conditions:
    """The conditions of a question. What is not said stays unknown and changes nothing.

    ``by_clock`` counts the local hour of ``now``: rush hours of working days (Saturday and Sunday
    are none; public holidays are not known here), and darkness unless ``night`` says otherwise.
    Raises InvalidInput for a rain or a wind that cannot be.
    """
    hour = workday = None
    if by_clock:
        local = now.astimezone(ZoneInfo(zone))
        hour, workday = local.hour, local.weekday() < 5
    asked = Conditions(hour, workday, cast(Rain | None, rain), night, wind_mps)
    if night is not None or not by_clock:
        return asked
    dark = Conditions(hour, workday=False).band == "night"
    return Conditions(hour, workday, asked.rain, dark, wind_mps)


def roads_under(roads: Roads, conditions: Conditions) -> Roads:
    """The same roads, answering under these conditions; nothing is copied or changed."""
    return replace(roads, graph=under(roads.graph, conditions))


def conditions_json(roads: Roads, profile: str) -> dict[str, Any]:
    """What an answer says of the conditions its times hold for; null is "not known".

    ``factors`` are shares of the speed, each with its mark; ``stops`` what the wind stops;
    ``measured`` how far measured speeds stand behind the times, null where none do.
    """
    conditions = conditions_of(roads.graph)
    return {
        "hour": conditions.hour,
        "workday": conditions.workday,
        "rain": conditions.rain,
        "night": conditions.night,
        "wind_mps": conditions.wind_mps,
        "unknown": list(conditions.unknown),
        "factors": [
            {
                "kind": rule.kind,
                "factor": rule.factor,
                "classes": sorted(rule.classes),
                "from_mps": rule.from_mps or None,
                "mark": rule.mark,
                "source": rule.source,
            }
            for rule in slows(conditions, profile)
        ],
        "stops": [
            {"what": stop.what, "from_mps": stop.from_mps, "mark": stop.mark, "source": stop.source}
            for stop in stops(conditions, profile)
        ],
        "measured": _measured(roads, profile),
        "slope": _slope(roads, profile),
        "text_zh": conditions_text(conditions, profile, "zh-CN"),
        "text_en": conditions_text(conditions, profile, "en"),
    }


def conditions_text(conditions: Conditions, profile: str, language: str) -> str:
    """One or two sentences: what was reckoned with, what stops, what nobody said."""
    parts = []
    least: dict[str, Slow] = {}
    for rule in slows(conditions, profile):
        if rule.kind not in least or rule.factor < least[rule.kind].factor:
            least[rule.kind] = rule
    comma = say("speeds.comma", language)
    if least:
        said = comma.join(
            say(f"speeds.factor.{kind}", language, factor=f"{rule.factor:g}", mark=rule.mark)
            for kind, rule in least.items()
        )
        parts.append(say("speeds.reckoned", language, factors=said))
    else:
        parts.append(say("speeds.plain", language))
    wind = "" if conditions.wind_mps is None else f"{conditions.wind_mps:g}"
    halted = dict.fromkeys(stop.what for stop in stops(conditions, profile))
    parts += [say(f"speeds.stop.{what}", language, wind=wind) for what in halted]
    if conditions.unknown:
        named = comma.join(say(f"speeds.unknown.{key}", language) for key in conditions.unknown)
        parts.append(say("speeds.not_said", language, what=named))
    return say("speeds.join", language).join(parts)


def _measured(roads: Roads, profile: str) -> dict[str, Any] | None:
    used = [
        speed
        for speed in measured_of(roads.graph).speeds
        if speed.profile == profile and counts(speed)
    ]
    if not used:
        return None
    return {
        "classes": len({speed.subject for speed in used if speed.level == "class"}),
        "edges": len({speed.subject for speed in used if speed.level == "edge"}),
        "updated_at": instant(max(speed.updated_at for speed in used)),
        "measured_to": instant(max(speed.measured_to for speed in used)),
    }


def _slope(roads: Roads, profile: str) -> bool | None:
    """Whether slopes count in walking times; None for who drives."""
    if roads.profiles[profile].mode != "walk":
        return None
    return measured_of(roads.graph).climb is not None
