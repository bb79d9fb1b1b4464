"""Each section on a situation that fits on paper: ordinary, boundary, empty, missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from geo.domain import PopulationCell
from geo.plan import Plan
from geo.situation import CordonCrossing
from server.command.plan.make import make_plan
from server.command.playbooks import playbooks
from server.command.unknowns import list_unknowns
from tests.situations import ORIGIN, at, eta, ident, leak, post, resource, route, shelter

BOOK = playbooks()["12B01"]


def plan(**change: Any) -> Plan:
    return make_plan(leak(**change), BOOK)


def names(made: Plan, capability: str) -> list[str]:
    force = next(f for f in made.forces if f.capability == capability)
    return [a.name for a in force.assigned]


# -- post ----------------------------------------------------------------------------------------


def test_the_post_is_upwind_or_beside_and_in_time() -> None:
    command = plan().forward_command_post
    assert command.primary is not None
    assert command.primary.name == "side"
    assert command.primary.ready_s == 120 + 180 + 300 + 660  # notice, turnout, road, set-up
    assert command.alternate is not None
    assert command.alternate.name == "upwind"


@pytest.mark.parametrize(
    ("site", "rule"),
    [
        (post("x", 0, 500, 200, zone="protective"), "zone"),
        (post("x", 900, 0, 200, closure="flooded"), "closure"),
        (post("x", 900, 0, 200, status="disabled"), "disabled"),
        (post("x", 0, -1000, 200), "downwind"),
        (post("x", 0, 1000, None, why="no_road_data"), "no_road_data"),
        (post("x", 0, 1000, 200, attributes={"slope_pct": 8}), "slope"),
    ],
)
def test_a_hard_rule_excludes_and_says_why(site: Any, rule: str) -> None:
    command = plan(posts=(site,)).forward_command_post
    assert command.primary is None
    assert [e.rule for e in command.excluded] == [rule]
    assert command.excluded[0].reason_zh
    assert command.excluded[0].reason_en


def test_a_site_that_no_squad_reaches_serves_only_where_nothing_else_is_left() -> None:
    lost = post("lost", 0, 1000, None)
    command = plan(posts=(lost,)).forward_command_post
    assert command.primary is not None
    assert (command.primary.squad, command.primary.ready_s) == (None, None)
    assert "保障分队" in (command.primary.relaxed_zh or "")
    both = plan(posts=(lost, post("near", 0, 1200, 200))).forward_command_post
    assert both.primary is not None
    assert both.primary.name == "near"
    assert [e.rule for e in both.excluded] == ["unreachable"]


def test_one_way_out_serves_only_where_nothing_else_is_left() -> None:
    single = post("single", 0, 1000, 200, ways_out=1)
    alone = plan(posts=(single,)).forward_command_post
    assert alone.primary is not None
    assert alone.primary.name == "single"
    assert alone.primary.relaxed_zh is not None
    both = plan(posts=(single, post("two", 0, 1200, 400))).forward_command_post
    assert both.primary is not None
    assert both.primary.name == "two"
    assert both.primary.relaxed_zh is None


def test_unknown_wind_gets_no_points_and_excludes_nobody() -> None:
    calm = leak()
    calm = replace(calm, incident=replace(calm.incident, wind_from_deg=None))
    command = make_plan(calm, BOOK).forward_command_post
    assert "downwind" not in {e.rule for e in command.excluded}
    assert command.primary is not None
    wind = next(s for s in command.primary.scores if s.criterion == "wind")
    assert (wind.points, wind.known) == (0, False)


def test_a_makeshift_squad_comes_only_when_the_first_is_late() -> None:
    van = resource("van", "S166", 100, 0, turnout_s=60)
    squad = leak().squads[0]
    near = post("near", 0, 1000, 420)
    times = (*near.squads, replace(near.squads[0], squad_id=str(van.id), road_s=60))
    early = plan(squads=(squad, van), posts=(replace(near, squads=times),))
    assert early.forward_command_post.primary is not None
    assert early.forward_command_post.primary.squad is not None
    assert early.forward_command_post.primary.squad.name == "squad"
    late = (replace(times[0], road_s=2400), times[1])
    made = plan(squads=(squad, van), posts=(replace(near, squads=late),))
    assert made.forward_command_post.primary is not None
    assert made.forward_command_post.primary.squad is not None
    assert made.forward_command_post.primary.squad.name == "van"


# -- forces --------------------------------------------------------------------------------------


def test_the_fewest_minutes_win_and_nobody_is_used_twice() -> None:
    made = plan()
    assert names(made, "fire_fighting") == ["fire-1", "fire-2"]
    assert names(made, "command_support") == ["squad"]
    used = [a.resource_id for f in made.forces for a in f.assigned]
    assert len(used) == len(set(used))


def test_short_is_said_and_the_unreachable_are_named() -> None:
    force = next(f for f in plan().forces if f.capability == "fire_fighting")
    assert {(u.name, u.why) for u in force.unreachable} == {
        ("cut-off", "unreachable"),
        ("nowhere", "no_road_data"),
    }
    assert next(f for f in plan().forces if f.capability == "env_monitoring").short == 1


def test_equal_minutes_break_by_id() -> None:
    twins = [eta(resource(f"twin-{n}", "S016", 1000, 0), 300) for n in range(6)]
    ids = sorted(str(t.resource.id) for t in twins)
    made = plan(candidates=tuple(reversed(twins)))
    force = next(f for f in made.forces if f.capability == "fire_fighting")
    assert [a.resource_id for a in force.assigned] == ids[:2]


def test_a_team_that_is_out_does_not_come() -> None:
    near = eta(resource("near", "S016", 10, 0, status="out"), 30)
    made = plan(candidates=(*leak().candidates, near))
    assert "near" not in names(made, "fire_fighting")
    force = next(f for f in made.forces if f.capability == "fire_fighting")
    assert [u.name for u in force.unavailable] == ["near"]


@pytest.mark.parametrize(
    ("east", "expected"),
    [
        (710, ["ambulance-1", "ambulance-2"]),  # in the yard of the first station
        (5000, ["van", "ambulance-1"]),
    ],
)
def test_a_station_and_its_own_vehicle_are_one_team_for_a_need(
    east: int, expected: list[str]
) -> None:
    van = eta(resource("van", "S165", east, 0, kind="mobile"), 170)
    made = plan(candidates=(*leak().candidates, van))
    assert names(made, "medical_rescue") == expected


def test_what_a_station_is_sent_for_its_own_vehicle_is_not_sent_for_again() -> None:
    others = [c for c in leak().candidates if c.resource.name not in ("decon", "hazmat")]
    truck = eta(resource("chem-truck", "S161", 2010, 2000, kind="mobile"), 470)
    made = plan(candidates=(*others, truck))
    sent = [a.name for f in made.forces for a in f.assigned]
    assert "special" in sent
    assert "chem-truck" not in sent  # it brings nothing that its station does not


def test_the_squad_is_as_far_from_the_post_as_a_line_is_long() -> None:
    far = post("far", 0, 4000, 420)
    squad = next(f for f in plan(posts=(far,)).forces if f.capability == "command_support")
    assert squad.assigned[0].straight_m == pytest.approx(4850, rel=0.02)  # 3 km east, 4 km north


def test_firms_volunteers_and_other_services_are_asked_not_ordered() -> None:
    asked = ("S008", "S016", "S017", "S018", "S019", "S020", "S030", "S045", "S046", "S058")
    assert {BOOK.categories[c].authority for c in asked} == {"request"}
    assert {BOOK.categories[c].authority for c in ("S013", "S014", "S015", "S021")} == {"order"}


def test_whom_it_may_only_ask_it_never_orders() -> None:
    by_name = {a.name: a.authority for f in plan().forces for a in f.assigned}
    assert by_name["fire-1"] == "request"
    assert by_name["squad"] == "order"


# -- medical -------------------------------------------------------------------------------------


def hospital(name: str, category: str, road_s: int | None, **more: Any) -> Any:
    why = None if road_s is not None else more.pop("why", "unreachable")
    return eta(resource(name, category, 4000, 0, kind="site", **more), road_s, 0, why)


def test_who_can_treat_comes_before_who_is_near() -> None:
    clinic, burns = hospital("clinic", "S057", 100), hospital("burns", "S060", 1500)
    made = plan(hospitals=(clinic, burns)).medical
    assert [(h.name, h.speciality) for h in made.hospitals] == [("burns", True), ("clinic", False)]


def test_no_hospital_inside_the_evacuated_area_or_out_of_reach() -> None:
    inside, lost = hospital("inside", "S055", 60), hospital("lost", "S056", None)
    dark = hospital("dark", "S056", None, why="no_road_data")
    shut = hospital("shut", "S056", 90, status="closed")
    good = hospital("good", "S056", 400)
    made = plan(
        hospitals=(inside, lost, dark, shut, good),
        hospital_zones={str(inside.resource.id): "protective"},
    ).medical
    assert [h.name for h in made.hospitals] == ["good"]
    assert {h.name: h.why for h in made.not_receiving} == {
        "inside": "inside_zone",
        "lost": "unreachable",
        "dark": "no_road_data",
        "shut": "not_open",
    }


# -- evacuation ----------------------------------------------------------------------------------


def test_walking_within_the_limit_else_riding() -> None:
    groups = {(g.cell, g.mode, g.people) for g in plan().evacuation.groups}
    # a walks to the gym in 1200 s or rides to the hall; b walks to the gym in 900 s.
    assert groups == {("a", "bus", 200), ("b", "foot", 100)}


def test_by_night_other_people_and_a_longer_preparation() -> None:
    made = plan(daytime=False).evacuation
    assert made.people == 500
    assert made.assigned == 400  # two shelters of 200
    assert made.overflow == 100
    assert made.clearance_s is None
    assert made.overflow_why_zh is not None


@pytest.mark.parametrize(
    "change",
    [
        {"status": "closed"},
        {"status": "full"},
        {"status": None},
        {"capacity": None},
        {"occupied": None},
        {"zone": "protective"},
    ],
)
def test_no_shelter_that_is_shut_unknown_or_inside_a_zone(change: dict[str, Any]) -> None:
    made = plan(shelters=(shelter("gym", 1500, 200, **change), shelter("hall", 2500, 200)))
    assert {s.name for s in made.evacuation.shelters} == {"hall"}
    assert made.evacuation.assigned == 200


def test_a_place_where_the_post_stands_shelters_nobody() -> None:
    made = plan(posts=(post("gym", 1500, 0, 200),))
    assert made.forward_command_post.primary is not None
    assert made.forward_command_post.primary.name == "gym"
    assert {s.name for s in made.evacuation.shelters} == {"hall"}


def test_no_shelter_is_ever_over_its_room() -> None:
    for use in plan(daytime=False).evacuation.shelters:
        assert use.assigned <= use.free


def test_people_unknown_none_and_zero_are_three_things() -> None:
    unknown = plan(people=None, cells=(), foot_s=(), bus_s=()).evacuation
    assert (unknown.people, unknown.overflow, unknown.clearance_s) == (None, None, None)
    empty = plan(cells=(PopulationCell("a", ORIGIN, 0, 0),), foot_s=((1, 1),), bus_s=((1, 1),))
    assert (empty.evacuation.people, empty.evacuation.clearance_s) == (0, 0)


# -- traffic, supplies, minutes, gaps -------------------------------------------------------------


def test_both_directions_are_one_point_and_footways_none() -> None:
    points = plan().traffic_control
    assert [(p.road, p.action) for p in points] == [("东大街", "inbound"), ("西街", "close")]


def test_a_point_that_a_force_comes_through_is_kept_open_whatever_its_edge_is_called() -> None:
    crossing = CordonCrossing("5:6:7:0", *at(-800, 0), "西街", "residential", "5:7:6:1")
    way = route("force", f"force:{ident('fire-1')}", str(ident("fire-1")), ("5:7:6:1",))
    points = plan(crossings=(crossing,), routes=(way,)).traffic_control
    assert [(p.road, p.action) for p in points] == [("西街", "inbound")]


def test_supplies_come_from_stock_and_the_rest_is_short() -> None:
    stock = resource("water", "S101", 5000, 0, kind="stock", quantity=1000.0, unit="瓶")
    water = next(s for s in plan(stocks=(eta(stock, 600, 600),)).supplies if s.category == "S101")
    assert (water.needed, water.short) == (300 * 18, 300 * 18 - 1000)
    assert [(lot.name, lot.quantity) for lot in water.assigned] == [("water", 1000)]
    litres = next(s for s in plan().supplies if s.category == "S101")  # counted in another unit
    assert litres.assigned == ()


@pytest.mark.parametrize(
    ("last", "taken"), [("2026-05-31", 0), ("2026-06-01", 1000), ("2027-01-01", 1000), (None, 1000)]
)
def test_stock_past_its_date_is_not_counted(last: str | None, taken: int) -> None:
    kept = {} if last is None else {"expires_on": last}
    stock = resource(
        "water", "S101", 5000, 0, kind="stock", quantity=1000.0, unit="瓶", attributes=kept
    )
    situation = leak(stocks=(eta(stock, 600, 600),))
    water = next(s for s in make_plan(situation, BOOK).supplies if s.category == "S101")
    assert sum(lot.quantity for lot in water.assigned) == taken
    told = {u.what for u in list_unknowns(situation, BOOK, ())}
    assert ("stock_expired" in told) is (taken == 0)


@pytest.mark.parametrize(("zone", "taken"), [("isolation", 0), (None, 1000)])
def test_nobody_is_sent_into_an_evacuated_zone_for_stock(zone: str | None, taken: int) -> None:
    stock = resource("water", "S101", 50, 0, kind="stock", quantity=1000.0, unit="瓶")
    zones = {} if zone is None else {str(stock.id): zone}
    situation = leak(stocks=(eta(stock, 60, 60),), stock_zones=zones)
    assert "isolation" in situation.evacuated
    water = next(s for s in make_plan(situation, BOOK).supplies if s.category == "S101")
    assert sum(lot.quantity for lot in water.assigned) == taken
    told = {u.what for u in list_unknowns(situation, BOOK, ())}
    assert ("stock_in_zone" in told) is (taken == 0)


def test_every_task_has_an_owner_a_deadline_and_waits_for_what_it_needs() -> None:
    table = {t.task: t for t in plan().minute_table}
    assert all(t.owner_zh and t.owner_en and t.deadline_s > 0 for t in table.values())
    for task in table.values():
        for before in task.depends:
            if task.start_s is not None:
                assert task.start_s >= (table[before].finish_s or 0)
    assert [t for t in table if table[t].critical] == ["notice", "squad_travel", "post_setup"]
    assert table["post_setup"].finish_s == plan().feasible.post_ready_s


def test_gaps_count_who_has_arrived() -> None:
    gaps = {(g.minute, g.capability): g.arrived for g in plan().gaps}
    assert gaps[(10, "hazmat")] == 0
    assert gaps[(20, "hazmat")] == 1
    assert (20, "fire_fighting") not in gaps


# -- feasibility ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("squad_s", "state", "late_s"),
    [
        (300, "at_risk", None),  # another team is short
        (840, "at_risk", None),  # ready at exactly 30 minutes
        (841, "cannot", 1),
        (1440, "cannot", 600),
    ],
)
def test_the_post_must_be_ready_in_thirty_minutes(
    squad_s: int, state: str, late_s: int | None
) -> None:
    feasible = plan(posts=(post("only", 0, 1000, squad_s),)).feasible
    assert feasible.state == state
    late = [f.late_s for f in feasible.fails if f.step == "post_ready"]
    assert late == ([] if late_s is None else [late_s])


@pytest.mark.parametrize(("road_s", "late_s"), [(1620, None), (1621, 1), (2400, 780)])
def test_a_critical_need_that_is_met_too_late_is_a_failing_step(
    road_s: int, late_s: int | None
) -> None:
    only = [c for c in leak().candidates if c.resource.name not in ("fire-2", "fire-far")]
    late = eta(resource("fire-late", "S019", 9000, 0), road_s)
    feasible = plan(candidates=(*only, late)).feasible
    found = [f.late_s for f in feasible.fails if f.step == "force:fire_fighting"]
    assert found == ([] if late_s is None else [late_s])


def test_where_a_post_may_stand_knows_its_zone() -> None:
    assert at(0, 0) == ORIGIN
    assert str(ident("gym")) in leak().shelter_order
