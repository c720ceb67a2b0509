"""The ride in the trunk lift: along its line to the farther end, with two clocks (canon S72, E50 to E55). Pure functions.

The car is pushed steadily up to its speed half way, and held back as steadily from there on. A film of it shows the first and the last
moments as they are; between them it hurries, by equal factors in equal times, or nobody would sit through an hour of one tube.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from geometry.address import AddressError
from geometry.city import City
from geometry.landmarks import standing
from geometry.place import Place
from geometry.rules.landmarks.lift import CAR
from geometry.spec import CitySpec
from geometry.strata import Stratum, strata
from viewer import physics
from viewer.camera import Camera, Vector
from viewer.errors import InputError
from viewer.journey.tour import Tour, eased
from viewer.measure import digits
from viewer.state import ViewState
from viewer.whereabouts import phase_at, radius_of, whereabouts

SECONDS = 40.0
"""How long a film of it lasts where nobody says."""
FOV = 64.0
_HURRY = 7.0
"""Powers of e by which the film hurries more in the middle than at its ends, about."""
_NOSE = (0.72, 130.0)
"""Where the eye is in the car's length of the tube: part of its height, and metres before that (rules.landmarks.lift)."""
_TURNS = ((0.0, 0.0), (0.30, 6.0), (0.42, 34.0), (0.62, 40.0), (0.86, 58.0), (1.0, 82.0))
"""(part of the time, degrees off the way at which one looks)."""
_NEAREST, _ROOM = 700.0, 0.8
"""Metres of sight in the tube; of sight elsewhere, in parts of the height of what one is in."""
_HEIGHT = 0.08
"""How high the ends of the line are in their voids, in parts of the void."""
_LOOKS, _PASSED = 72, 0.3
"""How many looks the whole ride has, and what part of the room about one passes in each, where it would pass more."""
_TUBE = 1500.0
"""Metres that one sees of the tube."""
_STILL = 1e-6
"""Parts of light's speed below which one stands."""
_THIN = 0.5
"""Of the haze of views that stand still."""
_LOCAL_HOUR = 18.15


@dataclass(frozen=True, slots=True)
class Ride:
    """A way along one line that runs out from the centre, metres and seconds."""

    spec: CitySpec
    toward: Vector
    """Unit vector of the line."""
    side: Vector
    """Unit vector across it."""
    start: float
    end: float
    """Radii between which the car runs: the tube where one boards, and the last void under the rim or over the innermost floor."""
    tube: tuple[float, float]
    """Radii between which the tube of the landmark stands about it."""

    @property
    def way(self) -> float:
        """Metres from end to end."""
        return abs(self.end - self.start)

    @property
    def sign(self) -> float:
        """1 outward, -1 inward."""
        return 1.0 if self.end > self.start else -1.0

    def in_tube(self, radius: float) -> bool:
        """Whether the tube stands about one at a radius."""
        return self.tube[0] < radius < self.tube[1]

    def room(self, radius: float) -> tuple[float, float]:
        """Radii between which one sees at a radius: of the void that one is in, or of a length of the tube."""
        if self.in_tube(radius):
            return radius - _TUBE / 2.0, radius + _TUBE / 2.0
        row = whereabouts(self.spec, radius).rows[-1]
        return row.inner, row.plate

    @property
    def push(self) -> float:
        """The steady acceleration, m/s² (E53)."""
        return physics.push(self.way, self.spec.lift_beta)

    @property
    def whole(self) -> tuple[float, float]:
        """Seconds from end to end by the City's clock and by the car's."""
        outside, within, _ = physics.pushed(self.way / 2.0, self.push)
        return 2.0 * outside, 2.0 * within


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the car is, and what the clocks say."""

    radius: float
    """Metres from the City's centre."""
    city_s: float
    """Seconds since the start by the clocks of the City."""
    car_s: float
    """And by the car's own."""
    beta: float
    """Speed outward, in parts of light's; below zero inward."""

    @property
    def told(self) -> str:
        """The two clocks, the speed and what it does to light, in one line."""
        beta = abs(self.beta)
        return (
            f"City {clock(self.city_s)}   Car {clock(self.car_s)}   {beta:.3f} c   "
            f"pitch ahead {physics.doppler(beta):.2f}, half the sky within {digits(physics.cone(beta))}°"
        )


def clock(seconds: float) -> str:
    """`1:04:09.27`."""
    hundredths = round(seconds * 100.0)
    return f"{hundredths // 360_000}:{hundredths // 6000 % 60:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


@lru_cache(maxsize=4)
def ride_of(spec: CitySpec) -> Ride:
    """The ride of a City. Raises InputError where it has no trunk lift."""
    try:
        line = standing(spec, "trunk-lift").place
    except AddressError as error:
        raise InputError(str(error.args[0])) from None
    car, (low, high) = _car(spec), _ends(spec)
    share, before = _NOSE
    middle = car.frame.to_world(np.array([0.0, 0.0, share * car.size[2]]))
    radius = float(np.sqrt((middle * middle).sum()))
    end = high if high - radius > radius - low else low
    start = radius + (before if end > radius else -before)
    foot = float(np.sqrt((line.frame.origin**2).sum()))
    return Ride(spec, _vector(middle / radius), _vector(car.frame.axes[0]), start, end, (foot, foot + line.size[2]))


