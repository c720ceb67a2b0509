"""Walking: an upright body among oriented boxes. Pure functions on numbers; metres and seconds, z away from the floor.

The body is a capsule of spheres from knee to crown, 0.3 m in radius, and a foot as wide as a shoe: what is lower than the knee is stepped
on, what is higher stops it, and it slides along. Motion goes in equal steps of 1/120 s whatever the frames do, so a slow
machine walks the same way. Where there is no floor it falls, no faster than 6 m/s: a choice of ours, so that one sees what passes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.hulls import Hulls
from viewer.journey.boxes import Boxes

F64 = NDArray[np.float64]
EYE, RADIUS, STEP, CROWN = 1.7, 0.3, 0.45, 1.8
"""Metres: height of the eye, half the width of the body, the highest step, height of the head."""
PACE, RUN = 5.0 / 3.6, 4.5
"""m/s: 5 km/h as Killy walks (canon S73), and running."""
PULL, FALL = 4.0, 6.0
"""m/s² and m/s: how a body falls, and how fast at most."""
TICK = 1.0 / 120.0
"""Seconds of one step."""
_SHOE = 0.18
_SOUNDINGS = np.array([(0.0, 0.0), (1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7)]) * _SHOE
_SPHERES = np.linspace(STEP + RADIUS, CROWN - RADIUS, 6)
_NEAR = 1.6
"""Metres about the body in which boxes matter for a step."""
_TOUCH = 1e-4
_RINGS, _SPOKES = (0.03, 0.06, 0.1, 0.15, 0.22, 0.3, 0.4, 0.52, 0.66, 0.82, 1.0), 16
"""Where a floor is looked for about an eye, in parts of how far, and in how many directions."""
_ABOVE = 0.12
"""How far over the eye, in the same parts, a floor may lie where none lies below."""


@dataclass(frozen=True, slots=True)
class Body:
    """Somebody on foot."""

    feet: tuple[float, float, float]
    """Metres in the frame of the ground."""
    sinking: float = 0.0
    """Downward speed, m/s."""
    eye: float = 0.0
    """Height of the eye's own level, metres: it follows the feet softly, so that steps do not jolt."""
    owed: float = 0.0
    """Seconds that have passed and are not walked yet, less than a TICK."""

    @property
    def falling(self) -> bool:
        """Whether there is no floor under the feet."""
        return self.sinking > 0.0


def floor_under(solid: Hulls, x: F64, y: F64, highest: float) -> F64:
    """(n,) height of the highest top at or below `highest` under points x, y (n,); -inf where there is none."""
    if not len(solid):
        return np.full(len(x), -np.inf)
    bottom, top = _along(solid, x, y)
    return np.asarray(np.where((top <= highest) & (top > bottom), top, -np.inf).max(axis=1))


def _along(solid: Hulls, x: F64, y: F64) -> tuple[F64, F64]:
    """(n, k) where upright lines through x, y enter and leave boxes; an empty span (top below bottom) where they miss."""
    from_centre = np.stack([x[:, None] - solid.centre[:, 0], y[:, None] - solid.centre[:, 1]], axis=-1)
    low = np.full(from_centre.shape[:2], -np.inf)
    high = np.full(from_centre.shape[:2], np.inf)
    for axis in range(3):
        ax = solid.axes[:, axis]
        start = from_centre[..., 0] * ax[:, 0] + from_centre[..., 1] * ax[:, 1]
        slope, half = ax[:, 2], solid.half[:, axis]
        flat = np.abs(slope) < 1e-6
        safe = np.where(flat, 1.0, slope)
        a, b = (-half - start) / safe, (half - start) / safe
        inside = np.abs(start) <= half
        low = np.maximum(low, np.where(flat, np.where(inside, -np.inf, np.inf), np.minimum(a, b)))
        high = np.minimum(high, np.where(flat, np.where(inside, np.inf, -np.inf), np.maximum(a, b)))
    return low + solid.centre[:, 2], high + solid.centre[:, 2]


