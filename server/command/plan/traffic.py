"""Traffic control points: where the cordon crosses a road that vehicles use.

Both directions of a road, and carriageways side by side, are one point. A point that a force comes
through is kept inbound, one that evacuees leave by is kept outbound, every other one is closed.
"""

from __future__ import annotations

from math import cos, hypot, radians

from geo.plan_action import TrafficPoint
from geo.situation import CordonCrossing, Situation
from server.command.plan.playbook import Playbook

_NOT_FOR_VEHICLES = ("footway", "path", "steps", "pedestrian", "cycleway", "bridleway", "corridor")
_ONE_POINT_M = 120  # carriageways of one road closer than this are one point

Stretch = tuple[str, tuple[str, ...]]


def plan_traffic(
    situation: Situation, playbook: Playbook, routes: frozenset[str]
) -> tuple[TrafficPoint, ...]:
    """Points in the order of the roads' weight, then by edge; ``routes`` are those of the plan."""
    inbound: set[Stretch] = set()
    outbound: set[Stretch] = set()
    for route in situation.routes:
        if route.id in routes:
            side = outbound if route.kind in ("evacuation", "medical") else inbound
            side.update(_stretch(e) for e in route.cordon_edges)
    points: list[tuple[CordonCrossing, set[Stretch]]] = []
    for crossing in sorted(situation.crossings, key=lambda c: c.edge):
        if crossing.road_class in _NOT_FOR_VEHICLES:
            continue
        same = next((p for p in points if _one_point(p[0], crossing)), None)
        if same is None:
            points.append((crossing, {_stretch(crossing.edge)}))
        else:
            same[1].add(_stretch(crossing.edge))
    out = [_point(c, stretches, inbound, outbound, playbook) for c, stretches in points]
    order = {"inbound": 0, "outbound": 1, "close": 2}
    return tuple(sorted(out, key=lambda p: (order[p.action], p.road == "", p.road, p.edge)))


def _point(
    crossing: CordonCrossing,
    stretches: set[Stretch],
    inbound: set[Stretch],
    outbound: set[Stretch],
    playbook: Playbook,
) -> TrafficPoint:
    comes, leaves = bool(stretches & inbound), bool(stretches & outbound)
    reason = "both" if comes and leaves else "in" if comes else "out" if leaves else "close"
    return TrafficPoint(
        lon=crossing.lon,
        lat=crossing.lat,
        road=crossing.road,
        road_class=crossing.road_class,
        edge=crossing.edge,
        action="inbound" if comes else "outbound" if leaves else "close",
        reason_zh=playbook.say_zh(f"traffic.{reason}"),
        reason_en=playbook.say_en(f"traffic.{reason}"),
    )


def _stretch(edge: str) -> Stretch:
    """The same for both directions of a road: ``way:from:to:n`` without the order of its ends."""
    way, *ends = edge.split(":")
    return way, tuple(sorted(ends[:2]))


def _one_point(a: CordonCrossing, b: CordonCrossing) -> bool:
    if _stretch(a.edge) == _stretch(b.edge):
        return _metres(a, b) <= _ONE_POINT_M
    return bool(a.road) and a.road == b.road and _metres(a, b) <= _ONE_POINT_M


def _metres(a: CordonCrossing, b: CordonCrossing) -> float:
    x = (a.lon - b.lon) * 111_320 * cos(radians(a.lat))
    return hypot(x, (a.lat - b.lat) * 110_574)
