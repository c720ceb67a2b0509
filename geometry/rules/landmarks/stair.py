"""The stair of three thousand kilometres: a spiral in a great well, steps for human feet all the way (canon P21).

`form` says how far down the tree a length of it is: 0 the whole well, then lengths of 120 km, of 5 km, and of 250 m with the steps.
"""

from __future__ import annotations

import numpy as np

from geometry.angle import multiply, turn
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.furnish import Kit, cables, inside, kit_of, points, spokes, yaw
from geometry.rules.masses import power, shade, tints
from geometry.rules.walkway import deck_height
from geometry.spec import CitySpec

BORE = 420.0
"""Inner radius of the well, metres: a choice."""
RADIUS, _STEP_WIDE, _PILLAR = 20.0, 3.4, 9.0
"""Radius of the stair (canon sheet: 20 m, a choice), width of its steps, radius of the pillar that it winds about; metres."""
_AT = (-130.0, 60.0)
"""Where in the well the stair stands, off its middle."""
PIECES = (25, 24, 20)
"""Into how many lengths the whole, and each shorter length, parts."""
_FLIGHT = 12
_RISE, _RUN = 0.17, 0.29
HEADING = 0.62
"""Fraction of a turn at which a length's lowest step stands."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """A length of the well, and the shorter lengths it is made of, one above the other."""
    level = place.form
    made = [_wall(place, level)]
    if level == 0:
        made.append(_outside(place))
    if level >= 1:
        made += [_galleries(place, level), _pillar(place, level)]
    if level == 3:
        kit = kit_of(place, 60, spec)
        made += [_flights(kit, place), _struts(kit, place), _bays(place)]
    return Growth(inside(place.size, join(made)), _lengths(place, level) if level < len(PIECES) else _stops(place))


def _lengths(place: Place, level: int) -> tuple[Place, ...]:
    x, y, z = place.size
    n = PIECES[level]
    return tuple(place.child("spiral-stair", i, (0.0, 0.0, i * z / n), (x, y, z / n), form=level + 1) for i in range(n))


def _light(place: Place) -> float:
    """A well this deep has its own light: lamps on its galleries."""
    return 0.34


def _wall(place: Place, level: int) -> Parts:
    """The well's wall as staves: a prototype's ring has too few sides for a person beside it. The finer the nearer to the middle."""
    sides, z = 40, place.size[2]
    f = np.arange(sides) / sides
    r = BORE + (14.0, 9.0, 4.5, 0.0)[level]
    thick = 12.0 if level else 60.0
    stream = place.stream.sub("staves")
    at = spokes(f) * (r + thick / 2) + points(0, 0, z / 2)
    jut = 0.0 if level < 3 else np.round(stream.unit("jut", sides) * 3.0)[:, None] * spokes(f)
    size = points(thick, 2.0 * 3.1416 * (r + thick) / sides * 1.02, z)
    stuff = np.where(stream.unit("of", sides) < 0.6, Material.OLD_CONCRETE, Material.CONCRETE)
    return parts(
        "box", at + jut, size, stuff, rotation=yaw(f), exposure=shade(0.8 * _light(place)), tint=tints(stream, sides), year=place.year
    )


def _outside(place: Place) -> Parts:
    """What the well is to those outside: a thread from floor to the void's upper dark, with hoops and fins."""
    stream, z, n = place.stream.sub("outside"), place.size[2], 60
    at = z * stream.between("at", n, 0.01, 0.99)
    wide = 2.0 * (BORE + 90.0) * stream.between("wide", n, 1.05, 1.22)
    hoops = parts(
        "tube",
        points(0, 0, at),
        np.stack([wide, wide, power(stream.unit("high", n), 300.0, 9000.0)], axis=-1),
        Material.OLD_CONCRETE,
        exposure=150,
        year=place.year,
    )
    k = 12
    f = np.arange(k) / k
    fins = parts(
        "box",
        spokes(f) * (BORE + 110.0) + points(0, 0, z / 2),
        points(90.0, 60.0, z),
        Material.MEGASTRUCTURE,
        rotation=yaw(f),
        exposure=150,
        year=place.year,
    )
    return join([hoops, fins])


