"""Scenes over a gulf between two masses: the long bridge, the wall of cables, the moored block, the window, the dock (canon P94, P95, P77).

Each is the grandest of its kind: a canyon of its own, miles long, and in its void the one thing that people remember.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from geometry.angle import turn
from geometry.key import Stream, Streams, derive, derive_many
from geometry.material import Material
from geometry.parts import Parts, parts
from geometry.pattern import raised
from geometry.place import Growth, Place
from geometry.rules.canyon_plan import half_of, tower_plan
from geometry.rules.furnish import figure, kit_of, points, spokes, yaw
from geometry.rules.landmarks.dock import dock
from geometry.rules.landmarks.setting import amid, cleared
from geometry.rules.masses import F64, boxes, cables, form_of, power, shade, spans, tints
from geometry.rules.walkway import deck_height
from geometry.spec import CitySpec

GULF = {
    "long-bridge": (7000.0, 20_000.0, 6400.0),
    "cable-wall": (5200.0, 12_000.0, 5200.0),
    "moored-block": (9000.0, 14_000.0, 7000.0),
    "window": (3600.0, 9000.0, 4200.0),
    "dock": (9600.0, 15_000.0, 5200.0),
}
"""Width, length and height of the canyon of each, metres: choices."""
Made = tuple[list[Parts], list[Place]]
"""Parts and children."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """A district, in it the gulf, in the gulf what it is named for."""
    gulf = place.child("canyon", 0, (0.0, 0.0, 0.0), GULF[place.kind])
    x, y, z = gulf.size
    made, within = _SCENES[place.kind](place, gulf, spec)
    return amid(place, spec, made, (gulf, *within), cleared(x / 2, y / 2, low=0.0), high=max(4000.0, 1.1 * z))


def _long_bridge(place: Place, gulf: Place, spec: CitySpec) -> Made:
    """A bridge along the gulf from end to end, hung from arches: a kilometre a piece; far down its piers are lost."""
    _, long, tall = gulf.size
    half, z, n = half_of(gulf), 0.55 * tall, 18
    x0 = _beside_towers(gulf, half)
    at = ((np.arange(n + 1)) / n - 0.5) * 0.94 * long
    fan = parts("fan", points(x0, at[[5, 11]], z + 118.0), (31.0, 4.0, 31.0), Material.DARK_STEEL, exposure=shade(0.5), year=place.year)
    people = figure(kit_of(place, 150, spec), points([x0 + 1.2, x0 - 3.0], [at[4] + 30.0, at[6] + 12.0], z + 1.3), [0.25, 0.25])
    made = [*_arches(place, x0, at, z), *_hangers(place, x0, at, z, half), fan, people]
    return made, _lengths(place, x0, n, z, 0.94 * long)


def _lengths(place: Place, x0: float, n: int, z: float, long: float) -> list[Place]:
    """The deck in n pieces, each a place of its own."""
    wide, deep = 30.0, 64.0
    y = ((np.arange(n) + 0.5) / n - 0.5) * long
    return [
        place.child("bridge", i, (x0, float(y[i]), z - deep / 2), (long / n, wide, deep), quarter_turns=1, form=form_of(0, 0.75))
        for i in range(n)
    ]


def _arches(place: Place, x0: float, at: F64, z: float) -> list[Parts]:
    """Piers under the deck at y (m,), the frames over them, and what closes those above."""
    stream, m = place.stream.sub("bridge"), len(at)
    legs = parts(
        "box", points(x0 + np.repeat([-13.0, 13.0], m), np.tile(at, 2), (z - 30.0) / 2), (9.0, 16.0, z - 30.0), Material.OLD_CONCRETE,
        exposure=shade(0.4), tint=tints(stream, 2 * m), year=place.year,
    )  # fmt: skip
    frame = parts(
        "box", points(x0 + np.repeat([-17.0, 17.0], m), np.tile(at, 2), z + 70.0), (7.0, 12.0, 240.0), Material.MEGASTRUCTURE,
        exposure=shade(0.7), tint=tints(stream, 2 * m), year=place.year,
    )  # fmt: skip
    look: dict[str, ArrayLike] = {"exposure": shade(0.7), "year": place.year}
    top = parts("box", points(x0, at, np.repeat([z + 60.0], m)), (42.0, 10.0, 12.0), Material.MEGASTRUCTURE, **look)
    crown = parts("box", points(x0, at, z + 180.0), (46.0, 14.0, 16.0), Material.MEGASTRUCTURE, **look)
    return [legs, frame, top, crown]


def _hangers(place: Place, x0: float, at: F64, z: float, half: float) -> list[Parts]:
    """Ropes from arch to arch, and stays to the walls of the gulf."""
    stream, n, m = place.stream.sub("bridge"), len(at) - 1, 40
    side = x0 + np.repeat([-17.0, 17.0], n)
    first, last = (points(side, np.tile(ends, 2), z + 186.0) for ends in (at[:-1], at[1:]))
    ropes = cables(first, last, 130.0, 2.2, light=0.6, year=place.year)
    left = np.arange(m) % 2 == 0
    start = points(x0 + np.where(left, -17.0, 17.0), at[stream.whole("stay", m, 0, n + 1)], z + 150.0)
    sway, up = stream.between("sway", m, -500.0, 500.0), stream.between("up", m, 100.0, 900.0)
    end = points(np.where(left, -1.0, 1.0) * half * 1.05, start[:, 1] + sway, z + up)
    return [ropes, cables(start, end, 60.0, 1.6, light=0.5, year=place.year)]


def _beside_towers(gulf: Place, half: float) -> float:
    """x of a line along the gulf that passes the round towers in its void as far off as it can."""
    towers = tower_plan(gulf)
    lines = np.linspace(-0.55, 0.55, 23) * half
    if not len(towers):
        return 0.0
    clear = (np.abs(lines[:, None] - towers[:, 0]) - towers[:, 2]).min(axis=1)
    return float(lines[int(np.argmax(clear))])


def _cable_wall(place: Place, gulf: Place, spec: CitySpec) -> Made:
    """Curtains of cables right across the gulf, one behind the other, and a gangway that leads to them."""
    half, tall = half_of(gulf), gulf.size[2]
    curtains = [
        place.child("cables", i, (0.0, 240.0 * i - 100.0, 0.06 * tall), (2.3 * half, 90.0 + 60.0 * i, 0.9 * tall), form=form_of(0, 0.6))
        for i in range(3)
    ]
    size = (170.0, 8.0, 11.0)
    way = place.child("walkway", 0, (0.18 * half, -410.0, 0.5 * tall - deck_height(size)), size, quarter_turns=1, form=1)
    pier = boxes(
        [[0.18 * half - 30.0, -700.0, 0.0]], [[0.18 * half + 30.0, -492.0, 0.5 * tall - 3.0]], Material.OLD_CONCRETE,
        exposure=shade(0.5), year=place.year,
    )  # fmt: skip
    stream = place.stream.sub("thick")
    return [_strung(place, stream, half, tall), _slung(place, stream, half, tall), pier], [*curtains, way]


def _strung(place: Place, stream: Stream, half: float, tall: float) -> Parts:
    """Cables as thick as highways before the curtains, taut from floor to ceiling."""
    n = 120
    x = stream.between("x", n, -1.0, 1.0) * half * 1.1
    thick = power(stream.unit("thick", n), 1.2, 15.0)
    lean = x + stream.between("lean", n, -60.0, 60.0)
    y = -170.0 + 120.0 * stream.unit("y", n)
    centre, length, rotation = spans(points(x, y, 0.04 * tall), points(lean, y + 10.0, 0.95 * tall))
    return parts(
        "pipe", centre, np.stack([length, thick, thick], axis=-1), Material.CABLE,
        rotation=rotation, exposure=shade(0.5), tint=tints(stream, n), year=place.year,
    )  # fmt: skip


def _slung(place: Place, stream: Stream, half: float, tall: float) -> Parts:
    """Loops that hang from one to the other."""
    n = 46
    x, y, z = (
        stream.between("loop", n, -1.0, 1.0) * half,
        -190.0 - 60.0 * stream.unit("loop y", n),
        tall * stream.between("loop z", n, 0.4, 0.9),
    )
    start = points(x, y, z)
    end = start + points(stream.between("far", n, -400.0, 400.0), 40.0, stream.between("drop", n, -300.0, 300.0))
    return cables(start, end, stream.between("sag", n, 60.0, 500.0), power(stream.unit("loop t", n), 0.8, 6.0), light=0.5, year=place.year)


def _moored_block(place: Place, gulf: Place, spec: CitySpec) -> Made:
    """A block of a kilometre and a half that hangs in the void by its anchor cables, and a tower like a screw beside it."""
    half, tall = half_of(gulf), gulf.size[2]
    z, wide, high = 0.5 * tall, 0.62 * half, 0.8 * half
    stream = place.stream.sub("moored")
    core = place.child("block", 0, (0.0, 900.0, z), (wide, wide, high), form=form_of(15, 0.8))
    body = boxes(
        [[-0.42 * wide, 900.0 - 0.42 * wide, z]], [[0.42 * wide, 900.0 + 0.42 * wide, z + 0.84 * high]], Material.CONCRETE,
        exposure=shade(0.7), year=place.year,
    )  # fmt: skip
    spiral = _screw(place, np.array([-0.45 * half, 3600.0, 0.0]), 0.28 * half, 0.92 * tall)
    size = (90.0, 8.0, 11.0)
    way = place.child("walkway", 0, (0.2 * half, -700.0, 0.48 * tall - deck_height(size)), size, quarter_turns=1, form=1)
    pier = boxes(
        [[0.2 * half - 26.0, -1100.0, 0.0]], [[0.2 * half + 26.0, -742.0, 0.48 * tall - 3.0]], Material.OLD_CONCRETE,
        exposure=shade(0.5), year=place.year,
    )  # fmt: skip
    anchors = _anchors(place, stream, half, tall, (z, wide, high))
    return [body, *_overhung(place, stream, (z, wide, high)), anchors, spiral, pier], [core, way]


def _overhung(place: Place, stream: Stream, block: tuple[float, float, float]) -> Iterator[Parts]:
    """Six masses that hang from the underside of the block (its height, width and height of itself), heads down."""
    z, wide, high = block
    own = Streams(derive_many(stream.key, "mass", np.arange(6)))
    f = (np.arange(6) + 0.5) / 6
    clan, over = derive(place.key, "clan", 0), turn("x", 1e9)
    for i in range(6):
        one = Streams(own.keys[i : i + 1])
        made = raised(one, clan, np.array([0.44 * wide]), np.array([0.6 * high]), np.zeros((1, 3)), epoch=place.epoch)
        yield made.moved(np.zeros(3), over).moved(np.array([0.0, 900.0, z]) + spokes(f[i : i + 1])[0] * 0.26 * wide)


def _anchors(place: Place, stream: Stream, half: float, tall: float, block: tuple[float, float, float]) -> Parts:
    """Cables from the block's corners to the walls of the gulf, above it and below."""
    (z, wide, high), n = block, 54
    side, end = (np.where(stream.unit(name, n) < 0.5, -1.0, 1.0) for name in ("side", "end"))
    corner = points(0.44 * wide * side, 900.0 + end * 0.44 * wide, z + high * stream.between("from", n, 0.02, 0.82))
    far = points(side * half * 1.12, 900.0 + stream.between("to", n, -2.2, 2.2) * wide, tall * stream.between("at", n, 0.2, 0.98))
    thick = power(stream.unit("thick", n), 3.0, 22.0)
    return cables(corner, far, stream.between("sag", n, 5.0, 120.0), thick, light=0.5, year=place.year)


