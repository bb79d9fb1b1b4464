"""The Plan (方案): what ``make_plan`` chose, as frozen values with the names of the plan JSON.

Seconds are whole and count from T+0 (接报登记) unless the name says otherwise; None is "not known"
or "cannot be", and the section says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geo.canonical import canonical, instant, plain
from geo.domain import GeoJson, LonLat, Mark, Parameter, Step
from geo.plan_action import Evacuation, Force, Medical, Supply, TrafficPoint
from geo.plan_command import CommandPost, Feasible, Gap, Task, WorkGroup
from geo.situation import RouteKind, SourceAge


@dataclass(frozen=True, slots=True)
class PlanZone:
    """A zone as shown."""

    name: str
    name_zh: str
    name_en: str
    radius_m: float | None
    geometry: GeoJson
    people_day: int | None
    people_night: int | None
    evacuate: bool
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True)
class Place:
    """A risk source or vulnerable place as the plan shows it."""

    id: str
    category: str
    category_zh: str
    category_en: str
    name: str
    lon: float
    lat: float
    distance_m: int
    zone: str
    people: int | None
    contact: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class PlanUnknown:
    """What could not be known, and what it means for the plan."""

    what: str
    detail_zh: str
    detail_en: str
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanRoute:
    """A way of the plan."""

    id: str
    kind: RouteKind
    resource_id: str
    geometry: tuple[LonLat, ...]
    distance_m: int
    road_s: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A 30-minute forward-command plan. ``id`` is the hash of situation and playbook."""

    id: str
    situation_id: str
    playbook: Mapping[str, Any]
    incident: Mapping[str, Any]
    feasible: Feasible
    zones: tuple[PlanZone, ...]
    people: Mapping[str, Any] | None
    exposed: Mapping[str, tuple[Place, ...]]
    forward_command_post: CommandPost
    organisation: tuple[WorkGroup, ...]
    forces: tuple[Force, ...]
    medical: Medical
    evacuation: Evacuation
    traffic_control: tuple[TrafficPoint, ...]
    supplies: tuple[Supply, ...]
    minute_table: tuple[Task, ...]
    gaps: tuple[Gap, ...]
    unknowns: tuple[PlanUnknown, ...]
    routes: tuple[PlanRoute, ...]
    parameters: tuple[Parameter, ...]
    sources: tuple[SourceAge, ...]

    def to_json(self) -> bytes:
        """Canonical JSON, the same bytes for the same situation and playbook."""
        return canonical(self)

    def document(self, version: int | None, created_at: datetime | None) -> dict[str, Any]:
        """The plan JSON that HTTP and the command line show; version and time lie outside."""
        body: dict[str, Any] = plain(self)
        body["version"] = version
        body["created_at"] = None if created_at is None else instant(created_at)
        return body
