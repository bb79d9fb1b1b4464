"""Routes in words: one sentence for each instruction, in Chinese or English."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from geo.domain import Compass, Maneuver, Route, Side
from geo.words import catalogue, say
from routing.instructions import Drawn, Instruction, instructions

_KM_FROM_M = 995  # what rounds to 1.0 km


def say_route(route: Route, language: str = "zh-CN", *, walks: bool = False) -> tuple[str, ...]:
    """The sentences that lead along a route; one alone where there is no way to go."""
    return say_way(route, language, side=route.side, walks=walks)


def say_way(
    way: Drawn, language: str = "zh-CN", *, side: Side | None = None, walks: bool = False
) -> tuple[str, ...]:
    """The same of any line with its steps, such as a plan's route."""
    told = instructions(way, side)
    if not told:
        return (say("routes.act.here", language),)
    return tuple(sentence(one, language, walks=walks) for one in told)


def sentence(one: Instruction, language: str = "zh-CN", *, walks: bool = False) -> str:
    """One instruction: "沿飞云大道向东行驶 1.2 公里,过三桥右转"."""
    roads = one.roads
    name = roads[0] if len(roads) == 1 else _word("routes.go.and", language).join(roads)
    text = _going(language, walks, one.compass)(
        name or nameless(one.road_class, language), distance(one.distance_m, language)
    )
    passed: list[tuple[str, str]] = []
    if one.bridges or one.tunnels:
        passed = [*_names(one, "bridge", language), *_names(one, "tunnel", language)]
    joined = bool(passed) and one.at_end
    if joined:
        for kind, name in passed:
            text += say(f"routes.over.{kind}", language, name=name)
    elif passed:
        names = say("routes.go.and", language).join(name for _, name in passed)
        text += say("routes.over.earlier", language, names=names)
    then = _then(language, joined, one.maneuver, one.exit_number is not None, one.side)
    return text + then(one.onto or nameless("other", language), one.exit_number)


def distance(metres: float, language: str = "zh-CN") -> str:
    """Metres below a kilometre (tens from 100 on), kilometres with one decimal above."""
    if metres >= _KM_FROM_M:
        return _in_words("km", f"{metres / 1000:.1f}", language)
    return _in_words("m", round(metres) if metres < 100 else round(metres / 10) * 10, language)


@lru_cache(maxsize=4096)  # below a kilometre there are 190
def _in_words(unit: str, n: int | str, language: str) -> str:
    return _word(f"routes.distance.{unit}", language).format(n=n)


@cache
def _going(language: str, walks: bool, compass: Compass) -> Callable[[str, str], str]:
    """Sets road and distance into the sentence of whoever goes in this direction."""
    toward = _word(f"routes.compass.{compass}", language)
    text = _word(f"routes.go.{'walk' if walks else 'drive'}", language)
    return text.format(roads="{0}", compass=toward, distance="{1}").format


@cache
def _then(
    language: str, joined: bool, maneuver: Maneuver, numbered: bool, side: Side | None
) -> Callable[[str, int | None], str]:
    """Sets the road that the act leads onto and the exit's number into the sentence's end."""
    key: str = maneuver
    if key == "roundabout" and numbered:
        key = "roundabout_exit"
    elif key == "arrive" and side is not None:
        key = f"arrive_{side}"
    act = _word(f"routes.act.{key}", language).format(onto="{0}", n="{1}")
    return _word(f"routes.then.{'joined' if joined else 'apart'}", language).format(act=act).format


@cache
def nameless(road_class: str, language: str = "zh-CN") -> str:
    """What a road without name is called, by its class."""
    key = f"routes.nameless.{road_class}"
    return say(key if key in catalogue(language) else "routes.nameless.other", language)


@cache
def _word(key: str, language: str) -> str:
    """A sentence of the catalogue, looked up once: thousands are said in one answer."""
    return say(key, language)


def _names(one: Instruction, kind: str, language: str) -> list[tuple[str, str]]:
    names = one.bridges if kind == "bridge" else one.tunnels
    return [(kind, name or say(f"routes.over.{kind}_nameless", language)) for name in names]
