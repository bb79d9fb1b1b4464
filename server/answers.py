"""Answers as JSON values with stable keys, and as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geo.canonical import instant
from geo.domain import Closure, Incident, ResourceEta, Snap, Unknown
from geo.words import say

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
        },
        "resources": [_eta_json(eta, answer.direction) for eta in answer.etas],
        "unknowns": [unknown_json(unknown) for unknown in answer.unknowns],
    }


def _eta_json(eta: ResourceEta, direction: str) -> dict[str, Any]:
    one = eta.resource
    return {
        "id": str(one.id),
        "name": one.name,
        "kind": one.kind,
        "category": one.category,
        "lon": one.at[0],
        "lat": one.at[1],
        "turnout_s": eta.turnout_s,
        "road_s": _rounded(eta.road_s, 3),
        "eta_s": _rounded(eta.eta_s, 3),
        "distance_m": _rounded(eta.distance_m, 1),
        "straight_m": round(eta.straight_m, 1),
        "direction": direction,
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


def closure_json(closure: Closure, roads: list[str], edges: list[str]) -> dict[str, Any]:
    """A closure with the road edges it closes and the names of their roads."""
    return {
        "id": str(closure.id),
        "geometry": closure.geometry,
        "edges": edges,
        "roads": roads,
        "name": closure.name,
        "cause": closure.cause,
        "depth_m": closure.depth_m,
        "profiles": list(closure.profiles),
        "valid_from": _instant(closure.valid_from),
        "valid_to": _instant(closure.valid_to),
    }


def _instant(at: Any) -> str | None:
    return None if at is None else instant(at)


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


# -- for a terminal -------------------------------------------------------------------------


def nearest_table(answer: Nearest, language: str) -> None:
    """Print who can come, with minutes, road and line kilometres, and why not."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=_head(answer, language), title_justify="left", header_style="bold")
    for key, right in (
        ("name", False), ("category", False), ("eta", True), ("turnout", True), ("road", True),
        ("distance", True), ("straight", True), ("source", False),
    ):  # fmt: skip
        table.add_column(say(f"cli.columns.{key}", language), justify="right" if right else "left")
    for eta in answer.etas:
        why = "" if eta.why is None else say(f"cli.why.{eta.why}", language)
        table.add_row(
            eta.resource.name,
            eta.resource.category,
            why if eta.eta_s is None else minutes(eta.eta_s),
            minutes(eta.turnout_s),
            "—" if eta.road_s is None else minutes(eta.road_s),
            "—" if eta.distance_m is None else f"{eta.distance_m / 1000:.1f}",
            f"{eta.straight_m / 1000:.1f}",
            eta.resource.provenance.source,
        )
    console.print(table)
    if any(eta.resource.provenance.synthetic for eta in answer.etas):
        console.print(say("cli.synthetic", language), style="bold yellow")
    for unknown in answer.unknowns:
        console.print(f"? {unknown_text(unknown, language)}", style="yellow")


def _head(answer: Nearest, language: str) -> str:
    return say(
        "cli.nearest.title",
        language,
        lon=f"{answer.at[0]:.5f}",
        lat=f"{answer.at[1]:.5f}",
        profile=say(f"cli.profiles.{answer.profile}", language),
        closures=len(answer.closures),
    )


def minutes(seconds: float) -> str:
    """Minutes and seconds, as a dispatcher reads them: 7:05."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def coverage_table(answer: Mapping[str, Any], language: str) -> None:
    """Print the share of people within reach of a shelter with room, by township."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    title = say("cli.coverage.title", language, minutes=f"{answer['minutes']:g}")
    table = Table(title=title, title_justify="left", header_style="bold")
    table.add_column(say("cli.columns.township", language))
    for key in ("people", "foot", "foot_share", "vehicle", "vehicle_share"):
        table.add_column(say(f"cli.columns.{key}", language), justify="right")
    for row in (*answer["districts"], answer["total"]):
        table.add_row(
            row.get("name") or say("cli.coverage.total", language),
            f"{row['people']:,}",
            _count(row["foot"]),
            _share(row["foot_share"]),
            _count(row["vehicle"]),
            _share(row["vehicle_share"]),
        )
    console.print(table)
    for unknown in answer["unknowns"]:
        text = unknown["detail_zh" if language == "zh-CN" else "detail_en"]
        console.print(f"? {text}", style="yellow")


def _count(value: float | None) -> str:
    return "—" if value is None else f"{round(value):,}"


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.0%}"
