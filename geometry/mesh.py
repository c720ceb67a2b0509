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
    corners: list[F64] = []
    normals: list[F64] = []
    triangles: list[tuple[int, int, int]] = []
    count = 0
    for face in faces:
        ring = points[list(face)]
        normal = np.cross(ring[1] - ring[0], ring[2] - ring[0])
        corners.append(ring)
        normals.append(np.broadcast_to(normal / np.sqrt((normal * normal).sum()), ring.shape))
        triangles.extend((count, count + i, count + i + 1) for i in range(1, len(face) - 1))
        count += len(face)
    return np.concatenate(corners), np.concatenate(normals), np.array(triangles, dtype=np.int32)
