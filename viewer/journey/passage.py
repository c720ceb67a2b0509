"""Going to a camera: straight on where nothing is between, else through holes and doors and round what stands in the way. Pure.

Where no way is known, one flies straight as far as nothing is in between. Whoever only went nearer stays there; who must arrive goes on
after a cut, from where the last solid lies behind.

What is hidden by a slice, peeled off or pulled apart cannot be flown into, nor can one say where it is: such views are left straight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from geometry.city import City
from geometry.holes import bundle_at, length, open_at, row_of
from viewer.camera import Camera, Vector
from viewer.compose import Unfolder
from viewer.journey.dive import Path, eased_ends, path_along
from viewer.journey.indoors import out_of
from viewer.journey.obstacles import F64, Line, Obstacles
from viewer.journey.route import Stop, gates, reversed_way, route, way
from viewer.journey.tour import eased
from viewer.navigate import between
from viewer.state import ViewState

_SHORTEST, _LONGEST = 2.5, 9.0
_SECONDS_A_CORNER = 0.35
_TURN = 0.22
"""Part of the time in which the eye turns into the way, and out of it again."""
_SMALL = 1e-3
"""What is smaller than this part of a line does not bar it: one flies round a cable with a wink."""
_PIECES = 24
"""Pieces of a straight way that are asked for what is in between."""
_BACK = (1.0, 1.6, 2.5, 4.0)
"""How much farther off than wished one may end, where the spot itself is in a solid."""
_NARROW = 0.02
"""What one looks at from where a way begins is no farther off than this part of the way."""
_NEAR, _OPEN = 0.25, 3.5e3
"""A way that is shorter than this part of a void's height stays low in it; metres that are free where one is out in the open."""
_ROOM = 0.1
"""What is free about a way between two spots, in parts of how far apart they are."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A way that is no straight one."""

    seconds: float
    camera_at: Callable[[float], Camera]
    """The camera at a time, 0 to `seconds`."""
    said: str = ""
    """What to tell of it."""


def last_free(state: ViewState, cameras: Sequence[Camera]) -> Camera | None:
    """Of the cameras of a drag the last whose eye is in no solid, if it is not the very last; None too where none is free."""
    if _opened(state) or cameras[-1].parallel:
        return None
    city = City(state.city)
    obstacles = Obstacles(city, Unfolder(city))
    for camera in reversed(cameras):
        if obstacles.free(np.asarray(camera.position)):
            return None if camera is cameras[-1] else camera
    return None


def _opened(state: ViewState) -> bool:
    """Whether something of the City is not shown, or not where it is."""
    return bool(state.cuts or state.peel or state.isolated is not None or state.explode > 0.0 or state.hidden)


def passage(
    state: ViewState, wished: Camera, arrives: bool = True, early: Callable[[Passage], None] = lambda found: None
) -> Passage | None:
    """The way from a state's eye to a camera; None where the straight one is free, or one cannot say. What is flown if that takes too
    long is told `early`."""
    start, end = np.asarray(state.camera.position), np.asarray(wished.position)
    if _opened(state) or state.camera.parallel or wished.parallel or length(end - start) == 0.0:
        return None
    city = City(state.city)
    obstacles = Obstacles(city, Unfolder(city))
    if not obstacles.free(start):
        return None
    goal = _freed(obstacles, wished)
    if goal is wished and not barred(obstacles, start, end):
        return None
    instead = _in_pieces(obstacles, state.camera, goal or wished, arrives)
    early(instead)
    stops = None if goal is None else passable(obstacles, start, np.asarray(goal.position))
    if goal is None or stops is None:
        return instead
    path = path_along(city, stops, np.asarray(goal.focus), state.camera.distance, _pace(state.camera, goal))
    seconds = float(np.clip(_SECONDS_A_CORNER * len(stops), _SHORTEST, _LONGEST))
    return Passage(seconds, lambda at: along(path, state.camera, goal, at / seconds))


def _in_pieces(obstacles: Obstacles, start: Camera, goal: Camera, arrives: bool) -> Passage:
    """Straight on as far as nothing is in between; to arrive, after a cut, the last of the way from where the last solid lies behind."""
    cameras = [between(start, goal, t) for t in np.linspace(0.0, 1.0, _PIECES + 1).tolist()]
    eyes = [np.asarray(camera.position) for camera in cameras]
    shut = [number for number, (a, b) in enumerate(pairwise(eyes)) if barred(obstacles, a, b)]
    free, rest = (shut[0] / _PIECES, (shut[-1] + 1.0) / _PIECES) if shut else (1.0, 1.0)

    def camera_at(at: float) -> Camera:
        t = at / _SHORTEST
        if not arrives or not shut:
            return between(start, goal, free * eased(t))
        return between(start, goal, free * eased(2.0 * t) if t < 0.5 else rest + (1.0 - rest) * eased(2.0 * t - 1.0))

    return Passage(
        _SHORTEST, camera_at, "No way is known that leads there; what is in between was left out" if arrives else "Something is in between"
    )


