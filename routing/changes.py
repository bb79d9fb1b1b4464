"""What the closures of one question change about the roads: other weights, blocked stretches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.table import Floats, Int32s


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """New weights for a few edges, twins included, for one profile and one question.

    A blocked stretch stops whoever must pass it: an edge with one has the weight -1, yet a place
    before or behind the block still reaches that end of the edge. An edge closed over its whole
    length is blocked from 0 to 1.
    """

    edge: Int32s  # (c,) sorted, each once
    ms: Int32s  # (c,) the new whole milliseconds; -1: nobody passes from end to end
    block_edge: Int32s  # (b,) sorted; every edge with ms -1 has at least one block
    block_start: Floats  # (b,) fractions along that edge in its own direction, start <= end
    block_end: Floats  # (b,)

    def __bool__(self) -> bool:
        return len(self.edge) > 0


NO_CHANGES = Changes(
    edge=np.empty(0, dtype=np.int32),
    ms=np.empty(0, dtype=np.int32),
    block_edge=np.empty(0, dtype=np.int32),
    block_start=np.empty(0),
    block_end=np.empty(0),
)


def shut(edges: Int32s) -> Changes:
    """These edges closed from end to end."""
    edge = np.unique(edges).astype(np.int32)
    whole = np.zeros(len(edge)), np.ones(len(edge))
    return Changes(edge, np.full(len(edge), -1, dtype=np.int32), edge, *whole)
