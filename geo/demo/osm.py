"""Writes the map as OpenStreetMap data: sorted, without dates, the same bytes every time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from osmium.osm import mutable

from geo.demo.frame import Floats, to_lonlat
from geo.demo.network import Network

Tags = dict[str, str]


class Drawing:
    """Nodes, ways and relations, numbered from 1 in the order in which they are drawn."""

    def __init__(self) -> None:
        self._xy: list[Floats] = []  # node n of the file is row n - 1 of all these together
        self._count = 0
        self._tags: dict[int, Tags] = {}
        self._ways: list[tuple[list[int], Tags]] = []
        self._relations: list[tuple[list[tuple[str, int, str]], Tags]] = []

    def point(self, xy: Any, tags: Tags) -> int:
        """A node; its number."""
        number = self.points(np.array([xy], dtype=float))[0]
        self._tags[number] = tags
        return number

    def points(self, xy: Floats) -> list[int]:
        """Plain nodes for vertices."""
        first = self._count + 1
        self._xy.append(xy)
        self._count += len(xy)
        return list(range(first, self._count + 1))

    def way(self, nodes: list[int], tags: Tags) -> int:
        """A way; its number."""
        self._ways.append((nodes, tags))
        return len(self._ways)

    def roads(self, network: Network) -> int:
        """The road network with shared junctions; the number of its nodes."""
        used = np.unique(np.array([(e.start, e.end) for e in network.edges]))
        number = dict(zip(used.tolist(), self.points(network.nodes[used]), strict=True))
        for edge in network.edges:
            inner = self.points(edge.xy[1:-1]) if len(edge.xy) > 2 else []
            nodes = [number[edge.start], *inner, number[edge.end]]
            self.way(nodes, road_tags(edge.tags, edge.road.kind))
        return self._count

    def area(self, polygon: Any, tags: Tags) -> None:
        """A polygon as a closed way, or as a multipolygon where it has holes."""
        rings = [polygon.exterior, *polygon.interiors]
        if len(rings) == 1:
            self.way(self._ring(rings[0]), tags)
            return
        members = [
            ("w", self.way(self._ring(ring), {}), "inner" if k else "outer")
            for k, ring in enumerate(rings)
        ]
        self._relations.append((members, {"type": "multipolygon", **tags}))

    def areas(self, polygons: list[Any], tags: list[Tags]) -> None:
        """Many polygons at once."""
        shapes = np.array(polygons, dtype=object)
        plain = shapely.get_num_interior_rings(shapes) == 0
        xy, owner = shapely.get_coordinates(shapes[plain], return_index=True)
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        rings = np.split(xy, starts[1:]) if len(starts) else []
        for ring, k in zip(rings, np.flatnonzero(plain).tolist(), strict=True):
            nodes = self.points(ring[:-1])
            self.way([*nodes, nodes[0]], tags[k])
        for k in np.flatnonzero(~plain).tolist():
            self.area(shapes[k], tags[k])

    def boundary(self, geometry: Any, tags: Tags, seat: int) -> None:
        """An administrative boundary."""
        members = []
        for polygon in shapely.get_parts(geometry):
            members.append(("w", self.way(self._ring(polygon.exterior), {}), "outer"))
            members += [("w", self.way(self._ring(r), {}), "inner") for r in polygon.interiors]
        members.append(("n", seat, "admin_centre"))
        self._relations.append(
            (members, {"type": "boundary", "boundary": "administrative", **tags})
        )

    def _ring(self, ring: Any) -> list[int]:
        nodes = self.points(shapely.get_coordinates(ring)[:-1])
        return [*nodes, nodes[0]]

    def write(self, path: Path) -> None:
        """Writes the file; an old one is replaced."""
        path.unlink(missing_ok=True)
        lonlat = to_lonlat(np.concatenate(self._xy)).tolist()
        node = mutable.Node(version=1)
        nothing: Tags = {}
        with osmium.SimpleWriter(str(path)) as writer:
            for k, location in enumerate(lonlat, 1):
                node.id, node.location = k, tuple(location)
                node.tags = self._tags.get(k, nothing)
                writer.add_node(node)
            for k, (nodes, tags) in enumerate(self._ways, 1):
                writer.add_way(mutable.Way(id=k, nodes=nodes, tags=tags, version=1))
            for k, (members, tags) in enumerate(self._relations, 1):
                writer.add_relation(mutable.Relation(id=k, members=members, tags=tags, version=1))


_PASSED_ON = (
    "name", "ref", "oneway", "maxspeed", "lanes", "bridge", "tunnel", "layer", "bridge:name",
    "tunnel:name", "junction", "surface", "maxheight", "maxweight", "access", "emergency",
)  # fmt: skip
_SPEEDS = {"trunk": "80", "primary": "60", "secondary": "50"}


def road_tags(tags: Tags, kind: str) -> Tags:
    """A road's tags in OpenStreetMap's words."""
    kind = tags.get("kind", kind)
    out = {"highway": kind} | {k: tags[k] for k in _PASSED_ON if tags.get(k)}
    if kind in _SPEEDS:
        out.setdefault("maxspeed", _SPEEDS[kind])
    return out
