"""The playbook (数字预案) as values: all the data that ``make_plan`` reads beside the situation.

``server.command.playbooks`` reads and checks it from ``data/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.domain import Mark, Parameter
from geo.plan_action import Authority
from geo.plan_command import WorkGroup
from geo.situation import ZoneRule


@dataclass(frozen=True, slots=True)
class Need:
    """A capability that the incident needs, and how many teams of it."""

    capability: str
    number: int
    critical: bool  # the first complete force contains it
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True)
class TaskRule:
    """One task of the minute table: a fixed duration, or one measured by a section."""

    task: str
    zh: str
    en: str
    owner_zh: str
    owner_en: str
    duration_s: int | None
    measure: str | None
    depends: tuple[str, ...]
    deadline_s: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class SupplyRule:
    """A supply: so much per evacuated person, or a fixed amount for this kind of incident."""

    category: str
    per_person: float
    fixed: int
    unit: str
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """What a resource category brings, how fast it starts, and whether it may be ordered."""

    category: str
    zh: str
    en: str
    capabilities: tuple[str, ...]
    profile: str
    turnout_s: int
    setup_s: int
    authority: Authority
    channel_zh: str
    channel_en: str
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A soft criterion of the post's score."""

    key: str
    max: int
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True)
class PostRules:
    """How a post is sited: which sites are looked at, the distance band, weights."""

    site_categories: tuple[str, ...]
    squad_categories: tuple[str, ...]
    near_m: int
    far_m: int
    min_ways_out: int
    keep_upwind: bool  # sites inside the downwind sector are excluded
    criteria: tuple[Criterion, ...]
    move_trigger_zh: str
    move_trigger_en: str


@dataclass(frozen=True, slots=True)
class Playbook:
    """Everything that is data about one kind of incident."""

    code: str
    version: str
    name_zh: str
    name_en: str
    source: str
    event_types: tuple[str, ...]
    wind_needed: bool
    zones: tuple[ZoneRule, ...]
    needs: tuple[Need, ...]
    tasks: tuple[TaskRule, ...]
    goal: str  # the task that the critical path leads to
    supplies: tuple[SupplyRule, ...]
    groups: tuple[WorkGroup, ...]
    hospital_first: tuple[str, ...]  # categories asked for first (burns, poisoning, trauma)
    post: PostRules
    vulnerable: tuple[str, ...]
    hospitals: tuple[str, ...]
    shelters: tuple[str, ...]
    helicopter: tuple[str, ...]  # categories of landing points
    categories: Mapping[str, CategoryRule]
    names_zh: Mapping[str, str]  # of the other categories that are shown
    names_en: Mapping[str, str]
    parameters: Mapping[str, Parameter]
    zh: Mapping[str, str]  # sentences by key
    en: Mapping[str, str]

    def whole(self, key: str) -> int:
        """A parameter as a whole number."""
        return int(self.parameters[key].value)

    def say_zh(self, key: str, **values: object) -> str:
        """A Chinese sentence of the plan's catalogue."""
        return self.zh[key].format(**values)

    def say_en(self, key: str, **values: object) -> str:
        """An English sentence of the plan's catalogue."""
        return self.en[key].format(**values)

    def name_zh_of(self, category: str) -> str:
        """A category's Chinese name; its code where the catalogue has none."""
        return self.names_zh.get(category, category)

    def name_en_of(self, category: str) -> str:
        """A category's English name; its code where the catalogue has none."""
        return self.names_en.get(category, category)

    def brings(self, category: str) -> tuple[str, ...]:
        """The capabilities that a category brings."""
        rule = self.categories.get(category)
        return () if rule is None else rule.capabilities

    def turnout_s(self, category: str) -> int:
        """Seconds from order to wheels rolling, where the resource itself does not say."""
        rule = self.categories.get(category)
        return self.whole("dispatch.turnout_s") if rule is None else rule.turnout_s
