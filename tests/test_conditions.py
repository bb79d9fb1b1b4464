"""The same roads at eight in the morning, in the rain, at night, in a typhoon."""

from __future__ import annotations

import dataclasses
import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from geo.domain import Parameter
from geo.errors import BadFile, InvalidInput
from routing.conditions import ANY, Conditions, conditions_of, slows, stops, under
from routing.profiles import ROADS, Profile, read_profiles
from routing.roads import Roads
from routing.rules import inside, rules
from tests.oracle import times_by_networkx
from tests.towns import Road, plain, random_town, table_of, town

PROFILES = read_profiles()
LINE = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.03, 0.0)}
MORNING = Conditions(hour=8, workday=True)


def line_town(*roads: Road) -> Roads:
    """A road from 1 to 4 in three pieces of 1,000 m, for the product's own profiles."""
    pieces = roads or tuple(Road(n, n + 1, length_m=1000) for n in (1, 2, 3))
    return Roads.compile(table_of(LINE, pieces), PROFILES)


def seconds(roads: Roads, conditions: Conditions, profile: str, end: int = 2) -> float | None:
    """Road seconds from 1 to a node; None: unreachable."""
    asked = Roads(under(roads.graph, conditions))
    found = asked.times_from(LINE[1], [LINE[end]], profile=profile)
    assert found.why[0] in (None, "unreachable")  # never: no road data
    return None if found.road_ms[0] < 0 else float(found.road_ms[0]) / 1000


@pytest.mark.parametrize(
    ("conditions", "tender", "car", "foot"),
    [
        (ANY, 80.0, 80.0, 840.336),
        (Conditions(rain="none", night=False, wind_mps=0.0, hour=12), 80.0, 80.0, 840.336),
        (Conditions(rain="rain"), 100.0, 100.0, 933.614),  # / 0.8, / 0.9 in whole thousandths
        (Conditions(rain="heavy"), 133.36, 133.36, 1120.168),
        (Conditions(rain="rain", night=True), 124.96, 124.96, 1037.815),  # kinds multiply
        (MORNING, 94.08, 123.04, 840.336),  # a siren is given way to, walkers keep their pace
        (Conditions(hour=8, workday=False), 80.0, 80.0, 840.336),
        (Conditions(hour=8), 94.08, 123.04, 840.336),  # not known to be a holiday
        (Conditions(hour=9), 80.0, 80.0, 840.336),
        (Conditions(wind_mps=10.7), 80.0, 80.0, 840.336),
        (Conditions(wind_mps=10.8), 88.88, 80.0, 840.336),
        (Conditions(wind_mps=17.2), 114.32, 114.32, 1200.841),  # the slowest of a kind holds
        (Conditions(wind_mps=24.5), 114.32, 114.32, None),
        (Conditions(wind_mps=28.5), None, 114.32, None),
        (Conditions(wind_mps=32.7), None, None, None),
    ],
)
def test_a_kilometre_takes_as_long_as_the_conditions_say(
    conditions: Conditions, tender: float | None, car: float | None, foot: float | None
) -> None:
    roads = line_town()
    found = [seconds(roads, conditions, who) for who in ("fire_tender", "car", "foot")]
    assert found == [tender, car, pytest.approx(foot, abs=0.9) if foot else None]


@pytest.mark.parametrize(
    ("bridge_m", "wind_mps", "who"),
    [
        ((199.0,), 40.0, ()),
        ((200.0,), 17.1, ("ambulance", "car", "fire_tender", "foot", "truck")),
        ((200.0,), 17.2, ("ambulance", "car", "fire_tender", "truck")),
        ((200.0,), 20.8, ("ambulance", "car")),
        ((200.0,), 24.4, ("ambulance", "car")),
        ((200.0,), 24.5, ()),
        ((150.0,), 24.4, ("ambulance", "car", "fire_tender", "foot", "truck")),  # short
        ((100.0, 100.0), 24.4, ("ambulance", "car")),  # two pieces of one bridge
    ],
)
def test_wind_closes_long_bridges(
    bridge_m: tuple[float, ...], wind_mps: float, who: tuple[str, ...]
) -> None:
    bridges = [
        Road(n + 2, n + 3, length_m=m, tags={"bridge": True}) for n, m in enumerate(bridge_m)
    ]
    roads = line_town(Road(1, 2, length_m=1000), *bridges)
    end = 2 + len(bridge_m)
    asked = ("ambulance", "car", "fire_tender", "foot", "truck")
    over = [one for one in asked if seconds(roads, Conditions(wind_mps=wind_mps), one, end)]
    assert over == list(who)


