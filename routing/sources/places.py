"""Where the vertices of OpenStreetMap ways lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from osmium.osm import NODE

from geo.intake.osmfile import objects
from routing.table import Bools, Floats, Ints

_NOWHERE = 2_147_483_647  # what osmium gives for a node that the file does not hold


@dataclass(slots=True)
class Runs:
    """Ways as they are read: ids, and the vertices of all of them one after another."""

    way_id: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    ref: list[int] = field(default_factory=list)
    x: list[int] = field(default_factory=list)  # whole 1e-7 degrees
    y: list[int] = field(default_factory=list)

    def add(self, way: Any, backwards: bool) -> None:
        """Take in a way, turned round where it is one-way against its vertices."""
        nodes = list(way.nodes)
        if backwards:
            nodes.reverse()
        self.way_id.append(way.id)
        self.counts.append(len(nodes))
        self.ref += [node.ref for node in nodes]
        self.x += [node.x for node in nodes]
        self.y += [node.y for node in nodes]

    def refs(self) -> Ints:
        """The node id of every vertex."""
        return np.array(self.ref, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Raw nodes, sorted by id."""

    node_id: Ints
    lon: Floats
    lat: Floats

    @classmethod
    def of(cls, paths: Sequence[Path], *runs: Runs) -> Places:
        """The nodes of the runs, as far as any of the files holds them."""
        refs = np.concatenate([run.refs() for run in runs])
        x = np.concatenate([np.array(run.x, dtype=np.int64) for run in runs])
        y = np.concatenate([np.array(run.y, dtype=np.int64) for run in runs])
        held = x != _NOWHERE
        missing = set(np.setdiff1d(refs[~held], refs[held]).tolist())
        found = [
            (node.id, node.location.x, node.location.y)
            for path in paths
            if missing and _may_be_unsorted(path)
            for node in objects(path, NODE)
            if node.id in missing and node.location.valid()
        ]
        late = np.array(found, dtype=np.int64).reshape(-1, 3)
        ids = np.concatenate([refs[held], late[:, 0]])
        node_id, first = np.unique(ids, return_index=True)
        # One division of whole numbers, so that other readers of the same place get this double.
        lon = np.concatenate([x[held], late[:, 1]])[first] / 1e7
        return cls(node_id, lon, np.concatenate([y[held], late[:, 2]])[first] / 1e7)

    def find(self, refs: Ints) -> tuple[Ints, Bools]:
        """The index of each node id, and whether it is known at all."""
        place = np.minimum(np.searchsorted(self.node_id, refs), max(len(self.node_id) - 1, 0))
        known = self.node_id[place] == refs if len(self.node_id) else np.zeros(len(refs), bool)
        return place, known

    def at(self, index: int) -> tuple[float, float]:
        """The (lon, lat) of a raw node."""
        return float(self.lon[index]), float(self.lat[index])


def _may_be_unsorted(path: Path) -> bool:
    """Hand-made XML may list ways before their nodes; .pbf files are written in order."""
    return ".osm" in path.suffixes and not path.name.lower().endswith(".pbf")
