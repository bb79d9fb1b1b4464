"""Alembic's way in: it runs on the connection that ``geo.db.migrate`` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

connection: Connection | None = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("Migrations run through geo.db.migrate, which takes the lock.")
context.configure(connection=connection, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
