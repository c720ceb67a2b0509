"""The rim: open water on the outermost plate under the stars, a reservoir behind a dam, flooded tunnels, plants (canon S14, S110, P98).

What Builders left stands to its knees in a local sea; one of them rots there. Only here does anything grow.
"""

from __future__ import annotations

import numpy as np

from geometry.angle import multiply, turn
from geometry.key import Stream, Streams, derive, derive_many
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.pattern import raised
from geometry.place import Growth, Place
from geometry.rules.furnish import figure, inside, kit_of, points, spokes, yaw
from geometry.rules.masses import F64, boxes, cables, power, shade, tints
from geometry.spec import CitySpec

LEVEL = 60.0
"""Metres of the water's surface over the plate: a choice."""
_SEA = 9_000.0
"""Half the width of the sea, metres: it must be local (canon E41)."""
_STAND = (-40.0, -2600.0)
"""Where the mole ends in the water."""
_SLAB = (-49.4, -2603.0)
"""Where the two people stand, on a slab off its end."""
_WINGS = ((-720.0, 720.0, 980.0), (-1500.0, 1500.0, 690.0), (-2350.0, 2350.0, 470.0), (-3300.0, 3300.0, 330.0))
"""The dam's steps: from where to where, and how high, metres."""
_CROWNS = 11
"""Tufts of a tree."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Sea, shores, drowned towers, the dam and its tunnels, plants, a dead Builder, two people."""
    made = [_sea(place), _shore(place), _drowned(place), _dam(place), _mole(place, spec), _plants(place), _pylons(place), _rain(place)]
    tall = 900.0
    dead = place.child("builder", 0, (-1450.0, 500.0, LEVEL - 0.36 * tall), (tall, tall, tall), form=4)
    return Growth(inside(place.size, join(made)), (dead,))


def _sea(place: Place) -> Parts:
    """One sheet of water, and the shallows' paler floor about its edge."""
    sheet = boxes([[-_SEA, -_SEA, 0.0]], [[_SEA, _SEA, LEVEL]], Material.WATER, exposure=shade(0.6), year=place.year)
    stream, n = place.stream.sub("flotsam"), 240
    at = points(stream.between("x", n, -900.0, 900.0), stream.between("y", n, -2500.0, 900.0), LEVEL)
    size = power(stream.unit("size", n), 1.0, 40.0)
    drift = parts(
        "box",
        at,
        np.stack([size, size * stream.between("b", n, 0.2, 1.0), 0.2 * size], axis=-1),
        Material.OLD_CONCRETE,
        rotation=multiply(yaw(stream.unit("turn", n)), turn("x", stream.between("tip", n, -0.1, 0.1))),
        exposure=shade(0.5),
        tint=tints(stream, n),
        year=place.year,
    )
    return join([sheet, drift])


def _shore(place: Place) -> Parts:
    """Terraces that go down into the water all round, broken."""
    stream, n = place.stream.sub("shore"), 150
    side, along = np.arange(n) % 4, stream.between("along", n, -1.0, 1.0) * _SEA
    out = _SEA - stream.between("out", n, -200.0, 900.0)
    x = np.choose(side, [along, along, out, -out])
    y = np.choose(side, [out, -out, along, along])
    wide, high = power(stream.unit("wide", n), 120.0, 1500.0), LEVEL + power(stream.unit("high", n), 6.0, 420.0)
    return parts(
        "chamfer",
        points(x, y, high / 2),
        np.stack([wide, wide * stream.between("b", n, 0.5, 1.6), high], axis=-1),
        Material.OLD_CONCRETE,
        exposure=shade(0.6),
        tint=tints(stream, n),
        year=place.year,
    )