def _screw(place: Place, foot: F64, radius: float, tall: float) -> Parts:
    """The Capitol's spiral tower: storeys that turn as they rise."""
    n = 64
    k = np.arange(n)
    shrink = 1.0 - 0.55 * k / n
    f = (0.019 * k) % 1.0
    size = np.stack([2 * radius * shrink, 1.1 * radius * shrink, np.full(n, tall / n * 0.84)], axis=-1)
    return parts(
        "box",
        foot + points(0, 0, (k + 0.5) * tall / n),
        size,
        Material.CONCRETE,
        rotation=yaw(f),
        exposure=shade(0.7),
        tint=tints(place.stream.sub("screw"), n),
        year=place.year,
    )


def _window(place: Place, gulf: Place, spec: CitySpec) -> Made:
    """A room with a window on the open, lamps on its walls; dwellings opposite, as far as one sees up and down."""
    half, tall = half_of(gulf), gulf.size[2]
    x, z, size = -0.36 * half, 0.46 * tall, (8.0, 6.5, 3.4)
    room = place.child("room", 0, (x, 0.0, z), size, quarter_turns=3, form=2)
    people = figure(kit_of(place, 120, spec), points([x + 1.2], [1.1], z + 0.2), [0.0])
    return [*_about_room(place, x, z, size), *_opposite(place, 0.34 * half, z, tall), people], [room]


