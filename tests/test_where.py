"""Where something is, as a person says it: read, found on the map, told over HTTP and CLI.

The apikit town with G104 along its southern street: two milestones, a bridge with a name of its
own, and a flyover. West to east at latitude 28.00 a hundredth of a degree is 983 m.

    D ---- C ====== F            28.01     高架路 passes over 西街 without joining it
    |   #  |        |
    A --#- B ==三桥== E ---- G     28.00     K10 at A, K11.966 at E; the posts say 1 km each
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from geo.cluster import Cluster
from geo.errors import InvalidInput, NotFound
from geo.whereabouts import Coordinates, Crossing, Kilometre, Name, understood
from routing.roads import Roads
from server import cli, load
from server.desk import Desk
from server.settings import Settings
from server.where import Place, place, places
from tests.apikit import NOW, Files, serving, write_town
from tests.conftest import fresh_database

MILESTONES = {901: (123.0, 10), 902: (123.0101854, 11), 903: (123.0203708, 12)}


# -- reading words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "road", "km"),
    [
        ("G104 K1832+400", "G104", 1832.4),
        ("Ｇ１０４ Ｋ１８３２＋４００", "G104", 1832.4),
        ("G104国道1832公里400米", "G104", 1832.4),
        ("104国道1832公里400米处", "G104", 1832.4),
        ("国道104线 K1832+400", "G104", 1832.4),
        ("K1832+400 G104", "G104", 1832.4),
        ("G104 1832+400", "G104", 1832.4),
        ("甬台温高速 K1832", "甬台温高速", 1832.0),
        ("G15沈海高速K1832+5", "G15", 1832.005),
        ("A28 km 12.5", "A28", 12.5),
        ("A 28 pk 12+300", "A28", 12.3),
        ("S228 0公里", "S228", 0.0),
    ],
)
def test_a_kilometre_however_it_is_written(text: str, road: str, km: float) -> None:
    said = understood(text)
    assert isinstance(said, Kilometre)
    assert (said.road, said.km) == (road, pytest.approx(km))


@pytest.mark.parametrize(
    ("text", "sense", "heading"),
    [
        ("G15 K1832 上行", "rising", None),
        ("G15下行线K1832+400", "falling", None),
        ("G15 K1832 往南", "both", 180.0),
        ("G15 K1832 northbound", "both", 0.0),
        ("G15 K1832 往温州方向", "both", None),
        ("G15 K1832", "both", None),
    ],
)
def test_which_carriageway_may_be_said(text: str, sense: str, heading: float | None) -> None:
    said = understood(text)
    assert isinstance(said, Kilometre)
    assert (said.road, said.sense, said.heading_deg) == ("G15", sense, heading)


@pytest.mark.parametrize(
    "text",
    [
        "120.65,27.78", "120.65，27.78", "120.65 27.78", "120.65°, 27.78°", "E120.65 N27.78",
        "27.78N 120.65E", "120°39′E 27°46′48″N", "北纬27度46.8分 东经120度39分",
    ],
)  # fmt: skip
def test_coordinates_however_they_are_written(text: str) -> None:
    said = understood(text)
    assert isinstance(said, Coordinates)
    assert said.at == (pytest.approx(120.65), pytest.approx(27.78))


@pytest.mark.parametrize(
    ("text", "pairs", "sure"),
    [
        ("飞云大道/安阳路交叉口", (("飞云大道", "安阳路"),), True),
        ("飞云大道与安阳路", (("飞云大道", "安阳路"),), False),
        ("飞云大道安阳路口", (("飞云大道", "安阳路"),), True),
        ("飞云大道和安阳路路口", (("飞云大道", "安阳路"),), True),
        ("A & B", (("A", "B"),), True),
        ("corner of Main Street and Oak Avenue", (("Main Street", "Oak Avenue"),), True),
        ("人和路与和平路", (("人和路", "和平路"), ("人和路与", "平路")), False),
    ],
)
def test_a_crossing_however_it_is_written(
    text: str, pairs: tuple[tuple[str, str], ...], sure: bool
) -> None:
    said = understood(text)
    assert isinstance(said, Crossing)
    assert (said.pairs, said.sure) == (pairs, sure)


@pytest.mark.parametrize(
    "text", ["和平路", "中和路", "三桥", "东山北路", "三公里村", "E40", "😀", "%_%"]
)
def test_a_name_stays_a_name(text: str) -> None:
    assert understood(text) == Name(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "where.blank"),
        (" \t\u3000", "where.blank"),
        ("x" * 10_000, "where.too_long"),
        ("27.78,120.65", "where.swapped"),
        ("200,95", "errors.point"),
        ("nan,1", "errors.point"),
        ("1,2,3", "errors.point"),
        ("120°70′E 27°N", "errors.point"),
        ("G104 K1832+1400", "where.metres"),
        ("G104 K-3", "where.kilometre"),
        ("G104 K99999", "where.kilometre"),
        ("K1832+400", "where.which_road"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        understood(text)
    assert refused.value.values["words"] == words
    assert refused.value.remedy


# -- the town -------------------------------------------------------------------------------


def write_marked_town(folder: Path) -> Files:
    """The apikit town with road numbers, milestones, a bridge's own name and a flyover."""
    files = write_town(folder)
    text = files.roads.read_text(encoding="utf-8")
    for way in (10, 14, 17):
        text = text.replace(f'<way id="{way}" version="1">', f'<way id="{way}" version="1">@', 1)
        head, tail = text.split("@")
        text = head + tail.replace("</way>", '<tag k="ref" v="G 104"/></way>', 1)
    text = text.replace('v="南桥"/>', 'v="南街"/><tag k="bridge:name" v="南门三桥"/>', 1)
    posts = "".join(
        f'<node id="{node}" version="1" lon="{lon}" lat="28.0001">'
        f'<tag k="highway" v="milestone"/><tag k="distance" v="{km}"/>'
        + ('<tag k="ref" v="G104"/>' if km == 10 else "")
        + "</node>"
        for node, (lon, km) in MILESTONES.items()
    )
    flyover = (
        '<node id="21" version="1" lon="123.005" lat="27.995"/>'
        '<node id="22" version="1" lon="123.005" lat="28.005"/>'
    )
    text = text.replace("<way", posts + flyover + "<way", 1)
    over = (
        '<way id="30" version="1"><nd ref="21"/><nd ref="22"/><tag k="highway" v="primary"/>'
        '<tag k="name" v="高架路"/><tag k="bridge" v="yes"/><tag k="layer" v="1"/></way>'
    )
    files.roads.write_text(text.replace("</osm>", over + "</osm>"), encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def desk(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("where")
    said: dict[str, Any] = {"source": "town", "synthetic": True, "now": NOW}
    with fresh_database(cluster, template) as url:
        opened = Desk(Settings(home=folder / "home", database_url=url, web=folder / "web"))
        files = write_marked_town(folder)
        load.load_roads(opened, [files.roads], **said)
        load.load_districts(opened, [files.districts], **said)
        load.load_places(opened, [files.places], **said)
        yield opened
        opened.close()


@pytest.fixture
def asked(desk: Desk) -> Iterator[tuple[Session, Roads]]:
    with desk.session() as session:
        yield session, desk.roads(session)


def found(asked: tuple[Session, Roads], text: str, **more: Any) -> tuple[Place, ...]:
    return places(*asked, text, datetime.now(UTC), **more)


@pytest.mark.parametrize(
    ("text", "kind", "lon", "lat"),
    [
        ("G104 K10+500", "post", 123.00509, 28.0),
        ("国道104 11公里500米", "post", 123.01526, 28.0),
        ("西街 K10+500", "post", 123.00509, 28.0),  # by the name of a road that bears the number
        ("G104 K12+500", "post", 123.02546, 28.0),  # half a kilometre past the last post
        ("西街与西岸路", "crossing", 123.01, 28.0),
        ("G104/东岸路交叉口", "crossing", 123.02, 28.0),
        ("西街 & 高架路", "overpass", 123.005, 28.0),
        ("南门三桥", "bridge", 123.015, 28.0),
        ("三桥", "bridge", 123.015, 28.0),
        ("人民医院", "resource", 123.0001, 28.0051),
        ("实验小学", "risk", 123.0111, 28.0011),
        ("123.01,28.0", "point", 123.01, 28.0),
    ],
)
def test_the_place_that_is_meant(
    asked: tuple[Session, Roads], text: str, kind: str, lon: float, lat: float
) -> None:
    one = place(*asked, text, NOW)
    assert (one.kind, round(one.at[0], 4), round(one.at[1], 4)) == (
        kind, round(lon, 4), round(lat, 4),
    )  # fmt: skip


def test_an_answer_says_how_it_was_found_and_how_exactly(asked: tuple[Session, Roads]) -> None:
    one = place(*asked, "G104 K10+500", NOW)
    assert one.said("zh-CN") == "K10 与 K11 两桩之间,±50 米"
    assert one.said("en") == "between posts K10 and K11, ±50 m"
    assert (one.within_m, one.source, one.sense) == (50, "town", "both")
    assert one.name == "G104 K10+500"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("G105 K10", "where.no_road"),
        ("G104 K1832", "where.posts.beyond"),
        ("北街 K3", "where.no_number"),
        ("西街与北街", "where.apart"),
        ("西街/没有的路", "where.no_road"),
        ("没有的地方", "where.nothing"),
        ("%", "where.nothing"),
        ("_", "where.nothing"),
        ("😀", "where.nothing"),
        ("'; DROP TABLE road_post; --", "where.nothing"),
    ],
)
def test_what_is_not_known_says_why(asked: tuple[Session, Roads], text: str, words: str) -> None:
    with pytest.raises(NotFound) as unknown:
        found(asked, text)
    assert str(unknown.value.values["words"]).removesuffix("_like") == words
    assert unknown.value.remedy


