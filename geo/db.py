"""The database: engines, transactions, and bringing a database to the present schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from geo.errors import Conflict, DiskFull, NoDatabase

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 0x0E01  # one migration at a time, whoever starts it
OWNER = "onemap_owner"
# Classes of SQLSTATE: no right to it, no such extension; and a server that is gone or full.
_CANNOT_PREPARE = ("42501", "58P01", "0A000")
_GONE = ("08", "28", "3D", "53", "57P")


def engine(url: str | URL, **options: Any) -> Engine:
    """An engine for the given address; connections are made when first used.

    Options are SQLAlchemy's. JSON goes through orjson, so that numpy scalars and dates may be
    stored as they are.
    """
    chosen = {"pool_size": 10, "max_overflow": 20, "pool_pre_ping": True} | options
    return create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"application_name": "onemap", "connect_timeout": 10},
        **chosen,
    )


@contextmanager
def session(engine: Engine) -> Iterator[Session]:
    """One transaction: committed at the end, undone when an exception leaves the block."""
    with Session(engine, expire_on_commit=False) as opened, opened.begin():
        yield opened


def migrate(url: str | URL) -> None:
    """Bring the database to this program's schema and catalogue; quick where nothing is to do.

    Runs as the owner: the private cluster's app address is turned into its owner's. Raises
    ``NoDatabase`` where the server does not answer, has no PostGIS or gives no right to make
    tables, ``Conflict`` where a newer program has already changed the schema, and what
    ``geo.catalog`` raises for a broken catalogue.
    """
    from geo import catalog

    address = as_owner(url)
    opened = engine(address, pool_size=1)
    try:
        with _named_errors(address), opened.connect() as connection:
            if _revision(connection) == head() and catalog.is_loaded(connection):
                return
            connection.rollback()
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": MIGRATION_LOCK})
                _upgrade(connection)
                catalog.load(connection)
    finally:
        opened.dispose()


def as_owner(url: str | URL) -> URL:
    """The owner's address for the private cluster's app or reader; any other one unchanged."""
    address = make_url(url)
    private = address.username in ("onemap_app", "onemap_reader") and not address.password
    return address.set(username=OWNER) if private else address


@cache
def head() -> str:
    """The newest revision: migrations are numbered files in one line."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).split("_")[0]


def is_ready(engine: Engine) -> bool:
    """Whether the database answers and has this program's schema."""
    try:
        with engine.connect() as connection:
            return _revision(connection) == head()
    except OperationalError:
        return False


def _revision(connection: Connection) -> str | None:
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(connection: Connection) -> None:
    found = _revision(connection)
    if found == head():
        return
    if found is not None and found > head():
        raise Conflict(
            f"The database has schema {found}; this program knows {head()}.",
            remedy="Use the newer program that made it, or a database of its own.",
            words="errors.postgis.newer_schema",
            found=found,
            known=head(),
        )
    # Imported here, because every command would pay for it otherwise.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def _named_errors(address: URL) -> Iterator[None]:
    shown = address.render_as_string(hide_password=True)
    try:
        yield
    except DBAPIError as fault:
        state = getattr(fault.orig, "sqlstate", None) or ""
        if state == "53100":
            raise DiskFull(
                "The database has no room left.",
                remedy="Free some disk space and try again.",
                words="errors.disk.database",
            ) from fault
        if state.startswith(_CANNOT_PREPARE):
            raise NoDatabase(
                f"The database at {shown} could not be prepared: {_first_line(fault)}",
                remedy="Its user must own the database, and PostGIS must be installed there.",
                words="errors.postgis.unprepared",
                url=shown,
                reason=_first_line(fault),
            ) from fault
        if state and not state.startswith(_GONE):
            raise  # a fault of ours: its traceback is wanted
        raise NoDatabase(
            f"The database at {shown} does not answer: {_first_line(fault)}",
            remedy="Start it, or unset DATABASE_URL to use the private one; see ./onemap doctor.",
            words="errors.postgis.silent",
            url=shown,
            reason=_first_line(fault),
        ) from fault


def _first_line(fault: Exception) -> str:
    return str(getattr(fault, "orig", fault)).strip().split("\n")[0]


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()
