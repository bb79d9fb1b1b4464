"""The HTTP interface on a town whose answers fit on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from httpx import Client

from server import load
from server.desk import Desk
from tests import apikit
from tests.apikit import NORTH_BRIDGE, SOUTH_BRIDGE, SQUARE, incident
from tests.town import write_csv

settings, town, client, empty = apikit.settings, apikit.town, apikit.client, apikit.empty


def feature(geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def stations(client: Client, **said: Any) -> dict[str, dict[str, Any]]:
    body = {"lon": SQUARE[0], "lat": SQUARE[1], "categories": ["S016"], **said}
    answer = client.post("/api/nearest", json=body)
    assert answer.status_code == 200, answer.text
    return {one["name"]: one for one in answer.json()["resources"]}


# -- an empty service -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/area", 404, "not_found"),
        ("/api/coverage", 503, "no_roads"),
        ("/api/route?from=123,28&to=123,28.1", 503, "no_roads"),
        ("/api/isochrone?at=123,28", 503, "no_roads"),
    ],
)
def test_nothing_loaded_is_said(empty: Client, path: str, status: int, code: str) -> None:
    answer = empty.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert "onemap" in answer.json()["error"]["remedy"]


def test_an_empty_service_is_healthy_and_says_so(empty: Client) -> None:
    body = empty.get("/api/health").json()
    assert body["status"] == "empty"
    assert (body["roads"], body["datasets"], body["synthetic"]) == (None, [], False)


@pytest.mark.parametrize("path", ["/api/incidents", "/api/closures", "/api/event-types"])
def test_lists_answer_before_anything_is_loaded(empty: Client, path: str) -> None:
    if path == "/api/closures":  # what they close cannot be said without roads
        assert empty.get(path).status_code == 503
    else:
        assert isinstance(empty.get(path).json(), list)


# -- what is loaded -------------------------------------------------------------------------


def test_health_names_what_is_loaded(client: Client) -> None:
    body = client.get("/api/health").json()
    assert (body["status"], body["synthetic"]) == ("ok", True)
    assert body["roads"]["nodes"] == 7 or body["roads"]["nodes"] == 6  # ends and junctions
    assert {one["kind"] for one in body["datasets"]} == {"roads", "places", "people", "districts"}


def test_the_area_has_bounds_and_says_that_it_is_invented(client: Client) -> None:
    body = client.get("/api/area").json()
    west, south, east, north = body["bounds"]
    assert west <= 123.0 < 123.03 <= east
    assert south <= 28.0 < 28.01 <= north
    assert body["synthetic"] is True


def test_categories_are_all_there_with_their_counts(client: Client) -> None:
    body = client.get("/api/categories").json()
    risk = [one for group in body["risk"] for one in group["categories"]]
    resource = {one["code"]: one for group in body["resource"] for one in group["categories"]}
    assert (len(risk), len(resource)) == (100, 200)
    assert (resource["S016"]["count"], resource["S002"]["count"]) == (3, 0)
    assert resource["S016"]["kind"] == "team"


def test_event_types_say_which_have_a_playbook(client: Client) -> None:
    types = {one["code"]: one["playbook"] for one in client.get("/api/event-types").json()}
    assert len(types) == 111
    assert types["12E04"] is True
    assert False in types.values()


def test_tiles_keep_for_ever_by_version(client: Client) -> None:
    layers = client.get("/api/layers").json()
    path = layers["base"]["url"].format(z=14, x=13790, y=6863)
    answer = client.get(path)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    old = client.get(path.replace(f"/base/{layers['base']['version']}/", "/base/0/"))
    assert "immutable" not in old.headers["cache-control"]
    assert client.get(layers["base"]["url"].format(z=14, x=0, y=0)).status_code == 204
    assert client.get(layers["base"]["url"].format(z=2, x=9, y=0)).status_code == 422


# -- places ---------------------------------------------------------------------------------


def test_places_by_category_and_box(client: Client) -> None:
    found = client.get("/api/places?categories=S016").json()
    assert {one["properties"]["name"] for one in found["features"]} == {"西站", "东站", "山里站"}
    assert found["truncated"] is False
    box = client.get("/api/places?categories=S016&bbox=123,27.99,123.005,28.005").json()
    assert [one["properties"]["name"] for one in box["features"]] == ["西站"]
    cut = client.get("/api/places?categories=S016&limit=1").json()
    assert (len(cut["features"]), cut["truncated"]) == (1, True)


def test_one_place_tells_all_and_null_is_not_zero(client: Client) -> None:
    found = client.get("/api/places?categories=S077").json()["features"]
    body = client.get(f"/api/places/{found[0]['properties']['id']}").json()
    assert (body["name"], body["capacity"], body["occupied"]) == ("中学避灾点", 500, 0)
    assert (body["members"], body["phone"]) == (None, None)
    assert (body["township"], body["synthetic"]) == ("双桥镇", True)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/places?categories=S999", 404, "unknown_category"),
        ("/api/places?bbox=1,2,3", 422, "invalid_input"),
        ("/api/places?bbox=9,0,1,1", 422, "invalid_input"),
        ("/api/places/00000000-0000-0000-0000-000000000000", 404, "not_found"),
        ("/api/places/nonsense", 422, "invalid_input"),
        ("/api/search?q=x&at=nonsense", 422, "invalid_input"),
    ],
)
def test_places_refuse_what_cannot_be(client: Client, path: str, status: int, code: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_search_finds_places_roads_and_nothing(client: Client) -> None:
    def names(words: str) -> list[str]:
        return [one["name"] for one in client.get(f"/api/search?q={words}").json()["results"]]

    assert "西站" in names("西站")
    assert "南桥" in names("南桥")
    assert names("没有这个") == []
    assert names("") == []


# -- roads ----------------------------------------------------------------------------------


def test_teams_rank_by_road_not_by_line(client: Client) -> None:
    open_ = stations(client)
    assert list(open_) == ["西站", "东站", "山里站"]
    closed = stations(client, closures=[feature(SOUTH_BRIDGE)])
    assert closed["东站"]["straight_m"] == open_["东站"]["straight_m"]
    # Around by the other bridge: three kilometres instead of one.
    assert closed["东站"]["road_s"] > 2 * open_["东站"]["road_s"]
    assert closed["东站"]["eta_s"] == closed["东站"]["turnout_s"] + closed["东站"]["road_s"]


def test_with_the_last_bridge_closed_a_team_is_unreachable(client: Client) -> None:
    closed = stations(client, closures=[feature(SOUTH_BRIDGE), feature(NORTH_BRIDGE)])
    east = closed["东站"]
    assert (east["road_s"], east["eta_s"], east["distance_m"]) == (None, None, None)
    assert east["why"] == "unreachable"
    assert closed["西站"]["why"] is None


def test_a_place_far_from_any_road_has_no_road_data(client: Client) -> None:
    hill = stations(client)["山里站"]
    assert (hill["why"], hill["road_s"], hill["snap"]) == ("no_road_data", None, None)


def test_an_edge_list_closes_as_a_polygon_does(client: Client) -> None:
    both = ["14:2:5:0", "14:5:2:0"]
    by_edges = stations(client, closures=[feature(None, edges=both)])
    by_area = stations(client, closures=[feature(SOUTH_BRIDGE)])
    assert by_edges == by_area


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"lon": 10.0, "lat": 50.0}, 422, "outside_area"),
        ({"lat": 91}, 422, "invalid_input"),
        ({"lon": "east"}, 422, "invalid_input"),
        ({"profile": "hovercraft"}, 422, "invalid_input"),
        ({"kinds": ["dragon"]}, 422, "invalid_input"),
        ({"categories": ["S999"]}, 404, "unknown_category"),
        ({"limit": 0}, 422, "invalid_input"),
        ({"colour": "red"}, 422, "invalid_input"),
        ({"closures": [feature(None)]}, 422, "invalid_input"),
        ({"closures": [feature(None, edges=["9:9:9:9"])]}, 404, "unknown_edge"),
        ({"closures": [feature({"type": "Point", "coordinates": [1, 2]})]}, 422, "invalid_input"),
        (
            {"closures": [feature({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0],
                                                                       [0, 1], [0, 0]]]})]},
            422,
            "invalid_input",
        ),
    ],
)  # fmt: skip
def test_nearest_refuses_what_cannot_be(
    client: Client, said: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/api/nearest", json={"lon": SQUARE[0], "lat": SQUARE[1], **said})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert answer.json()["error"]["message"]


def test_a_route_names_its_roads_in_order(client: Client) -> None:
    body = client.get("/api/route?from=123.0005,28&to=123.0299,28&profile=car").json()
    assert [step["road"] for step in body["steps"]] == ["西街", "南桥", "东街"]
    assert body["geometry"]["coordinates"][0] == pytest.approx([123.0005, 28.0], abs=1e-4)
    assert body["why"] is None


def test_no_route_says_which_of_the_two_answers_it_is(client: Client) -> None:
    far = client.get("/api/route?from=123.0005,28&to=123.015,28.03").json()
    assert (far["why"], far["geometry"], far["road_s"]) == ("no_road_data", None, None)


def test_isochrones_grow_with_their_minutes(client: Client) -> None:
    from shapely.geometry import shape

    body = client.get("/api/isochrone?at=123.0099,28.0001&minutes=1,3&profile=foot").json()
    wide, near = (shape(one["geometry"]) for one in body["features"])
    assert [one["properties"]["minutes"] for one in body["features"]] == [3, 1]
    assert wide.area > near.area > 0
    bad = client.get("/api/isochrone?at=123.0099,28.0001&minutes=a")
    assert bad.json()["error"]["code"] == "invalid_input"


def test_who_is_nearer_by_line_ranks_behind_who_is_nearer_by_road(
    town: Desk, client: Client, tmp_path: Path
) -> None:
    across = {"key": "across", "category": "S016", "name": "对岸站", "turnout_s": 60}
    file = write_csv(tmp_path / "across.csv", [{**across, "lon": 123.0199, "lat": 28.0051}])
    load.load_places(town, [file], source="across", synthetic=True, now=apikit.NOW)
    body = {"lon": 123.0101, "lat": 28.0051, "categories": ["S016"]}  # on the west bank
    found = client.post("/api/nearest", json=body).json()["resources"]
    west, over = (next(r for r in found if r["name"] == name) for name in ("西站", "对岸站"))
    assert over["straight_m"] < west["straight_m"]
    assert over["eta_s"] > west["eta_s"]
    assert [r["name"] for r in found] == ["西站", "东站", "对岸站", "山里站"]


def test_coverage_counts_people_by_township(client: Client) -> None:
    body = client.get("/api/coverage?minutes=60").json()
    assert body["people"] == 48 * 30
    assert [one["name"] for one in body["districts"]] == ["双桥镇"]
    assert body["total"]["vehicle"] >= body["total"]["foot"] > 0
    assert client.get("/api/coverage?minutes=0").status_code == 422


# -- closures -------------------------------------------------------------------------------


def test_a_closure_holds_from_the_very_next_question_until_it_is_lifted(
    client: Client,
) -> None:
    before = stations(client)["东站"]["road_s"]
    body = {
        "id": "01901234-5678-7abc-8def-0000000000c1", "geometry": SOUTH_BRIDGE,
        "name": "南桥封闭", "cause": "桥面检修",
    }  # fmt: skip
    made = client.post("/api/closures", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["roads"] == ["南桥"]
    assert sorted(made.json()["edges"]) == ["14:2:5:0", "14:5:2:0"]
    assert client.post("/api/closures", json=body).status_code == 201  # the same command again
    assert len(client.get("/api/closures").json()) == 1
    assert stations(client)["东站"]["road_s"] > 2 * before
    assert client.delete(f"/api/closures/{body['id']}").status_code == 204
    assert client.get("/api/closures").json() == []
    assert stations(client)["东站"]["road_s"] == before


def test_a_closure_that_closes_nothing_is_refused(client: Client) -> None:
    answer = client.post("/api/closures", json={"id": incident()["id"]})
    assert answer.json()["error"]["code"] == "invalid_input"
    missing = client.delete("/api/closures/00000000-0000-0000-0000-000000000000")
    assert missing.status_code == 404


def test_a_misspelt_profile_leaves_no_road_open_in_silence(client: Client) -> None:
    shut = {"type": "Feature", "geometry": SOUTH_BRIDGE, "properties": {"profiles": ["tender"]}}
    body = {"lon": 123.0099, "lat": 28.0001, "closures": [shut]}
    answer = client.post("/api/nearest", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_input")
    assert "tender" in answer.json()["error"]["message"]


@pytest.mark.parametrize("shape", [{}, {"type": "Point", "coordinates": [123, 28]}])
def test_a_shape_that_closes_no_road_is_refused_in_the_readers_words(
    client: Client, shape: dict[str, Any]
) -> None:
    body = {"id": incident()["id"], "geometry": shape}
    answer = client.post("/api/closures", json=body, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 422
    assert "图形" in answer.json()["error"]["message"]


# -- incidents ------------------------------------------------------------------------------


def test_an_incident_is_reported_once_however_often_it_is_sent(client: Client) -> None:
    first = client.post("/api/incidents", json=incident())
    again = client.post("/api/incidents", json=incident())
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = client.post("/api/incidents", json=incident(title="另一件事"))
    assert (other.status_code, other.json()["error"]["code"]) == (409, "conflict")
    assert [one["id"] for one in client.get("/api/incidents").json()] == [incident()["id"]]
    assert first.json()["casualties"] is None  # 未报, not 0


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"event_type": "99X99"}, 404, "unknown_event_type"),
        ({"lon": 10.0}, 422, "outside_area"),
        ({"casualties": -1}, 422, "invalid_input"),
        ({"id": "mine"}, 422, "invalid_input"),
        ({"reported_at": "2026-06-01T08:00:00"}, 422, "invalid_input"),
        ({"reported_at": "9999-12-31T23:59:59Z"}, 422, "invalid_input"),
        ({"reported_at": "0001-01-01T00:00:00Z"}, 422, "invalid_input"),
    ],
)
def test_a_report_that_cannot_be_is_refused(
    client: Client, said: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post("/api/incidents", json=incident(**said))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert client.get("/api/incidents").json() == []


@pytest.mark.parametrize("what", ["", "/plan", "/situation", "/snapshot.html"])
def test_an_unknown_incident_is_404(client: Client, what: str) -> None:
    answer = client.get(f"/api/incidents/{incident()['id']}{what}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_an_event_type_without_playbook_lists_those_that_have_one(client: Client) -> None:
    types = client.get("/api/event-types").json()
    bare = next(one["code"] for one in types if not one["playbook"])
    made = client.post("/api/incidents", json=incident(event_type=bare))
    assert made.status_code == 201
    answer = client.post(f"/api/incidents/{incident()['id']}/plan", json={})
    assert answer.status_code == 404
    assert "12E04" in answer.json()["error"]["remedy"]
