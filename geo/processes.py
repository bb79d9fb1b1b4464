"""Processes and ports of a database cluster, as the kernel tells them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from pathlib import Path


def working_in(folder: Path) -> list[int]:
    """Live processes whose working directory is this folder: PostgreSQL's lie in its data.

    A zombie is not alive, and a process number in a file may have been used again by another
    program: the working directory tells the truth.
    """
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z" and os.readlink(process / "cwd") == str(folder):
                found.append(int(process.name))
    return found


def clear(folder: Path) -> None:
    """The children of a killed server hold its memory: give them 2 s, then end them."""
    for ending, patience in ((None, 2.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        for pid in working_in(folder) if ending else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, ending or 0)
        deadline = time.monotonic() + patience
        while working_in(folder) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not working_in(folder):
            return


def is_free(port: int) -> bool:
    """Whether a program may listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
