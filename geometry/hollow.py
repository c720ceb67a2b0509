"""Boxes with round room taken out of them: what a body meets of a bore. They are halved until they are small, where the wall is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.bore import Capsules
from geometry.hulls import Hulls, joined

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
GRAIN = 0.22
"""Metres: half the side of the smallest boxes; a foot steps over what is no higher."""
_MOST = 60_000
"""Boxes at most: where a bore goes through more, the last stay uncut."""


def hollowed(solid: Hulls, some: Capsules, reach: float) -> Hulls:
    """The boxes without what lies in capsules of the same frame; only within `reach` metres of the origin, and to a grain of GRAIN."""
    if not len(some) or not len(solid):
        return solid
    done, todo = list[Hulls](), solid
    while len(todo):
        depth, far = _depth(todo.centre, some), np.sqrt((todo.half**2).sum(axis=1))
        near = (np.abs(todo.centre) <= todo.reach + reach).all(axis=1)
        crossed = near & (np.abs(depth) < far)
        small = todo.half.max(axis=1) <= GRAIN
        kept = np.where(crossed & small, depth > 0.0, ~crossed & ~(near & (depth <= -far)))
        split = crossed & ~small
        if split.sum() + sum(map(len, done)) > _MOST:
            return joined([*done, todo[kept | split]])
        done.append(todo[kept])
        todo = _halves(todo[split])
    return joined(done)


def _depth(points: F64, some: Capsules) -> F64:
    """(n,) metres from points to the nearest wall: below zero within."""
    return np.asarray((some.away(points) - some.radius[:, None]).min(axis=0))


def _halves(solid: Hulls) -> Hulls:
    """Each box cut across its longest side."""
    if not len(solid):
        return solid
    rows, axis = np.arange(len(solid)), solid.half.argmax(axis=1)
    half = solid.half.copy()
    half[rows, axis] /= 2.0
    step = solid.axes[rows, axis] * half[rows, axis, None]
    return joined([Hulls(solid.centre + side * step, solid.axes, half) for side in (-1.0, 1.0)])
