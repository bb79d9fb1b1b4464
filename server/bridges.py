"""The bridge that a closure names: its road's name, or a name of its own beside it.

Names are looked up as ``where`` does: the whole name first, else the one name that begins or ends
with the words. A stored closure is looked for again when the roads were loaded anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from geo.domain import Closure
from geo.errors import InvalidInput, NotFound, UnknownEdge
from geo.queries.waymarks import Structure, structures

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.roads import Roads
    from routing.structures import Built

Missing = Literal["", "lost_edges", "idle_closures"]


class Bridges:
    """Looks bridges up; what the database knows of them is read once, when it is needed."""

    def __init__(self, session: Session, roads: Roads) -> None:
        self._session, self._roads = session, roads
        self._known: tuple[Structure, ...] | None = None

    def placed(self, closure: Closure) -> Closure:
        """The closure with its bridge's full name, and its edges where no road bears the name.

        Raises NotFound with names that come near, InvalidInput where several bear the name.
        """
        from routing.selected import no_bridge, point_of, several_bridges

        text = closure.bridge
        if not text or closure.edges or point_of(text) is not None:
            return closure
        named = self._named(text)
        found = [one for one in named if one.match != "part"]
        if not found:
            raise no_bridge(self._roads.graph, text, [one.name for one in named], self._names())
        if len(found) > 1:
            places = [one.at for one in found]
            called = [one.name for one in found]
            raise several_bridges(text, places, called if set(called) != {text} else [])
        one = found[0]
        if not one.source:
            return closure if one.name == text else replace(closure, bridge=one.name)
        return replace(closure, bridge=one.name, edges=self._edges(one))

    def still_there(self, closure: Closure) -> tuple[Closure | None, Missing]:
        """A stored closure with what the present roads have of it, and what it has lost.

        The same value where nothing is missing; None where nothing is left to take. Edges that
        are there stay; a bridge is looked for by its name again.
        """
        from routing.cuts import cut_of

        graph, lost = self._roads.graph, False
        there: Closure | None = closure
        try:
            cut = cut_of(graph, closure)
        except UnknownEdge:
            kept = tuple(one for one in closure.edges if self._roads.where(one) is not None)
            again = self._again(closure.bridge)
            edges = tuple(dict.fromkeys((*kept, *again)))
            there, lost = (replace(closure, edges=edges) if edges else None), not again
        except NotFound:  # a bridge's road may have lost the name that the bridge keeps
            again = self._again(closure.bridge)
            there = replace(closure, edges=again) if again else None
        except InvalidInput:
            there = None
        if there is None:
            return None, "idle_closures"
        if there is not closure:
            cut = cut_of(graph, there)
        if not len(cut.edge):
            return there, "idle_closures"
        return there, "lost_edges" if lost else ""

    def _again(self, text: str) -> tuple[str, ...]:
        from routing.selected import point_of

        if not text or point_of(text) is not None:
            return ()
        found = [one for one in self._named(text) if one.match == "whole"]
        return self._edges(found[0]) if len(found) == 1 else ()

    def _named(self, text: str) -> list[Built]:
        from routing.structures import bridges_named

        found = bridges_named(self._roads.graph, text, self._structures())
        return [one for one in found if len(one.edges)]

    def _edges(self, one: Built) -> tuple[str, ...]:
        return tuple(self._roads.graph.edge_id(int(edge)) for edge in one.edges)

    def _names(self) -> list[str]:
        return sorted({one.name for one in self._structures()})

    def _structures(self) -> tuple[Structure, ...]:
        if self._known is None:
            self._known = structures(self._session)
        return self._known
