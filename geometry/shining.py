"""Lamps as what they light: how much of one counts for an eye, also where it lies just out of the picture.

A lamp that leaves the picture goes on lighting what is in it. What it lights dies off with the distance from it, so the further out it lies
the less it counts; there is no edge at which it would go out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.material import FINISHES, Material

SHINES = np.array([FINISHES[material].lit == "always" for material in Material])
"""Whether a material throws light on what is about it, at any hour."""
MOST_AREA = 3.0
"""m2: a larger lamp is dimmer, or the great strips of a hall would drown it in light."""
_HALO = 24.0
"""How many times as far as it is wide a lamp lights things well."""


def lit_area(scale: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n,) m2 that light of lamps of `scale` (n, 3) metres: of the two longer sides, no more than MOST_AREA."""
    size = np.sort(np.asarray(scale, dtype=np.float64), axis=1)
    return np.asarray(np.minimum(size[:, 1] * size[:, 2], MOST_AREA))


def counted(away: NDArray[np.floating], area: NDArray[np.float64], sides: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how much lamps count, 1 in the picture and less the further out they lie: `away` (n, 3) metres from the eye, `area` (n,) m2,
    `sides` (k, 3) inward unit normals of the planes through the eye that bound the picture."""
    if not len(sides):
        return np.ones(len(away))
    out = np.maximum(-(np.asarray(away, dtype=np.float64) @ np.asarray(sides, dtype=np.float64).T).min(axis=1), 0.0)
    return np.asarray(1.0 / (1.0 + out / np.maximum(_HALO * np.sqrt(area), 1e-9)))
