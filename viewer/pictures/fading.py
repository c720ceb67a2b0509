"""Which frames of a film are cut, and how one cut fades into the next: nothing in it comes at once. Pure.

A cut serves the frames from the one before it to the one after: the picture between two cuts is a mean of what both look like from there
(Giegl and Wimmer 2007, "Unpopping": two levels of detail are blended as whole pictures, late). So a film is cut a few times a second, and
no frame differs from the last by more than a small part of what the cuts differ by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from viewer.camera import F64, Camera
from viewer.history import cut_key
from viewer.lore.orbits import projected
from viewer.state import ViewState
from viewer.styles import DEFAULT

MOST = 22
"""Frames from one cut to the next at most."""
_FAR, _TURNED, _LENS = 0.6, 0.6, 1.1
"""How far an eye goes from one cut to the next at most, in picture distances; how far it turns, in heights of the picture, so that what
both see has no gap; and how much its lens changes."""
_STRAYED = 0.06
"""How far the corners of a picture are carried at most, in parts of its diagonal: beyond that what is near is seen twice."""


@dataclass(frozen=True, slots=True)
class Blend:
    """A frame: so much of the cut made at `after`, the rest of that made at `before`."""

    before: int
    after: int
    share: float


def shape(state: ViewState) -> tuple[object, ...]:
    """What of a state decides which places are unfolded: hour, style and haze are uniforms and are not in it."""
    return replace(state, hour=0.0, year=0.0, style=DEFAULT, tuned=(), haze=1.0), cut_key(state)


def _but_for_the_camera(state: ViewState, one: Camera) -> tuple[object, ...]:
    return shape(replace(state, camera=one))[0], cut_key(state)


def near(a: ViewState, b: ViewState) -> bool:
    """Whether one cut can serve both states."""
    if a is b or shape(a) == shape(b):
        return True
    if a.beta or b.beta or _but_for_the_camera(a, a.camera) != _but_for_the_camera(b, a.camera):
        return False
    one, other = a.camera, b.camera
    step = np.asarray(one.position, dtype=np.float64) - np.asarray(other.position, dtype=np.float64)
    return (
        float(np.sqrt(step @ step)) < _FAR * min(one.distance, other.distance)
        and float(np.dot(one.forward, other.forward)) > np.cos(np.radians(_TURNED * min(one.fov, other.fov)))
        and one.parallel == other.parallel
        and 1.0 / _LENS < one.fov / other.fov < _LENS
    )


def marks(states: Sequence[ViewState]) -> list[int]:
    """The frames at which a film is cut, rising; the first and the last are."""
    found, last = [0], len(states) - 1
    while found[-1] < last:
        at = ahead = found[-1]
        while ahead < min(at + MOST, last) and near(states[at], states[ahead + 1]):
            ahead += 1
        found.append(max(ahead, at + 1))
    return found


def blends(marked: Sequence[int]) -> list[Blend]:
    """Every frame of a film that is cut at these."""
    between = [Blend(a, b, (at - a) / (b - a)) for a, b in pairwise(marked) for at in range(a, b)]
    return [*between, Blend(marked[-1], marked[-1], 1.0)]


def served(states: Sequence[ViewState], marked: Sequence[int], which: int) -> tuple[ViewState, ...]:
    """What a cut has to serve beside its own frame: those about it, as far as one fades into the other, but no state twice."""
    at = marked[which]
    beside = [marked[other] for other in (which - 1, which + 1) if 0 <= other < len(marked)]
    return tuple(states[other] for other in beside if abs(other - at) > 1 and shape(states[other]) != shape(states[at]))


def carried(old: Camera, new: Camera, size: tuple[float, float]) -> F64 | None:
    """(2, 3) that puts a pixel x, y, 1 of a picture of `size` pixels where the new camera sees what lies there at the distance of the old
    one's focus; None where the two see too different things for one picture to stand for the other."""
    if old == new:
        return np.eye(2, 3)
    if old.parallel != new.parallel:
        return None
    reach = old.distance * np.tan(np.radians(old.fov) / 2.0)
    points = np.asarray(old.focus) + reach * np.stack([np.zeros(3), old.right, old.upward])
    before, after = (np.column_stack([projected(camera, points, size)[0], np.ones(3)]) for camera in (old, new))
    if not np.isfinite(after).all():
        return None
    moved = np.linalg.solve(before, after)[:, :2].T
    corners = np.array([[x, y, 1.0] for x in (0.0, size[0]) for y in (0.0, size[1])])
    away = np.sqrt(((corners @ moved.T - corners[:, :2]) ** 2).sum(axis=1)).max()
    return moved if away <= _STRAYED * float(np.hypot(*size)) else None
