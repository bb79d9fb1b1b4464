"""Who travels: speeds, limits and rights of each profile, read from ``data/speeds``.

A weight is whole milliseconds for one edge; -1 says that the profile may not use the edge.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np

from geo.domain import Mark, Parameter
from geo.errors import BadFile
from geo.home import DATA
from routing.builtup import built_up
from routing.signs import heeding_signs, opened_by_signs
from routing.table import Bools, Floats, Int32s, RoadTable, Words

SPEEDS = DATA / "speeds"
ROADS = DATA / "parameters" / "roads.toml"
WALKING_CLASSES = frozenset(
    ("footway", "path", "steps", "pedestrian", "cycleway", "bridleway", "corridor", "platform")
)
"""Classes whose ``access`` column speaks of people on foot; on all others it speaks of vehicles."""
_EMERGENCY_YES = ("yes", "designated", "official")
_LONGEST_MS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Profile:
    """One way of travelling. Every number keeps its mark and source."""

    name: str
    version: str
    source: str
    mode: Literal["drive", "walk"]  # on foot, one-way streets go both ways
    emergency: bool  # may use what others may not
    obeys_speed_limit: bool  # the smaller of the posted limit and the class speed
    refused_access: frozenset[str]
    emergency_only_kph: float | None  # on classes without a speed that carry an emergency tag
    speeds: Mapping[str, Parameter]  # km/h by road class; a class not named is not usable
    limits: Mapping[str, Parameter]  # snap_m, wading_m, opened_kph, height_m, weight_t, width_m
    vehicles: tuple[str, ...] = ("motor_vehicle", "vehicle")  # OSM kinds it counts as
    obeys_turns: bool = True  # whether turn restrictions bind it
    passes: frozenset[str] = frozenset()  # kinds of barrier it passes where no tag says otherwise
    urban_speeds: Mapping[str, Parameter] = field(default_factory=dict)  # in built-up ground
    built_up: Parameter | None = None  # junctions per km2 from which ground is built-up

    @property
    def snap_m(self) -> float:
        """How far from a road a place may lie; beyond, its access is not known (路网缺失)."""
        return self.limits["snap_m"].value

    def wades(self, depth_m: float | None) -> bool:
        """Whether it passes water of this depth; unknown depth stops everyone."""
        limit = self.limits.get("wading_m")
        return depth_m is not None and limit is not None and depth_m < limit.value

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as stored beside the compiled arrays."""
        sets = {key: sorted(getattr(self, key)) for key in ("refused_access", "passes")}
        return {**asdict(self), **sets, "vehicles": list(self.vehicles)}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Profile:
        """The profile that :meth:`to_json` wrote."""
        return cls(
            **{
                **body,
                "refused_access": frozenset(body["refused_access"]),
                "passes": frozenset(body["passes"]),
                "vehicles": tuple(body["vehicles"]),
                **{
                    name: {key: Parameter(**item) for key, item in body[name].items()}
                    for name in ("speeds", "urban_speeds", "limits")
                },
                "built_up": body["built_up"] and Parameter(**body["built_up"]),
            }
        )


def read_profiles(folder: Path = SPEEDS) -> dict[str, Profile]:
    """Every profile by name, in the order of their names. A broken file is refused by name."""
    dense = road_parameter("built_up", "junctions_per_km2")
    profiles = [_read(path, dense) for path in sorted(folder.glob("*.toml"))]
    if not profiles:
        raise BadFile(f"{folder} holds no profiles.", remedy="Restore data/speeds.")
    return {profile.name: profile for profile in profiles}


def weights(table: RoadTable, profile: Profile) -> Int32s:
    """(m,) whole milliseconds for each edge of the table, -1 where the profile may not go.

    The rule: ``max(1, round(length_m * 3600 / kph))`` with kph the class speed (that of built-up
    ground where the edge lies in it), or the posted limit where the profile obeys it and it is
    lower. No usable edge is free, so that the edges of a
    fastest way follow from its times alone. Times beyond 2**31 - 1 ms, and lengths that are not
    numbers, make an edge unusable.
    """
    classes, code = coded(table.road_class)
    kph = np.array([_kph(profile.speeds, name) for name in classes], dtype=np.float64)[code]
    if profile.urban_speeds and profile.built_up is not None:
        urban = np.array([_kph(profile.urban_speeds, name) for name in classes])[code]
        dense = built_up(table, profile.built_up.value)
        kph = np.where(dense & ~np.isnan(urban), urban, kph)
    opened = _among(table.emergency, _EMERGENCY_YES)
    if profile.emergency and profile.emergency_only_kph is not None:
        kph = np.where(np.isnan(kph) & opened, profile.emergency_only_kph, kph)
    kph = _opened(table, profile, kph)
    if profile.obeys_speed_limit:
        posted = np.where(table.speed_kph > 0, table.speed_kph, np.nan).astype(np.float64)
        kph = np.where(np.isnan(kph), np.nan, np.fmin(kph, posted))
    with np.errstate(invalid="ignore", over="ignore"):
        ms = np.rint(table.length_m * 3600.0 / kph)
        usable = (ms >= 0) & (ms <= _LONGEST_MS) & _allowed(table, profile, opened)
    return np.where(usable, np.maximum(ms, 1), -1).astype(np.int32)


