"""The dive: one camera on a smooth way from outside the rim to a spot in front of a place, at a pace that goes with the scale. Pure.

Speed is the geometric mean of the room about the eye and of the way that is left: a narrow place is passed slowly at its own scale, yet
no shaft takes longer than the powers of ten it spans. Sights are low-passed over the way ahead, so that the picture never snaps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geometry.address import AddressError
from geometry.city import City
from geometry.holes import in_shaft, length
from geometry.place import Place
from geometry.spec import CitySpec
from viewer.camera import Camera, Vector
from viewer.compose import Unfolder
from viewer.errors import InputError
from viewer.journey.arrival import arrive, usual_arrival
from viewer.journey.flyby import fly_by
from viewer.journey.obstacles import Obstacles
from viewer.journey.outlook import deepened
from viewer.journey.route import Stop, route
from viewer.journey.tour import Tour, eased
from viewer.navigate import between
from viewer.state import ViewState
from viewer.whereabouts import phase_at

F64 = NDArray[np.float64]
FOV = 62.0
_UNITS = 120.0
"""Log time from end to end that a way is stretched or shrunk to."""
_STEP = 0.04
"""Length of a step along the way, in parts of the scale there."""
_FINE = 0.12
"""Length of the pieces in which the pace is the same, in the same parts."""
_ROUND = 3.5
"""How long a corner is cut, in parts of what is free about it: the curve strays a quarter of that from the corner's sides."""
_SIGHT = (0.6, 1.2, 2.4, 4.0)
"""How far ahead one looks, in units of log time (a factor e of the scale each)."""
_STEEPEST, _HIGHEST = 0.93, 0.45
"""Sines of the steepest sights down and up: straight down there is no up."""
_ALONG, _OVER, _TILTS = 0.36, 0.985, 1.6
"""Sines of the steepest sights down in a void, where one looks along its floor, not flat at it, for only a shaft is looked down; and over
the rim, with the City whole in the picture. And the log time over which one tilts from one to the other."""
_SLOW = 0.4
"""How much the room about the eye counts for its pace, and how much (the rest) the way that is left."""
_OUTSIDE = 2.5
"""How much the powers of ten of height over the rim count for the time, against those left to go: there one sees the City whole."""
_SWIVEL = 3.0
"""Log time over which a heading is smoothed."""
_SETTLES = 6.0
"""Log time before the end from which the sight turns to the target."""
_LOCAL_HOUR = 15.0
_DUSK = 3.0
"""Log time over which the hour follows that of where one is: faster, and layers passed in a shaft would flicker."""
_TURN = 0.06
"""Part of the time in which the eye turns from what it looked at to where it goes."""
_HERE = 1e-3
"""Metres from where a way begins within which an eye is there."""
_WIDER = 3.0
"""How much wider than at its start a way becomes that is left slowly."""
_CLEAR = 240.0
"""Metres of sight below which the air does not thicken with the scale: it is dust, not fog."""


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A way with all that a camera needs on it: m corners of a fine line that was found to be free, and n steps of even time."""

    goal: F64
    """(3,) world metres: the end, from which the offsets are measured so that the last metres keep their digits."""
    when: F64
    """(m,) shares of the time, rising from 0 to 1, at which the corners are passed."""
    offset: F64
    """(m, 3) corners, metres from the goal: between them the eye goes straight, or it would leave what is free."""
    sight: F64
    """(n, 3) unit vectors."""
    reach: F64
    """(n,) metres to what one looks at."""
    shift: F64
    """(n,) hours, without jumps, that keep one hour of the day about the eye."""
    units: float
    """Log time from end to end."""

    def camera(self, share: float) -> Camera:
        """The camera at a share of the time, 0 to 1."""
        eye = np.array([np.interp(share, self.when, self.offset[:, k]) for k in range(3)]) + self.goal
        sight = self._at(self.sight, share)
        reach = float(np.exp(self._at(np.log(self.reach)[:, None], share)[0]))
        focus = eye + sight / length(sight) * reach
        return Camera(_vector(eye), _vector(focus), _vector(eye / length(eye)), FOV)

    def backwards(self) -> Path:
        """The same way from its end to its start, looking at what one leaves behind."""
        return replace(
            self,
            when=1.0 - self.when[::-1],
            offset=self.offset[::-1],
            sight=self.sight[::-1],
            reach=self.reach[::-1],
            shift=self.shift[::-1],
        )

    def hour(self, share: float) -> float:
        """Hour of the state at a share of the time, [0, 24)."""
        return float(self._at(self.shift[:, None], share)[0]) % 24.0

    def _at(self, rows: F64, share: float) -> F64:
        """Catmull-Rom between rows (n, k)."""
        n = len(rows)
        at = min(max(share, 0.0), 1.0) * (n - 1)
        i = min(int(at), n - 2)
        t = at - i
        a, b, c, d = (rows[min(max(i + k, 0), n - 1)] for k in (-1, 0, 1, 2))
        return np.asarray(b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a))))


def _vector(values: F64) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))


def dive(state: ViewState, place: Place | None, seconds: float) -> Tour:
    """From outside the rim to a place (default: the usual one of this City). Raises InputError where no way leads there."""
    path = usual_path(state.city) if place is None else path_to(City(state.city), place)
    return Tour(seconds, lambda at: on(path, state, eased_ends(at / seconds)))


@lru_cache(maxsize=4)
def usual_path(spec: CitySpec) -> Path:
    """The way of a City's own dive, kept: to find it takes seconds."""
    return path_to(City(spec), None)


