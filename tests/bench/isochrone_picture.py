"""Isochrones of a place by a river with its bridges open and closed, side by side, as a picture.

python -m tests.bench.isochrone_picture CITY.osm.pbf OUT.svg|.png|.jpg [--at LON,LAT] [--water NAME]
    [--minutes 3,6,10] [--profile fire_tender] [--river "LON,LAT LON,LAT …"]

Every bridge that crosses the named water (else the widest piece of water) is closed on the right.
Water and roads are the file's own; where a file has roads alone, the river's line is given by
hand, and the picture says so. PNG and JPEG need Chromium.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import shapely
import shapely.geometry

from geo.domain import Closure, LonLat
from geo.intake.base import BaseArea, read_base
from geo.words import say
from routing.lines import edge_lines
from routing.profiles import read_profiles
from routing.roads import Roads
from routing.sources import read_roads

WIDTH, HEIGHT, HEAD, GAP = 760, 700, 56, 12
RINGS = ("#fde0a9", "#f9b572", "#e8795a", "#c3415d")  # the widest first
ROADS = {
    "motorway": 2.6, "trunk": 2.4, "primary": 2.0, "secondary": 1.6, "tertiary": 1.2,
    "unclassified": 0.8, "residential": 0.6, "living_street": 0.5,
}  # fmt: skip


def main() -> None:
    """Read, ask twice, draw."""
    given = _arguments()
    table = read_roads([given.file])
    roads = Roads.compile(table, read_profiles())
    water = [one for one in read_base([given.file]).areas if one.kind == "water"]
    river = given.river or _river(water, given.water)
    bridges = _bridges(roads, river, given.profile)
    closure = Closure(id=UUID(int=1), geometry=None, edges=bridges, name="bridges")
    at = given.at or _by_the_river(roads, river, given.profile)
    asked = {"profile": given.profile, "direction": "from_incident"}
    panels = [
        (text, roads.isochrone(at, given.minutes, closures=shut, **asked))
        for text, shut in (("桥梁通行 bridges open", ()), (_closed(bridges), (closure,)))
    ]
    closed_lines = edge_lines(roads.graph, roads.graph.find(bridges))
    svg = _draw(roads, water, at, panels, given, closed_lines)
    if given.out.suffix in (".png", ".jpg"):
        _png(svg, given.out)
    else:
        given.out.write_text(svg, encoding="utf-8")
    print(f"{given.out}: {len(bridges)} directed bridge edges closed, from {at[0]:.5f},{at[1]:.5f}")


def _river(water: Sequence[BaseArea], name: str | None) -> Any:
    """The water of this name, all its pieces; else the largest piece and what touches it."""
    shapes = np.array([shapely.make_valid(shapely.from_wkb(one.wkb)) for one in water])
    if name:
        chosen = np.array([one.name == name for one in water])
    else:
        chosen = shapely.intersects(shapes, shapes[int(shapely.area(shapes).argmax())])
    return shapely.union_all(shapes[chosen])


def _bridges(roads: Roads, river: Any, profile: str) -> tuple[str, ...]:
    """Both directions of every stretch over the water that the profile may use."""
    graph = roads.graph
    shapely.prepare(river)
    usable = np.flatnonzero((graph.weights[profile].ms[: graph.edges] >= 0) & graph.bridge)
    lines = edge_lines(graph, usable.astype(np.int32))
    if river.geom_type == "LineString":
        over = usable[shapely.crosses(lines, river)]
    else:
        over = usable[shapely.length(shapely.intersection(lines, river)) > 0.0005]  # about 50 m
    return tuple(sorted(graph.edge_id(int(edge)) for edge in over))


def _by_the_river(roads: Roads, river: Any, profile: str) -> LonLat:
    """The junction nearest to the middle of the river's bank that the profile may use."""
    graph = roads.graph
    used = graph.weights[profile].ms >= 0
    nodes = np.unique(graph.edge_from[used & (graph.node_component[graph.edge_from] == 0)])
    points = shapely.points(graph.node_lon[nodes], graph.node_lat[nodes])
    middle = shapely.Point(np.median(graph.node_lon), np.median(graph.node_lat))
    far = shapely.distance(points, river) * 3 + shapely.distance(points, middle)
    node = int(nodes[int(far.argmin())])
    return float(graph.node_lon[node]), float(graph.node_lat[node])


