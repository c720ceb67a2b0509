"""Corridor: straight on and on, ribbed, piped, half its lamps dead, with doors every foot where memory failed (canon P62, P70, P96).

It runs along the longer side of its box and is open at both ends. Form 1 is square, 2 is vaulted; 0 lets the key choose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.angle import QUARTER_TURNS
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Growth, Place
from geometry.rules.builder import SIZES
from geometry.rules.furnish import (
    Kit,
    cables,
    crates,
    debris,
    doors,
    figure,
    kit_of,
    lengthwise,
    pierced,
    pipe_runs,
    points,
    spread,
    strip_lamps,
    trays,
)
from geometry.rules.lamplight import lamplit
from geometry.spec import CitySpec

F64 = NDArray[np.float64]
_FOOT = 0.3
"""Metres: the narrowest pitch of a row of doors (canon P70)."""


@dataclass(frozen=True, slots=True)
class _Way:
    length: float
    half: float
    """Half the clear width, metres."""
    wall: float
    floor: float
    ceiling: float
    outer: float
    """Half the width of the box, metres."""
    top: float
    bays: F64
    """(n,) x of the bay middles."""
    pitch: float
    rooms: NDArray[np.bool_]
    """(n, 2) which bays have a room behind their wall, on either side."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """The passage as parts; rooms behind its walls as children."""
    return lengthwise(place, lambda turned: _fill(turned, spec))


def _way(place: Place, kit: Kit) -> _Way:
    length, width, height = place.size
    wall, slab = min(0.3, 0.06 * width), min(0.3, 0.08 * height)
    clear = width - 2 * wall if width <= 6.0 else min(max(0.3 * width, 2.6), 14.0)
    deep = width / 2 - clear / 2 - 2 * wall
    pitch = min(max(0.9 * clear, 3.9 if deep >= 2.6 else 2.4), 6.0)
    bays = spread(-length / 2, length / 2, pitch)
    ceiling = min(height - slab, slab + max(2.6, 1.9 * clear))
    chosen = kit.chance("room", 2 * len(bays), 0.35 if deep >= 2.6 else 0.0).reshape(-1, 2)
    return _Way(length, clear / 2, wall, slab, ceiling, width / 2, height, bays, length / len(bays), chosen)


def _fill(place: Place, spec: CitySpec) -> Growth:
    kit = kit_of(place, 25, spec)
    way = _way(place, kit)
    vaulted = (place.form or 1 + int(kit.stream.one("form") < 0.4)) == 2
    made = [_shell(kit, way), _ribs(kit, way, vaulted), _lamps(kit, way, vaulted), _pipes(kit, way), _doors(kit, way)]
    made += [_walls(kit, way), _airlocks(kit, way), _floor(kit, way), _entries(kit, way), _handrails(kit, way), _ground_cables(kit, way)]
    return Growth(lamplit(join(made), dark=24, bright=180, reach=3.6), (*_rooms(place, way), *_builder(place, way)))


def _rooms(place: Place, way: _Way) -> tuple[Place, ...]:
    """Rooms behind the walls, their doors to the passage; every fourth looks out of the far side."""
    deep, high = way.outer - way.half - way.wall, min(3.4, way.ceiling - way.floor)
    rows = np.argwhere(way.rooms)
    forms = place.stream.choice("room form", max(1, len(rows)), [5, 2, 3])
    rooms = []
    for number, (bay, side) in enumerate(rows):
        y = (way.half + way.wall + deep / 2) * (1 if side else -1)
        at, size = (float(way.bays[bay]), y, way.floor), (way.pitch, deep, high)
        rooms.append(place.child("room", number, at, size, quarter_turns=0 if side else 2, form=1 + int(forms[number])))
    return tuple(rooms)


def _builder(place: Place, way: _Way) -> tuple[Place, ...]:
    """Now and then the smallest of the Builders, at the foot of a wall (canon P72)."""
    if place.epoch < 1.0 or place.stream.one("builder") > 0.4 or way.half < 0.6:
        return ()
    x = float(way.bays[int(place.stream.whole("builder bay", 1, 0, len(way.bays))[0])])
    return (place.child("builder", 0, (x, 0.25 - way.half, way.floor), (SIZES[0], SIZES[0], SIZES[0])),)


def _shell(kit: Kit, way: _Way) -> Parts:
    """Floor and ceiling slabs, and a wall panel a bay, pierced where there is a room."""
    x0, x1 = -way.length / 2, way.length / 2
    slabs = kit.box(
        [(x0, -way.outer, 0), (x0, -way.outer, way.ceiling)], [(x1, way.outer, way.floor), (x1, way.outer, way.top)], Material.OLD_CONCRETE
    )
    walls = []
    for side, sign in enumerate((-1.0, 1.0)):
        y = sign * (way.half + way.wall / 2)
        low = points(way.bays - way.pitch / 2, y - way.wall / 2, way.floor)
        high = points(way.bays + way.pitch / 2, y + way.wall / 2, way.ceiling)
        open_ = np.where(way.rooms[:, side], 0.5, -9.0)
        hole_low, hole_high = points(way.bays - open_, y - way.wall, way.floor), points(way.bays + open_, y + way.wall, way.floor + 2.15)
        closed = ~way.rooms[:, side]
        walls += [kit.box(low[closed], high[closed])] if closed.any() else []
        if not closed.all():
            walls.append(pierced(kit, low[~closed], high[~closed], hole_low[~closed], hole_high[~closed], 1, Material.CONCRETE))
    return join([slabs, *walls])


def _ribs(kit: Kit, way: _Way, vaulted: bool) -> Parts:
    """Portal ribs at the bay limits: posts and lintels, or arches with a vault between."""
    x = way.bays[1:] - way.pitch / 2
    tall, middle = way.ceiling - way.floor, (way.ceiling + way.floor) / 2
    deep = min(0.5, 0.12 * way.half + 0.12)
    if vaulted:
        arches = kit.solid("arch", points(x, 0, middle), (2 * way.half, deep, tall), Material.OLD_CONCRETE, QUARTER_TURNS["z"][1])
        spring = way.floor + max(0.5 * tall, min(2.3, 0.8 * tall))
        roof = kit.solid("vault", points(0, 0, (spring + way.ceiling) / 2), (way.length, 2 * way.half, way.ceiling - spring))
        return join([arches, roof])
    gx, side = (g.ravel() for g in np.meshgrid(x, [-1.0, 1.0], indexing="ij"))
    posts = kit.solid("chamfer", points(gx, side * (way.half - deep * 0.4), middle), (deep, deep * 1.2, tall), Material.OLD_CONCRETE)
    lintel = kit.box(
        points(x - deep / 2, -way.half, way.ceiling - deep * 0.9), points(x + deep / 2, way.half, way.ceiling), Material.OLD_CONCRETE
    )
    knee = points(gx, side * (way.half - 2.2 * deep), way.ceiling - 0.8 * deep)
    braces = kit.bar(
        points(gx, side * (way.half - 0.9 * deep), way.ceiling - 2.6 * deep), knee, deep * 0.5, deep * 0.5, Material.DARK_STEEL
    )
    return join([posts, lintel, braces])


def _lamps(kit: Kit, way: _Way, vaulted: bool) -> Parts:
    """A lamp every other bay; the older the memory, the fewer still burn. Dead ones hang."""
    x = way.bays[::2]
    lit = kit.chance("lamp works", len(x), 0.9 - 0.6 * kit.chaos)
    z = way.ceiling - (0.16 * (way.ceiling - way.floor) if vaulted else min(0.6, 0.35 * way.half))
    drop = np.where(lit, 0.0, kit.stream.unit("lamp drop", len(x)) * 0.25)
    at = points(x, 0.0, z - drop)
    hang = np.concatenate([at - [0.45, 0, 0], at + [0.45, 0, 0]])
    rods = kit.bar(hang, np.c_[hang[:, :2], np.full(len(hang), way.ceiling)], 0.03, 0.03, Material.DARK_STEEL)
    side = np.where(kit.stream.unit("wall lamp side", len(x)) < 0.5, -1.0, 1.0)
    wall = strip_lamps(
        kit,
        points(x + 0.4 * way.pitch, side * (way.half - 0.1), way.floor + 2.35),
        (0.34, 0.16, 0.14),
        kit.chance("wall lamp", len(x), 0.12),
    )
    return join([strip_lamps(kit, at, (min(1.5, 0.5 * way.pitch), 0.24, 0.1), lit), rods, wall])


def _pipes(kit: Kit, way: _Way) -> Parts:
    """Pipes in the upper corners, a cable tray, bights of cable between the ribs."""
    n = 6
    draws = kit.stream.sub("pipes")
    side = np.array([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0])
    # above the heads of the doors, however low the ceiling
    room = max(way.ceiling - way.floor - 2.3, 0.3)
    radius = np.minimum(draws.between("radius", n, 0.03, 0.11) * min(1.6, way.half), room / 7.0)
    rank = np.array([0, 1, 2, 0, 1, 2])
    step = np.minimum(0.3 * min(1.4, way.half), room / 3.4)
    z = way.ceiling - radius - 0.06 - rank * step - draws.unit("level", n) * min(0.12, 0.1 * room)
    ends = way.length / 2
    y = side * (way.half - 0.16 - radius)
    stuff = np.where(draws.unit("rust", n) < 0.35, Material.RUST, Material.STEEL)
    runs = pipe_runs(kit, points(-ends, y, z), points(ends, y, z), radius, flange=2 * way.pitch, material=stuff)
    shelf = 0.55 * way.half
    tray = trays(
        kit, points(-ends, shelf, way.ceiling - 0.42), points(ends, shelf, way.ceiling - 0.42), width=min(0.6, 0.35 * way.half), strands=3
    )
    k = max(2, round(len(way.bays) * (0.3 + 0.9 * kit.chaos)))
    start = way.bays[draws.whole("bight", k, 0, len(way.bays))] - way.pitch / 2
    stop = np.minimum(start + way.pitch * (1 + draws.whole("span", k, 0, 3)), ends)
    across = draws.between("from", k, -0.9, 0.9) * way.half, draws.between("to", k, -0.9, 0.9) * way.half
    high = way.ceiling - 0.12
    return join(
        [runs, tray, cables(kit, points(start, across[0], high), points(stop, across[1], high), draws.between("sag", k, 0.15, 0.9), 0.016)]
    )


@dataclass(frozen=True, slots=True)
class _Leaves:
    """Doors on the walls that lead nowhere."""

    x: F64
    side: F64
    """(n,) -1 or 1."""
    lift: F64
    """(n,) metres above the floor: 0 but where memory failed."""
    width: float


def _leaves(kit: Kit, way: _Way) -> _Leaves:
    """Rows of doors: one a bay in the ordered age; later every metre, every foot, and off the floor."""
    crowded = kit.stream.one("door row") < 0.15 + 0.6 * kit.chaos
    narrow = crowded and kit.stream.one("every foot") < 0.7 * kit.chaos
    width = 0.3 if narrow else 0.9
    pitch = (1.6 * _FOOT if narrow else 1.35) if crowded else way.pitch
    x = spread(-way.length / 2, way.length / 2, max(pitch, way.length / 260))
    gx, side = (g.ravel() for g in np.meshgrid(x, [-1.0, 1.0], indexing="ij"))
    bay = np.clip(((gx + way.length / 2) / way.pitch).astype(np.int64), 0, len(way.bays) - 1)
    at_rib = np.abs(gx - way.bays[bay]) > way.pitch / 2 - 0.25 - width / 2
    keep = ~at_rib & ~way.rooms[bay, (side > 0).astype(np.int64)] & kit.chance("door", len(gx), 0.95 if crowded else 0.4)
    gx, side = gx[keep], side[keep]
    room = max(0.0, way.ceiling - way.floor - 2.3)
    astray = kit.chance("door astray", len(gx), 0.25 * kit.chaos)
    return _Leaves(gx, side, np.where(astray, kit.stream.unit("door lift", len(gx)) * room, 0.0), width)


def _doors(kit: Kit, way: _Way) -> Parts:
    """The doors that lead nowhere, a plate with a number beside some of them."""
    on = _leaves(kit, way)
    if not len(on.x):
        return EMPTY
    made = doors(kit, points(on.x, on.side * way.half, way.floor + on.lift), np.where(on.side > 0, 0, 2), width=on.width)
    if on.width < 0.8:
        return made
    named = kit.chance("door named", len(on.x), 0.5)
    plate = points(on.x, on.side * (way.half - 0.21), way.floor + on.lift + 2.03)[named]
    return join([made, _signs(kit, plate, on.side[named], 0.34, 0.14)])


def _signs(kit: Kit, at: F64, side: F64, wide: float, tall: float) -> Parts:
    """Plates (n, 3) on a wall with strokes that nobody reads any more."""
    if not len(at):
        return EMPTY
    face = points(0.0, side, 0.0)
    plate = kit.solid("box", at, (wide, 0.02, tall), Material.STEEL)
    k = 4
    shift = (np.arange(k) + 0.5) / k - 0.5
    stroke = (at[:, None] - face[:, None] * 0.012 + shift[None, :, None] * [0.8 * wide, 0.0, 0.0]).reshape(-1, 3)
    n = len(stroke)
    size = points(0.5 * wide / k, 0.012, tall * (0.3 + 0.4 * kit.stream.unit("stroke", n)))
    return join([plate, kit.solid("box", stroke, size, Material.DARK_STEEL)])


def _entries(kit: Kit, way: _Way) -> Parts:
    """Jambs and lintels about the openings to rooms, a lamp and a number over each."""
    bay, row = np.nonzero(way.rooms)
    if not len(bay):
        return EMPTY
    side = np.where(row > 0, 1.0, -1.0)
    foot = points(way.bays[bay], side * (way.half + way.wall / 2), way.floor)
    deep = way.wall + 0.16
    jambs = [kit.solid("box", foot + [s * 0.57, 0.0, 1.08], (0.14, deep, 2.16), Material.STEEL) for s in (-1.0, 1.0)]
    lintel = kit.solid("box", foot + [0.0, 0.0, 2.21], (1.28, deep, 0.12), Material.STEEL)
    sill = kit.solid("box", foot + [0.0, 0.0, 0.03], (1.0, deep, 0.06), Material.DARK_STEEL)
    inner = points(way.bays[bay], side * (way.half - 0.1), way.floor)
    lamp = strip_lamps(kit, inner + [0.0, 0.0, 2.36], (0.4, 0.12, 0.08), kit.chance("entry lamp", len(bay), 0.45), warm=True)
    plate = inner + points(0.85, side * 0.085, 1.6)
    return join([*jambs, lintel, sill, lamp, _signs(kit, plate, side, 0.26, 0.18)])


def _handrails(kit: Kit, way: _Way) -> Parts:
    """A handrail on brackets in the bays where nothing opens in the wall, and a kerb of cable along its foot."""
    on = _leaves(kit, way)
    n = len(way.bays)
    shut = np.zeros((n, 2), bool)
    if len(on.x):
        bay = np.clip(((on.x + way.length / 2) / way.pitch).astype(np.int64), 0, n - 1)
        shut[bay, (on.side > 0).astype(np.int64)] = True
    bay, row = np.nonzero(~shut & ~way.rooms)
    if not len(bay) or way.half < 0.9:
        return EMPTY
    side = np.where(row > 0, 1.0, -1.0)
    reach = way.pitch / 2 - 0.5
    at = points(way.bays[bay], side * (way.half - 0.1), way.floor + 0.95)
    ends = np.concatenate([at - [reach * 0.7, 0.0, 0.0], at + [reach * 0.7, 0.0, 0.0]])
    wall = ends + points(0.0, np.tile(side, 2) * 0.1, -0.06)
    rail = kit.bar(at - [reach, 0.0, 0.0], at + [reach, 0.0, 0.0], 0.05, 0.05, Material.STEEL, "pipe")
    brackets = kit.bar(ends, wall, 0.03, 0.03, Material.DARK_STEEL)
    return join([rail, brackets])


def _ground_cables(kit: Kit, way: _Way) -> Parts:
    """Cables along the foot of one wall, coils where they end, valves on the pipes above, signs hung across the way."""
    draws, n = kit.stream.sub("ground"), len(way.bays)
    hand = 1.0 if draws.one("hand") < 0.5 else -1.0
    lanes = way.half - 0.14 - 0.07 * np.arange(3)
    begin = draws.between("begin", 3, -0.5, 0.1) * way.length
    end = np.minimum(begin + draws.between("long", 3, 0.3, 0.9) * way.length, way.length / 2)
    run = kit.bar(
        points(begin, hand * lanes, way.floor + 0.04), points(end, hand * lanes, way.floor + 0.04), 0.05, 0.05, Material.CABLE, "pipe"
    )
    k = max(1, n // 7)
    bay = draws.whole("coil", k, 0, n)
    clear = ~way.rooms[bay, int(hand > 0)]
    coil = points(way.bays[bay], hand * (way.half - 0.42), way.floor + 0.07)[clear]
    coils = [kit.solid("ring", coil + [0.0, 0.0, 0.055 * i], (0.6 - 0.05 * i, 0.6 - 0.05 * i, 0.06), Material.CABLE) for i in range(3)]
    hung = way.bays[3::6] + 0.5 * way.pitch - 0.35
    high = way.ceiling - 0.5 if way.ceiling - way.floor > 2.9 else way.ceiling - 0.32
    board = kit.solid("box", points(hung, 0.0, high), (0.05, min(1.5, 1.1 * way.half), 0.3), Material.STEEL)
    rods = [kit.bar(points(hung, s * 0.4 * way.half, high), points(hung, s * 0.4 * way.half, way.ceiling), 0.02, 0.02) for s in (-1.0, 1.0)]
    u = np.array([-0.5, -0.2, 0.05, 0.3]) * min(1.5, 1.1 * way.half) * 0.8
    gx, gy = (g.ravel() for g in np.meshgrid(hung, u, indexing="ij"))
    marks = kit.solid("box", points(gx, gy, high), (0.06, 0.09, 0.17), Material.DARK_STEEL)
    return join([run, *coils, board, *rods, marks])


def _walls(kit: Kit, way: _Way) -> Parts:
    """Wainscot, conduits, grilles and switch boxes: what keeps a blank wall from being blank."""
    side = np.array([-1.0, 1.0])
    y, ends = side * (way.half - 0.03), way.length / 2
    skirt = kit.box(points(-ends, y - 0.05, way.floor), points(ends, y + 0.05, way.floor + 0.16), Material.DARK_STEEL)
    band = kit.box(points(-ends, y - 0.03, way.floor + 2.42), points(ends, y + 0.03, way.floor + 2.5), Material.STEEL)
    n = len(way.bays)
    draws = kit.stream.sub("walls")
    hand = np.where(draws.unit("side", n) < 0.5, -1.0, 1.0)
    bay, here = np.arange(n), (hand > 0).astype(np.int64)
    blank, facing = ~way.rooms[bay, here], ~way.rooms[bay, 1 - here]
    boxes = kit.solid(
        "box",
        points(way.bays + draws.between("x", n, -0.3, 0.3) * way.pitch, hand * (way.half - 0.07), way.floor + 1.5)[blank],
        (0.4, 0.14, 0.55),
        Material.DARK_STEEL,
    )
    turned = QUARTER_TURNS["z"][np.where(hand > 0, 2, 0)]
    vents = kit.solid(
        "louvre",
        points(way.bays + draws.between("v", n, -0.3, 0.3) * way.pitch, -hand * (way.half - 0.05), way.floor + 0.55)[facing],
        (0.8, 0.08, 0.5),
        Material.STEEL,
        turned[facing],
    )
    drop = points(way.bays + 0.31 * way.pitch, hand * (way.half - 0.05), way.floor + 0.1)
    conduits = kit.bar(drop, np.c_[drop[:, :2], np.full(n, way.ceiling - 0.2)], 0.05, 0.05, Material.STEEL, "pipe")
    return join([skirt, band, boxes, vents, conduits])


def _airlocks(kit: Kit, way: _Way) -> Parts:
    """A round airlock about every 45 m, and a ladder to a hatch overhead beside it: ways go up and down too (canon P62)."""
    x = spread(-way.length / 2, way.length / 2, 45.0)
    x = way.bays[np.clip(((x + way.length / 2) / way.pitch).astype(np.int64), 0, len(way.bays) - 1)]
    tall = way.ceiling - way.floor
    across = min(2 * way.half, tall) * 1.24
    middle = way.floor + min(tall, 2 * way.half) / 2
    hoop = (across, across, min(0.9, 0.5 * way.pitch))
    fits = middle + across / 2 < way.top and middle > across / 2
    rings = kit.solid("tube", points(x, 0, middle), hoop, Material.STEEL, QUARTER_TURNS["y"][1]) if fits else EMPTY
    ladder = points(x + way.pitch, way.half - 0.14, way.floor + tall / 2)
    turned = QUARTER_TURNS["z"][1]
    return join(
        [
            rings,
            kit.solid("ladder", ladder[:-1], (0.45, 0.08, tall), Material.STEEL),
            kit.solid("frame", (ladder + [0, -0.35, tall / 2 - 0.06])[:-1], (0.9, 0.12, 0.9), Material.DARK_STEEL, QUARTER_TURNS["x"][1]),
            kit.solid("box", (ladder + [0, -0.35, tall / 2 - 0.02])[:-1], (0.66, 0.66, 0.04), Material.DARK_STEEL, turned),
        ]
    ) if len(x) > 1 else rings  # fmt: skip


def _floor(kit: Kit, way: _Way) -> Parts:
    """Plates and a grated gutter, rubble, crates, rarely a figure far down."""
    n = len(way.bays)
    wide = 0.78 * way.half
    lanes = np.array([-0.5, 0.5]) * way.half * 1.1
    gx, gy = np.meshgrid(way.bays, lanes, indexing="ij")
    plates = kit.solid("box", points(gx, gy, way.floor + 0.012), (way.pitch - 0.04, wide, 0.024), Material.CONCRETE)
    x = spread(-way.length / 2, way.length / 2, max(1.0, way.length / 160))
    gutter = kit.solid(
        "grille", points(x, 0.0, way.floor + 0.01), (way.length / len(x) - 0.02, 0.05, 0.24), Material.DARK_STEEL, QUARTER_TURNS["x"][1]
    )
    low, high = (-way.length / 2, -way.half + 0.2, way.floor + 0.02), (way.length / 2, way.half - 0.2, way.floor + 0.02)
    rubble = debris(kit, low, high, round(min(200, way.length * way.half * (0.2 + kit.chaos))), largest=0.3)
    k = max(1, n // 8)
    side = np.where(kit.stream.unit("crate side", k) < 0.5, -1.0, 1.0)
    foot = points(way.bays[kit.stream.whole("crate", k, 0, n)], side * (way.half - 0.65), way.floor + 0.024)
    boxes = crates(kit, foot, (0.9, 0.6, 0.7), kit.stream.unit("crate turn", k) * 0.05) if way.half > 1.4 else EMPTY
    somebody = kit.stream.one("watcher") < 0.2
    watcher = (
        figure(kit, (way.length * (kit.stream.one("watcher x") - 0.5) * 0.6, 0.3 * way.half, way.floor + 0.024), 0.25)
        if somebody
        else EMPTY
    )
    return join([plates, gutter, rubble, boxes, watcher])
