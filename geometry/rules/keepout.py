"""Keeping rooms free: what a parent grew must not stand where a child of its own is a room to walk in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.parts import Parts

F64 = NDArray[np.float64]
Box = tuple[F64, F64]


def clear(made: Parts, boxes: list[Box], slack: float = 0.02) -> Parts:
    """Only the parts that stand in none of the boxes, given by two corners (3,)."""
    if not len(made) or not boxes:
        return made
    gone = _standing(made, boxes, slack)[0].any(axis=1)
    return made[np.asarray(~gone)]


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
    reach = (np.abs(matrix(made.rotation)) * (made.scale[:, None, :] / 2.0)).sum(axis=2)
    low, high = made.position - reach, made.position + reach
    a, b = (np.stack([box[side] for box in boxes]) for side in (0, 1))
    low, high = (np.ascontiguousarray(edge.T, dtype=np.float32)[:, :, None] for edge in (low, high))
    a, b = (a + slack).T.astype(np.float32), (b - slack).T.astype(np.float32)
    inside = (high[0] > a[0]) & (low[0] < b[0])
    for axis in (1, 2):
        inside &= (high[axis] > a[axis]) & (low[axis] < b[axis])
    return inside, np.asarray(2.0 * reach.max(axis=1))
