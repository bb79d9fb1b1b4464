"""The edges of a whole road or bridge, as a person names it: by name, number or a point."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence

import numpy as np
import shapely

from geo.domain import LonLat
from geo.errors import InvalidInput, NotFound
from geo.spelling import fold, refs_of
from routing.graph import RoadGraph
from routing.grid import METRES_PER_DEGREE
from routing.lines import edge_lines
from routing.named import both_ways, roads_named
from routing.structures import bridges_named
from routing.table import Int32s

BRIDGE_REACH_M = 100.0  # [A] how far from a point the bridge may be that is meant by it
_CARRIAGEWAYS_M = 40.0  # [A] two carriageways of one bridge lie no further apart
_MOST_NAMES = 8  # that an error proposes
_POINT = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[,,]\s*(-?\d+(?:\.\d+)?)\s*")


def edges_of_road(graph: RoadGraph, name: str) -> Int32s:
    """Table edges, both directions, of every road with exactly this name or number.

    Raises NotFound, which lists names that come near.
    """
    found = [one for one in roads_named(graph, name) if one.match == "whole"]
    if not found:
        raise _no_such("road", name, _near_names(graph, name))
    return np.unique(np.concatenate([one.edges for one in found])).astype(np.int32)


def edges_of_bridge(graph: RoadGraph, text: str) -> Int32s:
    """Table edges, both directions and carriageways, of the bridge or tunnel of this name, or of
    the bridge at "lon,lat".

    Raises NotFound where there is none, InvalidInput where several places bear the name.
    """
    if (at := point_of(text)) is not None:
        return bridge_at(graph, at)
    found = [one for one in bridges_named(graph, text) if one.match == "whole" and len(one.edges)]
    if not found:
        raise no_bridge(graph, text, [one.name for one in bridges_named(graph, text)])
    if len(found) > 1:
        raise several_bridges(text, [one.at for one in found])
    return found[0].edges


def point_of(text: str) -> LonLat | None:
    """The point that "lon,lat" says; None where it is a name."""
    said = _POINT.fullmatch(text)
    return None if said is None else (float(said[1]), float(said[2]))


def bridge_at(graph: RoadGraph, at: LonLat) -> Int32s:
    """Every edge of the bridge nearest to a point: on along the same name, and its other
    carriageway. Raises NotFound where no bridge lies within ``BRIDGE_REACH_M``."""
    flat = max(math.cos(math.radians(at[1])), 0.01)
    high = BRIDGE_REACH_M / METRES_PER_DEGREE
    near = graph.grid.edges_in(at[0] - high / flat, at[1] - high, at[0] + high / flat, at[1] + high)
    near = near[graph.bridge[near]]
    scale = np.array([flat, 1.0]) * METRES_PER_DEGREE

    def local(edges: Int32s) -> np.ndarray:
        return np.asarray(shapely.transform(edge_lines(graph, edges), lambda p: (p - at) * scale))

    away = shapely.distance(local(near), shapely.Point(0, 0))
    if not len(near) or away.min() > BRIDGE_REACH_M:
        raise NotFound(
            f"No bridge lies within {BRIDGE_REACH_M:.0f} m of {at[0]:.5f},{at[1]:.5f}.",
            remedy="Point at the bridge itself, or give its name.",
            words="closures.no_bridge_here",
            lon=at[0],
            lat=at[1],
            reach_m=int(BRIDGE_REACH_M),
        )
    first = near[int(np.argmin(away))]
    whole = _spanning(graph, np.array([first], dtype=np.int32))
    if graph.name_code[first] != _code(graph, ""):
        # The other carriageway bears the same name and runs beside it.
        alike = graph.bridge & (graph.name_code == graph.name_code[first])
        others = np.setdiff1d(np.flatnonzero(alike), whole).astype(np.int32)
        if len(others):
            mine = shapely.union_all(local(whole))
            beside = others[shapely.dwithin(local(others), mine, _CARRIAGEWAYS_M)]
            whole = _spanning(graph, np.concatenate([whole, beside]))
    return whole


def no_bridge(
    graph: RoadGraph, text: str, near: Sequence[str], own: Sequence[str] = ()
) -> NotFound:
    """The error for a bridge that there is not. ``near``: names that hold the words; where there
    are none, those spelt like it are proposed, of roads and of ``own`` (bridges' own names)."""
    return _no_such("bridge", text, list(near) or _near_names(graph, text, own, bridges=True))


def several_bridges(
    name: str, places: Sequence[LonLat], called: Sequence[str] = ()
) -> InvalidInput:
    """The error for a name that several bridges bear, or (``called``) that their names hold."""
    said = [f"{lon:.5f},{lat:.5f}" for lon, lat in places[:_MOST_NAMES]]
    said = [" ".join(pair) for pair in zip(called, said, strict=False)] or said
    return InvalidInput(
        f"{len(places)} bridges are called {name}: at {'; '.join(said)}.",
        remedy="Say which by its place: lon,lat in place of the name.",
        words="closures.several_bridges",
        name=name,
        n=len(places),
        places="; ".join(said),
    )


def _spanning(graph: RoadGraph, edges: Int32s) -> Int32s:
    """Bridge edges of the same names that hang together with these, both directions."""
    names = np.unique(graph.name_code[edges])
    pool = np.flatnonzero(graph.bridge & np.isin(graph.name_code, names)).astype(np.int32)
    whole = both_ways(graph, edges)
    while True:
        nodes = np.unique(np.concatenate([graph.edge_from[whole], graph.edge_to[whole]]))
        touching = np.isin(graph.edge_from[pool], nodes) | np.isin(graph.edge_to[pool], nodes)
        grown = both_ways(graph, np.union1d(whole, pool[touching]).astype(np.int32))
        if len(grown) == len(whole):
            return grown
        whole = grown


def _near_names(
    graph: RoadGraph, name: str, own: Sequence[str] = (), *, bridges: bool = False
) -> list[str]:
    """Names and numbers that hold this one or are spelt like it, the most alike first."""
    on = graph.bridge | graph.tunnel if bridges else np.ones(graph.edges, dtype=np.bool_)
    names = {graph.texts[code] for code in np.unique(graph.name_code[on]).tolist()} | set(own)
    if not bridges:
        refs = (graph.texts[code] for code in np.unique(graph.ref_code).tolist())
        names |= {ref for text in refs for ref in refs_of(text)}
    folded = {fold(one): one for one in sorted(names) if one}
    wanted = fold(name)
    holding = sorted(one for one in folded if wanted and (wanted in one or one in wanted))
    like = difflib.get_close_matches(wanted, list(folded), n=_MOST_NAMES, cutoff=0.5)
    return [folded[one] for one in dict.fromkeys([*holding, *like])][:_MOST_NAMES]


def _no_such(kind: str, name: str, near: list[str]) -> NotFound:
    known = list(dict.fromkeys(near))[:_MOST_NAMES]
    return NotFound(
        f"No {kind} is called {name}.",
        remedy=f"Perhaps {', '.join(known)}." if known else "See ./onemap where.",
        words=f"closures.no_{kind}{'_but' if known else ''}",
        name=name,
        near=known,
    )


def _code(graph: RoadGraph, text: str) -> int:
    return graph.texts.index(text) if text in graph.texts else -1
