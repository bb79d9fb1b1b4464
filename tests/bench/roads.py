"""Every roads row of design.md section 11, one JSON line per figure and peer.

    python -m tests.bench.roads FILE.osm.pbf… [--runs N] [--tiles K…] [--rows ROW…]

Each file is measured as it is and tiled 2 x 2 (tests/bench/tile.py). Medians of interleaved runs
of one thread, warm, the cold round apart; every peer that takes a time limit gets ours. Peers that
are not installed say so in a line whose ``reached`` is null.

A peer searches between junctions. What lies between the question (coordinates and polygons) and
its search is our own code for all: snapping the places and finding the closed edges. ``peer_value``
and ``ratio`` charge that to the peer, who would need it too; ``bare_peer_value`` and ``bare_ratio``
compare our whole answer with the peer's search alone. In ``placed_value`` the places stand on our
roads beforehand, as resources do, and ``placed_ratio`` leaves snapping out on both sides.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.lines import THREADS

for _one in THREADS:  # before numpy is imported
    os.environ.setdefault(_one, "1")

from tests.bench import rows, rows_more  # noqa: E402
from tests.bench.lines import settle, show  # noqa: E402
from tests.bench.peers import KINDS, Peer  # noqa: E402
from tests.bench.problem import Problem, make_problem  # noqa: E402
from tests.bench.tile import roads_of  # noqa: E402

Row = Callable[[Problem, str, Sequence[Peer], int], Iterator[dict[str, Any]]]
ROWS: dict[str, Row] = {
    "equal": rows.equal,
    "settled": rows.settled,
    "limited": rows.limited,
    "closures": rows.closures,
    "swapped": rows.swapped,
    "routes": rows_more.routes,
    "repair": rows_more.repair,
    "snap": rows_more.snapping,
    "isochrones": rows_more.isochrones,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=31)
    parser.add_argument("--tiles", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rows", nargs="+", choices=list(ROWS), default=list(ROWS))
    parser.add_argument("--places", type=int, default=2000)
    parser.add_argument("--closures", type=int, default=20)
    parser.add_argument("--changes", type=int, default=rows_more.CHANGES)
    given = parser.parse_args(arguments)
    for file in given.files:
        for k in given.tiles:
            name = file.name.split(".")[0] + (f" {k}x{k}" if k > 1 else "")
            for one in _measure(file, k, name, given):
                show(one)


def _measure(file: Path, k: int, name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    yield from rows.prepare(file, k, name)
    roads, _ = roads_of(file, k)
    problem = make_problem(roads, places=given.places, closures=given.closures)
    peers: list[Peer] = []
    try:
        for kind in KINDS:
            made, lines = rows.peer(kind, problem, name)
            yield from lines
            if made is not None:
                peers.append(made)
        settle()
        for row in given.rows:
            made_by = ROWS[row]
            if row == "repair":
                made_by = partial(rows_more.repair, changes=given.changes)
            for one in made_by(problem, name, peers, given.runs):
                yield one | {"nodes": roads.nodes, "edges": roads.edges, "runs": given.runs}
    finally:
        for made in peers:
            made.close()


if __name__ == "__main__":
    main()
