"""How many turn restrictions of the source our routes obey, which they do not, and why not."""

from __future__ import annotations

from dataclasses import dataclass

from routing.table import Fault, RoadTable
from routing.turns import verdicts

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
    """For a table as it was read or restored: what the loader could not read, and what was read
    but means no turn there."""
    left_out = {
        fault.detail: fault
        for fault in table.report.faults
        if fault.kind.startswith(_KIND) and fault.kind != _STILL_OBEYED
    }
    obeyed: set[str] = set()
    for number, verdict in enumerate(verdicts(table)):
        one = verdict.restriction
        name = f"relation {one.relation}" if one.relation else f"restriction {number}"
        if verdict.obeyed:
            obeyed.add(name)
        else:
            fault = Fault(f"{_KIND}{verdict.why}", one.from_way, None, None, name)
            left_out.setdefault(name, fault)
    return Obedience(
        len(obeyed), tuple(fault for name, fault in left_out.items() if name not in obeyed)
    )
