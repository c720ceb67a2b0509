"""What people and Builders hung on great walls: shelves with rails and clutter, clusters of boxes, runs of conduit.

All of it is given in a wall's own metres (`masses.lay`), so that it serves the walls of canyons and wells alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.rules.masses import F64, I64, Walls, columns, lay, power, shade, tints, wall_light
from geometry.solids import PROTOTYPE_IDS

_C, _O, _M, _S, _D, _W, _R = (
    Material.CONCRETE, Material.OLD_CONCRETE, Material.MEGASTRUCTURE, Material.STEEL, Material.DARK_STEEL, Material.DWELLING,
    Material.RUST,
)  # fmt: skip
_STUFF = np.array([_C, _C, _O, _S, _D, _W, _R, _C])
_BOXES = np.array([_C, _O, _C, _W, _M, _W, _D, _C])
_SOLIDS = np.array([PROTOTYPE_IDS[name] for name in (*["box"] * 9, "stack", "louvre", "grille", "chamfer", "frame")])
_CLUTTER, _CORBELS, _FENCE = 14, 9, 10
"""Boxes, brackets and lengths of rail on a shelf."""


def _put(on: Walls, wall: I64, low: Sequence[ArrayLike], high: Sequence[ArrayLike], material: ArrayLike, *, solid: ArrayLike = "box",
         dim: F64 | float = 1.0, tint: ArrayLike = 128, year: float) -> Parts:  # fmt: skip
    """Solids between corners in walls' own metres: along, out, up."""
    a, b = columns(list(low)), columns(list(high))
    centre, size, rotation = lay(on, wall, a, b)
    light = wall_light(on, wall, (a[:, 2] + b[:, 2]) / 2) * dim
    return parts(solid, centre, size, material, rotation=rotation, exposure=shade(light), tint=tint, year=year)


def shelves(stream: Stream, on: Walls, wall: I64, up: F64, out: F64, *, year: float) -> Parts:
    """Ledges that stand `out` (n,) metres from walls `wall` (n,) at `up` metres from their middle: brackets below, a rail along the
    edge, and what was stored on them."""
    n = len(wall)
    if n == 0:
        return join(())
    run = np.minimum(on.width[wall] * stream.between("run", n, 0.25, 0.9), 26.0 * out)
    x = stream.between("at", n, -0.5, 0.5) * (on.width[wall] - run)
    thick = 0.1 * out + 0.25
    up = np.maximum(up, 0.55 * out + thick - on.height[wall] / 2)
    slab = _put(on, wall, [x - run / 2, -0.1 * out, up - thick], [x + run / 2, out, up], _C, tint=tints(stream, n), year=year)
    lip = _put(on, wall, [x - run / 2, out - 0.3 * thick, up - 1.7 * thick], [x + run / 2, out + 0.05 * out, up + 0.1], _O, year=year)
    spot = columns([x, run, up, thick, out])
    return join((slab, lip, _brackets(on, wall, spot, year), _fence(stream, on, wall, spot, year), _clutter(stream, on, wall, spot, year)))


def _brackets(on: Walls, wall: I64, spot: F64, year: float) -> Parts:
    row, step = np.repeat(np.arange(len(wall)), _CORBELS), np.tile(np.arange(_CORBELS), len(wall))
    x, run, up, thick, out = spot[row].T
    at, half = x + ((step + 0.5) / _CORBELS - 0.5) * run, 0.07 * out + 0.1
    low, high = [at - half, -0.1 * out, up - thick - 0.4 * out], [at + half, 0.86 * out, up - 0.5 * thick]
    return _put(on, wall[row], low, high, _O, dim=0.55, year=year)


def _fence(stream: Stream, on: Walls, wall: I64, spot: F64, year: float) -> Parts:
    """Rails along the edge, a length missing here and there, and lamps on them."""
    row, step = np.repeat(np.arange(len(wall)), _FENCE), np.tile(np.arange(_FENCE), len(wall))
    kept = stream.unit("fence", len(row)) < 0.85
    row, step = row[kept], step[kept]
    x, run, up, _, out = spot[row].T
    long, tall = run / _FENCE, np.minimum(1.2, 0.3 * out)
    at = x + (step + 0.5) * long - run / 2
    low, high = [at - long / 2, 0.93 * out, up], [at + long / 2, 0.93 * out + 0.08, up + tall]
    rails = _put(on, wall[row], low, high, _D, solid="rail", dim=0.7, year=year)
    lit = np.flatnonzero(stream.unit("lamp", len(wall)) < 0.45)
    x, run, up, thick, out = spot[lit].T
    at, half = x + stream.between("lamp at", len(wall), -0.45, 0.45)[lit] * run, np.minimum(0.03 * out + 0.1, 0.8)
    stuff = np.where(stream.unit("warm", len(wall))[lit] < 0.6, Material.WARM_LIGHT, Material.COLD_LIGHT)
    lamps = _put(
        on, wall[lit], [at - half, 0.3 * out, up - thick - half], [at + half, 0.3 * out + half, up - 0.9 * thick], stuff, year=year
    )
    return join((rails, lamps))


