"""Which resources a question asks for: by category, kind, capability and state; and how grouped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from geo import queries
from geo.domain import Resource
from geo.errors import InvalidInput
from geo.words import say
from server.checks import check_categories, check_kinds

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

By = Literal["kind", "category", "capability"]
BY: tuple[By, ...] = ("kind", "category", "capability")
STATUSES = ("standby", "out", "off", "closed", "ready", "open", "full", "disabled")
"""States of teams, then of shelters, as geo.intake.places takes them."""
OTHER = ""  # the group of what brings no capability that is known


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; empty takes all. ``unknown_status``: take those of unknown state too.

    ``each`` of every ``by``; None: one list. ``within_s``: turnout and road together.
    """

    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    unknown_status: bool = False
    each: int | None = None
    by: By = "kind"
    within_s: float | None = None

    def check(self) -> None:
        """Raises UnknownCategory, InvalidInput for a kind, capability or state there is not."""
        check_categories(self.categories)
        check_kinds(self.kinds)
        _check("capability", self.capabilities, tuple(sorted(_known_capabilities())))
        _check("status", self.statuses, STATUSES)
        _check("by", (self.by,), BY)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Resources that answer, those of unknown state apart, and how many were left out and why."""

    found: tuple[Resource, ...]
    apart: tuple[Resource, ...]
    left_out: Counter[str] = field(default_factory=Counter)


def choose(session: Session, wanted: Wanted) -> Chosen:
    """The resources of the database that fit; stock lines only where they are asked for.

    Left out are counted as ``capability`` (brings none of those asked for), ``status`` (in another
    state) and ``status_unknown`` (in no known state: shown apart, never counted as on standby).
    """
    found: list[Resource] = []
    apart: list[Resource] = []
    left: Counter[str] = Counter()
    asked = frozenset(wanted.capabilities)
    for one in _resources(session, wanted):
        if asked and not asked.intersection(brings(one)):
            left["capability"] += 1
        elif not wanted.statuses or one.status in wanted.statuses:
            found.append(one)
        elif one.status is not None:
            left["status"] += 1
        elif wanted.unknown_status:
            found.append(one)
        else:
            apart.append(one)
    if apart:
        left["status_unknown"] = len(apart)
    return Chosen(tuple(found), tuple(apart), left)


def brings(resource: Resource) -> tuple[str, ...]:
    """What a resource can do, by its category (data/capabilities.csv); empty: not known."""
    rule = _rules().get(resource.category)
    return () if rule is None else rule


def groups_of(resource: Resource, wanted: Wanted) -> tuple[str, ...]:
    """The groups that a resource stands in: one, or one for each capability that it brings."""
    if wanted.by == "kind":
        return (resource.kind,)
    if wanted.by == "category":
        return (resource.category,)
    able = brings(resource)
    if wanted.capabilities:
        return tuple(one for one in wanted.capabilities if one in able)
    return able or (OTHER,)


def group_name(by: By, key: str, language: str) -> str:
    """A group in words."""
    from geo.catalog import catalog

    if by == "category":
        row = catalog().resource_categories.get(key, {})
        return str(row.get("name_zh" if language == "zh-CN" else "name_en", key))
    if by == "capability":
        return say(f"plan.capability.{key}" if key else "where.nearest.no_capability", language)
    return say(f"where.resource_kinds.{key}", language)


def _resources(session: Session, wanted: Wanted) -> tuple[Resource, ...]:
    kinds, categories = wanted.kinds, wanted.categories
    found: list[Resource] = []
    standing = tuple(kind for kind in kinds if kind != "stock")
    if standing or not kinds:
        found += queries.resources(session, kinds=standing or None, categories=categories or None)
    if "stock" in kinds or (categories and not kinds):
        found += queries.stocks(session, categories=categories or None)
    return tuple(found)


def _rules() -> Mapping[str, tuple[str, ...]]:
    from server.command.playbooks import playbooks

    shared = playbooks().books[0]  # categories are the same in every playbook
    return {code: rule.capabilities for code, rule in shared.categories.items()}


def _known_capabilities() -> frozenset[str]:
    return frozenset(one for able in _rules().values() for one in able)


def _check(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    unknown = [one for one in given if one not in known]
    if unknown:
        values = {"unknown": ", ".join(unknown), "known": ", ".join(known)}
        words = f"where.bad.{what}"
        raise InvalidInput(
            say(f"{words}.message", "en", **values),
            remedy=say(f"{words}.remedy", "en", **values),
            words=words,
            **values,
        )