def _car(spec: CitySpec) -> Place:
    return City(spec).at("landmark/trunk-lift / " + " / ".join(f"trunk-lift {number}" for number in CAR))


def _ends(spec: CitySpec) -> tuple[float, float]:
    """Radii in the void of the layer over the innermost, and of the outermost."""
    first, last = _single(spec, 0, 1), _single(spec, -1, -1)
    return tuple(row.inner + _HEIGHT * (row.plate - row.inner) for row in (first, last))  # type: ignore[return-value]


def _single(spec: CitySpec, band: int, below: int) -> Stratum:
    """The layer that is found in a stratum by taking always the same band of its bands."""
    rows = strata(spec)
    bands: tuple[int, ...] = ((band + len(rows)) % len(rows),)
    while rows[bands[-1]].high - rows[bands[-1]].low > 1:
        rows = strata(spec, bands)
        bands = (*bands, min(below % len(rows), len(rows) - 1))
    return rows[bands[-1]]


def at_radius(ride: Ride, radius: float) -> Moment:
    """The moment at which the car passes a radius, metres; the first or the last beyond the ends."""
    done = min(max((radius - ride.start) * ride.sign, 0.0), ride.way)
    out, own, beta = physics.pushed(min(done, ride.way - done), ride.push)
    radius = ride.start + done * ride.sign
    if done <= ride.way / 2.0:
        return Moment(radius, out, own, beta * ride.sign)
    city, car = ride.whole
    return Moment(radius, city - out, car - own, beta * ride.sign)


def at_part(ride: Ride, part: float) -> Moment:
    """The moment at a part of the film, 0 to 1."""
    part = min(max(part, 0.0), 1.0)
    half = ride.whole[0] / 2.0
    seconds = half * math.expm1(_HURRY * 2.0 * min(part, 1.0 - part)) / math.expm1(_HURRY)
    way = physics.pushed_way(seconds, ride.push) * ride.sign
    return at_radius(ride, ride.start + way if part <= 0.5 else ride.end - way)


def on(ride: Ride, state: ViewState, part: float) -> ViewState:
    """The state at a part of the film: style, haze and City are the state's, all else is the ride's; air so high is thin."""
    moment = _seen(ride, part)
    camera = _camera(ride, moment.radius, part)
    hour = (_LOCAL_HOUR - 24.0 * phase_at(ride.spec, camera.position)) % 24.0
    whole = replace(state, cuts=(), peel=0, isolated=None, explode=0.0, hidden=(), year=0.0)
    return replace(whole, camera=camera, hour=hour, haze=_THIN * state.haze, beta=moment.beta if abs(moment.beta) > _STILL else 0.0)


def _seen(ride: Ride, part: float) -> Moment:
    """The moment to show: where one would pass all there is to see between two frames, looks are taken on the way, each slowed down."""
    look = min(math.floor(part * _LOOKS), _LOOKS - 1)
    first, middle, last = (at_part(ride, (look + share) / _LOOKS).radius for share in (0.0, 0.5, 1.0))
    low, high = ride.room(middle)
    passed = _PASSED * (high - low)
    if abs(last - first) <= passed:
        return at_part(ride, part)
    if look in (0, _LOOKS - 1):
        middle = ride.start + passed * ride.sign / 2.0 if look == 0 else ride.end - passed * ride.sign / 2.0
    elif not ride.in_tube(middle):
        middle = (low + high) / 2.0
    return at_radius(ride, middle + passed * (part * _LOOKS - look - 0.5) * ride.sign)


def _camera(ride: Ride, radius: float, part: float) -> Camera:
    ahead, side = np.asarray(ride.toward) * ride.sign, np.asarray(ride.side)
    angle = math.radians(_looks(part))
    sight = math.cos(angle) * ahead + math.sin(angle) * side
    eye, across = np.asarray(ride.toward) * radius, math.sin(angle) * ahead - math.cos(angle) * side
    return Camera(_vector(eye), _vector(eye + sight * _sight(ride, radius)), _vector(across * ride.sign), FOV)


def _looks(part: float) -> float:
    for (a, low), (b, high) in pairwise(_TURNS):
        if part <= b:
            return low + (high - low) * eased((part - a) / (b - a))
    return _TURNS[-1][1]


def _sight(ride: Ride, radius: float) -> float:
    """Metres to what one looks at: no more than the way since the start, or the room there is."""
    low, high = ride.room(radius)
    return max(_NEAREST, min(abs(radius - ride.start), _ROOM * (high - low)))


def ride(state: ViewState, seconds: float) -> Tour:
    """The tour of a ride through a state's City. Raises InputError where it has no trunk lift."""
    found = ride_of(state.city)
    return Tour(seconds, lambda at: on(found, state, at / seconds))


def told(state: ViewState) -> str:
    """The clocks of a state that rides; nothing for one that does not."""
    if not state.beta:
        return ""
    return at_radius(ride_of(state.city), radius_of(state.camera.position)).told


def _vector(values: np.ndarray) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))
