"""Colossi: which works of the Megastructure stand where on the floor of a layer, so that each power of ten there has forms of its own.

A void some thousand kilometres high goes on without end: what is ten times nearer must be another thing. Cells about as wide as some
voids are high carry ranges to the ceiling; smaller ones viaducts, massifs and tanks; the smallest, mesas, hung bridges and yards among
districts. Cells of the widest kind are countries: each has its own mind about all that stands in it. The dealing is our choice.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.key import Stream, derive, derive_many
from geometry.nest import is_planar
from geometry.parts import EMPTY, Parts
from geometry.place import Cell
from geometry.rules.idioms import Idiom
from geometry.rules.kit import Sites, laid
from geometry.rules.kits import BUTTRESS, CLUSTER, CRANE, DECK, HUNG, MESA, SILOS, TERRACES, TOP, TRENCH, VIADUCT, WORKS
from geometry.rules.reach import MASS
from geometry.shell import Mask, apertures
from geometry.spec import CitySpec
from geometry.strata import path_key

F64 = NDArray[np.float64]
_LEVELS, _N = 3, 8
"""The plot of a cell is cut into _N = 2**_LEVELS squares a side."""
_WIDEST, _CLASSES = 8.4, 4
"""Cells up to so many times as wide as their void is high carry works; how many times such a cell is halved until its squares are less
than a tenth of that height."""
_ROOFED = 2
"""Classes of cells whose works may reach the ceiling."""
_LINES: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((BUTTRESS,), (TRENCH,), (VIADUCT, VIADUCT), (VIADUCT,), ()),
    ((VIADUCT,), (TRENCH,), (VIADUCT,), (), ()),
    ((VIADUCT,), (), (VIADUCT, VIADUCT), (), (TRENCH,)),
    ((), (TRENCH,), (), (VIADUCT,), ()),
)
"""The lines across a cell, by its class and its country."""
_COUNT = (4, 4, 6, 8, 9, 8)
"""How many masses stand in a cell, by its class; the last is that of flat tiles."""
_KINDS = (TERRACES, SILOS, CLUSTER, MESA, CRANE)
_WEIGHTS: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((1, 0, 3, 0, 0), (3, 1, 1, 0, 0), (1, 0, 3, 0, 0), (0, 4, 1, 0, 0), (0, 0, 1, 0, 0)),
    ((2, 1, 3, 0, 0), (4, 1, 1, 0, 0), (2, 2, 1, 0, 0), (1, 5, 1, 0, 0), (1, 1, 5, 0, 0)),
    ((4, 2, 1, 0, 0), (4, 1, 1, 2, 0), (3, 3, 1, 0, 0), (1, 6, 0, 1, 0), (2, 1, 4, 0, 0)),
    ((4, 2, 1, 1, 0), (5, 1, 1, 1, 0), (3, 3, 1, 1, 0), (2, 6, 0, 1, 0), (3, 1, 3, 1, 0)),
    ((2, 0, 1, 6, 2), (2, 0, 1, 6, 2), (1, 1, 1, 6, 2), (1, 2, 1, 5, 2), (1, 1, 2, 5, 2)),
    ((0, 0, 2, 5, 3), (1, 0, 1, 5, 3), (0, 1, 1, 5, 3), (0, 2, 1, 4, 3), (0, 0, 3, 4, 3)),
)
"""Of the masses, in which proportion they are of which kind: by class and country."""
_RISE = {TERRACES: (0.4, 0.75), SILOS: (0.5, 1.1), CLUSTER: (1.1, 2.4), MESA: (0.4, 0.85), CRANE: (0.45, 0.7)}
"""Heights, in parts of their breadth."""
_LINE_SIZE = {BUTTRESS: (0.42, 1.0), TRENCH: (0.84, 0.36), VIADUCT: (0.16, 0.34)}
"""Thickness of a line in squares, and its height in parts of the void's."""
_MISSING, _BROKEN = 0.12, 0.35
"""Which part of a line's squares Builders took away; of those that would shut off the void from floor to ceiling."""
_GAP = 0.32
"""The width of a trench between its masses, in parts of the whole."""
_CHAINS = (0, 0, 0, 1, 1, 2)
"""Mesas with a hung bridge between them, by class."""
_MARGIN = 0.1
"""How much of a plot a work may take at its border before nothing else stands there."""


class Plan(NamedTuple):
    """The works of a cell on its squares."""

    sites: Sites
    """With feet and breadths in squares from the cell's corner, heights in metres."""
    low: F64
    """(k, 2) squares: the corners of the ground they take."""
    high: F64


