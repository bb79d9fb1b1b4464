"""How many turn restrictions of the source our routes obey, which they do not, and why not."""

from __future__ import annotations

from dataclasses import dataclass

from routing.table import Fault, RoadTable

_KIND = "restriction_"
_STILL_OBEYED = "restriction_conditional"


@dataclass(frozen=True, slots=True)
class Obedience:
    """The restrictions of a road table; a relation of the source counts once."""

    obeyed: int
    left_out: tuple[Fault, ...]  # "relation 123" in detail, why in kind (words: roads.faults)

    @property
    def relations(self) -> int:
        """How many the source holds."""
        return self.obeyed + len(self.left_out)


def obedience(table: RoadTable) -> Obedience:
    """What the loader has found, for a table as it was read or restored."""
    told = [
        fault
        for fault in table.report.faults
        if fault.kind.startswith(_KIND) and fault.kind != _STILL_OBEYED
    ]
    left_out = tuple({fault.detail: fault for fault in told}.values())
    names = {f"relation {one.relation}" for one in table.restrictions}
    return Obedience(len(names - {fault.detail for fault in left_out}), left_out)