def dive_from(state: ViewState, path: Path, seconds: float) -> Tour:
    """A dive on a path by a window whose eye is elsewhere: outside, it goes round the City to where the way begins; where the way begins
    with the eye itself, it turns into it. From within the City to a way that begins elsewhere there is a cut: nothing is flown through."""
    begins, eye = np.asarray(path.camera(0.0).position), np.asarray(state.camera.position)
    here = length(begins - eye) < _HERE
    cut = not here and length(eye) < state.city.radius_km * 1e3

    def state_at(at: float) -> ViewState:
        there = on(path, state, eased_ends(at / seconds))
        turned = min(at / (_TURN * seconds), 1.0)
        if turned >= 1.0 or cut:
            return there
        position = there.camera.position if here else _round(eye, np.asarray(there.camera.position), eased(turned))
        return replace(there, camera=replace(between(state.camera, there.camera, eased(turned)), position=position))

    return Tour(seconds, state_at)


def _round(a: F64, b: F64, t: float) -> Vector:
    """Between two points (3,) outside the City, and never nearer to its centre than the nearer of them."""
    ways = a / length(a) * (1.0 - t) + b / length(b) * t
    if length(ways) < 1e-3:  # from the very other side: by the pole of neither
        ways = ways + np.cross(a / length(a), [0.31, 0.62, 0.72])
    return _vector(ways / length(ways) * (length(a) ** (1.0 - t) * length(b) ** t))


def place_at(spec: CitySpec, text: str) -> Place:
    """The place that a dive is to end at. Raises InputError: one line that says which step of the address leads nowhere."""
    try:
        place = City(spec).at(text)
    except (AddressError, LookupError) as error:
        raise InputError(str(error.args[0] if error.args else error)) from None
    if place.kind in ("city", "band"):
        raise InputError(f"{place.address}: a dive ends at a place; add a tile, like '{City(spec).on_tile(place.address)}'")
    return place


def on(path: Path, state: ViewState, share: float) -> ViewState:
    """The state with the eye at a share of a path's time."""
    camera = path.camera(share)
    haze = state.haze * min(1.0, camera.distance / _CLEAR)
    return replace(state, camera=camera, hour=path.hour(share), haze=haze, cuts=(), peel=0, isolated=None, explode=0.0)


def eased_ends(t: float, ramp: float = 0.07) -> float:
    """Gently off and gently in, at one pace between: 0 to 1."""
    t = min(max(t, 0.0), 1.0)
    if t > 0.5:
        return 1.0 - eased_ends(1.0 - t, ramp)
    pace = 1.0 / (1.0 - ramp)
    return pace * t * t / (2.0 * ramp) if t < ramp else pace * (t - ramp / 2.0)


