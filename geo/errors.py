"""Small named errors that carry the value and the remedy.

Each has a stable ``code`` (a key of the message catalogues under ``data/words``), the ``values``
that its sentence needs, and an English ``str()`` for logs.
"""

from __future__ import annotations

from typing import Any, ClassVar


class OneMapError(Exception):
    """A fault a person can mend: says what, where, and how to mend it."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, remedy: str = "", **values: Any) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.values = values

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class BadFile(OneMapError):
    """A file that cannot be read as what it should be."""

    code = "bad_file"


class BadRow(OneMapError):
    """A row of a file that breaks a rule: names file, row, column, value and remedy."""

    code = "bad_row"

    def __init__(
        self,
        file: str,
        row: int | None,
        column: str | None,
        value: object,
        reason: str,
        remedy: str,
    ) -> None:
        where = file if row is None else f"{file}, row {row}"
        where = where if column is None else f"{where}, column {column}"
        super().__init__(
            f"{where}: {reason} (value: {value!r}).",
            remedy=remedy,
            file=file,
            row=row,
            column=column,
            value=value,
            reason=reason,
        )


class MissingCrs(BadFile):
    """A file that does not say in which coordinates it is."""

    code = "missing_crs"


class NotFound(OneMapError):
    """Nothing has the given id or code."""

    code = "not_found"


class UnknownEventType(NotFound):
    """No such event type, or no playbook for it."""

    code = "unknown_event_type"


class UnknownCategory(NotFound):
    """No such category in the catalogue."""

    code = "unknown_category"


class OutsideArea(OneMapError):
    """A point outside the loaded area."""

    code = "outside_area"


class NoRoads(OneMapError):
    """No roads have been loaded."""

    code = "no_roads"


class MixedData(OneMapError):
    """Synthetic and real rows may not share a database."""

    code = "mixed_data"


class NoDatabase(OneMapError):
    """No PostGIS can be had."""

    code = "no_database"


class DiskFull(OneMapError):
    """There is no room left to write."""

    code = "disk_full"


class PortInUse(OneMapError):
    """The port is taken by another program."""

    code = "port_in_use"


class Conflict(OneMapError):
    """The same command id came with another body, or an edit met a newer version."""

    code = "conflict"


class InvalidInput(OneMapError):
    """A value that cannot be: NaN coordinates, a self-crossing ring, a negative number."""

    code = "invalid_input"


class SetupFailed(OneMapError):
    """Something the product needs could not be installed."""

    code = "setup_failed"


class BadBundle(OneMapError):
    """An archive that is truncated, altered, or made for another kind of machine."""

    code = "bad_bundle"


class UnknownEdge(NotFound):
    """A closure names road edges that the loaded roads do not have."""

    code = "unknown_edge"
