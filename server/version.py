"""Which version of the product this is."""

from __future__ import annotations

import tomllib
from functools import cache

from geo.home import CHECKOUT


@cache
def program_version() -> str:
    """The version of this checkout."""
    body = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(body["project"]["version"])
