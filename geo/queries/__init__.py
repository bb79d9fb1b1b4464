"""Questions to the database: each a function from a session and plain values to plain values."""

from geo.queries.closures import closure, closure_history, kept_cuts, open_closures
from geo.queries.happenings import (
    StoredPlan,
    incident,
    incidents,
    plan,
    situation,
)
from geo.queries.holdings import Dataset, area, datasets, layer_version
from geo.queries.people import (
    cells_within,
    district_at,
    districts,
    people_within,
    population_cells,
)
from geo.queries.place import Place, place
from geo.queries.places import (
    any_risks,
    category_counts,
    resources,
    risks_near,
    risks_within,
    stocks,
)
from geo.queries.search import Hit, search

__all__ = [
    "Dataset",
    "Hit",
    "Place",
    "StoredPlan",
    "any_risks",
    "area",
    "category_counts",
    "cells_within",
    "closure",
    "closure_history",
    "datasets",
    "district_at",
    "districts",
    "incident",
    "incidents",
    "kept_cuts",
    "layer_version",
    "open_closures",
    "people_within",
    "place",
    "plan",
    "population_cells",
    "resources",
    "risks_near",
    "risks_within",
    "search",
    "situation",
    "stocks",
]
