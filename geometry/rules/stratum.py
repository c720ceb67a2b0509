"""A cell of a sphere: the void above a floor, the plate that roofs it, and what Builders put between.

The plate is the Megastructure: heavier and plainer than any building (canon S05). Its underside is a coffered ceiling of ribs and
lamps that lights the floor (canon S60); great columns tie it to the floor; masses stand below and hang from above.
The same rule serves a bundle of thousands of layers and a single one; only the unit changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geometry import cell as cells
from geometry.angle import turn
from geometry.key import Stream
from geometry.material import Material
from geometry.nest import bands_of, cell_children
from geometry.parts import Parts, join, parts
from geometry.place import Cell, Growth, Place
from geometry.replay import accrete
from geometry.shell import Mask, apertures, plate
from geometry.spec import CitySpec

_LEVELS = 3
"""The plate of a cell is cut into 2**_LEVELS squares a side."""
_CROWN_DEPTH = 3
"""What stands on the outermost plate is no wider than a cell of this depth: canon's growing edge, not a thistle."""
_OVERTURN = turn("x", 1e9)


class Room(NamedTuple):
    """The void of a cell as a flat plot: metres across and high, and the radius of its floor."""

    breadth: float
    height: float
    floor: float
    solid: float


def room_of(cell: Cell) -> Room:
    """The plot below a cell's plate."""
    return Room(cells.width(cell, cell.plate), cell.plate - cell.inner, cell.inner, cell.outer - cell.plate)


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Plate, ribs, lamps, columns and masses of one cell; children are the cells it divides into."""
    assert place.cell is not None
    cell, stream = place.cell, place.stream
    open_ = apertures(spec, bands_of(spec, place.address), place.address.tile, _LEVELS)
    room = room_of(cell)
    grown = [coffers(stream, room, open_, place.epoch), columns(stream, room, open_, place.epoch), terraces(stream, room, open_)]
    if cell.high == spec.layers and cell.depth >= _CROWN_DEPTH:
        grown.append(crown(stream, room, open_, place.epoch))
    grown += [masses(stream, room, open_, place.epoch), hangings(stream, room, open_, place.epoch)]
    return Growth(
        cells.wrap(join(grown), cell, place.frame, cell.inner, room.breadth),
        cell_children(spec, place),
        plate(cell, place.frame, open_),
    )


def _squares(n: int, breadth: float) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Middles (n, n) of the squares of a plot, x by column and y by row."""
    middle = ((np.arange(n) + 0.5) / n - 0.5) * breadth
    x, y = np.meshgrid(middle, middle, indexing="ij")
    return x, y


def coffers(stream: Stream, room: Room, open_: Mask, epoch: float) -> Parts:
    """Ribs along the squares of the plate's underside, and a lamp panel in each coffer: some are dead, some have fallen."""
    n = len(open_)
    step = room.breadth / n
    x, y = _squares(n, room.breadth)
    solid = ~open_
    lamps_on = solid & (stream.unit("lamp", n * n).reshape(n, n) >= 0.015 * epoch)
    deep = min(0.16 * step, 0.3 * room.height) if room.height > 0 else 0.0
    if deep == 0.0:
        return parts("box", np.zeros((0, 3)), np.zeros((0, 3)))
    z = room.height
    across = np.stack([x, y - step / 2, np.full_like(x, z - deep / 2)], axis=-1)[solid]
    along = np.stack([x - step / 2, y, np.full_like(x, z - deep * 0.35)], axis=-1)[solid]
    heavy = np.where(np.arange(n) % 4 == 0, 1.6, 1.0)
    wide = 0.07 * step
    sizes_across = np.stack(np.broadcast_arrays(step * 1.01, wide * heavy[None, :], deep * heavy[None, :] + 0 * x), axis=-1)[solid]
    sizes_along = np.stack(np.broadcast_arrays(wide * heavy[:, None], step * 1.01, 0.7 * deep * heavy[:, None] + 0 * x), axis=-1)[solid]
    panel = np.stack([x, y, np.full_like(x, z - 0.02 * step)], axis=-1)[lamps_on]
    count = len(panel)
    span = stream.between("panel", count, 0.5, 0.8) * step
    sizes = np.stack([span, np.where(stream.bits("strip", count) % 3 == 0, 0.16, 0.62) * step, np.full(count, 0.04 * step)], axis=-1)
    return join(
        [
            parts("box", across, sizes_across, Material.MEGASTRUCTURE, exposure=70),
            parts("box", along, sizes_along, Material.MEGASTRUCTURE, exposure=70),
            parts("box", panel, sizes, Material.LAMP, exposure=255, tint=stream.bits("tint", count) % np.uint64(256)),
        ]
    )


