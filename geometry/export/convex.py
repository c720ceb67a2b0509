"""Solids as convex cells, ready to be cut: parts by their prototypes, plates by the squares of their lattice."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.angle import rotate
from geometry.export.split import Soup, joined, soup
from geometry.export.weld import Slab
from geometry.material import Material
from geometry.mesh import F32, F64, I32, Mesh
from geometry.parts import Parts
from geometry.place import Frame
from geometry.shell import square_corners
from geometry.solids import PROTOTYPES, prototypes

_FLAT = 1e-5
_SIDES = ((0, 1), (1, 2), (2, 0))


class Cells(NamedTuple):
    """A prototype as convex cells."""

    corners: F64
    """(n, 3, 3)."""
    cell: NDArray[np.int64]
    """(n,)."""
    inner: NDArray[np.bool_]
    """(n,) between two cells of one solid."""


def closed_solids(mesh: Mesh) -> list[I32]:
    """The triangles of each closed solid that a mesh is joined of, in order: a solid ends where all edges so far have partners."""
    points = np.ascontiguousarray(mesh.points + np.float32(0.0))
    _, ids = np.unique(points.view("V12")[:, 0], return_inverse=True)
    found, start, open_ = [], 0, dict[tuple[int, int], int]()
    for number, face in enumerate(ids[mesh.triangles].tolist()):
        for i, j in _SIDES:
            edge = (face[i], face[j])
            back = edge[::-1]
            if open_.get(back):
                open_[back] -= 1
                open_ = open_ if open_[back] else {key: value for key, value in open_.items() if key != back}
            else:
                open_[edge] = open_.get(edge, 0) + 1
        if not open_:
            found.append(mesh.triangles[start : number + 1])
            start = number + 1
    return found


def numbered_solids(mesh: Mesh) -> list[tuple[F32, I32]]:
    """(points (n, 3), triangles (m, 3)) of each closed solid of a mesh; solids share no corner, and a corner has one number."""
    result = []
    for faces in closed_solids(mesh):
        own, ids = np.unique(mesh.points[faces].reshape(-1, 3) + np.float32(0.0), axis=0, return_inverse=True)
        result.append((own, ids.reshape(-1, 3).astype(np.int32)))
    return result


def _is_convex(corners: F64) -> bool:
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.sqrt((normals * normals).sum(axis=1))
    kept = lengths > 1e-9
    heights = corners.reshape(-1, 3) @ (normals[kept] / lengths[kept, None]).T - (corners[kept, 0] * normals[kept]).sum(1) / lengths[kept]
    return bool(heights.max() < _FLAT)


def _prism(a: F64, b: F64) -> tuple[F64, list[bool]]:
    """The solid between two rings of k points, counter-clockwise seen from b: its triangles, and whether each closes an end."""
    k, n = len(a), range(len(a))
    sides = [t for i in n for t in ((a[i], a[(i + 1) % k], b[(i + 1) % k]), (a[i], b[(i + 1) % k], b[i]))]
    lids = [(a[0], a[i + 1], a[i]) for i in range(1, k - 1)] + [(b[0], b[i], b[i + 1]) for i in range(1, k - 1)]
    return np.array([*sides, *lids], dtype=np.float64), [False] * len(sides) + [True] * len(lids)


def _ring(points: F64) -> list[tuple[F64, list[bool]]]:
    """The sectors of a hollow drum about z."""
    far = (points[:, :2] ** 2).sum(axis=1)
    rows = [points[(far > 0.99 * far.max()) == out] for out in (True, False)]
    rows = [part[(part[:, 2] > 0) == up] for part in rows for up in (False, True)]
    outer0, outer1, inner0, inner1 = (part[np.argsort(np.arctan2(part[:, 1], part[:, 0]))] for part in rows)
    section = np.stack([inner0, outer0, outer1, inner1], axis=1)[:, ::-1]
    return [_prism(section[i], section[(i + 1) % len(section)]) for i in range(len(section))]


def _rope(points: F64, stations: int = 11) -> list[tuple[F64, list[bool]]]:
    """The lengths of a bent rod along x."""
    order = np.argsort(points[:, 0], kind="stable").reshape(stations, -1)
    rings = []
    for row in order:
        ring = points[row]
        middle = ring.mean(axis=0)
        angle = np.arctan2(ring[:, 2] - middle[2], ring[:, 1] - middle[1])
        rings.append(ring[np.argsort(np.mod(angle + np.pi / 2, 2 * np.pi))])  # counted from below, where no corner is
    lengths = [_prism(a, b) for a, b in pairwise(rings)]
    ends = len(lengths) - 1
    k = len(rings[0])
    for number, (_, inner) in enumerate(lengths):
        for which, bare in ((0, number == 0), (1, number == ends)):
            inner[2 * k + which * (k - 2) : 2 * k + (which + 1) * (k - 2)] = [not bare] * (k - 2)
    return lengths


def _cells_of(name: str, mesh: Mesh) -> Cells:
    corners, cell, inner = [], [], []
    count = 0
    for faces in closed_solids(mesh):
        shape = mesh.points[faces].astype(np.float64)
        made = [(shape, [False] * len(shape))]
        if not _is_convex(shape):
            points = np.unique(shape.reshape(-1, 3), axis=0)
            made = _rope(points) if name == "cable" else _ring(points)
        for triangles, between in made:
            corners.append(triangles)
            inner += between
            cell += [count] * len(triangles)
            count += 1
    return Cells(np.concatenate(corners), np.array(cell), np.array(inner))


@lru_cache(maxsize=1)
def cells_of_prototypes() -> tuple[Cells, ...]:
    """Each prototype as convex cells, in the order of geometry.solids.PROTOTYPES."""
    return tuple(_cells_of(name, mesh) for name, mesh in zip(PROTOTYPES, prototypes(), strict=True))


def soup_of_parts(parts: Parts, frame: Frame | None = None) -> Soup:
    """Parts as convex cells in their own frame, or in `frame`'s parent."""
    found, base = [], 0
    for kind in np.unique(parts.prototype).tolist():
        some = parts[parts.prototype == kind]
        one = cells_of_prototypes()[kind]
        n, k = len(some), len(one.cell)
        quaternion = np.asarray(some.rotation, np.float64)
        quaternion = quaternion / np.sqrt((quaternion * quaternion).sum(axis=1, keepdims=True))
        shape = one.corners.reshape(1, -1, 3) * some.scale[:, None].astype(np.float64)
        placed = rotate(quaternion[:, None], shape) + some.position[:, None]
        placed = placed if frame is None else frame.to_world(placed)
        count = int(one.cell.max()) + 1
        number = base + np.arange(n)[:, None] * count + one.cell
        tag = np.repeat(some.material, k)
        found.append(soup(placed.reshape(-1, 3, 3), number.ravel(), np.tile(one.inner, n), tag))
        base += n * count
    return joined(found)


