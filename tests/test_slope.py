"""Walking uphill takes longer than down, where the heights of the ground are known."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, text

from geo import db
from geo.errors import BadFile
from geo.intake.heights import VOID, HeightTile, pack, read_tile, unpack
from geo.queries.speeds import measured_version, save_tile, tiles_within
from routing.conditions import Conditions, conditions_of, informed, measured_of, under
from routing.measured import Measured
from routing.profiles import read_profiles
from routing.roads import Roads
from routing.slope import climb, heights_at, tobler
from tests.oracle import times_by_networkx
from tests.town import NOW
from tests.towns import DEGREE_M, Road, plain, random_town, table_of

PROFILES = read_profiles()
SIZE = 1201


def plane(per_metre: float, *, void_west_of: float | None = None) -> HeightTile:
    """Ground at 0-1 E, 0-1 N that rises to the east by so many metres a metre, from 100 m."""
    column = np.arange(SIZE) / (SIZE - 1)
    row = 100 + np.rint(column * DEGREE_M * per_metre)
    if void_west_of is not None:
        row[column < void_west_of] = VOID
    return HeightTile(0, 0, np.tile(row.astype(np.int16), (SIZE, 1)))


def hill(per_metre: float, *roads: Road, **more: float) -> Roads:
    """Roads over that ground from 0.1 E on, a hundredth of a degree apart."""
    nodes = {n: (0.1 + 0.01 * n, 0.5) for n in range(1, 5)}
    base = Roads.compile(table_of(nodes, roads), PROFILES)
    known = Measured("hill", (), climb(base.graph, [plane(per_metre, **more)]))
    return Roads(informed(base.graph, known))


@pytest.mark.parametrize(
    ("slope", "share"),
    [(0.0, 1.0), (-0.05, 1.191), (0.05, 0.839), (-0.1, 1.0), (0.1, 0.705), (0.2, 0.497)],
)
def test_walking_is_fastest_a_little_downhill(slope: float, share: float) -> None:
    assert tobler(np.array([slope]))[0] == pytest.approx(share, abs=0.001)


def test_up_takes_longer_than_down_and_wheels_do_not_care() -> None:
    roads = hill(0.1, Road(1, 2, length_m=1111.9))
    up = roads.times_from((0.11, 0.5), [(0.12, 0.5)], profile="foot").road_s[0]
    down = roads.times_to((0.11, 0.5), [(0.12, 0.5)], profile="foot").road_s[0]
    level = 1111.9 / (4.284 / 3.6)
    assert up == pytest.approx(level / 0.705, rel=0.01)
    assert down == pytest.approx(level, rel=0.01)  # -10 % is as fast as the level
    car = roads.times_from((0.11, 0.5), [(0.12, 0.5)], profile="car").road_s[0]
    assert car == pytest.approx(1111.9 * 3.6 / 45, rel=0.01)
    risen = measured_of(roads.graph).climb
    assert risen is not None
    assert risen.up_m.tolist() == pytest.approx([111, 0], abs=1)
    assert risen.down_m.tolist() == pytest.approx([0, 111], abs=1)


def test_against_a_one_way_street_the_hill_turns_round() -> None:
    roads = hill(0.1, Road(1, 2, oneway=True, length_m=1111.9))
    up = roads.times_from((0.11, 0.5), [(0.12, 0.5)], profile="foot")
    back = roads.times_to((0.11, 0.5), [(0.12, 0.5)], profile="foot")
    assert back.road_ms[0] < up.road_ms[0]
    risen = measured_of(roads.graph).climb
    assert risen is not None
    assert risen.up_m.tolist() == risen.down_m.tolist()[::-1]


def test_unknown_heights_leave_a_road_level() -> None:
    flat = hill(0.0, Road(1, 2, length_m=1000), Road(3, 4, length_m=1000))
    roads = hill(0.1, Road(1, 2, length_m=1000), Road(3, 4, length_m=1000), void_west_of=0.125)
    risen = measured_of(roads.graph).climb
    assert risen is not None
    assert np.isnan(risen.slower).tolist() == [True, True, False, False]
    known, level = (one.graph.weights["foot"].ms.tolist() for one in (roads, flat))
    assert known[:2] == level[:2] == [840_336] * 2
    assert known[2] > level[2]
    nowhere = climb(roads.graph, [])
    assert np.isnan(nowhere.slower).all()


def test_steps_keep_their_own_speed() -> None:
    roads = hill(0.3, Road(1, 2, kind="steps", length_m=100), Road(3, 4, length_m=100))
    assert roads.graph.weights["foot"].ms.tolist()[:2] == [166_667] * 2  # 0.6 m/s
    assert roads.graph.weights["foot"].ms[2] > 84_034


def test_the_ground_below_a_bridge_does_not_matter() -> None:
    valley = plane(0.0)
    heights = valley.heights.copy()
    heights[:, 133:142] = 20  # a gorge of 80 m between 0.111 and 0.118 E
    gorge = HeightTile(0, 0, heights)
    for tags, climbs in (({"bridge": True}, False), ({"tunnel": True}, False), ({}, True)):
        nodes = {1: (0.11, 0.5), 2: (0.12, 0.5)}
        graph = Roads.compile(table_of(nodes, [Road(1, 2, tags=tags)]), PROFILES).graph
        assert bool(climb(graph, [gorge]).up_m[0] > 70) is climbs


def test_heights_lie_between_their_cells_and_end_at_the_border() -> None:
    tile = plane(0.01)
    at = heights_at([tile], np.array([0.0, 0.5, 1.0, 1.0001, -0.1]), np.full(5, 0.3))
    assert at[:3] == pytest.approx([100, 656, 1212], abs=1)
    assert np.isnan(at[3:]).all()
    north, south = (heights_at([tile], np.array([0.25]), np.array([y]))[0] for y in (1.0, 0.0))
    assert north == south == pytest.approx(378, abs=1)


@pytest.mark.parametrize("seed", range(12))
def test_hilly_times_equal_networkx(seed: int) -> None:
    table, rng = random_town(seed)
    base = Roads.compile(table, {"foot": plain("foot", mode="walk", kph=4.3, snap_m=600)})
    rough = [
        HeightTile(x, y, rng.integers(0, 900, (SIZE, SIZE)).astype(np.int16))
        for x in (-1, 0)
        for y in (-1, 0)
    ]
    roads = Roads(informed(base.graph, Measured("rough", (), climb(base.graph, rough))))
    places = [(float(x), float(y)) for x, y in rng.uniform(-0.02, 0.02, (8, 2))]
    for backwards, ask in ((True, roads.times_to), (False, roads.times_from)):
        found = ask(places[0], places, profile="foot").road_ms.tolist()
        expected = times_by_networkx(roads, places[0], places, profile="foot", backwards=backwards)
        assert [None if ms < 0 else ms for ms in found] == expected


def test_slopes_stay_when_the_weather_changes() -> None:
    roads = hill(0.1, Road(1, 2, length_m=1000))
    dry = roads.graph.weights["foot"].ms[0]
    rain = under(roads.graph, Conditions(rain="rain"))
    assert rain.weights["foot"].ms[0] == pytest.approx(dry / 0.9, rel=0.001)
    assert measured_of(rain) is measured_of(roads.graph)
    assert under(rain) is roads.graph
    assert conditions_of(informed(rain, Measured("other"))) == Conditions(rain="rain")


def test_andorra_is_steep(test_data: Path) -> None:
    from routing.sources import read_roads

    tile = read_tile(test_data / "dem" / "N42E001_andorra.hgt.zip")
    assert (tile.west, tile.south, tile.size, tile.voids) == (1, 42, 1201, 7652)
    la_vella = heights_at([tile], np.array([1.5218]), np.array([42.5063]))[0]
    assert la_vella == pytest.approx(1023, abs=40)  # the town's stated height
    graph = Roads.compile(read_roads([test_data / "osm" / "andorra.osm.pbf"]), PROFILES).graph
    risen = climb(graph, [tile])
    known = np.isfinite(risen.slower)
    assert known.mean() > 0.99
    assert 1.2 < np.average(risen.slower[known], weights=graph.length_m[known]) < 2.2


# -- files from outside --------------------------------------------------------------------------


def write_tile(path: Path, size: int = SIZE, fill: int = 5) -> Path:
    path.write_bytes(struct.pack(">h", fill) * (size * size))
    return path


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return path


@pytest.mark.parametrize(("name", "west", "south"), [("N28E121", 121, 28), ("s01w070", -70, -1)])
def test_a_tile_says_its_place_by_its_name(
    name: str, west: int, south: int, tmp_path: Path
) -> None:
    tile = read_tile(write_tile(tmp_path / f"{name}.hgt"))
    assert (tile.west, tile.south, int(tile.heights[0, 0])) == (west, south, 5)
    finer = zipped(tmp_path / "any.zip", **{f"{name}_hgt": b"\0" * (3601 * 3601 * 2)})
    assert read_tile(finer).size == 3601


def test_heights_that_no_ground_has_are_not_known(tmp_path: Path) -> None:
    file = write_tile(tmp_path / "N28E121.hgt", fill=9000)
    assert read_tile(file).voids == SIZE * SIZE


def test_a_tile_comes_back_from_the_database_form() -> None:
    tile = plane(0.05)
    again = unpack(0, 0, SIZE, pack(tile))
    assert np.array_equal(again.heights, tile.heights)


FULL = b"\0" * (SIZE * SIZE * 2)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda f: f / "N28E121.hgt", "cannot be read"),
        (lambda f: _bytes(f / "N28E121.hgt", b""), "0 bytes"),
        (lambda f: _bytes(f / "N28E121.hgt", FULL[:-1]), "2884801 bytes"),
        (lambda f: _bytes(f / "N28E121.hgt", FULL + b"\0"), "2884803 bytes"),
        (lambda f: _bytes(f / "heights.hgt", FULL), "does not name"),
        (lambda f: _bytes(f / "N95E121.hgt", FULL), "does not name"),
        (lambda f: _bytes(f / "N28E121.zip", b"PK\x03\x04 and no more"), "broken zip"),
        (lambda f: zipped(f / "N28E121.zip"), "22 bytes"),  # an empty zip begins otherwise
        (lambda f: zipped(f / "N28E121.zip", a_hgt=FULL, b_hgt=FULL), "2 files"),
        (lambda f: zipped(f / "N28E121.zip", N28E121_hgt=b"x" * 50_000_000), "50000000 bytes"),
        (lambda f: _lying(f / "N28E121.zip"), "broken zip"),
    ],
)
def test_a_file_that_is_no_tile_is_refused(make: object, why: str, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=why):
        read_tile(make(tmp_path))  # type: ignore[operator]


def _bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _lying(path: Path) -> Path:
    """A zip that says its member has the right size and holds another."""
    zipped(path, N28E121_hgt=b"x" * (SIZE * SIZE * 2 + 1000))
    body = bytearray(path.read_bytes())
    wrong, right = (struct.pack("<I", SIZE * SIZE * 2 + more) for more in (1000, 0))
    assert body.count(wrong) == 2
    path.write_bytes(bytes(body).replace(wrong, right))
    return path


def test_tiles_are_kept_one_a_degree(engine: Engine) -> None:
    with db.session(engine) as session:
        assert measured_version(session) == ""
        save_tile(session, plane(0.05), source="srtm", file="N00E000.hgt", now=NOW)
        first = measured_version(session)
        save_tile(session, plane(0.06), source="srtm", file="N00E000.hgt", now=NOW)
        assert measured_version(session) not in ("", first)
        assert len(tiles_within(session, 0.2, 0.2, 0.3, 0.3)) == 1
        assert tiles_within(session, 1.2, 0.2, 1.3, 0.3) == ()
        assert session.scalar(text("SELECT count(*) FROM height_tile")) == 1
