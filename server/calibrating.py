"""Recorded positions of a file into measured speeds: read, cleaned, matched, kept on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.canonical import instant
from geo.errors import BadFile
from geo.intake.sheets import opened
from geo.measured import MeasuredSpeed
from geo.queries.speeds import save_speeds
from routing.calibrate import measure
from routing.conditions import planned
from routing.matching import Matched, match
from routing.measured import counts
from routing.positions import Fix, Traces, clean
from server.checks import check_profile

if TYPE_CHECKING:
    from routing.profiles import Profile
    from routing.roads import Roads
    from server.desk import Desk

COLUMNS = ("team", "time", "lon", "lat")
"""What a file of positions must have; ``accuracy_m`` and ``speed_kph`` may stand beside them."""
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def calibrate(
    desk: Desk,
    file: Path,
    *,
    profile: str,
    now: datetime,
    save: bool = False,
    source: str | None = None,
) -> dict[str, Any]:
    """What a file of positions says of a profile's speeds, beside the planned ones.

    With ``save`` it takes the place of what the source measured before, and times use it from the
    next question on. Raises BadFile (no such file or columns; nothing to save), NoRoads.
    """
    zone = desk.settings.zone
    unread: Counter[str] = Counter()
    traces = clean(read_positions(file, unread, zone))
    with desk.session() as session:
        roads = desk.roads(session)
        check_profile(roads, profile)
        graph = planned(roads.graph)
        matched = match(graph, profile, traces)
        named = source or file.stem
        speeds = measure(graph, profile, traces, matched, source=named, now=now, zone=zone)
        if save:
            if not speeds:
                raise BadFile(
                    f"{file.name}: no speed could be measured.",
                    remedy="See the reasons without --save; check columns, times and coordinates.",
                    words="speeds.calibrate.nothing",
                    file=file.name,
                )
            save_speeds(session, speeds, source=named, profile=profile)
    return _answer(roads, profile, file, named, traces, matched, speeds, unread) | {"saved": save}


def read_positions(file: Path, unread: Counter[str], zone: str) -> Iterator[Fix]:
    """The positions of a CSV file. Rows that say no place or time are counted in ``unread``.

    Times are ISO 8601 (without an offset: of the civil zone) or seconds since 1970. Raises
    BadFile for a missing file, or one without the columns.
    """
    with opened(file) as sheet:
        missing = [name for name in COLUMNS if name not in sheet.columns]
        if missing:
            raise BadFile(
                f"{file.name} has no column {', '.join(missing)}.",
                remedy=f"Columns are {', '.join(COLUMNS)}, and accuracy_m, speed_kph if known.",
                words="speeds.calibrate.columns",
                file=file.name,
                missing=missing,
            )
        for _, cells, _ in sheet.lines:
            fix = _fix(cells, unread, zone)
            if fix is not None:
                yield fix


def _fix(cells: Mapping[str, str], unread: Counter[str], zone: str) -> Fix | None:
    at = _time(cells["time"].strip(), zone)
    lon, lat = _number(cells["lon"]), _number(cells["lat"])
    if at is None:
        unread["bad_time"] += 1
    elif lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90 or lon == lat == 0:
        unread["bad_place"] += 1
    elif not cells["team"].strip():
        unread["no_team"] += 1
    else:
        accuracy, speed = (_number(cells.get(key, "")) for key in ("accuracy_m", "speed_kph"))
        known = accuracy if accuracy is not None and accuracy > 0 else None
        return Fix(cells["team"].strip(), at, lon, lat, known, speed)
    return None


def _time(text: str, zone: str) -> datetime | None:
    """An aware UTC time of this age; None for anything else."""
    try:
        if (seconds := _number(text)) is not None:
            at = datetime.fromtimestamp(seconds, UTC)
        else:
            at = datetime.fromisoformat(text)
            at = (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if _FIRST <= at < _LAST else None


def _number(text: str) -> float | None:
    """A finite number; None where there is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None  # NaN is no number either


def _answer(
    roads: Roads,
    profile: str,
    file: Path,
    source: str,
    traces: Traces,
    matched: Matched,
    speeds: tuple[MeasuredSpeed, ...],
    unread: Mapping[str, int],
) -> dict[str, Any]:
    edges = [one for one in speeds if one.level == "edge" and one.band == "all"]
    rejected = {**unread, **traces.rejected}
    if matched.off_road:
        rejected["off_road"] = matched.off_road
    return {
        "profile": profile,
        "file": file.name,
        "source": source,
        "positions": len(traces.lon),
        "rejected": dict(sorted(rejected.items())),
        "reordered": traces.reordered,
        "thinned": traces.thinned,
        "traces": traces.count,
        "cut": matched.broken,
        "km": round(sum(o.km for o in speeds if o.level == "class" and o.band == "all"), 1),
        "measured_from": instant(speeds[0].measured_from) if speeds else None,
        "measured_to": instant(speeds[0].measured_to) if speeds else None,
        "classes": _classes(roads.profiles[profile], speeds),
        "edges": {"measured": len(edges), "used": sum(map(counts, edges))},
    }


def _classes(profile: Profile, speeds: tuple[MeasuredSpeed, ...]) -> list[dict[str, Any]]:
    """Planned beside measured, in the order of the profile's classes."""
    found: dict[str, list[MeasuredSpeed]] = {}
    for one in speeds:
        if one.level == "class":
            found.setdefault(one.subject, []).append(one)
    return [
        {
            "class": name,
            "planned_kph": speed.value,
            "mark": speed.mark,
            "measured": [
                {
                    "band": one.band,
                    "kph": round(one.kph, 1),
                    "ratio": round(one.ratio, 3),
                    "runs": one.samples,
                    "km": round(one.km, 1),
                    "used": counts(one),
                    "measured_to": instant(one.measured_to),
                }
                for one in sorted(found[name], key=lambda one: (one.band != "all", one.band))
            ],
        }
        for name, speed in profile.speeds.items()
        if name in found
    ]
