"""Toha Heavy Industries: a cylinder that hangs free among wrecked buildings, which circle it (canon S101-S103, P60-P68).

Thirteen caves lie along its axis, the first at the tip, the last at the base. Where it has vanished (`toha_state`) a hollow of its
shape is left in the wrecks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geometry.angle import multiply, turn
from geometry.key import Streams, derive, derive_many
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.pattern import raised
from geometry.place import Growth, Place
from geometry.rules.furnish import inside, points, spokes, yaw
from geometry.rules.landmarks.setting import quarter, turned
from geometry.rules.masses import F64, cables, power, relief, shade, tints
from geometry.rules.tower import facets
from geometry.rules.walkway import deck_height
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec

LONG, RADIUS = 25_000.0, 3_000.0
"""Metres: canon is silent (K13); a reader's guess, and the canon sheet's choice."""
CAVES = 13
LOW = 8_200.0
"""How high its base hangs over the ground, metres."""
_CAVE = LONG / CAVES
_HALF_CAVE = 0.45 * _CAVE
_CORE = 0.86 * RADIUS
"""What is seen in the grooves between caves."""
_SUNK = 6.0
"""Metres by which what stands on the flank stands in it."""
_RUBBLE = 4_600.0
"""Height of the wrecked city below."""
JUNCTION = 8
"""The cave in which the six ways meet: Mensab's."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """The cylinder, the rubble that circles it, the wrecks below; the junction and gangways as children."""
    present = spec.toha_state == "present"
    hollow = (np.array([-1.45 * RADIUS, -1.45 * RADIUS, 60.0]), np.array([1.45 * RADIUS, 1.45 * RADIUS, 1e6]))
    about, children = quarter(place, spec, hollow, high=_RUBBLE)
    body = [*_body(place), _growths(place), _moorings(place)] if present else [_scar(place)]
    within = (_junction(place),) if present else ()
    return Growth(inside(place.size, join([about, *body, _ring(place), _wrecks(place)])), (*children, *within, _perch(place)))


def _widths(place: Place) -> F64:
    """(CAVES,) across each cave, metres."""
    n = np.arange(CAVES)
    wide = 2 * RADIUS * np.where(n % 4 == 1, 1.0, 0.965) * place.stream.sub("body").between("wide", CAVES, 0.985, 1.0)
    wide[-1], wide[0] = 1.5 * RADIUS, 1.8 * RADIUS
    return wide


def _body(place: Place) -> list[Parts]:
    """Thirteen caves as drums, deep grooves between them, the tip and the base."""
    stream, n = place.stream.sub("body"), CAVES
    z, wide = LOW + (np.arange(n) + 0.5) * _CAVE, _widths(place)
    look: dict[str, ArrayLike] = {"exposure": shade(0.62), "year": place.year}
    caves = parts("drum", points(0, 0, z), np.stack([wide, wide, np.full(n, 2 * _HALF_CAVE)], axis=-1), Material.MEGASTRUCTURE, **look)
    core = parts("drum", [[0, 0, LOW + LONG / 2]], (2 * _CORE, 2 * _CORE, LONG), Material.DARK_STEEL, exposure=shade(0.2), year=place.year)
    tip = parts("cone", [[0, 0, LOW + LONG + 330.0]], (1.4 * RADIUS, 1.4 * RADIUS, 1300.0), Material.MEGASTRUCTURE, **look)
    base = parts(
        "frustum", [[0, 0, LOW - 250.0]], (1.7 * RADIUS, 1.7 * RADIUS, 900.0), Material.MEGASTRUCTURE, rotation=turn("x", 1e9), **look
    )
    k = 26
    f, cave = stream.unit("f", 14 * k), np.repeat(np.arange(14), k)
    lit = stream.unit("lit", 14 * k) < 0.5
    at = spokes(f[lit]) * (_CORE + 8.0) + points(0, 0, LOW + cave[lit] * _CAVE)
    seams = parts(
        "box",
        at,
        np.stack([np.full(len(at), 40.0), power(stream.unit("long", 14 * k)[lit], 60.0, 700.0), np.full(len(at), 22.0)], axis=-1),
        Material.COLD_LIGHT,
        rotation=yaw(f[lit]),
        exposure=255,
        year=place.year,
    )
    return [caves, core, tip, base, seams]


