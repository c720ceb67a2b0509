"""Small scenes for the renderer's tests: boxes and one shell, laid out by hand."""

from __future__ import annotations

import numpy as np

from geometry.material import Material
from geometry.parts import Parts, parts
from viewer.camera import Camera
from viewer.scene import Content, Instances, Look, Scene, Surface
from viewer.state import Cut
from viewer.styles import style as style_named

NO_SURFACE = Surface(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32), np.zeros((0, 4), np.uint8))
RADIUS = 8.0e11


def content(what: Parts, anchor: tuple[float, float, float] = (0.0, 0.0, 0.0), phase: int = 0) -> Content:
    """Parts as a content; every one has the same day phase."""
    look = np.stack([what.material, what.exposure, what.tint, np.full(len(what), phase)], axis=1).astype(np.uint8)
    instances = Instances(what.prototype, what.position, what.rotation, what.scale, look)
    return Content(np.asarray(anchor, dtype=np.float64), instances, NO_SURFACE, what.triangles)


def look(hour: float = 12.0, style: str = "concrete", *, duty: float = 0.5, inside: bool = True) -> Look:
    """Clear air on a floor at RADIUS."""
    return Look(hour, style_named(style), duty, 0.03, 1.0e15, 1.0e15, RADIUS, inside=inside)


def box_ahead(distance: float, size: float, *, material: int = Material.CONCRETE, tint: int = 200, cuts: tuple[Cut, ...] = ()) -> Scene:
    """A cube whose near face is `distance` metres before an eye on the floor at RADIUS, filling the middle of the picture."""
    eye = (0.0, 0.0, RADIUS)
    cube = content(parts("box", [[0.0, distance + size / 2, 0.0]], [size] * 3, material, tint=tint), eye)
    return Scene(cube, Camera(eye, (0.0, distance, RADIUS), (0.0, 0.0, 1.0), 40.0), look(), cuts)
