"""Flying: from keys and what is near to cameras. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from viewer.camera import Camera, fly, look
from viewer.navigate import NEAREST

KEYS = {"w": (1, 0, 0), "s": (-1, 0, 0), "d": (0, 1, 0), "a": (0, -1, 0), "e": (0, 0, 1), "q": (0, 0, -1)}
"""Ahead, right, up of each key of flight."""
SPOTS = ((0.0, 0.0), (-0.5, 0.0), (0.5, 0.0), (0.0, -0.5), (0.0, 0.5))
"""Where in the picture (x right, y down, -1 to 1) the depth is taken."""
SOUND_S = 0.2
"""How often."""
_SETTLES_S = 0.35
"""Seconds in which half of a change of what is near is felt."""
_FOCUS_OFF = 8.0
"""How many times farther or nearer than what is seen the focus may be."""


@dataclass(frozen=True, slots=True)
class Flight:
    """Flying or walking: which keys are down, how fast."""

    keys: frozenset[str] = frozenset()
    pace: float = 1.0
    """What the wheel makes of the speed."""
    near: float | None = None
    """Metres to what is near, a little behind the times so that no post in passing brakes; None before anything was sounded."""

    def pressed(self, key: str) -> Flight:
        """With a key down."""
        return replace(self, keys=self.keys | {key}) if key in KEYS else self

    def released(self, key: str) -> Flight:
        """With a key up again."""
        return replace(self, keys=self.keys - {key})

    def paced(self, notches: float) -> Flight:
        """Faster or slower by notches of the wheel."""
        return replace(self, pace=float(np.clip(self.pace * 1.25**notches, 1e-4, 1e4)))

    @property
    def moving(self) -> bool:
        """Whether the keys that are down lead anywhere."""
        return any(self.direction(self.keys))

    @staticmethod
    def direction(keys: Collection[str]) -> tuple[int, int, int]:
        """Ahead, right, up."""
        rows = [KEYS[key] for key in keys]
        return (sum(r[0] for r in rows), sum(r[1] for r in rows), sum(r[2] for r in rows))


def sounded(flight: Flight, camera: Camera, depths: Sequence[float | None], seconds: float) -> tuple[Flight, Camera]:
    """The flight and its camera after the depths (m, None for nothing) at some spots of the picture were taken, so many seconds after
    the last time.

    The speed follows what is near. The focus, on which the haze hangs, stays unless it is far off what is seen.
    """
    found = sorted(depth for depth in depths if depth is not None)
    if not found:
        return replace(flight, near=None), camera
    near, middle = max(found[0], NEAREST), max(found[len(found) // 2], NEAREST)
    share = 1.0 - 0.5 ** (seconds / _SETTLES_S)
    former = flight.near if flight.near is not None else camera.distance
    flight = replace(flight, near=former * (near / former) ** share)
    wanted = min(max(camera.distance, middle / _FOCUS_OFF), middle * _FOCUS_OFF)
    reach = camera.distance * (wanted / camera.distance) ** share
    focus = np.asarray(camera.position) + camera.forward * reach
    return flight, replace(camera, focus=(float(focus[0]), float(focus[1]), float(focus[2])))


def speed(camera: Camera, flight: Flight, fast: bool = False, slow: bool = False) -> float:
    """Metres a second with one key down: half of the way to what is near. Shift is five times as fast, Alt a fifth."""
    near = camera.distance if flight.near is None else flight.near
    return 0.5 * near * flight.pace * (5.0 if fast else 1.0) * (0.2 if slow else 1.0)


def flown(camera: Camera, flight: Flight, seconds: float, fast: bool = False, slow: bool = False) -> Camera:
    """The camera after flying for some seconds."""
    ahead, right, up = Flight.direction(flight.keys)
    step = speed(camera, flight, fast, slow) * seconds
    return fly(camera, ahead * step, right * step, up * step)


def looked(camera: Camera, dx: float, dy: float) -> Camera:
    """Turn the head by a drag, when flying."""
    height = float(np.radians(camera.fov))
    return look(camera, dx * height, -dy * height)
