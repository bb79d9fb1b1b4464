"""Writing a file that a person asked for: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from geo.errors import BadFile


def check_writable(file: Path) -> None:
    """Refuse a file in a folder that is not there, before any work is done for it."""
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise BadFile(
            f"{file} cannot be written: there is no such folder, or it is one.",
            remedy="Name a file in a folder that exists.",
            words="errors.no_folder",
            file=str(file),
        )


def write_whole(file: Path, text: str) -> None:
    """Write under another name and rename, so that a half-written file is never seen."""
    fresh = file.with_name(f".{file.name}.new-{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