def test_two_roads_that_never_meet_say_where_they_come_nearest(
    asked: tuple[Session, Roads],
) -> None:
    with pytest.raises(NotFound, match=r"1\.1 km apart, at 123"):
        found(asked, "西街与北街")


def test_several_places_are_listed_not_guessed(asked: tuple[Session, Roads]) -> None:
    with pytest.raises(InvalidInput) as several:
        place(*asked, "站", NOW)
    listed = several.value.values["candidates"]
    assert {"西站", "东站", "山里站"} <= {one["name"] for one in listed}
    assert all(-180 <= one["lon"] <= 180 for one in listed)


def test_a_whole_road_is_no_place(asked: tuple[Session, Roads]) -> None:
    assert found(asked, "老街")[0].kind == "road"
    with pytest.raises(InvalidInput) as whole:
        place(*asked, "老街", NOW)
    assert whole.value.values["words"] == "where.whole_road"


def test_the_nearest_comes_first_where_one_says_from_where(asked: tuple[Session, Roads]) -> None:
    names = [one.name for one in found(asked, "站", near=(123.0199, 28.0001))]
    assert names.index("东站") < names.index("西站")


# -- loading posts --------------------------------------------------------------------------


def test_a_countys_own_posts(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text("ref,km,lon,lat,direction\n104国道,x,1,1,\n", encoding="utf-8")
    with pytest.raises(Exception, match="km"):
        load.load_posts(desk, [file], now=NOW, synthetic=True)
    rows = [f"S 1,K{n}+000,{123.0 + n / 1000},28.01," for n in range(3)]
    file.write_text("\n".join(["ref,km,lon,lat,direction", *rows]), encoding="utf-8")
    report = load.load_posts(desk, [file], now=NOW, synthetic=True)
    assert (report["rows"], report["inserted"], report["kind"]) == (3, 3, "posts")
    assert load.load_posts(desk, [file], now=NOW, synthetic=True)["unchanged"] == 3
    with desk.session() as session, pytest.raises(NotFound) as unknown:
        places(session, desk.roads(session), "S1 K1", NOW)
    assert unknown.value.values["words"] == "where.posts.no_road"


# -- over HTTP and on the command line ------------------------------------------------------


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[httpx.Client]:
    with serving(desk.settings) as opened:
        yield opened


def test_where_over_http(client: httpx.Client) -> None:
    body = client.get("/api/where", params={"q": "G104 K10+500"}).json()
    (one,) = body["results"]
    assert (one["kind"], one["how"], one["within_m"]) == ("post", "between_both", 50)
    assert one["how_en"] == "between posts K10 and K11, ±50 m"
    near = {"q": "站", "near": "123.0199,28.0001"}
    assert client.get("/api/where", params=near).json()["results"][0]["name"] == "东站"


@pytest.mark.parametrize(
    ("text", "status"),
    [("K1832+400", 422), ("G104 K1832+1400", 422), ("没有的地方", 404), ("字" * 10_000, 422)],
)
def test_a_wrong_place_over_http(client: httpx.Client, text: str, status: int) -> None:
    answer = client.get("/api/where", params={"q": text[:3000]})
    assert answer.status_code == status
    assert answer.json()["error"]["remedy"]


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("G104 K10+500", ["post"]),
        ("西街 西岸路", []),
        ("西街与西岸路", ["crossing"]),
        ("三桥", ["bridge"]),
        ("南街", ["road"]),
        ("K10+", []),
        ("G104 K10+1500", []),
    ],
)
def test_the_search_box_finds_them_too(client: httpx.Client, text: str, types: list[str]) -> None:
    results = client.get("/api/search", params={"q": text}).json()["results"]
    assert [one["type"] for one in results] == types
    assert all({"id", "name", "detail", "lon", "lat"} <= one.keys() for one in results)


