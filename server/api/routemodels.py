"""What route and matrix questions take and give over HTTP."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from server.api.conditions import ConditionsIn
from server.api.models import Body, GeoJsonIn, Lat, Lon
from server.route import MOST_OTHERS

Why = Literal["unreachable", "no_road_data"]
PairWhy = Literal["unreachable", "no_road_data", "beyond_limit"]


class PointOut(BaseModel):
    lon: float
    lat: float


class StepOut(BaseModel):
    """A stretch of one road; ``maneuver`` is done where it begins, "" where only the name changes.

    ``bridges`` and ``tunnels``: "" is a long one without name.
    """

    road: str
    road_class: str
    distance_m: float
    duration_s: float
    maneuver: str
    compass: str
    bridges: list[str]
    tunnels: list[str]
    past_m: float
    exit_number: int | None
    first_point: int
    edges: int


class InstructionOut(BaseModel):
    """One sentence, and what it was made of; ``maneuver`` is done at its end, ``at`` its start."""

    text: str
    distance_m: float
    duration_s: float | None = None
    roads: list[str] = []
    road_class: str | None = None
    compass: str | None = None
    bridges: list[str] = []
    tunnels: list[str] = []
    at_end: bool | None = None
    maneuver: str | None = None
    onto: str | None = None
    exit_number: int | None = None
    side: str | None = None
    first_point: int | None = None
    at: list[float] | None = None


class EtaOut(BaseModel):
    """A planning range, no confidence interval; ``parameters`` with their marks."""

    eta_s: float
    low_s: int
    high_s: int
    basis: Literal["planning", "partly_measured", "measured"]
    measured_share: float
    parameters: list[dict[str, Any]]


class WayOut(BaseModel):
    """A way; null and empty where there is none."""

    distance_m: float | None
    road_s: float | None
    eta: EtaOut | None
    instructions: list[InstructionOut]
    steps: list[StepOut]
    geometry: dict[str, Any] | None


class AlternativeOut(WayOut):
    """A way that does ``without`` a road of the quickest ("": a nameless one)."""

    without: str
    extra_s: float
    shared: float


class RouteOut(WayOut):
    """The quickest way; ``why`` says which of the two answers it is where there is none, and
    ``reason`` what lies behind it. ``only``: what no way can do without."""

    start: PointOut = Field(alias="from")
    to: PointOut
    profile: str
    conditions: dict[str, Any]
    why: Why | None
    reason: dict[str, Any] | None
    avoid: list[dict[str, Any]]
    kept: list[str]
    alternatives: list[AlternativeOut]
    only: list[str]
    unknowns: list[dict[str, Any]]


class RouteIn(Body):
    """``from`` and ``to``: "lon,lat", or a place in words. Closures of the body count beside those
    in force; ``avoid`` names roads, bridges, tunnels or edges."""

    start: str = Field(alias="from", min_length=1, max_length=2000)
    end: str = Field(alias="to", min_length=1, max_length=2000)
    profile: str = "fire_tender"
    avoid: list[str] = Field(default=[], max_length=200)
    alternatives: int = Field(default=0, ge=0, le=MOST_OTHERS)
    closures: list[GeoJsonIn] = Field(default=[], max_length=1000)
    conditions: ConditionsIn | None = None
    lang: Literal["zh-CN", "en"] = "zh-CN"


class MatrixIn(Body):
    """Points as lon, lat. Closures of the body count beside those in force."""

    origins: list[tuple[Lon, Lat]] = Field(max_length=50_000)
    destinations: list[tuple[Lon, Lat]] = Field(max_length=50_000)
    profile: str = "fire_tender"
    limit_s: float | None = Field(default=None, gt=0, le=86_400)
    closures: list[GeoJsonIn] = Field(default=[], max_length=1000)


class MatrixOut(BaseModel):
    """One row for each origin; null where ``why`` says so."""

    profile: str
    searches: int
    road_s: list[list[float | None]]
    distance_m: list[list[float | None]]
    why: list[list[PairWhy | None]]
