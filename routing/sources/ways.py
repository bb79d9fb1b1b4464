"""Ways as a source gives them, before chains are contracted: what osm.py and lines.py both make."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from routing.table import Barrier, Dropped, Fault, Floats, Int32s, Ints, Restriction

MOST_FAULTS = 1000  # of one kind are listed; all are counted


class Attributes(NamedTuple):
    """What a stretch of road says about itself. A chain is broken where any of it changes."""

    road_class: str
    name: str = ""
    ref: str = ""
    speed_kph: float | None = None
    oneway: bool = False  # in the direction of the vertices
    roundabout: bool = False
    bridge: bool = False
    tunnel: bool = False
    ford: bool = False
    layer: int = 0
    max_height_m: float | None = None
    max_weight_t: float | None = None
    max_width_m: float | None = None
    access: str = ""
    emergency: str = ""
    signs: str = ""  # that name one kind of vehicle, or walkers (routing/signs.py)


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Runs of vertices with their attributes; a way with a gap is several runs of one id."""

    way_id: Ints  # (w,)
    start: Ints  # (w + 1,) where each run's vertices begin
    node: Ints  # (k,) index into the raw nodes
    attribute: Int32s  # (w,) index into attributes
    attributes: tuple[Attributes, ...]
    node_id: Ints  # (p,) raw nodes
    node_lon: Floats
    node_lat: Floats
    restrictions: tuple[Restriction, ...] = ()
    barriers: tuple[Barrier, ...] = ()


@dataclass(slots=True)
class Notes:
    """What a reader has to say about its source; becomes the load report."""

    faults: defaultdict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    fault_counts: Counter[str] = field(default_factory=Counter)
    dropped: dict[str, Dropped] = field(default_factory=dict)
    barriers: Counter[str] = field(default_factory=Counter)

    def fault(
        self,
        kind: str,
        way: int | None,
        at: tuple[float, float] | None = None,
        detail: str = "",
    ) -> None:
        """List a fault; beyond ``MOST_FAULTS`` of a kind it is only counted."""
        self.fault_counts[kind] += 1
        if len(self.faults[kind]) < MOST_FAULTS:
            lon, lat = at if at is not None else (None, None)
            self.faults[kind].append(Fault(kind, way, lon, lat, detail))

    def drop(self, reason: str, ways: int = 1, nodes: int = 0, km: float = 0.0) -> None:
        """Count what was left out for a reason."""
        was = self.dropped.get(reason, Dropped(reason, 0, 0, 0.0))
        self.dropped[reason] = Dropped(
            reason, was.ways + ways, was.nodes + nodes, round(was.km + km, 3)
        )


class Interner:
    """Numbers distinct attribute sets as they come."""

    def __init__(self) -> None:
        self._number: dict[Attributes, int] = {}

    def __call__(self, attributes: Attributes) -> int:
        return self._number.setdefault(attributes, len(self._number))

    def all(self) -> tuple[Attributes, ...]:
        """The attribute sets, by number."""
        return tuple(self._number)


def runs_of_known(known: np.ndarray) -> list[tuple[int, int]]:
    """The [first, last) spans of True: what is left of a way some of whose nodes are missing."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
