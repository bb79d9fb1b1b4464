"""What conditions do to the roads: ``data/parameters/roads.toml``, read once and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

from geo.domain import Mark, Parameter
from geo.errors import BadFile
from routing.profiles import ROADS, road_parameter, road_parameters

Kind = Literal["peak", "night", "rain", "heavy_rain", "wind"]
What = Literal["roads", "long_bridges", "ladders"]


@dataclass(frozen=True, slots=True)
class Slow:
    """A share of the speed that is left to these profiles on roads of these classes."""

    kind: Kind
    profiles: frozenset[str]  # empty: all
    classes: frozenset[str]  # empty: all
    factor: float  # above 0, at most 1
    from_mps: float  # of wind; 0 for every other kind
    mark: Mark
    source: str

    def binds(self, profile: str) -> bool:
        """Whether it speaks of this profile."""
        return not self.profiles or profile in self.profiles


@dataclass(frozen=True, slots=True)
class Stop:
    """What a wind stops, from so many metres a second on."""

    what: What
    profiles: frozenset[str]
    from_mps: float
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule, in the order of the file."""

    peak: tuple[tuple[int, int], ...]  # from hour, up to hour
    night: tuple[tuple[int, int], ...]
    slow: tuple[Slow, ...]
    stop: tuple[Stop, ...]
    long_bridge_m: Parameter
    marks: Mapping[str, Parameter]  # of the hours


@cache
def rules(file: Path = ROADS) -> Rules:
    """The rules of a file; BadFile names the entry that is wrong."""
    body = road_parameters(file)
    try:
        hours = body["hours"]
        return Rules(
            peak=_spans(hours["peak"]),
            night=_spans(hours["night"]),
            slow=tuple(_slow(item) for item in body["slow"]),
            stop=tuple(_stop(item) for item in body["stop"]),
            long_bridge_m=road_parameter("bridge", "long_m", file),
            marks={
                name: Parameter(name, 0, "h", _mark(item), str(item["source"]))
                for name, item in hours.items()
            },
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise BadFile(
            f"{file.name}: a rule is broken: {fault!s}.",
            remedy="Correct the named key; the release's own file shows its form.",
            file=file.name,
        ) from fault


def inside(hour: int, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether an hour of the day lies in one of the spans; a span may pass midnight."""
    return any(a <= hour < b if a < b else hour >= a or hour < b for a, b in spans)


def _slow(item: Mapping[str, Any]) -> Slow:
    factor = float(item["factor"])
    if not 0 < factor <= 1:
        raise ValueError(f"slow factor must be above 0 and at most 1, not {factor}")
    return Slow(
        kind=_one(item, "kind", Kind),
        profiles=frozenset(item["profiles"]),
        classes=frozenset(item.get("classes", ())),
        factor=factor,
        from_mps=float(item["from_mps"]) if item["kind"] == "wind" else 0.0,
        mark=_mark(item),
        source=str(item["source"]),
    )


def _stop(item: Mapping[str, Any]) -> Stop:
    return Stop(
        what=_one(item, "what", What),
        profiles=frozenset(item["profiles"]),
        from_mps=float(item["from_mps"]),
        mark=_mark(item),
        source=str(item["source"]),
    )


def _spans(item: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    spans = tuple((int(a), int(b)) for a, b in item["spans"])
    if any(not (0 <= a < 24 and 0 <= b <= 24) for a, b in spans):
        raise ValueError(f"hours lie between 0 and 24: {spans}")
    return spans


def _one(item: Mapping[str, Any], key: str, kind: Any) -> Any:
    if item[key] not in get_args(kind):
        raise ValueError(f"{key} is one of {', '.join(get_args(kind))}, not {item[key]!r}")
    return item[key]


def _mark(item: Mapping[str, Any]) -> Mark:
    return cast(Mark, _one(item, "mark", Mark))
