"""Reading checked data files: every fault names the file, the key and the reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn, cast

from geo.domain import Mark
from geo.errors import BadFile

MARKS = ("V", "D", "R", "A")
_REQUIRED = object()


class Table:
    """One table of a TOML file; getting a value checks its type, ``done`` refuses what is left."""

    def __init__(self, file: Path, data: Mapping[str, Any], key: str = "") -> None:
        self.file = file
        self.key = key
        self._data = data
        self._read: set[str] = set()

    @classmethod
    def of_file(cls, file: Path) -> Table:
        """The whole file. Raises BadFile where it is missing or no TOML (with the line)."""
        try:
            return cls(file, tomllib.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise BadFile(f"{file} does not exist.", remedy="Restore it.", file=str(file)) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadFile(
                f"{file}: {error}.", remedy="Mend the line.", file=str(file), reason=str(error)
            ) from None

    def refuse(self, key: str, reason: str, remedy: str = "Mend the value.") -> NoReturn:
        """Raise BadFile for one key."""
        where = f"{self.key}.{key}" if self.key else key
        raise BadFile(
            f"{self.file.name}: {where}: {reason}.",
            remedy=remedy,
            file=str(self.file),
            key=where,
            reason=reason,
        )

    def has(self, key: str) -> bool:
        return key in self._data

    def names(self) -> tuple[str, ...]:
        return tuple(self._data)

    def text(self, key: str, default: Any = _REQUIRED) -> str:
        return cast(str, self._value(key, str, "a text", default))

    def flag(self, key: str, default: Any = _REQUIRED) -> bool:
        return cast(bool, self._value(key, bool, "true or false", default))

    def whole(self, key: str, default: Any = _REQUIRED, least: int = 0) -> int:
        """A whole number that is at least ``least``."""
        value = self._value(key, int, "a whole number", default)
        if isinstance(value, bool):
            self.refuse(key, "must be a whole number")
        if value is not default and value < least:
            self.refuse(key, f"must be at least {least}, is {value}")
        return cast(int, value)

    def number(self, key: str, default: Any = _REQUIRED) -> float:
        """A finite number that is not negative."""
        value = self._value(key, (int, float), "a number", default)
        if isinstance(value, bool) or not 0 <= value < float("inf"):
            self.refuse(key, f"must be a number of 0 or more, is {value}")
        return float(value)

    def texts(self, key: str, default: Any = _REQUIRED) -> tuple[str, ...]:
        value = self._value(key, list, "a list of texts", default)
        if not all(isinstance(v, str) and v for v in value):
            self.refuse(key, "must be a list of texts")
        return tuple(value)

    def mark(self, key: str = "mark") -> Mark:
        value = self.text(key)
        if value not in MARKS:
            self.refuse(key, f"must be one of {', '.join(MARKS)}, is {value!r}")
        return cast(Mark, value)

    def table(self, key: str) -> Table:
        value = self._value(key, dict, "a table", _REQUIRED)
        return Table(self.file, value, f"{self.key}.{key}" if self.key else key)

    def tables(self, key: str) -> Iterator[Table]:
        """Every entry of an array of tables; none where the key is absent."""
        value = self._value(key, list, "a list of tables", ())
        for i, item in enumerate(value):
            if not isinstance(item, dict):
                self.refuse(key, "must be a list of tables")
            yield Table(self.file, item, f"{key}[{i + 1}]")

    def done(self) -> None:
        """Refuse keys that nobody reads: a misspelt key must not be silently without effect."""
        for key in self._data:
            if key not in self._read:
                self.refuse(key, "is not a key that is known here", "Correct or delete the key.")

    def _value(self, key: str, kind: Any, wanted: str, default: Any) -> Any:
        self._read.add(key)
        if key not in self._data:
            if default is _REQUIRED:
                self.refuse(key, "is missing", f"Add {key}, {wanted}.")
            return default
        value = self._data[key]
        if not isinstance(value, kind):
            self.refuse(key, f"must be {wanted}, is {value!r}")
        if value == "" and kind is str:
            self.refuse(key, "is empty")
        return value
