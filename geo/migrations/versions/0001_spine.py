"""The first schema: catalogue, places, people, roads, incidents, events, roles."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PARTS = ("catalog", "places", "area", "roads", "command", "guards")


def upgrade() -> None:
    """Run the SQL files of this revision in their order."""
    connection = op.get_bind().execution_options(no_parameters=True)
    for part in PARTS:
        text = (Path(__file__).parent / "0001" / f"{part}.sql").read_text(encoding="utf-8")
        connection.exec_driver_sql(text)


def downgrade() -> None:
    """There is nothing before the first schema; restore a backup instead."""
    raise NotImplementedError("The first migration is not undone: restore a backup.")
