"""Which routes a draft plan wants drawn: only those of what it chose."""

from __future__ import annotations

from geo.plan import Plan
from geo.situation import RouteKind

_LOTS = 2  # ways drawn for each supply: those of the first lots to arrive
Wanted = tuple[str, RouteKind, str]  # key, kind, resource


def wanted_routes(draft: Plan) -> list[Wanted]:
    """Keys of ``Reach.remember``, each once, in a fixed order."""
    out: dict[str, Wanted] = {}

    def want(key: str, kind: RouteKind, resource_id: str) -> None:
        out.setdefault(key, (key, kind, resource_id))

    for post in (draft.forward_command_post.primary, draft.forward_command_post.alternate):
        if post is not None and post.squad is not None:
            want(f"post:{post.squad.id}:{post.id}", "post", post.squad.id)
    for force in draft.forces:
        for team in force.assigned:
            want(f"force:{team.resource_id}", "force", team.resource_id)
    for hospital in draft.medical.hospitals:
        want(f"medical:{hospital.id}", "medical", hospital.id)
    for shelter in draft.evacuation.shelters:
        # One way for each shelter: that of its largest group.
        mine = [g for g in draft.evacuation.groups if g.shelter_id == shelter.id]
        group = max(mine, key=lambda g: (g.people, g.cell))
        want(f"evacuation:{shelter.id}:{group.mode}:{group.cell}", "evacuation", shelter.id)
    for supply in draft.supplies:
        for lot in supply.assigned[:_LOTS]:
            want(f"supply:{lot.stock_id}", "supply", lot.stock_id)
    return [out[key] for key in sorted(out)]
