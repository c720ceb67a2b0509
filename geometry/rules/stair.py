"""Stair: a shaft with steps for human feet, 0.17 m high however tall the shaft (canon P21: an exit 3,000 km on).

Form 1 winds about a pillar, 2 goes back and forth without rails, 3 is blind: flights that lead to nothing (canon P70);
0 lets the key choose. A shaft too tall to unfold at once is a pillar and a wall, and grows its steps from children,
one above the other; bit 3 (8) marks those.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.angle import QUARTER_TURNS, multiply
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Growth, Place
from geometry.rules.furnish import (
    STEP_RISE,
    STEP_RUN,
    Kit,
    cables,
    debris,
    doors,
    figure,
    kit_of,
    lengthwise,
    pierced,
    pipe_runs,
    points,
    spokes,
    strip_lamps,
    yaw,
)
from geometry.rules.lamplight import lamplit
from geometry.spec import CitySpec

F64 = NDArray[np.float64]
_STOREY = 120.0
"""Metres of stair that unfold at once."""
_SEGMENT = 8
HEAD = 3.2
"""Metres of a shaft above its topmost landing."""
_GATE = 1.2
"""Metres: width of the openings at the foot and the head of a shaft."""
_BASE = 0.1
_FULL_TURN = 6.283185307179586


def unfold(place: Place, spec: CitySpec) -> Growth:
    """A shaft and its steps, or a taller shaft and its storeys."""
    form = (place.form & ~_SEGMENT) or 1 + int(place.stream.choice("form", 1, [5, 3, 2])[0])
    segment = bool(place.form & _SEGMENT)
    shaft, steps = (_round_shaft, _spiral) if form == 1 else (_square_shaft, _flights)
    blind = form == 3 or (place.epoch > 8.5 and not place.form)
    tall = place.size[2] > 1.5 * _STOREY

    def fill(turned: Place) -> Growth:
        kit = kit_of(turned, 30, spec)
        made = [] if segment else [shaft(kit, turned.size)]
        children = _storeys(turned, 3 if blind and form == 2 else form) if tall else ()
        climb = turned.size[2] if segment else _climb(turned.size[2])
        grown = join(made if tall else [*made, steps(kit, turned.size, blind, climb)])
        return Growth(lamplit(grown, dark=44, bright=180, reach=4.5), children)

    return lengthwise(place, fill)


def _climb(z: float) -> float:
    """How far up the steps of a shaft `z` metres high lead."""
    return max(z - HEAD, 0.7 * z)


def _storeys(place: Place, form: int) -> tuple[Place, ...]:
    """The shaft cut across into at most sixteen pieces."""
    x, y, _ = place.size
    z = _climb(place.size[2])
    n = min(16, max(2, round(z / _STOREY)))
    return tuple(place.child("stair", i, (0.0, 0.0, i * z / n), (x, y, z / n), form=form | _SEGMENT) for i in range(n))


def _round_shaft(kit: Kit, size: tuple[float, float, float]) -> Parts:
    """A wall of panels with slots, hoops, a pillar with collars, and pipes up its side."""
    x, y, z = size
    radius = min(x, y) / 2
    n, rows = 24, int(min(60, max(2, z / 7)))
    f = np.tile((np.arange(n) + 0.5) / n, rows)
    level = np.repeat((np.arange(rows) + 0.5) * z / rows, n)
    wall = 0.07 * radius
    there = ~kit.chance("slot", n * rows, 0.05 + 0.05 * kit.chaos)
    there &= ~((np.abs(f - 0.5) < 0.75 / n) & (level < z / rows))
    at = spokes(f) * (radius - wall * 0.7) + points(0, 0, level)
    face = 2 * radius * 0.1317
    deep = wall * (0.5 + 0.5 * kit.stream.unit("panel", n * rows))
    panels = kit.solid(
        "box",
        at[there],
        np.stack([deep, np.full(n * rows, face), np.full(n * rows, z / rows * 0.985)], axis=-1)[there],
        Material.CONCRETE,
        yaw(f)[there],
    )
    hoop_z = np.arange(rows + 1)[1:-1] * z / rows
    hoops = kit.solid("ring", points(0, 0, hoop_z), (2 * radius, 2 * radius, 0.05 * radius), Material.OLD_CONCRETE)
    core = _pillar(radius)
    pillar = kit.solid("drum", (0, 0, z / 2), (2 * core, 2 * core, z), Material.CONCRETE)
    base = kit.solid("drum", (0.0, 0.0, _BASE / 2), (1.98 * radius, 1.98 * radius, _BASE), Material.OLD_CONCRETE)
    collars = kit.solid("drum", points(0, 0, (np.arange(rows) + 0.5) * z / rows), (2.3 * core, 2.3 * core, 0.25), Material.DARK_STEEL)
    out = spokes(np.array([0.03, 0.07, 0.31, 0.62, 0.66])) * (radius - 2.1 * wall)
    pipes = pipe_runs(
        kit,
        out,
        out + [0, 0, z],
        np.array([0.1, 0.06, 0.08, 0.12, 0.05]) * min(2, 0.3 * radius),
        flange=max(6.0, z / 30),
        material=Material.RUST,
    )
    return join([panels, hoops, pillar, base, collars, pipes])


def _pillar(radius: float) -> float:
    return max(0.14 * radius, 0.12)


def _spiral(kit: Kit, size: tuple[float, float, float], blind: bool, climb: float) -> Parts:
    """Wedge-free treads about the pillar, a rail on their outer ends, a landing and a door every turn or two."""
    x, y, z = size
    radius = min(x, y) / 2
    inner, outer = _pillar(radius), 0.66 * radius
    walk = inner + (outer - inner) * 0.6
    turn_steps = max(14, round(_FULL_TURN * walk / STEP_RUN))
    n = max(1, round(climb / STEP_RISE))
    rise = climb / n
    i = np.arange(n)
    f = (i % turn_steps) / turn_steps
    out, heading = spokes(f), yaw(f)
    top = np.asarray((i + 1) * rise, dtype=np.float64)
    lost = kit.chance("step lost", n, 0.08 * kit.chaos if blind else 0.02 * kit.chaos)
    at = out * ((inner + outer) / 2) + points(0, 0, top - 0.04)
    wide = _FULL_TURN * outer / turn_steps * 1.06
    treads = kit.solid("box", at[~lost], (outer - inner + 0.05, wide, 0.08), Material.CONCRETE, heading[~lost])
    web = out * (inner + 0.22 * (outer - inner)) + points(0, 0, top - 0.22)
    brackets = kit.solid(
        "wedge", web[~lost & (top > 0.4)], (0.44 * (outer - inner), 0.06, 0.28), Material.DARK_STEEL, _flip(heading[~lost & (top > 0.4)])
    )
    return join(
        [
            treads,
            brackets,
            _spiral_rail(kit, out * (outer - 0.05) + points(0, 0, top), z),
            _landings(kit, f, top, outer, radius, turn_steps),
        ]
    )


def _flip(heading: F64) -> F64:
    """A wedge whose deep end is at the pillar, flat side up."""
    return multiply(heading, QUARTER_TURNS["y"][2])


def _spiral_rail(kit: Kit, rim: F64, z: float) -> Parts:
    """Posts and a rising handrail; whole runs of it are missing where memory failed."""
    run = np.repeat(kit.chance("rail there", len(rim) // 12 + 1, 1.0 - 0.75 * kit.chaos), 12)[: len(rim)]
    high = rim + [0, 0, 1.0]
    fits = run & (high[:, 2] < z - 0.05)
    both = fits[:-1] & fits[1:]
    posts = kit.bar(rim[fits][::2], high[fits][::2], 0.035, 0.035, Material.DARK_STEEL)
    return join([posts, kit.bar(high[:-1][both], high[1:][both], 0.05, 0.05, Material.STEEL)])


def _landings(kit: Kit, f: F64, top: F64, outer: float, radius: float, turn_steps: int) -> Parts:
    """Bridges from the stair to doors in the wall, each with a lamp above."""
    every = turn_steps * 2 + 5
    rows = np.arange(turn_steps // 2, len(f) - 16, every)
    if not len(rows):
        return EMPTY
    out, heading = spokes(f[rows]), yaw(f[rows])
    level = points(0, 0, top[rows])
    span = 0.9 * radius - outer
    slab = kit.solid("box", out * (outer + span / 2) + level - [0, 0, 0.1], (span + 0.1, 1.5, 0.2), Material.CONCRETE, heading)
    gate = out * (0.9 * radius) + level
    frame = kit.solid("frame", gate + [0, 0, 1.1], (1.3, 0.5, 2.4), Material.STEEL, yaw(f[rows] + 0.25))
    leaf = kit.solid("box", gate + out * 0.1 + [0, 0, 1.05], (0.08, 1.0, 2.1), Material.DARK_STEEL, heading)
    lit = kit.chance("landing lamp", len(rows), 0.7 - 0.4 * kit.chaos)
    lamp = strip_lamps(kit, gate - out * 0.3 + [0, 0, 2.5], (0.5, 0.5, 0.12), lit)
    stand = figure(kit, (out * (outer + 0.4 * span) + level)[:1], 0.1) if kit.stream.one("watcher") < 0.3 else EMPTY
    hang = (out * 0.85 * radius + level)[: len(rows) - 1]
    nxt = (out * 0.85 * radius + level)[1:]
    return join([slab, frame, leaf, lamp, stand, cables(kit, hang + [0, 0, 2.6], nxt + [0, 0, 2.6], 0.4, 0.015) if len(hang) else EMPTY])


def _measures(size: tuple[float, float, float], climb: float) -> tuple[int, int, float]:
    """(flights, steps a flight, rise) of back-and-forth flights that end exactly `climb` metres up, on the side where they began."""
    landing = min(1.4, 0.2 * size[0])
    most = max(3, min(18, int((size[0] - 2 * landing - 1.0) / STEP_RUN)))
    flights = 2 * max(1, -int(-climb // (2 * most * STEP_RISE)))
    steps = max(1, round(climb / (flights * STEP_RISE)))
    return flights, steps, climb / (flights * steps)


def _flights(kit: Kit, size: tuple[float, float, float], blind: bool, climb: float) -> Parts:
    """Flights back and forth without rails, from a door in the -x wall to the next; blind shafts lose whole flights and keep the doors."""
    x, y, _ = size
    count, steps, rise = _measures(size, climb)
    flight, step = (g.ravel() for g in np.meshgrid(np.arange(count), np.arange(steps), indexing="ij"))
    way = np.where(flight % 2 == 0, 1.0, -1.0)
    span = steps * STEP_RUN
    width = min(1.6, 0.34 * y)
    lane = np.where(flight % 2 == 0, -0.5, 0.5) * (width + 0.3)
    there = ~np.repeat(kit.chance("flight lost", count, 0.35 if blind else 0.0), steps)
    at = points(way * ((step + 0.5) * STEP_RUN - span / 2), lane, (flight * steps + step + 1) * rise - rise / 2)
    treads = kit.solid("box", at[there], (STEP_RUN, width, rise), Material.CONCRETE)
    k = np.arange(count)
    side, lanes = np.where(k % 2 == 0, 1.0, -1.0), np.where(k % 2 == 0, -0.5, 0.5) * (width + 0.3)
    low, high = (
        points(-side * span / 2, lanes, k * steps * rise + 0.02),
        points(side * span / 2, lanes, (k + 1) * steps * rise - rise - 0.12),
    )
    keep = there[::steps]
    level = np.asarray((k + 1) * (steps * rise), dtype=np.float64)
    soffit = kit.bar(low[keep], high[keep], width * 0.9, 0.16, Material.OLD_CONCRETE)
    edge = side * (x / 2 - 0.5 * _wall(size))
    inner = side * span / 2
    slab_low = points(np.minimum(edge, inner), -width - 0.3, (k + 1) * steps * rise - 0.22)
    slabs = kit.box(slab_low, points(np.maximum(edge, inner), width + 0.3, (k + 1) * steps * rise))
    rail = kit.bar(
        (low + points(0, np.sign(lanes) * (width / 2 + 0.02), rise + 1.0))[keep],
        (high + points(0, np.sign(lanes) * (width / 2 + 0.02), rise + 1.12))[keep],
        0.05,
        0.06,
        Material.STEEL,
    )
    return join([treads, soffit, slabs, rail, _landing_doors(kit, size, level[:-1], side[:-1], width), _gates(kit, size, level[-1:])])


def _gates(kit: Kit, size: tuple[float, float, float], head: F64) -> Parts:
    """Frames about the openings in the -x wall, at the foot and at the head, a lamp over each."""
    x = -size[0] / 2 + _wall(size) / 2
    foot = points(x, 0.0, np.concatenate([[_BASE], head]))
    frame = [kit.solid("box", foot + [0.0, s * (_GATE / 2 + 0.07), 1.1], (_wall(size) + 0.12, 0.14, 2.2), Material.STEEL) for s in (-1, 1)]
    lintel = kit.solid("box", foot + [0.0, 0.0, 2.28], (_wall(size) + 0.12, _GATE + 0.28, 0.14), Material.STEEL)
    lamp = strip_lamps(kit, foot + [0.3, 0.0, 2.6], (0.16, 0.7, 0.12), kit.chance("gate lamp", len(foot), 0.8))
    return join([*frame, lintel, lamp])


def _landing_doors(kit: Kit, size: tuple[float, float, float], level: F64, side: F64, width: float) -> Parts:
    """A door in the end wall of most landings, lamps, rubble at the foot."""
    x, _, z = size
    wall = _wall(size)
    has = kit.chance("door", len(level), 0.7) & (level + 2.3 < z)
    stray = np.where(kit.chance("astray", len(level), 0.3 * kit.chaos), kit.stream.unit("lift", len(level)), 0.0)
    foot = points(side * (x / 2 - wall), 0.35 * width * side, level + stray)[has]
    made = doors(kit, foot, np.where(side[has] > 0, 3, 1))
    lit = kit.chance("lamp", int(has.sum()), 0.6 - 0.35 * kit.chaos)
    lamp = strip_lamps(kit, foot - points(side * 0.15, 0, -2.4)[has], (0.2, 0.6, 0.14), lit) if has.any() else EMPTY
    return join([made, lamp])


def _wall(size: tuple[float, float, float]) -> float:
    return min(0.4, 0.05 * min(size[0], size[1]))


def _square_shaft(kit: Kit, size: tuple[float, float, float]) -> Parts:
    """Four walls with slots, string courses, and pipes in a corner."""
    x, y, z = size
    t = _wall(size)
    rows = int(min(40, max(2, z / 6)))
    level = (np.arange(rows) + 0.5) * z / rows
    tall = z / rows
    side = np.where(np.arange(2 * rows) % 2 == 0, -1.0, 1.0)
    low = points(-x / 2, side * (y / 2 - t / 2) - t / 2, np.repeat(level, 2) - tall / 2)
    slot = np.where(kit.chance("slot", 2 * rows, 0.35), 0.12 * x, -9.0 * x)
    shift = kit.stream.between("slot x", 2 * rows, -0.2, 0.2) * x
    hole = points(shift - slot, side * y / 2 - y, low[:, 2] + 0.25 * tall), points(shift + slot, side * y / 2 + y, low[:, 2] + 0.6 * tall)
    long = pierced(kit, low, low + [x, t, tall], *hole, 1, Material.CONCRETE)
    blank = kit.box((x / 2 - t, -y / 2 + t, 0.0), (x / 2, y / 2 - t, z), Material.CONCRETE)
    head = _climb(z)
    cuts = np.array([0.0, 0.5 * head, z]) if head > 2.6 else np.array([0.0, z])
    low_ = points(-x / 2, -y / 2 + t, cuts[:-1])
    sill = np.array([_BASE, head])[: len(low_)]
    gate = points(-x, -_GATE / 2, sill), points(x, _GATE / 2, sill + 2.2)
    short = join([blank, pierced(kit, low_, points(-x / 2 + t, y / 2 - t, cuts[1:]), *gate, 0, Material.CONCRETE)])
    band = points(0, np.tile([-1.0, 1.0], rows) * (y / 2 - t - 0.04), np.repeat(level - tall / 2 + 0.1, 2))
    bands = kit.solid("box", band, (x - 2 * t, 0.12, 0.16), Material.OLD_CONCRETE)
    corner = points(-x / 2 + t + np.array([0.12, 0.3, 0.44]), y / 2 - t - 0.12, 0)
    pipes = pipe_runs(kit, corner, corner + [0, 0, z], np.array([0.07, 0.05, 0.03]), flange=max(5.0, z / 40), material=Material.RUST)
    base = kit.box((-x / 2, -y / 2, 0), (x / 2, y / 2, _BASE), Material.OLD_CONCRETE)
    bits = debris(kit, (-x / 2 + 0.4, -y / 2 + t + 0.3, 0.1), (x / 2 - 0.4, y / 2 - t - 0.3, 0.1), 16, largest=0.3)
    return join([long, short, bands, pipes, base, bits])
