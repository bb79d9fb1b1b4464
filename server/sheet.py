"""A plan's figures, names and roads as words, and lines and tables on a console."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from geo.words import say

if TYPE_CHECKING:
    from rich.console import Console

Json = Mapping[str, Any]
_ROADS = 3  # roads named on the way of a team


class Sheet:
    """One plan JSON, read aloud in one language on one console."""

    def __init__(self, plan: Json, language: str, console: Console) -> None:
        self.plan = plan
        self.zh = language.startswith("zh")
        self.language = language
        self.console = console
        self.routes = {r["id"]: r for r in plan["routes"]}

    def say(self, key: str, **values: Any) -> str:
        return say(f"plan.show.{key}", self.language, **values)

    def of(self, row: Json, key: str) -> str:
        """A field in the reader's language."""
        return str(row[f"{key}_zh" if self.zh else f"{key}_en"])

    def number(self, value: int | None) -> str:
        """A figure; unknown is said, never shown as 0 or blank."""
        return self.say("unknown") if value is None else str(value)

    def minutes_of(self, seconds: int | None) -> str:
        return (
            self.say("unknown") if seconds is None else self.say("minute", n=whole_minutes(seconds))
        )

    def clock(self, seconds: int | None) -> str:
        return "✘" if seconds is None else f"T+{whole_minutes(seconds)}"

    def civil(self, at: Any) -> str:
        """A time at the civil clock that the plan was made for."""
        moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
        hours = next(p["value"] for p in self.plan["parameters"] if p["key"] == "clock.zone_hours")
        return f"{moment + timedelta(hours=hours):%Y-%m-%d %H:%M}"

    def way(self, route: str | None) -> str:
        """The longest named roads of a route, in the order they are driven."""
        steps = self.routes[route]["steps"] if route in self.routes else ()
        long = sorted((s for s in steps if s["road"]), key=lambda s: -s["distance_m"])[:_ROADS]
        names = dict.fromkeys(s["road"] for s in steps if s in long)
        return " → ".join(names) or (self.say("unnamed_road") if route in self.routes else "")

    def directions(self, route: str | None) -> str:
        """How to drive a route, junction by junction; "" where there is none."""
        from geo.canonical import restore
        from geo.plan import PlanRoute
        from server.directions import say_way

        if route not in self.routes:
            return ""
        told = say_way(restore(PlanRoute, self.routes[route]), self.language)
        return ("; " if not self.zh else ";").join(told)

    def line(self, text: str, style: str = "") -> None:
        from rich.text import Text

        self.console.print(Text(text, style=style), soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table; nothing to show is said in words."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        self.line(self.say(title), "bold")
        if not rows:
            self.line(f"  {self.say('none')}")
            return
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(self.say(column) if column else "", overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.console.print(table)


def whole_minutes(seconds: int) -> int:
    """Whole minutes; begun ones count, so that nothing looks earlier than it is."""
    return -(-seconds // 60)
