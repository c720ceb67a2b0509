"""Hollow prints: what lies deeper in a body than its walls are thick goes, and each hollow drains through its floor.

The body is looked at on a grid of little cubes. A cube may go where nothing but body is within a wall's thickness along every axis,
and where a hole for draining leads straight down from it through nothing but body. So no outer face is touched but the underside.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.export.manifold import volumes
from geometry.mesh import F64, I32

if TYPE_CHECKING:
    from manifold3d import Manifold

DRAIN_MM = 3.5
"""Width of a hole: resin runs out of less too slowly."""
_FINE = 3.0
"""Cubes in the thickness of a wall."""
_MOST = 40_000_000
"""Cubes in all: of a thin wall in a large body there would be more, so they grow."""
_SIDES = 12
Mask = NDArray[np.bool_]
I64 = NDArray[np.int64]


class Grid(NamedTuple):
    """Little cubes over a box."""

    origin: F64
    """(3,) its least corner, millimetres."""
    pitch: float
    """Millimetres."""
    shape: tuple[int, int, int]

    def cubes(self, length: float) -> int:
        """How many cover a length, and at least one."""
        return max(1, math.ceil(length / self.pitch - 1e-9))


def grid_over(low: F64, high: F64, wall: float) -> Grid:
    """Cubes over a box (3,), millimetres, fine enough for a wall."""
    size = np.maximum(high - low, 1e-6)
    pitch = max(wall / _FINE, float(np.prod(size) / _MOST) ** (1 / 3))
    nx, ny, nz = (math.ceil(side / pitch) for side in size.tolist())
    return Grid(low, pitch, (nx, ny, nz))


def filled(polygons: list[F64], grid: Grid) -> Mask:
    """(nx, ny) whose middles lie within polygons (k, 2): counter-clockwise ones, less holes."""
    nx, ny, _ = grid.shape
    turns = np.zeros((nx + 1, ny), np.int32)
    for polygon in polygons:
        ring = (np.asarray(polygon, np.float64) - grid.origin[:2]) / grid.pitch - 0.5
        _crossed(turns, ring, np.roll(ring, -1, axis=0))
    inside: Mask = np.cumsum(turns, axis=0)[:nx] > 0
    return inside


def _crossed(turns: NDArray[np.int32], a: F64, b: F64) -> None:
    """Note in each row of middles where the edges from a to b (k, 2) cross it: what lies right of a falling edge is entered."""
    up = b[:, 1] > a[:, 1]
    low, high = np.where(up[:, None], a, b), np.where(up[:, None], b, a)
    first, last = np.ceil(low[:, 1]).astype(np.int64), np.ceil(high[:, 1]).astype(np.int64)
    first, last = np.maximum(first, 0), np.minimum(last, turns.shape[1])
    count = np.maximum(last - first, 0)
    edge = np.repeat(np.arange(len(a)), count)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    share = (row - low[edge, 1]) / (high[edge, 1] - low[edge, 1])
    column = np.ceil(low[edge, 0] + share * (high[edge, 0] - low[edge, 0])).astype(np.int64)
    np.add.at(turns, (np.clip(column, 0, turns.shape[0] - 1), row), np.where(up[edge], -1, 1))


def _around(mask: Mask, before: int, after: int, axis: int) -> NDArray[np.int32]:
    """How many of the mask's cubes lie from `before` below each cube to `after` above it. Outside there are none."""
    padded = np.pad(mask, [(before + 1, after) if i == axis else (0, 0) for i in range(3)])
    sums, n = np.cumsum(padded, axis=axis, dtype=np.int32), mask.shape[axis]
    wide = before + after + 1
    result: NDArray[np.int32] = np.take(sums, np.arange(wide, wide + n), axis) - np.take(sums, np.arange(n), axis)
    return result


def eroded(mask: Mask, before: int, after: int) -> Mask:
    """Cubes that have nothing but the mask's from `before` below them to `after` above them, along every axis."""
    for axis in range(3):
        mask = _around(mask, before, after, axis) == before + after + 1
    return mask


def dilated(mask: Mask, before: int, after: int) -> Mask:
    """Cubes that have one of the mask's from `before` below them to `after` above them, along every axis."""
    for axis in range(3):
        mask = _around(mask, before, after, axis) > 0
    return mask


def tangled(mask: Mask) -> Mask:
    """One of every two cubes that meet by an edge alone: faces there would not pair."""
    result = np.zeros_like(mask)
    for axes in combinations(range(3), 2):
        view, marked = np.moveaxis(mask, axes, (0, 1)), np.moveaxis(result, axes, (0, 1))
        a, b, c, d = view[:-1, :-1], view[1:, :-1], view[:-1, 1:], view[1:, 1:]
        marked[:-1, :-1] |= a & d & ~b & ~c
        marked[1:, :-1] |= b & c & ~a & ~d
    return result


