"""Roads as loaded: nodes, directed edges, turn restrictions, and what was kept and dropped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Computed, SmallInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Big, geometry


class RoadSetRow(Base):
    """One load of roads; ``report`` says what was dropped and why, and lists the faults."""

    __tablename__ = "road_set"
    version: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    loaded_at: Mapped[datetime]
    nodes: Mapped[int]
    edges: Mapped[int]
    km: Mapped[float]
    report: Mapped[dict[str, Any]]


class RoadNodeRow(Base):
    """A junction or an end of road."""

    __tablename__ = "road_node"
    id: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    source: Mapped[str]
    component: Mapped[int]
    geom: Mapped[Any] = mapped_column(geometry("POINT"))


class RoadEdgeRow(Base):
    """One directed edge, ``way:from:to:n``; None is "not known" (speed, limits, access).

    ``geom`` runs in the direction of travel; ``drawn`` is true on one of the two directions of a
    stretch, so that the map draws it once.
    """

    __tablename__ = "road_edge"
    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    from_node: Mapped[int] = mapped_column(Big)
    to_node: Mapped[int] = mapped_column(Big)
    way_id: Mapped[int] = mapped_column(Big)
    road_class: Mapped[str] = mapped_column("class")
    name: Mapped[str]
    ref: Mapped[str]
    oneway: Mapped[bool]
    roundabout: Mapped[bool]
    bridge: Mapped[bool]
    tunnel: Mapped[bool]
    ford: Mapped[bool]
    layer: Mapped[int] = mapped_column(SmallInteger)
    length_m: Mapped[float]
    speed_kph: Mapped[float | None]
    max_height_m: Mapped[float | None]
    max_weight_t: Mapped[float | None]
    max_width_m: Mapped[float | None]
    access: Mapped[str | None]
    emergency: Mapped[str | None]
    component: Mapped[int]
    drawn: Mapped[bool]
    signs: Mapped[str | None]
    geom: Mapped[Any] = mapped_column(geometry("LINESTRING"))
    geom_3857: Mapped[Any] = mapped_column(
        geometry("LINESTRING", 3857), Computed("st_transform(geom, 3857)", persisted=True)
    )


class RoadRestrictionRow(Base):
    """A turn that is forbidden or the only one allowed ("no_left_turn" …).

    ``via_node`` is 0 where ways lie between; ``relation`` is 0 where the source has none.
    """

    __tablename__ = "road_restriction"
    id: Mapped[int] = mapped_column(Big, primary_key=True)
    source: Mapped[str]
    kind: Mapped[str]
    from_way: Mapped[int] = mapped_column(Big)
    via_node: Mapped[int] = mapped_column(Big)
    to_way: Mapped[int] = mapped_column(Big)
    via_ways: Mapped[list[int]] = mapped_column(ARRAY(Big), server_default="{}")
    vehicles: Mapped[list[str]] = mapped_column(server_default="{}")
    excepted: Mapped[list[str]] = mapped_column(server_default="{}")
    relation: Mapped[int] = mapped_column(Big, server_default="0")


class RoadBarrierRow(Base):
    """A gate, a bollard … at a graph node; ``access`` holds its signs, "key=value"."""

    __tablename__ = "road_barrier"
    id: Mapped[int] = mapped_column(Big, primary_key=True)
    source: Mapped[str]
    node: Mapped[int] = mapped_column(Big)
    kind: Mapped[str]
    access: Mapped[list[str]] = mapped_column(server_default="{}")
    max_height_m: Mapped[float | None]
    max_width_m: Mapped[float | None]