def path_to(city: City, place: Place | None) -> Path:
    """The way to a place from outside the rim. Raises InputError."""
    try:
        obstacles = Obstacles(city, Unfolder(city))
        end = usual_arrival(obstacles) if place is None else arrive(obstacles, place)
        first = end.stops[0]
        outside = fly_by(obstacles, first.point)
        stops = [*outside[:-1], *route(obstacles, outside[-1].point, first.point, first.room), *end.stops[1:]]
    except LookupError as error:
        raise InputError(str(error.args[0])) from None
    path = path_along(city, stops, end.target)
    shares = np.linspace(0.0, 1.0, len(path.sight))
    eyes = np.stack([np.interp(shares, path.when, path.offset[:, k]) for k in range(3)], axis=-1)
    return replace(path, sight=deepened(obstacles, eyes, path.goal, path.sight))


def path_along(city: City, stops: list[Stop], target: F64, least: float = 0.0, begins: float = 0.0) -> Path:
    """The camera's path along the corners of a way, looking at a target at its end. `begins`: metres of sight at a start in a narrow place,
    which is left as slowly as one comes to the end; 0 for a start in the open."""
    goal = stops[-1].point
    end = max(length(target - goal), 1e-3 * least)
    offset, room = _smooth(stops, goal)
    room = np.maximum(room, 0.3 * (np.sqrt(((offset + goal) ** 2).sum(axis=1)) - city.spec.radius_km * 1e3))
    if room.max() < _WIDER * room[1]:
        begins = 0.0
    time, corners, room = (_paced_from_both if begins else _paced)(city, offset, room, goal, (begins, end))
    even = np.linspace(0.0, time[-1], max(int(np.ceil(time[-1] / _STEP)), 8) + 1)
    offset = np.stack([np.interp(even, time, corners[:, k]) for k in range(3)], axis=-1)
    room = np.exp(np.interp(even, time, np.log(room)))
    scale = _scale(offset, room, end)
    if begins:
        scale = np.minimum(scale, _scale(offset - offset[0], room, begins))
    reach = _low_pass(np.log(2.5 * scale), even, 1.2)
    last = np.clip((even - even[-1] + 3.0) / 3.0, 0.0, 1.0)
    last = last * last * (3.0 - 2.0 * last)
    to_target = np.sqrt(((target - goal - offset) ** 2).sum(axis=1))
    reach = np.exp(reach * (1.0 - last) + np.log(to_target) * last)
    steepest = _low_pass(_steepest(city.spec, offset + goal), even, _TILTS)
    sight, hours = _sights(offset, even, goal, target, steepest), _hours(city, offset + goal, even)
    return Path(goal, time / time[-1], corners, sight, reach, hours, float(time[-1]))


def _paced(city: City, offset: F64, room: F64, goal: F64, ends: tuple[float, float]) -> tuple[F64, F64, F64]:
    """Log times, corners and rooms of a way that begins in the open: (n,), (n, 3), (n,)."""
    time, corners, room = _timed(offset, room, ends[1])
    altitude = np.sqrt(((corners + goal) ** 2).sum(axis=1)) / (city.spec.radius_km * 1e3) - 1.0
    return _balanced(time, corners, ends[1], altitude), corners, room


def _paced_from_both(city: City, offset: F64, room: F64, goal: F64, ends: tuple[float, float]) -> tuple[F64, F64, F64]:
    """The same for a way that begins in a narrow place: as far as where there is most room, and both ends are far, it is the pace of the
    way back."""
    apart = np.minimum(_lengths(offset - offset[0]), _lengths(offset))
    widest = max(int(np.minimum(room, apart).argmax()), 1)
    back, rooms = (offset[: widest + 1] - offset[0])[::-1], np.append(room[widest], room[1 : widest + 1][::-1])
    time, corners, room_out = _paced(city, back, rooms, offset[0] + goal, (0.0, ends[0]))
    if widest == len(room) - 1:
        return time[-1] - time[::-1], corners[::-1] + offset[0], room_out[::-1]
    later, further, room_in = _paced(city, offset[widest:], room[widest:], goal, (0.0, ends[1]))
    out = time[-1] - time[::-1]
    return (
        np.concatenate([out, out[-1] + later[1:]]),
        np.concatenate([corners[::-1] + offset[0], further[1:]]),
        np.concatenate([room_out[::-1], room_in[1:]]),
    )


