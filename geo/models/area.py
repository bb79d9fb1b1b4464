"""Districts, people, and what the base map shows besides roads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Loaded, geometry

_MERCATOR = Computed("st_transform(geom, 3857)", persisted=True)


class DistrictRow(Loaded, Base):
    """A township, street or other administrative area."""

    __tablename__ = "district"
    name: Mapped[str]
    code: Mapped[str | None]
    kind: Mapped[str]
    geom: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON"))
    geom_3857: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON", 3857), _MERCATOR)


class PopulationCellRow(Loaded, Base):
    """People of one grid cell by day and by night; ``size_m`` is the cell's side."""

    __tablename__ = "population_cell"
    geom: Mapped[Any] = mapped_column(geometry("POINT"))
    size_m: Mapped[float]
    day: Mapped[int]
    night: Mapped[int]
    district_id: Mapped[UUID | None] = mapped_column(ForeignKey("district.id"))


class BaseAreaRow(Loaded, Base):
    """An area of the base map: water, landuse, building, beach …"""

    __tablename__ = "base_area"
    kind: Mapped[str]
    subkind: Mapped[str | None]
    name: Mapped[str | None]
    geom: Mapped[Any] = mapped_column(geometry("GEOMETRY"))
    geom_3857: Mapped[Any] = mapped_column(geometry("GEOMETRY", 3857), _MERCATOR)


class BaseNameRow(Loaded, Base):
    """A name on the base map: city, town, village, island, mountain …; rank 1 is the greatest."""

    __tablename__ = "base_name"
    kind: Mapped[str]
    name: Mapped[str]
    rank: Mapped[int]
    geom: Mapped[Any] = mapped_column(geometry("POINT"))
    geom_3857: Mapped[Any] = mapped_column(geometry("POINT", 3857), _MERCATOR)
