"""How benches measure and print: interleaved runs in milliseconds, one JSON line per figure."""

from __future__ import annotations

import gc
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Set to 1 before numpy is imported: every figure is of a single thread."""


@dataclass(frozen=True)
class Spent:
    """Milliseconds of calls measured in turn."""

    wall: Mapping[str, Sequence[float]]  # of each round but the first
    cpu: Mapping[str, Sequence[float]]  # of this process: what a busy machine does not change
    cold: Mapping[str, float]  # the first round, wall

    def __getitem__(self, name: str) -> float:
        """The median by the wall clock."""
        return median(self.wall[name])

    def p95(self, name: str) -> float:
        """What 95 of 100 do not pass, by the wall clock."""
        return p95(self.wall[name])

    def of_cpu(self, name: str) -> float:
        """The median of processor time."""
        return median(self.cpu[name])


def settle() -> None:
    """Set-up is over, ours and every peer's: the collector no longer walks what stands.

    A pause for that would fall on whoever is measured when it comes. What an earlier set-up left
    is collected first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def interleaved(runs: int, calls: Mapping[str, Callable[[int], Any]]) -> Spent:
    """Each call in turn, ``runs`` times over, and once before that, cold.

    Each is called with the number of the round, from 0; round 0 is the cold one. Whatever it
    gives back is dropped outside the measured time.
    """
    spent: dict[str, list[float]] = {name: [] for name in calls}
    busy: dict[str, list[float]] = {name: [] for name in calls}
    cold: dict[str, float] = {}
    settle()
    gc.disable()
    try:
        for turn in range(runs + 1):
            # Nobody always comes first, with whatever the one before left in the caches.
            names = list(calls)[turn % len(calls) :] + list(calls)[: turn % len(calls)]
            for name in names:
                call = calls[name]
                before, begun = time.process_time(), time.perf_counter()
                kept = call(turn)
                took = (time.perf_counter() - begun) * 1000
                worked = (time.process_time() - before) * 1000
                del kept
                if turn:
                    spent[name].append(took)
                    busy[name].append(worked)
                else:
                    cold[name] = took
    finally:
        gc.enable()
    return Spent(spent, busy, cold)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not pass."""
    return sorted(values)[max(0, math.ceil(len(values) * 0.95) - 1)]


def seconds(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call gives, and the seconds it took."""
    begun = time.perf_counter()
    given = call()
    return given, time.perf_counter() - begun


def line(
    figure: str,
    data: str,
    value: float | None,
    unit: str,
    *,
    peer: str | None = None,
    peer_value: float | None = None,
    target: float | None = None,
    of_ratio: bool = True,
    **more: Any,
) -> dict[str, Any]:
    """One figure. ``target`` bounds the ratio to the peer, or the value where not ``of_ratio``.

    ``reached`` is None where there is no target, or no peer to compare with.
    """
    ratio = None if value is None or not peer_value else value / peer_value
    held = ratio if of_ratio else value
    return {
        "figure": figure,
        "data": data,
        "value": _short(value),
        "unit": unit,
        "peer": peer,
        "peer_value": _short(peer_value),
        "ratio": _short(ratio),
        "target": target,
        "reached": None if target is None or held is None else held <= target,
        **{key: _short(one) for key, one in more.items()},
    }


def show(body: Mapping[str, Any]) -> None:
    """Print one figure."""
    print(json.dumps(body, ensure_ascii=False), flush=True)


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_short(one) for one in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
