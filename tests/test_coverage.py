"""Who is within so many minutes of a shelter with room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import pytest

from geo.domain import PopulationCell, Provenance, Resource
from routing.coverage import coverage, share
from tests.towns import Road, closing, town

# On foot 100 m take a second, by car 1 km: the town is a line of two kilometres.
ROADS = town(
    {1: (0.0, 0.0), 2: (0.01, 0.0), 3: (0.02, 0.0)},
    [Road(1, 2, length_m=1000), Road(2, 3, length_m=1000, oneway=True)],
)
CELLS = [
    PopulationCell("west", (0.0, 0.0), 10, 100, "西镇"),
    PopulationCell("middle", (0.01, 0.0), 20, 200, "西镇"),
    PopulationCell("east", (0.02, 0.0), 30, 300, "东镇"),
    PopulationCell("sea", (0.5, 0.5), 1, 7, None),
]


def shelter(number: int, lon: float, **more: Any) -> Resource:
    given = {"capacity": 100, "occupied": 0, "status": "ready", **more}
    source = Provenance("test", None)
    return Resource(UUID(int=number), "S077", "shelter", f"{number}", (lon, 0.0), source, **given)


def rows(*shelters: Resource, minutes: float = 10 / 60, **more: Any) -> list[tuple[Any, ...]]:
    found = coverage(ROADS, CELLS, shelters, minutes=minutes, **more)
    return [
        (one.name, one.people, one.foot, one.vehicle) for one in (*found.districts, found.total)
    ]


def test_each_district_and_the_total() -> None:
    assert rows(shelter(1, 0.0)) == [
        ("东镇", 300, 0, 0),  # the way back is one-way; on foot too far
        ("西镇", 300, 300, 300),
        (None, 7, 0, 0),
        (None, 607, 300, 300),
    ]


@pytest.mark.parametrize(
    ("seconds", "foot", "vehicle"), [(0, 300, 300), (1, 300, 500), (10, 500, 500), (20, 600, 600)]
)
def test_more_time_covers_more_people(seconds: float, foot: int, vehicle: int) -> None:
    found = rows(shelter(1, 0.02), minutes=seconds / 60)[-1]
    expected_vehicle = 600 if seconds >= 2 else vehicle
    assert found[2:] == (foot, expected_vehicle)


@pytest.mark.parametrize(
    ("state", "covered", "unknown"),
    [
        ({}, 300, []),
        ({"occupied": 100}, 0, []),
        ({"occupied": 99}, 300, []),
        ({"occupied": None}, 0, ["shelter_capacity"]),
        ({"capacity": None}, 0, ["shelter_capacity"]),
        ({"capacity": 0}, 0, []),
        ({"status": "full"}, 0, []),
        ({"status": "disabled"}, 0, []),
        ({"status": "closed"}, 0, []),
        ({"status": "closed", "capacity": None}, 0, []),
        ({"status": "open"}, 300, []),
        ({"status": None}, 0, ["shelter_capacity"]),
    ],
)
def test_only_shelters_with_room_count(
    state: dict[str, Any], covered: int, unknown: list[str]
) -> None:
    found = coverage(ROADS, CELLS, [shelter(1, 0.0, **state)], minutes=10 / 60)
    assert found.total.foot == covered
    assert [one.what for one in found.unknowns] == [*unknown, "cells_without_roads"]
    assert found.unknowns[-1].subjects == ("sea",)
    assert found.unknowns[-1].detail == "7"


def test_the_nearest_shelter_counts_and_closures_hold() -> None:
    both = (shelter(1, 0.0), shelter(2, 0.02))
    assert rows(*both)[-1] == (None, 607, 600, 600)
    shut = [closing("0:1:2:0", "0:2:1:1")]
    assert rows(*both, closures=shut)[-1] == (None, 607, 600, 600)
    assert rows(both[0], closures=shut)[-1] == (None, 607, 100, 100)


def test_no_shelter_nobody_and_nowhere() -> None:
    assert rows()[-1] == (None, 607, 0, 0)
    nobody = coverage(ROADS, [], [shelter(1, 0.0)], minutes=5)
    assert (nobody.districts, nobody.total.people, nobody.total.foot_share) == ((), 0, None)
    assert nobody.unknowns == ()


def test_by_day_other_people_are_there() -> None:
    assert rows(shelter(1, 0.0), by="day")[-1] == (None, 61, 30, 30)


def test_shares_are_of_one() -> None:
    yes, no = np.array([True]), np.array([False])
    total, districts = share(["a"], np.array([4]), yes, no)
    assert (total.foot_share, districts[0].vehicle_share) == (1.0, 0.0)