def _smooth(stops: list[Stop], goal: F64) -> tuple[F64, F64]:
    """Corners rounded off by parabolas within what is free about them: points (m, 3), metres from the goal, and the room (m,) at each."""
    kept = [stops[0]]
    for stop in stops[1:]:
        if length(stop.point - kept[-1].point) > 1e-9 * length(kept[-1].point - goal) + 1e-4:
            kept.append(stop)
    points, rooms = [kept[0].point - goal], [kept[0].room]
    for before, here, after in zip(kept[:-2], kept[1:-1], kept[2:], strict=True):
        back, ahead = before.point - here.point, after.point - here.point
        la, lb = length(back), length(ahead)
        most = max(_ROUND * min(here.free, after.free), 1e-3 * min(here.room, after.room))
        cut = min(0.48 * la, 0.48 * lb, 0.8 * here.room, 0.8 * after.room, most)
        for t in np.linspace(0.0, 1.0, 17).tolist():
            points.append(here.point - goal + back * (cut / la * (1 - t) * (1 - t)) + ahead * (cut / lb * t * t))
            rooms.append(here.room * (1 - t) + after.room * t)
    return np.array([*points, kept[-1].point - goal]), np.array([*rooms, kept[-1].room])


def _lengths(vectors: F64) -> F64:
    return np.asarray(np.sqrt((vectors * vectors).sum(axis=1)))


def _scale(offset: F64, room: F64, end: float) -> F64:
    left = np.maximum(np.sqrt((offset * offset).sum(axis=1)), end)
    return np.asarray(np.minimum(room, left) ** _SLOW * left ** (1.0 - _SLOW))


def _timed(offset: F64, room: F64, end: float) -> tuple[F64, F64, F64]:
    """The way cut into steps that are small for the scale, and the log time at each."""
    points, rooms = [offset[0]], [room[0]]
    for i in range(len(offset) - 1):
        a, b = offset[i], offset[i + 1]
        at = a
        for _ in range(4000):
            left = length(b - at)
            step = _FINE * float(_scale(at[None], np.array([max(room[i + 1], 1e-3)]), end)[0])
            if left <= step:
                break
            at = at + (b - at) * (step / left)
            points.append(at)
            rooms.append(room[i + 1])
        points.append(b)
        rooms.append(room[i + 1])
    made, free = np.array(points), np.array(rooms)
    steps = np.sqrt(((made[1:] - made[:-1]) ** 2).sum(axis=1))
    for _ in range(2):
        scale = _scale(made, free, end)
        time = np.concatenate([[0.0], np.cumsum(steps / np.sqrt(scale[1:] * scale[:-1]))])
        free = np.exp(_low_pass(np.log(free), time, 0.8))
    kept = np.concatenate([[True], np.diff(time) > 1e-9])
    return time[kept], made[kept], free[kept]


def _balanced(time: F64, offset: F64, end: float, altitude: F64) -> F64:
    """Times half of which go by the pace and half by the powers of ten left to go (outside, of the height too): none takes most of it."""
    left = np.log(np.maximum(np.sqrt((offset * offset).sum(axis=1)), end))
    left = left + _OUTSIDE * np.log(np.maximum(altitude, 0.04))
    fallen = left[0] - np.minimum.accumulate(left)
    decades = _low_pass(fallen, time, 0.02 * time[-1])
    decades = np.maximum.accumulate(decades - decades[0])
    share = 0.55 if decades[-1] > 1.0 else 0.0  # a way outward, or a short one, has no such powers
    return np.asarray(_UNITS * ((1.0 - share) * time / time[-1] + share * decades / max(decades[-1], 1e-9)))


def _low_pass(values: F64, time: F64, width: float) -> F64:
    """Gaussian mean over uneven times: (n,) or (n, k)."""
    wide = values[:, None] if values.ndim == 1 else values
    out = np.empty_like(wide)
    weight = np.gradient(time) if len(time) > 1 else np.ones(1)
    for i in range(len(time)):
        low, high = np.searchsorted(time, [time[i] - 3.0 * width, time[i] + 3.0 * width])
        kernel = np.exp(-0.5 * ((time[low:high] - time[i]) / width) ** 2) * np.maximum(weight[low:high], 1e-12)
        out[i] = (kernel[:, None] * wide[low:high]).sum(axis=0) / kernel.sum()
    return out[:, 0] if values.ndim == 1 else out


