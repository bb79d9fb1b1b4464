"""The roads as the server sees them: made once, shared by all requests, never changed.

What draws, exports or asks networkx is imported when it is first called, so that a command which
only needs times starts fast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geo.domain import Closure, Direction, GeoJson, LonLat, Snap
from geo.errors import NotFound
from routing.changes import NO_CHANGES, Changes
from routing.files import folder_name, read, save
from routing.graph import RoadGraph, compile_graph
from routing.profiles import Profile, read_profiles
from routing.snap import Placed, SnapList, place, snap
from routing.table import RoadTable
from routing.times import Times, times
from routing.trees import Trees
from routing.ways import ways_out

if TYPE_CHECKING:
    import networkx as nx

    from routing.crossings import Crossing


@dataclass(frozen=True, slots=True, eq=False)
class Roads:
    """Questions about one road graph. Every answer holds for the closures of that call alone.

    ``now``, where it may be given, leaves out closures that are not in force then; without it all
    given closures hold. Profiles are those of ``data/speeds``. Raises NotFound for a profile that
    does not exist, InvalidInput for a place that is not on the globe or a closure without shape,
    UnknownEdge for a closure that names an edge which the roads lack.
    """

    graph: RoadGraph
    trees: Trees | None = None  # of a process that follows incidents

    @classmethod
    def compile(
        cls,
        table: RoadTable,
        profiles: Mapping[str, Profile] | None = None,
        folder: Path | None = None,
    ) -> Roads:
        """The roads of a table; saved and memory-mapped when a folder is given."""
        graph = compile_graph(table, read_profiles() if profiles is None else profiles)
        if folder is None:
            return cls(graph)
        save(graph, folder)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Roads:
        """The roads saved in a folder. NoRoads where there are none, BadFile when broken."""
        return cls(read(folder))

    @staticmethod
    def folder(root: Path, version: str, profiles: Mapping[str, Profile] | None = None) -> Path:
        """Where under ``root`` the roads of this table version and these profiles belong."""
        return root / folder_name(version, read_profiles() if profiles is None else profiles)

    @property
    def version(self) -> str:
        """The version of the road table."""
        return self.graph.version

    @property
    def nodes(self) -> int:
        """How many graph nodes."""
        return self.graph.nodes

    @property
    def edges(self) -> int:
        """How many directed edges."""
        return self.graph.edges

    @property
    def km(self) -> float:
        """Kilometres of road, each stretch once."""
        return self.graph.km

    @property
    def profiles(self) -> Mapping[str, Profile]:
        """The profiles it was compiled for."""
        return self.graph.profiles

    def times_to(
        self,
        at: LonLat,
        places: Sequence[LonLat],
        *,
        profile: str,
        closures: Sequence[Closure] = (),
        limit_s: float | None = None,
        now: datetime | None = None,
    ) -> Times:
        """Road times from every place to the incident: one search backwards."""
        to: Direction = "to_incident"
        return self._times([at], places, profile, closures, to, limit_s, now)

    def times_from(
        self,
        at: LonLat,
        places: Sequence[LonLat],
        *,
        profile: str,
        closures: Sequence[Closure] = (),
        limit_s: float | None = None,
        now: datetime | None = None,
    ) -> Times:
        """Road times from the incident to every place: one search forwards."""
        away: Direction = "from_incident"
        return self._times([at], places, profile, closures, away, limit_s, now)

    def times_to_nearest(
        self,
        goals: Sequence[LonLat],
        places: Sequence[LonLat],
        *,
        profile: str,
        closures: Sequence[Closure] = (),
        limit_s: float | None = None,
        now: datetime | None = None,
    ) -> Times:
        """Road times from every place to whichever goal is nearest in time: one search."""
        to: Direction = "to_incident"
        return self._times(goals, places, profile, closures, to, limit_s, now)

    def place(self, points: Sequence[LonLat], *, profile: str) -> Placed:
        """Places set on the roads once, to be given in place of the points in many questions."""
        self._known(profile)
        return place(self.graph, profile, points)

    def changes(
        self, closures: Sequence[Closure], profile: str, now: datetime | None = None
    ) -> Changes:
        """What these closures change for a profile: other weights, blocked stretches."""
        known = self._known(profile)
        if not closures:
            return NO_CHANGES
        from routing.closures import changes_of

        return changes_of(self.graph, closures, known, now)

    def keeping(self, trees: Trees) -> Roads:
        """The same roads, their searches from a single place kept in ``trees`` and repaired when
        closures change. What is answered stays the same."""
        return replace(self, trees=trees)

    def snap(
        self, places: Sequence[LonLat], *, profile: str, limit_m: float | None = None
    ) -> tuple[Snap | None, ...]:
        """Each place on the nearest edge that the profile may use; None: no road data there.

        ``limit_m`` looks further than the profile's own limit, or less far.
        """
        self._known(profile)
        return tuple(SnapList(self.graph, snap(self.graph, profile, places, limit_m=limit_m)))

    def isochrone(
        self,
        at: LonLat,
        minutes: Sequence[float],
        *,
        profile: str,
        closures: Sequence[Closure] = (),
        direction: Direction = "from_incident",
        now: datetime | None = None,
    ) -> tuple[GeoJson, ...]:
        """The ground within reach, one geometry for each of ``minutes``."""
        from routing.isochrones import isochrone

        changes = self.changes(closures, profile, now)
        return isochrone(self.graph, at, minutes, profile, changes, direction=direction)

    def ways_out(
        self,
        at: LonLat,
        *,
        profile: str,
        radius_m: float,
        closures: Sequence[Closure] = (),
        now: datetime | None = None,
    ) -> int:
        """0, 1 or 2 ways that share no edge and lead further than ``radius_m`` away."""
        changes = self.changes(closures, profile, now)
        return ways_out(self.graph, at, profile, changes, radius_m=radius_m)

    def edges_crossing(self, zone: GeoJson, *, profile: str = "car") -> tuple[Crossing, ...]:
        """Where the roads of a profile cross the edge of a zone, each stretch once a crossing."""
        from routing.crossings import crossings

        self._known(profile)
        return crossings(self.graph, zone, profile)

    def edges_of(self, closure: Closure) -> tuple[str, ...]:
        """The ids of the ``road_edge`` rows that a closure closes, both directions, sorted."""
        from routing.cuts import cut_of

        edges = np.unique(self.graph.base[cut_of(self.graph, closure).edge])
        return tuple(sorted(self.graph.edge_id(int(edge)) for edge in edges))

    def roads_of(self, edges: Sequence[str]) -> tuple[str, ...]:
        """The names (else refs) of these edges' roads, sorted, each once; nameless left out."""
        found = (self.graph.road(int(edge)) for edge in self.graph.find(edges) if edge >= 0)
        return tuple(sorted({road for road in found if road}))

    def where(self, edge_id: str) -> GeoJson | None:
        """The line of an edge in travel direction; None where no edge has this id."""
        edge = int(self.graph.find([edge_id])[0])
        if edge < 0:
            return None
        points, _ = self.graph.vertices(edge)
        return {"type": "LineString", "coordinates": points.tolist()}

    def to_networkx(
        self,
        profile: str,
        closures: Sequence[Closure] = (),
        now: datetime | None = None,
        *,
        turns: bool = False,
    ) -> nx.MultiDiGraph:
        """The open roads of a profile as a graph to ask anything of: a view, nothing is copied.

        Nodes are the ids of the road table, with ``lon``, ``lat``, ``component``; edge keys are
        edge ids, with ``id``, ``travel_ms``, ``length_m``, ``name``, ``ref``, ``class``,
        ``bridge``, ``tunnel``, ``oneway``, ``roundabout``. With ``turns`` a walk in it obeys turn
        restrictions and barriers (``routing/export.py``).
        """
        from routing.export import to_networkx

        changes = self.changes(closures, profile, now)
        return to_networkx(self.graph, profile, changes, turns=turns)

    def _known(self, profile: str) -> Profile:
        if profile not in self.graph.profiles:
            known = ", ".join(self.graph.profiles)
            raise NotFound(
                f"There is no profile {profile}.", remedy=f"Use one of {known}.", profile=profile
            )
        return self.graph.profiles[profile]

    def _times(
        self,
        origins: Sequence[LonLat],
        places: Sequence[LonLat],
        profile: str,
        closures: Sequence[Closure],
        direction: Direction,
        limit_s: float | None,
        now: datetime | None,
    ) -> Times:
        changes = self.changes(closures, profile, now)
        return times(
            self.graph,
            profile,
            origins,
            places,
            changes,
            direction=direction,
            limit_s=limit_s,
            trees=self.trees,
        )
