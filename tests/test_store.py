"""The store: each command is carried out once, each change has its event, none is ever skipped."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from geo import datasets, db, events, queries
from geo.domain import Closure, Incident
from geo.errors import Conflict, InvalidInput, MixedData, NotFound, UnknownEventType
from server import closurelog, store
from tests.town import NOW, box

SECOND = timedelta(seconds=1)
AREA = box(123.0, 28.0, 123.01, 28.01)


def report(number: int = 0, **changes: Any) -> Incident:
    id = UUID(int=(7 << 76) | (1 << 127) | number)
    plain = Incident(id, "12E04", (123.0, 28.0), NOW - SECOND, title=f"第{number}起")
    return replace(plain, **changes)


def kinds(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT kind FROM event ORDER BY recorded")))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"casualties": 0, "trapped": 3, "wind_from_deg": 360.0, "wind_mps": 0.0},
        {"radius_m": 500.0, "attributes": {"substance": "氯", "un": 1017}, "description": "泄漏"},
        {"reported_at": NOW},
    ],
)
def test_an_incident_is_kept_as_it_was_reported(session: Session, changes: Any) -> None:
    incident = report(**changes)
    assert store.record_incident(session, uuid4(), incident, actor="a", now=NOW) == incident
    assert queries.incident(session, incident.id) == incident
    assert queries.incidents(session) == (incident,)
    assert kinds(session) == ["incident.reported"]


def test_the_same_command_is_answered_again_and_done_once(engine: Engine) -> None:
    command, incident = uuid4(), report()
    for later in (0, 5, 10):
        with db.session(engine) as session:
            answer = store.record_incident(
                session, command, incident, actor="a", now=NOW + later * SECOND
            )
            assert answer == incident
    with db.session(engine) as session:
        assert kinds(session) == ["incident.reported"]


def test_a_time_that_the_server_filled_in_is_no_other_body(session: Session) -> None:
    command = uuid4()
    first = report(reported_at=NOW)
    again = report(reported_at=NOW + SECOND)
    store.record_incident(session, command, first, actor="a", now=NOW)
    answer = store.record_incident(session, command, again, actor="a", now=NOW + SECOND)
    assert answer == first


def test_a_time_that_happens_to_be_the_servers_is_still_the_same_body(session: Session) -> None:
    command, incident = uuid4(), report(reported_at=NOW)
    for later in (0, 1, 2):
        answer = store.record_incident(
            session, command, incident, actor="a", now=NOW + later * SECOND
        )
        assert answer == incident
    other = replace(incident, reported_at=NOW - SECOND)
    with pytest.raises(Conflict):
        store.record_incident(session, command, other, actor="a", now=NOW + 5 * SECOND)


@pytest.mark.parametrize("changes", [{"title": "另一起"}, {"at": (123.1, 28.0)}, {"trapped": 1}])
def test_the_same_command_with_another_body_is_refused(session: Session, changes: Any) -> None:
    command = uuid4()
    store.record_incident(session, command, report(), actor="a", now=NOW)
    with pytest.raises(Conflict):
        store.record_incident(session, command, report(**changes), actor="a", now=NOW)


def test_another_command_for_the_same_incident_is_refused(engine: Engine) -> None:
    with db.session(engine) as session:
        store.record_incident(session, uuid4(), report(), actor="a", now=NOW)
    with pytest.raises(Conflict), db.session(engine) as session:
        store.record_incident(session, uuid4(), report(), actor="a", now=NOW)
    with db.session(engine) as session:  # the refused command left nothing
        assert session.scalar(text("SELECT count(*) FROM command")) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"event_type": "00X00"}, UnknownEventType),
        ({"at": (float("nan"), 28.0)}, InvalidInput),
        ({"at": (28.0, 123.0)}, InvalidInput),
        ({"at": (181.0, 28.0)}, InvalidInput),
        ({"casualties": -1}, InvalidInput),
        ({"trapped": 2**31}, InvalidInput),
        ({"wind_from_deg": 361.0}, InvalidInput),
        ({"wind_mps": float("nan")}, InvalidInput),
        ({"radius_m": 0.0}, InvalidInput),
        ({"title": "a\x00b"}, InvalidInput),
        ({"attributes": {"a": "\x00"}}, InvalidInput),
        ({"attributes": {"a": float("inf")}}, InvalidInput),
        ({"reported_at": NOW.replace(tzinfo=None)}, InvalidInput),
    ],
)
def test_an_incident_that_cannot_be_is_refused(
    session: Session, changes: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        store.record_incident(session, uuid4(), report(**changes), actor="a", now=NOW)
    assert queries.incidents(session) == ()


def test_many_send_the_same_command_at_once_and_one_is_done(engine: Engine) -> None:
    command, incident = uuid4(), report()
    start = threading.Barrier(8)

    def send(_: int) -> Incident:
        start.wait()
        with db.session(engine) as session:
            return store.record_incident(session, command, incident, actor="a", now=NOW)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert answers == [incident] * 8
    with db.session(engine) as session:
        assert kinds(session) == ["incident.reported"]


def test_an_incident_in_an_empty_database_makes_it_a_real_one(engine: Engine) -> None:
    with db.session(engine) as session:
        store.record_incident(session, uuid4(), report(), actor="a", now=NOW)
        assert datasets.is_synthetic(session) is False
    with pytest.raises(MixedData), db.session(engine) as session:
        datasets.claim(session, synthetic=True)


def test_an_incident_is_synthetic_as_its_data_are(engine: Engine) -> None:
    with db.session(engine) as session:
        datasets.claim(session, synthetic=True)
        store.record_incident(session, uuid4(), report(), actor="a", now=NOW)
        assert session.scalar(text("SELECT synthetic FROM incident")) is True


def test_a_closure_and_its_lifting_are_events_and_versions(session: Session) -> None:
    closure = Closure(uuid4(), AREA, name="塌方", cause="滑坡", valid_to=NOW + SECOND)
    assert closurelog.add_closure(session, closure, actor="a", now=NOW) == closure
    assert closurelog.add_closure(session, closure, actor="a", now=NOW + SECOND) == closure
    assert queries.open_closures(session, NOW) == (closure,)
    for _ in range(2):
        assert closurelog.lift_closure(session, closure.id, actor="b", now=NOW) == closure
    assert queries.open_closures(session, NOW) == ()
    assert queries.open_closures(session, NOW - SECOND) == ()  # nobody knew of it
    assert kinds(session) == ["closure.added", "closure.lifted"]
    assert queries.layer_version(session, "closure") == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"geometry": None},
        {"geometry": {"type": "Polygon", "coordinates": []}},
        {"geometry": {"type": "LineString", "coordinates": [[0, 0], [float("nan"), 1]]}},
        {"depth_m": -1.0},
        {"valid_from": NOW, "valid_to": NOW},
        {"valid_from": NOW.replace(tzinfo=None)},
        {"name": "\x00"},
    ],
)
def test_a_closure_that_cannot_be_is_refused(session: Session, changes: Any) -> None:
    with pytest.raises(InvalidInput):
        closurelog.add_closure(
            session, replace(Closure(uuid4(), AREA), **changes), actor="a", now=NOW
        )


def test_lifting_what_is_not_there_is_refused(session: Session) -> None:
    with pytest.raises(NotFound):
        closurelog.lift_closure(session, uuid4(), actor="a", now=NOW)


def made(incident: Incident, number: int) -> tuple[Any, Any]:
    """A situation and a plan of it, as the store sees them."""
    body = f'{{"number": {number}, "share": 1.0}}'.encode()
    situation = SimpleNamespace(
        id=f"s{number}", incident=incident, at=NOW + number * SECOND, to_json=lambda: body
    )
    feasible = SimpleNamespace(state="on_time")
    return situation, SimpleNamespace(id=f"p{number}", to_json=lambda: body, feasible=feasible)


def test_plans_are_counted_and_the_same_plan_stays(session: Session) -> None:
    incident = report()
    store.record_incident(session, uuid4(), incident, actor="a", now=NOW)
    assert queries.plan(session, incident.id) is None
    assert queries.situation(session, incident.id) is None
    versions = [
        store.save_plan(session, incident.id, *made(incident, n), NOW) for n in (1, 1, 2, 1)
    ]
    assert versions == [1, 1, 2, 3]
    latest, first = (queries.plan(session, incident.id, v) for v in (None, 1))
    assert latest
    assert first
    assert (latest.version, latest.body) == (3, {"number": 1, "share": 1.0})
    assert first.created_at == NOW
    assert queries.plan(session, incident.id, 4) is None
    assert queries.situation(session, incident.id) == {"number": 1, "share": 1.0}
    assert kinds(session) == ["incident.reported", *["plan.proposed"] * 3]
    with pytest.raises(NotFound):
        store.save_plan(session, uuid4(), *made(incident, 5), NOW)


def test_planners_at_once_get_versions_of_their_own(engine: Engine) -> None:
    incident = report()
    with db.session(engine) as session:
        store.record_incident(session, uuid4(), incident, actor="a", now=NOW)

    def plan(number: int) -> int:
        with db.session(engine) as session:
            return store.save_plan(session, incident.id, *made(incident, number), NOW)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(plan, range(12))) == list(range(1, 13))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = '{}'",
        "UPDATE event SET seq = seq + 1",
        "UPDATE event SET seq = NULL",
        "DELETE FROM event",
        "TRUNCATE event",
    ],
)
def test_an_event_is_never_changed_even_by_the_owner(
    engine: Engine, database_url: str, statement: str
) -> None:
    with db.session(engine) as session:
        events.append(session, "test", actor="a", at=NOW)
        assert store.number_events(session) == 1
    owner = db.engine(db.as_owner(database_url))
    with pytest.raises(IntegrityError, match="append-only"), owner.begin() as connection:
        connection.execute(text(statement))
    owner.dispose()


def test_only_the_numberer_gives_numbers(session: Session) -> None:
    session.execute(
        text("INSERT INTO event (at, kind, actor, body, seq) VALUES (now(), 'x', 'a', '{}', 99)")
    )
    assert session.scalar(text("SELECT seq FROM event")) is None
    store.number_events(session)
    assert session.scalar(text("SELECT seq FROM event")) == 1


def test_a_change_that_is_undone_leaves_no_event(engine: Engine) -> None:
    def fail_after_writing() -> None:
        with db.session(engine) as session:
            store.record_incident(session, uuid4(), report(), actor="a", now=NOW)
            session.execute(text("SELECT 1/0"))

    with pytest.raises(DBAPIError):
        fail_after_writing()
    with db.session(engine) as session:
        assert kinds(session) == []
        assert store.number_events(session) == 0


def test_no_reader_skips_an_event_while_many_write_and_one_stays_open(engine: Engine) -> None:
    """Four writers, two numberers, one reader; one writer's transaction spans all the rest."""
    count, done = 60, threading.Event()

    def write(writer: int) -> None:
        for number in range(count):
            with db.session(engine) as session:
                body = {"writer": writer, "number": number}
                events.append(session, "test", actor=str(writer), at=NOW, body=body)

    def number(_: int) -> None:
        while not done.is_set():
            with db.session(engine) as session:
                store.number_events(session)

    seen: list[events.Event] = []

    def read() -> None:
        while True:
            last = done.is_set()
            with db.session(engine) as session:
                fresh = store.events_after(session, seen[-1].seq if seen else 0, limit=7)
            seen.extend(fresh)
            if last and not fresh:
                return

    slow = Session(engine)
    events.append(slow, "slow", actor="slow", at=NOW, body={"writer": -1, "number": 0})
    with ThreadPoolExecutor(7) as pool:
        reader = pool.submit(read)
        numberers = [pool.submit(number, n) for n in range(2)]
        for writing in [pool.submit(write, n) for n in range(4)]:
            writing.result()
        slow.commit()
        slow.close()
        with db.session(engine) as session:
            store.number_events(session)
        done.set()
        for numberer in numberers:
            numberer.result()
        reader.result()

    assert [event.seq for event in seen] == list(range(1, 4 * count + 2))
    for writer in range(4):  # each writer's own order is kept
        mine = [e.body["number"] for e in seen if e.body["writer"] == writer]
        assert mine == list(range(count))
    slow_seq = next(e.seq for e in seen if e.kind == "slow")
    assert slow_seq > 1  # written first, committed and so numbered late
