"""The directed edges of a graph by the nodes they leave and enter: what turns are read from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.table import Int32s, Ints

Word = tuple[int, ...]
"""Edges driven one after the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """``e`` edges between ``n`` nodes, twins included."""

    nodes: int
    start: Int32s  # (e,)
    end: Int32s
    mate: Int32s  # (e,) the same stretch in the other direction; -1: none
    _leave: tuple[Ints, Ints]
    _enter: tuple[Ints, Ints]

    @classmethod
    def of(cls, nodes: int, start: Int32s, end: Int32s, mate: Int32s) -> Streets:
        """The edges with these ends and mates."""
        return cls(nodes, start, end, mate, _rows(nodes, start), _rows(nodes, end))

    def leaving(self, node: int) -> list[int]:
        """The edges that leave a node, ascending."""
        ptr, edge = self._leave
        return edge[ptr[node] : ptr[node + 1]].tolist()

    def entering(self, node: int) -> list[int]:
        """The edges that enter a node, ascending."""
        ptr, edge = self._enter
        return edge[ptr[node] : ptr[node + 1]].tolist()

    def onward(self, edge: int) -> list[int]:
        """The edges that leave the end of an edge, the way back included."""
        return self.leaving(int(self.end[edge]))


def _rows(nodes: int, owner: Int32s) -> tuple[Ints, Ints]:
    ptr = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=nodes))])
    return ptr.astype(np.int64), np.argsort(owner, kind="stable")
