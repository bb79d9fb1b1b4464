"""What happens: incidents, closures, situations, plans, commands and events."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Big, geometry


class IncidentRow(Base):
    """An event being handled (突发事件); ``id`` is the client's UUIDv7. None is 未报, not 0."""

    __tablename__ = "incident"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_type: Mapped[str] = mapped_column(ForeignKey("event_type.code"))
    title: Mapped[str]
    description: Mapped[str]
    geom: Mapped[Any] = mapped_column(geometry("POINT"))
    reported_at: Mapped[datetime]
    casualties: Mapped[int | None]
    trapped: Mapped[int | None]
    wind_from_deg: Mapped[float | None]
    wind_mps: Mapped[float | None]
    radius_m: Mapped[float | None]
    status: Mapped[str] = mapped_column(server_default="open")
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    version: Mapped[int] = mapped_column(server_default="1")
    synthetic: Mapped[bool] = mapped_column(ForeignKey("content.synthetic"))


class ClosureColumns:
    """What a closure is, and the stretches of road that it takes on one version of the roads.

    ``kept_*`` is the cut: edge ids ("~" behind them against a one-way) and fractions along each.
    """

    name: Mapped[str]
    cause: Mapped[str]
    depth_m: Mapped[float | None]
    profiles: Mapped[list[str]]
    edges: Mapped[list[str]]
    geom: Mapped[Any | None] = mapped_column(geometry("GEOMETRY"))
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]
    road: Mapped[str] = mapped_column(server_default="")
    bridge: Mapped[str] = mapped_column(server_default="")
    direction: Mapped[str] = mapped_column(server_default="both")
    speed_factor: Mapped[float | None]
    whole: Mapped[bool] = mapped_column(server_default="false")
    kept_roads: Mapped[str | None]
    kept_edges: Mapped[list[str] | None]
    kept_start: Mapped[list[float] | None]
    kept_end: Mapped[list[float] | None]
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class ClosureRow(ClosureColumns, Base):
    """A road closure (道路管制/中断) as it is now: where, from when to when, and why."""

    __tablename__ = "closure"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    geom_3857: Mapped[Any | None] = mapped_column(
        geometry("GEOMETRY", 3857), Computed("st_transform(geom, 3857)", persisted=True)
    )
    created_by: Mapped[str]
    lifted_by: Mapped[str | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")


class ClosureStateRow(ClosureColumns, Base):
    """Each state of each closure, never changed: known from ``known_from`` until the next one."""

    __tablename__ = "closure_state"
    closure_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    known_from: Mapped[datetime]
    actor: Mapped[str]


class SituationRow(Base):
    """One frozen snapshot (态势) from which any plan can be made again; ``id`` is its hash."""

    __tablename__ = "situation"
    id: Mapped[str] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"))
    at: Mapped[datetime]
    body: Mapped[dict[str, Any]]


class PlanRow(Base):
    """One version of an incident's plan (方案); ``id`` is the hash of situation and playbook."""

    __tablename__ = "plan"
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    situation_id: Mapped[str | None] = mapped_column(ForeignKey("situation.id"))
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class CommandRow(Base):
    """A command that was carried out: the same id and body get ``response`` again."""

    __tablename__ = "command"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    body_hash: Mapped[str]
    response: Mapped[dict[str, Any] | None]
    at: Mapped[datetime]


class EventRow(Base):
    """What happened, never changed; ``seq`` is its number, None until it is numbered."""

    __tablename__ = "event"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    recorded: Mapped[int] = mapped_column(Big)
    seq: Mapped[int | None] = mapped_column(Big, unique=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    incident_id: Mapped[UUID | None]
    actor: Mapped[str]
    body: Mapped[dict[str, Any]]
