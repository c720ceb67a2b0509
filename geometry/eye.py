"""An eye: what selection needs to know of a camera, and how large places and parts look to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geometry.parts import Parts
from geometry.place import Cell, Place
from geometry.shell import Mask
from geometry.shining import SHINES, counted, lit_area

F64 = NDArray[np.float64]
Test = Callable[[Place], bool]
PART_PIXELS = 1.6
"""Parts smaller than this on screen are left out, unless the caller asks for fewer."""
_ACROSS = 1.73
"""The diagonal of a cube, in parts of its side."""
_QUARTER_TURN = 1.5707964
"""Radians along the edge of a face of the cube."""
_CURVE = 0.25
"""How far a plate may stray from its curve on screen, in parts of the width of the smallest part drawn."""
_BEYOND, _NOT_SO_NEAR = 4.0, 0.3
"""How many times as wide as others parts must look in a void beyond the plates about the eye; and for how large its cells are taken."""


def _never(place: Place) -> bool:
    del place
    return False


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """The boxes of n places as arrays: a district has hundreds of children, and most of them are too small to be looked at one by one."""

    origin: F64
    """(n, 3) world metres, the middles of their floors."""
    axes: F64
    """(n, 3, 3) rows are their x, y and z in the world."""
    size: F64
    """(n, 3) metres."""

    @staticmethod
    def of(places: Sequence[Place]) -> Boxes:
        """Those of some places, of which none is a cell."""
        origin, axes = (np.array([getattr(place.frame, name) for place in places]) for name in ("origin", "axes"))
        return Boxes(origin.reshape(-1, 3), axes.reshape(-1, 3, 3), np.array([place.size for place in places]).reshape(-1, 3))


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """What selection needs to know of a camera."""

    position: F64
    """(3,) world metres."""
    pixels: float
    """Pixels a radian covers at the middle of the picture."""
    sides: F64 = field(default_factory=lambda: np.zeros((0, 3)))
    """(k, 3) inward unit normals of the planes through the eye that bound the picture."""
    part_pixels: float = PART_PIXELS
    """Width on screen below which a part is left out."""
    hidden: Test = _never
    """Whether nothing of a place is seen, nor of what lies in it."""
    buried: Test = _never
    """Whether nothing is seen of a place's own parts."""
    beyond: Test = _never
    """Whether a place lies beyond the plates about the eye: it is seen through holes at most, and drawn coarser."""

    def distance(self, place: Place) -> float:
        """Metres to the place's box; 0 from inside. To a cell's, no less than to the radii it lies between: its box bulges over others."""
        local = place.frame.to_local(self.position)
        x, y, z = place.size
        outside = np.maximum(np.abs(local - [0.0, 0.0, z / 2]) - [x / 2, y / 2, z / 2], 0.0)
        away = float(np.sqrt((outside * outside).sum()))
        return away if place.cell is None else max(away, place.cell.inner - self.height, self.height - place.cell.outer)

    @property
    def height(self) -> float:
        """Metres from the City's centre."""
        return float(np.sqrt((self.position * self.position).sum()))

    def size_of(self, place: Place) -> float:
        """Pixels across, by the middle one of its three sizes: a tower is as wide as its shaft; infinite from inside."""
        distance = self.distance(place)
        return np.inf if distance == 0.0 else self.pixels * _ACROSS * sorted(place.size)[1] / distance

    def sizes_of(self, boxes: Boxes) -> F64:
        """(n,) what `size_of` says of each box."""
        local = np.einsum("nij,nj->ni", boxes.axes, self.position - boxes.origin)
        half = boxes.size / 2
        local[:, 2] -= half[:, 2]
        outside = np.maximum(np.abs(local) - half, 0.0)
        distance = np.sqrt((outside * outside).sum(axis=1))
        with np.errstate(divide="ignore"):
            return np.asarray(self.pixels * _ACROSS * np.sort(boxes.size, axis=1)[:, 1] / distance)

    def may_see(self, boxes: Boxes) -> NDArray[np.bool_]:
        """(n,) whether the sphere about each box touches the picture."""
        toward = boxes.origin + boxes.axes[:, 2] * boxes.size[:, 2:] / 2 - self.position
        radius = 0.5 * np.sqrt((boxes.size * boxes.size).sum(axis=1))
        return np.asarray((toward @ self.sides.T >= -radius[:, None]).all(axis=1))

    def plate_step(self, place: Place, solid: Mask, slack: float) -> int:
        """Every how-manieth lattice point of a place's plate is enough: its curve stays within a part of a pixel of the fine one's,
        and only holes as small as parts that are left out close. `slack` times as much is allowed."""
        assert place.cell is not None
        least = slack * self.part_pixels
        n, away = len(solid), self.distance(place)
        pixels = self.pixels / away if away > 0.0 else np.inf
        wide = _QUARTER_TURN / (1 << place.cell.depth) / n
        step = 1
        while 2 * step <= n:
            blocks = solid.reshape(n // (2 * step), 2 * step, n // (2 * step), 2 * step).sum(axis=(1, 3))
            whole = bool(((blocks == 0) | (blocks == 4 * step * step)).all())
            sagitta = pixels * place.cell.outer * (2 * step * wide) ** 2 / 8.0
            hole = 0.0 if whole else pixels * place.cell.outer * wide * 2 * step
            if sagitta > _CURVE * least or hole > least:
                break
            step *= 2
        return step

    def sees(self, place: Place) -> bool:
        """Whether the sphere about the place touches the picture, and it is not hidden."""
        toward = place.centre - self.position
        return bool(np.all(self.sides @ toward >= -place.radius)) and not self.hidden(place)

    def asks_for(self, place: Place) -> float:
        """How large a place looks when it is its turn to be refined; 0 for one that is hidden."""
        if self.hidden(place):
            return 0.0
        return self.size_of(place) * (_NOT_SO_NEAR if place.cell is not None and self.beyond(place) else 1.0)

    def widths(self, place: Place, parts: Parts) -> NDArray[np.float32]:
        """(n,) pixels across each part; none for one out of the picture."""
        local = place.frame.to_local(self.position).astype(np.float32)
        away = parts.position - local
        size = parts.scale.max(axis=1)
        distance = np.maximum(np.sqrt((away * away).sum(axis=1)) - size, size * np.float32(1e-6))
        wide = size * np.float32(self.pixels) / distance
        # none for a part whose sphere misses the picture: of a cell about the eye, most parts lie behind it. Lamps light what is seen
        sides = np.einsum("ij,kj->ki", place.frame.axes, self.sides)
        lamps = np.flatnonzero(SHINES[parts.material])
        shining = wide[lamps] * counted(away[lamps], lit_area(parts.scale[lamps]), sides).astype(np.float32)
        for side in sides.astype(np.float32):
            wide[away[:, 0] * side[0] + away[:, 1] * side[1] + away[:, 2] * side[2] < -np.float32(0.9) * size] = 0.0
        wide[lamps] = np.maximum(wide[lamps], shining)
        return np.asarray(wide)

    def veil(self, place: Place, parts: Parts) -> NDArray[np.float32] | float:
        """How many times the usual width parts must have to be shown: those in a void that is seen through holes at most, more."""
        cell = place.cell
        if cell is None or not len(parts) or not self.beyond(place):
            return 1.0
        return np.where(under_plate(place, cell, parts), np.float32(_BEYOND), np.float32(1.0))


def under_plate(place: Place, cell: Cell, parts: Parts) -> NDArray[np.bool_]:
    """(n,) whether parts of a cell stand in its void."""
    away = parts.position - place.frame.to_local(np.zeros(3)).astype(np.float32)
    return np.asarray((away * away).sum(axis=1) < cell.plate * cell.plate)
