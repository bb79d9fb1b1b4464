"""The doctor: each state of an installation gets its finding and its remedy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from geo.cluster import Cluster
from geo.words import LANGUAGES
from server import doctor
from server.doctor import Finding, examine

NOW = datetime(2026, 6, 15, tzinfo=UTC)


def by_key(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.key: finding for finding in findings}


def test_an_empty_database_is_told_what_to_load(database_url: str, tmp_path: Path) -> None:
    found = by_key(examine(tmp_path, database_url, NOW))
    assert found["database"].state == "good"
    assert found["no_roads"].advice("en") == "run ./onemap load roads FILE"
    assert found["no_data"].state == "warning"


def test_a_database_without_tables_is_told_so(cluster: Cluster, tmp_path: Path) -> None:
    cluster.create_database("test_doctor_bare")
    try:
        found = by_key(examine(tmp_path, cluster.url("test_doctor_bare"), NOW))
        assert found["not_migrated"].state == "warning"
    finally:
        cluster.drop_database("test_doctor_bare")


def test_a_database_that_does_not_answer_is_a_fault(tmp_path: Path) -> None:
    url = "postgresql+psycopg://onemap@127.0.0.1:1/onemap"
    found = by_key(examine(tmp_path, url, NOW))
    assert found["database_down"].state == "fault"
    assert found["database_down"].advice("en")


@pytest.mark.parametrize(
    ("updated", "synthetic", "key"),
    [
        (datetime(2026, 6, 1, tzinfo=UTC), False, "dataset"),
        (datetime(2024, 6, 1, tzinfo=UTC), False, "dataset_stale"),
        (datetime(2024, 6, 1, tzinfo=UTC), True, "dataset_synthetic"),
        (None, False, "dataset"),
    ],
)
def test_old_data_is_named_and_an_unknown_age_is_unknown(
    updated: datetime | None, synthetic: bool, key: str
) -> None:
    told = doctor._dataset("s", "places", "队伍", synthetic, 3, NOW, updated, now=NOW)
    assert told.key == key
    if updated is None:
        assert "unknown" in told.message("en")
        assert "未知" in told.message()


def test_every_finding_is_said_in_both_languages(database_url: str, tmp_path: Path) -> None:
    for finding in examine(tmp_path, database_url, NOW):
        for language in LANGUAGES:
            assert not finding.message(language).startswith("setup.")
            assert not (finding.advice(language) or "").startswith("setup.")
