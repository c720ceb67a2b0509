"""How much of the lit ceiling a panel sees: a cheap estimate, baked into parts while unfolding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.builders.batch import rows_of
from geometry.builders.hosts import Hosts, Panels
from geometry.builders.turns import MATRICES

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

_OCCLUDERS = 40
_NOWHERE = 1e9
"""Where boxes lie that fill up the lists of plots with fewer, in heights of a plot: no ray comes there."""
_CHUNK = 512  # panels at once: what is worked on stays in the cache
_RAYS = ((0.35, 0.55), (1.4, 0.45))
"""How far each ray slants out of its panel, and what it counts."""


def exposures(sides: Panels, boxes: Hosts, sheltered: F64, plots: int = 1) -> F64:
    """(m,) 0 to 1 for each panel: two rays, straight up and slanting out of the panel, against the largest hosts of its plot; higher
    is brighter, `sheltered` (m,) darker."""
    if not len(sides):
        return np.zeros(0)
    of = rows_of(boxes.plot, plots)
    box_low, box_high = boxes.low, boxes.high
    base = -of.greatest(-box_low[:, 2])
    reach = of.greatest(box_high[:, 2]) - base
    largest = of.largest(boxes.size[:, 0] * boxes.size[:, 1] * boxes.size[:, 2], _OCCLUDERS)
    # in heights above the ground of the plot: single precision does
    middle = np.zeros((plots, 1, 3))
    middle[:, 0, 2] = base
    low, high = (
        np.where(largest[:, :, None] < 0, _NOWHERE, (corner[largest] - middle) / reach[:, None, None]).astype(np.float32).transpose(2, 0, 1)
        for corner in (box_low, box_high)
    )
    out, height = MATRICES[sides.face * 4, :, 2], reach[sides.plot]
    start = sides.centre + out * (0.02 * np.minimum(sides.width, sides.height))[:, None] - middle[sides.plot, 0]
    start = (start / height[:, None]).astype(np.float32)
    seen = np.zeros(len(sides))
    for slope, weight in _RAYS:
        ray = (out * slope + np.array([0.0, 0.0, 1.0])).astype(np.float32)
        for first in range(0, len(sides), _CHUNK):
            part = slice(first, first + _CHUNK)
            own = slice(0, 1) if plots == 1 else sides.plot[part]
            seen[part] += weight * ~_blocked(start[part], ray[part], [axis[own] for axis in low], [axis[own] for axis in high])
    level = np.clip((sides.centre[:, 2] - base[sides.plot]) / height, 0.0, 1.0)
    facing = np.array([0.72, 0.72, 0.72, 0.72, 1.0, 0.22])[sides.face]
    shelter = 1.0 - 0.85 * sheltered
    light: F64 = (0.10 + 0.30 * level + 0.60 * seen * (0.45 + 0.55 * level)) * facing * shelter
    return np.clip(light, 0.02, 1.0)


def _blocked(start: F32, ray: F32, low: list[F32], high: list[F32]) -> NDArray[np.bool_]:
    """(m,) whether rays (m, 3) hit any of their boxes, of which each axis has (m or 1, k) lows and highs: the slab test, where rays
    never point down."""
    shape = (len(start), low[0].shape[1])
    enter, leave = np.zeros(shape, dtype=np.float32), np.full(shape, np.inf, dtype=np.float32)
    near, far, first = (np.empty(shape, dtype=np.float32) for _ in range(3))
    for axis in range(3):
        step = ray[:, axis : axis + 1]
        inverse = np.float32(1.0) / np.where(np.abs(step) < np.float32(1e-6), np.float32(1e-6), step)
        at = start[:, axis : axis + 1] * inverse
        for bound, out in ((low[axis], near), (high[axis], far)):
            np.multiply(bound, inverse, out=out)
            np.subtract(out, at, out=out)
        np.minimum(near, far, out=first)
        np.maximum(enter, first, out=enter)
        np.minimum(leave, np.maximum(near, far, out=far), out=leave)
    return np.asarray((enter < leave).any(axis=1))
