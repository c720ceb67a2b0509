"""Where `Go` and `Dive` lead: standpoints in bands and layers. Pure functions."""

from __future__ import annotations

import numpy as np

from geometry.strata import strata
from viewer.camera import F64, Camera
from viewer.errors import InputError
from viewer.navigate import standing
from viewer.state import ViewState, Wedge
from viewer.views import view

LEDGE = "canyon"


def towards(state: ViewState) -> F64:
    """(3,) the direction in which to go down: just inside the far face of a wedge, where it is open, else below the eye."""
    wedge = next((cut for cut in state.cuts if isinstance(cut, Wedge)), None)
    if wedge is not None:
        turn = np.radians(wedge.start + wedge.angle + 2.0)
        return np.array([np.cos(turn), np.sin(turn), 0.04])
    eye = np.asarray(state.camera.position, dtype=np.float64)
    return eye if (eye**2).sum() > 0.0 else np.array([1.0, 0.0, 0.0])


def band_camera(state: ViewState, bands: tuple[int, ...]) -> Camera:
    """A standpoint in the void of a band, below its plate; for the whole City the eye far out on the same side."""
    direction = towards(state)
    if not bands:
        size = state.city.radius_km * 1e3
        out = direction / np.sqrt((direction**2).sum()) * 2.6 * size
        return Camera((float(out[0]), float(out[1]), 0.8 * size), (0.0, 0.0, 0.0))
    row = strata(state.city, bands[:-1])[bands[-1]]
    room = row.plate - row.inner
    if room <= 0.0:
        row, room = row._replace(inner=row.outer), 0.2 * (row.outer - row.inner)
    return standing(direction, row.inner, 0.35 * room, 0.6 * room)


def ledge(state: ViewState) -> Camera:
    """Where a dive ends: the eye of the canyon view, or, in a City without canyons, near the ground of a void in its outer half."""
    try:
        return view(LEDGE, state.city).camera
    except (ValueError, LookupError, InputError):
        index = max(0, round(0.7 * (min(state.city.drawn_layers, state.city.layers) - 1)))
        row = strata(state.city)[index]
        room = row.plate - row.inner
        return standing(towards(state), row.inner, min(0.001 * room, 6e4), min(0.004 * room, 2.4e5))
