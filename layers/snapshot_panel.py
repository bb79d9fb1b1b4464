"""The side panel of a snapshot: what the map cannot say, as escaped HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from geo.words import say

Json = Mapping[str, Any]
_SIGN = {"on_time": "✔", "at_risk": "!", "cannot": "✘"}
_LEGEND = (
    ("sign incident", "●", "incident_point"),
    ("sign post", "★", "post"),
    ("sign team", "■", "resources"),
    ("sign hospital", "✚", "hospitals"),
    ("sign shelter", "▲", "shelters"),
    ("sign traffic", "✕", "traffic"),
)


def panel(plan: Json, language: str) -> str:
    """Head, feasibility, what is missing, post, forces, evacuation, gaps, unknowns, legend."""
    return _Panel(plan, language).html()


class _Panel:
    def __init__(self, plan: Json, language: str) -> None:
        self.plan = plan
        self.language = language
        self.zh = language.startswith("zh")

    def html(self) -> str:
        plan = self.plan
        parts = [self.head(), self.list_of("missing_first", self.fails())]
        parts.append(self.table("zones", ("zone", "people_day", "people_night"), self.zones()))
        parts.append(self.table("post", ("", "site", "ready"), self.posts()))
        parts.append(self.table("forces", ("capability", "team", "arrive"), self.forces()))
        rows = [(s["name"], s["assigned"], self.minutes(s["road_s"])) for s in self.shelters()]
        parts.append(self.table("evacuation", ("shelter", "assigned", "travel"), rows))
        gaps = [
            f"{self.say('at_minute', minute=g['minute'])} {self.of(g, 'capability')} {g['short']}"
            for g in plan["gaps"]
        ]
        parts.append(self.list_of("gaps", gaps))
        parts.append(self.list_of("unknowns", [self.of(u, "detail") for u in plan["unknowns"]]))
        parts.append(self.legend())
        mark = self.watermark()
        return f'<aside id="panel">{"".join(parts)}</aside>{mark}'

    def head(self) -> str:
        incident, feasible = self.plan["incident"], self.plan["feasible"]
        state, ready = feasible["state"], feasible["post_ready_s"]
        said = (
            self.say("post_never")
            if ready is None
            else self.say("post_ready", minutes=-(-ready // 60))
        )
        kind, where = self.of(incident, "event_type"), incident["township"] or self.say("at_sea")
        what = f"{kind} · {incident['title']} · {where}"
        verdict = f"{_SIGN[state]} {self.say(f'state_{state}')} · {said}"
        return (
            f"<h1>{escape(self.say('title'))}</h1>"
            f"<p>{escape(what)}</p>"
            f"<p>{escape(self.civil(incident['reported_at']))}</p>"
            f'<p class="{state}">{escape(verdict)}</p>'
        )

    def watermark(self) -> str:
        """演示数据 over the whole page where anything in it is invented."""
        if not self.plan["incident"]["synthetic"]:
            return ""
        return f'<div id="synthetic">{escape(self.say("demo"))}</div>'

    def fails(self) -> list[str]:
        return [self.of(f, "reason") for f in self.plan["feasible"]["fails"]]

    def zones(self) -> list[tuple[Any, ...]]:
        return [
            (
                f"{self.of(z, 'name')} [{z['mark']}]",
                self.number(z["people_day"]),
                self.number(z["people_night"]),
            )
            for z in self.plan["zones"]
        ]

    def posts(self) -> list[tuple[Any, ...]]:
        command = self.plan["forward_command_post"]
        return [
            (self.say(which), site["name"], self.minutes(site["ready_s"]))
            for which in ("primary", "alternate")
            if (site := command[which]) is not None
        ]

    def forces(self) -> list[tuple[Any, ...]]:
        out: list[tuple[Any, ...]] = []
        for force in self.plan["forces"]:
            name = self.of(force, "capability")
            for team in force["assigned"]:
                out.append((name, team["name"], self.minutes(team["eta_s"])))
                name = ""
            if force["short"]:
                out.append((name, self.say("short", n=force["short"]), ""))
        return out

    def shelters(self) -> Sequence[Json]:
        shelters: Sequence[Json] = self.plan["evacuation"]["shelters"]
        return shelters

    def legend(self) -> str:
        rows = "".join(
            f'<li><span class="{css}">{sign}</span> {escape(self.say(key))}</li>'
            for css, sign, key in _LEGEND
        )
        note = escape(self.say("parameters_note"))
        return f"<h2>{escape(self.say('legend'))}</h2><ul>{rows}</ul><p class='note'>{note}</p>"

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
        head = "".join(f"<th>{escape(self.say(c)) if c else ''}</th>" for c in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        if not rows:
            return f"<h2>{escape(self.say(title))}</h2><p>{escape(self.say('none'))}</p>"
        return f"<h2>{escape(self.say(title))}</h2><table><tr>{head}</tr>{body}</table>"

    def list_of(self, title: str, lines: Iterable[str]) -> str:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        return f"<h2>{escape(self.say(title))}</h2><ul>{items}</ul>" if items else ""

    def say(self, key: str, **values: Any) -> str:
        return say(f"plan.show.{key}", self.language, **values)

    def of(self, row: Json, key: str) -> str:
        return str(row[f"{key}_zh" if self.zh else f"{key}_en"])

    def civil(self, at: str) -> str:
        """A time at the civil clock that the plan was made for."""
        hours = next(p["value"] for p in self.plan["parameters"] if p["key"] == "clock.zone_hours")
        return f"{datetime.fromisoformat(at) + timedelta(hours=hours):%Y-%m-%d %H:%M}"

    def number(self, value: int | None) -> str:
        return self.say("unknown") if value is None else str(value)

    def minutes(self, seconds: int | None) -> str:
        return self.say("unknown") if seconds is None else self.say("minute", n=-(-seconds // 60))
