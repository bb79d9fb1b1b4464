"""Invented places scattered on real roads: for scratch databases only, never beside real rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from routing.table import RoadTable

# category, how many, extra columns
SCATTERED: tuple[tuple[str, int, dict[str, object]], ...] = (
    ("S016", 6, {"members": 30, "status": "standby", "turnout_s": 60}),
    ("S014", 12, {"members": 12, "status": "standby"}),
    ("S021", 3, {"members": 10, "status": "standby", "turnout_s": 300}),
    ("S030", 2, {"members": 16, "status": "standby"}),
    ("S035", 4, {"members": 8, "status": "standby"}),
    ("S055", 2, {"capacity": 600}),
    ("S077", 30, {"capacity": 400, "occupied": 0, "status": "ready"}),
    ("S005", 25, {}),
    ("S091", 4, {}),
    ("R034", 20, {"people": 800}),
    ("R005", 10, {}),
)


@dataclass(frozen=True)
class Scatter:
    places: Path
    people: Path
    centre: tuple[float, float]


def scatter(table: RoadTable, folder: Path, seed: int = 7) -> Scatter:
    """Places beside nodes of the largest piece, and a grid of people around its middle."""
    rng = np.random.default_rng(seed)
    main = np.flatnonzero(table.node_component == 0)
    lon, lat = table.node_lon[main], table.node_lat[main]
    middle = np.argmin(np.abs(lon - np.median(lon)) + np.abs(lat - np.median(lat)))
    centre = (float(lon[middle]), float(lat[middle]))

    columns = ["key", "category", "name", "lon", "lat"]
    columns += sorted({name for _, _, extra in SCATTERED for name in extra})
    places = folder / "places.csv"
    with places.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        for category, count, extra in SCATTERED:
            for i, at in enumerate(rng.choice(len(main), count)):
                writer.writerow(
                    {
                        "key": f"{category}-{i}",
                        "category": category,
                        "name": f"演示{category}-{i}",
                        "lon": round(float(lon[at]) + float(rng.normal(0, 1e-4)), 6),
                        "lat": round(float(lat[at]) + float(rng.normal(0, 1e-4)), 6),
                        **extra,
                    }
                )

    people = folder / "people.csv"
    with people.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["key", "lon", "lat", "size_m", "day", "night"])
        for i in range(-10, 11):
            for j in range(-10, 11):
                rows.writerow(
                    [
                        f"{i}:{j}",
                        round(centre[0] + i * 0.0025, 6),
                        round(centre[1] + j * 0.00225, 6),
                        250,
                        40,
                        60,
                    ]
                )
    return Scatter(places, people, centre)
