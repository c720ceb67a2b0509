"""A shot as it is seen: a few seconds of light, from the charge to the last of the dust. Pure: a scar and a time give what is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geometry.bore import heading
from geometry.scar import Scar
from viewer.camera import Camera
from viewer.moment import Shot
from viewer.scene import Scene

CHARGE_S = 0.9
"""Seconds from the pull of the trigger to the shot."""
SHOT_S = 0.55
"""Seconds for which the line stands."""
COOL_S = 5.0
"""Seconds after the shot until dust and glow are gone."""
WHOLE_S = CHARGE_S + COOL_S
_HAND = (0.42, -0.40, 0.75)
"""Metres to the right of the eye, upward and ahead: where the Emitter is held."""
_KICK = (0.0, 0.004, 0.02, 0.10, 0.22, 0.35)
"""By the power: metres that the eye is thrown back (P42)."""


def _eased(share: float) -> float:
    t = min(max(share, 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


def shot_at(scar: Scar, camera: Camera, seconds: float) -> Shot:
    """The moment `seconds` after the trigger was pulled. The line begins in the hand and runs to where the sight does."""
    right, up, ahead = camera.right, camera.upward, camera.forward
    bore = scar.force.bore
    hand = np.asarray(camera.position) + _HAND[0] * right + _HAND[1] * up + _HAND[2] * ahead
    aim = np.asarray(scar.muzzle) + heading(scar) * max(200.0, 40.0 * bore)
    along = (aim - hand) / np.sqrt(((aim - hand) ** 2).sum())
    after = seconds - CHARGE_S
    charge = _eased(seconds / CHARGE_S) if after < 0.0 else max(0.0, 1.0 - after / 0.2)
    light = 0.0 if after < 0.0 else _eased(after / 0.03) * (1.0 - _eased((after - SHOT_S) / 0.35))
    spread = 0.0 if after < 0.0 else after / (after + 0.8)
    scale = 0.6 + bore**0.5
    (mx, my, mz), (ax, ay, az) = hand.tolist(), along.tolist()
    return Shot(
        (mx, my, mz),
        (ax, ay, az),
        min(0.02 + 0.08 * bore**0.5, 1.2),
        scar.force.reach,
        light,
        charge,
        max(34.0 * scale * spread, 1e-3),
        0.0 if after < 0.0 else max(0.0, 1.0 - after / 1.5) ** 2,
        0.0 if after < 0.0 else 0.55 * _eased(after / 0.4) * (1.0 - _eased(after / COOL_S)),
        (1.2 + 9.0 * spread) * scale,
        0.0 if after < 0.0 else max(0.0, 1.0 - after / COOL_S) ** 2,
        0.0 if after < 0.0 else _KICK[scar.power] * _eased(after / 0.06) * (1.0 - _eased((after - 0.06) / 0.9)),
        1.0 - 0.22 * charge if after < 0.0 else 1.0 + 0.25 * light,
    )


def dressed(scene: Scene, shot: Shot) -> Scene:
    """The scene at that moment."""
    camera = scene.camera
    back = np.asarray(camera.position) - shot.kick * camera.forward
    x, y, z = back.tolist()
    moved = camera if shot.kick == 0.0 else replace(camera, position=(x, y, z))
    return replace(scene, camera=moved, look=replace(scene.look, gain=scene.look.gain * shot.gain), heat=shot.heat, shot=shot)
