"""``bench``: the figures of tests/bench, each a JSON line; it needs a checkout with its tests."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from server.commands.ask import Json
from server.commands.context import print_json

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Data = Annotated[
    list[Path] | None, typer.Option("--data", help="bench.data", metavar="FILE.osm.pbf")
]
_CITY = "porto_portugal.osm.pbf"
_CITIES = ("andorra.osm.pbf", _CITY)


@app.command("roads", help="bench.roads.help")
def roads(
    data: Data = None,
    runs: Annotated[int, typer.Option("--runs", help="bench.runs", min=1)] = 31,
    json: Json = False,
) -> None:
    """Every roads figure beside the other engines, on a city and on it tiled 2 x 2."""
    _run("roads", [*_files(data, [_CITY]), "--runs", str(runs)], as_json=json)


@app.command("growth", help="bench.growth.help")
def growth(
    data: Data = None,
    runs: Annotated[int, typer.Option("--runs", help="bench.runs", min=1)] = 11,
    json: Json = False,
) -> None:
    """How the cost grows with nodes, incidents at once and places."""
    _run("roads_growth", [*_files(data, [_CITY])[:1], "--runs", str(runs)], as_json=json)


@app.command("memory", help="bench.memory.help")
def memory(data: Data = None, json: Json = False) -> None:
    """Memory and start time of four workers that share one graph."""
    _run("roads_memory", _files(data, [_CITY])[:1], as_json=json)


@app.command("engine", help="bench.engine.help")
def engine(
    data: Data = None,
    pairs: Annotated[int, typer.Option("--pairs", help="bench.pairs", min=1)] = 500,
    json: Json = False,
) -> None:
    """Durations beside another engine's on random pairs, and why the furthest ones differ."""
    _run("roads_engine", [*_files(data, _CITIES), "--pairs", str(pairs)], as_json=json)


def _files(given: list[Path] | None, names: list[str] | tuple[str, ...]) -> list[str]:
    """The files asked for, else the test cities of these names."""
    from geo.errors import NotFound
    from geo.home import CHECKOUT

    if not given:
        folder = os.environ.get("ONEMAP_TEST_DATA") or CHECKOUT.parent / "shared" / "data"
        given = [Path(folder) / "osm" / name for name in names]
    missing = [str(one) for one in given if not one.is_file()]
    if missing:
        raise NotFound(
            f"There is no road file {missing[0]}.",
            remedy="Name one with --data, or set ONEMAP_TEST_DATA to the folder of test cities.",
            words="bench.no_file",
            file=missing[0],
        )
    return [str(one.resolve()) for one in given]


def _run(script: str, arguments: list[str], *, as_json: bool) -> None:
    """Run one script of tests/bench; its lines as they come, or as one document at the end."""
    import orjson

    from geo.errors import NotFound
    from geo.home import CHECKOUT

    if not (CHECKOUT / "tests" / "bench" / f"{script}.py").is_file():
        raise NotFound(
            "The benches are not part of this installation.",
            remedy="Run the command in a checkout of the sources.",
            words="bench.no_scripts",
        )
    command = [sys.executable, "-m", f"tests.bench.{script}", *arguments]
    where = {"cwd": CHECKOUT, "env": {**os.environ, "PYTHONPATH": str(CHECKOUT)}}
    if not as_json:
        raise typer.Exit(subprocess.run(command, check=False, **where).returncode)  # type: ignore[call-overload]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, **where)  # type: ignore[call-overload]
    print_json([orjson.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")])
    raise typer.Exit(done.returncode)
