"""Keeping rooms free: what a parent grew must not stand where a child of its own is a room to walk in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.builders.batch import spread
from geometry.parts import Parts

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Box = tuple[F64, F64]
_SQUARES = 64
"""Squares along the longer side of a plan."""


def stacked(boxes: list[Box]) -> tuple[F64, F64]:
    """Boxes of two corners (3,) each as low and high corners (k, 3)."""
    low, high = (np.array([box[side] for box in boxes], dtype=np.float64).reshape(-1, 3) for side in (0, 1))
    return low, high


def clear(made: Parts, low: F64, high: F64, slack: float = 0.02) -> Parts:
    """Only the parts that stand in none of the boxes between two corners (k, 3)."""
    if not len(made) or not len(low):
        return made
    # turning boxes is dear: only those that may come near at all are turned
    x, y, z = made.scale.T
    around = ((x + y + z) / 2.0)[:, None]
    near = np.zeros(len(made), bool)
    near[meeting(made.position - around, made.position + around, low + slack, high - slack)[0]] = True
    rows = np.flatnonzero(near)
    met, _ = meeting(*corners(made[rows]), low + slack, high - slack)
    if not len(met):
        return made
    kept = np.ones(len(made), bool)
    kept[rows[met]] = False
    return made[kept]


def meeting(low: NDArray[np.floating], high: NDArray[np.floating], a: F64, b: F64) -> tuple[I64, I64]:
    """All pairs (k,) of boxes between low and high (n, 3) and boxes between a and b (m, 3) that overlap, as rows of both."""
    # the second are small or few: sorted along x, each of the first meets a short run of them
    order = np.argsort(a[:, 0], kind="stable")
    west, widest = a[order, 0], float((b - a)[:, 0].max(initial=0.0))
    west_of, east_of = (np.ascontiguousarray(edge[:, 0], dtype=np.float64) for edge in (low, high))
    first, last = np.searchsorted(west, west_of - widest), np.searchsorted(west, east_of)
    row, number = spread(np.maximum(last - first, 0))
    box = order[first[row] + number]
    for axis in range(3):  # most are gone after the first
        met = (high[row, axis] > a[box, axis]) & (low[row, axis] < b[box, axis])
        row, box = row[met], box[met]
    return row, box


def crossing(low: NDArray[np.floating], high: NDArray[np.floating], a: F64, b: F64) -> tuple[I64, I64]:
    """`meeting` where both are many: the second are sorted into squares of a plan, each of the first asks those about it."""
    if not len(a):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    least, most = a[:, :2].min(axis=0), a[:, :2].max(axis=0)
    widest = (b - a)[:, :2].max(axis=0)
    edge = np.maximum(float((most - least).max()) / _SQUARES, 1.0)
    count = ((most - least) / edge).astype(np.int64) + 1
    square = ((a[:, :2] - least) / edge).astype(np.int64)
    number = square[:, 0] * count[1] + square[:, 1]
    order = np.argsort(number, kind="stable")
    begins = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=int(count.prod())))])
    first = np.maximum(np.floor((low[:, :2] - widest - least) / edge), 0).astype(np.int64)
    last = np.minimum(np.floor((high[:, :2] - least) / edge), count - 1).astype(np.int64)
    near = (last >= first).all(axis=1) & (high[:, 2] > a[:, 2].min()) & (low[:, 2] < b[:, 2].max())
    row, step = spread(np.where(near, last[:, 0] - first[:, 0] + 1, 0))
    strip = (first[row, 0] + step) * count[1]
    start, end = begins[strip + first[row, 1]], begins[strip + last[row, 1] + 1]
    which, step = spread(end - start)
    row, box = row[which], order[start[which] + step]
    for axis in (2, 0, 1):
        met = (high[row, axis] > a[box, axis]) & (low[row, axis] < b[box, axis])
        row, box = row[met], box[met]
    return row, box


def pairs(met: NDArray[np.bool_]) -> tuple[I64, I64]:
    """Rows and columns where a table is true, row by row: `np.nonzero`, quicker for few."""
    row, column = np.divmod(np.flatnonzero(met), max(met.shape[1], 1))
    return row, column


def corners(made: Parts) -> tuple[F64, F64]:
    """(n, 3) lowest and highest corners of the parts' boxes along the axes."""
    reach = (np.abs(matrix(made.rotation)) * (made.scale[:, None, :] / 2.0)).sum(axis=2)
    return made.position - reach, made.position + reach


_SMALL = 3.0
"""Metres: what is longer stays, unless its middle is in the way, for others hang on it."""


def clear_of(made: Parts, boxes: list[Box], slack: float = 0.05) -> Parts:
    """Without the small parts that stand in a box and those whose middle is in it: floors, walls, piers and great machines stay."""
    if not len(made) or not boxes:
        return made
    inside, long = _standing(made, boxes, slack)
    a, b = (np.stack([box[side] for box in boxes]) for side in (0, 1))
    middle = np.all((made.position[:, None] > a) & (made.position[:, None] < b), axis=2)
    most = 1.5 * (b - a).max(axis=1)
    gone = (inside & (middle | (long < _SMALL)[:, None]) & (long[:, None] <= most)).any(axis=1)
    return made[np.asarray(~gone)]


def _standing(made: Parts, boxes: list[Box], slack: float) -> tuple[NDArray[np.bool_], F64]:
    """(n, k) which parts stand in which box, and (n,) how long the parts are along an axis."""
    low, high = corners(made)
    long = (high - low).max(axis=1)
    a, b = (np.stack([box[side] for box in boxes]) for side in (0, 1))
    inside = np.ones((len(made), len(boxes)), bool)
    for axis in range(3):
        inside &= (high[:, axis, None] > a[:, axis] + slack) & (low[:, axis, None] < b[:, axis] - slack)
    return inside, np.asarray(long)
