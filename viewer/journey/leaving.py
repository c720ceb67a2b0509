"""From within the City: out of it by the way that one would come in, and on to where a dive ends. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from geometry.city import City
from geometry.place import Place
from viewer.camera import Camera
from viewer.compose import Unfolder
from viewer.errors import InputError
from viewer.journey.arrival import arrive, usual_arrival
from viewer.journey.dive import Path, dive, dive_from, eased_ends, on, path_along, path_to, usual_path
from viewer.journey.flyby import start_over
from viewer.journey.indoors import out_of
from viewer.journey.obstacles import F64, Obstacles
from viewer.journey.passage import along, passable
from viewer.journey.route import Stop, reversed_way, route
from viewer.journey.tour import Tour, blended
from viewer.state import ViewState
from viewer.whereabouts import outside

_OPEN = 3.5e3
"""Metres that are free about one who has come out into the open."""
_CLOSE, _FAR = 2.0, 60.0
"""Metres of sight, least and most, at a start within the City."""


def path_from(city: City, place: Place | None, camera: Camera) -> Path:
    """The way from a camera within the City to a place (default: the City's own), out of where it is and in again, without going round by
    the stars. From a spot in a solid, or sealed in, the way begins outside the rim. Raises InputError where no way leads to the place."""
    obstacles, eye = Obstacles(city, Unfolder(city)), np.asarray(camera.position)
    try:
        away = way_out(obstacles, eye)
    except LookupError:
        return path_to(city, place)
    try:
        end = usual_arrival(obstacles) if place is None else arrive(obstacles, place)
        first = end.stops[0]
        between = route(obstacles, away[-1].point, first.point, first.room)
    except LookupError as error:
        raise InputError(str(error.args[0])) from None
    return path_along(city, [*away, *between[1:], *end.stops[1:]], end.target, begins=_sight(camera))


def path_out(city: City, camera: Camera) -> Path:
    """The way from a camera within the City out under the stars: the way in to where it is, backwards. Raises InputError where none is
    known."""
    obstacles, eye = Obstacles(city, Unfolder(city)), np.asarray(camera.position)
    try:
        out = way_out(obstacles, eye)
        inward = reversed_way(out[0], out[1:])
        stops = [*route(obstacles, start_over(city, inward[0].point), inward[0].point, inward[0].room), *inward[1:]]
    except LookupError as error:
        raise InputError(f"{error.args[0]}; Home shows the City from outside") from None
    focus = np.asarray(camera.focus)
    return path_along(city, stops, eye + (focus - eye) * (_sight(camera) / camera.distance)).backwards()


def way_out(obstacles: Obstacles, eye: F64) -> list[Stop]:
    """Stops from a spot (3,) out into the open air of its void, the spot first. Raises LookupError where it is in a solid or sealed in."""
    if not obstacles.free(eye):
        raise LookupError("one stands in something solid here")
    away = out_of(obstacles, eye, _OPEN, 0.0)
    if away is None:
        raise LookupError("no way leads out from here")
    return [Stop(eye, 1.0), *away]


def _sight(camera: Camera) -> float:
    return float(np.clip(camera.distance, _CLOSE, _FAR))


def dive_in(state: ViewState, place: Place | None, seconds: float) -> Tour:
    """A dive to a place from where the eye is if that is within the City, else from outside the rim. Raises InputError."""
    if outside(state):
        return dive(state, place, seconds)
    return dive_from(state, path_from(City(state.city), place, state.camera), seconds)


def way_back(state: ViewState, place: Place | None, seconds: float) -> Tour:
    """From a place (default: where the City's own dive ends), or from an eye within the City if no place is given, out under the stars.
    Raises InputError."""
    city = City(state.city)
    if place is None and not outside(state):
        return dive_from(state, path_out(city, state.camera), seconds)
    path = (usual_path(state.city) if place is None else path_to(city, place)).backwards()
    return Tour(seconds, lambda at: on(path, state, eased_ends(at / seconds)))


def along_between(a: ViewState, b: ViewState) -> Callable[[float], ViewState]:
    """The states on a way from one to another that goes through nothing, by the share of the time; what is cut open is whole on the way.
    Raises InputError where none is known."""
    city, start, end = City(b.city), np.asarray(a.camera.position), np.asarray(b.camera.position)
    obstacles = Obstacles(city, Unfolder(city))
    stops = passable(obstacles, start, end) if obstacles.free(start) and obstacles.free(end) else None
    if stops is None:
        raise InputError("no way is known that leads there")
    path = path_along(city, stops, np.asarray(b.camera.focus), begins=0.0 if outside(a) else _sight(a.camera))
    hours = [_clock(state.hour - path.hour(share)) for state, share in ((a, 0.0), (b, 1.0))]
    off = _clock(hours[1] - hours[0])

    def state_at(share: float) -> ViewState:
        there = blended(a, b, share)
        hour = (path.hour(eased_ends(share)) + hours[0] + off * share) % 24.0
        return replace(there, camera=along(path, a.camera, b.camera, share), hour=hour, cuts=(), peel=0, isolated=None, explode=0.0)

    return state_at


def _clock(hours: float) -> float:
    """The same hours, the short way round the clock."""
    return (hours + 12.0) % 24.0 - 12.0
