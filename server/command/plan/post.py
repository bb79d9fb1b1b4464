"""The forward command post: hard exclusions with their reason, then an explained score.

No public standard gives siting figures for a 前方指挥部; the rules are the playbook's, with marks.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.domain import Resource
from geo.plan_command import CommandPost, ExcludedPost, Post, PostSquad
from geo.situation import PostCandidate, Situation, SquadTime
from server.command.plan.playbook import Playbook
from server.command.plan.post_score import score_post, turn_deg

# Rules that may be given up, in this order, when they leave no site at all.
_RELAXABLE = ("ways_out", "unreachable")


@dataclass(frozen=True, slots=True)
class Excluded:
    """A hard rule and the values of its sentence."""

    rule: str
    values: dict[str, object]


def choose_post(situation: Situation, playbook: Playbook) -> CommandPost:
    """Primary and alternate site, and every excluded one with its reason."""
    open_sites: list[PostCandidate] = []
    excluded: list[tuple[PostCandidate, Excluded]] = []
    for site in sorted(situation.posts, key=lambda s: str(s.resource.id)):
        broken = exclusion(site, situation, playbook)
        if broken is None:
            open_sites.append(site)
        else:
            excluded.append((site, broken))
    relaxed: str | None = None
    for rule in _RELAXABLE:
        if not open_sites:
            open_sites = [s for s, why in excluded if why.rule == rule]
            relaxed = rule if open_sites else None
            excluded = [(s, why) for s, why in excluded if why.rule != rule or not open_sites]
    distance = {str(s.resource.id): s.distance_m for s in open_sites}
    ranked = sorted(
        (_post(site, situation, playbook, relaxed) for site in open_sites),
        key=lambda p: _rank(p, distance[p.id], playbook),
    )
    primary = ranked[0] if ranked else None
    return CommandPost(
        primary=primary,
        alternate=_alternate(ranked, situation),
        excluded=tuple(_shown(s, why, playbook) for s, why in excluded),
        move_trigger_zh=playbook.post.move_trigger_zh,
        move_trigger_en=playbook.post.move_trigger_en,
    )


def exclusion(site: PostCandidate, situation: Situation, playbook: Playbook) -> Excluded | None:
    """The first hard rule that the site breaks; None if it may be used."""
    rules = playbook.post
    if site.zone is not None:
        zone_zh = playbook.say_zh(f"zone.{site.zone}")
        zone_en = playbook.say_en(f"zone.{site.zone}")
        return Excluded("zone", {"zone": zone_zh, "zone_en": zone_en})
    if site.resource.status == "disabled":
        return Excluded("disabled", {})
    if site.closure is not None:
        return Excluded("closure", {"name": site.closure})
    wind = situation.incident.wind_from_deg
    downwind_m = playbook.whole("post.downwind_m")
    if rules.keep_upwind and wind is not None and site.distance_m <= downwind_m:
        off = turn_deg(site.bearing_deg, round(wind) + 180)
        if off < 45:
            return Excluded("downwind", {"deg": off})
    slope = site.resource.attributes.get("slope_pct")
    if isinstance(slope, (int, float)) and slope > playbook.whole("post.max_slope_pct"):
        return Excluded("slope", {"slope": slope})
    if site.squads and all(s.road_s is None for s in site.squads):
        lost = all(s.why == "no_road_data" for s in site.squads)
        return Excluded("no_road_data" if lost else "unreachable", {})
    if site.ways_out is not None and site.ways_out < rules.min_ways_out:
        return Excluded("ways_out", {"n": site.ways_out, "min": rules.min_ways_out})
    return None


def squad_for(
    site: PostCandidate, situation: Situation, playbook: Playbook
) -> tuple[PostSquad, SquadTime, int] | None:
    """The squad that sets the post up, its road time, and its set-up seconds; None: nobody comes.

    A squad category that is named later in the rules is a makeshift: it is taken only where the
    earlier ones miss the limit.
    """
    rank = {category: i for i, category in enumerate(playbook.post.squad_categories)}
    limit = playbook.whole("post.limit_s") - playbook.whole("dispatch.notice_s")
    by_id = {str(s.id): s for s in situation.squads}
    ways = []
    for time in site.squads:
        squad = by_id.get(time.squad_id)
        if squad is None or time.road_s is None:
            continue
        turnout = squad.turnout_s
        eta = (playbook.turnout_s(squad.category) if turnout is None else turnout) + time.road_s
        setup = _setup_s(squad, playbook)
        late = eta + setup > limit
        order = (late, 0 if late else rank.get(squad.category, 99), eta + setup, time.squad_id)
        ways.append((order, PostSquad(time.squad_id, squad.name, eta), time, setup))
    return min(ways, key=lambda w: w[0])[1:] if ways else None


def _setup_s(squad: Resource, playbook: Playbook) -> int:
    given = squad.attributes.get("setup_s")
    if isinstance(given, int) and given > 0:
        return given
    rule = playbook.categories.get(squad.category)
    return (rule.setup_s if rule else 0) or playbook.whole("post.setup_s")


def _rank(post: Post, distance_m: int, playbook: Playbook) -> tuple[bool, bool, int, int, str]:
    """In time first, then not too far off to command from, then by score, ready time and id."""
    late = post.ready_s is None or post.ready_s > playbook.whole("post.limit_s")
    remote = distance_m > 2 * playbook.post.far_m
    ready = 10**9 if post.ready_s is None else post.ready_s
    return late, remote, -post.score, ready, post.id


def _alternate(ranked: list[Post], situation: Situation) -> Post | None:
    """The best site on another side of the incident, else the next best."""
    if len(ranked) < 2:
        return None
    bearing = {str(s.resource.id): s.bearing_deg for s in situation.posts}
    first = bearing[ranked[0].id]
    for post in ranked[1:]:
        if turn_deg(bearing[post.id], first) >= 45:
            return post
    return ranked[1]


def _post(
    site: PostCandidate, situation: Situation, playbook: Playbook, relaxed: str | None
) -> Post:
    found = squad_for(site, situation, playbook)
    squad, time, setup = found if found else (None, None, playbook.whole("post.setup_s"))
    scores = score_post(site, situation, playbook, None if squad is None else squad.eta_s)
    ready = None if squad is None else playbook.whole("dispatch.notice_s") + squad.eta_s + setup
    post_id = str(site.resource.id)
    route = None if time is None else f"post:{time.squad_id}:{post_id}"
    known = {r.id for r in situation.routes}
    n, least = site.ways_out, playbook.post.min_ways_out
    return Post(
        id=post_id,
        name=site.resource.name,
        category=site.resource.category,
        category_zh=playbook.name_zh_of(site.resource.category),
        lon=site.resource.at[0],
        lat=site.resource.at[1],
        score=sum(s.points for s in scores),
        scores=scores,
        squad=squad,
        setup_s=setup,
        ready_s=ready,
        ways_out=site.ways_out,
        relaxed_zh=playbook.say_zh(f"post.relaxed.{relaxed}", n=n, min=least) if relaxed else None,
        relaxed_en=playbook.say_en(f"post.relaxed.{relaxed}", n=n, min=least) if relaxed else None,
        route=route if route in known else None,
    )


def _shown(site: PostCandidate, why: Excluded, playbook: Playbook) -> ExcludedPost:
    english = {**why.values, "zone": why.values.get("zone_en")}
    return ExcludedPost(
        id=str(site.resource.id),
        name=site.resource.name,
        lon=site.resource.at[0],
        lat=site.resource.at[1],
        rule=why.rule,
        reason_zh=playbook.say_zh(f"post.excluded.{why.rule}", **why.values),
        reason_en=playbook.say_en(f"post.excluded.{why.rule}", **english),
    )
