"""What a slice takes away, as regions that a file can be cut by. The same planes and spheres as on the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geometry.bore import all_capsules
from geometry.export.slice import Flat, Hole, Round
from geometry.rules.furnish import spokes
from geometry.scar import Scar
from viewer.state import Cut, Plane, Shells, Wedge

F64 = NDArray[np.float64]


def regions_of(cuts: Sequence[Cut]) -> tuple[tuple[Flat | Round, ...], ...]:
    """Each takes away what lies above all of its surfaces."""
    return tuple(region for cut in cuts for region in _of(cut))


_SIDES = (24, 12, 8)
"""Facets round a bore, from the roundest to the plainest."""
PLAINEST = len(_SIDES) - 1
_BURST = 0.6
"""Of the largest burst: the plainest holes leave smaller ones out."""


def holes_of(scars: Sequence[Scar], least: float, plain: int = 0) -> tuple[Hole, ...]:
    """What shots have left, in facets that lie outside the round room, so that nothing stands in it; without what is narrower than
    `least` metres. The plainer, 0 to PLAINEST, the fewer facets."""
    found = []
    for scar in scars:
        some = all_capsules((scar,))
        small = max(least, _BURST * 2.0 * float(some.radius.max())) if plain == PLAINEST else least
        for number, (start, end, radius, course) in enumerate(zip(some.start, some.end, some.radius.tolist(), some.course, strict=True)):
            if 2.0 * radius >= (small if number else least):  # the first is the bore
                found.append(_hole(start, end, radius, course, plain))
    return tuple(found)


def _hole(start: F64, end: F64, radius: float, course: F64, plain: int) -> Hole:
    axes = _about(course)
    ball = bool((start == end).all())
    normals = _BALLS[plain] @ axes if ball else np.concatenate([_TUBES[plain] @ axes, course[None], -course[None]])
    away = normals @ course
    point = np.where((away > 0.5)[:, None], end, start)
    flats = tuple(_flat((-n).tolist(), (p + radius * n).tolist()) for n, p in zip(normals, point, strict=True))
    return Hole(tuple(start.tolist()), tuple(end.tolist()), radius, flats)


def _about(course: F64) -> F64:
    """(3, 3) axes of which the last is the course."""
    other = np.array([0.0, 0.0, 1.0]) if abs(course[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    x = np.cross(other, course)
    x /= np.sqrt((x * x).sum())
    return np.stack([x, np.cross(course, x), course])


_TUBES = tuple(spokes((np.arange(sides) + 0.5) / sides) for sides in _SIDES)
_GOLD = (1.0 + math.sqrt(5.0)) / 2.0


def _ball(plain: bool) -> F64:
    """(32, 3) unit: the faces of an icosahedron and of a dodecahedron about it; plain, of the latter alone (12, 3)."""
    rows = []
    for a in (-1.0, 1.0):
        for b in (-1.0, 1.0):
            rows += [(0.0, a, b * _GOLD), (a, b * _GOLD, 0.0), (b * _GOLD, 0.0, a)]
            if plain:
                continue
            rows += [(0.0, a / _GOLD, b * _GOLD), (a / _GOLD, b * _GOLD, 0.0), (b * _GOLD, 0.0, a / _GOLD), (a, b, 1.0), (a, b, -1.0)]
    found = np.array(rows)
    return np.asarray(found / np.sqrt((found * found).sum(axis=1, keepdims=True)))


_BALLS = (_ball(plain=False), *([_ball(plain=True)] * PLAINEST))


def _flat(normal: Sequence[float], point: Sequence[float] = (0.0, 0.0, 0.0)) -> Flat:
    x, y, z = normal
    length = math.sqrt(x * x + y * y + z * z)
    px, py, pz = point
    return Flat((x / length, y / length, z / length), (px, py, pz))


def _of(cut: Cut) -> tuple[tuple[Flat | Round, ...], ...]:
    if isinstance(cut, Plane):
        return ((_flat(cut.normal, cut.point),),)
    if isinstance(cut, Shells):
        inside: tuple[tuple[Flat | Round, ...], ...] = ((Round(cut.inner, outside=False),),) if cut.inner > 0.0 else ()
        return ((Round(cut.outer),), *inside) if cut.outer < 1e300 else inside
    return _wedge(cut)


def _wedge(cut: Wedge) -> tuple[tuple[Flat | Round, ...], ...]:
    start, end, middle = (np.radians(a) for a in (cut.start, cut.start + cut.angle, cut.start + cut.angle / 2))
    first, last = _flat((-np.sin(start), np.cos(start), 0.0)), _flat((np.sin(end), -np.cos(end), 0.0))
    tilt = np.radians(cut.tilt)
    above = (_flat((np.cos(middle) * np.sin(tilt), np.sin(middle) * np.sin(tilt), np.cos(tilt))),) if cut.tilt > 0.0 else ()
    if cut.angle > 180.0:
        return ((first, *above), (last, *above))
    return ((first, *above),) if cut.angle == 180.0 else ((first, last, *above),)
