"""How much of the lit ceiling a panel sees: a cheap estimate, baked into parts while unfolding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.builders.hosts import Hosts, Panels
from geometry.builders.turns import MATRICES

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

_OCCLUDERS = 40
_CHUNK = 1024  # panels at once: what is worked on stays in the cache


def exposures(sides: Panels, boxes: Hosts, sheltered: F64) -> F64:
    """(m,) 0 to 1 for each panel: two rays, straight up and slanting out of the panel, against the largest hosts; higher is
    brighter, `sheltered` (m,) darker."""
    if not len(sides):
        return np.zeros(0)
    volume = boxes.size[:, 0] * boxes.size[:, 1] * boxes.size[:, 2]
    largest = np.argsort(-volume, kind="stable")[:_OCCLUDERS]
    base, top = float(boxes.low[:, 2].min()), float(boxes.high[:, 2].max())
    reach = top - base
    out = MATRICES[sides.face * 4][:, :, 2]
    middle = np.array([0.0, 0.0, base])
    low, high = (((corner[largest] - middle) / reach).astype(np.float32) for corner in (boxes.low, boxes.high))
    start = ((sides.centre + out * (0.02 * np.minimum(sides.width, sides.height))[:, None] - middle) / reach).astype(np.float32)
    seen = np.zeros(len(sides))
    for slope, weight in ((0.35, 0.55), (1.4, 0.45)):
        ray = (out * slope + np.array([0.0, 0.0, 1.0])).astype(np.float32)
        for first in range(0, len(sides), _CHUNK):
            part = slice(first, first + _CHUNK)
            seen[part] += weight * ~_blocked(start[part], ray[part], low, high)
    level = np.clip((sides.centre[:, 2] - base) / reach, 0.0, 1.0)
    facing = np.array([0.72, 0.72, 0.72, 0.72, 1.0, 0.22])[sides.face]
    shelter = 1.0 - 0.85 * sheltered
    light: F64 = (0.10 + 0.30 * level + 0.60 * seen * (0.45 + 0.55 * level)) * facing * shelter
    return np.clip(light, 0.02, 1.0)


def _blocked(start: F32, ray: F32, low: F32, high: F32) -> NDArray[np.bool_]:
    """(m,) whether rays (m, 3) hit any box (k, 3): the slab test, where rays never point down."""
    shape = (len(start), len(low))
    enter, leave = np.zeros(shape, dtype=np.float32), np.full(shape, np.inf, dtype=np.float32)
    near, far, first = (np.empty(shape, dtype=np.float32) for _ in range(3))
    for axis in range(3):
        step = ray[:, axis : axis + 1]
        inverse = np.float32(1.0) / np.where(np.abs(step) < np.float32(1e-6), np.float32(1e-6), step)
        at = start[:, axis : axis + 1] * inverse
        for bound, out in ((low, near), (high, far)):
            np.multiply(bound[None, :, axis], inverse, out=out)
            np.subtract(out, at, out=out)
        np.minimum(near, far, out=first)
        np.maximum(enter, first, out=enter)
        np.minimum(leave, np.maximum(near, far, out=far), out=leave)
    return np.asarray((enter < leave).any(axis=1))
