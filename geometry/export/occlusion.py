"""Baked ambient occlusion: how much of the open sky before a corner is filled, from a coarse grid of what stands where.

A grid of the scene's filled space is averaged over wider and wider cubes; a corner looks up the average a little, further and far
along its normal. No rays: a million corners take about a second, and the same scene gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.angle import rotate
from geometry.export.piece import Piece, Survey
from geometry.mesh import F32, F64
from geometry.parts import Parts
from geometry.place import Frame

CELLS = 96
"""Grid cells along the longest side."""
_MOST_SAMPLES = 24
_REACH = (1, 3, 7)
"""Cells along the normal at which the grid is asked; what is asked there is averaged over as many to each side."""
_WEIGHT = (0.55, 0.6, 0.5)
DARKEST = 0.25


@dataclass(frozen=True, slots=True)
class Grid:
    """Averages of filled space, one grid a reach."""

    low: F64
    """(3,) metres in the file's axes: the corner of the first cell."""
    cell: float
    """Metres."""
    filled: tuple[F32, ...]

    def light(self, points: NDArray[np.floating], normals: NDArray[np.floating]) -> F32:
        """(n,) light at points (n, 3) metres with unit normals."""
        result = np.ones(len(points))
        for grid, reach, weight in zip(self.filled, _REACH, _WEIGHT, strict=True):
            where = (points + normals * (reach * self.cell) - self.low) / self.cell - 0.5
            result *= 1.0 - weight * _looked_up(grid, where)
        light: F32 = np.maximum(DARKEST, result).astype(np.float32)
        return light


def occlusion_bytes(found: Survey) -> int:
    """Memory that darkening takes, about: the grid as it is filled and averaged, and a chunk of corners looked up in it."""
    cell = max(found.longest / CELLS, 1e-12)
    cells = float(np.prod(np.ceil((found.high - found.low) / cell) + 2))
    return round(3 * 8 * cells) + 10_000_000


def _looked_up(grid: F32, where: F64) -> F64:
    """Values between the middles of cells, by three linear steps; nothing beyond the rim."""
    base = np.floor(where).astype(np.int64)
    part = where - base
    total = np.zeros(len(where))
    last = np.array(grid.shape) - 1
    for corner in range(8):
        step = np.array([corner & 1, corner >> 1 & 1, corner >> 2])
        at = base + step
        inside = ((at >= 0) & (at <= last)).all(axis=1)
        share = np.where(step, part, 1.0 - part).prod(axis=1)
        x, y, z = np.clip(at, 0, last).T
        total += np.where(inside, share * grid[x, y, z], 0.0)
    return total


def _averaged(grid: F64, reach: int) -> F32:
    """Means over cubes that reach so many cells to each side."""
    for axis in range(3):
        padded = np.concatenate([np.zeros_like(grid.take([0], axis)), np.cumsum(grid, axis=axis)], axis=axis)
        n = grid.shape[axis]
        high, low = np.minimum(np.arange(n) + reach + 1, n), np.maximum(np.arange(n) - reach, 0)
        grid = (padded.take(high, axis) - padded.take(low, axis)) / (2 * reach + 1)
    return grid.astype(np.float32)


def _samples(parts: Parts, frame: Frame, cell: float) -> tuple[F64, F64]:
    """(points (n, 3) in the file's axes, volume of each): every part as points no further apart than a cell, within reason."""
    counts = np.clip(np.ceil(parts.scale / np.float32(cell)), 1, _MOST_SAMPLES).astype(np.int64)
    each = counts.prod(axis=1)
    which = np.repeat(np.arange(len(parts)), each)
    number = np.arange(int(each.sum())) - np.repeat(np.cumsum(each) - each, each)
    x, rest = number % counts[which, 0], number // counts[which, 0]
    index = np.stack([x, rest % counts[which, 1], rest // counts[which, 1]], axis=1)
    local = ((index + 0.5) / counts[which] - 0.5) * parts.scale[which]
    placed = rotate(parts.rotation[which].astype(np.float64), local) + parts.position[which]
    return frame.to_world(placed), (parts.scale.astype(np.float64).prod(axis=1) / each)[which]


def grid_of(pieces: Iterable[Piece], found: Survey) -> Grid:
    """The grid of what is written."""
    cell = max(found.longest / CELLS, 1e-12)
    low = found.low - cell
    shape = tuple((np.ceil((found.high - found.low) / cell).astype(int) + 2).tolist())
    filled = np.zeros(int(np.prod(shape)))
    for piece in pieces:
        frame = found.stand(piece.frame)
        points, volume = _samples(piece.parts, frame, cell) if len(piece.parts) else (np.zeros((0, 3)), np.zeros(0))
        skin = [frame.to_world(mesh.points) for mesh in piece.skin if len(mesh)]
        points = np.concatenate([points, *skin])
        volume = np.concatenate([volume / cell**3, *(np.ones(len(one)) for one in skin)])
        at = np.clip(((points - low) / cell).astype(np.int64), 0, np.array(shape) - 1)
        filled += np.bincount(np.ravel_multi_index(tuple(at.T), shape), volume, len(filled))
    solid = np.minimum(filled, 1.0).reshape(shape)
    return Grid(low, cell, tuple(_averaged(solid, reach) for reach in _REACH))
