"""The first schema: catalogue, places, people, roads, incidents, events, roles."""

from __future__ import annotations

from geo.migrations.sqlfile import run

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PARTS = ("catalog", "places", "area", "roads", "command", "guards")


def upgrade() -> None:
    """Run the SQL files of this revision in their order."""
    for part in PARTS:
        run(revision, part)


def downgrade() -> None:
    """There is nothing before the first schema; restore a backup instead."""
    raise NotImplementedError("The first migration is not undone: restore a backup.")
