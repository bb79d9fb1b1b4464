"""The hour, the rain and the wind of a question over HTTP, in a query or in a body."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from routing.conditions import Conditions
from server.api.deps import Now
from server.conditions import conditions_at


class ConditionsIn(BaseModel):
    """What is left out is not known: it changes nothing, and the answer says so."""

    rain: Literal["none", "rain", "heavy"] | None = None
    night: bool | None = None
    wind_mps: float | None = Field(default=None, ge=0, le=120)
    by_clock: bool = Field(default=False, description="count rush hours and darkness at this time")

    def at(self, now: datetime) -> Conditions:
        """The conditions at this time."""
        return conditions_at(now, **self.model_dump())


def asked(
    now: Now,
    rain: Annotated[Literal["none", "rain", "heavy"] | None, Query(description="雨情")] = None,
    night: Annotated[bool | None, Query(description="夜间")] = None,
    wind_mps: Annotated[float | None, Query(ge=0, le=120, description="平均风速 m/s")] = None,
    by_clock: Annotated[bool, Query(description="按此刻计入高峰与夜间")] = False,
) -> Conditions:
    """The conditions of a query."""
    return conditions_at(now, rain=rain, night=night, wind_mps=wind_mps, by_clock=by_clock)


ConditionsDep = Annotated[Conditions, Depends(asked)]
