"""What a plan moves: forces, the injured, evacuees, traffic and supplies.

Seconds are whole and count from T+0 (接报登记) unless the name says otherwise; None is "not known"
or "cannot be", and the section says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from geo.domain import Mark, Why

Authority = Literal["order", "request"]


@dataclass(frozen=True, slots=True)
class Assigned:
    """A resource that the plan sends; ``eta_s`` = turnout + road, from its order or request."""

    resource_id: str
    name: str
    category: str
    category_zh: str
    kind: str
    lon: float
    lat: float
    members: int | None
    turnout_s: int
    road_s: int
    eta_s: int
    distance_m: int
    straight_m: int
    route: str | None
    authority: Authority
    channel_zh: str
    channel_en: str
    phone: str | None
    source: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class NotReached:
    """A resource that could help and does not come: 不可达, or 路网缺失."""

    resource_id: str
    name: str
    why: Why


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A resource that could help but is out or off."""

    resource_id: str
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class Force:
    """One needed capability and who brings it."""

    capability: str
    capability_zh: str
    capability_en: str
    needed: int
    short: int
    critical: bool
    assigned: tuple[Assigned, ...]
    unreachable: tuple[NotReached, ...]
    unavailable: tuple[Unavailable, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital by road time from the incident; ``beds`` None: free beds are not known."""

    id: str
    name: str
    lon: float
    lat: float
    category: str
    category_zh: str
    beds: int | None
    speciality: bool  # a category that the playbook asks for first
    road_s: int
    distance_m: int
    route: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class NotReceiving:
    """A hospital that the plan passes over, and why."""

    id: str
    name: str
    why: Literal["unreachable", "no_road_data", "inside_zone", "not_open"]


@dataclass(frozen=True, slots=True)
class Medical:
    """Hospitals that receive, and near ones that do not."""

    hospitals: tuple[Hospital, ...]
    not_receiving: tuple[NotReceiving, ...]


@dataclass(frozen=True, slots=True)
class ShelterUse:
    """A shelter and how many people the plan sends there."""

    id: str
    name: str
    lon: float
    lat: float
    capacity: int
    free: int
    assigned: int
    mode: Literal["foot", "bus"]
    road_s: int  # the longest of its groups
    distance_m: int | None
    route: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """People of one cell who go to one shelter; ``duration_s`` = warning + preparation
    (+ boarding) + ``way_s``, the time on foot or on the road."""

    cell: str
    lon: float
    lat: float
    people: int
    shelter_id: str
    mode: Literal["foot", "bus"]
    way_s: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class Evacuation:
    """Who is moved where; ``people`` None: no population layer; 0: nobody inside."""

    people: int | None
    assigned: int
    overflow: int | None
    overflow_why_zh: str | None
    overflow_why_en: str | None
    shelters: tuple[ShelterUse, ...]
    groups: tuple[Group, ...]
    clearance_s: int | None


@dataclass(frozen=True, slots=True)
class TrafficPoint:
    """A control point where the cordon crosses a road."""

    lon: float
    lat: float
    road: str
    road_class: str
    edge: str
    action: Literal["close", "inbound", "outbound"]
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class SupplyLot:
    """Stock that is sent from one place."""

    stock_id: str
    place_id: str
    name: str
    quantity: int
    eta_s: int
    route: str | None


@dataclass(frozen=True, slots=True)
class Supply:
    """One kind of supply: need, what is sent, what is short."""

    category: str
    name_zh: str
    name_en: str
    unit: str
    needed: int | None  # None: the number of people is not known
    assigned: tuple[SupplyLot, ...]
    short: int | None
    mark: Mark
