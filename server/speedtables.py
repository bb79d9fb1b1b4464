"""Profiles, rules and measured speeds as tables for a terminal, each number with its standing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.words import say
from server.tables import terminal

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def profiles_tables(answer: Mapping[str, Any], language: str) -> None:
    """Print every profile: speeds by class, limits, rights; then what hour and weather do."""
    console = terminal()
    for profile in answer["profiles"]:
        _profile(profile, language)
    _rules(answer["rules"], language)
    console.print(say("speeds.table.marks", language), style="dim", highlight=False)


def calibration_table(answer: Mapping[str, Any], language: str) -> None:
    """Print what recorded positions say of each road class, and what was left out and why."""
    from rich.table import Table

    console = terminal()
    who = say(f"cli.profiles.{answer['profile']}", language)
    title = say("speeds.calibrate.title", language, profile=who, **_counted(answer))
    console.print(title, style="bold", highlight=False)
    table = Table(header_style="bold")
    for key, right in (("class", False), ("kph", True), ("measured", False)):
        table.add_column(say(f"speeds.table.{key}", language), justify="right" if right else "left")
    for row in answer["classes"]:
        table.add_row(
            f"{say('speeds.class.' + row['class'], language)}  {row['class']}",
            f"{row['planned_kph']:g} {row['mark']}",
            _measured(row["measured"], language),
        )
    if answer["classes"]:
        console.print(table)
        console.print(say("speeds.table.edges", language, **answer["edges"]), highlight=False)
    for reason, count in answer["rejected"].items():
        said = say(f"speeds.rejected.{reason}", language)
        console.print(
            say("speeds.calibrate.rejected", language, count=count, why=said), style="yellow"
        )
    for key in ("reordered", "thinned", "cut"):
        if answer[key]:
            console.print(say(f"speeds.calibrate.{key}", language, count=answer[key]), style="dim")
    console.print(say(f"speeds.calibrate.{'saved' if answer['saved'] else 'not_saved'}", language))


def _counted(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {key: answer[key] for key in ("positions", "traces", "km", "file")}


def _profile(profile: Mapping[str, Any], language: str) -> None:
    from rich.table import Table

    console = terminal()
    name = profile["name_zh" if language == "zh-CN" else "name_en"]
    table = Table(title=f"{name}  {profile['name']}", title_justify="left", header_style="bold")
    for key, right in (("class", False), ("kph", True), ("urban", True), ("measured", False)):
        table.add_column(say(f"speeds.table.{key}", language), justify="right" if right else "left")
    notes = _Notes()
    for row in profile["speeds"]:
        urban = row["urban"]
        table.add_row(
            f"{say('speeds.class.' + row['class'], language)}  {row['class']}",
            notes.cite(f"{row['kph']:g}", row["mark"], row["source"]),
            ""
            if urban is None
            else notes.cite(f"{urban['kph']:g}", urban["mark"], urban["source"]),
            _measured(row["measured"], language),
        )
    console.print(table)
    limits = [
        notes.cite(
            f"{say('speeds.limit.' + limit['key'], language)} {limit['value']:g} {limit['unit']}",
            limit["mark"],
            limit["source"],
        )
        for limit in profile["limits"]
    ]
    comma = say("speeds.comma", language)
    console.print(comma.join(limits), highlight=False, markup=False)
    rights = [
        say(f"speeds.right.{key}.{'yes' if profile[key] else 'no'}", language)
        for key in ("emergency", "obeys_speed_limit", "obeys_turns")
    ]
    console.print(comma.join(rights), highlight=False, markup=False)
    edges = profile["measured_edges"]
    if edges is None:
        console.print(say("speeds.table.not_asked", language), style="yellow", highlight=False)
    elif edges["measured"]:
        console.print(say("speeds.table.edges", language, **edges), highlight=False)
    for line in notes.lines():
        console.print(line, style="dim", highlight=False, markup=False)
    console.print()


def _measured(found: Sequence[Mapping[str, Any]] | None, language: str) -> str:
    """Measured speeds of a class, all hours first; "" where there are none."""
    lines = []
    for one in sorted(found or (), key=lambda one: (one["band"] != "all", one["band"])):
        key = "speeds.table.run" if one["used"] else "speeds.table.too_few"
        lines.append(
            say(
                key,
                language,
                band=say(f"speeds.band.{one['band']}", language),
                kph=f"{one['kph']:.0f}",
                runs=one["runs"],
                month=str(one["measured_to"])[:7],
            )
        )
    return "\n".join(lines)


def _rules(rules: Mapping[str, Any], language: str) -> None:
    from rich.table import Table

    console = terminal()
    comma = say("speeds.comma", language)
    table = Table(
        title=say("speeds.table.rules", language), title_justify="left", header_style="bold"
    )
    for key in ("when", "who", "does"):
        table.add_column(say(f"speeds.table.{key}", language), overflow="fold")
    notes = _Notes()
    for rule in rules["slow"]:
        when = say(f"speeds.kind.{rule['kind']}", language)
        if rule["kind"] in rules["hours"]:
            spans = comma.join(f"{a}-{b}" for a, b in rules["hours"][rule["kind"]]["spans"])
            when = f"{when} {spans}"
        if rule["from_mps"]:
            when = f"{when} ≥ {rule['from_mps']:g} m/s"
        where = comma.join(
            say(f"speeds.class.{name}", language)
            for name in rule["classes"]
            if not name.endswith("_link")
        )
        factor = notes.cite(f"× {rule['factor']:g}", rule["mark"], rule["source"])
        table.add_row(when, _names(rule["profiles"], language), f"{factor} {where}")
    for stop in rules["stop"]:
        table.add_row(
            f"{say('speeds.kind.wind', language)} ≥ {stop['from_mps']:g} m/s",
            _names(stop["profiles"], language),
            notes.cite(
                say(f"speeds.what.{stop['what']}", language, metres=rules["long_bridge"]["value"]),
                stop["mark"],
                stop["source"],
            ),
        )
    console.print(table)
    for line in notes.lines():
        console.print(line, style="dim", highlight=False, markup=False)


def _names(profiles: Sequence[str], language: str) -> str:
    return say("speeds.comma", language).join(
        say(f"cli.profiles.{name}", language) for name in profiles
    )


class _Notes:
    """Sources, numbered in the order they are first cited."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}

    def cite(self, figure: str, mark: str, source: str) -> str:
        """The figure with its mark and the number of its source."""
        number = str(self._number.setdefault(source, len(self._number) + 1))
        return f"{figure} {mark}{number.translate(_RAISED)}"

    def lines(self) -> list[str]:
        """The sources by number."""
        return [f"{number:>3}  {source}" for source, number in self._number.items()]
