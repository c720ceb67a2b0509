"""From places to what goes on a print bed: scale, base plate, tiles that fit the bed with holes for pins, walls that print."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from geometry.export.atomic import LimitError
from geometry.export.body import HAIR
from geometry.export.piece import Piece, Survey, survey
from geometry.export.report import Watch
from geometry.export.slice import Flat, Region, meshes_of, sliced
from geometry.export.split import Soup, carved, soup, surface
from geometry.export.thickness import MINIMUM_WALL
from geometry.export.walls import Thin, walls, without_slivers
from geometry.material import Material
from geometry.mesh import F64
from geometry.place import Frame

FIT_MM = 200.0
BASE_MM = 3.0
"""Of a base plate where nothing else is said."""
PINNED_MM = 4.0
"""Of a base plate with holes in its sides: a millimetre of wall above and below them."""
MARGIN_MM = 2.0
"""By which a base plate stands out where nothing else is said."""
_SUNK = 0.25
"""Millimetres by which a model stands in its base: they must be one body."""
PIN_MM = 1.75
"""Of the pins: pieces of the filament itself."""
_LOOSE = 0.2
_DEEP = 6.0
"""Millimetres of pin in each tile."""
_SIDES = 96
_MOST_TILES = 400
BEDS: dict[str, tuple[float, float, float]] = {
    "A1 mini, Prusa MINI (180 mm)": (180.0, 180.0, 180.0),
    "Ender-3 (220 x 220 x 250 mm)": (220.0, 220.0, 250.0),
    "Prusa MK4 (250 x 210 x 220 mm)": (250.0, 210.0, 220.0),
    "Bambu A1, P1, X1 (256 mm)": (256.0, 256.0, 256.0),
    "Voron 350 (350 mm)": (350.0, 350.0, 350.0),
}
"""Common printers and the room over their beds."""
_OVERHANG_MM = 0.05
"""By which something may be larger than a bed: rounding, and the hairs by which solids grow."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a print should be."""

    fit_mm: float = FIT_MM
    """Longest side, base and all."""
    ratio: float | None = None
    """1:N instead of a longest side."""
    base_mm: float = 0.0
    """Thickness of the base plate; 0 for none."""
    base_round: bool = False
    margin_mm: float = MARGIN_MM
    """By which the base plate stands out."""
    bed: tuple[float, float, float] | None = None
    """Room of the printer, millimetres: what is larger is divided."""
    thin: Thin = "keep"
    wall_mm: float = MINIMUM_WALL


