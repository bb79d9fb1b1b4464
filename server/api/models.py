"""What goes in and out over HTTP, typed; the OpenAPI page is made of these."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("a finite number")
    return value


Lon = Annotated[float, Field(ge=-180, le=180), AfterValidator(_finite)]
Lat = Annotated[float, Field(ge=-90, le=90), AfterValidator(_finite)]
GeoJsonIn = dict[str, Any]


class Body(BaseModel):
    """A request body: an unknown key is a mistake, and is refused."""

    model_config = ConfigDict(extra="forbid")


class Fault(BaseModel):
    """What went wrong; ``code`` is stable, the sentences are in the server's language."""

    code: str
    message: str
    remedy: str
    values: dict[str, Any]


class ErrorOut(BaseModel):
    """The one shape of every error."""

    error: Fault


# -- the whole ------------------------------------------------------------------------------


class DatabaseHealth(BaseModel):
    ok: bool


class RoadsHealth(BaseModel):
    """The roads in use; ``updated_at`` null: the source does not say."""

    version: str
    nodes: int
    edges: int
    km: float
    source: str
    updated_at: datetime | None


class DatasetOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    source: str
    title: str
    kind: str
    synthetic: bool
    rows: int
    updated_at: datetime | None
    loaded_at: datetime


class HealthOut(BaseModel):
    status: Literal["ok", "empty", "degraded"]
    now: datetime
    clock: Literal["real", "demo"]
    version: str
    database: DatabaseHealth
    roads: RoadsHealth | None
    datasets: list[DatasetOut]
    synthetic: bool


class AreaOut(BaseModel):
    """What is loaded; ``bounds`` are west, south, east, north."""

    name: str | None
    bounds: tuple[float, float, float, float]
    centre: tuple[float, float]
    synthetic: bool


class CategoryOut(BaseModel):
    code: str
    name_zh: str
    name_en: str
    geometry: str
    count: int
    kind: str | None = None


class GroupOut(BaseModel):
    group_zh: str
    group_en: str
    categories: list[CategoryOut]


class CategoriesOut(BaseModel):
    risk: list[GroupOut]
    resource: list[GroupOut]


class EventTypeOut(BaseModel):
    code: str
    name_zh: str
    name_en: str
    class_zh: str
    subtype_zh: str
    playbook: bool


class BaseLayerOut(BaseModel):
    version: str
    url: str
    minzoom: int
    maxzoom: int


class LayerOut(BaseModel):
    version: str


class LayersOut(BaseModel):
    base: BaseLayerOut
    places: LayerOut
    closures: LayerOut


# -- places ---------------------------------------------------------------------------------


class FeatureCollectionOut(BaseModel):
    model_config = ConfigDict(extra="allow")
    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[dict[str, Any]]


class PlaceOut(BaseModel):
    """One risk source or resource; null is "not known"."""

    id: UUID
    category: str
    category_zh: str
    kind: str
    name: str
    lon: float
    lat: float
    address: str | None = None
    contact: str | None = None
    phone: str | None = None
    status: str | None = None
    members: int | None = None
    capacity: int | None = None
    occupied: int | None = None
    people: int | None = None
    quantity: float | None = None
    unit: str | None = None
    attributes: dict[str, Any] = {}
    source: str
    updated_at: datetime | None
    synthetic: bool
    township: str | None = None


class FoundOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    type: str
    id: str | None
    name: str
    detail: str | None
    lon: float
    lat: float
    category: str | None = None


class SearchOut(BaseModel):
    results: list[FoundOut]


# -- incidents ------------------------------------------------------------------------------