def test_a_one_way_bridge_in_a_storm_is_a_road_on_which_nobody_may_drive() -> None:
    bridge = Road(2, 3, length_m=1000, oneway=True, tags={"bridge": True})
    pieces = (Road(1, 2, length_m=1000), bridge)
    alone = Roads.compile(table_of(LINE, pieces), {"car": PROFILES["car"]})  # nobody walks back
    for roads in (line_town(*pieces), alone):
        storm = Roads(under(roads.graph, Conditions(wind_mps=25.0)))
        found = storm.times_to((0.015, 0.0), [LINE[1]], profile="car")
        assert found.why == ("unreachable",)


def test_ladders_stay_down_before_anything_else_stops() -> None:
    halted = stops(Conditions(wind_mps=12.5), "fire_tender")
    assert [(one.what, one.mark) for one in halted] == [("ladders", "R")]
    assert stops(Conditions(), "fire_tender") == ()  # an unknown wind stops nothing, and is said
    assert Conditions().unknown == ("hour", "rain", "night", "wind_mps")
    assert Conditions(rain="none", wind_mps=3.0).unknown == ("hour", "night")


@pytest.mark.parametrize(
    ("hour", "workday", "band"),
    [
        (7, True, "peak"),
        (9, True, "day"),
        (18, None, "peak"),
        (18, False, "day"),
        (19, True, "night"),
        (5, True, "night"),
        (6, True, "day"),
        (0, None, "night"),
        (None, True, None),
    ],
)
def test_the_hour_falls_into_one_part_of_the_day(
    hour: int | None, workday: bool | None, band: str | None
) -> None:
    assert Conditions(hour=hour, workday=workday).band == band


def test_a_span_may_pass_midnight() -> None:
    assert [hour for hour in range(24) if inside(hour, ((22, 2), (12, 13)))] == [0, 1, 12, 22, 23]


@pytest.mark.parametrize(
    "wrong",
    [
        {"hour": 24},
        {"hour": -1},
        {"wind_mps": float("nan")},
        {"wind_mps": -1.0},
        {"wind_mps": 121.0},
        {"rain": "hail"},
    ],
)
def test_conditions_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Conditions(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(30))
def test_times_under_conditions_equal_networkx(seed: int) -> None:
    table, rng = random_town(seed)
    car = {"car": plain(snap_m=600), "foot": plain("foot", mode="walk", kph=4.3)}
    roads = Roads.compile(table, car)
    calm = {name: roads.graph.weights[name].ms.copy() for name in car}
    hard = Conditions(hour=8, rain=str(rng.choice(["rain", "heavy"])), wind_mps=14.0)  # type: ignore[arg-type]
    asked = Roads(under(roads.graph, hard))
    places = [(float(x), float(y)) for x, y in rng.uniform(-0.02, 0.02, (8, 2))]
    for name in car:
        found = asked.times_to(places[0], places, profile=name).road_ms.tolist()
        expected = times_by_networkx(asked, places[0], places, profile=name)
        assert [None if ms < 0 else ms for ms in found] == expected
        slower = asked.graph.weights[name]
        assert slower.fwd.tolist() == slower.ms[asked.graph.network(name).fwd_edge].tolist()
        assert slower.rev.tolist() == slower.ms[asked.graph.network(name).rev_edge].tolist()
        usable = (calm[name] >= 0) & (calm[name] < 10**9)  # what lasts weeks may fall out
        assert (slower.ms[usable] >= calm[name][usable]).all()
        assert (slower.ms[calm[name] < 0] == -1).all()
        assert roads.graph.weights[name].ms.tolist() == calm[name].tolist()  # the calm ones stay


