"""How much of the lit ceiling a panel sees: a cheap estimate, baked into parts while unfolding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.builders.batch import Rows, rows_of
from geometry.builders.hosts import Hosts, Panels
from geometry.builders.turns import MATRICES

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
_OUT = MATRICES[::4, :, 2]

_FACING = np.array([0.72, 0.72, 0.72, 0.72, 1.0, 0.22])
_OCCLUDERS = 40
_NOWHERE = 1e9
"""Where boxes lie that fill up the lists of plots with fewer, in heights of a plot: no ray comes there."""
_CHUNK = 1024  # panels at once: what is worked on stays in the cache
_RAYS = ((0.35, 0.55), (1.4, 0.45))
"""How far each ray from a wall slants out of it, and what it counts."""
_STEEP = [(np.float32(1.0 / slope), weight) for slope, weight in _RAYS]


@dataclass(frozen=True, slots=True, eq=False)
class Skyline:
    """The largest boxes of each plot, in heights above its ground: single precision does."""

    low: list[F32]
    """For each axis (p, k)."""
    high: list[F32]

    def of(self, plot: I64) -> Skyline:
        """Those that panels of these plots (m,) see: (m, k), or (1, k) where all panels see the same."""
        if len(self.low[0]) == 1:
            return self
        return Skyline([axis[plot] for axis in self.low], [axis[plot] for axis in self.high])


def exposures(sides: Panels, boxes: Hosts, sheltered: F64, plots: int = 1) -> F64:
    """(m,) 0 to 1 for each panel: two rays up and out of it against the largest hosts of its plot; higher is brighter, `sheltered` (m,)
    darker."""
    if not len(sides):
        return np.zeros(0)
    of = rows_of(boxes.plot, plots)
    base = -of.greatest(-boxes.low[:, 2])
    reach = of.greatest(boxes.high[:, 2]) - base
    start = sides.centre + _OUT[sides.face] * (0.02 * np.minimum(sides.width, sides.height))[:, None]
    start[:, 2] -= base[sides.plot]
    height = (sides.centre[:, 2] - base[sides.plot]) / reach[sides.plot]
    seen = _seen(sides, (start / reach[sides.plot, None]).astype(np.float32).T.copy(), _skyline(boxes, of, base, reach))
    level = np.minimum(np.maximum(height, 0.0), 1.0)
    facing = _FACING.take(sides.face)
    shelter = 1.0 - 0.85 * sheltered
    light: F64 = (0.10 + 0.30 * level + 0.60 * seen * (0.45 + 0.55 * level)) * facing * shelter
    return np.minimum(np.maximum(light, 0.02), 1.0)


def _skyline(boxes: Hosts, of: Rows, base: F64, reach: F64) -> Skyline:
    largest = of.largest(boxes.size[:, 0] * boxes.size[:, 1] * boxes.size[:, 2], _OCCLUDERS)
    ground = np.stack([0.0 * base, 0.0 * base, base], axis=-1)[:, None]
    edges = [(corner[largest] - ground) / reach[:, None, None] for corner in (boxes.low, boxes.high)]
    low, high = (np.where(largest[:, :, None] < 0, _NOWHERE, edge).astype(np.float32).transpose(2, 0, 1) for edge in edges)
    return Skyline(list(low.copy()), list(high.copy()))


def _seen(sides: Panels, start: F32, boxes: Skyline) -> F64:
    """(m,) how much of its rays `start` (3, m) each panel sends to the sky, 0 to 1."""
    seen = np.zeros(len(sides))
    kind = sides.face // 2
    for axis in range(3):
        rows = np.flatnonzero(kind == axis)
        for first in range(0, len(rows), _CHUNK):
            part = rows[first : first + _CHUNK]
            ahead = sides.face[part] % 2 == 0
            look = _upright if axis == 2 else _slanting
            seen[part] = look(start[:, part, None], ahead, boxes.of(sides.plot[part]), axis)
    return seen


def _upright(start: F32, up: NDArray[np.bool_], boxes: Skyline, _axis: int) -> F64:
    """What tops see: all, or nothing below a box. Undersides see what the ground below them throws back."""
    inside = boxes.low[0] < start[0]
    inside &= boxes.high[0] > start[0]
    inside &= boxes.low[1] < start[1]
    inside &= boxes.high[1] > start[1]
    inside &= np.where(up[:, None], boxes.high[2] > start[2], boxes.low[2] < start[2])
    return np.where(inside.any(axis=1), 0.0, np.where(up, 1.0, _RAYS[1][1]))


def _slanting(start: F32, positive: NDArray[np.bool_], boxes: Skyline, axis: int) -> F64:
    """What walls see: slab tests, and only of panels with the few boxes that lie across their rays."""
    other = 1 - axis
    across = boxes.low[other] < start[other]
    across &= boxes.high[other] > start[other]
    across &= boxes.high[2] > start[2]
    met = np.flatnonzero(across)
    row = met // across.shape[1]
    at = met if len(boxes.low[0]) > 1 else met - row * across.shape[1]
    x, z, ahead = start[axis, :, 0].take(row), start[2, :, 0].take(row), positive.take(row)
    enter, leave = np.maximum(boxes.low[2].take(at) - z, np.float32(0.0)), boxes.high[2].take(at) - z
    left, right = boxes.low[axis].take(at) - x, boxes.high[axis].take(at) - x
    near, far = np.where(ahead, left, -right), np.where(ahead, right, -left)
    seen = np.zeros(len(positive))
    for steep, weight in _STEEP:
        clear = np.ones(len(positive), dtype=bool)
        clear[row[np.maximum(enter, near * steep) < np.minimum(leave, far * steep)]] = False
        seen += weight * clear
    return seen