def _drowned(place: Place) -> Parts:
    """Towers of a City that grew up to the stars and stands in the water now."""
    stream, n = place.stream.sub("drowned"), 74
    own = Streams(derive_many(stream.key, "mass", np.arange(n)))
    x, y = stream.between("x", n, -0.92, 0.92) * _SEA, stream.between("y", n, -0.2, 0.95) * _SEA
    wide = power(stream.unit("wide", n), 120.0, 900.0)
    tall = wide * stream.between("tall", n, 1.5, 5.0)
    groups = []
    for i in range(n):
        if abs(x[i]) < 500.0 + wide[i] and y[i] < 1800.0:
            continue
        made = raised(
            Streams(own.keys[i : i + 1]),
            derive(place.key, "clan", 0),
            wide[i : i + 1],
            tall[i : i + 1],
            np.zeros((1, 3)),
            epoch=place.epoch,
        )
        lean = stream.between("lean", n, -0.04, 0.04)[i : i + 1]
        groups.append(made.moved([x[i], y[i], 0.8 * abs(lean[0]) * wide[i]], turn("y", lean)[0]))
    return join(groups)


def _dam(place: Place) -> Parts:
    """The wall of the reservoir in steps, and the mouths of flooded tunnels with water running from them."""
    y, n = 3600.0, 15
    x = np.linspace(-2940.0, 2940.0, n)
    high = np.max([np.where(np.abs(x) < end, top, 0.0) for _, end, top in _WINGS], axis=0)
    wall = boxes(
        [[start, y - 12.0 * step, 0.0] for step, (start, _, _) in enumerate(_WINGS[::-1])],
        [[end, y + 160.0 + 12.0 * step, top] for step, (_, end, top) in enumerate(_WINGS[::-1])],
        Material.CONCRETE,
        exposure=shade(0.7),
        year=place.year,
    )
    buttress = parts(
        "wedge",
        points(x, y - 140.0, high * 0.42),
        np.stack([np.full(n, 300.0), np.full(n, 70.0), 0.84 * high], axis=-1),
        Material.OLD_CONCRETE,
        rotation=yaw(np.full(n, 0.25)),
        exposure=shade(0.6),
        year=place.year,
    )
    lamps = parts("box", points(x, y - 42.0, high + 6.0), (7.0, 7.0, 11.0), Material.WARM_LIGHT, exposure=255, year=place.year)
    behind = boxes([[-3300.0, y + 160.0, 0.0]], [[3300.0, y + 2600.0, 290.0]], Material.WATER, exposure=shade(0.6), year=place.year)
    return join([wall, buttress[np.abs(x) > 600.0], lamps, behind, _tunnels(place, y, x[:-1] + 210.0), _mouth(place, y)])


def _tunnels(place: Place, y: float, x: F64) -> Parts:
    """Round mouths of flooded tunnels in the wall, every other with water running from it."""
    x = x[np.abs(x) > 620.0]
    mouth, across = points(x, y - 4.0, LEVEL + 90.0), turn("x", 1.0)
    return join(
        [
            parts("tube", mouth, (150.0, 150.0, 110.0), Material.MEGASTRUCTURE, rotation=across, exposure=shade(0.6), year=place.year),
            parts(
                "drum",
                mouth - [0, 30.0, 0],
                (120.0, 120.0, 30.0),
                Material.DARK_STEEL,
                rotation=across,
                exposure=shade(0.05),
                year=place.year,
            ),
            parts("box", mouth[::2] - [0.0, 62.0, 62.0], (84.0, 30.0, 100.0), Material.WATER, exposure=shade(0.8), year=place.year),
        ]
    )


def _mouth(place: Place, y: float) -> Parts:
    """The great shaft by which one comes up: a round mouth, half drowned, light in it (canon P99)."""
    x, wide = _STAND[0] + 60.0, 760.0
    across = multiply(yaw(np.zeros(1)), turn("x", np.ones(1)))
    lit = parts(
        "drum", [[x, y - 44.0, LEVEL + 410.0]], (wide, wide, 20.0), Material.COLD_LIGHT, rotation=across, exposure=255, year=place.year
    )
    rim = parts(
        "ring",
        [[x, y - 60.0, LEVEL + 410.0]],
        (1.2 * wide, 1.2 * wide, 90.0),
        Material.MEGASTRUCTURE,
        rotation=across,
        exposure=shade(0.6),
        year=place.year,
    )
    bars = parts(
        "box",
        points(x + np.linspace(-0.42, 0.42, 9) * wide, y - 70.0, LEVEL + 410.0),
        (11.0, 11.0, wide),
        Material.DARK_STEEL,
        exposure=shade(0.1),
        year=place.year,
    )
    return join([lit, rim, bars])


