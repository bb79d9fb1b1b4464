"""The time that answers are for: the machine's, or the demo's own that starts beside its story."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


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

    def now(self) -> datetime:
        """The time now."""
        if self._start is None:
            return datetime.now(UTC)
        return self._start + timedelta(seconds=time.monotonic() - self._began_s)
