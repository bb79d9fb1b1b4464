"""Isochrones follow the roads and stop at the water."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
import shapely.geometry

from geo.domain import Direction
from routing.changes import Changes
from routing.isochrones import isochrone
from routing.lines import edge_lines
from routing.outline import outline
from routing.profiles import read_profiles
from routing.roads import Roads
from tests.test_closures import BRIDGE, riverside
from tests.towns import DEGREE_M, Road, box, closing, plain, random_town, town

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


def blocked(roads: Roads, start: float, end: float) -> Changes:
    """The only road of a line, both ways, blocked from a fraction to a fraction."""
    edge, mate = roads.graph.find(["0:1:2:0", "0:2:1:1"]).tolist()
    edges = np.array(sorted((edge, mate)), dtype=np.int32)
    low = np.where(edges == edge, start, 1 - end)
    high = np.where(edges == edge, end, 1 - start)
    return Changes(edges, np.full(2, -1, dtype=np.int32), edges, low, high)


@pytest.mark.parametrize("direction", ["from_incident", "to_incident"])
@pytest.mark.parametrize(
    ("at", "expected_m"),
    [
        (0.05, (-4500, 1000)),  # the block begins a kilometre to the east of the place
        (0.06, None),  # inside it
        (0.08, (-1000, 2224)),  # beyond it, as far as the road goes
    ],
)
def test_a_road_blocked_halfway_is_followed_to_the_block(
    at: float, expected_m: tuple[float, float] | None, direction: Direction
) -> None:
    roads = town(LINE, [Road(1, 2)])
    changes = blocked(
        roads, 0.05 / 0.1 + 1000 / (0.1 * DEGREE_M), 0.08 / 0.1 - 1000 / (0.1 * DEGREE_M)
    )
    (found,) = isochrone(roads.graph, (at, 0.0), [4.5 / 60], "car", changes, direction=direction)
    if expected_m is None:
        assert found["coordinates"] == []
        return
    west, _, east, _ = shape_of(found).bounds
    assert (west - at) * DEGREE_M == pytest.approx(expected_m[0], abs=80)
    assert (east - at) * DEGREE_M == pytest.approx(expected_m[1], abs=80)


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


@pytest.mark.parametrize("seed", range(25))
def test_more_cells_never_make_less_ground(seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = rng.random((18, 18))
    times[:, 6:9] = times[:, 6:9].round()
    frame = np.array([0.0, 0.0, 1.0, 1.0])
    shapes = [
        shape_of(outline(times < most, frame, smallest_hole=3)) for most in (0.2, 0.5, 0.7, 0.9)
    ]
    for smaller, larger in pairwise(shapes):
        assert shapely.area(shapely.difference(smaller, larger)) == 0


def test_an_island_in_a_small_hole_is_filled_with_it_and_one_in_a_large_hole_stands() -> None:
    mask = np.ones((14, 9), dtype=bool)
    mask[1:4, 1:4], mask[2, 2] = False, True
    mask[6:13, 1:8], mask[9, 4] = False, True
    shape = shape_of(outline(mask, np.array([0.0, 0.0, 1.0, 1.0]), smallest_hole=10))
    assert [len(one.interiors) for one in shape.geoms] == [1, 0]
    assert shape.contains(shapely.Point(1.5, 1.5))
    assert shape.contains(shapely.Point(4.5, 9.5))
    assert not shape.contains(shapely.Point(2.5, 9.5))


@pytest.mark.parametrize("direction", ["from_incident", "to_incident"])
@pytest.mark.parametrize("seed", range(30))
def test_what_is_reached_in_time_lies_inside_whatever_the_town(
    seed: int, direction: Direction
) -> None:
    """Every place whose road time is within the minutes stands on the ground drawn for them."""
    table, rng = random_town(seed)
    roads = Roads.compile(table, {"car": plain(snap_m=4000.0)})
    shut = [closing(geometry=box(*sorted_box(rng)))] if seed % 3 == 0 else []
    at = tuple(rng.uniform(-0.02, 0.02, 2).tolist())
    minutes = [0.01, 0.03, 0.06]
    drawn = roads.isochrone(at, minutes, profile="car", closures=shut, direction=direction)
    shapes = [shape_of(one) for one in drawn]
    for smaller, larger in pairwise(shapes):
        assert holds(larger, smaller)
    places = [(float(x), float(y)) for x, y in rng.uniform(-0.02, 0.02, (40, 2))]
    ask = roads.times_from if direction == "from_incident" else roads.times_to
    found = ask(at, places, profile="car", closures=shut)
    for one, shape in zip(minutes, shapes, strict=True):
        for ms, snap in zip(found.road_ms.tolist(), found.snaps, strict=True):
            if 0 <= ms <= one * 60_000 and snap is not None:
                assert shape.covers(shapely.Point(snap.at)), (ms, snap)


def holds(larger: shapely.Geometry, smaller: shapely.Geometry) -> bool:
    """But for slivers of the width that coordinates are rounded to, a centimetre."""
    return bool(shapely.difference(smaller, larger).buffer(-1e-7).is_empty)


def sorted_box(rng: np.random.Generator) -> tuple[float, float, float, float]:
    west, east = sorted(rng.uniform(-0.02, 0.02, 2).tolist())
    south, north = sorted(rng.uniform(-0.02, 0.02, 2).tolist())
    return west, south, east, north


@pytest.mark.parametrize("city", ["cn_jinan", "cn_guixi_county_city", "andorra"])
def test_the_ground_of_a_real_city_is_valid_and_keeps_to_its_roads(
    test_data: Path, city: str
) -> None:
    """No point of it is further from a travelled road than 75 m, but inside a block of houses."""
    from routing.sources import read_roads

    table = read_roads([test_data / "osm" / f"{city}.osm.pbf"])
    roads = Roads.compile(table, read_profiles())
    rng = np.random.default_rng(1)
    main = np.flatnonzero(table.node_component == 0)
    lines = shapely.STRtree(edge_lines(roads.graph, np.arange(roads.edges, dtype=np.int32)))
    width = float(np.cos(np.radians(np.median(table.node_lat))))
    for node in rng.choice(main, 3).tolist():
        at = (float(table.node_lon[node]), float(table.node_lat[node]))
        drawn = roads.isochrone(at, [5, 10, 30], profile="fire_tender")
        shapes = [shape_of(one) for one in drawn]
        for smaller, larger in pairwise(shapes):
            assert holds(larger, smaller)
        for shape in shapes:
            if shape.is_empty:  # a tender cannot leave a footpath
                continue
            ring = shapely.points(shapely.get_coordinates(shape))
            _, near = lines.query_nearest(ring, return_distance=True, all_matches=False)
            assert near.max() * DEGREE_M < 110 / width  # degrees east are shorter


def test_a_real_city_in_a_moment(test_data: Path) -> None:
    from routing.sources import read_roads

    table = read_roads([test_data / "osm" / "cn_jinan.osm.pbf"])
    roads = Roads.compile(table, read_profiles())
    at = (float(np.median(table.node_lon)), float(np.median(table.node_lat)))
    found = [shape_of(one) for one in roads.isochrone(at, [5, 10, 15], profile="fire_tender")]
    assert 0 < found[0].area < found[1].area < found[2].area
