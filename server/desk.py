"""The desk (值班台) of one process: its database and the compiled roads it shares.

Opening costs nothing; the database is started, migrated and connected when first needed. The
private cluster is started again when it has died, so that the next question is answered.
"""

from __future__ import annotations

import fcntl
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import BadFile, InvalidInput, NoRoads

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from routing.roads import Roads
    from server.settings import Settings


class Desk:
    """What the command line and the HTTP interface answer from; safe for many threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.language = settings.lang
        self._lock = threading.RLock()
        self._engine: Engine | None = None
        self._roads: Roads | None = None
        self._measured = ""  # version of the measured speeds and heights in them

    # -- database ----------------------------------------------------------------------------

    @property
    def engine(self) -> Engine:
        """The engine of a database that is there and has the newest schema."""
        with self._lock:
            if self._engine is None:
                self._engine = self._connect()
            return self._engine

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back when anything is raised."""
        from geo import db

        with db.session(self._living()) as session:
            yield session

    def close(self) -> None:
        """Give the connections back."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine, self._roads = None, None

    def _connect(self) -> Engine:
        from geo import cluster, db

        url = self.settings.database_url or cluster.Cluster(self.settings.home).start().url()
        address = postgres_address(url)
        db.migrate(address)
        return db.engine(address)

    def _living(self) -> Engine:
        """The engine, after starting the private cluster again if it has died."""
        from sqlalchemy.exc import OperationalError

        engine = self.engine
        try:
            with engine.connect():
                return engine
        except OperationalError:
            if self.settings.database_url:
                raise
        with self._lock:
            if self._engine is engine:  # no other thread was here first
                engine.dispose()
                self._engine = None
        return self.engine

    # -- roads -------------------------------------------------------------------------------

    def roads(self, session: Session) -> Roads:
        """The compiled roads of the version the database holds now, with the speeds and heights
        measured on them. Raises NoRoads."""
        from geo.queries.speeds import measured_version
        from routing import store

        version = store.roads_version(session)
        if version is None:
            raise NoRoads(
                "No roads have been loaded.",
                remedy="Run ./onemap load roads FILE, or ./onemap demo.",
            )
        measured = measured_version(session)
        roads = self._roads
        if roads is not None and (roads.version, self._measured) == (version, measured):
            return roads
        with self._lock:
            roads = self._roads
            if roads is None or (roads.version, self._measured) != (version, measured):
                from routing.trees import Trees
                from server.measured import with_measured

                roads = with_measured(session, self._open_roads(session, version), measured)
                roads = roads.keeping(Trees())  # a running incident's times follow its closures
                self._roads, self._measured = roads, measured
            return roads

    def _open_roads(self, session: Session, version: str) -> Roads:
        """From the home's folder for this version and these speeds; compiled if it is not there."""
        from routing.profiles import read_profiles
        from routing.roads import Roads
        from routing.store import load_roads

        shelf = self.settings.home / "roads"
        profiles = read_profiles()
        folder = Roads.folder(shelf, version, profiles)
        with suppress(NoRoads, BadFile):
            return Roads.open(folder)
        with _alone(shelf):
            with suppress(NoRoads, BadFile):  # another process has just made it
                return Roads.open(folder)
            roads = Roads.compile(load_roads(session), profiles, folder)
            _clear_shelf(shelf, keep=folder)
        return roads


def postgres_address(url: str) -> str:
    """The address as SQLAlchemy and psycopg read it. Raises InvalidInput for any other database."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.partition("+")[0] not in ("postgres", "postgresql"):
        raise InvalidInput(
            "DATABASE_URL is not a PostgreSQL address.",
            remedy="Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE.",
            words="errors.database_url",
        )
    return f"postgresql+psycopg://{rest}"


@contextmanager
def _alone(shelf: Path) -> Iterator[None]:
    """One process at a time compiles; the others wait and then open what it made."""
    shelf.mkdir(parents=True, exist_ok=True)
    with (shelf / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _clear_shelf(shelf: Path, keep: Path, versions: int = 3) -> None:
    """Remove all but the newest few; what is mapped stays readable to who maps it."""
    folders = sorted(
        (path for path in shelf.iterdir() if path.is_dir() and path != keep),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for folder in folders[versions - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)