def _pace(here: Camera, goal: Camera) -> float:
    """Metres of sight at the start, if it is left slowly: no more than a small part of the way, or it is no narrow place."""
    far = length(np.asarray(goal.position) - np.asarray(here.position))
    return min(here.distance, _NARROW * far)


def _freed(obstacles: Obstacles, goal: Camera) -> Camera | None:
    """The camera, drawn back from what it looks at until it stands in no solid; None if that is too far."""
    focus, eye = np.asarray(goal.focus), np.asarray(goal.position)
    for back in _BACK:
        spot = focus + (eye - focus) * back
        if obstacles.free(spot):
            return goal if back == 1.0 else replace(goal, position=_vector(spot))
    return None


def passable(obstacles: Obstacles, start: F64, end: F64) -> list[Stop] | None:
    """Stops from one free spot (3,) to another, through nothing, the first of them the start; None where no way is known."""
    far, spec = length(end - start), obstacles.city.spec
    void = bundle_at(spec, length(start))
    if void and void == bundle_at(spec, length(end)):
        row = row_of(spec, void)
        near = way(obstacles, start, end, _ROOM * far) if far < _NEAR * (row.plate - row.inner) else []
        if near and all(stop.free > 0.0 for stop in near):
            return [Stop(start, near[0].room), *near]
    try:
        away, home = (out_of(obstacles, spot, _OPEN, 0.05 * far) for spot in (start, end))
        if away is None or home is None:
            return None
        begin = [Stop(start, 1.0), *away]
        inward = reversed_way(Stop(end, 1.0), home)
        return [*begin, *route(obstacles, begin[-1].point, inward[0].point, inward[0].room), *inward[1:]]
    except LookupError:  # no hole leads there
        return None


def _vector(values: F64) -> Vector:
    x, y, z = (float(value) for value in values)
    return (x, y, z)


def along(path: Path, start: Camera, goal: Camera, t: float) -> Camera:
    """The camera on a path that begins as one camera and ends as another."""
    t = min(max(t, 0.0), 1.0)
    there = replace(path.camera(eased_ends(t)), fov=start.fov + (goal.fov - start.fov) * t)
    if t < _TURN:
        return replace(between(start, there, eased(t / _TURN)), position=there.position) if t > 0.0 else start
    if t > 1.0 - _TURN:
        return replace(between(there, goal, eased((t - 1.0 + _TURN) / _TURN)), position=there.position) if t < 1.0 else goal
    return there


def barred(obstacles: Obstacles, start: F64, end: F64) -> bool:
    """Whether the line between two points (3,) goes through a plate or meets a solid that is not small for its length."""
    step = end - start
    share = float(np.clip(-(start @ step) / (step @ step), 0.0, 1.0))
    lowest = start + share * step
    if any(_plated(obstacles, a, b) for a, b in pairwise((start, lowest, end)) if length(b - a) > 0.0):
        return True
    return obstacles.met(Line(start, end, 0.0, _SMALL * length(step))) is not None


def _plated(obstacles: Obstacles, a: F64, b: F64) -> bool:
    """Whether a line on which the height only rises or only falls enters a plate."""
    spec, (low, high) = obstacles.city.spec, sorted((a, b), key=length)
    if length(low) < spec.core_km * 1e3:
        return True
    for gate in gates(spec, length(high), length(low)):
        radii = [radius for radius in (gate.top, 0.5 * (gate.top + gate.foot), gate.foot) if length(low) <= radius <= length(high)]
        if any(not open_at(spec, gate.bands, _at_radius(low, high, radius)) for radius in radii):
            return True
    return False


def _at_radius(low: F64, high: F64, radius: float) -> F64:
    """Where a line from a low point to a high one has a radius (m) between theirs."""
    step = high - low
    half, square = float(low @ step), float(step @ step)
    share = (np.sqrt(max(half * half - square * (float(low @ low) - radius * radius), 0.0)) - half) / square
    return np.asarray(low + share * step)
