"""Who may ask, how much, and what every answer says about itself."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from geo.errors import InvalidInput, PortInUse
from server.addresses import check_address
from server.listen import bind
from server.settings import Settings
from tests import apikit
from tests.apikit import incident, serving

settings, empty = apikit.settings, apikit.empty


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("LOCALHOST", 200),
        ("[::1]:8000", 200),
        ("evil.example:8000", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
    ],
)
def test_only_loopback_names_are_answered(empty: httpx.Client, host: str, status: int) -> None:
    answer = empty.get("/api/event-types", headers={"Host": host})
    assert answer.status_code in (status, 400)  # an empty Host may fail sooner
    assert answer.status_code != 200 or status == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_pages_of_other_sites_may_not_write(empty: httpx.Client, headers: dict[str, str]) -> None:
    answer = empty.post("/api/incidents", json=incident(), headers=headers)
    assert (answer.status_code, code(answer)) == (403, "foreign_origin")
    assert empty.get("/api/incidents").json() == []


def test_the_services_own_page_may_write(empty: httpx.Client) -> None:
    headers = {"Origin": str(empty.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert empty.post("/api/incidents", json=incident(), headers=headers).status_code == 201


def test_every_answer_keeps_the_page_to_its_own_origin(empty: httpx.Client) -> None:
    for path in ("/", "/api/health", "/api/docs", "/nothing"):
        policy = empty.get(path).headers["content-security-policy"]
        assert policy.startswith("default-src 'self'")
        assert "http" not in policy


def test_api_answers_are_not_kept(empty: httpx.Client) -> None:
    assert empty.get("/api/event-types").headers["cache-control"] == "no-store"


def test_too_large_a_body_is_refused(settings: Settings) -> None:
    small = settings.model_copy(update={"max_body_bytes": 2000})
    with serving(small) as client:
        answer = client.post("/api/incidents", json=incident(description="x" * 3000))
        assert (answer.status_code, code(answer)) == (413, "too_large")

        def chunks() -> Any:
            for _ in range(30):
                yield b"x" * 100

        streamed = client.post(
            "/api/incidents", content=chunks(), headers={"Content-Type": "application/json"}
        )
        assert streamed.status_code == 413
        huge = client.post("/api/incidents", content=b"x" * 8_000_000)  # hears the word, no reset
        assert (huge.status_code, code(huge)) == (413, "too_large")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'"x"', b"NaN"])
def test_a_body_that_is_no_json_is_refused(empty: httpx.Client, content: bytes) -> None:
    answer = empty.post(
        "/api/incidents", content=content, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, code(answer)) == (422, "invalid_input")


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    [
        ("GET", "/api/nothing", 404, "no_such_page"),
        ("DELETE", "/api/incidents", 405, "no_such_method"),
        ("GET", "/assets/../../etc/passwd", 404, "no_such_page"),
        ("GET", "/%2e%2e%2fpyproject.toml", 404, "no_such_page"),
    ],
)
def test_what_is_not_there_has_the_same_shape(
    empty: httpx.Client, method: str, path: str, status: int, expected: str
) -> None:
    answer = empty.request(method, path)
    assert (answer.status_code, code(answer)) == (status, expected)


# -- the token ------------------------------------------------------------------------------


@pytest.fixture
def guarded(settings: Settings) -> Any:
    with serving(settings.model_copy(update={"token": SecretStr("long secret")})) as opened:
        yield opened


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer long secret"}, 200),
        ({"Authorization": "bearer long secret"}, 200),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"Authorization": "Basic long secret"}, 401),
        ({"Cookie": "onemap_token=wrong"}, 401),
        ({"Host": "gis.city.example", "Authorization": "Bearer long secret"}, 200),
    ],
)
def test_with_a_token_every_request_needs_it(
    guarded: httpx.Client, headers: dict[str, str], status: int
) -> None:
    for path in ("/api/incidents", "/api/openapi.json", "/api/docs"):
        assert guarded.get(path, headers=headers).status_code == status


def test_a_page_gets_the_token_once_and_keeps_it_in_a_cookie(guarded: httpx.Client) -> None:
    assert guarded.get("/?token=wrong").status_code == 401
    answer = guarded.get("/", params={"token": "long secret"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    kept = answer.headers["set-cookie"].lower()
    assert "httponly" in kept
    assert "samesite=strict" in kept
    assert guarded.get("/api/incidents").status_code == 200  # the client keeps the cookie


# -- listening ------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.9.9"])
def test_loopback_needs_no_token(host: str) -> None:
    check_address(host, guarded=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "gis.city.example"])
def test_any_other_address_needs_one(host: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_address(host, guarded=False)
    assert "ONEMAP_TOKEN" in refused.value.remedy
    check_address(host, guarded=True)


def test_a_taken_port_is_said_with_a_free_one() -> None:
    with bind("127.0.0.1", 0, move=False) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse) as refused:
            bind("127.0.0.1", port, move=False)
        with bind("127.0.0.1", refused.value.values["free"], move=False):
            pass
        with bind("127.0.0.1", port, move=True) as beside:
            assert beside.getsockname()[1] > port


# -- the page -------------------------------------------------------------------------------


def test_an_unbuilt_page_says_how_to_build_it(empty: httpx.Client) -> None:
    answer = empty.get("/")
    assert answer.status_code == 503
    assert "./onemap setup" in answer.text


def test_hashed_files_are_kept_and_the_first_page_is_not(settings: Settings) -> None:
    (settings.web / "assets").mkdir(parents=True)
    (settings.web / "index.html").write_text("<p>first</p>")
    (settings.web / "icon.svg").write_text("<svg/>")
    (settings.web / "assets" / "main-abc123.js").write_text("1")
    with serving(settings) as client:
        assert client.get("/").headers["cache-control"] == "no-cache"
        assert client.get("/icon.svg").status_code == 200
        hashed = client.get("/assets/main-abc123.js")
        assert "immutable" in hashed.headers["cache-control"]
        assert client.get("/assets/main-gone.js").status_code == 404


def test_the_interfaces_page_needs_no_script_and_no_other_host(empty: httpx.Client) -> None:
    page = empty.get("/api/docs").text
    assert "/api/nearest" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    schema = empty.get("/api/openapi.json").json()
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), f"{method} {path} has no summary"
            assert operation.get("description"), f"{method} {path} has no description"
