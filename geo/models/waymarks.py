"""What marks a place on a road: kilometre posts, and the names of bridges and tunnels."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Big, Loaded, geometry


class RoadPostRow(Loaded, Base):
    """A kilometre post (里程碑) of the road ``ref``; ``sense``: rising, falling or both."""

    __tablename__ = "road_post"
    ref: Mapped[str]
    km: Mapped[float]
    sense: Mapped[str]
    geom: Mapped[Any] = mapped_column(geometry("POINT"))


class RoadStructureRow(Base):
    """A bridge or tunnel with a name of its own, one row a way."""

    __tablename__ = "road_structure"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    way_id: Mapped[int] = mapped_column(Big)
    geom: Mapped[Any] = mapped_column(geometry("LINESTRING"))