def _galleries(place: Place, level: int) -> Parts:
    """Ledges all round with lamps under them: one every 5 km seen from afar, one every 250 m near."""
    pitch = {1: 5000.0, 2: 250.0, 3: 250.0}[level]
    stream, n = place.stream.sub("galleries"), max(1, round(place.size[2] / pitch))
    z = (np.arange(n) + (0.5 if level == 3 else 0.0)) * place.size[2] / n + (60.0 if level < 3 else 0.0)
    sides = 40
    k, side = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(sides), indexing="ij"))
    f = (side + 0.5) / sides
    out, deep = (16.0, 9.0) if level == 3 else (22.0, 14.0)
    kept = stream.unit("kept", len(k)) > (0.12 if level == 3 else 0.0)
    at = spokes(f) * (BORE - out / 2) + points(0, 0, z[k])
    size = points(out, 2.0 * 3.1416 * BORE / sides, deep)
    ledges = parts(
        "box",
        at[kept],
        size,
        Material.CONCRETE,
        rotation=yaw(f[kept]),
        exposure=shade(1.2 * _light(place)),
        tint=tints(stream, int(kept.sum())),
        year=place.year,
    )
    lit = stream.unit("lit", len(k)) < (0.5 if level == 3 else 0.42)
    m = int(lit.sum())
    lamp = spokes(f[lit]) * (BORE - out * 0.9) + points(0, 0, z[k][lit] - deep / 2 - 0.4)
    long = 0.5 * 2.0 * 3.1416 * BORE / sides * stream.between("long", len(k), 0.3, 1.0)[lit]
    stuff = np.where(stream.unit("warm", len(k))[lit] < 0.06, Material.WARM_LIGHT, Material.COLD_LIGHT)
    lamps = parts(
        "box",
        lamp,
        np.stack([np.full(m, 1.2), long, np.full(m, 0.8)], axis=-1),
        stuff,
        rotation=yaw(f[lit]),
        exposure=255,
        tint=tints(stream, m),
        year=place.year,
    )
    return join([ledges, lamps])


def _pillar(place: Place, level: int) -> Parts:
    """The pillar that the stair winds about."""
    z, r = place.size[2], _PILLAR - (0.0, 0.3, 0.15, 0.0)[level]
    return parts("drum", [[*_AT, z / 2]], (2 * r, 2 * r, z), Material.CONCRETE, exposure=shade(1.1 * _light(place)), year=place.year)