def _steepest(spec: CitySpec, points: F64) -> F64:
    """(n,) sines of the steepest sights down at points (n, 3) of a way: in the voids that it crosses, and in the shafts between them."""
    radii = _lengths(points)
    every = max(len(radii) // 400, 1)
    low = float(radii.min())
    rim = spec.radius_km * 1e3
    sines = (_OVER if radius > rim else _STEEPEST if in_shaft(spec, radius, low) else _ALONG for radius in radii[::every].tolist())
    return np.interp(np.arange(len(radii)), np.arange(len(radii))[::every], list(sines))


def _sights(offset: F64, time: F64, goal: F64, target: F64, steepest: F64) -> F64:
    """Where one looks: to where one will be, to the target at the end, never down more steeply than by some sines (n,).

    Headings and sines are smoothed apart from each other: the mean of two sights that are opposed points straight down, where the picture
    would turn on its head."""
    ahead = _ahead(offset, time)
    to = _units(target - goal - offset)
    up = _units(offset + goal)
    east, north = _level_axes(up)
    steep = (ahead * up).sum(axis=1)
    level = _carried(ahead - steep[:, None] * up, time)
    heading = np.unwrap(np.arctan2((level * north).sum(axis=1), (level * east).sum(axis=1)))
    sine = _low_pass(np.clip(steep, -steepest, _HIGHEST), time, 1.2)
    heading = _low_pass(heading, time, _SWIVEL)
    # what is behind one is remembered for a while: at the end one looks at the target all the same
    settled = np.clip((time - time[-1] + _SETTLES) / (0.75 * _SETTLES), 0.0, 1.0)
    settled = settled * settled * (3.0 - 2.0 * settled)
    aside = np.unwrap(np.arctan2((to * north).sum(axis=1), (to * east).sum(axis=1)) - heading)
    begins = int((settled > 0.0).argmax())
    heading = heading + settled * (aside - 2.0 * np.pi * np.round(aside[begins] / (2.0 * np.pi)))
    sine = sine * (1.0 - settled) + (to * up).sum(axis=1) * settled
    level = np.cos(heading)[:, None] * east + np.sin(heading)[:, None] * north
    sight = _low_pass(level * np.sqrt(1.0 - sine * sine)[:, None] + up * sine[:, None], time, 0.7)
    return _units(sight * (1.0 - settled)[:, None] + to * settled[:, None])  # the target itself, not the mean of what is about it


def _ahead(offset: F64, time: F64) -> F64:
    """(n, 3) unit vectors to where one will be in a while."""
    ahead = np.zeros_like(offset)
    for span in _SIGHT:
        later = np.stack([np.interp(time + span, time, offset[:, k]) for k in range(3)], axis=-1)
        ahead += _units(later - offset)
    return _units(_low_pass(_units(ahead), time, 0.9))


def _level_axes(up: F64) -> tuple[F64, F64]:
    """Two level unit vectors each (n, 3) that turn about the verticals (n, 3) as little as they may along the way."""
    east = np.empty_like(up)
    east[0] = np.cross(up[0], [0.31, 0.62, 0.72])
    for i in range(len(up)):
        before = east[max(i - 1, 0)]
        east[i] = before - (before @ up[i]) * up[i]
        east[i] /= length(east[i])
    return east, np.cross(up, east)


def _units(vectors: F64) -> F64:
    """(n, 3) at length one; those of none stay."""
    return np.asarray(vectors / np.maximum(_lengths(vectors), 1e-9)[:, None])


def _carried(level: F64, time: F64) -> F64:
    """The level part of the sights, kept up where one falls straight: each takes over from both sides, fading with log time."""
    step = np.exp(-np.diff(time, prepend=time[0]) / 2.5)
    forth, back = level.copy(), level.copy()
    for i in range(1, len(level)):
        forth[i] += step[i] * forth[i - 1]
    for i in range(len(level) - 2, -1, -1):
        back[i] += step[i + 1] * back[i + 1]
    return np.asarray(forth + back)


def _hours(city: City, points: F64, time: F64) -> F64:
    """Hours of the state that keep one hour of the day where the eye is."""
    every = max(len(points) // 400, 1)
    phases = np.array([phase_at(city.spec, _vector(point)) for point in points[::every]])
    turns = np.unwrap(phases * 2.0 * np.pi) / (2.0 * np.pi)
    hours = np.interp(time, time[::every], _LOCAL_HOUR - 24.0 * turns)
    return _low_pass(hours, time, _DUSK)
