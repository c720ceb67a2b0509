"""Plateworks: what the Megastructure itself carries on a wide floor: kerbs about its shafts, arteries, colonnades, pylons.

A void seen from within is as wide as the eye reaches, and districts are far below a pixel: these are what tells its size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.key import Stream
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join, parts
from geometry.rules.idioms import Idiom
from geometry.rules.reach import TRUNK_LEVELS
from geometry.shell import Mask
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
SLENDER = 0.078
"""Least height of a void, in parts of a cell's breadth, at which masses stand in the cell: in a wider one they would be paving."""
FARTHEST = 0.012
"""The same for what little is seen of a void a hundred times as wide as it is high."""
_COLUMNS = 10
_QUARTER = np.array([0.7071067811865476, 0.0, 0.0, 0.7071067811865476])
_AHEAD = np.array([1.0, 0.0, 0.0, 0.0])


def middles(n: int, breadth: float) -> F64:
    """(n,) metres: the middles of the squares along a side of a plot."""
    return ((np.arange(n) + 0.5) / n - 0.5) * breadth


def kerbs(
    stream: Stream, idiom: Idiom, open_: Mask, breadth: float, ground: float, section: tuple[float, float], lit: float = 0.5
) -> Parts:
    """A parapet on each whole square beside a hole, a lamp on it, and here and there a mast: a shaft is seen from afar by its rim.

    `ground` is the height of the floor, `section` the thickness and the height of the parapet, metres; `lit` of the squares have a lamp."""
    thick, high = section
    if not open_.any():
        return EMPTY
    n, found = len(open_), []
    padded = np.pad(open_, 1)
    middle, step = middles(n, breadth), breadth / n
    for turn, (di, dj) in enumerate(((1, 0), (-1, 0), (0, 1), (0, -1))):
        i, j = np.nonzero(~open_ & padded[1 + di : n + 1 + di, 1 + dj : n + 1 + dj])
        off = 0.5 * (step - thick)
        found.append(np.stack([middle[i] + di * off, middle[j] + dj * off, np.full(len(i), turn // 2)], axis=-1))
    edge = np.concatenate(found)
    k, across = len(edge), edge[:, 2] == 0
    rise = high * (0.55 + 0.45 * stream.unit("kerb", k))
    where = np.c_[edge[:, :2], ground + rise / 2]
    size = np.c_[np.where(across, thick, step), np.where(across, step, thick), rise]
    shines = stream.unit("kerb lamp", k) < lit
    over = where[shines] + np.c_[np.zeros((int(shines.sum()), 2)), rise[shines] * 0.5]
    lamp = size[shines] * np.where(across[shines, None], [0.25, 0.5, 0.0], [0.5, 0.25, 0.0]) + [0.0, 0.0, 0.12 * high]
    masts = stream.unit("kerb mast", k) < 0.22
    foot, tall = where[masts], rise[masts] * (2.0 + 4.0 * stream.unit("mast", k)[masts])
    foot[:, 2] = ground + tall / 2
    pier = np.c_[np.full((len(foot), 2), 1.7 * thick), tall]
    return join(
        [
            parts("box", where, size, Material.MEGASTRUCTURE, exposure=150, tint=stream.bits("kerb tone", k) % np.uint64(256)),
            parts("box", over, lamp, idiom.light, exposure=255, tint=stream.bits("kerb tint", k)[shines] % np.uint64(256)),
            parts(idiom.pier, foot, pier, Material.DARK_STEEL, exposure=150),
        ]
    )


def arteries(stream: Stream, idiom: Idiom, open_: Mask, breadth: float, thick: float, lit: float = 0.25) -> Parts:
    """Lines along two borders of a cell and through it, which go on in its neighbours, broken where a hole is or Builders took a length
    away; with lamps along some lengths (`lit`, a share).
    `thick` is their height, metres."""
    n = len(open_)
    step, middle, at = breadth / n, middles(n, breadth), np.array([0, n // 2 - 1])
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(n), at, indexing="ij"))
    side = (at / n - 0.5) * breadth
    kept = []
    for columns, rows in ((i, j), (j, i)):
        before = (columns, np.maximum(rows - 1, 0)) if columns is i else (np.maximum(columns - 1, 0), rows)
        kept.append(~open_[columns, rows] & ~open_[before])
    along, line = np.tile(middle[i], 2), np.tile(side[np.searchsorted(at, j)], 2)
    first = np.repeat([True, False], len(i))
    minor = np.tile(j > 0, 2)
    there = np.concatenate(kept) & (stream.unit("artery", 2 * len(i)) >= np.where(minor, 0.35, 0.04))
    high = np.where(minor, 0.6, 1.0) * thick
    where = np.stack([np.where(first, along, line), np.where(first, line, along), high / 2], axis=-1)[there]
    size = np.stack([np.full(len(high), step * 1.001), 1.5 * high, high], axis=-1)[there]
    turn = np.where(first[there, None], _AHEAD, _QUARTER)
    solid = np.where(minor[there], PROTOTYPE_IDS[idiom.spine], PROTOTYPE_IDS[idiom.ridge])
    shines = stream.unit("artery lamp", len(first))[there] < lit
    lamp = where[shines] + np.c_[np.zeros((int(shines.sum()), 2)), 0.53 * size[shines, 2]]
    return join(
        [
            parts(
                solid,
                where,
                size,
                Material.CONCRETE,
                rotation=turn,
                exposure=190,
                tint=stream.bits("artery tone", len(where)) % np.uint64(256),
            ),
            parts("box", lamp, size[shines] * [0.4, 0.12, 0.1], idiom.light, rotation=turn[shines], exposure=255),
        ]
    )


def colonnade(stream: Stream, idiom: Idiom, open_: Mask, breadth: float, height: float) -> Parts:
    """Columns from floor to plate in a cell too wide for its masses to be seen: a void of them to the horizon."""
    if not FARTHEST <= height / breadth < SLENDER:
        return EMPTY
    n = len(open_)
    spot = np.argsort(stream.bits("colonnade", n * n), kind="stable")[:_COLUMNS]
    i, j = spot // n, spot % n
    whole = ~open_[i, j]
    middle, k = middles(n, breadth), int(whole.sum())
    wide = height * stream.between("girth", _COLUMNS, 0.07, 0.2)[whole]
    foot = np.stack([middle[i[whole]], middle[j[whole]], np.zeros(k)], axis=-1)
    levels = np.array([[1.0, 1.0, 1.0, 0.5], [1.7, 1.7, 0.07, 0.035], [1.9, 1.9, 0.09, 0.955], [1.25, 1.25, 0.05, 0.4]])
    size = np.c_[wide, wide, np.full(k, height)][:, None] * levels[None, :, :3]
    where = np.repeat(foot, len(levels), axis=0)
    where[:, 2] = np.tile(levels[:, 3] * height, k)
    solid = np.tile([PROTOTYPE_IDS[name] for name in ("drum", "chamfer", "frustum", idiom.pier)], k)
    turned = np.tile([False, False, True, False], k)
    over = np.where(turned[:, None], np.array([0.0, 1.0, 0.0, 0.0]), _AHEAD)  # a capital is a foot overturned
    return parts(solid, where, size.reshape(-1, 3), Material.MEGASTRUCTURE, rotation=over, exposure=150)


def aqueducts(stream: Stream, idiom: Idiom, open_: Mask, breadth: float, height: float) -> Parts:
    """Trunk lines of a layer, high over its districts on piers a hundred miles apart: tubes and girders that cross at two levels."""
    n, groups = len(open_), []
    step, middle = breadth / n, middles(n, breadth)
    for axis, (deep, high) in enumerate(zip((0.055, 0.04), TRUNK_LEVELS, strict=True)):
        number = int(stream.whole(f"aqueduct {axis}", 1, 1, n)[0])
        line, deep, high = np.full(n, middle[number] - 0.5 * step), min(deep * step, 0.05 * height), high * height
        beside = open_ if axis == 0 else open_.T
        shaft = beside[:, number - 1] | beside[:, number]  # nothing spans a shaft: ways go down it
        kept = (stream.unit(f"aqueduct length {axis}", n) > 0.12) & ~shaft
        where = np.stack([middle, line, np.full(n, high)] if axis == 0 else [line, middle, np.full(n, high)], axis=-1)[kept]
        turn = _AHEAD if axis == 0 else _QUARTER
        name, k = ("pipe", idiom.spine)[axis], len(where)
        groups.append(parts(name, where, np.tile([step * 1.001, 1.2 * deep, deep], (k, 1)), Material.STEEL, rotation=turn, exposure=190))
        pier = where * [1.0, 1.0, 0.5]
        wide = np.full((k, 2), 0.5 * deep)
        groups.append(parts("cross", pier, np.c_[wide, np.full(k, high)], Material.MEGASTRUCTURE, exposure=160))
        groups.append(parts("chamfer", where, np.c_[4.0 * wide, np.full(k, 1.5 * deep)], Material.CONCRETE, exposure=180))
        lit = np.flatnonzero(stream.unit(f"aqueduct lamp {axis}", n)[kept] < 0.35)
        lamp = where[lit] + [0.0, 0.0, -0.8 * deep]
        groups.append(parts("box", lamp, np.tile([0.8 * deep, 0.8 * deep, 0.12 * deep], (len(lit), 1)), idiom.light, exposure=255))
    return join(groups)


def _needles(stream: Stream, idiom: Idiom, spots: F64, step: float, height: float) -> Parts:
    """Here and there a tower of hundreds of miles (canon S32) on corners (n, 2) between districts, hooped, with a light at the top."""
    count = int(stream.whole("needles", 1, 0, 6)[0]) // 2
    at = spots[np.argsort(stream.bits("needle", len(spots)), kind="stable")[:count]]
    k = len(at)
    tall = np.minimum(step * stream.between("needle height", 2, 3.0, 18.0), 0.7 * height)[:k]
    wide = np.full(k, 0.13 * step) * (0.5 + stream.unit("needle girth", 2)[:k])
    rise = np.array([0.5, 0.3, 0.62, 0.86, 1.0])
    girth, high = np.array([1.0, 1.35, 1.5, 1.3, 0.5]), np.array([1.0, 0.02, 0.035, 0.015, 0.004])
    where = np.concatenate([np.repeat(at, 5, axis=0), (rise * tall[:, None]).reshape(-1, 1)], axis=1)
    size = np.stack([(girth * wide[:, None]).ravel(), (girth * wide[:, None]).ravel(), (high * tall[:, None]).ravel()], axis=-1)
    solid = np.tile([PROTOTYPE_IDS[name] for name in ("prism", "drum", "ring", "drum", "prism")], k)
    stuff = np.tile([int(Material.MEGASTRUCTURE)] * 4 + [int(idiom.light)], k)
    return parts(solid, where, size, stuff, exposure=170) if k else EMPTY


def pylons(stream: Stream, idiom: Idiom, open_: Mask, breadth: float, height: float) -> Parts:
    """What stands between the districts of a tile, where their corners meet: pylons with the viaducts they bear, and a light on some."""
    n = len(open_)
    step, inner = breadth / n, np.arange(1, n)
    i, j = (grid.ravel() for grid in np.meshgrid(inner, inner, indexing="ij"))
    free = ~(open_[i - 1, j - 1] | open_[i, j - 1] | open_[i - 1, j] | open_[i, j])
    draw, own = stream.unit("pylon", len(i)), stream.unit("pylon height", len(i))
    there = free & (draw < 0.4)
    x, y = (i[there] / n - 0.5) * breadth, (j[there] / n - 0.5) * breadth
    tall = np.minimum(step * (0.10 + 1.3 * own[there] ** 4), 0.8 * height)
    wide = np.minimum(0.03 * step, 0.12 * tall)
    k = len(x)
    body = parts("prism", np.c_[x, y, tall / 2], np.c_[wide, wide, tall], Material.DARK_STEEL, exposure=170)
    collar = parts("chamfer", np.c_[x, y, 0.8 * tall], np.c_[1.25 * wide, 1.25 * wide, 0.04 * tall], Material.CONCRETE, exposure=190)
    lit = stream.unit("pylon lamp", len(i))[there] < 0.4
    light = parts("box", np.c_[x, y, 1.003 * tall][lit], np.c_[wide, wide, 0.12 * wide][lit] * [0.6, 0.6, 1.0], idiom.light, exposure=255)
    corners = np.stack([(i[free] / n - 0.5) * breadth, (j[free] / n - 0.5) * breadth], axis=-1)
    spans = join([_viaducts(stream, idiom, free.reshape(n - 1, n - 1), breadth, n), _needles(stream, idiom, corners, step, height)])
    return join([body, collar, light, spans]) if k else spans


def _viaducts(stream: Stream, idiom: Idiom, free: NDArray[np.bool_], breadth: float, n: int) -> Parts:
    """Spans along the streets between two corners where the floor is whole: every third or so."""
    step, found = breadth / n, []
    for axis in (0, 1):
        both = free[:-1] & free[1:] if axis == 0 else free[:, :-1] & free[:, 1:]
        there = both & (stream.unit(f"viaduct {axis}", both.size).reshape(both.shape) < 0.35)
        i, j = np.nonzero(there)
        x, y = i + 1.0 + 0.5 * (axis == 0), j + 1.0 + 0.5 * (axis == 1)
        where = np.stack([(x / n - 0.5) * breadth, (y / n - 0.5) * breadth, np.full(len(i), 0.055 * step)], axis=-1)
        size = np.tile([step, 0.022 * step, 0.03 * step], (len(i), 1))
        found.append(parts(idiom.spine, where, size, Material.STEEL, rotation=_AHEAD if axis == 0 else _QUARTER, exposure=190))
    return join(found)
