"""The time that answers are for: the machine's, or the demo's own that starts beside its story."""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Tells aware UTC times. With ``start`` it stood at that moment when it was made and runs on
    from there, so that a demonstration's minutes are minutes of its story."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = None if start is None else start.astimezone(UTC)
        self._began_s = time.monotonic()

    @property
    def real(self) -> bool:
        """Whether it is the machine's own clock."""
        return self._start is None

    def remember(self, home: Path, database: str | None) -> None:
        """Let other processes of this home know the demonstration's time; the machine's needs
        no telling."""
        if self._start is None:
            return
        ahead = self.now() - datetime.now(UTC)
        file = _file(home)
        file.parent.mkdir(parents=True, exist_ok=True)
        said = {"ahead_s": ahead.total_seconds(), "database": _digest(database)}
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(said))
        fresh.replace(file)

    def now(self) -> datetime:
        """The time now."""
        if self._start is None:
            return datetime.now(UTC)
        return self._start + timedelta(seconds=time.monotonic() - self._began_s)


def remembered(home: Path, database: str | None) -> timedelta | None:
    """How far the demonstration in this home and database is ahead of the machine; None: none is
    known. Whether the database still holds a demonstration is for the caller to ask."""
    with suppress(OSError, ValueError, KeyError, TypeError, OverflowError):
        said = json.loads(_file(home).read_text())
        if said["database"] == _digest(database):
            return timedelta(seconds=float(said["ahead_s"]))
    return None


def _file(home: Path) -> Path:
    return home / "demo" / "clock.json"


def _digest(database: str | None) -> str:
    """Tells databases apart without writing an address down, which may hold a password."""
    return hashlib.sha256((database or "").encode()).hexdigest()[:16]
