"""The camera of a scene that is exported as somebody sees it: files hold it, so that a program that opens them shows the same picture."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from geometry.angle import from_matrix
from geometry.mesh import F64

_NEAREST, _BEYOND = 1e-4, 1.05
"""Parts of what is looked at from which on things are shown; and how far beyond what is farthest."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """An eye in the middle of a scene."""

    eye: F64
    """(3,) world metres: the scene's middle."""
    axes: F64
    """(3, 3) world directions to the right, ahead and up, upright as people stand: the scene's x, y and z."""
    looks: F64
    """(3, 3) world directions to the picture's right and top, and towards the eye."""
    distance: float
    """Metres to what is looked at."""
    height: float
    """Radians of the picture's height; of a parallel view metres."""
    aspect: float
    """Width over height."""
    parallel: bool = False

    def camera(self, low: F64, high: F64, scale: float) -> dict[str, Any]:
        """A glTF camera, for a scene that fills a box (metres, along its own axes about the City's centre), of so many units a metre."""
        eye = self.axes @ self.eye
        far = np.maximum(np.abs(low - eye), np.abs(high - eye))
        near = _NEAREST * self.distance * scale
        ends = {"znear": near, "zfar": max(float(np.sqrt((far * far).sum())) * _BEYOND * scale, 2.0 * near)}
        if self.parallel:
            tall = self.height / 2 * scale
            return {"name": "eye", "type": "orthographic", "orthographic": {"xmag": tall * self.aspect, "ymag": tall, **ends}}
        return {"name": "eye", "type": "perspective", "perspective": {"yfov": self.height, "aspectRatio": self.aspect, **ends}}

    def node(self) -> bytes:
        """What the camera's node says beside its name: how it is turned in the scene."""
        w, x, y, z = from_matrix(self.axes @ self.looks.T).tolist()
        return b',"camera":0,"rotation":' + json.dumps([x, y, z, w]).encode()

    @property
    def scale(self) -> float:
        """Units a metre: 1 where what is looked at is within 1,000 m, else the power of two that brings it to 500 to 1,000 units."""
        from geometry.export.glb import scene_scale

        return 1.0 if self.distance <= 1000.0 else scene_scale(self.distance)
