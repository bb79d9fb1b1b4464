"""What roads give and take as JSON values with stable keys, and as GeoJSON layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from server.lossnames import way_of

if TYPE_CHECKING:
    from routing.loss import Lost, Sum
    from routing.ranking import Critical
    from routing.wayround import WayRound
    from server.stretchends import Ends


def sum_json(one: Sum) -> dict[str, Any]:
    """Counts of one kind of place, or of people."""
    return {
        "all": one.all,
        "cut_off": one.cut_off,
        "uncovered": one.uncovered,
        "later": one.later,
        "worst_s": one.worst_s,
        "without": one.without,
        "no_road_data": one.no_road_data,
    }


def lost_json(one: Lost) -> dict[str, Any]:
    """One place and what it loses; null is "no service came", or "not known"."""
    return {
        "kind": one.spot.kind,
        "id": one.spot.id,
        "name": one.spot.name,
        "lon": one.spot.at[0],
        "lat": one.spot.at[1],
        "township": one.spot.district,
        "people": one.spot.people,
        "cut_off": one.cut_off,
        "uncovered": one.uncovered,
        "before_s": one.before_s,
        "after_s": one.after_s,
        "later_s": one.later_s,
    }


def way_round_json(one: WayRound) -> dict[str, Any]:
    """A way round; null where there is none."""
    return {
        "road": one.road,
        "from": list(one.start),
        "to": list(one.end),
        "length_m": round(one.length_m, 1),
        "before_s": one.before_s,
        "after_s": one.after_s,
        "extra_s": one.extra_s,
    }


def critical_json(one: Critical, known: Mapping[int, str], ends: Ends) -> dict[str, Any]:
    """One row of the ranking; ``known``: the own names of bridges and tunnels by way."""
    own = sorted({known[way] for way in map(way_of, one.edges) if way in known})
    return {
        "rank": one.rank,
        "kind": one.kind,
        "name": own[0] if own else one.name,
        "road": one.name,
        "also": list(one.also),
        "from": ends[0],
        "to": ends[1],
        "township": ends[2],
        "road_class": one.road_class,
        "lon": one.at[0],
        "lat": one.at[1],
        "length_m": round(one.length_m, 1),
        "people": one.people,
        "cut_off": one.cut_off,
        "uncovered": one.uncovered,
        "later": one.later,
        "eta_loss_s": one.eta_loss_s,
        "cover_lost": one.cover_lost,
        "people_minutes": one.score,
        "places_cut_off": dict(one.places),
        "edges": list(one.edges),
        "geometry": one.geometry,
    }


def critical_layer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A ranking as GeoJSON; what it rests on stands beside the features."""
    features = [
        {
            "type": "Feature",
            "id": row["rank"],
            "geometry": row["geometry"],
            "properties": {key: value for key, value in row.items() if key != "geometry"},
        }
        for row in answer["critical"]
    ]
    said = {key: answer[key] for key in ("people", "basis", "conditions", "unknowns")}
    return {"type": "FeatureCollection", "features": features, **said}


def missing_layer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Missing roads as GeoJSON points; the townships stand beside the features."""
    features = [
        {
            "type": "Feature",
            "id": one["id"],
            "geometry": {"type": "Point", "coordinates": [one["lon"], one["lat"]]},
            "properties": {k: v for k, v in one.items() if k not in ("id", "lon", "lat")},
        }
        for one in answer["far"]
    ]
    said = {key: answer[key] for key in ("townships", "basis", "unknowns")}
    return {"type": "FeatureCollection", "features": features, **said}
