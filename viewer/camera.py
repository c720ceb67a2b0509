"""The camera: a float64 eye in the City's own metres, and the moves people make with it. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Camera:
    """An eye. Positions are world metres from the City's centre; directions are unit vectors."""

    position: Vector
    focus: Vector
    """The point the camera orbits and looks at, world metres."""
    up: Vector = (0.0, 0.0, 1.0)
    fov: float = 40.0
    """Vertical field of view, degrees."""
    parallel: bool = False
    """Orthographic projection; its half height is what the perspective would show at the focus."""

    @property
    def offset(self) -> F64:
        """(3,) metres from the focus to the eye."""
        return np.subtract(self.position, self.focus)

    @property
    def distance(self) -> float:
        """Metres between eye and focus."""
        return float(np.sqrt((self.offset**2).sum()))

    @property
    def forward(self) -> F64:
        """(3,) unit vector of sight."""
        return np.asarray(-self.offset / self.distance)

    @property
    def right(self) -> F64:
        """(3,) unit vector to the right of the picture."""
        side = np.cross(self.forward, self.up)
        return np.asarray(side / np.sqrt((side**2).sum()))

    @property
    def upward(self) -> F64:
        """(3,) unit vector to the top of the picture, square to sight."""
        return np.cross(self.right, self.forward)


def _turned(vector: F64, axis: F64, angle: float) -> F64:
    """Rodrigues' rotation of a vector about a unit axis, radians."""
    along = axis * (axis @ vector)
    return np.asarray(along + (vector - along) * np.cos(angle) + np.cross(axis, vector) * np.sin(angle))


def _vector(values: F64) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))


def orbit(camera: Camera, azimuth: float, elevation: float) -> Camera:
    """Turn the eye about its focus by radians, keeping `up` upright and never tipping over the pole."""
    up = np.asarray(camera.up)
    offset = _turned(camera.offset, up, -azimuth)
    height = float(np.clip(up @ offset / camera.distance, -1.0, 1.0))
    limit = np.pi / 2 - 0.02
    wanted = float(np.clip(np.arcsin(height) + elevation, -limit, limit))
    side = np.cross(up, offset)
    length = np.sqrt((side**2).sum())
    if length > 0:
        offset = _turned(offset, side / length, np.arcsin(height) - wanted)
    return replace(camera, position=_vector(np.asarray(camera.focus) + offset))


def pan(camera: Camera, right: float, up: float) -> Camera:
    """Slide eye and focus; 1 is the picture's height at the focus."""
    height = 2.0 * camera.distance * np.tan(np.radians(camera.fov) / 2)
    step = (camera.right * right + camera.upward * up) * height
    return replace(camera, position=_vector(camera.position + step), focus=_vector(camera.focus + step))


def zoom(camera: Camera, factor: float, target: F64 | None = None) -> Camera:
    """Bring eye and focus nearer to `target` (3,) (default: the focus) by a factor: 0.5 halves the distance."""
    point = np.asarray(camera.focus if target is None else target, dtype=np.float64)
    return replace(
        camera,
        position=_vector(point + (np.asarray(camera.position) - point) * factor),
        focus=_vector(point + (np.asarray(camera.focus) - point) * factor),
    )


def fly(camera: Camera, forward: float, right: float, up: float) -> Camera:
    """Move eye and focus by metres along the camera's own axes."""
    step = camera.forward * forward + camera.right * right + camera.upward * up
    return replace(camera, position=_vector(camera.position + step), focus=_vector(camera.focus + step))


def look(camera: Camera, yaw: float, pitch: float) -> Camera:
    """Turn the sight about the eye by radians, keeping `up` upright."""
    up = np.asarray(camera.up)
    forward = _turned(camera.forward, up, -yaw)
    height = float(np.clip(up @ forward, -1.0, 1.0))
    limit = np.pi / 2 - 0.02
    wanted = float(np.clip(np.arcsin(height) + pitch, -limit, limit))
    side = np.cross(forward, up)
    length = np.sqrt((side**2).sum())
    if length > 0:
        forward = _turned(forward, side / length, wanted - np.arcsin(height))
    return replace(camera, focus=_vector(np.asarray(camera.position) + forward * camera.distance))


def ray(camera: Camera, x: float, y: float, aspect: float) -> F64:
    """(3,) unit direction through a point of the picture; x, y in [-1, 1], y up."""
    half = np.tan(np.radians(camera.fov) / 2)
    direction = camera.forward + camera.right * (x * half * aspect) + camera.upward * (y * half)
    return np.asarray(direction / np.sqrt((direction**2).sum()))


def sides(camera: Camera, aspect: float, margin: float = 1.0) -> F64:
    """(5, 3) inward unit normals of the planes through the eye that bound its picture: left, right, bottom, top, and where it is.
    `margin` is how much wider it is."""
    tall = np.tan(np.radians(camera.fov) / 2) * margin
    wide = tall * aspect
    f, r, u = camera.forward, camera.right, camera.upward
    normals = np.array([f * wide - r, f * wide + r, f * tall - u, f * tall + u, f])
    normals /= np.sqrt((normals**2).sum(axis=1, keepdims=True))
    return normals
