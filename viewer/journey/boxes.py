"""Solid boxes in the world, and questions that are asked of many of them at once. Pure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from viewer.journey.crossings import slabs

F64 = NDArray[np.float64]
_CHUNK = 300_000
"""Pairs of a line and a box that are looked at together."""


class Boxes(NamedTuple):
    """n solid boxes."""

    centre: F64
    """(n, 3) metres."""
    axes: F64
    """(n, 3, 3): rows are a box's own axes."""
    half: F64
    """(n, 3) metres."""

    @property
    def radius(self) -> F64:
        """(n,) metres from their middles to their corners."""
        return np.asarray(np.sqrt((self.half * self.half).sum(axis=1)))

    def bar(self, start: F64, end: F64, margin: float) -> NDArray[np.bool_]:
        """(m,) whether lines from `start` (m, 3) to `end` (m, 3) enter any of the boxes, grown by a margin (m)."""
        found = np.zeros(len(start), dtype=np.bool_)
        rows = max(_CHUNK // max(len(self.centre), 1), 1)
        for first in range(0, len(start), rows):
            some = slice(first, first + rows)
            line, box = np.nonzero(self._near(start[some], end[some], margin))
            a, b = self._local(start[some][line], box), self._local(end[some][line], box)
            near, far = slabs(a, b, self.half[box] + margin)
            found[first + line[near <= far]] = True
        return found

    def _near(self, start: F64, end: F64, margin: float) -> NDArray[np.bool_]:
        """(m, n) whether lines touch the spheres about the boxes."""
        if not len(self.centre):
            return np.zeros((len(start), 0), dtype=np.bool_)
        origin = self.centre[0]
        step, start, centre = end - start, start - origin, self.centre - origin
        square = (step * step).sum(axis=1)[:, None]
        along = _dots(step, centre) - (step * start).sum(axis=1)[:, None]
        away = (start * start).sum(axis=1)[:, None] - 2.0 * _dots(start, centre) + (centre * centre).sum(axis=1)
        share = np.clip(along / np.maximum(square, 1e-30), 0.0, 1.0)
        reach = 1.01 * (self.radius + 2.0 * margin)
        return np.asarray(away - 2.0 * share * along + share * share * square <= reach * reach)

    def _local(self, points: F64, box: NDArray[np.intp]) -> F64:
        """(k, 3) points as the boxes of k rows see them, from their middles."""
        return np.asarray((self.axes[box] * (points - self.centre[box])[:, None]).sum(axis=-1))

    def clearance(self, points: F64) -> F64:
        """(m,) metres from points (m, 3) to the nearest of the boxes; infinite where there are none."""
        if not len(self.centre):
            return np.full(len(points), np.inf)
        origin = self.centre[0]
        at, centre = points - origin, self.centre - origin
        square = (at * at).sum(axis=1)[:, None] - 2.0 * _dots(at, centre) + (centre * centre).sum(axis=1)
        away = np.sqrt(np.maximum(square, 0.0))
        point, box = np.nonzero(away - 1.01 * self.radius <= away.min(axis=1, keepdims=True))
        outside = np.maximum(np.abs(self._local(points[point], box)) - self.half[box], 0.0)
        found = np.full(len(points), np.inf)
        np.minimum.at(found, point, np.sqrt((outside * outside).sum(axis=1)))
        return found

    def apart_from(self, ends: F64, margin: float) -> Boxes:
        """Those that are not about one of some points (m, 3)."""
        away = np.ones(len(self.centre), dtype=np.bool_)
        for end in ends:
            local = np.abs(self._local(np.broadcast_to(end, self.centre.shape), np.arange(len(self.centre))))
            away &= ~(local < self.half + margin).all(axis=1)
        return Boxes(self.centre[away], self.axes[away], self.half[away])


def _dots(a: F64, b: F64) -> F64:
    """(m, n) products of vectors (m, 3) and (n, 3). Not `@`: for so short ones its threads wait for each other, and for other programs."""
    found: F64 = a[:, :1] * b[:, 0]
    found += a[:, 1:2] * b[:, 1]
    found += a[:, 2:] * b[:, 2]
    return found


NO_BOXES = Boxes(np.zeros((0, 3)), np.zeros((0, 3, 3)), np.zeros((0, 3)))
