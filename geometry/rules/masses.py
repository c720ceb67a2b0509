"""Masses: what the rules from a district down to a block share. Boxes, power-law sizes, walls and the relief that grows on them.

A wall is a rectangle one can build on, with its own axes: x along it, -y out of it, z up it (so ribbed prototypes face outward).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.angle import QUARTER_TURNS, multiply, rotate, tan_eighths, turn
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, parts
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Triple = tuple[float, float, float]

LEFT, RIGHT, FRONT, BACK = 1, 2, 4, 8
"""Bits of the sides of a box: -x, +x, -y, +y."""
ALL_SIDES = LEFT | RIGHT | FRONT | BACK
_SIDE_TURNS = ((LEFT, 3, 0, -1.0), (RIGHT, 1, 0, 1.0), (FRONT, 0, 1, -1.0), (BACK, 2, 1, 1.0))
_LIGHTS = 15


def form_of(variant: int, light: float) -> int:
    """A child's form: a variant 0-15, and how much light its parent found there, 0 to 1."""
    return variant + 16 * (1 + int(min(max(light, 0.0), 1.0) * _LIGHTS))


def forms_of(variant: ArrayLike, light: F64) -> list[int]:
    """`form_of` for many children: variants and light (n,)."""
    found: list[int] = (np.asarray(variant) + 16 * (1 + (np.clip(light, 0.0, 1.0) * _LIGHTS).astype(np.int64))).tolist()
    return found


def variant_of(form: int) -> int:
    """The variant in a form."""
    return form % 16


def light_of(form: int) -> float:
    """The light in a form, 0 to 1; 0.85 where the parent said nothing."""
    return (form // 16 - 1) / _LIGHTS if form >= 16 else 0.85


def power(u: ArrayLike, low: float, high: float) -> F64:
    """Sizes in [low, high) with as many per doubling less as they are larger (Pareto, exponent 1), from uniform draws."""
    return np.asarray(low / (1.0 - np.asarray(u, dtype=np.float64) * (1.0 - low / high)))


def partition(stream: Stream, purpose: str, n: int, *, spread: int = 6) -> F64:
    """n + 1 rising cuts from 0 to 1; pieces differ up to `spread` times, small ones being common. Integer sums only."""
    weights = (power(stream.unit(purpose, n), 1.0, float(spread)) * 1024.0).astype(np.int64)
    steps = np.concatenate([np.zeros(1, np.int64), np.cumsum(weights)])
    return np.asarray(steps / steps[-1], dtype=np.float64)


def partitions(stream: Stream, purposes: Sequence[str], count: I64, *, spread: int = 6) -> F64:
    """`partition` for many purposes at once, `count` (k,) pieces each, the same bits: their cuts one after the other."""
    weights = (power(stream.units(purposes, int(count.max())), 1.0, float(spread)) * 1024.0).astype(np.int64)
    steps = np.cumsum(np.pad(weights, ((0, 0), (1, 0))), axis=1)
    whole = steps[np.arange(len(count)), count]
    return np.asarray((steps / whole[:, None])[np.arange(steps.shape[1]) <= count[:, None]])


def sky(depth: ArrayLike, width: float) -> F64:
    """Share of the ceiling seen from a wall `depth` metres below the rim of a void `width` metres across, 0.18 to 1."""
    d = np.maximum(np.asarray(depth, dtype=np.float64), 0.0)
    return np.asarray(0.18 + 0.82 * (1.0 - d / np.sqrt(d * d + width * width)))


def shade(light: ArrayLike) -> NDArray[np.uint8]:
    """Light 0 to 1 as `Parts.exposure`."""
    return (np.clip(np.asarray(light, dtype=np.float64), 0.0, 1.0) * 255.0).astype(np.uint8)


def tints(stream: Stream, n: int) -> I64:
    """n hashed variations for `Parts.tint`."""
    return stream.whole("tint", n, 0, 256)


def concretes(stream: Stream, n: int) -> I64:
    """n materials of great masses: mostly concrete."""
    return np.array([_C, _C, _O, _M])[stream.whole("of", n, 0, 4)]


def boxes(
    low: ArrayLike, high: ArrayLike, material: ArrayLike = Material.CONCRETE, *, solid: ArrayLike = "box", **look: ArrayLike
) -> Parts:
    """Upright solids between corners low and high (n, 3); `look` goes to `parts`."""
    a, b = np.atleast_2d(np.asarray(low, dtype=np.float64)), np.atleast_2d(np.asarray(high, dtype=np.float64))
    return parts(solid, (a + b) / 2, b - a, material, **look)


def columns(stack: list[ArrayLike]) -> F64:
    """Broadcast columns side by side: (n, len(stack))."""
    arrays = [np.asarray(column) for column in stack]
    shapes = {array.shape for array in arrays} - {()}
    result = np.empty((*(shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)), len(arrays)))
    for i, array in enumerate(arrays):  # np.stack checks more than small arrays are worth
        result[..., i] = array
    return result


