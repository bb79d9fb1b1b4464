"""Turn restrictions, U-turns and barriers: paper towns, rules on networkx, two real cities."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from routing.barriers import stops
from routing.obedience import obedience
from routing.profiles import Profile, read_profiles
from routing.roads import Roads
from routing.sources import read_roads
from routing.table import Barrier, Restriction, RoadTable
from routing.turns import verdicts
from tests.roadfiles import write_osm
from tests.towns import Road, plain, random_town, table_of
from tests.turnrules import Rules, times_by_rules

# West 1, centre 2, east 3, north 4; from east to north the long way round.
AT = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.01, 0.01)}
WEST, EAST, NORTH, ROUND = 0, 1, 2, 3  # ways
ROADS = [
    Road(1, 2, length_m=1000),
    Road(2, 3, length_m=1000),
    Road(2, 4, length_m=1000),
    Road(3, 4, length_m=5000),
]
NO_LEFT = Restriction("no_left_turn", WEST, 2, NORTH)
ONLY_ON = Restriction("only_straight_on", WEST, 2, EAST)
TRUCK = replace(plain("truck"), vehicles=("hgv", "motor_vehicle", "vehicle"))
BUS = replace(plain("bus"), vehicles=("bus", "psv", "motor_vehicle", "vehicle"))
WALK = replace(plain("foot", mode="walk"), vehicles=("foot",), obeys_turns=False)
REAL = read_profiles()


def city(
    *restrictions: Restriction,
    roads: Sequence[Road] = ROADS,
    at: Mapping[int, tuple[float, float]] = AT,
    barriers: tuple[Barrier, ...] = (),
    profiles: Sequence[Profile] = (plain(), TRUCK, BUS, WALK),
) -> Roads:
    table = replace(table_of(at, roads), restrictions=restrictions, barriers=barriers)
    return Roads.compile(table, {one.name: one for one in profiles})


def drive(
    roads: Roads, start: tuple[float, float], end: tuple[float, float], profile: str = "car"
) -> int | None:
    """Milliseconds, the same whichever end the search begins at, and the same along the route."""
    ahead = roads.times_from(start, [end], profile=profile)
    back = roads.times_to(end, [start], profile=profile)
    assert ahead.road_ms.tolist() == back.road_ms.tolist()
    ms = int(ahead.road_ms[0])
    if ms < 0:
        assert ahead.why == ("unreachable",)
        return None
    for found in (ahead, back):
        route = found.route(0)
        assert route is not None
        assert round(route.road_s * 1000) == ms
        no_forbidden(roads, profile, route.edges)
    return ms


def no_forbidden(roads: Roads, profile: str, edges: Sequence[str]) -> None:
    """No forbidden sequence of edges is part of a route."""
    driven = tuple(int(edge) for edge in roads.graph.find(edges))
    words = set(roads.graph.network(profile).words())
    for size in {len(word) for word in words}:
        for at in range(len(driven) - size + 1):
            assert driven[at : at + size] not in words


@pytest.mark.parametrize(
    ("restrictions", "roads", "ms"),
    [
        ((), ROADS, 2000),
        ((NO_LEFT,), ROADS, 7000),  # not: on to the east, turn in the road, and back
        ((ONLY_ON,), ROADS, 7000),
        ((NO_LEFT,), ROADS[:3], 4000),  # the east is a dead end: there one may turn
        ((ONLY_ON,), ROADS[:3], 4000),
        ((NO_LEFT, Restriction("no_straight_on", WEST, 2, EAST)), ROADS, None),
        ((NO_LEFT, ONLY_ON, ONLY_ON, NO_LEFT), ROADS, 7000),  # said twice
        ((ONLY_ON, Restriction("only_left_turn", WEST, 2, NORTH)), ROADS, 2000),  # either
        ((Restriction("no_right_turn", EAST, 2, NORTH),), ROADS, 2000),  # another way in
        ((Restriction("no_u_turn", WEST, 2, WEST),), ROADS, 2000),
        ((Restriction("no_left_turn", NORTH, 2, WEST),), ROADS, 2000),  # the other direction
    ],
)
def test_a_restriction_sends_the_car_round(
    restrictions: tuple[Restriction, ...], roads: Sequence[Road], ms: int | None
) -> None:
    assert drive(city(*restrictions, roads=roads), AT[1], AT[4]) == ms


@pytest.mark.parametrize(
    ("start", "end", "ms"),
    [
        ((0.005, 0.0), AT[4], 6500),  # begins on the road that may not turn left
        (AT[2], AT[4], 1000),  # at the junction itself one came from nowhere
        (AT[1], (0.01, 0.005), 7500),  # ends on the road that may not be turned into
        ((0.005, 0.0), (0.01, 0.005), 7000),
        (AT[4], AT[1], 2000),
        (AT[1], AT[2], 1000),
        (AT[1], AT[3], 2000),
    ],
)
def test_a_ban_holds_from_and_to_the_middle_of_a_road(
    start: tuple[float, float], end: tuple[float, float], ms: int
) -> None:
    assert drive(city(NO_LEFT), start, end) == ms


@pytest.mark.parametrize(
    ("restriction", "who"),
    [
        (NO_LEFT, "car truck bus"),
        (replace(NO_LEFT, vehicles=("hgv",)), "truck"),
        (replace(NO_LEFT, vehicles=("motor_vehicle",)), "car truck bus"),
        (replace(NO_LEFT, vehicles=("bicycle",)), ""),
        (replace(NO_LEFT, excepted=("psv",)), "car truck"),
        (replace(NO_LEFT, excepted=("bicycle", "emergency")), "car truck bus"),
        (replace(NO_LEFT, vehicles=("hgv",), excepted=("motor_vehicle",)), ""),
    ],
)
def test_a_restriction_binds_whom_it_names(restriction: Restriction, who: str) -> None:
    roads = city(restriction)
    bound = [
        name for name in ("car", "truck", "bus", "foot") if drive(roads, AT[1], AT[4], name) != 2000
    ]
    assert bound == who.split()
    networks = roads.graph.network_of
    assert len({networks[name] for name in ("car", "truck", "bus")}) == (
        2 if len(bound) in (1, 2) else 1
    )


def test_nobody_turns_back_where_it_is_forbidden() -> None:
    line = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0)}
    divided = [
        Road(1, 2, length_m=1000),
        Road(2, 3, oneway=True, length_m=1000),
        Road(3, 2, oneway=True, length_m=1000, via=((0.015, 0.001),)),
    ]
    here, back = (0.005, 0.0), (0.004, 0.0)
    free = drive(city(roads=divided, at=line), here, back)
    assert free == 100  # it stays on its road
    shut = city(Restriction("no_u_turn", 0, 2, 0), roads=divided, at=line)
    words = shut.graph.network("car").words()
    assert [tuple(shut.graph.edge_id(edge) for edge in word) for word in words] == [
        ("0:1:2:0", "0:2:1:1")
    ]
    # From carriageway to carriageway at 3: the two are different ways.
    apart = city(Restriction("no_u_turn", 1, 3, 2), roads=divided, at=line)
    assert drive(apart, line[1], (0.015, 0.001)) is None
    assert drive(city(roads=divided, at=line), line[1], (0.015, 0.001)) is not None


# West 1, a short link 2-3, north 4 beyond it, and a way round the link by 5.
LINK = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.011, 0.0), 4: (0.011, 0.01), 5: (0.0105, -0.005)}
LINKED = [
    Road(1, 2, length_m=1000),
    Road(2, 3, length_m=100),
    Road(3, 4, length_m=1000),
    Road(2, 5, length_m=500),
    Road(5, 3, length_m=500),
]


@pytest.mark.parametrize(
    ("restriction", "ms"),
    [
        (None, 2100),
        (Restriction("no_left_turn", 0, 0, 2, via_ways=(1,)), 3000),
        (Restriction("no_left_turn", 0, 0, 2, via_ways=(3, 4)), 2100),
        (Restriction("only_right_turn", 0, 0, 4, via_ways=(1,)), 3000),
        (Restriction("only_straight_on", 0, 0, 2, via_ways=(1,)), 2100),
        (Restriction("no_left_turn", 2, 0, 0, via_ways=(1,)), 2100),
        (Restriction("no_left_turn", 0, 0, 2, via_ways=(4, 3)), 2100),  # not in travel order
    ],
)
def test_a_restriction_over_ways_looks_back_further(
    restriction: Restriction | None, ms: int
) -> None:
    roads = city(*([] if restriction is None else [restriction]), roads=LINKED, at=LINK)
    assert drive(roads, LINK[1], LINK[4]) == ms
    assert drive(roads, LINK[5], LINK[4]) == 1500  # came another way


def test_two_ways_between_from_and_to() -> None:
    both = (
        Restriction("no_left_turn", 0, 0, 2, via_ways=(1,)),
        Restriction("no_left_turn", 0, 0, 2, via_ways=(3, 4)),
    )
    # Neither way to 3 may go on to the north. One turns at 5, before any ban, and takes the link.
    roads = city(*both, roads=LINKED, at=LINK)
    assert drive(roads, LINK[1], LINK[4]) == 1000 + 500 + 500 + 100 + 1000
    # Where one may not turn at 5: by the link, round the block, by the link again.
    roads = city(*both, Restriction("no_u_turn", 3, 5, 3), roads=LINKED, at=LINK)
    assert drive(roads, LINK[1], LINK[4]) == 1000 + 100 + 500 + 500 + 100 + 1000


# A road of two stretches with something across it in the middle.
LANE = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0)}
LANES = [Road(1, 2, length_m=1000), Road(2, 3, length_m=1000)]


@pytest.mark.parametrize(
    ("barrier", "who"),
    [
        (Barrier(2, "gate"), "ambulance bus car fire_tender foot high_clearance truck"),
        (Barrier(2, "gate", ("access=private",)), "ambulance fire_tender high_clearance"),
        (Barrier(2, "gate", ("access=no",)), "ambulance fire_tender high_clearance"),
        (Barrier(2, "gate", ("access=no", "emergency=no")), ""),
        (Barrier(2, "gate", ("access=no", "foot=yes", "hgv=yes")), "ALL BUT bus car"),
        (Barrier(2, "bollard"), "foot"),
        (Barrier(2, "bollard", ("emergency=yes",)), "ambulance fire_tender foot high_clearance"),
        (Barrier(2, "bollard", ("access=private",)), ""),
        (Barrier(2, "bollard", ("motor_vehicle=yes",)), "ALL BUT "),
        (Barrier(2, "toll_booth"), "ALL BUT "),
        (Barrier(2, "border_control", ("access=no", "foot=yes")), "foot"),
        (Barrier(2, "lift_gate", ("psv=yes", "motor_vehicle=private")), "ALL BUT car truck"),
        (Barrier(2, "height_restrictor", (), 2.2), "car foot"),
        (Barrier(2, "gate", (), None, 2.0), "car foot"),
        (Barrier(2, "flying_saucer"), ""),
    ],
)
def test_who_passes_a_barrier(barrier: Barrier, who: str) -> None:
    passing = [name for name, profile in REAL.items() if not stops(barrier, profile)]
    if who.startswith("ALL BUT"):
        assert passing == [name for name in REAL if name not in who.split()]
    else:
        assert passing == who.split()


def test_a_barrier_stops_on_either_side_and_lets_turn_back() -> None:
    walk = replace(WALK, passes=frozenset({"bollard"}))
    bollard = (Barrier(2, "bollard"),)
    roads = city(roads=LANES, at=LANE, barriers=bollard, profiles=(plain(), walk))
    assert drive(roads, LANE[1], LANE[3]) is None
    assert drive(roads, LANE[3], LANE[1]) is None
    assert drive(roads, LANE[1], LANE[3], "foot") == 2000
    assert drive(roads, LANE[1], LANE[2]) == drive(roads, LANE[2], LANE[1]) == 1000
    assert drive(roads, LANE[2], LANE[3]) == 1000  # who stands at it may leave to either side
    assert drive(roads, (0.004, 0.0), (0.006, 0.0)) is not None
    assert len(roads.graph.network("car").node_of) == 5  # free, and once for each side
    assert len(roads.graph.network("foot").node_of) == 3


NONSENSE = [
    (Restriction("no_left_turn", 99, 2, NORTH), "way_outside"),
    (Restriction("no_left_turn", WEST, 77, NORTH), "via_outside"),
    (Restriction("no_left_turn", WEST, 3, NORTH), "not_connected"),
    (Restriction("no_left_turn", WEST, 2, ROUND), "not_connected"),
    (Restriction("no_left_turn", WEST, 0, NORTH, via_ways=(99,)), "way_outside"),
    (Restriction("no_left_turn", WEST, 0, NORTH, via_ways=(ROUND,)), "not_connected"),
    (Restriction("no_left_turn", WEST, 0, NORTH, via_ways=(EAST, EAST)), "one_way"),
    (Restriction("no_left_turn", WEST, 0, WEST, via_ways=(WEST,)), "ambiguous"),
    (Restriction("no_left_turn", 0, 0, 0), "via_outside"),
]


@pytest.mark.parametrize(("restriction", "why"), NONSENSE)
def test_a_restriction_that_names_nothing_here_is_said_and_left(
    restriction: Restriction, why: str
) -> None:
    (verdict,) = verdicts(replace(table_of(AT, ROADS), restrictions=(restriction,)))
    assert (verdict.why, verdict.paths) == (why, ())
    assert drive(city(restriction), AT[1], AT[4]) == 2000


def test_a_way_that_runs_through_the_junction_makes_a_turn_ambiguous() -> None:
    through = Restriction("no_left_turn", EAST, 2, NORTH)
    table = table_of(AT, ROADS)
    table.edge_way[table.edge_way == WEST] = EAST  # one way from west to east, not split
    (verdict,) = verdicts(replace(table, restrictions=(through,)))
    assert (verdict.why, verdict.obeyed) == ("ambiguous", False)
    (turn,) = verdicts(replace(table, restrictions=(Restriction("no_u_turn", EAST, 2, EAST),)))
    assert (turn.obeyed, len(turn.paths)) == (True, 2)  # nobody turns back, from either side


def test_thousands_of_restrictions_on_one_node_are_compiled_in_time() -> None:
    rng = np.random.default_rng(2)
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    at = {1: (0.0, 0.0)} | {
        2 + i: (0.01 * float(np.cos(a)), 0.01 * float(np.sin(a))) for i, a in enumerate(angle)
    }
    roads = [Road(1, 2 + i, length_m=1000) for i in range(12)]
    roads += [Road(2 + i, 2 + (i + 1) % 12, length_m=3000) for i in range(12)]
    kinds = ("no_left_turn", "no_u_turn", "only_right_turn", "no_entry")
    many = tuple(
        Restriction(str(rng.choice(kinds)), *(int(x) for x in (a, 1, b)), relation=number)
        for number, (a, b) in enumerate(rng.integers(0, 12, (5000, 2)))
    )
    table = replace(table_of(at, roads), restrictions=many)
    begun = time.thread_time()
    made = Roads.compile(table, {"car": plain()})
    assert time.thread_time() - begun < 2
    compare(made, table, plain(), [at[one] for one in at])


def compare(
    roads: Roads, table: RoadTable, profile: Profile, places: Sequence[tuple[float, float]]
) -> int:
    """Times from the first place by states and by the rules themselves; how many were found."""
    rules = Rules(roads, table, profile)
    expected = times_by_rules(roads, rules, profile.name, places[0], places)
    ahead = roads.times_from(places[0], places, profile=profile.name)
    assert [None if ms < 0 else ms for ms in ahead.road_ms.tolist()] == expected
    for index, ms in enumerate(expected):
        back = roads.times_to(places[index], [places[0]], profile=profile.name).road_ms[0]
        assert (None if back < 0 else back) == ms
        if ms is not None:
            route = ahead.route(index)
            assert route is not None
            no_forbidden(roads, profile.name, route.edges)
    return sum(ms is not None for ms in expected)


@pytest.mark.parametrize("batch", range(10))
def test_random_towns_keep_to_their_restrictions_by_definition(batch: int) -> None:
    changed = 0
    for seed in range(batch * 40, batch * 40 + 40):
        table, rng = random_town(seed, most_nodes=12)
        ids, ways = table.node_id.tolist(), int(table.edge_way.max(initial=0)) + 1
        restrictions = [some_restriction(rng, table, ids, ways) for _ in range(rng.integers(0, 25))]
        nodes = rng.choice(ids, int(rng.integers(0, 3)), replace=False) if len(ids) > 3 else []
        barriers = tuple(Barrier(int(node), "bollard") for node in nodes)
        table = replace(table, restrictions=tuple(restrictions), barriers=barriers)
        own = replace(plain(snap_m=900), passes=frozenset(), speeds=dict(plain().speeds))
        truck = replace(
            own, name="truck", vehicles=("hgv", "vehicle"), passes=frozenset({"bollard"})
        )
        roads = Roads.compile(table, {"car": own, "truck": truck})
        places = [(float(x), float(y)) for x, y in rng.uniform(-0.02, 0.02, (7, 2))]
        for profile in (own, truck):
            compare(roads, table, profile, places)
        changed += len(roads.graph.network("car").node_of) > table.nodes
    assert changed > 15  # most towns have something to keep to


def some_restriction(
    rng: np.random.Generator, table: RoadTable, ids: Sequence[int], ways: int
) -> Restriction:
    """A restriction along edges that meet, or of anything at all."""
    kind = str(rng.choice(["no_left_turn", "no_u_turn", "only_straight_on", "only_left_turn"]))
    vehicles = () if rng.random() < 0.7 else (str(rng.choice(["hgv", "bicycle"])),)
    excepted = () if rng.random() < 0.8 else ("hgv",)
    if rng.random() < 0.15 or not table.edges:
        one, other = (int(x) for x in rng.integers(0, ways + 1, 2))
        return Restriction(kind, one, int(rng.choice([*ids, 1])), other, (), vehicles, excepted)
    edge = int(rng.integers(0, table.edges))
    path = [edge]
    for _ in range(int(rng.choice([1, 1, 1, 2, 3]))):
        onward = np.flatnonzero(table.edge_from == table.edge_to[path[-1]])
        if len(onward):
            path.append(int(rng.choice(onward)))
    named = [int(table.edge_way[one]) for one in path]
    via = ids[int(table.edge_to[path[0]])] if len(path) < 3 else 0
    return Restriction(kind, named[0], via, named[-1], tuple(named[1:-1]), vehicles, excepted)


@pytest.mark.parametrize(
    ("name", "relations", "obeyed", "every"),
    [("andorra", 65, 63, 3), ("porto_portugal", 357, 341, 300)],
)
def test_real_cities_obey_their_restrictions(
    name: str, relations: int, obeyed: int, every: int, test_data: Path
) -> None:
    table = read_roads([test_data / "osm" / f"{name}.osm.pbf"])
    found = obedience(table)
    assert (found.relations, found.obeyed) == (relations, obeyed)
    print(f"{name}: {found.obeyed} of {found.relations} turn restrictions obeyed; left out:")
    for fault in found.left_out:
        print(f"  {fault.detail}: {fault.kind}")
    roads = Roads.compile(table, {"car": REAL["car"], "fire_tender": REAL["fire_tender"]})
    rules = {one: Rules(roads, table, REAL[one]) for one in ("car", "fire_tender")}
    driven, longer = 0, 0
    for verdict in verdicts(table):
        for path in verdict.paths:
            for profile, own in rules.items():
                if any(own.ms[edge] < 0 for edge in path):
                    continue
                straight, ms = obeys(roads, profile, path, only=verdict.only)
                if driven % every == 0:  # the rules on networkx give the same time
                    ends = [middle(roads, edge) for edge in (path[0], path[-1])]
                    assert times_by_rules(roads, own, profile, ends[0], ends[1:]) == [ms]
                driven += 1
                longer += ms is None or ms > straight
    assert driven > obeyed
    assert longer > driven / 3  # the others are only_*, whose own turn is free


def obeys(
    roads: Roads, profile: str, path: tuple[int, ...], *, only: bool
) -> tuple[int, int | None]:
    """From the middle of the first edge to the middle of the last: the time straight through
    what the restriction names, and the time that is found."""
    graph = roads.graph
    ends = [middle(roads, edge) for edge in (path[0], path[-1])]
    found = roads.times_from(ends[0], [ends[1]], profile=profile)
    route = found.route(0)
    if route is not None:
        no_forbidden(roads, profile, route.edges)
        edges = tuple(graph.find(route.edges).tolist())
        joined = any(edges[at : at + len(path)] == path for at in range(len(edges)))
        assert only or not joined
    ms = graph.weights[profile].ms
    straight = int(ms[list(path)].sum()) - int(ms[path[0]]) // 2 - int(ms[path[-1]]) // 2
    return straight, None if found.road_ms[0] < 0 else int(found.road_ms[0])


def middle(roads: Roads, edge: int) -> tuple[float, float]:
    """A point half-way along an edge."""
    points, metres = roads.graph.vertices(edge)
    half = metres[-1] / 2
    return (
        float(np.interp(half, metres, points[:, 0])),
        float(np.interp(half, metres, points[:, 1])),
    )


def test_ways_are_split_where_a_restriction_needs_it(tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.03, 0.0), 5: (0.02, 0.01)}
    road = {"highway": "primary"}
    # 11 and 12 are one chain from 1 to 3, but the restriction speaks of 12.
    ways = [(11, [1, 2], road), (12, [2, 3], road), (13, [3, 4], road), (14, [3, 5], road)]
    turn = [("way", 12, "from"), ("node", 3, "via"), ("way", 14, "to")]
    tags = {"type": "restriction", "restriction": "no_left_turn;no_u_turn", "except": "psv;hgv"}
    table = read_roads([write_osm(tmp_path / "a.osm", nodes, ways, [(1, turn, tags)])])
    assert table.restrictions == tuple(
        Restriction(kind, 12, 3, 14, excepted=("psv", "hgv"), relation=1)
        for kind in ("no_left_turn", "no_u_turn")
    )
    assert [one.why for one in verdicts(table)] == ["", ""]
    roads = Roads.compile(table, {"car": plain()})
    found = roads.times_to(nodes[5], [nodes[1]], profile="car")
    assert found.road_ms[0] == pytest.approx(5 * 1112, abs=5)  # to the end of 13, and back


@pytest.mark.parametrize(
    ("tags", "vehicles"),
    [
        ({"restriction:hgv": "no_left_turn"}, ("hgv",)),
        ({"restriction:hgv:conditional": "no_left_turn @ (weight>7.5)"}, ("hgv",)),
        ({"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00; PH off)"}, ()),
        ({"restriction": "no_left_turn", "hour_on": "07:00", "hour_off": "09:00"}, ()),
    ],
)
def test_conditions_are_taken_to_hold_always_and_listed(
    tmp_path: Path, tags: dict[str, str], vehicles: tuple[str, ...]
) -> None:
    nodes = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 5: (0.01, 0.01)}
    road = {"highway": "primary"}
    ways = [(11, [1, 2], road), (12, [2, 3], road), (13, [2, 5], road)]
    turn = [("way", 11, "from"), ("node", 2, "via"), ("way", 13, "to")]
    relation = (1, turn, {"type": "restriction", **tags})
    table = read_roads([write_osm(tmp_path / "a.osm", nodes, ways, [relation])])
    assert table.restrictions == (
        Restriction("no_left_turn", 11, 2, 13, vehicles=vehicles, relation=1),
    )
    conditional = int("restriction:hgv" not in tags)
    assert table.report.fault_counts.get("restriction_conditional", 0) == conditional
    assert obedience(table).obeyed == 1


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({}, "ALL BUT "),
        ({"access": "no"}, ""),
        ({"access": "no", "foot": "yes"}, "foot"),
        ({"access": "no", "psv": "yes"}, "ambulance bus fire_tender high_clearance"),
        ({"motor_vehicle": "no", "bus": "designated"}, "ALL BUT car truck"),
        ({"hgv": "no"}, "ALL BUT truck"),
        ({"foot": "no"}, "ALL BUT foot"),
        ({"access": "private"}, "ambulance fire_tender foot high_clearance"),
        ({"access": "private", "motorcar": "yes"}, "ALL BUT bus truck"),
        ({"access": "no", "emergency": "yes"}, "ambulance fire_tender high_clearance"),
        ({"access": "destination"}, "ALL BUT "),
        ({"access": "customers", "bus": "no"}, "ALL BUT bus"),
    ],
)
def test_signs_for_one_kind_of_vehicle_come_first(
    tmp_path: Path, tags: dict[str, str], who: str
) -> None:
    ways = [(11, [1, 2], {"highway": "residential", **tags})]
    table = read_roads([write_osm(tmp_path / "a.osm", {1: (0.0, 0.0), 2: (0.01, 0.0)}, ways)])
    graph = Roads.compile(table, REAL).graph
    may = [name for name in REAL if graph.weights[name].ms[0] >= 0]
    if who.startswith("ALL BUT"):
        assert may == [name for name in REAL if name not in who.split()]
    else:
        assert may == who.split()


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({"highway": "footway"}, "foot"),
        ({"highway": "footway", "access": "yes"}, "foot"),  # says nothing of motor vehicles
        ({"highway": "cycleway", "access": "permissive"}, "foot"),
        ({"highway": "footway", "motor_vehicle": "yes"}, "ALL BUT "),
        ({"highway": "path", "vehicle": "permissive"}, "ALL BUT "),
        ({"highway": "pedestrian", "motor_vehicle": "designated", "foot": "no"}, "ALL BUT foot"),
        ({"highway": "pedestrian", "access": "no", "motor_vehicle": "official"}, "ALL BUT foot"),
        ({"highway": "cycleway", "motorcar": "destination"}, "EMERGENCY car foot"),
        ({"highway": "footway", "motor_vehicle": "yes", "hgv": "no"}, "ALL BUT truck"),
        ({"highway": "footway", "bus": "designated"}, "EMERGENCY bus foot"),
        ({"highway": "path", "vehicle": "yes", "motor_vehicle": "no"}, "foot"),  # bicycles
        ({"highway": "pedestrian", "vehicle": "yes", "motor_vehicle": "no"}, "EMERGENCY foot"),
        ({"highway": "pedestrian"}, "EMERGENCY foot"),
        ({"highway": "footway", "motor_vehicle": "private"}, "foot"),
        ({"highway": "steps", "motor_vehicle": "yes"}, "foot"),
    ],
)
def test_a_sign_that_names_vehicles_opens_a_way_for_walkers(
    tmp_path: Path, tags: dict[str, str], who: str
) -> None:
    table = read_roads(
        [write_osm(tmp_path / "a.osm", {1: (0.0, 0.0), 2: (0.01, 0.0)}, [(11, [1, 2], tags)])]
    )
    graph = Roads.compile(table, REAL).graph
    may = {name: int(graph.weights[name].ms[0]) for name in REAL if graph.weights[name].ms[0] >= 0}
    if who.startswith("ALL BUT"):
        assert set(may) == set(REAL) - set(who.split())
    else:
        emergency = ("ambulance", "fire_tender", "high_clearance")
        names = who.replace("EMERGENCY", " ".join(emergency)).split()
        assert set(may) == set(names)
    slow = round(table.length_m[0] * 3600 / 10)  # walking-street pace
    assert {ms for name, ms in may.items() if name != "foot"} <= {slow}


def test_cars_use_the_footways_of_porto_that_signs_open(test_data: Path) -> None:
    table = read_roads([test_data / "osm" / "porto_portugal.osm.pbf"])
    ms = Roads.compile(table, {"car": REAL["car"]}).graph.weights["car"].ms
    for way, kind in ((314387598, "footway"), (14333888, "pedestrian"), (38503624, "pedestrian")):
        edges = np.flatnonzero(table.edge_way == way)
        assert set(table.road_class[edges]) == {kind}, way
        assert (ms[edges] >= 0).all(), way
    opened = (ms >= 0) & np.isin(table.road_class, ["footway", "pedestrian", "path", "cycleway"])
    km = float(table.length_m[opened & table.drawn].sum()) / 1000
    assert km == pytest.approx(5.2, abs=0.1)
    print(f"Porto: {km:.1f} km for walkers that cars may use too")