def _flights(kit: Kit, place: Place) -> Parts:
    """The steps, flight by flight, rails on their outer side, and the pillar's bands."""
    z = place.size[2]
    rise, run = _FLIGHT * _RISE, _FLIGHT * _RUN
    n = int(z / rise)
    rise = z / n
    middle = RADIUS - _STEP_WIDE / 2
    f = (np.arange(n) * (run / (6.2831853 * middle)) + HEADING) % 1.0
    centre = np.array([*_AT, 0.0])
    at = centre + spokes(f) * middle + points(0, 0, (np.arange(n) + 0.5) * rise)
    turns = yaw((f + 0.25) % 1.0)
    flights = kit.solid("stairs", at, (run * 1.06, _STEP_WIDE, rise), Material.CONCRETE, turns)
    under = kit.solid(
        "box",
        at - points(0, 0, rise * 0.42),
        (run * 1.12, _STEP_WIDE * 0.96, 0.5),
        Material.OLD_CONCRETE,
        multiply(turns, turn("y", -np.full(n, rise / run / 2.35))),
    )
    a, b = f - run / (12.566 * middle), f + run / (12.566 * middle)
    edge = [centre + spokes(g % 1.0) * (RADIUS - 0.15) + points(0, 0, (np.arange(n) + s) * rise + 0.1) for g, s in ((a, 0.0), (b, 1.0))]
    keep = kit.stream.unit("rail", n) > 0.07
    bars = [kit.bar(edge[0][keep] + [0, 0, h], edge[1][keep] + [0, 0, h], 0.07, 0.07, Material.DARK_STEEL) for h in (0.55, 1.05)]
    posts = kit.solid("box", edge[0][keep] + [0, 0, 0.5], (0.08, 0.08, 1.1), Material.DARK_STEEL)
    arms = spokes(f[::3]) * ((_PILLAR + middle) / 2) + centre + points(0, 0, (np.arange(n)[::3] + 0.5) * rise - 0.7)
    brackets = kit.solid("beam", arms, (middle - _PILLAR + 1.0, 0.7, 0.9), Material.STEEL, yaw(f[::3]))
    bands = kit.solid(
        "drum", points(_AT[0], _AT[1], np.arange(4) * z / 4 + 20.0), (2 * _PILLAR + 1.4, 2 * _PILLAR + 1.4, 5.0), Material.OLD_CONCRETE
    )
    lamps = kit.solid(
        "box",
        centre + spokes(f[4::9]) * (_PILLAR + 0.35) + points(0, 0, (np.arange(n)[4::9] + 0.5) * rise + 2.6),
        (0.3, 0.9, 0.35),
        Material.COLD_LIGHT,
        yaw(f[4::9]),
    )
    return join([flights, under, *bars, posts, brackets, bands, lamps])


def _struts(kit: Kit, place: Place) -> Parts:
    """Members that hold the pillar to the wall, and cables between."""
    n, z = 3, place.size[2]
    f = (kit.stream.unit("strut", n) + np.arange(n) / n) % 1.0
    high = (np.arange(n) + 0.5) / n * z * 0.9 + 8.0
    end = spokes(f) * (BORE + 4.0) + points(0, 0, high + kit.stream.between("pitch", n, -18.0, 18.0))
    start = points(_AT[0], _AT[1], high)
    beams = kit.bar(start, end, 5.0, 7.0, Material.OLD_CONCRETE)
    m = 5
    g = kit.stream.unit("rope", m)
    ropes = cables(
        kit, start[np.arange(m) % n], spokes(g) * BORE + points(0, 0, z * kit.stream.between("rope z", m, 0.3, 0.95)), 30.0, 0.22
    )
    return join([beams, ropes])


def _bays(place: Place) -> Parts:
    """Piers, boxes and pipes on the wall."""
    stream, n = place.stream.sub("bays"), 120
    f, z = stream.unit("f", n), stream.between("z", n, 0.02, 0.9) * place.size[2]
    out = power(stream.unit("out", n), 1.5, 16.0)
    wide = power(stream.unit("wide", n), 2.0, 26.0)
    high = np.minimum(power(stream.unit("high", n), 3.0, 90.0), place.size[2] - z)
    at = spokes(f) * (BORE - out / 2 + 1.0)[:, None] + points(0, 0, z + high / 2)
    stuff = np.array([Material.OLD_CONCRETE, Material.CONCRETE, Material.DARK_STEEL, Material.DWELLING])[
        stream.choice("of", n, [4, 3, 3, 1])
    ]
    return parts(
        "box",
        at,
        np.stack([out, wide, high], axis=-1),
        stuff,
        rotation=yaw(f),
        exposure=shade(_light(place)),
        tint=tints(stream, n),
        year=place.year,
    )


def _stops(place: Place) -> tuple[Place, ...]:
    """A gangway off the stair into the void of the well, one to a length, and whoever stands on it."""
    if place.stream.one("stop") > 0.34 and place.address.steps[-1][1] != 9:
        return ()
    size = (64.0, 6.0, 9.0)
    x, y = _AT[0] + _PILLAR + size[0] / 2 - 1.0, _AT[1]
    return (place.child("walkway", 0, (x, y, 0.62 * place.size[2] - deck_height(size)), size, form=1),)
