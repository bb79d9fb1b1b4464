"""What every table of OneMap shares: the declarative base and the columns of a loaded row."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, DateTime, Double, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The tables of OneMap, as ``geo/migrations`` makes them."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
        list[float]: ARRAY(Double),
    }


class Loaded:
    """A row that a source handed in: loading the same source again updates it.

    ``id`` is the UUIDv5 of (source, source_key); ``updated_at`` is when the source last changed
    it, None where the source does not say; ``version`` rises with every change.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    source_key: Mapped[str]
    updated_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


def geometry(kind: str, srid: int = 4326) -> Geometry:
    """A geometry column; its index is made by the migration."""
    return Geometry(kind, srid=srid, spatial_index=False)


Big = BigInteger
