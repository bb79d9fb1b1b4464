"""``doctor``, ``catalog check``, ``bundle``, ``setup`` and ``test``: keep it running."""

from pathlib import Path
from typing import Annotated

import typer

from server.commands.ask import Json
from server.commands.context import Context, print_json

catalog_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@catalog_app.command("check", help="cli.catalog.check.help")
def check_catalog(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="cli.catalog.check.folder")
    ] = None,
    json: Json = False,
) -> None:
    """Read the catalogue as the service does; a broken one is refused with file, row, reason."""
    from dataclasses import fields

    from geo import catalog

    here: Context = context.obj
    found = catalog.read(folder or catalog.FOLDER)
    counts = {
        one.name: len(getattr(found, one.name)) for one in fields(found) if one.name != "digest"
    }
    if json:
        print_json(counts)
    else:
        here.print("catalog.check.good", **counts)


def doctor(context: typer.Context, json: Json = False) -> None:
    """What is installed, what is loaded, how old, what is wrong and the remedy."""
    from server import doctor as examiner

    here: Context = context.obj
    raise typer.Exit(examiner.run(here.language, as_json=json))


def bundle(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="cli.bundle.file", metavar="[FILE]")] = None,
    json: Json = False,
) -> None:
    """Write one archive from which `setup --from` installs without a network."""
    _set_up(context, "bundle", *([str(file)] if file else []), *(["--json"] if json else []))


def setup(
    context: typer.Context,
    source: Annotated[
        Path | None, typer.Option("--from", help="cli.setup.source", metavar="FILE")
    ] = None,
) -> None:
    """Bring what is missing (the launcher does this before any command)."""
    _set_up(context, "setup", *(["--from", str(source)] if source else []))


def run_tests(
    context: typer.Context,
    browser: Annotated[bool, typer.Option("--browser", help="cli.test.browser")] = False,
) -> None:
    """Run the tests (the launcher does this; it sets up what they need)."""
    _set_up(context, "test", *(["--browser"] if browser else []))


def _set_up(context: typer.Context, *arguments: str) -> None:
    """What the launcher runs for these commands, without the launcher."""
    from server.setup.__main__ import main

    here: Context = context.obj
    raise typer.Exit(main([*arguments, f"--lang={here.language}"]))
