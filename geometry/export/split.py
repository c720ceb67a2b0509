"""Cutting closed solids open and closing them again: convex cells in, convex cells out, every new edge between exactly two faces.

A solid is a group of convex cells. Faces between two cells of a solid are `inner`: they close a cell while it is cut and are left out
of the surface. A cut divides each cell it goes through (Sutherland and Hodgman 1974, triangle by triangle) and closes both halves by
a fan about the middle of the section. Two triangles that share an edge compute its crossing from the same two ends in the same order,
so the halves close to the bit without any table of edges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.mesh import F64

I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]
Heights = Callable[[F64], F64]
"""Points (..., 3) to signed heights (...) over a surface."""
_SNAP = 2.0**-40
"""Of the largest coordinate: a corner nearer than this to a surface lies on it."""


@dataclass(frozen=True, slots=True)
class Soup:
    """Triangles of many convex cells."""

    corners: F64
    """(n, 3, 3), counter-clockwise seen from outside."""
    cell: I64
    """(n,) the cell each bounds."""
    inner: Mask
    """(n,) it lies between two cells of a solid."""
    tag: NDArray[np.uint8]
    """(n,) geometry.material.Material."""
    bend: NDArray[np.int8]
    """(n,) 1 on a plate's top, -1 on its underside: normals there follow the sphere; 0 where they are flat."""

    def __len__(self) -> int:
        return len(self.cell)

    def __getitem__(self, index: Mask | I64 | slice) -> Soup:
        return Soup(*(getattr(self, row.name)[index] for row in fields(self)))


def soup(corners: F64, cell: I64, inner: Mask, tag: NDArray[np.uint8], bend: NDArray[np.int8] | None = None) -> Soup:
    """Triangles, flat where nothing else is said."""
    return Soup(corners, cell, inner, tag, np.zeros(len(cell), np.int8) if bend is None else bend)


def joined(some: Sequence[Soup]) -> Soup:
    """All together; cells keep their numbers."""
    kept = [one for one in some if len(one)]
    if not kept:
        none = np.zeros(0, np.int64)
        return soup(np.zeros((0, 3, 3)), none, none.astype(bool), none.astype(np.uint8))
    return Soup(*(np.concatenate([getattr(one, row.name) for one in kept]) for row in fields(Soup)))


class _Halves(NamedTuple):
    below: Soup
    above: Soup


def _later(a: F64, b: F64) -> Mask:
    """(n,) whether points a come after points b by x, then y, then z."""
    x, y, z = (a[:, i] - b[:, i] for i in range(3))
    result: Mask = (x > 0) | ((x == 0) & ((y > 0) | ((y == 0) & (z > 0))))
    return result


def _crossings(a: F64, b: F64, high_a: F64, high_b: F64) -> F64:
    """(n, 3) where edges cross height 0, the same bits whichever end comes first. One end is above, the other is not."""
    swap = _later(a, b)
    first, second = np.where(swap[:, None], b, a), np.where(swap[:, None], a, b)
    low, high = np.where(swap, high_b, high_a), np.where(swap, high_a, high_b)
    share = low / np.where(low == high, 1.0, low - high)
    point = first + share[:, None] * (second - first)
    point = np.where((low == 0.0)[:, None], first, point)
    return np.where((high == 0.0)[:, None], second, point)


def _rolled(corners: F64, heights: F64, lone: Mask) -> tuple[F64, F64]:
    """Triangles turned so that the corner that is alone on its side comes first."""
    turn = (np.argmax(lone, axis=1)[:, None] + np.arange(3)) % 3
    return np.take_along_axis(corners, turn[:, :, None], axis=1), np.take_along_axis(heights, turn, axis=1)


def _quad(a: F64, b: F64, c: F64, d: F64) -> F64:
    """(n, 2, 3, 3) a, b, c, d cut along the diagonal from the earlier of b and c: the same from either side of an inner face."""
    from_b = np.stack([np.stack([a, b, d], axis=1), np.stack([b, c, d], axis=1)], axis=1)
    from_c = np.stack([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)], axis=1)
    return np.where(_later(b, c)[:, None, None, None], from_c, from_b)


