"""What has been loaded: sources, their runs, and the version of each layer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from geo.models.base import Base, Big


class ContentRow(Base):
    """What this database holds: synthetic data or real data. It has one row, so never both."""

    __tablename__ = "content"
    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    synthetic: Mapped[bool] = mapped_column(unique=True)


class DatasetRow(Base):
    """What one source handed in of one kind (places, people, districts, roads, base)."""

    __tablename__ = "dataset"
    source: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    synthetic: Mapped[bool] = mapped_column(ForeignKey("content.synthetic"))
    rows: Mapped[int]
    loaded_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    file: Mapped[str | None]
    report: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


class IntakeRunRow(Base):
    """One attempt to load a file, refused ones too."""

    __tablename__ = "intake_run"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    file: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    rows: Mapped[int]
    accepted: Mapped[int]
    refused: Mapped[int]
    report: Mapped[dict[str, Any]]


class LayerVersionRow(Base):
    """A layer's version rises in the transaction that edits it, and is part of its tiles' URL."""

    __tablename__ = "layer_version"
    layer: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Big)
