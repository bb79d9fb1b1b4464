"""Answers as JSON values with stable keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.canonical import instant
from geo.domain import Incident, ResourceEta, Snap, Unknown
from geo.words import say
from server.filters import brings, group_name

if TYPE_CHECKING:
    from server.nearest import Nearest


def nearest_json(answer: Nearest) -> dict[str, Any]:
    """The answer of ``nearest --json`` and ``POST /api/nearest``; null where no road reaches."""
    return {
        "incident": {
            "lon": answer.at[0],
            "lat": answer.at[1],
            "snap": snap_json(answer.snap),
            "profile": answer.profile,
            "direction": answer.direction,
            "closures": len(answer.closures),
            "at": instant(answer.asked_for),
            "conditions": answer.conditions,
        },
        "wanted": {
            **{key: list(getattr(answer.wanted, key)) for key in _LISTS},
            "unknown_status": answer.wanted.unknown_status,
            "each": answer.wanted.each,
            "by": answer.wanted.by,
            "within_s": answer.wanted.within_s,
        },
        "resources": [_eta_json(eta, answer) for eta in answer.etas],
        "apart": [_eta_json(eta, answer) for eta in answer.apart],
        "groups": [
            {
                "key": group.key,
                "name_zh": group_name(answer.wanted.by, group.key, "zh-CN"),
                "name_en": group_name(answer.wanted.by, group.key, "en"),
                "resources": [str(eta.resource.id) for eta in group.etas],
                "left_out": dict(group.left_out),
            }
            for group in answer.groups
        ],
        "left_out": dict(answer.left_out),
        "unknowns": [unknown_json(unknown) for unknown in answer.unknowns],
    }


_LISTS = ("categories", "kinds", "capabilities", "statuses")


def _eta_json(eta: ResourceEta, answer: Nearest) -> dict[str, Any]:
    one = eta.resource
    span = answer.ranges.get(one.id)
    return {
        "id": str(one.id),
        "name": one.name,
        "kind": one.kind,
        "category": one.category,
        "capabilities": list(brings(one)),
        "status": one.status,
        "lon": one.at[0],
        "lat": one.at[1],
        "turnout_s": eta.turnout_s,
        "road_s": _rounded(eta.road_s, 3),
        "eta_s": _rounded(eta.eta_s, 3),
        "low_s": None if span is None else eta.turnout_s + span.low_s,
        "high_s": None if span is None else eta.turnout_s + span.high_s,
        "basis": None if span is None else span.basis,
        "distance_m": _rounded(eta.distance_m, 1),
        "straight_m": round(eta.straight_m, 1),
        "direction": answer.direction,
        "snap": snap_json(eta.snap),
        "why": eta.why,
        "source": one.provenance.source,
        "updated_at": _instant(one.provenance.updated_at),
    }


def snap_json(snap: Snap | None) -> dict[str, Any] | None:
    """Where on which road edge a place was set."""
    if snap is None:
        return None
    return {"edge": snap.edge, "fraction": round(snap.fraction, 6), "side": snap.side}


def unknown_json(unknown: Unknown) -> dict[str, Any]:
    """Something that could not be known, in both languages."""
    return {
        "what": unknown.what,
        "detail": unknown.detail,
        "detail_zh": unknown_text(unknown, "zh-CN"),
        "detail_en": unknown_text(unknown, "en"),
        "subjects": list(unknown.subjects),
    }


def unknown_text(unknown: Unknown, language: str) -> str:
    """The sentence of an unknown: by its detail, or by what it is where the detail is a count."""
    counted = unknown.detail.isdigit()
    key = unknown.what if counted else unknown.detail
    count = unknown.detail if counted else len(unknown.subjects)
    return say(f"cli.unknowns.{key}", language, count=count)


def incident_json(incident: Incident) -> dict[str, Any]:
    """An incident; null is 未报, not 0."""
    return {
        "id": str(incident.id),
        "event_type": incident.event_type,
        "lon": incident.at[0],
        "lat": incident.at[1],
        "title": incident.title,
        "description": incident.description,
        "reported_at": instant(incident.reported_at),
        "casualties": incident.casualties,
        "trapped": incident.trapped,
        "wind_from_deg": incident.wind_from_deg,
        "wind_mps": incident.wind_mps,
        "radius_m": incident.radius_m,
        "attributes": dict(incident.attributes),
    }


def _instant(at: Any) -> str | None:
    return None if at is None else instant(at)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
