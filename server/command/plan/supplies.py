"""Supplies: needs of the evacuated and of the incident against stock, nearest first."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from geo.domain import ResourceEta
from geo.plan_action import Evacuation, Supply, SupplyLot
from geo.situation import Situation
from server.command.plan.playbook import Playbook, SupplyRule


def plan_supplies(
    situation: Situation, playbook: Playbook, evacuation: Evacuation
) -> tuple[Supply, ...]:
    """One entry for each supply that is needed, in the playbook's order."""
    routes = {r.id for r in situation.routes}
    found = (_supply(r, situation, playbook, evacuation, routes) for r in playbook.supplies)
    return tuple(s for s in found if s.needed != 0)


def civil_day(at: datetime, playbook: Playbook) -> date:
    """The day at the civil clock of the playbook's zone."""
    return (at + timedelta(hours=playbook.parameters["clock.zone_hours"].value)).date()


def expired(stock: ResourceEta, on: date) -> bool:
    """Whether its last day lies before ``on``; a lot without a date is not taken as expired."""
    last = stock.resource.attributes.get("expires_on")
    return isinstance(last, str) and last < on.isoformat()


def endangered(stock: ResourceEta, situation: Situation) -> bool:
    """Whether it lies in a zone that people leave: nobody is sent in to fetch it."""
    return situation.stock_zones.get(str(stock.resource.id)) in situation.evacuated


def usable(stock: ResourceEta, rule: SupplyRule) -> bool:
    """A known amount in the unit that the need is counted in, and a road to bring it by."""
    resource = stock.resource
    return (
        resource.category == rule.category
        and resource.quantity is not None
        and resource.unit in (None, rule.unit)
        and stock.road_s is not None
    )


def _supply(
    rule: SupplyRule,
    situation: Situation,
    playbook: Playbook,
    evacuation: Evacuation,
    routes: set[str],
) -> Supply:
    if rule.per_person and evacuation.people is None:
        needed = None
    else:
        # Thousandths, so that no rounding of floats decides; then up to the next whole one.
        share = round(rule.per_person * 1000) * (evacuation.people or 0)
        needed = -(-share // 1000) + rule.fixed
    lots = []
    today = civil_day(situation.at, playbook)
    rest = needed or 0
    stocks = sorted(
        (
            s
            for s in situation.stocks
            if usable(s, rule) and not expired(s, today) and not endangered(s, situation)
        ),
        key=lambda s: (int(s.eta_s or 0), str(s.resource.id)),
    )
    for stock in stocks:
        if rest <= 0:
            break
        take = min(rest, int(stock.resource.quantity or 0))
        if take > 0:
            lots.append(_lot(stock, take, routes))
            rest -= take
    return Supply(
        category=rule.category,
        name_zh=playbook.name_zh_of(rule.category),
        name_en=playbook.name_en_of(rule.category),
        unit=rule.unit,
        needed=needed,
        assigned=tuple(lots),
        short=None if needed is None else rest,
        mark=rule.mark,
    )


def _lot(stock: ResourceEta, take: int, routes: set[str]) -> SupplyLot:
    route = f"supply:{stock.resource.id}"
    return SupplyLot(
        stock_id=str(stock.resource.id),
        place_id=str(stock.resource.attributes.get("place_id") or stock.resource.id),
        name=stock.resource.name,
        quantity=take,
        eta_s=stock.turnout_s + int(stock.road_s or 0),
        route=route if route in routes else None,
    )
