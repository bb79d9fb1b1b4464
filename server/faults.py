"""Faults of the machine and the database, as errors a person can mend."""

from __future__ import annotations

import errno

from geo.errors import BadFile, DiskFull, InvalidInput, NoDatabase, OneMapError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_SQL_NO_ROOM = {"53100"}
_SQL_GONE = {"08000", "08001", "08003", "08004", "08006", "57P01", "57P02", "57P03", "53300"}


def known_fault(fault: BaseException) -> OneMapError | None:
    """The small named error for a fault, or None: a bug of ours, whose traceback is wanted."""
    if isinstance(fault, OneMapError):
        return fault
    if isinstance(fault, OSError) and fault.errno in _NO_ROOM:
        return DiskFull(
            f"No room left on the disk ({fault.filename or ''}).",
            remedy="Free some space and run the command again.",
            words="errors.disk.file",
            file=fault.filename or "",
        )
    if isinstance(fault, FileNotFoundError | IsADirectoryError | PermissionError):
        return BadFile(
            f"{fault.filename}: {fault.strerror}.",
            remedy="Check the name of the file and who may read or write it.",
            words="errors.file_access",
            file=fault.filename or "",
            reason=fault.strerror or "",
        )
    return _bad_setting(fault) or _database_fault(fault)


def _bad_setting(fault: BaseException) -> OneMapError | None:
    """What pydantic says of the settings, told by the name that the environment gives them."""
    if type(fault).__name__ != "ValidationError" or getattr(fault, "title", "") != "Settings":
        return None
    first = fault.errors()[0]  # type: ignore[attr-defined]
    name = str(first["loc"][0]).upper()
    return InvalidInput(
        f"The environment variable ONEMAP_{name} has no usable value.",
        remedy="Mend or unset it.",
        words="errors.setting",
        name=name if name == "DATABASE_URL" else f"ONEMAP_{name}",
        value=str(first.get("input", "")),
    )


def _database_fault(fault: BaseException) -> OneMapError | None:
    original = getattr(fault, "orig", fault)
    state = getattr(original, "sqlstate", None)
    if state in _SQL_NO_ROOM:
        return DiskFull(
            "The database has no room left on its disk.",
            remedy="Free some space.",
            words="errors.disk.database",
        )
    if _lost(fault, original, state):
        return NoDatabase(
            f"The database does not answer: {str(original).strip()}.",
            remedy="Run ./onemap doctor; check DATABASE_URL if you set it.",
            words="errors.database_gone",
            reason=str(original).strip(),
        )
    return None


def _lost(fault: BaseException, original: BaseException, state: str | None) -> bool:
    """Whether the connection could not be made or broke."""
    if state in _SQL_GONE:
        return True
    names = {kind.__name__ for kind in type(original).__mro__}
    return state is None and "OperationalError" in names and "Error" in names
