"""Recorded positions become speeds, and the speeds become travel times."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from geo.measured import MeasuredSpeed
from routing.calibrate import measure
from routing.conditions import Conditions, informed, measured_of, planned, under
from routing.matching import match
from routing.measured import Measured, counts
from routing.positions import Fix, clean
from routing.profiles import read_profiles
from routing.roads import Roads
from tests.drives import drive
from tests.towns import Road, table_of

PROFILES = read_profiles()
DAY = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)  # a Monday, noon in China
LINE = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.03, 0.0), 5: (0.03, 0.01)}
TOWN = (
    Road(1, 2, kind="primary"),
    Road(2, 3, kind="primary"),
    Road(3, 4, kind="secondary"),
    Road(4, 5, kind="residential", oneway=True),
)


def roads_of(*roads: Road) -> Roads:
    return Roads.compile(table_of(LINE, roads or TOWN), PROFILES)


def fix(second: float, metres: float, team: str = "a", **more: float) -> Fix:
    """A position so many metres east of the first node."""
    return Fix(team, DAY + timedelta(seconds=second), metres / 111_195, 0.0, **more)


# -- cleaning ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fixes", "kept", "rejected"),
    [
        ([fix(10 * n, 100 * n) for n in range(6)], 6, {}),
        ([fix(10 * n, 100 * n) for n in (0, 1, 1, 2, 3)], 4, {"duplicate": 1}),
        ([fix(10 * n, 100 * n) for n in (3, 0, 2, 1, 4)], 5, {}),  # late rows find their place
        ([*(fix(10 * n, 100 * n) for n in range(5)), fix(45, 90_000)], 5, {"teleport": 1}),
        ([fix(-5, 90_000), *(fix(10 * n, 100 * n) for n in range(5))], 5, {"short": 1}),
        (
            [fix(10 * n, 100 * n, speed_kph=300.0 if n == 2 else 36.0) for n in range(6)],
            5,
            {"too_fast": 1},
        ),
        (
            [fix(10 * n, 100 * n, accuracy_m=500.0 if n == 2 else 5.0) for n in range(6)],
            5,
            {"inaccurate": 1},
        ),
        ([fix(10 * n, 0.0, speed_kph=0.0) for n in range(60)], 0, {"short": 1, "standing": 59}),
        ([fix(10 * n, 100 * n) for n in range(3)], 0, {"short": 3}),
        ([], 0, {}),
    ],
)
def test_faults_are_left_out_and_counted(
    fixes: list[Fix], kept: int, rejected: dict[str, int]
) -> None:
    found = clean(fixes)
    assert (len(found.lon), dict(found.rejected)) == (kept, rejected)
    assert len(fixes) == kept + sum(rejected.values()) + found.thinned
    assert (np.diff(found.at_s) > 0).all()


def test_a_long_silence_and_a_long_stand_cut_a_trace() -> None:
    first = [fix(10 * n, 100 * n) for n in range(5)]
    second = [fix(400 + 10 * n, 2000 + 100 * n) for n in range(5)]
    assert clean([*first, *second]).trace.tolist() == [0] * 5 + [1] * 5
    stand = [fix(50 + 10 * n, 400.0) for n in range(30)]
    after = [fix(350 + 10 * n, 500 + 100 * n) for n in range(5)]
    found = clean([*first, *stand, *after])
    assert found.trace.tolist() == [0] * 5 + [1] * 6
    assert found.rejected == {"standing": 29}


def test_a_jump_to_elsewhere_begins_a_new_trace() -> None:
    here = [fix(10 * n, 100 * n) for n in range(5)]
    there = [fix(50 + 10 * n, 90_000 + 100 * n) for n in range(5)]
    found = clean([*here, *there])
    assert (found.count, found.rejected) == (2, {})


def test_positions_that_waver_on_the_spot_are_no_way_driven() -> None:
    rng = np.random.default_rng(2)
    found = clean([fix(n, 10 * n + float(rng.normal(0, 12))) for n in range(200)])
    assert found.thinned > 120
    assert len(found.lon) + found.thinned == 200


def test_late_rows_are_said() -> None:
    assert clean([fix(10 * n, 100 * n) for n in (3, 0, 2, 1, 4)]).reordered == 2


# -- matching ------------------------------------------------------------------------------------


def test_a_run_takes_the_roads_in_order() -> None:
    roads = roads_of()
    route = roads.times_from(LINE[1], [LINE[5]], profile="fire_tender").route(0)
    assert route is not None
    fixes, driven = drive(roads, route, {}, team="a", start=DAY)
    found = match(roads.graph, "fire_tender", clean(fixes))
    assert [roads.graph.edge_id(edge) for edge in found.drives[0].edges] == list(route.edges)
    assert (len(found.drives), found.off_road, found.broken) == (1, 0, 0)
    assert set(found.drives[0].edges.tolist()) == driven


def test_positions_on_no_road_are_counted() -> None:
    fixes = [Fix("a", DAY + timedelta(seconds=10 * n), 0.001 * n, 0.05) for n in range(8)]
    found = match(roads_of().graph, "fire_tender", clean(fixes))
    assert (found.drives, found.off_road) == ((), 8)
    empty = Roads.compile(table_of({}, []), PROFILES).graph
    assert match(empty, "car", clean(fixes)).off_road == 8
    assert (
        measure(empty, "car", clean([]), match(empty, "car", clean([])), source="", now=DAY) == ()
    )


def test_nobody_is_matched_against_a_one_way_street() -> None:
    roads = roads_of(Road(1, 2, oneway=True), Road(2, 3))
    back = [fix(10 * n, 1000 - 90 * n) for n in range(10)]
    found = match(roads.graph, "car", clean(back))
    assert found.broken > 0
    speeds = measure(roads.graph, "car", clean(back), found, source="x", now=DAY)
    assert [one for one in speeds if one.level == "edge"] == []


# -- measuring -----------------------------------------------------------------------------------


def test_exact_positions_give_the_driven_speeds() -> None:
    roads = roads_of()
    route = roads.times_from(LINE[1], [LINE[5]], profile="fire_tender").route(0)
    assert route is not None
    true = {"primary": 30.0, "secondary": 50.0, "residential": 20.0}
    fixes = [
        one
        for n in range(6)
        for one in drive(
            roads, route, true, team=f"t{n}", start=DAY + timedelta(days=n), every_s=7.0 + n
        )[0]
    ]
    traces = clean(fixes)
    found = match(roads.graph, "fire_tender", traces)
    speeds = measure(roads.graph, "fire_tender", traces, found, source="test", now=DAY)
    said = {(one.level, one.subject, one.band): one for one in speeds}
    for name, kph in true.items():
        one = said["class", name, "all"]
        assert one.kph == pytest.approx(kph, rel=0.03)
        assert one.ratio == pytest.approx(
            PROFILES["fire_tender"].speeds[name].value / kph, rel=0.03
        )
        assert one.samples == 6
    middle = said["edge", "1:2:3:0", "all"]
    assert middle.kph == pytest.approx(30, rel=0.02)
    assert (middle.samples, counts(middle)) == (6, True)
    assert ("class", "primary", "day") in said
    assert ("class", "primary", "peak") not in said
    assert (middle.measured_from, middle.measured_to.day) == (DAY, 9)


def test_one_bad_record_does_not_move_the_median() -> None:
    roads = roads_of()
    route = roads.times_from(LINE[1], [LINE[4]], profile="car").route(0)
    assert route is not None
    fixes = []
    for n in range(7):
        kph = 5.0 if n == 3 else 30.0  # one stood in a queue all the way
        fixes += drive(roads, route, {"primary": kph}, team=f"t{n}", start=DAY)[0]
    traces = clean(fixes)
    found = match(roads.graph, "car", traces)
    speeds = measure(roads.graph, "car", traces, found, source="x", now=DAY)
    primary = next(one for one in speeds if (one.subject, one.band) == ("primary", "all"))
    assert primary.kph == pytest.approx(30, rel=0.03)


@pytest.mark.parametrize(("every_s", "error_m"), [(8.0, 12.0), (15.0, 15.0)])
def test_noisy_drives_through_andorra_give_their_speeds_back(
    every_s: float, error_m: float, test_data: Path
) -> None:
    from routing.sources import read_roads

    table = read_roads([test_data / "osm" / "andorra.osm.pbf"])
    roads = Roads.compile(table, {"fire_tender": PROFILES["fire_tender"]})
    true = {"primary": 32.0, "secondary": 28.0, "tertiary": 24.0, "trunk": 40.0}
    rng = np.random.default_rng(4)
    at = list(zip(roads.graph.node_lon.tolist(), roads.graph.node_lat.tolist(), strict=True))
    fixes: list[Fix] = []
    driven: dict[str, set[int]] = {}
    while len(driven) < 30:
        a, b = rng.choice(len(at), 2)
        route = roads.times_from(at[a], [at[b]], profile="fire_tender").route(0)
        if route is None or route.distance_m < 3000:
            continue
        team = f"t{len(driven)}"
        run, driven[team] = drive(
            roads, route, true, team=team, start=DAY, every_s=every_s, error_m=error_m,
            lost=0.1, rng=rng,
        )  # fmt: skip
        fixes += run
    traces = clean(fixes)
    found = match(roads.graph, "fire_tender", traces)
    seen: dict[str, list[int]] = defaultdict(list)
    for one in found.drives:
        seen[traces.team[one.trace]] += one.edges[1:-1].tolist()  # the ends are driven in part
    right = sum(edge in driven[team] for team, edges in seen.items() for edge in edges)
    assert right / sum(map(len, seen.values())) >= 0.95
    speeds = measure(roads.graph, "fire_tender", traces, found, source="sim", now=DAY)
    said = {one.subject: one for one in speeds if (one.level, one.band) == ("class", "all")}
    for name, kph in true.items():
        if said[name].km > 10:
            assert said[name].kph == pytest.approx(kph, rel=0.04), name
    assert said["primary"].samples >= 20


# -- using ---------------------------------------------------------------------------------------


def speed(**more: object) -> MeasuredSpeed:
    """A car's speed on primary roads: twice the planned time, from ten runs."""
    own = MeasuredSpeed(
        profile="car",
        level="class",
        subject="primary",
        band="all",
        kph=22.5,
        ratio=2.0,
        samples=10,
        km=50.0,
        measured_from=DAY,
        measured_to=DAY,
        source="test",
        updated_at=DAY,
    )
    return replace(own, **more)  # type: ignore[arg-type]