def _clutter(stream: Stream, on: Walls, wall: I64, spot: F64, year: float) -> Parts:
    """Boxes, tanks and sheds, crowded about two places of each shelf."""
    n = len(wall) * _CLUTTER
    row = np.repeat(np.arange(len(wall)), _CLUTTER)
    x, run, up, _, out = spot[row].T
    long = power(stream.unit("long", n), 0.08, 0.7) * out
    deep, tall = long * stream.between("deep", n, 0.5, 1.1), long * stream.between("tall", n, 0.4, 1.9)
    deep = np.minimum(deep, 0.8 * out)
    home = stream.between("home", 2 * len(wall), -0.42, 0.42)[2 * row + (np.arange(n) % 2)]
    at = x + np.clip(home + stream.between("shift", n, -0.16, 0.16), -0.46, 0.46) * (run - 2 * long)
    foot = stream.between("foot", n, 0.0, 0.9) * (0.9 * out - deep)
    low, high = [at - long / 2, foot, up - 0.02 * out], [at + long / 2, foot + deep, up + tall]
    return _put(on, wall[row], low, high, _STUFF[stream.whole("of", n, 0, 8)], dim=0.85, tint=tints(stream, n), year=year)


def clusters(stream: Stream, on: Walls, wall: I64, size: float, *, each: int, year: float) -> Parts:
    """Boxes of up to `size` metres stuck to walls in clusters, `each` about one point of every wall in `wall` (n,): larger ones carry
    smaller ones, so that they climb out of the wall."""
    n = len(wall) * each
    row, step = np.repeat(np.arange(len(wall)), each), np.tile(np.arange(each), len(wall))
    at = wall[row]
    wide, high = on.width[at], on.height[at]
    long = np.minimum(power(stream.unit("long", n), 0.12, 1.0) * size, 0.5 * wide)
    tall = np.minimum(long * power(stream.unit("tall", n), 0.4, 3.2), 0.5 * high)
    out = np.minimum(long, tall) * stream.between("out", n, 0.15, 0.9)
    reach = 1.6 * size * (0.2 + 0.8 * step / each)
    x0, z0 = (stream.between(f"home {axis}", len(wall), -0.45, 0.45)[row] for axis in "xz")
    shift = columns([stream.between("dx", n, -1.0, 1.0), stream.between("dz", n, -1.6, 1.6)]) * reach[:, None]
    x = np.clip(x0 * wide + shift[:, 0], (long - wide) / 2, (wide - long) / 2)
    z = np.clip(z0 * high + shift[:, 1], (tall - high) / 2, (high - tall) / 2)
    solid, stuff = _SOLIDS[stream.whole("solid", n, 0, len(_SOLIDS))], _BOXES[stream.whole("of", n, 0, len(_BOXES))]
    low, top = [x - long / 2, -0.05 * out, z - tall / 2], [x + long / 2, out, z + tall / 2]
    return _put(on, at, low, top, stuff, solid=solid, dim=stream.between("grime", n, 0.7, 1.0), tint=tints(stream, n), year=year)


def conduits(stream: Stream, on: Walls, wall: I64, bore: float, *, year: float) -> Parts:
    """Bundles of pipes up or along walls, each in its brackets: one bundle for every wall in `wall` (n,), pipes up to `bore` metres."""
    each, n = 5, len(wall)
    if n == 0:
        return join(())
    upright = stream.unit("upright", n) < 0.6
    span = np.where(upright, on.height[wall], on.width[wall])
    across = np.where(upright, on.width[wall], on.height[wall])
    begin = -span / 2 * np.where(stream.unit("whole", n) < 0.5, 1.0, stream.unit("from", n))
    end = span / 2 * np.where(stream.unit("through", n) < 0.5, 1.0, stream.unit("to", n))
    home = stream.between("home", n, -0.45, 0.45) * across
    row = np.repeat(np.arange(n), each)
    thick = power(stream.unit("bore", n * each), 0.2, 1.0) * bore
    at = np.clip(home[row] + (np.tile(np.arange(each), n) - 2.0) * 1.3 * bore, -0.49 * across[row], 0.49 * across[row])
    made = _bars(on, wall[row], upright[row], begin[row], end[row], at, thick / 2, 0.25 * thick, _D, "box", stream, year)
    straps = 6
    row = np.repeat(np.arange(n), straps)
    where = begin[row] + (np.tile(np.arange(straps), n) + 0.5) / straps * (end - begin)[row]
    half = np.full(n * straps, 3.2 * bore)
    half = np.minimum(half, 0.5 * across[row] - np.minimum(np.abs(home[row]), 0.49 * across[row]))
    kept = half > 0.2 * bore
    row, where, half = row[kept], where[kept], half[kept]
    long = np.full(len(row), 0.25 * bore)
    bands = _bars(
        on,
        wall[row],
        upright[row],
        where - long,
        where + long,
        home[row],
        half,
        np.zeros(len(row)),
        _O,
        "box",
        stream,
        year,
        deep=1.15 * bore,
    )
    return join((made, bands))


def _bars(on: Walls, wall: I64, upright: ArrayLike, begin: F64, end: F64, at: F64, half: F64, lift: F64, material: Material, solid: str,
          stream: Stream, year: float, deep: float | None = None) -> Parts:  # fmt: skip
    """Bars that run up or along walls from `begin` to `end`, `at` metres to the side."""
    top = lift + 2 * half if deep is None else np.full(len(half), deep)
    x0, x1 = np.where(upright, at - half, begin), np.where(upright, at + half, end)
    z0, z1 = np.where(upright, begin, at - half), np.where(upright, end, at + half)
    return _put(on, wall, [x0, -0.1 * half, z0], [x1, top, z1], material, solid=solid, dim=0.8, tint=tints(stream, len(half)), year=year)
