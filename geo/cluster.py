"""The private PostGIS: the product's own PostgreSQL cluster, when no ``DATABASE_URL`` is given.

It lives in ``<home>/pg``: ``data`` (the cluster), ``sock`` (its unix socket, 0700), ``log``,
``secrets`` (passwords for the loopback port, 0600). It starts by itself, survives kill -9 of any
process, and listens on the unix socket and on 127.0.0.1 only.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from geo import processes
from geo.binaries import Binaries, find_binaries, run_as, service_user
from geo.clusterfaults import disk_full, failure, named_errors
from geo.errors import InvalidInput, NoDatabase
from geo.provision import (
    HBA,
    ROLES,
    SETTINGS,
    SUPERUSER,
    TEMPLATE,
    create_statement,
    drop_statement,
    provision,
)

NEEDED_BYTES = 400 * 2**20  # a fresh cluster with the template takes about 150 MB
LOG_LIMIT = 50_000_000  # bytes; then the log starts anew, and the one before is kept
SOCKET_PATH_LIMIT = 90  # a unix socket's path may have 107 bytes, its file name included


class Cluster:
    """One private cluster. ``start`` is cheap when it runs, and safe from many processes."""

    def __init__(self, home: Path) -> None:
        self.home = Path(home).resolve()
        self.user = service_user()

    @cached_property
    def folder(self) -> Path:
        """``<home>/pg``; as root where PostgreSQL's user cannot come that far, what it links to."""
        return (self.home / "pg").resolve()

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server writes."""
        return self.folder / "log"

    @cached_property
    def socket_folder(self) -> Path:
        """Beside the data; under the temporary folder where that path is too long for a socket."""
        near = self.folder / "sock"
        if len(os.fsencode(near)) <= SOCKET_PATH_LIMIT:
            return near
        mark = hashlib.sha256(os.fsencode(near)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"onemap-{mark}"

    @cached_property
    def binaries(self) -> Binaries:
        """The programs that fit the data; raises ``NoDatabase`` where there are none."""
        version = self.data / "PG_VERSION"
        return find_binaries(self.home, version.read_text().strip() if version.exists() else None)

    @property
    def port(self) -> int:
        """The loopback port, as last chosen."""
        for line in (self.data / "onemap.conf").read_text().splitlines():
            if line.startswith("port = "):
                return int(line.split("'")[1])
        raise NoDatabase(f"{self.data}/onemap.conf names no port.", remedy="Start it again.")

    def url(self, database: str = "onemap", role: str = "onemap_app", *, tcp: bool = False) -> str:
        """The SQLAlchemy URL by the unix socket; with ``tcp`` by loopback, password and all."""
        if tcp:
            word = json.loads((self.folder / "secrets").read_text())[role]
            return f"postgresql+psycopg://{role}:{word}@127.0.0.1:{self.port}/{quote(database)}"
        where = quote(str(self.socket_folder), safe="")
        return f"postgresql+psycopg://{role}@/{quote(database)}?host={where}&port={self.port}"

    def ready(self) -> bool:
        """Whether it answers now. (``pg_ctl status`` also says yes for a zombie.)"""
        if not (self.data / "onemap.conf").exists():
            return False
        where = ("-h", self.socket_folder, "-p", self.port)
        return run_as(self.binaries, self.user, "pg_isready", "-q", *where).returncode == 0

    def start(self) -> Cluster:
        """Make it if there is none, start it if it does not run, and come back when it answers.

        Raises ``NoDatabase`` or ``DiskFull``, each with its remedy.
        """
        with named_errors(self.home), self._lock():
            if self.ready() and self._provisioned():
                return self
            self._prepare_folders()
            if not (self.data / "PG_VERSION").exists():
                self._init()
            if not self._running():
                self._launch()
            if not self._provisioned():
                self._provision()
        return self

    def stop(self) -> None:
        """Stop it; nothing happens where it does not run."""
        with named_errors(self.home), self._lock():
            if (self.data / "postmaster.pid").exists():
                self._pg("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "60", "stop")
                processes.clear(self.data)

    def create_database(self, name: str, template: str | None = None) -> None:
        """A database owned by ``onemap_owner``, from the given template or the empty one."""
        self._admin(create_statement(name, template or TEMPLATE))

    def drop_database(self, name: str) -> None:
        """Drop it if it exists, whoever is connected."""
        self._admin(drop_statement(name))

    def databases(self) -> tuple[str, ...]:
        """The names of all databases that take connections."""
        rows = self._admin("SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname")
        return tuple(row[0] for row in rows)

    # -- making ----------------------------------------------------------------------------

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "pg.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _prepare_folders(self) -> None:
        near = self.home / "pg"
        if not near.exists() and self.user and not self._reachable():
            # A folder above the home is closed to PostgreSQL's user; its data must lie elsewhere.
            Path("/var/lib/onemap").mkdir(mode=0o755, parents=True, exist_ok=True)
            far = tempfile.mkdtemp(prefix="pg-", dir="/var/lib/onemap")
            near.unlink(missing_ok=True)
            near.symlink_to(far)
            self.__dict__.pop("folder", None)
            self.__dict__.pop("socket_folder", None)
        for folder in (self.folder, self.socket_folder):
            folder.mkdir(mode=0o700, exist_ok=True)
            self._own(folder)
            folder.chmod(0o700)

    def _reachable(self) -> bool:
        assert self.user
        self.home.chmod(self.home.stat().st_mode | 0o011)
        for folder in (self.home, *self.home.parents):
            stat = folder.stat()
            bit = 0o100 if stat.st_uid == self.user.pw_uid else 0o001
            if not stat.st_mode & bit:
                return False
        return True

    def _own(self, path: Path) -> None:
        # In the shared temporary folder somebody else may have laid a trap under this name.
        allowed = {os.geteuid(), self.user.pw_uid if self.user else os.geteuid()}
        if path.is_symlink() or path.stat().st_uid not in allowed:
            raise NoDatabase(f"{path} belongs to another user.", remedy="Set ONEMAP_HOME.")
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _init(self) -> None:
        if shutil.disk_usage(self.folder).free < NEEDED_BYTES:
            raise disk_full(self.home)
        words = {name: secrets.token_urlsafe(24) for name in (SUPERUSER, *ROLES)}
        self._write(self.folder / "secrets", json.dumps(words))
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        how = ("-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self._pg("initdb", "-D", fresh, *how)
        with (fresh / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'onemap.conf'\n")
        self._write(fresh / "pg_hba.conf", HBA)
        self._configure(fresh, processes.free_port())
        fresh.rename(self.data)  # at once: a half-made cluster is never used

    def _configure(self, data: Path, port: int) -> None:
        chosen = {"port": str(port), "unix_socket_directories": str(self.socket_folder)}
        lines = [f"{key} = '{value}'\n" for key, value in (SETTINGS | chosen).items()]
        self._write(data / "onemap.conf", "".join(lines))

    def _write(self, path: Path, text: str) -> None:
        part = path.with_name(path.name + ".part")
        part.write_text(text)
        part.chmod(0o600)
        self._own(part)
        part.rename(path)

    # -- starting --------------------------------------------------------------------------

    def _launch(self) -> None:
        for attempt in range(3):
            processes.clear(self.data)
            # Safe under our lock, because no process works in the data folder any more.
            for stale in (self.data / "postmaster.pid", *self.socket_folder.glob(".s.PGSQL.*")):
                stale.unlink(missing_ok=True)
            kept = (self.data / "onemap.conf").exists() and attempt == 0
            port = self.port if kept and processes.is_free(self.port) else processes.free_port()
            self._configure(self.data, port)
            if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
                self.log.replace(self.log.with_name("log.1"))
            before = self.log.stat().st_size if self.log.exists() else 0
            self.log.touch(mode=0o600)
            self._own(self.log)
            how = ("-D", self.data, "-l", self.log, "-s", "-w", "-t", "120", "start")
            if run_as(self.binaries, self.user, "pg_ctl", *how).returncode == 0:
                return
            told = self.log.read_text(errors="replace")[before:]
            if "in use" not in told:  # another program may take the port between look and use
                break
        raise failure("pg_ctl start", told, self.home)

    def _running(self) -> bool:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.ready():
                return True
            if not processes.working_in(self.data) or not (self.data / "postmaster.pid").exists():
                return False
            pid = (self.data / "postmaster.pid").read_text().split("\n")[0]
            if not pid.isdigit() or int(pid) not in processes.working_in(self.data):
                return False  # dead, a zombie, or another program under a used-again number
            time.sleep(0.05)  # ours, starting or recovering
        return False

    # -- inside ----------------------------------------------------------------

    def _provisioned(self) -> bool:
        return (self.data / "onemap.provisioned").exists()

    def _provision(self) -> None:
        words = json.loads((self.folder / "secrets").read_text())
        provision(self._admin, words, self.binaries.has_extension)
        self._write(self.data / "onemap.provisioned", "")

    def _admin(self, statement: Any, database: str = "postgres") -> list[tuple[Any, ...]]:
        import psycopg

        where: dict[str, Any] = {
            "host": str(self.socket_folder),
            "port": self.port,
            "dbname": database,
        }
        try:
            with psycopg.connect(**where, user=SUPERUSER, autocommit=True) as connection:
                result = connection.execute(statement)
                return result.fetchall() if result.description else []
        except psycopg.Error as fault:
            raise failure("PostgreSQL", str(fault), self.home) from fault

    def _pg(self, program: str, *arguments: object) -> None:
        done = run_as(self.binaries, self.user, program, *arguments)
        if done.returncode:
            raise failure(program, done.stderr + done.stdout, self.home)


def ensure_database_url(home: Path, role: str = "onemap_app") -> str:
    """``DATABASE_URL`` where it is set, else the private cluster's URL for the role, started."""
    if given := os.environ.get("DATABASE_URL"):
        scheme, separator, rest = given.partition("://")
        if not separator or scheme.partition("+")[0] not in ("postgres", "postgresql"):
            raise InvalidInput(
                "DATABASE_URL is not a PostgreSQL address.",
                remedy="Write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE.",
            )
        return f"postgresql+psycopg://{rest}"
    return Cluster(home).start().url(role=role)
