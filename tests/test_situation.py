"""``gather`` on a small town in real PostGIS, on a grid of roads whose times fit on paper.

Streets lie every hundredth of a degree (984 m east, 1,108 m north) around 123.00 E 28.00 N; the
incident stands on the crossing in the middle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo import queries
from geo.canonical import canonical
from geo.domain import Closure, Incident, LonLat
from geo.intake.districts import load_districts
from geo.intake.people import load_people
from geo.intake.places import load_places
from geo.situation import Situation
from routing.roads import Roads
from server import store
from server.command.plan.make import make_plan
from server.command.playbooks import playbooks
from server.command.situation import gather, is_day
from tests.town import HANDED_IN, NOW, box, write_csv, write_geojson
from tests.towns import Road, table_of

MIDDLE = (123.0, 28.0)
BOOK = playbooks()["12B01"]
EVERYWHERE = box(122.5, 27.5, 123.5, 28.5)
SIZE = 4  # streets on each side of the middle


def lonlat(east: float, north: float) -> LonLat:
    """Hundredths of a degree from the middle."""
    return (round(MIDDLE[0] + east / 100, 6), round(MIDDLE[1] + north / 100, 6))


def place(key: str, category: str, east: float, north: float, **more: Any) -> dict[str, Any]:
    lon, lat = lonlat(east, north)
    row = {"key": key, "category": category, "name": key, "lon": lon, "lat": lat}
    return {**row, "phone": "000", **more}


PLACES: Sequence[Mapping[str, Any]] = (
    place("squad", "S021", 3, 0, status="standby", turnout_s=180),
    place("fire-near", "S016", 1, 0, status="standby"),
    place("fire-far", "S016", -3, -3, status="standby"),
    place("fire-islet", "S016", 20, 20, status="standby"),
    place("fire-lost", "S016", 2.5, 2.5, status="standby"),
    place("police", "S008", 0, 1, status="standby"),
    place("ambulance", "S058", 0, 2),
    place("hospital", "S055", 0, 3, capacity=100, occupied=40),
    place("gym", "S077", 2, 1, status="ready", capacity=900, occupied=100),
    place("gym-inside", "S077", 0.1, 0, status="ready", capacity=900, occupied=0),
    place("gym-blank", "S077", 2, 2, status="ready", capacity=900),
    place("site-near", "S005", 2, -1),
    place("site-inside", "S005", 0.2, 0),
    place("school", "R034", 0.1, 0.1, people=300, contact="校长"),
    place("plant", "R001", 0.3, 0, people=50),
    place("depot", "S091", 1, 1),
    place("water", "S101", 1, 1, quantity=500, unit="瓶", place_key="depot"),
)


def roads(size: int = SIZE) -> Roads:
    """The grid, and an islet with a road of its own."""
    span = range(-size, size + 1)
    node = {(x, y): 1000 + 100 * (x + size) + (y + size) for x in span for y in span}
    nodes = {key: lonlat(*at) for at, key in node.items()}
    nodes |= {1: lonlat(20, 20), 2: lonlat(20.5, 20)}
    streets = [Road(1, 2, "岛路", length_m=490.0)]
    for x, y in node:
        for to, length in (((x + 1, y), 984.0), ((x, y + 1), 1108.0)):
            if to in node:
                name = f"街{y}" if to[1] == y else f"路{x}"
                streets.append(Road(node[x, y], node[to], name, "secondary", length_m=length))
    return Roads.compile(table_of(nodes, streets))


ROADS = roads()


def incident(at: LonLat = MIDDLE, **known: Any) -> Incident:
    told = {"wind_from_deg": 180.0, "wind_mps": 2.0, "casualties": 0, **known}
    return Incident(UUID(int=7), "12B01", at, NOW, "泄漏", **told)


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Engine:
    load_places(engine, [write_csv(tmp_path / "places.csv", PLACES)], **HANDED_IN)
    return engine


@pytest.fixture
def peopled(town: Engine, tmp_path: Path) -> Engine:
    cells = [
        {
            "key": f"{x}:{y}",
            "lon": 122.98 + x * 0.0025,
            "lat": 27.98 + y * 0.0025,
            "size_m": 250,
            "day": 20,
            "night": 40,
        }
        for x in range(17)
        for y in range(17)
    ]
    load_people(town, [write_csv(tmp_path / "people.csv", cells)], **HANDED_IN)
    shape = [
        ({"key": "d", "name": "城关镇", "code": "1", "kind": "town"}, box(122.9, 27.9, 123.1, 28.1))
    ]
    load_districts(town, [write_geojson(tmp_path / "towns.geojson", shape)], **HANDED_IN)
    return town


def measure(engine: Engine, event: Incident | None = None, **given: Any) -> Situation:
    with Session(engine) as session:
        return gather(
            session, given.pop("roads", ROADS), event or incident(), playbook=BOOK, now=NOW, **given
        )


def whats(situation: Situation) -> set[str]:
    return {u.what for u in situation.unknowns}


def test_everything_is_measured_once(peopled: Engine) -> None:
    found = measure(peopled)
    times = {c.resource.name: (c.road_s, c.why) for c in found.candidates}
    near = ROADS.times_to(MIDDLE, [lonlat(1, 0)], profile="fire_tender")
    assert times["fire-near"] == (-(-int(near.road_ms[0]) // 1000), None)
    assert times["fire-islet"] == (None, "unreachable")
    assert times["fire-lost"] == (None, "no_road_data")  # in the middle of a block
    assert found.township == "城关镇"
    assert found.daytime
    assert found.synthetic
    assert [z.zone.name for z in found.zones] == ["isolation", "protective"]
    assert {s.eta.resource.name: s.zone for s in found.shelters}["gym-inside"] == "isolation"
    assert {e.risk.name: (e.vulnerable, e.zone) for e in found.exposed} == {
        "school": (True, "isolation"),
        "plant": (False, "protective"),
    }
    posts = {p.resource.name: p.zone for p in found.posts}
    assert posts == {"site-near": None, "site-inside": "protective"}
    assert found.counted["S016"].considered == 4
    assert {"shelter_room", "no_road_data", "substance"} <= whats(found)
    assert "risks" not in whats(found)


def test_people_are_shared_by_area_and_a_small_ring_is_not_empty(peopled: Engine) -> None:
    found = measure(peopled)
    isolation, protective = found.zones
    # Cells of 246 m by 277 m hold 20 people each: a ring's people are its area's share.
    assert isolation.people_day == pytest.approx(20 * 3.1416 * 150**2 / 246 / 277, abs=3)
    assert protective.people_day == pytest.approx(20 * 800**2 / 246 / 277, rel=0.02)
    assert found.people is not None
    assert sum(c.day for c in found.cells) == found.people.day


def test_people_off_the_road_walk_to_a_cell_that_has_one(peopled: Engine) -> None:
    found = measure(peopled)
    times = ROADS.times_to(lonlat(2, 1), [c.at for c in found.cells], profile="bus")
    off = [i for i, why in enumerate(times.why) if why == "no_road_data"]
    assert off, "some cell's centre lies inside a block"
    column = found.shelter_order.index(
        next(str(s.eta.resource.id) for s in found.shelters if s.eta.resource.name == "gym")
    )
    walked = [found.bus_s[i][column] for i in off]
    assert all(s is not None and s > 200 / 0.83 for s in walked)
    assert make_plan(found, BOOK).evacuation.overflow == 0


def test_shelters_that_no_road_reaches_do_not_crowd_out_one_that_can_be_reached(
    peopled: Engine, tmp_path: Path
) -> None:
    lost = [
        place(f"lost-{n}", "S077", 1.5, 0.5 + n / 1000, status="ready", capacity=900, occupied=0)
        for n in range(8)
    ]
    load_places(peopled, [write_csv(tmp_path / "lost.csv", [*PLACES, *lost])], **HANDED_IN)
    made = make_plan(measure(peopled), BOOK).evacuation
    assert {s.name for s in made.shelters} == {"gym"}
    assert made.overflow == 0


def test_a_hospital_inside_the_zone_receives_nobody(peopled: Engine, tmp_path: Path) -> None:
    inside = place("clinic-inside", "S056", 0.1, 0, capacity=10, occupied=0)
    load_places(peopled, [write_csv(tmp_path / "more.csv", [*PLACES, inside])], **HANDED_IN)
    made = make_plan(measure(peopled), BOOK).medical
    assert [h.name for h in made.hospitals] == ["hospital"]
    assert [(h.name, h.why) for h in made.not_receiving] == [("clinic-inside", "inside_zone")]


def test_without_a_population_layer_people_are_unknown_not_zero(town: Engine) -> None:
    found = measure(town)
    assert found.people is None
    assert [z.people_day for z in found.zones] == [None, None]
    assert "people" in whats(found)
    assert make_plan(found, BOOK).evacuation.people is None


def test_the_plan_draws_routes_and_lives_through_json(peopled: Engine) -> None:
    found = measure(peopled)
    made = make_plan(found, BOOK)
    post = made.forward_command_post.primary
    assert post is not None
    assert post.name == "site-near"
    assert post.route in {r.id for r in made.routes}
    assert {r.kind for r in made.routes} >= {"force", "post", "medical", "evacuation"}
    assert {s.name for s in made.evacuation.shelters} == {"gym"}
    again = Situation.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert make_plan(again, BOOK).to_json() == made.to_json()
    assert measure(peopled).to_json() == found.to_json()


def test_a_closure_given_takes_effect_in_this_very_question(peopled: Engine) -> None:
    west = box(123.004, 27.999, 123.006, 28.001)
    shut = Closure(UUID(int=1), west, name="街0 封闭")
    before = {c.resource.name: c.road_s for c in measure(peopled).candidates}
    after = {c.resource.name: c.road_s for c in measure(peopled, closures=(shut,)).candidates}
    assert before["fire-near"] is not None
    assert after["fire-near"] is not None
    assert after["fire-near"] > before["fire-near"]


def test_a_closure_on_edges_that_are_gone_is_told(peopled: Engine) -> None:
    gone = Closure(UUID(int=3), None, edges=("99:1:2:0",), name="旧路")
    found = measure(peopled, closures=(gone,))
    assert [u.subjects for u in found.unknowns if u.what == "closures"] == [("旧路",)]
    assert found.closures == ()


def test_the_stored_situation_makes_the_stored_plan(peopled: Engine) -> None:
    event = incident()
    with Session(peopled) as session:
        store.record_incident(session, UUID(int=99), event, actor="test", now=NOW)
        found = gather(session, ROADS, event, playbook=BOOK, now=NOW)
        made = make_plan(found, BOOK)
        store.save_plan(session, event.id, found, made, NOW)
        kept, plan = queries.situation(session, event.id), queries.plan(session, event.id)
    assert kept is not None
    assert plan is not None
    assert make_plan(Situation.from_json(kept), BOOK).to_json() == made.to_json()
    assert canonical(plan.body) == made.to_json()


def test_with_every_road_closed_the_plan_says_so(peopled: Engine) -> None:
    shut = Closure(UUID(int=2), EVERYWHERE, name="全部封闭")
    found = measure(peopled, closures=(shut,))
    assert {c.why for c in found.candidates} == {"unreachable", "no_road_data"}
    made = make_plan(found, BOOK)
    assert made.feasible.state == "cannot"
    assert {"post_site", "first_force"} <= {f.step for f in made.feasible.fails}
    assert made.evacuation.assigned == 0


def test_an_incident_off_the_road_is_reached_from_the_nearest_junction(peopled: Engine) -> None:
    found = measure(peopled, incident(lonlat(0.45, 0.45)))
    assert found.access == MIDDLE
    assert found.access_m == pytest.approx(667, abs=2)
    assert "access" in whats(found)
    assert any(c.road_s is not None for c in found.candidates)


def test_an_incident_at_sea_still_gets_a_plan(peopled: Engine) -> None:
    found = measure(peopled, incident((123.4, 27.6)))
    assert found.access is None
    assert "incident_off_road" in whats(found)
    made = make_plan(found, BOOK)
    assert made.feasible.state == "cannot"
    assert made.evacuation.people == 0


def test_without_roads_nothing_can_be_judged(peopled: Engine) -> None:
    found = measure(peopled, roads=None)
    assert {c.why for c in found.candidates} == {"no_road_data"}
    assert "roads" in whats(found)
    assert make_plan(found, BOOK).feasible.state == "cannot"


def test_an_islet_is_said_to_be_cut_off(peopled: Engine, tmp_path: Path) -> None:
    many = [place(f"unit-{n}", "S015", n % 4, n // 4 - 2) for n in range(25)]
    load_places(peopled, [write_csv(tmp_path / "more.csv", [*PLACES, *many])], **HANDED_IN)
    assert "cut_off" in whats(measure(peopled, incident(lonlat(20.2, 20))))
    assert "cut_off" not in whats(measure(peopled))


def test_an_empty_database_still_gives_a_plan(engine: Engine) -> None:
    found = measure(engine)
    assert {"people", "squads", "posts", "risks"} <= whats(found)
    assert make_plan(found, BOOK).feasible.state == "cannot"


def test_the_squad_drives_round_the_cordon(peopled: Engine) -> None:
    wide = replace(incident(), radius_m=1200.0)
    found = measure(peopled, wide)
    made = make_plan(found, BOOK)
    post = made.forward_command_post.primary
    assert post is not None
    route = next(r for r in found.routes if r.id == post.route)
    assert route.cordon_edges == ()


@pytest.mark.parametrize(("hour_utc", "day"), [(21, False), (22, True), (9, True), (10, False)])
def test_day_is_told_by_the_civil_clock(hour_utc: int, day: bool) -> None:
    assert is_day(NOW.replace(hour=hour_utc), BOOK) is day
