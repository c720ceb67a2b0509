"""A way of the eye that is under way. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viewer.camera import Camera
from viewer.state import ViewState

FAR, TURNED = 0.7, 0.92
"""How far along a way an eye may get ahead of what is unfolded: in picture distances, and the cosine of a turn."""


@dataclass(frozen=True, slots=True)
class Journey:
    """A way of the eye: where from and to, when it began (s, monotonic) and how long it takes."""

    start: Camera
    goal: Camera
    began: float
    seconds: float
    title: str
    group: int
    along: Callable[[float], ViewState] | None = None
    """The state at a time in seconds, for a way that is no straight one."""
    whole: bool = False
    """Whether all of that state is meant, the hour too, and not the eye alone."""
    flown: float = 0.0
    """Seconds of such a way that lie behind, and how fast they pass: an eye waits for what it flies into."""
    pace: float = 1.0


def strayed(made: Camera, camera: Camera) -> float:
    """How far a camera is from the one that something was unfolded for: 1 where that does for neither its distance nor its sight."""
    step = np.subtract(camera.position, made.position)
    far = float(np.sqrt(step @ step)) / (FAR * min(camera.distance, made.distance))
    turned = (1.0 - float(camera.forward @ made.forward)) / (1.0 - TURNED)
    return max(far, turned)


def leads_back(behind: Journey, eye: Camera, goal: Camera) -> bool:
    """Whether a way that ended where the eye is began where it is to go."""
    if behind.along is None:
        return False
    return behind.along(behind.flown).camera.position == eye.position and behind.along(0.0).camera.position == goal.position
