"""What every command shares: the language, the arguments' reading, the way an answer is given."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from geo.words import say

if TYPE_CHECKING:
    from server.desk import Desk


@dataclass(frozen=True, slots=True)
class Context:
    """How this command line speaks."""

    language: str = "zh-CN"

    def say(self, key: str, **values: Any) -> str:
        """A sentence of the area ``cli``."""
        return say(f"cli.{key}", self.language, **values)

    def print(self, key: str, **values: Any) -> None:
        """Print a sentence of the area ``cli``."""
        print(self.say(key, **values), flush=True)


def print_json(value: Any) -> None:
    """Print a value as one JSON document; not-a-number becomes null."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(value, default=str, option=options))
    sys.stdout.buffer.flush()


def asked_time(here: Context, text: str | None) -> datetime:
    """The time a command is for: what was said (a bare 21:40 is today's), else now. In a home
    whose database holds a demonstration, its story's clock; that is said on stderr."""
    from server.reading import moment

    story = None if text is not None and not text.strip()[:6].count(":") else _story_now()
    if story is not None:
        from zoneinfo import ZoneInfo

        shown = story.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M")
        print(here.say("story_clock", at=shown), file=sys.stderr)
    return moment(text, story)


def _story_now() -> datetime | None:
    """The demonstration's time; None where no demonstration has begun, or its data are gone."""
    from geo import datasets
    from server.clock import remembered
    from server.settings import Settings

    settings = Settings()
    ahead = remembered(settings.home, settings.database_url)
    if ahead is None:
        return None
    with open_desk() as desk, desk.session() as session:
        return datetime.now(UTC) + ahead if datasets.is_synthetic(session) else None


@contextmanager
def open_desk() -> Iterator[Desk]:
    """The database and roads of this home, closed afterwards."""
    from server.desk import Desk
    from server.settings import Settings

    desk = Desk(Settings())
    try:
        yield desk
    finally:
        desk.close()
