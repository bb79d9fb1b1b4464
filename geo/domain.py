"""The frozen values that every part of OneMap speaks in.

Points are (lon, lat) in EPSG:4326. Times are aware UTC. Units are in the names. ``None`` is
"not known"; an empty tuple is "none"; 0 is a measured zero: three different things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

LonLat = tuple[float, float]
GeoJson = Mapping[str, Any]
Mark = Literal["V", "D", "R", "A"]
Why = Literal["unreachable", "no_road_data"]
"""Why a time is missing: 不可达 (no open road leads there) or 路网缺失,无法判断 (the place lies
further than a setting from any road we know)."""

Direction = Literal["to_incident", "from_incident"]
ClosedDirection = Literal["both", "along", "against"]
ResourceKind = Literal["team", "stock", "depot", "shelter", "site", "mobile", "person", "supplier"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a figure comes from and how old it is."""

    source: str
    updated_at: datetime | None  # None: the source does not say
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A planning number with its standing: [V] verified, [D] derived, [R] recalled, [A] assumed."""

    key: str
    value: float
    unit: str
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True)
class Incident:
    """One event being handled (突发事件)."""

    id: UUID
    event_type: str  # code in data/catalog/event_types.csv
    at: LonLat
    reported_at: datetime  # T+0: 接报登记
    title: str = ""
    description: str = ""
    casualties: int | None = None  # None: 未报, not 0
    trapped: int | None = None
    wind_from_deg: float | None = None
    wind_mps: float | None = None
    radius_m: float | None = None  # given by a person; None: the playbook's rings
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk source (风险源): a place that can harm, or whose people are easily harmed."""

    id: UUID
    category: str
    name: str
    at: LonLat
    provenance: Provenance
    people: int | None = None
    contact: str | None = None
    phone: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resource:
    """An emergency resource (应急资源): what can help."""

    id: UUID
    category: str
    kind: ResourceKind
    name: str
    at: LonLat
    provenance: Provenance
    status: str | None = None  # team: standby/out/off; shelter: closed/ready/open/full/disabled
    members: int | None = None
    capacity: int | None = None  # people (shelter), beds (hospital)
    occupied: int | None = None
    quantity: float | None = None
    unit: str | None = None
    turnout_s: int | None = None  # None: the category's parameter applies
    department: str | None = None
    contact: str | None = None
    phone: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snap:
    """A place set on the nearest usable road edge."""

    edge: str  # road_edge id "way:from:to:n"
    fraction: float  # 0 at the edge's start, 1 at its end
    side: Literal["left", "right", "on"]
    at: LonLat
    distance_m: float  # from the place to the road


@dataclass(frozen=True, slots=True)
class ResourceEta:
    """A resource and the time until it is at the incident: turnout plus road time."""

    resource: Resource
    turnout_s: int
    road_s: float | None  # None: see why
    distance_m: float | None  # along the road
    straight_m: float
    snap: Snap | None
    why: Why | None = None

    @property
    def eta_s(self) -> float | None:
        """Seconds from the order until arrival; None where no road reaches."""
        return None if self.road_s is None else self.turnout_s + self.road_s


Maneuver = Literal[
    "",
    "depart",
    "straight",
    "keep_left",
    "keep_right",
    "slight_left",
    "slight_right",
    "left",
    "right",
    "sharp_left",
    "sharp_right",
    "uturn",
    "roundabout",
    "leave_roundabout",
    "merge",
    "exit",
    "ramp",
    "arrive",
]
"""What a driver does at a junction; "" where the road merely changes its name."""

Compass = Literal["", "N", "NE", "E", "SE", "S", "SW", "W", "NW"]
Side = Literal["left", "right", "on"]


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of a route along a road of one name, and what is done where it begins.

    ``bridges`` and ``tunnels`` hold names; "" stands for a long one that has none.
    """

    road: str  # name, else ref, else "" (the screen says 无名道路)
    road_class: str
    distance_m: float
    duration_s: float
    maneuver: Maneuver = ""
    compass: Compass = ""  # from its first to its last point
    bridges: tuple[str, ...] = ()
    tunnels: tuple[str, ...] = ()
    past_m: float = 0.0  # from the end of the last of these to the end of the step
    exit_number: int | None = None  # of the roundabout that the step runs along
    first_point: int = 0  # where in the route's geometry it begins
    edges: int = 0  # how many of the route's edges it has


@dataclass(frozen=True, slots=True)
class Route:
    """A way along open roads."""

    geometry: Sequence[LonLat]
    distance_m: float
    road_s: float
    steps: Sequence[Step]
    edges: Sequence[str]
    side: Side | None = None  # of the road on which the place lies where it ends; None: not said


@dataclass(frozen=True, slots=True)
class Closure:
    """A road closure (道路管制/中断): where, from when to when, whom it stops or slows, and why.

    A geometry alone takes every road that it meets; together with ``road`` or ``bridge`` it takes
    those of that name alone. ``edges`` count where there is no geometry and no name.
    """

    id: UUID
    geometry: GeoJson | None  # polygon, line, or None when edges or a name say where
    edges: tuple[str, ...] = ()
    name: str = ""
    cause: str = ""
    depth_m: float | None = None  # where it is water
    profiles: tuple[str, ...] = ()  # empty: every profile
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    road: str = ""  # a whole road by its name or number
    bridge: str = ""  # a whole bridge by name, or at "lon,lat"
    direction: ClosedDirection = "both"  # as the line is drawn, or as the edges are named
    speed_factor: float | None = None  # None: it stops; 0.5: half the speed
    whole: bool = False  # True: from junction to junction, not only the stretch that it covers
    version: int = field(default=0, compare=False)  # in the database, from 1; 0: not kept
    reported_at: datetime | None = field(default=None, compare=False)  # None: not kept


@dataclass(frozen=True, slots=True)
class Zone:
    """An area that an incident endangers."""

    name: str  # key in the words: "isolation", "protective", "affected"
    geometry: GeoJson
    radius_m: float | None
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True)
class People:
    """People in an area, by day and by night."""

    day: int
    night: int
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class PopulationCell:
    """One cell of the population grid."""

    id: str
    at: LonLat
    day: int
    night: int
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that could not be known (未知项), with what it means for the plan."""

    what: str  # stable key: "people", "roads", "wind", "hospital_beds", ...
    detail: str
    subjects: tuple[str, ...] = ()
