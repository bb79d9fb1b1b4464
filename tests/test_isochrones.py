"""Isochrones follow the roads and stop at the water."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
import shapely.geometry

from routing.outline import outline
from routing.profiles import read_profiles
from routing.roads import Roads
from tests.test_closures import BRIDGE, riverside
from tests.towns import DEGREE_M, Road, closing, town

LINE = {1: (0.0, 0.0), 2: (0.1, 0.0)}


def shape_of(geometry: object) -> shapely.Geometry:
    shape = shapely.geometry.shape(geometry)
    assert shape.is_valid, shapely.is_valid_reason(shape)
    return shape


@pytest.mark.parametrize(
    ("direction", "oneway", "expected_m"),
    [
        ("from_incident", False, (-2000, 2000)),
        ("to_incident", False, (-2000, 2000)),
        ("from_incident", True, (0, 2000)),
        ("to_incident", True, (-2000, 0)),
    ],
)
def test_it_reaches_as_far_as_the_time_allows(
    direction: str, oneway: bool, expected_m: tuple[float, float]
) -> None:
    """On foot 100 m take a second here."""
    profile = "car" if oneway else "foot"
    roads = town(LINE, [Road(1, 2, oneway=oneway)])
    minutes = 2 / 60 if oneway else 20 / 60  # 1 m/ms by car
    found = roads.isochrone((0.05, 0.0), [minutes], profile=profile, direction=direction)  # type: ignore[arg-type]
    west, south, east, north = shape_of(found[0]).bounds
    assert (west - 0.05) * DEGREE_M == pytest.approx(expected_m[0], abs=70)
    assert (east - 0.05) * DEGREE_M == pytest.approx(expected_m[1], abs=70)
    assert (north - south) * DEGREE_M < 130


def test_a_longer_time_holds_the_shorter_one() -> None:
    found = riverside().isochrone((0.0, 0.0), [0.01, 0.03, 0.1], profile="car")
    small, middle, large = (shape_of(one) for one in found)
    assert large.buffer(1e-9).covers(middle)
    assert middle.buffer(1e-9).covers(small)
    assert 0 < small.area < middle.area < large.area


def test_no_ground_across_the_river_when_the_bridge_is_closed() -> None:
    roads = riverside()
    (open_bridge,) = roads.isochrone((0.0, 0.0), [3 / 60], profile="car")
    (closed,) = roads.isochrone((0.0, 0.0), [3 / 60], profile="car", closures=[closing(*BRIDGE)])
    over = shapely.box(-1, 0.006, 1, 1)
    assert shape_of(open_bridge).intersects(over)
    assert not shape_of(closed).intersects(over)


def test_no_road_near_or_all_closed_leaves_no_ground() -> None:
    roads = riverside()
    far = roads.isochrone((0.5, 0.5), [5, 10], profile="car")
    assert [one["coordinates"] for one in far] == [[], []]
    assert roads.isochrone((0.0, 0.0), [], profile="car") == ()


@pytest.mark.parametrize("seed", range(25))
def test_an_outline_is_valid_and_holds_its_cells(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random((int(rng.integers(1, 20)), int(rng.integers(1, 20)))) < rng.random()
    shape = shape_of(outline(mask, np.array([0.0, 0.0, 1.0, 1.0])))
    rows, columns = np.nonzero(np.ones_like(mask))
    inside = shapely.contains_xy(shape, columns + 0.5, rows + 0.5)
    assert inside.reshape(mask.shape).tolist() == mask.tolist()


def test_small_holes_are_filled_large_ones_kept() -> None:
    mask = np.ones((12, 12), dtype=bool)
    mask[2, 2] = False
    mask[5:9, 5:9] = False
    shape = shape_of(outline(mask, np.array([0.0, 0.0, 1.0, 1.0]), smallest_hole=4))
    assert [len(one.interiors) for one in shape.geoms] == [1]
    assert not shape.contains(shapely.Point(7, 7))
    assert shape.contains(shapely.Point(2.5, 2.5))


def test_a_real_city_in_a_moment(test_data: Path) -> None:
    from routing.sources import read_roads

    table = read_roads([test_data / "osm" / "cn_jinan.osm.pbf"])
    roads = Roads.compile(table, read_profiles())
    at = (float(np.median(table.node_lon)), float(np.median(table.node_lat)))
    found = [shape_of(one) for one in roads.isochrone(at, [5, 10, 15], profile="fire_tender")]
    assert 0 < found[0].area < found[1].area < found[2].area
