"""Points of a candidate post, criterion by criterion, each with its reason.

What was not measured gets no points and says so; the weights are the playbook's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geo.plan_command import Score
from geo.situation import PostCandidate, Situation
from server.command.plan.playbook import Criterion, Playbook


@dataclass(frozen=True, slots=True)
class _Found:
    """Share of the points in per cent (None: not known), and the values of the sentence."""

    percent: int | None
    reason: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Site:
    site: PostCandidate
    situation: Situation
    playbook: Playbook
    squad_eta_s: int | None


def turn_deg(a: int, b: int) -> int:
    """Smallest angle between two bearings, 0-180 degrees."""
    off = abs(a - b) % 360
    return min(off, 360 - off)


def score_post(
    site: PostCandidate, situation: Situation, playbook: Playbook, squad_eta_s: int | None
) -> tuple[Score, ...]:
    """One score for every criterion of the playbook, in its order."""
    seen = _Site(site, situation, playbook, squad_eta_s)
    return tuple(_score(c, _CRITERIA[c.key](seen), playbook) for c in playbook.post.criteria)


def criteria() -> tuple[str, ...]:
    """The criteria that a playbook may weigh."""
    return tuple(_CRITERIA)


def _score(criterion: Criterion, found: _Found, playbook: Playbook) -> Score:
    known = found.percent is not None
    key = f"post.reason.{found.reason}" if known else "post.reason.unknown"
    return Score(
        criterion=criterion.key,
        criterion_zh=playbook.say_zh(f"post.criterion.{criterion.key}"),
        criterion_en=playbook.say_en(f"post.criterion.{criterion.key}"),
        points=criterion.max * (found.percent or 0) // 100,
        max=criterion.max,
        known=known,
        reason_zh=playbook.say_zh(key, **found.values),
        reason_en=playbook.say_en(key, **found.values),
        mark=criterion.mark,
    )


_UNKNOWN = _Found(None, "unknown", {})


def _wind(s: _Site) -> _Found:
    wind = s.situation.incident.wind_from_deg
    if wind is None:
        return _UNKNOWN
    off = turn_deg(s.site.bearing_deg, round(wind))
    reason = "upwind" if off < 45 else "crosswind" if off <= 135 else "downwind"
    return _Found(100 if off <= 135 else 0, reason, {"deg": off})


def _distance(s: _Site) -> _Found:
    m, near, far = s.site.distance_m, s.playbook.post.near_m, s.playbook.post.far_m
    values = {"m": m, "near": near, "far": far}
    if near <= m <= far:
        return _Found(100, "distance_in", values)
    if m < near:
        return _Found(100 * m // near, "distance_near", values)
    return _Found(max(0, 100 - 100 * (m - far) // far), "distance_far", values)


def _access(s: _Site) -> _Found:
    if s.squad_eta_s is None:
        return _UNKNOWN
    minutes = -(-s.squad_eta_s // 60)
    # Full points to 5 minutes, none from 30: the whole time that the post has.
    percent = max(0, min(100, 100 * (1800 - s.squad_eta_s) // 1500))
    return _Found(percent, "access", {"minutes": minutes})


def _comms(s: _Site) -> _Found:
    covered = s.site.resource.attributes.get("coverage_370mhz")
    signal = s.site.resource.attributes.get("signal_dbm")
    if covered is None and signal is None:
        return _UNKNOWN
    public = isinstance(signal, (int, float)) and signal >= -100
    percent = (60 if covered else 0) + (40 if public else 0)
    reason = {100: "comms_both", 60: "comms_370", 40: "comms_public"}.get(percent, "comms_none")
    return _Found(percent, reason, {})


def _area(s: _Site) -> _Found:
    area = s.site.resource.attributes.get("area_m2")
    if not isinstance(area, (int, float)):
        return _UNKNOWN
    return _Found(min(100, int(area) * 100 // 300), "area", {"m2": int(area)})


def _utilities(s: _Site) -> _Found:
    power = s.site.resource.attributes.get("power_kw")
    if not isinstance(power, (int, float)):
        return _UNKNOWN
    return _Found(100 if power > 0 else 0, "power", {"kw": int(power)})


def _helicopter(s: _Site) -> _Found:
    m = s.site.helicopter_m
    if m is None:
        return _UNKNOWN
    return _Found(100 if m < 1000 else 0, "helicopter", {"m": m})


def _weather(s: _Site) -> _Found:
    indoor = s.site.resource.attributes.get("indoor")
    if not isinstance(indoor, bool):
        return _UNKNOWN
    return _Found(100 if indoor else 0, "indoor" if indoor else "outdoor", {})


def _margin(s: _Site) -> _Found:
    m = s.site.margin_m
    if m is None:
        return _UNKNOWN
    return _Found(min(100, 100 * m // 300), "margin", {"m": m})


_CRITERIA: dict[str, Callable[[_Site], _Found]] = {
    "wind": _wind,
    "distance": _distance,
    "comms": _comms,
    "access": _access,
    "area": _area,
    "utilities": _utilities,
    "helicopter": _helicopter,
    "weather": _weather,
    "margin": _margin,
}
