"""A way of the eye that is under way. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from viewer.camera import Camera
from viewer.state import ViewState

Way = tuple[float, Callable[[float], Camera], str]
"""Seconds that a way takes, the camera at a time of it, and what to tell of it."""
HOMEWARD = 0.6
"""How long the way back takes, in parts of the way there."""
FAR, TURNED = 0.7, 0.92
"""How far along a way an eye may get ahead of what is unfolded: in picture distances, and the cosine of a turn."""

PACED_S = 0.3
"""Seconds in which half of a change of pace is made."""

_HALVINGS = 7
"""How often a step is halved by who comes to the end of a look: then an answer's time ahead is surely the next one."""


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
    leaps: bool = False
    """Whether the way goes by looks with nothing between them, so that the next is not shown before it is unfolded."""


def strayed(made: Camera, camera: Camera) -> float:
    """How far a camera is from the one that something was unfolded for: 1 where that does for neither its distance nor its sight."""
    step = np.subtract(camera.position, made.position)
    far = float(np.sqrt(step @ step)) / (FAR * min(camera.distance, made.distance))
    turned = (1.0 - float(camera.forward @ made.forward)) / (1.0 - TURNED)
    return max(far, turned)


def flown_on(way: Journey, along: Callable[[float], ViewState], made_at: float, passed: float) -> Journey:
    """A journey some seconds on: at full pace where it is unfolded, up to `made_at`, slower the farther the eye is ahead of that."""
    if way.leaps:
        return _leapt(way, along, made_at, passed)
    wanted = 1.0
    if way.flown > made_at:
        wanted = max(1.0 - strayed(along(made_at).camera, along(way.flown).camera), 0.0)
    pace = way.pace + (wanted - way.pace) * (1.0 - 0.5 ** (passed / PACED_S))
    return replace(way, flown=min(way.flown + passed * pace, way.seconds), pace=pace)


def _leapt(way: Journey, along: Callable[[float], ViewState], made_at: float, passed: float) -> Journey:
    """On to the look that has been unfolded meanwhile; before that no farther than what is unfolded serves."""
    made = along(made_at).camera
    if made_at > way.flown and strayed(made, along(way.flown).camera) >= 1.0:
        return replace(way, flown=made_at, pace=1.0)
    for halved in range(_HALVINGS):
        further = min(way.flown + passed / 2**halved, way.seconds)
        if strayed(made, along(further).camera) < 1.0:
            return replace(way, flown=further, pace=1.0)
    return way


def ended_at(behind: Journey, eye: Camera) -> bool:
    """Whether a way that was no straight one ended where the eye is."""
    return behind.along is not None and behind.flown > 0.0 and behind.along(behind.flown).camera.position == eye.position


def leads_back(behind: Journey, eye: Camera, goal: Camera) -> bool:
    """Whether a way that ended where the eye is began where it is to go."""
    return behind.along is not None and ended_at(behind, eye) and behind.along(0.0).camera.position == goal.position


def homeward(behind: Journey) -> tuple[Callable[[float], ViewState], float]:
    """The same way back, and the seconds it takes. ValueError for a straight one."""
    along, came, long = behind.along, behind.flown, max(HOMEWARD * behind.flown, 0.01)
    if along is None:
        raise ValueError("a straight way needs no way back")
    return lambda at: along(came * (1.0 - at / long)), long


def way_there(state: ViewState, goal: Camera, arrives: bool, early: Callable[[Way], None]) -> Way | None:
    """A way from a state's camera to another on which nothing is in between, or None where it is the straight one. `early` hears what is
    flown if the search takes too long."""
    from viewer.journey.passage import Passage, passage  # what ways are found by is loaded when one is looked for

    def told(found: Passage) -> Way:
        return found.seconds, found.camera_at, found.said

    found = passage(state, goal, arrives, lambda one: early(told(one)))
    return None if found is None else told(found)
