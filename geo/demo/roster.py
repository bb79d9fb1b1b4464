"""The rescue roster, the shelters and the depots, in the numbers published of such a county."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from geo.demo.frame import Floats
from geo.demo.register import Place, Register, rules
from geo.demo.terrain import KM
from geo.demo.towns import SECOND_ISLAND, TOWNS

# Full-time fire brigades: category, place (km), name. Seventeen in all.
_FIRE = (
    ("S016", 2.9, 0.9, "云江消防救援站"), ("S016", 7.0, 2.0, "望潮消防救援站"),
    ("S016", 3.0, -5.2, "南浦消防救援站"), ("S017", 10.0, -5.2, "临港特勤消防站"),
    ("S018", 3.4, 4.6, "澄湖专职消防队"), ("S018", -1.6, 2.2, "锦屏专职消防队"),
    ("S018", 5.6, 10.4, "沙塘专职消防队"), ("S018", 0.4, 8.5, "石桥专职消防队"),
    ("S018", 9.5, 4.4, "东港专职消防队"), ("S018", -8.8, 1.9, "双溪专职消防队"),
    ("S018", -2.6, -4.7, "柳溪专职消防队"), ("S018", 9.3, -11.6, "鲸湾专职消防队"),
    ("S018", -15.6, 2.9, "龙潭专职消防队"), ("S018", -7.0, -3.4, "青岩专职消防队"),
    ("S019", 10.8, -7.4, "临港化工园企业专职消防队"),
    ("S019", 10.4, -8.6, "云江石化企业专职消防队"),
    ("S019", 9.9, 5.6, "东港船厂企业专职消防队"),
)  # fmt: skip
_VOLUNTEERS = (
    ("云江蓝海", 68),
    ("云江民间", 52),
    ("望潮", 44),
    ("山鹰", 39),
    ("沙塘义工", 32),
    ("星屿", 28),
)
_SUPPORT = (5.6, -4.2)  # the support squad: in the new town, by the bridges, near the harbour
# Shelters by category: number, kind of place, capacity, name.
_SHELTERS = (
    ("S071", 10, "park_mix", (600, 4200), "{town}{street}紧急避难场所"),
    ("S072", 12, "school_mix", (500, 2600), "{town}{street}中学短期避难场所"),
    ("S073", 4, "park_mix", (2200, 5200), "{town}中期避难场所"),
    ("S074", 2, "park_mix", (4200, 8000), "{town}长期避难场所"),
    ("S075", 1, "core", (18000, 18000), "云江市中心避难场所(体育中心)"),
    ("S076", 2, "core", (900, 1600), "云江市避灾安置中心{no}"),
    ("S077", 23, "seat_each", (180, 900), "{town}避灾安置场所"),
    ("S078", 28, "village", (40, 260), "{village}避灾安置点"),
    ("S079", 12, "school_mix", (400, 1800), "{town}{street}学校体育馆"),
    ("S080", 3, "core", (800, 2400), "{street}人防工程"),
    ("S081", 1, "chem", (120, 120), "临港园区防毒避难室"),
    ("S082", 3, "harbour", None, "{town}渔船避风港"),
    ("S083", 2, "homes", (90, 220), "{town}特殊困难人员安置点"),
    ("S084", 1, "main_street", (320, 320), "{street}宾馆征用安置点"),
    ("S085", 1, "park", (1500, 1500), "{town}帐篷安置营地"),
)  # fmt: skip
_DEPOTS = (
    ("S089", 1, "core", "云江市应急物资储备库"), ("S090", 2, "main_street", "云江市{no}号储备分库"),
    ("S091", 23, "seat_each", "{town}物资储备站"),
    ("S092", 120, "village_mix", "{village}物资储备点"),
    ("S093", 8, "low_village", "{village}物资前置点"), ("S094", 6, "bank", "{town}防汛物资仓库"),
    ("S095", 4, "hill_road", "{town}森林防火物资库"), ("S096", 1, "core", "云江市医药储备库"),
    ("S097", 3, "road", "{town}粮食储备库"),
)  # fmt: skip


def fire_stations() -> Floats:
    """Where the full-time fire brigades stand."""
    return np.array([(x * KM, y * KM) for _, x, y, _ in _FIRE])


def teams(book: Register) -> list[Place]:
    """1 brigade, 24 squads, 1,000 village, 17 fire, 16 forest and 6 volunteer teams, 1 support."""
    rng, sites = book.rng, book.sites
    out: list[Place] = []

    def team(code: str, name: str, at: Floats, members: int, turnout: int | None) -> Place:
        place = book.place(code, name, at, int(sites.town(np.array([at]))[0]))
        place.members, place.turnout_s, place.status = members, turnout, book.status()
        place.address = f"演示·{TOWNS[place.town].full_name}"
        book.contact(place, missing=0.05)
        out.append(place)
        return place

    core = sites.draw("core", 1)
    team("S013", "云江市综合应急救援大队", core[0], 42, 300).status = "standby"
    squads = np.vstack(
        [sites.draw("seat_each", len(TOWNS)), [(SECOND_ISLAND[0] * KM, SECOND_ISLAND[1] * KM)]]
    )
    for k, at in enumerate(squads):
        name = TOWNS[k].full_name if k < len(TOWNS) else "临港街道渔灯岛"
        team("S014", f"{name}综合应急救援分队", at, book.some(12, 30), 480 if k % 3 else None)
    for code, x, y, name in _FIRE:
        members = {"S016": 34, "S017": 42, "S018": 22, "S019": 18}[code] + int(rng.integers(6))
        place = team(code, name, np.array([x * KM, y * KM]), members, 60)
        place.attributes["trucks"] = 2 + int(rng.integers(5))
        place.status = "standby" if code != "S018" or rng.random() < 0.9 else "out"
    team("S021", "云江市应急指挥现场保障分队", np.array(_SUPPORT) * KM, 16, 300).status = "standby"
    for k, at in enumerate(sites.draw("hill_road", 16)):
        code = "S022" if k < 4 else "S023"
        where = TOWNS[int(sites.town(np.array([at]))[0])].full_name
        label = "森林消防专业队" if k < 4 else "森林消防半专业队"
        team(code, f"{where}{label}", at, book.some(16, 40), 420 if k < 4 else None)
    for k, ((name, members), at) in enumerate(
        zip(_VOLUNTEERS, sites.draw("homes", len(_VOLUNTEERS)), strict=True)
    ):
        at = np.array(TOWNS[-1].at) if k == 5 else at
        team("S045", f"{name}志愿救援队", at, members, None)
    villages = sites.all("village")
    points = np.vstack([villages, sites.draw("dense", max(1000 - len(villages), 0))])[:1000]
    rule = {"name": "{village}应急小分队", "members": [5, 14], "at": "village", "n": 1000}
    out += book.places("S015", rule, np.round(points, 1))
    return out


def shelters(book: Register) -> list[Place]:
    """105 shelters: most closed, some ready, a few open or full, one out of use."""
    rng = book.rng
    out: list[Place] = []
    for code, count, at, room, name in _SHELTERS:
        rule = {"at": at, "n": count, "name": name}
        found = book.places(code, rule | ({"capacity": list(room)} if room else {}))
        for place in found:
            if room and place.capacity is None:
                place.capacity = book.some(*room)
            place.capacity = None if place.capacity is None else round(place.capacity, -1)
            if not room:
                place.attributes["berths"] = book.some(60, 320)
        out += found
    states = np.array(
        ["closed"] * 46 + ["ready"] * 45 + ["open"] * 11 + ["full"] * 2 + ["disabled"]
    )
    order = rng.permutation(len(states))
    for place, state in zip(out, states[order], strict=True):
        place.status = str(state)
        place.updated_at = book.now - timedelta(minutes=4 + int(rng.integers(3000)))
        if place.capacity is None:
            place.status = "ready"
        elif state == "full":
            place.occupied = place.capacity
        elif state == "open":
            place.occupied = int(place.capacity * (0.05 + 0.5 * rng.random()))
        else:
            place.occupied = 0
    return out


def depots(book: Register) -> list[Place]:
    """The supply depots, from the city's own down to the villages' cupboards."""
    out: list[Place] = []
    for code, count, at, name in _DEPOTS:
        out += book.places(code, {"at": at, "n": count, "name": name})
    return out


def stock(book: Register, keepers: list[Place]) -> list[Place]:
    """Stock lines, each in the depot, fire station or hospital that keeps it."""
    rng = book.rng
    groups: dict[str, list[Place]] = {"fire": [], "hospital": []}
    for k in keepers:
        groups.setdefault(k.category, []).append(k)
        if k.category in ("S016", "S017", "S018", "S019"):
            groups["fire"].append(k)
        if k.category in ("S055", "S056"):
            groups["hospital"].append(k)
    weight = {"S089": 40.0, "S090": 22.0, "S091": 4.0, "S094": 10.0, "S095": 10.0}
    out = []
    for code, (lines, low, high, where) in rules("stock", "stock").items():
        pool = [p for word in where.split() for p in groups[word]]
        chance = np.array([weight.get(p.category, 1.0) for p in pool])
        count = min(lines, len(pool))
        pick = rng.choice(len(pool), count, replace=False, p=chance / chance.sum())
        for k in sorted(pick.tolist()):
            keeper = pool[k]
            size = min(weight.get(keeper.category, 1.0) / 12, 1.0)
            many = low + (high - low) * float(rng.random()) * (0.06 + 0.94 * size)
            line = book.place(code, book.catalog[code]["name_zh"], keeper.xy, keeper.town)
            line.name = f"{book.catalog[code]['name_zh']}({keeper.name})"
            line.quantity = float(round(many, -1 if many > 200 else 0))
            line.unit, line.place_key = book.catalog[code]["unit"], keeper.key
            line.address, line.contact, line.phone = keeper.address, keeper.contact, keeper.phone
            if code in ("S101", "S102", "S103", "S104", "S114", "S116", "S135"):
                line.expires_on = (
                    (book.now + timedelta(days=int(rng.integers(-40, 900)))).date().isoformat()
                )
            out.append(line)
    return out
