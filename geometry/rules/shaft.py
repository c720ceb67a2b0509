"""Wells: shafts open upward for many floors (canon P92), ring galleries about them, members crossing at every depth, a drum core
and a spiral stair (P21). Variant 0 is round; the parent has drawn its outer wall, a tube.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geometry.angle import rotate
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.bridge import girders
from geometry.rules.drums import drum_towers
from geometry.rules.masses import F64, Triple, boxes, cables, columns, partition, power, relief, shade, sky, tints, twentieths
from geometry.rules.stair import HEAD
from geometry.rules.tower import facets
from geometry.rules.walkway import deck_height
from geometry.rules.wallwork import clusters
from geometry.spec import CitySpec

OUTER = 0.92
"""Width of the wall's outside as a share of the box's: what grew on it needs the rest."""
BORE = 0.40 * OUTER
"""Inner radius of the well as a share of the box's width: the bore of the prototype tube."""

_RELIEF = 0.05
"""How far masses stand out from the wall, as a share of the box's width."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """The wall and what grew on it, galleries, a core, bridges, cables, the spiral stair, and a place to stand on."""
    stream, (wide, _, tall) = place.stream, place.size
    wall = parts(
        "tube", [[0.0, 0.0, tall / 2]], (OUTER * wide, OUTER * wide, tall), Material.OLD_CONCRETE, exposure=shade(0.3), year=place.year
    )
    core, _ = drum_towers(stream.sub("core"), _core(place), 0.97 * tall, lambda z: _light(z, place), place.year)
    groups = [wall, core, _bands(stream, place), _galleries(stream, place), _members(place)]
    groups += [_ropes(place), _stair(place), _pipes(place), _corbel(place), _outside(place)]
    return Growth(join(groups), _children(place))


def _light(z: F64, place: Place) -> F64:
    return sky(place.size[2] - z, max(0.4 * place.size[2], 0.8 * place.size[0]))


def _core(place: Place) -> F64:
    """(1, 3): x, y and radius of the drum that stands in the well, off its middle."""
    bore = BORE * place.size[0]
    return np.array([[0.30 * bore, 0.12 * bore, 0.17 * bore]])


def _ledge(place: Place) -> tuple[float, float, float]:
    """(x, y, z) of the gangway's root, on a corbel that reaches past all that grew on the -y wall."""
    wide = place.size[0]
    return -0.16 * BORE * wide, (_RELIEF + 0.004 - BORE) * wide, 0.80 * place.size[2]


def viewpoint(place: Place) -> tuple[Triple, Triple]:
    """(eye, focus) in the place's metres: above the gangway, looking across and down the well."""
    x, y, z = _ledge(place)
    return (x + 5.0, y + 8.0, z + 38.0), (x + 0.06 * place.size[0], y + 0.26 * place.size[0], z - 0.24 * place.size[0])


def _bands(stream: Stream, place: Place) -> Parts:
    """Floors of unequal height; on every facet of each, masses that stand out into the well, and relief on the wall."""
    wide, _, tall = place.size
    n = int(min(max(tall / (0.16 * wide), 4), 16))
    z = partition(stream, "floors", n, spread=4) * tall
    rows, steps = np.repeat(np.arange(n), 20), np.tile(np.arange(20), n)
    light = _light((z[rows] + z[rows + 1]) / 2, place)
    on = facets(z, np.full(n, 0.995 * BORE * wide), rows, steps + 10, 0.0, 0.0)
    inward = type(on)(
        rotate(twentieths(steps), columns([0.0, 0.995 * BORE * wide, (z[rows] + z[rows + 1]) / 2])),
        twentieths(steps),
        on.width,
        on.height,
        light,
        light,
    )
    leaf = float(np.sqrt((on.width * on.height).sum() / 7000.0))
    return relief(
        stream.sub("wall"),
        inward,
        depth=_RELIEF * wide,
        leaf=leaf,
        levels=6,
        chaos=0.2 + 0.06 * place.epoch,
        year=place.year,
        weights=(14, 34, 22, 24, 6),
    ).parts


