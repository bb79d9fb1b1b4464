"""What tests share: the private cluster, a fresh migrated database each, the real test cities."""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo import db
from geo.cluster import Cluster
from geo.home import CHECKOUT, DATA, home

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_numbers = itertools.count()

# Tests speak the product's own language unless they ask for another, whatever the caller's is.
os.environ.pop("ONEMAP_LANG", None)

# A shell that starts the tests in the background lets them ignore Ctrl-C, and so would every
# command that a test starts and then interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The home's own PostgreSQL, started; it goes on running, as after any command."""
    started = Cluster(home()).start()
    _drop_leftovers(started)
    return started


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a migrated database with the catalogue in it, made once for this schema."""
    name = f"test_template_{_schema_digest()}"
    with (home() / "test.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if name not in cluster.databases():
            making = f"{name}_new_{os.getpid()}"
            cluster.drop_database(making)
            cluster.create_database(making)
            db.migrate(cluster.url(making))
            cluster.create_database(name, template=making)
            cluster.drop_database(making)
    return name


@pytest.fixture
def database_url(cluster: Cluster, template: str) -> Iterator[str]:
    """The app's address of a fresh database with schema and catalogue; dropped afterwards."""
    with fresh_database(cluster, template) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on the fresh database."""
    made = db.engine(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def module_engine(cluster: Cluster, template: str) -> Iterator[Engine]:
    """An engine on a database that the tests of one file share: they leave nothing in it."""
    with fresh_database(cluster, template) as url:
        made = db.engine(url)
        yield made
        made.dispose()


@pytest.fixture
def session(module_engine: Engine) -> Iterator[Session]:
    """One transaction on an empty database, undone afterwards."""
    with Session(module_engine, expire_on_commit=False) as opened:
        yield opened
        opened.rollback()


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Real test cities: ``ONEMAP_TEST_DATA``, or the ``data`` shared beside the checkout."""
    given = os.environ.get("ONEMAP_TEST_DATA")
    folder = Path(given) if given else CHECKOUT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real test cities: set ONEMAP_TEST_DATA to their folder")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for every test of the run."""
    from tests.chromium import opened

    with opened() as running:
        yield running


@contextmanager
def fresh_database(cluster: Cluster, template: str) -> Iterator[str]:
    """The app's address of a copy of the template, dropped afterwards."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    cluster.create_database(name, template=template)
    try:
        yield cluster.url(name)
    finally:
        cluster.drop_database(name)


def _schema_digest() -> str:
    hashed = hashlib.sha256()
    parts = [*db.MIGRATIONS.rglob("*.py"), *db.MIGRATIONS.rglob("*.sql")]
    for path in sorted([*parts, *(DATA / "catalog").glob("*.csv"), CHECKOUT / "geo/cluster.py"]):
        hashed.update(path.read_bytes())
    return hashed.hexdigest()[:12]


def _drop_leftovers(cluster: Cluster) -> None:
    """Databases of test runs that were killed before they could drop them."""
    for name in cluster.databases():
        parts = name.split("_")
        ours = len(parts) == 3 and parts[0] == "test" and parts[1].isdigit()
        if ours and not Path("/proc", parts[1]).exists():
            cluster.drop_database(name)
