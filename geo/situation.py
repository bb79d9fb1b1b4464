"""The Situation (态势): one frozen snapshot of everything that was measured about an incident.

``gather`` makes it, ``make_plan`` reads nothing else. Seconds are whole; None is "not known".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson

from geo.canonical import canonical, digest, restore
from geo.domain import (
    Closure,
    GeoJson,
    Incident,
    LonLat,
    Mark,
    People,
    PopulationCell,
    Resource,
    ResourceEta,
    Risk,
    Step,
    Unknown,
    Why,
    Zone,
)

RouteKind = Literal["force", "post", "medical", "evacuation", "supply"]
ZoneShape = Literal["ring", "erg_isolation", "erg_protective", "sector"]


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """How a playbook draws one zone around an incident."""

    name: str
    shape: ZoneShape
    radius_m: int  # for ERG shapes: where the substance is not known
    evacuate: bool  # people inside are moved
    mark: Mark
    source: str
    half_angle_deg: int = 45  # of a downwind sector


@dataclass(frozen=True, slots=True)
class MeasuredZone:
    """A zone and the people inside it; None where there is no population layer."""

    zone: Zone
    evacuate: bool
    people_day: int | None
    people_night: int | None


@dataclass(frozen=True, slots=True)
class Exposed:
    """A risk source or a vulnerable place inside the outermost zone."""

    risk: Risk
    category_zh: str
    category_en: str
    distance_m: int  # straight, from the incident
    vulnerable: bool
    zone: str  # innermost zone it lies in


@dataclass(frozen=True, slots=True)
class Counted:
    """How many resources of a category were looked at, before the fastest were kept."""

    considered: int
    reachable: int
    unreachable: int
    no_road_data: int


@dataclass(frozen=True, slots=True)
class Shelter:
    """A shelter with its road time from the incident; ``zone`` names the zone it lies in."""

    eta: ResourceEta
    zone: str | None


@dataclass(frozen=True, slots=True)
class SquadTime:
    """A command support squad's road time to one candidate post."""

    squad_id: str
    road_s: int | None
    distance_m: int | None
    why: Why | None


@dataclass(frozen=True, slots=True)
class PostCandidate:
    """A place where the forward command post could stand, with all that was measured of it."""

    resource: Resource
    distance_m: int  # straight, from the incident
    bearing_deg: int  # from the incident, clockwise from north
    zone: str | None  # the innermost zone it lies in
    margin_m: int | None  # to the nearest zone edge, outside only; None: no zone or inside
    closure: str | None  # the closed area it lies in
    squads: tuple[SquadTime, ...]
    ways_out: int | None  # edge-disjoint ways; None: not measured
    helicopter_m: int | None  # to the nearest landing point; None: none known


@dataclass(frozen=True, slots=True)
class CordonCrossing:
    """A road that crosses the edge of the cordon."""

    edge: str
    lon: float
    lat: float
    road: str
    road_class: str
    other: str | None = None  # the same stretch in the other direction


@dataclass(frozen=True, slots=True)
class MeasuredRoute:
    """A way along open roads that the plan may show; ``id`` is ``kind:from[:to]``."""

    id: str
    kind: RouteKind
    resource_id: str
    geometry: tuple[LonLat, ...]
    distance_m: int
    road_s: int
    steps: tuple[Step, ...]
    cordon_edges: tuple[str, ...]  # those of its edges that cross the cordon


@dataclass(frozen=True, slots=True)
class SourceAge:
    """A data set that the situation rests on, and how old it is."""

    source: str
    kind: str  # places, people, districts, roads, base
    title: str
    updated_at: datetime | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """All that was measured, at ``at``. Rows of the two time tables are cells, columns are
    ``shelter_order`` (ids); None where that shelter cannot be reached from that cell."""

    incident: Incident
    event_type_zh: str
    event_type_en: str
    at: datetime
    daytime: bool  # sun hours at the incident's civil clock
    township: str | None
    synthetic: bool
    access: LonLat | None  # where the incident is reached by road; None: no road is near
    access_m: int  # straight, from the incident to there; 0: a road is at the incident
    roads_version: str | None
    zones: tuple[MeasuredZone, ...]
    cordon: GeoJson | None  # union of the zones that are evacuated or closed
    people: People | None  # inside the cordon
    cell_m: int | None  # width of the population grid; None: cells were taken as points
    exposed: tuple[Exposed, ...]
    candidates: tuple[ResourceEta, ...]
    counted: Mapping[str, Counted]
    stocks: tuple[ResourceEta, ...]
    hospitals: tuple[ResourceEta, ...]
    shelters: tuple[Shelter, ...]
    cells: tuple[PopulationCell, ...]  # to be moved; their people inside the cordon
    shelter_order: tuple[str, ...]
    foot_s: tuple[tuple[int | None, ...], ...]
    bus_s: tuple[tuple[int | None, ...], ...]
    squads: tuple[Resource, ...]
    posts: tuple[PostCandidate, ...]
    crossings: tuple[CordonCrossing, ...]
    closures: tuple[Closure, ...]
    routes: tuple[MeasuredRoute, ...]
    sources: tuple[SourceAge, ...]
    unknowns: tuple[Unknown, ...]
    hospital_zones: Mapping[str, str] = field(default_factory=dict)
    """The innermost zone of every hospital that lies in one, by its id."""
    stock_zones: Mapping[str, str] = field(default_factory=dict)
    """The same of every lot of stock."""

    @property
    def evacuated(self) -> frozenset[str]:
        """The names of the zones that people leave."""
        return frozenset(z.zone.name for z in self.zones if z.evacuate)

    @property
    def id(self) -> str:
        """SHA-256 (hex) of the canonical JSON."""
        return digest(self)

    def to_json(self) -> bytes:
        """Canonical JSON: sorted keys, UTF-8."""
        return canonical(self)

    @classmethod
    def from_json(cls, data: bytes | str | Mapping[str, Any]) -> Situation:
        """The situation that ``to_json`` wrote."""
        body = orjson.loads(data) if isinstance(data, (bytes, str)) else data
        return restore(cls, body)
