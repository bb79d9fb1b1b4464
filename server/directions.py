"""Routes in words: one sentence for each instruction, in Chinese or English."""

from __future__ import annotations

from functools import cache

from geo.domain import Route, Side
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
    roads = _word("routes.go.and", language).join(one.roads)
    text = _word(f"routes.go.{'walk' if walks else 'drive'}", language).format(
        roads=roads or nameless(one.road_class, language),
        compass=_word(f"routes.compass.{one.compass}", language),
        distance=distance(one.distance_m, language),
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
    then = _word(f"routes.then.{'joined' if joined else 'apart'}", language)
    return text + then.format(act=act(one, language))


def act(one: Instruction, language: str = "zh-CN") -> str:
    """What is done at the end of an instruction."""
    key: str = one.maneuver
    if key == "roundabout" and one.exit_number is not None:
        key = "roundabout_exit"
    elif key == "arrive" and one.side is not None:
        key = f"arrive_{one.side}"
    onto = one.onto or nameless("other", language)
    return _word(f"routes.act.{key}", language).format(onto=onto, n=one.exit_number)


def distance(metres: float, language: str = "zh-CN") -> str:
    """Metres below a kilometre (tens from 100 on), kilometres with one decimal above."""
    if metres >= _KM_FROM_M:
        return _word("routes.distance.km", language).format(n=f"{metres / 1000:.1f}")
    near = round(metres) if metres < 100 else round(metres / 10) * 10
    return _word("routes.distance.m", language).format(n=near)


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
