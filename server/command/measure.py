"""What ``gather`` measures, section by section: forces, stock, hospitals, shelters, posts.

Only the fastest few are kept of what is plentiful (a thousand village teams); how many were looked
at is counted beside them. ``at`` is where the incident is reached by road.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from geo.domain import Closure, GeoJson, LonLat, PopulationCell, Resource, ResourceEta
from geo.situation import Counted, PostCandidate, Shelter, SquadTime
from server.command.ground import Ground
from server.command.plan.evacuation import room_of
from server.command.plan.forces import AWAY
from server.command.plan.playbook import Playbook
from server.command.reach import Reach, order

_SPARE = 6  # candidates kept beyond four times the need
_LOST = 5  # unreachable ones kept for each capability, nearest first
_STOCKS = 40  # lots kept for each kind of supply
_HOSPITALS = 12
_SHELTERS = 40  # at most so many take part in one assignment
_SHELTERS_LEAST = 6
_SHELTER_M = 30_000
_WALK_MPS = 1.5  # no one walks faster: shelters further off than this are not asked for on foot
_BUS_S = 7200
_POSTS = 24
_SQUADS = 3
_WAYS_M = 1000  # a way out counts when it leads so far from the post


def measure_forces(
    found: Sequence[Resource], at: LonLat | None, playbook: Playbook, reach: Reach, ground: Ground
) -> tuple[tuple[ResourceEta, ...], dict[str, Counted]]:
    """Candidates for every need with their times to the incident, and how many were looked at."""
    needed = {n.capability: n.number for n in playbook.needs}
    able = [r for r in found if needed.keys() & set(playbook.brings(r.category))]
    etas = reach.resources_to(at, able, playbook, ground)
    kept: dict[str, ResourceEta] = {}
    for capability, number in needed.items():
        mine = sorted(
            (e for e in etas if capability in playbook.brings(e.resource.category)), key=order
        )
        ready = [e for e in mine if e.why is None and e.resource.status not in AWAY]
        away = [e for e in mine if e.why is None and e.resource.status in AWAY]
        lost = [e for e in mine if e.why is not None]
        for e in (*ready[: 4 * number + _SPARE], *away[:_LOST], *lost[:_LOST]):
            kept[str(e.resource.id)] = e
    return tuple(kept[k] for k in sorted(kept)), _count(etas)


def measure_stocks(
    found: Sequence[Resource], at: LonLat | None, playbook: Playbook, reach: Reach, ground: Ground
) -> tuple[ResourceEta, ...]:
    """Stock lines with the time of a truck to the incident, the fastest of each kind; those
    inside a zone do not count towards how many are kept."""
    etas = sorted(reach.resources_to(at, found, playbook, ground), key=order)
    kept: list[ResourceEta] = []
    for rule in playbook.supplies:
        outside = 0
        for eta in (e for e in etas if e.resource.category == rule.category):
            if outside == _STOCKS:
                break
            kept.append(eta)
            outside += ground.zone_of(eta.resource.at) is None
    return tuple(sorted(kept, key=lambda e: str(e.resource.id)))


def zones_of(etas: Sequence[ResourceEta], ground: Ground) -> dict[str, str]:
    """The innermost zone of every place that lies in one, by its id."""
    found = {str(e.resource.id): ground.zone_of(e.resource.at) for e in etas}
    return {key: zone for key, zone in found.items() if zone is not None}


def measure_hospitals(
    found: Sequence[Resource], at: LonLat | None, playbook: Playbook, reach: Reach, ground: Ground
) -> tuple[ResourceEta, ...]:
    """Hospitals with an ambulance's time from the incident, the fastest of all and of each kind."""
    places = [r for r in found if r.category in playbook.hospitals]
    etas = sorted(reach.resources_from(at, places, "ambulance", ground, "medical"), key=order)
    kept = {str(e.resource.id): e for e in etas[:_HOSPITALS]}
    for category in playbook.hospitals:
        kept |= {
            str(e.resource.id): e for e in [e for e in etas if e.resource.category == category][:3]
        }
    return tuple(kept[k] for k in sorted(kept))