@dataclass(frozen=True, slots=True)
class Model:
    """What goes into one file."""

    tile: str
    """a1, a2, b1 …; empty where the model is whole."""
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A print, ready to be written."""

    models: tuple[Model, ...]
    scale: float
    """Millimetres a metre."""
    size_mm: tuple[float, float, float]
    """Of the whole, base and all."""
    pins: int
    """How many pins join the tiles."""
    thin: int
    """Parts thinner than the minimum wall."""
    gone: int
    """How many of those are left out."""

    @property
    def ratio(self) -> float:
        """N of 1:N."""
        return 1000.0 / self.scale


def fits(size: Sequence[float], bed: Sequence[float]) -> bool:
    """Whether something fits over a bed, turned by a quarter if need be."""
    (x, y, z), (a, b, c) = size, (side + _OVERHANG_MM for side in bed)
    return z <= c and ((x <= a and y <= b) or (x <= b and y <= a))


def beds_for(size: Sequence[float]) -> list[str]:
    """The common printers over whose beds something fits: x, y, z in millimetres."""
    return [name for name, bed in BEDS.items() if fits(size, bed)]


def laid_out(
    pieces: Sequence[Piece],
    wish: Wish,
    *,
    regions: Sequence[Region] = (),
    axes: F64 | None = None,
    heard: Callable[[], None] = lambda: None,
) -> Layout:
    """Cuts, scale, walls, base and tiles of a print; `axes` as in `write_stl`. Raises LimitError for what no number of tiles makes fit."""
    first = list(_heard(sliced(pieces, regions), heard)) if regions else pieces
    found = _at_home(survey(iter(first), Watch(0), axes))
    scale, base_mm = _scale(found, wish), wish.base_mm
    pieces, slim, gone = _walled(pieces, wish, scale)
    size = _size(found, scale, wish, base_mm)
    if wish.bed is not None and base_mm and not fits(size, wish.bed):
        base_mm = max(base_mm, PINNED_MM)
        size = _size(found, scale, wish, base_mm)
    counts = (1, 1) if wish.bed is None or fits(size, wish.bed) else _counts(size, wish.bed)
    plate = _base(found, scale, wish, base_mm) if base_mm else None
    cuts = [_seams(found, scale, wish, axis, counts[axis]) for axis in (0, 1)]
    holes = _holes(plate, cuts, scale) if plate is not None else []
    least = 0.0 if wish.thin == "keep" else wish.wall_mm / scale
    cutter = _Cutter(pieces, regions, found, plate, cuts, holes, least)
    models = tuple(cutter.models(heard))
    return Layout(models, scale, size, len(holes), slim, gone)


def _at_home(found: Survey) -> Survey:
    """The same, measured from its own least corner: far out, a hole for a pin is less than the steps of coordinates about the City."""
    return replace(found, base=Frame(found.base.to_world(found.low), found.base.axes), low=np.zeros(3), high=found.high - found.low)


def _heard(pieces: Iterable[Piece], heard: Callable[[], None]) -> Iterator[Piece]:
    for piece in pieces:
        heard()
        yield piece


def _walled(pieces: Sequence[Piece], wish: Wish, scale: float) -> tuple[Sequence[Piece], int, int]:
    """(pieces with walls as asked for, how many parts are thin, how many of those are gone)."""
    made = [walls(piece.parts, wish.wall_mm / scale, wish.thin) for piece in pieces]
    result = [replace(piece, parts=one.parts) for piece, one in zip(pieces, made, strict=True)]
    return result, sum(one.thin for one in made), sum(one.gone for one in made)


def _scale(found: Survey, wish: Wish) -> float:
    if wish.ratio is not None:
        return 1000.0 / wish.ratio
    margin = 2 * wish.margin_mm if wish.base_mm else 0.0
    widest = 2 * float(_footprint(found, wish.base_round and wish.base_mm > 0)[1].max())
    z, flat = found.size[2], (wish.fit_mm - margin) / widest if widest > 0 else np.inf
    return float(min(flat, (wish.fit_mm - (wish.base_mm - _SUNK if wish.base_mm else 0.0)) / z if z > 0 else np.inf))


def _footprint(found: Survey, round_: bool) -> tuple[F64, F64]:
    """Middle and half size (2,) of what stands on the base, metres. A round base of the City is about its axis, cut or not."""
    low, high = found.low[:2], found.high[:2]
    if not round_:
        return (low + high) / 2, (high - low) / 2
    centre = found.base.to_local(np.zeros(3))
    reach = found.longest
    if ((centre < found.low - reach) | (centre > found.high + reach)).any():
        return (low + high) / 2, np.full(2, float((high - low).max()) / 2)
    axis = centre[:2]
    return axis, np.full(2, float(np.maximum(high - axis, axis - low).max()))


def _size(found: Survey, scale: float, wish: Wish, base_mm: float) -> tuple[float, float, float]:
    x, y, z = (side * scale for side in found.size)
    if not base_mm:
        return x, y, z
    wide, deep = (2 * _footprint(found, wish.base_round)[1] * scale + 2 * wish.margin_mm).tolist()
    return wide, deep, z + base_mm - _SUNK


def _counts(size: tuple[float, float, float], bed: tuple[float, float, float]) -> tuple[int, int]:
    """Tiles along x and y, the fewer of the two ways to turn the bed."""
    x, y, z = size
    if z > bed[2] + _OVERHANG_MM:
        raise LimitError(f"the model is {z:.0f} mm high and the bed has {bed[2]:.0f} mm: give a smaller --fit, or --slice it flatter")
    ways = [(_tiles(x, a), _tiles(y, b)) for a, b in ((bed[0], bed[1]), (bed[1], bed[0]))]
    across, along = min(ways, key=lambda way: way[0] * way[1])
    if across * along > _MOST_TILES:
        raise LimitError(f"that is {across * along:,} tiles: give a smaller --fit, a larger --bed or a larger N in --scale 1:N")
    return across, along


def _tiles(length: float, room: float) -> int:
    return max(1, math.ceil((length - _OVERHANG_MM) / room))


def _seams(found: Survey, scale: float, wish: Wish, axis: int, count: int) -> F64:
    """Where the tiles part along an axis, metres, with the outermost ends at infinity."""
    middle, half = _footprint(found, wish.base_round and wish.base_mm > 0)
    margin = wish.margin_mm / scale if wish.base_mm else 0.0
    low, high = middle[axis] - half[axis] - margin, middle[axis] + half[axis] + margin
    inner = low + (high - low) * np.arange(1, count) / count
    return np.concatenate([[-np.inf], inner, [np.inf]])


def _prism(ring: F64, low: float, high: float) -> Soup:
    """The solid between two heights over a ring (k, 2), counter-clockwise."""
    k = len(ring)
    bottom, top = np.c_[ring, np.full(k, low)], np.c_[ring, np.full(k, high)]
    after = np.roll(np.arange(k), -1)
    sides = [np.stack([bottom, bottom[after], top[after]], 1), np.stack([bottom, top[after], top], 1)]
    fan = np.arange(1, k - 1)
    lids = [np.stack([bottom[[0] * (k - 2)], bottom[fan + 1], bottom[fan]], 1), np.stack([top[[0] * (k - 2)], top[fan], top[fan + 1]], 1)]
    corners = np.concatenate([*sides, *lids])
    n = len(corners)
    return soup(corners, np.zeros(n, np.int64), np.zeros(n, bool), np.full(n, Material.CONCRETE, np.uint8))


def _base(found: Survey, scale: float, wish: Wish, base_mm: float) -> Soup:
    """The base plate in the file's axes, metres."""
    middle, half = _footprint(found, wish.base_round)
    half = half + wish.margin_mm / scale
    if wish.base_round:
        angle = (np.arange(_SIDES) + 0.5) * (2 * np.pi / _SIDES)
        reach = np.stack([np.cos(angle), np.sin(angle)], axis=1) * half
    else:
        reach = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]) * half
    top = float(found.low[2]) + _SUNK / scale
    return _prism(middle + reach, top - base_mm / scale, top)


