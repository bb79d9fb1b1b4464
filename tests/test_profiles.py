"""Who travels, and how fast where: limits by vehicle, slower streets in built-up ground."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.errors import BadFile
from geo.words import LANGUAGES, catalogue
from routing.builtup import built_up
from routing.profiles import SPEEDS, read_profiles, road_parameter, weights
from tests.towns import Road, table_of

PROFILES = read_profiles()
ENDS = {1: (0.0, 0.0), 2: (0.01, 0.0)}


def may(profile: str, **tags: object) -> bool:
    """Whether the profile may use a primary road with these tags."""
    table = table_of(ENDS, [Road(1, 2, length_m=1000, tags=tags)])
    return bool(weights(table, PROFILES[profile])[0] >= 0)


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "foot"])
@pytest.mark.parametrize(
    ("limit", "tag"),
    [("height_m", "max_height_m"), ("weight_t", "max_weight_t"), ("width_m", "max_width_m")],
)
def test_a_sign_stops_who_is_larger_and_lets_pass_who_just_fits(
    profile: str, limit: str, tag: str
) -> None:
    own = PROFILES[profile].limits[limit].value
    assert may(profile, **{tag: own + 0.01})
    assert may(profile, **{tag: own})
    assert not may(profile, **{tag: own - 0.01})
    assert may(profile, **{tag: np.nan})  # no sign is known


def test_who_goes_on_foot_fits_everywhere() -> None:
    assert may("foot", max_height_m=1.5, max_weight_t=0.5, max_width_m=0.9)


@pytest.mark.parametrize(
    ("depth_m", "who"),
    [
        (0.0, {"car", "ambulance", "bus", "truck", "foot", "fire_tender", "high_clearance"}),
        (0.15, {"ambulance", "bus", "truck", "foot", "fire_tender", "high_clearance"}),
        (0.25, {"bus", "truck", "foot", "fire_tender", "high_clearance"}),
        (0.3, {"fire_tender", "high_clearance"}),
        (0.5, {"high_clearance"}),
        (0.79, {"high_clearance"}),
        (0.8, set()),
        (None, set()),  # an unknown depth stops everyone
    ],
)
def test_deeper_water_leaves_only_the_high_ones(depth_m: float | None, who: set[str]) -> None:
    assert {name for name, one in PROFILES.items() if one.wades(depth_m)} == who


def test_emergency_vehicles_open_gates_and_nobody_drives_over_blocks() -> None:
    for name, profile in PROFILES.items():
        assert ("block" in profile.passes) == (name == "foot")
        assert "gate" in profile.passes
        assert ("chain" in profile.passes) == (profile.emergency or name == "foot")
    assert {name for name, one in PROFILES.items() if "height_restrictor" in one.passes} == {
        "car",
        "foot",
    }
    assert [name for name, one in PROFILES.items() if not one.obeys_turns] == ["foot"]


def test_every_profile_has_its_name_in_both_languages() -> None:
    for language in LANGUAGES:
        for name in PROFILES:
            assert f"cli.profiles.{name}" in catalogue(language)
            assert f"routing.profile.{name}" in catalogue(language)


def test_streets_are_slower_where_junctions_stand_close_together() -> None:
    side, step = 12, 0.001  # 144 junctions on 1.5 km2
    nodes = {100 * x + y + 1: (step * x, step * y) for x in range(side) for y in range(side)}
    roads = [
        Road(100 * x + y + 1, 100 * (x + dx) + y + dy + 1, length_m=1000)
        for x in range(side)
        for y in range(side)
        for dx, dy in ((1, 0), (0, 1))
        if x + dx < side and y + dy < side
    ]
    nodes |= {9001: (0.2, 0.0), 9002: (0.25, 0.0)}
    table = table_of(nodes, [*roads, Road(9001, 9002, length_m=1000)])
    dense = built_up(table, 20)
    assert dense[:-1].sum() == len(table.edge_id) - 2  # all but the road out of town
    ms = weights(table, PROFILES["fire_tender"])
    ids = {key: index for index, key in enumerate(table.edge_id)}
    assert ms[ids["264:9001:9002:0"]] == 80_000  # 45 km/h
    assert set(ms[dense].tolist()) == {94_737}  # 38 km/h
    assert set(weights(table, PROFILES["foot"]).tolist()) == {840_336}  # 4.284 km/h everywhere
    assert not built_up(table, 1000).any()
    assert len(built_up(table_of({}, []), 20)) == 0


def test_a_single_word_is_no_list_of_vehicles(tmp_path: Path) -> None:
    text = (SPEEDS / "car.toml").read_text(encoding="utf-8")
    broken = text.replace('vehicles = ["motorcar", "motor_vehicle", "vehicle"]', 'vehicles = "car"')
    (tmp_path / "car.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(BadFile, match="vehicles is a list"):
        read_profiles(tmp_path)


@pytest.mark.parametrize("body", ["built_up = 3", "[built_up.junctions_per_km2]\nvalue = 0", "["])
def test_a_broken_parameter_file_is_refused_by_name(body: str, tmp_path: Path) -> None:
    (tmp_path / "roads.toml").write_text(body, encoding="utf-8")
    with pytest.raises(BadFile, match=r"roads\.toml"):
        road_parameter("built_up", "junctions_per_km2", tmp_path / "roads.toml")
