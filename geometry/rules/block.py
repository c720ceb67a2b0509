"""Blocks: the slab blocks of the residential kind (canon S31), and anything else that is a box with a life on its sides.

The parent has drawn the block's core (`masses.core`); unfolding adds ledges, ribs, bays, buttresses, dwellings and roof
machinery in the margin about it, and smaller blocks that do the same on the bays, down to a few metres.
Variant: bits of the sides that are open (`masses.LEFT` ...), 0 for all.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geometry.builders.copies import Room
from geometry.builders.hosts import hosts
from geometry.builders.replay import clad
from geometry.builders.turns import TOP
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules import terrace
from geometry.rules.builder import SIZES
from geometry.rules.keepout import clear, stacked
from geometry.rules.masses import (
    ALL_SIDES,
    BACK,
    F64,
    FRONT,
    LEFT,
    RIGHT,
    Relief,
    Walls,
    box_about,
    boxes,
    columns,
    core,
    form_of,
    lay,
    light_of,
    margin,
    partition,
    power,
    relief,
    shade,
    sides,
    tints,
    variant_of,
    wall_light,
)
from geometry.rules.ways import apart, landing, mouths, rooms_of, within, without
from geometry.rules.ways_plan import OPENED, ways_of
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec

_PANELS = 320
_BUILT = 240
_BAYS = 40
_SMALLEST_BAY = 14.0
_LARGEST_LAMP = 2.5
"""Metres: what a memory of a lamp has grown beyond is a wall of windows; lamps as large as houses drown the void in glare."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Relief on the open sides, ledges about it, machinery on the roof; bays become smaller blocks, halls lie within."""
    stream, m = place.stream, margin(place.size)
    low, high = core(place.size)
    form = place.form & (OPENED - 1)
    mask = variant_of(form) or ALL_SIDES
    light, chaos = light_of(form), min(place.epoch / 10.0, 1.0)
    ways = ways_of(place)
    kept = rooms_of(ways) if ways else []
    on = sides(low[None], high[None], mask, 0.7 * light, light)
    leaf = max(float(np.sqrt((on.width * on.height).sum() / (2 * _PANELS))), 0.8)
    grown = relief(stream.sub("relief"), on, depth=0.8 * m, leaf=leaf, levels=9, chaos=chaos, year=place.year)
    near = max(place.size) < 150.0
    groups = [
        grown.parts,
        _built_on(place, low, high, mask, light),
        _ledges(stream, low, high, mask, m, light, place.year),
        _ribs(stream, on, m, place.year),
        _roof(stream, low, high, m, light, place.year),
        _lamps(stream, on, m, place.year),
    ]
    if near:
        groups.append(_fittings(stream, on, m, light, place.year))
    bays = apart(_bays(place, on, grown, light), place, kept)
    on_top = _on_top(place, low, high, m, light)
    made = clear(join(groups), *stacked(kept + [terrace.room_of(place, child) for child in on_top if child.kind == "terrace"]))
    if ways is None:
        return Growth(made, (*bays, *on_top))
    own = join([landing(place, spec.figure_height_m, ways), mouths(place, ways)])
    return Growth(join([made, own]), (*bays, *within(place, ways), *without(place, ways), *on_top))


def _built_on(place: Place, low: F64, high: F64, mask: int, light: float) -> Parts:
    """What Builders added to the core from memory (canon S49), inside the box."""
    half = np.array([place.size[0] / 2, place.size[1] / 2, 0.0])
    room = Room(-half, np.array([half[0], half[1], place.size[2]]))
    open_faces = sum(bit for bit, side in ((1, RIGHT), (2, LEFT), (4, BACK), (8, FRONT)) if mask & side) | TOP
    body = hosts(((low + high) / 2)[None], (high - low)[None], faces=open_faces)
    unit = max(0.25 * margin(place.size), 0.4)
    grown = clad(place.stream.sub("clad"), body, epoch=place.epoch, detail=3, year=place.year, unit=unit, budget=_BUILT, room=room)
    lit = np.isin(grown.material, (Material.COLD_LIGHT, Material.WARM_LIGHT)) & (np.median(grown.scale, axis=1) > _LARGEST_LAMP)
    material = np.where(lit, np.uint8(Material.DWELLING), grown.material)
    return replace(grown, exposure=shade(grown.exposure * (light / 255.0)), material=material)