def _holes(plate: Soup, cuts: Sequence[F64], scale: float) -> list[tuple[F64, Region]]:
    """(middle (3,), what goes) of each hole for a pin: two in each seam between two tiles, halfway up the plate."""
    points = plate.corners.reshape(-1, 3)
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    round_ = len(plate) > 12
    found, margin = [], 3.0 / scale
    for axis in (0, 1):
        other = 1 - axis
        for seam in cuts[axis][1:-1].tolist():
            part = math.sqrt(max(0.0, 1.0 - ((seam - middle[axis]) / half[axis]) ** 2)) if round_ else 1.0
            first, last = middle[other] - half[other] * part, middle[other] + half[other] * part
            ends = [first, *(float(c) for c in cuts[other][1:-1] if first < c < last), last]
            for start, stop in pairwise(ends):
                if stop - start > 4 * margin:
                    spots = [_point(axis, seam, start + (stop - start) * share, middle[2]) for share in (0.25, 0.75)]
                    found += [(point, _drill(point, axis, scale)) for point in spots]
    return found


def _point(axis: int, seam: float, along: float, z: float) -> F64:
    return np.array([seam, along, z] if axis == 0 else [along, seam, z], dtype=np.float64)


def _drill(middle: F64, axis: int, scale: float) -> Region:
    """What a hole takes away, in the file's axes: four sides and two ends. Round filament sits in a square."""
    radius, deep = (PIN_MM + _LOOSE) / 2 / scale, _DEEP / scale
    rows = []
    for at, sign in ((1 - axis, 1.0), (1 - axis, -1.0), (2, 1.0), (2, -1.0)):
        side = np.zeros(3)
        side[at] = -sign
        rows.append(_flat(side, middle - side * radius))
    for sign in (1.0, -1.0):
        end = np.zeros(3)
        end[axis] = -sign
        rows.append(_flat(end, middle - end * deep))
    return tuple(rows)