def room(body: Mask, wall: int, wide: int) -> tuple[Mask, Mask]:
    """(what may go, least corners of what of it a hole `wide` cubes across can drain); `wall` cubes stay all round."""
    seats = eroded(eroded(body, wall, wall), 0, wide - 1) & _drains(body, wide)
    cut = dilated(seats, wide - 1, 0)
    while (bad := tangled(cut)).any():
        seats &= ~dilated(bad, 0, wide - 1)
        cut = dilated(seats, wide - 1, 0)
    return cut, seats


def skin_of(mask: Mask) -> tuple[I64, I32]:
    """The surface of cubes: corners (n, 3), whole numbers, and triangles (m, 3), outward."""
    padded = np.pad(mask, 1)
    quads = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        along = np.eye(3, dtype=np.int64)
        steps = np.stack([0 * along[u], along[u], along[u] + along[v], along[v]])
        change = np.diff(padded.astype(np.int8), axis=axis)
        for way in (-1, 1):
            at = np.argwhere(change == way)
            at[:, [i for i in range(3) if i != axis]] -= 1
            quads.append(at[:, None] + (steps if way < 0 else steps[::-1]))
    corners = np.concatenate(quads).reshape(-1, 3)
    points, ids = np.unique(corners, axis=0, return_inverse=True)
    faces = ids.reshape(-1, 4)
    return points, np.ascontiguousarray(faces[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3).astype(np.int32))


def hollowed(whole: Manifold, wall: float) -> tuple[Manifold, int]:
    """(a body without what lies deeper than a `wall`, millimetres, how many holes drain it)."""
    from manifold3d import Manifold, Mesh64, OpType

    box = np.array(whole.bounding_box(), np.float64)
    grid = grid_over(box[:3], box[3:], wall)
    levels = grid.origin[2] + (np.arange(grid.shape[2]) + 0.5) * grid.pitch
    body = np.stack([filled(whole.slice(z).to_polygons(), grid) for z in levels.tolist()], axis=2)
    wide = grid.cubes(DRAIN_MM)
    cut, seats = room(body, grid.cubes(wall) + 1, wide)
    if not cut.any():
        return whole, 0
    points, triangles = skin_of(cut)
    hollow = Manifold(Mesh64(grid.origin + points * grid.pitch, triangles.astype(np.uint64)))
    label, each = volumes(points.astype(np.float64), triangles.astype(np.int64))
    shells = (points[np.unique(triangles[label == one])] for one in np.flatnonzero(each > 0.0).tolist())
    holes = [_hole(grid, spot, wide) for corners in shells for spot in _seats_of(corners, seats, grid)]
    return Manifold.batch_boolean([whole, hollow, *holes], OpType.Subtract), len(holes)


def _drains(body: Mask, wide: int) -> Mask:
    """Cubes from which a square as wide as a hole, from the cube on, leads straight down through nothing but body."""
    below = np.logical_and.accumulate(body, axis=2)
    for axis in (0, 1):
        below = _around(below, 0, wide - 1, axis) == wide
    return below


def _seats_of(corners: I64, seats: Mask, grid: Grid) -> list[tuple[int, int, int]]:
    """Where a hollow with these corners (n, 3) drains: two seats on its floor, as far apart as they lie, or one where it is small."""
    floor = corners[:, 2].min()
    found = corners[corners[:, 2] == floor]
    (x0, y0), (x1, y1) = found[:, :2].min(axis=0), found[:, :2].max(axis=0)
    spots = np.argwhere(seats[x0:x1, y0:y1, floor]) + (x0, y0)
    return [(int(x), int(y), int(floor)) for x, y in _apart(spots, grid.cubes(4 * DRAIN_MM))]


def _apart(spots: I64, far: int) -> list[tuple[int, int]]:
    if not len(spots):
        return []
    axis = int(np.ptp(spots, axis=0).argmax())
    order = spots[np.argsort(spots[:, axis], kind="stable")]
    ends = [order[0], order[-1]] if order[-1, axis] - order[0, axis] >= far else [order[len(order) // 2]]
    return [(int(x), int(y)) for x, y in ends]


def _hole(grid: Grid, spot: tuple[int, int, int], wide: int) -> Manifold:
    """A drill from under the body up into a hollow."""
    from manifold3d import Manifold

    x, y, z = (grid.origin + (np.array(spot) + np.array([wide / 2, wide / 2, wide / 2])) * grid.pitch).tolist()
    low = float(grid.origin[2]) - 1.0
    return Manifold.cylinder(z - low, DRAIN_MM / 2, circular_segments=_SIDES).translate((x, y, low))