def _divided(crossed: Soup, heights: F64) -> tuple[Soup, Soup, F64, I64]:
    """(below, above, section edges (k, 2, 3) as the lower half's surface runs along them, their cells) of triangles that cross."""
    high = heights > 0.0
    one_up = high.sum(axis=1) == 1
    corners, levels = _rolled(crossed.corners, heights, np.where(one_up[:, None], high, ~high))
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    p, q = _crossings(a, b, levels[:, 0], levels[:, 1]), _crossings(c, a, levels[:, 2], levels[:, 0])
    tips, rests = np.stack([a, p, q], axis=1), _quad(p, b, c, q)

    def parts(of_tip: Mask) -> Soup:
        pick = np.concatenate([np.flatnonzero(of_tip), np.repeat(np.flatnonzero(~of_tip), 2)])
        shapes = np.concatenate([tips[of_tip], rests[~of_tip].reshape(-1, 3, 3)])
        made = crossed[pick]
        return _whole(Soup(shapes, made.cell, made.inner, made.tag, made.bend))

    edges = np.where(one_up[:, None, None], np.stack([q, p], axis=1), np.stack([p, q], axis=1))
    return parts(~one_up), parts(one_up), edges, crossed.cell


def _whole(some: Soup) -> Soup:
    """Without triangles of which two corners are one: the edges of such a one cancel."""
    a, b, c = some.corners[:, 0], some.corners[:, 1], some.corners[:, 2]
    gone = (a == b).all(axis=1) | (b == c).all(axis=1) | (a == c).all(axis=1)
    return some[~gone] if gone.any() else some


def _lids(edges: F64, cell: I64, tags: dict[int, int]) -> tuple[Soup, Soup]:
    """Sections closed by fans about their middles: (of the lower halves, of the upper halves), inner faces for now."""
    real = ~(edges[:, 0] == edges[:, 1]).all(axis=1)
    edges, cell = edges[real], cell[real]
    cells, which = np.unique(cell, return_inverse=True)
    count = np.bincount(which, minlength=len(cells)).astype(np.float64)
    middle = np.stack([np.bincount(which, edges[:, 0, i], len(cells)) / np.maximum(count, 1) for i in range(3)], axis=-1)
    apex = middle[which]
    tag = np.array([tags[number] for number in cells.tolist()], np.uint8)[which] if len(cells) else np.zeros(0, np.uint8)
    n = len(cell)
    lower, upper = np.stack([edges[:, 1], edges[:, 0], apex], axis=1), np.stack([edges[:, 0], edges[:, 1], apex], axis=1)
    rest = (np.ones(n, bool), tag, np.zeros(n, np.int8))
    return _whole(Soup(lower, cell, *rest)), _whole(Soup(upper, cell, *rest))


def divide(some: Soup, heights: Heights, snap: float = 0.0) -> _Halves:
    """What lies at or below height 0 and what lies above it, each cell of them closed by inner faces.

    A corner nearer to the surface than `snap` lies on it."""
    if not len(some):
        return _Halves(some, some)
    levels = heights(some.corners)
    levels = np.where(np.abs(levels) < snap, 0.0, levels)
    nothing = some[:0]
    if levels.max() <= 0.0:
        return _Halves(some, nothing)
    if levels.min() >= 0.0:
        return _Halves(nothing, some)
    cells, which = np.unique(some.cell, return_inverse=True)
    least, most = np.full(len(cells), np.inf), np.full(len(cells), -np.inf)
    np.minimum.at(least, which, levels.min(axis=1))
    np.maximum.at(most, which, levels.max(axis=1))
    up = (most > 0.0)[which] & ~(least < 0.0)[which]
    split = (most > 0.0)[which] & (least < 0.0)[which]
    low = ~up & ~split
    above = levels > 0.0
    crossing = split & above.any(axis=1) & ~above.all(axis=1)
    below_part, above_part, edges, cell = _divided(some[crossing], levels[crossing])
    first = np.unique(some.cell[split], return_index=True)
    tags = dict(zip(first[0].tolist(), some.tag[split][first[1]].tolist(), strict=True))
    lower, upper = _lids(edges, cell, tags)
    rest = split & ~crossing
    below = joined([some[low], some[rest & ~above.all(axis=1)], below_part, lower])
    return _Halves(below, joined([some[up], some[rest & above.all(axis=1)], above_part, upper]))


