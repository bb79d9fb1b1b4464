"""The value every road is drawn as, before and after roads are joined into a network."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.demo.frame import Floats

RANK = {
    "motorway": 9, "motorway_link": 8, "trunk": 7, "primary": 6, "secondary": 5, "tertiary": 4,
    "unclassified": 3, "residential": 2, "living_street": 2, "service": 1, "track": 1,
    "pedestrian": 0, "footway": 0, "steps": 0, "path": 0,
}  # fmt: skip


@dataclass
class Road:
    """A road as a line in the plane.

    ``ground``: meets every other ground road it crosses. Others pass over or under, and join
    only where an end says so (``joins``: start, end) or shares its very point.
    """

    xy: Floats
    kind: str
    name: str = ""
    ref: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    ground: bool = True
    joins: tuple[bool, bool] = (True, True)
    over_water: bool = True  # may be carried over water by a bridge; else it ends at the bank
    town: int = -1

    @property
    def rank(self) -> int:
        """9 for motorways down to 0 for footways."""
        return RANK[self.kind]
