"""How a dive begins: the City whole under the stars, then low over its skin, among what grows there, to where the way goes down. Pure."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from geometry.city import City
from geometry.holes import length
from viewer.journey.obstacles import Line, Obstacles
from viewer.journey.route import Stop

F64 = NDArray[np.float64]
START = 1.25
"""How far outside the rim a dive starts, in parts of the City's radius: 1e12 m."""
_BRIGHTER = np.array([-0.388, -0.699, 0.602])
"""From where what light there is falls on the outside, as material.glsl has it."""
_ASIDE, _FROM = 0.423, 0.6
"""Radians from over what a way from outside leads to to where it starts, and from there to where it flies low."""
_LOW, _HIGH = (0.03, 0.045, 0.07), 0.2
"""How low over the rim it passes, the first that is free, and how high it goes on from there, in parts of the City's radius."""
_BEFORE = 1.07
"""How far it is to the end where one comes to fly low, against how far outside the rim one starts."""
_RISES = 1.0
"""Radians from where one comes to fly low to where the way goes down."""
_ROUND_MOST = 0.35
"""How far round the City one flies low at most: the cosine of the angle, over its back."""


def start_over(city: City, point: F64, angle: float = _ASIDE) -> F64:
    """(3,) under the stars, to the brighter side of what lies at a point (3,), by an angle (radians)."""
    up = point / length(point)
    side = _BRIGHTER - up * (0.999 * float(_BRIGHTER @ up))  # never none
    return _aside(up, side, angle) * ((1.0 + START) * city.spec.radius_km * 1e3)


def _aside(up: F64, side: F64, angle: float) -> F64:
    """(3,) the unit vector some radians from one to the side of another."""
    across = side - up * float(side @ up)
    return np.asarray(up * np.cos(angle) + across / length(across) * np.sin(angle))


def fly_by(obstacles: Obstacles, point: F64) -> list[Stop]:
    """Stops outside, on the way to a point (3,): where a dive starts; spots low over the skin, where what grows on it passes close by and
    the rim bends away under the stars; and one from which the way goes down. Where none is free, the start alone."""
    rim, up = obstacles.city.spec.radius_km * 1e3, point / length(point)
    depth, side = max(length(point) / rim, 0.1), _BRIGHTER - up * (0.999 * float(_BRIGHTER @ up))
    for low, more in product(_LOW, (0.0, 0.05, -0.05, 0.1)):
        cosine = ((1.0 + low) ** 2 + depth**2 - (_BEFORE * START) ** 2) / (2.0 * (1.0 + low) * depth)
        first = float(np.arccos(np.clip(cosine, -_ROUND_MOST, 0.9))) + more
        along = [_aside(up, side, first - turn) * ((1.0 + low) * rim) for turn in (0.0, 0.15, 0.3)]
        top = _aside(up, side, max(first - _RISES, 0.1)) * ((1.0 + _HIGH) * rim)
        start, room = start_over(obstacles.city, point, max(first - _FROM, 0.1)), 0.3 * low * rim
        if all(obstacles.met(Line(a, b, room, 0.1 * room)) is None for a, b in pairwise([start, *along, top])):
            return [Stop(start, rim), *(Stop(spot, room, room) for spot in along), Stop(top, 0.3 * _HIGH * rim, room)]
    return [Stop(start_over(obstacles.city, point), rim)]
