"""Where roads come from; ``read_roads`` is the one way in."""

from routing.sources.read import read_roads

__all__ = ["read_roads"]
