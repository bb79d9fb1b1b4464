"""Speeds that vehicles were seen to drive, as the database keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Band = Literal["all", "peak", "day", "night"]
Level = Literal["class", "edge"]


@dataclass(frozen=True, slots=True)
class MeasuredSpeed:
    """How fast vehicles of a profile were: on one edge, or on every road of a class.

    ``ratio`` is measured over planned time of the same stretches; ``samples`` counts runs.
    """

    profile: str
    level: Level
    subject: str  # a road class, or an edge id
    band: Band
    kph: float
    ratio: float
    samples: int
    km: float
    measured_from: datetime
    measured_to: datetime
    source: str
    updated_at: datetime
