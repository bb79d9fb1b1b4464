"""Invented names: streets, villages, firms, people; none twice where that would confuse."""

from __future__ import annotations

import tomllib
from typing import Any

import numpy as np

from geo.home import DATA


class Names:
    """A supply of names that is the same for the same seed."""

    def __init__(self, seed: int) -> None:
        path = DATA / "demo" / "names.toml"
        self._data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        self._rng = np.random.default_rng([seed, 3])
        streets = self._data["streets"]
        self._streets = self._pairs(streets["first"], streets["second"])
        firms = self._data["firms"]
        self._firms = self._pairs(firms["first"], firms["second"])
        self._next_street: dict[int, int] = {}
        self._villages = {k: self._village_pool(k) for k in ("plain", "hill", "sea")}
        self._next_firm = self._next_peak = 0

    def _pairs(self, first: str, second: str) -> list[str]:
        pool = [a + b for a in first for b in second if a != b]
        return [pool[int(i)] for i in self._rng.permutation(len(pool))]

    def _village_pool(self, suffix: str) -> list[str]:
        v = self._data["villages"]
        heads = [f + "家" for f in v["families"]] + list(v["lead"]) + list(v["nature"])
        heads += [a + b for a in v["lead"] for b in v["families"]]
        pool = [h + s for h in heads for s in v[suffix]]
        return [pool[int(i)] for i in self._rng.permutation(len(pool))][::-1]

    def special(self, group: str) -> list[str]:
        """The fixed street names of a group (city, avenues, port, industry), in order."""
        return list(self._data["streets"][group])

    def street(self, town: int) -> str:
        """A street's proper part, unique in its town."""
        number = self._next_street.get(town, town * 53)
        self._next_street[town] = number + 1
        return self._streets[number % len(self._streets)]

    def village(self, kind: str) -> str:
        """A village's name without 村; kind is plain, hill or sea; unique in the county."""
        return self._villages[kind].pop()

    def peak(self) -> str:
        """A mountain's name."""
        nature, lead = self._data["villages"]["nature"], self._data["villages"]["lead"]
        n = self._next_peak = self._next_peak + 1
        first = nature[(n * 7) % len(nature)]
        ending = ("山", "尖", "岗", "岩", "峰")[n % 5]
        return (lead[n % len(lead)] if n > len(nature) else "") + first + ending

    def firm(self) -> str:
        """A firm's proper part."""
        self._next_firm += 1
        round_, number = divmod(self._next_firm, len(self._firms))
        return self._firms[number] + ("", "新", "联")[round_ % 3]

    def person(self) -> str:
        """An evidently fictional person: a family name and 某 or 某某."""
        families = self._data["people"]["families"]
        family = families[int(self._rng.integers(len(families)))]
        return family + ("某某" if self._rng.random() < 0.8 else "某")

    def phone(self) -> str:
        """A number no exchange can have: there is no area code 000."""
        a, b = self._rng.integers(0, 10000, 2)
        return f"000-{5550 + int(a) % 10:04d}-{int(b):04d}"