def _galleries(stream: Stream, place: Place) -> Parts:
    """Rings that run about the well, some broken."""
    wide, _, tall = place.size
    n = 14
    z = partition(stream, "galleries", n, spread=4)[:-1] * 0.97 * tall
    out = wide * stream.between("gallery", n, 0.004, 0.03)
    high = tall * stream.between("gallery high", n, 0.002, 0.008)
    bore = BORE * wide
    steps = np.tile(np.arange(20), n)
    ring = np.repeat(np.arange(n), 20)
    kept = stream.unit("broken", 20 * n) > 0.14
    turns = twentieths(steps[kept])
    ring = ring[kept]
    where = rotate(turns, columns([0.0, bore - out[ring] / 2, z[ring] + high[ring] / 2]))
    size = columns([2 * 0.1584 * bore, out[ring], high[ring]])
    lit = _light(z[ring], place) * 0.9
    look: dict[str, ArrayLike] = {"exposure": shade(lit), "tint": tints(stream, len(ring)), "year": place.year}
    return parts("box", where, size, Material.CONCRETE, rotation=turns, **look)


def _members(place: Place) -> Parts:
    """Girders from wall to wall and from wall to core, at every depth and in every direction."""
    stream, (wide, _, tall), n = place.stream.sub("members"), place.size, 40
    bore = BORE * wide
    a = stream.whole("from", n, 0, 20)
    b = a + stream.whole("to", n, 6, 15)
    z = ((np.arange(n) + stream.unit("z", n)) / n * 0.86 + 0.05) * tall
    # between the corners of the twenty-sided bore, let into its wall a little
    out = np.array([[0.0, -1.0, 0.0]])
    start, end = rotate(twentieths(a), out) * 1.03 * bore, rotate(twentieths(b), out) * 1.03 * bore
    core = _core(place)[0]
    to_core = stream.unit("core", n) < 0.4
    end = np.where(to_core[:, None], np.array([core[0], core[1], 0.0]), end)
    rise = np.where(to_core, stream.between("rise", n, -0.03, 0.03) * tall, 0.0)
    start, end = start + columns([0.0, 0.0, z]), end + columns([0.0, 0.0, z + rise])
    width = power(stream.unit("width", n), 0.006, 0.04) * wide
    return girders(stream, start, end, width, 0.8 * width, light=_light(z, place) * 0.85, year=place.year)


def _ropes(place: Place) -> Parts:
    stream, (wide, _, tall), n = place.stream.sub("ropes"), place.size, 36
    bore, out = BORE * wide, np.array([[0.0, -1.0, 0.0]])
    a = stream.whole("from", n, 0, 20)
    b = a + stream.whole("to", n, 5, 16)
    z = stream.between("z", n, 0.25, 0.95) * tall
    start = rotate(twentieths(a), out) * bore + columns([0.0, 0.0, z])
    end = rotate(twentieths(b), out) * bore + columns([0.0, 0.0, z + stream.between("dz", n, -0.04, 0.04) * tall])
    sag = power(stream.unit("sag", n), 0.01, 0.12) * min(wide, tall)
    return cables(start, end, sag, np.maximum(0.006 * sag, 0.22), light=0.3, year=place.year)


def _stair(place: Place) -> Parts:
    """The spiral about the core: flights from facet to facet, twenty a turn."""
    stream, tall = place.stream.sub("spiral"), place.size[2]
    x, y, radius = _core(place)[0]
    flight = 2 * 0.1584 * radius * 1.12
    n = int(min(0.9 * tall / (0.5 * flight), 240))
    step = np.arange(n)
    turns = twentieths(step)
    where = rotate(turns, columns([0.0, np.full(n, -1.08 * radius), 0.0])) + columns([x, y, 0.03 * tall + (step + 0.5) * 0.5 * flight])
    size = columns([np.full(n, 1.04 * flight), 0.09 * radius, 0.5 * flight])
    return parts(
        "stairs",
        where,
        size,
        Material.CONCRETE,
        rotation=turns,
        exposure=shade(_light(where[:, 2], place) * 0.8),
        tint=tints(stream, n),
        year=place.year,
    )


def _pipes(place: Place) -> Parts:
    """Pipes down the wall in bundles."""
    stream, (wide, _, tall), n = place.stream.sub("pipes"), place.size, 48
    bore = power(stream.unit("bore", n), 0.002, 0.014) * wide
    home = stream.whole("bundle", 9, 0, 20)[np.arange(n) % 9]
    side = stream.between("side", n, -0.4, 0.4) * 2 * 0.1584 * BORE * wide
    foot = np.where(stream.unit("low", n) < 0.5, 0.0, stream.unit("foot", n) * 0.6) * tall
    head = np.minimum(foot + stream.between("head", n, 0.2, 1.0) * tall, tall)
    where = rotate(twentieths(home), columns([side, -(0.985 * BORE * wide - bore), (foot + head) / 2]))
    return parts(
        "drum",
        where,
        columns([bore, bore, head - foot]),
        Material.DARK_STEEL,
        exposure=shade(_light((foot + head) / 2, place) * 0.7),
        tint=tints(stream, n),
        year=place.year,
    )