def soup_of_slab(slab: Slab, frame: Frame, low: float, high: float) -> Soup:
    """The plate of a cell between two radii (metres) as triangular prisms, in the frame of its place."""
    up, squares = square_corners(cells.lattice(slab.cell, len(slab.solid)), slab.solid)
    quads = squares[slab.solid]
    halves = np.stack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]], axis=1).reshape(-1, 3).astype(np.int64)
    top, under = frame.to_local(up * high), frame.to_local(up * low)
    cell = np.arange(len(halves))
    sides = np.stack([halves, np.roll(halves, -1, axis=1)], axis=-1).reshape(-1, 2)
    a, b = sides.T
    shared = np.isin(b * len(up) + a, a * len(up) + b)
    later = (a > b)[:, None, None]
    walls = np.where(
        later,
        np.stack([np.stack([under[a], under[b], top[b]], 1), np.stack([under[a], top[b], top[a]], 1)], 1).reshape(-1, 2, 9),
        np.stack([np.stack([under[a], under[b], top[a]], 1), np.stack([under[b], top[b], top[a]], 1)], 1).reshape(-1, 2, 9),
    ).reshape(-1, 3, 3)
    n, m = len(halves), len(sides)
    return joined(
        [
            _faces(top[halves], cell, False, Material.GROUND, 1),
            _faces(under[halves[:, ::-1]], cell, False, Material.MEGASTRUCTURE, -1),
            soup(walls, np.repeat(cell, 6), np.repeat(shared, 2), np.full(2 * m, Material.MEGASTRUCTURE, np.uint8)),
        ]
        if n
        else []
    )


def _faces(corners: F64, cell: NDArray[np.int64], inner: bool, material: Material, bend: int) -> Soup:
    n = len(cell)
    return soup(corners, cell, np.full(n, inner), np.full(n, material, np.uint8), np.full(n, bend, np.int8))
