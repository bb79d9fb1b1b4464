"""The command line: ``./onemap COMMAND``. Every command's work lives elsewhere; this says it.

Imports stay inside the commands, so that ``--help`` answers at once. Help texts are keys of the
word catalogues and are set in when the language is known. What is wrong is said in one or two
lines on stderr, with the remedy, and the exit code is not 0: 1 for a fault that can be mended, 2
for a command line that cannot be understood, 130 after Ctrl-C.
"""

from __future__ import annotations

import os
import re
import select
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from geo.words import LANGUAGES, say
from server.commands import ask, bench, closures, keep, load, loss, roads, route, run, where
from server.commands.context import Context

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="onemap",
    help="cli.help",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("demo", help="cli.demo.help")(run.demo)
app.command("serve", help="cli.serve.help")(run.serve)
app.add_typer(load.app, name="load", help="cli.load.help")
app.command("nearest", help="cli.nearest.help")(ask.nearest)
app.command("where", help="where.cli.help")(where.where)
app.command("plan", help="cli.plan.help")(ask.plan)
app.command("coverage", help="cli.coverage.help")(ask.coverage)
app.command("route", help="routes.cli.route")(route.route)
app.command("matrix", help="routes.cli.matrix")(route.matrix)
app.command("isochrone", help="loss.cli.isochrone")(loss.isochrone)
app.add_typer(roads.app, name="roads", help="cli.roads.help")
app.add_typer(closures.app, name="closures", help="cli.closures.help")
app.add_typer(keep.catalog_app, name="catalog", help="cli.catalog.help")
app.command("doctor", help="cli.doctor.help")(keep.doctor)
app.command("bundle", help="cli.bundle.help")(keep.bundle)
app.command("setup", help="cli.setup.help")(keep.setup)
app.command("test", help="cli.test.help")(keep.run_tests)
app.add_typer(bench.app, name="bench", help="bench.help")


@app.callback()
def _root(
    lang: Annotated[str | None, typer.Option("--lang", help="cli.lang", metavar="zh-CN|en")] = None,
) -> None:
    """The language is taken out of the arguments before they come here; this is its help."""


def main() -> None:
    """The entry point: exits with the command's code."""
    try:
        code = run_command(sys.argv[1:])
    except KeyboardInterrupt:  # while the command line itself was being put together
        language = _LANGUAGES.get(_language(sys.argv[1:], os.environ)[0].lower(), LANGUAGES[0])
        print(f"\n{say('errors.interrupted', language)}", file=sys.stderr)
        code = EXIT_INTERRUPTED
    sys.exit(code)


