"""Saying what is being done and how long it took, one line per step, on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from geo.words import say


class Progress:
    """Names each step as it begins and its seconds when it ends; remembers them for the answer."""

    def __init__(
        self, language: str = "zh-CN", *, quiet: bool = False, out: TextIO | None = None
    ) -> None:
        self.language = language
        self.quiet = quiet
        self.out = out or sys.stderr
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, key: str) -> Iterator[None]:
        """One step, named by the word ``cli.steps.<key>``."""
        started = time.perf_counter()
        name = say(f"cli.steps.{key}", self.language)
        live = self.out.isatty() and not self.quiet
        if live:
            print(f"… {name}", end="\r", file=self.out, flush=True)
        yield
        self.seconds[key] = round(time.perf_counter() - started, 2)
        if not self.quiet:
            print(f"✓ {name}  {self.seconds[key]:.1f} s", file=self.out, flush=True)
