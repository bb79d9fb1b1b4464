"""``load roads|base|places|people|districts|posts``: files in, whole or not at all."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geo.words import say
from server.commands import speeds
from server.commands.ask import Json, Now
from server.commands.context import Context, open_desk, print_json
from server.reading import moment

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("heights", help="speeds.heights.help")(speeds.heights)

Files = Annotated[list[Path], typer.Argument(help="cli.load.files", metavar="FILE...")]
Source = Annotated[str | None, typer.Option("--source", help="cli.load.source")]
Crs = Annotated[str | None, typer.Option("--crs", help="cli.load.crs", metavar="EPSG:CODE")]
Updated = Annotated[
    str | None, typer.Option("--updated-at", help="cli.load.updated_at", metavar="ISO8601")
]
Synthetic = Annotated[bool, typer.Option("--synthetic", help="cli.load.synthetic")]


@app.command("roads", help="cli.load.roads.help")
def roads(
    context: typer.Context,
    files: Files,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="cli.load.roads.mapping", metavar="FILE.toml")
    ] = None,
    crs: Crs = None,
    source: Source = None,
    updated_at: Updated = None,
    synthetic: Synthetic = False,
    now: Now = None,
    json: Json = False,
) -> None:
    """Roads from OpenStreetMap files or from the county's own lines."""
    from server import load

    when = moment(now)
    dated = None if updated_at is None else moment(updated_at)
    with open_desk() as desk:
        loaded = load.load_roads(
            desk,
            files,
            mapping=mapping,
            crs=crs,
            source=source,
            synthetic=synthetic,
            now=when,
            updated_at=dated,
        )
    _say(context, "load.roads.done", loaded, json)


@app.command("base", help="cli.load.base.help")
def base(
    context: typer.Context,
    files: Files,
    source: Source = None,
    synthetic: Synthetic = False,
    now: Now = None,
    json: Json = False,
) -> None:
    """Water, land use, buildings and names of the base map, from OpenStreetMap files."""
    from server import load

    when = moment(now)
    with open_desk() as desk:
        loaded = load.load_base(desk, files, source=source, synthetic=synthetic, now=when)
    _say(context, "load.base.done", loaded, json)


@app.command("places", help="cli.load.places.help")
def places(
    context: typer.Context,
    files: Files,
    crs: Crs = None,
    source: Source = None,
    synthetic: Synthetic = False,
    now: Now = None,
    json: Json = False,
) -> None:
    """Risk sources and emergency resources from CSV, GeoJSON or GeoPackage."""
    from server import load

    when = moment(now)
    with open_desk() as desk:
        loaded = load.load_places(
            desk, files, crs=crs, source=source, synthetic=synthetic, now=when
        )
    _say(context, "load.places.done", loaded, json)


@app.command("people", help="cli.load.people.help")
def people(
    context: typer.Context,
    files: Files,
    crs: Crs = None,
    source: Source = None,
    updated_at: Updated = None,
    synthetic: Synthetic = False,
    now: Now = None,
    json: Json = False,
) -> None:
    """People by day and by night, one row per grid cell."""
    from server import load

    when = moment(now)
    dated = None if updated_at is None else moment(updated_at)
    with open_desk() as desk:
        loaded = load.load_people(
            desk, files, crs=crs, source=source, synthetic=synthetic, now=when, updated_at=dated
        )
    _say(context, "load.people.done", loaded, json)


@app.command("districts", help="cli.load.districts.help")
def districts(
    context: typer.Context,
    files: Files,
    crs: Crs = None,
    source: Source = None,
    updated_at: Updated = None,
    synthetic: Synthetic = False,
    now: Now = None,
    json: Json = False,
) -> None:
    """Outlines of townships."""
    from server import load

    when = moment(now)
    dated = None if updated_at is None else moment(updated_at)
    with open_desk() as desk:
        loaded = load.load_districts(
            desk, files, crs=crs, source=source, synthetic=synthetic, now=when, updated_at=dated
        )
    _say(context, "load.districts.done", loaded, json)


@app.command("posts", help="cli.load.posts.help")
def posts(
    context: typer.Context,
    files: Files,
    crs: Crs = None,
    source: Source = None,
    updated_at: Updated = None,
    synthetic: Synthetic = False,
    now: Now = None,
    json: Json = False,
) -> None:
    """Kilometre posts of roads: ref, km, lon, lat and direction."""
    from server import load

    when = moment(now)
    dated = None if updated_at is None else moment(updated_at)
    with open_desk() as desk:
        loaded = load.load_posts(
            desk, files, crs=crs, source=source, synthetic=synthetic, now=when, updated_at=dated
        )
    _say(context, "load.posts.done", loaded, json)


def _say(context: typer.Context, key: str, loaded: dict[str, Any], json: bool) -> None:
    here: Context = context.obj
    if json:
        print_json(loaded)
        return
    here.print(key, **loaded)
    for left in loaded.get("dropped", ()):
        reason = _named(here, "dropped", left["reason"])
        here.print("load.left_out", reason=reason, **{k: left[k] for k in ("ways", "nodes", "km")})
    for kind, count in loaded.get("faults", {}).items():
        here.print("load.fault", kind=_named(here, "faults", kind), count=count)


def _named(here: Context, table: str, key: str) -> str:
    """A reason's name in the reader's language; the reason itself where it has none."""
    word = f"roads.{table}.{key}"
    found = say(word, here.language)
    return key if found == word else found
