"""What a person says of a place: coordinates, a kilometre of a road, a crossing or a name.

Chinese and English, full-width or narrow, however blanks and signs are set. Words only are read;
whether there is such a road or place is asked of the map.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from geo.domain import LonLat
from geo.errors import InvalidInput
from geo.queries.waymarks import Sense
from geo.spelling import is_ref, plain

LONGEST = 200  # characters; the longest names of roads and places have about 60


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A point that was given as such."""

    at: LonLat


@dataclass(frozen=True, slots=True)
class Kilometre:
    """A kilometre of a road (桩号); ``sense`` or ``heading_deg``: the carriageway, where said."""

    road: str  # a number as G104, else a name
    km: float
    sense: Sense = "both"
    heading_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two roads; several ``pairs`` where the words may be parted in several ways.

    ``sure`` False: the words may as well be a name (和平路 is no crossing of two roads).
    """

    pairs: tuple[tuple[str, str], ...]
    sure: bool
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """Anything else: looked up by name."""

    text: str


Whereabouts = Coordinates | Kilometre | Crossing | Name


def understood(text: str) -> Whereabouts:
    """What a text says of a place.

    Raises InvalidInput for a blank or endless text, coordinates that cannot be, a kilometre that
    cannot be (K1832+1400, K-3) or that names no road.
    """
    if len(text) > 10 * LONGEST or len(narrow := plain(_prime(text))) > LONGEST:
        raise _wrong("too_long", text[:40], most=LONGEST)
    if not narrow:
        raise _wrong("blank", "")
    return _coordinates(narrow) or _kilometre(narrow) or _crossing(narrow) or Name(narrow)


def is_coordinates(text: str) -> bool:
    """Whether a text is meant as coordinates, be they possible or not."""
    narrow = plain(_prime(text))
    return bool(_pair(narrow) or _DIGITS.fullmatch(narrow) or _degrees(narrow))


# -- coordinates ----------------------------------------------------------------------------

_SIDE = r"(?P<h{n}>[NSEW]|[东西]经?|[南北]纬?)\s*"
_ANGLE = (
    r"(?P<d{n}>-?\d+(?:\.\d+)?)\s*(?:°|度)%s\s*"
    r"(?:(?P<m{n}>\d+(?:\.\d+)?)\s*(?:'|′|’|分)\s*)?"
    r"(?:(?P<s{n}>\d+(?:\.\d+)?)\s*(?:\"|″|”|′′|''|秒)\s*)?"
)
_STYLES = (_SIDE + _ANGLE % "?", _ANGLE % "?" + _SIDE, _ANGLE % "")  # E120°, 120°E, 120°
_DEGREES = tuple(
    re.compile(rf"{part}[,;/、]?\s*{part.replace('{n}', '{k}')}".format(n=1, k=2), re.IGNORECASE)
    for part in _STYLES
)
_DIGITS = re.compile(r"[\d\s.,;:+\-°'\"]+")
_SIDES = {"E": (0, 1), "W": (0, -1), "N": (1, 1), "S": (1, -1)}
_LETTER = str.maketrans("东西南北", "EWSN")


def _prime(text: str) -> str:
    return text.replace("º", "°").replace("˚", "°")


def _degrees(text: str) -> re.Match[str] | None:
    return next((found for one in _DEGREES if (found := one.fullmatch(text))), None)


def _pair(text: str) -> tuple[float, float] | None:
    parts = re.split(r"\s*[,;]\s*|\s+", text)
    try:
        first, second = (float(part) for part in parts)
    except ValueError:
        return None
    return first, second


def _coordinates(text: str) -> Coordinates | None:
    if (pair := _pair(text)) is not None:
        return Coordinates(_possible(*pair, text))
    found = _degrees(text)
    if found is None:
        return Coordinates(_possible(math.nan, math.nan, text)) if _DIGITS.fullmatch(text) else None
    values: dict[int, float] = {}
    for n in (1, 2):
        side = (found.groupdict().get(f"h{n}") or "")[:1]
        minutes, seconds = float(found[f"m{n}"] or 0), float(found[f"s{n}"] or 0)
        axis, sign = _SIDES[side.upper().translate(_LETTER)] if side else (n - 1, 1)
        degrees = abs(float(found[f"d{n}"])) + minutes / 60 + seconds / 3600
        sign *= -1 if found[f"d{n}"].startswith("-") else 1
        if minutes >= 60 or seconds >= 60:
            degrees = math.nan
        values[axis] = sign * degrees
    return Coordinates(_possible(values.get(0, math.nan), values.get(1, math.nan), text))


def _possible(lon: float, lat: float, text: str) -> LonLat:
    if -180 <= lon <= 180 and -90 <= lat <= 90:  # NaN fails too
        return lon, lat
    if -180 <= lat <= 180 and -90 <= lon <= 90:
        raise _wrong("swapped", text, written=f"{lat:g},{lon:g}")
    raise InvalidInput(
        f"{text!r} is no point.",
        remedy="Write LON,LAT in degrees, for example 123.05,28.02.",
        words="errors.point",
        value=text,
    )


# -- a kilometre of a road ------------------------------------------------------------------

_NUMBER = r"-?\d+(?:\.\d+)?"
_AND_METRES = (
    rf"(?:\s*(?:\+|加|又|零|处)?\s*(?P<m>{_NUMBER})\s*(?:米|m\b)|\s*\+\s*(?P<n>{_NUMBER}))?"
)
_KILOMETRES = tuple(
    re.compile(pattern + _AND_METRES, re.IGNORECASE)
    for pattern in (
        rf"(?<![a-z])(?:K|PK)\s*(?P<k>{_NUMBER})\s*(?:公里|千米|km\b)?",
        rf"(?<![a-z\d.])(?P<k>{_NUMBER})\s*(?:公里|千米|km\b(?!\.?\s*\d))",
        rf"(?<![a-z])(?:km|kilomet(?:re|er)s?)\.?\s*(?P<k>{_NUMBER})",
        r"(?<![\d.])(?P<k>\d+)(?=\s*\+\s*\d)",
    )
)
_SENSES = {"上行": "rising", "下行": "falling", "rising": "rising", "falling": "falling"}
_POINTS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
_BOUND = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
_HEADING = re.compile(
    r"[(\[]?\s*(?:(?P<sense>上行|下行|\brising|\bfalling)(?:方向|线|侧|道)?(?:\s*carriageway)?"
    r"|(?:往|向|朝)(?P<zh>东北|东南|西南|西北|[东南西北])(?:方向|行驶)?"
    r"|(?P<zh2>东北|东南|西南|西北|[东南西北])(?:行|向|方向)"
    r"|\b(?P<en>(?:north|south)?(?:east|west)?|north|south)bound"
    r"|(?:往|去|朝)\S{1,8}?方向)\s*[)\]]?",
    re.IGNORECASE,
)
_IDLE = re.compile(
    r"里程桩号|里程桩|里程碑|桩号|公里桩|路段|附近|位置|处|第|的|[,;:()\[\]。]"
    r"|\b(?:at|on|of|the|near|post|milestone|marker|road|highway)\b",
    re.IGNORECASE,
)
_LEVELS = {"国道": "G", "省道": "S", "县道": "X", "乡道": "Y", "村道": "C"}
_CHINESE_REF = re.compile(
    r"(?P<a>\d{1,4})\s*(?P<l1>国道|省道|县道|乡道|村道)"
    r"|(?P<l2>国道|省道|县道|乡道|村道)\s*[GSXYC]?\s*(?P<b>\d{1,4})",
    re.IGNORECASE,
)
_REF = re.compile(r"(?<![a-z0-9])[a-z]{1,3}\s?-?\s?\d{1,4}[a-z]?(?![a-z0-9])", re.IGNORECASE)
_MOST_KM = 20_000.0  # no road is longer


def _kilometre(text: str) -> Kilometre | None:
    found = next((hit for one in _KILOMETRES if (hit := one.search(text))), None)
    if found is None:
        return None
    km, metres = float(found["k"]), float(found["m"] or found["n"] or 0)
    if found["k"].startswith("-") or metres < 0 or km > _MOST_KM:
        raise _wrong("kilometre", text, written=found[0].strip(), most=f"{_MOST_KM:g}")
    if metres >= 1000:
        raise _wrong("metres", text, metres=f"{metres:g}")
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    heading = _HEADING.search(rest)
    sense: Any = "both"
    bearing = None
    if heading:
        rest = rest[: heading.start()] + " " + rest[heading.end() :]
        sense = _SENSES.get((heading["sense"] or "").lower(), "both")
        chinese, english = heading["zh"] or heading["zh2"], (heading["en"] or "").lower()
        if chinese or english:
            bearing = 45.0 * (_POINTS.index(chinese) if chinese else _BOUND.index(english))
    road = _road(rest)
    if not road:
        raise _wrong("which_road", text, written=found[0].strip())
    return Kilometre(road, km + metres / 1000, sense, bearing)


def _road(text: str) -> str:
    """The number of a road that a text names, else what is left of its name."""
    if level := _CHINESE_REF.search(text):
        return _LEVELS[level["l1"] or level["l2"]] + (level["a"] or level["b"])
    if ref := _REF.search(text):
        return re.sub(r"[\s-]", "", ref[0]).upper()
    return " ".join(_IDLE.sub(" ", text).split()).removesuffix("公路上").strip()


# -- a crossing of two roads ----------------------------------------------------------------

_CROSSING = re.compile(
    r"(?:交叉路口|交叉口|交叉点|交汇处|交会处|交界处|相交处|交口|交汇|路口)\s*(?:处|附近)?$"
)
_CROSSING_EN = re.compile(
    r"^(?:the\s+)?(?:crossing|crossroads|intersection|junction|corner)\s+(?:of|at)\s+(.+)$", re.I
)
_SURE = re.compile(r"\s*[&/×✕@、]\s*|\s+(?:and|at|x|with)\s+", re.IGNORECASE)
_UNSURE = re.compile(r"\s*[与和跟同,+]\s*")
_ROAD_END = "路街道巷弄线速环桥"


def _crossing(text: str) -> Crossing | None:
    core, marked = _unmarked(text)
    pairs = list(_parted(core, _SURE, 1))
    sure = bool(pairs) or marked
    pairs = pairs or list(_parted(core, _UNSURE, 2))
    if not pairs and marked:
        pairs = [
            (core[:i], core[i:])
            for i in range(2, len(core) - 1)
            if core[i - 1] in _ROAD_END or is_ref(core[:i])
        ]
    return Crossing(tuple(pairs), sure, text) if pairs else None


def _unmarked(text: str) -> tuple[str, bool]:
    """The text without the words that say "crossing", and whether it had any."""
    if english := _CROSSING_EN.match(text):
        return english[1].strip(), True
    if re.search(r"[路街道巷弄线速]口$", text) and not re.search(
        r"[路街道巷弄线速\d]\s*路口$", text
    ):
        return text[:-1], True
    core = _CROSSING.sub("", text).strip()
    return (core.rstrip("的 "), True) if core and core != text else (text, False)


def _parted(text: str, by: re.Pattern[str], least: int) -> Iterator[tuple[str, str]]:
    for found in by.finditer(text):
        left, right = text[: found.start()].strip(), text[found.end() :].strip()
        if len(left) >= least and len(right) >= least:
            yield left, right


def _wrong(rule: str, value: str, **values: object) -> InvalidInput:
    from geo.words import say

    words = f"where.{rule}"
    values = {"value": value, **values}
    return InvalidInput(
        say(f"{words}.message", "en", **values),
        remedy=say(f"{words}.remedy", "en", **values),
        words=words,
        **values,
    )