def spans(start: F64, end: F64) -> tuple[F64, F64, F64]:
    """Parts that run along x, laid from start (n, 3) to end (n, 3): (centres, lengths (n,), rotations (n, 4))."""
    way = end - start
    flat = np.sqrt(way[:, 0] * way[:, 0] + way[:, 1] * way[:, 1])
    length = np.sqrt(flat * flat + way[:, 2] * way[:, 2])
    back = way[:, 0] < 0
    # half-angle tangents; directions with x < 0 are measured from -x, so the divisor never vanishes
    heading = way[:, 1] / np.maximum(flat + np.abs(way[:, 0]), 1e-9) * np.where(back, -1.0, 1.0)
    pitch = -way[:, 2] / np.maximum(length + flat, 1e-9)
    about_z = np.where(back[:, None], multiply(QUARTER_TURNS["z"][2], turn("z", heading)), turn("z", heading))
    return (start + end) / 2, length, multiply(about_z, turn("y", pitch))


def cables(start: F64, end: F64, sag: ArrayLike, thick: ArrayLike, *, light: ArrayLike = 0.5, year: float = 0.0) -> Parts:
    """Ropes hanging from start (n, 3) to end (n, 3), `sag` metres deep (canon P94, P95)."""
    centre, length, rotation = spans(start, end)
    drop = np.broadcast_to(np.asarray(sag, dtype=np.float64), length.shape)
    # the prototype hangs from the top of its unit cube
    middle = centre + rotate(rotation, columns([np.zeros_like(drop), np.zeros_like(drop), -drop / 2]))
    size = columns([length, np.asarray(thick), drop])
    return parts("cable", middle, size, Material.CABLE, rotation=rotation, exposure=shade(light), year=year)


