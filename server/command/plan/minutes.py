"""The minute table: tasks from T+0 with owner, start, deadline, slack and the critical chain."""

from __future__ import annotations

from collections.abc import Mapping

from geo.plan_action import Evacuation, Force, Hospital
from geo.plan_command import CommandPost, Task
from server.command.plan.forces import SUPPORT
from server.command.plan.playbook import Playbook, TaskRule

Measures = Mapping[str, int | None]

# What a task of a playbook may take its duration from, beside ``first:<capability>`` (the first
# team is there) and ``all:<capability>`` (as many as are needed are there).
MEASURES = (
    "notice",
    "squad_travel",
    "post_setup",
    "first_force",
    "complete_force",
    "clearance",
    "nearest_hospital",
)


def measured_durations(
    playbook: Playbook,
    post: CommandPost,
    forces: tuple[Force, ...],
    evacuation: Evacuation,
    hospitals: tuple[Hospital, ...],
) -> dict[str, int | None]:
    """Seconds of each measured duration; None where it cannot be known or done."""
    squad = post.primary.squad if post.primary else None
    critical = [f for f in forces if f.critical and f.capability != SUPPORT]
    etas = [a.eta_s for f in critical for a in f.assigned]
    whole = bool(critical) and all(f.short == 0 for f in critical)
    out: dict[str, int | None] = {
        "notice": playbook.whole("dispatch.notice_s"),
        "squad_travel": squad.eta_s if squad else None,
        "post_setup": post.primary.setup_s if post.primary else None,
        "first_force": min(etas, default=None),
        "complete_force": max(etas, default=None) if whole else None,
        "clearance": evacuation.clearance_s,
        "nearest_hospital": min((h.road_s for h in hospitals), default=None),
    }
    for force in forces:
        arrivals = [a.eta_s for a in force.assigned]
        out[f"first:{force.capability}"] = min(arrivals, default=None)
        out[f"all:{force.capability}"] = None if force.short else max(arrivals, default=None)
    return out


def minute_table(playbook: Playbook, measures: Measures) -> tuple[Task, ...]:
    """Tasks by start, then by the playbook's order."""
    rules = {rule.task: rule for rule in playbook.tasks}
    duration = {
        name: rule.duration_s if rule.measure is None else measures[rule.measure]
        for name, rule in rules.items()
    }
    start: dict[str, int | None] = {}
    finish: dict[str, int | None] = {}
    for name in in_order(rules):
        ends = [finish[d] for d in rules[name].depends]
        took = duration[name]
        known = [e for e in ends if e is not None]
        begin = max(known, default=0) if len(known) == len(ends) else None
        start[name] = begin
        finish[name] = None if begin is None or took is None else begin + took
    latest = _latest_finish(rules, duration)
    chain = _critical_chain(playbook.goal, rules, finish)
    rank = {name: i for i, name in enumerate(rules)}
    tasks = [
        _task(rule, start[name], finish[name], latest[name], name in chain)
        for name, rule in rules.items()
    ]
    return tuple(
        sorted(tasks, key=lambda t: (10**9 if t.start_s is None else t.start_s, rank[t.task]))
    )


def in_order(rules: Mapping[str, TaskRule]) -> list[str]:
    """Task names, each after all it depends on. A cycle raises ValueError naming its tasks."""
    done: list[str] = []
    placed: set[str] = set()
    waiting = list(rules)
    while waiting:
        ready = [n for n in waiting if placed.issuperset(rules[n].depends)]
        if not ready:
            raise ValueError(", ".join(waiting))
        done += ready
        placed.update(ready)
        waiting = [n for n in waiting if n not in placed]
    return done


def _latest_finish(
    rules: Mapping[str, TaskRule], duration: Mapping[str, int | None]
) -> dict[str, int]:
    """The latest end of each task that keeps its own deadline and those of all that follow."""
    latest = {name: rule.deadline_s for name, rule in rules.items()}
    for name in reversed(in_order(rules)):
        for before in rules[name].depends:
            latest[before] = min(latest[before], latest[name] - (duration[name] or 0))
    return latest


def _critical_chain(
    goal: str, rules: Mapping[str, TaskRule], finish: Mapping[str, int | None]
) -> set[str]:
    """The tasks that the goal's time hangs on: from each task back to the one it waited for."""
    chain: set[str] = set()
    at: str | None = goal
    while at is not None and at not in chain:
        chain.add(at)
        before = rules[at].depends
        at = min(before, key=lambda n: (-_end(finish[n]), n)) if before else None
    return chain


def _end(finish_s: int | None) -> int:
    return 10**9 if finish_s is None else finish_s


def _task(
    rule: TaskRule, start_s: int | None, finish_s: int | None, latest_s: int, critical: bool
) -> Task:
    return Task(
        task=rule.task,
        task_zh=rule.zh,
        task_en=rule.en,
        owner_zh=rule.owner_zh,
        owner_en=rule.owner_en,
        start_s=start_s,
        deadline_s=rule.deadline_s,
        finish_s=finish_s,
        depends=rule.depends,
        slack_s=None if finish_s is None else latest_s - finish_s,
        critical=critical,
        late_s=None if finish_s is None else max(0, finish_s - rule.deadline_s),
        mark=rule.mark,
    )
