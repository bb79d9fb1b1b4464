"""``roads profiles``, ``roads calibrate`` and ``load heights``: who travels, and how fast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.commands.ask import Json, Now
from server.commands.context import Context, open_desk, print_json
from server.reading import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.measured import MeasuredSpeed

Source = Annotated[str | None, typer.Option("--source", help="cli.load.source")]


def profiles(
    context: typer.Context,
    profile: Annotated[str | None, typer.Option("--profile", help="cli.profile")] = None,
    json: Json = False,
) -> None:
    """Every profile with its speeds and limits, marks and sources."""
    from server.speeds import profiles_json
    from server.speedtables import profiles_tables

    here: Context = context.obj
    answer = profiles_json(_measured(), profile)
    if json:
        print_json(answer)
    else:
        profiles_tables(answer, here.language)


def calibrate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="speeds.calibrate.file", metavar="FILE.csv")],
    profile: Annotated[str, typer.Option("--profile", help="cli.profile")],
    save: Annotated[bool, typer.Option("--save", help="speeds.calibrate.save")] = False,
    source: Source = None,
    now: Now = None,
    json: Json = False,
) -> None:
    """Measured speeds from recorded positions, beside the planned ones."""
    from server.calibrating import calibrate as measure
    from server.speedtables import calibration_table

    here: Context = context.obj
    with open_desk() as desk:
        answer = measure(desk, file, profile=profile, now=moment(now), save=save, source=source)
    if json:
        print_json(answer)
    else:
        calibration_table(answer, here.language)


def heights(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(help="speeds.heights.files", metavar="FILE.hgt[.zip]...")
    ],
    source: Source = None,
    now: Now = None,
    json: Json = False,
) -> None:
    """Heights of the ground, for walking times."""
    from server.measured import load_heights

    here: Context = context.obj
    with open_desk() as desk:
        loaded = load_heights(desk, files, now=moment(now), source=source)
    if json:
        print_json(loaded)
        return
    for tile in loaded["tiles"]:
        _say(here, "heights.done", **tile)
    known = loaded["edges_known"]
    if known is None:
        _say(here, "heights.no_roads")
    else:
        _say(here, "heights.share", percent=f"{known:.1%}")


def _measured() -> Sequence[MeasuredSpeed] | None:
    """What the home's database holds; None where there is none yet: nothing is set up for this."""
    from geo.cluster import Cluster
    from geo.queries.speeds import measured_speeds
    from server.settings import Settings

    settings = Settings()
    if settings.database_url is None and not Cluster(settings.home).data.exists():
        return None
    with open_desk() as desk, desk.session() as session:
        return measured_speeds(session)


def _say(here: Context, key: str, **values: Any) -> None:
    from geo.words import say

    print(say(f"speeds.{key}", here.language, **values), flush=True)
