"""Canon's E rows, worked out for a City. `reckoned("E03", spec)` gives the numbers; the command `canon` and `info CITY` print them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geometry.spec import CitySpec
from viewer import physics as p

KM = 1e3
ROOM, STAIR, LIFT, BORE, TOWER = 1.43e8, 3.0e6, 6.78e6, 7.0e4, 4.83e5
"""Metres: the round room (P20), the stair (P21), the lift (P22), a bore (P40), a tower (S32)."""
BETAS = (0.1, 0.5, 0.9, 0.99)
PEOPLE = 1e13
"""The most that ever lived (S42: trillions upon trillions)."""
MOON_ORBIT = 3.844e8


@dataclass(frozen=True, slots=True)
class Number:
    """One result."""

    label: str
    value: float
    unit: str = ""


def reckoned(name: str, spec: CitySpec) -> tuple[Number, ...]:
    """The numbers of a row for a City. KeyError for a row without a formula."""
    return tuple(Number(*entry) for entry in ROWS[name](spec))


Entry = tuple[str, float] | tuple[str, float, str]
Formula = Callable[[CitySpec], list[Entry]]


def rim(spec: CitySpec) -> float:
    """Radius of the City, m."""
    return spec.radius_km * KM


def core(spec: CitySpec) -> float:
    """Radius of its innermost floor, m."""
    return spec.core_km * KM


def all_floors(spec: CitySpec) -> float:
    """Floor of all its layers, m² (E04, summed exactly)."""
    return p.floors(core(spec), rim(spec), spec.layers)


def planets(*names: str) -> float:
    """Mass of planets, kg; of all if none is named."""
    return sum(p.PLANETS[name] for name in names) if names else sum(p.PLANETS.values())


INNER = ("Mercury", "Venus", "Earth", "Moon", "Mars", "Jupiter")


def _volume(s: CitySpec) -> list[Entry]:
    v = p.ball(rim(s))
    return [("volume", v / 1e9, "km³"), ("in Earths", v / p.ball(p.EARTH)), ("in Jupiters", v / p.ball(p.JUPITER))]


def _floors(s: CitySpec) -> list[Entry]:
    height = (rim(s) - core(s)) / s.layers
    return [("layers", s.layers), ("each", height / KM, "km"), ("floor in Earths", all_floors(s) / p.EARTH_LAND)]


def _drawn(s: CitySpec) -> list[Entry]:
    area = p.floors(core(s), rim(s), s.drawn_layers)
    return [("drawn", s.drawn_layers), ("floor in Earths", area / p.EARTH_LAND), ("one stands for", s.layers / s.drawn_layers, "layers")]


def _ratio(s: CitySpec) -> list[Entry]:
    q = p.ratio(core(s), rim(s), s.drawn_layers)
    return [("ratio", q), ("share of the last", (1.0 - q**-2) / (1.0 - q ** (-2 * s.drawn_layers)) if q > 1.0 else 1.0)]


def _spread(s: CitySpec) -> list[Entry]:
    per = p.PLANETS["Jupiter"] / p.sphere(rim(s))
    return [("Jupiter", per, "kg/m²"), ("as steel", per / p.STEEL * 100, "cm"), ("as concrete", per / p.CONCRETE * 100, "cm")]


def _bodies(s: CitySpec) -> list[Entry]:
    area = p.sphere(rim(s))
    return [
        ("Mercury to Jupiter", planets(*INNER) / area, "kg/m²"),
        ("all planets", planets() / area, "kg/m²"),
        ("Sun", p.SUN / area, "kg/m²"),
    ]


def _thin(s: CitySpec) -> list[Entry]:
    per = 3.0 * planets() / (s.layers * p.sphere(rim(s)))
    sun = 3.0 * (planets() + p.SUN) / (s.layers * p.sphere(rim(s)))
    return [("planets", per, "kg/m²"), ("as concrete", per / p.CONCRETE * 1e6, "µm"), ("and the Sun", sun, "kg/m²")]


def _plate(s: CitySpec) -> list[Entry]:
    mass = p.sphere(rim(s)) * s.plate_km * KM * p.STEEL
    return [("mass", mass, "kg"), ("in Jupiters", mass / p.PLANETS["Jupiter"]), ("in Suns", mass / p.SUN)]


def _solid(s: CitySpec) -> list[Entry]:
    full = p.CONCRETE * p.ball(rim(s))
    return [("planets", planets() / full), ("and the Sun", (planets() + p.SUN) / full)]


def _hole(s: CitySpec) -> list[Entry]:
    density = p.closed(rim(s))
    return [("density", density, "kg/m³"), ("of concrete", 100 * density / p.CONCRETE, "%"), ("of steel", 100 * density / p.STEEL, "%")]


def _one_g(s: CitySpec) -> list[Entry]:
    density = p.WEIGHT / p.weight_of(1.0, rim(s))
    mass = density * p.ball(rim(s))
    return [("density", density, "kg/m³"), ("mass", mass, "kg"), ("in Suns", mass / p.SUN)]


def _air(s: CitySpec) -> list[Entry]:
    return [("weight", p.weight_of(p.AIR, rim(s)) / p.WEIGHT, "g"), ("in Suns", p.AIR * p.ball(rim(s)) / p.SUN)]


def _stress(s: CitySpec) -> list[Entry]:
    stress = p.STEEL * p.WEIGHT * rim(s) / 2.0
    return [("stress", stress, "Pa"), ("steel bears 1 of", stress / 2.5e8), ("nanotubes 1 of", stress / 1.3e11)]


def _tower(s: CitySpec) -> list[Entry]:
    far = math.sqrt((p.EARTH + TOWER) ** 2 - p.EARTH**2)
    load = p.STEEL * p.WEIGHT * TOWER / 1e9
    return [
        ("load", load, "GPa"),
        ("in tallest of ours", TOWER / 828.0),
        ("seen from", far / KM, "km"),
        ("its top wider by", 1.0 + TOWER / p.EARTH),
    ]


def _rides(way: float, unit: float, name: str) -> list[Entry]:
    found: list[Entry] = []
    for beta in BETAS:
        out, within = p.ride(way, beta)
        found += [(f"{beta} c, outside", out / unit, name), (f"{beta} c, inside", within / unit, name)]
    return found


def _gentle(s: CitySpec) -> list[Entry]:
    fastest = math.sqrt(rim(s) * p.WEIGHT) / p.C
    return [
        ("6,780 km", p.gentle(LIFT) / 60, "min"),
        ("to the rim", p.gentle(rim(s)) / p.DAY, "d"),
        ("at most", fastest, "c"),
        ("from side to side", p.gentle(2 * rim(s)) / p.DAY, "d"),
    ]


def _view(s: CitySpec) -> list[Entry]:
    return [e for b in BETAS for e in ((f"{b} c, cone", p.cone(b), "°"), (f"{b} c, pitch", p.doppler(b)))]


def _walks(s: CitySpec) -> list[Entry]:
    pace = 5.0 / 3.6
    return [
        ("3,000 km", STAIR / pace / p.DAY, "d"),
        ("6,780 km", LIFT / pace / p.DAY, "d"),
        ("across the room", ROOM / pace / p.YEAR, "yr"),
        ("half round the room", math.pi * ROOM / 2 / pace / p.YEAR, "yr"),
        ("to the rim", rim(s) / pace / p.YEAR, "yr"),
        ("from side to side", 2 * rim(s) / pace / p.YEAR, "yr"),
        ("round the rim", 2 * math.pi * rim(s) / pace / p.YEAR, "yr"),
    ]


def _lamps(s: CitySpec) -> list[Entry]:
    def suns(lux: float) -> float:
        return p.ceiling_watts(lux, rim(s)) / p.SUNLIGHT

    return [
        ("for 100,000 lx", 1e5 / math.pi, "cd/m²"),
        ("in power", 1e5 / p.LUMENS, "W/m²"),
        ("a shell", suns(1e5), "Suns"),
        ("for 10,000 lx", suns(1e4), "Suns"),
        ("for 100 lx", suns(1e2), "Suns"),
    ]


def _lit(s: CitySpec) -> list[Entry]:
    return [(f"at {lux:,.0f} lx", 3.0 * p.SUNLIGHT / (s.day_duty * p.ceiling_watts(lux, rim(s)))) for lux in (1e4, 1e3, 1e2)]


def _dusk(s: CitySpec) -> list[Entry]:
    speed = 2.0 * math.pi * rim(s) / (s.day_length_h * p.HOUR)
    return [
        ("speed", speed / KM, "km/s"),
        ("of light", speed / p.C),
        ("1,000 km in", 1e9 / speed, "ms"),
        ("half an hour of dusk", speed * 1800 / KM, "km"),
    ]


def _seen(s: CitySpec) -> list[Entry]:
    through: list[Entry] = [(f"over {km:,} km", p.clear(km * KM, 1.16e-5)) for km in (10, 70, 100, 300, 1000)]
    return [
        *through,
        *((f"one sees in {n} air", 3.912 / k / KM, "km") for n, k in (("clear", 1.16e-5), ("this City's", max(s.haze_per_m, 1e-12)))),
    ]


def _thins(s: CitySpec) -> list[Entry]:
    scale = 287.05 * 288.15 / p.WEIGHT
    return [("scale height", scale / KM, "km"), ("over 3,000 km, powers of ten", STAIR / scale / math.log(10))]


def _skin(s: CitySpec) -> list[Entry]:
    kelvin = p.skin(p.SUNLIGHT, rim(s))
    return [("outside", kelvin, "K"), ("glows at", 2898 / kelvin, "µm"), ("for 288 K", (288.0 / kelvin) ** 4, "Suns")]


def _room(s: CitySpec) -> list[Entry]:
    v, r = p.ball(ROOM / 2), ROOM / 2
    return [
        ("volume", v / 1e9, "km³"),
        ("in Earths", v / p.ball(p.EARTH)),
        ("wall", p.sphere(r) / 1e6, "km²"),
        ("wall in Earths", p.sphere(r) / p.EARTH_LAND),
        ("of the City", v / p.ball(rim(s))),
        ("wall drops in 1,000 km", p.sinking(1e6, r) / KM, "km"),
    ]


def _room_air(s: CitySpec) -> list[Entry]:
    r = ROOM / 2
    more = 2.0 / 3.0 * math.pi * p.G * (p.AIR * r) ** 2 / 101_325.0
    return [("in Earths", p.AIR * p.ball(r) / p.PLANETS["Earth"]), ("more at the centre", more, "atm")]


def _bore(s: CitySpec) -> list[Entry]:
    volume = math.pi * 2.5**2 * BORE
    return [("volume", volume, "m³"), ("mass", volume * p.CONCRETE, "kg"), ("energy", volume * p.CONCRETE * 1.3e7, "J")]


def _angles(s: CitySpec) -> list[Entry]:
    far = ROOM / 2
    return [("1 km wide", math.degrees(1e3 / far) * 3600, "″"), ("100 km wide", math.degrees(1e5 / far) * 60, "′")]


def _light(s: CitySpec) -> list[Entry]:
    r = rim(s)
    return [("across", 2 * r / p.C / 60, "min"), ("to the rim", r / p.C / 60, "min"), ("half round", math.pi * r / p.C / p.HOUR, "h")]


def _pixels(s: CitySpec) -> list[Entry]:
    pixel = 2.0 * rim(s) / 3840
    return [("a pixel", pixel / KM, "km"), ("the room", ROOM / pixel, "px"), ("the Moon's orbit", 2 * MOON_ORBIT / pixel, "px")]


ROWS: dict[str, Formula] = {
    "E01": lambda s: [("across", 2 * 5.2044 * p.AU / KM, "km")],
    "E02": lambda s: [("area", p.sphere(rim(s)) / 1e6, "km²"), ("in Earths", p.sphere(rim(s)) / p.EARTH_LAND)],
    "E03": _volume,
    "E04": _floors,
    "E05": _drawn,
    "E06": _ratio,
    "E07": lambda s: [("powers of ten", math.log10(rim(s) / core(s)))],
    "E10": _light,
    "E11": lambda s: [("across", ROOM / p.C, "s")],
    "E12": lambda s: [
        ("room", ROOM / p.SOUND / p.DAY, "d"),
        ("stair", STAIR / p.SOUND / p.HOUR, "h"),
        ("bore", BORE / p.SOUND / 60, "min"),
    ],
    "E20": lambda s: [(f"in {d:,} km", p.sinking(d * KM, rim(s)), "m") for d in (100, 1000, 10_000)],
    "E21": lambda s: [(f"from {h:g} m", p.horizon(h, rim(s)) / KM, "km") for h in (1.7, 1e3, TOWER)],
    "E22": lambda s: [("a metre off", p.chord(1.0, rim(s)) / KM, "km"), ("a centimetre off", p.chord(0.01, rim(s)) / KM, "km")],
    "E23": lambda s: [("32 bits", float(np.spacing(np.float32(rim(s)))), "m"), ("64 bits", float(np.spacing(rim(s))) * 1e3, "mm")],
    "E24": lambda s: [("they meet in", 1e4 / math.radians(1 / 60) / KM, "km")],
    "E25": _pixels,
    "E30": _spread,
    "E31": _bodies,
    "E32": _thin,
    "E33": _plate,
    "E34": _solid,
    "E35": _hole,
    "E36": _one_g,
    "E37": _air,
    "E38": lambda s: [("weight", p.G * (planets() + p.SUN) / rim(s) ** 2 / p.WEIGHT, "g")],
    "E39": _stress,
    "E40": _tower,
    "E41": lambda s: [("in Jupiters", p.WATER * p.sphere(rim(s)) / p.PLANETS["Jupiter"])],
    "E50": lambda s: _rides(rim(s), p.HOUR, "h"),
    "E51": lambda s: _rides(2 * rim(s), p.HOUR, "h"),
    "E52": lambda s: _rides(LIFT, 1e-3, "ms"),
    "E53": lambda s: [(f"to {b} c", p.push(rim(s), b) / p.WEIGHT, "g") for b in BETAS],
    "E54": _gentle,
    "E55": _view,
    "E60": _walks,
    "E61": lambda s: [("climb", STAIR / 0.2 / p.DAY, "d"), ("steps", STAIR / 0.17)],
    "E62": lambda s: [("walked", 3000 * p.YEAR * 5 / 3.6 / KM, "km"), ("of the radius", 300_000 * p.YEAR * 5 / 3.6 / rim(s), "%")],
    "E63": lambda s: [(f"in {t:,} yr", rim(s) / (t * p.YEAR), "m/s") for t in (3000, 10_000, 30_000)],
    "E64": lambda s: [("without air", p.fall(STAIR) / 60, "min"), ("in air", p.fall(STAIR, 54.0) / p.HOUR, "h")],
    "E70": _lamps,
    "E71": _lit,
    "E72": lambda s: [(f"{x} heights aside", p.below_lamp(1.0, 1.0, float(x))) for x in (0, 1, 2, 4)],
    "E73": lambda s: [(f"{h:,} km up", 2 * h * KM * math.tan(math.radians(0.2665)), "m") for h in (10, 500, 5000)],
    "E74": _dusk,
    "E75": lambda s: [("speed", 2 * math.pi * MOON_ORBIT / (s.day_length_h * p.HOUR) / KM, "km/s")],
    "E76": lambda s: [("straight", 2 * rim(s) / p.C / 60, "min"), ("along the shell", math.pi * rim(s) / p.C / 60, "min")],
    "E77": _seen,
    "E78": _thins,
    "E79": _skin,
    "E80": _room,
    "E81": _room_air,
    "E82": _angles,
    "E83": lambda s: [("nearest", 4.2044 * p.AU / KM, "km"), ("farthest", 6.2044 * p.AU / KM, "km")],
    "E84": _bore,
    "E85": lambda s: [("shots", rim(s) / BORE)],
    "E86": lambda s: [
        ("on the rim alone", PEOPLE / (p.sphere(rim(s)) / 1e6), "/km²"),
        ("on all floors", PEOPLE / (all_floors(s) / 1e6), "/km²"),
    ],
    "P25": lambda s: [("2,244,096 h", 2_244_096 * p.HOUR / p.YEAR, "yr")],
    "P120": lambda s: [("area", p.sphere(p.AU) / 1e6, "km²"), ("in Earths", p.sphere(p.AU) / p.EARTH_LAND)],
    "P121": lambda s: [
        ("all planets at 1 AU", planets() / p.sphere(p.AU), "kg/m²"),
        ("usable, at the rim", 80 * (p.AU / rim(s)) ** 2, "mm"),
    ],
    "P122": lambda s: [("radius", (3 * (planets() + p.SUN) / p.CONCRETE / 4 / math.pi) ** (1 / 3) / KM, "km")],
}
"""A row's formula, by id."""
