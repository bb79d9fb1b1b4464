"""Turn restrictions by way and by vehicle, and barriers on the roads."""

from __future__ import annotations

from geo.migrations.sqlfile import run

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file of this revision."""
    run(revision, "turns")


def downgrade() -> None:
    """Not undone: restore a backup."""
    raise NotImplementedError("This migration is not undone: restore a backup.")
