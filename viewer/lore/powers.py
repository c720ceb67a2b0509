"""Powers over a view: the value of a field at each of a lattice of spots of the picture, and how it is coloured. Pure functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.fields import FIELDS, Field
from viewer.camera import F64, Camera
from viewer.pictures.imagefile import F32, Samples
from viewer.state import ViewState

U8 = NDArray[np.uint8]

NONE = ""
BY_NAME = {field.name: field for field in FIELDS}
_RAMP = np.array([[28, 38, 66], [46, 94, 132], [120, 160, 140], [224, 176, 92], [232, 92, 58]], dtype=np.float64)
"""From little to much: it gets warmer and lighter, and reads without colours too."""
_FINEST = 480
"""Spots that are asked along the longer side of a picture at most."""
LEAST_ALPHA, MOST_ALPHA = 40, 150


def points(camera: Camera, depths: F64, aspect: float) -> F64:
    """World points (h, w, 3) of a lattice of spots at depths (h, w) along the sight axis, metres; the top row first."""
    high, wide = depths.shape
    half = np.tan(np.radians(camera.fov) / 2.0) * (camera.distance if camera.parallel else 1.0)
    across, up = (np.arange(wide) + 0.5) / wide * 2.0 - 1.0, 1.0 - (np.arange(high) + 0.5) / high * 2.0
    aside = camera.right * (across * half * aspect)[None, :, None] + camera.upward * (up * half)[:, None, None]
    reach = depths[..., None]
    return np.asarray(np.asarray(camera.position) + camera.forward * reach + aside * (1.0 if camera.parallel else reach))


def values(state: ViewState, field: Field, depths: F64, aspect: float) -> F64:
    """Values (h, w) of a field over the picture; NaN where there is nothing (depth NaN), or where spots lie too far apart to show it."""
    seen = np.isfinite(depths)
    where = points(state.camera, np.where(seen, depths, 1.0), aspect)
    apart = 2.0 * np.tan(np.radians(state.camera.fov) / 2.0) * depths / depths.shape[0]
    shown = seen & (apart <= field.grain)
    found = np.full(depths.shape, np.nan)
    if shown.any():
        found[shown] = field.at(state.city, where[shown], state.year)
    return found


def coloured(values: F64) -> U8:
    """(h, w, 4) red, green, blue, alpha of values in [0, 1]; NaN is clear."""
    known = np.isfinite(values)
    at = np.clip(np.where(known, values, 0.0), 0.0, 1.0) * (len(_RAMP) - 1)
    low = np.minimum(at.astype(int), len(_RAMP) - 2)
    part = (at - low)[..., None]
    colour = _RAMP[low] * (1.0 - part) + _RAMP[low + 1] * part
    alpha = np.where(known, LEAST_ALPHA + (MOST_ALPHA - LEAST_ALPHA) * np.clip(np.where(known, values, 0.0), 0.0, 1.0), 0.0)
    return np.concatenate([colour, alpha[..., None]], axis=-1).astype(np.uint8)


def laid(pixels: Samples, state: ViewState, depths: F32) -> Samples:
    """A picture (h, w, 3) of a state with its power laid over it; `depths` (h, w) are metres along the sight axis, infinite where there is
    nothing. As it is where no power is shown, or who looks is in too fast a lift to say what is where."""
    field = BY_NAME.get(state.power)
    if field is None or state.beta:
        return pixels
    high, wide = depths.shape
    step = max(1, -(-max(high, wide) // _FINEST))
    rows, columns = (np.minimum(np.arange(side // step + 1) * step + step // 2, side - 1) for side in (high, wide))
    spots = depths[np.ix_(rows, columns)].astype(np.float64)
    found = values(state, field, np.where(np.isfinite(spots), spots, np.nan), wide / high)
    over = coloured(found)[np.arange(high)[:, None] // step, np.arange(wide)[None, :] // step].astype(np.float32)
    alpha = over[..., 3:] / 255.0 * np.isfinite(depths)[..., None]
    top = 65_535.0 if pixels.dtype == np.uint16 else 255.0
    mixed = pixels[..., :3] * (1.0 - alpha) + over[..., :3] * (top / 255.0) * alpha
    return np.concatenate([(mixed + 0.5).astype(pixels.dtype), pixels[..., 3:]], axis=-1)


def told(state: ViewState, field: Field, point: F64) -> str:
    """The value at a point in words: `34 %, listening`."""
    x, y, z = (float(value) for value in point)
    value = field.value(state.city, (x, y, z), state.year)
    return f"{value:.0%}, {field.said(value)}"
