"""The sky over a landmark on the outermost plate: what stands about it, at every scale, leaves the stars to be seen (canon S14, P98).

The skin of the City has masses as high as worlds. A landmark's seat says how steeply one looks up over those about it; what is steeper, in
its own cells and in those beside them, is not built.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.landmarks import Standing, landmarks
from geometry.parts import Parts
from geometry.place import Place
from geometry.spec import CitySpec

F64 = NDArray[np.float64]
_ABOUT = 4.0
"""Breadths of a cell beyond which its masses are too low to hide a sky."""


def skies_near(spec: CitySpec, place: Place) -> tuple[Standing, ...]:
    """The landmarks whose sky the masses of a cell could hide."""
    cell = place.cell
    if cell is None or cell.high != spec.layers:
        return ()
    near = _ABOUT * cells.width(cell, cell.outer)
    up = cells.lattice(cell, 3) * cell.outer
    return tuple(own for own in landmarks(spec) if own.seat.sky and np.sqrt(((up - own.place.frame.origin) ** 2).sum(axis=1)).min() < near)


def clear_of_skies(near: tuple[Standing, ...], place: Place, made: Parts) -> Parts:
    """Only the parts that hide nothing of the sky kept free."""
    for landmark in near:
        half = np.sqrt((made.scale.astype(np.float64) ** 2).sum(axis=1)) / 2.0
        at = landmark.place.frame.to_local(place.frame.to_world(made.position.astype(np.float64)))
        made = made[~_steep(landmark, at, half)]
    return made


def hides(near: tuple[Standing, ...], child: Place) -> bool:
    """Whether a plot would rise into a sky kept free."""
    x, y, z = child.size
    top = child.frame.to_world(np.array([[a * x / 2, b * y / 2, z] for a in (-1, 0, 1) for b in (-1, 0, 1)]))
    return any(bool(_steep(own, own.place.frame.to_local(top), np.zeros(9)).any()) for own in near)


def _steep(landmark: Standing, at: F64, half: F64) -> NDArray[np.bool_]:
    """Which spheres about points of its frame (n, 3), of radius `half` (n,), rise over what its seat allows."""
    away = np.sqrt(at[:, 0] * at[:, 0] + at[:, 1] * at[:, 1])
    return np.asarray(at[:, 2] + half > landmark.seat.sky * np.maximum(away, landmark.place.size[0] / 2))
