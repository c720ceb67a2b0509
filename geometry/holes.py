"""Ways through plates: the shafts and fissures of bundles of layers, found from their keys alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.nest import FIRST_DEPTH, is_planar, parts_radially
from geometry.place import Cell
from geometry.shell import apertures
from geometry.spec import CitySpec
from geometry.strata import Stratum, nested, strata
from geometry.voids import void_about

F64 = NDArray[np.float64]
Bands = tuple[int, ...]
_STEP = 5
"""How many levels of holes are looked up at once."""
SLIT = 0.02
"""Narrower than this part of a plate's thickness, a hole is no way through it."""
_BELOW = 3
"""Levels of holes in the plate of the smallest cells."""
_WIDEST = 1.6
"""No cell of depth d is wider than this part of its radius, divided by 2**d."""


class Hole(NamedTuple):
    """A way through all the plates of a bundle."""

    toward: F64
    """(3,) unit vector from the City's centre through its middle."""
    width: float
    """Metres across at the underside of the bundle."""
    angle: float
    """Radians across, seen from the City's centre."""
    depth: int


def length(vector: F64) -> float:
    """Metres."""
    return float(np.sqrt((vector * vector).sum()))


def row_of(spec: CitySpec, bands: Bands) -> Stratum:
    """The bundle at a path of bands."""
    return strata(spec, bands[:-1])[bands[-1]]


def bundle_at(spec: CitySpec, radius: float) -> Bands:
    """The path of the smallest bundle of layers in whose void or, if it is a single layer, plate a radius (m) lies; empty outside all."""
    path: Bands = ()
    for path, rows in nested(spec, radius):
        if radius < rows[path[-1]].plate:
            break
    return path


def in_shaft(spec: CitySpec, radius: float, low: float) -> bool:
    """Whether one who goes down to a radius (m) passes the solid of a bundle of layers at another."""
    for path, rows in nested(spec, radius):
        row = rows[path[-1]]
        if radius < row.plate:
            return False
        if low < row.plate or row.high - row.low == 1:
            return True
    return False


def plated(spec: CitySpec, point: F64) -> bool:
    """Whether a point (3,) lies in a plate, or in the core, where nothing goes through it."""
    radius = float(np.sqrt((point * point).sum()))
    bands = bundle_at(spec, radius)
    if not bands:
        return radius < spec.core_km * 1e3
    return radius >= row_of(spec, bands).plate and not open_at(spec, bands, point) and void_about(spec, point) is None


def open_at(spec: CitySpec, bands: Bands, point: F64) -> bool:
    """Whether a hole of a bundle, or of one it lies in, passes through the point's place on the sphere."""
    face, column, row = facing(point)
    finest = finest_of(spec, bands)
    return in_hole(spec, bands, face, int(column * (1 << finest)), int(row * (1 << finest)), finest)


def in_hole(spec: CitySpec, bands: Bands, face: int, i: int, j: int, depth: int) -> bool:
    """Whether a hole of a bundle, or of one it lies in, is as wide as the cell in a column and a row of a depth, or wider, and over it."""
    tile = tile_of(face, i, j, depth)
    for start in range(0, depth, _STEP):
        levels = min(_STEP, depth - start)
        below, last = depth - start - levels, (1 << levels) - 1
        if apertures(spec, bands, tile[: start + 1], levels)[i >> below & last, j >> below & last]:
            return True
    return False


@lru_cache(maxsize=4096)
def finest_of(spec: CitySpec, bands: Bands) -> int:
    """Depth of the smallest holes drawn in the plate of a bundle."""
    depth, length = FIRST_DEPTH, 1
    while True:
        row = row_of(spec, bands[:length])
        cell = Cell(row.low, row.high, row.inner, row.plate, row.outer, depth, 0, 0, 0)
        if is_planar(cell):
            return depth + _BELOW
        if not parts_radially(spec, bands[:length], cell):
            depth += 1
        elif length < len(bands):
            length += 1
        else:
            return depth + _BELOW


def facing(point: F64) -> tuple[int, float, float]:
    """(face, column, row) of the cube-sphere above a point: column and row in [0, 1) across the face."""
    normals = [cells.directions(face, 0.0, 0.0) for face in range(6)]
    face = int(np.argmax([normal @ point for normal in normals]))
    normal = normals[face]
    sides = (np.sqrt(2.0) * cells.directions(face, a, b) - normal for a, b in ((1.0, 0.0), (0.0, 1.0)))
    a, b = (float(np.arctan2(side @ point, normal @ point)) * 4.0 / np.pi for side in sides)
    return face, _share(a), _share(b)


def _share(a: float) -> float:
    return min(max((a + 1.0) / 2.0, 0.0), 1.0 - 1e-13)


def tile_of(face: int, i: int, j: int, depth: int) -> tuple[int, ...]:
    """The path of quadrants to the cell in a column and a row of a depth, face first."""
    return (face, *((i >> level & 1) + 2 * (j >> level & 1) for level in range(depth - 1, -1, -1)))


def holes(spec: CitySpec, bands: Bands, near: F64, least: float = 0.0) -> Iterator[Hole]:
    """The holes of a bundle (3,) about a direction that are not narrower than `least` metres, the widest kinds first; of each width
    those of the cells about it."""
    row = row_of(spec, bands)
    face, column, line = facing(near)
    for depth in range(3, finest_of(spec, bands) + 1):
        if _WIDEST * row.plate / (1 << depth) < least:
            return
        up = min(depth, _STEP)
        i, j = int(column * (1 << (depth - up))), int(line * (1 << (depth - up)))
        mask = apertures(spec, bands, tile_of(face, i, j, depth - up), up)
        coarse = apertures(spec, bands, tile_of(face, i, j, depth - up), up - 1)
        new = np.argwhere(mask & ~np.repeat(np.repeat(coarse, 2, axis=0), 2, axis=1))
        middles, angles = _middles(face, depth, new.astype(np.float64) + [i << up, j << up])
        for middle, angle in zip(middles, angles.tolist(), strict=True):
            if angle * row.plate >= least:
                yield Hole(middle, angle * row.plate, angle, depth)


def _middles(face: int, depth: int, places: F64) -> tuple[F64, F64]:
    """Directions (n, 3) of the middles of cells (n, 2: column and row), and radians (n,) between their opposite sides, square to them."""
    sides = np.array([[0.0, 0.0], [-0.5, 0.0], [0.5, 0.0], [0.0, -0.5], [0.0, 0.5]])
    a = 2.0 * (places[None] + 0.5 + sides[:, None]) / (1 << depth) - 1.0
    middle, left, right, low, high = cells.directions(face, a[..., 0], a[..., 1])
    across, along = right - left, high - low
    area = np.sqrt((np.cross(across, along) ** 2).sum(axis=1))
    return middle, area / np.sqrt(np.maximum((across * across).sum(axis=1), (along * along).sum(axis=1)))