def carved(some: Soup, surfaces: Sequence[Heights], snap: float = 0.0) -> Soup:
    """What is left when all that lies above every one of the surfaces goes. Cells stay convex, faces between them inner.

    A corner nearer to a surface than `snap` lies on it: no slivers thinner than that come to be."""
    if not len(some):
        return some
    snap = max(snap, _SNAP * float(np.abs(some.corners).max()))
    if any(float(heights(some.corners).max()) <= snap for heights in surfaces):
        return some
    pieces = [(some, False)]
    for heights in surfaces:
        halves = [(divide(piece, heights, snap), kept) for piece, kept in pieces]
        pieces = [row for (low, up), kept in halves for row in ((low, True), (up, kept)) if len(row[0])]
    left = [replace(piece, cell=piece.cell * len(pieces) + n) for n, (piece, kept) in enumerate(pieces) if kept]
    return _settled(joined(left))


_ONCE_INNER = np.uint8(0x80)
"""Marks, beside the material, a face that was inner before a hole was made."""


def pierced(some: Soup, surfaces: Sequence[Heights], snap: float = 0.0) -> Soup:
    """What `carved` leaves, in fewer pieces: each surface in turn splits off a piece for good, which is a closed solid of its own and
    shares no face with the next. For small holes of many faces; cells that no hole comes into stay as they are."""
    if not len(some):
        return some
    snap = max(snap, _SNAP * float(np.abs(some.corners).max()))
    cells, which = np.unique(some.cell, return_inverse=True)
    met = np.ones(len(cells), bool)
    for heights in surfaces:
        most = np.full(len(cells), -np.inf)
        np.maximum.at(most, which, heights(some.corners).max(axis=1))
        met &= most > snap
    if not met.any():
        return some
    touched = met[which]
    rest = replace(some[touched], tag=some.tag[touched] | np.where(some.inner[touched], _ONCE_INNER, 0).astype(np.uint8))
    rest, left = replace(rest, inner=np.zeros(len(rest), bool)), []
    for heights in surfaces:
        low, rest = (replace(half, inner=np.zeros(len(half), bool)) for half in divide(rest, heights, snap))
        left.append(low)
    first, step = int(some.cell.max()) + 1, len(surfaces)
    made = joined([replace(piece, cell=first + piece.cell * step + number) for number, piece in enumerate(left)])
    made = replace(made, inner=made.tag >= _ONCE_INNER, tag=made.tag & ~_ONCE_INNER)
    return _settled(joined([some[~touched], made]))


def _settled(some: Soup) -> Soup:
    """Inner faces that have lost the cell on their other side bound the solid now. Two solids in one place have faces in one place: those
    are no pair, for they look the same way."""
    rows = np.flatnonzero(some.inner)
    if not len(rows):
        return some
    points = np.ascontiguousarray(some.corners[rows].reshape(-1, 3)) + 0.0
    _, ids = np.unique(points.view("V24")[:, 0], return_inverse=True)
    ids = ids.reshape(-1, 3)
    turned = np.take_along_axis(ids, (ids.argmin(axis=1)[:, None] + np.arange(3)) % 3, axis=1)
    _, which = np.unique(np.sort(ids, axis=1), axis=0, return_inverse=True)
    balance = np.bincount(which.ravel(), np.where(turned[:, 1] < turned[:, 2], 1.0, -1.0))
    inner = some.inner.copy()
    inner[rows[balance[which.ravel()] != 0.0]] = False
    return replace(some, inner=inner)


def surface(some: Soup) -> Soup:
    """Only what bounds the solids, a cell after the other: readers that pair faces in the file's order then pair them rightly."""
    bare = some[~some.inner]
    return bare[np.argsort(bare.cell, kind="stable")]
