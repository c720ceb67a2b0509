"""Towers hundreds of miles tall (canon S32): a shaft of drums or slabs that steps in as it rises, hooped with collars, spined
with pipes, propped by buttresses, crowned with needles (P78). One reads it at a thousand kilometres and from its foot.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geometry.angle import QUARTER_TURNS, rotate
from geometry.builders.copies import Room
from geometry.builders.hosts import hosts
from geometry.builders.replay import clad
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.drums import drum_towers
from geometry.rules.masses import (
    F64,
    I64,
    Walls,
    box_about,
    boxes,
    columns,
    concretes,
    form_of,
    light_of,
    partition,
    power,
    relief,
    shade,
    tints,
    twentieths,
    walls,
)
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec

CORE = 0.6
"""The width of the shaft at its foot, as a share of the box; what is left is for buttresses, collars and terraces."""
_HALF_FACET = 0.15838444032453627
"""tan of nine degrees: half a facet of a twenty-sided drum of radius 1."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Segments, collars, spines, buttresses, terraces, needles; blocks on the terraces and about the foot."""
    stream, light = place.stream, light_of(place.form)
    z, radius = _profile(stream, place)
    drums = stream.one("plan") < 0.6
    segments = _segments(stream, place, z, radius, drums, light)
    terraces, children = _terraces(place, z, radius, light)
    foot, more = _foot(place, light, len(children))
    groups = [
        segments,
        _built_on(place, terraces),
        _collars(stream, place, z, radius, drums, light),
        _spines(stream, place, z, radius, light),
        _buttresses(stream, place, radius, light),
        terraces,
        foot,
        _satellites(place, light),
        _needles(stream, place, z, radius, light),
        _facing(stream, place, z, radius, drums, light),
    ]
    return Growth(join(groups), (*children, *more))


def _profile(stream: Stream, place: Place) -> tuple[F64, F64]:
    """Joints (n + 1,) in metres up the shaft, and the radius (n,) of each segment: set-backs, never wider than below by much."""
    wide, _, tall = place.size
    n = 16 + int(stream.one("segments") * 14)
    z = partition(stream, "segments", n, spread=5) * 0.90 * tall
    step = 1.0 - 0.55 * (z[:-1] / (0.90 * tall)) * stream.between("taper", 1, 0.4, 1.0)
    radius = 0.5 * CORE * wide * step * stream.between("girth", n, 0.86, 1.0)
    return z, radius


def _segments(stream: Stream, place: Place, z: F64, radius: F64, drums: bool, light: float) -> Parts:
    n = len(radius)
    names = ("banded_drum", "drum", "prism", "banded_drum") if drums else ("chamfer", "box", "cross", "chamfer")
    solid = np.array([PROTOTYPE_IDS[name] for name in names])[stream.choice("solid", n, (50, 25, 10, 15))]
    middle = (z[:-1] + z[1:]) / 2
    size = columns([2 * radius, 2 * radius, z[1:] - z[:-1]])
    material = concretes(stream, n)
    core = parts(
        "drum",
        [[0.0, 0.0, 0.45 * place.size[2]]],
        (2 * radius.min() * 0.9, 2 * radius.min() * 0.9, 0.9 * place.size[2]),
        Material.DARK_STEEL,
        year=place.year,
    )
    look: dict[str, ArrayLike] = {
        "exposure": shade(light * stream.between("grime", n, 0.75, 1.0)),
        "tint": tints(stream, n),
        "year": place.year,
    }
    return join((core, parts(solid, columns([0.0, 0.0, middle]), size, material, **look)))


def _collars(stream: Stream, place: Place, z: F64, radius: F64, drums: bool, light: float) -> Parts:
    """Hoops at every joint and in threes between them."""
    each = 3
    n = len(radius) * each
    row = np.repeat(np.arange(len(radius)), each)
    at = z[row] + (z[row + 1] - z[row]) * np.where(np.arange(n) % each == 0, 0.0, stream.unit("hoop", n))
    out = radius[row] * np.where(np.arange(n) % each == 0, stream.between("out", n, 1.03, 1.22), 1.03)
    high = np.minimum(radius[row] * power(stream.unit("high", n), 0.03, 0.4), place.size[2] - at)
    size = columns([2 * out, 2 * out, high])
    solid = "drum" if drums else "chamfer"
    return parts(
        solid,
        columns([0.0, 0.0, at + high / 2]),
        size,
        Material.OLD_CONCRETE,
        exposure=shade(light * 0.8),
        tint=tints(stream, n),
        year=place.year,
    )


def _around(stream: Stream, name: str, n: int) -> tuple[F64, I64]:
    """n directions about the shaft in twentieths of a turn: (unit vectors (n, 3), steps)."""
    step = stream.whole(name, n, 0, 20)
    return rotate(twentieths(step), np.array([[0.0, -1.0, 0.0]])), step


