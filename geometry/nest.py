"""How bands, layers and tiles nest: which smaller cells a cell of the spheres divides into.

Near the whole, a stratum divides sideways into quadrants; as soon as a cell is about as wide as its solid is thick
it parts into its sub-strata instead, down to single layers. The choice hangs on depth and bundle alone, so every cell has
one chain of ancestors.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

from geometry import cell as cells
from geometry.address import Address
from geometry.key import Stream, derive
from geometry.place import Cell, Place, Postponed
from geometry.shell import apertures
from geometry.spec import CitySpec
from geometry.strata import Stratum, strata

FIRST_DEPTH = 1
PLANAR_WIDTH = 300_000.0
"""Metres: a tile this small is flat to a centimetre at the rim (canon E22), and its children stand in its own frame."""
PATCH_DEPTH = 3
"""Depth of the cells within which all places of a layer have the same hour."""
_PART_AT = 5.0
"""A cell parts into sub-strata when it is at most this many times as wide as its solid is thick."""
_QUARTERS = (0, 1, 2, 3)
Path = tuple[tuple[int, ...], tuple[int, ...]]
"""The bands and the quadrants that lead to a cell."""


def cell_place(spec: CitySpec, bands: tuple[int, ...], tile: tuple[int, ...]) -> Place:
    """The stratum or tile at a path of bands and a path of quadrants (face first)."""
    stratum = strata(spec, bands[:-1])[bands[-1]]
    i = j = 0
    for quadrant in tile[1:]:
        i, j = 2 * i + (quadrant & 1), 2 * j + (quadrant >> 1)
    cell = Cell(stratum.low, stratum.high, stratum.inner, stratum.plate, stratum.outer, len(tile) - 1, tile[0], i, j)
    frame, size = cells.frame_and_box(cell)
    address = cell_address(spec, bands, tile, stratum)
    kind = "tile" if stratum.high - stratum.low == 1 else "stratum"
    year, epoch = age(spec, stratum)
    return Place(kind, address, address.key, frame, size, year, epoch, day_phase(spec, bands, cell), 0, cell)


def cell_address(spec: CitySpec, bands: tuple[int, ...], tile: tuple[int, ...], stratum: Stratum) -> Address:
    """The address of a cell. A single layer is named by its number, after the bands it lies in."""
    if stratum.high - stratum.low == 1:
        return Address(spec.seed, bands[:-1], stratum.low, tile)
    return Address(spec.seed, bands, None, tile)


def bands_of(spec: CitySpec, address: Address) -> tuple[int, ...]:
    """The full path of bands of an address, its layer's own step included.

    A layer may be named without its bands, or with the first of them: the rest is looked up. Raises LookupError, which says what is
    there, for a band or a layer that is not."""
    rows, path = strata(spec), "the City"
    for depth, index in enumerate(address.bands, 1):
        if not 0 <= index < len(rows):
            bands = f"; give 0 to {len(rows) - 1}" if rows else ", but single layers"
            raise LookupError(f"there is no such band; {path} has {len(rows)}{bands}")
        single = rows[index].high - rows[index].low == 1
        rows, path = () if single else strata(spec, address.bands[:depth]), f"band {'.'.join(map(str, address.bands[:depth]))}"
    return address.bands if address.layer is None else _to_layer(spec, address.bands, address.layer)


def _to_layer(spec: CitySpec, bands: tuple[int, ...], layer: int) -> tuple[int, ...]:
    """The path of bands that ends in a single layer."""
    rows = strata(spec, bands)
    index = next((i for i, row in enumerate(rows) if row.low <= layer < row.high), None)
    if index is None:
        there = f"band {'.'.join(map(str, bands))}" if bands else "the City"
        raise LookupError(f"there is no such layer in {there}; give {rows[0].low} to {rows[-1].high - 1}")
    single = rows[index].high - rows[index].low == 1
    return (*bands, index) if single else _to_layer(spec, (*bands, index), layer)


def age(spec: CitySpec, stratum: Stratum) -> tuple[float, float]:
    """(year, epoch) of a bundle of layers: the City grew outward from its first year to now; Builders forget with every layer."""
    share = (stratum.low + stratum.high) / (2.0 * spec.layers)
    forgetting = spec.memory_fragmentation / 0.6 * (1.0 - spec.order_now) / 0.85
    return spec.year_first * (1.0 - share), min(10.0 * forgetting * (0.35 + 0.65 * share), 10.0)


_OVER = 1e-11
"""How far over a plate its void is looked for, in parts of the radius."""


def day_phase(spec: CitySpec, bands: tuple[int, ...], cell: Cell) -> float:
    """Day phase [0, 1): by layer (canon S60) and by longitude, in patches of a third-level cell, each with a will of its own."""
    lag = spec.phase_per_layer_h / spec.day_length_h
    by_layer = sum(index * lag for index in bands)
    shift = max(cell.depth - PATCH_DEPTH, 0)
    turn, own = _patch_phase(spec.seed, bands[0], cell.depth - shift, cell.face, cell.i >> shift, cell.j >> shift)
    return (by_layer + turn + own) % 1.0


def phase_over(spec: CitySpec, cell: Cell) -> float:
    """Day phase [0, 1) of the ceiling over the top of a cell's plate: that of the void whose floor it is, whatever bundle of layers the
    plate is drawn as, so that it lies in the same light as what stands on it. 0 on the outermost, which has none."""
    bands: tuple[int, ...] = ()
    radius, solid = cell.outer * (1.0 + _OVER), True
    while solid:
        rows = strata(spec, bands)
        index = next((i for i, row in enumerate(rows) if row.inner <= radius < row.outer), None)
        if index is None:
            break
        bands = (*bands, index)
        solid = radius >= rows[index].plate and rows[index].high - rows[index].low > 1
    return day_phase(spec, bands, cell) if bands else 0.0


@lru_cache(maxsize=4096)
def _patch_phase(seed: int, band: int, depth: int, face: int, i: int, j: int) -> tuple[float, float]:
    """By how much of a day a patch is behind, whatever its layer: by its longitude, and by its own will."""
    own = Stream(derive(derive(seed, "phase", band), "patch", (face << 8) + (i << 4) + j)).one("lag")
    return _longitude(depth, face, i, j), 0.08 * (own - 0.5)


@lru_cache(maxsize=4096)
def _longitude(depth: int, face: int, i: int, j: int) -> float:
    """Of a patch's middle, in whole turns."""
    x, y, _ = cells.at(Cell(0, 0, 0.0, 0.0, 0.0, depth, face, i, j), 0.0, 0.0).tolist()
    return _diamond(x, y) / 4.0


