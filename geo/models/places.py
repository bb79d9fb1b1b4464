"""Risk sources, emergency resources and stock lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Loaded, geometry

_MERCATOR = Computed("st_transform(geom, 3857)", persisted=True)


class RiskSourceRow(Loaded, Base):
    """A risk source (风险源): a place that can harm, or whose people are easily harmed."""

    __tablename__ = "risk_source"
    category: Mapped[str] = mapped_column(ForeignKey("risk_category.code"))
    name: Mapped[str]
    geom: Mapped[Any] = mapped_column(geometry("POINT"))
    geom_3857: Mapped[Any] = mapped_column(geometry("POINT", 3857), _MERCATOR)
    shape: Mapped[Any | None] = mapped_column(geometry("GEOMETRY"))
    address: Mapped[str | None]
    contact: Mapped[str | None]
    phone: Mapped[str | None]
    people: Mapped[int | None]
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    district_id: Mapped[UUID | None] = mapped_column(ForeignKey("district.id"))


class ResourceRow(Loaded, Base):
    """An emergency resource (应急资源) that stands somewhere; stock lines are in ``stock``."""

    __tablename__ = "resource"
    category: Mapped[str] = mapped_column(ForeignKey("resource_category.code"))
    kind: Mapped[str]
    name: Mapped[str]
    geom: Mapped[Any] = mapped_column(geometry("POINT"))
    geom_3857: Mapped[Any] = mapped_column(geometry("POINT", 3857), _MERCATOR)
    shape: Mapped[Any | None] = mapped_column(geometry("GEOMETRY"))
    address: Mapped[str | None]
    contact: Mapped[str | None]
    phone: Mapped[str | None]
    status: Mapped[str | None]
    members: Mapped[int | None]
    capacity: Mapped[int | None]
    occupied: Mapped[int | None]
    turnout_s: Mapped[int | None]
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    district_id: Mapped[UUID | None] = mapped_column(ForeignKey("district.id"))


class StockRow(Loaded, Base):
    """A stock line: so much of one thing, kept at a place (``place_id`` None: at a bare point)."""

    __tablename__ = "stock"
    category: Mapped[str] = mapped_column(ForeignKey("resource_category.code"))
    name: Mapped[str]
    quantity: Mapped[Decimal | None]
    unit: Mapped[str]
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("resource.id"))
    geom: Mapped[Any] = mapped_column(geometry("POINT"))
    contact: Mapped[str | None]
    phone: Mapped[str | None]
    expires_on: Mapped[date | None]
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    district_id: Mapped[UUID | None] = mapped_column(ForeignKey("district.id"))
