"""A cell of a sphere: the void above a floor, the plate that roofs it, and what Builders put between.

The plate is the Megastructure: heavier and plainer than any building (canon S05). Its underside is a coffered ceiling of ribs and
lamps that lights the floor (canon S60); great columns tie it to the floor; masses stand below and hang from above.
The same rule serves a bundle of thousands of layers and a single one; only the unit changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from geometry import cell as cells
from geometry.angle import turn
from geometry.key import Stream, Streams, derive, derive_many
from geometry.landmarks import clear_of, crossing, planted
from geometry.material import Material
from geometry.nest import bands_of, cell_children
from geometry.parts import EMPTY, Parts, join, parts
from geometry.pattern import raised
from geometry.place import Cell, Growth, Place
from geometry.shell import Mask, apertures, plate
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec
from geometry.voids import carved, clear_of_voids, swallowed, voids_near

_LONE = 0.12
"""Share of a layer's tiles on which one mass stands that is larger than any district: the rest of the floor is theirs."""
_SLENDER = 0.16
"""Breadth of the masses of a tile, in parts of those of a stratum: great piers, not walls from horizon to horizon."""
_STRATA_A_CLAN = 3
"""Neighbouring drawn strata that one clan of Builders works on."""
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


class Ground(NamedTuple):
    """All that the pieces of a cell are made from."""

    kind: str
    """`stratum`, or `tile` where the floor is kept free for districts."""
    stream: Stream
    room: Room
    open: Mask
    """Which of its squares are holes."""
    epoch: float
    clan: int
    """Key of the clan of Builders that works here."""


def room_of(cell: Cell) -> Room:
    """The plot below a cell's plate."""
    return Room(cells.width(cell, cell.plate), cell.plate - cell.inner, cell.inner, cell.outer - cell.plate)


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Plate, ribs, lamps, columns and masses of one cell; children are the cells it divides into."""
    assert place.cell is not None
    cell, stream = place.cell, place.stream
    bands = bands_of(spec, place.address)
    near = voids_near(spec, place)
    open_ = apertures(spec, bands, place.address.tile, _LEVELS)
    if near:
        open_ = open_ | carved(near, place, len(open_))
    ground = Ground(place.kind, stream, room_of(cell), open_, place.epoch, derive(spec.seed, "clan", bands[0] // _STRATA_A_CLAN))
    standing = ground._replace(open=open_ | _floor_apertures(spec, bands, place.address.tile))
    grown = [coffers(ground), columns(standing), masses(standing), hangings(ground)]
    if place.kind == "stratum":
        grown.append(terraces(standing))
    if cell.high == spec.layers and cell.depth >= _CROWN_DEPTH:
        grown.append(crown(ground))
    wrapped = cells.wrap(join(grown), cell, place.frame, cell.inner, ground.room.breadth)
    divided = cell_children(spec, place)
    if near:
        wrapped, divided = clear_of_voids(near, place, wrapped), tuple(child for child in divided if not swallowed(near, child))
    inside, own = crossing(spec, place), planted(spec, place)
    if inside:
        wrapped, divided = clear_of(inside, place, wrapped), (*divided, *(landmark.place for landmark in own if landmark.plot < 0))
    return Growth(wrapped, divided, plate(cell, place.frame, open_))


def _floor_apertures(spec: CitySpec, bands: tuple[int, ...], tile: tuple[int, ...]) -> Mask:
    """Which squares of a cell's floor, the plate of the bundle below, are holes: nothing stands on them."""
    if bands[-1] == 0:
        return np.zeros((1 << _LEVELS, 1 << _LEVELS), dtype=bool)
    return apertures(spec, (*bands[:-1], bands[-1] - 1), tile, _LEVELS)


def _squares(n: int, breadth: float) -> tuple[np.ndarray, np.ndarray]:
    """Middles (n, n) of the squares of a plot, x by column and y by row."""
    middle = ((np.arange(n) + 0.5) / n - 0.5) * breadth
    x = middle.repeat(n).reshape(n, n)
    return x, x.T