def twentieths(steps: ArrayLike) -> F64:
    """Rotations (n, 4) about z by `steps` twentieths of a whole turn: the facets of a drum."""
    k = np.asarray(steps, dtype=np.int64) % 20
    return multiply(QUARTER_TURNS["z"][k // 5], turn("z", tan_eighths((k % 5) / 5.0)))


@dataclass(frozen=True, slots=True)
class Walls:
    """n rectangles one can build on."""

    centre: F64
    """(n, 3) metres, in the place's frame."""
    rotation: F64
    """(n, 4) own axes to the place's."""
    width: F64
    """(n,) metres."""
    height: F64
    """(n,) metres."""
    foot: F64
    """(n,) light at the lower edge, 0 to 1."""
    head: F64
    """(n,) light at the upper edge."""

    def __len__(self) -> int:
        return len(self.width)

    def __getitem__(self, index: NDArray[np.bool_] | I64 | slice) -> Walls:
        return Walls(*(getattr(self, field.name)[index] for field in fields(self)))


def walls(centre: ArrayLike, rotation: ArrayLike, width: ArrayLike, height: ArrayLike, foot: ArrayLike, head: ArrayLike) -> Walls:
    """Walls from anything that broadcasts."""
    where = np.atleast_2d(np.asarray(centre, dtype=np.float64))
    n = len(where)
    turns = np.broadcast_to(np.asarray(rotation, dtype=np.float64), (n, 4))
    wide, tall, low, high = (np.broadcast_to(np.asarray(value, dtype=np.float64), (n,)) for value in (width, height, foot, head))
    return Walls(where, turns, wide, tall, low, high)


def sides(low: F64, high: F64, mask: ArrayLike, foot: ArrayLike, head: ArrayLike) -> Walls:
    """The upright sides of boxes (n, 3) that `mask` (n,) opens, side by side."""
    n = len(low)
    bits = np.broadcast_to(np.asarray(mask, dtype=np.int64), (n,))
    lights = [np.broadcast_to(np.asarray(value, dtype=np.float64), (n,)) for value in (foot, head)]
    middle, size = (low + high) / 2, high - low
    found = []
    for bit, quarter, axis, sign in _SIDE_TURNS:
        rows = np.flatnonzero(bits & bit)
        centre = middle[rows].copy()
        centre[:, axis] += sign * size[rows, axis] / 2
        found.append(walls(centre, QUARTER_TURNS["z"][quarter], size[rows, 1 - axis], size[rows, 2], lights[0][rows], lights[1][rows]))
    return Walls(*(np.concatenate([getattr(group, field.name) for group in found]) for field in fields(Walls)))


@dataclass(frozen=True, slots=True)
class Panels:
    """k rectangles on walls, in the wall's own metres from its middle."""

    wall: I64
    low: F64
    """(k, 2)."""
    high: F64
    """(k, 2)."""
    group: I64
    """(k,) which larger panel it was split from: neighbours share a character."""

    def __len__(self) -> int:
        return len(self.wall)

    def __getitem__(self, index: NDArray[np.bool_] | I64 | slice) -> Panels:
        return Panels(self.wall[index], self.low[index], self.high[index], self.group[index])

    @property
    def size(self) -> F64:
        """(k, 2) metres."""
        return self.high - self.low


def split(stream: Stream, on: Walls, *, leaf: float, levels: int, chaos: float, group_level: int = 3) -> Panels:
    """Split walls again and again across their longer edge, down to `leaf` metres; one panel in eight rests early, so sizes
    follow a power law. Order halves, chaos cuts anywhere."""
    half = columns([on.width, on.height]) / 2
    wall, low, high = np.arange(len(on)), -half, half
    group, resting = wall.copy(), np.zeros(len(on), bool)
    for level in range(levels):
        n = len(wall)
        if level == group_level:
            group = np.arange(n)
        size = high - low
        resting = resting | ((stream.unit(f"rest {level}", n) < 0.12) & (level >= group_level))
        cut = np.flatnonzero((size.max(axis=1) > 2.0 * leaf) & ~resting)
        axis = (size[cut, 1] > size[cut, 0]).astype(np.int64)
        ratio = 0.5 + (stream.unit(f"ratio {level}", n)[cut] - 0.5) * (0.1 + 0.5 * chaos)
        at = low[cut, axis] + ratio * size[cut, axis]
        upper_low = low[cut].copy()
        upper_low[np.arange(len(cut)), axis] = at
        upper_high = high[cut].copy()
        high = high.copy()
        high[cut, axis] = at
        wall, group, resting = (np.concatenate([column, column[cut]]) for column in (wall, group, resting))
        low, high = np.concatenate([low, upper_low]), np.concatenate([high, upper_high])
    return Panels(wall, low, high, group)


def lay(on: Walls, wall: I64, low: F64, high: F64) -> tuple[F64, F64, F64]:
    """Boxes in walls' own metres (k, 3), y being how far they stand out, as (centre, size along own axes, rotation)."""
    rotation = on.rotation[wall]
    middle = (low + high) / 2
    out = columns([middle[:, 0], -middle[:, 1], middle[:, 2]])
    return on.centre[wall] + rotate(rotation, out), high - low, rotation


def wall_light(on: Walls, wall: I64, up: F64) -> F64:
    """Light at height `up` (k,) from the wall's middle."""
    share = np.clip(up / on.height[wall] + 0.5, 0.0, 1.0)
    return np.asarray(on.foot[wall] + share * (on.head[wall] - on.foot[wall]))


NOTHING = 255
_IDS = np.array([NOTHING] + [PROTOTYPE_IDS[name] for name in ("box", "grille", "louvre", "frame", "stack", "chamfer", "drum")])
_STYLES = np.cumsum(
    [  # nothing, box, grille, louvre, frame, stack, chamfer, drum
        [78, 14, 3, 1, 4, 0, 0, 0],  # blank
        [30, 42, 8, 8, 10, 0, 2, 0],  # panelled
        [12, 46, 4, 14, 6, 4, 8, 6],  # machinery
        [14, 50, 0, 10, 0, 26, 0, 0],  # dwellings
        [24, 4, 56, 16, 0, 0, 0, 0],  # ribbed
    ],
    axis=1,
)
_C, _O, _M, _S, _D, _W = (
    Material.CONCRETE, Material.OLD_CONCRETE, Material.MEGASTRUCTURE, Material.STEEL, Material.DARK_STEEL, Material.DWELLING
)  # fmt: skip
_STYLE_MATERIALS = np.array(
    [
        [_C, _C, _O, _C, _M, _C, _O, _C],
        [_C, _C, _O, _M, _C, _O, _C, _D],
        [_S, _D, _O, _D, _S, _O, _C, _O],
        [_W, _W, _W, _O, _W, _W, _W, _C],
        [_C, _O, _M, _C, _C, _O, _C, _O],
    ]
)
BLANK, PANELLED, MACHINERY, DWELLINGS, RIBBED = range(5)


@dataclass(frozen=True, slots=True)
class Relief:
    """What grew on walls."""

    parts: Parts
    bays: Panels
    """The larger panels that stand out enough to carry relief of their own."""
    bay_depth: F64
    """How far each bay stands out, metres."""


def relief(
    stream: Stream,
    on: Walls,
    *,
    depth: float,
    leaf: float,
    levels: int,
    chaos: float,
    year: float,
    weights: ArrayLike = (20, 28, 20, 18, 14),
) -> Relief:
    """Panels, ribs, machines and dwellings on walls, standing out up to `depth` metres: clusters beside blank wall.

    `weights` are those of the five styles (blank, panelled, machinery, dwellings, ribbed), one drawn for each group of panels.
    """
    found = split(stream, on, leaf=leaf, levels=levels, chaos=chaos)
    groups = int(found.group.max()) + 1 if len(found) else 0
    style = stream.choice("style", groups, weights)[found.group]
    n = len(found)
    pick = (stream.whole("solid", n, 0, 100)[:, None] >= _STYLES[style]).sum(axis=1)
    stands = stream.unit("stands", n)
    out = np.minimum(depth * (0.06 + 0.94 * stands * stands), 0.6 * found.size.min(axis=1) + 0.1 * depth)
    material = _STYLE_MATERIALS[style, stream.whole("material", n, 0, 8)]
    kept = np.flatnonzero(pick > 0)
    grown = _raised(stream, on, found[kept], out[kept], _IDS[pick[kept]], material[kept], year)
    bay = (pick == 1) & (found.size.min(axis=1) > 2.0 * leaf)
    return Relief(grown, found[bay], out[bay])


def _raised(stream: Stream, on: Walls, at: Panels, out: F64, solid: I64, material: I64, year: float) -> Parts:
    """One solid a panel, a joint's width inside its edges."""
    n = len(at)
    joint = at.size.min(axis=1) * stream.between("joint", n, 0.01, 0.16)
    low = columns([at.low[:, 0] + joint, np.zeros(n) - 0.02 * out, at.low[:, 1] + joint])
    high = columns([at.high[:, 0] - joint, out, at.high[:, 1] - joint])
    centre, size, rotation = lay(on, at.wall, low, high)
    light = wall_light(on, at.wall, (at.low[:, 1] + at.high[:, 1]) / 2) * stream.between("grime", n, 0.72, 1.0)
    return parts(solid, centre, size, material, rotation=rotation, exposure=shade(light), tint=tints(stream, n), year=year)


MARGIN = 0.075
"""Share of a block's smallest edge that its relief may stand out."""


def margin(size: Triple) -> float:
    """How far a block's relief may stand out from its core, metres."""
    return MARGIN * min(size)


def core(size: Triple) -> tuple[F64, F64]:
    """Corners of a block's core in its own frame: what its parent draws. The relief grows in what is left of the box."""
    m = margin(size)
    return np.array([m - size[0] / 2, m - size[1] / 2, 0.0]), np.array([size[0] / 2 - m, size[1] / 2 - m, size[2] - 2 * m])


def box_about(low: F64, high: F64) -> tuple[Triple, Triple]:
    """(offset, size) of the block whose core spans low to high: the inverse of `core`."""
    x, y, z = (float(value) for value in high - low)
    # m = MARGIN * (edge + 2m) of the smallest edge
    m = MARGIN * min(x, y, z) / (1.0 - 2.0 * MARGIN)
    offset = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2, float(low[2]))
    return offset, (x + 2 * m, y + 2 * m, z + 2 * m)


def perches(low: F64, high: F64, size: float, limit: F64) -> I64:
    """Rows of masses on whose top a cube of `size` metres finds room under the sky, clear of every other mass and within `limit`."""
    middle, half = (low + high)[:, :2] / 2, size / 2
    a = np.c_[middle - half, high[:, 2] + 0.01 * size]
    b = np.c_[middle + half, high[:, 2] + size]
    fits = ((high - low)[:, :2] > size).all(axis=1) & (b <= limit).all(axis=1) & (a >= -limit).all(axis=1)
    rows = np.flatnonzero(fits)
    met = np.ones((len(rows), len(low)), dtype=bool)
    for axis in range(3):
        met &= (a[rows, axis, None] < high[:, axis]) & (b[rows, axis, None] > low[:, axis])
    return np.asarray(rows[~met.any(axis=1)])