def test_nearest_and_route_take_a_place_in_words(client: httpx.Client) -> None:
    body = client.post("/api/nearest", json={"where": "三桥", "kinds": ["team"]}).json()
    assert (round(body["incident"]["lon"], 3), body["incident"]["lat"]) == (123.015, 28.0)
    way = client.get("/api/route", params={"from": "G104 K10+500", "to": "三桥"}).json()
    assert 900 < way["distance_m"] < 1100
    both = client.post("/api/nearest", json={"where": "三桥", "lon": 1, "lat": 1})
    assert both.status_code == 422


def test_where_on_the_command_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ONEMAP_HOME", str(desk.settings.home))
    monkeypatch.setenv("DATABASE_URL", str(desk.settings.database_url))
    assert cli.run_command(["where", "G104", "K10+500", "--json"]) == 0
    (one,) = json.loads(capfd.readouterr().out)["results"]
    assert (one["kind"], one["sense"]) == ("post", "both")
    assert cli.run_command(["where", "三桥"]) == 0
    assert "南门三桥" in capfd.readouterr().out
    assert cli.run_command(["nearest", "--at", "G104 K10+500", "--json"]) == 0
    said = capfd.readouterr()
    assert "K10 与 K11 两桩之间" in said.err
    assert round(json.loads(said.out)["incident"]["lon"], 4) == 123.0051
    assert cli.run_command(["where", "K10+500", "--lang", "en"]) == 1
    assert "G104 K10+500" in capfd.readouterr().err