def test_graphs_share_everything_but_their_weights() -> None:
    roads = line_town()
    rain = under(roads.graph, Conditions(rain="rain"))
    assert under(roads.graph, Conditions(rain="rain")) is rain
    assert under(rain, ANY) is roads.graph
    assert under(rain, MORNING) is under(roads.graph, MORNING)
    assert conditions_of(rain) == Conditions(rain="rain")
    assert conditions_of(roads.graph) == ANY
    for field in dataclasses.fields(rain):
        same = getattr(rain, field.name) is getattr(roads.graph, field.name)
        assert same is (field.name not in ("weights", "kept"))
    assert rain.weights["foot"] is rain.weights["foot"]
    assert list(rain.weights) == list(roads.graph.weights)
    with pytest.raises(ValueError, match="read-only"):
        rain.weights["car"].ms[0] = 1


def test_conditions_do_not_keep_roads_alive_that_were_loaded_anew() -> None:
    roads = line_town()
    for wind in range(40):
        under(roads.graph, Conditions(wind_mps=float(wind), rain="heavy")).weights["car"].ms.sum()
    assert len(roads.graph.kept["conditions"]) == 16
    arrays, one = weakref.ref(roads.graph.mate), weakref.ref(roads.graph.weights["car"])
    del roads
    gc.collect()
    assert arrays() is None
    assert one() is None


def test_many_threads_may_ask_under_different_conditions() -> None:
    roads = line_town()
    asked = [
        Conditions(rain=rain, hour=hour) for rain in ("none", "rain", "heavy") for hour in range(24)
    ]  # type: ignore[arg-type]
    alone = [seconds(roads, one, "truck") for one in asked]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda one: seconds(roads, one, "truck"), asked)) == alone


def test_a_time_that_grows_too_long_is_no_way() -> None:
    slow = plain(kph=1.0)
    roads = town({1: (0.0, 0.0), 2: (0.01, 0.0)}, [Road(1, 2, length_m=500_000.0)], slow)
    rainy = under(roads.graph, Conditions(rain="heavy"))
    assert roads.graph.weights["car"].ms.tolist() == [1_800_000_000] * 2
    assert rainy.weights["car"].ms.tolist() == [-1, -1]


def test_every_rule_names_profiles_and_classes_that_there_are() -> None:
    known = rules()
    classes = {name for profile in PROFILES.values() for name in profile.speeds}
    for rule in (*known.slow, *known.stop):
        assert rule.profiles <= set(PROFILES)
        assert rule.mark in "VDRA"
        assert rule.source
    assert all(rule.classes <= classes for rule in known.slow)
    assert known.long_bridge_m == Parameter("long_m", 200.0, "m", "A", known.long_bridge_m.source)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("factor = 0.65", "factor = 0"), "factor"),
        (('kind = "peak"', 'kind = "noon"'), "kind"),
        (("spans = [[7, 9], [17, 19]]", "spans = [[7, 25]]"), "hours"),
        (('what = "ladders"', 'what = "boats"'), "what"),
        (("[bridge.long_m]", "[bridge.long]"), "long_m"),
    ],
)
def test_a_broken_rule_is_refused_by_name(
    change: tuple[str, str], word: str, tmp_path: Path
) -> None:
    file = tmp_path / "roads.toml"
    file.write_text(ROADS.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(BadFile, match=word):
        rules(file)


def test_a_profile_of_the_countys_own_is_not_slowed_by_rules_for_others() -> None:
    tractor: Profile = plain("tractor")
    roads = town(LINE, [Road(1, 2, length_m=1000)], tractor)
    assert slows(MORNING, "tractor") == ()
    hard = under(roads.graph, Conditions(hour=8, rain="heavy"))
    assert np.array_equal(hard.weights["tractor"].ms, roads.graph.weights["tractor"].ms)
