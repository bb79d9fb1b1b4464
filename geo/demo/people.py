"""People by day and by night on a grid of 250 m."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.demo.frame import Floats, Ints
from geo.demo.land import Block, Land
from geo.demo.towns import TOWNS, County

CELL_M = 250.0
NIGHT = 1_203_600
DAY = 1_191_200  # fewer: more commute out of the county than into it


@dataclass(frozen=True)
class Crowd:
    """Grid cells with people: middle points in the plane, and how many by day and by night."""

    xy: Floats
    day: Ints
    night: Ints
    town: Ints


def crowd(county: County, land: Land) -> Crowd:
    """Spreads each township's people over its blocks: homes by night, work by day as well."""
    xy = np.array([b.shape.representative_point().coords[0] for b in land.blocks])
    area = np.array([b.shape.area for b in land.blocks])
    weights = np.array([_weights(b) for b in land.blocks]) * area[:, None]
    cell = np.floor(xy / CELL_M).astype(int)
    unique, number = np.unique(cell, axis=0, return_inverse=True)
    night = np.bincount(number.ravel(), weights[:, 0], len(unique))
    day = np.bincount(number.ravel(), weights[:, 1], len(unique))
    middle = (unique + 0.5) * CELL_M
    town = county.town_at(middle)
    nearest = np.array([t.at for t in TOWNS])
    outside = town < 0
    if outside.any():
        d = ((middle[outside, None, :] - nearest[None]) ** 2).sum(axis=2)
        town[outside] = d.argmin(axis=1)
    share = np.array([t.people for t in TOWNS])
    share = share / share.sum()
    by_night = np.zeros(len(unique))
    for k in range(len(TOWNS)):
        here = town == k
        by_night[here] = night[here] / max(night[here].sum(), 1e-9) * share[k] * NIGHT
    # by day a part of the people is where the work is, wherever they sleep
    by_day = 0.62 * by_night * (DAY / NIGHT) + 0.38 * DAY * day / day.sum()
    return Crowd(middle, _whole(by_day, DAY), _whole(by_night, NIGHT), town)


def _weights(block: Block) -> tuple[float, float]:
    d = block.density
    if block.use == "residential":
        return 0.35 + 1.9 * d * d, 0.15 + 0.5 * d
    if block.use == "commercial":
        return 0.35 * d, 2.6 * d
    if block.use == "industrial":
        return 0.06, 0.75
    return (0.02, 0.9) if block.use == "education" else (0.0, 0.05)


def _whole(values: Floats, total: int) -> Ints:
    """Whole numbers with exactly the given sum, each within one of its share."""
    steps = np.round(np.cumsum(np.round(values, 6)) / np.round(values, 6).sum() * total)
    return np.diff(np.concatenate([[0], steps])).astype(np.int64)
