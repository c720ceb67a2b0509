"""Ghost orbits over a view: where the bodies moved that the City was made of (canon S01, S39), as dashes of a picture, a name beside each.

Radii are astronomy's. The plane of the orbits and where the Sun stood in it are our choice (geometry.history). Pure functions; what paints
them is viewer.drawing.overlay and viewer.qt.orbits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.history import AU, BODIES, BY_ID, SUN, consumed, year_of
from viewer.camera import F64, Camera
from viewer.state import ORBITS, ViewState

Box = tuple[float, float, float, float]
"""Left, top, right, bottom; pixels."""
Measure = Callable[[str], tuple[float, float]]
"""Width and height of words, pixels."""

NAME, TITLE, CANON = ORBITS, "Ghost orbits", "S01"
NOTES = ("Where the planets moved that it was made of", "Their plane, and the Sun's place: our choice")
NONE = "None to be seen from here; go farther out"
LINE, INK, SHADE = (168, 200, 228), (204, 221, 236), (6, 9, 12)
"""Of a dash, of a name, and of the shade round both."""
FREE, HIDDEN, NAMED, SHADED, PLATED = 1.0, 0.46, 1.0, 0.7, 0.6
"""How much covers: a dash with nothing before it, one with the City before it, a name, the shade round a free dash, the
plate under a name."""
LEAST, MOST = 40.0, 4.0
"""How wide an orbit is that is shown: pixels at least, pictures at most."""
_PERIOD = 13.0
"""From dash to dash, pixels, where an orbit is seen flat on."""
_INNER = np.array([0.0, 0.19, 0.38, 0.57])
"""Corners of a dash, in parts of the way to the next."""
_TURNS = 48
"""Places round an orbit where its name may stand."""
_GAP = 9.0
"""Between an orbit and its name, pixels."""
_CROSSED, _INWARD = 0.7, 0.6
"""What speaks against a place for a name: each corner of a dash under it, and that it is within its orbit."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle in the plane z = 0 of the world."""

    body: str
    label: str
    centre: tuple[float, float]
    radius: float
    """Metres."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """An orbit as a picture has it."""

    ring: Ring
    dashes: F64
    """(n, 4, 2) corners of each dash, pixels, y down."""
    depths: F64
    """(n,) metres along the sight axis to the middle of each dash."""
    strength: float
    """From 0 to 1: it comes and goes softly at the ends of what is shown."""
    box: Box | None
    """Where the name stands; None if there is no room for it."""


def rings(state: ViewState) -> tuple[Ring, ...]:
    """The orbits, the widest first: of the bodies of geometry.history, and of the Earth, which the City stands about."""
    spec, year = state.city, state.year
    told = [(body.name, consumed(spec, body) <= year, "taken apart", body.orbit, body.about) for body in BODIES]
    told.append(("Earth", year_of(BY_ID["covered"], spec) <= year, "built over", AU, "Sun"))
    made = (
        Ring(name, f"{name}, {fate}" if gone else name, SUN if about == "Sun" else (0.0, 0.0), orbit)
        for name, gone, fate, orbit, about in told
    )
    return tuple(sorted(made, key=lambda ring: -ring.radius))


def projected(camera: Camera, points: F64, size: tuple[float, float]) -> tuple[F64, F64]:
    """Pixels (…, 2), y down, of world points (…, 3), and metres (…,) along the sight axis; NaN pixels for what is not before the eye."""
    away = points - np.asarray(camera.position)
    depth = away @ camera.forward
    reach = np.full(depth.shape, camera.distance) if camera.parallel else depth
    scale = _focal(camera, size[1]) / np.where(depth > 0.0, reach, np.nan)
    x, y = away @ camera.right * scale, -(away @ camera.upward) * scale
    return np.stack([x + size[0] / 2.0, y + size[1] / 2.0], axis=-1), depth


def _focal(camera: Camera, high: float) -> float:
    return float(high / 2.0 / np.tan(np.radians(camera.fov) / 2.0))


def across(camera: Camera, ring: Ring, high: float) -> tuple[float, float]:
    """How wide an orbit looks, seen flat on: from as far as its middle is, and from as far as its nearest spot is; pixels."""
    x, y, z = np.asarray(camera.position) - np.array([*ring.centre, 0.0])
    if camera.parallel:
        away = near = camera.distance
    else:
        away, near = float(np.hypot(np.hypot(x, y), z)), float(np.hypot(np.hypot(x, y) - ring.radius, z))
    whole = 2.0 * ring.radius * _focal(camera, high)
    return whole / max(away, 1.0), whole / max(near, 1.0)


def _strength(camera: Camera, ring: Ring, size: tuple[float, float], unit: float) -> float:
    """0 where it is too small or too large to be shown, 1 well within."""
    wide, widest = across(camera, ring, size[1])
    least, most = LEAST * unit, MOST * max(size)
    return float(np.clip(2.0 * (wide / least - 1.0), 0.0, 1.0) * np.clip(3.0 * (most / widest - 1.0), 0.0, 1.0))


def _circle(ring: Ring, turns: F64) -> F64:
    """World points (…, 3) at parts of a turn (…)."""
    angle = 2.0 * np.pi * turns
    x, y = ring.centre
    return np.stack([x + ring.radius * np.cos(angle), y + ring.radius * np.sin(angle), np.zeros(angle.shape)], axis=-1)


def _inside(points: F64, box: Box) -> NDArray[np.bool_]:
    """Which points (…, 2) lie in a box; NaN lies in none."""
    left, top, right, bottom = box
    return np.asarray((points[..., 0] >= left) & (points[..., 0] <= right) & (points[..., 1] >= top) & (points[..., 1] <= bottom))


def ghosts(state: ViewState, size: tuple[float, float], measure: Measure, free: Box | None = None, unit: float = 1.0) -> tuple[Ghost, ...]:
    """The orbits of a picture of a size in pixels, the widest first; names keep to `free` and out of each other's way. `unit` pixels count
    as one. None where who looks is in too fast a lift to say what is where."""
    if state.beta:
        return ()
    drawn = []
    for ring in rings(state):
        strength = _strength(state.camera, ring, size, unit)
        if strength > 0.0:
            dashes, depths = _dashes(state.camera, ring, size, unit)
            drawn.append(Ghost(ring, dashes, depths, strength, None))
    return _named(state.camera, tuple(one for one in drawn if len(one.dashes)), size, measure, free or (0.0, 0.0, *size), unit)


def _dashes(camera: Camera, ring: Ring, size: tuple[float, float], unit: float) -> tuple[F64, F64]:
    """Those that touch the picture. They keep to their places on the orbit, so that they do not crawl as the eye moves: their number is a
    power of two."""
    count = 2 ** int(np.clip(np.round(np.log2(np.pi * across(camera, ring, size[1])[0] / (_PERIOD * unit))), 5, 13))
    points, depths = projected(camera, _circle(ring, (np.arange(count)[:, None] + _INNER) / count), size)
    seen = _inside(points, (0.0, 0.0, *size)).any(axis=1) & np.isfinite(points).all(axis=(1, 2))
    return points[seen], depths[seen].mean(axis=1)


def _named(
    camera: Camera, drawn: tuple[Ghost, ...], size: tuple[float, float], measure: Measure, free: Box, unit: float
) -> tuple[Ghost, ...]:
    """With a box for each name: outside its orbit, in the free part, over no other name, and over as few lines as can be."""
    lines = np.concatenate([one.dashes.reshape(-1, 2) for one in drawn]) if drawn else np.zeros((0, 2))
    taken: list[Box] = []
    found = []
    for one in drawn:
        box = _room(camera, one, size, measure(one.ring.label), free, unit, lines, taken)
        taken += [] if box is None else [box]
        found.append(Ghost(one.ring, one.dashes, one.depths, one.strength, box))
    return tuple(found)


def _room(
    camera: Camera, one: Ghost, size: tuple[float, float], words: tuple[float, float], free: Box, unit: float, lines: F64, taken: list[Box]
) -> Box | None:
    """The best box for a name, or None."""
    half, edge = np.array(words) / 2.0, 6.0 * unit
    bounds = (free[0] + edge, free[1] + edge, free[2] - edge, free[3] - edge)
    best, least = None, np.inf
    for spot, way, cost in _spots(camera, one.ring, size):
        middle = spot + way * _GAP * unit + np.clip(way * 1.6, -1.0, 1.0) * half
        box = (float(middle[0] - half[0]), float(middle[1] - half[1]), float(middle[0] + half[0]), float(middle[1] + half[1]))
        if (
            cost >= least
            or not _inside(np.array([box[:2], box[2:]]), bounds).all()
            or any(_meet(box, other, 3.0 * unit) for other in taken)
        ):
            continue
        cost += _CROSSED * int(_inside(lines, box).sum())
        if cost < least:
            best, least = box, cost
    return best


def _spots(camera: Camera, ring: Ring, size: tuple[float, float]) -> list[tuple[F64, F64, float]]:
    """Where a name may stand: a spot on an orbit, the direction to go from there (both (2,), pixels), and what speaks against it. The best
    is on the right and near the eye; outside is better than inside."""
    turns = np.arange(_TURNS) / _TURNS
    points, depths = projected(camera, _circle(ring, np.stack([turns, turns + 1e-3])), size)
    middle = projected(camera, np.array([*ring.centre, 0.0]), size)[0]
    reach = np.hypot(*(points[0] - middle).T)
    span = float(reach.max(initial=1.0, where=np.isfinite(reach)))
    found = []
    for spot, other, depth in zip(points[0], points[1], depths[0], strict=True):
        along, out = other - spot, spot - middle
        long, far = float(np.hypot(*along)), float(np.hypot(*out))
        if not (np.isfinite(long) and np.isfinite(far) and min(long, far) > 0.0):
            continue
        square = np.array([along[1], -along[0]]) / long
        square = square if square @ out >= 0.0 else -square
        cost = -float(out[0]) / span + 0.5 * float(depth / depths.max())
        found += [(spot, square, cost), (spot, -square, cost + _INWARD)]
    return found


def _meet(one: Box, other: Box, apart: float) -> bool:
    return one[0] < other[2] + apart and other[0] < one[2] + apart and one[1] < other[3] + apart and other[1] < one[3] + apart


def covered(one: Ghost, nearest: F64) -> F64:
    """How much each dash covers (n,), where `nearest` (n,) are metres along the sight axis to what is drawn there; NaN or inf: nothing."""
    before = np.isfinite(nearest) & (nearest < one.depths)
    return one.strength * np.where(before, HIDDEN, FREE)
