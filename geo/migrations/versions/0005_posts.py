"""Kilometre posts."""

from __future__ import annotations

from geo.migrations.sqlfile import run

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run(revision, "posts")


def downgrade() -> None:
    """Not undone: restore a backup."""
    raise NotImplementedError("This migration is not undone: restore a backup.")
