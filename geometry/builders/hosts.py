"""Hosts: boxes that may be built on, and their sides as panels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.builders.turns import ALL_FACES, BOTTOM, MATRICES
from geometry.material import Material

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_QUARTER_FACES = np.array([[0, 1, 2, 3, 4, 5], [2, 3, 1, 0, 4, 5], [1, 0, 3, 2, 4, 5], [3, 2, 0, 1, 4, 5]])
"""Row q: where a box turned q quarters about z carries each of its faces."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """n upright boxes in the frame of a place. Build them with `hosts`."""

    centre: F64
    """(n, 3) metres."""
    size: F64
    """(n, 3) metres along the place's axes."""
    faces: I64
    """(n,) sides that may be built on: bit 0-5 is +x -x +y -y +z -z."""
    material: I64
    """(n,) geometry.material.Material."""
    sheltered: F64
    """(n,) 0 in the open to 1 deep in a niche: darkens what is built there."""
    plot: I64
    """(n,) which of the plots worked on together it stands on."""

    def __len__(self) -> int:
        return len(self.faces)

    def __getitem__(self, index: slice | NDArray[np.bool_] | NDArray[np.integer]) -> Hosts:
        return Hosts(*(column[index] for column in _host_columns(self)))

    @property
    def low(self) -> F64:
        """(n, 3) lowest corners."""
        return self.centre - self.size / 2

    @property
    def high(self) -> F64:
        """(n, 3) highest corners."""
        return self.centre + self.size / 2


def hosts(
    centre: ArrayLike,
    size: ArrayLike,
    *,
    turn: ArrayLike = 0,
    faces: ArrayLike = ALL_FACES & ~BOTTOM,
    material: ArrayLike = Material.CONCRETE,
    sheltered: ArrayLike = 0.0,
    plot: ArrayLike = 0,
) -> Hosts:
    """Hosts from anything that broadcasts: centre (n, 3), size (n, 3) along each box's own axes, `turn` whole quarters
    about z, `faces` in the box's own axes. By default every side but the underside may be built on."""
    where = np.atleast_2d(np.asarray(centre, dtype=np.float64))
    n = len(where)
    sizes = np.broadcast_to(np.asarray(size, dtype=np.float64), (n, 3))
    own, what, on = (np.broadcast_to(np.asarray(column, dtype=np.int64), (n,)) for column in (faces, material, plot))
    if np.any(turn):
        sizes, own = _turned(sizes, own, np.broadcast_to(np.asarray(turn, dtype=np.int64), (n,)) % 4)
    return Hosts(where, sizes, own, what, np.broadcast_to(np.asarray(sheltered, dtype=np.float64), (n,)), on)


def _turned(size: F64, faces: I64, quarters: I64) -> tuple[F64, I64]:
    """Sizes and faces of boxes turned by whole quarters about z."""
    size, odd = size.copy(), quarters % 2 == 1
    size[odd] = size[odd][:, [1, 0, 2]]
    return size, ((faces[:, None] >> np.arange(6) & 1) << _QUARTER_FACES[quarters]).sum(axis=1)


_host_columns = attrgetter(*(field.name for field in fields(Hosts)))


def join_hosts(groups: Iterable[Hosts]) -> Hosts:
    """All groups in order, as one; at least one group is needed."""
    kept = list(groups)
    return Hosts(*(np.concatenate(columns) for columns in zip(*map(_host_columns, kept), strict=True)))


@dataclass(frozen=True, slots=True)
class Panels:
    """m sides of hosts: rectangles one can build on."""

    centre: F64
    """(m, 3) metres, the middle of the side."""
    face: I64
    """(m,) 0-5."""
    width: F64
    """(m,) metres along u."""
    height: F64
    """(m,) metres along v."""
    depth: F64
    """(m,) metres of host behind it."""
    host: I64
    """(m,) row of the hosts it belongs to."""
    plot: I64
    """(m,) that of its host."""

    def __len__(self) -> int:
        return len(self.face)

    def __getitem__(self, index: slice | NDArray[np.bool_] | NDArray[np.integer]) -> Panels:
        return Panels(*(column[index] for column in _panel_columns(self)))

    @property
    def area(self) -> F64:
        """(m,) square metres."""
        return self.width * self.height


_panel_columns = attrgetter(*(field.name for field in fields(Panels)))


def join_panels(groups: Iterable[Panels]) -> Panels:
    """All groups in order, as one; at least one group is needed. Their host rows are not shifted."""
    kept = list(groups)
    return Panels(*(np.concatenate(columns) for columns in zip(*map(_panel_columns, kept), strict=True)))


def repeated(sides: Panels, times: int, plots: int) -> Panels:
    """Panels (m,) of some plots several times over (times * m,), each time on plots of their own."""
    columns = [np.concatenate([column] * times) for column in _panel_columns(sides)]
    columns[-1] = columns[-1] + (np.arange(times) * plots).repeat(len(sides))
    return Panels(*columns)


_SIDE = np.array([[1, 2, 0], [1, 2, 0], [0, 2, 1], [0, 2, 1], [0, 1, 2], [0, 1, 2]])
"""Row f: the box axes that face f's u, v and w lie along."""
_OUT = MATRICES[::4, :, 2]


def panels(boxes: Hosts) -> Panels:
    """Every side of every host that may be built on."""
    rows, face = np.nonzero(boxes.faces[:, None] >> np.arange(6) & 1)
    size = boxes.size[rows[:, None], _SIDE[face]]
    centre = boxes.centre[rows] + _OUT[face] * size[:, 2:3] / 2
    return Panels(centre, face, size[:, 0], size[:, 1], size[:, 2], rows, boxes.plot[rows])


def on_panel(sides: Panels, rows: I64, low: F64, high: F64) -> tuple[F64, F64]:
    """Boxes given in panel coordinates (k, 3) (u, v from the middle of panel `rows[k]`, w out of it) as (centre, size) in
    the place's frame."""
    face = sides.face[rows]
    frame = MATRICES[face * 4]
    middle = (low + high) / 2
    centre = sides.centre[rows] + (frame[:, :, 0] * middle[:, 0:1] + frame[:, :, 1] * middle[:, 1:2] + frame[:, :, 2] * middle[:, 2:3])
    extent = high - low
    size = np.empty_like(extent)
    size[np.arange(len(face))[:, None], _SIDE[face]] = extent
    return centre, size
