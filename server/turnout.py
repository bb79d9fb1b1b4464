"""How long a resource takes to start: its own figure, else its category's, else the default."""

from __future__ import annotations

from geo.domain import Resource
from server.command.playbooks import playbooks


def turnout_s(resource: Resource) -> int:
    """Seconds from the order until it moves."""
    if resource.turnout_s is not None:
        return resource.turnout_s
    shared = playbooks().books[0]  # categories and parameters are the same in every playbook
    rule = shared.categories.get(resource.category)
    return shared.whole("dispatch.turnout_s") if rule is None else rule.turnout_s
