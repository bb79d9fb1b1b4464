"""Road times of resources, in whole seconds, with the way kept so that a route can be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from geo.domain import Closure, GeoJson, LonLat, Resource, ResourceEta, Why
from geo.hazards.shapes import metres_per_degree
from geo.situation import MeasuredRoute, RouteKind
from routing.instructions import names_by_way, with_structures
from server.command.ground import Ground
from server.command.plan.playbook import Playbook

if TYPE_CHECKING:
    from geo.queries.waymarks import Structure
    from routing.roads import Roads
    from routing.times import Times

_CORDON = UUID(int=0)
_NEAREST = 500  # junctions tried for an access point


@dataclass(frozen=True, slots=True)
class Way:
    """One road time; None with the reason why."""

    road_s: int | None
    distance_m: int | None
    why: Why | None


class Reach:
    """The roads under the closures of one situation. Without roads nothing can be judged."""

    def __init__(
        self,
        roads: Roads | None,
        closures: Sequence[Closure],
        now: datetime,
        structures: Sequence[Structure] = (),
    ) -> None:
        self._roads = roads
        self._structures = tuple(structures)
        self._names = names_by_way(structures)
        self._closures = tuple(closures)
        self._now = now
        self._drawn: dict[str, tuple[Times, int]] = {}  # route key -> where to draw it from

    def avoiding(self, area: GeoJson | None) -> Reach:
        """The same roads with an area closed beside the closures; its routes are kept here too."""
        if area is None:
            return self
        shut = Closure(id=_CORDON, geometry=area)
        other = Reach(self._roads, (*self._closures, shut), self._now, self._structures)
        other._drawn = self._drawn
        return other

    def access(self, at: LonLat, limit_m: int) -> tuple[LonLat | None, int]:
        """Where fire tenders come nearest to a point, and how far off that is.

        The point itself where a road lies within the snap limit; else the nearest junction within
        ``limit_m``; None where there is none. What lies between is for people on foot to judge.
        """
        if self._roads is None:
            return None, 0
        if self._roads.snap([at], profile="fire_tender")[0] is not None:
            return at, 0
        graph = self._roads.graph
        east, north = metres_per_degree(at[1])
        away = np.hypot((graph.node_lon - at[0]) * east, (graph.node_lat - at[1]) * north)
        for node in np.argsort(away, kind="stable")[:_NEAREST].tolist():
            place = (float(graph.node_lon[node]), float(graph.node_lat[node]))
            if away[node] > limit_m:
                break
            if self._roads.snap([place], profile="fire_tender")[0] is not None:
                return place, round(float(away[node]))
        return None, 0

    def to(
        self, at: LonLat | None, places: Sequence[LonLat], profile: str, limit_s: int | None = None
    ) -> tuple[list[Way], Times | None]:
        """Times from every place to a point."""
        if self._roads is None or not places or at is None:
            return [Way(None, None, "no_road_data") for _ in places], None
        times = self._roads.times_to(
            at, places, profile=profile, closures=self._closures, limit_s=limit_s, now=self._now
        )
        return _ways(times), times

    def away(
        self, at: LonLat | None, places: Sequence[LonLat], profile: str
    ) -> tuple[list[Way], Times | None]:
        """Times from a point to every place."""
        if self._roads is None or not places or at is None:
            return [Way(None, None, "no_road_data") for _ in places], None
        times = self._roads.times_from(
            at, places, profile=profile, closures=self._closures, now=self._now
        )
        return _ways(times), times

    def ways_out(self, at: LonLat, profile: str, radius_m: float) -> int | None:
        """0, 1 or 2 edge-disjoint ways out; None without roads."""
        if self._roads is None:
            return None
        return self._roads.ways_out(
            at, profile=profile, radius_m=radius_m, closures=self._closures, now=self._now
        )

    def remember(self, key: str, times: Times | None, index: int) -> None:
        """Keep where the route of this key can be drawn from."""
        if times is not None:
            self._drawn[key] = (times, index)

    def same(self, key: str, as_key: str) -> None:
        """Let the route of one key be drawn as that of another."""
        if as_key in self._drawn:
            self._drawn[key] = self._drawn[as_key]

    def route(
        self, key: str, kind: RouteKind, resource_id: str, cordon: frozenset[str]
    ) -> MeasuredRoute | None:
        """The remembered way, drawn; None where there is none."""
        if key not in self._drawn:
            return None
        times, index = self._drawn[key]
        route = times.route(index)
        if route is None:
            return None
        route = with_structures(route, self._names)
        return MeasuredRoute(
            id=key,
            kind=kind,
            resource_id=resource_id,
            geometry=tuple((round(x, 6), round(y, 6)) for x, y in route.geometry),
            distance_m=round(route.distance_m),
            road_s=_whole(route.road_s),
            steps=tuple(
                replace(
                    step,
                    distance_m=round(step.distance_m),
                    duration_s=round(step.duration_s),
                    past_m=round(step.past_m),
                )
                for step in route.steps
            ),
            cordon_edges=tuple(e for e in route.edges if e.rstrip("~") in cordon),
        )

    def resources_to(
        self, at: LonLat | None, resources: Sequence[Resource], playbook: Playbook, ground: Ground
    ) -> list[ResourceEta]:
        """Every resource with its time to the incident, by the profile of its category."""
        by_profile: dict[str, list[Resource]] = {}
        for resource in resources:
            rule = playbook.categories.get(resource.category)
            by_profile.setdefault(rule.profile if rule else "truck", []).append(resource)
        out = []
        for profile, group in sorted(by_profile.items()):
            ways, times = self.to(at, [r.at for r in group], profile)
            for i, (resource, way) in enumerate(zip(group, ways, strict=True)):
                turnout = resource.turnout_s
                turnout = playbook.turnout_s(resource.category) if turnout is None else turnout
                out.append(_eta(resource, way, turnout, ground))
                self.remember(f"force:{resource.id}", times, i)
                self.remember(f"supply:{resource.id}", times, i)
        return sorted(out, key=lambda e: str(e.resource.id))

    def resources_from(
        self,
        at: LonLat | None,
        resources: Sequence[Resource],
        profile: str,
        ground: Ground,
        kind: str,
    ) -> list[ResourceEta]:
        """Every place with the time from the incident to it; no turnout."""
        ways, times = self.away(at, [r.at for r in resources], profile)
        for i, resource in enumerate(resources):
            self.remember(f"{kind}:{resource.id}", times, i)
        return [_eta(r, w, 0, ground) for r, w in zip(resources, ways, strict=True)]


def order(eta: ResourceEta) -> tuple[int, int, str]:
    """Reached first, by whole seconds, then by straight distance and id."""
    seconds = 10**9 if eta.eta_s is None else int(eta.eta_s)
    return seconds, int(eta.straight_m) if eta.eta_s is None else 0, str(eta.resource.id)


def _eta(resource: Resource, way: Way, turnout_s: int, ground: Ground) -> ResourceEta:
    return ResourceEta(
        resource=resource,
        turnout_s=turnout_s,
        road_s=way.road_s,
        distance_m=way.distance_m,
        straight_m=ground.distance_m(resource.at),
        snap=None,  # where it joins the road is the answer of `nearest`
        why=way.why,
    )


def _ways(times: Times) -> list[Way]:
    return [
        Way(
            road_s=None if ms < 0 else -(-ms // 1000),  # begun seconds count: never too early
            distance_m=None if ms < 0 else round(metres),
            why=why,
        )
        for ms, metres, why in zip(
            times.road_ms.tolist(), times.distance_m.tolist(), times.why, strict=True
        )
    ]


def _whole(seconds: float) -> int:
    return -(-round(seconds * 1000) // 1000)
