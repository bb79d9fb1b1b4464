"""Which of the network's roads are trunk, provincial and main roads, and what they are called."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from geo.demo.arterials import BRIDGES, GATES, HUBS
from geo.demo.frame import Floats, Ints, along
from geo.demo.names import Names
from geo.demo.network import Edge, Network
from geo.demo.roads import RANK
from geo.demo.terrain import KM, Terrain
from geo.demo.towns import SECOND_ISLAND, TOWNS, nearest_of

# ref, class, name outside the towns, and the places it passes (seats, gates, hubs).
_ROUTES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("G928", "trunk", "云海线", ("北界", "沙塘", "澄湖", "云城", "南浦", "茗山", "南界")),
    ("S992", "primary", "云龙线",
     ("西界", "龙潭", "双溪", "锦屏", "云城", "玉澜", "望潮", "望潮码头")),
    ("S993", "primary", "海鲸线", ("北界东", "海塘", "东港", "望潮", "临港", "鲸湾", "南界东")),
    ("S994", "primary", "南石线", ("南浦", "柳溪", "青岩", "石门", "西南界")),
    ("S995", "primary", "沙竹线", ("海塘", "沙塘", "石桥", "竹坪", "北界西")),
    ("", "primary", "江南大道", ("南浦", "云帆", "临港", "临港码头")),
    ("X901", "secondary", "双枫线", ("双溪", "枫岭", "枫岭hub")),
    ("X902", "secondary", "龙枫线", ("龙潭", "西北界")),
    ("X903", "secondary", "龙云线", ("龙潭", "云源", "西南界")),
    ("X904", "secondary", "石锦线", ("石桥", "锦屏")),
    ("X905", "secondary", "竹双线", ("竹坪", "双溪")),
    ("X906", "secondary", "茗柳线", ("茗山", "柳溪")),
    ("X907", "secondary", "石山线", ("石门", "石门hub")),
    ("X908", "secondary", "鲸渔线", ("鲸湾", "渔港")),
    ("X909", "secondary", "云帆线", ("云帆", "玉澜")),
    ("X910", "secondary", "东澄线", ("东港", "澄湖", "石桥")),
    ("X911", "secondary", "星岛环线", ("星屿西", "星屿", "东沙")),
    ("X912", "secondary", "渔灯线", ("渔灯村", "渔灯")),
)  # fmt: skip
_EASE = {
    "secondary": 0.8, "tertiary": 1.0, "unclassified": 1.6, "residential": 3.0, "primary": 0.5,
    "trunk": 0.6,
}  # fmt: skip


def grade(network: Network, terrain: Terrain) -> None:
    """Raises the class of the ways between places, and gives them their refs."""
    places = {t.name: t.at for t in TOWNS} | {
        "渔灯村": (SECOND_ISLAND[0] * KM, SECOND_ISLAND[1] * KM)
    }
    for name, x, y in (*GATES, *HUBS):
        places[name if name not in places else name + "hub"] = (x * KM, y * KM)
    usable = [k for k, e in enumerate(network.edges) if e.road.ground]
    s = np.array([network.edges[k].start for k in usable])
    t = np.array([network.edges[k].end for k in usable])
    ease = np.array([_EASE.get(network.edges[k].road.kind, 2.5) for k in usable])
    cost = network.lengths()[usable] * ease
    best = _parallel(s, t, cost)
    ends = np.array(list(best.keys())).T
    weight = cost[np.array(list(best.values()))]
    graph = sparse.csr_matrix((weight, (ends[0], ends[1])), shape=(len(network.nodes),) * 2)
    mains = s[np.array([network.edges[k].road.rank >= 5 for k in usable])]
    for ref, kind, name, stops in _ROUTES:
        at = np.array([places[p] for p in stops])
        far, start = nearest_of(at, network.nodes[mains])
        _, any_ = nearest_of(at, network.nodes[s])
        junctions = np.where(far < 900, mains[start], s[any_])
        way = [k for a, b in pairwise(junctions) for k in _path(graph, best, int(a), int(b))]
        for k, times in Counter(way).items():
            if times == 1:  # not there and back again
                _raise(network.edges[usable[k]], kind, name, ref)


def _parallel(s: Ints, t: Ints, cost: Floats) -> dict[tuple[int, int], int]:
    """The cheapest stretch from one junction to the next, both ways."""
    best: dict[tuple[int, int], int] = {}
    for k in np.argsort(-cost, kind="stable").tolist():
        best[(int(s[k]), int(t[k]))] = best[(int(t[k]), int(s[k]))] = k
    return best


def _path(graph: sparse.csr_matrix, best: dict[tuple[int, int], int], a: int, b: int) -> list[int]:
    far, before = csgraph.dijkstra(graph, indices=a, return_predecessors=True)
    out: list[int] = []
    if not np.isfinite(far[b]):
        return out
    while b != a:
        out.append(best[(int(before[b]), b)])
        b = int(before[b])
    return out


def _raise(edge: Edge, kind: str, name: str, ref: str) -> None:
    if RANK[kind] > RANK[edge.tags.get("kind", edge.road.kind)]:
        edge.tags["kind"] = kind
    if ref and "ref" not in edge.tags:
        edge.tags["ref"] = ref
    if not edge.road.name:
        edge.tags.setdefault("name", name)


def name_streets(network: Network, names: Names) -> None:
    """Street names for the grids: main streets first, the city's own names for the city's."""
    length: dict[str, float] = {}
    kind: dict[str, int] = {}
    for e, length_m in zip(network.edges, network.lengths().tolist(), strict=True):
        key = e.road.name
        if key.count(":") == 3:
            length[key] = length.get(key, 0.0) + length_m
            rank = RANK[e.tags.get("kind", e.road.kind)]
            kind[key] = max(kind.get(key, 0), rank)
    pools = {
        "old": names.special("city"),
        "city": names.special("avenues"),
        "port": names.special("port"),
        "industry": names.special("industry"),
    }
    used: set[tuple[int, str]] = set()
    given: dict[str, str] = {}
    for key in sorted(length, key=lambda k: (-kind[k], -round(length[k]), k)):
        town, axis = int(key.split(":")[0]), int(key.split(":")[2])
        pool = pools.get(TOWNS[town].character)
        proper = pool.pop(0) if pool else names.street(town)
        while (town, proper) in used:
            proper = names.street(town)
        used.add((town, proper))
        if kind[key] >= 6 or (kind[key] == 5 and length[key] > 4500):
            ending = "大道"
        elif kind[key] >= 4:
            ending = "路"
        else:
            ending = ("路", "街")[axis] if length[key] > 500 else ("巷", "弄")[axis]
        given[key] = proper + ending
    for e in network.edges:
        if e.road.name in given:
            e.tags["name"] = given[e.road.name]
        elif e.road.name and e.road.name.count(":") != 3:
            e.tags["name"] = e.road.name
        if e.road.ref:
            e.tags["ref"] = e.road.ref


def one_ways(network: Network) -> None:
    """Makes pairs of neighbouring streets of the old town one-way, one there and one back."""
    lines: dict[int, list[Edge]] = {}
    open_ = network.degree() > 1  # a one-way dead end would be a trap
    for e in network.edges:
        key = e.road.name.split(":")
        old = len(key) == 4 and key[1] == TOWNS[0].name and key[2] == "1"
        through = old and open_[e.start] and open_[e.end]
        if through and e.road.kind == "tertiary" and "kind" not in e.tags:
            lines.setdefault(int(key[3]), []).append(e)
    for n, number in enumerate(sorted(lines)[1:5]):
        for e in lines[number]:
            e.tags["oneway"] = "yes"
            if n % 2:
                e.start, e.end, e.xy = e.end, e.start, e.xy[::-1]


def name_bridges(network: Network, terrain: Terrain, names: Names) -> None:
    """Names for bridges, the river's own or invented; what the small ones and tunnels admit."""
    line = terrain.river.line
    part = along(line) / along(line)[-1]
    sites = line[[int(np.searchsorted(part, at)) for at, _ in BRIDGES]]
    small = 0
    for e in network.edges:
        if e.tags.get("tunnel") == "yes":
            e.tags["maxheight"] = "5"
        if e.tags.get("bridge") != "yes" or not e.road.ground:
            continue
        if RANK[e.tags.get("kind", e.road.kind)] <= 3:  # village bridges bear less
            small += 1
            if small % 6 == 0:
                e.tags["maxweight"] = ("10", "15", "20")[small // 6 % 3]
        middle = e.xy.mean(axis=0)
        distance, which = nearest_of([middle], sites)
        if distance[0] < 1500 and e.length_m > 100 and nearest_of([middle], line)[0][0] < 400:
            e.tags["bridge:name"] = BRIDGES[int(which[0])][1]
        elif RANK[e.tags.get("kind", e.road.kind)] >= 4:
            e.tags["bridge:name"] = names.street(99) + "桥"
