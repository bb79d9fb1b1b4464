"""What can go wrong with a private cluster, as errors with a remedy."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from geo.errors import DiskFull, NoDatabase


@contextlib.contextmanager
def named_errors(home: Path) -> Iterator[None]:
    """Turn what the operating system refuses into ``NoDatabase`` or ``DiskFull``."""
    try:
        yield
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(home) from fault
        raise NoDatabase(
            f"{fault.filename or home}: {fault.strerror}.",
            remedy="Set ONEMAP_HOME to a folder of your own on a local disk.",
            words="errors.postgis.home",
            home=str(fault.filename or home),
            reason=fault.strerror or "",
        ) from fault


def failure(program: str, told: str, home: Path) -> NoDatabase | DiskFull:
    """What a program's last words mean."""
    if "No space left" in told or "Disk quota exceeded" in told:
        return disk_full(home)
    return NoDatabase(
        f"{program} failed: {told.strip()[-1500:]}",
        remedy=f"See {home}/pg/log, then: ./onemap doctor.",
        words="errors.postgis.failed",
        home=str(home),
        program=program,
        reason=told.strip()[-1500:],
    )


def disk_full(home: Path) -> DiskFull:
    """No room under the home."""
    return DiskFull(
        f"There is not enough room under {home} (400 MB are needed).",
        remedy="Make room there, or set ONEMAP_HOME to a folder on another disk.",
        words="errors.disk.home",
        home=str(home),
    )
