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
from geo.checks import impossible, one_place
from geo.domain import ClosedDirection, Closure, GeoJson, Unknown
from geo.errors import InvalidInput
from geo.queries.closures import KeptCut
from server import closurelog
from server.answers import unknown_json
from server.bridges import Bridges
from server.checks import called, check_profile, remember_cuts, takes_much, untimely
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
    one_place(
        road=bool(closure.road),
        bridge=bool(closure.bridge),
        edges=bool(closure.edges),
        geometry=closure.geometry is not None,
    )
    placed, cut = place(session, roads, closure)
    stored = closurelog.add_closure(
        session, placed, actor=actor, now=now, command_id=command_id, cut=_kept(roads, cut)
    )
    return as_json(roads, stored, Bridges(session, roads), now)


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
    wanted = _instead(found, changes)
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
    return as_json(roads, stored, Bridges(session, roads), now)


def lift(
    session: Session, roads: Roads, closure_id: UUID, *, actor: str, now: datetime
) -> dict[str, Any]:
    """Open the roads again; lifting what is lifted changes nothing, and ``lifted_before`` says
    when that was (null: it was in force until now). Raises NotFound."""
    before = queries.closure_history(session, closure_id)[-1].lifted_at
    lifted = closurelog.lift_closure(session, closure_id, actor=actor, now=now)
    said = as_json(roads, lifted, Bridges(session, roads))
    return said | {"lifted_before": _instant(before)}


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
    bridges = Bridges(session, roads)
    if bounds is not None:
        from routing.standing import Standing

        west, south, east, north = bounds
        if not (west <= east and south <= north):
            raise InvalidInput("The box is no box.", words="closures.bad_bounds")
        chosen = set(Standing.of(roads.graph, _placed(bridges, found)).meeting(*bounds))
        found = tuple(one for one in found if one.id in chosen)
    return [as_json(roads, one, bridges, at) for one in found]


def history(session: Session, roads: Roads, closure_id: UUID) -> list[dict[str, Any]]:
    """Every state of a closure with the time from which, and until which, it was known."""
    out, bridges = [], Bridges(session, roads)
    for state in queries.closure_history(session, closure_id):
        said = as_json(roads, state.closure, bridges)
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
    closure = Bridges(session, roads).placed(closure)
    return closure, cut_of(roads.graph, closure)


def kind_of(closure: Closure) -> Kind:
    """What says where it is."""
    if closure.road or closure.bridge:
        return "road" if closure.road else "bridge"
    if closure.geometry is None:
        return "edges"
    shape: Any = closure.geometry.get("geometry") or closure.geometry
    return "line" if "LineString" in str(shape.get("type")) else "area"


def as_json(
    roads: Roads, closure: Closure, bridges: Bridges, now: datetime | None = None
) -> dict[str, Any]:
    """A closure with what it takes of the present roads, and what is to be said of it (``now``:
    at that moment)."""
    there, missing = bridges.still_there(closure)
    edges = () if there is None else roads.edges_of(there)
    told = [missing, None if now is None else untimely(closure, now)]
    told += ["large_closures"] if there is not None and takes_much(roads, there) else []
    unknowns = [Unknown("closures", one, (called(closure),)) for one in told if one]
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


def _instead(found: Closure, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changed fields: null takes a value away, and a new place takes the old one's.

    A road, a bridge or edges replace each other; a drawn shape replaces edges, and limits a road
    or a bridge. Raises InvalidInput for two places at once.
    """
    blank = {f.name: f.default for f in fields(Closure)} | {"geometry": None}
    wanted = {
        key: blank[key] if value is None else value
        for key, value in changes.items()
        if key in _CHANGEABLE
    }
    said = {key for key in ("road", "bridge", "edges", "geometry") if wanted.get(key)}
    one_place(**{key: key in said for key in ("road", "bridge", "edges", "geometry")})
    if said & {"road", "bridge", "edges"}:
        for other in {"road", "bridge", "edges"} - said:
            wanted[other] = blank[other]
    if "edges" in said:
        wanted["geometry"] = None
    if "bridge" in wanted or ("geometry" in said and not found.bridge):
        wanted.setdefault("edges", ())  # those of the former bridge, or of the former list
    return wanted


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


def _placed(bridges: Bridges, closures: Sequence[Closure]) -> list[Closure]:
    there = (bridges.still_there(one)[0] for one in closures)
    return [one for one in there if one is not None]


def _kept(roads: Roads, cut: Cut) -> KeptCut:
    ids = tuple(cut.ids(roads.graph))
    return KeptCut(roads.version, ids, tuple(cut.start.tolist()), tuple(cut.end.tolist()))


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
