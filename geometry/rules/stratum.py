"""A cell of a sphere: the void above a floor, the plate that roofs it, and what Builders put between.

The plate is the Megastructure: heavier and plainer than any building (canon S05). Its underside is a coffered ceiling of ribs and
lamps that lights the floor (canon S60); great columns tie it to the floor; masses stand below and hang from above.
The same rule serves a bundle of thousands of layers and a single one; only the unit changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry import cell as cells
from geometry.angle import turn
from geometry.key import Stream, Streams, derive, derive_many
from geometry.landmarks import clear_of, crossing, planted
from geometry.material import Material
from geometry.nest import bands_of, cell_children, is_planar, parts_radially
from geometry.parts import EMPTY, Parts, join, parts
from geometry.pattern import raised
from geometry.place import Cell, Divided, Growth, Place
from geometry.rules.colossi import colossi
from geometry.rules.columns import Room, columns, room_of
from geometry.rules.idioms import IDIOMS, Idiom, idiom_of, in_idiom
from geometry.rules.plateworks import FARTHEST, SLENDER, aqueducts, arteries, colonnade, kerbs, pylons
from geometry.rules.reach import HANGING, MASS
from geometry.rules.shaftworks import shaftworks
from geometry.rules.sprawl import Plots, beside
from geometry.shell import Mask, apertures, plate
from geometry.skies import clear_of_skies, hides, skies_near
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec
from geometry.voids import Void, carved, clear_of_voids, swallowed, voids_near

F64 = NDArray[np.float64]
_HUNG = 0.5
"""Breadth of the masses that hang in a layer, in parts of those of a stratum: what stands on its floor is the colossi's."""
_STRATA_A_CLAN = 3
"""Neighbouring drawn strata that one clan of Builders works on."""
_LAMP = 0.05
"""Thickest lamp of a ceiling, in parts of the void's height: of a wide cell over a low void it would wall that off."""
_LEVELS = 3
"""The plate of a cell is cut into 2**_LEVELS squares a side."""
_FINER = 2
"""So many times a square is halved to see whether a lamp may hang under it, and not across a shaft."""
_CROWN_DEPTH = 3
"""What stands on the outermost plate is no wider than a cell of this depth: canon's growing edge, not a thistle."""
_LEAST_VOID = 0.05
"""Least height of a void, in parts of a cell's breadth, for its floor to have plots of sprawl."""
_OVERTURN = turn("x", 1e9)
_STREET = 400.0
"""Metres: the broadest kerb in a layer, whose districts come so near to its shafts."""
_WORKED_DEPTH = 3
"""Cells wider than those of this depth are seen from so far off that nothing but masses and terraces would tell."""
_SPANNED = 2.0e5
"""Metres between the piers of an aqueduct, at least: nearer, and they would stand in every district."""
_RAISED = 0.8
"""Draw above which a square of a floor is a terrace; from _BARE up to it, it is a plot of sprawl where the cell has such."""
_BARE = 0.12
_OUTSIDE = 64
"""Number of the first plot on the outermost plate."""


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
    idiom: Idiom = IDIOMS[-1]
    """With what it is built."""
    pierced: Mask | None = None
    """Which of the plate's squares are holes, or have such in them half or a quarter as wide; None: the holes alone."""

    @property
    def slender(self) -> float:
        """Height of the void in parts of its breadth."""
        return self.room.height / self.room.breadth


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Plate, ribs, lamps, columns and masses of one cell; children are the cells it divides into, and plots of sprawl."""
    cell = _cell_of(place)
    near = voids_near(spec, place)
    ground, standing = _grounds(place, spec, near)
    grown = [
        coffers(ground),
        columns(standing.stream, standing.room, standing.open, standing.epoch),
        masses(standing),
        hangings(ground),
        *_floor(standing, cell),
    ]
    bands = bands_of(spec, place.address)
    grown.append(shaftworks(spec, place, ground.room.breadth, ground.clan, ground.idiom.light))
    if place.kind == "tile":
        grown.append(colossi(spec, bands, cell, ground.clan, ground.idiom))
    if cell.high == spec.layers:
        grown.append(_skin(ground, cell))
    wrapped = cells.wrap(join(grown), cell, place.frame, cell.inner, ground.room.breadth)
    divided: Sequence[Place] = cell_children(spec, place)
    own_plots = _plots_of(place, spec, ground, standing)
    if own_plots:
        divided = Divided(divided, own_plots)
    if near:
        wrapped, divided = clear_of_voids(near, place, wrapped), tuple(child for child in divided if not swallowed(near, child))
    if sky := skies_near(spec, place):
        wrapped, divided = clear_of_skies(sky, place, wrapped), tuple(child for child in divided if child.cell or not hides(sky, child))
    inside, own = crossing(spec, place), planted(spec, place)
    if inside:
        free = [child for child in divided if child.cell is not None or all(beside(one, child) for one in inside)]
        wrapped, divided = clear_of(inside, place, wrapped), (*free, *(landmark.place for landmark in own if landmark.plot < 0))
    within = parts_radially(spec, bands, cell)
    return Growth(wrapped, divided, plate(cell, place.frame, ground.open), within=within)


def _cell_of(place: Place) -> Cell:
    assert place.cell is not None
    return place.cell


def _grounds(place: Place, spec: CitySpec, near: tuple[Void, ...]) -> tuple[Ground, Ground]:
    """What hangs from a cell's plate and stands on it sees that plate's holes; what stands on the floor sees the floor's, too."""
    cell, bands = _cell_of(place), bands_of(spec, place.address)
    open_ = apertures(spec, bands, place.address.tile, _LEVELS)
    if near:
        open_ = open_ | carved(near, place, len(open_))
    fine = apertures(spec, bands, place.address.tile, _LEVELS + _FINER)
    pierced = open_ | fine.reshape(len(open_), 1 << _FINER, len(open_), 1 << _FINER).any(axis=(1, 3))
    clan, idiom = derive(spec.seed, "clan", bands[0] // _STRATA_A_CLAN), idiom_of(bands, cell.high - cell.low == 1)
    ground = Ground(place.kind, place.stream, room_of(cell), open_, place.epoch, clan, idiom, pierced)
    return ground, ground._replace(open=open_ | _floor_apertures(spec, bands, place.address.tile))


def _floor(ground: Ground, cell: Cell) -> list[Parts]:
    """What the floor itself carries."""
    room, stream = ground.room, ground.stream
    if ground.slender < FARTHEST:
        return []
    if cell.depth < _WORKED_DEPTH:
        return [terraces(ground)] if ground.kind == "stratum" else []
    step = room.breadth / len(ground.open)
    thick, high = 0.06 * step, min(0.08 * step, 0.15 * room.height)
    if ground.kind == "tile":
        thick, high = min(thick, _STREET), min(high, 4.0 * _STREET)
    grown = [kerbs(stream, ground.idiom, ground.open, room.breadth, 0.0, (thick, high))]
    grown.append(colonnade(stream, ground.idiom, ground.open, room.breadth, room.height))
    if ground.kind == "stratum":
        grown += [terraces(ground), arteries(stream, ground.idiom, ground.open, room.breadth, min(0.05 * step, 0.08 * room.height))]
    elif is_planar(cell):
        grown.append(pylons(stream, ground.idiom, ground.open, room.breadth, room.height))
    elif step >= _SPANNED and ground.slender >= SLENDER:
        grown.append(aqueducts(stream, ground.idiom, ground.open, room.breadth, room.height))
    return grown


def _skin(ground: Ground, cell: Cell) -> Parts:
    """What the outermost plate carries, under the stars (canon S14): arteries and kerbs, low; and masses, no wider than some."""
    if cell.depth < _WORKED_DEPTH - 1:
        return EMPTY
    stream, room = ground.stream.sub("outside"), ground.room
    step, top = room.breadth / len(ground.open), room.height + room.solid
    grown = [arteries(stream, ground.idiom, ground.open, room.breadth, 0.035 * step, 0.05)]
    if cell.depth >= _WORKED_DEPTH:
        grown.append(kerbs(stream, ground.idiom, ground.open, room.breadth, 0.0, (0.05 * step, 0.05 * step), 0.2))
    if cell.depth >= _CROWN_DEPTH:
        grown.append(crown(ground))
    return join(grown).moved([0.0, 0.0, top])


def plots(place: Place, spec: CitySpec) -> Sequence[Place]:
    """The plots of sprawl of a cell that is not flat, without all the rest of what it unfolds to."""
    if not _has_plots(place, spec):
        return ()
    near = voids_near(spec, place)
    found = _plots_of(place, spec, *_grounds(place, spec, near))
    if not near and not crossing(spec, place):
        return found
    return tuple(plot for plot in found if not swallowed(near, plot) and all(beside(one, plot) for one in crossing(spec, place)))


def _has_plots(place: Place, spec: CitySpec) -> bool:
    """Whether a cell is the last of its bundle, beyond which it parts into sub-strata."""
    cell = _cell_of(place)
    if not parts_radially(spec, bands_of(spec, place.address), cell):
        return False
    return cell.high == spec.layers or cell.plate - cell.inner >= _LEAST_VOID * cells.width(cell, cell.plate)


def _plots_of(place: Place, spec: CitySpec, ground: Ground, standing: Ground) -> Sequence[Place]:
    """Plots on squares of the floor and of the outermost plate where neither a mass nor a terrace stands."""
    if not _has_plots(place, spec):
        return ()
    cell, room, found = _cell_of(place), ground.room, list[Plots]()
    scale = IDIOMS.index(ground.idiom)
    if room.height >= _LEAST_VOID * room.breadth:
        side = 0.94 * cells.depth_across(cell, cell.inner) / len(ground.open)
        size = (side, side, min(0.3 * room.height, 0.8 * side))
        found.append(Plots(place, _spots(standing, "mass", 6, 0), size, cell.inner, scale))
    if cell.high == spec.layers:
        side = 0.94 * cells.depth_across(cell, cell.outer) / len(ground.open)
        found.append(Plots(place, _spots(ground, "crown", 8, _OUTSIDE), (side, side, 0.5 * side), cell.outer, scale))
    return found[0] if len(found) == 1 else tuple(plot for own in found for plot in own)


def _spots(ground: Ground, masses_: str, count: int, first: int) -> np.ndarray:
    """(k, 3) column and row, in parts of the cell from its middle, and number of the squares that are free for sprawl."""
    n = len(ground.open)
    draw = ground.stream.unit("rise", n * n).reshape(n, n)
    free = ~ground.open & (draw >= _BARE) & (draw <= _RAISED)
    _, i, j = _plots(ground.stream, masses_, 4, count, ground.open)
    for column, row in zip((2 * i).tolist(), (2 * j).tolist(), strict=True):
        free[column : column + 2, row : row + 2] = False
    i, j = np.nonzero(free)
    return np.stack([(i + 0.5) / n - 0.5, (j + 0.5) / n - 0.5, first + n * i + j], axis=-1)


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
    lamps_on = ~(open_ if ground.pierced is None else ground.pierced) & (stream.unit("lamp", n * n).reshape(n, n) >= 0.015 * ground.epoch)
    deep = min(0.16 * step, 0.3 * room.height)
    z = room.height - _sag(room)
    if z - 1.6 * deep <= 0.1 * room.height:  # of a wide cell over a low void they would stand on its floor, and wall it off
        return EMPTY
    heavy = np.where(np.arange(n) % 4 == 0, 1.6, 1.0)
    # let into the plate, never through it into the void above
    top = z + min(0.004 * step, 0.4 * room.solid)
    across = _abreast(x.shape, x, y - step / 2, top - deep * heavy[None, :] / 2)[solid]
    along = _abreast(x.shape, x - step / 2, y, top - 0.35 * deep * heavy[:, None])[solid]
    wide = 0.07 * step
    sizes_across = _abreast(x.shape, step * 1.01, wide * heavy[None, :], deep * heavy[None, :])[solid]
    sizes_along = _abreast(x.shape, wide * heavy[:, None], step * 1.01, 0.7 * deep * heavy[:, None])[solid]
    thick = min(0.04 * step, _LAMP * room.height)
    panel = _abreast(x.shape, x, y, z - thick / 2)[lamps_on]
    count = len(panel)
    span = stream.between("panel", count, 0.5, 0.8) * step
    sizes = _abreast((count,), span, np.where(stream.bits("strip", count) % 3 == 0, 0.16, 0.62) * step, thick)
    middle, size = np.concatenate([across, along]), np.concatenate([sizes_across, sizes_along])
    solid_of = np.repeat([PROTOTYPE_IDS[ground.idiom.rib], PROTOTYPE_IDS["box"]], len(across))
    ribs = parts(solid_of, middle, size, Material.MEGASTRUCTURE, exposure=70)
    tint = stream.bits("tint", count) % np.uint64(256)
    return join([ribs, parts(ground.idiom.lamp, panel, sizes, Material.LAMP, exposure=255, tint=tint)])


def _sag(room: Room) -> float:
    """Metres by which the chords of a plate's lattice lie below the sphere: what hangs there must clear them, or a cut lays it bare."""
    return (room.breadth / 4) ** 2 / (6.0 * (room.floor + room.height))


def terraces(ground: Ground) -> Parts:
    """High ground of the floor: stepped slabs on some of its squares, each with a lesser one on it and a line of light under its edge."""
    stream, room, open_ = ground.stream, ground.room, ground.open
    if ground.slender < SLENDER:
        return EMPTY
    n = len(open_)
    step = room.breadth / n
    x, y = _squares(n, room.breadth)
    draw = stream.unit("rise", n * n).reshape(n, n)
    kept = ~open_ & (draw > _RAISED)
    count = int(kept.sum())
    high = np.minimum(0.30 * step * draw[kept] ** 6 + 0.02 * step, 0.3 * room.height)
    wide = stream.between("wide", 2 * count, 0.45, 0.97).reshape(count, 2) * step
    shift = stream.between("shift", 2 * count, -0.5, 0.5).reshape(count, 2) * (step - wide)
    foot = _abreast((count,), x[kept] + shift[:, 0], y[kept] + shift[:, 1], 0.0)
    less = np.c_[wide * stream.between("less", 2 * count, 0.3, 0.8).reshape(count, 2), 0.7 * high]
    where, up = np.tile(foot, (3, 1)), np.concatenate([high / 2, high + less[:, 2] / 2, 0.86 * high])
    where[:, 2] += up
    size = np.concatenate([np.c_[wide, high], less, np.c_[wide * 1.004, 0.03 * high]])
    stuff = np.repeat([int(Material.OLD_CONCRETE), int(Material.CONCRETE), int(ground.idiom.light)], count)
    return parts("box", where, size, stuff, exposure=190, tint=np.tile(stream.bits("tone", count) % np.uint64(256), 3))


def _plots(stream: Stream, purpose: str, n: int, count: int, open_: Mask) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Up to `count` distinct plots of an n x n plan whose ground is whole: (number, column, row), each (k,)."""
    order = np.argsort(stream.bits(purpose, n * n), kind="stable")
    scale = len(open_) // n
    whole = ~open_.reshape(n, scale, n, scale).any(axis=(1, 3)).ravel()
    number = np.flatnonzero(whole[order])[:count]
    return number, order[number] // n, order[number] % n


def _grow(ground: Ground, *, purpose: str, count: int, tall: float) -> Parts:
    """Masses on some plots of a 4 x 4 plan, standing on z = 0; heights follow a power law."""
    if not count:
        return EMPTY
    plot = ground.room.breadth / 4
    girth = 1.0 if ground.kind == "stratum" else _HUNG
    number, i, j = _plots(ground.stream, purpose, 4, count, ground.open)
    own = Streams(derive_many(ground.stream.key, purpose, number))
    rows, first = np.arange(len(own)), np.zeros(len(own), dtype=np.int64)
    share = own.unit("height", rows, first)[:, 0]
    high = tall * (0.18 + 0.82 * share * share * share)
    wide = girth * plot * (0.55 + 0.4 * own.unit("breadth", rows, first)[:, 0])
    foot = _abreast((len(own),), (i + 0.5) * plot - 2 * plot, (j + 0.5) * plot - 2 * plot, 0.0)
    made = raised(own, ground.clan, wide, high, foot, epoch=ground.epoch)
    return in_idiom(made, ground.idiom) if ground.kind == "stratum" else made


def masses(ground: Ground) -> Parts:
    """What stands on the floor of the void of a bundle; in a layer, works do (geometry.rules.colossi)."""
    if ground.slender < SLENDER or ground.kind != "stratum":
        return EMPTY
    tall = min(0.72 * ground.room.height, MASS * ground.room.breadth)
    return _grow(ground, purpose="mass", count=6, tall=tall)


def hangings(ground: Ground) -> Parts:
    """What hangs from the plate: the same masses, overturned."""
    if ground.slender < SLENDER:
        return EMPTY
    tall = min(0.4 * ground.room.height, HANGING * ground.room.breadth)
    return _grow(ground, purpose="hanging", count=2, tall=tall).moved([0.0, 0.0, ground.room.height], _OVERTURN)


def crown(ground: Ground) -> Parts:
    """Masses that stand on the outermost plate, on z = 0."""
    return _grow(ground, purpose="crown", count=8, tall=0.16 * ground.room.breadth)
