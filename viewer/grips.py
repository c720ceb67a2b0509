"""Where in the picture the active slice can be taken hold of, and what drawing it there does. Pure functions, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from viewer.camera import F64, Camera
from viewer.state import Cut, Plane, ViewState, Wedge

LEAST_SHELL = 1.0e-9
"""Part of the outer radius that a shell range keeps at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Grip:
    """One place to hold a cut by."""

    part: str
    """plane, start, end, outer or inner."""
    point: F64
    """(3,) world metres."""
    direction: F64
    """(3,) unit vector in which the cut moves when it grows."""


def grips(state: ViewState) -> tuple[Grip, ...]:
    """The grips of the last cut; none without a cut."""
    if not state.cuts:
        return ()
    cut, focus = state.cuts[-1], np.asarray(state.camera.focus, dtype=np.float64)
    if isinstance(cut, Plane):
        normal = np.asarray(cut.normal, dtype=np.float64)
        normal = normal / np.sqrt((normal * normal).sum())
        return (Grip("plane", focus - normal * float((focus - np.asarray(cut.point)) @ normal), normal),)
    if isinstance(cut, Wedge):
        size = state.city.radius_km * 1e3
        return (_edge("start", cut.start, size), _edge("end", cut.start + cut.angle, size))
    radii = (("outer", cut.outer), ("inner", cut.inner))
    return tuple(_shell(part, radius, state.camera) for part, radius in radii if radius > 0.0)


def _edge(part: str, degrees: float, size: float) -> Grip:
    turn = np.radians(degrees)
    return Grip(part, np.array([np.cos(turn), np.sin(turn), 0.0]) * size, np.array([-np.sin(turn), np.cos(turn), 0.0]))


def _shell(part: str, radius: float, camera: Camera) -> Grip:
    """At the top of the ball as it is seen from outside; from near, over or under what is looked at."""
    focus = np.asarray(camera.focus, dtype=np.float64)
    height = float(np.sqrt((focus * focus).sum()))
    near = height > 0.0 and camera.distance < 0.5 * radius
    way = focus / height if near else camera.upward
    return Grip(part, way * radius, way)


def seen(camera: Camera, point: F64) -> F64 | None:
    """(2,) a world point in parts of the picture's height from its middle, y down; None behind the eye."""
    away = point - np.asarray(camera.position)
    half = depth_of(camera, point) * float(np.tan(np.radians(camera.fov) / 2))
    if half <= 0.0:
        return None
    return np.array([float(away @ camera.right), -float(away @ camera.upward)]) / (2.0 * half)


def depth_of(camera: Camera, point: F64) -> float:
    """Metres along the sight to a point; the focus's where there is no perspective."""
    return camera.distance if camera.parallel else float((point - np.asarray(camera.position)) @ camera.forward)


def drawn(camera: Camera, grip: Grip, dx: float, dy: float) -> float:
    """Metres that a grip moves along its direction when the hand moves by (dx, dy) parts of the picture's height, y down.

    A direction that points at the eye is drawn up and down.
    """
    depth = depth_of(camera, grip.point)
    height = 2.0 * (depth if depth > 0.0 else camera.distance) * float(np.tan(np.radians(camera.fov) / 2))
    small = 1e-4 * height
    here, there = seen(camera, grip.point), seen(camera, grip.point + grip.direction * small)
    if here is not None and there is not None:
        flat = (there - here) / small  # parts of the picture's height a metre: the perspective is in it
        if float(np.sqrt(flat @ flat)) * height > 0.25:
            return float(np.array([dx, dy]) @ flat / (flat @ flat))
    return -dy * height * (1.0 if grip.direction @ camera.forward < 0 else -1.0)


def drawn_by(state: ViewState, held: Grip | None, dx: float, dy: float) -> ViewState:
    """The state with its last cut drawn by the grip that is held, or by the first."""
    found = grips(state)
    grip = next((one for one in found if held is not None and one.part == held.part), found[0])
    return replace(state, cuts=(*state.cuts[:-1], cut_drawn(state.cuts[-1], state.camera, grip, dx, dy)))


def cut_drawn(cut: Cut, camera: Camera, grip: Grip, dx: float, dy: float) -> Cut:
    """The cut after a grip of it was drawn by (dx, dy) parts of the picture's height, y down."""
    step = drawn(camera, grip, dx, dy)
    if isinstance(cut, Plane):
        x, y, z = (np.asarray(cut.point) + grip.direction * step).tolist()
        return replace(cut, point=(x, y, z))
    if isinstance(cut, Wedge):
        return _turned(cut, grip.part, float(np.degrees(step / np.sqrt((grip.point * grip.point).sum()))))
    if grip.part == "inner":
        return replace(cut, inner=min(max(cut.inner + step, 1.0), cut.outer * (1.0 - LEAST_SHELL)))
    return replace(cut, outer=max(cut.outer + step, cut.inner * (1.0 + LEAST_SHELL) + 1.0))


def _turned(cut: Wedge, part: str, degrees: float) -> Wedge:
    """One edge of a wedge turned; the other stays."""
    if part == "end":
        return replace(cut, angle=min(max(cut.angle + degrees, 1.0), 359.0))
    degrees = min(max(degrees, cut.angle - 359.0), cut.angle - 1.0)
    return replace(cut, start=(cut.start + degrees + 180.0) % 360.0 - 180.0, angle=cut.angle - degrees)
