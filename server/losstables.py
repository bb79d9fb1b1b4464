"""What roads give and take, as sentences and tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.words import say
from server.tables import minutes, terminal

_MOST_LINES = 30

Json = Mapping[str, Any]


def isochrone_table(answer: Json, language: str) -> None:
    """Print how much ground lies within each of the minutes."""
    from rich.table import Table

    table = Table(title=_say("isochrone.title", language), title_justify="left")
    for key in ("minutes", "area", "pieces"):
        table.add_column(_say(f"columns.{key}", language), justify="right")
    for feature in reversed(answer["features"]):
        pieces = feature["geometry"]["coordinates"]
        said = feature["properties"]["minutes"]
        table.add_row(f"{said:g}", f"{_km2(pieces):.2f}", str(len(pieces)))
    screen = terminal()
    screen.print(table)
    screen.print(_under(answer, language), style="dim")


def loss_table(answer: Json, language: str) -> None:
    """Print the sentence first, then places, townships, and the way round."""
    from rich.table import Table

    screen = terminal()
    for line in _closings(answer, language):
        screen.print(line, style="bold")
    screen.print(_sentence(answer, language), style="bold")
    for way in answer["ways_round"]:
        screen.print("  " + _way(way, language))
    if not answer["ways_round"] and any(o["effect"] == "stops" for o in answer["closures"]):
        screen.print("  " + _say("loss.no_stretch", language))
    table = Table(header_style="bold")
    table.add_column(_say("columns.what", language))
    for key in ("all", "cut_off", "uncovered", "later", "worst", "without", "no_road_data"):
        table.add_column(_say(f"columns.{key}", language), justify="right")
    if answer["people"] is not None:
        table.add_row(_say("kinds.people", language), *_sums(answer["people"]))
    for kind, row in answer["places"].items():
        table.add_row(_say(f"kinds.{kind}", language), *_sums(row))
    for row in answer["districts"]:
        if row["cut_off"] or row["uncovered"] or row["later"]:
            name = row["name"] or _say("no_township", language)
            table.add_row(f"  {name}", *_sums(row))
    screen.print(table)
    for one in answer["lost"][:_MOST_LINES]:
        screen.print("  " + _lost(one, language))
    if len(answer["lost"]) > _MOST_LINES:
        screen.print("  " + _say("more", language, count=len(answer["lost"]) - _MOST_LINES))
    _foot(screen, answer, language)


def ranking_table(answer: Json, language: str) -> None:
    """Print the rows by rank, and what they rest on."""
    from rich.table import Table

    screen = terminal()
    title = _say("ranking.title", language)
    table = Table(title=title, title_justify="left", header_style="bold")
    table.add_column("#", justify="right")
    table.add_column(_say("columns.road", language))
    for key in ("cut_off", "uncovered", "later", "eta_loss", "cover_lost", "people_minutes"):
        table.add_column(_say(f"columns.{key}", language), justify="right")
    for row in answer["critical"]:
        name = _stretch(row, language)
        also = f" (+ {_say('loss.comma', language).join(row['also'][:2])})" if row["also"] else ""
        share = row["cover_lost"]
        kind = _say(f"kinds.{row['kind']}", language)
        table.add_row(
            str(row["rank"]),
            f"{kind} {name}{also}",
            *(_count(row[key]) for key in ("cut_off", "uncovered", "later")),
            "—" if row["eta_loss_s"] is None else f"+{minutes(row['eta_loss_s'])}",
            "—" if share is None else f"{share:.1%}",
            _count(row["people_minutes"]),
        )
    screen.print(table)
    if not answer["critical"]:
        screen.print(_say("ranking.none", language))
    basis = answer["basis"]
    screen.print(_say("ranking.basis", language, considered=basis["considered"], of=basis["of"]))
    _foot(screen, answer, language)


def missing_table(answer: Json, language: str) -> None:
    """Print the townships in which anything has no road."""
    from rich.table import Table

    screen = terminal()
    basis = answer["basis"]
    title = _say(
        "missing.title",
        language,
        profile=say(f"routing.profile.{basis['profile']}", language),
        limit=f"{basis['limit_m']:.0f}",
    )
    table = Table(title=title, title_justify="left", header_style="bold")
    table.add_column(_say("columns.township", language))
    for key in ("people_far", "villages_far", "places_far", "farthest"):
        table.add_column(_say(f"columns.{key}", language), justify="right")
    table.add_column(_say("columns.villages", language), overflow="fold")
    whole = [row for row in answer["townships"] if _anything(row)]
    for row in whole:
        farthest = "—" if row["farthest_m"] is None else f"{row['farthest_m']:,.0f} m"
        table.add_row(
            row["name"] or _say("no_township", language),
            _of(row["people"], row["people_all"]),
            _of(_length(row["villages"]), row["villages_all"]),
            _of(_length(row["places"]), row["places_all"]),
            "> 20 km" if row["beyond"] else farthest,
            _say("loss.comma", language).join((row["villages"] or ())[:8]),
        )
    screen.print(table)
    clear = len(answer["townships"]) - len(whole)
    screen.print(_say("missing.clear", language, count=clear))
    _foot(screen, answer, language)


def _sentence(answer: Json, language: str) -> str:
    """ "14 villages, 21,300 people, 3 shelters cut off; …"."""
    cut: list[str] = []
    later: list[str] = []
    people, places = answer["people"], answer["places"]
    for kind in ("town", "village", "people", "shelter", "risk"):
        row = people if kind == "people" else places.get(kind)
        for key, parts in (("cut_off", cut), ("later", later)):
            if row and row[key]:
                parts.append(_say(f"loss.some.{kind}", language, count=f"{row[key]:,}"))
    comma = _say("loss.comma", language)
    said = [
        _say(f"loss.{key}", language, what=comma.join(parts))
        for key, parts in (("cut_off", cut), ("later", later))
        if parts
    ]
    if people is not None and people["uncovered"]:
        said.append(_say("loss.uncovered", language, people=f"{people['uncovered']:,}"))
    return _say("loss.stop", language).join(said) or _say("loss.nothing", language)


def _closings(answer: Json, language: str) -> list[str]:
    """What is closed, what is slowed, what does not hold now: one line for each that there is."""
    comma = _say("loss.comma", language)
    lines = []
    for key in ("stops", "slows", "passable", "not_in_force"):
        mine = [one for one in answer["closures"] if one["effect"] == key]
        if not mine:
            continue
        names = [
            one["name"] or comma.join(one["roads"][:4]) or _say("unnamed", language) for one in mine
        ]
        if key == "slows":
            names = [
                _say("loss.slowed", language, name=name, factor=f"{one['speed_factor']:g}")
                for name, one in zip(names, mine, strict=True)
            ]
        edges = sum(one["edges"] for one in mine)
        lines.append(_say(f"loss.{key}", language, names=comma.join(names), edges=edges))
    return lines


def _way(way: Json, language: str) -> str:
    name = way["road"] or _say("unnamed", language)
    if way["extra_s"] is None:
        return _say("loss.no_way_round", language, road=name)
    values = {key: minutes(way[f"{key}_s"]) for key in ("before", "after", "extra")}
    return _say("loss.way_round", language, road=name, **values)


def _lost(one: Json, language: str) -> str:
    key = "cut_off" if one["cut_off"] else "uncovered" if one["uncovered"] else "later"
    values = {
        "name": one["name"],
        "kind": _say(f"kinds.{one['kind']}", language),
        "township": one["township"] or _say("no_township", language),
        "before": "—" if one["before_s"] is None else minutes(one["before_s"]),
        "after": "—" if one["after_s"] is None else minutes(one["after_s"]),
        "later": "—" if one["later_s"] is None else minutes(one["later_s"]),
    }
    return _say(f"loss.line.{key}", language, **values)


def _foot(screen: Any, answer: Json, language: str) -> None:
    """What the figures rest on, and what is not known."""
    basis = answer["basis"]
    if "services" in basis:
        screen.print(
            _say(
                "basis",
                language,
                profile=say(f"routing.profile.{basis['profile']}", language),
                services=basis["services"],
                categories=_say("loss.comma", language).join(basis["categories"]),
                by=_say(f"by.{basis['by']}", language),
            ),
            style="dim",
        )
    if "conditions" in answer:
        screen.print(_under(answer, language), style="dim")
    for unknown in answer["unknowns"]:
        text = unknown["detail_zh" if language == "zh-CN" else "detail_en"]
        screen.print(f"? {text}", style="yellow")


def _under(answer: Json, language: str) -> str:
    """For which conditions the times hold."""
    return str(answer["conditions"]["text_zh" if language == "zh-CN" else "text_en"])


def _stretch(row: Json, language: str) -> str:
    """The name of a row of the ranking; of a road, and of what has none, where it lies too."""
    name = row["name"] or _say("unnamed", language)
    if row["name"] and row["kind"] != "road":
        return name
    first, last = row["from"], row["to"]
    if first and last and first != last:
        return _say("ranking.stretch", language, name=name, first=first, last=last)
    place = first or last or row["township"]
    return _say("ranking.near", language, name=name, place=place) if place else name


def _sums(row: Json) -> tuple[str, ...]:
    worst = "—" if row["worst_s"] is None else f"+{minutes(row['worst_s'])}"
    counts = [_count(row[key]) for key in ("all", "cut_off", "uncovered", "later")]
    return (*counts, worst, _count(row["without"]), _count(row["no_road_data"]))


def _anything(row: Json) -> bool:
    return bool(row["villages"] or row["people"] or row["places"])


def _of(some: int | None, whole: int | None) -> str:
    return "?" if some is None else f"{some:,} / {whole:,}"


def _length(names: Sequence[str] | None) -> int | None:
    return None if names is None else len(names)


def _count(value: float | None) -> str:
    return "?" if value is None else f"{round(value):,}"


def _km2(pieces: Sequence[Any]) -> float:
    """Square kilometres of the polygons of a MultiPolygon."""
    from pyproj import Geod
    from shapely.geometry import shape

    body = shape({"type": "MultiPolygon", "coordinates": pieces})
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(body)
    return float(abs(area)) / 1e6


def _say(key: str, language: str, **values: Any) -> str:
    return say(f"loss.{key}", language, **values)
