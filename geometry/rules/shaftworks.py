"""Shaftworks: what Builders put into the great shafts of bundles of layers (canon S06, P92): members across them at every depth,
galleries along their walls, risers that go down all of it. The middle is left free: ways go down it. Sizes and places are our choice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.holes import finest_of, in_hole
from geometry.key import Stream
from geometry.material import Material
from geometry.nest import bands_of
from geometry.parts import EMPTY, Parts
from geometry.place import Cell, Place
from geometry.rules.kit import SIDES, Piece, Repertoire, Sites, girder, laid, lamp
from geometry.shell import Mask, apertures, new_apertures
from geometry.spec import CitySpec
from geometry.strata import strata

F64 = NDArray[np.float64]
_LEVELS = 3
"""A cell works in the holes that are as wide as its 2**_LEVELS-th part: wider ones are those of the cells above it. The first cells of
a bundle, into which the one that it lies in parts, work in some of those wider ones, too."""
_SPACING, _MOST = 0.4, 9
"""Widths of a shaft from one depth with works to the next, and at how many there are such at most."""
_MISSING = 0.15
"""Which part of the members, and of the galleries, Builders never set or took away."""
FREE = 0.18
"""How far about the middle of a shaft nothing stands, in parts of its width."""
_OFF = (0.27, 0.40)
"""How far beside the middle a member goes across, in the same parts."""
_RISERS = 2
_TALL = 1.4
"""The longest length of a riser, in widths of the shaft."""
_ROPE, _LEAST_ROPE = 0.6, 0.1
"""How far ropes hang down at most, and where there is not so much room none do, in the same parts."""
_THIN = 0.6
"""A bundle thinner than this part of a shaft's width has slimmer members."""
_EMBEDDED = 1.06
"""Length of a member: its ends are in the walls."""
_MEGA, _OLD, _NEW, _DARK = Material.MEGASTRUCTURE, Material.OLD_CONCRETE, Material.CONCRETE, Material.DARK_STEEL
_BRIDGE, _STREET, _TUBES, _GALLERY, _RISER, _ROPES = range(6)
_DIRECTIONS = np.array([[0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [1.0, 0.0]])
"""Where a box's far side points after so many quarter turns."""


class _Shafts(NamedTuple):
    """k shafts of a cell on its flat plot, metres."""

    middle: F64
    """(k, 2)"""
    step: float
    """Of the plot's squares."""
    wide: F64
    """(k, 2) from wall to wall at the floor of the bundle's solid, along x and along y: of most cells more than a square of the plot."""
    slim: float
    """How much less than elsewhere members are thick: their bundle is thin for so wide a shaft."""
    walls: NDArray[np.bool_]
    """(k, 4) on which sides there is a wall, as `_DIRECTIONS`, and not another hole."""


def shaftworks(spec: CitySpec, place: Place, breadth: float, clan: int, light: Material) -> Parts:
    """The works in the shafts of a cell of a bundle on a flat plot `breadth` metres wide, z above its floor; none in single layers."""
    cell, bands = place.cell, bands_of(spec, place.address)
    assert cell is not None
    if cell.high - cell.low == 1:
        return EMPTY
    lattice = finest_of(spec, bands[:-1]) if len(bands) > 1 else 0
    levels = (_LEVELS - 1, _LEVELS) if cell.depth + _LEVELS == lattice else (_LEVELS,)
    stream, found = Stream(clan).sub("shaftworks", cell.depth).sub("column", cell.i).sub("row", cell.j).sub("floor", cell.low), []
    for level in levels:
        new = new_apertures(spec, bands, place.address.tile, level, own=cell.depth + level <= lattice)
        if new.any():
            open_ = apertures(spec, bands, place.address.tile, level)
            found += _sites(spec, bands, cell, _shafts(spec, bands, cell, (new, open_), breadth), stream.sub("level", level))
    return laid(Sites(*(np.concatenate(columns) for columns in zip(*found, strict=True))), REPERTOIRE, clan, light) if found else EMPTY


def _sites(spec: CitySpec, bands: tuple[int, ...], cell: Cell, shafts: _Shafts, stream: Stream) -> list[Sites]:
    depths = _depths(spec, bands, cell, shafts.step, stream)
    return [*_across(stream, shafts, depths, cell), _along(stream, shafts, depths, cell), _risers(stream, shafts, cell)]


def _shafts(spec: CitySpec, bands: tuple[int, ...], cell: Cell, masks: tuple[Mask, Mask], breadth: float) -> _Shafts:
    """Those of a cell, by which of its squares they are, and which of them are open."""
    new, open_ = masks
    n = len(new)
    middle = (np.argwhere(new) + 0.5) / n - 0.5
    edges = middle[:, None] + 0.5 * _DIRECTIONS / n
    rims = cells.at(cell, edges[..., 0], edges[..., 1])
    across = rims[:, 2:] - rims[:, :2]
    wide = cell.plate * np.sqrt((across * across).sum(axis=2))[:, ::-1]
    beside = np.argwhere(new)[:, None] + _DIRECTIONS.astype(np.int64)
    walls = [[_wall(spec, bands, cell, (i, j), open_) for i, j in row] for row in beside.tolist()]
    slim = min(1.0, (cell.outer - cell.plate) / (_THIN * breadth / n))
    return _Shafts(middle * breadth, breadth / n, wide, slim, np.array(walls))


def _wall(spec: CitySpec, bands: tuple[int, ...], cell: Cell, square: tuple[int, int], open_: Mask) -> bool:
    """Whether a square, of a cell's or its neighbours' lattice, is solid; beyond its face there counts as being nothing."""
    n, (i, j) = len(open_), square
    if 0 <= i < n and 0 <= j < n:
        return not open_[i, j]
    i, j, depth = cell.i * n + i, cell.j * n + j, cell.depth + n.bit_length() - 1
    return 0 <= i < 1 << depth and 0 <= j < 1 << depth and not in_hole(spec, bands, cell.face, i, j, depth)


def _depths(spec: CitySpec, bands: tuple[int, ...], cell: Cell, wide: float, stream: Stream) -> F64:
    """(m,) radii at which works are: in the solids of sub-strata, about evenly far from each other."""
    thick = cell.outer - cell.plate
    count = int(min(max(thick / (_SPACING * wide), 1.0), float(_MOST)))
    wanted = cell.plate + (np.arange(count) + 0.15 + 0.7 * stream.unit("depth", count)) * (thick / count)
    solids = np.array([(row.plate + row.outer) / 2.0 for row in strata(spec, bands)])
    return np.asarray(solids[np.unique(np.abs(solids[:, None] - wanted).argmin(axis=0))])


def _across(stream: Stream, shafts: _Shafts, depths: F64, cell: Cell) -> list[Sites]:
    """Members from wall to wall, beside the middle, and what hangs from them."""
    k, m = len(shafts.middle), len(depths)
    n = k * m
    shaft, depth = np.repeat(np.arange(k), m), np.tile(depths, k)
    both = shafts.walls[:, :2] & shafts.walls[:, 2:]  # across y, across x
    drawn = stream.unit("way", n) < 0.5
    along_x = np.where(both[shaft, 0] & both[shaft, 1], drawn, both[shaft, 1])
    kept = both[shaft].any(axis=1) & (stream.unit("member", n) >= _MISSING)
    wide = shafts.wide[shaft, np.where(along_x, 0, 1)] * depth / cell.plate
    side = np.where(stream.unit("side", n) < 0.5, -1.0, 1.0) * stream.between("off", n, *_OFF)
    off = np.where(along_x[:, None], [0.0, 1.0], [1.0, 0.0]) * side[:, None]
    form = np.array([_BRIDGE, _STREET, _TUBES])[stream.choice("form", n, (4, 3, 2))]
    girth = np.array([0.09, 0.13, 0.12])[form] * stream.between("girth", n, 0.7, 1.25) * shafts.slim
    high = np.array([0.15, 0.30, 0.12])[form] * stream.between("height", n, 0.7, 1.25) * shafts.slim
    size = np.stack([np.full(n, _EMBEDDED), girth, high], axis=-1) * wide[:, None]
    middle = shafts.middle[shaft] + off * shafts.step
    foot = np.c_[middle, depth - cell.inner - 0.5 * size[:, 2]]
    long = np.minimum(_ROPE * wide, depth - 0.5 * size[:, 2] - cell.plate)
    roped = kept & (long > _LEAST_ROPE * wide)
    below, ropes = foot - np.c_[np.zeros((n, 2)), long], np.c_[size[:, :2], long]
    key, quarters = stream.bits("key", n), np.where(along_x, 0, 1)
    members = Sites(form[kept], key[kept], foot[kept], size[kept], quarters[kept])
    return [members, Sites(np.full(n, _ROPES)[roped], key[roped], below[roped], ropes[roped], quarters[roped])]


def _along(stream: Stream, shafts: _Shafts, depths: F64, cell: Cell) -> Sites:
    """Galleries along a wall, at the same depths."""
    k, m = len(shafts.middle), len(depths)
    n = k * m
    shaft, depth = np.repeat(np.arange(k), m), np.tile(depths, k)
    quarter = stream.whole("gallery wall", n, 0, 4)
    kept = shafts.walls[shaft, quarter] & (stream.unit("gallery", n) >= _MISSING)
    wide = shafts.wide[shaft, quarter % 2] * depth / cell.plate
    deep, high = stream.between("gallery depth", n, 0.06, 0.11), stream.between("gallery height", n, 0.05, 0.1)
    size = np.stack([np.full(n, 0.999), deep * shafts.slim, high * shafts.slim], axis=-1) * wide[:, None]
    middle = shafts.middle[shaft] + _DIRECTIONS[quarter] * (shafts.step * (0.5 - 0.5 * size[:, 1] / wide))[:, None]
    foot = np.c_[middle, depth - cell.inner + 0.12 * shafts.slim * wide]
    form = np.full(n, _GALLERY)
    return Sites(form[kept], stream.bits("gallery key", n)[kept], foot[kept], size[kept], quarter[kept])


def _risers(stream: Stream, shafts: _Shafts, cell: Cell) -> Sites:
    """Bundles of pipes down the walls, in lengths."""
    k, thick = len(shafts.middle), cell.outer - cell.plate
    lengths = int(np.ceil(thick / (_TALL * shafts.step)))
    each = np.repeat(np.arange(k * _RISERS), lengths)
    number = np.tile(np.arange(lengths), k * _RISERS)
    shaft, n = each // _RISERS, k * _RISERS
    quarter, along = stream.whole("riser wall", n, 0, 4)[each], stream.between("riser", n, -0.42, 0.42)[each]
    kept = shafts.walls[shaft, quarter]
    girth = (shafts.step * stream.between("riser girth", n, 0.04, 0.09))[each]
    out, beside = _DIRECTIONS[quarter], _DIRECTIONS[(quarter + 1) % 4]
    middle = shafts.middle[shaft] + out * (0.5 * (shafts.step - girth))[:, None] + beside * (along * shafts.step)[:, None]
    foot = np.c_[middle, cell.plate - cell.inner + number * (thick / lengths)]
    size = np.stack([1.6 * girth, girth, np.full(len(each), thick / lengths)], axis=-1)
    return Sites(np.full(len(each), _RISER)[kept], stream.bits("riser key", n)[each][kept], foot[kept], size[kept], quarter[kept])


def _bridge(stream: Stream) -> list[Piece]:
    """A deck on two girders, with heads in the walls, a pipe along it and lamps below."""
    made = [Piece("box", (0.0, 0.0, 0.86), (1.0, 1.0, 0.14), _MEGA)]
    for side in SIDES:
        made += girder((0.0, 0.38 * side, 0.42), (1.0, 0.12, 0.76))
        made += [
            Piece("chamfer", (0.47 * side, 0.0, 0.5), (0.06, 1.7, 1.4), _OLD),
            Piece("box", (0.0, 0.47 * side, 1.02), (1.0, 0.06, 0.18), _NEW),
        ]
    made += [Piece("cross", (x, 0.0, 0.45), (0.03, 0.7, 0.9), _DARK) for x in (-0.25, 0.0, 0.25)]
    made += [lamp((x, 0.0, 0.77), (0.13, 0.2, 0.06)) for x in (-0.375, -0.125, 0.125, 0.375)]
    made.append(Piece("pipe", (0.0, 0.2, 1.05), (1.0, 0.28, 0.26), Material.STEEL))
    return made


def _street(stream: Stream) -> list[Piece]:
    """A slab with houses on it, ledges and lines of light along its sides."""
    made = [Piece("box", (0.0, 0.0, 0.25), (1.0, 0.84, 0.5), _OLD)]
    made += [Piece("box", (0.0, 0.0, z), (1.0, 1.0, 0.04), _NEW) for z in (0.06, 0.3, 0.5)]
    made += [lamp((0.0, 0.43 * side, 0.27), (0.92, 0.03, 0.02)) for side in SIDES]
    made += [Piece("chamfer", (0.47 * side, 0.0, 0.3), (0.06, 1.5, 0.9), _MEGA) for side in SIDES]
    rises = stream.unit("house", 7).tolist()
    for number, rise in enumerate(rises):
        if rise > 0.3:
            tall, x = 0.12 + 0.4 * rise * rise, 0.12 * number - 0.36
            solid, stuff = (("box", _NEW), ("stack", _OLD), ("chamfer", _MEGA))[number % 3]
            made.append(Piece(solid, (x, 0.1 * (rise - 0.6), 0.52 + tall / 2), (0.1, 0.7, tall), stuff))
    made += [Piece("box", (x, 0.0, -0.06), (0.025, 0.9, 0.14), _DARK) for x in (-0.4, -0.2, 0.0, 0.2, 0.4)]
    return made


def _tubes(stream: Stream) -> list[Piece]:
    """Pipes side by side through yokes."""
    made = [Piece("pipe", (0.0, y, 0.5), (1.0, wide, 2.0 * wide), stuff)
            for y, wide, stuff in ((-0.26, 0.44, Material.STEEL), (0.26, 0.4, _DARK), (0.0, 0.14, _NEW))]  # fmt: skip
    made += [Piece("frame", (x, 0.0, 0.5), (0.03, 1.0, 1.3), _MEGA, 1) for x in stream.between("yoke", 3, -0.4, 0.4).tolist()]
    made += [Piece("chamfer", (0.475 * side, 0.0, 0.5), (0.05, 1.4, 1.6), _OLD) for side in SIDES]
    made += [lamp((x, 0.0, 0.02), (0.03, 0.3, 0.08)) for x in (-0.3, -0.1, 0.1, 0.3)]
    return made


def _gallery(stream: Stream) -> list[Piece]:
    """A ledge on consoles with a parapet, a line of light under it and blind openings over it."""
    made = [Piece("box", (0.0, 0.1, 0.3), (1.0, 0.8, 0.18), _NEW), Piece("box", (0.0, -0.26, 0.46), (1.0, 0.08, 0.2), _OLD)]
    made.append(lamp((0.0, -0.1, 0.2), (0.94, 0.1, 0.04)))
    made += [Piece("wedge", (x, 0.2, 0.1), (0.02, 0.6, 0.24), _DARK, 1) for x in np.linspace(-0.45, 0.45, 7).tolist()]
    made += [Piece("box", (x, 0.42, 0.7), (0.035, 0.2, 0.6), _MEGA) for x in np.linspace(-0.48, 0.48, 9).tolist()]
    made.append(Piece("box", (0.0, 0.4, 1.02), (1.0, 0.3, 0.08), _OLD))
    at = 0.6 * stream.one("house") - 0.3
    made.append(Piece("stack", (at, 0.0, 0.9), (0.12, 0.9, 1.3), _NEW))
    return made


def _riser(stream: Stream) -> list[Piece]:
    """A length of pipes down a wall, clasped, on a bed."""
    made = [Piece("box", (0.0, 0.36, 0.5), (1.0, 0.28, 1.0), _MEGA)]
    wides = stream.between("pipe", 3, 0.2, 0.32).tolist()
    made += [Piece("drum", (0.3 * number - 0.3, 0.0, 0.5), (wide, 1.5 * wide, 1.0), (Material.STEEL, _DARK, _NEW)[number])
             for number, wide in enumerate(wides)]  # fmt: skip
    made += [Piece("chamfer", (0.0, 0.05, z), (1.15, 0.9, 0.02), _OLD) for z in (0.1, 0.37, 0.63, 0.9)]
    made.append(lamp((0.52, -0.2, 0.5), (0.05, 0.12, 0.22)))
    return made


def _ropes(stream: Stream) -> list[Piece]:
    """What hangs from a member: ropes, each with a load."""
    made = list[Piece]()
    for x, long in zip(stream.between("rope", 4, -0.4, 0.4).tolist(), stream.between("long", 4, 0.2, 1.0).tolist(), strict=True):
        made.append(Piece("box", (x, 0.3, 1.0 - long / 2), (0.004, 0.04, long), Material.CABLE))
        made.append(Piece("chamfer", (x, 0.3, 1.0 - 0.97 * long), (0.02, 0.2, 0.05), Material.BUILDER))
    return made


REPERTOIRE = Repertoire("shaftwork", (_bridge, _street, _tubes, _gallery, _riser, _ropes))
