"""Turn restrictions of an OpenStreetMap file, and what is wrong with those that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from osmium import filter as keep_only
from osmium.osm import RELATION

from geo.intake.osmfile import objects
from routing.sources.ways import Notes
from routing.table import Restriction

KINDS = frozenset(
    (
        *("no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit"),
        *("only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn"),
    )
)
_CONDITION = re.compile(r"((?:no|only)_\w+)\s*@")
_HOURS = ("day_on", "day_off", "hour_on", "hour_off")  # how conditions were written until 2013


class _Members(NamedTuple):
    starts: tuple[int, ...]
    via_node: int  # 0 where ways lie between
    via_ways: tuple[int, ...]
    ends: tuple[int, ...]


def read_restrictions(path: Path, notes: Notes) -> list[Restriction]:
    """Every turn restriction; a fault of kind ``restriction_…`` names each one left out, and why.

    One of several ``from`` (or ``to``) ways becomes a restriction for each. A condition (hours,
    weights) is not evaluated: such a restriction is taken to hold always, and listed.
    """
    out: list[Restriction] = []
    for relation in objects(path, RELATION, keep_only.TagFilter(("type", "restriction"))):
        detail = f"relation {relation.id}"
        tags = dict(relation.tags)
        found = [(item.role, item.type, item.ref) for item in relation.members]
        first = next((ref for role, kind, ref in found if role == "from" and kind == "w"), None)
        members = _members(found)
        if isinstance(members, str):
            notes.fault(f"restriction_{members}", first, detail=detail)
            continue
        excepted = tuple(one.strip() for one in tags.get("except", "").split(";") if one.strip())
        before = len(out)
        for kind, vehicles, conditional in _kinds(tags):
            if kind not in KINDS:
                continue
            if conditional:
                notes.fault("restriction_conditional", first, detail=detail)
            out += [
                Restriction(
                    kind=kind,
                    from_way=start,
                    via_node=members.via_node,
                    to_way=end,
                    via_ways=members.via_ways,
                    vehicles=vehicles,
                    excepted=excepted,
                    relation=int(relation.id),
                )
                for start in members.starts
                for end in members.ends
            ]
        if len(out) == before:
            notes.fault("restriction_unknown_kind", first, detail=detail)
    return out


def _kinds(tags: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Each kind said, whom it binds (nobody named: every vehicle), whether under a condition."""
    hours = any(key in tags for key in _HOURS)
    for key, text in sorted(tags.items()):
        head, *rest = key.split(":")
        if head != "restriction":
            continue
        vehicles = tuple(part for part in rest if part != "conditional")
        if "conditional" in rest:
            yield from ((kind, vehicles, True) for kind in _CONDITION.findall(text))
        else:
            yield from ((kind.strip(), vehicles, hours) for kind in text.split(";"))


def _members(found: list[tuple[str, str, int]]) -> _Members | str:
    """The members by role, or what is wrong with them."""
    starts = [ref for role, kind, ref in found if role == "from" and kind == "w"]
    ends = [ref for role, kind, ref in found if role == "to" and kind == "w"]
    nodes = [ref for role, kind, ref in found if role == "via" and kind == "n"]
    ways = [ref for role, kind, ref in found if role == "via" and kind == "w"]
    if not (starts and ends and (nodes or ways)):
        wanted = {role for role, _, _ in found} & {"from", "via", "to"}
        if len(wanted) == 3:
            return "wrong_type"
        strange = any(role not in ("from", "via", "to", "location_hint") for role, _, _ in found)
        return "wrong_role" if strange else "missing_member"
    if len(nodes) > 1 or (nodes and ways):
        return "several_vias"
    return _Members(tuple(starts), nodes[0] if nodes else 0, tuple(ways), tuple(ends))
