"""``route`` and ``matrix``: how to get there, and everyone's way to everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from geo.words import say
from server.commands.ask import Closures, Json, Now, Profile, tell_closures
from server.commands.conditions import ByClock, Night, Rain, Wind
from server.commands.context import Context, asked_time, open_desk, print_json

_MOST_OTHERS = 5
_CONDITIONS = 4  # hour, rain, night, wind: the answer tells of them where one was given


def route(
    context: typer.Context,
    start: Annotated[str, typer.Option("--from", help="routes.cli.from", metavar="LON,LAT")],
    end: Annotated[str, typer.Option("--to", help="routes.cli.to", metavar="LON,LAT")],
    profile: Profile = "fire_tender",
    avoid: Annotated[
        list[str] | None, typer.Option("--avoid", help="routes.cli.avoid", metavar="NAME")
    ] = None,
    alternatives: Annotated[
        int,
        typer.Option("--alternatives", help="routes.cli.alternatives", min=0, max=_MOST_OTHERS),
    ] = 0,
    closure: Closures = None,
    rain: Rain = None,
    night: Night = None,
    wind: Wind = None,
    by_clock: ByClock = False,
    now: Now = None,
    json: Json = False,
) -> None:
    """The quickest way, told step by step."""
    from server.closures import read_closures
    from server.conditions import conditions_at
    from server.route import route as find_route
    from server.routetext import route_text
    from server.where import point_of

    here: Context = context.obj
    when, given = asked_time(context.obj, now), read_closures(closure or ())
    under = conditions_at(when, by_clock=by_clock, rain=rain, night=night, wind_mps=wind)
    with open_desk() as desk, desk.session() as session:
        roads = desk.roads(session)
        ends = [point_of(session, roads, text, when) for text in (start, end)]
        answer = find_route(
            session,
            roads,
            ends[0],
            ends[1],
            profile=profile,
            now=when,
            closures=given,
            avoid=avoid or (),
            alternatives=alternatives,
            language=here.language,
            conditions=under,
        )
        tell_closures(here, session, roads, given, when)
    if json:
        print_json(answer)
    else:
        print("\n".join(route_text(answer, start, end, alternatives > 0, here.language)))
        if len(answer["conditions"]["unknown"]) < _CONDITIONS:
            print(answer["conditions"]["text_zh" if here.language == "zh-CN" else "text_en"])


def matrix(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="routes.cli.file", metavar="FILE.json")],
    closure: Closures = None,
    now: Now = None,
    json: Json = False,
) -> None:
    """Road times from every origin to every destination of a file."""
    from server.closures import read_closures
    from server.matrix import matrix as find_matrix
    from server.matrix import read_question

    here: Context = context.obj
    asked, when, given = (
        read_question(file),
        asked_time(context.obj, now),
        read_closures(closure or ()),
    )
    with open_desk() as desk, desk.session() as session:
        roads = desk.roads(session)
        answer = find_matrix(session, roads, **asked, closures=given, now=when)
        tell_closures(here, session, roads, given, when)
    if json:
        print_json(answer)
        return
    counts: dict[Any, int] = {}
    for row in answer["why"]:
        for why in row:
            counts[why] = counts.get(why, 0) + 1
    rows, columns = len(asked["origins"]), len(asked["destinations"])
    print(
        say(
            "routes.show.matrix",
            here.language,
            rows=rows,
            columns=columns,
            profile=say(f"routing.profile.{asked['profile']}", here.language),
            pairs=rows * columns,
            reached=counts.get(None, 0),
            unreachable=counts.get("unreachable", 0),
            unknown=counts.get("no_road_data", 0),
        )
    )
    if late := counts.get("beyond_limit", 0):
        limit = f"{asked['limit_s']:g}"
        print(say("routes.show.matrix_late", here.language, late=late, limit=limit))
