"""A patch of the wall of the Jupiter-sized room: a finer sheet of it, what Builders hung there, and smaller patches.

`form` says which patch: its depth, face, column and row on a cube about the room's middle. The box's z points outward, away from the room.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.key import Streams, derive, derive_many
from geometry.parts import Parts, join
from geometry.pattern import raised
from geometry.place import Cell, Frame, Growth, Place
from geometry.rules.landmarks.room import OVERTURN, RADIUS, beside, shelf_of
from geometry.rules.masses import power
from geometry.shell import plate
from geometry.spec import CitySpec

_STEP, _LAST = 3, 12
_SQUARES = 16
_MASSES = 26
F64 = NDArray[np.float64]


def patch(parent: Place, number: int, cell: Cell) -> Place:
    """The patch of a cell of the room's sphere, as a child of the room or of a larger patch."""
    axes, (x, y, least, _) = cells.axes_and_reach(cell.face, cell.depth, cell.i, cell.j)
    room = centre_of(parent)
    high = _tallest(cell)
    low = RADIUS * least - 1.15 * high
    size = (2.04 * x * RADIUS, 2.04 * y * RADIUS, RADIUS * 1.001 - low)
    upright = Frame(np.zeros(3), room.axes)
    frame = Frame(room.to_world(axes[2] * low), upright.to_world(axes))
    form = ((cell.depth * 6 + cell.face) << 48) + (cell.i << 24) + cell.j
    made = parent.child("room-wall", number, (0.0, 0.0, 0.0), size, form=form)
    return Place(made.kind, made.address, made.key, frame, size, made.year, made.epoch, made.phase, form)


def centre_of(place: Place) -> Frame:
    """The middle of the room, and its axes, from the room or from one of its patches."""
    if place.kind != "room-wall":
        return Frame(place.frame.to_world(np.array([0.0, 0.0, place.size[2] / 2])), place.frame.axes)
    cell = cell_of(place)
    axes, (_, _, least, _) = cells.axes_and_reach(cell.face, cell.depth, cell.i, cell.j)
    low = RADIUS * least - 1.15 * _tallest(cell)
    # the patch's axes are the cell's, as the room's axes have them
    own = Frame(np.zeros(3), axes)
    turned = Frame(np.zeros(3), place.frame.axes).to_world(own.to_local(np.eye(3)))
    return Frame(place.frame.origin - place.frame.axes[2] * low, turned)


def cell_of(place: Place) -> Cell:
    """Which patch a form says."""
    head, i, j = place.form >> 48, (place.form >> 24) & 0xFFFFFF, place.form & 0xFFFFFF
    return Cell(0, 1, 0.0, RADIUS, RADIUS, head // 6, head % 6, i, j)


def _wide(cell: Cell) -> float:
    return cells.width(cell, RADIUS)


def _tallest(cell: Cell) -> float:
    return 0.16 * _wide(cell)


def unfold(place: Place, spec: CitySpec) -> Growth:
    """A sheet of the wall a little nearer than its parent's, masses on it, and its 8 x 8 patches."""
    cell = cell_of(place)
    wide = _wide(cell)
    room = centre_of(place)
    sag = (wide / _SQUARES) ** 2 / (4.0 * RADIUS)
    near = RADIUS + 1.5 * sag + 0.2
    axes = cells.axes_and_reach(cell.face, cell.depth, cell.i, cell.j)[0]
    frame = Frame(axes[2] * (RADIUS * cells.axes_and_reach(cell.face, cell.depth, cell.i, cell.j)[1][2] - 1.15 * _tallest(cell)), axes)
    sheet = Cell(0, 1, near, near, near + 0.4 * sag + 0.1, cell.depth, cell.face, cell.i, cell.j)
    skin = plate(sheet, frame, np.zeros((_SQUARES, _SQUARES), dtype=bool))
    grown = cells.wrap(_hanging(place, wide, cell, shelf_of(spec, place, room.origin)), cell, frame, RADIUS, wide)
    return Growth(grown, _smaller(place, cell), skin)


def _hanging(place: Place, wide: float, cell: Cell, shelf: F64) -> Parts:
    """Masses towards the middle of the room: clusters beside bare wall."""
    stream = place.stream
    dense = stream.one("dense")
    n = int(_MASSES * (0.15 + 1.6 * dense * dense))
    own = Streams(derive_many(stream.key, "mass", np.arange(n)))
    broad = power(stream.unit("broad", n), 0.025, 0.16) * wide
    high = np.minimum(broad * stream.between("high", n, 0.3, 2.2), 0.9 * _tallest(cell))
    home = stream.between("home", 2, -0.3, 0.3)
    at = np.stack([stream.between("x", n, -0.46, 0.46), stream.between("y", n, -0.46, 0.46)], axis=-1)
    at = np.where((stream.unit("lone", n) < 0.4)[:, None], at, np.clip(home + 0.45 * at, -0.46, 0.46))
    foot = np.c_[at * (wide - broad[:, None]), np.zeros(n)]
    free = beside(shelf, cells.at(cell, foot[:, 0] / wide, foot[:, 1] / wide) * RADIUS, broad)
    own, broad, high, foot = Streams(own.keys[free]), broad[free], high[free], foot[free]
    made = raised(own, _clan(place), broad, high, foot * [1.0, -1.0, 1.0], epoch=place.epoch)
    return join([made.moved([0.0, 0.0, 0.0], OVERTURN)])


def _clan(place: Place) -> int:
    return derive(place.address.seed or 0, "clan", 3)


def _smaller(place: Place, cell: Cell) -> tuple[Place, ...]:
    if cell.depth >= _LAST:
        return ()
    n = 1 << _STEP
    corners = ((cell.i * n + i, cell.j * n + j) for i in range(n) for j in range(n))
    depth = cell.depth + _STEP
    return tuple(patch(place, number, Cell(0, 1, 0.0, RADIUS, RADIUS, depth, cell.face, *at)) for number, at in enumerate(corners))
