"""The gap ledger: what is needed less what has arrived, at 10, 20 and 30 minutes."""

from __future__ import annotations

from geo.plan_action import Force
from geo.plan_command import Gap
from server.command.plan.playbook import Playbook

MINUTES = (10, 20, 30)


def gap_ledger(playbook: Playbook, forces: tuple[Force, ...]) -> tuple[Gap, ...]:
    """Only true shortfalls; notice + turnout + road decide whether a team has arrived."""
    notice = playbook.whole("dispatch.notice_s")
    out = []
    for minute in MINUTES:
        for force in forces:
            arrived = sum(1 for a in force.assigned if notice + a.eta_s <= minute * 60)
            if arrived < force.needed:
                out.append(
                    Gap(
                        minute=minute,
                        capability=force.capability,
                        capability_zh=force.capability_zh,
                        capability_en=force.capability_en,
                        needed=force.needed,
                        arrived=arrived,
                        short=force.needed - arrived,
                    )
                )
    return tuple(out)
