"""What a person wants to avoid, by the words they use for it: roads, bridges, tunnels, edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.roads import Roads

_LISTED = 10


@dataclass(frozen=True, slots=True)
class Unwanted:
    """The edges to be avoided, and which roads each text was taken for."""

    edges: tuple[str, ...] = ()
    said: tuple[tuple[str, tuple[str, ...]], ...] = ()


def unwanted_edges(session: Session, roads: Roads, texts: Sequence[str]) -> Unwanted:
    """The edges that these words mean, both directions.

    Raises NotFound for words that mean nothing here, InvalidInput for words that fit the names of
    several roads without being one of them.
    """
    said: list[tuple[str, tuple[str, ...]]] = []
    edges: dict[str, None] = {}
    for text in texts:
        if not (wanted := text.strip()):
            continue
        names, found = _meant(session, roads, wanted)
        said.append((wanted, names))
        edges.update(dict.fromkeys(found))
    return Unwanted(tuple(edges), tuple(said))


def _meant(session: Session, roads: Roads, text: str) -> tuple[tuple[str, ...], list[str]]:
    from geo.queries.waymarks import structures
    from routing.named import RoadName, roads_named
    from routing.structures import Built, bridges_named

    graph = roads.graph
    if graph.find([text])[0] >= 0:
        return roads.roads_of([text]) or (text,), [text]
    hits: list[RoadName | Built] = [
        *roads_named(graph, text),
        *(one for one in bridges_named(graph, text, structures(session)) if len(one.edges)),
    ]
    best = [one for one in hits if one.match == "whole"] or hits
    names = tuple(dict.fromkeys(one.name for one in best))
    if not best:
        raise NotFound(
            f"No road, bridge, tunnel or edge is called {text}.",
            remedy="Write a road's whole name or number, a bridge, a tunnel, or an edge id.",
            words="routes.unknown_road",
            value=text,
        )
    if best[0].match != "whole" and len(names) > 1:
        raise InvalidInput(
            f"{text} may mean {', '.join(names[:_LISTED])}.",
            remedy="Write the whole name of one of them.",
            words="routes.several_roads",
            value=text,
            names=list(names[:_LISTED]),
        )
    return names, [graph.edge_id(int(edge)) for one in best for edge in one.edges]
