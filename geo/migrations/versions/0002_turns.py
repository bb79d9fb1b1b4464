"""Turn restrictions by way and by vehicle, and barriers on the roads."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the SQL file of this revision."""
    connection = op.get_bind().execution_options(no_parameters=True)
    text = (Path(__file__).parent / "0002" / "turns.sql").read_text(encoding="utf-8")
    connection.exec_driver_sql(text)


def downgrade() -> None:
    """Not undone: restore a backup."""
    raise NotImplementedError("This migration is not undone: restore a backup.")
