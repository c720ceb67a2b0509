"""Great columns: from the floor of a void to the plate that roofs it, which they seem to bear."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Cell, Place
from geometry.rules.reach import PILLARED
from geometry.shell import Mask
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
_SIDE = 8
"""Squares along a side of a cell's plan, on whose corners they stand."""
_GIRTH = 0.11
"""How far the parts of a great column reach from its axis at most, in parts of its cell's breadth."""


class Room(NamedTuple):
    """The void of a cell as a flat plot: metres across and high, and the radius of its floor."""

    breadth: float
    height: float
    floor: float
    solid: float


def room_of(cell: Cell) -> Room:
    """The plot below a cell's plate."""
    return Room(cells.width(cell, cell.plate), cell.plate - cell.inner, cell.inner, cell.outer - cell.plate)


def _pillars(stream: Stream, room: Room, n: int) -> list[tuple[int, int]]:
    """Corners of an n x n plan where great columns stand if the floor is whole; none in a cell too wide or too narrow for its void."""
    if not 0.12 <= room.height / room.breadth <= PILLARED:
        return []
    at = stream.whole("column", 4, 1, n).tolist()
    return [(at[0], at[1])] + ([(at[2], at[3])] if stream.one("second") < 0.5 else [])


def pillars(place: Place) -> tuple[F64, float]:
    """(k, 3) unit vectors from the City's centre along the great columns that may stand in a cell, and how far they reach about those at
    most, metres. Unfolds nothing."""
    cell = place.cell
    assert cell is not None
    room, n = room_of(cell), _SIDE
    spots = np.array(_pillars(place.stream, room, n), dtype=np.float64).reshape(-1, 2) / n - 0.5
    return cells.at(cell, spots[:, 0], spots[:, 1]), _GIRTH * room.breadth


def columns(stream: Stream, room: Room, open_: Mask, epoch: float) -> Parts:
    """Great columns from floor to plate, where the cell is neither too wide nor too narrow for its void; each has a foot and a head.

    None stands beside an open square."""
    n = len(open_)
    groups = []
    for index, (i, j) in enumerate(_pillars(stream, room, n)):
        if open_[i - 1 : i + 1, j - 1 : j + 1].any():
            continue
        own = stream.sub("column", index)
        x, y = (i / n - 0.5) * room.breadth, (j / n - 0.5) * room.breadth
        wide = room.breadth * (0.018 + 0.05 * own.one("girth") ** 2)
        groups.append(_column(own, np.array([x, y, 0.0]), wide, room.height, epoch))
    return join(groups)


def _column(stream: Stream, foot: np.ndarray, wide: float, high: float, epoch: float) -> Parts:
    """A shaft in lengths, then its two ends, then three collars."""
    kind = ("banded_drum", "cross", "chamfer", "drum")[int(stream.choice("kind", 1, [5, 2, 2, 2])[0])]
    count = int(min(max(high / (2.5 * wide), 1.0), 24.0))
    row = np.repeat([0, 1, 2], [count, 2, 3])
    where = np.tile(foot, (count + 5, 1))
    where[:count, 2] += (np.arange(count) + 0.5) * high / count
    where[count:, 2] += [wide * 0.35, high - wide * 0.35, *(stream.between("collar", 3, 0.1, 0.9) * high)]
    sizes = wide * np.array([[1.0, 1.0, 0.0], [1.9, 1.9, 0.7], [1.35, 1.35, 0.3]])[row]
    sizes[:count, :2] *= (1.0 + 0.02 * epoch * (stream.unit("slip", count) - 0.5))[:, None]
    sizes[:count, 2] = high / count
    solid = np.array([PROTOTYPE_IDS[name] for name in (kind, "chamfer", "drum")])
    material = np.array([Material.MEGASTRUCTURE, Material.MEGASTRUCTURE, Material.OLD_CONCRETE])
    return parts(solid[row], where, sizes, material[row], exposure=np.array([170, 120, 170])[row])
