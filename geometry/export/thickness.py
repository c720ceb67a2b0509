"""How thick solids are: one measure, by which a print's walls are made and a file is checked.

A convex solid is as thick as it is narrow: the least width along the normals of its faces. Another is as thick as its walls: the shortest
way straight in from a face to one that looks back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.export.convex import cells_of_prototypes
from geometry.mesh import F64
from geometry.parts import Parts

I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]
MINIMUM_WALL = 0.4
"""Millimetres: one line of a 0.4 mm nozzle; pillars under 0.3 mm vanish."""
SLACK = 0.99
"""Of a minimum wall: what rounding to 32 bits takes of it."""
SMALL = 300
"""Triangles up to which a body is measured from all of its faces."""
_ROOM = 4_000_000
"""Numbers worked on at once."""
_RAYS = 160
"""Faces of a larger body from which its thickness is looked for, straight in: the largest ones."""
_OF_SMALL = 24
"""The same of a small body that is not convex."""
_FEWEST, _TRIED = 12, 20_000_000
"""The fewest of them, and how many faces they try together: of a body of a million faces few are asked."""
_LARGE_BODIES = 12
_BACK = -0.995
"""Of two unit normals: faces that look away from each other, to six degrees."""
_GRAIN = 1e-4
"""Of a body's size: by so much corners are rounded, and the narrower a face is, the less is known of the way it looks."""
_FLAT = 1e-3
"""Of a body's size: how far corners may stand out of a face of what is still convex."""


class Faces(NamedTuple):
    """The outer faces of a prototype's convex cells."""

    normals: F64
    """(f, 3) unit."""
    widths: F64
    """(f,) of the cell, along them."""


@lru_cache(maxsize=1)
def faces_of_prototypes() -> tuple[Faces, ...]:
    """Of each prototype, in the order of geometry.solids.PROTOTYPES; faces that are alike once."""
    result = []
    for cells in cells_of_prototypes():
        rows = [_faces(cells.corners[cells.cell == i], cells.inner[cells.cell == i]) for i in range(int(cells.cell.max()) + 1)]
        alike = np.unique(np.round(np.concatenate(rows), 9), axis=0)
        result.append(Faces(np.asarray(alike[:, :3], np.float64), np.asarray(alike[:, 3], np.float64)))
    return tuple(result)


def _faces(corners: F64, inner: Mask) -> F64:
    """(f, 4): normal, up to its sign, and width of each outer face of one cell (n, 3, 3)."""
    normals = normals_of(corners)
    normals = normals[~inner & normals.any(axis=1)]
    heights = corners.reshape(-1, 3) @ normals.T
    first = np.take_along_axis(normals, (np.abs(normals) > 1e-6).argmax(axis=1)[:, None], axis=1)
    return np.concatenate([normals * np.sign(first), np.ptp(heights, axis=0)[:, None]], axis=1)


def thinnest(parts: Parts) -> F64:
    """(n,) how thick the thinnest solid of each part is, metres.

    Under a scale s a face's normal m becomes m / s, so its width w becomes w / |m / s|."""
    result = np.full(len(parts), np.inf)
    for kind in np.unique(parts.prototype).tolist():
        rows, faces = np.flatnonzero(parts.prototype == kind), faces_of_prototypes()[kind]
        step = max(1, _ROOM // (3 * len(faces.widths)))
        for start in range(0, len(rows), step):
            some = rows[start : start + step]
            across = 1.0 / np.maximum(parts.scale[some].astype(np.float64), 1e-30) ** 2 @ (faces.normals**2).T
            result[some] = (faces.widths / np.sqrt(across)).min(axis=1)
    return result


def welded(triangles: NDArray[np.floating]) -> I64:
    """(n, 3) numbers of corners (n, 3, 3): one number where they are equal to the bit."""
    if not len(triangles):
        return np.zeros((0, 3), np.int64)
    corners = np.ascontiguousarray(triangles.reshape(-1, 3)) + triangles.dtype.type(0)
    _, ids = np.unique(corners.view(f"V{3 * corners.itemsize}")[:, 0], return_inverse=True)
    return ids.reshape(-1, 3).astype(np.int64)


def normals_of(triangles: F64) -> F64:
    """(..., 3) unit; zero where a triangle (..., 3, 3) has no area."""
    normals = np.cross(triangles[..., 1, :] - triangles[..., 0, :], triangles[..., 2, :] - triangles[..., 0, :])
    lengths = np.sqrt((normals * normals).sum(axis=-1, keepdims=True))
    return np.asarray(np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0))


