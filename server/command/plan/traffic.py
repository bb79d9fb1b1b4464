"""Traffic control points: where the cordon crosses a road that vehicles use.

Both directions of a road, and carriageways side by side, are one point. A point that a force comes
through is kept inbound, one that evacuees leave by is kept outbound, every other one is closed.
"""

from __future__ import annotations

from geo.plan_action import TrafficPoint
from geo.situation import CordonCrossing, Situation
from server.command.plan.playbook import Playbook
from server.command.plan.straight import straight_m

_NOT_FOR_VEHICLES = ("footway", "path", "steps", "pedestrian", "cycleway", "bridleway", "corridor")
_ONE_POINT_M = 120  # carriageways of one road closer than this are one point


def plan_traffic(
    situation: Situation, playbook: Playbook, routes: frozenset[str]
) -> tuple[TrafficPoint, ...]:
    """Points in the order of the roads' weight, then by edge; ``routes`` are those of the plan."""
    inbound: set[str] = set()
    outbound: set[str] = set()
    for route in situation.routes:
        if route.id in routes:
            side = outbound if route.kind in ("evacuation", "medical") else inbound
            side.update(e.rstrip("~") for e in route.cordon_edges)
    points: list[tuple[CordonCrossing, set[str]]] = []
    for crossing in sorted(situation.crossings, key=lambda c: c.edge):
        if crossing.road_class in _NOT_FOR_VEHICLES:
            continue
        same = next((p for p in points if _one_point(p[0], crossing)), None)
        if same is None:
            points.append((crossing, _both(crossing)))
        else:
            same[1].update(_both(crossing))
    out = [_point(c, edges, inbound, outbound, playbook) for c, edges in points]
    order = {"inbound": 0, "outbound": 1, "close": 2}
    return tuple(sorted(out, key=lambda p: (order[p.action], p.road == "", p.road, p.edge)))


def _point(
    crossing: CordonCrossing,
    edges: set[str],
    inbound: set[str],
    outbound: set[str],
    playbook: Playbook,
) -> TrafficPoint:
    comes, leaves = bool(edges & inbound), bool(edges & outbound)
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


def _both(crossing: CordonCrossing) -> set[str]:
    """The edges of the stretch, in both directions."""
    return {e.rstrip("~") for e in (crossing.edge, crossing.other) if e is not None}


def _one_point(a: CordonCrossing, b: CordonCrossing) -> bool:
    same = bool(_both(a) & _both(b)) or (bool(a.road) and a.road == b.road)
    return same and straight_m((a.lon, a.lat), (b.lon, b.lat)) <= _ONE_POINT_M
