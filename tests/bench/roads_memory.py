"""Memory and start time of four workers that share one compiled graph.

    python -m tests.bench.roads_memory FILE.osm.pbf [--tiles K] [--workers N]

Each worker is a process of its own that opens the saved arrays and answers one question as a
command would. Linux tells what a process holds (/proc/PID/smaps_rollup): RSS counts shared pages
in every process, PSS shares them out, USS is what it holds alone. Asked of one worker first, then
of all at once.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from geo.home import CHECKOUT
from tests.bench.lines import line, show
from tests.bench.tile import roads_of

_WORKER = """
import json, sys, time
from pathlib import Path

marks = [time.perf_counter()]
from routing.roads import Roads
marks.append(time.perf_counter())
roads = Roads.open(Path(sys.argv[1]))
marks.append(time.perf_counter())
graph = roads.graph
nodes = range(0, graph.nodes, max(1, graph.nodes // 2000))
spots = [(float(graph.node_lon[n]), float(graph.node_lat[n])) for n in nodes]
times = roads.times_to(spots[0], spots, profile="car")
marks.append(time.perf_counter())
spent = [after - before for before, after in zip(marks, marks[1:])]
told = dict(zip(("import_s", "open_s", "answer_s"), spent))
print(json.dumps(told | {"reached": int((times.road_ms >= 0).sum())}), flush=True)
sys.stdin.readline()
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--tiles", type=int, default=2)
    parser.add_argument("--workers", type=int, default=4)
    given = parser.parse_args(arguments)
    roads, folder = roads_of(given.file, given.tiles)
    name = f"{given.file.name.split('.')[0]} {given.tiles}x{given.tiles}"
    sizes = {"nodes": roads.nodes, "edges": roads.edges, "on_disk_mb": _on_disk(folder)}
    for one in _measure(folder, given.workers, name):
        show(one | sizes)


def _measure(folder: Path, workers: int, name: str) -> Iterator[dict[str, Any]]:
    _together(folder, 1)  # so that code and files are in the page cache
    alone = _together(folder, 1)[0]
    several = _together(folder, workers)
    pss = sum(one["pss_mb"] for one in several)
    yield line(
        f"memory of {workers} workers that share one graph (PSS)",
        name,
        pss,
        "MB",
        peer=f"{workers} x one worker alone",
        peer_value=workers * alone["pss_mb"],
        alone={key: alone[key] for key in ("pss_mb", "rss_mb", "uss_mb")},
        together=[{key: one[key] for key in ("pss_mb", "rss_mb", "uss_mb")} for one in several],
        graph_pss_mb=sum(one["graph_pss_mb"] for one in several),
        graph_pss_alone_mb=alone["graph_pss_mb"],
    )
    ready = max(one["ready_s"] for one in several)
    yield line(
        f"{workers} workers started at once until the last has answered",
        name,
        ready * 1000,
        "ms",
        peer="one worker alone",
        peer_value=alone["ready_s"] * 1000,
        opening_ms=[one["open_s"] * 1000 for one in several],
        importing_ms=[one["import_s"] * 1000 for one in several],
        first_answer_ms=[one["answer_s"] * 1000 for one in several],
        same_answers=len({one["reached"] for one in several} | {alone["reached"]}) == 1,
    )


def _together(folder: Path, count: int) -> list[dict[str, Any]]:
    """What each of so many workers held and took, all of them alive."""
    begun = time.perf_counter()
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _WORKER, str(folder)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    out = []
    for process in started:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        out.append(told | {"ready_s": time.perf_counter() - begun})
    for process, told in zip(started, out, strict=True):
        told |= _memory(process.pid, folder)
    for process in started:
        process.communicate("\n", timeout=60)
    return out


def _memory(pid: int, folder: Path) -> dict[str, float]:
    """Megabytes of a living process, and of its maps of the graph's files."""
    found: dict[str, int] = {}
    for row in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        key, size, *_ = row.split()
        found[key.rstrip(":")] = int(size)
    graph, inside = 0, False
    for row in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        first = row.split()[0]
        if not first.endswith(":"):
            inside = str(folder) in row
        elif inside and first == "Pss:":
            graph += int(row.split()[1])
    uss = found["Private_Clean"] + found["Private_Dirty"]
    kilobytes = {"pss_mb": found["Pss"], "rss_mb": found["Rss"], "uss_mb": uss}
    return {
        key: round(size / 1024, 1) for key, size in (kilobytes | {"graph_pss_mb": graph}).items()
    }


def _on_disk(folder: Path) -> float:
    return round(sum(one.stat().st_size for one in folder.iterdir()) / 2**20, 1)


if __name__ == "__main__":
    main()
