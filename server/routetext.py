"""The answer to a route question as lines of text, Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from geo.words import say
from server.directions import distance

Json = Mapping[str, Any]
_NAMED = 3  # roads named on the way of an alternative


def route_text(
    answer: Json, start: str, end: str, others: bool, language: str = "zh-CN"
) -> Iterator[str]:
    """Head, time with its range, directions, other ways; or why there is none.

    ``start`` and ``end`` as the person wrote them; ``others``: whether other ways were asked for.
    """

    def show(key: str, **values: Any) -> str:
        return say(f"routes.show.{key}", language, **values)

    profile = say(f"routing.profile.{answer['profile']}", language)
    yield show("title", start=start, end=end, profile=profile)
    avoided = _avoided(answer, language)
    if avoided:
        yield show("avoided", roads=avoided)
    if answer["kept"]:
        yield show("kept")
    if answer["road_s"] is None:
        yield why_not(answer, language)
        return
    if not answer["steps"]:
        yield answer["instructions"][0]["text"]
        return
    yield show("time", **_time(answer, language))
    for number, one in enumerate(answer["instructions"], start=1):
        yield show("step", n=number, text=one["text"])
    if others and answer["alternatives"]:
        yield show("others")
        for one in answer["alternatives"]:
            yield show(
                "other",
                **_time(one, language),
                without=one["without"] or say("routes.nameless.other", language),
                extra=_minutes(one["extra_s"]),
                shared=round(one["shared"] * 100),
                via=_via(one, language),
            )
    elif others and answer["only"]:
        yield show("only", name=say("routes.go.and", language).join(answer["only"]))
    elif others:
        yield show("no_others")
    yield show("range_note")


def why_not(answer: Json, language: str = "zh-CN") -> str:
    """Why there is no way, as a sentence."""
    reason = answer["reason"]
    if reason["kind"] == "no_road_data":
        space = "" if language.startswith("zh") else " "
        return space.join(say(f"routes.why.no_road_{end}", language) for end in reason["at"])
    if reason["kind"] == "avoided":
        roads, name = (
            _avoided(answer, language),
            say("routes.go.and", language).join(answer["only"]),
        )
        key = "avoided" if name else "avoided_all"
        return say(f"routes.why.{key}", language, roads=roads, name=name)
    if reason["kind"] == "closed":
        unnamed = say("routes.why.closed_unnamed", language)
        names = dict.fromkeys(one["name"] or one["cause"] or unnamed for one in reason["closures"])
        return say("routes.why.closed", language, closures="、".join(names) or unnamed)
    if reason["kind"] == "wind":
        return say("speeds.why_wind", language, wind=f"{reason['wind_mps']:g}")
    return say("routes.why.no_way", language)


def _avoided(answer: Json, language: str) -> str:
    names = dict.fromkeys(name for one in answer["avoid"] for name in one["roads"])
    return ("、" if language.startswith("zh") else ", ").join(names)


def _time(way: Json, language: str) -> dict[str, Any]:
    eta = way["eta"]
    share = round(eta["measured_share"] * 100)
    return {
        "minutes": _minutes(eta["eta_s"]),
        "low": int(eta["low_s"] // 60),
        "high": _minutes(eta["high_s"]),
        "basis": say(f"routes.basis.{eta['basis']}", language, share=share),
        "distance": distance(way["distance_m"], language),
    }


def _minutes(seconds: float) -> int:
    """Whole minutes; begun ones count, so that nothing looks earlier than it is."""
    return int(-(-seconds // 60))


def _via(way: Json, language: str) -> str:
    """The longest named roads, in the order they are driven."""
    far: dict[str, float] = {}
    for step in way["steps"]:
        if step["road"]:
            far[step["road"]] = far.get(step["road"], 0.0) + step["distance_m"]
    longest = set(sorted(far, key=lambda road: -far[road])[:_NAMED])
    names = [road for road in far if road in longest]
    return " → ".join(names) or say("routes.nameless.other", language)
