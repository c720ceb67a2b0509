"""Shadows: how large the faces of a place are as seen along x, y and z. By them it is known how often lines through a print cross it,
before it is made."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from geometry.angle import matrix
from geometry.export.piece import Piece
from geometry.export.weld import slab_of
from geometry.mesh import F64, Mesh
from geometry.parts import Parts
from geometry.solids import prototypes

_BATCH = 2048
"""Parts worked on at once."""


def shadows(piece: Piece, axes: F64 | None) -> F64:
    """(3,) square metres that all faces of a piece hide along each of the file's axes (3, 3; the City's own by default), whether they look
    there or back. Plates are taken without the walls between them, as they are welded."""
    turn = piece.frame.axes if axes is None else piece.frame.axes @ axes.T
    slab = None if piece.cell is None else slab_of(piece)
    skins = piece.skin if slab is None else (piece.skin[0], piece.skin[0])
    return sum((_of_mesh(mesh, turn) for mesh in skins), _of_parts(piece.parts, turn))


def projected(triangles: F64) -> F64:
    """(3,) the same of triangles (n, 3, 3), along the axes of their corners."""
    across = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    return np.asarray(np.abs(across).sum(axis=0) / 2.0)


def _of_mesh(mesh: Mesh, turn: F64) -> F64:
    corners = mesh.points.astype(np.float64) @ turn
    return projected(corners[mesh.triangles])


@lru_cache(maxsize=1)
def _faces() -> tuple[F64, ...]:
    """(k, 3) of each prototype: its normals, those that lie in one line once, as long as all of their faces are large."""
    return tuple(_normals(mesh) for mesh in prototypes())


def _normals(mesh: Mesh) -> F64:
    corners = mesh.points.astype(np.float64)[mesh.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2.0
    area = np.sqrt((across * across).sum(axis=1))
    across, area = across[area > 0.0], area[area > 0.0]
    normals = np.round(across / area[:, None], 6) + 0.0
    first = np.take_along_axis(normals, (normals != 0.0).argmax(axis=1)[:, None], axis=1)
    alike, which = np.unique(normals * np.sign(first), axis=0, return_inverse=True)
    return np.asarray(alike * np.bincount(which.ravel(), area)[:, None])


def _of_parts(parts: Parts, turn: F64) -> F64:
    """A normal, as long as its face is large, becomes m s_y s_z, m s_x s_z, m s_x s_y under a scale s."""
    total = np.zeros(3)
    for kind in np.unique(parts.prototype).tolist():
        rows, faces = np.flatnonzero(parts.prototype == kind), _faces()[kind]
        for start in range(0, len(rows), _BATCH):
            some = parts[rows[start : start + _BATCH]]
            scale = some.scale.astype(np.float64)
            across = scale[:, [1, 2, 0]] * scale[:, [2, 0, 1]]
            stood = np.swapaxes(matrix(some.rotation), 1, 2) @ turn
            total += np.abs((across[:, None] * faces) @ stood).sum(axis=(0, 1))
    return total