def terraces(stream: Stream, room: Room, open_: Mask) -> Parts:
    """Low ground of the floor: stepped slabs on its squares, and the arterial ridges along two borders that join cell to cell."""
    if room.height < 0.02 * room.breadth:
        return join([])
    n = len(open_)
    step = room.breadth / n
    x, y = _squares(n, room.breadth)
    draw = stream.unit("rise", n * n).reshape(n, n)
    kept = ~open_ & (draw > 0.35)
    count = int(kept.sum())
    high = np.minimum(0.30 * step * draw[kept] ** 6 + 0.02 * step, 0.3 * room.height)
    wide = stream.between("wide", 2 * count, 0.45, 0.97).reshape(count, 2) * step
    shift = stream.between("shift", 2 * count, -0.5, 0.5).reshape(count, 2) * (step - wide)
    where = np.stack([x[kept] + shift[:, 0], y[kept] + shift[:, 1], high / 2], axis=-1)
    ridge = min(0.05 * step, 0.1 * room.height)
    line = np.array([[-room.breadth / 2, 0.0, ridge / 2], [0.0, -room.breadth / 2, ridge / 2]])
    long = np.array([[2.2 * ridge, room.breadth * 1.001, ridge], [room.breadth * 1.001, 2.2 * ridge, ridge]])
    ridges = [_segments(line, long, n)] if room.height > 0 else []
    slabs = parts("box", where, np.c_[wide, high], Material.OLD_CONCRETE, exposure=190, tint=stream.bits("tone", count) % np.uint64(256))
    return join([slabs, *ridges])


def _segments(line: np.ndarray, long: np.ndarray, n: int) -> Parts:  # type: ignore[type-arg]
    """Long boxes cut into n lengths along their longest side, so that they follow a curved floor."""
    axis = long[:, :2].argmax(axis=1)
    share = (np.arange(n) + 0.5) / n - 0.5
    where = np.repeat(line, n, axis=0)
    sizes = np.repeat(long, n, axis=0)
    rows, which = np.arange(len(where)), np.repeat(axis, n)
    where[rows, which] += np.tile(share, len(line)) * long.max()
    sizes[rows, which] /= n
    return parts("box", where, sizes, Material.CONCRETE, exposure=200)


def columns(stream: Stream, room: Room, open_: Mask, epoch: float) -> Parts:
    """Great columns from floor to plate, where the cell is neither too wide nor too narrow for its void; each has a foot and a head."""
    slender = room.height / room.breadth
    if not 0.12 <= slender <= 2.2:
        return parts("box", np.zeros((0, 3)), np.zeros((0, 3)))
    n = len(open_)
    at = stream.whole("column", 4, 1, n)
    spots = [(int(at[0]), int(at[1]))] + ([(int(at[2]), int(at[3]))] if stream.one("second") < 0.5 else [])
    groups = []
    for index, (i, j) in enumerate(spots):
        own = stream.sub("column", index)
        x, y = (i / n - 0.5) * room.breadth, (j / n - 0.5) * room.breadth
        wide = room.breadth * (0.018 + 0.05 * own.one("girth") ** 2)
        groups.append(_column(own, np.array([x, y, 0.0]), wide, room.height, epoch))
    return join(groups)


