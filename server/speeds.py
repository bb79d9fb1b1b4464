"""Who travels and how fast, as one answer: planned speeds, limits, conditions, measured speeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from geo.canonical import instant
from geo.domain import Parameter
from geo.errors import InvalidInput
from geo.measured import MeasuredSpeed
from geo.words import say
from routing.measured import counts
from routing.profiles import Profile, read_profiles
from routing.rules import rules

if TYPE_CHECKING:
    from pathlib import Path


def profiles_json(
    measured: Sequence[MeasuredSpeed] | None, only: str | None = None, folder: Path | None = None
) -> dict[str, Any]:
    """Every profile with its numbers, each with unit, mark and source.

    ``measured`` None: the database was not asked, and ``measured`` is null for each. Raises
    InvalidInput where there is no profile ``only``.
    """
    known = read_profiles() if folder is None else read_profiles(folder)
    if only is not None and only not in known:
        raise InvalidInput(
            f"There is no profile {only}.",
            remedy=f"Profiles are {', '.join(known)}.",
            words="errors.unknown_profile",
            profile=only,
            known=list(known),
        )
    chosen = [known[only]] if only is not None else list(known.values())
    return {
        "profiles": [_profile(one, measured) for one in chosen],
        "rules": _rules(set(known) if only is None else {only}),
    }


def _profile(profile: Profile, measured: Sequence[MeasuredSpeed] | None) -> dict[str, Any]:
    own = None if measured is None else [one for one in measured if one.profile == profile.name]
    return {
        "name": profile.name,
        "name_zh": say(f"cli.profiles.{profile.name}", "zh-CN"),
        "name_en": say(f"cli.profiles.{profile.name}", "en"),
        "version": profile.version,
        "source": profile.source,
        "mode": profile.mode,
        "emergency": profile.emergency,
        "obeys_speed_limit": profile.obeys_speed_limit,
        "obeys_turns": profile.obeys_turns,
        "vehicles": list(profile.vehicles),
        "passes": sorted(profile.passes),
        "refused_access": sorted(profile.refused_access),
        "emergency_only_kph": profile.emergency_only_kph,
        "built_up": None if profile.built_up is None else asdict(profile.built_up),
        "limits": [asdict(one) for one in profile.limits.values()],
        "speeds": [
            {
                "class": name,
                **_number(speed),
                "urban": _urban(profile, name),
                "measured": None if own is None else _of_class(own, name),
            }
            for name, speed in profile.speeds.items()
        ],
        "measured_edges": None if own is None else _edges(own),
    }


def _number(speed: Parameter) -> dict[str, Any]:
    return {"kph": speed.value, "mark": speed.mark, "source": speed.source}


def _urban(profile: Profile, name: str) -> dict[str, Any] | None:
    """The speed in built-up ground; None: the same as elsewhere."""
    speed = profile.urban_speeds.get(name)
    return None if speed is None else _number(speed)


def _of_class(own: Sequence[MeasuredSpeed], name: str) -> list[dict[str, Any]]:
    """What was measured on roads of a class, by part of the day; ``used`` False: too few runs."""
    return [
        {
            "band": one.band,
            "kph": round(one.kph, 1),
            "ratio": round(one.ratio, 3),
            "runs": one.samples,
            "km": round(one.km, 1),
            "measured_from": instant(one.measured_from),
            "measured_to": instant(one.measured_to),
            "updated_at": instant(one.updated_at),
            "source": one.source,
            "used": counts(one),
        }
        for one in own
        if one.level == "class" and one.subject == name
    ]


def _edges(own: Sequence[MeasuredSpeed]) -> dict[str, int]:
    edges = [one for one in own if one.level == "edge" and one.band == "all"]
    return {"measured": len(edges), "used": sum(map(counts, edges))}


def _rules(profiles: Set[str]) -> dict[str, Any]:
    """What hour and weather do to these profiles."""
    known = rules()
    hours: Mapping[str, Sequence[tuple[int, int]]] = {"peak": known.peak, "night": known.night}
    return {
        "hours": {
            name: {
                "spans": [list(span) for span in spans],
                "mark": known.marks[name].mark,
                "source": known.marks[name].source,
            }
            for name, spans in hours.items()
        },
        "slow": [
            {
                "kind": one.kind,
                "profiles": sorted(one.profiles),
                "classes": sorted(one.classes),
                "factor": one.factor,
                "from_mps": one.from_mps or None,
                "mark": one.mark,
                "source": one.source,
            }
            for one in known.slow
            if any(one.binds(name) for name in profiles)
        ],
        "stop": [
            {
                "what": one.what,
                "profiles": sorted(one.profiles),
                "from_mps": one.from_mps,
                "mark": one.mark,
                "source": one.source,
            }
            for one in known.stop
            if one.profiles & profiles
        ],
        "long_bridge": asdict(known.long_bridge_m),
    }
