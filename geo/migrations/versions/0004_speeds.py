"""Recorded positions on the roads and the speeds measured from them."""

from __future__ import annotations

from geo.migrations.sqlfile import run

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run(revision, "speeds")


def downgrade() -> None:
    """Not undone: restore a backup."""
    raise NotImplementedError("This migration is not undone: restore a backup.")