def _growths(place: Place) -> Parts:
    """Panels, ports and round airlocks on its flank: each stands on the cave that bears it."""
    stream, n, flank = place.stream.sub("growths"), CAVES - 2, _widths(place) / 2
    middle = LOW + (1.5 + np.arange(n)) * _CAVE
    z = np.stack([middle - _HALF_CAVE, middle + _HALF_CAVE], axis=1).ravel()
    rows, steps = np.repeat(2 * np.arange(n), 20), np.tile(np.arange(20), n)
    on = facets(z, np.repeat(flank[1:-1] - _SUNK, 2), rows, steps, 0.45, 0.75)
    grown = relief(stream.sub("relief"), on, depth=120.0, leaf=210.0, levels=4, chaos=0.3, year=place.year, weights=(66, 8, 6, 0, 20)).parts
    k = 34
    f, cave = (stream.whole("side", k, 0, 20) + 0.5) / 20.0, stream.whole("cave", k, 1, CAVES - 1)
    wide = power(stream.unit("port", k), 90.0, 620.0)
    lie = multiply(yaw(f), turn("y", 1.0)[None])
    at = spokes(f) * (flank[cave] + 40.0)[:, None] + points(0, 0, LOW + (cave + 0.5) * _CAVE)
    ports = parts(
        "ring", at, np.stack([wide, wide, np.full(k, 160.0)], axis=-1), Material.STEEL, rotation=lie, exposure=shade(0.6), year=place.year
    )
    eyes = parts(
        "drum",
        at,
        np.stack([0.86 * wide, 0.86 * wide, np.full(k, 120.0)], axis=-1),
        Material.DARK_STEEL,
        rotation=lie,
        exposure=shade(0.2),
        year=place.year,
    )
    return join([grown, ports, eyes])


def _moorings(place: Place) -> Parts:
    """A few broken cables that hang from it: it floats, nothing holds it."""
    stream, n = place.stream.sub("moorings"), 12
    f = stream.unit("f", n)
    start = spokes(f) * 0.8 * RADIUS + points(0, 0, LOW + 100.0)
    end = start + spokes((f + 0.1) % 1.0) * 900.0 - points(0, 0, stream.between("down", n, 900.0, 3600.0))
    return cables(start, end, 300.0, 26.0, light=0.4, year=place.year)


def _tumbled(stream_turns: tuple[F64, F64, F64]) -> F64:
    """Rotations (n, 4) from three draws each."""
    a, b, c = stream_turns
    return multiply(multiply(yaw(a), turn("x", 3.0 * (b - 0.5))), turn("y", 3.0 * (c - 0.5)))


def _ring(place: Place) -> Parts:
    """Rubble on its way round the axis, in two tilted belts: beams, slabs, halves of houses."""
    stream, n = place.stream.sub("ring"), 1500
    f = stream.unit("f", n)
    belt = stream.unit("belt", n) < 0.68
    r = np.where(belt, 1.0, 1.35) * RADIUS * stream.between("r", n, 1.32, 2.3)
    slope = np.where(belt, 0.22, -0.34)
    way = spokes((f + np.where(belt, 0.0, 0.17)) % 1.0)
    high = np.where(belt, LOW + 0.44 * LONG, LOW + 0.7 * LONG) + slope * r * way[:, 0] + 420.0 * (stream.unit("z", n) - 0.5)
    at = spokes(f) * r[:, None] + points(0, 0, high)
    half = power(stream.unit("size", n), 16.0, 520.0)
    size = np.stack([half, half * stream.between("b", n, 0.3, 1.8), half * stream.between("c", n, 0.1, 0.9)], axis=-1)
    edge = 0.48 * place.size[0] - half
    kept = np.asarray((np.abs(at[:, :2]) < edge[:, None]).all(axis=1))
    kind = np.array(["box", "box", "stack", "chamfer", "truss", "frame", "wedge"])
    solid = np.array([PROTOTYPE_IDS[name] for name in kind])[stream.whole("kind", n, 0, len(kind))]
    stuff = np.array([Material.CONCRETE, Material.OLD_CONCRETE, Material.DWELLING, Material.DARK_STEEL])[
        stream.choice("of", n, [3, 4, 2, 2])
    ]
    turns = _tumbled((stream.unit("ta", n), stream.unit("tb", n), stream.unit("tc", n)))
    return parts(
        solid, at, size, stuff, rotation=turns, exposure=shade(stream.between("light", n, 0.4, 0.9)), tint=tints(stream, n), year=place.year
    )[kept]


