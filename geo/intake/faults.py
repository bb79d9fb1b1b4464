"""Faults of a file, collected so that a clerk can mend them in one go.

A rule's sentences are in the words ``intake.rules.<rule>``; a file with any fault is refused
whole, after ``LIMIT`` faults at the latest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.errors import BadFile, BadRow, OneMapError, UnknownCategory
from geo.words import say

LIMIT = 20


class UnknownCategoryInRow(BadRow, UnknownCategory):
    """A row with a category that is not in the catalogue."""

    code = "unknown_category"


@dataclass
class Faults:
    """The faults found so far."""

    found: list[BadRow] = field(default_factory=list)

    def add(
        self, file: Path, row: int | None, column: str | None, value: object, rule: str, **more: Any
    ) -> None:
        """Note one; raises it with all the others when there are ``LIMIT``."""
        kind = UnknownCategoryInRow if rule == "no_category" else BadRow
        shown = value if value is None or isinstance(value, int | float) else _short(str(value))
        words = f"intake.rules.{rule}"
        values = {"file": file.name, "row": row, "column": column, "value": shown} | more
        reason = say(f"{words}.reason", "en", **values)
        fault = kind(file.name, row, column, shown, reason, say(f"{words}.remedy", "en", **values))
        fault.values |= {**more, "rule": rule, "words": words}
        self.found.append(fault)
        if len(self.found) >= LIMIT:
            self.refuse()

    def refuse(self) -> None:
        """Raise the first fault, its ``values["faults"]`` listing all; nothing where none is."""
        if not self.found:
            return
        first = self.found[0]
        first.values["faults"] = self.listed()
        first.values["count"] = len(self.found)
        if len(self.found) > 1:
            first.message += f" There are {len(self.found) - 1} more faults"
            first.message += " at least." if len(self.found) >= LIMIT else "."
        raise first

    def listed(self) -> list[dict[str, Any]]:
        """Each as file, row, column, value and rule, with its sentences in both languages."""
        return [
            {key: fault.values.get(key) for key in ("file", "row", "column", "value", "rule")}
            | {
                f"{part}_{short}": say(f"{fault.values['words']}.{part}", language, **fault.values)
                for part in ("message", "remedy")
                for short, language in (("zh", "zh-CN"), ("en", "en"))
            }
            for fault in self.found
        ]


def bad_file(path: Path, rule: str, kind: type[BadFile] = BadFile, **more: Any) -> OneMapError:
    """The error for a file that cannot be read at all."""
    words = f"intake.files.{rule}"
    values = {"file": path.name} | more
    return kind(
        say(f"{words}.message", "en", **values),
        remedy=say(f"{words}.remedy", "en", **values),
        words=words,
        **values,
    )


def bad_row(path: Path, row: int, rule: str, *, column: str | None = None, **more: Any) -> BadRow:
    """The error for a row after which the rest cannot be read either."""
    faults = Faults()
    faults.add(path, row, column, None, rule, **more)
    return faults.found[0]


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"
