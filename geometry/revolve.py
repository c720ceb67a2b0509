"""Curved skins made without a sine: solids of revolution, and spheres."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry import cell as cells
from geometry.angle import tan_eighths
from geometry.material import Material
from geometry.mesh import Mesh
from geometry.place import Cell

F64 = NDArray[np.float64]


def circle(n: int) -> F64:
    """(n, 2) unit vectors, counterclockwise from +x."""
    quarters = np.arange(n) * (4.0 / n)
    whole = np.floor(quarters).astype(np.int64)
    t = tan_eighths(quarters - whole)
    c, s = (1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t)
    turns = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])[whole % 4]
    return np.stack([c * turns[:, 0] - s * turns[:, 1], c * turns[:, 1] + s * turns[:, 0]], axis=-1)


def revolved(
    profile: ArrayLike,
    sides: int = 48,
    *,
    at: tuple[float, float] = (0.0, 0.0),
    material: Material = Material.MEGASTRUCTURE,
    exposure: int = 150,
) -> Mesh:
    """A closed solid: a ring of (radius, z) rows, clockwise seen with the radius to the right, turned about a vertical line."""
    rows = np.asarray(profile, dtype=np.float64)
    k = len(rows)
    unit = circle(sides)
    points: list[F64] = []
    normals: list[F64] = []
    triangles: list[NDArray[np.int64]] = []
    for first in range(k):
        (r0, z0), (r1, z1) = rows[first], rows[(first + 1) % k]
        if r0 == r1 == 0.0:
            continue
        length = np.sqrt((r1 - r0) ** 2 + (z1 - z0) ** 2)
        out, up = (z1 - z0) / length, (r0 - r1) / length
        normal = np.c_[unit * out, np.full(sides, up)]
        base = sum(len(one) for one in points)
        for r, z in ((r0, z0), (r1, z1)):
            points.append(np.c_[unit * r + np.asarray(at), np.full(sides, z)])
            normals.append(normal)
        i = np.arange(sides)
        j = (i + 1) % sides
        a, b, c, d = base + i, base + j, base + sides + j, base + sides + i
        triangles += [np.stack([a, b, c], axis=-1), np.stack([a, c, d], axis=-1)]
    return Mesh(
        np.concatenate(points).astype(np.float32), np.concatenate(normals).astype(np.float32),
        np.concatenate(triangles).astype(np.int32), int(material), exposure,
    )  # fmt: skip


def sphere(
    centre: ArrayLike, radius: float, n: int, *, inward: bool = False, material: Material = Material.MEGASTRUCTURE, exposure: int = 110
) -> Mesh:
    """A closed sphere of six faces of n x n squares, seen from outside, or from within."""
    points, triangles = [], []
    index = np.arange((n + 1) * (n + 1), dtype=np.int32).reshape(n + 1, n + 1)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1).reshape(-1, 4)
    if inward:
        quads = quads[:, ::-1]
    for face in range(6):
        up = cells.lattice(Cell(0, 1, 0.0, 0.0, 0.0, 0, face, 0, 0), n).reshape(-1, 3)
        triangles.append(quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3) + np.int32(face * len(up)))
        points.append(up)
    up = np.concatenate(points)
    return Mesh(
        (up * radius + np.asarray(centre)).astype(np.float32), (-up if inward else up).astype(np.float32),
        np.concatenate(triangles).astype(np.int32), int(material), exposure,
    )  # fmt: skip
