"""What of a cell is empty air: high over its floor and well under its plate nothing but great columns stands. Pure; unfolds nothing.

A way crosses a void at half its height, over cells of every size: most of them need not be unfolded to know that it meets nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.landmarks import crossing
from geometry.nest import is_planar
from geometry.place import Place
from geometry.rules.columns import pillars
from geometry.rules.reach import HANGS, STANDS, TRUNKS
from geometry.spec import CitySpec

F64 = NDArray[np.float64]


class Air(NamedTuple):
    """The empty part of a cell."""

    low: float
    high: float
    """Radii (m) between which only columns stand; none where it is not below `high`."""
    axes: F64
    """(k, 3) unit vectors along the columns."""
    girth: float
    """Metres about an axis that a column takes."""

    def holds(self, start: F64, end: F64, radii: tuple[float, float], margin: float) -> bool:
        """Whether a line between two points (3,), of some least and greatest radius, keeps to it with a margin, metres."""
        if radii[0] - margin <= self.low or radii[1] + margin >= self.high:
            return False
        if not len(self.axes):
            return True
        step = end - start
        off = start - (self.axes @ start)[:, None] * self.axes
        along = step - (self.axes @ step)[:, None] * self.axes
        square = (along * along).sum(axis=1)
        share = np.clip(-(off * along).sum(axis=1) / np.maximum(square, 1e-30), 0.0, 1.0)
        nearest = off + share[:, None] * along
        return bool(((nearest * nearest).sum(axis=1) > (self.girth + margin) ** 2).all())


NO_AIR = Air(np.inf, 0.0, np.zeros((0, 3)), 0.0)


def air_of(place: Place, spec: CitySpec) -> Air:
    """The empty part of a place: none but of the curved cells in which no landmark stands."""
    cell = place.cell
    if cell is None or is_planar(cell) or crossing(spec, place):
        return NO_AIR
    wide, high = float(max(place.size[:2])), cell.plate - cell.inner
    stands = max(STANDS * wide, TRUNKS * high if place.kind == "tile" else 0.0)
    if stands + HANGS * wide >= high:
        return NO_AIR
    axes, girth = pillars(place)
    return Air(cell.inner + stands, cell.plate - HANGS * wide, axes, girth)
