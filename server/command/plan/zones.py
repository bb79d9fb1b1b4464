"""The plan's zones and the places inside them."""

from __future__ import annotations

from geo.plan import Place, PlanZone
from geo.situation import Exposed, Situation
from server.command.plan.playbook import Playbook


def plan_zones(situation: Situation, playbook: Playbook) -> tuple[PlanZone, ...]:
    """Every zone with its people, innermost first."""
    return tuple(
        PlanZone(
            name=z.zone.name,
            name_zh=playbook.say_zh(f"zone.{z.zone.name}"),
            name_en=playbook.say_en(f"zone.{z.zone.name}"),
            radius_m=z.zone.radius_m,
            geometry=z.zone.geometry,
            people_day=z.people_day,
            people_night=z.people_night,
            evacuate=z.evacuate,
            mark=z.zone.mark,
            source=z.zone.source,
        )
        for z in situation.zones
    )


def exposed_places(situation: Situation) -> dict[str, tuple[Place, ...]]:
    """Risk sources and vulnerable places (schools, care homes, hospitals …), nearest first."""
    ordered = sorted(situation.exposed, key=lambda e: (e.distance_m, str(e.risk.id)))
    return {
        "risks": tuple(_place(e) for e in ordered if not e.vulnerable),
        "vulnerable": tuple(_place(e) for e in ordered if e.vulnerable),
    }


def _place(exposed: Exposed) -> Place:
    risk = exposed.risk
    return Place(
        id=str(risk.id),
        category=risk.category,
        category_zh=exposed.category_zh,
        category_en=exposed.category_en,
        name=risk.name,
        lon=risk.at[0],
        lat=risk.at[1],
        distance_m=exposed.distance_m,
        zone=exposed.zone,
        people=risk.people,
        contact=risk.contact,
        phone=risk.phone,
    )
