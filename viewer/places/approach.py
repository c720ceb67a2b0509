"""How one comes before a place: as a photographer, as a walker within it, or far enough off to see it whole. Pure functions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geometry.city import City
from geometry.key import Stream
from geometry.place import Place
from geometry.rules.furnish import spokes
from viewer.camera import F64, Camera, Vector
from viewer.journey.obstacles import Line, Obstacles
from viewer.state import ViewState
from viewer.views import framing

_POSED = ("canyon", "shaft", "hall", "bridge", "cables", "walkway", "terrace")
"""Kinds that are seen as a photographer would stand in them."""
_WALKED_INTO = {"corridor": (1.7, 0.0), "room": (1.7, 0.0), "stair": (1.7, 0.6), "village": (60.0, -0.2)}
"""Kinds that one stands in: metres over the floor of the eye, and how far the sight climbs."""
_CROWDED = ("village", "builder", "pipes")
"""Kinds about which others stand so close that the usual side may be in one of them."""
_TURNS = 8
_FILLS = (0.6, 1.0, 1.5, 0.3)
"""Parts of the picture's height that such a place fills, the best first."""
_SLENDER = 4.0
"""A place this many times as tall as it is wide is looked at from low down, whole: from above it would be a dot."""
_STAND, _EYE, _SIGHT = 0.08, 0.14, 0.178
"""How far off one stands then, how high the eye is and at what height it looks, in parts of the place's height."""
_WIDE = 80.0
"""Degrees that hold it from foot to top."""
_SEEN = (0.2, 0.55, 0.97)
"""Heights at which nothing may stand before it, in parts of its own."""
_ASIDE = 0.3
"""How far to the left and right of its middle one looks in a hall, in parts of the way to its other end."""
_WAYS = np.array([[1.0, 1.0, 1.0], [1.0, -1.0, 1.0], [-1.0, 1.0, 1.0], [-1.0, -1.0, 1.0], [1.0, 4.0, 1.0], [1.0, -4.0, 1.0]])
"""From which end and side, and how far off the middle, in those of the usual one."""
_RAISED = np.array([0.15, 0.35])
"""How much higher than from there one may look, in parts of the hall's height."""
_ENOUGH = 0.6
"""What one sees of a hall, of 2, that one looks no further for a better spot."""
_BACK = 0.42
"""How far from the middle of a place one stands, in parts of its length."""


def approach(city: City, place: Place, base: ViewState) -> ViewState:
    """The base state with the eye before a place of a City, or in it."""
    posed = _posed(city, place, base) if place.kind in _POSED else None
    if posed is not None:
        return posed
    if place.kind == "hall":
        return replace(base, camera=_down_the_nave(city, place, base.camera.fov), cuts=())
    if place.kind in _WALKED_INTO:
        return replace(base, camera=_within(city, place, base.camera.fov), cuts=())
    if place.cell is None and place.size[2] > _SLENDER * max(place.size[:2]):
        return replace(base, camera=_from_its_foot(city, place, base.camera.fov), cuts=())
    if place.kind in _CROWDED:
        return _unhidden(city, place, replace(base, cuts=()))
    return framing(place, base)


def _posed(city: City, place: Place, base: ViewState) -> ViewState | None:
    """As the first stand that fits has it, its air included where nobody chose another; None if none does."""
    from viewer.stands import STANDS  # with the rules of what can be stood in, for which a window that opens does not wait

    for stand in STANDS:
        if stand.chain[-1:] == (place.kind,) and stand.fits(place):
            try:
                found = stand.pose(base.city, place, city.unfold, Stream(place.key))
            except LookupError:  # nobody stands there to be looked past
                continue
            return replace(base, camera=found.camera, haze=found.haze if base.haze == 1.0 else base.haze, cuts=())
    return None


