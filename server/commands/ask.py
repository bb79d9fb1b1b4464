"""``nearest``, ``plan`` and ``coverage``: the questions a duty officer asks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from geo.words import say
from server.commands.conditions import ByClock, Night, Rain, Wind
from server.commands.context import Context, asked_time, open_desk, print_json

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.domain import Closure, LonLat
    from routing.roads import Roads

At = Annotated[str, typer.Option("--at", help="cli.at", metavar="LON,LAT")]
Json = Annotated[bool, typer.Option("--json", help="cli.json")]
Now = Annotated[str | None, typer.Option("--now", help="cli.now", metavar="ISO8601")]
Profile = Annotated[str, typer.Option("--profile", help="cli.profile")]
Closures = Annotated[
    list[Path] | None, typer.Option("--closure", help="cli.closure", metavar="FILE.geojson")
]

MOST_PEOPLE = 10_000_000  # no city has more; what is beyond is a slip of the finger
MOST_MINUTES = 24 * 60
_NAMED = 5  # so many closures a notice names


def nearest(
    context: typer.Context,
    at: At,
    category: Annotated[
        list[str] | None, typer.Option("--category", help="cli.nearest.category", metavar="S###")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="cli.nearest.kind")] = None,
    closure: Closures = None,
    profile: Profile = "fire_tender",
    limit: Annotated[int, typer.Option("--limit", help="cli.nearest.limit", min=1)] = 20,
    capability: Annotated[
        list[str] | None, typer.Option("--capability", help="where.nearest.capability")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option("--status", help="where.nearest.status")
    ] = None,
    unknown_status: Annotated[
        bool, typer.Option("--unknown-status", help="where.nearest.unknown_status")
    ] = False,
    within: Annotated[
        float | None,
        typer.Option("--within", help="where.nearest.within", min=0.1, max=MOST_MINUTES),
    ] = None,
    each: Annotated[
        int | None, typer.Option("--each", help="where.nearest.each", min=1, max=1000)
    ] = None,
    by: Annotated[str, typer.Option("--by", help="where.nearest.by")] = "kind",
    rain: Rain = None,
    night: Night = None,
    wind: Wind = None,
    by_clock: ByClock = False,
    now: Now = None,
    json: Json = False,
) -> None:
    """Who can be there, by road, soonest first."""
    from server.answers import nearest_json
    from server.closures import read_closures
    from server.conditions import conditions_at
    from server.filters import By, Wanted
    from server.nearest import nearest as find_nearest
    from server.nearesttable import nearest_table

    here: Context = context.obj
    when = asked_time(here, now)
    given = read_closures(closure or ())
    under = conditions_at(when, by_clock=by_clock, rain=rain, night=night, wind_mps=wind)
    wanted = Wanted(
        categories=_codes(category),
        kinds=_codes(kind),
        capabilities=_codes(capability),
        statuses=_codes(status),
        unknown_status=unknown_status,
        each=each,
        by=cast(By, by),
        within_s=None if within is None else within * 60,
    )
    wanted.check()
    check_place(at)
    with open_desk() as desk, desk.session() as session:
        roads = desk.roads(session)
        answer = find_nearest(
            session,
            roads,
            point_at(here, session, roads, at, when),
            profile=profile,
            closures=given,
            limit=limit,
            now=when,
            wanted=wanted,
            conditions=under,
        )
        tell_closures(here, session, roads, given, when)
    if json:
        print_json(nearest_json(answer))
    else:
        nearest_table(answer, here.language)


def plan(
    context: typer.Context,
    at: At,
    event_type: Annotated[str, typer.Option("--type", help="cli.plan.type", metavar="CODE")],
    closure: Closures = None,
    wind_from: Annotated[
        float | None, typer.Option("--wind-from", help="cli.plan.wind_from", min=0, max=360)
    ] = None,
    wind_mps: Annotated[
        float | None, typer.Option("--wind-mps", help="cli.plan.wind_mps", min=0, max=100)
    ] = None,
    casualties: Annotated[
        int | None, typer.Option("--casualties", help="cli.plan.casualties", min=0, max=MOST_PEOPLE)
    ] = None,
    trapped: Annotated[
        int | None, typer.Option("--trapped", help="cli.plan.trapped", min=0, max=MOST_PEOPLE)
    ] = None,
    radius: Annotated[
        float | None, typer.Option("--radius", help="cli.plan.radius", min=1, max=100_000)
    ] = None,
    title: Annotated[str, typer.Option("--title", help="cli.plan.title")] = "",
    html: Annotated[
        Path | None, typer.Option("--html", help="cli.plan.html", metavar="FILE")
    ] = None,
    now: Now = None,
    json: Json = False,
) -> None:
    """Draft the 30-minute plan of an incident here; nothing is stored or dispatched."""
    from server import service
    from server.closures import read_closures
    from server.files import check_writable, write_whole
    from server.present import show_plan

    here: Context = context.obj
    when = asked_time(here, now)
    given = read_closures(closure or ())
    service.check_event_type(event_type)
    check_place(at)
    if html is not None:
        check_writable(html)
    with open_desk() as desk, desk.session() as session:
        roads = desk.roads(session)
        incident = service.draft_incident(
            event_type,
            point_at(here, session, roads, at, when),
            now=when,
            title=title,
            casualties=casualties,
            trapped=trapped,
            wind_from_deg=wind_from,
            wind_mps=wind_mps,
            radius_m=radius,
        )
        drafted = service.plan(session, roads, incident, closures=given, now=when)
        tell_closures(here, session, roads, given, when)
        document = drafted.plan.document(None, when)
        if html is not None:
            write_whole(html, service.snapshot(session, document, here.language))
    if json:
        print_json(document)
        return
    show_plan(document, here.language)
    if html is not None:
        here.print("plan.written", file=html)


def coverage(
    context: typer.Context,
    minutes: Annotated[
        float, typer.Option("--minutes", help="cli.coverage.minutes", min=0.1, max=MOST_MINUTES)
    ] = 15,
    closure: Closures = None,
    now: Now = None,
    json: Json = False,
) -> None:
    """Share of people within N minutes of a shelter with room, by township."""
    from server import service
    from server.closures import read_closures
    from server.tables import coverage_table

    here: Context = context.obj
    when, given = asked_time(here, now), read_closures(closure or ())
    with open_desk() as desk, desk.session() as session:
        roads = desk.roads(session)
        answer = service.coverage(session, roads, minutes=minutes, closures=given, now=when)
        tell_closures(here, session, roads, given, when)
    if json:
        print_json(answer)
    else:
        coverage_table(answer, here.language)


def check_place(text: str) -> None:
    """Refuse a place that cannot be, before the database is asked. Raises InvalidInput."""
    from geo.whereabouts import understood

    understood(text)


def point_at(here: Context, session: Session, roads: Roads, text: str, now: datetime) -> LonLat:
    """The one point that ``--at`` means; what was taken for it is said on stderr."""
    from server.where import place

    found = place(session, roads, text, now)
    if found.kind != "point":
        lon, lat = (f"{one:.5f}" for one in found.at)
        how = found.said(here.language)
        told = say("where.cli.taken", here.language, name=found.name, lon=lon, lat=lat, how=how)
        print(told, file=sys.stderr)
    return found.at


def tell_closures(
    here: Context, session: Session, roads: Roads, given: Sequence[Closure], now: datetime
) -> None:
    """Say on stderr which closures close nothing, or not what was meant, one line for each reason:
    whoever drew one believes that it holds."""
    from server.answers import unknown_text
    from server.checks import in_force

    for unknown in in_force(session, roads, given, now).unknowns:
        names = say("closures.said.and", here.language).join(unknown.subjects[:_NAMED])
        more = "…" if len(unknown.subjects) > _NAMED else ""
        said = unknown_text(unknown, here.language)
        print(here.say("closures_note", said=said, names=names + more), file=sys.stderr)


def _codes(given: list[str] | None) -> tuple[str, ...]:
    """Values of a repeatable option that may also be written with commas."""
    return tuple(code.strip() for text in given or () for code in text.split(",") if code.strip())
