"""Which places a cut hides whole, so that they need not be unfolded. The shader cuts the rest to the pixel."""

from __future__ import annotations

import numpy as np

from geometry.place import Place
from viewer.state import Cut, Plane, Shells, Wedge


def hides(cut: Cut, place: Place) -> bool:
    """True if nothing of the place would be left."""
    if isinstance(cut, Plane):
        return float((place.centre - cut.point) @ np.asarray(cut.normal)) > place.radius
    if isinstance(cut, Shells):
        return place.cell is not None and (place.cell.outer < cut.inner or place.cell.inner > cut.outer)
    return _wedge_hides(cut, place)


def _wedge_hides(cut: Wedge, place: Place) -> bool:
    """Inside both half planes by more than the place's radius; a wedge of 180 degrees or more is left to the shader."""
    if cut.angle >= 180.0:
        return False
    start, end = np.radians(cut.start), np.radians(cut.start + cut.angle)
    x, y, _ = place.centre
    return bool(
        -np.sin(start) * x + np.cos(start) * y > place.radius and np.sin(end) * x - np.cos(end) * y > place.radius and cut.tilt == 0.0
    )
