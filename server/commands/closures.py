"""``closures add|change|lift|list|history``: closing roads from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import typer

from server.commands.ask import Json, Now
from server.commands.context import Context, asked_time, open_desk, print_json
from server.reading import moment

if TYPE_CHECKING:
    from geo.domain import Closure

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
_AS_KNOWN = "closures.cli.as_known"

Id = Annotated[UUID, typer.Argument(help="closures.cli.id", metavar="ID")]
File = Annotated[
    list[Path] | None, typer.Option("--file", help="closures.cli.file", metavar="FILE")
]
Road = Annotated[str | None, typer.Option("--road", help="closures.cli.road", metavar="NAME")]
Bridge = Annotated[
    str | None, typer.Option("--bridge", help="closures.cli.bridge", metavar="NAME|LON,LAT")
]
Edge = Annotated[list[str] | None, typer.Option("--edge", help="closures.cli.edge", metavar="ID")]
Shape = Annotated[
    Path | None,
    typer.Option("--shape", "--area", "--line", help="closures.cli.shape", metavar="FILE"),
]
Name = Annotated[str | None, typer.Option("--name", help="closures.cli.name")]
Cause = Annotated[str | None, typer.Option("--cause", help="closures.cli.cause")]
Depth = Annotated[float | None, typer.Option("--depth", help="closures.cli.depth", min=0, max=100)]
From = Annotated[str | None, typer.Option("--from", help="closures.cli.from", metavar="ISO8601")]
To = Annotated[str | None, typer.Option("--to", help="closures.cli.to", metavar="ISO8601")]
Profiles = Annotated[list[str] | None, typer.Option("--profile", help="closures.cli.profile")]
Slow = Annotated[
    float | None, typer.Option("--slow", help="closures.cli.slow", min=0.001, max=0.999)
]
Way = Annotated[
    str | None,
    typer.Option("--direction", help="closures.cli.direction", metavar="both|along|against"),
]
Whole = Annotated[bool | None, typer.Option("--whole/--part", help="closures.cli.whole")]


@app.command("add", help="closures.cli.add")
def add(
    context: typer.Context,
    file: File = None,
    road: Road = None,
    bridge: Bridge = None,
    edge: Edge = None,
    shape: Shape = None,
    name: Name = None,
    cause: Cause = None,
    depth: Depth = None,
    begin: From = None,
    end: To = None,
    profile: Profiles = None,
    slow: Slow = None,
    direction: Way = None,
    whole: Whole = None,
    now: Now = None,
    json: Json = False,
) -> None:
    """Close roads from now on: what a file holds, or what the options say."""
    from geo.domain import Closure
    from geo.errors import InvalidInput
    from server import closing
    from server.closures import read_closures

    when = asked_time(context.obj, now)
    times = [None if text is None else moment(text, when) for text in (begin, end)]
    said = _said(road, bridge, edge, shape, name, cause, depth, times, profile, slow, direction)
    said |= {} if whole is None else {"whole": whole}
    given: list[Closure] = [replace(one, **said) for one in read_closures(file or ())]
    if not file:
        if not {"road", "bridge", "edges", "geometry"} & set(said):
            raise InvalidInput(
                "Nothing says which road.",
                remedy="Give --file, --road, --bridge, --edge, --area or --line.",
                words="closures.says_nothing",
            )
        given = [Closure(**{"id": uuid4(), "geometry": None, **said})]
    with open_desk() as desk, desk.session() as session:
        roads = desk.roads(session)
        done = [closing.add(session, roads, one, actor="cli", now=when) for one in given]
    _show(context, "added", done, json)
    for one, stored in zip(given, done, strict=True):
        if stored["bridge"] != one.bridge and not json:
            print("  " + _say("placed", context.obj.language, name=stored["bridge"]))


@app.command("change", help="closures.cli.change")
def change(
    context: typer.Context,
    id: Id,
    version: Annotated[int | None, typer.Option("--version", help="closures.cli.version")] = None,
    unset: Annotated[
        list[str] | None, typer.Option("--unset", help="closures.cli.unset", metavar="WHAT")
    ] = None,
    road: Road = None,
    bridge: Bridge = None,
    edge: Edge = None,
    shape: Shape = None,
    name: Name = None,
    cause: Cause = None,
    depth: Depth = None,
    begin: From = None,
    end: To = None,
    profile: Profiles = None,
    slow: Slow = None,
    direction: Way = None,
    whole: Whole = None,
    now: Now = None,
    json: Json = False,
) -> None:
    """Change what a closure says; what no option names stays."""
    from server import closing

    when = asked_time(context.obj, now)
    times = [None if text is None else moment(text, when) for text in (begin, end)]
    said = _said(road, bridge, edge, shape, name, cause, depth, times, profile, slow, direction)
    said |= {} if whole is None else {"whole": whole}
    said |= _unset(unset or ())
    with open_desk() as desk, desk.session() as session:
        roads = desk.roads(session)
        done = closing.change(session, roads, id, said, expected=version, actor="cli", now=when)
    _show(context, "changed", [done], json)


@app.command("lift", help="closures.cli.lift")
def lift(context: typer.Context, id: Id, now: Now = None, json: Json = False) -> None:
    """Open the roads again."""
    from server import closing

    when = asked_time(context.obj, now)
    with open_desk() as desk, desk.session() as session:
        done = closing.lift(session, desk.roads(session), id, actor="cli", now=when)
    _show(context, "lifted", [done], json)
    if done["lifted_before"] and not json:
        at = _shown(done["lifted_before"])
        print("  " + _say("already_lifted", context.obj.language, at=at))


@app.command("list", help="closures.cli.list")
def list_closures(
    context: typer.Context,
    at: Annotated[
        str | None, typer.Option("--at", "--now", help="closures.cli.at", metavar="ISO8601")
    ] = None,
    as_known: Annotated[
        str | None, typer.Option("--as-known", help=_AS_KNOWN, metavar="ISO8601")
    ] = None,
    json: Json = False,
) -> None:
    """The closures in force, now or at a time."""
    from geo import queries
    from server import closing

    here: Context = context.obj
    when = asked_time(here, at)
    known: datetime | None = None if as_known is None else moment(as_known, when)
    with open_desk() as desk, desk.session() as session:
        # Where nothing is closed, no roads are needed to say so.
        found = []
        if queries.open_closures(session, when, as_known=known):
            found = closing.listed(session, desk.roads(session), when, as_known=known)
    if json:
        print_json({"type": "FeatureCollection", "features": [_feature(one) for one in found]})
        return
    _show(context, "standing", found, False)
    if not found:
        here.print("closures.list.none")


@app.command("history", help="closures.cli.history")
def history(context: typer.Context, id: Id, json: Json = False) -> None:
    """Every state of a closure, and when it was known."""
    from server import closing

    with open_desk() as desk, desk.session() as session:
        found = closing.history(session, desk.roads(session), id)
    if json:
        print_json(found)
        return
    language = context.obj.language
    for one in found:
        until = _shown(one["known_to"]) if one["known_to"] else _say("till_now", language)
        since = _shown(one["known_from"])
        state = _say("lifted" if one["lifted_at"] else "standing", language)
        print(f"{since} – {until}  {state}: {_line(one, language)}  ({one['actor']})")


def _said(
    road: str | None,
    bridge: str | None,
    edge: list[str] | None,
    shape: Path | None,
    name: str | None,
    cause: str | None,
    depth: float | None,
    times: Sequence[datetime | None],
    profile: list[str] | None,
    slow: float | None,
    direction: str | None,
) -> dict[str, Any]:
    """What the options say, as fields of a closure; a field that no option names is left out."""
    said = {
        "road": road,
        "bridge": bridge,
        "edges": _codes(edge),
        "geometry": None if shape is None else _shape(shape),
        "name": name,
        "cause": cause,
        "depth_m": depth,
        "valid_from": times[0],
        "valid_to": times[1],
        "profiles": _codes(profile),
        "speed_factor": slow,
        "direction": direction,
    }
    return {key: value for key, value in said.items() if value is not None}


_OPTIONS = {
    "road": "road", "bridge": "bridge", "edge": "edges", "shape": "geometry", "area": "geometry",
    "line": "geometry", "name": "name", "cause": "cause", "depth": "depth_m", "from": "valid_from",
    "to": "valid_to", "profile": "profiles", "slow": "speed_factor", "direction": "direction",
    "whole": "whole",
}  # fmt: skip


def _unset(options: Sequence[str]) -> dict[str, None]:
    """The fields whose values are taken away, by the names of their options."""
    from geo.errors import InvalidInput

    words = [option.strip().lstrip("-") for text in options for option in text.split(",")]
    unknown = [word for word in words if word not in _OPTIONS]
    if unknown:
        raise InvalidInput(
            f"--unset knows no {', '.join(unknown)}.",
            remedy=f"It takes {', '.join(_OPTIONS)}.",
            words="closures.bad_unset",
            what=unknown,
            known=list(_OPTIONS),
        )
    return {_OPTIONS[word]: None for word in words}


def _codes(given: list[str] | None) -> tuple[str, ...] | None:
    """Values of a repeatable option that may also be written with commas."""
    if not given:
        return None
    return tuple(code.strip() for text in given for code in text.split(",") if code.strip())


def _shape(file: Path) -> Any:
    """The one geometry of a file."""
    from geo.errors import InvalidInput
    from server.closures import read_closures

    found = [one for one in read_closures([file]) if one.geometry is not None]
    if len(found) != 1:
        raise InvalidInput(
            f"{file} holds {len(found)} shapes.",
            remedy="Give a file with one polygon or line; several closures go with --file.",
            words="closures.one_shape",
            file=str(file),
            n=len(found),
        )
    return found[0].geometry


def _show(context: typer.Context, what: str, done: list[dict[str, Any]], json: bool) -> None:
    language = context.obj.language
    if json:
        print_json(done[0] if len(done) == 1 else done)
        return
    for one in done:
        print(f"{_say(what, language)}: {_line(one, language)}")
        short = "zh" if language == "zh-CN" else "en"
        for unknown in one["unknowns"]:
            print(f"  {unknown[f'detail_{short}']}")


def _line(one: dict[str, Any], language: str) -> str:
    """One closure read aloud: what, why, how much road, whom, how long, its id and version."""
    called = one["name"] or one["road"] or one["bridge"] or _say(f"kind.{one['kind']}", language)
    parts = [called]
    if one["cause"]:
        parts.append(one["cause"])
    if one["depth_m"] is not None:
        parts.append(_say("water", language, depth=f"{one['depth_m']:g}"))
    if one["speed_factor"] is not None:
        parts.append(_say("slow", language, share=f"{100 * one['speed_factor']:g}"))
    if one["direction"] != "both":
        parts.append(_say(f"direction.{one['direction']}", language))
    if one["profiles"]:
        parts.append(
            _say(
                "only_for",
                language,
                profiles=_say("and", language).join(_profile(p, language) for p in one["profiles"]),
            )
        )
    names = one["roads"]
    shown = "、".join(names[:4]) if language == "zh-CN" else ", ".join(names[:4])
    if names and names != [called]:
        parts.append(shown + ("…" if len(names) > 4 else ""))
    parts.append(_say("much", language, edges=len(one["edges"]), km=f"{one['km']:.2f}"))
    times = [key for key in ("valid_from", "valid_to") if one[key]]
    parts += [_say(key, language, at=_shown(one[key])) for key in times]
    parts.append(_say("which", language, id=one["id"], version=one["version"]))
    return ",".join(parts) if language == "zh-CN" else ", ".join(parts)


def _shown(at: str) -> str:
    """A time as the reader's clock shows it."""
    local = datetime.fromisoformat(at).astimezone(ZoneInfo("Asia/Shanghai"))
    return local.strftime("%Y-%m-%d %H:%M") + " (UTC+8)"


def _profile(name: str, language: str) -> str:
    from geo.words import say

    key = f"cli.profiles.{name}"
    said = say(key, language)
    return name if said == key else said


def _say(key: str, language: str, **values: Any) -> str:
    from geo.words import say

    return say(f"closures.said.{key}", language, **values)


def _feature(one: dict[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in one.items() if key != "geometry"}
    return {"type": "Feature", "id": one["id"], "geometry": one["geometry"], "properties": said}
