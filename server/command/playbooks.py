"""The playbooks (数字预案) under ``data/playbooks``, read and checked once at start.

A new event type is a new file: nothing here names one. A broken file is refused with file, key
and reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import cast

from geo.catalog import catalog
from geo.errors import UnknownEventType
from geo.home import DATA
from geo.plan_command import WorkGroup
from geo.situation import ZoneRule, ZoneShape
from server.command.plan.minutes import MEASURES, in_order
from server.command.plan.playbook import (
    Need,
    Playbook,
    PostRules,
    SupplyRule,
    TaskRule,
)
from server.command.shared import Shared
from server.command.tables import Table

_SHAPES = ("ring", "erg_isolation", "erg_protective", "sector")


class Playbooks(Mapping[str, Playbook]):
    """Playbooks by event type code; an unknown one is refused with the list of what there is."""

    def __init__(self, books: tuple[Playbook, ...]) -> None:
        self.books = books
        self._by_type = {code: book for book in books for code in book.event_types}

    def __getitem__(self, event_type: str) -> Playbook:
        try:
            return self._by_type[event_type]
        except KeyError:
            known = ", ".join(sorted(self._by_type))
            named = event_type in catalog().event_types
            what = "has no playbook" if named else "is no event type"
            raise UnknownEventType(
                f"{event_type} {what}.",
                remedy=f"Use one of: {known}.",
                event_type=event_type,
                known=known,
            ) from None

    def __contains__(self, event_type: object) -> bool:
        return event_type in self._by_type

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._by_type))

    def __len__(self) -> int:
        return len(self._by_type)


@cache
def playbooks() -> Playbooks:
    """The product's own playbooks, read once."""
    return read_playbooks(DATA)


def read_playbooks(data: Path) -> Playbooks:
    """Every playbook of a data folder, in the order of their codes. Raises BadFile or BadRow."""
    shared = Shared(data)
    common = Table.of_file(data / "playbooks" / "common.toml")
    books: list[Playbook] = []
    taken: dict[str, str] = {}
    for file in sorted((data / "playbooks").glob("*.toml")):
        if file.name == "common.toml":
            continue
        table = Table.of_file(file)
        book = _book(table, common, shared)
        for code in book.event_types:
            if code in taken:
                table.refuse("event_types", f"{code} is also in {taken[code]}", "Keep one.")
            taken[code] = file.name
        books.append(book)
    return Playbooks(tuple(books))


def _book(table: Table, common: Table, shared: Shared) -> Playbook:
    event_types = table.texts("event_types")
    for code in event_types:
        if code not in catalog().event_types:
            table.refuse("event_types", f"{code} is no event type", "See event_types.csv.")
    needs = tuple(_need(t, shared) for t in table.tables("need"))
    if len({n.capability for n in needs}) != len(needs):
        table.refuse("need", "a capability occurs twice", "Add the numbers up.")
    capabilities = {n.capability for n in needs}
    tasks = {t.task: t for t in _tasks(common, capabilities, strict=False)}
    tasks |= {t.task: t for t in _tasks(table, capabilities, strict=True)}
    goal = table.text("goal")
    _check_tasks(table, tasks, goal)
    supplies = {s.category: s for t in (common, table) for s in _supplies(t, shared)}
    groups = {g.name_zh: g for t in (table, common) for g in _groups(t)}
    zones = tuple(_zone(t, shared) for t in table.tables("zone"))
    hospital_first = table.texts("hospital_first", ())
    shown = {*shared.hospitals, *shared.shelters, *shared.post_sites, *supplies}
    book = Playbook(
        code=table.text("code"),
        version=table.text("version"),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        source=table.text("source"),
        event_types=event_types,
        wind_needed=table.flag("wind_needed", False),
        zones=zones,
        needs=needs,
        tasks=tuple(tasks.values()),
        goal=goal,
        supplies=tuple(supplies.values()),
        groups=tuple(groups.values()),
        hospital_first=hospital_first,
        post=_post(table.table("post"), shared),
        vulnerable=shared.vulnerable,
        hospitals=shared.hospitals,
        shelters=shared.shelters,
        helicopter=shared.helicopter,
        categories=shared.categories,
        names_zh={code: shared.names[code][0] for code in sorted(shown)},
        names_en={code: shared.names[code][1] for code in sorted(shown)},
        parameters=shared.parameters,
        zh=shared.zh,
        en=shared.en,
    )
    table.done()
    return book


