"""The set-up's commands, run by the launcher under the machine's bare ``python3``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from geo.errors import OneMapError
from server.setup import archive, bundle, python, web
from server.setup.ensure import PARTS, ensure, run_python
from server.setup.site import Site, here
from server.setup.work import Step, do_all


def main(arguments: list[str]) -> int:
    """Run one command; its exit code. Faults are said with their remedy on stderr."""
    site = here()
    try:
        return _dispatch(site, _without_language(arguments))
    except OneMapError as fault:
        print(f"{site.say('fault')}{fault.message}", file=sys.stderr)
        if fault.remedy:
            print(f"{site.say('remedy.prefix')}{fault.remedy}", file=sys.stderr)
        return fault.exit_code
    except OSError as fault:
        print(f"{site.say('fault')}{fault}", file=sys.stderr)
        print(f"{site.say('remedy.prefix')}{site.say('remedy.disk')}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(site.say("interrupted"), file=sys.stderr)
        return 130


def _dispatch(site: Site, arguments: list[str]) -> int:
    command, rest = (arguments[0], arguments[1:]) if arguments else ("setup", [])
    if command == "ensure":
        ensure(site, set(rest[0].split(",")) & set(PARTS))
        return 0
    if command == "test":
        return _test(site, rest)
    if command == "web-test":
        return _test_web(site)
    parser = argparse.ArgumentParser(prog=f"./onemap {command}")
    if command == "bundle":
        parser.description = site.say("help.bundle")
        parser.add_argument("file", nargs="?", type=Path, help=site.say("help.file"))
        parser.add_argument("--output", type=Path, help=site.say("help.file"))
        parser.add_argument("--json", action="store_true", help=site.say("help.json"))
        given = parser.parse_args(rest)
        ensure(site, {"runtime", "web"})
        report = bundle.write(site, given.output or given.file)
        print(json.dumps(report) if given.json else site.say("bundle.written", **report))
        return 0
    parser.description = site.say("help.setup")
    parser.add_argument("--from", dest="source", type=Path, help=site.say("help.from"))
    given = parser.parse_args(rest)
    if given.source:
        archive.install(site, given.source)
    else:
        if site.bundle:
            archive.verify(site, site.bundle.parent)
        ensure(site, {"runtime", "web"})
    print(site.say("ready", home=site.home))
    return 0


def _test(site: Site, arguments: list[str]) -> int:
    """Set up what the tests need, then run them; other arguments are pytest's."""
    browser = "--browser" in arguments
    rest = [argument for argument in arguments if argument != "--browser"]
    ensure(site, {"runtime", "web", "dev"} | ({"browser"} if browser else set()))
    assert python.has_dev(site)
    if not browser and "-m" not in rest:
        rest = ["-m", "not browser", *rest]
    cache = ("-o", f"cache_dir={site.home / 'cache/pytest'}")
    return run_python(site, "-m", "pytest", *cache, *rest)


def _test_web(site: Site) -> int:
    """Type-check the pages and run their tests under Node."""
    if web.key(site) is None:
        return 0
    ensure(site, {"runtime", "web"})
    checks = [Step("web-test", lambda run: web.check(site, run))]
    do_all(site, checks)
    print((site.home / "log/setup-web-test.log").read_text()[-1500:])
    return 0


def _without_language(arguments: list[str]) -> list[str]:
    """``--lang`` is read by the launcher, wherever it stands."""
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--lang":
            next(waiting, None)
        elif not argument.startswith("--lang="):
            rest.append(argument)
    return rest


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
