"""Where things are: the product's own data, and the one folder that holds all it makes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
DATA = CHECKOUT / "data"


def home() -> Path:
    """``ONEMAP_HOME``; else a folder of this checkout's own, so that two checkouts never meet.

    As root it lies under /var/lib, because the database's own user must be able to reach it.
    """
    if given := os.environ.get("ONEMAP_HOME"):
        return Path(given).expanduser().resolve()
    if os.geteuid() == 0:
        mark = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
        return Path("/var/lib/onemap") / mark
    return CHECKOUT / ".onemap"