def _abreast(shape: tuple[int, ...], *columns: ArrayLike) -> np.ndarray:
    """Columns that broadcast to a shape as a new last axis: np.stack and its broadcasting cost more than small arrays do."""
    made = np.empty((*shape, len(columns)))
    for number, column in enumerate(columns):
        made[..., number] = column
    return made


def coffers(ground: Ground) -> Parts:
    """Ribs along the squares of the plate's underside, and a lamp panel in each coffer: some are dead, some have fallen."""
    stream, room, open_ = ground.stream, ground.room, ground.open
    n = len(open_)
    step = room.breadth / n
    x, y = _squares(n, room.breadth)
    solid = ~open_
    lamps_on = solid & (stream.unit("lamp", n * n).reshape(n, n) >= 0.015 * ground.epoch)
    deep = min(0.16 * step, 0.3 * room.height) if room.height > 0 else 0.0
    if deep == 0.0:
        return parts("box", np.zeros((0, 3)), np.zeros((0, 3)))
    z = room.height - _sag(room)
    heavy = np.where(np.arange(n) % 4 == 0, 1.6, 1.0)
    # let into the plate, never through it into the void above
    top = z + min(0.004 * step, 0.4 * room.solid)
    across = _abreast(x.shape, x, y - step / 2, top - deep * heavy[None, :] / 2)[solid]
    along = _abreast(x.shape, x - step / 2, y, top - 0.35 * deep * heavy[:, None])[solid]
    wide = 0.07 * step
    sizes_across = _abreast(x.shape, step * 1.01, wide * heavy[None, :], deep * heavy[None, :])[solid]
    sizes_along = _abreast(x.shape, wide * heavy[:, None], step * 1.01, 0.7 * deep * heavy[:, None])[solid]
    panel = _abreast(x.shape, x, y, z - 0.02 * step)[lamps_on]
    count = len(panel)
    span = stream.between("panel", count, 0.5, 0.8) * step
    sizes = _abreast((count,), span, np.where(stream.bits("strip", count) % 3 == 0, 0.16, 0.62) * step, 0.04 * step)
    middle, size = np.concatenate([across, along]), np.concatenate([sizes_across, sizes_along])
    ribs = parts("box", middle, size, Material.MEGASTRUCTURE, exposure=70)
    return join([ribs, parts("box", panel, sizes, Material.LAMP, exposure=255, tint=stream.bits("tint", count) % np.uint64(256))])


def _sag(room: Room) -> float:
    """Metres by which the chords of a plate's lattice lie below the sphere: what hangs there must clear them, or a cut lays it bare."""
    return (room.breadth / 4) ** 2 / (6.0 * (room.floor + room.height))


def terraces(ground: Ground) -> Parts:
    """Low ground of the floor: stepped slabs on its squares, and the arterial ridges along two borders that join cell to cell."""
    stream, room, open_ = ground.stream, ground.room, ground.open
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
    where = _abreast((count,), x[kept] + shift[:, 0], y[kept] + shift[:, 1], high / 2)
    ridge = min(0.05 * step, 0.1 * room.height)
    line = np.array([[-room.breadth / 2, 0.0, ridge / 2], [0.0, -room.breadth / 2, ridge / 2]])
    long = np.array([[2.2 * ridge, room.breadth * 1.001, ridge], [room.breadth * 1.001, 2.2 * ridge, ridge]])
    ridges = [_segments(line, long, n)] if room.height > 0 else []
    sizes = _abreast((count,), wide[:, 0], wide[:, 1], high)
    slabs = parts("box", where, sizes, Material.OLD_CONCRETE, exposure=190, tint=stream.bits("tone", count) % np.uint64(256))
    return join([slabs, *ridges])


def _segments(line: np.ndarray, long: np.ndarray, n: int) -> Parts:
    """Long boxes cut into n lengths along their longest side, so that they follow a curved floor."""
    axis = long[:, :2].argmax(axis=1)
    share = (np.arange(n) + 0.5) / n - 0.5
    where = np.repeat(line, n, axis=0)
    sizes = np.repeat(long, n, axis=0)
    rows, which = np.arange(len(where)), np.repeat(axis, n)
    where[rows, which] += np.tile(share, len(line)) * long.max()
    sizes[rows, which] /= n
    return parts("box", where, sizes, Material.CONCRETE, exposure=200)


