"""The private PostGIS: starts by itself, survives kill -9, meets no other, is not seen outside."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from geo import cluster as clusters
from geo import processes
from geo.binaries import find_binaries
from geo.cluster import Cluster, ensure_database_url
from geo.errors import DiskFull, InvalidInput, NoDatabase
from geo.home import CHECKOUT
from tests.homes import scratch_home


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    with scratch_home() as home:
        cluster = Cluster(home).start()
        try:
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture(scope="module")
def running() -> Iterator[Cluster]:
    with own_cluster() as cluster:
        yield cluster


def ask(url: str, statement: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            answer = connection.execute(text(statement))
            return answer.scalar_one() if answer.returns_rows else None
    finally:
        engine.dispose()


def server_pid(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().splitlines()[0])


def test_it_starts_from_nothing_with_postgis_and_three_roles(running: Cluster) -> None:
    assert running.ready()
    assert str(ask(running.url(), "SELECT postgis_version()")).startswith("3.")
    for role in ("onemap_owner", "onemap_app", "onemap_reader"):
        statement = "SELECT current_user || usesuper FROM pg_user WHERE usename = current_user"
        assert ask(running.url(role=role), statement) == f"{role}false"
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'onemap'"
    assert ask(running.url(), owner) == "onemap_owner"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wal_level", "replica"),
        ("synchronous_commit", "on"),
        ("fsync", "on"),
        ("listen_addresses", "127.0.0.1"),
        ("timezone", "UTC"),
        ("server_encoding", "UTF8"),
    ],
)
def test_it_runs_with_these_settings(running: Cluster, name: str, value: str) -> None:
    assert ask(running.url(), f"SHOW {name}") == value


def test_the_loopback_port_wants_the_password(running: Cluster) -> None:
    assert ask(running.url(tcp=True), "SELECT 1") == 1
    with pytest.raises(psycopg.OperationalError, match=r"password|fe_sendauth"):
        psycopg.connect(
            host="127.0.0.1", port=running.port, user="onemap_app", password="no", dbname="onemap"
        )


def test_nobody_else_may_open_its_socket_or_its_passwords(running: Cluster) -> None:
    assert running.socket_folder.stat().st_mode & 0o777 == 0o700
    assert (running.folder / "secrets").stat().st_mode & 0o777 == 0o600


def test_it_listens_on_no_address_but_loopback(running: Cluster) -> None:
    wanted = f":{running.port:04X}"
    listening = [
        line.split()[1]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text().splitlines()[1:]
        if line.split()[1].endswith(wanted) and line.split()[3] == "0A"
    ]
    assert listening == [f"0100007F{wanted}"]


def test_starting_again_is_quick_and_changes_nothing(running: Cluster) -> None:
    pid = server_pid(running)
    began = time.monotonic()
    Cluster(running.home).start()
    assert time.monotonic() - began < 0.5
    assert server_pid(running) == pid


def test_databases_are_made_from_the_template_and_dropped(running: Cluster) -> None:
    running.create_database("one")
    assert ask(running.url("one"), "SELECT ST_AsText(ST_Point(1, 2))") == "POINT(1 2)"
    ask(running.url("one", "onemap_owner"), "CREATE TABLE kept (n int)")
    running.create_database("two", template="one")
    assert ask(running.url("two", "onemap_owner"), "SELECT count(*) FROM kept") == 0
    for name in ("one", "two", "never"):
        running.drop_database(name)
    assert not {"one", "two"} & set(running.databases())


def test_what_was_committed_survives_kill_9_of_the_server() -> None:
    with own_cluster() as cluster:
        url = cluster.url(role="onemap_owner")
        ask(url, "CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(server_pid(cluster), signal.SIGKILL)
        assert Cluster(cluster.home).start().ready()
        assert ask(url, "SELECT n FROM kept") == 7


def test_it_starts_after_kill_9_of_every_process_of_it() -> None:
    with own_cluster() as cluster:
        for pid in processes.working_in(cluster.data):
            with suppress(ProcessLookupError):  # the first one's end may end others
                os.kill(pid, signal.SIGKILL)
        assert Cluster(cluster.home).start().ready()


def test_a_pid_file_that_names_another_program_does_not_keep_it_down() -> None:
    with own_cluster() as cluster:
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
        cluster.stop()
        # Our own number: alive, of another program.
        (cluster.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
        assert Cluster(cluster.home).start().ready()


def test_a_stolen_port_is_changed_for_another() -> None:
    with own_cluster() as cluster:
        cluster.stop()
        port = cluster.port
        with socket.socket() as thief:
            thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            thief.bind(("127.0.0.1", port))
            thief.listen()
            cluster.start()
            assert cluster.port != port
            assert ask(cluster.url(tcp=True), "SELECT 1") == 1


def test_a_half_made_cluster_is_never_used() -> None:
    with scratch_home() as home:
        (home / "pg" / "data.new").mkdir(parents=True)
        (home / "pg" / "data.new" / "PG_VERSION").write_text("15\n")
        cluster = Cluster(home).start()
        try:
            assert cluster.ready()
        finally:
            cluster.stop()


def test_a_start_that_was_cut_off_before_the_roles_were_made_is_finished() -> None:
    with own_cluster() as cluster:
        (cluster.data / "onemap.provisioned").unlink()
        cluster.drop_database("onemap")
        cluster.stop()
        cluster.start()
        assert ask(cluster.url(), "SELECT 1") == 1


def test_two_homes_run_side_by_side(running: Cluster) -> None:
    with own_cluster() as other:
        assert other.port != running.port
        assert ask(running.url(), "SELECT 1") == ask(other.url(), "SELECT 1") == 1


def test_many_processes_that_start_it_at_once_get_one_server() -> None:
    with scratch_home() as home:
        code = "import sys; from pathlib import Path; from geo.cluster import Cluster as C; "
        code += "print(C(Path(sys.argv[1])).start().url())"
        started = [
            subprocess.Popen(
                [sys.executable, "-W", "error", "-c", code, str(home)],
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            )
            for _ in range(4)
        ]
        urls = {process.communicate()[0] for process in started}
        try:
            assert [process.returncode for process in started] == [0] * 4
            assert len(urls) == 1
        finally:
            Cluster(home).stop()


def test_a_home_with_a_long_path_gets_a_short_socket() -> None:
    with scratch_home() as home:
        deep = home / ("long" * 20) / ("name" * 20)
        cluster = Cluster(deep).start()
        try:
            assert ask(cluster.url(), "SELECT 1") == 1
        finally:
            cluster.stop()
            shutil.rmtree(cluster.socket_folder)


def test_a_home_under_a_closed_folder_still_works() -> None:
    with scratch_home() as home:
        closed = home / "closed"
        closed.mkdir(mode=0o700)
        cluster = Cluster(closed / "home").start()
        try:
            assert ask(cluster.url(), "SELECT 1") == 1
            assert (closed / "home/pg/data").is_dir()
        finally:
            cluster.stop()
            if cluster.folder.parent == Path("/var/lib/onemap"):
                shutil.rmtree(cluster.folder)


def test_stopping_what_does_not_run_does_nothing() -> None:
    with scratch_home() as home:
        Cluster(home).stop()


def test_a_disk_without_room_is_named_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage("/")._replace(free=1)
    monkeypatch.setattr(clusters.shutil, "disk_usage", lambda _: full)
    with scratch_home() as home, pytest.raises(DiskFull, match="ONEMAP_HOME"):
        Cluster(home).start()


def test_a_home_that_cannot_be_made_is_named_with_a_remedy() -> None:
    with pytest.raises(NoDatabase, match="ONEMAP_HOME"):
        Cluster(Path("/proc/no")).start()


def test_a_machine_without_postgis_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("geo.binaries._candidates", lambda home: iter(()))
    with pytest.raises(NoDatabase, match=r"docker compose.*setup --from"):
        find_binaries(tmp_path)


def test_data_of_another_version_is_not_touched(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match="made by PostgreSQL 9"):
        find_binaries(tmp_path, "9")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        (
            "postgresql://u:p@h:5/d?sslmode=require",
            "postgresql+psycopg://u:p@h:5/d?sslmode=require",
        ),
        ("postgresql+psycopg2://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_database_url_goes_first(
    given: str, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    assert ensure_database_url(tmp_path) == url


@pytest.mark.parametrize("given", ["mysql://h/d", "h/d"])
def test_another_kind_of_database_is_refused(
    given: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    with pytest.raises(InvalidInput):
        ensure_database_url(tmp_path)
