"""One mesh of a GLB: where its arrays stand in the binary chunk, filled chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from geometry.export.atomic import Output
from geometry.export.gltf import FLOAT, INDICES, UINT, USHORT, VERTICES, Document
from geometry.export.piece import bounds
from geometry.mesh import F32, I32, Mesh

_SMALL = 65_535  # vertices that 16-bit indices reach; the last value is reserved


@dataclass(slots=True)
class Slot:
    """Where one mesh goes in the binary chunk, and what has gone there."""

    document: Document
    """Is told of the bounds as they grow."""
    positions: int
    """Accessor of the positions."""
    offsets: tuple[int, int, int]
    """Bytes to positions, normals, indices."""
    colours: int | None
    """Bytes to colours, where there are any."""
    wide: bool
    """32-bit indices."""
    points: int = 0
    triangles: int = 0
    low: F32 = field(default_factory=lambda: np.full(3, np.inf, np.float32))
    high: F32 = field(default_factory=lambda: np.full(3, -np.inf, np.float32))


def add_mesh(document: Document, name: str, material: int, points: int, triangles: int, coloured: bool = False) -> int:
    """Lay out one mesh, with a colour a corner if asked for: its number."""
    positions = document.array("VEC3", FLOAT, points, VERTICES)
    document.hold_bounds(positions)
    normals = document.array("VEC3", FLOAT, points, VERTICES)
    indices = document.array("SCALAR", UINT if points > _SMALL else USHORT, 3 * triangles, INDICES)
    colours = document.array("VEC3", FLOAT, points, VERTICES) if coloured else -1
    return document.add_mesh(name, positions, normals, indices, colours, material)


def slot_of(document: Document, mesh: int) -> Slot:
    """Where a mesh that was laid out goes."""
    positions, normals, indices, colours = document.accessors_of(mesh)
    offsets = (document.offset(positions), document.offset(normals), document.offset(indices))
    return Slot(document, positions, offsets, None if colours < 0 else document.offset(colours), document.wide(indices))


def put(out: Output, base: int, slot: Slot, points: F32, normals: F32, triangles: I32, first: int = 0, light: F32 | None = None) -> None:
    """Write a chunk of a mesh after what its slot already holds. In `triangles` the chunk's first point is number `first`.

    `light` (n,) is each corner's, where the mesh has colours."""
    points, normals = np.ascontiguousarray(points), np.ascontiguousarray(normals)
    low, high = bounds(points)
    slot.low, slot.high = np.minimum(slot.low, low), np.maximum(slot.high, high)
    a, b, c = slot.offsets
    out.write_at(base + a + 12 * slot.points, points)
    out.write_at(base + b + 12 * slot.points, normals)
    if slot.colours is not None and light is not None:
        out.write_at(base + slot.colours + 12 * slot.points, np.repeat(light.astype(np.float32)[:, None], 3, axis=1))
    indices = np.ascontiguousarray(triangles) if slot.points == first else triangles + np.int32(slot.points - first)
    width = 12 if slot.wide else 6
    out.write_at(base + c + width * slot.triangles, indices if slot.wide else indices.astype(np.uint16))
    slot.points += len(points)
    slot.triangles += len(triangles)
    slot.document.bound(slot.positions, slot.low, slot.high)


def skin(mesh: Mesh, scale: float) -> tuple[F32, F32, I32]:
    """A skin in scene units; a normal without length (of a collapsed wall) points up, as the format demands a unit one."""
    lengths = (mesh.normals * mesh.normals).sum(axis=1, keepdims=True)
    normals = np.where(lengths > 0.25, mesh.normals, np.array([0, 0, 1], np.float32)).astype(np.float32)
    return mesh.points * np.float32(scale), normals, np.ascontiguousarray(mesh.triangles)
