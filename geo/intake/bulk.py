"""Bulk loading: rows into a table by binary COPY, inside the caller's transaction."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg.errors
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.errors import DiskFull

_EWKB_HEADER = 13  # byte order, kind, SRID, number of points
_SRID_FLAG = 0x20000000


def copy_rows(
    session: Session, table: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]
) -> int:
    """Copy rows in; ``columns``: name -> PostgreSQL type, "geometry" for EWKB bytes.

    Returns how many. Raises DiskFull where the server has no room; nothing stays behind then.
    """
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    # Binary COPY carries bytes as they are: a geometry is received as its EWKB.
    types = ["bytea" if kind == "geometry" else kind for kind in columns.values()]
    count = 0
    try:
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
                count += 1
    except psycopg.errors.DiskFull as error:
        raise DiskFull(
            "The database has no room left.",
            remedy="Free some disk space and load again.",
            words="errors.disk.database",
        ) from error
    return count


def refresh_statistics(session: Session, *tables: str) -> None:
    """Let the planner know what a bulk load has changed."""
    for table in tables:
        session.execute(text("SELECT refresh_statistics(CAST(:t AS regclass))"), {"t": table})


def point_ewkb(lon: float, lat: float) -> bytes:
    """A point in EPSG:4326."""
    return struct.pack("<BIIdd", 1, _SRID_FLAG | 1, 4326, lon, lat)


def line_ewkb(vertices: bytes) -> bytes:
    """A line in EPSG:4326 of vertices given as packed little-endian doubles: lon, lat, lon …"""
    return struct.pack("<BIII", 1, _SRID_FLAG | 2, 4326, len(vertices) // 16) + vertices


def line_vertices(ewkb: bytes) -> bytes:
    """The packed vertices of a line that :func:`line_ewkb` made."""
    return ewkb[_EWKB_HEADER:]
