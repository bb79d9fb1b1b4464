"""What every command shares: the language, the arguments' reading, the way an answer is given."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