def widths(triangles: F64, starts: I64, counts: I64) -> F64:
    """(n,) the thickness of each body, rows of triangles (t, 3, 3); of the large ones only of the twelve largest, else infinite."""
    found = np.full(len(starts), np.inf)
    for count in np.unique(counts[counts <= SMALL]).tolist():
        chosen = np.flatnonzero(counts == count)
        step = max(1, _ROOM // (9 * count * count))
        for i in range(0, len(chosen), step):
            some = chosen[i : i + step]
            found[some] = _thickness(triangles[starts[some][:, None] + np.arange(count)])
    large = np.flatnonzero(counts > SMALL)
    for body in large[np.argsort(-counts[large], kind="stable")][:_LARGE_BODIES].tolist():
        found[body] = _looked_through(triangles[starts[body] : starts[body] + counts[body]])
    return found


def _thickness(bodies: F64) -> F64:
    """(m,) of bodies (m, k, 3, 3)."""
    normals = normals_of(bodies)
    points = bodies.reshape(len(bodies), -1, 3)
    heights = np.einsum("mkx,mpx->mkp", normals, points)
    above = heights.max(axis=2) - np.einsum("mkx,mkx->mk", normals, bodies[:, :, 0])
    width = heights.max(axis=2) - heights.min(axis=2)
    real = (normals != 0).any(axis=2) & (width > 0)
    least: F64 = np.where(real, width, np.inf).min(axis=1)
    size = np.ptp(points, axis=1).max(axis=1)[:, None]
    tilt = np.maximum(_FLAT, _GRAIN * size / np.maximum(_heights(bodies), _GRAIN * size))
    hollow = (real & (above > tilt * size)).any(axis=1)
    for body in np.flatnonzero(hollow).tolist():
        least[body] = min(least[body], _wall(bodies[body], _largest(bodies[body], _OF_SMALL)))
    return least


def _heights(triangles: F64) -> F64:
    """How high triangles (..., 3, 3) stand over their longest sides."""
    sides = np.roll(triangles, -1, axis=-2) - triangles
    across = np.cross(sides[..., 0, :], sides[..., 1, :])
    longest = (sides * sides).sum(axis=-1).max(axis=-1)
    return np.asarray(np.sqrt((across * across).sum(axis=-1) / np.where(longest > 0, longest, 1.0)))


def _looked_through(body: F64) -> float:
    """The thickness of a body (k, 3, 3) as seen from its largest faces."""
    return _wall(body, _largest(body, min(_RAYS, max(_FEWEST, _TRIED // len(body)))))


def _largest(body: F64, count: int) -> I64:
    """The numbers of the largest faces of a body (k, 3, 3)."""
    across = np.cross(body[:, 1] - body[:, 0], body[:, 2] - body[:, 0])
    return np.argsort(-(across * across).sum(axis=1), kind="stable")[:count]


def _wall(body: F64, rows: I64) -> float:
    """The shortest way straight in from faces of a body (k, 3, 3), by number, to a face that looks back; infinite where none does."""
    normals, sides = normals_of(body), sides_of(body)
    size, least = float(np.ptp(body.reshape(-1, 3), axis=0).max()), np.inf
    for row in rows.tolist():
        far, _ = met(sides, body[row].mean(axis=0), -normals[row])
        back = (normals @ normals[row] < _BACK) & (far > 1e-6 * size)
        least = min(least, float(far[back].min(initial=np.inf)))
    return least


def sides_of(triangles: NDArray[np.floating]) -> tuple[F64, F64, F64]:
    """Of triangles (n, 3, 3): (n, 3) first corners, and from them to the second and to the third."""
    first, second, third = np.moveaxis(np.asarray(triangles, np.float64), 1, 0)
    return first, second - first, third - first


def met(sides: tuple[F64, F64, F64], eye: F64, way: F64) -> tuple[F64, F64]:
    """How far along a way (3,) from an eye (3,) triangles are met, (n,), infinite where they are not; and (n,) less than 0 where
    the way leaves a solid (Möller and Trumbore 1997)."""
    first, second, third = sides
    across = np.cross(way, third)
    scale = (second * across).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        offset = eye - first
        u = (offset * across).sum(axis=1) / scale
        turned = np.cross(offset, second)
        v = (turned @ way) / scale
        far = (third * turned).sum(axis=1) / scale
        return np.where((u >= 0) & (v >= 0) & (u + v <= 1), far, np.inf), scale