def run_command(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code. Never raises for a fault that can be foreseen."""
    given, rest = _language(arguments, os.environ)
    language = _LANGUAGES.get(given.lower())
    if language is None:
        for known in LANGUAGES:  # in which of them it should be said is what we do not know
            message, remedy = (say(f"errors.language.{k}", known) for k in ("message", "remedy"))
            print(f"{message.format(value=given)} {remedy}", file=sys.stderr)
        return EXIT_USAGE
    if os.environ.get("ONEMAP_LANG"):
        os.environ["ONEMAP_LANG"] = language  # as the settings spell it
    out = _output()
    command = typer.main.get_command(app)
    _translate(command, language)
    try:
        code = command.main(
            args=rest,
            prog_name="./onemap",
            standalone_mode=False,
            obj=Context(language),
        )
    except (KeyboardInterrupt, typer.Abort):
        code = EXIT_INTERRUPTED
        if sys.stdout is not None:  # closed from the start
            sys.stdout.flush()
    except BrokenPipeError:
        return _without_reader()
    except SystemExit as ended:  # how the libraries below answer a broken pipe
        if _reader_is_gone(out):
            return _without_reader()
        code = ended.code
    except Exception as fault:
        return _tell(fault, language)
    if code == EXIT_INTERRUPTED:
        print(f"\n{say('errors.interrupted', language)}", file=sys.stderr)
    return code if isinstance(code, int) else 0


def _output() -> tuple[int, int] | None:
    """What standard output is: a file, a pipe, a screen; None where it is closed."""
    try:
        found = os.fstat(1)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _reader_is_gone(out: tuple[int, int] | None) -> bool:
    """Whether standard output is a pipe that nobody reads, or was turned away from one."""
    if _output() != out:
        return True  # rich has put an empty device in its place
    watch = select.poll()
    watch.register(1, 0)
    return any(event & select.POLLERR for _, event in watch.poll(0))


def _without_reader() -> int:
    """The reader went away (| head): no fault, and nothing more can be said to it."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    with suppress(OSError):  # what is still held back goes nowhere
        os.dup2(sys.stdout.fileno(), 1)
    return 0


def _tell(fault: Exception, language: str) -> int:
    """Say what is wrong and how to mend it; the exit code. Reraises what is our own bug."""
    if callable(getattr(fault, "format_message", None)):
        print(say("errors.usage", language).format(detail=_usage(fault, language)), file=sys.stderr)
        return EXIT_USAGE
    from server.errors import sentences
    from server.faults import known_fault

    error = known_fault(fault)
    if error is None:
        raise fault
    message, remedy = sentences(error, language)
    print(say("errors.prefix", language) + message, file=sys.stderr)
    short = "zh" if language == "zh-CN" else "en"
    for other in error.values.get("faults", ())[1:]:  # a clerk mends them in one go
        if sentence := other.get(f"message_{short}"):
            print(f"  {sentence}", file=sys.stderr)
    if remedy:
        print(say("errors.remedy", language) + remedy, file=sys.stderr)
    return error.exit_code


_BOUNDS = {"least": "greater than or equal to", "most": "less than or equal to"}


def _usage(fault: Any, language: str) -> str:
    """What the command line lacks or has wrong, in ``language`` where we have the words."""
    kind = type(fault).__name__
    option = getattr(fault, "param", None)
    name = option.get_error_hint().strip("'") if option is not None else ""
    if kind == "NoSuchOption":
        return say("errors.usage_of.no_option", language, name=fault.option_name)
    if kind == "MissingParameter" and name:
        return say("errors.usage_of.missing", language, name=name)
    if kind == "BadParameter" and name:
        for bound, words in _BOUNDS.items():
            if beyond := re.search(rf"{words} (\S+)$", str(fault.message)):
                return say(f"errors.usage_of.{bound}", language, name=name, bound=beyond[1])
        return f"{say('errors.usage_of.value', language, name=name)}: {fault.message}"
    if unknown := re.match(r"No such command '(.*)'", str(fault.message)):
        return say("errors.usage_of.no_command", language, name=unknown[1])
    return str(fault.format_message())


def _language(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """``--lang`` (anywhere) before ``ONEMAP_LANG`` before Chinese; and the other arguments."""
    given = environment.get("ONEMAP_LANG", "") or "zh-CN"
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--lang":
            given = next(waiting, "")
        elif argument.startswith("--lang="):
            given = argument.removeprefix("--lang=")
        else:
            rest.append(argument)
    return given, rest


_LANGUAGES = {"zh": "zh-CN", "zh-cn": "zh-CN", "en": "en"}
_HEADINGS = ("Usage:", "Options:", "Arguments:", "Commands:", "[required]", "[default:")
_SHOW = "Show this message and exit."


def _translate(command: Any, language: str) -> None:
    """Set the catalogue's words in for the keys that stand as help, in the whole tree."""
    for attribute in ("help", "short_help", "epilog"):
        if key := getattr(command, attribute, None):
            setattr(command, attribute, say(key, language).strip())
    for parameter in command.params:
        if key := getattr(parameter, "help", None):
            parameter.help = say(key, language)
    plain = command.get_help

    def get_help(context: Any) -> str:
        text = str(plain(context))
        for heading in _HEADINGS:
            text = text.replace(heading, say(f"cli.headings.{heading.strip(':[]')}", language))
        return text.replace(_SHOW, say("cli.headings.show", language))

    command.get_help = get_help
    if isinstance(command, TyperGroup):
        for child in command.commands.values():
            _translate(child, language)


if __name__ == "__main__":
    main()