class IncidentIn(Body):
    """A report. ``id`` is made by the client (UUIDv7): sending it again changes nothing."""

    id: UUID
    event_type: str = Field(min_length=1, max_length=20)
    lon: Lon
    lat: Lat
    title: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=4000)
    casualties: int | None = Field(default=None, ge=0, le=10_000_000)
    trapped: int | None = Field(default=None, ge=0, le=10_000_000)
    wind_from_deg: float | None = Field(default=None, ge=0, le=360)
    wind_mps: float | None = Field(default=None, ge=0, le=100)
    radius_m: float | None = Field(default=None, gt=0, le=100_000)
    reported_at: AwareDatetime | None = None


class IncidentOut(BaseModel):
    id: UUID
    event_type: str
    lon: float
    lat: float
    title: str
    description: str
    reported_at: datetime
    casualties: int | None
    trapped: int | None
    wind_from_deg: float | None
    wind_mps: float | None
    radius_m: float | None
    attributes: dict[str, Any] = {}


class PlanIn(Body):
    """Nothing to say yet; closures in force are read from the database."""


# -- closures and roads ---------------------------------------------------------------------


ClosedDirection = Literal["both", "along", "against"]
Factor = Annotated[float, Field(gt=0, lt=1), AfterValidator(_finite)]
Depth = Annotated[float, Field(ge=0, le=100), AfterValidator(_finite)]


class ClosureWords(Body):
    """What a closure says of itself.

    ``speed_factor`` null: it stops; 0.5: half the speed. ``whole``: from junction to junction, not
    only the stretch that it covers. ``direction`` is that of the line or of the edges as named.
    """

    geometry: GeoJsonIn | None = None
    edges: list[str] = Field(default=[], max_length=10_000)
    road: str = Field(default="", max_length=200)
    bridge: str = Field(default="", max_length=200, description="name, or lon,lat")
    direction: ClosedDirection = "both"
    speed_factor: Factor | None = None
    whole: bool = False
    name: str = Field(default="", max_length=200)
    cause: str = Field(default="", max_length=400)
    depth_m: Depth | None = None
    profiles: list[str] = []
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None


class ClosureIn(ClosureWords):
    """A closure to put in force: a polygon, a line, road edges, a whole road or a bridge."""

    id: UUID


class ClosureChangeIn(ClosureWords):
    """What shall be different; what is not named stays. ``version`` is the one that was seen.

    Null takes a value away. ``id`` is the command's own: sent again, it changes nothing.
    """

    version: int = Field(ge=1)
    id: UUID | None = None

    @model_validator(mode="before")
    @classmethod
    def _taken_away(cls, said: Any) -> Any:
        """Null for a text, a list or a switch is what stands where nothing was said."""
        if not isinstance(said, dict):
            return said
        blank = {
            key: field.get_default(call_default_factory=True)
            for key, field in ClosureWords.model_fields.items()
        }
        return {key: blank.get(key) if one is None else one for key, one in said.items()}


class ClosureOut(BaseModel):
    """A closure and what it takes of the present roads; ``unknowns`` say where it takes none."""

    id: UUID
    version: int
    kind: Literal["area", "line", "road", "bridge", "edges"]
    geometry: dict[str, Any] | None
    road: str
    bridge: str
    edges: list[str]
    roads: list[str]
    km: float
    stretches: dict[str, Any] | None  # what is taken, to draw; null: nothing, or too much of it
    name: str
    cause: str
    depth_m: float | None
    profiles: list[str]
    direction: ClosedDirection
    speed_factor: float | None
    whole: bool
    valid_from: datetime | None
    valid_to: datetime | None
    reported_at: datetime | None
    unknowns: list[dict[str, Any]]


class ClosureStateOut(ClosureOut):
    """One state of a closure: what was known from ``known_from`` until ``known_to`` (null: now)."""

    known_from: datetime
    known_to: datetime | None
    lifted_at: datetime | None
    actor: str


class SnapOut(BaseModel):
    edge: str
    fraction: float
    side: str


class EventOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    seq: int
    at: datetime
    kind: str
    incident_id: UUID | None
    actor: str
    body: dict[str, Any]


class EventsOut(BaseModel):
    events: list[EventOut]
