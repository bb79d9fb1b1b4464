"""What a town loses most by: its bridge, its one road to a village, its busiest street."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx
import numpy as np
import pytest

from routing.critical import severed
from routing.loss import Spot, loss
from routing.pieces import open_ms
from routing.ranking import Ranking, Weighing, ranking
from routing.roads import Roads
from tests.test_loss import BANKS, BRIDGE, FORD, NODES, SPOTS, STATION
from tests.towns import Road, closing, plain, random_town, town

WEIGHING = Weighing(later_s=1.0, cover_s=5.0, cut_off_s=3600.0)


def ranked(more: Sequence[Road] = (), spots: Sequence[Spot] = SPOTS, **said: Any) -> Ranking:
    roads = town(NODES, [*BANKS, *more], plain(snap_m=150.0))
    return ranking(roads, [STATION], spots, WEIGHING, profile="car", **said)


def test_without_another_way_what_most_people_live_beyond_comes_first() -> None:
    found = ranked()
    # 南岸路 parts the station from everyone, who then are the larger part: nobody is cut off.
    assert [(one.name, one.kind, one.cut_off, one.uncovered, one.score) for one in found.rows] == [
        ("南岸路", "road", 0, 1350, 81_000),
        ("大厅路", "road", 1000, 1000, 60_000),
        ("大桥", "bridge", 350, 350, 21_000),
        ("北岸路", "road", 300, 300, 18_000),
        ("远村路", "road", 50, 50, 3_000),
    ]
    assert (found.people, found.services, found.considered, found.of) == (1357, 1, 5, 5)


def test_a_bridge_with_a_ford_beside_it_costs_minutes_not_villages() -> None:
    rows = {one.name: one for one in ranked(FORD).rows}
    bridge = rows["大桥"]
    assert (bridge.kind, bridge.cut_off, bridge.uncovered, bridge.later) == ("bridge", 0, 0, 350)
    # 300 people 4 s later, 50 people 6 s later.
    assert bridge.eta_loss_s == pytest.approx((300 * 4 + 50 * 6) / 350, abs=0.05)
    assert bridge.score == pytest.approx((300 * 4 + 50 * 6) / 60, abs=0.05)
    # Within 5 s the station covered all 1,350 on the roads it reaches; now 350 are 7 s or more off.
    assert bridge.cover_lost == pytest.approx(350 / 1350, abs=1e-6)
    assert rows["大厅路"].cut_off == 1000
    assert [one.rank for one in ranked(FORD).rows] == list(range(1, len(rows) + 1))


def test_each_figure_is_what_closing_it_takes() -> None:
    roads = town(NODES, [*BANKS, *FORD], plain(snap_m=150.0))
    bridge = next(one for one in ranked(FORD).rows if one.name == "大桥")
    taken = loss(roads, [STATION], SPOTS, [BRIDGE], profile="car").people
    assert taken is not None
    assert (bridge.cut_off, bridge.uncovered, bridge.later) == (
        taken.cut_off,
        taken.uncovered,
        taken.later,
    )
    assert bridge.edges == BRIDGE.edges


def test_two_carriageways_of_one_bridge_fall_together() -> None:
    """Neither alone parts the town, so only closing both tells what the bridge is worth."""
    nodes = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.0, 0.01), 4: (0.01, 0.0002), 5: (0.01, 0.01)}
    roads = town(
        nodes,
        [
            Road(1, 2, "街"),
            Road(2, 5, "跨江桥", tags={"bridge": True}, oneway=True),
            Road(5, 4, "跨江桥", tags={"bridge": True}, oneway=True),
            Road(4, 2, "匝道"),
            Road(5, 3, "村路"),
        ],
        plain(snap_m=150.0),
    )
    spots = [Spot("people", "a", "", (0.0, 0.01), 80), Spot("people", "b", "", (0.005, 0.0), 500)]
    found = ranking(roads, [(0.0, 0.0)], spots, WEIGHING, profile="car")
    bridge = next(one for one in found.rows if one.kind == "bridge")
    assert (bridge.name, bridge.cut_off, len(bridge.edges)) == ("跨江桥", 80, 2)


def test_where_no_people_are_known_places_count_and_people_are_not_zero() -> None:
    villages = [one for one in SPOTS if one.kind != "people"]
    found = ranked(spots=villages)
    assert found.people is None
    bridge = next(one for one in found.rows if one.name == "大桥")
    assert (bridge.people, bridge.cut_off) == (None, None)
    assert dict(bridge.places) == {"town": 0, "village": 2, "shelter": 1, "risk": 0}


def test_nobody_on_the_roads_makes_no_ranking() -> None:
    assert ranked(spots=[]).rows == ()
    roads = town({1: (0.0, 0.0), 2: (0.01, 0.0)}, [], plain())
    assert ranking(roads, [STATION], SPOTS, WEIGHING, profile="car").rows == ()


def test_without_services_being_cut_off_still_ranks() -> None:
    roads = town(NODES, BANKS, plain(snap_m=150.0))
    found = ranking(roads, [], SPOTS, WEIGHING, profile="car")
    assert {one.name: one.cut_off for one in found.rows}["大桥"] == 350


def test_what_is_closed_already_is_no_candidate() -> None:
    found = ranked(FORD, standing=[BRIDGE])
    assert "大桥" not in {one.name for one in found.rows}
    (ford,) = (one for one in found.rows if "涉水路" in (one.name, *one.also))
    assert (ford.cut_off, {ford.name, *ford.also}) == (350, {"涉水路", "西北路"})


@pytest.mark.parametrize("seed", range(40))
def test_what_a_cut_stretch_severs_is_what_networkx_says(seed: int) -> None:
    table, rng = random_town(seed, most_nodes=60)
    roads = Roads.compile(table, {"car": plain()})
    graph, ms = roads.graph, open_ms(roads, "car")
    if not (ms >= 0).any():
        return
    used = np.flatnonzero(ms >= 0)
    at = rng.choice(used, 50).astype(np.int32)
    parts = severed(graph, ms, at, np.ones((50, 1), dtype=np.int64))
    whole = nx.MultiGraph()
    for edge in used.tolist():
        mate = int(graph.mate[edge])
        own = edge if mate < 0 else min(edge, mate)
        whole.add_edge(int(graph.edge_from[edge]), int(graph.edge_to[edge]), own)
    assert parts.core in whole
    for cut, (beyond,) in zip(parts.edge.tolist(), parts.beyond.tolist(), strict=True):
        left = whole.copy()
        left.remove_edge(int(graph.edge_from[cut]), int(graph.edge_to[cut]), cut)
        near = nx.node_connected_component(left, parts.core)
        before = nx.node_connected_component(whole, parts.core)
        lost = before - near
        assert lost
        ends = [(int(graph.edge_from[one]), int(graph.edge_to[one])) for one in at.tolist()]
        assert beyond == sum(a in lost or b in lost for a, b in ends)


def test_the_same_town_gives_the_same_rows_each_time() -> None:
    assert ranked(FORD) == ranked(FORD)
    closed = closing("1:2:3:0", "1:3:2:1")
    assert ranked(FORD, standing=[closed]) == ranked(FORD, standing=[closed])


def test_of_what_lies_in_series_the_bridge_stands_for_all() -> None:
    nodes = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0), 4: (0.03, 0.0), 5: (0.0, 0.01)}
    nodes |= {6: (-0.01, 0.01), 7: (-0.01, 0.0)}
    chain = [
        Road(5, 1, "老街"),
        Road(5, 6, "北街"),
        Road(6, 7, "西街"),
        Road(7, 1, "南街"),
        Road(1, 2, "引道"),
        Road(2, 3, "过江桥", tags={"bridge": True}),
        Road(3, 4, "村道"),
    ]
    roads = town(nodes, chain, plain(snap_m=150.0))
    spots = [Spot("people", "a", "", (0.03, 0.0), 9), Spot("people", "b", "", (0.0, 0.01), 50)]
    found = ranking(roads, [(0.0, 0.0)], spots, WEIGHING, profile="car")
    rows = {one.name: (one.cut_off, one.later, one.also) for one in found.rows}
    assert rows == {"老街": (0, 50, ()), "过江桥": (9, 0, ("引道", "村道"))}
