"""A city laid beside itself k times k, so that the cost of more roads can be measured.

Copy (row, column) is shifted by the city's own extent and ``GAP_DEG``. It is joined to its east
and north neighbour by up to ``SEAMS`` straight two-way tertiary roads each: nodes of the largest
piece nearest to the facing borders, paired in order along the border. Turn restrictions and
barriers are copied with their ways and nodes, so that the whole is one city of k * k parts.
"""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from geo.home import CHECKOUT, home
from routing.grid import METRES_PER_DEGREE
from routing.roads import Roads
from routing.sources import read_roads
from routing.table import LoadReport, RoadTable

GAP_DEG = 0.005  # between two copies, about half a kilometre
SEAMS = 200  # roads that join two neighbours, where so many nodes lie near the border
_STEP = 10**11  # between the ids of two copies; OSM ids stay below 2 * 10**10
_ID_FIELDS = ("way", "from_way", "to_way", "node", "via_node", "via_ways")


def city(file: Path, k: int = 1) -> RoadTable:
    """The roads of a file laid k x k; kept in the home folder, made again when the code changes."""
    kept = _folder() / f"{_stem(file)}-{k}-{_digest(file)}.table"
    if kept.exists():
        table: RoadTable = pickle.loads(kept.read_bytes())
        return table
    table = read_roads([file]) if k == 1 else tiled(city(file), k)
    _write(kept, pickle.dumps(table))
    return table


def roads_of(file: Path, k: int = 1) -> tuple[Roads, Path]:
    """The compiled roads of :func:`city`, memory-mapped, and their folder."""
    folder = _folder() / f"{_stem(file)}-{k}-{_digest(file, 'data/speeds', 'data/roads')}"
    if not (folder / "meta.json").exists():
        Roads.compile(city(file, k), folder=folder)
    return Roads.open(folder), folder


def tiled(table: RoadTable, k: int) -> RoadTable:
    """The table k x k, joined at the seams. See the module for how."""
    copies = k * k
    width = float(table.geom_lon.max() - table.geom_lon.min()) + GAP_DEG
    height = float(table.geom_lat.max() - table.geom_lat.min()) + GAP_DEG
    east = np.arange(copies) % k * width
    north = np.arange(copies) // k * height
    shift = np.arange(copies, dtype=np.int64) * _STEP
    sizes = {table.nodes: "node", table.edges: "edge", len(table.geom_lon): "vertex"}
    columns: dict[str, Any] = {}
    for field in fields(table):
        value = getattr(table, field.name)
        if isinstance(value, np.ndarray) and len(value) in sizes:
            columns[field.name] = np.tile(value, copies)
    columns["node_id"] += np.repeat(shift, table.nodes)
    columns["node_lon"] += np.repeat(east, table.nodes)
    columns["node_lat"] += np.repeat(north, table.nodes)
    columns["geom_lon"] += np.repeat(east, len(table.geom_lon))
    columns["geom_lat"] += np.repeat(north, len(table.geom_lon))
    columns["edge_way"] += np.repeat(shift, table.edges)
    places = np.repeat(np.arange(copies, dtype=np.int32), table.edges)
    columns["edge_from"] += places * np.int32(table.nodes)
    columns["edge_to"] += places * np.int32(table.nodes)
    back = columns["reverse"]
    columns["reverse"] = np.where(back >= 0, back + places * np.int32(table.edges), -1)
    columns["geom_start"] = np.concatenate(
        [
            *(table.geom_start[:-1] + n * len(table.geom_lon) for n in range(copies)),
            [copies * len(table.geom_lon)],
        ]
    ).astype(np.int64)
    whole = replace(
        table,
        **{name: value.astype(getattr(table, name).dtype) for name, value in columns.items()},
        edge_id=tuple(_renamed(one, int(by)) for by in shift for one in table.edge_id),
        **_copied(table, shift),
        report=LoadReport(),
        version=f"{table.version}x{k}",
    )
    return _joined(whole, _seams(table, k))