def _diamond(x: float, y: float) -> float:
    """An angle's stand-in in [0, 4), from + - / alone."""
    if x == 0.0 and y == 0.0:
        return 0.0
    ratio = y / (abs(x) + abs(y))
    return ratio % 4.0 if x >= 0 else 2.0 - ratio


def parts_radially(spec: CitySpec, bands: tuple[int, ...], cell: Cell) -> bool:
    """Whether the cell's children are its sub-strata rather than its quadrants."""
    if cell.high - cell.low == 1:
        return False
    nominal = cell.outer * 1.4 / (1 << cell.depth)
    return nominal <= _PART_AT * (cell.outer - cell.plate)


def is_planar(cell: Cell) -> bool:
    """Whether the cell is a single layer's and small enough to be flat."""
    return cell.high - cell.low == 1 and cell.outer * 1.4 / (1 << cell.depth) <= PLANAR_WIDTH


class Cells(Postponed):
    """The cells a place divides into, made when one of them is first looked at: of hundreds of cells shown a few divide."""

    def __init__(self, spec: CitySpec, paths: Sequence[Path]) -> None:
        self._spec, self._paths = spec, paths

    @cached_property
    def _made(self) -> tuple[Place, ...]:
        return tuple(cell_place(self._spec, bands, tile) for bands, tile in self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def cell_children(spec: CitySpec, place: Place) -> Sequence[Place]:
    """The cells a stratum or tile divides into; open ones (great shafts) are left out."""
    assert place.cell is not None
    bands, tile = bands_of(spec, place.address), place.address.tile
    if is_planar(place.cell):
        return ()
    if parts_radially(spec, bands, place.cell):
        return Cells(spec, [((*bands, index), tile) for index in range(len(strata(spec, bands)))])
    open_ = apertures(spec, bands, tile, 1)
    return Cells(spec, [(bands, (*tile, q)) for q in _QUARTERS if not open_[q & 1, q >> 1]])
