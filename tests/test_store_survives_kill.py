"""kill -9 of PostgreSQL while incidents are recorded: each acknowledged one is there, once.

Two reporters repeat each command, under its id, until it is answered. ``ONEMAP_KILLS`` sets how
often PostgreSQL is killed (default 5).
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from geo import db
from geo.cluster import Cluster
from geo.domain import Incident
from geo.errors import NoDatabase
from server import store
from tests.homes import scratch_home
from tests.town import NOW

KILLS = int(os.environ.get("ONEMAP_KILLS", "5"))


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A cluster that may be killed."""
    with scratch_home() as home:
        started = Cluster(home).start()
        db.migrate(started.url())
        yield started
        started.stop()


class Reporter(threading.Thread):
    """Reports incidents one after another, as a client that waits for each answer."""

    def __init__(self, engine: Engine, number: int, stop: threading.Event) -> None:
        super().__init__()
        self.engine, self.number, self.stop = engine, number, stop
        self.acknowledged: list[UUID] = []
        self.repeats = 0

    def run(self) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            command = UUID(int=(7 << 76) | (1 << 127) | (self.number << 32) | count)
            incident = Incident(command, "12E04", (123.0, 28.0), NOW, title=f"第{count}起")
            while not self.stop.is_set():
                try:
                    with db.session(self.engine) as session:
                        store.record_incident(session, command, incident, actor="a", now=NOW)
                except DBAPIError:
                    self.repeats += 1
                    time.sleep(0.02)
                    continue
                self.acknowledged.append(command)
                break


@pytest.mark.timeout(600)
def test_no_acknowledged_incident_is_lost_or_doubled(own_cluster: Cluster) -> None:
    rng = random.Random(2)
    engine = db.engine(own_cluster.url())
    stop = threading.Event()
    reporters = [Reporter(engine, number, stop) for number in (1, 2)]
    for reporter in reporters:
        reporter.start()
    try:
        for turn in range(KILLS):
            before = [len(r.acknowledged) for r in reporters]
            time.sleep(rng.uniform(0.1, 0.8))
            postmaster = int((own_cluster.data / "postmaster.pid").read_text().split()[0])
            with suppress(ProcessLookupError):
                os.kill(postmaster, signal.SIGKILL)
            own_cluster.start()
            deadline = time.monotonic() + 60
            while any(len(r.acknowledged) < n + 3 for r, n in zip(reporters, before, strict=True)):
                assert time.monotonic() < deadline, f"no report got through after kill {turn}"
                time.sleep(0.05)
    finally:
        stop.set()
        for reporter in reporters:
            reporter.join()

    with db.session(engine) as session:
        store.number_events(session)
        stored = list(session.scalars(text("SELECT id FROM incident")))
        told = list(session.scalars(text("SELECT incident_id FROM event ORDER BY seq")))
        numbers = list(session.scalars(text("SELECT seq FROM event ORDER BY seq")))
    engine.dispose()
    acknowledged = {id for reporter in reporters for id in reporter.acknowledged}
    assert acknowledged <= set(stored)
    # Each incident has its one event; a command that was not acknowledged may be there too.
    assert sorted(told) == sorted(stored)
    assert len(stored) - len(acknowledged) <= len(reporters)
    assert numbers == list(range(1, len(stored) + 1))
    assert sum(reporter.repeats for reporter in reporters) >= KILLS


def test_a_stopped_database_is_named(own_cluster: Cluster) -> None:
    own_cluster.stop()
    with pytest.raises(NoDatabase, match="does not answer"):
        db.migrate(own_cluster.url())
