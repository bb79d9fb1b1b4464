"""Speeds measured on the roads, and heights of the ground."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base


class RoadSpeedRow(Base):
    """What vehicles of a profile were seen to drive, on an edge or on all roads of a class.

    ``ratio`` is measured time over planned time; ``samples`` counts recorded runs; ``band`` is
    the part of the day (all, peak, day, night).
    """

    __tablename__ = "road_speed"
    source: Mapped[str] = mapped_column(primary_key=True)
    profile: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    band: Mapped[str] = mapped_column(primary_key=True)
    kph: Mapped[float]
    ratio: Mapped[float]
    samples: Mapped[int]
    km: Mapped[float]
    measured_from: Mapped[datetime]
    measured_to: Mapped[datetime]
    updated_at: Mapped[datetime]


class HeightTileRow(Base):
    """One degree of ground heights, its south-west corner at ``west``, ``south``."""

    __tablename__ = "height_tile"
    west: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    south: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(SmallInteger)
    heights: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str]
    source: Mapped[str]
    file: Mapped[str]
    loaded_at: Mapped[datetime]
