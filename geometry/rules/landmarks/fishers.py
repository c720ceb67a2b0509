"""The Electro-Fishers' village: terraces wrapped round a great drum that proves to be somebody's wall (canon S100, P50-P52).

A train runs there by itself, and a Builder of the largest kind lies asleep beside it. Few lights, all warm; the people are small.
"""

from __future__ import annotations

import numpy as np

from geometry.angle import QUARTER_TURNS
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.furnish import kit_of, points, spokes, yaw
from geometry.rules.landmarks.setting import amid, cleared, turned
from geometry.rules.masses import cables, power, shade, tints
from geometry.rules.walkway import deck_height
from geometry.spec import CitySpec

DRUM, HIGH = 420.0, 3400.0
"""Radius and height of the drum that shows of the great wall, metres: choices."""
TERRACES = 12
"""Quarters about the drum, a tier: the canon sheet's number of terraces, a choice."""
_OPEN = 1250.0
"""Half the width of the clearing."""
_TALL = 0.82
"""Stature of the people, in parts of others': they are small (P52)."""
_TIERS = ((DRUM + 118.0, 252.0), (DRUM + 226.0, 156.0), (DRUM + 336.0, 60.0))
"""Radius and height of the ledges on which the terraces stand, one within the other: choices."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """The drum, its ledges, the viaduct and its train, wires; villages, the sleeper and gangways as children; a district about it all."""
    made = [_drum(place), _ledges(place), _viaduct(place), _wires(place), _litter(place, spec)]
    within = (*_villages(place), *_others(place))
    return amid(place, spec, made, within, cleared(_OPEN, low=14.0, high=1e5), high=6000.0)


def stature(spec: CitySpec) -> float:
    """Height of the Fishers, metres."""
    return spec.figure_height_m * _TALL


def _drum(place: Place) -> Parts:
    """The smooth wall, without a joint, a hatch in it, and what was hung on it."""
    n = 5
    z = (np.arange(n) + 0.5) / n * HIGH
    body = parts("drum", points(0, 0, z), (2 * DRUM, 2 * DRUM, HIGH / n), Material.MEGASTRUCTURE, exposure=shade(0.55), year=place.year)
    bands = parts(
        "tube", points(0, 0, np.array([0.34, 0.62, 0.9]) * HIGH), (2.34 * DRUM, 2.34 * DRUM, 34.0), Material.DARK_STEEL,
        exposure=shade(0.5), year=place.year,
    )  # fmt: skip
    return join([body, bands, _hatch(place), _hung(place)])


def _hatch(place: Place) -> Parts:
    """The round way in: a rim and its lid."""
    flat = QUARTER_TURNS["x"][1]
    rim = parts(
        "tube", [[0.0, -DRUM + 6.0, 420.0]], (150.0, 150.0, 60.0), Material.STEEL, rotation=flat, exposure=shade(0.6), year=place.year
    )
    lid = parts(
        "drum", [[0.0, -DRUM + 4.0, 420.0]], (118.0, 118.0, 20.0), Material.DARK_STEEL, rotation=flat, exposure=shade(0.3), year=place.year
    )
    return join([rim, lid])


def _hung(place: Place) -> Parts:
    """Boxes that others hung on the wall."""
    stream, n = place.stream.sub("drum"), 90
    f, at = stream.unit("f", n), stream.between("z", n, 0.12, 0.95) * HIGH
    out, wide = power(stream.unit("out", n), 5.0, 60.0), power(stream.unit("wide", n), 8.0, 90.0)
    size = np.stack([out, wide, wide * stream.between("high", n, 0.4, 5.0)], axis=-1)
    return parts(
        "box", spokes(f) * (DRUM + out * 0.3)[:, None] + points(0, 0, at), size, Material.OLD_CONCRETE,
        rotation=yaw(f), exposure=shade(0.5), tint=tints(stream, n), year=place.year,
    )  # fmt: skip


def _ledges(place: Place) -> Parts:
    """The ring of ground on which the terraces stand, broad steps down from it, and lamps of the poor along its edge."""
    stream, k = place.stream.sub("ledges"), 24
    f = (np.arange(k) + 0.5) / k
    groups = []
    for step, (radius, top) in enumerate((*_TIERS, (DRUM + 470.0, 22.0))):
        at = spokes(f) * (radius / 2 + DRUM / 2) + points(0, 0, top / 2)
        wide = 2.0 * 3.1416 * radius / k * 1.03
        groups.append(
            parts(
                "box",
                at,
                points(radius - DRUM, wide, top),
                Material.OLD_CONCRETE,
                rotation=yaw(f),
                exposure=shade(0.5),
                tint=tints(stream.sub("of", step), k),
                year=place.year,
            )
        )
    n = 60
    g = stream.unit("lamp", n)
    lamp = spokes(g) * (DRUM + 334.0) + points(0, 0, 63.0)
    groups.append(parts("drum", lamp, (0.7, 0.7, 1.4), Material.WARM_LIGHT, exposure=255, year=place.year))
    return join(groups)


def _viaduct(place: Place) -> Parts:
    """A line on piers past the village, the train that runs by itself, and its lamps."""
    x, z = -780.0, 150.0
    n, long = 20, 2 * _OPEN - 20.0
    y = ((np.arange(n) + 0.5) / n - 0.5) * long
    deck = parts("box", points(x, y, z - 5.0), (26.0, long / n * 1.02, 10.0), Material.OLD_CONCRETE, exposure=shade(0.6), year=place.year)
    piers = parts(
        "chamfer", points(x, y, (z - 10.0) / 2), (16.0, 16.0, z - 10.0), Material.OLD_CONCRETE, exposure=shade(0.45), year=place.year
    )
    rails = parts(
        "box", points(x + np.array([-4.0, 4.0]), 0.0, z + 0.6), (1.0, long, 1.2), Material.STEEL, exposure=shade(0.7), year=place.year
    )
    cars = 9
    at = -380.0 + np.arange(cars) * 58.0
    train = parts("chamfer", points(x, at, z + 9.0), (13.0, 55.0, 15.0), Material.DARK_STEEL, exposure=shade(0.6), year=place.year)
    windows = parts(
        "box",
        points(x + 6.6, np.repeat(at, 4) + np.tile([-19.0, -6.5, 6.5, 19.0], cars), z + 10.0),
        (0.4, 7.0, 3.0),
        Material.WARM_LIGHT,
        exposure=255,
        year=place.year,
    )
    head = parts(
        "drum",
        points(x + np.array([-3.5, 3.5]), at[-1] + 28.5, z + 6.0),
        (1.6, 1.6, 1.6),
        Material.COLD_LIGHT,
        exposure=255,
        year=place.year,
    )
    return join([deck, piers, rails, train, windows, head])


def _wires(place: Place) -> Parts:
    """Cables from the drum to what stands about, over the roofs."""
    stream, n = place.stream.sub("wires"), 44
    f, g = stream.unit("f", n), stream.between("g", n, -0.06, 0.06)
    start = spokes(f) * DRUM + points(0, 0, stream.between("z", n, 240.0, 1700.0))
    end = spokes((f + g) % 1.0) * stream.between("out", n, 700.0, 1200.0)[:, None] + points(0, 0, stream.between("low", n, 60.0, 500.0))
    return cables(start, end, stream.between("sag", n, 20.0, 160.0), power(stream.unit("thick", n), 0.5, 3.5), light=0.4, year=place.year)


def _litter(place: Place, spec: CitySpec) -> Parts:
    """Wrecks on the open ground, and a few of the small people where the terraces begin."""
    stream, n = place.stream.sub("litter"), 260
    f, r = stream.unit("f", n), DRUM + 480.0 + 700.0 * stream.unit("r", n)
    half = power(stream.unit("half", n), 2.0, 46.0)
    at = spokes(f) * r[:, None] + points(0, 0, half * 0.4)
    free = np.abs(at[:, 0] + 780.0) > 60.0
    size = np.stack([half * 2, half * stream.between("b", n, 0.5, 2.5), half * stream.between("c", n, 0.4, 1.6)], axis=-1)
    wrecks = parts(
        "box",
        at[free],
        size[free],
        Material.OLD_CONCRETE,
        rotation=yaw(stream.unit("turn", n)[free]),
        exposure=shade(0.4),
        tint=tints(stream, n)[free],
        year=place.year,
    )
    kit = kit_of(place, 120)
    m, tall = 14, stature(spec)
    who = spokes(stream.unit("who", m)) * (DRUM + 332.0) + points(0, 0, 60.0 + tall / 2)
    people = kit.solid("figure", who, (tall * 0.36, tall * 0.24, tall), Material.FIGURE, yaw(stream.unit("face", m)))
    return join([wrecks, people])


def _villages(place: Place) -> tuple[Place, ...]:
    """Three tiers of twelve terraced quarters, their backs to the drum."""
    found = []
    for tier, (radius, top) in enumerate(_TIERS):
        wide = 2.0 * 3.1416 * (radius - 110.0) / TERRACES * 0.96
        for i in range(TERRACES):
            f = np.array([(i + 0.5 + 0.31 * tier) / TERRACES % 1.0])
            # a village of form 2 climbs the wall at its +y: that side looks to the drum
            at = spokes(f)[0] * (radius - 56.0) + np.array([0.0, 0.0, top])
            found.append(turned(place, "village", TERRACES * tier + i, at, (wide, 106.0, 128.0), yaw((f + 0.25) % 1.0)[0], form=2))
    return tuple(found)


def _others(place: Place) -> tuple[Place, ...]:
    """The Builder that sleeps, and the gangway of the view."""
    size = (120.0, 7.0, 10.0)
    return (
        place.child("builder", 0, (820.0, 520.0, 14.0), (640.0, 640.0, 640.0), form=4),
        place.child("walkway", 0, (-150.0, -_OPEN + 320.0, 330.0 - deck_height(size)), size, quarter_turns=1, form=1),
    )