def _about_room(place: Place, x: float, z: float, size: tuple[float, float, float]) -> Iterator[Parts]:
    """What a room is set into: the pier under it, the mass over it, and walls left and right."""
    front, side = x + size[1] / 2 + 0.4, size[0] / 2 + 0.1
    low: list[list[list[float]]] = [
        [[x - 60.0, -26.0, 0.0]],
        [[x - 60.0, -26.0, z + size[2] + 0.05]],
        [[x - 60.0, -26.0, z - 0.05], [x - 60.0, side, z - 0.05]],
    ]
    high: list[list[list[float]]] = [
        [[front, 26.0, z - 0.05]],
        [[front, 26.0, z + 240.0]],
        [[front, -side, z + size[2] + 0.1], [front, 26.0, z + size[2] + 0.1]],
    ]
    for least, most in zip(low, high, strict=True):
        yield boxes(least, most, Material.OLD_CONCRETE, exposure=shade(0.5), year=place.year)


def _opposite(place: Place, at: float, z: float, tall: float) -> list[Parts]:
    """Dwellings that grow out of the other wall of the gulf, and that wall."""
    stream, n = place.stream.sub("opposite"), 420
    y, up = stream.between("y", n, -900.0, 900.0), z + stream.between("up", n, -900.0, 900.0)
    out = power(stream.unit("out", n), 3.0, 60.0)
    wide = power(stream.unit("wide", n), 5.0, 44.0)
    high = wide * stream.between("high", n, 0.4, 2.6)
    houses = parts(
        "box", points(at - out / 2, y, up), np.stack([out, wide, high], axis=-1), Material.DWELLING,
        exposure=shade(0.6), tint=tints(stream, n), year=place.year,
    )  # fmt: skip
    wall = boxes([[at, -1000.0, 0.0]], [[at + 120.0, 1000.0, 0.94 * tall]], Material.OLD_CONCRETE, exposure=shade(0.5), year=place.year)
    return [houses, wall]


_SCENES: dict[str, Callable[[Place, Place, CitySpec], Made]] = {
    "long-bridge": _long_bridge,
    "cable-wall": _cable_wall,
    "moored-block": _moored_block,
    "window": _window,
    "dock": dock,
}