def _mole(place: Place, spec: CitySpec) -> Parts:
    """The end of a tunnel roof out in the water, and the two who came up: one large, one small (canon S111)."""
    x, y = _STAND
    stream, n = place.stream.sub("mole"), 26
    k = np.arange(n)
    slabs = parts(
        "box",
        points(x + stream.between("x", n, -2.0, 2.0), y - 14.0 * k + 8.0, LEVEL - 4.0 + 0.5 * stream.unit("z", n)),
        (8.0, 14.6, 11.0),
        Material.CONCRETE,
        rotation=yaw(stream.between("turn", n, -0.006, 0.006) % 1.0),
        exposure=shade(0.7),
        tint=tints(stream, n),
        year=place.year,
    )
    vault = parts(
        "vault",
        [[x, y - 190.0, LEVEL + 8.0]],
        (120.0, 18.0, 13.0),
        Material.OLD_CONCRETE,
        rotation=yaw([0.25]),
        exposure=shade(0.5),
        year=place.year,
    )
    return join([slabs, vault, _people(place, spec)])


def _people(place: Place, spec: CitySpec) -> Parts:
    """The slab off the mole's end and the two on it; what else broke off lies between."""
    x, y = _SLAB
    stream, n = place.stream.sub("slabs"), 5
    k = np.arange(n)
    broken = parts(
        "box",
        points(x + 1.9 * k, y + 0.3 * k + stream.between("y", n, -0.5, 0.9), LEVEL - 0.55 - 0.12 * k),
        np.stack([np.where(k == 0, 4.6, 2.4), np.where(k == 0, 3.4, 1.8), np.full(n, 1.6)], axis=-1),
        Material.OLD_CONCRETE,
        rotation=multiply(yaw(stream.between("turn", n, -0.04, 0.04) % 1.0), turn("y", np.where(k == 0, 0.0, 0.01 * k))),
        exposure=shade(0.6),
        tint=tints(stream, n),
        year=place.year,
    )
    kit, top = kit_of(place, 200, spec), LEVEL + 0.25
    tall = figure(kit, [[x - 0.45, y, top]], [0.25])
    small = kit.solid("figure", (x + 0.5, y + 0.15, top + 0.55), (0.42, 0.28, 1.1), Material.FIGURE, yaw([0.25]))
    return join([broken, tall, small])


def _rain(place: Place) -> Parts:
    """Drops about the slab, as long as an eye draws them: air so wet that it rains under the stars (canon P98)."""
    stream, n = place.stream.sub("rain"), 2200
    x, y = _SLAB
    at = points(
        x + stream.between("x", n, -26.0, 30.0), y + stream.between("y", n, -14.0, 90.0), LEVEL + 0.4 + stream.between("z", n, 0.0, 34.0)
    )
    long = stream.between("long", n, 0.5, 1.3)
    return parts(
        "box",
        at,
        np.stack([np.full(n, 0.006), np.full(n, 0.006), long], axis=-1),
        Material.DARK_STEEL,
        rotation=turn("y", np.full(n, 0.05)),
        exposure=shade(0.5),
        tint=tints(stream, n),
        year=place.year,
    )


def _plants(place: Place) -> Parts:
    """Reeds and trees on what breaks the surface."""
    return join([_reeds(place), *_trees(place)])


