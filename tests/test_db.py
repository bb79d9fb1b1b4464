"""The database: the migrated schema is what the models say, and who may do what in it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from geo import db
from geo.cluster import Cluster
from geo.errors import Conflict, NoDatabase
from geo.models.all import Base
from tests.conftest import fresh_database


def test_models_are_the_migrated_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        made = inspect(connection)
        for table in Base.metadata.tables.values():
            found = {column["name"]: column for column in made.get_columns(table.name)}
            assert found.keys() == {c.name for c in table.c}, table.name
            for column in table.c:
                if not column.computed:
                    assert column.nullable == found[column.name]["nullable"], column
            assert {c.name for c in table.primary_key} == set(
                made.get_pk_constraint(table.name)["constrained_columns"]
            )


def test_migrating_again_changes_nothing(cluster: Cluster, database_url: str) -> None:
    db.migrate(database_url)
    opened = db.engine(database_url)
    assert db.is_ready(opened)
    opened.dispose()


def test_a_newer_schema_is_left_alone(database_url: str) -> None:
    owner = db.engine(db.as_owner(database_url))
    with owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not db.is_ready(owner)
    owner.dispose()
    with pytest.raises(Conflict, match="9999"):
        db.migrate(database_url)


def test_a_silent_server_is_named_without_its_password() -> None:
    with pytest.raises(NoDatabase) as caught:
        db.migrate("postgresql+psycopg://me:secret@127.0.0.1:1/x")
    assert "127.0.0.1:1" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_database_of_anothers_is_named(cluster: Cluster, template: str) -> None:
    with fresh_database(cluster, "template0") as url, pytest.raises(NoDatabase, match="prepared"):
        db.migrate(url)  # without PostGIS, which only a superuser may bring


def test_row_security_does_not_cost_the_index(engine: Engine) -> None:
    with engine.connect() as connection:
        marked = "SELECT proleakproof FROM pg_proc WHERE proname = 'geometry_overlaps'"
        if not connection.scalar(text(marked)):
            pytest.skip("this home's cluster was made before its template marked the functions")
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        zone = "ST_MakeEnvelope(123, 28, 123.1, 28.1, 4326)"
        for condition in (f"ST_Intersects(geom, {zone})", f"geom && {zone}"):
            plan = connection.scalars(
                text(f"EXPLAIN SELECT id FROM resource WHERE {condition}")
            ).all()
            assert any("resource_geom_idx" in line for line in plan), plan


@pytest.mark.parametrize(
    ("role", "statement", "allowed"),
    [
        ("onemap_app", "SELECT count(*) FROM incident", True),
        ("onemap_app", "DELETE FROM risk_source", True),
        ("onemap_app", "SELECT refresh_statistics('resource')", True),
        ("onemap_app", "DELETE FROM risk_category", False),
        ("onemap_app", "DELETE FROM event", False),
        ("onemap_app", "UPDATE event SET body = '{}'", False),
        ("onemap_app", "TRUNCATE incident", False),
        ("onemap_app", "DROP TABLE incident", False),
        ("onemap_app", "ALTER TABLE resource DISABLE ROW LEVEL SECURITY", False),
        ("onemap_reader", "SELECT count(*) FROM incident", True),
        ("onemap_reader", "DELETE FROM risk_source", False),
    ],
)
def test_each_role_may_do_its_part(
    database_url: str, role: str, statement: str, allowed: bool
) -> None:
    opened = db.engine(database_url.replace("//onemap_app@", f"//{role}@"))
    try:
        with opened.connect() as connection:
            superuser = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            assert connection.scalar(text(superuser)) is False
            if allowed:
                connection.execute(text(statement))
            else:
                with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                    connection.execute(text(statement))
    finally:
        opened.dispose()