def _flat(normal: F64, point: F64) -> Flat:
    (a, b, c), (x, y, z) = normal.tolist(), point.tolist()
    return Flat((a, b, c), (x, y, z))


def _in_world(wall: Flat, base: Frame) -> Flat:
    """A plane of the file's axes, in the City's."""
    return _flat(Frame(np.zeros(3), base.axes).to_world(np.asarray(wall.normal)), base.to_world(np.asarray(wall.point)))


def _walls(cuts: Sequence[F64], column: int, row: int) -> list[Flat]:
    """The planes about a tile, in the file's axes."""
    result = []
    for axis, number in ((0, column), (1, row)):
        for end, sign in ((0, -1.0), (1, 1.0)):
            at = float(cuts[axis][number + end])
            if np.isfinite(at):
                across = np.eye(3)[axis]
                result.append(_flat(across * sign, across * at))
    return result


@dataclass(frozen=True, slots=True)
class _Cutter:
    pieces: Sequence[Piece]
    regions: Sequence[Region]
    found: Survey
    plate: Soup | None
    cuts: Sequence[F64]
    holes: Sequence[tuple[F64, Region]]
    least: float
    """Metres: what a cut leaves thinner goes."""

    def models(self, heard: Callable[[], None]) -> Iterator[Model]:
        """The tiles, those left empty left out."""
        hair = self.found.longest * 2 * HAIR
        for column in range(len(self.cuts[0]) - 1):
            for row in range(len(self.cuts[1]) - 1):
                sides = _walls(self.cuts, column, row)
                regions = [*self.regions, *((_in_world(wall, self.found.base),) for wall in sides)]
                left = (without_slivers(piece, self.least) for piece in _heard(sliced(self.pieces, regions, hair), heard))
                kept = [piece for piece in left if len(piece.parts) or piece.skin]
                if kept and self.plate is not None:
                    kept.append(_base_piece(self.plate, sides, self.holes, self.found.base))
                if kept:
                    yield Model(f"{chr(97 + column) if column < 26 else f'{column}-'}{row + 1}" if sides else "", tuple(kept))


def _base_piece(plate: Soup, sides: Sequence[Flat], holes: Sequence[tuple[F64, Region]], base: Frame) -> Piece:
    """A tile's share of the base plate, drilled."""
    own = Frame(np.zeros(3), np.eye(3))
    for wall in sides:
        plate = carved(plate, [wall.heights(own)])
    reach = float(np.abs(plate.corners).max(initial=1.0)) * 1e-9
    for middle, hole in holes:
        if all(wall.heights(own)(middle) <= reach for wall in sides):
            plate = carved(plate, [one.heights(own) for one in hole])
    origin = plate.corners.reshape(-1, 3).mean(axis=0) if len(plate) else np.zeros(3)
    plate = replace(plate, corners=plate.corners - origin)
    return Piece("base", (), Frame(base.to_world(origin), base.axes), skin=meshes_of(surface(plate), own))
