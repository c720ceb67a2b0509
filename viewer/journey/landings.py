"""Where one stands before a landing: what is seen from there of its stair, its rail and whoever leans on it. Pure.

A block's landing has a stair at one end and a rail along its edge (geometry.rules.ways). Spots on it, over it and before it are
tried by rays among the boxes of all that stands near, and count by what they show in a frame as wide as a dive's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.place import Frame, Place
from geometry.rules.ways import watcher
from geometry.rules.ways_plan import LANDING, Ways, ways_of
from geometry.solids import PROTOTYPE_IDS
from viewer.journey.boxes import Boxes
from viewer.journey.ground import ground
from viewer.journey.obstacles import Obstacles

F64 = NDArray[np.float64]
_EYE = 1.62
"""Metres of an eye over a floor."""
_AROUND = 40.0
"""Metres about a landing in which what stands is gathered."""
_SHORT = 0.45
"""Metres before what is looked at at which a ray may end: the thing itself is a box, too."""
_WIDE, _HIGH = 0.92, 0.52
"""Tangents of half a frame, 16 to 9 at 62 degrees, less a margin."""
_ROOM = 0.5
"""Metres that are free about an eye."""
_NEAREST, _FARTHEST = 4.0, 16.0
"""Metres from an eye to somebody between which a figure is neither a wall nor a speck."""
_FAR = 200.0
"""Metres that sights go on behind a landing, at best."""
_ENOUGH = 0.45
"""Worth of a spot that shows stair, rail and somebody well."""
_ALOFT = 0.6
"""What a spot in the air counts for against one on the deck, where one stands as people do."""


class Stand(NamedTuple):
    """A spot before a landing."""

    eye: F64
    """(3,) world metres."""
    target: F64
    """(3,) world metres."""
    worth: float
    """0 to 1: how much of stair, rail and figure is seen."""


def watched(block: Place) -> Ways | None:
    """The ways of a block on whose landing somebody stands; None for others. Unfolds nothing."""
    ways = ways_of(block)
    return ways if ways is not None and watcher(block, ways) is not None else None


def stand_before(obstacles: Obstacles, block: Place, ways: Ways) -> Stand | None:
    """The spot that shows most of a block's landing; None where none shows stair, rail and somebody, or the landing is walled in."""
    foot = watcher(block, ways)
    if foot is None:
        return None
    world = block.frame.to_world
    head = world(np.asarray(foot) + [0.0, 0.0, _EYE])
    if not obstacles.free(world(np.array(ways.at(ways.deep + 2.0, 0.0, ways.level + 2.5)))):
        return None
    near = ground(obstacles.city, _triple(world(np.array(ways.at(2.0, 0.0, ways.level)))), _AROUND, obstacles.unfold)
    boxes = Boxes(near.solid.centre, near.solid.axes, near.solid.half)
    shown = _Shown(near.frame, boxes, head, world(np.array(list(_stair(ways)))), _rails(obstacles, block, ways))
    found = [Stand(eye, target, share * _worth(shown, eye, target)) for eye, target, share in _spots(block, ways, head)]
    good = sorted((one for one in found if one.worth >= _ENOUGH), key=lambda one: -one.worth)
    return next((one for one in good if obstacles.free(one.eye)), None)


class _Shown(NamedTuple):
    frame: Frame
    boxes: Boxes
    head: F64
    stair: F64
    rails: F64


def _stair(ways: Ways) -> Iterator[tuple[float, float, float]]:
    """Points of the stair that tell it is one: about the gate at its head, and in its open top."""
    for out in (0.35, 0.5, 0.65):
        for up in (0.4, 1.2, 1.9):
            yield ways.at(0.1 + out * ways.shaft, -LANDING - 0.6, ways.level + up)
    for share in (0.3, 0.5, 0.7):
        for out in (0.3, 0.7):
            yield ways.at(0.1 + out * ways.shaft, -LANDING - share * ways.shaft, ways.level + 0.3)


def _rails(obstacles: Obstacles, block: Place, ways: Ways) -> F64:
    """(n, 3) middles of the rails of a landing, world metres."""
    parts = obstacles.unfold(block).parts
    at = parts.position[parts.prototype == PROTOTYPE_IDS["rail"]].astype(np.float64)
    middle = np.array(ways.at(ways.deep, 0.0, ways.level))
    return block.frame.to_world(at[(np.abs(at - middle) < LANDING + 1.0).all(axis=1)])


