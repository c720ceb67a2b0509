"""An early dome: a closed shell with lamps under it, and the city that was built on its top (canon S34-S36).

Single domes are drawn between the Earth and the first drawn stratum alone. That they are taken apart later, for what came after, is
our choice: so the City of now keeps the void that it has there.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.address import Address
from geometry.births import sweep
from geometry.history import BY_ID, domes, year_of
from geometry.key import Stream, Streams, derive, derive_many
from geometry.mesh import Mesh
from geometry.parts import Parts, join
from geometry.pattern import raised
from geometry.place import Cell, Frame, Growth, Place
from geometry.rules.columns import room_of
from geometry.rules.stratum import Ground, coffers
from geometry.shell import plate
from geometry.spec import CitySpec

F64 = NDArray[np.float64]

ROOM = 1.3
_THICK = 0.012
"""Of a dome, in parts of its radius."""
_COFFERS, _LATTICE, _MASSES = 4, 8, 3
_RISE = 0.30
"""How tall the city on a dome is at most, in parts of the way to the next."""


def dome(spec: CitySpec, number: int) -> Place:
    """One of geometry.history.domes, all round."""
    radius, year = domes(spec)[number]
    address, room = Address(spec.seed).child("dome", number), ROOM * radius
    frame = Frame(np.array([0.0, 0.0, -room]), np.eye(3))
    return Place("dome", address, address.key, frame, (2 * room, 2 * room, 2 * room), year, form=number)


def years(spec: CitySpec, number: int) -> tuple[float, float, float]:
    """When a dome was begun and closed, and when it was taken apart."""
    closed = domes(spec)[number][1]
    begun = domes(spec)[number - 1][1] if number else closed - 0.2 * (closed - year_of(BY_ID["towers"], spec))
    own = Stream(derive(spec.seed, "dome", number))
    return begun, closed, year_of(BY_ID["gene"], spec) * (0.1 + 0.8 * own.one("gone"))


def unfold(place: Place, spec: CitySpec) -> Growth:
    """The shell in twenty-four pieces, ribs and lamps under it, and masses on it; `form` is its number."""
    radius, _ = domes(spec)[place.form]
    begun, closed, _ = years(spec, place.form)
    following = domes(spec)[place.form + 1] if place.form + 1 < len(domes(spec)) else (2.0 * radius, 2.0 * closed - begun)
    skin: list[Mesh] = []
    grown: list[Parts] = []
    for number in range(24):
        face, quadrant = divmod(number, 4)
        cell = Cell(0, 1, radius * 0.85, radius * (1.0 - _THICK), radius, 1, face, quadrant & 1, quadrant >> 1)
        stream = Stream(derive(place.key, "cell", number))
        skin += plate(cell, place.frame, np.zeros((_LATTICE, _LATTICE), dtype=bool))
        room = room_of(cell)
        under = coffers(Ground("stratum", stream, room, np.zeros((_COFFERS, _COFFERS), dtype=bool), 0.0, 0))
        ceiling = cells.wrap(under, cell, place.frame, cell.inner, room.breadth)
        grown.append(_dated(ceiling, place, begun, closed, spec))
        wide = cells.width(cell, radius)
        top = cells.wrap(_city(stream, wide, _RISE * (following[0] - radius), spec), cell, place.frame, radius, wide)
        grown.append(_dated(top, place, closed, following[1], spec))
    return Growth(join(grown), (), tuple(skin))


def closing(place: Place, points: F64, spec: CitySpec) -> NDArray[np.float32]:
    """(n,) the year in which the shell is closed at world points (n, 3)."""
    begun, closed, _ = years(spec, place.form)
    return _reached(place, points, begun, closed, spec)


def _reached(place: Place, points: F64, start: float, end: float, spec: CitySpec) -> NDArray[np.float32]:
    late = sweep(points, derive(spec.seed, "dome front", place.form))
    return np.asarray(start + (end - start) * (0.08 + 0.9 * late), dtype=np.float32)


def _dated(made: Parts, place: Place, start: float, end: float, spec: CitySpec) -> Parts:
    """Parts with the years in which the edge comes to them."""
    return replace(made, year=_reached(place, place.frame.to_world(made.position), start, end, spec))


def _city(stream: Stream, wide: float, tall: float, spec: CitySpec) -> Parts:
    """Ordered masses on a plot `wide` metres across."""
    count = _MASSES * _MASSES
    i, j = np.divmod(np.arange(count), _MASSES)
    foot = np.stack([(i + 0.5) / _MASSES - 0.5, (j + 0.5) / _MASSES - 0.5, 0.0 * i], axis=1) * wide
    draw = stream.unit("tall", count)
    kept = draw > 0.35
    breadth = 0.5 * wide / _MASSES * stream.between("wide", count, 0.5, 1.0)
    high = np.minimum(tall * (0.25 + 0.75 * draw * draw), 1.6 * breadth)
    own = Streams(derive_many(stream.key, "mass", np.flatnonzero(kept)))
    return raised(own, derive(spec.seed, "clan", 0), breadth[kept], high[kept], foot[kept], epoch=0.0)