def colossi(spec: CitySpec, bands: tuple[int, ...], cell: Cell, clan: int, idiom: Idiom) -> Parts:
    """The works of a cell of a single layer on a flat plot, z above its floor."""
    plan = _plan(spec, bands, cell)
    if plan is None:
        return EMPTY
    step = cells.width(cell, cell.plate) / _N
    sites = plan.sites
    foot = np.c_[(sites.foot[:, :2] - _N / 2) * step, sites.foot[:, 2]]
    size = np.c_[sites.size[:, :2] * step, sites.size[:, 2]]
    return laid(sites._replace(foot=foot, size=size), WORKS, clan, idiom.light)


def taken(spec: CitySpec, bands: tuple[int, ...], cell: Cell) -> Mask:
    """(8, 8) which plots of a flat tile the works of the tile and of the cells above it take, column first."""
    at, found = (np.arange(_N) + 0.5) / _N, np.zeros((_N, _N), dtype=bool)
    for shift in range(cell.depth + 1):
        above = replace(cell, depth=cell.depth - shift, i=cell.i >> shift, j=cell.j >> shift)
        number = _class(above)
        if number is None:
            break
        plan = _plan(spec, bands, above)
        if plan is None:
            continue
        scale, half = _N / (1 << shift), (0.5 - _MARGIN) / (1 << shift)
        x, y = ((cell.i - (above.i << shift) + at) * scale, (cell.j - (above.j << shift) + at) * scale)
        within = [(x_or_y + half > plan.low[:, k, None]) & (x_or_y - half < plan.high[:, k, None]) for k, x_or_y in ((0, x), (1, y))]
        found |= (within[0][:, :, None] & within[1][:, None, :]).any(axis=0)
    return found


def _class(cell: Cell) -> int | None:
    """Of which class of breadth a cell is; None for one too wide for its void."""
    ratio = cell.outer * 1.4 / (1 << cell.depth) / (cell.plate - cell.inner)
    if ratio > _WIDEST:
        return None
    if is_planar(cell):
        return _CLASSES + 1
    number, limit = 0, _WIDEST / 2.0
    while ratio <= limit and number < _CLASSES:
        number, limit = number + 1, limit / 2.0
    return number


def _country(spec: CitySpec, bands: tuple[int, ...], cell: Cell) -> int:
    """The country a cell lies in: all cells about as small have their minds from the widest that carries works."""
    wide, shift = cell.outer * 1.4 / (1 << cell.depth), 0
    while shift < cell.depth and 2.0 * wide <= _WIDEST * (cell.plate - cell.inner):
        wide, shift = 2.0 * wide, shift + 1
    key = derive(path_key(spec, bands), "country", cell.face)
    side = derive(key, "column", cell.i >> shift)
    return int(Stream(derive(side, "row", cell.j >> shift)).whole("country", 1, 0, len(_LINES[0]))[0])


def _tile(cell: Cell) -> tuple[int, ...]:
    """The path of quadrants to a cell, face first."""
    steps = range(cell.depth - 1, -1, -1)
    return (cell.face, *((cell.i >> step & 1) + 2 * (cell.j >> step & 1) for step in steps))


@lru_cache(maxsize=4096)
def _plan(spec: CitySpec, bands: tuple[int, ...], cell: Cell) -> Plan | None:
    number = _class(cell)
    if number is None:
        return None
    stream = Stream(derive(derive(derive(path_key(spec, bands), "works", cell.depth), "column", (cell.face << 40) + cell.i), "row", cell.j))
    country = _country(spec, bands, cell)
    open_ = _open(spec, bands, cell)
    free, rows = ~open_, list[tuple[float, ...]]()
    rows += _lines(stream, cell, number, country, free)
    rows += _chains(stream, cell, _CHAINS[number], free)
    rows += _masses(stream, cell, number, country, free, open_)
    if not rows:
        return None
    table = np.array(rows)
    form, quarters = table[:, 0].astype(np.int64), table[:, 6].astype(np.int64)
    key = derive_many(stream.key, "work", np.arange(len(rows)))
    sites = Sites(form, key, np.c_[table[:, 1:3], np.zeros(len(rows))], table[:, 3:6], quarters)
    return Plan(sites, *_ground(form, table[:, 1:3], table[:, 3:5], quarters))


def _ground(form: NDArray[np.int64], middle: F64, size: F64, quarters: NDArray[np.int64]) -> tuple[F64, F64]:
    """Corners (k, 2) of the ground that n works take: of a trench both its sides, of a hung bridge none."""
    turned = quarters % 2 == 1
    half = np.where(turned[:, None], size[:, ::-1], size) / 2.0
    trench, solid = form == TRENCH, (form != TRENCH) & (form != HUNG)
    across = np.where(turned[:, None], [1.0, 0.0], [0.0, 1.0])[trench]
    off, slim = across * half[trench] * (1.0 + _GAP) / 2.0, half[trench] * (1.0 - across * (1.0 + _GAP) / 2.0)
    at = np.concatenate([middle[solid], middle[trench] - off, middle[trench] + off])
    reach = np.concatenate([half[solid], slim, slim])
    return at - reach, at + reach