def clipped(table: RoadTable, nodes: int) -> RoadTable:
    """About so many nodes around the middle of the city, with the roads between them."""
    middle = np.median(table.node_lon), np.median(table.node_lat)
    east = (table.node_lon - middle[0]) * np.cos(np.radians(middle[1]))
    far = np.maximum(np.abs(east), np.abs(table.node_lat - middle[1]))
    kept = np.zeros(table.nodes, dtype=bool)
    kept[np.argsort(far, kind="stable")[:nodes]] = True
    edges = np.flatnonzero(kept[table.edge_from] & kept[table.edge_to])
    place = np.cumsum(kept) - 1
    edge_place = np.full(table.edges, -1, dtype=np.int64)
    edge_place[edges] = np.arange(len(edges))
    count = np.diff(table.geom_start)[edges]
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    vertex = np.repeat(table.geom_start[edges] - start[:-1], count) + np.arange(start[-1])
    columns: dict[str, Any] = {}
    for field in fields(table):
        value = getattr(table, field.name)
        if isinstance(value, np.ndarray) and len(value) == table.nodes:
            columns[field.name] = value[kept]
        elif isinstance(value, np.ndarray) and len(value) == table.edges:
            columns[field.name] = value[edges]
    back = edge_place[columns["reverse"]]
    columns["reverse"] = np.where(columns["reverse"] >= 0, back, -1).astype(np.int32)
    columns["edge_from"] = place[columns["edge_from"]].astype(np.int32)
    columns["edge_to"] = place[columns["edge_to"]].astype(np.int32)
    ways, ids = set(columns["edge_way"].tolist()), set(columns["node_id"].tolist())
    held = {
        field.name: tuple(one for one in getattr(table, field.name) if _within(one, ways, ids))
        for field in fields(table)
        if isinstance(getattr(table, field.name), tuple) and field.name != "edge_id"
    }
    return replace(
        table,
        **columns,
        **held,
        edge_id=tuple(table.edge_id[edge] for edge in edges.tolist()),
        geom_start=start,
        geom_lon=table.geom_lon[vertex],
        geom_lat=table.geom_lat[vertex],
        report=LoadReport(),
        version=f"{table.version}-{nodes}",
    )


def _within(item: Any, ways: set[int], nodes: set[int]) -> bool:
    """Whether the ways and nodes that a restriction or barrier names are there."""
    for name in _ID_FIELDS:
        value = getattr(item, name, None)
        named = value if isinstance(value, tuple) else (value,) if value else ()
        if any(one not in (ways if "way" in name else nodes) for one in named):
            return False
    return True


def _copied(table: RoadTable, shift: np.ndarray) -> dict[str, Any]:
    """The table's tuples of restrictions, barriers and the like, once for each copy."""
    out: dict[str, Any] = {}
    for field in fields(table):
        value = getattr(table, field.name)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            out[field.name] = tuple(_moved(one, int(by)) for by in shift for one in value)
    return out


def _moved(item: Any, by: int) -> Any:
    changed = {}
    for name in _ID_FIELDS:
        value = getattr(item, name, None)
        if isinstance(value, tuple):
            changed[name] = tuple(one + by for one in value)
        elif value:
            changed[name] = value + by
    return replace(item, **changed)


def _renamed(edge_id: str, by: int) -> str:
    way, start, end, n = edge_id.split(":")
    return f"{int(way) + by}:{int(start) + by}:{int(end) + by}:{n}"


