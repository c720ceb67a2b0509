"""The bodies that were there before the City, and the ghosts of their orbits (canon S01, S39).

A picture of the whole shows the bodies far larger than they were, or they would not be seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.address import Address
from geometry.angle import tan_eighths, turn
from geometry.builders.spans import toward
from geometry.history import BODIES, SUN, Body, place_of
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Frame, Growth, Place
from geometry.spec import CitySpec

F64 = NDArray[np.float64]

_DASHES = 48
"""Of a quarter of an orbit."""
_SHOWN = 0.014
"""Diameter of a body as shown, in parts of its orbit's radius."""
_THIN = 4.0e-4


def orbits(spec: CitySpec) -> Place:
    """All orbits about the Sun and the Earth, in one box."""
    address = Address(spec.seed).child("orbits", 0)
    room = 1.02 * max(body.orbit + float(np.abs(place_of(body)).max()) for body in BODIES)
    return Place("orbits", address, address.key, Frame(np.array([0.0, 0.0, -room]), np.eye(3)), (2 * room, 2 * room, 2 * room))


def unfold(place: Place, spec: CitySpec) -> Growth:
    """A ring of dashes and a ball for each body; a part's `tint` is the number of its body, 255 for what stays."""
    del spec
    grown = [join([_ring(body), _ball(number, body)]) for number, body in enumerate(BODIES)]
    made = join(grown)
    made.position[:, 2] += np.float32(-place.frame.origin[2])
    return Growth(made)


def _circle() -> F64:
    """(4 * _DASHES, 2) unit vectors round a circle, from + - * / and roots alone."""
    slope = tan_eighths(-1.0 + 2.0 * np.arange(_DASHES) / _DASHES)
    length = np.sqrt(1.0 + slope * slope)
    x, y = 1.0 / length, slope / length
    return np.concatenate([np.stack(pair, axis=1) for pair in ((x, y), (-y, x), (-x, -y), (y, -x))])


def _ring(body: Body) -> Parts:
    """Every other dash of an orbit."""
    x, y = SUN if body.about == "Sun" else (0.0, 0.0)
    points = np.concatenate([_circle() * body.orbit + [x, y], np.zeros((4 * _DASHES, 1))], axis=1)
    start, end = points, np.roll(points, -1, axis=0)
    along = (end - start)[::2]
    long = np.sqrt((along * along).sum(axis=1))
    size = np.stack([long * 0.7, np.full(len(long), _THIN * body.orbit), np.full(len(long), _THIN * body.orbit)], axis=1)
    return parts(
        "box", (start + end)[::2] / 2, size, Material.NET_LIGHT, rotation=toward(along / long[:, None]), tint=255, year=-1.0e9, exposure=0
    )


def _ball(number: int, body: Body) -> Parts:
    """Two half domes."""
    wide = _SHOWN * body.orbit
    middle = np.array([place_of(body)] * 2)
    middle[:, 2] += [wide / 4, -wide / 4]
    over = np.concatenate([np.array([[1.0, 0.0, 0.0, 0.0]]), turn("x", 1e9).reshape(1, 4)])
    return parts("dome", middle, (wide, wide, wide / 2), Material.GROUND, rotation=over, tint=number, year=-1.0e9, exposure=0)
