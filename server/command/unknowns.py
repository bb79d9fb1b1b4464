"""What could not be known about an incident (未知项): stable keys with the names they concern.

The sentences are the plan's catalogue; here only the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from geo.domain import ResourceEta, Unknown
from geo.situation import Situation
from server.command.plan.evacuation import room_of
from server.command.plan.medical import free_beds
from server.command.plan.playbook import Playbook
from server.command.plan.supplies import civil_day, endangered, expired, usable

_NAMES = 50  # at most so many names are kept for one unknown


def list_unknowns(
    situation: Situation, playbook: Playbook, drawn: Sequence[Unknown]
) -> tuple[Unknown, ...]:
    """Everything that is missing, what weighs most first; ``drawn`` are those of the zones."""
    incident = situation.incident
    out: list[Unknown] = []

    def add(what: str, names: Iterable[str] = (), when: bool | None = None) -> None:
        subjects = tuple(names)
        if when if when is not None else subjects:
            out.append(Unknown(what, "", subjects[:_NAMES]))

    everyone = (*situation.candidates, *situation.stocks)
    add("roads", when=situation.roads_version is None)
    off_road = situation.access is None
    add("incident_off_road", when=off_road and situation.roads_version is not None)
    add("access", [str(situation.access_m)], when=situation.access_m > 0)
    add("cut_off", when=_cut_off(situation))
    add("people", when=situation.people is None)
    out += drawn
    drawn_keys = {u.what for u in drawn}
    missing_wind = playbook.wind_needed and incident.wind_from_deg is None
    add("wind", when=missing_wind and "wind" not in drawn_keys)
    add("casualties", when=incident.casualties is None)
    add("squads", when=not situation.squads)
    add("posts", when=not situation.posts)
    add("shelter_none", when=not situation.shelters and bool(situation.cells))
    if not off_road:
        add("no_road_data", _names(e for e in everyone if e.why == "no_road_data"))
    add("cells_no_road", _cells_without_road(situation))
    add("shelter_room", _names(s.eta for s in situation.shelters if room_of(s) is None))
    add("team_status", _names(c for c in situation.candidates if c.resource.status is None))
    add("hospital_beds", _names(h for h in situation.hospitals if free_beds(h) is None))
    rules = {rule.category: rule for rule in playbook.supplies}
    add(
        "stock_unknown",
        _names(
            s
            for s in situation.stocks
            if s.road_s is not None and not usable(s, rules[s.resource.category])
        ),
    )
    today = civil_day(situation.at, playbook)
    add("stock_expired", _names(s for s in situation.stocks if expired(s, today)))
    add("stock_in_zone", _names(s for s in situation.stocks if endangered(s, situation)))
    add("phone", _names(c for c in situation.candidates if not c.resource.phone))
    oldest = situation.at - timedelta(days=playbook.whole("data.stale_days"))
    sources = situation.sources
    add("stale", sorted({s.title for s in sources if s.updated_at and s.updated_at < oldest}))
    add("age", sorted({s.title for s in sources if s.updated_at is None}))
    wide = situation.cell_m if situation.cells else None
    add("people_share", [str(wide)], when=wide is not None)
    add("buses", when=bool(situation.cells))
    return tuple(out)


def _cut_off(situation: Situation) -> bool:
    """Whether nearly everyone finds no road there: an island, or every way is closed."""
    counted = situation.counted.values()
    able = sum(c.reachable + c.unreachable for c in counted)
    return able >= 20 and sum(c.reachable for c in counted) * 20 < able


def _names(etas: Iterable[ResourceEta]) -> list[str]:
    found = {str(e.resource.id): e.resource.name for e in etas}
    return [found[key] for key in sorted(found)]


def _cells_without_road(situation: Situation) -> list[str]:
    """Cells from which no shelter is reached by any means, where there are shelters."""
    if not situation.shelter_order:
        return []
    rows = zip(situation.cells, situation.foot_s, situation.bus_s, strict=True)
    return [c.id for c, foot, bus in rows if all(v is None for v in (*foot, *bus))]
