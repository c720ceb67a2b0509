"""Cells of the nested spheres: an equal-angle cube-sphere cut into quadrants, and the frames and lattices on it.

Equal angles keep the largest cell within 1.41 times the area of the smallest (Ronchi, Iacono, Paolucci 1996).
Lattice points are the same bits seen from either side of a seam, so plates close without welding.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.angle import from_matrix, multiply, tan_eighths
from geometry.parts import Parts
from geometry.place import Cell, Frame

F64 = NDArray[np.float64]

_FACES = np.array(
    [
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0, 1, 0], [-1, 0, 0], [0, 0, 1]],
        [[-1, 0, 0], [0, -1, 0], [0, 0, 1]],
        [[0, -1, 0], [1, 0, 0], [0, 0, 1]],
        [[0, 0, 1], [0, 1, 0], [-1, 0, 0]],
        [[0, 0, -1], [0, 1, 0], [1, 0, 0]],
    ],
    dtype=np.float64,
)
"""For each face its outward normal and its two lattice directions; normal = first x second."""

ROOF = 0.4
"""Room above a cell for what stands on its plate, in parts of its half width."""

_FLAT = 1.0e-4
"""Below this angular width a cell's parts keep one orientation: the turn across it is under 0.006 degrees."""


def directions(face: int, a: ArrayLike, b: ArrayLike) -> F64:
    """Unit vectors (..., 3) at face coordinates a, b in [-1, 1]. Exact at shared edges: sums run in world order."""
    p, q = tan_eighths(np.array([a, b], dtype=np.float64))
    return _toward(face, p, q)


def _toward(face: int, p: F64, q: F64) -> F64:
    """Unit vectors (..., 3) at the tangents of face coordinates, which broadcast to each other."""
    normal, across, along = _FACES[face]
    vector = normal + p[..., None] * across + q[..., None] * along
    x, y, z = vector[..., 0], vector[..., 1], vector[..., 2]
    return np.asarray(vector / np.sqrt(x * x + y * y + z * z)[..., None])


def lattice(cell: Cell, n: int) -> F64:
    """Unit vectors (n+1, n+1, 3) of the cell's corners and n-1 points between along each side; first index is the column."""
    size = 1 << cell.depth
    first = np.array([[cell.i * n], [cell.j * n]])
    p, q = tan_eighths(-1.0 + 2.0 * ((first + np.arange(n + 1)) / (size * n)))
    return _toward(cell.face, p[:, None], q[None, :])


def at(cell: Cell, s: ArrayLike, t: ArrayLike) -> F64:
    """Unit vectors (..., 3) at cell coordinates s, t in [-1/2, 1/2]."""
    size = 1 << cell.depth
    a = -1.0 + 2.0 * ((cell.i + 0.5 + np.asarray(s, dtype=np.float64)) / size)
    b = -1.0 + 2.0 * ((cell.j + 0.5 + np.asarray(t, dtype=np.float64)) / size)
    return directions(cell.face, a, b)


def width(cell: Cell, radius: float) -> float:
    """Metres across the cell at `radius`: the shorter of its two middle lines."""
    ends = at(cell, [-0.5, 0.5, 0.0, 0.0], [0.0, 0.0, -0.5, 0.5])
    chords = np.sqrt(((ends[1::2] - ends[0::2]) ** 2).sum(axis=1))
    return float(radius * chords.min())


def depth_across(cell: Cell, radius: float) -> float:
    """Metres between opposite sides of the cell at `radius`, square to them: less than its width where the cell is skewed."""
    ends = at(cell, [-0.5, 0.5, 0.0, 0.0], [0.0, 0.0, -0.5, 0.5])
    across, along = ends[1] - ends[0], ends[3] - ends[2]
    area = np.array([across[i] * along[j] - across[j] * along[i] for i, j in ((1, 2), (2, 0), (0, 1))])
    longest = max((across * across).sum(), (along * along).sum())
    return float(radius * np.sqrt((area * area).sum() / longest))


def tangent(face: int, up: F64) -> F64:
    """Orthonormal axes (..., 3, 3), rows x, y, z, with z = up and x as near the face's columns as squareness allows."""
    across = _FACES[face][1]
    dot = up[..., 0] * across[0] + up[..., 1] * across[1] + up[..., 2] * across[2]
    x = across - dot[..., None] * up
    x = x / np.sqrt(x[..., 0] * x[..., 0] + x[..., 1] * x[..., 1] + x[..., 2] * x[..., 2])[..., None]
    axes = np.empty((*up.shape, 3))
    axes[..., 0, :], axes[..., 2, :] = x, up
    axes[..., 1, 0] = up[..., 1] * x[..., 2] - up[..., 2] * x[..., 1]
    axes[..., 1, 1] = up[..., 2] * x[..., 0] - up[..., 0] * x[..., 2]
    axes[..., 1, 2] = up[..., 0] * x[..., 1] - up[..., 1] * x[..., 0]
    return axes


@lru_cache(maxsize=4096)
def axes_and_reach(face: int, depth: int, i: int, j: int) -> tuple[F64, tuple[float, float, float, float]]:
    """The axes at a cell's middle, which all strata have in common, and how far it reaches along them at radius 1: x and y to
    either side, z at least and at most."""
    bare = Cell(0, 0, 0.0, 0.0, 0.0, depth, face, i, j)
    axes = tangent(face, at(bare, 0.0, 0.0))
    axes.flags.writeable = False
    rim = Frame(np.zeros(3), axes).to_local(lattice(bare, 4).reshape(-1, 3))
    x, y = np.abs(rim[:, :2]).max(axis=0).tolist()
    return axes, (x, y, float(rim[:, 2].min()), float(rim[:, 2].max()))


def frame_and_box(cell: Cell) -> tuple[Frame, tuple[float, float, float]]:
    """The frame at the cell's middle and a box that holds it all, its outermost city included."""
    axes, (x, y, least, most) = axes_and_reach(cell.face, cell.depth, cell.i, cell.j)
    x, y = 1.02 * x * cell.outer, 1.02 * y * cell.outer
    low = min(least * cell.inner, least * cell.outer)
    high = max(most, 1.0) * cell.outer + ROOF * max(x, y)
    pad = 0.02 * (high - low)
    return Frame(axes[2] * (low - pad), axes), (2.0 * x, 2.0 * y, high - low + 2.0 * pad)


def quadrant(cell: Cell, number: int) -> Cell:
    """One of the four cells a cell divides into: bit 0 is the column, bit 1 the row."""
    return replace(cell, depth=cell.depth + 1, i=2 * cell.i + (number & 1), j=2 * cell.j + (number >> 1))


def wrap(parts: Parts, cell: Cell, frame: Frame, floor: float, breadth: float) -> Parts:
    """Lay parts made on a flat plot (x, y in +-breadth/2 metres, z above `floor`) on to the sphere, each upright where it stands."""
    where = parts.position.astype(np.float64)
    up = at(cell, where[:, 0] / breadth, where[:, 1] / breadth)
    position = frame.to_local(up * (floor + where[:, 2])[:, None]).astype(np.float32)
    if breadth < _FLAT * floor:
        return replace(parts, position=position)
    axes = tangent(cell.face, up)
    local_axes = np.empty_like(axes)
    for k in range(3):
        for i, a in enumerate(frame.axes):
            local_axes[:, i, k] = axes[:, k, 0] * a[0] + axes[:, k, 1] * a[1] + axes[:, k, 2] * a[2]
    return replace(parts, position=position, rotation=multiply(from_matrix(local_axes), parts.rotation).astype(np.float32))