def _spines(stream: Stream, place: Place, z: F64, radius: F64, light: float) -> Parts:
    """Bundles of pipes up the outside, past every collar."""
    n, tall = 48, place.size[2]
    way, _ = _around(stream, "spine", 8)
    bore = power(stream.unit("bore", n), 0.02, 0.09) * radius[0]
    foot = np.where(stream.unit("low", n) < 0.6, 0.0, 0.5 * stream.unit("foot", n)) * tall
    head = np.minimum(foot + tall * stream.between("head", n, 0.15, 0.9), 0.93 * tall)
    row = np.clip(np.searchsorted(z, (foot + head) / 2) - 1, 0, len(radius) - 1)
    out = way[np.arange(n) % 8] * (radius[row] * 1.02 + bore * 0.5)[:, None]
    side = rotate(QUARTER_TURNS["z"][1], way[np.arange(n) % 8]) * (stream.between("side", n, -0.12, 0.12) * radius[0])[:, None]
    where = out + side + columns([0.0, 0.0, (foot + head) / 2])
    return parts(
        "drum",
        where,
        columns([bore, bore, head - foot]),
        Material.DARK_STEEL,
        exposure=shade(light * 0.75),
        tint=tints(stream, n),
        year=place.year,
    )


def _buttresses(stream: Stream, place: Place, radius: F64, light: float) -> Parts:
    """Fins that lean on the foot, in steps; the highest reach an eighth of the way up."""
    fins, each = 10, 4
    step = np.repeat(np.arange(fins) * 2 + int(stream.one("fin turn") * 2), each)
    rank = np.tile(np.arange(each), fins)
    tall = np.repeat(power(stream.unit("fin tall", fins), 0.25, 1.0), each) * min(0.14 * place.size[2], 2.2 * place.size[0])
    reach = (0.96 * 0.5 * place.size[0] - 0.7 * radius[0]) * (1.0 - rank / each)
    high = tall * (0.25 + 0.75 * rank / (each - 1))
    wide = np.repeat(stream.between("fin wide", fins, 0.06, 0.12), each) * radius[0]
    start = 0.7 * radius[0]
    turns = twentieths(step)
    where = rotate(turns, columns([0.0, -(start + reach / 2), high / 2]))
    lit = shade(light * (0.55 + 0.1 * rank))
    return parts(
        "box",
        where,
        columns([wide, reach, high]),
        Material.CONCRETE,
        rotation=turns,
        exposure=lit,
        tint=tints(stream, len(rank)),
        year=place.year,
    )


def _terraces(place: Place, z: F64, radius: F64, light: float) -> tuple[Parts, list[Place]]:
    """Great boxes let into the shaft's four sides, some of them wings that stand far out; each is a `block`."""
    stream, n, (wide, _, tall) = place.stream.sub("terraces"), 26, place.size
    at = 0.04 * tall + 0.84 * tall * stream.unit("z", n)
    row = np.clip(np.searchsorted(z, at) - 1, 0, len(radius) - 1)
    r = radius[row]
    quarter = stream.whole("side", n, 0, 4)
    half = power(stream.unit("half", n), 0.14, 0.8) * r
    out = r * (1.0 + power(stream.unit("out", n), 0.12, 0.65))
    high = np.minimum(power(stream.unit("high", n), 0.3, 8.0) * r, 0.94 * tall - at)
    lean = stream.between("lean", n, -0.4, 0.4) * r
    low, top = columns([lean - half, -out, at]), columns([lean + half, -0.5 * r, at + high])
    limit = 0.46 * wide
    low[:, :2], top[:, :2] = np.maximum(low[:, :2], -limit), np.minimum(top[:, :2], limit)
    corners = [rotate(QUARTER_TURNS["z"][quarter], edge) for edge in (low, top)]
    low, top = np.minimum(*corners), np.maximum(*corners)
    drawn = boxes(low, top, Material.CONCRETE, exposure=shade(light * 0.92), tint=tints(stream, n), year=place.year)
    found = [place.child("block", i, *box_about(low[i], top[i]), form=form_of(0, light)) for i in range(n)]
    return drawn, found


def _built_on(place: Place, terraces: Parts) -> Parts:
    """What Builders added to the terraces from memory (canon S49)."""
    wide, _, tall = place.size
    room = Room(np.array([-wide / 2, -wide / 2, 0.0]), np.array([wide / 2, wide / 2, tall]))
    bodies = hosts(terraces.position, terraces.scale)
    return clad(place.stream.sub("clad"), bodies, epoch=place.epoch, detail=2, year=place.year, unit=0.004 * wide, budget=400, room=room)


