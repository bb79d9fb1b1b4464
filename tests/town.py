"""A tiny town whose answers fit on paper, loaded through the real loaders.

Two townships side by side, split at 123.05 E; one degree of latitude is 110.8 km here, one of
longitude 98.4 km. Everything lies on the line 28.00 N, a hundredth of a degree (984 m) apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from geo.datasets import row_id
from geo.intake.districts import load_districts
from geo.intake.people import load_people
from geo.intake.places import load_places

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
HANDED_IN: dict[str, Any] = {"source": "town", "synthetic": True, "now": NOW}

PLACES: Sequence[Mapping[str, Any]] = (
    {"key": "plant", "category": "R001", "name": "东港化工厂", "lon": 123.01, "people": 40},
    {"key": "school", "category": "R089", "name": "河西小学", "lon": 123.06, "people": 500},
    {"key": "brigade", "category": "S013", "name": "市救援大队", "lon": 123.02, "members": 30}
    | {"status": "standby", "turnout_s": 300},
    {"key": "squad", "category": "S014", "name": "河西救援分队", "lon": 123.07, "members": 12}
    | {"status": "out"},
    {"key": "hall", "category": "S077", "name": "河西避灾点", "lon": 123.08, "capacity": 200}
    | {"status": "ready", "occupied": 50},
    {"key": "depot", "category": "S091", "name": "东港储备站", "lon": 123.03},
    {"key": "water", "category": "S101", "name": "饮用水", "place_key": "depot"}
    | {"quantity": "1200", "unit": "瓶", "expires_on": "2027-01-31"},
)
CELLS = ((123.01, 100, 10), (123.02, 200, 20), (123.06, 0, 0), (123.07, 40, 400))


def key(name: str) -> UUID:
    """The id of the town's row with this key."""
    return row_id("town", name)


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A rectangle as GeoJSON."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]], encoding: str = "utf-8") -> Path:
    """A CSV file with every column that some row has."""
    import csv

    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_geojson(path: Path, features: Sequence[tuple[Mapping[str, Any], Any]]) -> Path:
    """A FeatureCollection of (properties, geometry)."""
    body = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": body}), encoding="utf-8")
    return path


def places_csv(folder: Path) -> Path:
    """The town's places."""
    rows = [({"lat": 28.0} if "lon" in row else {}) | dict(row) for row in PLACES]
    return write_csv(folder / "places.csv", rows)


def people_csv(folder: Path) -> Path:
    """The town's population cells."""
    rows = [
        {"key": f"c{n}", "lon": lon, "lat": 28.0, "size_m": 250, "day": day, "night": night}
        for n, (lon, day, night) in enumerate(CELLS)
    ]
    return write_csv(folder / "people.csv", rows)


def districts_geojson(folder: Path) -> Path:
    """The town's two townships."""
    east, west = box(123.0, 27.9, 123.05, 28.1), box(123.05, 27.9, 123.1, 28.1)
    return write_geojson(
        folder / "districts.geojson",
        [
            ({"key": "east", "name": "东港镇", "code": "1", "kind": "town"}, east),
            ({"key": "west", "name": "河西乡", "code": "2", "kind": "township"}, west),
        ],
    )


def load_town(engine: Engine, folder: Path) -> None:
    """Load the whole town."""
    load_districts(engine, [districts_geojson(folder)], title="小城", **HANDED_IN)
    load_people(engine, [people_csv(folder)], title="小城人口", **HANDED_IN)
    load_places(engine, [places_csv(folder)], title="小城台账", **HANDED_IN)
