"""Tiny road files for tests, written by hand as OpenStreetMap XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

Way = tuple[int, Sequence[int], Mapping[str, str]]


def write_osm(
    path: Path,
    nodes: Mapping[int, tuple[float, float]],
    ways: Sequence[Way],
    relations: Sequence[tuple[int, Sequence[tuple[str, int, str]], Mapping[str, str]]] = (),
    node_tags: Mapping[int, Mapping[str, str]] | None = None,
) -> Path:
    """Write nodes (id -> lon, lat), ways (id, nodes, tags), relations (id, members, tags)."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for key, (lon, lat) in nodes.items():
        tags = _tags((node_tags or {}).get(key, {}))
        lines.append(f'<node id="{key}" lon="{lon}" lat="{lat}" version="1">{tags}</node>')
    for key, refs, tags in ways:
        refs_xml = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{key}" version="1">{refs_xml}{_tags(tags)}</way>')
    for key, members, tags in relations:
        parts = "".join(
            f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members
        )
        lines.append(f'<relation id="{key}" version="1">{parts}{_tags(tags)}</relation>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


def _tags(tags: Mapping[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
