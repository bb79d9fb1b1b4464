"""What is inside a private cluster: its settings, who may connect, roles, the empty template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SUPERUSER = "onemap_admin"  # internal: only the cluster itself connects as it
ROLES = ("onemap_owner", "onemap_app", "onemap_reader")
TEMPLATE = "onemap_template"  # an empty database with the extensions, which only a superuser makes
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
# Under row security an index serves only such functions; without them every row is read.
LEAKPROOF = (
    "geometry_overlaps(geometry, geometry)",
    "st_intersects(geometry, geometry)",
)

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    # Backup, point-in-time restore and a standby need no rebuild.
    "wal_level": "replica",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # "off" lost committed rows on kill -9.
    "synchronous_commit": "on",
    "jit": "off",
    "max_parallel_workers_per_gather": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "2000",
    "password_encryption": "scram-sha-256",
}
HBA = """\
# The socket's folder is 0700: whoever reaches it owns the cluster.
local all all trust
local replication all trust
host all all 127.0.0.1/32 scram-sha-256
"""

Admin = Callable[..., list[tuple[Any, ...]]]


def provision(
    admin: Admin, passwords: Mapping[str, str], has_extension: Callable[[str], bool]
) -> None:
    """Roles, the template with its extensions, and the database ``onemap``; may be repeated.

    ``admin(statement, database="postgres")`` runs one statement as the superuser.
    """
    from psycopg.sql import SQL, Identifier, Literal

    known = {row[0] for row in admin("SELECT rolname FROM pg_roles")}
    for role in (SUPERUSER, *ROLES):
        verb = SQL("ALTER" if role in known else "CREATE")
        named, word = Identifier(role), Literal(passwords[role])
        admin(SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, named, word))
    existing = {row[0] for row in admin("SELECT datname FROM pg_database")}
    if TEMPLATE not in existing:
        making = f"{TEMPLATE}_new"
        admin(drop_statement(making))
        admin(create_statement(making, "template0"))
        for extension in filter(has_extension, EXTENSIONS):
            admin(SQL("CREATE EXTENSION {}").format(Identifier(extension)), making)
        for function in LEAKPROOF:
            admin(f"ALTER FUNCTION {function} LEAKPROOF", making)
        admin(f"ALTER DATABASE {making} ALLOW_CONNECTIONS false")
        admin(f"ALTER DATABASE {making} RENAME TO {TEMPLATE}")
    if "onemap" not in existing:
        admin(create_statement("onemap", TEMPLATE))


def create_statement(name: str, template: str) -> Any:
    """A database owned by ``onemap_owner``."""
    from psycopg.sql import SQL, Identifier

    return SQL("CREATE DATABASE {} OWNER onemap_owner TEMPLATE {}").format(
        Identifier(name), Identifier(template)
    )


def drop_statement(name: str) -> Any:
    """Drop a database if it exists, whoever is connected."""
    from psycopg.sql import SQL, Identifier

    return SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name))