def _grown(low: F64, high: F64, mask: int, out: F64) -> tuple[F64, F64]:
    """The core's plan pushed out on its open sides: x0, y0 (n, 2) and x1, y1 (n, 2)."""
    minus = np.array([bool(mask & LEFT), bool(mask & FRONT)])
    plus = np.array([bool(mask & RIGHT), bool(mask & BACK)])
    return low[:2] - out[:, None] * minus, high[:2] + out[:, None] * plus


def _ledges(stream: Stream, low: F64, high: F64, mask: int, m: float, light: float, year: float) -> Parts:
    """Floors that stand out all round: the bands by which the height can be counted."""
    n = 2 + int(stream.one("ledges") * 6)
    z = partition(stream, "ledge", n, spread=9)[1:-1] * (high[2] - low[2]) * 0.97
    n = len(z)
    near, far = _grown(low, high, mask, m * stream.between("ledge out", n, 0.1, 0.9))
    thick = m * stream.between("ledge thick", n, 0.05, 0.35)
    material = np.where(stream.unit("ledge of", n) < 0.7, Material.CONCRETE, Material.OLD_CONCRETE)
    return boxes(np.c_[near, z], np.c_[far, z + thick], material, exposure=shade(light * 0.9), tint=tints(stream, n), year=year)


def _ribs(stream: Stream, on: Walls, m: float, year: float) -> Parts:
    """On one wall in three, buttresses from foot to head or part of the way."""
    chosen = np.flatnonzero(stream.unit("ribbed", len(on)) < 0.4)
    count = stream.whole("rib count", len(on), 3, 14)[chosen]
    wall = np.repeat(chosen, count)
    step = np.arange(len(wall)) - np.repeat(np.cumsum(count) - count, count)
    n = len(wall)
    if n == 0:
        return join(())
    share = (step + 0.5) / count[np.searchsorted(chosen, wall)] - 0.5
    begin = stream.between("rib from", len(on), -0.5, 0.1)[wall]
    end = np.minimum(begin + stream.between("rib long", len(on), 0.3, 1.1)[wall], 0.5)
    half = stream.between("rib wide", len(on), 0.06, 0.3)[wall] * m
    out = stream.between("rib out", len(on), 0.3, 0.95)[wall] * m
    x = share * (on.width[wall] - 2 * half)
    tall = on.height[wall]
    centre, size, rotation = lay(on, wall, columns([x - half, -0.1 * m, begin * tall]), columns([x + half, out, end * tall]))
    light = wall_light(on, wall, (begin + end) / 2 * tall)
    return parts("box", centre, size, Material.CONCRETE, rotation=rotation, exposure=shade(light), tint=tints(stream, n), year=year)


def _roof(stream: Stream, low: F64, high: F64, m: float, light: float, year: float) -> Parts:
    """Machine houses, tanks, fans and masts, all small beside the roof."""
    n = 10 + int(stream.one("roof") * 16)
    span = high[:2] - low[:2]
    half = np.minimum(
        power(stream.unit("roof half", n), 0.25, 3.0)[:, None] * m * (0.5 + columns([stream.unit("rx", n), stream.unit("ry", n)])),
        0.2 * span,
    )
    at = columns([stream.unit("roof x", n), stream.unit("roof y", n)])
    middle = low[:2] + half + at * (span - 2 * half)
    tall = np.minimum(power(stream.unit("roof tall", n), 0.3, 1.8), 1.8) * m
    slim = stream.unit("mast", n) < 0.25
    half = np.where(slim[:, None], 0.04 * m, half)
    tall = np.where(slim, 1.9 * m, tall)
    solid = np.where(slim, 0, stream.choice("roof solid", n, (60, 12, 0, 0, 14)))
    top = np.full(n, high[2])
    material = np.array([Material.CONCRETE, Material.STEEL, Material.OLD_CONCRETE, Material.DARK_STEEL])[stream.whole("roof of", n, 0, 4)]
    return boxes(
        np.c_[middle - half, top],
        np.c_[middle + half, top + tall],
        material,
        solid=solid,
        exposure=shade(light),
        tint=tints(stream, n),
        year=year,
    )


def _lamps(stream: Stream, on: Walls, m: float, year: float) -> Parts:
    """A few small lights; most of the City is dark."""
    n = 1 + int(stream.one("lamps") * 5)
    wall = stream.whole("lamp wall", n, 0, len(on))
    u, v = (stream.between(axis, n, -0.46, 0.46) for axis in ("lamp u", "lamp v"))
    side = float(min(max(0.02 * m, 0.12), 1.2))
    x, z = u * on.width[wall], v * on.height[wall]
    low = columns([x - side, 0.9 * m - side, z - side / 2])
    centre, size, rotation = lay(on, wall, low, low + np.array([2 * side, side, side]))
    arm, reach, _ = lay(on, wall, columns([x - 0.2 * side, 0.0, z + side / 2]), columns([x + 0.2 * side, 0.9 * m, z + 0.8 * side]))
    material = np.where(stream.unit("lamp of", n) < 0.6, Material.COLD_LIGHT, Material.WARM_LIGHT)
    lights = parts("box", centre, size, material, rotation=rotation, tint=tints(stream, n), year=year)
    return join((lights, parts("box", arm, reach, Material.DARK_STEEL, rotation=rotation, exposure=90, year=year)))