def _open(spec: CitySpec, bands: tuple[int, ...], cell: Cell) -> Mask:
    """(8, 8) squares with a hole in them, in the floor or the plate, down to half their breadth."""
    tile = _tile(cell)
    fine = apertures(spec, bands, tile, _LEVELS + 1)
    if bands[-1] > 0:
        fine = fine | apertures(spec, (*bands[:-1], bands[-1] - 1), tile, _LEVELS + 1)
    return np.asarray(fine.reshape(_N, 2, _N, 2).any(axis=(1, 3)))


def _lines(stream: Stream, cell: Cell, number: int, country: int, free: Mask) -> list[tuple[float, ...]]:
    """Works that cross a cell square by square, broken where a hole is or Builders took a length away. Takes their squares."""
    if number >= len(_LINES):
        return []
    height, step = cell.plate - cell.inner, cells.width(cell, cell.plate) / _N
    rows = list[tuple[float, ...]]()
    for index, form in enumerate(_LINES[number][country]):
        own = stream.sub("line", index)
        axis, line = int(own.one("axis") < 0.5), int(own.whole("row", 1, 0, _N)[0])
        thick, share = _LINE_SIZE[form]
        high = share * height * (1.0 if form == BUTTRESS else 0.8 + 0.4 * own.one("high"))
        if number >= _ROOFED:
            high = min(high, 0.6 * step if form == TRENCH else 0.75 * step, MASS * _N * step)
        elif form == BUTTRESS and number:
            high = min(high, MASS * _N * step)
        kept = own.unit("length", _N) > (_BROKEN if form == BUTTRESS else _MISSING)
        for square in range(_N):
            i, j = (square, line) if axis == 0 else (line, square)
            if free[i, j] and kept[square]:
                free[i, j] = False
                rows.append((form, i + 0.5, j + 0.5, 1.002, thick, high, axis))
    return rows


def _chains(stream: Stream, cell: Cell, count: int, free: Mask) -> list[tuple[float, ...]]:
    """Two mesas and the bridge that hangs between them."""
    step, rows = cells.width(cell, cell.plate) / _N, list[tuple[float, ...]]()
    for index in range(count):
        own = stream.sub("chain", index)
        axis, along, line = int(own.one("axis") < 0.5), int(own.whole("along", 1, 0, _N - 2)[0]), int(own.whole("row", 1, 0, _N)[0])
        spots = [(along + k, line) if axis == 0 else (line, along + k) for k in range(3)]
        if not all(free[spot] for spot in spots):
            continue
        high = step * (0.34 + 0.2 * own.one("high"))
        for k, (i, j) in enumerate(spots):
            free[i, j] = False
            size = (1.12, 0.14, high * TOP / DECK) if k == 1 else (0.94, 0.94, high)
            rows.append((HUNG if k == 1 else MESA, i + 0.5, j + 0.5, *size, axis))
    return rows


def _masses(stream: Stream, cell: Cell, number: int, country: int, free: Mask, open_: Mask) -> list[tuple[float, ...]]:
    """Works that stand alone, each on a square; yards of cranes beside holes, where there are such."""
    count, step, height = _COUNT[number], cells.width(cell, cell.plate) / _N, cell.plate - cell.inner
    order = np.argsort(stream.bits("site", _N * _N), kind="stable")
    spots = order[free.ravel()[order]][:count]
    kind = stream.choice("kind", count, _WEIGHTS[number][country]).tolist()
    breadth, rise, turn = stream.between("breadth", count, 0.62, 0.96), stream.unit("rise", count), stream.whole("turn", count, 0, 4)
    padded = np.pad(open_, 1)
    rows = list[tuple[float, ...]]()
    for row, spot in enumerate(spots.tolist()):
        i, j, form = spot // _N, spot % _N, _KINDS[kind[row]]
        by_hole = bool(padded[i : i + 3, j + 1].any() or padded[i + 1, j : j + 3].any())
        if by_hole and number > _ROOFED + 1:
            form = CRANE
        wide, (least, most) = float(breadth[row]), _RISE[form]
        if form == CLUSTER and number < _ROOFED:
            wide, high = 0.5 * wide, height
        else:
            high = min(wide * step * (least + (most - least) * float(rise[row])), 0.85 * height, MASS * _N * step)
        free[i, j] = False
        play = 0.5 * (0.98 - wide)
        x, y = (0.5 + play * (2.0 * stream.sub("play", row).one(name) - 1.0) for name in "xy")
        rows.append((form, i + x, j + y, wide, wide, high, int(turn[row])))
    return rows
