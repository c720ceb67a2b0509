"""What one sees who moves at a good part of light's speed (canon E55). Pure functions.

The City is drawn as it stands, by a wide camera; then each pixel of the passenger's picture is looked up where the light that seems to
come from there comes from (aberration), and takes the colour and strength that its change of pitch gives it (Doppler).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from viewer.camera import F64, Camera, Vector, ray
from viewer.physics import lies_ahead, pitch
from viewer.state import ViewState

LIMIT = 0.99
"""The fastest that is drawn, in parts of light's speed."""
WIDEST = 5.0
"""Tangent of half the height of the widest picture that is drawn: what lies farther off its middle is left dark."""
SHAPE = 16.0 / 9.0
"""Width over height of the pictures that are wholly covered."""
SPARE = 1.04
"""How much more is drawn than the edge of the picture shows."""
DAYLIGHT_K = 6500.0
"""All light is taken to be that of a black body as hot as daylight, kelvin: its shift is then exact."""
_GREEN = 0.55
"""Micrometres: the eye adapts to what light there is of it straight ahead of it."""
_ADAPTS = 0.8
"""How far the eye adapts, in powers of the light: 1 would be wholly."""
_SECOND = 14387.77
"""Planck's second constant, micrometre kelvin."""
_EDGE = tuple((x / 2.0, y / 2.0) for x in range(-2, 3) for y in range(-2, 3))
"""Spots of the passenger's picture that are asked where they lie."""


@dataclass(frozen=True, slots=True)
class Motion:
    """A passenger."""

    camera: Camera
    """The passenger's own eye."""
    beta: float
    """Speed, in parts of light's, along `heading`; below zero the other way."""
    heading: Vector
    """Unit vector of the way, City's axes: out from the centre, as trunk lifts run."""


def motion(state: ViewState) -> Motion | None:
    """How the eye of a state moves; None if it rests, or is drawn without perspective."""
    if not state.beta or state.camera.parallel:
        return None
    eye = np.asarray(state.camera.position)
    away = float(np.sqrt((eye * eye).sum()))
    return Motion(state.camera, state.beta, _vector(eye / away)) if away > 0.0 else None


def drawn(state: ViewState) -> Camera:
    """The camera at rest whose picture holds what the passenger sees; the state's own if nobody moves."""
    moving = motion(state)
    return state.camera if moving is None else _wide(moving)


def _wide(moving: Motion) -> Camera:
    camera, heading = moving.camera, np.asarray(moving.heading)
    middle = source(camera.forward, heading, moving.beta)
    eye = np.asarray(camera.position)
    turned = replace(camera, focus=_vector(eye + middle * camera.distance))
    axes = np.stack([turned.right, turned.upward, turned.forward])
    half = 0.0
    for x, y in _EDGE:
        right, up, ahead = axes @ source(ray(camera, x, y, SHAPE), heading, moving.beta)
        reach = max(abs(right) / SHAPE, abs(up))
        half = max(half, reach / ahead if ahead * WIDEST > reach else WIDEST)
    return replace(turned, fov=2.0 * math.degrees(math.atan(min(half * SPARE, WIDEST))))


def source(sight: F64, heading: F64, beta: float) -> F64:
    """(3,) unit vector to where that lies which a passenger sees in a direction (aberration)."""
    seen = float(sight @ heading)
    truly = lies_ahead(seen, beta)
    aside = sight - seen * heading
    size = float(np.sqrt((aside * aside).sum()))
    return np.asarray(truly * heading + (aside / size * math.sqrt(max(1.0 - truly * truly, 0.0)) if size > 1e-12 else 0.0))


def gain(moving: Motion) -> float:
    """How the eye adapts to what comes from straight before it."""
    ahead = pitch(float(moving.camera.forward @ np.asarray(moving.heading)), moving.beta)
    return float(brightening(_GREEN, ahead) ** -_ADAPTS)


def brightening(micrometres: float, pitch: float) -> float:
    """How much brighter daylight is at a wavelength when its pitch is raised: a black body looks one as many times as hot (Planck)."""
    hot = _SECOND / (micrometres * DAYLIGHT_K)
    return math.expm1(hot) / math.expm1(min(hot / pitch, 700.0))


def _vector(values: F64) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))
