"""What must hold in every plan, however odd the situation: drawn at random, seeded."""

from __future__ import annotations

import random
from typing import Any

import pytest

from geo.domain import PopulationCell
from geo.situation import Situation
from server.command.plan.make import make_plan
from server.command.playbooks import playbooks
from tests.situations import at, eta, ident, leak, post, resource, shelter

TYPES = list(playbooks())


def drawn(seed: int) -> tuple[Situation, str]:
    rng = random.Random(seed)
    event_type = rng.choice(TYPES)
    categories = sorted(playbooks()[event_type].categories)

    def maybe(value: Any, chance: float = 0.8) -> Any:
        return value if rng.random() < chance else None

    teams = []
    for n in range(rng.randrange(60)):
        status = rng.choice(("standby", "standby", "out", None))
        what = resource(f"t{n}", rng.choice(categories), rng.randrange(9000), 0, status=status)
        road = maybe(rng.randrange(3000))
        why = None if road is not None else rng.choice(("unreachable", "no_road_data"))
        teams.append(eta(what, road, rng.randrange(900), why))
    shelters = [
        shelter(
            f"s{n}",
            rng.randrange(1000, 9000),
            rng.randrange(300),
            status=rng.choice(("ready", "open", "closed", "full", None)),
            zone=maybe("danger", 0.2),
            occupied=maybe(50),
        )
        for n in range(rng.randrange(8))
    ]
    cells = [
        PopulationCell(f"c{n}", at(n * 100, 0), rng.randrange(200), rng.randrange(200))
        for n in range(rng.randrange(12))
    ]
    order = tuple(str(s.eta.resource.id) for s in shelters)
    posts = [
        post(
            f"p{n}",
            rng.randrange(-4000, 4000),
            rng.randrange(-4000, 4000),
            maybe(rng.randrange(2000)),
            zone=maybe("danger", 0.3),
            ways_out=rng.choice((0, 1, 2, 2, None)),
        )
        for n in range(rng.randrange(10))
    ]
    table = tuple(tuple(maybe(rng.randrange(4000)) for _ in order) for _ in cells)
    bus = tuple(tuple(maybe(rng.randrange(4000)) for _ in order) for _ in cells)
    base = leak(
        candidates=tuple(teams),
        shelters=tuple(shelters),
        shelter_order=order,
        cells=tuple(cells),
        foot_s=table,
        bus_s=bus,
        posts=tuple(posts),
        daytime=rng.random() < 0.5,
    )
    return base, event_type


@pytest.mark.parametrize("seed", range(120))
def test_every_plan_keeps_the_rules(seed: int) -> None:
    situation, event_type = drawn(seed)
    made = make_plan(situation, playbooks()[event_type])
    used = [a.resource_id for f in made.forces for a in f.assigned]
    assert len(used) == len(set(used)), "a team twice"
    reached = {str(c.resource.id) for c in situation.candidates if c.road_s is not None}
    assert set(used) <= reached | {str(ident("squad"))}
    for force in made.forces:
        assert len(force.assigned) + force.short == force.needed
    zones = {str(s.eta.resource.id): s.zone for s in situation.shelters}
    for use in made.evacuation.shelters:
        assert use.assigned <= use.free <= use.capacity, "a shelter over its room"
        assert zones[use.id] is None, "a shelter inside a zone"
    moved = made.evacuation
    assert moved.people is not None
    assert moved.assigned + (moved.overflow or 0) == moved.people
    assert sum(g.people for g in moved.groups) == moved.assigned
    inside = {str(p.resource.id) for p in situation.posts if p.zone is not None}
    command = made.forward_command_post
    for site in (command.primary, command.alternate):
        assert site is None or site.id not in inside, "a post inside a zone"
    assert all(t.owner_zh and t.deadline_s > 0 for t in made.minute_table)
    assert make_plan(Situation.from_json(situation.to_json()), playbooks()[event_type]) == made