@dataclass(frozen=True, slots=True)
class ShelterTimes:
    """Shelters, and the seconds from each cell (row) to each shelter of ``order`` (column)."""

    shelters: tuple[Shelter, ...]
    order: tuple[str, ...]
    foot_s: tuple[tuple[int | None, ...], ...]
    bus_s: tuple[tuple[int | None, ...], ...]


def measure_shelters(
    found: Sequence[Resource],
    at: LonLat | None,
    playbook: Playbook,
    reach: Reach,
    ground: Ground,
    cells: Sequence[PopulationCell],
    daytime: bool,
) -> ShelterTimes:
    """Shelters nearby, and for those that may take people the times from every cell to them."""
    places = [
        r
        for r in found
        if r.category in playbook.shelters and ground.distance_m(r.at) <= _SHELTER_M
    ]
    etas = reach.resources_from(at, places, "bus", ground, "from_incident")
    shelters = [Shelter(e, ground.zone_of(e.resource.at)) for e in sorted(etas, key=order)]
    people = sum(c.day if daytime else c.night for c in cells)
    used: list[Shelter] = []
    room = 0
    # By road: a shelter across a closed bridge is near only on paper. ``etas`` come in that order,
    # those that no road reaches last, so that they never crowd out one that can be reached.
    for shelter in shelters:
        free = room_of(shelter)
        if not free or shelter.zone is not None or not cells:
            continue
        if len(used) >= _SHELTERS or (len(used) >= _SHELTERS_LEAST and room >= 2 * people):
            break
        used.append(shelter)
        room += free if shelter.eta.road_s is not None else 0
    starts = [c.at for c in cells]
    walk_limit = playbook.whole("evacuation.walk_limit_s")
    columns = {"foot": [], "bus": []}  # type: dict[str, list[list[int | None]]]
    for shelter in used:
        resource = shelter.eta.resource
        reachable = ground.distance_m(resource.at) - ground.reach_m() <= walk_limit * _WALK_MPS
        for mode, limit in (("foot", walk_limit), ("bus", _BUS_S)):
            if mode == "foot" and not reachable:
                columns[mode].append([None] * len(cells))
                continue
            ways, times = reach.to(resource.at, starts, mode, limit)
            columns[mode].append([w.road_s for w in ways])
            for i, cell in enumerate(cells):
                reach.remember(f"evacuation:{resource.id}:{mode}:{cell.id}", times, i)
    _walk_to_the_road(cells, columns, used, playbook, reach, ground)
    kept = {str(s.eta.resource.id) for s in used}
    near = [s for s in shelters if str(s.eta.resource.id) in kept or s.zone or _unclear(s)]
    return ShelterTimes(
        shelters=tuple(sorted(near, key=lambda s: str(s.eta.resource.id))),
        order=tuple(str(s.eta.resource.id) for s in used),
        foot_s=tuple(zip(*columns["foot"], strict=True)) if used else ((),) * len(cells),
        bus_s=tuple(zip(*columns["bus"], strict=True)) if used else ((),) * len(cells),
    )


def _walk_to_the_road(
    cells: Sequence[PopulationCell],
    columns: dict[str, list[list[int | None]]],
    used: Sequence[Shelter],
    playbook: Playbook,
    reach: Reach,
    ground: Ground,
) -> None:
    """People of a cell whose centre lies off the road walk to the nearest cell that has a way."""
    seconds = columns["bus"]
    if not seconds:
        return
    served = [i for i in range(len(cells)) if any(c[i] is not None for c in seconds)]
    points = ground.metres([c.at for c in cells])
    limit = playbook.whole("evacuation.gather_m")
    speed = playbook.parameters["evacuation.walk_mps"].value
    lost = sorted(set(range(len(cells))) - set(served))
    for i in lost:
        if any(c[i] is not None for c in columns["foot"]):
            continue
        away = [(round(float(((points[i] - points[j]) ** 2).sum() ** 0.5)), j) for j in served]
        metres, j = min(away, default=(limit + 1, -1))
        if metres > limit:
            continue
        for column, shelter in zip(seconds, used, strict=True):
            way = column[j]
            column[i] = None if way is None else way + round(metres / speed)
            key = f"evacuation:{shelter.eta.resource.id}:bus:"
            reach.same(key + cells[i].id, key + cells[j].id)