def _zone(t: Table, shared: Shared) -> ZoneRule:
    name, shape = t.text("name"), t.text("shape")
    if f"zone.{name}" not in shared.zh:
        t.refuse(
            "name", f"{name!r} has no words", "Name it under [zone] in data/words/*/plan.toml."
        )
    if shape not in _SHAPES:
        t.refuse("shape", f"{shape!r} is no shape", f"Use one of {', '.join(_SHAPES)}.")
    out = ZoneRule(
        name=name,
        shape=cast(ZoneShape, shape),
        radius_m=t.whole("radius_m", least=1),
        evacuate=t.flag("evacuate"),
        mark=t.mark(),
        source=t.text("source"),
        half_angle_deg=t.whole("half_angle_deg", 45, least=1),
    )
    t.done()
    return out


def _need(t: Table, shared: Shared) -> Need:
    capability = t.text("capability")
    if capability not in shared.brought:
        t.refuse("capability", f"no category brings {capability!r}", "See data/capabilities.csv.")
    out = Need(
        capability, t.whole("number", least=1), t.flag("critical"), t.mark(), t.text("source")
    )
    t.done()
    return out


def _tasks(table: Table, capabilities: set[str], strict: bool) -> Iterator[TaskRule]:
    """Tasks of a file; a common one that measures a capability nobody needs is left out."""
    for t in table.tables("task"):
        measure = t.text("measure", None)
        kind, _, capability = (measure or "").partition(":")
        if kind in ("first", "all") and capability not in capabilities:
            if strict:
                t.refuse("measure", f"{capability!r} is not among the needs", "Add a need.")
            continue
        if measure is not None and kind not in ("first", "all") and measure not in MEASURES:
            t.refuse("measure", f"{measure!r} is no measure", f"Use one of {', '.join(MEASURES)}.")
        duration = t.whole("duration_s", None) if t.has("duration_s") else None
        if (duration is None) == (measure is None):
            t.refuse("duration_s", "give either duration_s or measure")
        yield TaskRule(
            task=t.text("task"),
            zh=t.text("zh"),
            en=t.text("en"),
            owner_zh=t.text("owner_zh"),
            owner_en=t.text("owner_en"),
            duration_s=duration,
            measure=measure,
            depends=t.texts("depends"),
            deadline_s=t.whole("deadline_s", least=1),
            mark=t.mark(),
        )
        t.done()


def _check_tasks(table: Table, tasks: Mapping[str, TaskRule], goal: str) -> None:
    for rule in tasks.values():
        for before in rule.depends:
            if before not in tasks:
                table.refuse("task", f"{rule.task} depends on {before!r}, which is no task")
    try:
        in_order(tasks)
    except ValueError as cycle:
        table.refuse("task", f"these tasks wait for each other: {cycle}", "Cut the circle.")
    if goal not in tasks:
        table.refuse("goal", f"{goal!r} is no task", "Name a task.")


def _supplies(table: Table, shared: Shared) -> Iterator[SupplyRule]:
    for t in table.tables("supply"):
        category = t.text("category")
        if category not in shared.names:
            t.refuse("category", f"{category} is no resource category", "See data/catalog.")
        yield SupplyRule(
            category=category,
            per_person=t.number("per_person"),
            fixed=t.whole("fixed"),
            unit=t.text("unit"),
            mark=t.mark(),
            source=t.text("source"),
        )
        t.done()


def _groups(table: Table) -> Iterator[WorkGroup]:
    for t in table.tables("group"):
        yield WorkGroup(
            *(t.text(k) for k in ("name_zh", "name_en", "lead_zh", "lead_en")),
            *(t.text(k) for k in ("duty_zh", "duty_en")),
        )
        t.done()


def _post(t: Table, shared: Shared) -> PostRules:
    near, far = t.whole("near_m"), t.whole("far_m")
    if near >= far:
        t.refuse("near_m", f"{near} is not less than far_m {far}", "Mend the distance band.")
    out = PostRules(
        site_categories=shared.post_sites,
        squad_categories=shared.post_squads,
        near_m=near,
        far_m=far,
        min_ways_out=t.whole("min_ways_out"),
        keep_upwind=t.flag("keep_upwind"),
        criteria=shared.criteria,
        move_trigger_zh=t.text("move_trigger_zh"),
        move_trigger_en=t.text("move_trigger_en"),
    )
    t.done()
    return out
