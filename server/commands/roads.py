"""``roads export`` and ``closures``: what other tools and other people do with the roads."""

from pathlib import Path
from typing import Annotated

import typer

from server.commands import loss, speeds
from server.commands.ask import Json, Now
from server.commands.context import Context, open_desk, print_json
from server.reading import moment

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("profiles", help="speeds.profiles.help")(speeds.profiles)
app.command("calibrate", help="speeds.calibrate.help")(speeds.calibrate)
app.command("loss", help="loss.cli.loss")(loss.loss)
app.command("rank", help="loss.cli.rank")(loss.rank)
app.command("missing", help="loss.cli.missing")(loss.missing)
closures_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("export", help="cli.roads.export.help")
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="cli.roads.export.file", metavar="FILE")],
    json: Json = False,
) -> None:
    """Write the road graph as GraphML or GeoPackage."""
    from server import service

    here: Context = context.obj
    with open_desk() as desk, desk.session() as session:
        written = service.export_roads(desk.roads(session), file)
    if json:
        print_json(written)
    else:
        here.print("roads.export.done", **written)


@closures_app.command("list", help="cli.closures.list.help")
def list_closures(context: typer.Context, now: Now = None, json: Json = False) -> None:
    """The closures in force."""
    from geo import queries
    from server.closures import as_geojson

    here: Context = context.obj
    with open_desk() as desk, desk.session() as session:
        found = queries.open_closures(session, moment(now))
    if json:
        print_json({"type": "FeatureCollection", "features": [as_geojson(c) for c in found]})
        return
    for closure in found:
        here.print("closures.list.line", id=closure.id, name=closure.name, cause=closure.cause)
    if not found:
        here.print("closures.list.none")
