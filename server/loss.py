"""What closures do to the city, what is critical, and where roads are missing; as JSON values."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from geo import queries
from geo.domain import Closure, Parameter
from geo.errors import BadFile, InvalidInput, NotFound
from geo.home import DATA
from geo.queries.demand import districts_named, settlements, standing
from geo.queries.waymarks import structures
from server.answers import unknown_json
from server.checks import check_categories, check_closures, check_profile, in_force
from server.conditions import conditions_json, roads_under
from server.lossjson import critical_json, lost_json, sum_json, way_round_json
from server.lossnames import closing_id, closings_json, own_names
from server.ranked import ranked
from server.stretchends import ends_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.conditions import Conditions
    from routing.loss import Spot
    from routing.named import RoadName
    from routing.roads import Roads
    from routing.structures import Built

By = Literal["day", "night"]
FILE = DATA / "parameters" / "loss.toml"
_NUMBERS = ("later_s", "cover_min", "cut_off_min")


@dataclass(frozen=True, slots=True)
class Settings:
    """Whose cover counts, and how losses are told and weighed."""

    services: tuple[str, ...]  # resource categories
    parameters: tuple[Parameter, ...]

    def value(self, key: str) -> float:
        """The number of a parameter."""
        return next(one.value for one in self.parameters if one.key == key)


@cache
def settings() -> Settings:
    """``data/parameters/loss.toml``. BadFile names the key that is wrong."""
    try:
        body = tomllib.loads(FILE.read_text(encoding="utf-8"))
        numbers = tuple(
            Parameter(
                key, float(body[key]["value"]), body[key]["unit"], body[key]["mark"],
                body[key]["source"],
            )
            for key in _NUMBERS
        )  # fmt: skip
        return Settings(tuple(body["services"]), numbers)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as fault:
        raise BadFile(
            f"{FILE.name}: {fault!s}.", remedy="Restore data/parameters.", file=FILE.name
        ) from fault


def loss(
    session: Session,
    roads: Roads,
    closing: Sequence[Closure],
    *,
    profile: str,
    now: datetime,
    services: Sequence[str] = (),
    by: By = "night",
    conditions: Conditions | None = None,
) -> dict[str, Any]:
    """What these closures would take, on top of what is closed now. Nothing is kept.

    ``conditions`` None: those of ``roads``.
    Raises InvalidInput (nothing to close, a profile), UnknownCategory, UnknownEdge.
    """
    from routing import loss as losing

    if not closing:
        raise _invalid("nothing_closed")
    check_profile(roads, profile)
    closing = check_closures(session, roads, closing)
    categories = _services(services)
    stations = queries.resources(session, categories=categories)
    spots = _spots(session, by)
    if conditions is not None:
        roads = roads_under(roads, conditions)
    called = own_names(session, roads, closing)
    found = losing.loss(
        roads,
        [one.at for one in stations],
        spots,
        closing,
        profile=profile,
        standing=in_force(session, roads, (), now),
        later_s=settings().value("later_s"),
        now=now,
        called=called,
    )
    kinds = {one.name for one in found.sums}
    return {
        "closures": closings_json(roads, closing, called, profile, now),
        "edges": len({edge for one in closing for edge in roads.edges_of(one)}),
        "people": None if found.people is None else sum_json(found.people),
        "districts": [{"name": one.name or None, **sum_json(one)} for one in found.districts],
        "places": {one.name: sum_json(one) for one in found.sums},
        "lost": [lost_json(one) for one in found.lost],
        "ways_round": [way_round_json(one) for one in found.ways_round],
        "basis": _basis(profile, categories, len(stations), by),
        "conditions": conditions_json(roads, profile),
        "unknowns": _unknowns(found.people is None, not stations, "village" not in kinds),
    }


def ranking(
    session: Session,
    roads: Roads,
    *,
    profile: str,
    now: datetime,
    limit: int = 20,
    services: Sequence[str] = (),
    by: By = "night",
) -> dict[str, Any]:
    """The bridges, tunnels and roads without which most cover is lost, the worst first."""
    from routing.ranking import Weighing

    check_profile(roads, profile)
    known, categories = settings(), _services(services)
    stations = queries.resources(session, categories=categories)
    weighing = Weighing(
        known.value("later_s"), known.value("cover_min") * 60, known.value("cut_off_min") * 60
    )
    found = ranked(
        roads,
        [one.at for one in stations],
        _spots(session, by),
        weighing,
        profile=profile,
        standing=in_force(session, roads, (), now),
        limit=limit,
        now=now,
    )
    basis = _basis(profile, categories, len(stations), by)
    called = {one.way: one.name for one in structures(session)}
    ends = ends_of(session, roads, [(one.edges, one.at) for one in found.rows])
    return {
        "critical": [
            critical_json(one, called, where) for one, where in zip(found.rows, ends, strict=True)
        ],
        "people": found.people,
        "basis": {**basis, "considered": found.considered, "of": found.of},
        "conditions": conditions_json(roads, profile),
        "unknowns": _unknowns(found.people is None, not stations, False),
    }


def missing(session: Session, roads: Roads, *, profile: str, by: By = "night") -> dict[str, Any]:
    """Villages, people and places without a road, by township; and each of them as a point."""
    from routing.gaps import Point, gaps

    check_profile(roads, profile)
    points = [
        Point("people", one.id, "", one.at, one.district, getattr(one, by))
        for one in queries.population_cells(session)
    ]
    points += [Point("village", o.id, o.name, o.at, o.district) for o in settlements(session)]
    points += [Point("place", o.id, o.name, o.at, o.district) for o in standing(session)]
    found = gaps(roads, points, districts_named(session), profile=profile)
    kinds = {one.kind for one in points}
    return {
        "townships": [
            {
                "name": row.name or None,
                "villages": None if row.villages is None else list(row.villages),
                "villages_all": row.villages_all,
                "people": row.people,
                "people_all": row.people_all,
                "places": None if row.places is None else list(row.places),
                "places_all": row.places_all,
                "farthest_m": row.farthest_m,
                "beyond": row.beyond,
            }
            for row in found.townships
        ],
        "far": [
            {
                "kind": one.point.kind,
                "id": one.point.id,
                "name": one.point.name or None,
                "lon": one.point.at[0],
                "lat": one.point.at[1],
                "township": one.point.district,
                "people": one.point.people,
                "metres": one.metres,
            }
            for one in found.far
        ],
        "basis": {"profile": profile, "limit_m": found.limit_m, "by": by},
        "unknowns": _unknowns("people" not in kinds, False, "village" not in kinds),
    }


def closing_named(
    session: Session, roads: Roads, bridges: Sequence[str] = (), names: Sequence[str] = ()
) -> tuple[Closure, ...]:
    """Closures of these bridges or tunnels, and of whole roads, by name.

    Raises NotFound where none is called so or its road is not loaded, InvalidInput where several
    may be meant.
    """
    from routing.named import roads_named
    from routing.structures import bridges_named

    known = structures(session) if bridges else ()
    found: list[tuple[str, str, Sequence[Built | RoadName]]] = [
        ("bridge", one, bridges_named(roads.graph, one, known)) for one in bridges
    ]
    found += [("road", one, roads_named(roads.graph, one)) for one in names]
    return tuple(_closing(roads, kind, text, meant) for kind, text, meant in found)


def _closing(roads: Roads, kind: str, text: str, meant: Sequence[Built | RoadName]) -> Closure:
    meant = [one for one in meant if len(one.edges)]
    called = sorted({one.name for one in meant})
    if not called:
        raise _not_found(kind, text)
    if len(called) > 1:
        raise _invalid("several", name=text, names=called[:10])
    edges = sorted({roads.graph.edge_id(int(edge)) for one in meant for edge in one.edges})
    key = closing_id(kind, called[0], roads.version)
    return Closure(key, None, tuple(edges), called[0])


def _services(given: Sequence[str]) -> list[str]:
    check_categories(given)
    return sorted(given or settings().services)


def _spots(session: Session, by: By) -> list[Spot]:
    """People, towns and villages, shelters and risk sources."""
    from routing.loss import Spot

    out = [
        Spot("people", one.id, "", one.at, getattr(one, by), one.district)
        for one in queries.population_cells(session)
    ]
    out += [Spot(o.kind, o.id, o.name, o.at, None, o.district) for o in settlements(session)]
    for one in standing(session):
        if one.kind in ("shelter", "risk"):
            kind: Literal["shelter", "risk"] = "risk" if one.kind == "risk" else "shelter"
            out.append(Spot(kind, one.id, one.name, one.at, one.people, one.district))
    return out


def _basis(profile: str, services: Sequence[str], count: int, by: By) -> dict[str, Any]:
    known = settings().parameters
    return {
        "profile": profile,
        "services": count,
        "categories": list(services),
        "by": by,
        "parameters": [
            {"key": p.key, "value": p.value, "unit": p.unit, "mark": p.mark, "source": p.source}
            for p in known
        ],
    }


def _unknowns(no_people: bool, no_services: bool, no_villages: bool) -> list[dict[str, Any]]:
    from geo.domain import Unknown

    said = (("no_people", no_people), ("no_services", no_services), ("no_villages", no_villages))
    return [unknown_json(Unknown(key, key)) for key, holds in said if holds]


def _not_found(kind: str, name: str) -> NotFound:
    return NotFound(
        f"No {kind} that is loaded is called {name}.",
        remedy="Check the name, or draw the closure as GeoJSON.",
        words=f"loss.errors.no_{kind}",
        name=name,
    )


def _invalid(reason: str, **values: Any) -> InvalidInput:
    english = "Several are called so." if values else "Nothing is closed in this question."
    return InvalidInput(english, words=f"loss.errors.{reason}", **values)
