"""Doing the steps of a set-up side by side, saying how each goes, and stopping them together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from geo.errors import OneMapError, SetupFailed
from server.setup.site import Site

TAIL = 12  # lines of a failed program's output that are shown


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work: its word under ``setup.step``, what it does, what must be done before."""

    name: str
    do: Callable[[Runner], None]
    after: tuple[str, ...] = ()


class Stopped(Exception):
    """Another step failed, or a person pressed Ctrl-C: this one ends without a word."""


@dataclass
class Runner:
    """Runs programs for a step: output to a log, ended when the set-up is given up."""

    site: Site
    name: str
    stop: threading.Event
    lock: int | None = None  # the file number of the home's lock, for programs to hold

    def __call__(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        finish: bool = False,
    ) -> None:
        """Run to the end; ``SetupFailed`` with the last lines of its output where it fails.

        ``finish``: never ended half-way (a package manager that is writing to the system).
        """
        if self.stop.is_set():
            raise Stopped
        log = self.log()
        with log.open("ab") as out:
            out.write(f"$ {' '.join(map(str, command))}\n".encode())
            out.flush()
            # A session of its own: Ctrl-C reaches us alone, and we end it with its children.
            process = subprocess.Popen(
                list(map(str, command)),
                env={**os.environ, **(env or {})},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=() if self.lock is None else (self.lock,),
            )
        while process.poll() is None:
            if self.stop.wait(0.02) and not finish:
                _end(process)
                raise Stopped
        if process.returncode:
            last = _tail(log)
            full = any(words in last for words in _NO_ROOM)
            raise SetupFailed(
                f"{Path(command[0]).name} ({process.returncode}):\n{last}",
                remedy=self.site.say("remedy.full" if full else "remedy.log", log=log),
                step=self.name,
            )

    def log(self) -> Path:
        """This step's log file."""
        folder = self.site.home / "log"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"setup-{self.name}.log"


def do_all(site: Site, steps: Sequence[Step], lock: int | None = None) -> None:
    """Do the steps, those that wait for nothing at once; raise the first failure there is."""
    if not steps:
        return
    began = time.monotonic()
    stop = threading.Event()
    teller = _Teller(site, began)
    names = {step.name for step in steps}
    done = {name: threading.Event() for name in names}

    def run(step: Step) -> None:
        for name in step.after:
            while name in names and not done[name].wait(0.05):
                if stop.is_set():
                    raise Stopped
        started = time.monotonic()
        teller.begins(step.name)
        runner = Runner(site, step.name, stop, lock)
        runner.log().unlink(missing_ok=True)
        step.do(runner)
        done[step.name].set()
        teller.ends(step.name, time.monotonic() - started)

    with ThreadPoolExecutor(len(steps)) as pool:
        futures = [pool.submit(run, step) for step in steps]
        try:
            finished, _ = wait(futures, return_when=FIRST_EXCEPTION)
        except KeyboardInterrupt:
            stop.set()
            teller.clear()
            print(site.say("stopping"), file=sys.stderr, flush=True)
            raise
        if any(_fault(future) for future in finished):
            stop.set()
            wait(futures)
    teller.clear()
    for fault in map(_fault, futures):
        if isinstance(fault, OneMapError):
            raise fault
    for fault in map(_fault, futures):
        if fault and not isinstance(fault, Stopped):
            raise fault


def _fault(future: Future[None]) -> BaseException | None:
    return future.exception() if future.done() else None


def _end(process: subprocess.Popen[bytes]) -> None:
    for ending in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, ending)
            process.wait(5)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
        break


_NO_ROOM = ("No space left on device", "Disk quota exceeded")


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(line[:300] for line in lines[-TAIL:])


class _Teller:
    """On a terminal one line that changes, with what is under way; else a line for each step."""

    def __init__(self, site: Site, began: float) -> None:
        self.site = site
        self.began = began
        self.live = sys.stderr.isatty()
        self.lock = threading.Lock()
        self.under_way: list[str] = []

    def begins(self, name: str) -> None:
        with self.lock:
            self.under_way.append(name)
            self._show()

    def ends(self, name: str, seconds: float) -> None:
        with self.lock:
            self.under_way.remove(name)
            self.clear()
            word = self.site.say(f"step.{name}")
            total = time.monotonic() - self.began
            print(
                self.site.say("done", step=word, seconds=f"{seconds:.1f}", total=f"{total:.0f}"),
                file=sys.stderr,
                flush=True,
            )
            self._show()

    def clear(self) -> None:
        if self.live:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def _show(self) -> None:
        if self.live and self.under_way:
            words = ", ".join(self.site.say(f"step.{name}") for name in self.under_way)
            print(f"\r\033[K… {words}", end="", file=sys.stderr, flush=True)
