"""Answers as tables for a terminal, or as plain text where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geo.catalog import catalog
from geo.words import say
from server.answers import unknown_text

if TYPE_CHECKING:
    from rich.console import Console

    from geo.domain import Provenance
    from server.nearest import Nearest

WIDTH = 118  # of plain text


def nearest_table(answer: Nearest, language: str) -> None:
    """Print who can come, with minutes, road and line kilometres, and why not."""
    from rich.table import Table

    console = terminal()
    table = Table(title=_head(answer, language), title_justify="left", header_style="bold")
    for key, right in (
        ("name", False), ("category", False), ("status", False), ("eta", True), ("turnout", True),
        ("road", True), ("distance", True), ("straight", True), ("source", False),
    ):  # fmt: skip
        table.add_column(say(f"cli.columns.{key}", language), justify="right" if right else "left")
    for eta in answer.etas:
        why = "" if eta.why is None else say(f"cli.why.{eta.why}", language)
        table.add_row(
            eta.resource.name,
            _category(eta.resource.category, language),
            _status(eta.resource.status, language),
            why if eta.eta_s is None else minutes(eta.eta_s),
            minutes(eta.turnout_s),
            "—" if eta.road_s is None else minutes(eta.road_s),
            "—" if eta.distance_m is None else f"{eta.distance_m / 1000:.1f}",
            f"{eta.straight_m / 1000:.1f}",
            _origin(eta.resource.provenance, language),
        )
    console.print(table)
    if any(eta.resource.provenance.synthetic for eta in answer.etas):
        console.print(say("cli.synthetic", language), style="bold yellow")
    for unknown in answer.unknowns:
        console.print(f"? {unknown_text(unknown, language)}", style="yellow")


def _status(status: str | None, language: str) -> str:
    """A team or shelter's state in words; one that the words do not know as it was handed in."""
    key = f"cli.status.{status or 'unknown'}"
    said = say(key, language)
    return str(status) if said == key else said


def _origin(provenance: Provenance, language: str) -> str:
    """Source and age of a figure."""
    at = provenance.updated_at
    return f"{provenance.source} {say('cli.status.undated', language) if at is None else at.date()}"


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
    from rich.table import Table

    console = terminal()
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


def terminal() -> Console:
    """The screen; of a fixed width where it is none."""
    from rich.console import Console

    screen = Console(highlight=False)
    return screen if screen.is_terminal else Console(width=WIDTH, highlight=False)


def _category(code: str, language: str) -> str:
    row = catalog().resource_categories.get(code, {})
    return f"{row.get('name_zh' if language == 'zh-CN' else 'name_en', '')} {code}".strip()
