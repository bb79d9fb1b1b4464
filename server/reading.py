"""Reading what a person or a program writes: a point, a time, numbers."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from geo.domain import LonLat
from geo.errors import InvalidInput

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def point(text: str) -> LonLat:
    """``LON,LAT`` in degrees. Raises InvalidInput for anything else."""
    parts = text.replace("\N{FULLWIDTH COMMA}", ",").split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        lon = lat = math.nan
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # NaN fails too
        raise InvalidInput(
            f"{text!r} is no point.",
            remedy="Write LON,LAT in degrees, for example 123.05,28.02.",
            words="errors.point",
            value=text,
        )
    return lon, lat


def moment(text: str | None, now: datetime | None = None) -> datetime:
    """The time a command is for: ISO 8601; without an offset it is Shanghai's; None: now.

    A bare clock time such as 21:40 is that of today in Shanghai, be it past or still to come.
    ``now`` None: the machine's.
    """
    now = datetime.now(UTC) if now is None else now
    if text is None:
        return now
    try:
        clock = _CLOCK.fullmatch(text.strip().replace("\N{FULLWIDTH COLON}", ":"))
        if clock is not None:
            from zoneinfo import ZoneInfo

            hour, minute, second = (int(part or 0) for part in clock.groups())
            today = now.astimezone(ZoneInfo("Asia/Shanghai"))
            read = today.replace(hour=hour, minute=minute, second=second, microsecond=0)
        else:
            read = datetime.fromisoformat(text)
        if read.tzinfo is None:
            from zoneinfo import ZoneInfo

            read = read.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
        return read.astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1 has no earlier zone
        raise InvalidInput(
            f"{text!r} is no time.",
            remedy="Write it as 2026-06-01T08:30:00+08:00.",
            words="errors.moment",
            value=text,
        ) from None


def numbers(text: str, *, name: str, least: float, most: float, at_most: int) -> tuple[float, ...]:
    """A comma-separated list of numbers within bounds. Raises InvalidInput."""
    try:
        found = tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        found = ()
    if not found or len(found) > at_most or not all(least <= one <= most for one in found):
        raise InvalidInput(
            f"{name} is a list of at most {at_most} numbers from {least:g} to {most:g}.",
            remedy=f"Write for example {name}=5,10,15.",
            words="errors.bad_numbers",
            name=name,
            value=text,
            least=least,
            most=most,
            at_most=at_most,
        )
    return found
