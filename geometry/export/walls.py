"""Walls that print: parts thinner than a printer's line are thickened or left out, and counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from geometry.mesh import F32
from geometry.parts import Parts

Thin = Literal["keep", "thicken", "drop"]
MINIMUM_WALL = 0.4
"""Millimetres: one line of a 0.4 mm nozzle; pillars under 0.3 mm vanish."""


class Walls(NamedTuple):
    """Parts as they will be printed."""

    parts: Parts
    thin: int
    """How many were thinner than the minimum."""
    gone: int
    """How many of those are left out."""


def thinnest(parts: Parts) -> F32:
    """(n,) shortest sides, metres."""
    x, y, z = parts.scale.T
    shortest: F32 = np.minimum(np.minimum(x, y), z)
    return shortest


def walls(parts: Parts, minimum: float, thin: Thin) -> Walls:
    """Parts with those thinner than `minimum` metres treated as asked. Specks no longer than a wall is thick go."""
    slim = thinnest(parts) < minimum
    count = int(slim.sum())
    if thin == "drop":
        return Walls(parts[~slim], count, count)
    if thin == "keep" or not count:
        return Walls(parts, count, 0)
    kept = parts[parts.scale.max(axis=1) >= minimum]
    return Walls(replace(kept, scale=np.maximum(kept.scale, np.float32(minimum))), count, len(parts) - len(kept))
