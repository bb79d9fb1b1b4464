"""``where``: the places that a text may mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from geo.words import say
from server.commands.ask import Json, Now
from server.commands.context import Context, asked_time, open_desk, print_json
from server.reading import point

if TYPE_CHECKING:
    from server.place import Place


def where(
    context: typer.Context,
    text: Annotated[list[str], typer.Argument(help="where.cli.text", metavar="TEXT")],
    near: Annotated[
        str | None, typer.Option("--near", help="where.cli.near", metavar="LON,LAT")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help="where.cli.limit", min=1, max=60)] = 20,
    now: Now = None,
    json: Json = False,
) -> None:
    """Where something is, as a person says it."""
    from server.place import place_json
    from server.where import places

    here: Context = context.obj
    said, when = " ".join(text), asked_time(context.obj, now)
    close = None if near is None else point(near)
    with open_desk() as desk, desk.session() as session:
        found = places(session, desk.roads(session), said, when, near=close, limit=limit)
    if json:
        print_json({"query": said, "results": [place_json(one) for one in found]})
    else:
        _table(found, here.language)


def _table(found: Sequence[Place], language: str) -> None:
    from rich.table import Table

    from server.tables import terminal

    screen = terminal()
    table = Table(header_style="bold")
    for key in ("kind", "name", "at", "how", "source"):
        table.add_column(say(f"where.columns.{key}", language), overflow="fold")
    for one in found:
        kind = say(f"where.kinds.{one.kind}", language)
        at = f"{one.at[0]:.6f},{one.at[1]:.6f}"
        table.add_row(kind, one.name, at, one.said(language), one.source)
    screen.print(table)