def _spots(block: Place, ways: Ways, head: F64) -> Iterator[tuple[F64, F64, float]]:
    """Eyes, what they look at, and what they count for: on the deck, over the stair's open top, and in the air before the rail."""
    mid, far = 0.45 * ways.deep, ways.deep
    deck = [(mid, LANDING - 0.6, _EYE), (0.25 * far, LANDING - 1.6, _EYE), (mid, LANDING + 2.5, _EYE), (0.7 * far, LANDING - 2.5, _EYE)]
    over = [(ways.shaft + a, -LANDING - ways.shaft - b, c) for a, b, c in ((1.5, 0.5, 4.5), (3.0, 1.0, 6.0), (2.5, 3.0, 5.0))]
    air = [(far + a, b, c) for a, b, c in ((4.0, 5.0, 2.6), (6.0, 7.5, 3.4), (5.0, -12.0, 3.6), (7.0, -8.0, 5.0), (7.0, 2.0, 4.0))]
    gate = block.frame.to_world(np.array(ways.at(0.5 * ways.shaft, -LANDING - 1.0, ways.level + 1.0)))
    for spot in (*deck, *over, *air):
        out, along, up = spot
        eye = block.frame.to_world(np.array(ways.at(out, along, ways.level + up)))
        for share in (0.35, 0.7):
            yield eye, (1.0 - share) * head + share * gate, 1.0 if spot in deck else _ALOFT


def _worth(shown: _Shown, eye: F64, target: F64) -> float:
    """What a spot shows, 0 to 1; 0 for one in a solid or without one of the three."""
    local = shown.frame.to_local(eye)
    if shown.boxes.clearance(local[None])[0] < _ROOM:
        return 0.0
    up = shown.frame.axes[2]
    body = np.array([shown.head - up * drop for drop in (0.05, 0.5, 1.1)])
    seen = [_seen(shown, eye, target, points) for points in (body, shown.stair, shown.rails)]
    away = float(np.sqrt(((shown.head - eye) ** 2).sum()))
    if min(seen) <= 0.0 or not _NEAREST <= away <= _FARTHEST:
        return 0.0
    return seen[0] * (0.3 + 0.2 * min(3.0 * seen[1], 1.0) + 0.15 * min(2.0 * seen[2], 1.0) + 0.35 * _depth(shown, eye, target))


def _seen(shown: _Shown, eye: F64, target: F64, points: F64) -> float:
    """The share of points (n, 3) that are in the frame and that nothing hides."""
    if not len(points):
        return 0.0
    ahead = (target - eye) / np.sqrt(((target - eye) ** 2).sum())
    right = np.cross(ahead, shown.frame.axes[2])
    right /= np.sqrt((right * right).sum())
    off = points - eye
    deep = off @ ahead
    framed = (deep > 0.5) & (np.abs(off @ right) < _WIDE * deep) & (np.abs(off @ np.cross(right, ahead)) < _HIGH * deep)
    size = np.sqrt((off * off).sum(axis=1))
    ends = eye + off * np.maximum(1.0 - _SHORT / size, 0.1)[:, None]
    start = np.repeat(shown.frame.to_local(eye)[None], len(points), axis=0)
    return float((framed & ~shown.boxes.bar(start, shown.frame.to_local(ends), 0.0)).mean())


def _depth(shown: _Shown, eye: F64, target: F64) -> float:
    """The share of sights past a target that go on into the distance, 0 to 1."""
    ahead = (target - eye) / np.sqrt(((target - eye) ** 2).sum())
    right, up = np.cross(ahead, shown.frame.axes[2]), shown.frame.axes[2]
    rays = np.array([ahead + a * right + b * up for a in (-0.7, -0.35, 0.0, 0.35, 0.7) for b in (-0.2, 0.1, 0.3)])
    start = np.repeat(shown.frame.to_local(eye)[None], len(rays), axis=0)
    return float((~shown.boxes.bar(start, shown.frame.to_local(eye + rays * _FAR), 0.0)).mean())


def _triple(point: F64) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in point)
    return (x, y, z)
