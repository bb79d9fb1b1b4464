"""``demo`` and ``serve``: set the service going."""

from typing import Annotated

import typer

from server.commands.context import Context, open_desk, print_json

Port = Annotated[int | None, typer.Option("--port", help="cli.port", min=0, max=65535)]


def demo(
    context: typer.Context,
    port: Port = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="cli.demo.no_serve")] = False,
    json: Annotated[bool, typer.Option("--json", help="cli.demo.json")] = False,
) -> None:
    """Make, load and plan the demo city, then serve it."""
    from server import demo as city
    from server.progress import Progress

    here: Context = context.obj
    with open_desk() as desk:
        outcome = city.prepare(desk, Progress(here.language, quiet=json))
    if json:
        print_json(outcome.as_json())
    else:
        city.show(outcome, here.language)
    if not no_serve:
        _serve(here, port, None)


def serve(
    context: typer.Context,
    port: Port = None,
    host: Annotated[str | None, typer.Option("--host", help="cli.serve.host")] = None,
) -> None:
    """Serve the page and the HTTP interface until Ctrl-C."""
    _serve(context.obj, port, host)


def _serve(here: Context, port: int | None, host: str | None) -> None:
    from zoneinfo import ZoneInfo

    from server import demo as city
    from server.listen import serve_until_stopped
    from server.settings import Settings

    settings = Settings()
    given = {"port": port, "host": host, "lang": here.language}
    settings = settings.model_copy(update={k: v for k, v in given.items() if v is not None})
    if settings.clock is None:
        with open_desk() as desk:
            settings = settings.model_copy(update={"clock": city.clock_start(desk)})
    if settings.clock is not None:
        here.print(
            "serve.clock",
            at=settings.clock.astimezone(ZoneInfo(settings.zone)).strftime("%Y-%m-%d %H:%M"),
        )
    serve_until_stopped(settings, port_given=port is not None, said=here.print)
