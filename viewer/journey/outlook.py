"""Which way one looks who comes down among walls: not flat at the nearest, but along it, where there is depth. Pure.

At a few spots on the last of a way the sight is tried turned aside by some angles; rays among the boxes of what stands about tell in how
many half decades of distance something is seen. The turns chosen change little from spot to spot, and end in the sight itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.holes import length
from viewer.journey.obstacles import Line, Obstacles

F64 = NDArray[np.float64]
_LEFT = np.array([3.3, 2.8, 2.4, 2.0])
"""Powers of ten of the metres left to go at which one looks about."""
_FROM, _TO = 4.1, 1.35
"""The same at which one begins to turn aside, and from which one looks where one goes again."""
_TURNS = np.radians([-56.0, -28.0, 0.0, 28.0, 56.0])
_ASIDE, _CHANGE = 0.3, 0.3
"""What a turn of 28 degrees, and a change by as much from one spot to the next, must win in planes of depth."""
_RAYS = np.array([(a, b) for a in (-0.8, -0.4, 0.0, 0.4, 0.8) for b in (-0.42, -0.14, 0.14, 0.42)])
"""Where in the frame one looks: tangents to the right and up."""
_GATHERED, _LEAST, _GRAIN = 3.0, 0.15, 1.2
"""How far about a spot what stands is gathered, how small it may be, and which places count as boxes, in parts of the way left."""


def deepened(obstacles: Obstacles, eyes: F64, goal: F64, sight: F64) -> F64:
    """(n, 3) the sights at eyes (n, 3), given in metres from the goal (3,), turned among the walls at a way's end to where there is most
    depth; as they are on a way that begins there."""
    left = np.log10(np.maximum(np.minimum.accumulate(np.sqrt((eyes * eyes).sum(axis=1))), 1e-3))
    rows = [int(np.abs(left - power).argmin()) for power in _LEFT]
    if left[0] < _FROM or left[-1] > _TO or len(set(rows)) < len(rows):
        return sight
    planes = [_planes(obstacles, eyes[row] + goal, sight[row], float(10.0**power)) for row, power in zip(rows, _LEFT, strict=True)]
    turns = np.interp(-left, -np.array([_FROM, *_LEFT, _TO]), [0.0, *_chosen(np.array(planes)), 0.0])
    for _ in range(3):
        turns = np.convolve(np.pad(turns, 12, mode="edge"), np.full(25, 1.0 / 25.0), mode="valid")
    up = eyes + goal
    return _turned(sight, up / np.sqrt((up * up).sum(axis=1, keepdims=True)), turns[:, None])


def _turned(sight: F64, up: F64, turn: F64) -> F64:
    """Sights (n, 3) turned about unit vectors (n, 3) by radians (n, 1), left being positive."""
    steep = (sight * up).sum(axis=-1, keepdims=True) * up
    level = sight - steep
    return np.asarray(level * np.cos(turn) + np.cross(up, level) * np.sin(turn) + steep)


def _planes(obstacles: Obstacles, eye: F64, sight: F64, far: float) -> F64:
    """(k,) the planes of depth that are seen at each turn."""
    up = eye / length(eye)
    turned = [_turned(sight[None], up[None], np.array([[turn]]))[0] for turn in _TURNS]
    return planes(obstacles, eye, np.array(turned), far)


def planes(obstacles: Obstacles, eye: F64, sights: F64, far: float) -> F64:
    """(k,) for each of some sights (k, 3), unit vectors from an eye (3,), in how many half decades of distance about `far` metres something
    is seen; what lies beyond all counts as one, and a plane of which more is seen as a little more."""
    crowd = obstacles.crowd(Line(eye, eye, _GATHERED * far, _LEAST * far, _GRAIN * far))
    first = np.ceil(2.0 * np.log10(0.02 * far))
    edges = 10.0 ** ((first + np.arange(6)) / 2.0)
    up = eye / length(eye)
    found = []
    for ahead in sights:
        right = np.cross(ahead, up)
        right /= length(right)
        rays = ahead + _RAYS[:, :1] * right + _RAYS[:, 1:] * np.cross(right, ahead)
        rays /= np.sqrt((rays * rays).sum(axis=1, keepdims=True))
        start = np.broadcast_to(eye, (len(rays), 3))
        met = crowd.bar(np.tile(start, (len(edges), 1)), (eye + rays * edges[:, None, None]).reshape(-1, 3), 0.0)
        met = met.reshape(len(edges), -1).sum(axis=0)
        found.append(float(len(np.unique(met))) + 0.01 * float(np.unique(met, return_counts=True)[1].min()))
    return np.array(found)


def _chosen(planes: F64) -> F64:
    """(n,) radians: of the turns at each spot, whose planes (n, k) are given, those that win most over the change between them."""
    index = np.arange(len(_TURNS))
    price = _ASIDE * np.abs(index - len(index) // 2)
    best, before = planes[0] - price, list[NDArray[np.intp]]()
    for row in planes[1:]:
        through = best[None] - _CHANGE * np.abs(index[:, None] - index[None])
        before.append(through.argmax(axis=1))
        best = through.max(axis=1) + row - price
    chosen = [int(best.argmax())]
    for step in reversed(before):
        chosen.append(int(step[chosen[-1]]))
    return np.asarray(_TURNS[chosen[::-1]])
