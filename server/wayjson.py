"""A route as JSON values: line, steps, directions in words, and the time as a range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from geo.domain import Route, Step
from geo.line import Line
from geo.words import say
from server.directions import nameless, sentence

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from routing.ranges import EtaRange
    from routing.roads import Roads

_NIGHT = (18, 6)  # of the civil clock, as data/parameters/roads.toml has it for darkness


@dataclass(frozen=True, slots=True)
class Reader:
    """What is needed to tell routes of one answer."""

    walks: bool
    night: bool  # it is dark, and the times do not know it
    measured: frozenset[str]  # road classes whose speeds were measured for this profile
    structures: Mapping[str, tuple[str, str]]  # kind and name of a bridge or tunnel by its way
    language: str

    @classmethod
    def of(
        cls, session: Session, roads: Roads, profile: str, now: datetime, language: str
    ) -> Reader:
        """For routes on these roads at this time."""
        from zoneinfo import ZoneInfo

        from geo.queries.waymarks import structures
        from routing.conditions import conditions_of, measured_of
        from routing.instructions import names_by_way
        from routing.measured import class_ratios

        conditions = conditions_of(roads.graph)
        hour = now.astimezone(ZoneInfo("Asia/Shanghai")).hour
        ratios = class_ratios(measured_of(roads.graph).speeds, profile, conditions.band)
        return cls(
            walks=roads.profiles[profile].mode == "walk",
            night=conditions.night is None and (hour >= _NIGHT[0] or hour < _NIGHT[1]),
            measured=frozenset(ratios.ratio),
            structures=names_by_way(structures(session)),
            language=language,
        )

    def way(self, route: Route | None) -> dict[str, Any]:
        """A route, or nulls where there is none."""
        from routing.instructions import instructions, with_structures
        from routing.ranges import eta_range

        if route is None:
            missing = dict.fromkeys(("distance_m", "road_s", "eta", "geometry"))
            return {**missing, "steps": [], "instructions": []}
        named = with_structures(route, self.structures)
        told = instructions(named, route.side)
        eta = eta_range(route, measured=self.measured, walks=self.walks, night=self.night)
        return {
            "distance_m": round(route.distance_m, 1),
            "road_s": round(route.road_s, 3),
            "eta": _eta(eta),
            "instructions": [
                {
                    "text": sentence(one, self.language, walks=self.walks),
                    **one._asdict(),
                    "distance_m": round(one.distance_m, 1),
                    "at": list(route.geometry[one.first_point]),
                }
                for one in told
            ]
            or [{"text": say("routes.act.here", self.language), "distance_m": 0.0}],
            "steps": [step_json(step) for step in named.steps],
            "geometry": {"type": "LineString", "coordinates": _coordinates(route)},
        }


def step_json(step: Step) -> dict[str, Any]:
    """A step with metres to a decimetre and seconds to a tenth."""
    rounded = {key: round(getattr(step, key), 1) for key in ("distance_m", "duration_s", "past_m")}
    return {**asdict(step), **rounded}


def name_of(step: Step, language: str) -> str:
    """A stretch as it is called: a bridge or tunnel by its name, else the road, else its class."""
    for kind in ("bridge", "tunnel"):
        if named := getattr(step, f"{kind}s"):
            return named[0] or step.road or say(f"routes.over.{kind}_nameless", language)
    return step.road or nameless(step.road_class, language)


def _coordinates(route: Route) -> list[list[float]]:
    line = route.geometry
    return line.coordinates() if isinstance(line, Line) else [list(point) for point in line]


def _eta(eta: EtaRange) -> dict[str, Any]:
    return {
        "eta_s": round(eta.eta_s, 3),
        "low_s": eta.low_s,
        "high_s": eta.high_s,
        "basis": eta.basis,
        "measured_share": round(eta.measured_share, 4),
        "parameters": [asdict(one) for one in eta.parameters],
    }