def road_parameter(section: str, key: str, file: Path = ROADS) -> Parameter:
    """A number of ``data/parameters/roads.toml``; BadFile names what is wrong with it."""
    try:
        item = road_parameters(file)[section][key]
        return _parameter(key, item["value"], item["unit"], item)
    except (KeyError, TypeError, ValueError) as fault:
        raise BadFile(
            f"{file.name}: {section}.{key} is not a parameter: {fault!s}.",
            remedy="Give it a value, unit, mark and source.",
            file=file.name,
        ) from fault


@cache
def road_parameters(file: Path = ROADS) -> Mapping[str, Any]:
    """What conditions and measured speeds are reckoned with, as written in the file."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise BadFile(
            f"{file.name} cannot be read: {fault!s}.",
            remedy="Restore data/parameters/roads.toml.",
            file=file.name,
        ) from fault


def coded(words: Iterable[str]) -> tuple[list[str], Int32s]:
    """The distinct words in the order they come, and each word's place among them."""
    places: dict[str, int] = {}
    code = [places.setdefault(word, len(places)) for word in words]
    return list(places), np.array(code, dtype=np.int32)


def _among(words: Words, wanted: Collection[str]) -> Bools:
    names, code = coded(words)
    return np.array([name in wanted for name in names], dtype=np.bool_)[code]


def _kph(speeds: Mapping[str, Parameter], road_class: str) -> float:
    speed = speeds.get(road_class)
    return np.nan if speed is None else speed.value


def _opened(table: RoadTable, profile: Profile, kph: Floats) -> Floats:
    """The speeds, with ``opened_kph`` on ways for walkers that a sign opens to the profile."""
    slow = profile.limits.get("opened_kph")
    if slow is None:
        return kph
    opened = _among(table.road_class, WALKING_CLASSES) & opened_by_signs(table, profile)
    return np.where(np.isnan(kph) & opened, slow.value, kph)


def _allowed(table: RoadTable, profile: Profile, opened: Bools) -> Bools:
    """Edges whose signs let the profile pass."""
    refused = _among(table.access, profile.refused_access)
    if profile.mode == "walk":
        refused &= _among(table.road_class, WALKING_CLASSES)
    refused = heeding_signs(table, profile, refused)
    if profile.emergency:
        refused = (refused & ~opened) | _among(table.emergency, ("no",))
    for key, column in (
        ("height_m", table.max_height_m),
        ("weight_t", table.max_weight_t),
        ("width_m", table.max_width_m),
    ):
        limit = profile.limits.get(key)
        if limit is not None:
            refused |= np.nan_to_num(column, nan=np.inf) < limit.value
    return ~refused


def _read(path: Path, built_up: Parameter) -> Profile:
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
        mode = body["mode"]
        if mode not in ("drive", "walk"):
            raise ValueError(f"mode is drive or walk, not {mode!r}")
        limits = {
            key: _parameter(key, item["value"], key.rpartition("_")[2], item)
            for key, item in body["limits"].items()
        }
        if "snap_m" not in limits:
            raise KeyError("limits.snap_m")
        return Profile(
            name=body["name"],
            version=str(body["version"]),
            source=body["source"],
            mode=mode,
            emergency=bool(body["emergency"]),
            obeys_speed_limit=bool(body["obeys_speed_limit"]),
            refused_access=frozenset(body["refused_access"]),
            emergency_only_kph=body.get("emergency_only_kph"),
            speeds=_speeds({k: v for k, v in body["speeds"].items() if k != "urban"}),
            limits=limits,
            vehicles=_texts(body, "vehicles"),
            obeys_turns=bool(body["obeys_turns"]),
            passes=frozenset(_texts(body, "passes")),
            urban_speeds=_speeds(body["speeds"].get("urban", {})),
            built_up=built_up,
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as fault:
        raise BadFile(
            f"{path.name} is not a profile: {fault!s}.",
            remedy="Correct the named key; see data/speeds/car.toml.",
            file=path.name,
        ) from fault


def _speeds(body: Mapping[str, Any]) -> dict[str, Parameter]:
    return {key: _parameter(key, item["kph"], "km/h", item) for key, item in body.items()}


def _texts(body: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of words; a single word would be read letter by letter."""
    if not isinstance(body[key], list) or not all(isinstance(item, str) for item in body[key]):
        raise TypeError(f"{key} is a list of words")
    return tuple(body[key])


def _parameter(key: str, value: Any, unit: str, item: Mapping[str, Any]) -> Parameter:
    if not isinstance(value, int | float) or not 0 < value < 1e6:
        raise ValueError(f"{key} must be above 0, not {value!r}")
    if item["mark"] not in get_args(Mark):
        raise ValueError(f"{key}: mark is one of V, D, R, A, not {item['mark']!r}")
    return Parameter(key, float(value), unit, cast(Mark, item["mark"]), str(item["source"]))
