"""Meshes: triangles with one normal a corner, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles, counter-clockwise seen from outside. Points are split where normals differ."""

    points: F32
    """(n, 3) metres."""
    normals: F32
    """(n, 3) unit."""
    triangles: I32
    """(m, 3) rows of `points`."""
    material: int = 0
    """geometry.material.Material of every triangle."""
    exposure: int = 200
    """How much of the lit ceiling it sees, 0 to 255."""

    def __len__(self) -> int:
        return len(self.triangles)


def flat(points: F64, faces: Iterable[tuple[int, ...]]) -> tuple[F64, F64, I32]:
    """Convex polygons as triangles with flat normals: (points, normals, triangles), corners split by face."""
    rings = [points[list(face)] for face in faces]
    first = np.stack([ring[:3] for ring in rings])
    a, b = first[:, 1] - first[:, 0], first[:, 2] - first[:, 0]
    normal = a[:, [1, 2, 0]] * b[:, [2, 0, 1]] - a[:, [2, 0, 1]] * b[:, [1, 2, 0]]  # np.cross takes thrice as long for a few
    normal /= np.sqrt((normal * normal).sum(axis=1, keepdims=True))
    sizes = np.array([len(ring) for ring in rings])
    starts = (np.cumsum(sizes) - sizes).tolist()
    triangles = [(at, at + i, at + i + 1) for at, size in zip(starts, sizes.tolist(), strict=True) for i in range(1, size - 1)]
    return np.concatenate(rings), np.repeat(normal, sizes, axis=0), np.array(triangles, dtype=np.int32)
