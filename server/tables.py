"""Answers as tables for a terminal, or as plain text where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from geo.words import say

if TYPE_CHECKING:
    from rich.console import Console


WIDTH = 118  # of plain text


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
    under = answer["conditions"]["text_zh" if language == "zh-CN" else "text_en"]
    console.print(under, style="dim")
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
