"""Every table, so that one import knows the whole schema."""

from __future__ import annotations

from geo.models import area, catalog, command, ledger, places, roads, speeds, waymarks
from geo.models.base import Base

__all__ = [
    "Base",
    "area",
    "catalog",
    "command",
    "ledger",
    "places",
    "roads",
    "speeds",
    "waymarks",
]
