"""Where a point of the City is: in which bundle of layers, under which ceiling, and what hour it is there. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.cell import directions
from geometry.nest import PATCH_DEPTH, day_phase
from geometry.place import Cell
from geometry.spec import CitySpec
from geometry.strata import Stratum, strata
from viewer import daylight
from viewer.state import ViewState

Point = tuple[float, float, float]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """In which layer a radius lies, and how it is reached."""

    bands: tuple[int, ...]
    """Path of bands, from the drawn stratum inward."""
    rows: tuple[Stratum, ...]
    """The stratum at each step of the path."""
    solid: bool
    """True in a plate, False in a void."""
    outside: bool
    """True beyond the outermost layer."""

    @property
    def layers(self) -> tuple[int, int]:
        """First layer and one past the last of the bundle."""
        return (self.rows[-1].low, self.rows[-1].high) if self.rows else (0, 0)


def radius_of(point: Point) -> float:
    """Metres from the City's centre."""
    return float(np.sqrt(np.square(point).sum()))


def whereabouts(spec: CitySpec, radius: float) -> Whereabouts:
    """The bundle of layers at a radius, metres, to the last step that is told apart there."""
    bands: tuple[int, ...] = ()
    rows: tuple[Stratum, ...] = ()
    if radius > spec.radius_km * 1e3:
        return Whereabouts((), (), False, True)
    while True:
        level = strata(spec, bands)
        index = max((i for i, row in enumerate(level) if row.inner <= radius), default=-1)
        if index < 0:
            return Whereabouts(bands, rows, False, False)
        bands, rows = (*bands, index), (*rows, level[index])
        solid = radius >= level[index].plate
        if not solid or level[index].high - level[index].low == 1:
            return Whereabouts(bands, rows, solid, False)


def phase_at(spec: CitySpec, point: Point) -> float:
    """Day phase [0, 1) of the ceiling over a point, world metres: that of the place it is in. Beyond the rim and in the core it is 0."""
    bands = whereabouts(spec, radius_of(point)).bands
    if not bands:
        return 0.0
    face, a, b = _face_and_spot(np.asarray(point, dtype=np.float64))
    side = 1 << PATCH_DEPTH
    i, j = (min(int((value + 1.0) / 2.0 * side), side - 1) for value in (a, b))
    return day_phase(spec, bands, Cell(0, 0, 0.0, 0.0, 0.0, PATCH_DEPTH, face, i, j))


def _face_and_spot(point: F64) -> tuple[int, float, float]:
    """Cube face that a point (3,) lies over and its face coordinates in [-1, 1]: what `directions` makes a direction of."""
    normals = np.stack([directions(face, 0.0, 0.0) for face in range(6)])
    face = int((normals @ point).argmax())
    normal = normals[face]
    sides = [np.sqrt(2.0) * directions(face, *edge) - normal for edge in ((1.0, 0.0), (0.0, 1.0))]
    a, b = (float(np.arctan2(side @ point, normal @ point)) * 4.0 / np.pi for side in sides)
    return face, a, b


def outside(state: ViewState) -> bool:
    """Whether the eye is beyond the rim, under no ceiling."""
    return radius_of(state.camera.position) > state.city.radius_km * 1e3


def local_hour(state: ViewState) -> float:
    """Hour [0, 24) under the ceiling that the eye is under, as the shader has it; beyond the rim that of a place of phase 0."""
    return daylight.local_hour(state.hour, daylight.coded(phase_at(state.city, state.camera.position)))


def light_at(state: ViewState) -> float:
    """How far the ceiling over the eye is lit, 0 to 1."""
    return daylight.daylight(local_hour(state), state.city.day_duty)


def is_day(state: ViewState) -> bool:
    """Whether the ceiling over the eye is lit."""
    return light_at(state) > 0.5