def _gaps(solid: Hulls, feet: F64) -> tuple[F64, F64]:
    """(6, k) how far the middles of the body's spheres are from boxes, and (6, k, 2) the level direction away from them."""
    middles = feet + _SPHERES[:, None] * [0.0, 0.0, 1.0]
    away = middles[:, None] - solid.centre
    own = (away[:, :, None, :] * solid.axes[None]).sum(axis=-1)
    over = own - np.clip(own, -solid.half, solid.half)
    distance = np.sqrt((over * over).sum(axis=-1))
    # within a box: out by the nearest side that does not face up or down
    depth = solid.half[None] - np.abs(own)
    depth = np.where(np.abs(solid.axes[None, :, :, 2]) > 0.9, np.inf, depth)
    side = depth.argmin(axis=-1)
    out = np.take_along_axis(solid.axes[None], side[..., None, None], axis=2)[:, :, 0] * np.sign(
        np.take_along_axis(own, side[..., None], axis=2) + 1e-12
    )
    outside = (over[..., None] * solid.axes[None]).sum(axis=2)
    within = distance <= 0.0
    direction = np.where(within[..., None], out, outside)[..., :2]
    length = np.sqrt((direction * direction).sum(axis=-1, keepdims=True))
    return np.where(within, -depth.min(axis=-1), distance), direction / np.maximum(length, 1e-12)


def collides(solid: Hulls, feet: F64, slack: float = 1e-3) -> bool:
    """Whether a body standing at `feet` (3,) would be in a box by more than `slack` metres."""
    return bool(len(solid) and _gaps(solid, feet)[0].min() < RADIUS - slack)


def _pushed(solid: Hulls, feet: F64) -> F64 | None:
    """The feet moved level out of all boxes, or None where there is no room for the body."""
    for _ in range(6):
        gap, direction = _gaps(solid, feet)
        worst = int(gap.argmin())
        if gap.flat[worst] >= RADIUS - _TOUCH:
            return feet
        row, box = divmod(worst, gap.shape[1])
        aside = direction[row, box]
        if not aside.any():
            return None
        feet = feet + np.append(aside * (RADIUS - gap[row, box]), 0.0)
    return None if collides(solid, feet, 2e-3) else feet


def _stood(solid: Hulls, feet: F64, reach: float) -> float:
    """Height of the floor that carries a foot, looked for from `reach` above the feet downward."""
    x, y = feet[0] + _SOUNDINGS[:, 0], feet[1] + _SOUNDINGS[:, 1]
    return float(floor_under(solid, x, y, feet[2] + reach + 1e-6).max())


def walked(body: Body, solid: Hulls, velocity: tuple[float, float], seconds: float) -> Body:
    """The body after some seconds with a wish to go `velocity` (m/s along x and y)."""
    time, feet = body.owed + seconds, np.asarray(body.feet, dtype=np.float64)
    count = int(time / TICK + 1e-9)
    body = replace(body, owed=max(time - count * TICK, 0.0))
    if not count:
        return body
    reach = float(np.hypot(*velocity)) * seconds + FALL * seconds + _NEAR
    near = solid.about(feet + [0.0, 0.0, CROWN / 2], reach)
    step = np.array([velocity[0] * TICK, velocity[1] * TICK, 0.0])
    for _ in range(count):
        feet = np.asarray(body.feet, dtype=np.float64)
        body = _ticked(body, near.about(feet + [0.0, 0.0, CROWN / 2], _NEAR), feet, step)
    return body


def _ticked(body: Body, solid: Hulls, feet: F64, step: F64) -> Body:
    """One step: aside, then up or down."""
    moved = _sideways(solid, feet, step) if len(solid) else feet + step
    floor = _stood(solid, moved, STEP) if len(solid) else -np.inf
    if floor > moved[2] and _blocked(solid, moved, floor):
        moved, floor = feet, min(_stood(solid, feet, STEP), feet[2])
    height, sinking = _settled(float(moved[2]), body.sinking, floor)
    eye = body.eye + (height - body.eye) * (1.0 if sinking else min(1.0, 9.0 * TICK))
    return replace(body, feet=(float(moved[0]), float(moved[1]), height), sinking=sinking, eye=eye)


