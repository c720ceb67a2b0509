"""What a slice takes away, as regions that a file can be cut by. The same planes and spheres as on the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from geometry.export.slice import Flat, Region, Round
from viewer.state import Cut, Plane, Shells, Wedge


def regions_of(cuts: Sequence[Cut]) -> tuple[Region, ...]:
    """Each takes away what lies above all of its surfaces."""
    return tuple(region for cut in cuts for region in _of(cut))


def _flat(normal: Sequence[float], point: Sequence[float] = (0.0, 0.0, 0.0)) -> Flat:
    x, y, z = normal
    length = math.sqrt(x * x + y * y + z * z)
    px, py, pz = point
    return Flat((x / length, y / length, z / length), (px, py, pz))


def _of(cut: Cut) -> tuple[Region, ...]:
    if isinstance(cut, Plane):
        return ((_flat(cut.normal, cut.point),),)
    if isinstance(cut, Shells):
        inside: tuple[Region, ...] = ((Round(cut.inner, outside=False),),) if cut.inner > 0.0 else ()
        return ((Round(cut.outer),), *inside) if cut.outer < 1e300 else inside
    return _wedge(cut)


def _wedge(cut: Wedge) -> tuple[Region, ...]:
    start, end, middle = (np.radians(a) for a in (cut.start, cut.start + cut.angle, cut.start + cut.angle / 2))
    first, last = _flat((-np.sin(start), np.cos(start), 0.0)), _flat((np.sin(end), -np.cos(end), 0.0))
    tilt = np.radians(cut.tilt)
    above = (_flat((np.cos(middle) * np.sin(tilt), np.sin(middle) * np.sin(tilt), np.cos(tilt))),) if cut.tilt > 0.0 else ()
    if cut.angle > 180.0:
        return ((first, *above), (last, *above))
    return ((first, *above),) if cut.angle == 180.0 else ((first, last, *above),)
