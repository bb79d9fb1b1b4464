"""Rows per second of loading a file, end to end: read, checked, merged, committed.

    python tests/bench/intake.py [PEOPLE_ROWS] [PLACES_ROWS]

Prints one JSON line per load: into empty tables ("first"), and the same file again ("again").
Works in a database of its own in the home's cluster, dropped afterwards.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geo import db
from geo.cluster import Cluster
from geo.home import home
from geo.intake.people import load_people
from geo.intake.places import load_places

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def main(people: int = 175_000, places: int = 100_000) -> None:
    """Measure and print."""
    cluster = Cluster(home()).start()
    name = "bench_intake"
    cluster.drop_database(name)
    cluster.create_database(name)
    db.migrate(cluster.url(name))
    engine = db.engine(cluster.url(name))
    with tempfile.TemporaryDirectory() as folder:
        cells = _write(Path(folder) / "people.csv", _cells(people))
        rows = _write(Path(folder) / "places.csv", _places(places))
        for turn in ("first", "again"):
            _measure(f"people_{turn}", load_people, engine, cells)
            _measure(f"places_{turn}", load_places, engine, rows)
    engine.dispose()
    cluster.drop_database(name)


def _measure(figure: str, load: Callable[..., Any], engine: Any, path: Path) -> None:
    started = time.perf_counter()
    report = load(engine, [path], source="bench", synthetic=True, now=NOW)
    seconds = time.perf_counter() - started
    line = {"figure": figure, "rows": report.rows, "seconds": round(seconds, 2)}
    print(json.dumps(line | {"rows_per_s": round(report.rows / seconds)}), flush=True)


def _cells(count: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(1)
    for n in range(count):
        at = {"lon": 123 + rng.random() * 0.6, "lat": 28 + rng.random() * 0.5}
        yield {"key": n, **at, "size_m": 250, "day": rng.randrange(50), "night": rng.randrange(50)}


def _places(count: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(2)
    for n in range(count):
        at = {"lon": 123 + rng.random() * 0.6, "lat": 28 + rng.random() * 0.5}
        known = {"address": f"某路{n}号", "contact": "张某", "phone": "13800000000"}
        row = {"key": n, "category": "R001", "name": f"化工企业{n}号", **at, **known}
        yield row | {"people": n % 200, "updated_at": "2026-05-01"}


def _write(path: Path, rows: Iterator[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        first = next(rows)
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
    return path


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