def _draw(
    roads: Roads,
    water: Sequence[BaseArea],
    at: LonLat,
    panels: Sequence[tuple[str, Sequence[Any]]],
    given: Any,
    closed: Any,
) -> str:
    """Two maps of the same ground, the widest ring of the open one filling it."""
    west, south, east, north = shapely.geometry.shape(panels[0][1][-1]).bounds
    middle = (west + east) / 2, (south + north) / 2
    narrow = float(np.cos(np.radians(middle[1])))
    high = max((north - south) / HEIGHT, (east - west) * narrow / WIDTH) * 1.04
    half = WIDTH / 2 * high / narrow, HEIGHT / 2 * high
    box = shapely.box(
        middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1]
    )

    def path(shape: Any, *, close: bool) -> str:
        """An SVG path; points that fall on one another are left out."""
        rings = []
        for part in shapely.get_parts(shape):
            own = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
            for line in own:
                xy = shapely.get_coordinates(line)
                x = (xy[:, 0] - box.bounds[0]) * narrow / high
                y = (box.bounds[3] - xy[:, 1]) / high
                p = np.round(np.column_stack([x, y]), 1)
                p = p[np.concatenate([[True], (np.diff(p, axis=0) != 0).any(axis=1)])]
                if len(p) > 1:
                    steps = "L".join(f"{a:g},{b:g}" for a, b in p.tolist())
                    rings.append(f"M{steps}{'Z' if close else ''}")
        return "".join(rings)

    graph = roads.graph
    drawn = graph.grid.edges_in(*box.bounds)
    kinds = np.array([graph.road_class(int(edge)) for edge in drawn])
    lines = edge_lines(graph, drawn)
    shapes = [shapely.make_valid(shapely.from_wkb(one.wkb)) for one in water]
    wet = shapely.intersection(shapely.union_all(shapes), box)
    ground = [f'<path d="{path(wet, close=True)}" fill="#a8cfe3" fill-rule="evenodd"/>']
    sketch = ""
    if given.river is not None:
        sketch = " · 河道为手绘示意线 the river is a line drawn by hand"
        line = path(shapely.intersection(given.river, box), close=False)
        ground.append(
            f'<path d="{line}" fill="none" stroke="#5b9fc4" stroke-width="6" opacity="0.6"'
            f' stroke-dasharray="2 9" stroke-linecap="round"/>'
        )
    for kind, wide in reversed(ROADS.items()):
        d = path(lines[kinds == kind], close=False)
        colour = "#6f6a63" if wide > 1.1 else "#a9a49b"
        ground.append(f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{wide}"/>')
    x = (at[0] - box.bounds[0]) * narrow / high
    y = (box.bounds[3] - at[1]) / high
    out = []
    for number, (title, rings) in enumerate(panels):
        shown = "".join(
            f'<path d="{path(shapely.geometry.shape(ring), close=True)}" fill="{colour}"'
            f' fill-rule="evenodd" stroke="#7d2f3c" stroke-width="0.7" stroke-opacity="0.5"/>'
            for colour, ring in zip(RINGS[-len(rings) :], reversed(rings), strict=True)
        )
        crosses = path(closed, close=False) if number else ""
        out.append(
            f'<svg x="{number * (WIDTH + GAP)}" y="{HEAD}" width="{WIDTH}" height="{HEIGHT}">'
            f'<rect width="100%" height="100%" fill="#f7f4ec"/><g opacity="0.85">{shown}</g>'
            f"{''.join(ground)}"
            f'<path d="{crosses}" fill="none" stroke="#d40000" stroke-width="5"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="#fff" stroke="#111" stroke-width="3"/>'
            f"{_key(given.minutes)}</svg>"
            f'<text x="{number * (WIDTH + GAP) + 4}" y="36" font-size="24">{escape(title)}</text>'
        )
    profile = say(f"routing.profile.{given.profile}", "zh-CN")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * WIDTH + GAP}"'
        f' height="{HEAD + HEIGHT + 30}" font-family="Noto Sans CJK SC, Noto Sans, sans-serif">'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(out)}'
        f'<text x="4" y="{HEAD + HEIGHT + 20}" font-size="14" fill="#555">'
        f"{escape(profile)} · © OpenStreetMap contributors (ODbL){sketch}</text></svg>"
    )


def _key(minutes: Sequence[float]) -> str:
    rows = zip(RINGS[-len(minutes) :], reversed(minutes), strict=True)
    plate = f'<rect width="140" height="{26 * len(minutes) + 18}" fill="#fff" opacity="0.85"/>'
    return plate + "".join(
        f'<rect x="12" y="{12 + 26 * n}" width="20" height="20" fill="{colour}" stroke="#7d2f3c"/>'
        f'<text x="40" y="{28 + 26 * n}" font-size="16">{said:g} 分钟 min</text>'
        for n, (colour, said) in enumerate(rows)
    )


def _closed(bridges: Sequence[str]) -> str:
    return f"跨河桥梁封闭 bridges closed ({len(bridges)} 个路段方向)"


def _png(svg: str, out: Path) -> None:
    from tests.chromium import opened

    with tempfile.TemporaryDirectory() as folder, opened() as browser:
        page_file = Path(folder) / "picture.html"
        body = f'<!doctype html><meta charset="utf-8"><body style="margin:0">{svg}</body>'
        page_file.write_text(body, encoding="utf-8")
        size = {"width": 2 * WIDTH + GAP, "height": HEAD + HEIGHT + 30}
        page = browser.new_page(viewport=size)  # type: ignore[arg-type]
        page.goto(page_file.as_uri())
        kind: Any = {"type": "jpeg", "quality": 72} if out.suffix == ".jpg" else {}
        page.screenshot(path=str(out), **kind)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--at", type=lambda text: tuple(map(float, text.split(","))))
    parser.add_argument("--water")
    parser.add_argument(
        "--river",
        type=lambda text: shapely.LineString(
            [tuple(map(float, point.split(","))) for point in text.split()]
        ),
    )
    parser.add_argument(
        "--minutes", type=lambda text: sorted(map(float, text.split(","))), default=[3, 6, 10]
    )
    parser.add_argument("--profile", default="fire_tender")
    return parser.parse_args()


if __name__ == "__main__":
    main()
