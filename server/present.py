"""The plan as a person reads it: tables for a terminal, or plain text; Chinese or English.

What is missing comes first, then the post, who goes, by which road, in how many minutes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from routing.conditions import ANY
from server.conditions import conditions_text
from server.sheet import Json, Sheet, whole_minutes

if TYPE_CHECKING:
    from rich.console import Console

    from geo.plan import Plan

_STYLE = {"on_time": "bold green", "at_risk": "bold yellow", "cannot": "bold red"}
_SIGN = {"on_time": "✔", "at_risk": "!", "cannot": "✘"}  # colour never carries meaning alone
_WIDTH = 118


def plan_text(plan: Plan | Json, language: str = "zh-CN") -> str:
    """The plan as plain text, without colours or control characters."""
    from rich.console import Console

    out = io.StringIO()
    show_plan(plan, language, Console(file=out, width=_WIDTH, color_system=None))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def show_plan(plan: Plan | Json, language: str = "zh-CN", console: Console | None = None) -> None:
    """Print the plan; without a console, to the terminal (or as plain text where it is none)."""
    from rich.console import Console

    screen = console or Console(highlight=False)
    if console is None and not screen.is_terminal:
        screen = Console(width=_WIDTH, color_system=None, highlight=False)
    document = plan if isinstance(plan, Mapping) else plan.document(None, None)
    _Show(document, language, screen).all()


class _Show(Sheet):
    """One plan on one console."""

    def all(self) -> None:
        """Every section that has something to say, in the order a commander asks."""
        self.head()
        self.missing()
        self.zones()
        self.post()
        self.forces()
        self.medical()
        self.evacuation()
        self.traffic_and_supplies()
        self.minutes()
        self.gaps()
        self.unknowns()
        self.line(self.say("parameters_note"), "dim")
        self.line(conditions_text(ANY, "fire_tender", self.language), "dim")

    # -- sections ------------------------------------------------------------------------------

    def head(self) -> None:
        """What happened where, and whether the limit can be kept."""
        incident, feasible = self.plan["incident"], self.plan["feasible"]
        mark = f" 【{self.say('demo')}】" if incident["synthetic"] else ""
        self.line(f"{self.say('title')}{mark}", "bold")
        day = self.say("day" if incident["daytime"] else "night")
        where = incident["township"] or self.say("at_sea")
        kind = self.of(incident, "event_type")
        what = " · ".join(dict.fromkeys((kind, incident["title"] or kind)))
        book = self.of(self.plan["playbook"], "name")
        self.line(
            f"{what} · {where} ({incident['lon']:.5f}, {incident['lat']:.5f}) · "
            f"{self.civil(incident['reported_at'])} · {day} · {book}"
        )
        state = feasible["state"]
        ready, first = feasible["post_ready_s"], feasible["first_force_s"]
        parts = [f"{_SIGN[state]} {self.say('state_' + state)}"]
        parts.append(
            self.say("post_never")
            if ready is None
            else self.say("post_ready", minutes=whole_minutes(ready))
        )
        if first is not None:
            parts.append(self.say("first_force", minutes=whole_minutes(first)))
        self.line(f"{self.say('feasible')}: " + " · ".join(parts), _STYLE[state])

    def missing(self) -> None:
        """Steps that fail, first of all."""
        for fail in self.plan["feasible"]["fails"]:
            self.line(f"  ✘ {self.of(fail, 'reason')}", "red")

    def zones(self) -> None:
        """Zones with people by day and by night."""
        rows = [
            (
                self.of(z, "name"),
                "" if z["radius_m"] is None else f"{z['radius_m']:.0f} m",
                self.number(z["people_day"]),
                self.number(z["people_night"]),
                f"[{z['mark']}] {self.say('screening')}",
            )
            for z in self.plan["zones"]
        ]
        self.table("zones", ("zone", "radius", "people_day", "people_night", "mark"), rows)
        exposed = self.plan["exposed"]
        blank = next((u for u in self.plan["unknowns"] if u["what"] == "risks"), None)
        counts = {key: len(exposed[key]) for key in ("risks", "vulnerable")}
        self.line(self.of(blank, "detail") if blank else self.say("exposed", **counts))

    def post(self) -> None:
        """Primary and alternate site, and why others fell out."""
        command = self.plan["forward_command_post"]
        rows = [
            (
                self.say(which),
                site["name"],
                str(site["score"]),
                self.say("unknown") if site["squad"] is None else site["squad"]["name"],
                self.clock(site["ready_s"]),
                self.number(site["ways_out"]),
                self.way(site["route"]),
            )
            for which in ("primary", "alternate")
            if (site := command[which]) is not None
        ]
        names = ("", "site", "score", "squad", "ready", "ways_out", "road")
        self.table("post", names, rows)
        primary = command["primary"]
        if primary is not None:
            best = sorted(primary["scores"], key=lambda s: -s["points"])
            reasons = [
                f"{self.of(s, 'criterion')} {s['points']}/{s['max']} ({self.of(s, 'reason')})"
                for s in best
            ]
            self.line("; ".join(reasons), "dim")
            if primary["squad"] is not None and (told := self.directions(primary["route"])):
                self.line(self.say("directions", squad=primary["squad"]["name"], told=told))
            if primary["relaxed_zh"]:
                self.line(f"! {self.of(primary, 'relaxed')}", "yellow")
        excluded = command["excluded"]
        if excluded:
            reasons = [f"{e['name']} {self.of(e, 'reason')}" for e in excluded[:4]]
            text = "; ".join(reasons) + ("…" if len(excluded) > 4 else "")
            self.line(self.say("excluded", n=len(excluded), reasons=text), "dim")
        self.line(self.say("move_trigger", trigger=self.of(command, "move_trigger")), "dim")

    def forces(self) -> None:
        """Who goes, by which road, when they are there, and whether that is an order."""
        rows = []
        for force in self.plan["forces"]:
            name = self.of(force, "capability")
            need = str(force["needed"])
            for team in force["assigned"]:
                how = dict.fromkeys((self.say(team["authority"]), self.of(team, "channel")))
                arrive = self.minutes_of(team["eta_s"])
                km = f"{team['distance_m'] / 1000:.1f} km"
                rows.append(
                    (name, need, team["name"], self.way(team["route"]), km, arrive, " · ".join(how))
                )
                name = need = ""
            if force["short"]:
                why = ", ".join(
                    f"{u['name']} {self.say(u['why'])}" for u in force["unreachable"][:2]
                )
                rows.append(
                    (name, need, f"✘ {self.say('short', n=force['short'])}", why, "", "", "")
                )
        names = ("capability", "needed", "team", "road", "distance", "arrive", "authority")
        self.table("forces", names, rows)

    def medical(self) -> None:
        """Hospitals by road time."""
        rows = [
            (
                h["name"],
                h["category_zh"] if self.zh else h["category"],
                self.number(h["beds"]),
                self.minutes_of(h["road_s"]),
                self.way(h["route"]),
            )
            for h in self.plan["medical"]["hospitals"]
        ]
        self.table("medical", ("hospital", "", "beds", "travel", "road"), rows)
        passed = [
            f"{h['name']} {self.say(h['why'])}" for h in self.plan["medical"]["not_receiving"]
        ]
        if passed:
            self.line(self.say("not_receiving", names="; ".join(passed)), "yellow")

    def evacuation(self) -> None:
        """Shelters and how many go there."""
        moved = self.plan["evacuation"]
        rows = [
            (
                s["name"],
                str(s["free"]),
                str(s["assigned"]),
                self.say(s["mode"]),
                self.minutes_of(s["road_s"]),
                self.way(s["route"]),
            )
            for s in moved["shelters"]
        ]
        self.table("evacuation", ("shelter", "free", "assigned", "mode", "travel", "road"), rows)
        self.line(
            self.say(
                "evac_sum",
                people=self.number(moved["people"]),
                assigned=moved["assigned"],
                overflow=self.number(moved["overflow"]),
                clearance=self.say("clearance_never")
                if moved["overflow"]
                else self.minutes_of(moved["clearance_s"]),
            )
        )
        if moved["overflow_why_zh"]:
            self.line(f"! {self.of(moved, 'overflow_why')}", "yellow")

    def traffic_and_supplies(self) -> None:
        """Counts of control points, and needs against stock."""
        actions = [p["action"] for p in self.plan["traffic_control"]]
        counts = {a: actions.count(a) for a in ("inbound", "outbound", "close")}
        self.line(f"{self.say('traffic')}: {self.say('traffic_sum', **counts)}", "bold")
        rows = [
            (
                self.of(s, "name"),
                f"{self.number(s['needed'])} {s['unit']}",
                str(sum(lot["quantity"] for lot in s["assigned"])),
                self.number(s["short"]),
                s["assigned"][0]["name"] if s["assigned"] else "",
                self.minutes_of(s["assigned"][0]["eta_s"]) if s["assigned"] else "",
            )
            for s in self.plan["supplies"]
        ]
        names = ("supply", "needed", "assigned", "gaps", "from", "arrive")
        self.table("supplies", names, rows)

    def minutes(self) -> None:
        """The minute table; ● marks the critical chain."""
        rows = [
            (
                "●" if t["critical"] else "",
                self.clock(t["start_s"]),
                self.clock(t["finish_s"]),
                self.clock(t["deadline_s"]),
                "✘" if t["slack_s"] is None else self.minutes_of(t["slack_s"]),
                self.of(t, "task"),
                self.of(t, "owner"),
            )
            for t in self.plan["minute_table"]
        ]
        self.table("minutes", ("", "start", "finish", "deadline", "slack", "task", "owner"), rows)

    def gaps(self) -> None:
        """Shortfalls at 10, 20 and 30 minutes, one line each."""
        if self.plan["gaps"]:
            self.line(self.say("gaps"), "bold")
        for minute in (10, 20, 30):
            short = [
                f"{self.of(g, 'capability')} {g['short']}"
                for g in self.plan["gaps"]
                if g["minute"] == minute
            ]
            if short:
                self.line(f"  {self.say('at_minute', minute=minute)}: {', '.join(short)}")

    def unknowns(self) -> None:
        """What could not be known."""
        if self.plan["unknowns"]:
            self.line(self.say("unknowns"), "bold")
        for unknown in self.plan["unknowns"]:
            self.line(f"  ? {self.of(unknown, 'detail')}")