MORNING = Conditions(hour=8, workday=True)
LATER = DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("speeds", "conditions", "factor"),
    [
        ((), Conditions(), 1.0),
        ((speed(),), Conditions(), 2.0),
        ((speed(samples=4),), Conditions(), 1.0),  # too few runs
        ((speed(profile="truck"),), Conditions(), 1.0),
        ((speed(subject="secondary"),), Conditions(), 1.0),
        ((speed(), speed(source="new", ratio=3.0, updated_at=LATER)), Conditions(), 3.0),
        ((speed(source="a", ratio=3.0, updated_at=LATER), speed(source="z")), Conditions(), 3.0),
        ((speed(),), Conditions(rain="rain"), 2.5),  # the weather comes on top
        ((speed(),), MORNING, 2.0 / 0.65),  # measured all day: the rush hour comes on top
        ((speed(), speed(band="peak", ratio=2.4)), MORNING, 2.4),  # measured in it: nothing does
        ((speed(), speed(band="peak", ratio=2.4)), Conditions(), 2.0),
        ((speed(), speed(level="edge", subject="0:1:2:0", ratio=1.5)), Conditions(), 1.5),
        ((speed(), speed(level="edge", subject="9:9:9:9", ratio=1.5)), Conditions(), 2.0),
        ((speed(level="edge", subject="0:1:2:0", ratio=1.5),), MORNING, 1.5 / 0.65),
        (
            (speed(level="edge", subject="0:1:2:0", ratio=1.5, band="peak"),),
            Conditions(hour=8, rain="rain"),
            1.5 / 0.8,
        ),
        ((speed(ratio=0.5),), Conditions(), 0.5),  # faster than planned
    ],
)
def test_measured_speeds_take_the_place_of_planned_ones(
    speeds: tuple[MeasuredSpeed, ...], conditions: Conditions, factor: float
) -> None:
    roads = roads_of(Road(1, 2, length_m=1000))
    known = informed(roads.graph, Measured("v", speeds))
    ms = under(known, conditions).weights["car"].ms[0]
    assert ms == pytest.approx(80_000 * factor, rel=0.001)
    assert planned(known) is roads.graph
    assert measured_of(under(known, conditions)).speeds == speeds
    assert roads.graph.weights["car"].ms[0] == 80_000
