"""Rows as a department would hand them in: named, dated, sometimes with a gap."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from geo.demo.frame import Floats
from geo.demo.names import Names
from geo.demo.sites import Sites
from geo.demo.towns import TOWNS
from geo.home import DATA

COLUMNS = (
    "key", "category", "name", "lon", "lat", "address", "contact", "phone", "department",
    "status", "members", "capacity", "occupied", "turnout_s", "people", "quantity", "unit",
    "place_key", "expires_on", "township", "shape_wkt", "attributes", "updated_at",
)  # fmt: skip


@dataclass
class Place:
    """One row: a risk source, a resource or a stock line; ``None`` is left blank: not known."""

    category: str
    name: str
    xy: tuple[float, float]
    town: int
    key: str = ""
    department: str = ""
    address: str = ""
    contact: str | None = None
    phone: str | None = None
    status: str | None = None
    members: int | None = None
    capacity: int | None = None
    occupied: int | None = None
    turnout_s: int | None = None
    people: int | None = None
    quantity: float | None = None
    unit: str | None = None
    place_key: str | None = None
    expires_on: str | None = None
    shape: Any = None
    attributes: dict[str, Any] = field(default_factory=dict)
    updated_at: datetime | None = None


class Register:
    """Makes places of the catalogue's categories from the demo's data files."""

    def __init__(
        self, seed: int, now: datetime, sites: Sites, names: Names, streets: Any, villages: Any
    ) -> None:
        self.rng = np.random.default_rng([seed, 8])
        self._survey_rng = np.random.default_rng([seed, 9])  # leaves the other draws as they are
        self.now, self.sites, self.names = now, sites, names
        self._streets, self._street_names = cKDTree(streets[0]), streets[1]
        self._villages, self._village_names = cKDTree(villages[0]), villages[1]
        self.catalog = catalog()
        self.extra: dict[str, list[str]] = {}  # words of a pattern that go round, by their name
        self._number: dict[str, int] = {}
        self._used: dict[str, int] = {}

    def places(self, code: str, rule: dict[str, Any], xy: Floats | None = None) -> list[Place]:
        """All places of one category as its rule says."""
        points = self.sites.draw(rule["at"], rule["n"]) if xy is None else xy
        towns = self.sites.town(points)
        street = self._streets.query(points)[1]
        village = self._villages.query(points)[1]
        out = []
        for k, at in enumerate(points):
            words = {
                "town": TOWNS[towns[k]].full_name,
                "street": self._street_names[street[k]],
                "village": self._village_names[village[k]],
                "no": k + 1,
            }
            name = self._name(rule["name"], words)
            place = self.place(code, name, at, int(towns[k]))
            place.address = (
                f"演示·{words['town']}{words['street']}{1 + int(self.rng.integers(320))}号"
            )
            for what in ("people", "members", "capacity", "turnout_s"):
                if what in rule:
                    setattr(place, what, self.some(*rule[what]))
            if "units" in rule:
                place.attributes["units"] = self.some(*rule["units"])
            if rule.get("busy") and place.capacity:
                place.occupied = int(place.capacity * (0.62 + 0.3 * self.rng.random()))
            if "survey" in rule:
                place.attributes |= self._surveyed()
            self._lifelike(place)
            out.append(place)
        return out

    def _surveyed(self) -> dict[str, Any]:
        """What a survey of a post site found; some of it was not looked at, and is left out."""
        rng = self._survey_rng
        found: dict[str, Any] = {
            "area_m2": 50 * round(4 + 50 * float(rng.random()) ** 1.6),
            "slope_pct": round(6 * float(rng.random()) ** 2.5, 1),
            "power_kw": (0, 15, 30, 60, 100)[int(rng.integers(5))],
            "indoor": bool(rng.random() < 0.45),
            "coverage_370mhz": bool(rng.random() < 0.85),
            "signal_dbm": -70 - int(rng.integers(42)),
        }
        return {key: value for key, value in found.items() if rng.random() >= 0.12}

    def place(self, code: str, name: str, at: Any, town: int) -> Place:
        """A row with key, department, unit and date filled in."""
        self._number[code] = number = self._number.get(code, 0) + 1
        known = self.catalog[code]
        again = self._used[name] = self._used.get(name, 0) + 1
        if again > 1:
            name = f"{name}({again})"
        days = float(self.rng.random()) ** 2.6 * 380
        return Place(
            code, name, (float(at[0]), float(at[1])), town, f"{code}-{number:04d}",
            known["department"], unit=None,
            updated_at=self.now - timedelta(minutes=int(days * 1440) + 3),
        )  # fmt: skip

    def some(self, low: int, high: int) -> int:
        """A number between, small ones more often than large ones."""
        share = float(self.rng.random())
        return round(low + (high - low) * share * (0.45 + 0.55 * share))

    def contact(self, place: Place, *, missing: float = 0.1) -> None:
        """A contact and a telephone, unless the department did not say."""
        if self.rng.random() >= missing:
            place.contact = self.names.person()
        if self.rng.random() >= missing:
            place.phone = self.names.phone()

    def _lifelike(self, place: Place) -> None:
        kind = self.catalog[place.category].get("kind", "risk")
        bare = kind in ("site", "mobile") and place.members is None and place.capacity is None
        self.contact(place, missing=0.45 if bare else 0.12)
        if kind in ("team", "mobile", "person"):
            place.status = self.status()
        if place.turnout_s is not None and self.rng.random() < 0.35:
            place.turnout_s = None
        for what in ("people", "members", "capacity"):
            if getattr(place, what) is not None and self.rng.random() < 0.07:
                setattr(place, what, None)
                if what == "capacity":
                    place.occupied = None

    def status(self) -> str:
        """standby mostly; some are out, some off."""
        dice = self.rng.random()
        return "standby" if dice < 0.9 else "out" if dice < 0.95 else "off"

    def _name(self, pattern: str, words: dict[str, Any]) -> str:
        if "{firm}" in pattern:
            words["firm"] = self.names.firm()
        if "{person}" in pattern:
            words["person"] = self.names.person()
        for what, pool in self.extra.items():
            if "{" + what + "}" in pattern:
                words[what] = pool[(words["no"] - 1) % len(pool)]
        return pattern.format(**words)


def catalog() -> dict[str, dict[str, str]]:
    """Every risk and resource category of the catalogue by its code, with its steward's code."""
    folder = DATA / "catalog"
    offices = {r["name_zh"]: r["code"] for r in _rows(folder / "departments.csv")}
    out = {}
    for name in ("risk_categories.csv", "resource_categories.csv"):
        for row in _rows(folder / name):
            zh = row.get("department") or row.get("department_zh") or ""
            out[row["code"]] = row | {"department": offices[zh]}
    return out


def rules(name: str, table: str) -> Any:
    """A table of a demo data file, or a list of tables."""
    text = (DATA / "demo" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)[table]


def _rows(path: Any) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
