"""Light baked into interiors: parts near a lamp that shines are brighter than parts far from any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry.material import Material
from geometry.parts import Parts

F64 = NDArray[np.float64]
_SHINING = (Material.LAMP, Material.COLD_LIGHT, Material.WARM_LIGHT)
_LAMPS = 64
"""Lamps looked at, at most: the larger and evenly picked along their order."""


def lamplit(made: Parts, *, dark: int, bright: int, reach: float) -> Parts:
    """The same parts with exposure between `dark` and `bright`: halved `reach` metres from the surface of the nearest lamp."""
    shines = np.isin(made.material, _SHINING)
    lamps = np.flatnonzero(shines)
    if not len(lamps):
        return replace(made, exposure=np.full(len(made), dark, np.uint8))
    lamps = lamps[np.linspace(0, len(lamps) - 1, min(len(lamps), _LAMPS)).astype(np.int64)]
    nearest = np.full(len(made), np.inf, dtype=np.float32)
    for row in lamps:
        gap = made.position - made.position[row]
        square = gap[:, 0] * gap[:, 0] + gap[:, 1] * gap[:, 1] + gap[:, 2] * gap[:, 2]
        np.minimum(nearest, square, out=nearest)
    share = (reach * reach) / (reach * reach + nearest.astype(np.float64))
    return replace(made, exposure=np.where(shines, bright, dark + (bright - dark) * share).astype(np.uint8))
