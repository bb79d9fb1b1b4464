"""What a revision does: run its SQL file."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def run(revision: str, part: str) -> None:
    """Run ``versions/<revision>/<part>.sql``, percent signs and all."""
    connection = op.get_bind().execution_options(no_parameters=True)
    file = Path(__file__).parent / "versions" / revision / f"{part}.sql"
    connection.exec_driver_sql(file.read_text(encoding="utf-8"))