def measure_posts(
    found: Sequence[Resource],
    playbook: Playbook,
    reach: Reach,
    ground: Ground,
    closures: Sequence[Closure],
    cordon: GeoJson | None,
) -> tuple[tuple[Resource, ...], tuple[PostCandidate, ...]]:
    """Support squads, and the candidate sites with every squad's time to them.

    Squads drive round the cordon (one that is based inside it may drive out), and a way out of a
    post does not lead through it.
    """
    around = reach.avoiding(cordon)
    squads = _squads(found, playbook, ground)
    near = ground.reach_m() + playbook.whole("post.search_m")
    sites = [
        r
        for r in found
        if r.category in playbook.post.site_categories and ground.distance_m(r.at) <= near
    ]
    rank = {category: i for i, category in enumerate(playbook.post.site_categories)}
    sites.sort(key=lambda r: (rank[r.category] > 0, ground.distance_m(r.at), str(r.id)))
    # Sites inside a zone are kept only as far as there is room: they are excluded anyway.
    sites.sort(key=lambda r: ground.zone_of(r.at) is not None)
    sites = sites[:_POSTS]
    times: dict[str, list[SquadTime]] = {str(s.id): [] for s in sites}
    for squad in squads:
        profile = playbook.categories[squad.category].profile
        own = reach if ground.zone_of(squad.at) else around
        ways, tree = own.away(squad.at, [s.at for s in sites], profile)
        for i, (site, way) in enumerate(zip(sites, ways, strict=True)):
            times[str(site.id)].append(
                SquadTime(str(squad.id), way.road_s, way.distance_m, way.why)
            )
            reach.remember(f"post:{squad.id}:{site.id}", tree, i)
    pads = [r.at for r in found if r.category in playbook.helicopter]
    areas = [(c, ground.flat(c.geometry)) for c in closures if c.geometry and _is_area(c.geometry)]
    out = []
    for site in sites:
        zone = ground.zone_of(site.at)
        here = shapely.Point(ground.metres([site.at])[0])
        shut = next((c for c, area in areas if area.intersects(here)), None)
        judged = zone is None and shut is None
        out.append(
            PostCandidate(
                resource=site,
                distance_m=ground.distance_m(site.at),
                bearing_deg=ground.bearing_deg(site.at),
                zone=zone,
                margin_m=ground.margin_m(site.at),
                closure=None if shut is None else shut.name or shut.cause or str(shut.id),
                squads=tuple(times[str(site.id)]),
                ways_out=around.ways_out(site.at, "truck", _WAYS_M) if judged else None,
                helicopter_m=_nearest_m(site, pads, ground),
            )
        )
    return tuple(squads), tuple(sorted(out, key=lambda p: str(p.resource.id)))


def _squads(found: Sequence[Resource], playbook: Playbook, ground: Ground) -> list[Resource]:
    """The nearest few of each squad category that are on duty."""
    out: list[Resource] = []
    for category in playbook.post.squad_categories:
        mine = [r for r in found if r.category == category and r.status not in AWAY]
        out += sorted(mine, key=lambda r: (ground.distance_m(r.at), str(r.id)))[:_SQUADS]
    return out


def _unclear(shelter: Shelter) -> bool:
    return room_of(shelter) is None


def _is_area(geometry: GeoJson) -> bool:
    return "Polygon" in str(geometry.get("type"))


def _nearest_m(site: Resource, pads: Sequence[tuple[float, float]], ground: Ground) -> int | None:
    if not pads:
        return None
    here = ground.metres([site.at])[0]
    east, north = (ground.metres(pads) - here).T
    return round(float(((east**2 + north**2) ** 0.5).min()))


def _count(etas: Sequence[ResourceEta]) -> dict[str, Counted]:
    out = {}
    for category in sorted({e.resource.category for e in etas}):
        why = [e.why for e in etas if e.resource.category == category]
        out[category] = Counted(
            considered=len(why),
            reachable=why.count(None),
            unreachable=why.count("unreachable"),
            no_road_data=why.count("no_road_data"),
        )
    return out
