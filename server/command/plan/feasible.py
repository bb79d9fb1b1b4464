"""Can the 30 minutes be kept? Which step fails, and by how much."""

from __future__ import annotations

from geo.plan_action import Force
from geo.plan_command import CommandPost, Fail, Feasible, FeasibleState, Task
from server.command.plan.forces import SUPPORT
from server.command.plan.playbook import Playbook


def judge(
    playbook: Playbook, post: CommandPost, forces: tuple[Force, ...], tasks: tuple[Task, ...]
) -> Feasible:
    """``cannot``: the post is not ready in time, or no force comes in time; ``at_risk``: another
    step is late or short, a critical capability is complete only after the limit, or the post has
    less slack than a setting; else ``on_time``."""
    limit = playbook.whole("post.limit_s")
    notice = playbook.whole("dispatch.notice_s")
    ready = post.primary.ready_s if post.primary else None
    acting = [f for f in forces if f.critical and f.capability != SUPPORT]
    etas = [notice + a.eta_s for f in acting for a in f.assigned]
    first = min(etas, default=None)
    grave: list[Fail] = []
    if post.primary is None:
        grave.append(_fail(playbook, "post_site", None))
    elif ready is None:
        grave.append(_fail(playbook, "post_squad", None))
    elif ready > limit:
        grave.append(_fail(playbook, "post_ready", ready - limit))
    if first is None:
        grave.append(_fail(playbook, "first_force", None))
    elif first > limit:
        grave.append(_fail(playbook, "first_force", first - limit))
    short = [f for f in acting if f.short > 0]
    told = {f.step for f in grave}
    lesser = [_short(playbook, f) for f in short]
    own = _own_faults(playbook, tasks, forces, told)
    measures = {rule.task: rule.measure for rule in playbook.tasks}
    told |= {measures[t.task] or "" for t in own}
    lesser += [f for f in (_incomplete(playbook, f, limit - notice, told) for f in acting) if f]
    lesser += [_late(playbook, t) for t in own]
    close = ready is not None and limit - ready < playbook.whole("post.risk_margin_s")
    state: FeasibleState = "cannot" if grave else "at_risk" if lesser or close else "on_time"
    return Feasible(
        state=state,
        post_ready_s=ready,
        first_force_s=first,
        limit_s=limit,
        fails=tuple(grave + lesser),
    )


def _own_faults(
    playbook: Playbook, tasks: tuple[Task, ...], forces: tuple[Force, ...], told: set[str]
) -> list[Task]:
    """Tasks that are late or cannot be done by themselves: not because of what they wait for,
    and not because of the post, the first force or a missing team, which are told already."""
    bad = {t.task for t in tasks if t.late_s is None or t.late_s > 0}
    measured = {rule.task: rule.measure or "" for rule in playbook.tasks}
    missing = {f"all:{f.capability}" for f in forces if f.short > 0}
    if told & {"post_site", "post_squad", "post_ready"}:
        missing |= {"squad_travel", "post_setup"}
    if "first_force" in told:
        missing |= {"first_force"}
    return [
        t
        for t in tasks
        if t.task in bad and not bad & set(t.depends) and measured[t.task] not in missing
    ]


def _fail(playbook: Playbook, step: str, late_s: int | None) -> Fail:
    return _said(playbook, step, f"fail.{step}", late_s, {}, {})


def _short(playbook: Playbook, force: Force) -> Fail:
    zh, en = {"name": force.capability_zh}, {"name": force.capability_en}
    step = f"force:{force.capability}"
    return _said(playbook, step, "fail.force_short", None, zh, en, n=force.short)


def _incomplete(playbook: Playbook, force: Force, within_s: int, told: set[str]) -> Fail | None:
    """A critical capability whose last team comes after the limit, unless its task says so."""
    last = max((a.eta_s for a in force.assigned), default=0)
    if force.short or last <= within_s or "first_force" in told:
        return None
    if f"all:{force.capability}" in told:
        return None
    zh, en = {"name": force.capability_zh}, {"name": force.capability_en}
    step = f"force:{force.capability}"
    return _said(playbook, step, "fail.force_late", last - within_s, zh, en)


def _late(playbook: Playbook, task: Task) -> Fail:
    zh, en = {"name": task.task_zh}, {"name": task.task_en}
    return _said(playbook, f"task:{task.task}", "fail.task", task.late_s, zh, en)


def _said(
    playbook: Playbook,
    step: str,
    key: str,
    late_s: int | None,
    zh: dict[str, str],
    en: dict[str, str],
    **values: int,
) -> Fail:
    key += ".never" if late_s is None else ".late"
    if late_s is not None:
        values["minutes"] = -(-late_s // 60)  # begun minutes count
    return Fail(
        step=step,
        late_s=late_s,
        reason_zh=playbook.say_zh(key, **zh, **values),
        reason_en=playbook.say_en(key, **en, **values),
    )