def _column(stream: Stream, foot: np.ndarray, wide: float, high: float, epoch: float) -> Parts:  # type: ignore[type-arg]
    kind = ("banded_drum", "cross", "chamfer", "drum")[int(stream.choice("kind", 1, [5, 2, 2, 2])[0])]
    count = int(np.clip(high / (2.5 * wide), 1, 24))
    z = (np.arange(count) + 0.5) * high / count
    shaft = np.stack([np.zeros(count), np.zeros(count), z], axis=-1) + foot
    girth = wide * (1.0 + 0.02 * epoch * (stream.unit("slip", count) - 0.5))
    sizes = np.stack([girth, girth, np.full(count, high / count)], axis=-1)
    ends = np.array([[0, 0, wide * 0.35], [0, 0, high - wide * 0.35]]) + foot
    collars = stream.between("collar", 3, 0.1, 0.9) * high
    rings = np.stack([np.zeros(3), np.zeros(3), collars], axis=-1) + foot
    return join(
        [
            parts(kind, shaft, sizes, Material.MEGASTRUCTURE, exposure=170),
            parts("chamfer", ends, [wide * 1.9, wide * 1.9, wide * 0.7], Material.MEGASTRUCTURE, exposure=120),
            parts("drum", rings, [wide * 1.35, wide * 1.35, wide * 0.3], Material.OLD_CONCRETE, exposure=170),
        ]
    )


def _plots(stream: Stream, purpose: str, n: int, count: int, open_: Mask) -> list[tuple[int, int, int]]:
    """`count` distinct plots of an n x n plan whose ground is whole: (number, column, row)."""
    order = np.argsort(stream.bits(purpose, n * n), kind="stable")
    scale = len(open_) // n
    rows = []
    for number, flat in enumerate(order.tolist()):
        i, j = divmod(flat, n)
        if not open_[i * scale : (i + 1) * scale, j * scale : (j + 1) * scale].any():
            rows.append((number, i, j))
        if len(rows) == count:
            break
    return rows


def _grow(stream: Stream, room: Room, open_: Mask, epoch: float, *, purpose: str, count: int, tall: float, budget: int) -> list[Parts]:
    """Accreted masses on some plots of a 4 x 4 plan, standing on z = 0; heights follow a power law."""
    groups = []
    plot = room.breadth / 4
    for number, i, j in _plots(stream, purpose, 4, count, open_):
        own = stream.sub(purpose, number)
        share = own.one("height")
        high = tall * (0.18 + 0.82 * share * share * share)
        wide = plot * (0.55 + 0.4 * own.one("breadth"))
        grown = accrete(own, (wide, wide, high), epoch=epoch, budget=budget, unit=plot / 48, year=0.0)
        groups.append(grown.moved([(i + 0.5) * plot - room.breadth / 2, (j + 0.5) * plot - room.breadth / 2, 0.0]))
    return groups


def masses(stream: Stream, room: Room, open_: Mask, epoch: float) -> Parts:
    """What stands on the floor of the void."""
    if room.height < 0.02 * room.breadth:
        return join([])
    tall = min(0.72 * room.height, 0.30 * room.breadth)
    return join(_grow(stream, room, open_, epoch, purpose="mass", count=7, tall=tall, budget=70))


def hangings(stream: Stream, room: Room, open_: Mask, epoch: float) -> Parts:
    """What hangs from the plate: the same masses, overturned."""
    if room.height < 0.02 * room.breadth:
        return join([])
    tall = min(0.4 * room.height, 0.2 * room.breadth)
    grown = _grow(stream, room, open_, epoch, purpose="hanging", count=2, tall=tall, budget=50)
    return join(group.moved([0.0, 0.0, room.height], _OVERTURN) for group in grown)


def crown(stream: Stream, room: Room, open_: Mask, epoch: float) -> Parts:
    """What stands on the outermost plate, under the stars (canon S14)."""
    tall = 0.16 * room.breadth
    grown = _grow(stream, room, open_, epoch, purpose="crown", count=9, tall=tall, budget=60)
    return join(group.moved([0.0, 0.0, room.height + room.solid]) for group in grown)
