"""Measured speeds and heights of the ground: kept by source, read as values."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.intake.heights import HeightTile, pack, unpack
from geo.measured import MeasuredSpeed

_SPEED = (
    "profile, level, subject, band, kph, ratio, samples, km, measured_from, measured_to, source,"
    " updated_at"
)
_VERSION = text(
    "SELECT (SELECT string_agg(source || '/' || profile || '/' || at, ' ' ORDER BY source, profile)"
    " FROM (SELECT source, profile, max(updated_at) AS at FROM road_speed"
    "       GROUP BY source, profile) AS one),"
    " (SELECT string_agg(west || ',' || south || '/' || digest, ' ' ORDER BY west, south)"
    "  FROM height_tile)"
)


def measured_version(session: Session) -> str:
    """Changes when a measured speed or a height does; "" while there are none."""
    speeds, tiles = session.execute(_VERSION).one()
    if speeds is None and tiles is None:
        return ""
    return hashlib.sha256(f"{speeds} {tiles}".encode()).hexdigest()[:16]


def measured_speeds(session: Session, profile: str | None = None) -> tuple[MeasuredSpeed, ...]:
    """Every measured speed, of all profiles or of one, in a fixed order."""
    rows = session.execute(
        text(
            f"SELECT {_SPEED} FROM road_speed"
            " WHERE CAST(:profile AS text) IS NULL OR profile = :profile"
            " ORDER BY profile, level, subject, band, updated_at, source"
        ),
        {"profile": profile},
    )
    return tuple(MeasuredSpeed(**row._mapping) for row in rows)


def save_speeds(
    session: Session, speeds: Sequence[MeasuredSpeed], *, source: str, profile: str
) -> None:
    """Put what one source measured of a profile in place of what it measured before."""
    session.execute(
        text("DELETE FROM road_speed WHERE source = :source AND profile = :profile"),
        {"source": source, "profile": profile},
    )
    if speeds:
        values = ", ".join(f":{name.strip()}" for name in _SPEED.split(","))
        statement = text(f"INSERT INTO road_speed ({_SPEED}) VALUES ({values})")
        session.execute(statement, [asdict(speed) for speed in speeds])


def save_tile(session: Session, tile: HeightTile, *, source: str, file: str, now: datetime) -> None:
    """Keep a degree of heights, in place of the one that was there."""
    packed = pack(tile)
    session.execute(
        text(
            "INSERT INTO height_tile"
            " (west, south, size, heights, digest, source, file, loaded_at)"
            " VALUES (:west, :south, :size, :heights, :digest, :source, :file, :now)"
            " ON CONFLICT (west, south) DO UPDATE SET size = excluded.size,"
            " heights = excluded.heights, digest = excluded.digest, source = excluded.source,"
            " file = excluded.file, loaded_at = excluded.loaded_at"
        ),
        {
            "west": tile.west,
            "south": tile.south,
            "size": tile.size,
            "heights": packed,
            "digest": hashlib.sha256(packed).hexdigest()[:16],
            "source": source,
            "file": file,
            "now": now,
        },
    )


def tiles_within(
    session: Session, west: float, south: float, east: float, north: float
) -> tuple[HeightTile, ...]:
    """The tiles that a box touches."""
    rows = session.execute(
        text(
            "SELECT west, south, size, heights FROM height_tile"
            " WHERE west <= :east AND west + 1 >= :west AND south <= :north AND south + 1 >= :south"
            " ORDER BY west, south"
        ),
        {"west": west, "south": south, "east": east, "north": north},
    )
    return tuple(unpack(*row) for row in rows)
