"""Every error has words in both languages, an HTTP status and the one shape."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from geo import errors
from geo.words import catalogue
from server.errors import STATUS, error_body, sentences, status_of
from server.faults import known_fault


def kinds(kind: type[errors.OneMapError] = errors.OneMapError) -> Iterator[type]:
    yield kind
    for child in kind.__subclasses__():
        yield from kinds(child)


def made(kind: type[errors.OneMapError]) -> errors.OneMapError:
    if issubclass(kind, errors.BadRow):
        return kind("a.csv", 7, "lon", "x", "not a number", "Write degrees.")
    return kind("It is broken.", remedy="Mend it.")


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=lambda one: one.__name__))
def test_every_error_has_the_one_shape_and_a_status(kind: type[errors.OneMapError]) -> None:
    error = made(kind)
    for language in ("zh-CN", "en"):
        body = error_body(error, language)
        assert body.keys() == {"error"}
        assert body["error"].keys() == {"code", "message", "remedy", "values"}
        assert body["error"]["code"] == kind.code
        assert body["error"]["message"]
        assert body["error"]["remedy"] or kind is errors.OneMapError
        assert "{" not in body["error"]["message"]
    assert 400 <= status_of(error) <= 599
    assert (status_of(error) == 500) is (kind is errors.OneMapError)


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=lambda one: one.__name__))
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_code_has_words(kind: type[errors.OneMapError], language: str) -> None:
    words = catalogue(language)
    assert f"errors.{kind.code}.message" in words
    assert f"errors.{kind.code}.remedy" in words


def test_a_more_exact_sentence_goes_before_the_codes_own() -> None:
    error = errors.InvalidInput("'x' is no point.", remedy="…", words="errors.point", value="x")
    assert sentences(error)[0] == "“x”不是一个位置。"
    assert sentences(error, "en")[0] == '"x" is no point.'
    assert error_body(error)["error"]["values"] == {"value": "x"}


def test_a_sentence_whose_values_are_missing_gives_way_to_the_errors_own() -> None:
    error = errors.PortInUse("Port taken.", remedy="Take another.")
    assert sentences(error) == ("Port taken.", "Take another.")


def test_a_value_with_braces_is_shown_as_it_is() -> None:
    error = errors.InvalidInput("bad", words="errors.point", value="{0}{x}")
    assert "{0}{x}" in sentences(error)[0]


def test_values_are_plain_json() -> None:
    import json

    error = errors.NotFound("x", remedy="y", ids=(1, 2), where={"a": {1}}, when=object())
    json.dumps(error_body(error))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left", "/x"), errors.DiskFull),
        (OSError(errno.EDQUOT, "Quota", "/x"), errors.DiskFull),
        (FileNotFoundError(errno.ENOENT, "No such file", "/x"), errors.BadFile),
        (PermissionError(errno.EACCES, "Denied", "/x"), errors.BadFile),
        (errors.NoRoads("x"), errors.NoRoads),
        (ValueError("a bug of ours"), None),
        (KeyError("a bug of ours"), None),
    ],
)
def test_faults_of_the_machine_get_a_name(
    fault: Exception, expected: type[errors.OneMapError] | None
) -> None:
    found = known_fault(fault)
    assert (None if found is None else type(found)) is expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, errors.NoDatabase),
        ("57P01", errors.NoDatabase),
        ("08006", errors.NoDatabase),
        ("53100", errors.DiskFull),
        ("42601", None),
    ],
)
def test_faults_of_the_database_get_a_name(
    state: str | None, expected: type[errors.OneMapError] | None
) -> None:
    original = psycopg.OperationalError("gone")
    original.sqlstate = state
    found = known_fault(OperationalError("SELECT 1", {}, original))
    assert (None if found is None else type(found)) is expected


def test_the_table_names_no_class_twice() -> None:
    assert len(STATUS) == len(set(STATUS))