def _foot(place: Place, light: float, first: int) -> tuple[Parts, list[Place]]:
    """Blocks about the foot, between the buttresses."""
    stream, wide, n = place.stream.sub("foot"), place.size[0], 16
    way, _ = _around(stream, "way", n)
    away = stream.between("away", n, 0.30, 0.44) * wide
    half = power(stream.unit("half", n), 0.006, 0.035) * wide
    high = half * power(stream.unit("high", n), 0.6, 5.0)
    centre = way * away[:, None]
    low = columns([centre[:, 0] - half, centre[:, 1] - half, 0.0])
    top = columns([centre[:, 0] + half, centre[:, 1] + half, high])
    limit = 0.47 * wide
    low[:, :2], top[:, :2] = np.maximum(low[:, :2], -limit), np.minimum(top[:, :2], limit)
    drawn = boxes(low, top, Material.CONCRETE, exposure=shade(light * 0.7), tint=tints(stream, n), year=place.year)
    return drawn, [place.child("block", first + i, *box_about(low[i], top[i]), form=form_of(0, light * 0.8)) for i in range(n)]


def _satellites(place: Place, light: float) -> Parts:
    """Thinner shafts that stand beside the great one, part of the way up, tied to it by struts."""
    stream, (wide, _, tall), n = place.stream.sub("satellites"), place.size, 4
    step = stream.whole("step", n, 0, 20)
    radius = stream.between("radius", n, 0.018, 0.05) * wide
    away = 0.47 * wide - 1.2 * radius
    where = rotate(twentieths(step), columns([0.0, -away, 0.0]))
    high = tall * power(stream.unit("high", n), 0.12, 0.9)
    lit = lambda z: np.full(len(z), 0.9 * light)
    shafts = [
        drum_towers(
            stream.sub("shaft", i), columns([where[i : i + 1, 0], where[i : i + 1, 1], radius[i]]), float(high[i]), lit, place.year
        )[0]
        for i in range(n)
    ]
    each = 7
    row = np.repeat(np.arange(n), each)
    z = high[row] * stream.between("strut", n * each, 0.05, 0.97)
    turns = twentieths(step[row])
    inner = 0.10 * wide
    middle = rotate(turns, columns([0.0, -(inner + away[row]) / 2, z]))
    deep = radius[row] * stream.between("deep", n * each, 0.15, 0.7)
    size = columns([radius[row] * 0.8, away[row] - inner, deep])
    struts = parts("box", middle, size, Material.MEGASTRUCTURE, rotation=turns, exposure=shade(0.8 * light), year=place.year)
    return join((*shafts, struts))


def _needles(stream: Stream, place: Place, z: F64, radius: F64, light: float) -> Parts:
    """The crown: a few thin spires, the middle one to the top of the box."""
    n, tall = 9, place.size[2]
    top = radius[-1]
    way, _ = _around(stream, "needle", n)
    away = np.where(np.arange(n) == 0, 0.0, stream.between("away", n, 0.3, 0.9)) * top
    high = np.where(np.arange(n) == 0, 1.0, stream.between("needle high", n, 0.2, 0.8)) * (tall - z[-1])
    bore = top * stream.between("needle bore", n, 0.08, 0.3)
    where = way * away[:, None] + columns([0.0, 0.0, z[-1] + high / 2])
    return parts("cone", where, columns([bore, bore, high]), Material.STEEL, exposure=shade(light), year=place.year)


def facets(z: F64, radius: F64, rows: I64, steps: I64, foot: float, head: float) -> Walls:
    """The facets of drums as walls: segment `rows` (k,), facet `steps` (k,) in twentieths of a turn."""
    turns = twentieths(steps)
    r = radius[rows]
    centre = rotate(turns, columns([np.zeros(len(r)), -r, (z[rows] + z[rows + 1]) / 2]))
    return walls(centre, turns, 2 * _HALF_FACET * r, z[rows + 1] - z[rows], foot, head)


def _facing(stream: Stream, place: Place, z: F64, radius: F64, drums: bool, light: float) -> Parts:
    """Panels and ribs on some facets of some segments; most of the shaft stays bare."""
    n = 70
    rows = stream.whole("facing row", n, 0, len(radius))
    steps = stream.whole("facing step", n, 0, 20 if drums else 4)
    if drums:
        on = facets(z, 0.985 * radius, rows, steps, 0.8 * light, light)
    else:
        r = 0.985 * radius[rows]
        turns = QUARTER_TURNS["z"][steps]
        on = walls(
            rotate(turns, columns([np.zeros(n), -r, (z[rows] + z[rows + 1]) / 2])),
            turns,
            1.5 * r,
            z[rows + 1] - z[rows],
            0.8 * light,
            light,
        )
    leaf = float(np.sqrt((on.width * on.height).sum() / 1400.0))
    return relief(
        stream.sub("facing"), on, depth=0.05 * float(radius[0]), leaf=leaf, levels=7, chaos=min(place.epoch / 10.0, 1.0), year=place.year
    ).parts
