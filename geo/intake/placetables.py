"""Where a staged place goes: for each table its columns as SQL over the staged row."""

from __future__ import annotations

from collections.abc import Mapping

from geo.intake.merge import DISTRICT, STAGED

_OWN = "ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326)"
# Stock without a point of its own lies where it is kept.
_KEPT = (
    f"(SELECT ST_SetSRID(ST_MakePoint(k.lon, k.lat), 4326) FROM {STAGED} k WHERE k.id = s.place_id)"
)
_STOCK = f"coalesce({_OWN}, {_KEPT})"


def _columns(point: str, *names: str) -> dict[str, str]:
    return {
        "id": "s.id",
        "source": ":source",
        "source_key": "s.source_key",
        "updated_at": "s.updated_at",
        "attributes": "s.attributes::jsonb",
        "category": "s.category",
        "name": "s.name",
        "geom": point,
        "contact": "s.contact",
        "phone": "s.phone",
        "department_code": "s.department_code",
        "district_id": DISTRICT.format(township="s.township", geom=point),
        **{name: f"s.{name}" for name in names},
    }


_SHAPE = {"shape": "ST_GeomFromWKB(s.shape, 4326)"}
MERGES: Mapping[str, tuple[Mapping[str, str], str]] = {
    "risk_source": (_columns(_OWN, "address", "people") | _SHAPE, "s.target = 'risk'"),
    "resource": (
        _columns(_OWN, "address", "kind", "status", "members", "capacity", "occupied", "turnout_s")
        | _SHAPE,
        "s.target = 'resource'",
    ),
    "stock": (
        _columns(_STOCK, "quantity", "unit", "place_id", "expires_on"),
        "s.target = 'stock'",
    ),
}
"""Table -> (columns, which staged rows)."""

EXTENT = f"SELECT min(lon), min(lat), max(lon), max(lat), max(updated_at) FROM {STAGED}"