def _wrecks(place: Place) -> Parts:
    """Whole quarters torn from the ground, adrift about the cylinder."""
    stream, n = place.stream.sub("wrecks"), 26
    own = Streams(derive_many(stream.key, "wreck", np.arange(n)))
    f = (np.arange(n) + stream.unit("f", n)) / n
    wide = power(stream.unit("wide", n), 420.0, 1500.0)
    r = RADIUS * stream.between("r", n, 1.75, 3.2)
    z = LOW + LONG * stream.between("z", n, 0.02, 0.9)
    at = spokes(f) * r[:, None] + points(0, 0, z)
    turns = _tumbled((stream.unit("ta", n), 0.32 + 0.36 * stream.unit("tb", n), 0.32 + 0.36 * stream.unit("tc", n)))
    groups = []
    for i in range(n):
        if (np.abs(at[i, :2]) > 0.48 * place.size[0] - 1.5 * wide[i]).any():
            continue
        made = raised(
            Streams(own.keys[i : i + 1]),
            derive(place.key, "clan", 0),
            wide[i : i + 1],
            1.6 * wide[i : i + 1],
            np.zeros((1, 3)),
            epoch=place.epoch,
        )
        slab = parts(
            "box",
            [[0.0, 0.0, -0.06 * wide[i]]],
            (1.2 * wide[i], 1.1 * wide[i], 0.12 * wide[i]),
            Material.OLD_CONCRETE,
            exposure=shade(0.5),
            year=place.year,
        )
        groups.append(join([made, slab]).moved(at[i], turns[i]))
    return join(groups)


def _scar(place: Place) -> Parts:
    """Where it was: lamps of the ways that led to it, cut off along its skin."""
    stream, n = place.stream.sub("scar"), 160
    f, z = stream.unit("f", n), LOW + LONG * stream.unit("z", n)
    out = power(stream.unit("out", n), 120.0, 900.0)
    at = spokes(f) * (RADIUS + out / 2)[:, None] + points(0, 0, z)
    size = np.stack([out, power(stream.unit("wide", n), 14.0, 120.0), power(stream.unit("high", n), 14.0, 90.0)], axis=-1)
    return parts("box", at, size, Material.OLD_CONCRETE, rotation=yaw(f), exposure=shade(0.5), tint=tints(stream, n), year=place.year)


def _junction(place: Place) -> Place:
    """Six ways that meet, deep in cave 8."""
    size = (460.0, 460.0, 460.0)
    return place.child("toha-junction", 0, (0.45 * RADIUS, 0.0, LOW + (CAVES - JUNCTION + 0.5) * _CAVE - size[2] / 2), size)


def _perch(place: Place) -> Place:
    """A gangway that still hangs out over the wrecks: the view."""
    size = (110.0, 7.0, 10.0)
    rotation = yaw(np.array([0.135]))[0]
    at = spokes(np.array([0.635]))[0] * 3.55 * RADIUS + np.array([0.0, 0.0, 6_900.0])
    return turned(place, "walkway", 0, at - [0.0, 0.0, deck_height(size)], size, rotation, form=1)