def columns(ground: Ground) -> Parts:
    """Great columns from floor to plate, where the cell is neither too wide nor too narrow for its void; each has a foot and a head."""
    stream, room, open_ = ground.stream, ground.room, ground.open
    slender = room.height / room.breadth
    if not 0.12 <= slender <= 2.2:
        return parts("box", np.zeros((0, 3)), np.zeros((0, 3)))
    n = len(open_)
    at = stream.whole("column", 4, 1, n)
    spots = [(int(at[0]), int(at[1]))] + ([(int(at[2]), int(at[3]))] if stream.one("second") < 0.5 else [])
    groups = []
    for index, (i, j) in enumerate(spots):
        if open_[i - 1 : i + 1, j - 1 : j + 1].any():
            continue
        own = stream.sub("column", index)
        x, y = (i / n - 0.5) * room.breadth, (j / n - 0.5) * room.breadth
        wide = room.breadth * (0.018 + 0.05 * own.one("girth") ** 2)
        groups.append(_column(own, np.array([x, y, 0.0]), wide, room.height, ground.epoch))
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


def _plots(stream: Stream, purpose: str, n: int, count: int, open_: Mask) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Up to `count` distinct plots of an n x n plan whose ground is whole: (number, column, row), each (k,)."""
    order = np.argsort(stream.bits(purpose, n * n), kind="stable")
    scale = len(open_) // n
    whole = ~open_.reshape(n, scale, n, scale).any(axis=(1, 3)).ravel()
    number = np.flatnonzero(whole[order])[:count]
    return number, order[number] // n, order[number] % n


def _grow(ground: Ground, *, purpose: str, count: int, tall: float) -> Parts:
    """Masses on some plots of a 4 x 4 plan, standing on z = 0; heights follow a power law. Over districts they are slender, or they
    would wall them in."""
    if not count:
        return EMPTY
    plot = ground.room.breadth / 4
    girth = 1.0 if ground.kind == "stratum" else _SLENDER
    number, i, j = _plots(ground.stream, purpose, 4, count, ground.open)
    own = Streams(derive_many(ground.stream.key, purpose, number))
    rows, first = np.arange(len(own)), np.zeros(len(own), dtype=np.int64)
    share = own.unit("height", rows, first)[:, 0]
    high = tall * (0.18 + 0.82 * share * share * share)
    wide = girth * plot * (0.55 + 0.4 * own.unit("breadth", rows, first)[:, 0])
    foot = _abreast((len(own),), (i + 0.5) * plot - 2 * plot, (j + 0.5) * plot - 2 * plot, 0.0)
    return raised(own, ground.clan, wide, high, foot, epoch=ground.epoch)


def masses(ground: Ground) -> Parts:
    """What stands on the floor of the void."""
    if ground.room.height < 0.02 * ground.room.breadth:
        return EMPTY
    tall = min(0.72 * ground.room.height, 0.30 * ground.room.breadth)
    count = 6 if ground.kind == "stratum" else int(ground.stream.one("lone") < _LONE)
    return _grow(ground, purpose="mass", count=count, tall=tall)


def hangings(ground: Ground) -> Parts:
    """What hangs from the plate: the same masses, overturned."""
    if ground.room.height < 0.02 * ground.room.breadth:
        return EMPTY
    tall = min(0.4 * ground.room.height, 0.2 * ground.room.breadth)
    return _grow(ground, purpose="hanging", count=2, tall=tall).moved([0.0, 0.0, ground.room.height], _OVERTURN)


def crown(ground: Ground) -> Parts:
    """What stands on the outermost plate, under the stars (canon S14)."""
    tall = 0.16 * ground.room.breadth
    grown = _grow(ground, purpose="crown", count=8, tall=tall)
    return replace(grown, position=grown.position + np.array([0.0, 0.0, ground.room.height + ground.room.solid], dtype=np.float32))
