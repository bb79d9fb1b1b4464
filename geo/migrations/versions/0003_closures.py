"""Closures that slow or stop, in one direction or both, with their history."""

from __future__ import annotations

from geo.migrations.sqlfile import run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run(revision, "closures")


def downgrade() -> None:
    """Not undone: restore a backup."""
    raise NotImplementedError("This migration is not undone: restore a backup.")