def _fittings(stream: Stream, on: Walls, m: float, light: float, year: float) -> Parts:
    """What hands and feet use: ladders, rails along a ledge, pipes down the wall."""
    n = 10
    wall = stream.whole("fit wall", n, 0, len(on))
    solid = stream.choice("fit", n, (4, 3, 3))
    x = stream.between("fit x", n, -0.45, 0.45) * on.width[wall]
    begin, end = stream.between("fit from", n, -0.5, 0.0), stream.between("fit to", n, 0.1, 0.5)
    wide = np.minimum(np.array([0.3, 0.12, 0.2])[solid], 0.05 * on.width[wall])
    out = np.minimum(0.25, 0.5 * m)
    tall = on.height[wall]
    centre, size, rotation = lay(on, wall, columns([x - wide, 0.1 * out, begin * tall]), columns([x + wide, out, end * tall]))
    kinds = np.array([PROTOTYPE_IDS[name] for name in ("ladder", "drum", "box")])[solid]
    material = np.array([Material.DARK_STEEL, Material.RUST, Material.STEEL])[solid]
    return parts(kinds, centre, size, material, rotation=rotation, exposure=shade(light * 0.7), tint=tints(stream, n), year=year)


def _bays(place: Place, on: Walls, grown: Relief, light: float) -> list[Place]:
    """The largest bays, each a block of its own; the side against the wall stays shut."""
    at, out = grown.bays, grown.bay_depth
    if len(at) == 0:
        return []
    joint = 0.1 * at.size.min(axis=1)
    low = columns([at.low[:, 0] + joint, np.zeros(len(at)), at.low[:, 1] + joint])
    high = columns([at.high[:, 0] - joint, 0.92 * out, at.high[:, 1] - joint])
    centre, size, rotation = lay(on, at.wall, low, high)
    sideways = np.abs(rotation[:, 0] * rotation[:, 3]) > 0.4
    size = np.where(sideways[:, None], size[:, [1, 0, 2]], size)
    lit = wall_light(on, at.wall, (at.low[:, 1] + at.high[:, 1]) / 2)
    largest = np.argsort(-(size[:, 2] * size[:, :2].max(axis=1)), kind="stable")[:_BAYS]
    found = []
    for row in largest:
        if size[row].max() < _SMALLEST_BAY or size[row].min() < 1.5:
            continue
        offset, box = box_about(centre[row] - size[row] / 2, centre[row] + size[row] / 2)
        found.append(place.child("block", int(row), offset, box, form=form_of(ALL_SIDES & ~_shut(rotation[row]), float(lit[row]))))
    return found


def _shut(rotation: F64) -> int:
    """The side of a bay that stands against a wall whose axes are `rotation`."""
    w, z = float(rotation[0]), float(rotation[3])
    if abs(w * z) > 0.4:
        return LEFT if w * z > 0 else RIGHT
    return BACK if abs(w) > 0.5 else FRONT


def _on_top(place: Place, low: F64, high: F64, m: float, light: float) -> list[Place]:
    """A terrace where the parent wants one; now and then a Builder on the roof of others."""
    made = terrace.plant(place, place.form, low, high, 1.98 * m, light)
    if made is not None:
        return [made]
    there = place.epoch > 1.0 and 2 * m > SIZES[1] and place.stream.one("builder") < 0.3
    return [_on_the_roof(place, high - low, high, m)] if there else []


def _on_the_roof(place: Place, span: F64, high: F64, m: float) -> Place:
    """A Builder of the largest class that the margin over the roof holds, near an edge."""
    tall = max(size for size in SIZES[:3] if size <= 2 * m)
    at = place.stream.between("builder at", 2, -0.5, 0.5) * np.maximum(span[:2] - 1.2 * tall, 0.0)
    turns = int(place.stream.whole("builder faces", 1, 0, 4)[0])
    return place.child("builder", 0, (float(at[0]), float(at[1]), float(high[2])), (tall, tall, tall), quarter_turns=turns)
