"""What a closure takes, as lines on the map."""

from __future__ import annotations

import pytest

from routing.cuts import cut_of
from routing.stretches import stretches
from tests.towns import Road, box, closing, town

NODES = {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0)}


def test_a_flood_takes_its_stretch_once_though_both_ways_are_closed() -> None:
    graph = town(NODES, [Road(1, 2), Road(2, 3, oneway=True)]).graph
    drawn = stretches(graph, cut_of(graph, closing(geometry=box(0.004, -0.001, 0.013, 0.001))))
    assert drawn is not None
    first, second = sorted(sorted(line) for line in drawn["coordinates"])
    assert first == [pytest.approx([0.004, 0.0]), pytest.approx([0.01, 0.0])]
    assert second == [pytest.approx([0.01, 0.0]), pytest.approx([0.013, 0.0])]


def test_one_way_closed_is_drawn_too_and_bends_are_kept() -> None:
    roads = town(NODES, [Road(1, 2, via=((0.005, 0.002),))])
    drawn = stretches(roads.graph, cut_of(roads.graph, closing("0:2:1:1")))
    assert drawn is not None
    assert drawn["coordinates"] == [[[0.01, 0.0], [0.005, 0.002], [0.0, 0.0]]]


def test_nothing_and_too_much_are_not_drawn() -> None:
    graph = town(NODES, [Road(1, 2), Road(2, 3)]).graph
    everything = cut_of(graph, closing(geometry=box(-1, -1, 1, 1)))
    assert stretches(graph, everything, most=1) is None
    assert stretches(graph, cut_of(graph, closing(geometry=box(1, 1, 2, 2)))) is None
