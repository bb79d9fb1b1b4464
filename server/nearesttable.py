"""The answer to "who can come" for a terminal: one table, or one for each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geo.catalog import catalog
from geo.words import say
from server.answers import unknown_text
from server.filters import group_name
from server.tables import minutes, terminal

if TYPE_CHECKING:
    from geo.domain import Provenance, ResourceEta
    from server.nearest import Nearest


_NAME_CELLS = 34  # of a terminal: 17 Chinese characters; a longer name is folded, never cut


def nearest_table(answer: Nearest, language: str) -> None:
    """Print who can come, with minutes, road and line kilometres, and why not."""
    console = terminal()
    console.print(_head(answer, language), style="bold")
    if answer.conditions:
        text = answer.conditions["text_zh" if language == "zh-CN" else "text_en"]
        console.print(say("where.nearest.asked", language, what=text))
    if answer.wanted.each is None:
        console.print(_table(answer, answer.etas, language))
    for group in answer.groups:
        console.print(group_name(answer.wanted.by, group.key, language), style="bold")
        if group.etas:
            console.print(_table(answer, group.etas, language))
        _left_out(console, group.left_out, answer, language)
    if answer.apart:
        console.print(say("where.nearest.apart", language), style="yellow")
        console.print(_table(answer, answer.apart, language))
    _left_out(console, answer.left_out, answer, language)
    shown = (*answer.etas, *answer.apart)
    if any(eta.resource.provenance.synthetic for eta in shown):
        console.print(say("cli.synthetic", language), style="bold yellow")
    for unknown in answer.unknowns:
        console.print(f"? {unknown_text(unknown, language)}", style="yellow")


def _table(answer: Nearest, etas: Sequence[ResourceEta], language: str) -> Any:
    from rich.cells import cell_len
    from rich.table import Table

    table = Table(header_style="bold")
    widest = max((cell_len(eta.resource.name) for eta in etas), default=0)
    for key, right in (
        ("cli.columns.name", False), ("cli.columns.category", False),
        ("cli.columns.status", False), ("cli.columns.eta", True), ("where.nearest.range", True),
        ("cli.columns.turnout", True), ("cli.columns.road", True), ("cli.columns.distance", True),
        ("cli.columns.straight", True), ("cli.columns.source", False),
    ):  # fmt: skip
        named = key == "cli.columns.name"
        table.add_column(
            say(key, language),
            justify="right" if right else "left",
            overflow="fold",
            min_width=min(widest, _NAME_CELLS) if named else None,
        )
    for eta in etas:
        why = "" if eta.why is None else say(f"cli.why.{eta.why}", language)
        table.add_row(
            eta.resource.name,
            _category(eta.resource.category, language),
            _status(eta.resource.status, language),
            why if eta.eta_s is None else minutes(eta.eta_s),
            _range(answer, eta),
            minutes(eta.turnout_s),
            "—" if eta.road_s is None else minutes(eta.road_s),
            "—" if eta.distance_m is None else f"{eta.distance_m / 1000:.1f}",
            f"{eta.straight_m / 1000:.1f}",
            _origin(eta.resource.provenance, language),
        )
    return table


def _range(answer: Nearest, eta: ResourceEta) -> str:
    """The earliest and the latest minute, 7-12."""
    span = answer.ranges.get(eta.resource.id)
    if span is None:
        return "—"
    low, high = (eta.turnout_s + one for one in (span.low_s, span.high_s))
    return f"{low // 60}-{-(-high // 60)}"


def _left_out(console: Any, left: Mapping[str, int], answer: Nearest, language: str) -> None:
    if not left:
        return
    within = f"{(answer.wanted.within_s or 0) / 60:g}"
    counts = [
        say(f"where.nearest.left.{key}", language, count=count, minutes=within)
        for key, count in left.items()
    ]
    joined = ("; " if language == "en" else ";").join(counts)
    console.print(say("where.nearest.not_listed", language, counts=joined), style="dim")


def _head(answer: Nearest, language: str) -> str:
    return say(
        "cli.nearest.title",
        language,
        lon=f"{answer.at[0]:.5f}",
        lat=f"{answer.at[1]:.5f}",
        profile=say(f"cli.profiles.{answer.profile}", language),
        closures=len(answer.closures),
    )


def _status(status: str | None, language: str) -> str:
    """A team or shelter's state in words; one that the words do not know as it was handed in."""
    key = f"cli.status.{status or 'unknown'}"
    said = say(key, language)
    return str(status) if said == key else said


def _origin(provenance: Provenance, language: str) -> str:
    """Source and age of a figure."""
    at = provenance.updated_at
    return f"{provenance.source} {say('cli.status.undated', language) if at is None else at.date()}"


def _category(code: str, language: str) -> str:
    row = catalog().resource_categories.get(code, {})
    return f"{row.get('name_zh' if language == 'zh-CN' else 'name_en', '')} {code}".strip()
