"""Closures put in force, changed, lifted and listed: what the command line and HTTP both do.

Each answer says what the closure takes of the present roads: edges, roads, kilometres, and, as an
unknown, that it meets no road at all. Whoever closes a road believes that it is closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args
from uuid import UUID

import numpy as np

from geo import queries
from geo.canonical import instant
from geo.checks import impossible
from geo.domain import ClosedDirection, Closure, GeoJson, Unknown
from geo.errors import InvalidInput
from geo.queries.closures import KeptCut
from server import closurelog
from server.answers import unknown_json
from server.checks import check_profile, remember_cuts, still_there
from server.closures import check_shape

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.cuts import Cut
    from routing.roads import Roads

Kind = Literal["area", "line", "road", "bridge", "edges"]
_CHANGEABLE = tuple(
    f.name for f in fields(Closure) if f.name not in ("id", "version", "reported_at")
)


def add(
    session: Session,
    roads: Roads,
    closure: Closure,
    *,
    actor: str,
    now: datetime,
    command_id: UUID | None = None,
) -> dict[str, Any]:
    """Close roads from now on. Raises InvalidInput, UnknownEdge, NotFound, Conflict."""
    placed, cut = place(session, roads, closure)
    stored = closurelog.add_closure(
        session, placed, actor=actor, now=now, command_id=command_id, cut=_kept(roads, cut)
    )
    return as_json(roads, stored)


def change(
    session: Session,
    roads: Roads,
    closure_id: UUID,
    changes: Mapping[str, Any],
    *,
    expected: int | None,
    actor: str,
    now: datetime,
    command_id: UUID | None = None,
) -> dict[str, Any]:
    """Change some of what a closure says; the rest stays. ``expected``: the version one has seen;
    None: whichever stands now. Raises as ``add``, NotFound for an id that no closure has."""
    found = queries.closure(session, closure_id)
    wanted = {key: value for key, value in changes.items() if key in _CHANGEABLE}
    if "bridge" in wanted:  # the edges were those of the former bridge
        wanted.setdefault("edges", ())
    placed, cut = place(session, roads, replace(found, **wanted))
    stored = closurelog.change_closure(
        session,
        placed,
        expected=found.version if expected is None else expected,
        actor=actor,
        now=now,
        command_id=command_id,
        cut=_kept(roads, cut),
    )
    return as_json(roads, stored)


def lift(
    session: Session, roads: Roads, closure_id: UUID, *, actor: str, now: datetime
) -> dict[str, Any]:
    """Open the roads again; lifting what is lifted changes nothing. Raises NotFound."""
    return as_json(roads, closurelog.lift_closure(session, closure_id, actor=actor, now=now))


def listed(
    session: Session,
    roads: Roads,
    at: datetime,
    *,
    as_known: datetime | None = None,
    bounds: tuple[float, float, float, float] | None = None,
) -> list[dict[str, Any]]:
    """Closures in force at a moment, as they were known then (or at another time).

    ``bounds`` west, south, east, north: only those that take a road in that box.
    """
    found = queries.open_closures(session, at, as_known=as_known)
    remember_cuts(session, roads, found)
    if bounds is not None:
        from routing.standing import Standing

        west, south, east, north = bounds
        if not (west <= east and south <= north):
            raise InvalidInput("The box is no box.", words="closures.bad_bounds")
        chosen = set(Standing.of(roads.graph, _placed(roads, found)).meeting(*bounds))
        found = tuple(one for one in found if one.id in chosen)
    return [as_json(roads, one) for one in found]


def history(session: Session, roads: Roads, closure_id: UUID) -> list[dict[str, Any]]:
    """Every state of a closure with the time from which, and until which, it was known."""
    out = []
    for state in queries.closure_history(session, closure_id):
        said = as_json(roads, state.closure)
        if state.cut is not None:  # what it took then, on the roads of then
            said |= {"edges": list(dict.fromkeys(e.rstrip("~") for e in state.cut.edges))}
        said |= {"known_from": instant(state.known_from), "known_to": _instant(state.known_to)}
        said |= {"lifted_at": _instant(state.lifted_at), "actor": state.actor}
        out.append(said)
    return out


def place(session: Session, roads: Roads, closure: Closure) -> tuple[Closure, Cut]:
    """A closure checked against the roads, and what it takes of them.

    A bridge whose name is not its road's own gets its edges. Raises as ``add``.
    """
    from routing.cuts import cut_of

    if closure.direction not in get_args(ClosedDirection):
        raise impossible("direction", closure.direction)
    for profile in closure.profiles:
        check_profile(roads, profile)
    if closure.geometry is not None:
        check_shape(closure.geometry, closure.name or "geometry")
    if closure.bridge and not closure.edges:
        closure = replace(closure, edges=_own_name(session, roads, closure.bridge))
    return closure, cut_of(roads.graph, closure)


def idle(roads: Roads, closures: Sequence[Closure]) -> list[Unknown]:
    """That some closures meet no road; nothing where all of them do."""
    named = tuple(
        one.name or one.cause or str(one.id) for one in closures if not roads.edges_of(one)
    )
    return [Unknown("closures", "idle_closures", named)] if named else []


def kind_of(closure: Closure) -> Kind:
    """What says where it is."""
    if closure.road or closure.bridge:
        return "road" if closure.road else "bridge"
    if closure.geometry is None:
        return "edges"
    shape: Any = closure.geometry.get("geometry") or closure.geometry
    return "line" if "LineString" in str(shape.get("type")) else "area"


def as_json(roads: Roads, closure: Closure) -> dict[str, Any]:
    """A closure with what it takes of the present roads."""
    there = still_there(roads, closure)
    edges = () if there is None else roads.edges_of(there)
    missing = "" if there is closure else "lost_edges"
    missing = missing if edges else "idle_closures"
    called = closure.name or closure.road or closure.bridge or str(closure.id)
    unknowns = [Unknown("closures", missing, (called,))] if missing else []
    return {
        "id": str(closure.id),
        "version": closure.version,
        "kind": kind_of(closure),
        "geometry": closure.geometry,
        "road": closure.road,
        "bridge": closure.bridge,
        "edges": list(edges),
        "roads": list(roads.roads_of(edges)),
        "km": round(_km(roads, there), 3) if there is not None else 0.0,
        "stretches": None if there is None else _drawn(roads, there),
        "name": closure.name,
        "cause": closure.cause,
        "depth_m": closure.depth_m,
        "profiles": list(closure.profiles),
        "direction": closure.direction,
        "speed_factor": closure.speed_factor,
        "whole": closure.whole,
        "valid_from": _instant(closure.valid_from),
        "valid_to": _instant(closure.valid_to),
        "reported_at": _instant(closure.reported_at),
        "unknowns": [unknown_json(one) for one in unknowns],
    }


def _drawn(roads: Roads, closure: Closure) -> GeoJson | None:
    from routing.cuts import cut_of
    from routing.stretches import stretches

    return stretches(roads.graph, cut_of(roads.graph, closure))


def _km(roads: Roads, closure: Closure) -> float:
    """Kilometres of road that it takes, each stretch once."""
    from routing.cuts import cut_of

    cut, graph = cut_of(roads.graph, closure), roads.graph
    if not len(cut.edge):
        return 0.0
    mate = graph.mate[cut.edge]
    stretch = np.where(mate >= 0, np.minimum(cut.edge, mate), cut.edge)
    metres = (cut.end - cut.start) * graph.length_m[cut.edge]
    own = cut.edge == stretch
    along = np.bincount(stretch[own], metres[own], minlength=len(graph.mate))
    against = np.bincount(stretch[~own], metres[~own], minlength=len(graph.mate))
    return float(np.maximum(along, against).sum()) / 1000


def _own_name(session: Session, roads: Roads, text: str) -> tuple[str, ...]:
    """The edges of the one bridge that bears a name of its own, beside its road's; else none."""
    from geo.queries.waymarks import structures
    from routing.selected import point_of, several_bridges
    from routing.structures import bridges_named

    if point_of(text) is not None:
        return ()
    named = bridges_named(roads.graph, text, structures(session))
    found = [one for one in named if one.match == "whole" and len(one.edges)]
    if len(found) > 1:
        raise several_bridges(text, [one.at for one in found])
    if not found or not found[0].source:
        return ()
    return tuple(roads.graph.edge_id(int(edge)) for edge in found[0].edges)


def _placed(roads: Roads, closures: Sequence[Closure]) -> list[Closure]:
    there = (still_there(roads, one) for one in closures)
    return [one for one in there if one is not None]


def _kept(roads: Roads, cut: Cut) -> KeptCut:
    ids = tuple(cut.ids(roads.graph))
    return KeptCut(roads.version, ids, tuple(cut.start.tolist()), tuple(cut.end.tolist()))


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