def _down_the_nave(city: City, place: Place, fov: float) -> Camera:
    """As from a catwalk of a hall, whatever its form: its floor lies over the floor of the block that it is in. From the end, the side and
    the height from which enough of it is seen, or most: kettles and drums stand in the way of others."""
    from geometry.rules.hall import viewpoint  # with the rule, for which a window that opens does not wait

    obstacles, world = Obstacles(city), place.frame.to_world
    eye, focus = (np.array(at) for at in viewpoint(place))
    room = np.array([place.size[0], place.size[1], 2.0 * place.size[2]]) / 2.0

    def seen(at: tuple[F64, F64]) -> float:
        """How far one sees from left to right, on average and where it is least, in parts of the way to the other end: 0 to 2."""
        start, long = world(at[0]), at[1] - at[0]
        if obstacles.met(Line(start, start, 0.5, rooms=(place,))) is not None:
            return 0.0
        aside = _ASIDE * np.array([-long[1], long[0], 0.0])
        ends = (at[0] + np.clip(long + turn * aside, -room - at[0], room - at[0]) for turn in (-1.0, -0.5, 0.0, 0.5, 1.0))
        hits = [obstacles.met(Line(start, world(end), 0.0, rooms=(place,))) for end in ends]
        shares = [1.0 if hit is None else hit.share for hit in hits]
        return min(shares) + sum(shares) / len(shares)

    poses = [(eye * way + [0.0, 0.0, up], focus * way) for up in (0.0, *_RAISED * place.size[2]) for way in _WAYS]
    best = 0.0
    for pose in poses:
        found = seen(pose)
        if found > best:
            (eye, focus), best = pose, found
        if best > _ENOUGH:
            break
    return Camera(_vector(world(eye)), _vector(world(focus)), _vector(place.frame.axes[2]), fov)


def _within(city: City, place: Place, fov: float) -> Camera:
    """At one end of a place, looking along it; from the first end that is free where others may stand in it."""
    high, climb = _WALKED_INTO[place.kind]
    x, y, z = place.size
    along = np.array([0.0, 1.0, 0.0]) if y >= x else np.array([1.0, 0.0, 0.0])
    ways = [along] if place.kind not in _CROWDED else [along, -along, along[[1, 0, 2]], -along[[1, 0, 2]]]
    cameras = []
    for way in ways:
        reach = 2.0 * _BACK * max(x, y)
        eye = np.array([0.0, 0.0, min(high, 0.6 * z)]) - way * reach / 2.0
        focus = eye + way * reach + np.array([0.0, 0.0, climb * reach])
        world = place.frame.to_world
        cameras.append(Camera(_vector(world(eye)), _vector(world(focus)), _vector(place.frame.axes[2]), fov))
    if len(cameras) == 1:
        return cameras[0]
    obstacles = Obstacles(city)
    return next((camera for camera in cameras if obstacles.holds(np.asarray(camera.position)) is None), cameras[0])


def _from_its_foot(city: City, place: Place, fov: float) -> Camera:
    """A tall place whole, from the side from which the most of it is seen."""
    obstacles, world, high = Obstacles(city), place.frame.to_world, place.size[2]
    sides = [np.array([slope[0], slope[1], 0.0]) for slope in spokes((np.arange(_TURNS) + 0.5) / _TURNS)]

    def hidden(side: F64) -> int:
        eye, wide = _STAND * high * side + [0.0, 0.0, _EYE * high], max(place.size[:2])
        ends = [world(np.array([0.0, 0.0, share * high]) + wide * side) for share in _SEEN]
        return sum(obstacles.met(Line(world(eye), end, 0.0, 0.2 * wide)) is not None for end in ends)

    side = min(sides, key=hidden)
    eye, focus = _STAND * high * side + [0.0, 0.0, _EYE * high], np.array([0.0, 0.0, _SIGHT * high])
    return Camera(_vector(world(eye)), _vector(world(focus)), _vector(place.frame.axes[2]), max(fov, _WIDE))


def _unhidden(city: City, place: Place, base: ViewState) -> ViewState:
    """Framed from the first of several sides from which nothing large stands between, nearer or farther where something does; else from the
    first where the eye is at least in no solid; from the usual one if there is none such."""
    obstacles = Obstacles(city)
    states = [framing(place, base, fill, 360.0 * turn / _TURNS) for fill in _FILLS for turn in range(_TURNS)]
    for state in states:
        eye = np.asarray(state.camera.position)
        reach = place.centre + (eye - place.centre) * min(place.radius / state.camera.distance, 0.8)
        if obstacles.met(Line(eye, reach, 0.0, 0.02 * place.radius)) is None:
            return state
    return next((state for state in states if obstacles.holds(np.asarray(state.camera.position)) is None), states[0])


def _vector(values: F64) -> Vector:
    x, y, z = (float(value) for value in values)
    return (x, y, z)
