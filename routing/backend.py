"""What networkx reads of its backend ``onemap`` when it is imported; the rest waits for a question.

networkx finds it by the entry points ``networkx.backends`` and ``networkx.backend_info`` of the
installed metadata (pyproject.toml; set-up writes it into the environment) and calls :func:`info`
at every import of networkx, so nothing is imported here: ``backend`` is ``routing.dijkstra``'s.
"""

from __future__ import annotations

from typing import Any

NAME = "onemap"
FUNCTIONS = (
    *("multi_source_dijkstra_path_length", "single_source_dijkstra_path_length"),
    *("multi_source_dijkstra", "single_source_dijkstra"),
    *("dijkstra_path_length", "dijkstra_path"),
)
"""What ``routing.dijkstra.Backend`` answers, by networkx's names."""
WEIGHT = "travel_ms"


def info() -> dict[str, Any]:
    """What networkx tells about this backend."""
    note = f'Runs on compiled roads, for views of Roads.to_networkx and weight="{WEIGHT}".'
    return {
        "backend_name": NAME,
        "project": "OneMap",
        "package": "routing",
        "short_summary": "Road times on compiled arrays.",
        "functions": {name: {"additional_docs": note} for name in FUNCTIONS},
    }


def __getattr__(name: str) -> Any:
    """``backend``, once somebody asks it something."""
    if name == "backend":
        from routing.dijkstra import backend

        return backend
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
