"""The options by which a command is told the hour, the rain and the wind.

A command takes them by these annotations and turns them into one value::

    rain: Rain = None, night: Night = None, wind: Wind = None, by_clock: ByClock = False
    ...
    roads = roads_under(roads, conditions_at(when, by_clock=by_clock, rain=rain, night=night,
                                             wind_mps=wind))
"""

from __future__ import annotations

from typing import Annotated

import typer

Rain = Annotated[
    str | None, typer.Option("--rain", help="speeds.option.rain", metavar="none|rain|heavy")
]
Night = Annotated[bool | None, typer.Option("--night/--day", help="speeds.option.night")]
Wind = Annotated[
    float | None, typer.Option("--wind", help="speeds.option.wind", metavar="M/S", min=0, max=120)
]
ByClock = Annotated[bool, typer.Option("--by-clock", help="speeds.option.by_clock")]
