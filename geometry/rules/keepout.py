"""Keeping rooms free: what a parent grew must not stand where a child of its own is a room to walk in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.builders.batch import spread
from geometry.parts import Parts

F64 = NDArray[np.float64]
Box = tuple[F64, F64]


def clear(made: Parts, boxes: list[Box], slack: float = 0.02) -> Parts:
    """Only the parts that stand in none of the boxes, given by two corners (3,)."""
    if not len(made) or not boxes:
        return made
    low, high = _corners(made)
    a, b = np.stack([box[0] for box in boxes]) + slack, np.stack([box[1] for box in boxes]) - slack
    # of thousands of parts only those of the same stretch of x are tried against each of hundreds of boxes
    order = np.argsort(low[:, 0], kind="stable")
    west, widest = low[order, 0], float((high - low)[:, 0].max())
    first, last = np.searchsorted(west, a[:, 0] - widest), np.searchsorted(west, b[:, 0])
    box, number = spread(np.maximum(last - first, 0))
    part = order[first[box] + number]
    for axis in range(3):  # most pairs are gone after the first
        met = (high[part, axis] > a[box, axis]) & (low[part, axis] < b[box, axis])
        part, box = part[met], box[met]
    kept = np.ones(len(made), bool)
    kept[part] = False
    return made[kept]


def _corners(made: Parts) -> tuple[F64, F64]:
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
    low, high = _corners(made)
    long = (high - low).max(axis=1)
    a, b = (np.stack([box[side] for box in boxes]) for side in (0, 1))
    inside = np.ones((len(made), len(boxes)), bool)
    for axis in range(3):
        inside &= (high[:, axis, None] > a[:, axis] + slack) & (low[:, axis, None] < b[:, axis] - slack)
    return inside, np.asarray(long)