def _sideways(solid: Hulls, feet: F64, step: F64) -> F64:
    """Where a step leads: along what is in the way, or nowhere."""
    moved = _pushed(solid, feet + step)
    if moved is None:
        return feet
    gone = moved - feet
    # a push must not throw: sliding is never faster than walking, but for getting free of what one stands in
    return moved if float(gone @ gone) <= 1.21 * float(step @ step) + 4e-4 or collides(solid, feet) else feet


def _blocked(solid: Hulls, moved: F64, floor: float) -> bool:
    """Whether the body has no room on a higher floor."""
    raised = np.array([moved[0], moved[1], floor])
    return collides(solid, raised) and not collides(solid, moved)


def _settled(height: float, sinking: float, floor: float) -> tuple[float, float]:
    """(height, downward speed) after one step: up on to a floor, down stairs, or falling."""
    if floor >= height - (STEP if not sinking else 0.0) - 1e-9:
        return floor, 0.0
    speed = min(sinking + PULL * TICK, FALL)
    fallen = height - speed * TICK
    return (floor, 0.0) if fallen <= floor else (fallen, speed)


def landed(solid: Hulls, point: F64, within: float) -> Body | None:
    """Somebody standing on the nearest floor below a point (3,), or None if there is none within some metres, or no room on it."""
    near = solid.about(np.asarray(point) - [0.0, 0.0, within / 2], within / 2 + CROWN)
    floor = _stood(near, np.asarray(point, dtype=np.float64), -1e-3)
    if floor < point[2] - within:
        return None
    feet = _pushed(near, np.array([point[0], point[1], floor])) if len(near) else None
    if feet is None or float(np.hypot(*(feet - point)[:2])) > 4 * RADIUS:
        return None
    x, y, z = (float(value) for value in feet)
    return Body((x, y, z), eye=z)


def nearest(solid: Hulls, reach: float, hidden: bool = False) -> Body | None:
    """Somebody on the floor nearest to an eye at the origin that it sees, or, if it sees none, on a `hidden` one if that will do; None
    where there is none with room for a body within `reach` metres."""
    if not len(solid):
        return None
    turn = np.arange(_SPOKES) * (2.0 * np.pi / _SPOKES)
    rays = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    spots = np.concatenate([np.zeros((1, 2)), *(ring * reach * rays for ring in _RINGS)])
    floors = [np.c_[spots, floor_under(solid, spots[:, 0], spots[:, 1], highest)] for highest in (-EYE / 2.0, _ABOVE * reach)]
    points = np.concatenate(floors)
    points = points[np.abs(points).max(axis=1) <= reach]
    points = points[np.argsort((points * points).sum(axis=1), kind="stable")]
    bodies = (body for body in (_placed(solid, point) for point in points) if body is not None)
    unseen: Body | None = None
    boxes, eye = Boxes(solid.centre, solid.axes, solid.half), np.zeros((1, 3))
    for body in bodies:
        if not boxes.bar(eye, np.asarray(body.feet)[None] + [0.0, 0.0, EYE], 0.0)[0]:
            return body
        unseen = unseen or body
    return unseen if hidden else None


def _placed(solid: Hulls, foot: F64) -> Body | None:
    """Somebody standing at or beside a point (3,) of a floor, if there is room for a body."""
    near = solid.about(foot + [0.0, 0.0, CROWN / 2], 2.0 * CROWN)
    feet = _pushed(near, foot)
    if feet is None or float(np.hypot(*(feet - foot)[:2])) > 4 * RADIUS or _stood(near, feet, TICK) < foot[2] - 1e-3:
        return None
    x, y, z = (float(value) for value in feet)
    return Body((x, y, z), eye=z)
