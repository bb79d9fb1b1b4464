"""What every playbook rests on: parameters, categories, scores and sentences, read and checked."""

from __future__ import annotations

from pathlib import Path

from geo.catalog import catalog
from geo.domain import Parameter
from geo.words import catalogue
from server.command.capabilities import read_capabilities
from server.command.plan.playbook import Criterion
from server.command.plan.post_score import criteria
from server.command.tables import Table

_NOT_IN_A_PLAN = ("show.",)  # words of the terminal and the page, not of the plan


class Shared:
    """Read once; raises BadFile or BadRow for what is broken."""

    def __init__(self, data: Path) -> None:
        known = catalog().resource_categories
        names = {code: (row["name_zh"], row["name_en"]) for code, row in known.items()}
        self.zh, self.en = _sentences("zh-CN"), _sentences("en")
        capability = frozenset(
            key.removeprefix("capability.") for key in self.zh if key.startswith("capability.")
        )
        self.categories = read_capabilities(names, capability, data / "capabilities.csv")
        self.names = names
        self.brought = {c for rule in self.categories.values() for c in rule.capabilities}
        self.parameters = _parameters(Table.of_file(data / "parameters" / "planning.toml"))
        places = Table.of_file(data / "parameters" / "places.toml")
        places.text("source"), places.text("version")
        self.vulnerable = places.texts("vulnerable")
        self.hospitals = self._listed(places, "hospitals")
        self.shelters = self._listed(places, "shelters")
        self.post_sites = self._listed(places, "post_sites")
        self.post_squads = self._listed(places, "post_squads")
        self.helicopter = self._listed(places, "helicopter")
        for squad in self.post_squads:
            if squad not in self.categories:
                places.refuse("post_squads", f"{squad} has no row in capabilities.csv")
        self.criteria = tuple(_criterion(t) for t in places.tables("criterion"))
        places.done()

    def _listed(self, table: Table, key: str) -> tuple[str, ...]:
        codes = table.texts(key)
        for code in codes:
            if code not in self.names:
                table.refuse(key, f"{code} is no resource category", "See data/catalog.")
        return codes


def _sentences(language: str) -> dict[str, str]:
    plan = {k[5:]: v for k, v in catalogue(language).items() if k.startswith("plan.")}
    return {k: v for k, v in plan.items() if not k.startswith(_NOT_IN_A_PLAN)}


def _parameters(table: Table) -> dict[str, Parameter]:
    table.text("source"), table.text("version")
    out = {}
    for key in table.names():
        if key in ("source", "version"):
            continue
        t = table.table(key)
        out[key] = Parameter(key, t.number("value"), t.text("unit"), t.mark(), t.text("source"))
        t.done()
    return out


def _criterion(t: Table) -> Criterion:
    key = t.text("key")
    if key not in criteria():
        t.refuse("key", f"{key!r} is no criterion", f"Use one of {', '.join(criteria())}.")
    out = Criterion(key, t.whole("max"), t.mark(), t.text("source"))
    t.done()
    return out
