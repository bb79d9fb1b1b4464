"""A plan as one folium page that opens without a network.

Leaflet lies inside the page, the base map is drawn from our own roads and water, and a content
policy in the page forbids every request. Text from people reaches the page as text only.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.words import say
from layers.snapshot_panel import panel
from layers.surroundings import Bounds, Feature, Surroundings, surroundings

if TYPE_CHECKING:
    import folium
    from sqlalchemy.orm import Session

Json = Mapping[str, Any]
ASSETS = Path(__file__).resolve().parent / "assets"
CONTENT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
)
"""Also the header to serve the page with: inline scripts and styles, and nothing from anywhere."""

_PAD = 0.02  # degrees around what the plan shows: about 2 km
_FAR = 0.25  # the frame never reaches further than this from the incident
_ZONES = ("#b3261e", "#e07a1f", "#c9a400", "#5c7a29")  # innermost first; dashes differ too
_DASHES = ("", "10 6", "4 6", "1 7")
_ROADS = {
    "motorway": ("#d9822b", 4),
    "trunk": ("#d9822b", 3.5),
    "primary": ("#c8a45a", 3),
    "secondary": ("#b9b09a", 2.4),
    "tertiary": ("#b5b5b5", 1.8),
}
_ROUTES = {
    "force": ("#1a4fba", 3.5, ""),
    "post": ("#7b1fa2", 4, ""),
    "medical": ("#00796b", 3, "8 5"),
    "evacuation": ("#2e7d32", 3, "2 6"),
    "supply": ("#5d4037", 2.5, "6 4 1 4"),
}
_LAND = {"forest": "#d9e8cf", "wood": "#d9e8cf", "beach": "#f3ead0", "industrial": "#e8e3ea"}


def snapshot(session: Session, plan: Json, language: str = "zh-CN") -> str:
    """The page of a plan JSON, with the ground around it read from the database."""
    frame, near = _frames(plan)
    return page(plan, surroundings(session, frame, near), language)


def page(plan: Json, ground: Surroundings, language: str = "zh-CN") -> str:
    """The page itself, from values only."""
    import folium
    from branca.element import Element

    incident = plan["incident"]
    chart = folium.Map(
        location=[incident["lat"], incident["lon"]],
        zoom_start=14,
        tiles=None,
        prefer_canvas=True,
        control_scale=True,
    )
    # folium would link a network of script hosts; everything needed lies in the page.
    chart.default_js, chart.default_css = [], []
    figure: Any = chart.get_root()
    figure.title = escape(f"{say('plan.show.title', language)} · {incident['title']}"[:120])
    figure.header.add_child(Element(_head()), name="leaflet")
    for layer in _layers(plan, ground, language):
        layer.add_to(chart)
    folium.LayerControl(collapsed=False).add_to(chart)
    (west, south, east, north) = _frames(plan)[1]
    chart.fit_bounds([[south, west], [north, east]])
    figure.html.add_child(Element(panel(plan, language)))
    return _without_links(figure.render())


def _head() -> str:
    leaflet = _leaflet()
    css = (leaflet / "leaflet.css").read_text(encoding="utf-8")
    for image in ("layers.png", "layers-2x.png", "marker-icon.png"):
        css = css.replace(f"url(images/{image})", "none")
    script = (leaflet / "leaflet.js").read_text(encoding="utf-8")
    own = (ASSETS / "snapshot.css").read_text(encoding="utf-8")
    policy = escape(CONTENT_POLICY, quote=True).replace("&#x27;", "'")
    return (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<link rel="icon" href="{_no_icon()}">'
        f"<style>{css}\n{own}</style><script>{script}</script>"
    )


def _leaflet() -> Path:
    """The folder of leaflet.js and leaflet.css that the package XStatic-Leaflet brings."""
    found = find_spec("xstatic.pkg.leaflet")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("XStatic-Leaflet is not installed; run ./onemap setup")
    return Path(found.origin).parent / "data"


@cache
def _no_icon() -> str:
    """An empty picture, so that the browser asks nobody for one."""
    gif = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000")
    gif += bytes.fromhex("010001000002024401003b")
    return "data:image/gif;base64," + base64.b64encode(gif).decode()


def _without_links(html: str) -> str:
    """Leave out what folium still links or claims about the network."""
    kept = [
        line
        for line in html.splitlines()
        if not ("<script src=" in line or '<link rel="stylesheet"' in line)
    ]
    return "\n".join(kept) + "\n"


def _layers(plan: Json, ground: Surroundings, language: str) -> Iterable[folium.map.Layer]:
    from layers.snapshot_layer import Drawn

    def words(key: str) -> str:
        return say(f"plan.show.{key}", language)

    zh = language.startswith("zh")
    yield Drawn(words("water"), [*_ground(ground.land), *_water(ground.water)], control=False)
    yield Drawn(words("roads"), [*_roads(ground.roads), *_names(ground.names)], control=False)
    yield Drawn(words("zones"), _zones(plan, zh))
    yield Drawn(words("routes"), _routes(plan))
    yield Drawn(words("shelters"), _points(plan["evacuation"]["shelters"], "shelter", zh, "▲"))
    yield Drawn(words("hospitals"), _points(plan["medical"]["hospitals"], "hospital", zh, "✚"))
    yield Drawn(words("traffic"), _traffic(plan, zh))
    teams = [t for f in plan["forces"] for t in f["assigned"]]
    yield Drawn(words("resources"), _points(teams, "team", zh, "■"))
    yield Drawn(words("post"), _posts(plan, words))


def _frames(plan: Json) -> tuple[Bounds, Bounds]:
    """What the whole plan spans (bounded), and the part around the zones and the post."""
    incident = plan["incident"]
    at = (incident["lon"], incident["lat"])
    close = [at]
    for zone in plan["zones"]:
        close += _vertices(zone["geometry"]["coordinates"])
    command = plan["forward_command_post"]
    close += [(p["lon"], p["lat"]) for k in ("primary", "alternate") if (p := command[k])]
    far = list(close)
    for route in plan["routes"]:
        far += [tuple(point) for point in route["geometry"]]
    return _box(far, at), _box(close, at)


def _vertices(value: Any) -> list[tuple[float, float]]:
    if value and isinstance(value[0], (int, float)):
        return [(value[0], value[1])]
    return [point for part in value for point in _vertices(part)]


def _box(points: list[tuple[float, float]], at: tuple[float, float]) -> Bounds:
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return (
        max(min(lons) - _PAD, at[0] - _FAR),
        max(min(lats) - _PAD, at[1] - _FAR),
        min(max(lons) + _PAD, at[0] + _FAR),
        min(max(lats) + _PAD, at[1] + _FAR),
    )


def _shape(geometry: Any, label: str, **style: Any) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": {"label": label, **style}}


def _ground(features: Iterable[Feature]) -> list[Feature]:
    return [
        _shape(f["geometry"], "", stroke=False, fill=_LAND.get(f["properties"]["kind"], "#f0ede6"))
        for f in features
    ]


def _water(features: Iterable[Feature]) -> list[Feature]:
    out = []
    for f in features:
        area = "Polygon" in f["geometry"]["type"]
        fill = {"fill": "#bcd9ec"} if area else {}
        out.append(_shape(f["geometry"], "", color="#7fb2d6", weight=1 if area else 2, **fill))
    return out


def _roads(features: Iterable[Feature]) -> list[Feature]:
    out = []
    for f in features:
        color, weight = _ROADS.get(f["properties"]["kind"].removesuffix("_link"), ("#cfcfcf", 1))
        out.append(_shape(f["geometry"], "", color=color, weight=weight))
    return out


def _names(features: Iterable[Feature]) -> list[Feature]:
    return [_shape(f["geometry"], f["properties"]["name"], text=True) for f in features]


def _zones(plan: Json, zh: bool) -> list[Feature]:
    out = []
    for i, zone in reversed(list(enumerate(plan["zones"]))):
        name = zone["name_zh" if zh else "name_en"]
        color, dash = _ZONES[i % 4], _DASHES[i % 4]
        label = f"{name} [{zone['mark']}]"
        out.append(_shape(zone["geometry"], label, color=color, weight=2.5, dash=dash, fill=color))
    return out


def _routes(plan: Json) -> list[Feature]:
    out = []
    for route in plan["routes"]:
        color, weight, dash = _ROUTES[route["kind"]]
        line = {"type": "LineString", "coordinates": route["geometry"]}
        minutes = -(-route["road_s"] // 60)
        roads = " → ".join(dict.fromkeys(s["road"] for s in route["steps"] if s["road"]))
        label = f"{minutes} min · {route['distance_m'] / 1000:.1f} km · {roads}"
        out.append(_shape(line, label, color=color, weight=weight, dash=dash))
    return out


def _points(rows: Iterable[Json], kind: str, zh: bool, sign: str) -> list[Feature]:
    return [
        _point(row["lon"], row["lat"], row["name"], kind, sign)
        for row in {(r["lon"], r["lat"], r["name"]): r for r in rows}.values()
    ]


def _point(lon: float, lat: float, label: str, kind: str, sign: str) -> Feature:
    return _shape({"type": "Point", "coordinates": [lon, lat]}, label, sign=sign, kind=kind)


def _traffic(plan: Json, zh: bool) -> list[Feature]:
    signs = {"close": "✕", "inbound": "⇢", "outbound": "⇠"}
    return [
        _point(
            *(p["lon"], p["lat"], f"{p['road']} {p['reason_zh' if zh else 'reason_en']}"),
            *(f"traffic {p['action']}", signs[p["action"]]),
        )
        for p in plan["traffic_control"]
    ]


def _posts(plan: Json, words: Any) -> list[Feature]:
    incident, command = plan["incident"], plan["forward_command_post"]
    label = f"{words('incident_point')} {incident['title']}"
    out = [_point(incident["lon"], incident["lat"], label, "incident", "●")]
    for which, sign in (("primary", "★"), ("alternate", "☆")):
        site = command[which]
        if site is not None:
            label = f"{words('post')}({words(which)}) {site['name']}"
            out.append(_point(site["lon"], site["lat"], label, f"post {which}", sign))
    return out
