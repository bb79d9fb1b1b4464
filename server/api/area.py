"""What is loaded: the area, the categories, the event types, the layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter

from geo import queries
from geo.catalog import catalog
from geo.errors import NotFound
from server.api.deps import Db
from server.api.models import AreaOut, CategoriesOut, EventTypeOut, LayersOut
from server.command.playbooks import playbooks

router = APIRouter(prefix="/api", tags=["总览 overview"])
MINZOOM, MAXZOOM = 8, 16


@router.get("/area", response_model=AreaOut, summary="已载入的区域")
def area(session: Db) -> dict[str, Any]:
    """Name and bounds of what is loaded; 404 where nothing is."""
    found = queries.area(session)
    if found is None:
        raise NotFound(
            "Nothing has been loaded.",
            remedy="Run ./onemap load roads FILE, or ./onemap demo.",
            words="errors.nothing_loaded",
        )
    west, south, east, north = found["bounds"]
    return {**found, "centre": ((west + east) / 2, (south + north) / 2)}


@router.get("/categories", response_model=CategoriesOut, summary="风险源与应急资源类别")
def categories(session: Db) -> dict[str, Any]:
    """Every category by group, with how many places are loaded of each."""
    counts = queries.category_counts(session)
    known = catalog()
    return {
        "risk": _groups(known.risk_categories.values(), counts),
        "resource": _groups(known.resource_categories.values(), counts),
    }


def _groups(rows: Iterable[Mapping[str, Any]], counts: Mapping[str, int]) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        group = groups.setdefault(
            row["group_zh"],
            {"group_zh": row["group_zh"], "group_en": row["group_en"], "categories": []},
        )
        group["categories"].append(
            {
                "code": row["code"],
                "name_zh": row["name_zh"],
                "name_en": row["name_en"],
                "geometry": row["geometry"],
                "kind": row.get("kind"),
                "count": counts.get(row["code"], 0),
            }
        )
    return list(groups.values())


@router.get("/event-types", response_model=list[EventTypeOut], summary="事件类型")
def event_types() -> list[dict[str, Any]]:
    """Every event type; ``playbook`` says for which a plan can be made."""
    planned = playbooks()
    return [{**row, "playbook": code in planned} for code, row in catalog().event_types.items()]


@router.get("/layers", response_model=LayersOut, summary="图层版本")
def layers(session: Db) -> dict[str, Any]:
    """The version of each layer; it is part of its tiles' address."""
    base = str(queries.layer_version(session, "base"))
    return {
        "base": {
            "version": base,
            "url": f"/tiles/base/{base}/{{z}}/{{x}}/{{y}}.mvt",
            "minzoom": MINZOOM,
            "maxzoom": MAXZOOM,
        },
        "places": {"version": str(queries.layer_version(session, "places"))},
        "closures": {"version": str(queries.layer_version(session, "closure"))},
    }
