"""The manifold report of a print: its bodies, what they enclose, their thinnest wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.mesh import F64

I64 = NDArray[np.int64]
FRAIL = 0.3
"""Millimetres: what is thinner vanishes in a print with a 0.4 mm nozzle."""
_SMALL = 128
"""Triangles up to which a body's width is measured along all of its faces' normals."""
_ROOM = 4_000_000
"""Numbers worked on at once."""
_RAYS = 160
"""Faces of a larger body from which its thickness is looked for, straight in."""
_FEWEST, _TRIED = 12, 20_000_000
"""The fewest of them, and how many faces they try together: of a body of a million faces few are asked."""
_LARGE_BODIES = 12
_HOLLOWS = 200
"""Bodies that enclose less than nothing for which it is asked whether they are hollows; of more, something is wrong."""
_SIGHT = np.array([0.2627, 0.5381, 0.8009])
"""A direction along which no face of ours lies."""


@dataclass(frozen=True, slots=True)
class Solids:
    """What the bodies of a file are."""

    shells: int
    """Bodies that share no corner."""
    volume: float
    """Enclosed, counted once a body, in the file's units cubed: negative where a file is inside out."""
    inside_out: int
    """Bodies that enclose less than nothing, and are not the hollow of another."""
    thinnest: float
    """The least thickness found, in the file's units."""
    frail: int
    """Bodies thinner than FRAIL."""


def solids_of(triangles: NDArray[np.floating], faces: I64) -> Solids:
    """Of triangles (n, 3, 3) with corner numbers (n, 3)."""
    label = bodies_of(faces)
    order = np.argsort(label, kind="stable")
    triangles, label = np.asarray(triangles[order], np.float64), label[order]
    starts = np.flatnonzero(np.r_[True, label[1:] != label[:-1]])
    counts = np.diff(np.append(starts, len(label)))
    middle = triangles[:, 0].mean(axis=0)
    a, b, c = (triangles[:, i] - middle for i in range(3))
    each = np.add.reduceat((a * np.cross(b, c)).sum(axis=1) / 6.0, starts)
    size = np.ptp(triangles.reshape(-1, 3), axis=0).max()
    ends = np.append(starts[1:], len(label))
    hollow = np.flatnonzero(each < -1e-9 * size**3)
    wrong = sum(not _within_another(triangles, int(starts[i]), int(ends[i])) for i in hollow[:_HOLLOWS]) + len(hollow[_HOLLOWS:])
    widths = _widths(np.asarray(triangles, np.float64), starts, counts)
    return Solids(len(starts), float(each.sum()), wrong, float(widths.min()), int((widths < FRAIL).sum()))


def _within_another(triangles: NDArray[np.floating], start: int, end: int) -> bool:
    """Whether a body, the triangles (n, 3, 3) from `start` to `end`, lies in another: from its highest corner along a line of sight, the
    faces of others are left behind more often than they are entered."""
    body = triangles[start:end].reshape(-1, 3)
    eye = body[(body @ _SIGHT).argmax()]
    others = np.delete(triangles, slice(start, end), axis=0)
    far, scale = _met(_sides(others), eye, _SIGHT)
    return bool(np.sign(-scale[(far > 0) & np.isfinite(far)]).sum() > 0)


def _sides(triangles: NDArray[np.floating]) -> tuple[F64, F64, F64]:
    """Of triangles (n, 3, 3): (n, 3) first corners, and from them to the second and to the third."""
    first, second, third = np.moveaxis(np.asarray(triangles, np.float64), 1, 0)
    return first, second - first, third - first


def _met(sides: tuple[F64, F64, F64], eye: F64, way: F64) -> tuple[F64, F64]:
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


def bodies_of(faces: I64) -> I64:
    """(n,) a number a triangle, the same for triangles joined by corners."""
    label = np.arange(int(faces.max()) + 1)
    while True:
        least = label[faces].min(axis=1)
        before = label.copy()
        for column in range(3):
            np.minimum.at(label, faces[:, column], least)
        label = label[label]
        if np.array_equal(before, label):
            return np.asarray(label[faces[:, 0]])


def volumes(points: F64, faces: I64) -> tuple[I64, F64]:
    """(the body of each triangle, counted from 0 (n,); what each body encloses (k,), less than nothing for one inside out)."""
    _, label = np.unique(bodies_of(faces), return_inverse=True)
    a, b, c = (points[faces[:, i]] - points[faces[:, 0].min()] for i in range(3))
    return label.astype(np.int64), np.bincount(label, (a * np.cross(b, c)).sum(axis=1)) / 6.0


def _widths(triangles: F64, starts: I64, counts: I64) -> F64:
    """(n,) the least width found of each body."""
    found = np.full(len(starts), np.inf)
    for count in np.unique(counts[counts <= _SMALL]).tolist():
        chosen = np.flatnonzero(counts == count)
        step = max(1, _ROOM // (9 * count * count))
        for i in range(0, len(chosen), step):
            some = chosen[i : i + step]
            found[some] = _narrowest(triangles[starts[some][:, None] + np.arange(count)])
    large = np.flatnonzero(counts > _SMALL)
    for body in large[np.argsort(-counts[large], kind="stable")][:_LARGE_BODIES].tolist():
        found[body] = _looked_through(triangles[starts[body] : starts[body] + counts[body]])
    return found


def _normals(triangles: F64) -> F64:
    """(..., 3) unit; zero where a triangle has no area."""
    normals = np.cross(triangles[..., 1, :] - triangles[..., 0, :], triangles[..., 2, :] - triangles[..., 0, :])
    lengths = np.sqrt((normals * normals).sum(axis=-1, keepdims=True))
    return np.asarray(np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0))


def _narrowest(bodies: F64) -> F64:
    """(m,) the least width of bodies (m, k, 3, 3) along their faces' normals."""
    normals = _normals(bodies)
    points = bodies.reshape(len(bodies), -1, 3)
    heights = np.einsum("mkx,mpx->mkp", normals, points)
    width = heights.max(axis=2) - heights.min(axis=2)
    real = (normals != 0).any(axis=2) & (width > 0)
    least: F64 = np.where(real, width, np.inf).min(axis=1)
    return least


def _looked_through(body: F64) -> float:
    """The shortest way straight in from some faces of a body (k, 3, 3) to the next face."""
    rays = min(_RAYS, max(_FEWEST, _TRIED // len(body)), len(body))
    rows = np.linspace(0, len(body) - 1, rays).astype(int)
    normals = _normals(body[rows])
    sides = _sides(body)
    size = float(np.ptp(body.reshape(-1, 3), axis=0).max())
    least = np.inf
    for row, normal in zip(rows.tolist(), normals, strict=True):
        if not normal.any():
            continue
        far, _ = _met(sides, body[row].mean(axis=0), -normal)
        least = min(least, float(far[far > 1e-6 * size].min(initial=np.inf)))
    return least
