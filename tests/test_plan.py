"""The whole plan: the same for the same situation, and the best there is when much is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geo.situation import Situation
from server.command.plan.make import make_plan
from server.command.playbooks import playbooks
from tests.situations import eta, leak, post

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("event_type", list(playbooks()))
def test_a_situation_gives_one_plan_byte_for_byte(event_type: str) -> None:
    book = playbooks()[event_type]
    first = make_plan(leak(), book).to_json()
    again = make_plan(Situation.from_json(leak().to_json()), book).to_json()
    assert first == again


def test_the_same_plan_in_processes_with_other_hash_seeds() -> None:
    program = (
        "from tests.situations import leak\n"
        "from server.command.playbooks import playbooks\n"
        "from server.command.plan.make import make_plan\n"
        "import hashlib\n"
        "body = make_plan(leak(), playbooks()['12B01']).to_json()\n"
        "print(hashlib.sha256(body).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "4242")
    }
    assert len(seen) == 1


def test_another_situation_or_playbook_is_another_plan() -> None:
    books = playbooks()
    first = make_plan(leak(), books["12B01"])
    other = make_plan(leak(township="别处"), books["12B01"])
    third = make_plan(leak(), books["12E04"])
    assert len({first.id, other.id, third.id}) == 3


def test_version_and_time_lie_outside_the_plan() -> None:
    made = make_plan(leak(), playbooks()["12B01"])
    document = made.document(3, leak().at)
    assert (document["version"], document["created_at"]) == (3, "2026-06-01T02:00:00Z")
    assert b"created_at" not in made.to_json()


def _nobody_can_come() -> dict[str, Any]:
    base = leak()
    lost = tuple(
        replace(c, road_s=None, distance_m=None, why="unreachable") for c in base.candidates
    )
    none = ((None, None), (None, None))
    return {
        "candidates": lost,
        "hospitals": tuple(replace(h, road_s=None, why="unreachable") for h in base.hospitals),
        "posts": (post("site", 0, 1000, None),),
        "foot_s": none,
        "bus_s": none,
        "stocks": (),
    }


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (_nobody_can_come(), "post_squad"),
        ({"squads": (), "posts": (replace(post("site", 0, 1000, 1), squads=()),)}, "post_squad"),
        ({"posts": (post("in", 0, 100, 60, zone="isolation"),)}, "post_site"),
        ({"posts": ()}, "post_site"),
        ({"candidates": ()}, "first_force"),
        (
            {"people": None, "cells": (), "foot_s": (), "bus_s": (), "shelters": ()},
            "task:evacuate",
        ),
        (
            {"shelters": (), "shelter_order": (), "foot_s": ((), ()), "bus_s": ((), ())},
            "task:evacuate",
        ),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_planned(change: dict[str, Any], step: str) -> None:
    made = make_plan(leak(**change), playbooks()["12B01"])
    assert step in {f.step for f in made.feasible.fails}
    assert made.feasible.state != "on_time"
    assert made.minute_table
    assert made.zones


def test_nothing_at_all_still_makes_a_plan() -> None:
    bare = leak(
        **_nobody_can_come() | {"candidates": (), "hospitals": (), "posts": ()},
        people=None,
        cells=(),
        shelters=(),
        shelter_order=(),
        crossings=(),
        routes=(),
        squads=(),
    )
    bare = replace(bare, foot_s=(), bus_s=())
    made = make_plan(bare, playbooks()["12B01"])
    assert made.feasible.state == "cannot"
    assert made.evacuation.people is None


def test_a_route_is_shown_only_where_it_was_measured() -> None:
    made = make_plan(leak(), playbooks()["12B01"])
    assert [r.id for r in made.routes] == [leak().routes[0].id]
    assert {a.route for f in made.forces for a in f.assigned} == {None, leak().routes[0].id}


def test_later_than_the_last_minute_is_still_in_the_plan() -> None:
    slow = tuple(eta(c.resource, 7200, c.turnout_s) for c in leak().candidates)
    made = make_plan(leak(candidates=slow), playbooks()["12B01"])
    late = [f for f in made.feasible.fails if f.step == "first_force"]
    assert late
    assert late[0].late_s == 120 + 60 + 7200 - 1800
