"""Mapping files: what the columns of a county's own road lines mean (data/roads/lines.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from geo.home import DATA
from geo.intake.osmfile import bad_road_file, check_file
from routing.sources.noding import Crossings

DEFAULT = DATA / "roads" / "lines.toml"
FIELDS = (
    *("id", "class", "name", "ref", "oneway", "max_height_m", "max_weight_t", "max_width_m"),
    *("level", "speed_kph", "bridge", "tunnel", "ford", "roundabout", "access", "emergency"),
)


@dataclass(frozen=True, slots=True)
class LineMapping:
    """Columns and values of line files, in our words."""

    path: Path
    columns: Mapping[str, tuple[str, ...]]  # field -> names to try
    required: frozenset[str]  # fields whose column must be there
    classes: Mapping[str, str]  # value -> OSM highway class
    default_class: str
    forward: frozenset[str]
    backward: frozenset[str]
    both: frozenset[str]
    snap_m: float
    crossings: Crossings
    encoding: str | None = None
    layer: str | None = None

    def find(self, file: Path, present: Sequence[str]) -> dict[str, int]:
        """Field -> index of its column in the file. Raises BadFile for one that must be there."""
        index = {name.strip().lower(): at for at, name in enumerate(present)}
        found: dict[str, int] = {}
        for field, names in self.columns.items():
            at = next((index[name.lower()] for name in names if name.lower() in index), None)
            if at is not None:
                found[field] = at
            elif field in self.required:
                raise bad_road_file(
                    file, "no_column", column=names[0], field=field, columns=", ".join(present)
                )
        return found


def read_mapping(path: Path | None) -> LineMapping:
    """The mapping of a file, or the usual one; BadFile says what is wrong with it."""
    path = path or DEFAULT
    check_file(path)
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
        columns = dict(body["columns"])
        if strange := set(columns) - set(FIELDS):
            raise ValueError(f"columns has unknown fields {sorted(strange)}; known: {FIELDS}")
        oneway = body.get("oneway", {})
        return LineMapping(
            path=path,
            columns={
                key: (value,) if isinstance(value, str) else tuple(map(str, value))
                for key, value in columns.items()
            },
            required=frozenset(key for key, value in columns.items() if isinstance(value, str)),
            classes={str(key): str(value) for key, value in body.get("class", {}).items()},
            default_class=str(body.get("default_class", "unclassified")),
            forward=_words(oneway.get("forward", ["yes", "1"])),
            backward=_words(oneway.get("backward", ["-1"])),
            both=_words(oneway.get("both", ["", "0", "no"])),
            snap_m=float(body.get("snap_m", 0.1)),
            crossings=_crossings(body.get("crossings", "auto")),
            encoding=body.get("encoding"),
            layer=body.get("layer"),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise bad_road_file(path, "mapping", reason=str(error)) from error


def _crossings(value: object) -> Crossings:
    if value not in get_args(Crossings):
        raise ValueError(f"crossings is one of {get_args(Crossings)}, not {value!r}")
    return cast(Crossings, value)


def _words(values: Sequence[object]) -> frozenset[str]:
    return frozenset(str(value).strip().lower() for value in values)
