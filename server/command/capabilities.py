"""``data/capabilities.csv``: what each resource category brings, and whether it may be ordered."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from geo.domain import Mark
from geo.errors import BadRow
from geo.home import DATA
from geo.plan_action import Authority
from server.command.plan.playbook import CategoryRule
from server.command.tables import MARKS

FILE = DATA / "capabilities.csv"
_COLUMNS = (
    *("category", "capabilities", "profile", "turnout_s", "setup_s", "authority"),
    *("channel_zh", "channel_en", "mark", "source"),
)


def read_capabilities(
    names: Mapping[str, tuple[str, str]], known: frozenset[str], file: Path = FILE
) -> dict[str, CategoryRule]:
    """One rule for each category. ``names``: (zh, en) of every category of the catalogue;
    ``known``: the capabilities that have a name. Raises BadRow for what is broken."""
    out: dict[str, CategoryRule] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for column in _COLUMNS:
            if column not in (reader.fieldnames or ()):
                raise BadRow(file.name, 1, column, None, "column is missing", "Add it.")
        for number, row in enumerate(reader, start=2):
            rule = _rule(file.name, number, row, names, known)
            if rule.category in out:
                raise BadRow(
                    file.name, number, "category", rule.category, "occurs twice", "Keep one row."
                )
            out[rule.category] = rule
    return out


def _rule(
    file: str,
    number: int,
    row: dict[str, str],
    names: Mapping[str, tuple[str, str]],
    known: frozenset[str],
) -> CategoryRule:
    def need(column: str, good: bool, reason: str, remedy: str) -> None:
        if not good:
            raise BadRow(file, number, column, row[column], reason, remedy)

    for column in _COLUMNS:
        if not row[column]:
            raise BadRow(file, number, column, "", "is empty", "Fill it in.")
    category, brought = row["category"], tuple(row["capabilities"].split(";"))
    need("category", category in names, "no such resource category", "See resource_categories.csv.")
    for capability in brought:
        need(
            "capabilities",
            capability in known,
            f"capability {capability!r} has no name",
            "Name it under [capability] in data/words/*/plan.toml.",
        )
    need("authority", row["authority"] in ("order", "request"), "is no authority", "order, request")
    need("mark", row["mark"] in MARKS, "is no mark", "Use V, D, R or A.")
    for column in ("turnout_s", "setup_s"):
        need(column, row[column].isdigit(), "is no whole number of seconds", "Give seconds.")
    zh, en = names[category]
    return CategoryRule(
        category=category,
        zh=zh,
        en=en,
        capabilities=brought,
        profile=row["profile"],
        turnout_s=int(row["turnout_s"]),
        setup_s=int(row["setup_s"]),
        authority=cast(Authority, row["authority"]),
        channel_zh=row["channel_zh"],
        channel_en=row["channel_en"],
        mark=cast(Mark, row["mark"]),
        source=row["source"],
    )
