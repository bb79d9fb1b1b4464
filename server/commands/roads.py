"""``roads export``: what other tools do with the roads."""

from pathlib import Path
from typing import Annotated

import typer

from server.commands import loss, speeds
from server.commands.ask import Json
from server.commands.context import Context, open_desk, print_json

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("profiles", help="speeds.profiles.help")(speeds.profiles)
app.command("calibrate", help="speeds.calibrate.help")(speeds.calibrate)
app.command("loss", help="loss.cli.loss")(loss.loss)
app.command("rank", help="loss.cli.rank")(loss.rank)
app.command("missing", help="loss.cli.missing")(loss.missing)


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
