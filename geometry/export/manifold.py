"""The manifold report of a print: its bodies, what they enclose, their thinnest wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.export.islands import bodies_of, islands_of
from geometry.export.thickness import MINIMUM_WALL, SLACK, met, sides_of, widths
from geometry.mesh import F64

I64 = NDArray[np.int64]
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
    """Bodies thinner than the minimum wall."""
    islands: int
    """Pieces that hang together: bodies that overlap are one."""
    afloat: int
    """Islands that do not reach down to the bed."""


def solids_of(triangles: NDArray[np.floating], faces: I64, wall: float = MINIMUM_WALL) -> Solids:
    """Of triangles (n, 3, 3) with corner numbers (n, 3); `wall`: the least that prints, in the file's units."""
    label = bodies_of(faces)
    order = np.argsort(label, kind="stable")
    rows: F64 = np.asarray(triangles[order], np.float64)
    triangles, label = rows, label[order]
    starts = np.flatnonzero(np.r_[True, label[1:] != label[:-1]])
    counts = np.diff(np.append(starts, len(label)))
    middle = triangles[:, 0].mean(axis=0)
    a, b, c = (triangles[:, i] - middle for i in range(3))
    each = np.add.reduceat((a * np.cross(b, c)).sum(axis=1) / 6.0, starts)
    size = np.ptp(triangles.reshape(-1, 3), axis=0).max()
    ends = np.append(starts[1:], len(label))
    hollow = np.flatnonzero(each < -1e-9 * size**3)
    wrong = sum(not _within_another(triangles, int(starts[i]), int(ends[i])) for i in hollow[:_HOLLOWS]) + len(hollow[_HOLLOWS:])
    solid = each > 0.0
    thick = widths(rows, starts[solid], counts[solid]) if solid.any() else np.zeros(1)
    pieces = islands_of(rows, np.repeat(np.arange(len(starts)), counts), each > 0.0)
    return Solids(len(starts), float(each.sum()), wrong, float(thick.min()), int((thick < wall * SLACK).sum()), *pieces)


def _within_another(triangles: NDArray[np.floating], start: int, end: int) -> bool:
    """Whether a body, the triangles (n, 3, 3) from `start` to `end`, lies in another: from its highest corner along a line of sight, the
    faces of others are left behind more often than they are entered."""
    body = triangles[start:end].reshape(-1, 3)
    eye = body[(body @ _SIGHT).argmax()]
    others = np.delete(triangles, slice(start, end), axis=0)
    far, scale = met(sides_of(others), eye, _SIGHT)
    return bool(np.sign(-scale[(far > 0) & np.isfinite(far)]).sum() > 0)


def volumes(points: F64, faces: I64) -> tuple[I64, F64]:
    """(the body of each triangle, counted from 0 (n,); what each body encloses (k,), less than nothing for one inside out)."""
    _, label = np.unique(bodies_of(faces), return_inverse=True)
    a, b, c = (points[faces[:, i]] - points[faces[:, 0].min()] for i in range(3))
    return label.astype(np.int64), np.bincount(label, (a * np.cross(b, c)).sum(axis=1)) / 6.0
