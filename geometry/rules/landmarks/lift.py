"""Two lifts: the local line of 6,780 km that takes 800 hours (canon P22), and the trunk that runs at half the speed of light (S72).

`form` says how far down the tree a length is: 0 the whole line, then shorter lengths; 16 is added where the car stands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geometry.angle import QUARTER_TURNS
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.furnish import Kit, cables, crates, debris, figure, inside, kit_of, lamp_posts, points, rails, spokes, yaw
from geometry.rules.masses import F64, power, shade, tints
from geometry.spec import CitySpec

PIECES = (27, 25, 20)
"""Into how many lengths the whole, and each shorter length, parts."""
CAR = tuple(2 * n // 3 for n in PIECES)
"""Numbers of the lengths, from the whole down, in which the car stands: two thirds of the way up."""
_CAR = 16
MAST = 74.0
"""Metres between opposite rails of the local line: a choice."""
DECK = 58.0
BORE = 260.0
"""Inner radius of the trunk's tube, metres: a choice."""
_SIDES = 32
_OTHERS = ((620.0, 340.0), (-480.0, 980.0), (1050.0, -760.0), (-1300.0, -260.0))
"""Where the other masts of the local line stand, metres from this one."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """A length of a line, and the shorter ones it is made of."""
    level, car = place.form % _CAR, bool(place.form & _CAR)
    made = _local(place, level, car, spec) if place.kind == "lift" else _trunk(place, level, car, spec)
    return Growth(inside(place.size, join(made)), _lengths(place, level, car or level == 0) if level < len(PIECES) else ())


def _lengths(place: Place, level: int, car: bool) -> tuple[Place, ...]:
    x, y, z = place.size
    n = PIECES[level]
    here = CAR[level] if car else -1
    return tuple(
        place.child(place.kind, i, (0.0, 0.0, i * z / n), (x, y, z / n), form=level + 1 + (_CAR if i == here else 0)) for i in range(n)
    )


# The local line -------------------------------------------------------------------------------------------------------


def _local(place: Place, level: int, car: bool, spec: CitySpec) -> list[Parts]:
    z = place.size[2]
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * MAST / 2
    thick = (5.0, 4.4, 4.0, 3.6)[level]
    look: dict[str, ArrayLike] = {"exposure": shade(0.6), "year": place.year}
    made = [parts("drum", np.c_[corner, np.full(4, z / 2)], (thick, thick, z), Material.STEEL, **look)]
    others = np.array(_OTHERS)
    made.append(
        parts("box", np.c_[others, np.full(4, z / 2)], ((60.0, 52.0, 46.0, 40.0)[level] * 0.5, 30.0, z), Material.DARK_STEEL, **look)
    )
    if level in (1, 2):
        made.append(_beacons(place, {1: 2000.0, 2: 100.0}[level]))
    if level == 3:
        made += [_truss(place), _fellows(place)]
        if car:
            made.append(_platform(place, spec))
    return made


def _beacons(place: Place, pitch: float) -> Parts:
    """Lamps along the rails as one sees them from afar."""
    n = max(1, round(place.size[2] / pitch))
    z = (np.arange(n) + 0.5) / n * place.size[2]
    size = 0.03 * pitch
    at = points(MAST / 2 + 3.0, MAST / 2 + 3.0, z)
    return parts("box", at, (min(size, 6.0), min(size, 6.0), size), Material.COLD_LIGHT, exposure=255, year=place.year)


def _truss(place: Place) -> Parts:
    """What holds the rails together: collars, lattices between them, pipes, lamps, a ladder nobody climbs."""
    pitch = 50.0
    n = max(1, round(place.size[2] / pitch))
    at = (np.arange(n) + 0.5) / n * place.size[2]
    sides = [_truss_side(place, side, at, pitch) for side in range(4)]
    ladder = parts(
        "ladder", points(-MAST / 2 - 4.4, 9.0, at), (1.0, 0.3, pitch), Material.STEEL,
        rotation=QUARTER_TURNS["z"][1], exposure=shade(0.5), year=place.year,
    )  # fmt: skip
    return join([*sides, _truss_pipes(place), ladder])


def _truss_side(place: Place, side: int, at: F64, pitch: float) -> Parts:
    """Along one face of the mast: a collar at each height (n,), two lattices in three over them, a lamp on every other."""
    stream, n, turns = place.stream.sub("truss"), len(at), QUARTER_TURNS["z"][side]
    middle = spokes(np.full(n, (side * 0.25 + 0.75) % 1.0)) * (MAST / 2 + 2.4) + points(0, 0, at)
    steel: dict[str, ArrayLike] = {"rotation": turns, "exposure": shade(0.5), "year": place.year}
    collars = parts("beam", middle, (MAST + 5.0, 2.2, 3.0), Material.DARK_STEEL, **steel)
    lattices = parts("lattice", middle + [0, 0, pitch / 2], (MAST, 1.4, pitch * 0.96), Material.DARK_STEEL, **steel)
    lamps = parts(
        "box", middle + [0, 0, 2.0], (2.6, 2.6, 0.5), Material.COLD_LIGHT,
        rotation=turns, exposure=255, tint=tints(stream, n), year=place.year,
    )  # fmt: skip
    kept, lit = stream.unit(f"lattice {side}", n) < 0.62, stream.unit(f"lit {side}", n) < 0.5
    return join([collars, lattices[kept], lamps[lit]])


def _truss_pipes(place: Place) -> Parts:
    """Five pipes beside the rails, from end to end."""
    z, wide = place.size[2], np.array([1.4, 0.8, 0.8, 2.4, 1.0])
    at = points(MAST / 2 + 6.0, np.array([-9.0, -6.5, -4.0, 4.0, 8.5]), z / 2)
    return parts("drum", at, np.stack([wide, wide, np.full(5, z)], axis=-1), Material.RUST, exposure=shade(0.5), year=place.year)


def _fellows(place: Place) -> Parts:
    """Lights and collars on the other masts, and cables from mast to mast."""
    stream, z = place.stream.sub("fellows"), place.size[2]
    others, n = np.array(_OTHERS), 24
    which, at = np.arange(n) % 4, z * stream.unit("at", n)
    wide = power(stream.unit("wide", n), 34.0, 90.0)
    collars = parts(
        "box",
        np.c_[others[which], at],
        np.stack([wide, wide, wide * 0.3], axis=-1),
        Material.OLD_CONCRETE,
        exposure=shade(0.5),
        tint=tints(stream, n),
        year=place.year,
    )
    lamps = parts(
        "box", np.c_[others[which] + [15.6, 15.6], at + 30.0], (2.0, 2.0, 3.4), Material.COLD_LIGHT, exposure=255, year=place.year
    )
    return join([collars, lamps])


def _platform(place: Place, spec: CitySpec) -> Parts:
    """The car: an open platform with rails, cargo, lamps, and somebody at its edge (canon P91)."""
    kit, half = kit_of(place, 130, spec), DECK / 2
    z = 0.5 * place.size[2]
    deck = kit.box((-half, -half, z - 2.6), (half, half, z), Material.OLD_CONCRETE)
    plates = _plates(kit, half, z)
    under = kit.solid("truss", points(0, np.linspace(-half + 4, half - 4, 6), z - 5.2), (DECK, 3.0, 5.0), Material.DARK_STEEL)
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (half + 2.6)
    grips = kit.solid("chamfer", np.c_[corner, np.full(4, z + 1.0)], (11.0, 11.0, 13.0), Material.STEEL)
    edge = np.c_[np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (half - 0.5), np.full(4, z)]
    fence = rails(kit, edge, edge[[1, 2, 3, 0]], bay=4.0, keep=0.94)
    house = kit.solid("chamfer", (-half + 9.0, half - 8.0, z + 3.4), (13.0, 10.0, 6.8), Material.CONCRETE)
    window = kit.solid("box", points(-half + 9.0 + np.array([-3.5, 0.0, 3.5]), half - 13.05, z + 3.6), (2.0, 0.2, 1.2), Material.WARM_LIGHT)
    stock = crates(
        kit,
        points([-19.0, -15.0, 12.0, 17.0, 20.0, 13.5], [-4.0, -9.0, 18.0, 16.0, -21.0, 19.5], z),
        (3.2, 2.2, 2.2),
        kit.stream.unit("stock", 6),
    )
    posts = lamp_posts(kit, points([half - 1.4, -half + 1.4, half - 1.4], [-6.0, -14.0, 20.0], z), 0)
    people = figure(kit, points([half - 7.4, -11.0], [-half + 5.6, 6.0], z), [0.85, 0.4])
    ropes = cables(kit, np.c_[corner[:2], np.full(2, z + 7.0)], np.c_[corner[[2, 3]], np.full(2, z + 7.0)], 2.4, 0.06)
    litter = debris(kit, (-half + 1, -half + 1, z), (half - 1, half - 1, z), 70, largest=0.4)
    return join([deck, plates, under, grips, fence, house, window, stock, posts, people, ropes, litter])


def _plates(kit: Kit, half: float, z: float) -> Parts:
    """Plates of the deck, some a hand higher, some gone."""
    n = 11
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    kept = kit.stream.unit("plate", n * n) > 0.12
    step = 2 * half / n
    at = points((i + 0.5) * step - half, (j + 0.5) * step - half, z + 0.03)[kept]
    stuff = np.array([Material.CONCRETE, Material.STEEL, Material.OLD_CONCRETE])[kit.stream.choice("plate of", n * n, [4, 1, 3])[kept]]
    return kit.solid("box", at, (step * 0.97, step * 0.97, 0.08), stuff)


# The trunk ------------------------------------------------------------------------------------------------------------


def _trunk(place: Place, level: int, car: bool, spec: CitySpec) -> list[Parts]:
    made = [_tube(place, level)]
    if level:
        made.append(_rings(place, level))
    if level == 0:
        made.append(_collars(place))
    if level == 3:
        made.append(_inner(place))
        if car:
            made += [_bullet(place), _gallery(place, spec)]
    return made


def _staves(radius: float) -> tuple[F64, F64, float]:
    f = (np.arange(_SIDES) + 0.5) / _SIDES
    return f, spokes(f) * radius, 2.0 * 3.1416 * radius / _SIDES * 1.03


def _tube(place: Place, level: int) -> Parts:
    """The tube as staves; coarser ones lie further out."""
    z, r, thick = place.size[2], BORE + (16.0, 10.0, 5.0, 0.0)[level], 40.0 if level == 0 else 9.0
    f, at, wide = _staves(r + thick / 2)
    stream = place.stream.sub("staves")
    return parts(
        "box",
        at + points(0, 0, z / 2),
        (thick, wide, z),
        Material.MEGASTRUCTURE,
        rotation=yaw(f),
        exposure=shade(0.3),
        tint=tints(stream, _SIDES),
        year=place.year,
    )


def _collars(place: Place) -> Parts:
    """What the line is to those outside."""
    stream, n = place.stream.sub("collars"), 90
    z = (np.arange(n) + 0.5) / n * place.size[2]
    wide = 2 * (BORE + 60.0) * stream.between("wide", n, 1.05, 1.3)
    return parts(
        "tube",
        points(0, 0, z),
        np.stack([wide, wide, power(stream.unit("high", n), 400.0, 12_000.0)], axis=-1),
        Material.OLD_CONCRETE,
        exposure=shade(0.6),
        year=place.year,
    )


def _rings(place: Place, level: int) -> Parts:
    """Rings that drive the car: each a hoop of light in a collar of steel; from afar only every tenth, or hundredth."""
    pitch = {1: 2500.0, 2: 500.0, 3: 125.0}[level]
    n = max(1, round(place.size[2] / pitch))
    z = (np.arange(n) + (0.5 if level == 3 else 0.0)) / n * place.size[2] + (20.0 if level < 3 else 0.0)
    f, at, wide = _staves(BORE - 5.0)
    k, side = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(_SIDES), indexing="ij"))
    stream = place.stream.sub("rings")
    hoop = parts(
        "box",
        at[side] + points(0, 0, z[k]),
        (16.0, wide, 13.0),
        Material.DARK_STEEL,
        rotation=yaw(f[side]),
        exposure=shade(0.4),
        tint=tints(stream, len(k)),
        year=place.year,
    )
    lit = (side % 4 != 1) & (stream.unit("dead", n)[k] > 0.16)
    inner = spokes(f[side]) * (BORE - 13.6) + points(0, 0, z[k])
    lamp = parts(
        "box",
        inner,
        (1.2, 0.72 * wide, 2.6),
        Material.COLD_LIGHT,
        rotation=yaw(f[side]),
        exposure=255,
        tint=tints(stream, len(k)),
        year=place.year,
    )[lit]
    return join([hoop, lamp])


def _inner(place: Place) -> Parts:
    """Rails down the tube, ducts, boxes between the rings."""
    z = place.size[2]
    stream, n = place.stream.sub("inner"), 90
    g = np.array([0.125, 0.375, 0.625, 0.875])
    rail = parts(
        "box",
        spokes(g) * (BORE - 13.0) + points(0, 0, z / 2),
        (26.0, 9.0, z),
        Material.STEEL,
        rotation=yaw(g),
        exposure=shade(0.5),
        year=place.year,
    )
    f, at = stream.unit("f", n), z * stream.unit("at", n)
    out, wide, high = (
        power(stream.unit(axis, n), *reach) for axis, reach in {"out": (1.5, 11.0), "wide": (3.0, 24.0), "high": (5.0, 70.0)}.items()
    )
    high = np.minimum(high, 1.9 * np.minimum(at, z - at) + 1.0)
    boxes_ = parts(
        "box",
        spokes(f) * (BORE - out / 2)[:, None] + points(0, 0, at),
        np.stack([out, wide, high], axis=-1),
        Material.OLD_CONCRETE,
        rotation=yaw(f),
        exposure=shade(0.35),
        tint=tints(stream, n),
        year=place.year,
    )
    return join([rail, boxes_])


def _bullet(place: Place) -> Parts:
    """The car: a spindle in the middle of the tube, held by nothing."""
    z, stream = 0.72 * place.size[2], Stream(place.key)
    k = np.arange(7)
    wide = np.array([60.0, 120.0, 150.0, 156.0, 150.0, 118.0, 58.0])
    body = parts(
        "drum",
        points(0, 0, z + (k - 3) * 26.0),
        np.stack([wide, wide, np.full(7, 25.0)], axis=-1),
        Material.STEEL,
        exposure=shade(0.7),
        tint=tints(stream, 7),
        year=place.year,
    )
    nose = parts("cone", points(0, 0, z + 106.0), (56.0, 56.0, 40.0), Material.STEEL, exposure=shade(0.7), year=place.year)
    tail = parts("drum", points(0, 0, z - 92.0), (40.0, 40.0, 6.0), Material.COLD_LIGHT, exposure=255, year=place.year)
    f = np.arange(40) / 40
    ports = parts(
        "box", spokes(f) * 78.2 + points(0, 0, z), (0.6, 4.2, 2.0), Material.WARM_LIGHT, rotation=yaw(f), exposure=255, year=place.year
    )
    fins = parts(
        "box",
        spokes(np.array([0.125, 0.375, 0.625, 0.875])) * 150.0 + points(0, 0, z),
        (160.0, 5.0, 60.0),
        Material.DARK_STEEL,
        rotation=yaw(np.array([0.125, 0.375, 0.625, 0.875])),
        exposure=shade(0.5),
        year=place.year,
    )
    return join([body, nose, tail, ports, fins])


def _gallery(place: Place, spec: CitySpec) -> Parts:
    """A ledge on the wall of the tube from which somebody watches it pass."""
    kit, z = kit_of(place, 110, spec), 0.30 * place.size[2]
    deck = kit.box((-34.0, -BORE - 2.0, z - 1.2), (34.0, -BORE + 64.0, z), Material.OLD_CONCRETE)
    edge = np.array([[-33.5, -BORE + 63.5, z], [33.5, -BORE + 63.5, z]])
    fence = rails(kit, edge[:1], edge[1:], bay=3.0)
    people = figure(kit, [[4.0, -BORE + 60.5, z]], [0.25])
    posts = lamp_posts(kit, [[-18.0, -BORE + 62.4, z]], 0)
    stock = crates(kit, [[14.0, -BORE + 56.0, z], [-9.0, -BORE + 50.0, z]], (2.2, 1.6, 1.5), kit.stream.unit("stock", 2))
    return join([deck, fence, people, posts, stock])
