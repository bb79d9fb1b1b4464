"""The zones of an incident from a playbook's rules: a screening estimate (快速估算).

Rings, downwind sectors, and ERG distances where the substance is in its table. What had to be
assumed is told as unknowns.
"""

from __future__ import annotations

from collections.abc import Sequence

from geo.domain import Incident, Unknown, Zone
from geo.hazards import erg
from geo.hazards.shapes import ring, sector, square_ahead
from geo.situation import ZoneRule

_GIVEN = "radius given by the reporter"


def draw_zones(
    rules: Sequence[ZoneRule], incident: Incident, *, daytime: bool
) -> tuple[tuple[Zone, ...], tuple[Unknown, ...]]:
    """One zone for each rule, in their order, and what could not be known.

    A radius given with the incident takes the place of the outermost evacuated ring; inner rings
    that would reach beyond it are drawn in to it.
    """
    unknown: dict[str, Unknown] = {}
    drawn = tuple(_zone(rule, incident, daytime, unknown) for rule in _fitted(rules, incident))
    return drawn, tuple(unknown.values())


def _fitted(rules: Sequence[ZoneRule], incident: Incident) -> list[ZoneRule]:
    given = incident.radius_m
    if given is None or not rules:
        return list(rules)
    radius = round(given)
    moved = [i for i, r in enumerate(rules) if r.evacuate] or [len(rules) - 1]
    out = []
    for i, rule in enumerate(rules):
        if i == moved[-1] or (i < moved[-1] and rule.radius_m > radius):
            out.append(_ring_of(rule, radius))
        else:
            out.append(rule)
    return out


def _ring_of(rule: ZoneRule, radius_m: int) -> ZoneRule:
    return ZoneRule(rule.name, "ring", radius_m, rule.evacuate, "A", _GIVEN)


def _zone(rule: ZoneRule, incident: Incident, daytime: bool, unknown: dict[str, Unknown]) -> Zone:
    if rule.shape == "ring":
        return _ring(rule, incident, rule.radius_m)
    wind = incident.wind_from_deg
    if rule.shape == "sector":
        if wind is None:
            unknown["wind"] = Unknown("wind", "")
            return _ring(rule, incident, rule.radius_m)
        shape = sector(incident.at, rule.radius_m, wind + 180, rule.half_angle_deg)
        return Zone(rule.name, shape, float(rule.radius_m), rule.mark, rule.source)
    found = _erg(incident, daytime, unknown)
    if rule.shape == "erg_isolation":
        if found is None:
            return _ring(rule, incident, rule.radius_m)
        shape = ring(incident.at, found.isolate_m)
        return Zone(rule.name, shape, float(found.isolate_m), found.mark, found.source)
    metres = rule.radius_m if found is None else found.protect_m
    mark, source = (rule.mark, rule.source) if found is None else (found.mark, found.source)
    if wind is None:
        unknown["wind"] = Unknown("wind", "")
        shape = ring(incident.at, metres)
    else:
        shape = square_ahead(incident.at, metres, wind + 180)
    return Zone(rule.name, shape, float(metres), mark, source)


def _ring(rule: ZoneRule, incident: Incident, radius_m: int) -> Zone:
    return Zone(rule.name, ring(incident.at, radius_m), float(radius_m), rule.mark, rule.source)


def _erg(incident: Incident, daytime: bool, unknown: dict[str, Unknown]) -> erg.ErgDistances | None:
    substance = erg.substance_key(incident.attributes.get("substance", ""))
    if substance is None and "substance" not in incident.attributes:
        substance = erg.substance_read(f"{incident.title} {incident.description}")
        if substance is not None:
            unknown["substance_read"] = Unknown("substance_read", "", (substance.upper(),))
    if substance is None:
        unknown["substance"] = Unknown("substance", "")
        return None
    container = str(incident.attributes.get("container", ""))
    if container not in erg.containers(substance):
        unknown["container"] = Unknown("container", "")
        container = erg.DEFAULT_CONTAINER
    if incident.wind_mps is None:
        unknown["wind_speed"] = Unknown("wind_speed", "")
    return erg.distances(substance, container, incident.wind_mps, daytime=daytime)