def _seams(table: RoadTable, k: int) -> list[tuple[int, int]]:
    """Pairs of nodes of the whole that a new road joins."""
    main = np.flatnonzero(table.node_component == 0)
    driven = np.zeros(table.nodes, dtype=bool)
    fit = np.isin(table.road_class.astype(str), ("primary", "secondary", "tertiary", "residential"))
    driven[table.edge_from[fit]] = driven[table.edge_to[fit]] = True
    main = main[driven[main]] if driven[main].any() else main
    lon, lat = table.node_lon[main], table.node_lat[main]
    count = min(SEAMS, max(1, len(main) // 10))

    def border(across: np.ndarray, along: np.ndarray) -> np.ndarray:
        near = np.argsort(across, kind="stable")[:count]
        return main[near[np.argsort(along[near], kind="stable")]]

    west, east = border(lon, lat), border(-lon, lat)
    south, north = border(lat, lon), border(-lat, lon)
    pairs = []
    for copy in range(k * k):
        here = copy * table.nodes
        if copy % k < k - 1:
            pairs += list(zip(here + east, here + table.nodes + west, strict=True))
        if copy // k < k - 1:
            pairs += list(zip(here + north, here + k * table.nodes + south, strict=True))
    return [(int(a), int(b)) for a, b in pairs]


def _joined(table: RoadTable, pairs: list[tuple[int, int]]) -> RoadTable:
    """The table with a straight two-way tertiary road for each pair of nodes, edges in order."""
    start = np.array([one for pair in pairs for one in pair], dtype=np.int32)
    end = np.array([one for a, b in pairs for one in (b, a)], dtype=np.int32)
    new, old = len(start), table.edges
    way = np.repeat(np.arange(len(pairs), dtype=np.int64) + 9 * 10**17, 2)
    lon, lat = (np.stack([c[start], c[end]], axis=1) for c in (table.node_lon, table.node_lat))
    middle = np.radians(lat.mean(axis=1))
    length = np.hypot(np.diff(lon)[:, 0] * np.cos(middle), np.diff(lat)[:, 0]) * METRES_PER_DEGREE
    given: dict[str, Any] = {
        "edge_from": start,
        "edge_to": end,
        "edge_way": way,
        "road_class": np.full(new, "tertiary", dtype=object),
        "length_m": np.maximum(length, 0.1),
        "reverse": old + (np.arange(new) ^ 1),
    }
    columns: dict[str, Any] = {}
    for field in fields(table):
        value = getattr(table, field.name)
        if isinstance(value, np.ndarray) and len(value) == old:
            empty: Any = "" if value.dtype == object else np.nan if value.dtype.kind == "f" else 0
            more = given.get(field.name, np.full(new, empty, dtype=value.dtype))
            columns[field.name] = np.concatenate([value, more.astype(value.dtype)])
    names = [
        *table.edge_id,
        *(
            f"{w}:{table.node_id[a]}:{table.node_id[b]}:{n % 2}"
            for n, (w, a, b) in enumerate(zip(way, start, end, strict=True))
        ),
    ]
    order = np.lexsort((columns["edge_to"], columns["edge_from"]))
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    back = columns.pop("reverse")[order]
    count = np.concatenate([np.diff(table.geom_start), np.full(new, 2)])[order]
    first = np.concatenate([table.geom_start[:-1], len(table.geom_lon) + 2 * np.arange(new)])[order]
    geom_start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    vertex = np.repeat(first - geom_start[:-1], count) + np.arange(geom_start[-1])
    return replace(
        table,
        **{name: value[order] for name, value in columns.items()},
        reverse=np.where(back >= 0, place[back], -1).astype(np.int32),
        edge_id=tuple(names[index] for index in order),
        geom_start=geom_start,
        geom_lon=np.concatenate([table.geom_lon, lon.ravel()])[vertex],
        geom_lat=np.concatenate([table.geom_lat, lat.ravel()])[vertex],
    )


def _folder() -> Path:
    folder = home() / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _stem(file: Path) -> str:
    return file.name.split(".")[0]


def _digest(file: Path, *more: str) -> str:
    """Changes with the file and with the code that reads and compiles it."""
    hashed = hashlib.sha256(f"{file.stat().st_size}".encode())
    for folder in ("routing", "tests/bench", *more):
        kinds = ("tile.py",) if folder == "tests/bench" else ("*.py", "*.toml")
        for kind in kinds:
            for path in sorted((CHECKOUT / folder).rglob(kind)):
                hashed.update(path.read_bytes())
    return hashed.hexdigest()[:10]


def _write(path: Path, body: bytes) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(body)
    new.replace(path)
