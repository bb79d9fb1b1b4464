"""``isochrone``, ``roads loss``, ``roads rank``, ``roads missing``: what roads give and take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from server.commands.ask import MOST_MINUTES, At, Closures, Json, Now, Profile
from server.commands.conditions import ByClock, Night, Rain, Wind
from server.commands.context import Context, asked_time, open_desk, print_json

Services = Annotated[
    list[str] | None, typer.Option("--service", help="loss.cli.service", metavar="S###")
]
By = Annotated[Literal["day", "night"], typer.Option("--by", help="loss.cli.by")]


def isochrone(
    context: typer.Context,
    at: At,
    minutes: Annotated[
        str, typer.Option("--minutes", help="loss.cli.minutes", metavar="5,10,15")
    ] = "5,10,15",
    profile: Profile = "fire_tender",
    direction: Annotated[
        Literal["from_incident", "to_incident"],
        typer.Option("--direction", help="loss.cli.direction"),
    ] = "from_incident",
    closure: Closures = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="loss.cli.out", metavar="FILE.geojson")
    ] = None,
    rain: Rain = None,
    night: Night = None,
    wind: Wind = None,
    by_clock: ByClock = False,
    now: Now = None,
    json: Json = False,
) -> None:
    """The ground within reach of a place in so many minutes."""
    import orjson

    from server.closures import read_closures
    from server.conditions import conditions_at
    from server.files import check_writable, write_whole
    from server.isochrone import isochrone as ground_within
    from server.losstables import isochrone_table
    from server.reading import numbers
    from server.where import point_of

    here: Context = context.obj
    when, given = asked_time(context.obj, now), read_closures(closure or ())
    under = conditions_at(when, by_clock=by_clock, rain=rain, night=night, wind_mps=wind)
    wanted = numbers(minutes, name="minutes", least=0.1, most=MOST_MINUTES, at_most=12)
    if out is not None:
        check_writable(out)
    with open_desk() as desk, desk.session() as session:
        roads = desk.roads(session)
        answer = ground_within(
            session,
            roads,
            point_of(session, roads, at, when),
            wanted,
            profile=profile,
            direction=direction,
            closures=given,
            now=when,
            conditions=under,
        )
    if out is not None:
        write_whole(out, orjson.dumps(answer).decode())
    if json:
        print_json(answer)
        return
    isochrone_table(answer, here.language)
    if out is not None:
        here.print("plan.written", file=out)


def loss(
    context: typer.Context,
    closure: Closures = None,
    bridge: Annotated[
        list[str] | None, typer.Option("--bridge", help="loss.cli.bridge", metavar="NAME")
    ] = None,
    road: Annotated[
        list[str] | None, typer.Option("--road", help="loss.cli.road", metavar="NAME")
    ] = None,
    profile: Profile = "fire_tender",
    service: Services = None,
    by: By = "night",
    rain: Rain = None,
    night: Night = None,
    wind: Wind = None,
    by_clock: ByClock = False,
    now: Now = None,
    json: Json = False,
) -> None:
    """What is lost when these roads are closed besides."""
    from server.closures import read_closures
    from server.conditions import conditions_at
    from server.loss import closing_named
    from server.loss import loss as what_is_lost
    from server.losstables import loss_table

    here: Context = context.obj
    when, given = asked_time(context.obj, now), read_closures(closure or ())
    under = conditions_at(when, by_clock=by_clock, rain=rain, night=night, wind_mps=wind)
    with open_desk() as desk, desk.session() as session:
        roads = desk.roads(session)
        closing = (*given, *closing_named(session, roads, bridge or (), road or ()))
        answer = what_is_lost(
            session,
            roads,
            closing,
            profile=profile,
            now=when,
            services=_codes(service),
            by=by,
            conditions=under,
        )
    if json:
        print_json(answer)
    else:
        loss_table(answer, here.language)


def rank(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", help="loss.cli.limit", min=1, max=200)] = 20,
    profile: Profile = "fire_tender",
    service: Services = None,
    by: By = "night",
    now: Now = None,
    json: Json = False,
) -> None:
    """Bridges, tunnels and roads by the cover that is lost without them."""
    from server.loss import ranking
    from server.losstables import ranking_table

    here: Context = context.obj
    when = asked_time(context.obj, now)
    with open_desk() as desk, desk.session() as session:
        answer = ranking(
            session,
            desk.roads(session),
            profile=profile,
            now=when,
            limit=limit,
            services=_codes(service),
            by=by,
        )
    if json:
        print_json(answer)
    else:
        ranking_table(answer, here.language)


def missing(
    context: typer.Context, profile: Profile = "car", by: By = "night", json: Json = False
) -> None:
    """Villages, people and places far from any road, by township."""
    from server.loss import missing as missing_roads
    from server.losstables import missing_table

    here: Context = context.obj
    with open_desk() as desk, desk.session() as session:
        answer = missing_roads(session, desk.roads(session), profile=profile, by=by)
    if json:
        print_json(answer)
    else:
        missing_table(answer, here.language)


def _codes(given: list[str] | None) -> tuple[str, ...]:
    """Values of a repeatable option that may also be written with commas."""
    return tuple(code.strip() for text in given or () for code in text.split(",") if code.strip())