def _reeds(place: Place) -> Parts:
    """Stems that lean, about the slabs on which one stands and clear of the view."""
    stream, n = place.stream.sub("plants"), 900
    x, y = _STAND
    f, r = stream.unit("f", n), power(stream.unit("r", n), 14.0, 260.0)
    at = np.array([x, y, 0.0]) + spokes(f) * r[:, None]
    free = (np.abs(at[:, 0] - x) > 4.6) | (at[:, 1] > y + 14.0)
    free &= (np.abs(at[:, 0] - _SLAB[0]) > 3.0 + 0.04 * np.abs(at[:, 1] - y)) | (at[:, 1] > y + 130.0)
    high = stream.between("high", n, 0.6, 2.6)
    lean = multiply(yaw(stream.unit("way", n)), turn("y", stream.between("lean", n, 0.0, 0.16)))
    return parts(
        "cone",
        at + points(0, 0, LEVEL + high / 2),
        np.stack([0.02 + 0.012 * high, 0.02 + 0.012 * high, high], axis=-1),
        Material.CABLE,
        rotation=lean,
        exposure=shade(0.6),
        tint=tints(stream, n),
        year=place.year,
    )[free]


def _trees(place: Place) -> list[Parts]:
    """Stems, crowns like clouds, and the islets they stand on."""
    stream, n = place.stream.sub("plants"), 130
    x, y = _STAND
    away = power(stream.unit("tree r", n), 60.0, 1500.0)
    foot = np.array([x, y, LEVEL - 3.0]) + spokes(stream.unit("tree f", n)) * away[:, None]
    ahead = (np.abs(foot[:, 0] - x) > 30.0) & (foot[:, 1] > y - 60.0)
    tall = power(stream.unit("tall", n), 6.0, 34.0)
    lean = multiply(yaw(stream.unit("tree way", n)), turn("y", stream.between("tree lean", n, 0.0, 0.03)))
    stems = parts(
        "cone", foot + points(0, 0, tall / 2), np.stack([0.05 * tall, 0.05 * tall, tall], axis=-1), Material.CABLE,
        rotation=lean, exposure=shade(0.5), year=place.year,
    )  # fmt: skip
    islets = parts(
        "frustum", foot + points(0, 0, 0.5), np.stack([0.9 * tall + 8.0, 0.8 * tall + 9.0, np.full(n, 9.0)], axis=-1), Material.GROUND,
        exposure=shade(0.6), tint=tints(stream, n), year=place.year,
    )  # fmt: skip
    crowns = (_crown(place, stream, foot, tall, layer) for layer in range(_CROWNS))
    return [made[ahead] for made in (stems, *crowns, islets)]


def _crown(place: Place, stream: Stream, foot: F64, tall: F64, layer: int) -> Parts:
    """One layer of leaves of every tree: the higher, the smaller and the nearer to its stem."""
    n, up = len(tall), layer / _CROWNS
    size = tall * (1.0 - 0.55 * up) * stream.between(f"crown {layer}", n, 0.16, 0.34)
    out = 0.30 * tall * (1.0 - 0.7 * up) * stream.unit(f"out {layer}", n)
    where = foot + spokes(stream.unit(f"about {layer}", n)) * out[:, None] + points(0, 0, tall * (0.46 + 0.56 * up))
    return parts("dome", where, np.stack([size, size, 0.3 * size], axis=-1), Material.CABLE, exposure=shade(0.5), year=place.year)


def _pylons(place: Place) -> Parts:
    """A line of masts out over the water, its wires, the last lamps that burn."""
    n = 26
    y = -2300.0 + 420.0 * np.arange(n)
    x = np.full(n, 260.0)
    mast = parts(
        "lattice",
        points(x, y, LEVEL + 55.0),
        (130.0, 9.0, 9.0),
        Material.DARK_STEEL,
        rotation=turn("y", 1.0),
        exposure=shade(0.5),
        year=place.year,
    )
    arm = parts("box", points(x, y, LEVEL + 112.0), (60.0, 2.4, 2.4), Material.DARK_STEEL, exposure=shade(0.5), year=place.year)
    wires = [
        cables(
            points(x[:-1] + side, y[:-1], LEVEL + 110.0), points(x[1:] + side, y[1:], LEVEL + 110.0), 26.0, 0.4, light=0.4, year=place.year
        )
        for side in (-28.0, 28.0)
    ]
    lamps = parts("box", points(x[::3], y[::3], LEVEL + 123.0), (3.0, 3.0, 4.0), Material.WARM_LIGHT, exposure=255, year=place.year)
    return join([mast, arm, *wires, lamps])
