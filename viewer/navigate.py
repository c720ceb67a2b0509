"""From mouse and keys to cameras and cuts: pure functions. Distances on the picture are in parts of its height, y down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from viewer.camera import F64, Camera, Vector, orbit, pan, ray, zoom

TURN = np.pi
"""Radians of orbit for a drag over the picture's height."""
NOTCH = 0.8
"""How much of the distance is left after one notch of the wheel."""
NEAREST, FARTHEST = 0.3, 1.0e17
"""Metres within which mouse and keys keep the eye of what it looks at; the widest City allowed is 1e15 m."""


def _vector(values: F64) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))


def _unit(values: F64) -> F64:
    return np.asarray(values / np.sqrt((values**2).sum()))


def local_up(focus: Vector, distance: float) -> Vector:
    """Which way is up at a focus seen from a distance: the City's axis from afar, away from its centre from near."""
    point = np.asarray(focus)
    height = float(np.sqrt((point**2).sum()))
    if height == 0.0:
        return (0.0, 0.0, 1.0)
    share = float(np.clip(np.log10(height / distance) / 1.5, 0.0, 1.0))
    outward = point / height
    blend = np.array([0.0, 0.0, 1.0 - share]) + outward * share
    return _vector(outward if (blend**2).sum() < 1e-6 else _unit(blend))


def upright(camera: Camera) -> Camera:
    """The camera with the local up, unless it looks along it."""
    up = local_up(camera.focus, camera.distance)
    along = abs(float(np.asarray(up) @ camera.forward))
    return camera if along > 0.9999 else replace(camera, up=up)


def orbited(camera: Camera, dx: float, dy: float) -> Camera:
    """Left drag: turn about the focus; the picture follows the hand."""
    return orbit(upright(camera), dx * TURN, dy * TURN)


def panned(camera: Camera, dx: float, dy: float) -> Camera:
    """Middle drag: what is at the focus stays under the hand."""
    return upright(pan(camera, -dx, dy))


def zoomed(camera: Camera, notches: float, target: F64 | None = None) -> Camera:
    """Wheel: nearer to a point (3,) by notches, the point staying where it is on the picture."""
    point = np.asarray(camera.focus if target is None else target, dtype=np.float64)
    away = float(np.sqrt(((np.asarray(camera.position) - point) ** 2).sum()))
    factor = float(np.clip(NOTCH**notches, NEAREST / max(away, NEAREST), max(FARTHEST / away, 1.0)))
    if camera.distance * factor < NEAREST:
        return camera
    return upright(zoom(camera, factor, point))


def pulled(camera: Camera, dy: float) -> Camera:
    """Right drag: a picture's height is twelve notches; down is nearer."""
    return zoomed(camera, 12.0 * dy)


def point_at(camera: Camera, x: float, y: float, aspect: float, depth: float | None) -> F64:
    """(3,) world point under a spot of the picture (x right, y down, in [-1, 1]); `depth` metres along the sight, or the
    focus's where nothing stands there."""
    direction = ray(camera, x, -y, aspect)
    along = camera.distance if depth is None else depth
    return np.asarray(np.asarray(camera.position) + direction * (along / float(direction @ camera.forward)))


def focused(camera: Camera, point: F64) -> Camera:
    """Middle click: the same sight, about another point."""
    step = point - np.asarray(camera.focus)
    return upright(replace(camera, focus=_vector(point), position=_vector(np.asarray(camera.position) + step)))


def approached(camera: Camera, point: F64, share: float = 0.12) -> Camera:
    """Double click: where the eye stands after going to a point: a share of the way is left."""
    offset = (np.asarray(camera.position) - point) * share
    near = replace(camera, focus=_vector(point), position=_vector(point + offset))
    return upright(near) if near.distance > NEAREST else camera


def between(a: Camera, b: Camera, t: float) -> Camera:
    """A camera on the way from one to the other, t in [0, 1]: lengths shrink by equal parts in equal times, so that twelve
    orders of magnitude pass at one pace."""
    t = float(np.clip(t, 0.0, 1.0))
    if t in (0.0, 1.0):
        return a if t == 0.0 else b
    goal = np.asarray(b.focus)
    aim = _swept(np.asarray(a.focus) - goal, np.zeros(3), min(1.0, 1.6 * t), b.distance)
    eye = _swept(np.asarray(a.position) - goal, np.asarray(b.position) - goal, t, b.distance)
    up = np.asarray(a.up) * (1.0 - t) + np.asarray(b.up) * t
    up = np.asarray(b.up) if (up**2).sum() < 1e-6 else _unit(up)
    moved = Camera(_vector(goal + eye), _vector(goal + aim), _vector(up), a.fov + (b.fov - a.fov) * t, b.parallel)
    level = abs(float(moved.forward @ up)) if moved.distance > 0.0 else 1.0
    return b if level > 0.99999 else moved


def _swept(a: F64, b: F64, t: float, least: float) -> F64:
    """From offset a to b: direction and logarithm of the length in step. Lengths below `least` count as it."""
    la, lb = float(np.sqrt((a**2).sum())), float(np.sqrt((b**2).sum()))
    if lb == 0.0:
        shrunk = max(la, least) ** (1.0 - t) * (least * 1e-3) ** t
        return a * (shrunk / la * (1.0 - t)) if la > 0.0 else b
    if la == 0.0:
        return b * t
    direction = a / la * (1.0 - t) + b / lb * t
    if (direction**2).sum() < 1e-6:
        direction = b / lb
    return np.asarray(_unit(direction) * la ** (1.0 - t) * lb**t)


def standing(towards: F64, floor: float, height: float, reach: float) -> Camera:
    """An eye `height` metres above a floor (radius, metres) in a direction (3,) from the City's centre, looking along the ground
    to a focus `reach` metres away and a little below."""
    up = _unit(np.asarray(towards, dtype=np.float64))
    axis = np.array([0.0, 0.0, 1.0]) if abs(up[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    ahead = _unit(np.cross(axis, up))
    eye = up * (floor + height)
    return Camera(_vector(eye), _vector(eye + ahead * reach - up * (0.25 * reach)), _vector(up))
