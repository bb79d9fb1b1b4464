"""What the base map takes from OpenStreetMap: data/base/osm.toml, read once and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geo.errors import BadFile
from geo.home import DATA


@dataclass(frozen=True, slots=True)
class AreaRule:
    """Areas with one of ``values`` of ``key`` (None: any but ``never``) are drawn as a kind."""

    key: str
    values: frozenset[str] | None
    never: frozenset[str]
    kind: str
    drawn_as: str  # "": the tag's own value


@dataclass(frozen=True, slots=True)
class BaseRules:
    """Areas, thin water, names and district levels."""

    areas: tuple[AreaRule, ...]
    line: AreaRule
    ranks: Mapping[str, Mapping[str, int]]  # key -> kind -> rank, 1 the greatest
    district_levels: tuple[str, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Every tag key that a rule looks at."""
        areas = {rule.key for rule in self.areas}
        return frozenset({*areas, self.line.key, *self.ranks, "boundary"})

    def area(self, tags: Mapping[str, str]) -> tuple[str, str] | None:
        """Kind and subkind of an area with these tags; None: the base map does not show it."""
        for rule in self.areas:
            if found := _fits(rule, tags):
                return rule.kind, found
        return None

    def thin_water(self, tags: Mapping[str, str]) -> tuple[str, str] | None:
        """Kind and subkind of a line with these tags, or None."""
        found = _fits(self.line, tags)
        return (self.line.kind, found) if found else None

    def name(self, tags: Mapping[str, str]) -> tuple[str, int] | None:
        """Kind and rank of a named thing with these tags, or None."""
        for key, kinds in self.ranks.items():
            if (kind := tags.get(key, "")) in kinds:
                return kind, kinds[kind]
        return None


@cache
def base_rules(path: Path = DATA / "base" / "osm.toml") -> BaseRules:
    """The rules of a file; BadFile says what is wrong with it."""
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
        return BaseRules(
            areas=tuple(map(_rule, body["area"])),
            line=_rule(body["line"]),
            ranks={
                item["key"]: {k: int(v) for k, v in item["kinds"].items()} for item in body["name"]
            },
            district_levels=tuple(map(str, body["district"]["levels"])),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(
            f"{path.name}: {error}.",
            remedy="Mend the file; data/base of the release shows its form.",
            file=str(path),
        ) from error


def _rule(item: Mapping[str, object]) -> AreaRule:
    values, never = item.get("values"), item.get("not", ())
    if not isinstance(values, list | None) or not isinstance(never, list | tuple):
        raise ValueError(f"values and not are lists: {item}")
    return AreaRule(
        key=str(item["key"]),
        values=None if values is None else frozenset(map(str, values)),
        never=frozenset(map(str, never)),
        kind=str(item["kind"]),
        drawn_as=str(item.get("as", "")),
    )


def _fits(rule: AreaRule, tags: Mapping[str, str]) -> str | None:
    value = tags.get(rule.key)
    if value is None or value in rule.never:
        return None
    if rule.values is not None and value not in rule.values:
        return None
    return rule.drawn_as or value