def _corbel(place: Place) -> Parts:
    """The block that carries the gangway of the view."""
    x, y, z = _ledge(place)
    half = 0.35 * (y + BORE * place.size[0]) + 4.0
    low, high = (x - half, -BORE * place.size[0], z - 2.2 * half), (x + half, y, z)
    light = float(_light(np.array([z]), place)[0])
    return boxes([low], [high], Material.OLD_CONCRETE, exposure=shade(0.9 * light), year=place.year)


def _children(place: Place) -> tuple[Place, ...]:
    """The gangway of the view, a stair that hangs beside its corbel, and a Builder at the foot of the core."""
    x, y, z = _ledge(place)
    long = 90.0
    size = (long, 9.0, 12.0)
    half = 0.35 * (y + BORE * place.size[0]) + 4.0
    drop = min(2.2 * half, 150.0)
    at, reach = _core(place)[0], 0.2 * place.size[0]
    tall = next((size for size in (1000.0, 50.0, 5.0) if size < 0.5 * reach), 0.3)
    return (
        place.child("walkway", 0, (x, y + long / 2 - 4.0, z - deck_height(size)), size, quarter_turns=1, form=1),
        place.child("stair", 0, (x + half + 4.0, y - 4.1, z - drop + HEAD), (8.0, 8.0, drop)),
        place.child("builder", 0, (float(at[0]), float(at[1] - at[2]) - tall, 0.0), (tall, tall, tall)),
    )


def _outside(place: Place) -> Parts:
    """What the well is to those who live beside it: a round cliff with hoops, fins and what grew on them."""
    stream, (wide, _, tall) = place.stream.sub("outside"), place.size
    n, apothem = 7, 0.5 * OUTER * wide
    z = partition(stream, "storeys", n, spread=4) * tall
    rows, steps = np.repeat(np.arange(n), 20), np.tile(np.arange(20), n)
    on = facets(z, np.full(n, apothem), rows, steps, 0.5, 0.85)
    leaf = float(np.sqrt((on.width * on.height).sum() / 1100.0))
    grown = relief(
        stream.sub("relief"), on, depth=0.03 * wide, leaf=leaf, levels=6, chaos=0.5, year=place.year, weights=(10, 46, 12, 30, 2)
    ).parts
    stuck = clusters(stream.sub("boxes"), on, stream.whole("walls", 50, 0, len(on)), 0.038 * wide, each=7, year=place.year)
    mantle, hoops = 1.004 * OUTER * wide, 6
    size = columns([mantle + 0.03 * wide * stream.unit("hoop", hoops), tall * stream.between("hoop high", hoops, 0.004, 0.02)])
    at = tall * stream.between("hoop at", hoops, 0.05, 0.95)
    rings = parts("tube", columns([0.0, 0.0, at]), size[:, [0, 0, 1]], Material.CONCRETE, exposure=shade(0.7), year=place.year)
    skin = parts(
        "tube", [[0.0, 0.0, 0.4985 * tall]], (mantle, mantle, 0.997 * tall), Material.OLD_CONCRETE, exposure=shade(0.62), year=place.year
    )
    return join((skin, rings, grown, stuck, _fins(stream, apothem, wide, tall, place.year)))


def _fins(stream: Stream, apothem: float, wide: float, tall: float, year: float) -> Parts:
    """Buttresses up the outside, in steps; some reach the rim."""
    n = 26
    turns = twentieths(stream.whole("fin", n, 0, 20))
    high = np.minimum(power(stream.unit("fin high", n), 0.15, 1.4), 0.99) * tall
    out = stream.between("fin out", n, 0.4, 1.0) * 0.036 * wide
    side = stream.between("fin side", n, -0.12, 0.12) * wide * 0.5
    where = rotate(turns, columns([side, -(apothem + out / 2 - 0.004 * wide), high / 2]))
    size = columns([stream.between("fin wide", n, 0.006, 0.03) * wide, out + 0.008 * wide, high])
    return parts("box", where, size, Material.CONCRETE, rotation=turns, exposure=shade(0.66), tint=tints(stream, n), year=year)
