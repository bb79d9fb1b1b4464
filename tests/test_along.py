"""A kilometre along a numbered road: between its posts, past them, and when it is not known.

The road lies on the equator, where 0.00899322 degrees are a kilometre (1,000 m).
"""

from __future__ import annotations

import pytest

from geo.queries.waymarks import Post, Sense
from routing.along import Along, along_ref
from routing.roads import Roads
from tests.towns import DEGREE_M, Road, town

KM = 1000 / DEGREE_M


def post(km: float, lon: float, lat: float = 0.0, sense: Sense = "both", ref: str = "G104") -> Post:
    return Post(ref, km, (lon, lat), sense, "county")


def kilometres(found: Along) -> list[tuple[float, str, str]]:
    """Each spot's kilometre from the town's origin, its sense and how it was found."""
    return [(round(s.at[0] / KM, 3), s.sense, s.how) for s in found.spots]


def two_way(ref: str = "G104") -> Roads:
    """Three kilometres in two stretches, with a bend of the same length in no stretch."""
    nodes = {1: (0.0, 0.0), 2: (1.5 * KM, 0.0), 3: (3 * KM, 0.0), 4: (1.5 * KM, KM)}
    numbered = {"ref": ref}
    return town(nodes, [Road(1, 2, tags=numbered), Road(2, 3, tags=numbered), Road(2, 4, "支路")])


POSTS = (post(10, 0.0, 0.0001), post(11, KM), post(12, 2 * KM))


@pytest.mark.parametrize(
    ("km", "expected"),
    [
        (10.0, [(0.0, "both", "at_post")]),
        (10.4, [(0.4, "both", "between")]),
        (11.75, [(1.75, "both", "between")]),
        (12.0, [(2.0, "both", "at_post")]),
        (12.6, [(2.6, "both", "beyond")]),
    ],
)
def test_a_kilometre_lies_between_its_posts(
    km: float, expected: list[tuple[float, str, str]]
) -> None:
    found = along_ref(two_way().graph, "G104", POSTS, km)
    assert kilometres(found) == expected
    assert found.why is None


@pytest.mark.parametrize(
    ("km", "why"),
    [(13.2, "beyond"), (9.5, "beyond"), (400.0, "beyond")],
)
def test_what_lies_past_the_posts_and_the_road_is_not_known(km: float, why: str) -> None:
    found = along_ref(two_way().graph, "G104", POSTS, km)
    assert (found.spots, found.why) == ((), why)


def test_how_exact_it_is_and_from_which_posts() -> None:
    (spot,) = along_ref(two_way().graph, "G104", POSTS, 10.4).spots
    assert [p.km for p in spot.posts] == [10, 11]
    assert 50 <= spot.within_m < 52
    assert spot.bearing_deg == pytest.approx(90)
    (at,) = along_ref(two_way().graph, "G104", POSTS, 11).spots
    assert at.within_m == 20
    (past,) = along_ref(two_way().graph, "G104", POSTS, 12.5).spots
    assert (past.beyond_m, past.within_m) == (pytest.approx(500), pytest.approx(150))


@pytest.mark.parametrize(
    ("posts", "km", "why"),
    [
        ((), 10.5, "no_posts"),
        ((post(10, 0.0, ref="G1"),), 10.5, "no_posts"),
        ((post(10, 0.0),), 10.5, "one_post"),
        ((post(10, 0.0), post(11, KM, 0.01)), 10.5, "off_road"),
        ((post(10, 0.0), post(15, KM)), 12.5, "disagree"),
    ],
)
def test_it_never_guesses(posts: tuple[Post, ...], km: float, why: str) -> None:
    found = along_ref(two_way().graph, "G104", posts, km)
    assert (found.spots, found.why) == ((), why)


def test_a_single_post_is_known_itself() -> None:
    found = along_ref(two_way().graph, "G104", (post(10, 0.4 * KM),), 10)
    assert kilometres(found) == [(0.4, "both", "at_post")]


def test_posts_on_a_road_that_is_not_loaded() -> None:
    found = along_ref(two_way("S1").graph, "G104", POSTS, 10.4)
    assert found.why == "no_road"


def test_a_road_with_several_numbers_is_each_of_them() -> None:
    found = along_ref(two_way("S1; g 104").graph, "G104", POSTS, 10.4)
    assert kilometres(found) == [(0.4, "both", "between")]


def motorway() -> Roads:
    """Two carriageways 30 m apart: eastwards at 0, westwards to its north."""
    north = 30 / DEGREE_M
    nodes = {1: (0.0, 0.0), 2: (3 * KM, 0.0), 3: (3 * KM, north), 4: (0.0, north)}
    one_way = {"oneway": True, "tags": {"ref": "G15"}}
    return town(nodes, [Road(1, 2, **one_way), Road(3, 4, **one_way)])  # type: ignore[arg-type]


def test_two_carriageways_are_two_places() -> None:
    middle = 15 / DEGREE_M
    posts = [post(1800 + n, n * KM, middle, ref="G15") for n in range(4)]
    found = along_ref(motorway().graph, "G15", posts, 1801.25)
    assert kilometres(found) == [(1.25, "rising", "between"), (1.25, "falling", "between")]
    east, west = found.spots
    assert (east.at[1], west.at[1]) == (0.0, pytest.approx(30 / DEGREE_M, abs=1e-7))
    assert (round(east.bearing_deg), round(west.bearing_deg)) == (90, 270)


def test_posts_of_one_carriageway_speak_of_that_one() -> None:
    posts = [post(1800 + n, n * KM, sense="rising", ref="G15") for n in range(4)]
    found = along_ref(motorway().graph, "G15", posts, 1802.5)
    assert kilometres(found) == [(2.5, "rising", "between")]


def test_a_roundabout_without_the_number_does_not_break_the_road() -> None:
    nodes = {1: (0.0, 0.0), 2: (0.5 * KM, 0.0), 3: (0.54 * KM, 0.0), 4: (1.04 * KM, 0.0)}
    graph = town(nodes, [Road(1, 2, tags={"ref": "G104"}), Road(3, 4, tags={"ref": "G104"})]).graph
    posts = (post(10, 0.0), post(11, 1.04 * KM))
    assert kilometres(along_ref(graph, "G104", posts, 10.25)) == [(0.26, "both", "between")]


def test_a_broken_road_is_said_to_be_broken() -> None:
    nodes = {1: (0.0, 0.0), 2: (0.3 * KM, 0.0), 3: (0.7 * KM, 0.0), 4: (KM, 0.0)}
    graph = town(nodes, [Road(1, 2, tags={"ref": "G104"}), Road(3, 4, tags={"ref": "G104"})]).graph
    posts = (post(10, 0.0), post(11, KM))
    assert along_ref(graph, "G104", posts, 10.5).why == "broken"


def test_a_kilometre_that_is_there_twice_is_two_places() -> None:
    """Two counties each number their own piece of S1 from 0."""
    far = 0.5
    nodes = {1: (0.0, 0.0), 2: (2 * KM, 0.0), 3: (far, 0.0), 4: (far + 2 * KM, 0.0)}
    graph = town(nodes, [Road(1, 2, tags={"ref": "S1"}), Road(3, 4, tags={"ref": "S1"})]).graph
    posts = [post(n, at + n * KM, ref="S1") for at in (0.0, far) for n in range(3)]
    spots = along_ref(graph, "S1", posts, 1.5).spots
    assert [round(s.at[0] / KM, 2) for s in spots] == [1.5, round((far + 1.5 * KM) / KM, 2)]
