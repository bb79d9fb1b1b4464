"""How a plan commands: feasibility, the post, work groups, the minute table and the gaps.

Seconds are whole and count from T+0 (接报登记) unless the name says otherwise; None is "not known"
or "cannot be", and the section says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo.domain import Mark

FeasibleState = Literal["on_time", "at_risk", "cannot"]


@dataclass(frozen=True, slots=True)
class Fail:
    """A step that does not fit into the limit; ``late_s`` None: it cannot be done at all."""

    step: str
    late_s: int | None
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Feasible:
    """Can the limit be kept? Stated, not assumed."""

    state: FeasibleState
    post_ready_s: int | None
    first_force_s: int | None
    limit_s: int
    fails: tuple[Fail, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Points of one criterion, with the reason; ``known`` False: not measured, no points."""

    criterion: str
    criterion_zh: str
    criterion_en: str
    points: int
    max: int
    known: bool
    reason_zh: str
    reason_en: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class PostSquad:
    """The squad that sets the post up; ``eta_s`` = turnout + road, from its order."""

    id: str
    name: str
    eta_s: int


@dataclass(frozen=True, slots=True)
class Post:
    """A forward command post site; ``ready_s`` = notice + squad's eta + set-up."""

    id: str
    name: str
    category: str
    category_zh: str
    lon: float
    lat: float
    score: int
    scores: tuple[Score, ...]
    squad: PostSquad | None
    setup_s: int
    ready_s: int | None
    ways_out: int | None
    relaxed_zh: str | None  # a hard rule given up because nothing else was left
    relaxed_en: str | None
    route: str | None


@dataclass(frozen=True, slots=True)
class ExcludedPost:
    """A candidate that a hard rule excludes."""

    id: str
    name: str
    lon: float
    lat: float
    rule: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class CommandPost:
    """Where the forward command post (前方指挥部) stands; what moves it."""

    primary: Post | None
    alternate: Post | None
    excluded: tuple[ExcludedPost, ...]
    move_trigger_zh: str
    move_trigger_en: str


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """A work group (工作组) of the post; owners are roles, never persons."""

    name_zh: str
    name_en: str
    lead_zh: str
    lead_en: str
    duty_zh: str
    duty_en: str


@dataclass(frozen=True, slots=True)
class Task:
    """A row of the minute table. None: it waits for something that cannot be known or done."""

    task: str
    task_zh: str
    task_en: str
    owner_zh: str
    owner_en: str
    start_s: int | None
    deadline_s: int
    finish_s: int | None
    depends: tuple[str, ...]
    slack_s: int | None
    critical: bool
    late_s: int | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Gap:
    """A shortfall of one capability at one minute."""

    minute: int
    capability: str
    capability_zh: str
    capability_en: str
    needed: int
    arrived: int
    short: int
